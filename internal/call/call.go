// Package call is the promise that a person rings somebody: she asked for one,
// cannot be texted, or was not reached by a text.
//
// A promise has a time that was said to her, counted in working time ("before we
// close today", at night "tomorrow morning"), and one person who should keep it.
// Whoever keeps it says how it went: reached, nobody answered, wrong number. What
// is overdue climbs: to the secretary, to who stands in, to the township. All of
// it is pure; the desk reads and writes.
package call

import (
	"time"

	"sanshi/internal/directory"
	"sanshi/internal/matter"
)

// Bench is what a decision needs to know besides the call.
type Bench struct {
	Village  *directory.Village
	Calendar *matter.Calendar // of the village's country
}

// Hours of a working day, and the last one at which somebody still calls today.
const (
	opens  = 9
	noon   = 12
	latest = 16
	closes = 18
)

// Promise is the time by which a call asked for now is made: today before the
// office closes, if some of the day is left; else before noon of the next working day.
func (b Bench) Promise(now time.Time) time.Time {
	day := now.In(b.Village.Location)
	switch {
	case !b.Calendar.Works(day) || day.Hour() >= latest:
	case day.Hour() < opens:
		return hour(day, noon)
	default:
		return hour(day, closes)
	}
	for day = day.AddDate(0, 0, 1); !b.Calendar.Works(day); {
		day = day.AddDate(0, 0, 1)
	}
	return hour(day, noon)
}

func hour(t time.Time, h int) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, h, 0, 0, 0, t.Location())
}

// Plan settles by when and by whom a new call is made, where that is still open.
func (b Bench) Plan(c directory.Callback, now time.Time) directory.Callback {
	if c.For == "" {
		c.For = b.keeper(c)
	}
	if c.DueAt.IsZero() {
		c.DueAt = b.Promise(now)
	}
	c.NextAt = c.DueAt
	return c
}

// Settled is an open call with a time and a person, also one that the clock has not
// seen yet.
func (b Bench) Settled(c directory.Callback, now time.Time) directory.Callback {
	if c.DoneAt.IsZero() && (c.For == "" || c.DueAt.IsZero()) {
		return b.Plan(c, now)
	}
	return c
}

// keeper is who should make a call: who has the matter, for what is said of it;
// somebody who may know, if it is private; otherwise the secretary, or who stands in.
func (b Bench) keeper(c directory.Callback) string {
	v := b.Village
	a, held := v.Member(c.Assignee)
	switch c.Reason {
	case directory.CallPerson, directory.CallUnread, directory.CallErase, directory.CallCopy:
		held = held && c.Private // she was told that the secretary calls
	}
	if held && !a.Away {
		return a.ID
	}
	if c.Private {
		for _, s := range v.Staff {
			if v.IsSensitive(s.ID) && !s.Away {
				return s.ID
			}
		}
	}
	for _, s := range matter.Told(v, matter.Matter{}, matter.ToSecretary) {
		return s.ID
	}
	return ""
}

// MayRead reports whether a staff member may know of a call, its number and its
// words: of a private matter only who may read that; otherwise the secretary, the
// committee, the leads, the administrator, and whose task it is.
func MayRead(v *directory.Village, c directory.Callback, s directory.Staff) bool {
	if c.Private {
		return c.Assignee == s.ID || v.IsSensitive(s.ID)
	}
	switch s.Role {
	case directory.Secretary, directory.Committee, directory.Lead, directory.Administrator:
		return true
	}
	return s.ID == c.For || s.ID == c.TakenBy || s.ID == c.Assignee
}

// MayErase reports whether a staff member may do what a person must confirm:
// erase what is kept of somebody, or hand her a copy of it.
func MayErase(s directory.Staff) bool {
	return s.Role == directory.Secretary || s.Role == directory.Administrator
}

// Cause is what a call is listed once for: another of the same address and cause
// adds its words to the first. What is private never joins what is not.
func Cause(c directory.Callback) string {
	switch c.Reason {
	case directory.CallOptOut, directory.CallClosing, directory.CallQuestion, directory.CallProxy, directory.CallOver, directory.CallUnclaimed:
		return c.Reason + ":" + c.Matter
	}
	reason := c.Reason
	if reason == directory.CallUnread { // either way she wants to be rung
		reason = directory.CallPerson
	}
	if c.Private {
		return reason + ":" + c.Matter
	}
	return reason
}

// Kept reports whether the promise was kept: somebody rang in time, even if
// nobody answered then.
func Kept(c directory.Callback) bool {
	first := c.DoneAt
	if !c.TriedAt.IsZero() && c.TriedAt.Before(first) {
		first = c.TriedAt
	}
	return c.DueAt.IsZero() || !first.After(c.DueAt)
}

// Overdue reports whether the promised time of an open call has passed.
func Overdue(c directory.Callback, now time.Time) bool {
	return c.DoneAt.IsZero() && !c.DueAt.IsZero() && now.After(c.DueAt)
}

// Untold reports whether she has not been told how her matter ended: the text of
// it did not reach her, or none may be sent, and nobody has reached her either.
func Untold(m matter.Matter, calls []directory.Callback) bool {
	if m.State != matter.Done && m.State != matter.Closed && m.State != matter.Declined {
		return false
	}
	untold := false
	for _, c := range calls {
		if c.Matter == m.ID && (c.Reason == directory.CallClosing || c.Reason == directory.CallOptOut || c.Reason == directory.CallUnread) {
			untold = c.Result != string(Reached)
		}
	}
	return untold
}

// triesEnough is after how many tries something else than ringing is due.
const triesEnough = 3

// Visit reports whether ringing has not helped and somebody should go there.
func Visit(c directory.Callback) bool { return c.DoneAt.IsZero() && c.Tries >= triesEnough }
