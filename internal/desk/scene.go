package desk

import (
	"context"
	"errors"
	"time"

	"sanshi/internal/dialogue"
	"sanshi/internal/directory"
	"sanshi/internal/matter"
	"sanshi/internal/message"
)

// Scene is all the desk reads to answer one text: one read.
type Scene struct {
	Village  *directory.Village
	Resident directory.Resident // Version 0 when she is new
	Dialogue dialogue.State     // Version 0 when nothing was said yet
	// Ask is the question whose text went to her last before this one arrived,
	// whether answered or not; nil when there was none.
	Ask *message.Ask
	// Matters are hers, raised or joined: the open ones and those ended within
	// 60 days, newest first, at most 50.
	Matters []matter.Matter
}

// Room is all that is read to act on one matter.
type Room struct {
	Village *directory.Village
	Matter  matter.Matter
	Into    *matter.Matter // the target of a merge
	// People are the residents concerned, by address: who raised it and who
	// joined, of Into as well.
	People map[message.Address]directory.Resident
	// Merged is all that became part of Matter, straight or through others, newest
	// first.
	Merged []matter.Matter
}

// Change is all that one text, act or tick writes: all of it or none.
type Change struct {
	Village string
	// Inbound is the text this answers: it must still be unhandled at the commit
	// (ErrHandled), which is the fence against handling twice. Result says how
	// it ended, for the metric: matter, answer, none, throttled, stop …
	Inbound *message.Inbound
	Result  string
	About   []string // ids of the matters that the text is about

	// Resident and Dialogue are written when their stored version still is the
	// Version they carry (ErrStale otherwise); the store adds one to it.
	Resident *directory.Resident
	Dialogue *dialogue.State
	Met      []directory.Resident // others whom the change gets to know
	// Matters carry the Version after their Events; the stored one must be that
	// less the number of events of theirs in this change.
	Matters []matter.Matter
	Events  []matter.Event
	// Passages are the steps of its matters, for those who follow the queues.
	Passages []Passage
	Parties  []Party
	Recalls  []dialogue.Recall // before anything is added to the outbox
	Outbox   []message.Outbound
	// Callbacks without a Version are listed, once for each cause; the others are
	// changed (ErrStale when that was done meanwhile).
	Callbacks []directory.Callback
	Questions []directory.Question
	// Refine are matters about which a language model is to be asked later. Refined
	// is the one it was asked about: its task must still be there (ErrHandled), so
	// that an answer counts once.
	Refine  []string
	Refined string
	// Key makes an act of the API repeatable: taken together with the rest, and
	// ErrRepeated when it was taken before.
	Key *Key
	// Tray is written when its stored version still is the one it carries (ErrStale
	// otherwise). Nudges ask for a look into the trays of others.
	Tray   *dialogue.Tray
	Nudges []dialogue.Nudge
	Stops  []Stop
	// Erase removes all content of this address in every table, last of all.
	// Farewell is the text that tells her so; of it too nothing is left once it is sent.
	Erase    message.Address
	Farewell *message.Outbound
	// Wipe is the id of an ended matter whose words go for their age.
	Wipe string
}

// Farewell is the topic of the text that tells somebody that she was erased.
const Farewell = "farewell"

// Passage is a matter before and after one event. A new one has no state before.
type Passage struct{ Before, After matter.Matter }

// Party is somebody who joined a matter. Undoing a merge removes the parties
// that came From it.
type Party struct {
	Matter  string
	Address message.Address
	From    string // id of the merged matter they came from, or ""
	Remove  bool   // remove all that came From it, rather than add
	// Seen is the version at which the matter was chosen: ErrStale when it changed
	// since, so that nobody joins what is settled or merged itself. Joining makes
	// no new version: who joins together does not fight.
	Seen int
}

// Kept counts what is kept of one address: what goes when it is erased.
type Kept struct {
	Raised, Joined int // matters
	Open           int // of those raised, still to be settled: they are cancelled
	Private        int // of those raised
	Texts          int
	Since          time.Time // of the first text or matter; zero when there is none
}

