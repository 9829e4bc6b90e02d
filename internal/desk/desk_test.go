package desk

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"sanshi/internal/catalog"
	"sanshi/internal/classify"
	"sanshi/internal/dialogue"
	"sanshi/internal/directory"
	"sanshi/internal/matter"
	"sanshi/internal/message"
)

var now = time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC)

func village() *directory.Village {
	return &directory.Village{
		ID: "v", Name: "向阳村", Country: "CN", Location: time.UTC, SMS: []string{"+12065550100"},
		Areas: []directory.Area{{ID: "g1", Name: "一组", Places: []string{"村口"}, Lead: "wang"}},
		Staff: []directory.Staff{
			{ID: "li", Name: "李书记", Role: directory.Secretary, Phone: "+12065550111"},
			{ID: "wang", Name: "王组长", Role: directory.Lead, Phone: "+12065550112"},
		},
	}
}

// ledger is a store whose answers the test sets. It keeps what is committed and
// refuses as often as it is told.
type ledger struct {
	Store   // what a test does not expect to be asked panics
	scene   Scene
	room    Room
	alike   []matter.Matter
	refuse  []error // of the next commits
	commits []Change
	reads   atomic.Int32
}

func (l *ledger) Scene(context.Context, message.Inbound) (Scene, error) {
	l.reads.Add(1)
	return l.scene, nil
}
func (l *ledger) Room(context.Context, string, string, string) (Room, error) {
	l.reads.Add(1)
	return l.room, nil
}
func (l *ledger) Number(context.Context, string) (int64, error) { return 427, nil }
func (l *ledger) Alike(context.Context, matter.Matter) ([]matter.Matter, error) {
	return l.alike, nil
}
func (l *ledger) Commit(_ context.Context, c Change) error {
	if len(l.refuse) > 0 {
		err := l.refuse[0]
		l.refuse = l.refuse[1:]
		if err != nil {
			return err
		}
	}
	l.commits = append(l.commits, c)
	return nil
}

// newDesk is a desk before which every text is about r.
func newDesk(l *ledger, r classify.Result) *Desk {
	n := 0
	if l.scene.Village == nil {
		l.scene.Village = village()
	}
	return &Desk{
		Store: l, Calendar: matter.NewCalendar(), Now: func() time.Time { return now },
		NewID:     func() string { n++; return fmt.Sprintf("id%d", n) },
		Read:      func(text string, _ *directory.Village) []classify.Result { r.Part = text; return []classify.Result{r} },
		Workflows: map[catalog.Kind]matter.Workflow{catalog.VillageRun: matter.Queue(catalog.VillageRun, matter.Claims(matter.ByLead))},
	}
}

var (
	light = classify.Result{Kind: catalog.VillageRun, Code: "V1", Urgency: catalog.Normal, Area: "g1", Place: "村口",
		Summary: "村口路灯坏了", Confidence: 0.9, CodeConfidence: 0.9, Source: "linear", Need: true}
	fire = classify.Result{Kind: catalog.VillageRun, Code: "V9", Urgency: catalog.Emergency, Danger: "fire", Place: "后山",
		Summary: "后山着火", Confidence: 1, CodeConfidence: 1, Source: "rule", Need: true}
)

func text(s string) message.Inbound {
	return message.Inbound{ID: "in", Village: "v", Channel: "sms", From: "sms:+8613800000001", To: "+12065550100", Text: s, At: now}
}

// A conflict is nobody's fault: the desk reads and decides again until it fits.
func TestReceiveAgainWhenStale(t *testing.T) {
	l := &ledger{refuse: []error{ErrStale, ErrStale, nil}}
	heard, err := newDesk(l, light).Receive(t.Context(), text("村口路灯坏了"))
	if err != nil || heard != "matter" || l.reads.Load() != 3 || len(l.commits) != 1 {
		t.Fatalf("heard %q, %v, %d reads, %d commits; want a matter after 3 reads and 1 commit", heard, err, l.reads.Load(), len(l.commits))
	}
	c := l.commits[0]
	if len(c.Matters) != 1 || len(c.Events) != 1 || len(c.Outbox) != 1 || c.Inbound == nil || c.Dialogue == nil {
		t.Errorf("the change is not whole: %+v", c)
	}
}

// What somebody else handled meanwhile is no error, and has no second effect.
func TestReceiveHandledMeanwhile(t *testing.T) {
	l := &ledger{refuse: []error{ErrHandled}}
	if _, err := newDesk(l, light).Receive(t.Context(), text("村口路灯坏了")); err != nil || len(l.commits) != 0 {
		t.Errorf("%v, %d commits; want neither", err, len(l.commits))
	}
}

