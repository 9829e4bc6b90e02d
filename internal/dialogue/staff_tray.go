package dialogue

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"sanshi/internal/catalog"
	"sanshi/internal/directory"
	"sanshi/internal/matter"
	"sanshi/internal/message"
)

// Tray is what is remembered of a member of staff who works by SMS: ids only,
// never words.
type Tray struct {
	Village string    `json:"-"`
	Staff   string    `json:"-"`
	Version int       `json:"-"` // 0: not yet kept
	LookAt  time.Time `json:"-"` // when to see whether she must be told of something

	// Morning is the local day of the last morning list.
	Morning string `json:"morning,omitempty"`
	// Items were put before her last, in the order of their digits. A digit keeps
	// its meaning until all of the list is settled: a text that comes later goes on
	// counting, so that an answer that crosses with it means the same.
	Items []Item `json:"items,omitempty"`
	// Done is what her last text did, for taking it back.
	Done   []string  `json:"done,omitempty"`
	DoneAt time.Time `json:"done_at,omitzero"`
}

// Item is a matter as it was shown: its version at that time.
type Item struct {
	Matter  string `json:"m"`
	Version int    `json:"v"`
}

// option is an item as the question of a text keeps it: "id:version".
func (i Item) option() string { return i.Matter + ":" + strconv.Itoa(i.Version) }

func itemOf(option string) Item {
	id, v, _ := strings.Cut(option, ":")
	n, _ := strconv.Atoi(v)
	return Item{id, n}
}

func options(items []Item) []string {
	out := make([]string, len(items))
	for i, it := range items {
		out[i] = it.option()
	}
	return out
}

// Nudge is a look into somebody's tray that a change asks for. Now: something came
// that she must hear of.
type Nudge struct {
	Staff string
	At    time.Time
	Now   bool
}

// Nudges are the looks that a change of a matter asks for. What begins to wait is
// in the next morning's list; what is urgent is told at once.
func Nudges(v *directory.Village, c *matter.Calendar, before, after matter.Matter, now time.Time) []Nudge {
	if after.State != matter.Sorting || before.State == matter.Sorting && before.Urgency == after.Urgency {
		return nil
	}
	var out []Nudge
	for _, s := range matter.Told(v, after, matter.ToSecretary) {
		if !s.BySMS() {
			continue
		}
		n := Nudge{Staff: s.ID, At: nextList(v, c, now)}
		if after.Urgency != catalog.Normal {
			n.At, n.Now = now, true
		}
		out = append(out, n)
	}
	return out
}

// nextList is the next time at which a morning list goes out, after now; the zero
// time when there is none.
func nextList(v *directory.Village, c *matter.Calendar, now time.Time) time.Time {
	for day, n := now.In(v.Location), 0; n < 60; day, n = day.AddDate(0, 0, 1), n+1 {
		at, _, ok := v.On(day)
		if !ok {
			break
		}
		if c.Works(day) && at.After(now) {
			return at
		}
	}
	return time.Time{}
}

// Waiting lists what waits for a member of staff to sort, the urgent first, then
// what waits longest. What she raised herself is for others to approve.
func Waiting(s directory.Staff, all []matter.Matter) []matter.Matter {
	var out []matter.Matter
	for _, m := range all {
		if m.State == matter.Sorting && !raisedBy(m, s) {
			out = append(out, m)
		}
	}
	slices.SortStableFunc(out, func(a, b matter.Matter) int {
		if u := urgency(b) - urgency(a); u != 0 {
			return u
		}
		return a.RaisedAt.Compare(b.RaisedAt)
	})
	return out
}

func raisedBy(m matter.Matter, s directory.Staff) bool {
	return s.Phone != "" && (m.Resident.User() == s.Phone || slices.ContainsFunc(m.Parties, func(p message.Address) bool { return p.User() == s.Phone }))
}

func urgency(m matter.Matter) int {
	switch m.Urgency {
	case catalog.Emergency:
		return 2
	case catalog.Urgent:
		return 1
	}
	return 0
}

// has reports whether a matter was put before her.
func (t Tray) has(id string) bool {
	return slices.ContainsFunc(t.Items, func(i Item) bool { return i.Matter == id })
}
