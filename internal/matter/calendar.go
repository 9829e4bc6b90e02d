package matter

import (
	"bufio"
	_ "embed"
	"fmt"
	"io"
	"math"
	"strings"
	"time"
)

// Calendar knows the working days of a country, and with them working time: 9:00
// to 18:00 local on each. It is never changed once made. The zero Calendar knows
// weekends only.
type Calendar struct {
	free        map[int]bool // by dayKey: true a day off, false a weekend day worked
	first, last int          // dayKeys of the whole years it covers; 0, 0 for none
}

// The hours of a working day.
const (
	opens  = 9
	closes = 18
)

//go:embed holidays.txt
var holidays string

// NewCalendar is the calendar of mainland China that comes with the program.
func NewCalendar() *Calendar {
	c, err := LoadCalendar(strings.NewReader(holidays))
	if err != nil {
		panic(err) // the file is part of the program
	}
	return c
}

// LoadCalendar reads a table in the format of holidays.txt, which says at its top
// how to write one. An error names the line and what to do.
func LoadCalendar(r io.Reader) (*Calendar, error) {
	c := &Calendar{free: map[int]bool{}}
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		if err := c.line(lines.Text()); err != nil {
			return nil, fmt.Errorf("calendar, line %d: %w", n, err)
		}
	}
	return c, lines.Err()
}

func (c *Calendar) line(s string) error {
	s, _, _ = strings.Cut(s, "#")
	f := strings.Fields(strings.TrimPrefix(s, "\ufeff"))
	if len(f) == 0 {
		return nil
	}
	days := 2
	if f[0] == "work" {
		days = 1
	}
	if len(f) < 1+days {
		return fmt.Errorf("write \"covers FIRST LAST\", \"off FIRST LAST NAME\" or \"work DAY NAME\"")
	}
	first, err := time.Parse(time.DateOnly, f[1])
	last, err2 := time.Parse(time.DateOnly, f[days])
	switch {
	case err != nil || err2 != nil:
		return fmt.Errorf("write days like 2026-10-01")
	case last.Before(first) || last.Sub(first) > 100*366*24*time.Hour:
		return fmt.Errorf("the last day must not be before the first")
	}
	switch f[0] {
	case "covers":
		c.first, c.last = dayKey(first), dayKey(last)
	case "off", "work":
		for d := first; !d.After(last); d = d.AddDate(0, 0, 1) {
			c.free[dayKey(d)] = f[0] == "off"
		}
	default:
		return fmt.Errorf("%q is none of covers, off, work", f[0])
	}
	return nil
}

// dayKey makes a date comparable: 20261001.
func dayKey(t time.Time) int { y, m, d := t.Date(); return y*10000 + int(m)*100 + d }

// For gives the calendar for a village of this country (ISO 3166): c itself for
// CN, and one that knows weekends only for all others.
func (c *Calendar) For(country string) *Calendar {
	if country == "" || strings.EqualFold(country, "CN") {
		return c
	}
	return &Calendar{}
}

// Covers reports whether the table knows the holidays of t's year. Where it does
// not, only weekends are free.
func (c *Calendar) Covers(t time.Time) bool {
	k := dayKey(t)
	return c.first <= k && k <= c.last
}

// LastDay is the last day that the table covers, at midnight UTC; the zero time
// when it covers none. Doctor warns before it.
func (c *Calendar) LastDay() time.Time {
	if c.last == 0 {
		return time.Time{}
	}
	return time.Date(c.last/10000, time.Month(c.last/100%100), c.last%100, 0, 0, 0, 0, time.UTC)
}

// Works reports whether the date of t, in t's own location, is a working day.
func (c *Calendar) Works(t time.Time) bool {
	if free, listed := c.free[dayKey(t)]; listed {
		return !free
	}
	return t.Weekday() != time.Saturday && t.Weekday() != time.Sunday
}

// Due is when a matter raised now must be settled: 18:00 local of the n-th working
// day after the day raised. Raised after 18:00 or on a free day, the next working
// day counts as the day raised.
func (c *Calendar) Due(raised time.Time, days int, loc *time.Location) time.Time {
	day := raised.In(loc)
	if day.After(at(day, closes)) {
		day = at(day.AddDate(0, 0, 1), opens)
	}
	day = c.working(day)
	for range days {
		day = c.working(next(day))
	}
	return at(day, closes)
}

// working gives the date of t if it is a working day, else the next that is.
func (c *Calendar) working(t time.Time) time.Time {
	for !c.Works(t) {
		t = next(t)
	}
	return t
}

// next is the day after t's; at opening, an hour that no change of clocks skips.
func next(t time.Time) time.Time { return at(t.AddDate(0, 0, 1), opens) }

// at is a full hour of t's day.
func at(t time.Time, hour int) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, hour, 0, 0, 0, t.Location())
}

// Share is how much of the working time from raised to due is used up at now: 0
// until raised, below 1 until due, then 1 and more (twice the time allowed is 2).
func (c *Calendar) Share(raised, due, now time.Time, loc *time.Location) float64 {
	all, late := c.allowed(raised, due, loc), !now.Before(due)
	switch {
	case all <= 0 && late:
		return 1
	case all <= 0:
		return 0
	}
	used := float64(c.between(raised, now, loc)) / float64(all)
	if late {
		return max(used, 1)
	}
	return min(used, math.Nextafter(1, 0))
}

// At is the first moment at which Share is at least share: for waking up then.
func (c *Calendar) At(raised, due time.Time, share float64, loc *time.Location) time.Time {
	all := c.allowed(raised, due, loc)
	switch {
	case share <= 0:
		return raised
	case all <= 0:
		return due
	}
	t := c.after(raised, time.Duration(math.Ceil(share*float64(all))), loc)
	if share >= 1 && t.Before(due) { // due outside working hours, by a plan
		return due
	}
	return t
}

// allowed is the working time from raised to due; none when either is not known.
func (c *Calendar) allowed(raised, due time.Time, loc *time.Location) time.Duration {
	if raised.IsZero() || due.IsZero() {
		return 0
	}
	return c.between(raised, due, loc)
}

// between is the working time from one moment to a later one; 0 when it is not later.
func (c *Calendar) between(from, to time.Time, loc *time.Location) time.Duration {
	var sum time.Duration
	for day := from.In(loc); day.Before(to); day = next(day) {
		if !c.Works(day) {
			continue
		}
		if open := overlap(at(day, opens), at(day, closes), from, to); open > 0 {
			sum += open
		}
		if at(day, closes).After(to) {
			break
		}
	}
	return sum
}

func overlap(a, b, from, to time.Time) time.Duration {
	if from.After(a) {
		a = from
	}
	if to.Before(b) {
		b = to
	}
	return b.Sub(a)
}

// after is when so much working time has passed since from.
func (c *Calendar) after(from time.Time, need time.Duration, loc *time.Location) time.Time {
	for day := from.In(loc); ; day = next(day) {
		if !c.Works(day) {
			continue
		}
		start, end := at(day, opens), at(day, closes)
		if from.After(start) {
			start = from
		}
		if open := end.Sub(start); open >= need {
			return start.Add(need)
		} else if open > 0 {
			need -= open
		}
	}
}
