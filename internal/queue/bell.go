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
}

// bell is the Bell of a single process.
type bell struct{ q *Queue }

func (b bell) Ring(lane message.Lane) { b.q.add(lane) }

func (b bell) Listen(ctx context.Context, _ func(message.Lane)) error {
	<-ctx.Done()
	return ctx.Err()
}
