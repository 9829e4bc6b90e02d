package matter

import (
	"time"

	"sanshi/internal/catalog"
)

// UndoFor is how long one may undo what one did. What it says to residents is
// held so long.
const UndoFor = time.Minute

// Undoable reports the events that may be undone by who did them.
func Undoable(k EventKind) bool {
	return k == Approve || k == Correct || k == Decline || k == Merge
}

// How long the steps of the clock take. None of it is working time.
const (
	splitFor   = 24 * time.Hour      // to split what was merged
	reopenFor  = 60 * 24 * time.Hour // to reopen a closed one; later a new one is raised
	answerFor  = 7 * 24 * time.Hour  // to wait for an answer
	rateFor    = 14 * 24 * time.Hour // to wait for the rating
	pageFor    = 3 * time.Minute     // before the next round of pages
	soonEnough = 10 * time.Minute    // within which the resident need not hear of the next step too
)

// urgentDays are the working days allowed for what is urgent.
const urgentDays = 2

// shares of the time allowed at which somebody is reminded, in percent.
func shares() [3]int { return [3]int{50, 80, 100} }

// dueBy is when a matter of this code and urgency that began at from must be
// settled: the catalogue's working days; an emergency on the same working day,
// an urgent one within two.
func dueBy(b Bench, code string, u catalog.Urgency, from time.Time) time.Time {
	service, _ := catalog.Lookup(code)
	days := service.Days
	switch u {
	case catalog.Emergency:
		days = 0
	case catalog.Urgent:
		days = min(days, urgentDays)
	}
	return b.Calendar.Due(from, days, b.Village.Location).UTC()
}

// shareAt is when so many percent of the time allowed have passed.
func shareAt(c *Calendar, loc *time.Location, from, due time.Time, percent int) time.Time {
	if percent >= 100 || !from.Before(due) {
		return due
	}
	t := c.At(from, due, float64(percent)/100, loc).UTC()
	t = t.Add(time.Second - 1).Truncate(time.Second) // times are kept in milliseconds: never wake before the moment
	if t.Before(due) {
		return t
	}
	return due
}

// passed is the highest share whose moment has come.
func passed(c *Calendar, loc *time.Location, from, due, now time.Time) int {
	all := shares()
	for i := len(all) - 1; i >= 0; i-- {
		if !now.Before(shareAt(c, loc, from, due, all[i])) {
			return all[i]
		}
	}
	return 0
}
