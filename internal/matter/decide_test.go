package matter

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"sanshi/internal/catalog"
	"sanshi/internal/directory"
	"sanshi/internal/message"
)

const (
	raiser = message.Address("sms:+8613800000001")
	joiner = message.Address("sms:+8613800000002")
)

// monday is a working day, half past nine.
func monday() time.Time { return time.Date(2026, 4, 27, 9, 30, 0, 0, cst()) }

func cst() *time.Location { return time.FixedZone("CST", 8*3600) }

// sunny is a village with a grid, a block in it, and a person of each role.
func sunny() *directory.Village {
	return &directory.Village{
		ID: "xiangyang", Name: "向阳村", Country: "CN", Location: cst(), Policy: directory.Policy{},
		Areas: []directory.Area{{ID: "g1", Lead: "wang"}, {ID: "b1", Parent: "g1"}, {ID: "g2"}},
		Staff: []directory.Staff{
			{ID: "li", Role: directory.Secretary, Phone: "+8613900000001"},
			{ID: "wang", Role: directory.Lead, Areas: []string{"g1"}},
			{ID: "zhao", Role: directory.Lead, Areas: []string{"g2"}},
			{ID: "liu", Role: directory.Volunteer, Areas: []string{"b1"}},
			{ID: "zhou", Role: directory.Mediator},
			{ID: "sun", Role: directory.Committee},
			{ID: "ma", Role: directory.Officer, Department: "交通局"},
			{ID: "town", Role: directory.Officer},
			{ID: "admin", Role: directory.Administrator},
			{ID: "eye", Role: directory.Supervisor},
		},
	}
}

func flowOf(k catalog.Kind) Workflow {
	return Queue(k, Claims(ByVolunteer, ByLead, ByMediator, BySecretary), Deliberates(ByMediator), Returns(ByAssignee))
}

func benchOf(v *directory.Village) Bench { return Bench{Village: v, Calendar: NewCalendar()} }

func staff(t testing.TB, v *directory.Village, id string) Actor {
	t.Helper()
	s, ok := v.Member(id)
	if !ok {
		t.Fatalf("no staff member %q", id)
	}
	return StaffActor(s)
}

// openedMatter is an ordinary matter in sorting.
func openedMatter(t testing.TB, v *directory.Village, code string) Matter {
	t.Helper()
	d, err := flowOf(catalog.KindOf(code)).Open(benchOf(v), NewMatter{
		ID: "m", Number: "0427-0", Kind: catalog.KindOf(code), Code: code, Urgency: catalog.Normal, Area: "b1", Resident: raiser,
		Words: Words{Text: "灯坏了", Summary: "灯坏了"}, By: ResidentActor(raiser), Via: "sms", At: monday(),
	})
	if err != nil {
		t.Fatal(err)
	}
	return d.Matter
}

func problemOf(err error) Problem {
	var e *Error
	if errors.As(err, &e) {
		return e.Problem
	}
	return ""
}

// The order of checks: right, then state, then stale, then value.
func TestOrderOfChecks(t *testing.T) {
	v := sunny()
	m := openedMatter(t, v, "V1")
	m.SortedAt, m.Version = 3, 5
	closed := m
	closed.State = Closed
	cases := []struct {
		name string
		m    Matter
		by   string
		act  Act
		want Problem
	}{
		{"no right, wrong state, stale, no value", closed, "liu", Act{Kind: Decline, Version: 1}, Forbidden},
		{"wrong state, stale, no value", closed, "li", Act{Kind: Decline, Version: 1}, Conflict},
		{"stale, no value", m, "li", Act{Kind: Decline, Version: 2}, Stale},
		{"no value", m, "li", Act{Kind: Decline, Version: 3}, Invalid},
		{"whatever version, no value", m, "li", Act{Kind: Decline}, Invalid},
		{"nothing wrong", m, "li", Act{Kind: Decline, Version: 5, Note: "不归村里"}, ""},
		{"an event that this table does not have", m, "li", Act{Kind: "vanish"}, Forbidden},
	}
	for _, c := range cases {
		c.act.By, c.act.At = staff(t, v, c.by), monday()
		d, err := flowOf(catalog.VillageRun).Decide(benchOf(v), c.m, c.act)
		if got := problemOf(err); got != c.want || (err == nil) != (c.want == "") {
			t.Errorf("%s: got %v, want %q", c.name, err, c.want)
		}
		if err != nil && d.Event.Kind != "" {
			t.Errorf("%s: refused, and yet there is an event", c.name)
		}
	}
}

