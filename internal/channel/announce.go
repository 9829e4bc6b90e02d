package channel

import (
	"context"
	"sync/atomic"

	"sanshi/internal/message"
)

// pressed is how many texts at once are waiting to be kept when intake counts as
// under pressure. A village in a normal hour never has more than one or two.
const pressed = 8

// Announcer is an Intake that tells the queue of what it kept.
type Announcer struct {
	intake  Intake
	signal  func(message.Lane)
	waiting atomic.Int32
}

// Announce wraps an intake: after each new text signal is called with its lane.
// The signal must not block.
func Announce(intake Intake, signal func(message.Lane)) *Announcer {
	return &Announcer{intake: intake, signal: signal}
}

// Take keeps a text. A duplicate is not announced again: its lane was, and the
// sweep sees to what was lost.
func (a *Announcer) Take(ctx context.Context, in message.Inbound) (Taken, error) {
	a.waiting.Add(1)
	defer a.waiting.Add(-1)
	t, err := a.intake.Take(ctx, in)
	if err == nil && !t.Duplicate && in.Village != message.Unrouted { // what no village has, nobody handles
		a.signal(message.Lane{Village: in.Village, Address: in.From})
	}
	return t, err
}

// Pressed reports whether so many texts are waiting to be kept that handling
// should make room: the queue's Pace.
func (a *Announcer) Pressed() bool { return a.waiting.Load() >= pressed }
