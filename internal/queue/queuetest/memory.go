package queuetest

import (
	"context"
	"errors"
	"sync"

	"sanshi/internal/message"
)

// ErrHandled is what Finish answers when the text was finished before: the fence.
var ErrHandled = errors.New("queuetest: already handled")

// ErrAway is what a ledger answers that was told to be away.
var ErrAway = errors.New("queuetest: the ledger is away")

// Memory is a ledger in memory.
type Memory struct {
	mu    sync.Mutex
	lanes map[message.Lane][]message.Inbound // unhandled, in order
	order []message.Lane                     // each lane that has texts, by its oldest
	seq   int64
	away  bool
	tries int // all failed tries counted
	dead  []message.Inbound
}

// NewMemory returns an empty ledger.
func NewMemory() *Memory { return &Memory{lanes: map[message.Lane][]message.Inbound{}} }

// Away makes every call fail until it is called with false.
func (m *Memory) Away(away bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.away = away
}

// Put keeps a text and gives it its place.
func (m *Memory) Put(_ context.Context, in message.Inbound) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.away {
		return ErrAway
	}
	m.seq++
	in.Seq = m.seq
	lane := message.Lane{Village: in.Village, Address: in.From}
	if len(m.lanes[lane]) == 0 {
		m.order = append(m.order, lane)
	}
	m.lanes[lane] = append(m.lanes[lane], in)
	return nil
}

// Lanes lists lanes with unhandled texts.
func (m *Memory) Lanes(_ context.Context, limit int) (out []message.Lane, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.away {
		return nil, ErrAway
	}
	kept := m.order[:0]
	for i, l := range m.order {
		if len(out) == limit {
			kept = append(kept, m.order[i:]...)
			break
		}
		if len(m.lanes[l]) > 0 {
			out, kept = append(out, l), append(kept, l)
		}
	}
	m.order = kept
	return out, nil
}

// Next gives the first unhandled text of a lane.
func (m *Memory) Next(_ context.Context, lane message.Lane) (message.Inbound, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.away {
		return message.Inbound{}, false, ErrAway
	}
	if texts := m.lanes[lane]; len(texts) > 0 {
		return texts[0], true, nil
	}
	return message.Inbound{}, false, nil
}

// Failed counts a try; the fifth makes a dead letter.
func (m *Memory) Failed(_ context.Context, in message.Inbound, _ string) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.away {
		return false, ErrAway
	}
	m.tries++
	lane := message.Lane{Village: in.Village, Address: in.From}
	for i := range m.lanes[lane] {
		x := &m.lanes[lane][i]
		if x.Seq != in.Seq {
			continue
		}
		if x.Tries++; x.Tries < 5 {
			return false, nil
		}
		m.dead = append(m.dead, *x)
		m.remove(lane, i)
		return true, nil
	}
	return true, nil
}

// Finish commits the effects of a text.
func (m *Memory) Finish(_ context.Context, in message.Inbound) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.away {
		return ErrAway
	}
	lane := message.Lane{Village: in.Village, Address: in.From}
	for i, x := range m.lanes[lane] {
		if x.Seq == in.Seq {
			m.remove(lane, i)
			return nil
		}
	}
	return ErrHandled
}

func (m *Memory) remove(lane message.Lane, i int) {
	texts := append(m.lanes[lane][:i:i], m.lanes[lane][i+1:]...)
	if len(texts) == 0 {
		delete(m.lanes, lane)
		return
	}
	m.lanes[lane] = texts
}

// Tries is how many failed tries were counted in all; Dead lists the dead letters.
func (m *Memory) Tries() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.tries
}

// Dead lists the ids of the dead letters.
func (m *Memory) Dead() (ids []string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, in := range m.dead {
		ids = append(ids, in.ID)
	}
	return ids
}
