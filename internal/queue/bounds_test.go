package queue

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"sanshi/internal/message"
)

// many is a ledger of very many lanes with one text each.
type many struct {
	next    atomic.Int64 // lanes before it are handled
	total   int64
	asked   atomic.Int64
	handled []atomic.Bool
}

func name(i int64) message.Lane {
	return message.Lane{Village: "v", Address: message.Address(fmt.Sprintf("sms:+%d", i))}
}

func (m *many) Lanes(_ context.Context, limit int) (out []message.Lane, _ error) {
	m.asked.Add(1)
	for i := m.next.Load(); i < m.total && len(out) < limit; i++ {
		if !m.handled[i].Load() {
			out = append(out, name(i))
		} else if i == m.next.Load() {
			m.next.Store(i + 1)
		}
	}
	return out, nil
}

func (m *many) Next(_ context.Context, lane message.Lane) (in message.Inbound, ok bool, _ error) {
	i, err := strconv.ParseInt(strings.TrimPrefix(string(lane.Address), "sms:+"), 10, 64)
	if err != nil {
		return in, false, err
	}
	return message.Inbound{Village: "v", From: lane.Address, Seq: i + 1}, !m.handled[i].Load(), nil
}

func (m *many) Failed(context.Context, message.Inbound, string) (bool, error) { return false, nil }

// TestBacklogIsBounded: a hundred thousand lanes are worked off page by page,
// with few looks at the ledger and few lanes in memory; signals beyond that are
// left to the sweep. One page follows the other without a wait.
func TestBacklogIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const total = 100_000
		m := &many{total: total, handled: make([]atomic.Bool, total)}
		ctx, stop := context.WithCancel(t.Context())
		var done, most atomic.Int64
		q := &Queue{Source: m, Workers: 8}
		q.Handle = func(_ context.Context, in message.Inbound) error {
			m.handled[in.Seq-1].Store(true)
			q.mu.Lock()
			most.Store(max(most.Load(), int64(len(q.known))))
			q.mu.Unlock()
			if done.Add(1) == total {
				stop()
			}
			return nil
		}
		for i := range int64(20_000) {
			q.Signal(name(i)) // more than are remembered
		}
		begun := time.Now()
		if err := q.Run(ctx); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(begun); took > 0 {
			t.Errorf("waited %v between pages", took)
		}
		if most.Load() > capacity {
			t.Errorf("%d lanes in memory", most.Load())
		}
		if n := m.asked.Load(); n > 300 {
			t.Errorf("asked the ledger %d times", n)
		}
		for i := range m.handled {
			if !m.handled[i].Load() {
				t.Fatalf("lane %d was never handled", i)
			}
		}
	})
}

// TestSweepAsksForMore: the workers may have emptied the line before the sweep
// learns that there is more; nobody else would wake it then.
func TestSweepAsksForMore(t *testing.T) {
	q := &Queue{Source: full{}}
	q.setup()
	if err := q.sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(q.known) != 1 || len(q.hungry) != 1 {
		t.Errorf("%d lanes known, and the sweep is not woken", len(q.known))
	}
}

// full is a ledger that always has as many lanes as are asked for.
type full struct{ *many }

func (full) Lanes(_ context.Context, limit int) ([]message.Lane, error) {
	return make([]message.Lane, limit), nil
}
