package matter

import (
	"slices"
	"time"

	"sanshi/internal/catalog"
	"sanshi/internal/message"
)

// After is the matter after an event. It reads nothing but the two, so the row
// kept of a matter can always be made again from its record.
func (m Matter) After(e Event) Matter {
	if e.Kind == Raise {
		return raised(e)
	}
	was := m
	m.Version = e.Seq
	m.say(e.Words)
	m.move(e)
	m.take(&was, e)
	m.dues(e)
	m.tellApproved(e)
	if byPerson(e) {
		m.Touched = true
	}
	m.remember(&was, e)
	return m
}

// tellApproved notes what the residents hear of an approval with this event.
func (m *Matter) tellApproved(e Event) {
	d := e.Detail
	switch {
	case d.Untold:
		m.ToldKind, m.ToldDue, m.ToldAt = "", time.Time{}, time.Time{}
	case e.Kind == Plan,
		m.State == Queued && (e.Kind == Approve || d.Approved && e.Kind == Correct || d.Policy) &&
			(m.ToldKind != m.Kind || !m.ToldDue.Equal(m.DueAt)):
		m.ToldKind, m.ToldDue, m.ToldAt = m.Kind, m.DueAt, e.At
	}
}

// Replay makes a matter from its events, the first of which is its raise.
func Replay(events []Event) Matter {
	var m Matter
	for _, e := range events {
		m = m.After(e)
	}
	return m
}

// raised is the matter that a raise begins.
func raised(e Event) Matter {
	d := e.Detail
	m := Matter{
		Village: e.Village, ID: e.Matter, Number: d.Number, Version: e.Seq, SortedAt: e.Seq,
		Kind: d.Kind, Code: d.Code, Urgency: d.Urgency, Area: d.Area, State: e.To,
		Resident: d.Party, Private: d.Private, AskedPrivate: d.Asked, Earlier: d.Earlier,
		Confidence: d.Confidence, Source: d.Source, RaisedAt: e.At, StartedAt: e.At,
		Touched: d.Source == "staff",
	}
	m.say(e.Words)
	m.alarm(e, "")
	if d.Policy {
		m.ApprovedBy = "policy"
	}
	m.dues(e)
	m.tellApproved(e)
	return m
}

func byPerson(e Event) bool {
	return e.By != Clock.ID && e.By != Refiner.ID && e.By != "policy"
}

// say puts new words in the place of old ones.
func (m *Matter) say(w *Words) {
	if w == nil {
		return
	}
	for _, x := range []struct {
		old *string
		now string
	}{{&m.Summary, w.Summary}, {&m.Text, w.Text}, {&m.Place, w.Place}, {&m.Name, w.Name}, {&m.Reason, w.Reason}} {
		if x.now != "" {
			*x.old = x.now
		}
	}
	for _, p := range w.Photos {
		m.photo(p)
	}
}

func (m *Matter) photo(p string) {
	if p != "" && !slices.Contains(m.Photos, p) {
		m.Photos = append(slices.Clip(m.Photos), p)
	}
}

// move changes the state and what hangs on it alone.
func (m *Matter) move(e Event) {
	m.State = e.To
	if e.From == e.To {
		return
	}
	if e.From == Waiting {
		m.WaitingFor, m.WaitingFrom, m.WaitingAt = "", "", time.Time{}
	}
	if e.From == Done && e.To.Open() {
		m.Outcome, m.Unshown, m.DoneAt = "", false, time.Time{}
	}
	switch {
	case e.To == Done:
		m.DoneAt = e.At
	case e.To == Waiting:
		m.WaitingFor, m.WaitingFrom, m.WaitingAt = e.Detail.For, e.From, e.At
	case e.To == Sorting:
		m.Assignee, m.ApprovedBy = "", ""
	}
	if e.From.Open() == e.To.Open() {
		return
	}
	m.EndedAt = time.Time{}
	if !e.To.Open() {
		m.EndedAt = e.At
	}
}

