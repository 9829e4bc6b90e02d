package queue

import (
	"context"

	"sanshi/internal/message"
)

// Bell tells whoever works on lanes, in this process or in another, that a text
// was kept. It may lose or repeat: the ledger is the database.
type Bell interface {
	// Ring announces a lane. It must not block.
	Ring(lane message.Lane)
	// Listen calls heard for each lane that this process is to work on, until ctx
	// is done or the bell breaks; it is called again then.
	Listen(ctx context.Context, heard func(message.Lane)) error
	// Hold takes a lane to work on until release is called; held is false while
	// another process has it. It only saves waste, so that in doubt it is true.
	Hold(ctx context.Context, lane message.Lane) (release func(), held bool)
}

// bell is the Bell of a single process.
type bell struct{ q *Queue }

func (b bell) Ring(lane message.Lane) { b.q.add(lane) }

func (b bell) Listen(ctx context.Context, _ func(message.Lane)) error {
	<-ctx.Done()
	return ctx.Err()
}

// Hold: within a process a lane is in the line at most once.
func (b bell) Hold(context.Context, message.Lane) (release func(), held bool) { return func() {}, true }
