package matter

import (
	"time"

	"sanshi/internal/catalog"
)

// Clock lists what is due for a matter at now, in the order in which it is to be
// done, each on the matter that the one before left. After it was done nothing is
// due until WakeAt. However long nobody looked, there is one reminder and one step
// of the climb, the last of each.
func (w Workflow) Clock(b Bench, m Matter, now time.Time) []Act {
	var due []Act
	for a, ok := m.due(b, now); ok; a, ok = m.due(b, now) {
		d, err := w.Decide(b, m, a)
		if err != nil {
			break // a table without this row: the clock must not insist
		}
		due, m = append(due, a), d.Matter
	}
	return due
}

// due is the first thing that is due.
func (m *Matter) due(b Bench, now time.Time) (Act, bool) {
	a := Act{By: Clock, Via: "clock", At: now}
	c, loc := b.Calendar, b.Village.Location
	if t := m.expires(); !t.IsZero() && !now.Before(t) {
		a.Kind = Expire
		return a, true
	}
	if t := m.pageAt(); !t.IsZero() && !now.Before(t) {
		a.Kind, a.Detail.Rung = Escalate, m.Paged+1
		return a, true
	}
	if !m.runs() {
		return a, false
	}
	if p := passed(c, loc, m.StartedAt, m.DueAt, now); p > m.Reminded {
		a.Kind, a.Detail.Share = Remind, p
		return a, true
	}
	if r := m.rung(c, loc, now); r > m.Escalated && !m.paging() {
		a.Kind, a.Detail.Rung = Escalate, r
		return a, true
	}
	return a, false
}

// WakeAt is the earliest moment at which Clock has something to do; the zero
// time means never. The calendar is that of the village's country.
func (m Matter) WakeAt(c *Calendar, loc *time.Location) time.Time {
	wake := earliest(m.expires(), m.pageAt())
	if !m.runs() {
		return wake
	}
	for _, p := range shares() {
		if p > m.Reminded {
			wake = earliest(wake, shareAt(c, loc, m.StartedAt, m.DueAt, p))
			break
		}
	}
	if m.Escalated < topRung && !m.paging() {
		wake = earliest(wake, m.rungAt(c, loc, m.Escalated+1))
	}
	return wake
}

func earliest(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// runs reports whether the time allowed is being used up. It is never stopped
// for waiting; it ends when the matter is done.
func (m *Matter) runs() bool { return m.State.Open() && m.State != Done && !m.DueAt.IsZero() }

// expires is when waiting ends by itself: for an answer, or for the rating.
func (m *Matter) expires() time.Time {
	switch {
	case m.State == Waiting:
		return m.WaitingAt.Add(answerFor)
	case m.State == Done:
		return m.DoneAt.Add(rateFor)
	}
	return time.Time{}
}

// pageAt is when the next round of pages goes out, while nobody has taken an emergency.
func (m *Matter) pageAt() time.Time {
	if !m.paging() {
		return time.Time{}
	}
	return m.PagedAt.Add(pageFor)
}

// topRung is the township: a late matter climbs to the lead, the secretary, the township.
const topRung = 3

// rungAt is when a late matter has climbed so far: to the lead when it is due,
// then one more at the end of each working day.
func (m *Matter) rungAt(c *Calendar, loc *time.Location, rung int) time.Time {
	return c.Due(m.DueAt, rung-1, loc).UTC()
}

func (m *Matter) rung(c *Calendar, loc *time.Location, now time.Time) int {
	r := 0
	for r < topRung && !now.Before(m.rungAt(c, loc, r+1)) {
		r++
	}
	return r
}

// Late reports whether the time allowed is over and the matter is not done.
func (m Matter) Late(now time.Time) bool { return m.runs() && !now.Before(m.DueAt) }

func (m *Matter) emergency() bool { return m.Urgency == catalog.Emergency }
