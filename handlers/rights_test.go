package handlers_test

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"sanshi/handlers"
	"sanshi/internal/catalog"
	"sanshi/internal/directory"
	"sanshi/internal/matter"
)

// TestRights walks situation × queue × event × state × actor and compares every
// cell with testdata/rights.txt.
func TestRights(t *testing.T) {
	table := readRights(t, "testdata/rights.txt")
	cells, allowed := 0, 0
	for _, situation := range situations() {
		for kind, flow := range handlers.All() {
			v := office(situation)
			for _, event := range events() {
				for _, state := range statesFor(event) {
					for _, who := range actors() {
						cells++
						want := table.want(situation, kind, event, state, who)
						got := try(flow, v, situation, kind, event, state, who)
						if !strings.HasPrefix(want, "refused") {
							allowed++
						}
						if got != want {
							t.Errorf("%s %s: %s by %s in %q: got %s, the table says %s", situation, kind, event, who, state, got, want)
						}
					}
				}
			}
		}
	}
	t.Logf("%d cells compared, %d of them allowed", cells, allowed)
	if cells != len(situations())*3*(len(events())*10+1)*len(actors()) || allowed < 1000 {
		t.Errorf("only %d cells, %d allowed: the walk is not complete", cells, allowed)
	}
}

// TestRightsCoverEveryEvent: a kind of event that the walk forgets is a fault.
func TestRightsCoverEveryEvent(t *testing.T) {
	table := readRights(t, "testdata/rights.txt")
	for _, k := range matter.EventKinds() {
		if !slices.ContainsFunc(events(), func(e string) bool { return kindOf(e) == k }) {
			t.Errorf("the walk has no %s", k)
		}
	}
	for _, l := range table {
		if !slices.Contains(events(), l.event) {
			t.Errorf("the table speaks of %s, which the walk does not try", l.event)
		}
		for _, who := range l.who {
			if !slices.Contains(actors(), who) {
				t.Errorf("the table speaks of %s, whom the walk does not know", who)
			}
		}
	}
}

// statesFor are all states, and for a raise also that there is no matter yet.
func statesFor(event string) []matter.State {
	if event == "raise" {
		return append(matter.States(), matter.New)
	}
	return matter.States()
}

func situations() []string {
	return []string{"ordinary", "private", "emergency", "returned once", "returned twice", "planned", "away", "own"}
}

func actors() []string {
	return strings.Fields(`volunteer lead mediator committee volunteer2 lead2 mediator2 committee2 named secretary officer
		officer2 township admin supervisor assignee sensitive squad resident joined stranger system clock refiner`)
}

func events() []string {
	return strings.Fields(`raise join join:other answer approve correct:code correct:area correct:urgent correct:kind correct:alarm
		correct:approve correct:kind+approve decline merge split undo claim assign ask ask:third note reveal plan deliberate
		resolve resolve:declined return transfer finish rate rate:low reopen reopen:late cancel erase erase:old remind escalate expire suggest`)
}

func kindOf(event string) matter.EventKind {
	k, _, _ := strings.Cut(event, ":")
	return matter.EventKind(k)
}

// line is one line of the table.
type line struct {
	situation string
	queue     catalog.Kind // "" for all
	event     string
	from      []matter.State
	to        string
	who       []string
}

type rights []line

// want looks a cell up: the lines of the situation and queue, else of the
// situation, else of the ordinary one in this queue, else of the ordinary one.
func (r rights) want(situation string, kind catalog.Kind, event string, state matter.State, who string) string {
	lines := r.lines(situation, kind, event)
	hasRight, speaksOfState := false, false
	for _, l := range lines {
		here, hers := slices.Contains(l.from, state), slices.Contains(l.who, who)
		hasRight, speaksOfState = hasRight || hers, speaksOfState || here
		switch {
		case !here || !hers:
		case l.to == "conflict":
			return "refused: state"
		case l.to == "invalid":
			return "refused: invalid"
		case l.to == "stay":
			return string(state)
		case l.to == "back":
			return string(matter.Handling)
		default:
			return l.to
		}
	}
	if !hasRight || speaksOfState {
		return "refused: forbidden"
	}
	return "refused: state"
}

func (r rights) lines(situation string, kind catalog.Kind, event string) []line {
	for _, in := range []struct {
		situation string
		queue     catalog.Kind
	}{{situation, kind}, {situation, ""}, {"ordinary", kind}, {"ordinary", ""}} {
		var out []line
		for _, l := range r {
			if l.situation == in.situation && l.queue == in.queue && l.event == event {
				out = append(out, l)
			}
		}
		if len(out) > 0 {
			return out
		}
	}
	return nil
}