func TestValues(t *testing.T) {
	v := sunny()
	long := monday().AddDate(6, 0, 0)
	cases := []struct {
		state State
		by    string
		act   Act
		field string // "" when nothing is wrong
	}{
		{Sorting, "li", Act{Kind: Correct}, "code"},
		{Sorting, "li", Act{Kind: Correct, Detail: Detail{Code: "X9"}}, "code"},
		{Sorting, "li", Act{Kind: Correct, Detail: Detail{Code: "N0"}}, "code"},
		{Sorting, "li", Act{Kind: Correct, Detail: Detail{Kind: catalog.None}}, "kind"},
		{Sorting, "li", Act{Kind: Correct, Detail: Detail{Kind: catalog.Household, Code: "V2"}}, "code"},
		{Sorting, "li", Act{Kind: Correct, Detail: Detail{Area: "g9"}}, "area"},
		{Sorting, "li", Act{Kind: Correct, Detail: Detail{Urgency: "soon"}}, "urgency"},
		{Sorting, "li", Act{Kind: Correct, Detail: Detail{Kind: catalog.Household, Code: "H5"}}, ""},
		{Sorting, "li", Act{Kind: Merge}, "into"},
		{Sorting, "li", Act{Kind: Ask}, "note"},
		{Sorting, "li", Act{Kind: Ask, Note: "哪里？", Detail: Detail{For: "nobody"}}, "for"},
		{Sorting, "li", Act{Kind: Note}, "note"},
		{Sorting, "li", Act{Kind: Reveal}, "note"},
		{Queued, "li", Act{Kind: Assign}, "assignee"},
		{Queued, "li", Act{Kind: Assign, Detail: Detail{Assignee: "ghost"}}, "assignee"},
		{Queued, "li", Act{Kind: Assign, Detail: Detail{Assignee: "zhao"}}, "assignee"}, // another grid
		{Queued, "li", Act{Kind: Assign, Detail: Detail{Assignee: "ma"}}, "assignee"},   // another queue
		{Queued, "li", Act{Kind: Assign, Detail: Detail{Assignee: "eye"}}, "assignee"},
		{Queued, "li", Act{Kind: Assign, Detail: Detail{Assignee: "liu"}}, ""},
		{Queued, "li", Act{Kind: Transfer}, "kind"},
		{Queued, "li", Act{Kind: Transfer, Detail: Detail{Code: "V2"}}, "kind"},
		{Handling, "liu", Act{Kind: Return}, "note"},
		{Handling, "liu", Act{Kind: Plan}, "date"},
		{Handling, "liu", Act{Kind: Plan, Detail: Detail{Due: monday()}}, "date"},
		{Handling, "liu", Act{Kind: Plan, Detail: Detail{Due: long}}, "date"},
		{Handling, "liu", Act{Kind: Finish, Note: "好了"}, "outcome"},
		{Handling, "liu", Act{Kind: Finish, Detail: Detail{Outcome: Solved}}, "note"},
		{Handling, "liu", Act{Kind: Finish, Detail: Detail{Outcome: NotSolved, Photo: "a.jpg"}}, ""},
	}
	for _, c := range cases {
		m := openedMatter(t, v, "V1")
		m.State, m.Assignee = c.state, "liu"
		c.act.By, c.act.At = staff(t, v, c.by), monday()
		_, err := flowOf(catalog.VillageRun).Decide(benchOf(v), m, c.act)
		var e *Error
		errors.As(err, &e)
		switch {
		case c.field == "" && err != nil:
			t.Errorf("%s %+v: %v", c.act.Kind, c.act.Detail, err)
		case c.field != "" && (e == nil || e.Problem != Invalid || e.Field != c.field):
			t.Errorf("%s %+v: got %#v, want a fault of %s", c.act.Kind, c.act.Detail, e, c.field)
		}
	}
}

