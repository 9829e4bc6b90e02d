package matter

import (
	"slices"
	"testing"
	"time"

	"sanshi/internal/catalog"
	"sanshi/internal/directory"
)

func ids(who []directory.Staff) []string {
	out := []string{}
	for _, s := range who {
		out = append(out, s.ID)
	}
	return out
}

func TestTold(t *testing.T) {
	v := sunny()
	road := Matter{Kind: catalog.Government, Code: "G6", Area: "g1", Assignee: "ma"}
	errand := Matter{Kind: catalog.Household, Code: "H4", Area: "b1"}
	secret := errand
	secret.Private = true
	twice := errand
	twice.Township = true
	cases := []struct {
		m    Matter
		to   Audience
		want []string
	}{
		{road, ToAssignee, []string{"ma"}},
		{errand, ToAssignee, nil},
		{errand, ToLead, []string{"wang"}}, // of the grid that the block lies in
		{Matter{Kind: catalog.Household}, ToLead, []string{"wang", "zhao"}},
		{errand, ToSecretary, []string{"li"}},
		{errand, ToTownship, []string{"town"}},
		{errand, ToQueue, []string{"wang"}},
		{road, ToQueue, []string{"ma"}},
		{Matter{Kind: catalog.Government, Code: "G1"}, ToQueue, []string{"town"}}, // no officer of that department
		{secret, ToQueue, []string{"li"}},
		{twice, ToQueue, []string{"town"}},
		{errand, ToSquad, []string{"wang", "li"}},
		{errand, ToRaiser, nil},
	}
	for _, c := range cases {
		if got := ids(Told(v, c.m, c.to)); !slices.Equal(got, append([]string{}, c.want...)) {
			t.Errorf("%s of %s %s: %v, want %v", c.to, c.m.Kind, c.m.Code, got, c.want)
		}
	}
	v.Staff[0].Away = true
	if got := ids(Told(v, errand, ToSecretary)); !slices.Equal(got, []string{"li", "sun"}) {
		t.Errorf("the secretary is away: %v", got)
	}
}

// A quiet danger is never told to others, however long nobody comes.
func TestRounds(t *testing.T) {
	v := sunny()
	v.Squad, v.Sensitive = []string{"zhou", "li"}, []string{"sun"}
	fire := Matter{Kind: catalog.VillageRun, Area: "b1", Danger: "fire", Urgency: catalog.Emergency}
	for round, want := range map[int][]string{1: {"zhou", "li"}, 2: {"wang"}, 3: {"zhou", "li", "wang"}, 4: {"town"}} {
		if got := ids(Round(v, fire, round)); !slices.Equal(got, want) {
			t.Errorf("fire, round %d: %v, want %v", round, got, want)
		}
	}
	for _, danger := range []string{"violence", "suicide"} {
		fire.Danger = danger
		for round := 1; round <= Rounds; round++ {
			if got := ids(Round(v, fire, round)); !slices.Equal(got, []string{"sun", "li"}) {
				t.Errorf("%s, round %d: %v", danger, round, got)
			}
		}
	}
}

// Those on duty go first, the squad next; who is away is left out, and whoever
// was paged may take it.
func TestRoundsOnDuty(t *testing.T) {
	v := sunny()
	v.Squad = []string{"zhou", "wang"}
	v.Duty = []directory.Duty{{Staff: []string{"zhao", "liu"}, Hours: directory.Quiet{From: 18 * 60, To: 8 * 60}}}
	night := Matter{Kind: catalog.VillageRun, Area: "b1", Danger: "fire", Urgency: catalog.Emergency, Paged: 1, PagedAt: time.Date(2026, 11, 23, 20, 0, 0, 0, cst())}
	day := night
	day.PagedAt = night.PagedAt.Add(-8 * time.Hour)
	for _, c := range []struct {
		m     Matter
		round int
		want  []string
	}{
		{night, 1, []string{"zhao", "liu", "li"}}, {night, 2, []string{"zhou", "wang"}}, {night, 3, []string{"zhao", "liu", "li", "zhou", "wang"}},
		{night, 4, []string{"town"}}, {day, 1, []string{"zhou", "wang", "li"}}, {day, 2, []string{"zhao"}},
	} {
		if got := ids(Round(v, c.m, c.round)); !slices.Equal(got, c.want) {
			t.Errorf("%s, round %d: %v, want %v", c.m.PagedAt.Format("15:04"), c.round, got, c.want)
		}
	}
	v.Staff[2].Away = true // zhao
	if got := ids(Round(v, night, 1)); !slices.Equal(got, []string{"liu", "li"}) {
		t.Errorf("who is away is paged: %v", got)
	}
	night.Paged = 4
	if !mayBePaged(v, &night, "town") || mayBePaged(v, &day, "town") {
		t.Error("whoever was paged may take it, and nobody else")
	}
	if got := ids(Paged(v, night)); !slices.Equal(got, []string{"liu", "li", "zhou", "wang", "town"}) {
		t.Errorf("paged so far: %v", got)
	}
	if night.Danger = "violence"; !slices.Equal(ids(Paged(v, night)), []string{"li"}) {
		t.Errorf("violence goes to those on duty: %v", ids(Paged(v, night)))
	}
}

func TestMayRead(t *testing.T) {
	v := sunny()
	v.Sensitive = []string{"zhou"}
	all := []string{"li", "wang", "zhao", "liu", "zhou", "sun", "admin", "eye"}
	private := Matter{Kind: catalog.Household, Code: "H2", Private: true, Assignee: "liu"}
	twice := Matter{Kind: catalog.Household, Code: "H1", Township: true}
	cases := []struct {
		name string
		m    Matter
		want []string
	}{
		{"ordinary", Matter{Kind: catalog.Household, Code: "H1"}, all},
		{"road", Matter{Kind: catalog.Government, Code: "G6"}, append(slices.Clone(all), "ma", "town")},
		{"pension", Matter{Kind: catalog.Government, Code: "G1"}, append(slices.Clone(all), "town")},
		{"given to an officer", Matter{Kind: catalog.VillageRun, Code: "V1", Assignee: "ma"}, append(slices.Clone(all), "ma")},
		{"returned twice", twice, append(slices.Clone(all), "town")},
		{"private", private, []string{"liu", "zhou"}},
	}
	for _, c := range cases {
		for _, s := range v.Staff {
			if got := MayRead(v, c.m, s); got != slices.Contains(c.want, s.ID) {
				t.Errorf("%s by %s: %v", c.name, s.ID, got)
			}
		}
	}
	zhou, _ := v.Member("zhou")
	if MaySeeWords(v, private, zhou) {
		t.Error("the words of a private matter are shown unasked")
	}
	private.Revealed = []string{"zhou", "li"}
	li, _ := v.Member("li")
	if !MaySeeWords(v, private, zhou) || MaySeeWords(v, private, li) {
		t.Error("a reveal shows the words to whom may read them, and to nobody else")
	}
}
