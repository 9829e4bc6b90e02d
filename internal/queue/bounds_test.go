package queue

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

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
	var i int64
	fmt.Sscanf(string(lane.Address), "sms:+%d", &i)
	return message.Inbound{Village: "v", From: lane.Address, Seq: i + 1}, !m.handled[i].Load(), nil
}

func (m *many) Failed(context.Context, message.Inbound, string) (bool, error) { return false, nil }

// TestBacklogIsBounded: a hundred thousand lanes are worked off page by page,
// with few looks at the ledger and few lanes in memory; signals beyond that are
// left to the sweep.
func TestBacklogIsBounded(t *testing.T) {
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
	if err := q.Run(ctx); err != nil {
		t.Fatal(err)
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
}