// An undo brings back all that the act changed, and only for a minute.
func TestUndoRestores(t *testing.T) {
	v := sunny()
	flow, b := flowOf(catalog.VillageRun), benchOf(v)
	m := openedMatter(t, v, "V1")
	m.State, m.Assignee, m.ApprovedBy, m.Planned = Waiting, "liu", "li", true
	m.WaitingFor, m.WaitingFrom, m.WaitingAt = ForThird, Handling, monday()
	d, err := flow.Decide(b, m, Act{Kind: Correct, By: staff(t, v, "li"), At: monday(), Detail: Detail{Code: "G6"}})
	if err != nil || d.Matter.State != Sorting || d.Matter.Assignee != "" || d.Matter.WaitingFrom != "" {
		t.Fatalf("%v: %+v", err, d.Matter)
	}
	reminded, err := flowOf(catalog.Government).Decide(b, d.Matter, Act{Kind: Remind, By: Clock, At: monday(), Detail: Detail{Share: 50}})
	if err != nil {
		t.Fatal(err)
	}
	undo := Act{Kind: Undo, By: staff(t, v, "li"), At: monday().Add(60 * time.Second)}
	back, err := flowOf(catalog.Government).Decide(b, reminded.Matter, undo) // the clock is nobody who acts
	if err != nil {
		t.Fatal(err)
	}
	got, want := back.Matter, m
	want.Version, want.SortedAt, want.Touched = got.Version, got.Version, true
	if got.Before != nil || got.Kind != want.Kind || got.Code != want.Code || got.State != want.State || got.Assignee != want.Assignee ||
		got.ApprovedBy != want.ApprovedBy || !got.DueAt.Equal(want.DueAt) || got.WaitingFrom != want.WaitingFrom ||
		got.WaitingFor != want.WaitingFor || !got.WaitingAt.Equal(want.WaitingAt) || !got.Planned || got.SortedAt != want.SortedAt || got.Reminded != 0 {
		t.Errorf("undone:\n%+v\nwas:\n%+v", got, want)
	}
	undo.At = monday().Add(61 * time.Second)
	if _, err := flowOf(catalog.Government).Decide(b, d.Matter, undo); problemOf(err) != Conflict {
		t.Errorf("after a minute: %v", err)
	}
	undo.At, undo.By = monday(), staff(t, v, "sun")
	if _, err := flowOf(catalog.Government).Decide(b, d.Matter, undo); problemOf(err) != Forbidden {
		t.Errorf("by another: %v", err)
	}
}

// What was approved stands in the record.
func TestApproveRecordsWhat(t *testing.T) {
	v := sunny()
	m := openedMatter(t, v, "V1")
	d, err := flowOf(catalog.VillageRun).Decide(benchOf(v), m, Act{Kind: Approve, By: staff(t, v, "li"), At: monday()})
	if err != nil {
		t.Fatal(err)
	}
	want := Detail{Kind: catalog.VillageRun, Code: "V1", Area: "b1", Urgency: catalog.Normal}
	if d.Event.Detail != want || d.Event.Seq != 2 || d.Event.By != "li" || d.Event.From != Sorting || d.Event.To != Queued {
		t.Errorf("%+v", d.Event)
	}
}

