package streams

import (
	"context"
	"errors"
	"time"

	"github.com/redis/go-redis/v9"
)

// Entry is one line of a queue's stream.
type Entry struct {
	Village string
	Queue   string // household, village or government
	Event   string // enter, change or leave
	Matter  string // id
	Version int    // of the matter after it; entries of one matter may come twice, and its versions in order
	Data    string // JSON: number, kind, code, urgency, state, area, assignee, private, due_at. No words
}

// Feed tells other programs what happens in the queues.
type Feed struct {
	Client redis.UniversalClient
	Node   string
	// Publish reads what is still to be told and gives it to tell; what tell took
	// is forgotten. It returns how many there were.
	Publish func(ctx context.Context, tell func([]Entry) error) (int, error)
}

const (
	feedEvery  = 200 * time.Millisecond
	feedLength = 100_000 // about how many entries a queue's stream keeps
	feedLease  = 10 * time.Second
)

// Run publishes until ctx is done. One process does at a time, so that entries
// keep their order; while Redis is away they wait in the database.
func (f *Feed) Run(ctx context.Context) error {
	tick := time.NewTicker(feedEvery)
	defer tick.Stop()
	for {
		for f.mine(ctx) {
			n, err := f.Publish(ctx, func(all []Entry) error { return f.tell(ctx, all) })
			if err != nil || n == 0 {
				break
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// mine takes or keeps the lease of the one who publishes.
func (f *Feed) mine(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	const key = "sanshi:feed"
	err := f.Client.SetArgs(ctx, key, f.Node, redis.SetArgs{Mode: "NX", TTL: feedLease}).Err()
	if errors.Is(err, redis.Nil) {
		kept, err := keep.Run(ctx, f.Client, []string{key}, f.Node, feedLease.Milliseconds()).Int()
		return err == nil && kept == 1
	}
	return err == nil
}

// keep prolongs a lease that still is this process's.
var keep = redis.NewScript(`if redis.call("GET", KEYS[1]) == ARGV[1] then return redis.call("PEXPIRE", KEYS[1], ARGV[2]) end return 0`)

func (f *Feed) tell(ctx context.Context, all []Entry) error {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	pipe := f.Client.Pipeline()
	for _, e := range all {
		pipe.XAdd(ctx, &redis.XAddArgs{Stream: QueueKey(e.Village, e.Queue), MaxLen: feedLength, Approx: true,
			Values: []any{"event", e.Event, "matter", e.Matter, "version", e.Version, "data", e.Data}})
	}
	_, err := pipe.Exec(ctx)
	return err
}

// QueueKey is the stream of a village's queue.
func QueueKey(village, queue string) string { return "sanshi:{" + village + "}:" + queue }