func readRights(t *testing.T, file string) rights {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var (
		out    rights
		groups = map[string][]string{}
		head   line
	)
	for n, s := range strings.Split(string(text), "\n") {
		f := strings.Fields(s)
		switch {
		case len(f) == 0 || strings.HasPrefix(f[0], "#"):
		case strings.HasPrefix(f[0], "="):
			groups[f[0][1:]] = f[1:]
		case strings.HasPrefix(f[0], "["):
			head = heading(strings.Trim(s, "[]"))
		default:
			l, err := readLine(f, head, groups)
			if err != nil {
				t.Fatalf("%s:%d: %v", file, n+1, err)
			}
			out = append(out, l)
		}
	}
	return out
}

func heading(s string) line {
	for _, k := range catalog.Kinds() {
		if rest, ok := strings.CutSuffix(s, " "+string(k)); ok {
			return line{situation: rest, queue: k}
		}
	}
	return line{situation: s}
}

func readLine(f []string, head line, groups map[string][]string) (line, error) {
	l := head
	l.event = f[0]
	i := slices.Index(f, "→")
	if i < 2 || i+1 >= len(f) || !slices.Contains(situations(), l.situation) {
		return l, fmt.Errorf("want: event from… → to actors…, under a known [situation], got %v", f)
	}
	for _, s := range f[1:i] {
		switch s {
		case "open":
			l.from = append(l.from, matter.OpenStates()...)
		case "any":
			l.from = append(l.from, matter.States()...)
		case "new":
			l.from = append(l.from, matter.New)
		case "none":
		default:
			l.from = append(l.from, matter.State(s))
		}
	}
	l.to = f[i+1]
	for _, who := range f[i+2:] {
		if g, ok := groups[who]; ok {
			l.who = append(l.who, g...)
		} else {
			l.who = append(l.who, who)
		}
	}
	return l, nil
}

// try does an event and says where it led or how it was refused.
func try(flow matter.Workflow, v *directory.Village, situation string, kind catalog.Kind, event string, state matter.State, who string) string {
	b := matter.Bench{Village: v, Calendar: calendar, Into: target(situation)}
	m := subject(situation, kind, state, event)
	a := act(event, m)
	a.By = actor(v, who)
	d, err := flow.Decide(b, m, a)
	if state == matter.New {
		d, err = flow.Open(b, matter.NewMatter{
			ID: "m", Kind: kind, Code: m.Code, Urgency: m.Urgency, Resident: hers, Private: m.AskedPrivate, By: a.By, At: now,
		})
	}
	var refused *matter.Error
	switch {
	case errors.As(err, &refused):
		return "refused: " + string(refused.Problem)
	case err != nil:
		return err.Error()
	}
	return string(d.Matter.State)
}

var (
	calendar = matter.NewCalendar()
	now      = time.Date(2026, 4, 27, 9, 30, 0, 0, shanghai) // a working Monday
	shanghai = time.FixedZone("CST", 8*3600)
)

// Addresses of residents.
const (
	hers   = "sms:+8613800000001"
	joined = "sms:+8613800000002"
	others = "sms:+8613800000003"
)

// office is a village with one person for each actor.
func office(situation string) *directory.Village {
	sup := directory.Supervisor
	here, there := []string{"g1"}, []string{"g2"}
	return &directory.Village{
		ID: "v", Name: "向阳村", Country: "CN", Location: shanghai,
		Squad: []string{"squad"}, Sensitive: []string{"sensitive"}, Policy: directory.Policy{},
		Areas: []directory.Area{{ID: "g1", Lead: "named"}, {ID: "g2"}},
		Staff: []directory.Staff{
			{ID: "volunteer", Role: directory.Volunteer, Areas: here}, {ID: "volunteer2", Role: directory.Volunteer, Areas: there},
			{ID: "lead", Role: directory.Lead, Areas: here}, {ID: "lead2", Role: directory.Lead, Areas: there},
			{ID: "mediator", Role: directory.Mediator, Areas: here}, {ID: "mediator2", Role: directory.Mediator, Areas: there},
			{ID: "committee", Role: directory.Committee, Areas: here}, {ID: "committee2", Role: directory.Committee, Areas: there},
			{ID: "named", Role: sup, Areas: there}, {ID: "assignee", Role: sup}, {ID: "sensitive", Role: sup}, {ID: "squad", Role: sup},
			{ID: "secretary", Role: directory.Secretary, Phone: "+8613900000001", Away: situation == "away"},
			{ID: "officer", Role: directory.Officer, Department: "县公安局、交通局"}, {ID: "officer2", Role: directory.Officer, Department: "水务"},
			{ID: "township", Role: directory.Officer}, {ID: "admin", Role: directory.Administrator}, {ID: "supervisor", Role: sup},
		},
	}
}