func TestEraseLeavesNoWord(t *testing.T) {
	v := sunny()
	m := openedMatter(t, v, "V1")
	m.Parties, m.Photos, m.Name, m.Place, m.Reason = []message.Address{joiner}, []string{"a"}, "老陈头", "村口", "因为“灯”"
	by := Act{Kind: Erase, By: staff(t, v, "li"), At: monday(), Detail: Detail{Party: joiner}}
	d, err := flowOf(catalog.VillageRun).Decide(benchOf(v), m, by)
	if err != nil || len(d.Matter.Parties) != 0 || d.Matter.Resident != raiser || d.Matter.Text == "" {
		t.Errorf("who joined: %v, %+v", err, d.Matter)
	}
	by.Detail.Party = raiser
	d, err = flowOf(catalog.VillageRun).Decide(benchOf(v), m, by)
	g := d.Matter
	if err != nil || g.Resident != "" || g.Parties != nil || g.Photos != nil || strings.Join([]string{g.Name, g.Place, g.Reason, g.Text, g.Summary}, "") != "" {
		t.Errorf("who raised: %v, %+v", err, g)
	}
}

// A note to the assignee names her, also where the event takes the matter away.
func TestWhoIsTold(t *testing.T) {
	v := sunny()
	m := openedMatter(t, v, "V1")
	m.State, m.Assignee = Handling, "liu"
	at := monday().Add(time.Hour)
	d, err := flowOf(catalog.VillageRun).Decide(benchOf(v), m, Act{Kind: Assign, By: staff(t, v, "li"), At: at, Detail: Detail{Assignee: "wang"}})
	want := []Notice{{ToAssignee, "assigned", "wang"}, {ToRaiser, "assigned", ""}, {ToAssignee, "stop_work", "liu"}}
	if err != nil || !slices.Equal(d.Tell, want) {
		t.Errorf("%v: %+v", err, d.Tell)
	}
}

