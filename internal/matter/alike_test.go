package matter

import (
	"testing"
	"time"

	"sanshi/internal/catalog"
)

func lampAt(id, place, summary string) Matter {
	return Matter{ID: id, Kind: catalog.VillageRun, Code: "V1", Urgency: catalog.Normal, State: Sorting, Area: "g1",
		Place: place, Summary: summary, RaisedAt: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
}

func changed(m Matter, f func(*Matter)) Matter { f(&m); return m }

// Shown to the secretary, asked of her who reports it, or neither.
func TestLikes(t *testing.T) {
	gate := lampAt("a", "村口", "村口路灯坏了")
	for name, c := range map[string]struct {
		m, o         Matter
		shown, asked bool
	}{
		"the same words":              {lampAt("b", "村口", "村口路灯坏了"), gate, true, true},
		"other words, the same place": {lampAt("b", "村口", "村口的路灯又不亮了"), gate, true, true},
		"a place said longer":         {lampAt("b", "村口小卖部", "村口小卖部路灯坏了"), gate, true, true},
		"another place":               {lampAt("b", "晒谷场", "晒谷场路灯坏了"), gate, false, false},
		"no place":                    {lampAt("b", "", "路灯坏了"), gate, true, false},
		"another thing there":         {changed(lampAt("b", "村口", "村口水沟堵了"), func(m *Matter) { m.Code = "V2" }), gate, false, false},
		"another area, no place":      {changed(lampAt("b", "", "路灯坏了"), func(m *Matter) { m.Area = "g2" }), gate, true, false},
		"the other is private":        {lampAt("b", "村口", "村口路灯坏了"), changed(gate, func(m *Matter) { m.Private = true }), true, false},
		"the other is an emergency":   {lampAt("b", "村口", "村口路灯坏了"), changed(gate, func(m *Matter) { m.Urgency = catalog.Emergency }), true, false},
		"the other is done":           {lampAt("b", "村口", "村口路灯坏了"), changed(gate, func(m *Matter) { m.State = Done }), true, false},
		"hers is in its queue":        {changed(lampAt("b", "村口", "村口路灯坏了"), func(m *Matter) { m.State = Queued }), gate, true, false},
		"a household's":               {changed(lampAt("b", "村口", "太吵了"), func(m *Matter) { m.Kind, m.Code = catalog.Household, "H1" }), changed(lampAt("a", "村口", "太吵了"), func(m *Matter) { m.Kind, m.Code = catalog.Household, "H1" }), true, false},
		"itself":                      {gate, gate, false, false},
	} {
		got := Likes(c.m, []Matter{c.o})
		_, asked := Likeliest(c.m, []Matter{c.o})
		if (len(got) > 0) != c.shown || asked != c.asked {
			t.Errorf("%s: shown %v, asked %v; %+v", name, len(got) > 0, asked, got)
		}
		for _, l := range got {
			if len(l.Why) == 0 || l.Score <= 0 || l.Score > 1 {
				t.Errorf("%s: %v without a reason, or beyond the scale: %v", name, l.Score, l.Why)
			}
		}
	}
}

// The likeliest comes first, and of many only three.
func TestLikesAreFew(t *testing.T) {
	m := lampAt("m", "村口", "村口路灯坏了")
	got := Likes(m, []Matter{lampAt("a", "", "灯"), lampAt("b", "", "路灯坏了"), lampAt("c", "", "灯"), lampAt("d", "村口", "村口路灯坏了"), lampAt("e", "", "灯")})
	if len(got) != 3 || got[0].Matter.ID != "d" || got[1].Matter.ID != "b" {
		t.Errorf("%+v", got)
	}
}
