package console

import (
	"slices"
	"time"

	"sanshi/internal/catalog"
	"sanshi/internal/matter"
	"sanshi/internal/web/page"
)

// row is one matter in a list. Sealed rows have no words.
type row struct {
	matter.Matter
	Sealed   bool
	Foreign  bool // not private, but another department's
	Service  catalog.Service
	AreaName string
	Owner    string // the assignee's name
	From     string // the resident's number, masked
	Raised   page.Stamp
	Due      page.Stamp
	Late     bool
	DaysLate int
	Percent  int // the confidence
	Alike    []likeRow
	Forms    []actForm // what may be done to it from the list
	CanPick  bool      // may be approved together with others
	Back     string    // the list it stands in
}

// likeRow is another matter that may be the same thing, and why it seems so.
type likeRow struct {
	row
	Why   []string // labels
	Merge *actForm // one tap to merge into it; nil when she may not
}

// likes are the matters that may be the same thing as m, with one tap to merge.
func (c *Console) likes(v *visit, m matter.Matter, nearby []matter.Matter, kinds []matter.EventKind, back string) []likeRow {
	var out []likeRow
	for _, l := range matter.Likes(m, nearby) {
		r := likeRow{row: c.row(v, l.Matter), Why: l.Why}
		if slices.Contains(kinds, matter.Merge) {
			r.Merge = &actForm{formRow: formRow{On: matter.Merge}, Action: "/console/m/" + m.ID, Version: m.Version, Key: c.NewID(), Back: back}
		}
		out = append(out, r)
	}
	return out
}

func (c *Console) row(v *visit, m matter.Matter) row {
	r := row{
		Matter:   m,
		Foreign:  !m.Private && !matter.MayRead(v.village, m, v.me),
		AreaName: v.village.Area(m.Area).Name,
		From:     masked(m.Resident),
		Raised:   c.stamp(v, m.RaisedAt),
		Due:      c.stamp(v, m.DueAt),
		Percent:  int(m.Confidence*100 + 0.5),
	}
	r.Service, _ = catalog.Lookup(m.Code)
	if s, ok := v.village.Member(m.Assignee); ok {
		r.Owner = s.Name
	}
	now := c.Now()
	if running(m.State) && !m.DueAt.IsZero() && now.After(m.DueAt) {
		r.Late, r.DaysLate = true, int(now.Sub(m.DueAt)/(24*time.Hour))
	}
	if r.Sealed = m.Private || r.Foreign; r.Sealed {
		r.Matter, r.From = wordless(m), ""
	}
	return r
}

// wordless is a matter without anything that a person said or is.
func wordless(m matter.Matter) matter.Matter {
	m.Resident, m.Parties = "", nil
	m.Place, m.Name, m.Summary, m.Text, m.Reason = "", "", "", "", ""
	m.Photos = nil
	return m
}

// running reports whether the clock of a matter still matters: done ones wait
// for a rating only.
func running(s matter.State) bool { return s.Open() && s != matter.Done }

func (c *Console) stamp(v *visit, t time.Time) page.Stamp {
	return page.Stamp{At: t, Zone: v.village.Location}
}

// byNeed orders a list to approve: emergencies, then what nobody is sure of, which
// may be anything, then the rest. In each the urgent ones come first, and of these
// the one that has waited longest.
func byNeed(ms []matter.Matter) {
	slices.SortStableFunc(ms, func(a, b matter.Matter) int {
		if d := need(a) - need(b); d != 0 {
			return d
		}
		return a.RaisedAt.Compare(b.RaisedAt)
	})
}

func need(m matter.Matter) int {
	rank := 3
	switch {
	case m.Urgency == catalog.Emergency:
		return 0
	case m.Unsure():
		rank = 1
	}
	if m.Urgency != catalog.Urgent {
		rank++
	}
	return rank
}
