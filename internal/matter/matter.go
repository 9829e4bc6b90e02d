// Package matter is what becomes of a request: its states, the events that
// change it, who may cause them, and by when it must be settled.
//
// A matter changes only by an event, and an event only by a row of a table: the
// Workflow of its queue (see the handlers). Decide finds the row, checks the
// right and the guard and makes the event; After applies an event to a matter.
// Both are pure, so the row kept of a matter can always be made again from its
// events.
package matter

import (
	"time"

	"sanshi/internal/catalog"
	"sanshi/internal/message"
)

// State is where a matter stands.
type State string

// The states. The last four are ended, the others open.
const (
	Sorting      State = "sorting"      // waits for the secretary
	Queued       State = "queued"       // in its queue
	Deliberating State = "deliberating" // the group or the committees talk
	Handling     State = "handling"     // somebody owns it
	Waiting      State = "waiting"      // for the resident or a third party
	Done         State = "done"         // waits for the rating
	Closed       State = "closed"
	Declined     State = "declined"
	Merged       State = "merged"
	Cancelled    State = "cancelled"
)

// States lists them all, in the order of a matter's life.
func States() []State {
	return []State{Sorting, Queued, Deliberating, Handling, Waiting, Done, Closed, Declined, Merged, Cancelled}
}

// Open reports whether something may still happen to it by itself.
func (s State) Open() bool {
	switch s {
	case Closed, Declined, Merged, Cancelled:
		return false
	}
	return s != ""
}

// sureFrom is the confidence from which a proposal is more than a guess.
const sureFrom = 0.6

// Unsure reports a matter that waits for a person because nobody knows well what
// it is: it is shown first.
func (m Matter) Unsure() bool { return m.State == Sorting && m.Confidence < sureFrom }

// OpenStates lists the open ones.
func OpenStates() []State { return States()[:6] }

// Matter is one request. The words in it (Place, Name, Summary, Text, Reason's
// quotes) are content: kept apart from the record so that they can be erased.
type Matter struct {
	Village string
	ID      string // UUIDv7
	Number  string // said to people: digits, a dash, a check digit
	Kind    catalog.Kind
	Code    string
	Urgency catalog.Urgency
	State   State
	Area    string // area id, or ""

	Resident message.Address   // who raised it
	Parties  []message.Address // who joined it later
	Place    string
	Name     string // as the resident calls herself, if she does
	Summary  string // one line
	Text     string // her words, all of them
	Photos   []string

	Private bool
	// AskedPrivate: she asked that nobody be told; a change of code does not lift it.
	AskedPrivate bool
	// Revealed are the staff members to whom its words were shown on request.
	Revealed   []string
	Danger     string  // of an emergency: fire collapse flood gas missing fall hurt violence suicide
	Assignee   string  // staff id
	ApprovedBy string  // staff id, or "policy"
	Confidence float64 // of the sorting
	Source     string  // the stage that decided: rule, linear, llm, staff, resident
	Reason     string  // why, for a secretary

	Outcome string // solved, mediated, guided, not_solved
	Unshown bool   // finished without the photo that was wanted
	Rating  int    // 1–5, 0 unrated

	Returned    int  // how often sent back
	Township    bool // after the second return: to be assigned by the township
	Reopened    int
	Earlier     string // id of the matter it takes up again
	MergedInto  string
	WaitingFor  string // resident or third
	WaitingFrom State  // where waiting goes back to
	WaitingAt   time.Time

	RaisedAt  time.Time
	StartedAt time.Time // when the time allowed began to run: raised, or taken up again
	DueAt     time.Time
	Planned   bool // the due date was moved once by the assignee
	Reminded  int  // the last share of its time reminded of: 0, 50, 80, 100
	Escalated int  // how far it has climbed: 0 nobody, 1 lead, 2 secretary, 3 township
	Paged     int  // of an emergency: how many rounds of pages have gone out
	PagedAt   time.Time
	DoneAt    time.Time
	EndedAt   time.Time

	// ToldKind, ToldDue and ToldAt are what the residents last heard of its approval:
	// who handles it, by when, said when. They hear again only when that changed.
	ToldKind catalog.Kind
	ToldDue  time.Time
	ToldAt   time.Time

	// Touched: a person has acted since it was raised, so the refiner may not.
	Touched bool
	// SortedAt is the Version at which kind, code or urgency last changed.
	SortedAt int
	// Before is what undo and split go back to; nil when nothing can be undone.
	Before *Before
	// Version counts its events: it is the Seq of the last one.
	Version int
}

// Before is the part of a matter that an approve, correct, decline or merge changed.
type Before struct {
	On       EventKind
	By       string
	At       time.Time
	State    State
	Kind     catalog.Kind
	Code     string
	Area     string
	Urgency  catalog.Urgency
	Private  bool
	Assignee string
	Approved string
	DueAt    time.Time

	// Seq is the event that may be undone; later ones by people shut the door.
	Seq         int
	Source      string
	Confidence  float64
	Danger      string
	Outcome     string
	Unshown     bool
	WaitingFor  string
	WaitingFrom State
	WaitingAt   time.Time
	Planned     bool
	Reminded    int
	Escalated   int
	Paged       int
	PagedAt     time.Time
	DoneAt      time.Time
	ToldKind    catalog.Kind
	ToldDue     time.Time
	ToldAt      time.Time
}

