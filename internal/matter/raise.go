package matter

import (
	"time"

	"sanshi/internal/catalog"
	"sanshi/internal/message"
)

// NewMatter is what is known of a matter when it is raised.
type NewMatter struct {
	ID       string // UUIDv7
	Number   string // see Number
	Resident message.Address
	Kind     catalog.Kind
	Code     string
	Urgency  catalog.Urgency
	Area     string
	Danger   string // of an emergency
	Words    Words

	Private    bool // she asked that nobody be told
	Confidence float64
	Source     string // rule, linear, llm, staff, resident
	Earlier    string // id of the matter it takes up again
	// Hold keeps it for the secretary even where the policy would let it through:
	// what was split off or comes back. An emergency is never held.
	Hold bool

	By  Actor
	Via string
	At  time.Time
}

// Open raises a matter: to its queue if it is an emergency or the village's
// policy says so, else to the secretary. The workflow is that of its kind. The
// error is an *Error.
func (w Workflow) Open(b Bench, in NewMatter) (Decision, error) {
	a := in.act(b)
	none := Matter{Village: b.Village.ID}
	s, err := w.find(b, &none, &a)
	if err != nil {
		return Decision{}, err
	}
	if err := in.sound(b, w); err != nil {
		return Decision{}, err
	}
	e := Event{
		Village: b.Village.ID, Matter: in.ID, Seq: 1, Kind: Raise, By: in.By.ID, Via: in.Via, At: in.At,
		To: Sorting, Detail: a.Detail, Words: &in.Words,
	}
	if !in.Hold || in.Urgency == catalog.Emergency {
		about := sorting{kind: in.Kind, code: in.Code, urgency: in.Urgency, private: a.Detail.Private}
		e.To, e.Detail.Policy = none.sortTo(b, about, in.Confidence)
	}
	e.Detail.Due = dueBy(b, in.Code, in.Urgency, in.At)
	m := none.After(e)
	none.Resident = m.Resident // so that she is told what others raise for her, not what she says herself
	return Decision{Matter: m, Event: e, Tell: tell(b, none, m, a, s)}, nil
}

func (in NewMatter) act(b Bench) Act {
	service, _ := catalog.Lookup(in.Code)
	d := Detail{
		Kind: in.Kind, Code: in.Code, Urgency: in.Urgency, Area: in.Area, Confidence: in.Confidence, Source: in.Source,
		Danger: in.Danger, Earlier: in.Earlier, Number: in.Number, Party: in.Resident,
		Asked: in.Private, Private: in.Private || service.Private,
	}
	if in.By.Address != "" {
		d.Party = in.By.Address
	}
	return Act{Kind: Raise, By: in.By, Via: in.Via, At: in.At, Detail: d, Words: &in.Words}
}

// sound refuses what no matter can be.
func (in NewMatter) sound(b Bench, w Workflow) error {
	switch {
	case in.ID == "":
		return invalid("id", "a matter needs an id")
	case in.Kind != w.Queue || !in.Kind.Valid():
		return invalid("kind", "a matter of kind %q cannot be raised in the queue %s", in.Kind, w.Queue)
	case in.Code == "":
		return invalid("code", "a matter needs a code")
	case !in.Urgency.Valid():
		return invalid("urgency", "urgency is emergency, urgent or normal")
	}
	return soundSorting(b, Detail{Kind: in.Kind, Code: in.Code, Urgency: in.Urgency, Area: in.Area})
}

// New is the matter to be raised for what comes of an act on another.
func (o Opening) New(from Matter, by Actor, via string, at time.Time) NewMatter {
	n := NewMatter{
		Resident: from.Resident, Kind: o.Kind, Code: o.Code, Urgency: o.Urgency, Area: o.Area, Words: o.Words,
		Private: o.Private, Confidence: o.Confidence, Source: o.Source, Earlier: o.Earlier, Hold: true,
		By: by, Via: via, At: at,
	}
	n.Words.Photos = o.Photos
	return n
}
