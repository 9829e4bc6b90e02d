package call

import (
	"time"

	"sanshi/internal/directory"
	"sanshi/internal/matter"
)

// Deed is what somebody does about a call.
type Deed string

// The deeds. Taken: she says that she will; the others say how it went.
const (
	Taken   Deed = "take"
	Reached Deed = "reached"
	Missed  Deed = "missed" // nobody answered: to be tried again
	Wrong   Deed = "wrong_number"
)

// Deeds lists them.
func Deeds() []Deed { return []Deed{Taken, Reached, Missed, Wrong} }

// Act is a deed of a staff member.
type Act struct {
	By    directory.Staff
	Do    Deed
	Note  string    // what came of it
	Again time.Time // of a missed one: when to try again; zero: as soon as promised anew
	At    time.Time
	// Seen is how the call stood before her eyes: a deed that meanwhile somebody
	// else did, or she herself did already, is refused as stale. Nil: however it stands.
	Seen *Seen
}

// Seen is what a list or form showed of a call.
type Seen struct {
	TakenBy string
	Tries   int
}

// stale reports whether an act is about what no longer is: to take what another
// took, to count a try twice.
func (a Act) stale(c directory.Callback) bool {
	switch {
	case a.Seen == nil:
		return false
	case a.Do == Taken:
		return c.TakenBy != a.Seen.TakenBy && c.TakenBy != a.By.ID
	}
	return a.Do == Missed && c.Tries != a.Seen.Tries
}

// Do is the call after an act. A refusal is a *matter.Error, in the order right,
// state, value.
func (b Bench) Do(c directory.Callback, a Act) (directory.Callback, error) {
	switch {
	case !MayRead(b.Village, c, a.By):
		return c, matter.Refuse(matter.Forbidden, "by", "%s may not work on this call", a.By.ID)
	case !c.DoneAt.IsZero():
		return c, matter.Refuse(matter.Conflict, "do", "this call is done")
	case a.stale(c):
		return c, matter.Refuse(matter.Stale, "do", "somebody worked on this call meanwhile; look again")
	}
	switch a.Do {
	case Taken:
		c.TakenBy = a.By.ID
	case Missed:
		return b.missed(c, a)
	case Reached, Wrong:
		c.TakenBy, c.DoneBy, c.DoneAt, c.Result, c.NextAt = a.By.ID, a.By.ID, a.At, string(a.Do), time.Time{}
		if c.TriedAt.IsZero() {
			c.TriedAt = a.At
		}
	default:
		return c, matter.Refuse(matter.Invalid, "do", "one takes a call, or says reached, missed or wrong_number")
	}
	c.Remark = joined(c.Remark, a.Note)
	return c, nil
}

func (b Bench) missed(c directory.Callback, a Act) (directory.Callback, error) {
	again := a.Again
	switch {
	case again.IsZero():
		again = b.Promise(a.At)
	case !again.After(a.At) || again.After(a.At.AddDate(0, 1, 0)):
		return c, matter.Refuse(matter.Invalid, "again", "the next try lies in the future, within a month")
	}
	c.TakenBy, c.AgainAt, c.NextAt = a.By.ID, again, again
	c.Tries++
	if c.TriedAt.IsZero() {
		c.TriedAt = a.At
	}
	c.Remark = joined(c.Remark, a.Note)
	return c, nil
}

func joined(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "\n" + b
}

// How far an overdue call climbs.
const (
	toSecretary = 1 + iota
	toStandIns
	toTownship
)

// Notice is something to tell staff of a call: a key of prompts/staff.
type Notice struct {
	Key   string
	Staff []directory.Staff
}

// Clock does what is due for a call at now: settles a new one, reminds of a try
// that was put off, or lets an overdue one climb. Nothing is due again before
// NextAt.
func (b Bench) Clock(c directory.Callback, now time.Time) (directory.Callback, []Notice) {
	switch {
	case !c.DoneAt.IsZero():
		c.NextAt = time.Time{}
		return c, nil
	case c.For == "" || c.DueAt.IsZero():
		c = b.Plan(c, now)
		return c, []Notice{{Key: "call_new", Staff: b.members(c.For)}}
	case c.NextAt.IsZero() || now.Before(c.NextAt):
		return c, nil
	case !c.AgainAt.IsZero() && !now.Before(c.AgainAt):
		c.AgainAt, c.NextAt = time.Time{}, b.Promise(now)
		return c, []Notice{{Key: "call_again", Staff: b.members(c.TakenBy)}}
	}
	c.Told++
	c.NextAt = b.Promise(now)
	if c.Told >= toTownship {
		c.NextAt = time.Time{}
	}
	return c, []Notice{{Key: "call_late", Staff: b.above(c)}}
}

// above is who hears that a call is overdue; of a private matter nobody but who
// may know of it.
func (b Bench) above(c directory.Callback) []directory.Staff {
	var who []directory.Staff
	v := b.Village
	switch c.Told {
	case toSecretary:
		who = append(b.members(c.For), matter.Told(v, matter.Matter{}, matter.ToSecretary)...)
	case toStandIns:
		who = v.WithRole(directory.Committee)
		if len(who) == 0 {
			who = v.WithRole(directory.Lead)
		}
	default:
		who = matter.Told(v, matter.Matter{}, matter.ToTownship)
	}
	if !c.Private {
		return once(who)
	}
	who = b.members(c.For)
	for _, s := range v.Staff {
		if v.IsSensitive(s.ID) {
			who = append(who, s)
		}
	}
	return once(who)
}

func (b Bench) members(id string) []directory.Staff {
	if s, ok := b.Village.Member(id); ok {
		return []directory.Staff{s}
	}
	return nil
}

func once(who []directory.Staff) (out []directory.Staff) {
	seen := map[string]bool{}
	for _, s := range who {
		if !seen[s.ID] {
			seen[s.ID] = true
			out = append(out, s)
		}
	}
	return out
}