func actor(v *directory.Village, who string) matter.Actor {
	switch who {
	case "resident":
		return matter.ResidentActor(hers)
	case "joined":
		return matter.ResidentActor(joined)
	case "stranger":
		return matter.ResidentActor(others)
	case "clock":
		return matter.Clock
	case "refiner":
		return matter.Refiner
	case "system":
		return matter.Actor{ID: "open311"}
	}
	s, ok := v.Member(who)
	if !ok {
		panic("no such member: " + who)
	}
	return matter.StaffActor(s)
}

func target(situation string) *matter.Matter {
	return &matter.Matter{Village: "v", ID: "target", State: matter.Queued, Private: situation == "private"}
}

// subject is a matter in this situation and state, in which every condition
// besides right and state holds.
func subject(situation string, kind catalog.Kind, state matter.State, event string) matter.Matter {
	raised := now.Add(-3 * 24 * time.Hour)
	m := matter.Matter{
		Village: "v", ID: "m", Kind: kind, Code: code(situation, kind), Urgency: catalog.Normal, State: state, Area: "g1",
		Resident: hers, Assignee: "assignee", ApprovedBy: "secretary",
		RaisedAt: raised, StartedAt: raised, DueAt: now.Add(-time.Hour), SortedAt: 1, Version: 7,
		WaitingFrom: matter.Handling, WaitingAt: now.Add(-8 * 24 * time.Hour), DoneAt: now.Add(-15 * 24 * time.Hour),
		EndedAt: now.Add(-59 * 24 * time.Hour), Escalated: 0,
		Before: &matter.Before{On: matter.Approve, By: "secretary", At: now.Add(-59 * time.Second), Seq: 7, State: matter.Sorting,
			Kind: kind, Code: code(situation, kind), Urgency: catalog.Normal, Area: "g1"},
	}
	m.Parties = append(m.Parties, joined)
	if state == matter.Merged {
		m.Before.On, m.Before.State, m.MergedInto = matter.Merge, matter.Handling, "target"
	}
	if event == "merge" { // a resident's yes counts while nobody has it
		m.Assignee = ""
	}
	if event == "erase:old" {
		m.EndedAt = now.AddDate(-4, 0, 0)
	}
	if event == "reopen:late" {
		m.EndedAt = now.Add(-61 * 24 * time.Hour)
	}
	switch situation {
	case "private":
		m.Private, m.AskedPrivate = true, true
	case "emergency":
		m.Urgency, m.Danger, m.ApprovedBy, m.Paged = catalog.Emergency, "fire", "", 1
	case "returned once":
		m.Returned = 1
	case "returned twice":
		m.Returned, m.Township = 2, true
	case "planned":
		m.Planned = true
	case "own":
		m.Parties = append(m.Parties, "sms:+8613900000001")
	}
	return m
}

func code(situation string, kind catalog.Kind) string {
	switch {
	case kind == catalog.Household && situation == "private":
		return "H2"
	case kind == catalog.Household:
		return "H1"
	case kind == catalog.VillageRun:
		return "V1"
	case situation == "private":
		return "G9"
	}
	return "G6"
}

// elsewhere is a code of another queue, and sibling one of the same.
func elsewhere(k catalog.Kind) string {
	if k == catalog.VillageRun {
		return "H5"
	}
	return "V2"
}

func sibling(k catalog.Kind) string {
	return map[catalog.Kind]string{catalog.Household: "H4", catalog.VillageRun: "V3", catalog.Government: "G5"}[k]
}

// act is an event with everything it needs.
func act(event string, m matter.Matter) matter.Act {
	a := matter.Act{Kind: kindOf(event), Via: "api", At: now, Note: "写明原因"}
	d := &a.Detail
	switch event {
	case "join:other":
		d.Party = "sms:+8613800000009"
	case "correct:code":
		d.Code = sibling(m.Kind)
	case "correct:area":
		d.Area = "g2"
	case "correct:urgent":
		d.Urgency = catalog.Urgent
	case "correct:alarm":
		d.Urgency = catalog.Emergency
	case "correct:kind", "transfer", "correct:kind+approve":
		d.Code = elsewhere(m.Kind)
	case "correct:approve":
		d.Code = sibling(m.Kind)
	case "merge":
		d.Into = "target"
	case "assign":
		d.Assignee = holder(m)
	case "ask:third":
		d.For = matter.ForThird
	case "plan":
		d.Due = now.Add(72 * time.Hour)
	case "resolve:declined":
		d.Outcome = "declined"
	case "finish":
		d.Outcome = matter.Solved
	case "rate":
		d.Rating = 5
	case "rate:low":
		d.Rating = 1
	case "remind":
		d.Share = 100
	case "escalate":
		d.Rung = 1
	}
	a.Approve = strings.HasSuffix(event, "approve") && a.Kind == matter.Correct
	return a
}

// holder is somebody to whom the matter can be given.
func holder(m matter.Matter) string {
	if m.Kind == catalog.Government {
		return "officer"
	}
	return "volunteer"
}
