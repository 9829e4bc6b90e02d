package desk

import (
	"context"
	"time"

	"sanshi/internal/catalog"
	"sanshi/internal/matter"
	"sanshi/internal/message"
)

// Desk is the service that answers. Its fields are set once, before its first use.
type Desk struct {
	Store     Store
	Workflows map[catalog.Kind]matter.Workflow
	Calendar  *matter.Calendar
	Now       func() time.Time
	NewID     func() string
}

// Request is an act that a staff member, or another system, asks for.
type Request struct {
	Village string
	Matter  string // id or number
	By      string // staff id
	Act     matter.Act
	Key     string // idempotency key, or ""
}

// Receive answers one text: reads the scene, decides, commits. The effects are
// committed when it returns nil.
func (d *Desk) Receive(ctx context.Context, in message.Inbound) error { panic("soon") }

// Act does what a staff member asks for and returns the matter after it. A
// refusal is a *matter.Error; ErrNotFound when there is no such village or matter.
func (d *Desk) Act(ctx context.Context, r Request) (matter.Matter, error) { panic("soon") }

// Erase removes what is kept of a resident, on a recorded request: her open
// matters are cancelled, each of hers gets an erase event, all content goes.
func (d *Desk) Erase(ctx context.Context, village string, who message.Address, by string) error {
	panic("soon")
}

// Tick does what is due at now and returns how many things it did.
func (d *Desk) Tick(ctx context.Context) (int, error) { panic("soon") }
