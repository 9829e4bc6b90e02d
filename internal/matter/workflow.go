package matter

import (
	"fmt"
	"time"

	"sanshi/internal/catalog"
	"sanshi/internal/directory"
	"sanshi/internal/message"
)

// Workflow is what happens to a matter in one queue: a table of steps. It holds
// the steps that all queues share (Shared) and the queue's own.
type Workflow struct {
	Queue catalog.Kind
	Steps []Step
}

// Step is one row: from these states, on this event, by one of these, to that
// state, if the guard allows it, telling these.
type Step struct {
	From []State
	On   EventKind
	By   []Who
	To   State
	If   Guard
	Tell []Notice

	// May is a condition of the right: it is checked before the state, and a
	// refusal means that this actor may not do it in any state.
	May Guard
	// Needs are the values that the act must bring, checked last.
	Needs []Guard
}

// New is where raise comes from: no matter yet.
const New State = ""

// Besides a State's name, To may be one of these.
const (
	Stay  State = "(stay)"   // the state is kept
	Back  State = "(back)"   // waiting goes back to where it came from
	Prior State = "(before)" // undo and split of a merged one: as it was Before
	Sort  State = "(sort)"   // sorting, or queued when the village's policy or an emergency lets it
)

// Who may cause a step. Some are a role, some a relation to the matter.
type Who string

// The roles, as far as the table needs them, and the relations.
const (
	BySecretary Who = "secretary"
	ByCommittee Who = "committee"
	ByStandIn   Who = "committee while the secretary is away"
	ByVolunteer Who = "volunteer of the area"
	ByLead      Who = "lead of the area" // the role, covering the area, or named lead of it
	ByMediator  Who = "mediator"
	ByOfficer   Who = "officer of the department"
	ByTownship  Who = "officer of the township" // an officer without a department
	ByAdmin     Who = "administrator"
	BySensitive Who = "sensitive"
	ByAssignee  Who = "assignee"
	ByReader    Who = "any staff who may read it"
	ByAuthor    Who = "who did what is undone"
	ByResident  Who = "resident"  // who raised or joined it; anybody for raise and join
	ByStaff     Who = "any staff" // for raise: on behalf of a resident
	ByRaiser    Who = "resident who raised it"
	BySquad     Who = "squad, of an emergency" // who is paged may take it
	BySystem    Who = "another system"
	ByClock     Who = "clock"
	ByRefiner   Who = "refiner"
)

// Notice tells somebody something: the key of a sentence in prompts.
type Notice struct {
	To  Audience
	Key string
	// Staff is set by Decide for ToAssignee: who is meant, as the event may have
	// taken the matter from her.
	Staff string
}

// Audience is who is told.
type Audience string

// The raiser is the resident who raised it; parties are all residents concerned, the raiser too.
const (
	ToRaiser    Audience = "raiser"
	ToParties   Audience = "parties"
	ToAssignee  Audience = "assignee"
	ToLead      Audience = "lead"
	ToSecretary Audience = "secretary"
	ToTownship  Audience = "township"
	ToJoined    Audience = "joined"  // the residents concerned besides the raiser
	ToBrought   Audience = "brought" // the resident for whom another wrote, when she joins
	ToQueue     Audience = "queue"   // who looks after the queue: the area's lead, the department's officers
	ToNext      Audience = "next"    // the next round of pages of an emergency (see Told)
	ToSquad     Audience = "squad"   // of an emergency; of violence, abuse and suicide: sensitive staff and the secretary only
)

// Actor is who acts. Exactly one of Staff, Address or a bare ID (clock, policy,
// refiner, a system's name) is meant.
type Actor struct {
	ID      string           // staff id, "resident", "clock", "policy", "refiner", or a system's name
	Staff   *directory.Staff // nil for all others
	Address message.Address  // of a resident
}

// StaffActor is a staff member who acts.
func StaffActor(s directory.Staff) Actor { return Actor{ID: s.ID, Staff: &s} }

// ResidentActor is a resident who acts by her message.
func ResidentActor(a message.Address) Actor { return Actor{ID: "resident", Address: a} }

// Clock acts when time has passed.
var Clock = Actor{ID: "clock"}

// Refiner suggests a better sorting of a text that was doubtful.
var Refiner = Actor{ID: "refiner"}

// Act is what somebody wants to happen to a matter. It becomes an Event when
// its workflow allows it.
type Act struct {
	Kind    EventKind
	By      Actor
	Via     string // api, slack, console, sms, clock
	At      time.Time
	Version int // as the actor saw it; 0 means whatever it is now
	Detail  Detail
	Note    string // reason, question or remark
	Words   *Words // of raise, correct, answer: what is said of the matter from now on
	Approve bool   // correct and approve at once
}

// Bench is what a decision needs to know besides the matter and the act.
type Bench struct {
	Village  *directory.Village
	Calendar *Calendar
	Into     *Matter // the target of a merge
}

// Decision is what an act does.
type Decision struct {
	Matter Matter // after the event
	Event  Event
	Tell   []Notice
	Opens  []Opening // new matters that come of it (split, a late reopen)
}

// Opening is a matter to be raised that comes of an act on another.
type Opening struct {
	Kind    catalog.Kind
	Code    string
	Urgency catalog.Urgency
	Area    string
	Words   Words
	Earlier string

	Confidence float64
	Source     string
	Private    bool // as the old one: she asked that nobody be told
	Photos     []string
}

// Guard is a condition of a step beyond state and role. Its name is shown in
// tables and tests.
type Guard struct {
	Name  string
	Check func(b Bench, m Matter, a Act) error // an *Error, or nil
}

// Problem says what is wrong with an act, and so who must do what.
type Problem string

// The order of checks is the order of these: exists, right, state or stale, value.
const (
	NotFound  Problem = "not_found"
	Forbidden Problem = "forbidden" // the actor lacks the right
	Conflict  Problem = "state"     // not in this state
	Stale     Problem = "stale"     // kind, code or urgency changed since the actor looked
	Invalid   Problem = "invalid"   // a value is missing or wrong; Field names it
)

// Error is a refused act: nothing was changed. Message is a plain sentence for
// the actor, in English; Field names the value at fault.
type Error struct {
	Problem Problem
	Message string
	Field   string
}

func (e *Error) Error() string { return e.Message }

// Refuse makes an Error.
func Refuse(p Problem, field, format string, args ...any) *Error {
	return &Error{Problem: p, Field: field, Message: fmt.Sprintf(format, args...)}
}