// A database that is away is the caller's to retry.
func TestReceiveHandsErrorsOn(t *testing.T) {
	away := errors.New("disk full")
	l := &ledger{refuse: []error{away}}
	if _, err := newDesk(l, light).Receive(t.Context(), text("村口路灯坏了")); !errors.Is(err, away) {
		t.Errorf("got %v, want the cause", err)
	}
}

// A second report of an emergency joins the first: a row, no new matter, no page.
func TestEmergencyJoins(t *testing.T) {
	first := matter.Matter{Village: "v", ID: "m1", Number: "0001-3", Kind: catalog.VillageRun, Code: "V9", Urgency: catalog.Emergency,
		State: matter.Queued, Place: "后山", Danger: "fire", RaisedAt: now.Add(-time.Minute), Version: 1}
	l := &ledger{alike: []matter.Matter{first}}
	if _, err := newDesk(l, fire).Receive(t.Context(), text("后山起火了")); err != nil {
		t.Fatal(err)
	}
	c := l.commits[0]
	if len(c.Matters) != 0 || len(c.Events) != 0 || len(c.Parties) != 1 || c.Parties[0].Matter != "m1" {
		t.Errorf("want one party of m1 and nothing else: %+v", c)
	}
	if len(c.Outbox) != 1 || c.Outbox[0].Staff != "" {
		t.Errorf("want one answer to her and no page: %+v", c.Outbox)
	}
}

// An emergency pages the squad and the secretary in the same commit.
func TestEmergencyPages(t *testing.T) {
	l := &ledger{}
	if _, err := newDesk(l, fire).Receive(t.Context(), text("后山着火了")); err != nil {
		t.Fatal(err)
	}
	paged := map[string]bool{}
	for _, o := range l.commits[0].Outbox {
		if o.Staff != "" && o.Priority == message.Page {
			paged[o.Staff] = true
		}
	}
	if !paged["li"] || !paged["wang"] {
		t.Errorf("paged %v; want the secretary and the lead", paged)
	}
}

// What the workflow refuses becomes a call by a person, and is never claimed to be done.
func TestRefusedMoveIsHandedOver(t *testing.T) {
	m := matter.Matter{Village: "v", ID: "m1", Number: "0001-3", Kind: catalog.VillageRun, Code: "V1", State: matter.Handling,
		Resident: "sms:+8613800000001", Summary: "村口路灯坏了", Text: "村口路灯坏了", RaisedAt: now.Add(-time.Hour), Version: 3}
	l := &ledger{scene: Scene{Matters: []matter.Matter{m}, Dialogue: dialogue.State{Version: 1, Topic: "m1", TopicAt: now}}}
	r := light
	r.Area = "g1"
	d := newDesk(l, r)
	d.Workflows = map[catalog.Kind]matter.Workflow{catalog.VillageRun: {Queue: catalog.VillageRun}} // a table that allows nothing
	if _, err := d.Receive(t.Context(), text("说错了，是村口")); err != nil {
		t.Fatal(err)
	}
	c := l.commits[0]
	if len(c.Callbacks) != 1 || len(c.Events) != 0 || len(c.Outbox) != 1 {
		t.Errorf("want one call, no event, one answer: %+v", c)
	}
}

// An unknown actor may nothing; the refusal says who is at fault.
func TestActByNobody(t *testing.T) {
	l := &ledger{room: Room{Village: village(), Matter: matter.Matter{Village: "v", ID: "m1", Kind: catalog.VillageRun, State: matter.Sorting}}}
	_, err := newDesk(l, light).Act(t.Context(), Request{Village: "v", Matter: "m1", By: "ghost", Act: matter.Act{Kind: matter.Approve}})
	var refused *matter.Error
	if !errors.As(err, &refused) || refused.Problem != matter.Forbidden || refused.Field != "by" || len(l.commits) != 0 {
		t.Errorf("got %v, %d commits; want a refusal of by", err, len(l.commits))
	}
}