// take is what each kind of event does besides.
func (m *Matter) take(was *Matter, e Event) {
	d := e.Detail
	m.photo(d.Photo)
	switch e.Kind {
	case Join:
		m.join(e)
	case Approve:
		m.ApprovedBy = e.By
	case Correct, Suggest, Transfer:
		m.sorted(was, e)
	case Merge:
		m.MergedInto = d.Into
	case Undo:
		m.restore(was.Before, e)
	case Split:
		if e.From == Merged {
			m.restore(was.Before, e)
		}
	case Claim:
		m.Assignee = e.By
	case Assign, Resolve:
		if d.Assignee != "" {
			m.Assignee = d.Assignee
		}
	case Plan:
		m.Planned = true
	case Return:
		m.Returned++
		m.Assignee, m.Township = "", m.Returned >= 2
	case Finish:
		m.Outcome, m.Unshown = d.Outcome, d.Unshown
		if e.From == Queued {
			m.Assignee = e.By
		}
	case Rate:
		m.Rating = d.Rating
	case Reopen:
		m.reopen(e)
	case Reveal:
		if !slices.Contains(m.Revealed, e.By) {
			m.Revealed = append(slices.Clip(m.Revealed), e.By)
		}
	case Remind:
		m.Reminded = d.Share
	case Escalate:
		m.climb(e)
	case Erase:
		m.erase(e)
	}
}

func (m *Matter) join(e Event) {
	if p := e.Detail.Party; p != "" && p != m.Resident && !slices.Contains(m.Parties, p) {
		m.Parties = append(slices.Clip(m.Parties), p)
	}
}

// sorted applies what a correction, suggestion or transfer makes of it.
func (m *Matter) sorted(was *Matter, e Event) {
	d := e.Detail
	set(&m.Kind, d.Kind)
	set(&m.Code, d.Code)
	set(&m.Area, d.Area)
	set(&m.Urgency, d.Urgency)
	m.Private = d.Private
	if d.Source != "" {
		m.Source, m.Confidence = d.Source, d.Confidence
	}
	if m.Kind != was.Kind || m.Code != was.Code || m.Urgency != was.Urgency {
		m.SortedAt = e.Seq
	}
	if m.Kind != was.Kind {
		m.Planned = false
		if !d.Approved && !d.Policy {
			m.ApprovedBy = ""
		}
	}
	switch {
	case d.Approved:
		m.ApprovedBy = e.By
	case d.Policy:
		m.ApprovedBy = "policy"
	}
	if e.To == Queued && (e.From != Queued || m.Kind != was.Kind) {
		m.Assignee = ""
	}
	m.alarm(e, was.Urgency)
}

func set[T ~string](old *T, now T) {
	if now != "" {
		*old = now
	}
}

// alarm begins or ends an emergency: its first page goes with the event itself.
func (m *Matter) alarm(e Event, was catalog.Urgency) {
	if m.Urgency == catalog.Emergency {
		set(&m.Danger, e.Detail.Danger)
		if was != catalog.Emergency {
			m.Paged, m.PagedAt = 1, e.At
		}
	} else if was == catalog.Emergency {
		m.Danger, m.Paged, m.PagedAt = "", 0, time.Time{}
	}
}

// reopen takes up a finished matter again. A late one stays closed: a new
// matter takes it up.
func (m *Matter) reopen(e Event) {
	if e.To == Closed {
		return
	}
	m.Rating, m.Outcome, m.Unshown, m.Planned = 0, "", false, false
	m.DoneAt, m.StartedAt = time.Time{}, e.At
	if e.From == Closed {
		m.Reopened++
	}
}

// climb counts the rounds of pages of an emergency that nobody took, and
// otherwise how far a late matter has climbed.
func (m *Matter) climb(e Event) {
	if m.paging() {
		m.Paged, m.PagedAt = e.Detail.Rung, e.At
	} else {
		m.Escalated = e.Detail.Rung
	}
}

// paging reports whether the next round of pages is still to come. After the
// last, an emergency climbs like whatever is late.
func (m *Matter) paging() bool { return m.unclaimed() && m.Paged < Rounds }

