package matter

import (
	"slices"
	"time"

	"sanshi/internal/catalog"
	"sanshi/internal/directory"
)

// Card is the picture of a matter in a channel of the chat, to be drawn.
type Card struct {
	Village, Matter, Channel string
	TS                       string // where it stands in the channel; "" is not yet
	// Wanted counts the changes of the matter: what is drawn now shows them all.
	Wanted int
	// Begun is when a posting began whose end nobody recorded, zero when none did: it
	// must be looked for before it is posted again.
	Begun time.Time
	Tries int // earlier ones, since it was last drawn
}

// ErasedMessage begins the Matter of a card that is no card but a direct message,
// sent before and about somebody erased since: it is blanked where it stands, once.
const ErasedMessage = "out:"

// CardReport is what became of a card that was to be drawn.
type CardReport struct {
	Card // as it was taken, with the TS it now has

	Problem string // why it could not be drawn; "" when it was
	// Doubt: nobody knows whether it was posted.
	Doubt bool
	Again time.Time // when to draw it again; zero when something changes
	Drop  bool      // it will never be drawn again
}

// CardProblem is a channel whose cards cannot be drawn, and why.
type CardProblem struct {
	Village, Channel, Problem string
	Cards                     int
}

// ApprovalsChannel is the key of the channel for the secretary's approvals in a
// village's [slack]; those of the queues are their kinds.
const ApprovalsChannel = "approvals"

// CardChannels lists the channels where a matter has its card: that of the
// approvals while it waits for one, that of its queue from then on. Of an emergency,
// which does not wait, both. Of a danger that few may know none at all. A card that
// hangs already stays and shows what became of it.
func CardChannels(m Matter, v *directory.Village) []string {
	if m.Quiet() || !m.State.Open() {
		return nil
	}
	var purposes []string
	if m.State == Sorting || m.Urgency == catalog.Emergency && m.ApprovedBy == "" {
		purposes = append(purposes, ApprovalsChannel)
	}
	if m.State != Sorting {
		purposes = append(purposes, string(m.Kind))
	}
	var channels []string
	for _, p := range purposes {
		if c := v.Slack[p]; c != "" && !slices.Contains(channels, c) {
			channels = append(channels, c)
		}
	}
	return channels
}

// UndoUntil is until when what was done last can be taken back; zero when it cannot.
func (m Matter) UndoUntil() time.Time {
	if m.Before == nil || m.Before.Seq != m.Version {
		return time.Time{}
	}
	return m.Before.At.Add(UndoFor)
}
