package matter

import (
	"slices"
	"time"

	"sanshi/internal/catalog"
)

// Decide says what an act does to a matter, or refuses it with an *Error. The
// order of checks is fixed: may the actor do this at all, does the matter's state
// allow it and is it still what the actor saw, and then the values it brings. A
// raise goes through Open.
func (w Workflow) Decide(b Bench, m Matter, a Act) (Decision, error) {
	if m.State == New {
		return Decision{}, Refuse(Conflict, "event", "there is no matter yet: it is opened first")
	}
	step, err := w.find(b, &m, &a)
	if err != nil {
		return Decision{}, err
	}
	for _, need := range step.Needs {
		if err := need.Check(b, m, a); err != nil {
			return Decision{}, err
		}
	}
	e := m.event(b, a, step)
	after := m.After(e)
	return Decision{Matter: after, Event: e, Tell: tell(b, m, after, a, step), Opens: opened(m, a, e)}, nil
}

// find picks the row: the first of this event, in this state, whose right and
// condition the act meets.
func (w Workflow) find(b Bench, m *Matter, a *Act) (*Step, error) {
	var (
		refusal        error // of the right
		permitted      bool  // in some state
		inState, ready bool
		blocked        error // of the condition
		found          *Step
	)
	for i := range w.Steps {
		s := &w.Steps[i]
		if s.On != a.Kind || found != nil {
			continue
		}
		here := slices.Contains(s.From, m.State)
		inState = inState || here
		if ok, err := s.permits(b, m, a); !ok {
			refusal = first(refusal, err)
			continue
		}
		permitted = true
		if !here {
			continue
		}
		ready = true
		if err := s.If.check(b, m, a); err != nil {
			blocked = first(blocked, err)
			continue
		}
		found = s
	}
	switch {
	case !permitted || inState && !ready:
		return nil, forbidden(refusal, a)
	case !inState:
		return nil, Refuse(Conflict, "event", "%s cannot be done to a matter that is %s", a.Kind, m.State)
	case a.Version > 0 && a.Version < m.SortedAt:
		return nil, Refuse(Stale, "version", "kind, code or urgency changed in version %d; look again", m.SortedAt)
	case found == nil:
		return nil, blocked
	}
	return found, nil
}

// permits reports whether the actor is one of the row's and meets the condition
// of the right; the error is that of the condition.
func (s *Step) permits(b Bench, m *Matter, a *Act) (bool, error) {
	for _, who := range s.By {
		if who.fits(b.Village, m, a) {
			err := s.May.check(b, m, a)
			return err == nil, err
		}
	}
	return false, nil
}

// check is nil for the empty guard.
func (g Guard) check(b Bench, m *Matter, a *Act) error {
	if g.Check == nil {
		return nil
	}
	return g.Check(b, *m, *a)
}

