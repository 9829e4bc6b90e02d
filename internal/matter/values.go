package matter

import (
	"slices"

	"sanshi/internal/catalog"
)

// The outcomes of a finished matter. Not solved is never shown as solved.
const (
	Solved    = "solved"
	Mediated  = "mediated"
	Guided    = "guided" // shown to the service that can
	NotSolved = "not_solved"
)

// Outcomes lists them.
func Outcomes() []string { return []string{Solved, Mediated, Guided, NotSolved} }

// For whom a matter waits.
const (
	ForResident = "resident"
	ForThird    = "third" // a third party: a shop, an office, the other side
)

func invalid(field, format string, args ...any) error { return Refuse(Invalid, field, format, args...) }

// needText wants words of the actor's own.
func needText(what string) Guard {
	return Guard{Name: what, Check: func(_ Bench, _ Matter, a Act) error {
		if a.Note == "" {
			return invalid("note", "a %s is needed", what)
		}
		return nil
	}}
}

func needOutcome() Guard {
	return Guard{Name: "outcome", Check: func(_ Bench, _ Matter, a Act) error {
		if !slices.Contains(Outcomes(), a.Detail.Outcome) {
			return invalid("outcome", "the outcome is solved, mediated, guided or not_solved")
		}
		return nil
	}}
}

func needProof() Guard {
	return Guard{Name: "note or photo", Check: func(_ Bench, _ Matter, a Act) error {
		if a.Note == "" && a.Detail.Photo == "" {
			return invalid("note", "a photo of the work done or a note is needed")
		}
		return nil
	}}
}

func needRating() Guard {
	return Guard{Name: "rating", Check: func(_ Bench, _ Matter, a Act) error {
		if a.Detail.Rating < 1 || a.Detail.Rating > 5 {
			return invalid("rating", "the rating is 1 to 5")
		}
		return nil
	}}
}

func needDate() Guard {
	return Guard{Name: "date", Check: func(_ Bench, _ Matter, a Act) error {
		if !a.Detail.Due.After(a.At) || a.Detail.Due.After(a.At.AddDate(5, 0, 0)) {
			return invalid("date", "the date must lie in the future, within five years")
		}
		return nil
	}}
}

func needAsked() Guard {
	return Guard{Name: "for", Check: func(_ Bench, _ Matter, a Act) error {
		if !slices.Contains([]string{"", ForResident, ForThird}, a.Detail.For) {
			return invalid("for", "one waits for the resident or a third party")
		}
		return nil
	}}
}

// needHolder wants somebody who may have the matter. A secretary who may not
// read a private one cannot give it to herself.
func needHolder(must bool) Guard {
	return Guard{Name: "assignee", Check: func(b Bench, m Matter, a Act) error {
		id := a.Detail.Assignee
		if id == "" && !must {
			return nil
		}
		s, ok := b.Village.Member(id)
		switch {
		case !ok:
			return invalid("assignee", "there is no staff member %q", id)
		case !MayHold(b.Village, m, s), m.Private && id == a.By.ID && !MayRead(b.Village, m, s):
			return invalid("assignee", "%s cannot be given this matter: another queue, another area, or private", id)
		}
		return nil
	}}
}

// needParty wants somebody whom the matter does not concern yet.
func needParty() Guard {
	return Guard{Name: "number of somebody new", Check: func(_ Bench, m Matter, a Act) error {
		p := a.Detail.Party
		if p == "" || p == m.Resident || slices.Contains(m.Parties, p) {
			return invalid("party", "give the number of somebody whom it does not concern yet")
		}
		return nil
	}}
}

// needTarget wants the open matter into which this one is merged.
func needTarget() Guard {
	return Guard{Name: "into", Check: func(b Bench, m Matter, _ Act) error {
		t := b.Into
		switch {
		case t == nil || t.Village != m.Village:
			return invalid("into", "there is no such matter to merge into")
		case t.ID == m.ID:
			return invalid("into", "a matter cannot be merged into itself")
		case !t.State.Open():
			return invalid("into", "the matter to merge into is %s", t.State)
		case m.Private && !t.Private:
			return invalid("into", "a private matter cannot be merged into one that all may read")
		}
		return nil
	}}
}

// needUnfinished wants a target on which something is still to be done: she is
// promised to hear when it is.
func needUnfinished() Guard {
	return Guard{Name: "into, not done", Check: func(b Bench, _ Matter, _ Act) error {
		if b.Into.State == Done {
			return invalid("into", "the matter to merge into is done")
		}
		return nil
	}}
}

// needSorting wants known values of kind, code, urgency and area that fit together.
func needSorting(must bool) Guard {
	return Guard{Name: "kind, code, area or urgency", Check: func(b Bench, _ Matter, a Act) error {
		d := a.Detail
		if must && d.Kind == "" && d.Code == "" && d.Area == "" && d.Urgency == "" && a.Words == nil && !a.Approve {
			return invalid("code", "nothing to correct: give kind, code, area or urgency")
		}
		return soundSorting(b, d)
	}}
}

func soundSorting(b Bench, d Detail) error {
	_, known := catalog.Lookup(d.Code)
	switch {
	case d.Kind != "" && !d.Kind.Valid():
		return invalid("kind", "kind is household, village or government")
	case d.Code != "" && !known:
		return invalid("code", "%q is not in the catalogue", d.Code)
	case d.Kind != "" && known && catalog.KindOf(d.Code) != d.Kind:
		return invalid("code", "%s is no code of kind %s", d.Code, d.Kind)
	case d.Urgency != "" && !d.Urgency.Valid():
		return invalid("urgency", "urgency is emergency, urgent or normal")
	case d.Area != "" && b.Village.Area(d.Area).ID == "":
		return invalid("area", "there is no area %q", d.Area)
	}
	return nil
}

// needOtherQueue wants the queue to which a matter is handed over.
func needOtherQueue() Guard {
	return Guard{Name: "another kind", Check: func(_ Bench, m Matter, a Act) error {
		if !m.changesKind(a) {
			return invalid("kind", "name the other queue: a kind or a code of another kind")
		}
		return nil
	}}
}

func needResolution() Guard {
	return Guard{Name: "outcome: handling, or declined with a reason", Check: func(_ Bench, _ Matter, a Act) error {
		switch {
		case !slices.Contains([]string{"", string(Handling), string(Declined)}, a.Detail.Outcome):
			return invalid("outcome", "the outcome is handling or declined")
		case a.Detail.Outcome == string(Declined) && a.Note == "":
			return invalid("note", "a reason is needed")
		}
		return nil
	}}
}
