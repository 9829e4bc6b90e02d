package queue_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"sanshi/internal/message"
	"sanshi/internal/queue"
	"sanshi/internal/queue/queuetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestQueue(t *testing.T) {
	queuetest.Run(t, func(*testing.T) queuetest.Ledger { return queuetest.NewMemory() }, nil)
}

func in(lane, n int) message.Inbound {
	return message.Inbound{ID: fmt.Sprintf("%d-%d", lane, n), Village: "v", From: message.Address(fmt.Sprintf("sms:+%d", 1000+lane))}
}

func lane(n int) message.Lane { return message.Lane{Village: "v", Address: in(n, 0).From} }

// within runs a queue in a bubble with a clock of its own while play goes on.
func within(t *testing.T, m *queuetest.Memory, q *queue.Queue, play func()) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		q.Source = m
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- q.Run(ctx) }()
		synctest.Wait()
		play()
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
		time.Sleep(time.Minute) // resting lanes come back to nobody
	})
}

func TestLostSignalCostsTwoSeconds(t *testing.T) {
	m := queuetest.NewMemory()
	var handled atomic.Int32
	q := &queue.Queue{Workers: 2, Handle: func(ctx context.Context, in message.Inbound) error {
		handled.Add(1)
		return m.Finish(ctx, in)
	}}
	within(t, m, q, func() {
		m.Put(t.Context(), in(1, 1))
		time.Sleep(1900 * time.Millisecond)
		synctest.Wait()
		if handled.Load() != 0 {
			t.Error("handled without a signal or a sweep")
		}
		time.Sleep(200 * time.Millisecond)
		synctest.Wait()
		if handled.Load() != 1 {
			t.Error("the sweep did not find it")
		}
		m.Put(t.Context(), in(1, 2))
		q.Signal(lane(1))
		synctest.Wait()
		if handled.Load() != 2 {
			t.Error("a signal is heard at once")
		}
	})
}

// TestLedgerAway: nothing is lost and nothing counts as a failure, however long
// the database is away, before the text or in the middle of it.
func TestLedgerAway(t *testing.T) {
	m := queuetest.NewMemory()
	var handled atomic.Int32
	q := &queue.Queue{Workers: 2, Handle: func(ctx context.Context, in message.Inbound) error {
		if err := m.Finish(ctx, in); err != nil {
			return err
		}
		handled.Add(1)
		return nil
	}}
	within(t, m, q, func() {
		m.Put(t.Context(), in(1, 1))
		m.Away(true)
		q.Signal(lane(1))
		time.Sleep(time.Hour)
		m.Away(false)
		time.Sleep(11 * time.Second)
		synctest.Wait()
		if handled.Load() != 1 || m.Tries() != 0 || len(m.Dead()) != 0 {
			t.Errorf("handled %d, %d tries counted, dead %v", handled.Load(), m.Tries(), m.Dead())
		}
	})
}

func TestTriesComeWithLongerWaits(t *testing.T) {
	m := queuetest.NewMemory()
	var at []time.Time
	q := &queue.Queue{Workers: 1, Handle: func(context.Context, message.Inbound) error {
		at = append(at, time.Now())
		return errors.New("unreadable")
	}}
	within(t, m, q, func() {
		m.Put(t.Context(), in(1, 1))
		q.Signal(lane(1))
		time.Sleep(time.Minute)
		synctest.Wait()
	})
	if len(at) != 5 || len(m.Dead()) != 1 {
		t.Fatalf("tried %d times, dead %v", len(at), m.Dead())
	}
	for i, least := range []time.Duration{250 * time.Millisecond, 500 * time.Millisecond, time.Second, 2 * time.Second} {
		if gap := at[i+1].Sub(at[i]); gap < least || gap > 2*least+time.Millisecond {
			t.Errorf("try %d after %v, want %v to %v", i+2, gap, least, 2*least)
		}
	}
}

// TestPressure: while intake is under pressure handling keeps a twentieth of its
// speed, no more and no less.
func TestPressure(t *testing.T) {
	rate := func(pressed bool) int {
		m := queuetest.NewMemory()
		var handled atomic.Int32
		q := &queue.Queue{Workers: 8, Pace: func() bool { return pressed }, Handle: func(ctx context.Context, in message.Inbound) error {
			time.Sleep(time.Millisecond)
			handled.Add(1)
			return m.Finish(ctx, in)
		}}
		within(t, m, q, func() {
			for i := range 2_500 {
				m.Put(t.Context(), in(i%100, i))
			}
			for i := range 100 {
				q.Signal(lane(i))
			}
			time.Sleep(200 * time.Millisecond)
		})
		return int(handled.Load())
	}
	free, pressed := rate(false), rate(true)
	if share := float64(pressed) / float64(free); share < 0.045 || share > 0.06 {
		t.Errorf("%d in a second against %d: %.2f", pressed, free, share)
	}
}

