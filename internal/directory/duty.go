package directory

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Duty is one row of the duty roster: who is on duty on which days and at which
// hours. A row that names dates takes the place of the weekly rows on those dates:
// so a holiday is written once and the week need not be touched.
type Duty struct {
	Staff []string       // ids
	Days  []time.Weekday // on which the duty begins; none means every day
	From  string         // first date, 2006-01-02; "" for a weekly row
	To    string         // last date
	Hours Quiet          // minutes after midnight; From == To means the whole day. It may cross midnight
}

// covers reports whether t, in local time, falls into the row. Hours after
// midnight belong to the day before, on which the duty began.
func (d Duty) covers(t time.Time) bool {
	m := t.Hour()*60 + t.Minute()
	h := d.Hours
	switch {
	case h.From == h.To:
		return d.begins(t)
	case h.From < h.To:
		return m >= h.From && m < h.To && d.begins(t)
	}
	return m >= h.From && d.begins(t) || m < h.To && d.begins(t.AddDate(0, 0, -1))
}

// begins reports whether the duty begins on the day of t.
func (d Duty) begins(t time.Time) bool {
	if d.From != "" {
		day := t.Format(time.DateOnly)
		return day >= d.From && day <= d.To
	}
	return len(d.Days) == 0 || slices.Contains(d.Days, t.Weekday())
}

// OnDuty lists who is on duty at t and not away, in the order of the roster. It
// is empty where there is no roster, or the roster has a hole.
func (v *Village) OnDuty(t time.Time) []Staff {
	local := t
	if v.Location != nil {
		local = t.In(v.Location)
	}
	dated := slices.ContainsFunc(v.Duty, func(d Duty) bool { return d.From != "" && d.covers(local) })
	var out []Staff
	for _, d := range v.Duty {
		if (d.From != "") != dated || !d.covers(local) {
			continue
		}
		for _, id := range d.Staff {
			s, ok := v.Member(id)
			if ok && !s.Away && !slices.ContainsFunc(out, func(o Staff) bool { return o.ID == id }) {
				out = append(out, s)
			}
		}
	}
	return out
}

// HasDuty reports whether somebody stands anywhere on the roster.
func (v *Village) HasDuty(id string) bool {
	return slices.ContainsFunc(v.Duty, func(d Duty) bool { return slices.Contains(d.Staff, id) })
}

// dutyHoles names the hours of a usual week in which nobody is on duty, a line a
// day. The dated rows are left out: they are exceptions.
func (v *Village) dutyHoles() (out []string) {
	week := Village{Location: time.UTC, Staff: v.Staff}
	edges := []int{0}
	for _, d := range v.Duty {
		if d.From == "" {
			week.Duty = append(week.Duty, d)
			edges = append(edges, d.Hours.From, d.Hours.To)
		}
	}
	if len(week.Duty) == 0 {
		return nil
	}
	slices.Sort(edges)
	edges = append(slices.Compact(edges), 24*60)
	monday := time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)
	for day := range 7 {
		begun, hole := monday.AddDate(0, 0, day), ""
		for i := 0; i+1 < len(edges); i++ {
			at := begun.Add(time.Duration(edges[i]) * time.Minute)
			if edges[i] < edges[i+1] && len(week.OnDuty(at)) == 0 {
				hole += " " + clock(edges[i]) + "-" + clock(edges[i+1])
			}
		}
		if hole != "" {
			out = append(out, begun.Weekday().String()[:3]+hole)
		}
	}
	return out
}

func clock(minutes int) string { return fmt.Sprintf("%02d:%02d", minutes/60, minutes%60) }

// dayNames are what [[duty]] days may hold besides ranges of dates.
var dayNames = map[string][]time.Weekday{
	"daily": nil, "每天": nil, "": nil,
	"weekdays": {1, 2, 3, 4, 5}, "工作日": {1, 2, 3, 4, 5}, "weekends": {6, 0}, "周末": {6, 0},
	"mon": {1}, "tue": {2}, "wed": {3}, "thu": {4}, "fri": {5}, "sat": {6}, "sun": {0},
	"周一": {1}, "周二": {2}, "周三": {3}, "周四": {4}, "周五": {5}, "周六": {6}, "周日": {0},
}

// parseDays reads "weekdays", "mon,wed", "周六，周日", "2026-10-01" or
// "2026-10-01..2026-10-07".
func parseDays(s string) (d Duty, err error) {
	s = strings.NewReplacer("，", ",", "、", ",").Replace(strings.TrimSpace(s))
	if strings.HasPrefix(s, "2") {
		from, to, ranged := strings.Cut(s, "..")
		if !ranged {
			to = from
		}
		a, err1 := time.Parse(time.DateOnly, strings.TrimSpace(from))
		b, err2 := time.Parse(time.DateOnly, strings.TrimSpace(to))
		if err1 != nil || err2 != nil || b.Before(a) {
			return d, fmt.Errorf("%q: write dates like 2026-10-01..2026-10-07", s)
		}
		d.From, d.To = a.Format(time.DateOnly), b.Format(time.DateOnly)
		return d, nil
	}
	for _, part := range strings.Split(s, ",") {
		days, ok := dayNames[strings.ToLower(strings.TrimSpace(part))]
		if !ok {
			return d, fmt.Errorf("%q: write daily, weekdays, weekends, mon,tue… or dates like 2026-10-01..2026-10-07", s)
		}
		d.Days = append(d.Days, days...)
	}
	return d, nil
}

type fileDuty struct {
	Staff []string `toml:"staff"`
	Days  string   `toml:"days"`
	Hours string   `toml:"hours"`
}

func (c *checker) duty() (out []Duty) {
	for i, f := range c.f.Duty {
		at := fmt.Sprintf("duty[%d]", i)
		d, err := parseDays(f.Days)
		if err != nil {
			c.fault(at+".days", "%v", err)
		}
		if d.Hours, err = parseQuiet(f.Hours); err != nil {
			c.fault(at+".hours", "%q: write it like \"18:00-08:00\", or leave it out for the whole day", f.Hours)
		}
		if len(f.Staff) == 0 {
			c.fault(at+".staff", "name at least one of the staff")
		}
		c.members(at+".staff", f.Staff)
		d.Staff = f.Staff
		out = append(out, d)
	}
	return out
}