// A refused move holds the others up no more than it is claimed to be done.
func TestRefusedMoveIsAlone(t *testing.T) {
	m := matter.Matter{Village: "v", ID: "m1", Number: "0001-3", Kind: catalog.VillageRun, Code: "V1", State: matter.Queued,
		Resident: "sms:+8613800000001", RaisedAt: now, Version: 1}
	d := newDesk(&ledger{scene: Scene{Matters: []matter.Matter{m}}}, light)
	l := d.Store.(*ledger)
	plan := dialogue.Plan{
		Resident: directory.Resident{Village: "v", Address: m.Resident, OptOut: directory.Hard},
		Moves: []dialogue.Move{
			{Matter: "m1", Act: matter.Act{Kind: matter.Rate, By: matter.ResidentActor(m.Resident), At: now}}, // nothing is done yet
			{Open: &dialogue.Opening{ID: "m2", Result: light, Text: "村口路灯坏了"}},
		},
		Says:   []dialogue.Say{{Key: "danger_fire", Danger: "fire", Matters: []string{"m1"}}, {Key: "added", Matters: []string{"m1"}}},
		Alerts: []dialogue.Alert{{Matter: "m1", Notice: matter.Notice{To: matter.ToSquad, Key: "page_where"}}},
	}
	l.scene.Dialogue.Held = []dialogue.Fragment{{Text: "喂"}}
	turn := d.turn(l.scene)
	turn.In = text("村口")
	w := d.begin(l.scene.Village, "v")
	if err := d.carryOut(t.Context(), w, turn, plan, l.scene); err != nil {
		t.Fatal(err)
	}
	c := w.finish()
	if len(c.Matters) != 1 || c.Matters[0].ID != "m2" {
		t.Errorf("the other matter was not opened: %+v", c.Matters)
	}
	if len(c.Callbacks) != 1 || c.Callbacks[0].Note != "喂\n村口" {
		t.Errorf("calls %+v; want one with all her words", c.Callbacks)
	}
	for _, o := range c.Outbox {
		if o.Staff != "" && o.Matter == "m1" {
			t.Errorf("staff were told of what did not happen: %q", o.Text)
		}
		if o.Staff == "" && !strings.Contains(o.Text, "119") {
			t.Errorf("the advice is missing: %q", o.Text)
		}
	}
}

// clockwork is a ledger with things due, some of which cannot be done.
type clockwork struct {
	ledger
	lanes []message.Lane
	bad   message.Address
}

func (c *clockwork) DueMatters(context.Context, time.Time, int) ([]matter.Matter, error) {
	return make([]matter.Matter, tickBatch), nil // due, says the row; nothing to do, says the clock
}
func (c *clockwork) DueCalls(context.Context, time.Time, int) ([]directory.Callback, error) {
	return nil, nil
}
func (c *clockwork) DueTrays(context.Context, time.Time, int) ([]dialogue.Tray, error) {
	return nil, nil
}
func (c *clockwork) DueTalks(context.Context, time.Time, int) ([]message.Lane, error) {
	return c.lanes, nil
}
func (c *clockwork) Talk(_ context.Context, l message.Lane) (Scene, error) {
	if l.Address == c.bad {
		return Scene{}, ErrNotFound
	}
	s := c.scene
	s.Resident.Address, s.Dialogue.Address, s.Dialogue.WakeAt = l.Address, l.Address, now
	return s, nil
}

// What cannot be done is tried again later and holds nothing else up.
func TestTickGoesOn(t *testing.T) {
	c := &clockwork{bad: "sms:+8613800000001", lanes: []message.Lane{{Village: "v", Address: "sms:+8613800000001"}, {Village: "v", Address: "sms:+8613800000002"}}}
	d := newDesk(&c.ledger, light)
	d.Store = c
	c.room = Room{Village: village(), Matter: matter.Matter{Village: "v", ID: "m1", Kind: catalog.VillageRun, State: matter.Queued}}
	n, err := d.Tick(t.Context())
	if !errors.Is(err, ErrNotFound) || n != 1 || len(c.commits) != 1 {
		t.Errorf("did %d, %d commits, %v; want the one talk that could be looked at, and the error of the other", n, len(c.commits), err)
	}
}

// Who works on a matter hears that it is cancelled when she is erased, in a text
// without her words.
func TestEraseTells(t *testing.T) {
	m := matter.Matter{Village: "v", ID: "m1", Number: "0001-3", Kind: catalog.VillageRun, Code: "V1", State: matter.Handling, Assignee: "wang",
		Resident: "sms:+8613800000001", Summary: "村口路灯坏了", Text: "村口路灯坏了三天", RaisedAt: now, Version: 1}
	l := &erasing{m: m}
	d := newDesk(&l.ledger, light)
	d.Store = l
	if err := d.Erase(t.Context(), "v", m.Resident, "li"); err != nil {
		t.Fatal(err)
	}
	out := l.commits[0].Outbox
	if len(out) != 1 || out[0].Staff != "wang" || strings.Contains(out[0].Text, "路灯") || !strings.Contains(out[0].Text, m.Number) {
		t.Errorf("want one text to wang, by the number alone: %+v", out)
	}
}

type erasing struct {
	ledger
	m matter.Matter
}

func (e *erasing) Talk(context.Context, message.Lane) (Scene, error) { return e.scene, nil }
func (e *erasing) MattersOf(context.Context, string, message.Address) ([]matter.Matter, error) {
	return []matter.Matter{e.m}, nil
}