// TestALieDoesNotSpin: Handle says yes, the text stays. The lane rests instead of
// burning a core.
func TestALieDoesNotSpin(t *testing.T) {
	m := queuetest.NewMemory()
	var calls atomic.Int32
	q := &queue.Queue{Workers: 1, Handle: func(context.Context, message.Inbound) error { calls.Add(1); return nil }}
	within(t, m, q, func() {
		m.Put(t.Context(), in(1, 1))
		q.Signal(lane(1))
		time.Sleep(10 * time.Second)
	})
	if n := calls.Load(); n > 100 {
		t.Errorf("called %d times in ten seconds", n)
	}
}

func TestATextMayNotTakeForEver(t *testing.T) {
	m := queuetest.NewMemory()
	q := &queue.Queue{Workers: 1, Handle: func(ctx context.Context, _ message.Inbound) error {
		<-ctx.Done()
		return ctx.Err()
	}}
	within(t, m, q, func() {
		m.Put(t.Context(), in(1, 1))
		q.Signal(lane(1))
		time.Sleep(3 * time.Minute)
	})
	if len(m.Dead()) != 1 {
		t.Errorf("%d tries, dead %v", m.Tries(), m.Dead())
	}
}

// silent is a bell that breaks.
type silent struct{}

func (silent) Ring(message.Lane) {}
func (silent) Listen(context.Context, func(message.Lane)) error {
	return errors.New("the connection is gone")
}
func (silent) Hold(context.Context, message.Lane) (release func(), held bool) {
	return func() {}, true
}

func TestABrokenBellOnlyCostsTime(t *testing.T) {
	m := queuetest.NewMemory()
	q := &queue.Queue{Workers: 1, Bell: silent{}, Handle: m.Finish}
	within(t, m, q, func() {
		m.Put(t.Context(), in(1, 1))
		q.Signal(lane(1))
		time.Sleep(3 * time.Second)
		synctest.Wait()
		if l, _ := m.Lanes(t.Context(), 10); len(l) != 0 {
			t.Errorf("unhandled: %v", l)
		}
	})
}

func BenchmarkDrain(b *testing.B) {
	m := queuetest.NewMemory()
	for i := range b.N {
		m.Put(b.Context(), in(i/2, i))
	}
	ctx, stop := context.WithCancel(b.Context())
	var left atomic.Int64
	left.Store(int64(b.N))
	q := &queue.Queue{Source: m, Handle: func(ctx context.Context, in message.Inbound) error {
		err := m.Finish(ctx, in)
		if left.Add(-1) == 0 {
			stop()
		}
		return err
	}}
	b.ResetTimer()
	if err := q.Run(ctx); err != nil {
		b.Fatal(err)
	}
}

// late keeps a text at the very moment in which its lane is found empty.
type late struct {
	*queuetest.Memory
	q    *queue.Queue
	once atomic.Bool
}

func (l *late) Next(ctx context.Context, lane message.Lane) (message.Inbound, bool, error) {
	text, ok, err := l.Memory.Next(ctx, lane)
	if !ok && l.once.CompareAndSwap(false, true) {
		l.Put(ctx, in(1, 2))
		l.q.Signal(lane)
	}
	return text, ok, err
}

func TestSignalWhileTheLaneIsLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := queuetest.NewMemory()
		q := &queue.Queue{Workers: 1, Handle: m.Finish}
		q.Source = &late{Memory: m, q: q}
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- q.Run(ctx) }()
		synctest.Wait()
		m.Put(ctx, in(1, 1))
		q.Signal(lane(1))
		synctest.Wait()
		if l, _ := m.Lanes(ctx, 1); len(l) != 0 {
			t.Error("the signal was lost")
		}
		stop()
		<-done
	})
}

// TestStuckLanesDoNotHideOthers: the oldest lanes all rest, more of them than one
// page, and the sweep still finds what lies behind them.
func TestStuckLanesDoNotHideOthers(t *testing.T) {
	m := queuetest.NewMemory()
	var handled atomic.Int32
	stuck := errors.New("not now")
	q := &queue.Queue{Workers: 4, Retriable: func(err error) bool { return errors.Is(err, stuck) },
		Handle: func(ctx context.Context, text message.Inbound) error {
			if text.ID != "5000-1" {
				return stuck
			}
			handled.Add(1)
			return m.Finish(ctx, text)
		}}
	for i := range 2500 {
		m.Put(t.Context(), in(i, 1))
	}
	m.Put(t.Context(), in(5000, 1))
	within(t, m, q, func() {
		time.Sleep(5 * time.Second)
		synctest.Wait()
		if handled.Load() != 1 {
			t.Error("a lane behind very many stuck ones was not found")
		}
	})
}