// unclaimed reports whether this is an emergency that anybody paged could take
// and nobody has.
func (m *Matter) unclaimed() bool {
	return m.Urgency == catalog.Emergency && m.State == Queued && m.Assignee == "" && !m.Township
}

// erase drops the words. When it was for somebody who had only joined, they are
// not hers: then she alone is dropped.
func (m *Matter) erase(e Event) {
	if who := e.Detail.Party; who != "" && who != m.Resident {
		m.Parties = slices.DeleteFunc(slices.Clone(m.Parties), func(p message.Address) bool { return p == who })
		return
	}
	m.Resident, m.Parties, m.Photos = "", nil, nil
	m.Place, m.Name, m.Summary, m.Text, m.Reason = "", "", "", "", ""
}

// dues moves the due date; what of the new time is already past is not reminded of again.
func (m *Matter) dues(e Event) {
	if !e.Detail.Due.IsZero() && e.Kind != Undo && e.Kind != Split {
		m.DueAt, m.Reminded, m.Escalated = e.Detail.Due, e.Detail.Share, 0
	}
}

// remember keeps what undo goes back to, as long as no person acts. What was
// merged may be split again even after that.
func (m *Matter) remember(was *Matter, e Event) {
	switch {
	case e.Kind == Undo, e.Kind == Split && e.From == Merged:
		m.Before = nil
	case Undoable(e.Kind):
		m.Before = was.snapshot(e)
	case m.Before == nil || m.State == Merged:
	case !byPerson(e) && m.Before.Seq == was.Version && e.From == e.To:
		b := *m.Before
		b.Seq = e.Seq
		m.Before = &b
	default:
		m.Before = nil
	}
}

func (m *Matter) snapshot(e Event) *Before {
	return &Before{
		On: e.Kind, By: e.By, At: e.At, Seq: e.Seq, State: m.State, Kind: m.Kind, Code: m.Code, Area: m.Area,
		Urgency: m.Urgency, Private: m.Private, Assignee: m.Assignee, Approved: m.ApprovedBy, DueAt: m.DueAt,
		Source: m.Source, Confidence: m.Confidence, Danger: m.Danger, Outcome: m.Outcome, Unshown: m.Unshown,
		WaitingFor: m.WaitingFor, WaitingFrom: m.WaitingFrom, WaitingAt: m.WaitingAt, Planned: m.Planned,
		Reminded: m.Reminded, Escalated: m.Escalated, Paged: m.Paged, PagedAt: m.PagedAt, DoneAt: m.DoneAt,
		ToldKind: m.ToldKind, ToldDue: m.ToldDue, ToldAt: m.ToldAt,
	}
}

// restore goes back to what was before. Words are not kept twice, so those that
// a correction brought stay.
func (m *Matter) restore(b *Before, e Event) {
	if b == nil {
		return
	}
	if m.Kind != b.Kind || m.Code != b.Code || m.Urgency != b.Urgency {
		m.SortedAt = e.Seq
	}
	m.State, m.Kind, m.Code, m.Area, m.Urgency, m.Private = b.State, b.Kind, b.Code, b.Area, b.Urgency, b.Private
	m.Assignee, m.ApprovedBy, m.DueAt, m.Source, m.Confidence = b.Assignee, b.Approved, b.DueAt, b.Source, b.Confidence
	m.Danger, m.Outcome, m.Unshown, m.DoneAt = b.Danger, b.Outcome, b.Unshown, b.DoneAt
	m.WaitingFor, m.WaitingFrom, m.WaitingAt = b.WaitingFor, b.WaitingFrom, b.WaitingAt
	m.Planned, m.Reminded, m.Escalated, m.Paged, m.PagedAt = b.Planned, b.Reminded, b.Escalated, b.Paged, b.PagedAt
	m.ToldKind, m.ToldDue, m.ToldAt = b.ToldKind, b.ToldDue, b.ToldAt
	m.MergedInto = ""
}