func first(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

func forbidden(err error, a *Act) error {
	if err != nil {
		return err
	}
	return Refuse(Forbidden, "by", "%s may not %s this matter", a.By.ID, a.Kind)
}

// event is what will stand in the record.
func (m Matter) event(b Bench, a Act, s *Step) Event {
	e := Event{
		Village: m.Village, Matter: m.ID, Seq: m.Version + 1, Kind: a.Kind, By: a.By.ID, Via: a.Via, At: a.At,
		From: m.State, To: s.To, Note: a.Note, Words: a.Words,
	}
	switch s.To {
	case Stay:
		e.To = m.State
	case Back:
		e.To = m.WaitingFrom
	case Prior:
		e.To = m.Before.State
	}
	if a.Kind == Split || a.Kind == Reopen && e.To == Closed {
		e.Words = nil // they are the new matter's
	}
	m.detail(b, a, &e)
	e.Detail.Untold = e.To == Sorting && e.From != Sorting && a.Kind != Undo && m.untold(b, a)
	return e
}

// untold: what the residents were to hear of the approval is still held, for undo
// or over the quiet hours, and will not leave now.
func (m Matter) untold(b Bench, a Act) bool {
	return m.ToldKind != "" && b.Village.Until(m.ToldAt.Add(UndoFor)).After(a.At)
}

// detail fills in what the event records: only the fields of its kind, and what
// it settles besides the act's own values.
func (m Matter) detail(b Bench, a Act, e *Event) {
	d := a.Detail
	switch a.Kind {
	case Join:
		e.Detail = Detail{Party: d.Party}
		if d.Party == "" {
			e.Detail.Party = a.By.Address
		}
	case Approve:
		e.Detail = Detail{Kind: m.Kind, Code: m.Code, Area: m.Area, Urgency: m.Urgency}
	case Correct, Suggest, Transfer:
		m.resort(b, a, e)
	case Merge:
		e.Detail.Into = b.Into.ID
	case Undo:
		e.Detail = Detail{Kind: m.Before.Kind, Code: m.Before.Code, Area: m.Before.Area, Urgency: m.Before.Urgency}
	case Assign:
		e.Detail.Assignee = d.Assignee
	case Resolve:
		e.Detail = Detail{Assignee: m.resolver(a), Outcome: d.Outcome}
	case Ask:
		e.Detail.For = d.For
		if d.For == "" {
			e.Detail.For = ForResident
		}
	case Plan:
		e.Detail = m.newDue(b, d.Due, a.At)
	case Finish:
		e.Detail = Detail{Outcome: d.Outcome, Photo: d.Photo, Unshown: wantsPhoto(m) && d.Photo == ""}
	case Rate:
		e.Detail.Rating = d.Rating
	case Reopen:
		if e.To != Closed {
			e.Detail.Due = dueBy(b, m.Code, m.Urgency, a.At)
		}
	case Remind:
		e.Detail.Share = d.Share
	case Escalate:
		e.Detail.Rung = d.Rung
	case Erase:
		e.Detail.Party, e.Detail.Reason = d.Party, d.Reason
	case Answer, Note:
		e.Detail.Photo = d.Photo
	}
}

// resolver is who handles what the deliberation decided: whom it names, else who
// has it, else who brings the decision.
func (m Matter) resolver(a Act) string {
	switch {
	case a.Detail.Outcome == string(Declined):
		return ""
	case a.Detail.Assignee != "":
		return a.Detail.Assignee
	case m.Assignee != "":
		return m.Assignee
	}
	return a.By.ID
}

// newDue is the detail of a moved due date, with the share of the new time that
// is past already.
func (m Matter) newDue(b Bench, due time.Time, now time.Time) Detail {
	d := Detail{Due: due}
	used := b.Calendar.Share(m.StartedAt, due, now, b.Village.Location)
	for _, p := range shares() {
		if used*100 >= float64(p) {
			d.Share = p
		}
	}
	return d
}

// opened are the matters that come of an act on this one. They wait for the
// secretary whatever the policy says.
func opened(m Matter, a Act, e Event) []Opening {
	o := Opening{
		Kind: m.Kind, Code: m.Code, Urgency: m.Urgency, Area: m.Area, Private: m.AskedPrivate, Photos: m.Photos,
		Confidence: m.Confidence, Source: m.Source,
		Words: Words{Summary: m.Summary, Text: m.Text, Place: m.Place, Name: m.Name, Reason: m.Reason},
	}
	if o.Urgency == catalog.Emergency { // the danger is the old one's, or past
		o.Urgency = catalog.Normal
	}
	switch {
	case a.Kind == Reopen && e.To == Closed:
		o.Earlier, o.Photos = m.ID, nil
		set(&o.Words.Text, a.Note)
	case a.Kind == Split && e.From != Merged:
		s := m.sortingOf(a)
		o.Kind, o.Code, o.Source = s.kind, s.code, sourceOf(a)
		set(&o.Area, a.Detail.Area)
		set(&o.Urgency, a.Detail.Urgency)
		set(&o.Words.Summary, a.Note)
	default:
		return nil
	}
	if a.Words != nil {
		o.Words = *a.Words
	}
	return []Opening{o}
}

// tell is the row's notices, and those that no row need name: an emergency is
// paged when it becomes one and called off when it was none, whoever loses a
// matter is told to stop, and a queue hears of what comes into it.
func tell(b Bench, m, after Matter, a Act, s *Step) []Notice {
	out := slices.Clone(s.Tell)
	if a.Kind == Claim && m.emergency() {
		out = append(out, Notice{To: ToJoined, Key: "claimed"})
	}
	if (m.endsEmergency(a) || a.Kind == Undo && m.emergency() && !after.emergency()) && m.State.Open() && m.Paged > 0 {
		for _, paged := range Paged(b.Village, m) { // as it was: afterwards nobody knows who ran
			if paged.ID != m.Assignee { // who took it hears to stop
				out = append(out, Notice{To: ToAssignee, Key: "false_alarm", Staff: paged.ID})
			}
		}
	}
	entered := after.State == Queued && (m.State != Queued || m.Kind != after.Kind)
	switch {
	case after.Paged == 1 && m.Paged == 0 && a.Kind != Undo:
		out = append(out, Notice{To: ToSquad, Key: "page"})
	case a.Kind == Undo && after.emergency() && !m.emergency() && after.Assignee == "":
		out = append(out, Notice{To: ToSquad, Key: "page"}) // who was called back runs again
	case a.Kind == Undo || a.Kind == Split: // they heard of it before
	case entered && !after.Township && after.Assignee == "":
		out = append(out, Notice{To: ToQueue, Key: "queued"})
	}
	if entered && after.ApprovedBy == "policy" && a.By.Staff != nil && a.Kind == Correct {
		out = append(out, Notice{To: ToRaiser, Key: "approved"})
	}
	for i := range out {
		if out[i].Key == "approved" && m.ToldKind != "" {
			out[i].Key = "approved_again"
		}
	}
	if m.Assignee != "" && after.Assignee != m.Assignee && m.State.Open() && m.State != Done {
		out = append(out, Notice{To: ToAssignee, Key: "stop_work", Staff: m.Assignee})
	}
	for i := range out {
		if out[i].To == ToAssignee && out[i].Staff == "" {
			out[i].Staff = after.Assignee
		}
	}
	return slices.DeleteFunc(out, func(n Notice) bool { return n.needless(m, after, a) })
}

// needless: there is nobody to tell but who did it, or she knows already.
func (n Notice) needless(m, after Matter, a Act) bool {
	switch {
	case n.To == ToAssignee && (n.Staff == "" || n.Staff == a.By.ID):
		return true
	case n.To == ToBrought && after.Private: // no text about it goes to a phone that it did not come from
		return true
	case n.To == ToRaiser && (m.Resident == "" || a.By.Address == m.Resident):
		return true
	}
	switch n.Key {
	case "approved":
		return m.Quiet() || m.State != Sorting
	case "approved_again": // she hears again only what has changed for her: who handles it, by when
		return m.Quiet() || m.ToldKind == after.Kind && (m.State != Sorting || m.ToldDue.Equal(after.DueAt))
	case "claimed", "assigned":
		if m.emergency() { // that somebody comes is news at any time; of a quiet one no text may tell
			return n.To != ToAssignee && m.Quiet()
		}
		return n.To == ToRaiser && m.justTold(a)
	case "stop_work":
		return n.To == ToQueue && after.State != Sorting
	case "alarmed": // unasked, whoever beats her may read it
		return after.Danger == "violence"
	case "resorted": // of its code alone she was told nothing
		return m.Kind == after.Kind && m.Private == after.Private
	case "go_on":
		return m.State.Open() && m.Assignee == after.Assignee
	}
	return false
}

// justTold: the resident heard a moment ago that it is in the queue, so that
// somebody took it need not be said as well. While that is held still, it is
// replaced by who takes it.
func (m Matter) justTold(a Act) bool {
	if m.Before != nil && (m.Before.On == Approve || m.Before.On == Correct) {
		since := a.At.Sub(m.Before.At)
		return since >= UndoFor && since < soonEnough
	}
	return a.At.Sub(m.RaisedAt) < soonEnough
}