func TestOpenRefuses(t *testing.T) {
	v := sunny()
	good := NewMatter{ID: "m", Kind: catalog.VillageRun, Code: "V1", Urgency: catalog.Normal, By: ResidentActor(raiser), At: monday()}
	for name, spoil := range map[string]func(*NewMatter){
		"no id":         func(n *NewMatter) { n.ID = "" },
		"another queue": func(n *NewMatter) { n.Kind, n.Code = catalog.Household, "H1" },
		"no code":       func(n *NewMatter) { n.Code = "" },
		"foreign code":  func(n *NewMatter) { n.Code = "H1" },
		"no urgency":    func(n *NewMatter) { n.Urgency = "" },
		"no area":       func(n *NewMatter) { n.Area = "g9" },
	} {
		bad := good
		spoil(&bad)
		if _, err := flowOf(catalog.VillageRun).Open(benchOf(v), bad); problemOf(err) != Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	by := good
	by.By = Clock
	if _, err := flowOf(catalog.VillageRun).Open(benchOf(v), by); problemOf(err) != Forbidden {
		t.Errorf("raised by the clock: %v", err)
	}
	if d, err := flowOf(catalog.VillageRun).Open(benchOf(v), good); err != nil || d.Matter.Resident != raiser {
		t.Errorf("a good one: %v, %+v", err, d.Matter)
	}
}

// Parts split off and late reopenings wait for the secretary, whatever the policy.
func TestOpeningsAreHeld(t *testing.T) {
	v := sunny()
	v.Policy = directory.Policy{"village": 0}
	m := openedMatter(t, v, "V1")
	if m.State != Queued || m.ApprovedBy != "policy" {
		t.Fatalf("%+v", m)
	}
	m.Urgency = catalog.Emergency
	d, err := flowOf(catalog.VillageRun).Decide(benchOf(v), m, Act{Kind: Split, By: staff(t, v, "li"), At: monday(), Note: "水沟也堵了", Detail: Detail{Code: "V2"}})
	if err != nil || len(d.Opens) != 1 {
		t.Fatalf("%v, %+v", err, d.Opens)
	}
	in := d.Opens[0].New(d.Matter, staff(t, v, "li"), "console", monday())
	in.ID = "n"
	n, err := flowOf(catalog.VillageRun).Open(benchOf(v), in)
	if err != nil || n.Matter.State != Sorting || n.Matter.Code != "V2" || n.Matter.Resident != raiser || n.Matter.Private ||
		n.Matter.Summary != "水沟也堵了" || n.Matter.Text != "灯坏了" || n.Matter.Urgency != catalog.Normal {
		t.Errorf("%v, %+v", err, n.Matter)
	}
}

// A part of what she asked to be kept private is private too.
func TestSplitKeepsPrivacy(t *testing.T) {
	m := Matter{Kind: catalog.Household, Code: "H2", State: Sorting, Private: true, AskedPrivate: true, Resident: raiser}
	v := sunny()
	d, err := flowOf(catalog.Household).Decide(benchOf(v), m, Act{Kind: Split, By: staff(t, v, "li"), At: monday(), Detail: Detail{Code: "H5"}})
	if err != nil || len(d.Opens) != 1 || !d.Opens[0].New(m, Actor{}, "", monday()).Private {
		t.Errorf("%v, %+v", err, d.Opens)
	}
}

// Two futures of one matter do not write into each other.
func TestAfterKeepsItsHandsOff(t *testing.T) {
	m := Matter{State: Handling, Version: 1, Photos: make([]string, 0, 4), Parties: make([]message.Address, 0, 4), Revealed: make([]string, 0, 4)}
	event := func(photo, party, by string) Event {
		return Event{Seq: 2, Kind: Join, By: by, From: Handling, To: Handling, Detail: Detail{Photo: photo, Party: message.Address(party)}}
	}
	one, two := m.After(event("a", "sms:+1", "x")), m.After(event("b", "sms:+2", "y"))
	if one.Photos[0] != "a" || two.Photos[0] != "b" || one.Parties[0] != "sms:+1" || two.Parties[0] != "sms:+2" {
		t.Errorf("%v %v and %v %v", one.Photos, one.Parties, two.Photos, two.Parties)
	}
	three, four := m.After(Event{Seq: 2, Kind: Reveal, By: "x"}), m.After(Event{Seq: 2, Kind: Reveal, By: "y"})
	if three.Revealed[0] != "x" || four.Revealed[0] != "y" {
		t.Errorf("%v and %v", three.Revealed, four.Revealed)
	}
}

// What is said in a split or a late reopening is said of the new matter.
func TestNewWordsGoToTheNewMatter(t *testing.T) {
	v := sunny()
	m := openedMatter(t, v, "V1")
	said := &Words{Summary: "水沟堵了", Text: "还有水沟堵了"}
	for _, kind := range []EventKind{Split, Reopen} {
		if kind == Reopen {
			m.State, m.EndedAt = Closed, monday().AddDate(0, -3, 0)
		}
		for _, a := range []Act{{Words: said}, {Note: "水沟堵了"}} {
			a.Kind, a.By, a.At = kind, staff(t, v, "li"), monday()
			d, err := flowOf(catalog.VillageRun).Decide(benchOf(v), m, a)
			if err != nil || len(d.Opens) != 1 || d.Matter.Text != m.Text || d.Matter.Summary != m.Summary {
				t.Fatalf("%s: %v, %+v", kind, err, d)
			}
			got := d.Opens[0].Words
			if a.Words != nil && got.Text != said.Text || a.Note != "" && got.Summary != a.Note && got.Text != a.Note {
				t.Errorf("%s: the new one says %+v", kind, got)
			}
		}
	}
}

func TestMayApprove(t *testing.T) {
	v := sunny()
	m := openedMatter(t, v, "V1")
	flow := flowOf(catalog.VillageRun)
	for id, want := range map[string]bool{"li": true, "sun": false, "wang": false, "ma": false, "admin": false} {
		if got := flow.MayApprove(benchOf(v), m, staff(t, v, id), monday()); got != want {
			t.Errorf("%s may approve with a correction: %v", id, got)
		}
	}
}

func TestLate(t *testing.T) {
	m := openedMatter(t, sunny(), "V1")
	if m.Late(m.DueAt.Add(-time.Second)) || !m.Late(m.DueAt) {
		t.Error("it is late from when it is due")
	}
	m.State = Done
	if m.Late(m.DueAt) {
		t.Error("what is done is not late")
	}
}