// EventKind is what happened: the verbs of the table.
type EventKind string

// The events.
const (
	Raise      EventKind = "raise"
	Join       EventKind = "join"
	Answer     EventKind = "answer"
	Approve    EventKind = "approve"
	Correct    EventKind = "correct"
	Decline    EventKind = "decline"
	Merge      EventKind = "merge"
	Split      EventKind = "split"
	Undo       EventKind = "undo"
	Claim      EventKind = "claim"
	Assign     EventKind = "assign"
	Ask        EventKind = "ask"
	Note       EventKind = "note"
	Reveal     EventKind = "reveal"
	Plan       EventKind = "plan"
	Deliberate EventKind = "deliberate"
	Resolve    EventKind = "resolve"
	Return     EventKind = "return"
	Transfer   EventKind = "transfer"
	Finish     EventKind = "finish"
	Rate       EventKind = "rate"
	Reopen     EventKind = "reopen"
	Cancel     EventKind = "cancel"
	Erase      EventKind = "erase"
	Remind     EventKind = "remind"
	Escalate   EventKind = "escalate"
	Expire     EventKind = "expire"
	Suggest    EventKind = "suggest"
)

// EventKinds lists them all.
func EventKinds() []EventKind {
	return []EventKind{
		Raise, Join, Answer, Approve, Correct, Decline, Merge, Split, Undo, Claim, Assign, Ask, Note,
		Reveal, Plan, Deliberate, Resolve, Return, Transfer, Finish, Rate, Reopen, Cancel, Erase,
		Remind, Escalate, Expire, Suggest,
	}
}

// Detail is what an act asks for and an event records besides its kind. Only
// the fields that the kind uses are set. It holds codes and ids, never words:
// these are in Act.Note and kept as content.
type Detail struct {
	Kind       catalog.Kind    `json:"kind,omitempty"`
	Code       string          `json:"code,omitempty"`
	Area       string          `json:"area,omitempty"`
	Urgency    catalog.Urgency `json:"urgency,omitempty"`
	Assignee   string          `json:"assignee,omitempty"`
	Into       string          `json:"into,omitempty"`
	Earlier    string          `json:"earlier,omitempty"`
	Rating     int             `json:"rating,omitempty"`
	Outcome    string          `json:"outcome,omitempty"`
	Photo      string          `json:"photo,omitempty"`
	Due        time.Time       `json:"due,omitzero"`
	Approved   bool            `json:"approved,omitempty"`
	Private    bool            `json:"private,omitempty"`
	Danger     string          `json:"danger,omitempty"`
	Confidence float64         `json:"confidence,omitempty"`
	Source     string          `json:"source,omitempty"`
	Model      string          `json:"model,omitempty"`         // of suggest: which model, asked in which words
	For        string          `json:"for,omitempty"`           // of ask: resident or third
	Share      int             `json:"share,omitempty"`         // of remind: 50, 80, 100; beside a new Due: what of it is past
	Rung       int             `json:"rung,omitempty"`          // of escalate: how far it has climbed, or the round of pages
	Party      message.Address `json:"-"`                       // of raise, join and erase: who; a number, so never in the record
	Reason     string          `json:"reason,omitempty"`        // of erase: Retention, or none when a person asked
	Number     string          `json:"number,omitempty"`        // of raise: the number said to people
	Asked      bool            `json:"asked_private,omitempty"` // of raise: she asked that nobody be told
	Policy     bool            `json:"policy,omitempty"`        // queued by the village's policy
	Untold     bool            `json:"untold,omitempty"`        // what was to be said of its approval never left
	Unshown    bool            `json:"unshown,omitempty"`       // of finish: without the photo that was wanted
}

// Retention is the reason of an erasure by age.
const Retention = "retention"

// Event is one row of a matter's record: never changed, chained to the one before.
type Event struct {
	Village string
	Matter  string
	Seq     int // 1 for raise, then without gaps
	Kind    EventKind
	By      string // staff id, "resident", "clock", "policy", "refiner" or a system's name
	Via     string // api, slack, console, sms, clock
	At      time.Time
	From    State
	To      State
	Detail  Detail
	Note    string // words: kept as content, the record holds a commitment to them
	// Words replaces what is said of the matter itself (raise, correct, answer, join).
	Words *Words
}

// Words are the erasable part of a matter. What is empty leaves what was said before.
type Words struct {
	Summary string `json:"summary,omitempty"`
	Text    string `json:"text,omitempty"`
	Place   string `json:"place,omitempty"`
	Name    string `json:"name,omitempty"`
	Reason  string `json:"reason,omitempty"`

	Photos []string `json:"photos,omitempty"` // added to those there are
}
