package streams_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"
	"go.uber.org/goleak"

	"sanshi/internal/message"
	"sanshi/internal/queue"
	"sanshi/internal/queue/queuetest"
	"sanshi/internal/queue/redistest"
	"sanshi/internal/queue/streams"
)

func TestMain(m *testing.M) {
	redis.SetLogger(&logging.VoidLogger{})
	goleak.VerifyTestMain(m)
}

var nodes atomic.Int64

// node gives a bell of a process of its own.
func node(t *testing.T, s *redistest.Server) queue.Bell {
	c := redis.NewClient(&redis.Options{Addr: s.Addr})
	t.Cleanup(func() { _ = c.Close() })
	return &streams.Bell{Client: c, Node: fmt.Sprintf("node-%d", nodes.Add(1))}
}

func memory(*testing.T) queuetest.Ledger { return queuetest.NewMemory() }

func TestQueue(t *testing.T) {
	queuetest.Run(t, memory, func(t *testing.T) queue.Bell { return node(t, server(t)) })
}

// server is one Redis for all nodes of a test.
func server(t *testing.T) *redistest.Server {
	if s, ok := servers.Load(t.Name()); ok {
		return s.(*redistest.Server)
	}
	s := redistest.Start(t)
	servers.Store(t.Name(), s)
	return s
}

var servers sync.Map

// TestWithoutRedis: nobody answers at that address. Everything is handled.
func TestWithoutRedis(t *testing.T) {
	queuetest.Run(t, memory, func(t *testing.T) queue.Bell {
		s := server(t)
		s.Kill()
		return node(t, s)
	})
}

// TestTroubled: Redis is killed, comes back empty, hangs and is emptied while two
// nodes work. The texts are handled all the same, once and in order, without
// waiting for a sweep.
func TestTroubled(t *testing.T) {
	s := redistest.Start(t)
	l := queuetest.NewMemory()
	var handled atomic.Int64
	run := func(b queue.Bell) *queue.Queue {
		q := &queue.Queue{Source: l, Bell: b, Workers: 4, Sweep: 2 * time.Second, Retriable: func(error) bool { return true },
			Handle: func(ctx context.Context, in message.Inbound) error {
				if err := l.Finish(ctx, in); err != nil {
					return err
				}
				handled.Add(1)
				return nil
			}}
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan struct{})
		go func() { defer close(done); _ = q.Run(ctx) }()
		t.Cleanup(func() { cancel(); <-done })
		return q
	}
	nodes := []*queue.Queue{run(node(t, s)), run(node(t, s))}
	n := 0
	texts := func(what string) {
		t.Helper()
		for range 100 {
			n++
			in := message.Inbound{ID: fmt.Sprint(n), Village: "v", From: message.Address(fmt.Sprintf("sms:+%d", 1000+n%37))}
			if err := l.Put(t.Context(), in); err != nil {
				t.Fatal(err)
			}
			nodes[n%2].Signal(message.Lane{Village: in.Village, Address: in.From})
		}
		queuetest.Eventually(t, func() bool { return handled.Load() == int64(n) }, func() string {
			return fmt.Sprintf("%s: %d of %d handled", what, handled.Load(), n)
		})
	}
	texts("at first")
	s.Kill()
	texts("killed")
	s.Again()
	texts("back, and empty")
	s.Pause()
	texts("hanging")
	s.Resume()
	texts("awake again")
	s.Empty()
	texts("emptied")
}

// TestShared: what one process rings, another hears, and each ring only one.
func TestShared(t *testing.T) {
	s := redistest.Start(t)
	ringer, left, right := node(t, s), node(t, s), node(t, s)
	ctx, cancel := context.WithCancel(t.Context())
	var mu sync.Mutex
	heard := map[string]int{}
	both := [2]int{}
	var all sync.WaitGroup
	all.Go(func() { _ = ringer.Listen(ctx, func(message.Lane) {}) })
	for i, b := range []queue.Bell{left, right} {
		all.Go(func() {
			_ = b.Listen(ctx, func(l message.Lane) { mu.Lock(); defer mu.Unlock(); heard[string(l.Address)]++; both[i]++ })
		})
	}
	const rings = 3000
	for i := range rings {
		ringer.Ring(message.Lane{Village: "v", Address: message.Address(fmt.Sprintf("sms:+%d", i))})
	}
	// The ringer's own listener takes its share too.
	queuetest.Eventually(t, func() bool { mu.Lock(); defer mu.Unlock(); return both[0] > 100 && both[1] > 100 }, func() string {
		return fmt.Sprintf("heard %v of %d", both, rings)
	})
	cancel()
	all.Wait()
	for a, n := range heard {
		if n != 1 {
			t.Errorf("%s was heard %d times", a, n)
		}
	}
}

// TestHold: a lane is one process's until it lets go, and never for ever.
func TestHold(t *testing.T) {
	s := redistest.Start(t)
	a, b := node(t, s), node(t, s)
	lane := message.Lane{Village: "v", Address: "sms:+1"}
	release, held := a.Hold(t.Context(), lane)
	if !held {
		t.Fatal("a free lane was not given")
	}
	if _, held := b.Hold(t.Context(), lane); held {
		t.Error("two processes hold one lane")
	}
	release()
	if _, held := b.Hold(t.Context(), lane); !held {
		t.Error("a lane that was let go was not given")
	}
	release() // again, and too late: it is b's now
	if _, held := a.Hold(t.Context(), lane); held {
		t.Error("a process let go of another's lane")
	}
	c := redis.NewClient(&redis.Options{Addr: s.Addr})
	defer func() { _ = c.Close() }()
	if ttl := c.TTL(t.Context(), "sanshi:lane:{v:sms:+1}").Val(); ttl <= 0 || ttl > 15*time.Second {
		t.Errorf("the lease lasts %v", ttl)
	}
	s.Kill()
	if _, held := a.Hold(t.Context(), lane); !held {
		t.Error("without Redis nobody may work")
	}
}
