// Package streams rings the queue's bell through Redis Streams, so that several
// processes share the lanes.
//
// Redis is the bell, not the ledger: an entry says only that a lane has
// something to be handled. One consumer group reads each partition's stream, so
// each entry reaches one process, and nothing is acknowledged or kept waiting:
// what is lost with Redis, or with a process that dies, the sweep over the
// database finds. While Redis does not answer, whoever kept a text works on it
// itself. So Redis being away, restarted, emptied or paused costs latency and
// nothing else.
//
// A lane is held by a lease while it is worked on. That only saves waste: what
// keeps a text from being handled twice is the fence in the commit.
package streams

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
	"golang.org/x/time/rate"

	"sanshi/internal/message"
	"sanshi/internal/queue"
)

const (
	// partitions spread the entries over a cluster's nodes: the braces of a key
	// are what a cluster places it by.
	partitions = 4
	group      = "desk"
	// longest is about how many entries a stream keeps: the sweep knows the rest.
	longest = 100_000
	// waiting bounds the rings not yet told to Redis.
	waiting = 8192
	batch   = 256
	// patience is how long anybody waits for Redis's answer; after a failure it
	// is not asked for a lease until the pause is over.
	patience  = 250 * time.Millisecond
	listening = 200 * time.Millisecond // a stop waits for it
	pause     = time.Second
	lease     = 15 * time.Second
)

// Bell is a queue.Bell between processes. Its fields are set once, before its
// first use.
type Bell struct {
	Client redis.UniversalClient
	Node   string // this process, different from every other
	Log    *slog.Logger

	once    sync.Once
	rung    chan message.Lane
	away    atomic.Int64 // until when Redis is not asked, in Unix nanoseconds
	outages rate.Sometimes
}

var _ queue.Bell = (*Bell)(nil)

func (b *Bell) setup() {
	b.once.Do(func() {
		b.rung = make(chan message.Lane, waiting)
		b.outages = rate.Sometimes{Interval: 10 * time.Second}
		if b.Log == nil {
			b.Log = slog.New(slog.DiscardHandler)
		}
	})
}

// Ring announces a lane to all processes. It never blocks: when too many wait,
// the ring is lost and the sweep finds the lane.
func (b *Bell) Ring(lane message.Lane) {
	b.setup()
	select {
	case b.rung <- lane:
	default:
	}
}

// Listen tells Redis what was rung here and calls heard with what this process
// is to work on, until ctx is done.
func (b *Bell) Listen(ctx context.Context, heard func(message.Lane)) error {
	b.setup()
	var all sync.WaitGroup
	all.Go(func() { b.announce(ctx, heard) })
	for p := range partitions {
		all.Go(func() { b.listen(ctx, stream(p), heard) })
	}
	all.Wait()
	return ctx.Err()
}

// announce passes on what is rung. What Redis does not take this process does itself.
func (b *Bell) announce(ctx context.Context, heard func(message.Lane)) {
	for {
		var lanes []message.Lane
		select {
		case <-ctx.Done():
			return
		case l := <-b.rung:
			lanes = append(lanes, l)
		}
		for more := true; more && len(lanes) < batch; {
			select {
			case l := <-b.rung:
				lanes = append(lanes, l)
			default:
				more = false
			}
		}
		if b.resting() || b.tell(ctx, lanes) != nil {
			for _, l := range lanes {
				heard(l)
			}
		}
	}
}

// tell adds the lanes to their streams in one way to Redis and back.
func (b *Bell) tell(ctx context.Context, lanes []message.Lane) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	pipe := b.Client.Pipeline()
	for _, l := range lanes {
		pipe.XAdd(ctx, &redis.XAddArgs{Stream: stream(partition(l)), MaxLen: longest, Approx: true, Values: []string{"village", l.Village, "address", string(l.Address)}})
	}
	_, err := pipe.Exec(ctx)
	return b.judge(err)
}

// listen hears one partition until ctx is done.
func (b *Bell) listen(ctx context.Context, key string, heard func(message.Lane)) {
	for ctx.Err() == nil {
		streams, err := b.Client.XReadGroup(ctx, &redis.XReadGroupArgs{
			Group: group, Consumer: b.Node, Streams: []string{key, ">"}, Count: batch, Block: listening, NoAck: true,
		}).Result()
		switch {
		case err == nil:
			for _, s := range streams {
				for _, m := range s.Messages {
					heard(laneOf(m))
				}
			}
		case errors.Is(err, redis.Nil): // nobody rang
		case strings.HasPrefix(err.Error(), "NOGROUP"): // the first time, and after Redis was emptied
			b.join(ctx, key)
		default:
			b.outages.Do(func() { b.Log.Warn("Redis does not answer; texts are handled all the same", "error", err) })
			sleep(ctx, pause)
		}
	}
}

// join makes the group. What is in the stream already is heard too.
func (b *Bell) join(ctx context.Context, key string) {
	err := b.Client.XGroupCreateMkStream(ctx, key, group, "0").Err()
	if err != nil && !strings.HasPrefix(err.Error(), "BUSYGROUP") {
		sleep(ctx, pause)
	}
}

// Hold takes the lane's lease. Without an answer the lane counts as held: two
// may then do the same work, and one of them in vain.
func (b *Bell) Hold(ctx context.Context, lane message.Lane) (release func(), held bool) {
	b.setup()
	nothing := func() {}
	if b.resting() {
		return nothing, true
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	key := fmt.Sprintf("sanshi:lane:{%s:%s}", lane.Village, lane.Address)
	err := b.Client.SetArgs(ctx, key, b.Node, redis.SetArgs{Mode: "NX", TTL: lease}).Err()
	if errors.Is(err, redis.Nil) {
		return nothing, false
	}
	if b.judge(err) != nil {
		return nothing, true
	}
	return func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		_ = b.judge(letGo.Run(ctx, b.Client, []string{key}, b.Node).Err()) // else it ends by itself
	}, true
}

// letGo ends a lease that still is this process's.
var letGo = redis.NewScript(`if redis.call("GET", KEYS[1]) == ARGV[1] then return redis.call("DEL", KEYS[1]) end return 0`)

// judge lets Redis rest after a failure, so that nothing waits for it twice.
func (b *Bell) judge(err error) error {
	if err == nil || errors.Is(err, redis.Nil) {
		return nil
	}
	b.away.Store(time.Now().Add(pause).UnixNano())
	b.outages.Do(func() { b.Log.Warn("Redis does not answer; texts are handled all the same", "error", err) })
	return err
}

func (b *Bell) resting() bool { return time.Now().UnixNano() < b.away.Load() }

func stream(p int) string { return fmt.Sprintf("sanshi:bell:{%d}", p) }

func partition(l message.Lane) int {
	h := fnv.New32a()
	_, _ = h.Write([]byte(l.Village + " " + string(l.Address)))
	return int(h.Sum32() % partitions)
}

func laneOf(m redis.XMessage) message.Lane {
	village, _ := m.Values["village"].(string)
	address, _ := m.Values["address"].(string)
	return message.Lane{Village: village, Address: message.Address(address)}
}

func sleep(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
