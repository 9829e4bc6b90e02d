package handlers_test

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"sanshi/handlers"
	"sanshi/internal/catalog"
	"sanshi/internal/directory"
	"sanshi/internal/matter"
)

// life is a matter that anybody may try anything on.
type life struct {
	t       *rapid.T
	flows   map[catalog.Kind]matter.Workflow
	village *directory.Village
	now     time.Time
	m       matter.Matter
	events  []matter.Event
}

// TestLife lets random people do random things to a matter and holds, after each:
// its events replay to its row, its version counts them, nothing that was handed
// in was changed, an open matter has a way out, and the clock agrees with itself.
func TestLife(t *testing.T) {
	deepest, seen := 0, map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		l := begin(t)
		for range rapid.IntRange(1, 60).Draw(t, "acts") {
			l.now = l.now.Add(rapid.SampledFrom(pauses()).Draw(t, "pause"))
			switch rapid.IntRange(0, 5).Draw(t, "who") {
			case 0:
				l.tick()
			case 1:
				l.anything()
			default:
				l.something()
			}
			l.sound()
		}
		deepest = max(deepest, len(l.events))
		for _, e := range l.events {
			seen[string(e.Kind)]++
		}
	})
	if deepest < 20 {
		t.Errorf("the longest life had %d events: the test tries little", deepest)
	}
	if len(seen) < len(matter.EventKinds())-6 {
		t.Errorf("the lives had only these events: %v", seen)
	}
}

func pauses() []time.Duration {
	return []time.Duration{0, 0, 20 * time.Second, 20 * time.Second, 70 * time.Second, 4 * time.Minute, time.Hour, 26 * time.Hour, 8 * 24 * time.Hour, 61 * 24 * time.Hour}
}

func begin(t *rapid.T) *life {
	l := &life{t: t, flows: handlers.All(), village: office(rapid.SampledFrom([]string{"ordinary", "away"}).Draw(t, "secretary")), now: now}
	l.village.Policy = directory.Policy{"household": rapid.SampledFrom([]float64{0, 0.9, directory.Never}).Draw(t, "policy")}
	s := rapid.SampledFrom(catalog.All()).Draw(t, "service")
	in := matter.NewMatter{
		ID: "m", Number: "0427-0", Kind: s.Kind, Code: s.Code, Urgency: anyUrgency(t), Area: "g1", Resident: hers,
		Danger: rapid.SampledFrom([]string{"", "fire", "suicide"}).Draw(t, "danger"), Confidence: rapid.Float64Range(0, 1).Draw(t, "sure"),
		Source: "linear", Private: rapid.Bool().Draw(t, "private"), At: l.now, By: actor(l.village, "resident"), Via: "sms",
		Words: matter.Words{Text: "村口灯坏了", Summary: "路灯坏了", Photos: []string{"a.jpg"}},
	}
	d, err := l.flows[s.Kind].Open(l.bench(), in)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	l.m, l.events = d.Matter, []matter.Event{d.Event}
	l.sound()
	return l
}

func anyUrgency(t *rapid.T) catalog.Urgency {
	return rapid.SampledFrom([]catalog.Urgency{catalog.Normal, catalog.Urgent, catalog.Emergency}).Draw(t, "urgency")
}

func (l *life) bench() matter.Bench {
	return matter.Bench{Village: l.village, Calendar: calendar, Into: target("private")}
}

// anything is one act of somebody, sensible or not.
func (l *life) anything() {
	a := l.act(rapid.SampledFrom(events()).Draw(l.t, "event"), rapid.SampledFrom(actors()).Draw(l.t, "who"))
	a.Version = rapid.SampledFrom([]int{0, 0, 1, l.m.Version}).Draw(l.t, "seen")
	if a.Kind == matter.Plan {
		a.Detail.Due = l.now.Add(rapid.SampledFrom(pauses()).Draw(l.t, "planned for"))
	}
	if rapid.IntRange(0, 9).Draw(l.t, "with words") == 0 {
		a.Words = &matter.Words{Place: "桥边", Photos: []string{"b.jpg"}}
	}
	if err := l.do(a); err != nil {
		var refused *matter.Error
		if !errors.As(err, &refused) || refused.Message == "" {
			l.t.Fatalf("%s: a refusal must be an *Error that says why, got %v", a.Kind, err)
		}
	}
}

func (l *life) act(event, who string) matter.Act {
	a := act(event, l.m)
	a.At, a.By = l.now, actor(l.village, who)
	if a.Kind == matter.Plan {
		a.Detail.Due = l.now.Add(30 * time.Hour)
	}
	return a
}

// something is one act that can be done now: an event first, so that the rare
// ones have their turn, then somebody who may.
func (l *life) something() {
	for _, event := range rapid.Permutation(events()).Draw(l.t, "events") {
		var may []string
		for _, who := range actors() {
			if _, err := l.flows[l.m.Kind].Decide(l.bench(), l.m, l.act(event, who)); err == nil {
				may = append(may, who)
			}
		}
		if len(may) == 0 {
			continue
		}
		who := rapid.SampledFrom(may).Draw(l.t, "who")
		if err := l.do(l.act(event, who)); err != nil {
			l.t.Fatalf("%s by %s was possible a moment ago: %v", event, who, err)
		}
		return
	}
	l.t.Fatalf("nobody can do anything, not even a note: %s", story(l.events))
}