// Key is the idempotency key of an act. It is kept for seven days.
type Key struct {
	Village, Key, Matter string
	// Digest is of the act asked for: the same key with another act is a conflict.
	Digest  string
	Version int // of the matter after the act: what is answered again
	At      time.Time
}

// Stop is a member of staff who wants no texts any more, or wants them again.
type Stop struct {
	Staff   string
	Stopped bool
}

// The errors of Commit. After ErrStale the whole is read and decided again;
// after ErrHandled and ErrRepeated there is nothing left to do.
var (
	ErrStale    = errors.New("desk: changed meanwhile")
	ErrHandled  = errors.New("desk: already handled")
	ErrRepeated = errors.New("desk: already done under this key")
	ErrNotFound = errors.New("desk: no such village, matter or resident")
)

// Store is what the desk needs kept.
type Store interface {
	// Scene reads what a text meets. ErrNotFound when the village is gone.
	Scene(ctx context.Context, in message.Inbound) (Scene, error)
	// Room reads a matter by id or number; into may be "".
	Room(ctx context.Context, village, id, into string) (Room, error)
	// Alike finds at most 20 open matters of other residents like m, newest first: the
	// same code and the same area or place, raised within 14 days before m; for an
	// emergency every open emergency of the same code of the last 30 minutes.
	Alike(ctx context.Context, m matter.Matter) ([]matter.Matter, error)
	// Commit writes a change, all or none.
	Commit(ctx context.Context, c Change) error
	// Number draws the next number of a village. Gaps are allowed.
	Number(ctx context.Context, village string) (int64, error)
	// Repeated says whether a key was taken, and for what.
	Repeated(ctx context.Context, village, key string) (Key, bool, error)
	// MattersOf reads all matters that an address raised or joined, ended ones too.
	MattersOf(ctx context.Context, village string, who message.Address) ([]matter.Matter, error)
	// AsOf makes m again as it was after one of its events.
	AsOf(ctx context.Context, m matter.Matter, version int) (matter.Matter, error)
	// DueMatters lists matters whose clock has something to do at now.
	DueMatters(ctx context.Context, now time.Time, limit int) ([]matter.Matter, error)
	// DueTalks lists the lanes whose held words must be looked at.
	DueTalks(ctx context.Context, now time.Time, limit int) ([]message.Lane, error)
	// Talk reads the scene of an address without a text.
	Talk(ctx context.Context, lane message.Lane) (Scene, error)
	CallStore
	KeepStore
	TrayStore
}

// CallStore is what the desk needs of the calls that people were promised.
type CallStore interface {
	Village(ctx context.Context, id string) (*directory.Village, error)
	// Callbacks lists the open calls, the soonest promised first, or all.
	Callbacks(ctx context.Context, village string, open bool) ([]directory.Callback, error)
	Callback(ctx context.Context, village, id string) (directory.Callback, error)
	// DueCalls lists calls at which the clock must look.
	DueCalls(ctx context.Context, now time.Time, limit int) ([]directory.Callback, error)
	// Questions lists what was asked and has no answer yet, the newest first.
	Questions(ctx context.Context, village string) ([]directory.Question, error)
	// SaveFact writes a fact into the village's settings, and that it answers these
	// questions.
	SaveFact(ctx context.Context, village, name string, f directory.Fact, answers []string) error
}

// TrayStore is what the desk needs of the staff who work by SMS.
type TrayStore interface {
	// Lists gives the questions put to a phone of the staff, whose text went out
	// before when, the newest first.
	Lists(ctx context.Context, lane message.Lane, when time.Time) ([]message.Ask, error)
	// Pile reads what lies before a member of staff: what she has in hand, what is
	// named by id or number, what waits to be sorted or taken.
	Pile(ctx context.Context, village, staff string, named []string) ([]matter.Matter, error)
	// Tray reads what is remembered of a member of staff; a new one when nothing is.
	Tray(ctx context.Context, village, staff string) (dialogue.Tray, error)
	// DueTrays lists the trays (village and staff only) to be looked into at now.
	DueTrays(ctx context.Context, now time.Time, limit int) ([]dialogue.Tray, error)
}
