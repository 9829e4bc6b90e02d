// Package channel is how texts come in and go out, whatever carries them.
//
// A driver turns a provider's request into a message.Inbound and hands it to the
// Intake, which answers only when it is kept; and it sends a message.Outbound and
// says what became of it. The Outbox takes queued texts out of the database and
// through the drivers, at their pace, until they are through or dead. Drivers
// know nothing of each other, of villages or of matters.
package channel

import (
	"context"
	"errors"
	"time"

	"sanshi/internal/message"
)

// Driver sends texts by one carrier.
type Driver interface {
	// Name is the channel in the database and the metrics: sms, sim, …
	Name() string
	// Send hands a text to the carrier. A nil error means the carrier has it.
	// A Problem says whether trying again can help; any other error, and a
	// timeout above all, leaves in doubt whether it went out.
	Send(ctx context.Context, out message.Outbound) (Receipt, error)
	// Find looks whether a text whose sending was in doubt went out after since;
	// ok is false when it did not. ErrUnsupported when the carrier keeps no list.
	Find(ctx context.Context, out message.Outbound, since time.Time) (r Receipt, ok bool, err error)
}

// Receipt is the carrier's answer: its own id of the text and how far it is.
type Receipt struct {
	ProviderID string
	Status     message.Status
}

// Problem is a clear no from the carrier: an answer, not a doubt.
type Problem struct {
	Code      string // the carrier's, such as 21610
	Text      string // for a log line; it never holds the message or a whole number
	Permanent bool   // trying again cannot help
	OptedOut  bool   // the person told the carrier to stop: a hard opt-out
	After     time.Duration
}

func (p *Problem) Error() string { return "carrier refused (" + p.Code + "): " + p.Text }

// ErrUnsupported is returned by Find where the carrier keeps no list.
var ErrUnsupported = errors.New("channel: the carrier keeps no list of what was sent")

// ErrUnavailable is returned by the Intake when a text cannot be kept now: the
// driver answers so that the provider tries again (503).
var ErrUnavailable = errors.New("channel: cannot be kept now")

// Intake keeps what came in. It returns only after the commit. The same
// village, channel and external id again give the same id and Duplicate.
type Intake interface {
	Take(ctx context.Context, in message.Inbound) (Taken, error)
}

// Taken is the answer of the Intake.
type Taken struct {
	ID        string
	Duplicate bool
}

// Claimed is a text taken out for sending under a lease of 15 s.
type Claimed struct {
	message.Outbound
	Tries int // earlier tries
	// Doubt is when a send began whose end nobody recorded; zero when none did.
	// The text must be looked for before it is sent again. While nothing is
	// reported it stays the first such start, however often it is claimed.
	Doubt time.Time
}

// Report is what became of a claimed text.
type Report struct {
	Village, ID string
	Status      message.Status // accepted, sent or delivered; queued to try again; failed for good
	ProviderID  string
	Code, Error string
	Again       time.Time // when to try again, for queued
	OptedOut    bool
}

// Box is the outbox as the senders see it.
type Box interface {
	// Claim takes up to n texts of a channel that are due at now: page before answer before
	// news, then oldest first; of one address and sender only the first that is not through
	// (unless that is two minutes late), none whose lease runs, and none of the senders named as
	// busy ("" is the texts without a sender): those have as many on their way as they may.
	// The start of the send is recorded in the same commit: from then on its question is open.
	Claim(ctx context.Context, channel string, now time.Time, n int, busy ...string) ([]Claimed, error)
	// Report ends a claim. A permanent failure of a resident's text makes a
	// dead letter and, for a closing text or an opt-out, a callback. Here too a
	// status never moves backwards: what the carrier meanwhile said it has
	// (Progress) is not queued again.
	Report(ctx context.Context, r Report, now time.Time) error
	// Progress records a status the carrier reported later, by our id or, when that is "", by
	// the carrier's. A status never moves backwards; an unknown id is no error.
	Progress(ctx context.Context, village, id, providerID string, s message.Status, code string, now time.Time) error
}
