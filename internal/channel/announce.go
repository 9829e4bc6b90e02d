package channel

import (
	"context"
	"sync/atomic"
	"time"

	"sanshi/internal/message"
)

// Intake is under pressure while many texts wait to be kept and they come in a
// flood. Many alone may wait because the disk is slow: then handling, which shares
// each write to the disk with them, costs them next to nothing.
const (
	crowd  = 8                      // texts waiting at once; a village in a normal hour has one or two
	flood  = 100                    // texts …
	within = 100 * time.Millisecond // … in this time
)

// Announcer is an Intake that tells the queue of what it kept.
type Announcer struct {
	intake  Intake
	signal  func(message.Lane)
	waiting atomic.Int32
	count   atomic.Int64
	mark    atomic.Int64 // when the last flood texts began, in nanoseconds since start
	flooded atomic.Bool  // these came within the time
	start   time.Time
}

// Announce wraps an intake: after each new text signal is called with its lane.
// The signal must not block.
func Announce(intake Intake, signal func(message.Lane)) *Announcer {
	return &Announcer{intake: intake, signal: signal, start: time.Now()}
}

// Take keeps a text. A duplicate is not announced again: its lane was, and the
// sweep sees to what was lost.
func (a *Announcer) Take(ctx context.Context, in message.Inbound) (Taken, error) {
	a.gauge()
	a.waiting.Add(1)
	defer a.waiting.Add(-1)
	t, err := a.intake.Take(ctx, in)
	if err == nil && !t.Duplicate && in.Village != message.Unrouted { // what no village has, nobody handles
		a.signal(message.Lane{Village: in.Village, Address: in.From})
	}
	return t, err
}

// gauge looks at the clock once in so many texts.
func (a *Announcer) gauge() {
	if a.count.Add(1)%flood == 0 {
		now := int64(time.Since(a.start))
		a.flooded.Store(now-a.mark.Swap(now) <= int64(within))
	}
}

// Pressed reports whether intake is under pressure and handling should make room:
// the queue's Pace.
func (a *Announcer) Pressed() bool { return a.waiting.Load() >= crowd && a.flooded.Load() }