// do decides an act and checks what Decide promises.
func (l *life) do(a matter.Act) error {
	before := clone(l.m)
	flow := l.flows[l.m.Kind]
	may := slices.Contains(flow.Allowed(l.bench(), l.m, a.By, a.At), a.Kind)
	d, err := flow.Decide(l.bench(), l.m, a)
	if !reflect.DeepEqual(before, l.m) {
		l.t.Fatalf("%s changed the matter it was handed:\n%+v\n%+v", a.Kind, before, l.m)
	}
	if err != nil {
		return err
	}
	whom := a.Kind == matter.Join && a.Detail.Party != ""
	theirs := a.Kind == matter.Correct && a.By.Staff == nil // whether another resident's counts hangs on the kind she says
	if !may && !whom && !theirs && a.Kind != matter.Escalate && a.Kind != matter.Remind {
		l.t.Fatalf("%s by %s was done, yet Allowed does not list it", a.Kind, a.By.ID)
	}
	if d.Event.From != before.State || d.Event.To != d.Matter.State || d.Event.Seq != before.Version+1 {
		l.t.Fatalf("the event does not fit: %+v", d.Event)
	}
	l.m, l.events = d.Matter, append(l.events, d.Event)
	return nil
}

func clone(m matter.Matter) matter.Matter {
	m.Parties, m.Photos, m.Revealed = slices.Clone(m.Parties), slices.Clone(m.Photos), slices.Clone(m.Revealed)
	if m.Before != nil {
		b := *m.Before
		m.Before = &b
	}
	return m
}

// tick does all that the clock says is due, after which nothing is.
func (l *life) tick() {
	wake := l.m.WakeAt(calendar, shanghai)
	due := l.flows[l.m.Kind].Clock(l.bench(), l.m, l.now)
	if (len(due) > 0) != (!wake.IsZero() && !l.now.Before(wake)) {
		l.t.Fatalf("wakes at %v, it is %v, due are %v", wake, l.now, due)
	}
	reminders := 0
	for _, a := range due {
		if a.Kind == matter.Remind {
			reminders++
		}
		if err := l.do(a); err != nil {
			l.t.Fatalf("the clock's own %s %+v is refused: %v; %+v", a.Kind, a.Detail, err, l.m)
		}
	}
	if reminders > 1 {
		l.t.Fatalf("%d reminders at once", reminders)
	}
	if again := l.flows[l.m.Kind].Clock(l.bench(), l.m, l.now); len(again) > 0 {
		l.t.Fatalf("due again at once: %+v; %+v", again, l.m)
	}
}

// sound holds what must be true of a matter at any time.
func (l *life) sound() {
	if got := matter.Replay(l.events); !reflect.DeepEqual(got, l.m) {
		l.t.Fatalf("replayed:\n%+v\nkept:\n%+v\nevents: %s", got, l.m, story(l.events))
	}
	m := l.m
	switch {
	case m.Version != len(l.events):
		l.t.Fatalf("version %d after %d events", m.Version, len(l.events))
	case m.State == matter.Handling && m.Assignee == "":
		l.t.Fatalf("handled by nobody: %s", story(l.events))
	case m.State == matter.Queued && m.Urgency != catalog.Emergency && m.ApprovedBy == "":
		l.t.Fatalf("in its queue unapproved: %s", story(l.events))
	case m.State == matter.Waiting != (m.WaitingFrom != ""):
		l.t.Fatalf("waits from %q in %s: %s", m.WaitingFrom, m.State, story(l.events))
	case m.State.Open() != m.EndedAt.IsZero():
		l.t.Fatalf("%s ended at %v: %s", m.State, m.EndedAt, story(l.events))
	case m.ApprovedBy == "policy" && catalogue(m.Code).NeverSkips && m.State == matter.Queued && l.last().Detail.Policy:
		l.t.Fatalf("%s skipped the secretary", m.Code)
	case m.State.Open() && !l.wayOut():
		l.t.Fatalf("no way out of %s: %s", m.State, story(l.events))
	}
	if wake := m.WakeAt(calendar, shanghai); !wake.IsZero() {
		flow := l.flows[m.Kind]
		if len(flow.Clock(l.bench(), m, wake)) == 0 || len(flow.Clock(l.bench(), m, wake.Add(-time.Millisecond))) > 0 {
			l.t.Fatalf("wakes at %v for nothing or too late: %+v", wake, m)
		}
	}
}

func (l *life) last() matter.Event { return l.events[len(l.events)-1] }

func catalogue(code string) catalog.Service { s, _ := catalog.Lookup(code); return s }

// wayOut: somebody of the village can lead it to another state.
func (l *life) wayOut() bool {
	for _, event := range events() {
		for _, who := range actors() {
			a := l.act(event, who)
			if a.By == matter.Clock || a.By == matter.Refiner || a.By.Address != "" {
				continue
			}
			if d, err := l.flows[l.m.Kind].Decide(l.bench(), l.m, a); err == nil && d.Matter.State != l.m.State {
				return true
			}
		}
	}
	return false
}

func story(events []matter.Event) string {
	var out string
	for _, e := range events {
		out += fmt.Sprintf("\n  %d %s by %s at %s: %s → %s %+v", e.Seq, e.Kind, e.By, e.At.Format("01-02 15:04:05"), e.From, e.To, e.Detail)
	}
	return out
}
