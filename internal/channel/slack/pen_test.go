package slack

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"sanshi/internal/channel/slack/slacktest"
	"sanshi/internal/directory"
	"sanshi/internal/matter"
)

// easel is a store of cards in memory, on a clock that the test sets.
type easel struct {
	mu      sync.Mutex
	now     time.Time
	village *directory.Village
	matters map[string]matter.Matter
	cards   map[string]*carded
	away    bool // nothing can be recorded
	reports []matter.CardReport
}

type carded struct {
	matter.Card
	shown      int
	due, lease time.Time
	waits      bool
	begun      time.Time
	problem    string
}

func newEasel() *easel {
	return &easel{now: now, village: village(), matters: map[string]matter.Matter{}, cards: map[string]*carded{}}
}

func (e *easel) clock() time.Time { e.mu.Lock(); defer e.mu.Unlock(); return e.now }

func (e *easel) pass(d time.Duration) { e.mu.Lock(); defer e.mu.Unlock(); e.now = e.now.Add(d) }

// change keeps a matter and wants its cards drawn, as a commit does.
func (e *easel) change(m matter.Matter) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.matters[m.ID] = m
	for _, c := range e.cards {
		if c.Matter == m.ID {
			c.Wanted++
			c.waits, c.due = true, e.now
		}
	}
	for _, ch := range matter.CardChannels(m, e.village) {
		if key := m.ID + ch; e.cards[key] == nil {
			e.cards[key] = &carded{Card: matter.Card{Village: m.Village, Matter: m.ID, Channel: ch, Wanted: 1}, waits: true, due: e.now}
		}
	}
}

func (e *easel) Cards(_ context.Context, at time.Time, busy func(string) bool) (all []matter.Card, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	taken := map[string]bool{}
	for _, c := range e.cards {
		if !c.waits || c.due.After(at) || c.lease.After(at) || busy(c.Channel) || taken[c.Channel] {
			continue
		}
		taken[c.Channel] = true
		card := c.Card
		card.Begun = c.begun
		if c.TS == "" && c.begun.IsZero() {
			c.begun = at
		}
		c.lease = at.Add(30 * time.Second)
		c.Tries++
		all = append(all, card)
	}
	return all, nil
}

func (e *easel) CardDrawn(_ context.Context, r matter.CardReport) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.away {
		return errors.New("the database is away")
	}
	e.reports = append(e.reports, r)
	key := r.Matter + r.Channel
	c := e.cards[key]
	switch {
	case r.Drop:
		delete(e.cards, key)
		return nil
	case r.Problem != "":
		c.TS, c.problem, c.lease, c.due = r.TS, r.Problem, time.Time{}, r.Again
		if !r.Doubt {
			c.begun = time.Time{}
		}
		return nil
	}
	c.TS, c.problem, c.lease, c.begun, c.Tries, c.shown = r.TS, "", time.Time{}, time.Time{}, 0, r.Wanted
	if c.Wanted == r.Wanted {
		c.waits, c.due = !r.Again.IsZero(), r.Again
	}
	return nil
}

func (e *easel) CardProblems(context.Context) (all []matter.CardProblem, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, c := range e.cards {
		if c.problem != "" {
			all = append(all, matter.CardProblem{Village: c.Village, Channel: c.Channel, Problem: c.problem, Cards: 1})
		}
	}
	return all, nil
}

func (e *easel) Village(context.Context, string) (*directory.Village, error) { return e.village, nil }
func (e *easel) Villages(context.Context) ([]*directory.Village, error) {
	return []*directory.Village{e.village}, nil
}

func (e *easel) Matter(_ context.Context, _, id string) (matter.Matter, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.matters[id], nil
}

func (e *easel) Alike(context.Context, matter.Matter) ([]matter.Matter, error) { return nil, nil }

func (e *easel) Matters(_ context.Context, f matter.Filter) (p matter.Page, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, m := range e.matters {
		if slices.Contains(f.States, m.State) && (f.Assignee == "" || f.Assignee == m.Assignee) && (f.Late.IsZero() || m.DueAt.Before(f.Late)) {
			p.Matters = append(p.Matters, m)
		}
	}
	return p, nil
}

func (e *easel) idle() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, c := range e.cards {
		if c.waits && !c.due.After(e.now) {
			return false
		}
	}
	return true
}

func (e *easel) recording(on bool) { e.mu.Lock(); defer e.mu.Unlock(); e.away = !on }

// studio is a Pen at work before a stand-in.
type studio struct {
	*easel
	t     *testing.T
	slack *slacktest.Server
	pen   *Pen
	log   *strings.Builder
}

func newStudio(t *testing.T) *studio {
	e, s := newEasel(), slacktest.New(t)
	s.Now = e.clock
	log := &strings.Builder{}
	st := &studio{easel: e, t: t, slack: s, log: log}
	st.pen = st.newPen()
	t.Cleanup(func() {
		if text := log.String(); strings.Contains(text, "路灯") || strings.Contains(text, "138") || strings.Contains(text, "xoxb") {
			t.Errorf("the log tells too much: %s", text)
		}
		if faults := slacktest.Unpublished(s.Calls()); len(faults) > 0 {
			t.Errorf("what we ask is not what Slack published: %q", faults)
		}
	})
	return st
}

func (s *studio) newPen() *Pen {
	return &Pen{
		Client: NewClient(Config{BotToken: slacktest.BotToken, APIURL: s.slack.URL}), Store: s.easel, Now: s.clock, Interval: 10 * time.Millisecond,
		Rights: func(*directory.Village, matter.Matter, directory.Staff) []matter.EventKind {
			return []matter.EventKind{matter.Approve, matter.Claim}
		},
		Log: slog.New(slog.NewTextHandler(&guarded{w: s.log}, nil)),
	}
}

// guarded lets several goroutines write.
type guarded struct {
	mu sync.Mutex
	w  *strings.Builder
}

func (g *guarded) Write(b []byte) (int, error) { g.mu.Lock(); defer g.mu.Unlock(); return g.w.Write(b) }

// until lets the Pen work until the condition holds.
func (s *studio) until(what string, done func() bool) {
	s.t.Helper()
	ctx, cancel := context.WithCancel(s.t.Context())
	var ended sync.WaitGroup
	ended.Go(func() { _ = s.pen.Run(ctx) })
	defer ended.Wait()
	defer cancel()
	for deadline := time.Now().Add(15 * time.Second); !done(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			s.t.Fatalf("after 15 s still not: %s; %+v", what, s.slack.Calls())
		}
	}
}

func (s *studio) drawn() { s.t.Helper(); s.until("all is drawn", s.idle) }

func (s *studio) only(channel string) slacktest.Message {
	s.t.Helper()
	all := s.slack.Messages(channel)
	if len(all) != 1 {
		s.t.Fatalf("%s has %d messages: %+v", channel, len(all), all)
	}
	return all[0]
}

func TestCardIsChangedInPlace(t *testing.T) {
	s := newStudio(t)
	m := lamp()
	s.change(m)
	s.drawn()
	first := s.only("C0APPROVE0")
	m.State, m.ApprovedBy, m.Version = matter.Queued, "li", 2
	s.change(m)
	s.drawn()
	if again := s.only("C0APPROVE0"); again.TS != first.TS || again.Edits != 1 || !strings.Contains(again.Text, "待接手") {
		t.Errorf("%+v", again)
	}
	if queue := s.only("C0VILLAGE0"); !strings.Contains(string(queue.Blocks), `"action_id":"claim"`) {
		t.Errorf("%s", queue.Blocks)
	}
}

// A posting whose record was lost, as when the process dies between the two: the
// card is found where it stands, by whoever takes it next.
func TestKilledBetweenPostAndRecord(t *testing.T) {
	s := newStudio(t)
	s.change(lamp())
	s.recording(false)
	s.until("it is posted", func() bool { return len(s.slack.Messages("C0APPROVE0")) == 1 })
	s.slack.Say("C0APPROVE0", "U0WANG0000", "我去看看") // talk goes on meanwhile
	s.recording(true)
	s.pen = s.newPen()
	s.pass(31 * time.Second)
	s.drawn()
	cards := slices.DeleteFunc(s.slack.Messages("C0APPROVE0"), func(m slacktest.Message) bool { return m.User != slacktest.BotUser })
	if len(cards) != 1 || cards[0].Edits == 0 {
		t.Fatalf("%d cards: %+v", len(cards), cards)
	}
}

// The answer to a posting is lost: Slack has it, or has it not. One card stands.
func TestDoubtfulPosting(t *testing.T) {
	for name, f := range map[string]slacktest.Fault{
		"taken, answer lost": {Taken: true, Cut: true}, "not taken": {Cut: true}, "500, taken": {Taken: true, HTTP: 500}, "503": {HTTP: 503},
		"fatal_error, taken": {Taken: true, Error: "fatal_error"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStudio(t)
			s.slack.Play("chat.postMessage", f)
			s.change(lamp())
			s.until("the fault is met", func() bool { return len(s.slack.Calls("chat.postMessage")) == 1 && s.settled() })
			s.pen = s.newPen() // what rests in the one that met it would make the test wait
			s.pass(time.Minute)
			s.drawn()
			s.only("C0APPROVE0")
			if err := s.pen.Ask(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}

// settled: nothing is under way.
func (s *studio) settled() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.reports) > 0
}

// Slack asks for rest: the channel rests so long, and nothing is lost.
func TestRateLimited(t *testing.T) {
	s := newStudio(t)
	s.slack.Play("chat.postMessage", slacktest.Fault{After: "1"})
	begun := time.Now()
	s.change(lamp())
	s.until("refused once", s.settled)
	s.pass(time.Second)
	s.drawn()
	if took := time.Since(begun); took < time.Second {
		t.Errorf("posted again after %v, before the second was over", took)
	}
	s.only("C0APPROVE0")
	if n := len(s.slack.Calls("chat.postMessage")); n != 2 {
		t.Errorf("%d calls", n)
	}
	if err := s.pen.Ask(t.Context()); err != nil {
		t.Error(err)
	}
}

// A channel that cannot be written to says so, and stops nothing else.
func TestBrokenChannel(t *testing.T) {
	for how, code := range map[string]string{"deleted": "channel_not_found", "archived": "is_archived", "left": "not_in_channel"} {
		t.Run(code, func(t *testing.T) {
			s := newStudio(t)
			s.slack.Channel("C0APPROVE0", how)
			other := with(lamp(), func(m *matter.Matter) { m.ID, m.State, m.ApprovedBy = "m2", matter.Queued, "li" })
			s.change(lamp())
			s.change(other)
			s.until("the other is drawn", func() bool { return len(s.slack.Messages("C0VILLAGE0")) == 1 && s.troubled() != "" })
			err := s.pen.Ask(t.Context())
			if err == nil || !strings.Contains(err.Error(), code) || !strings.Contains(err.Error(), "C0APPROVE0") {
				t.Fatalf("health says %v", err)
			}
			s.slack.Channel("C0APPROVE0", "")
			s.pen = s.newPen()
			s.pass(11 * time.Minute)
			s.drawn()
			s.only("C0APPROVE0")
			if err := s.pen.Ask(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}

func (s *studio) troubled() string {
	all, _ := s.CardProblems(context.Background())
	for _, p := range all {
		return p.Problem
	}
	return ""
}

// A bad token: nothing is tried on and on, and all comes when it is put right.
func TestLockedOut(t *testing.T) {
	s := newStudio(t)
	s.slack.Lock("token_revoked")
	s.change(lamp())
	s.change(with(lamp(), func(m *matter.Matter) { m.ID, m.State, m.ApprovedBy = "m2", matter.Queued, "li" }))
	s.until("refused", func() bool { return s.troubled() != "" })
	if err := s.pen.Ask(t.Context()); err == nil || !strings.Contains(err.Error(), "token_revoked") {
		t.Fatalf("health says %v", err)
	}
	if n := len(s.slack.Calls()); n > 2 {
		t.Errorf("%d calls with a bad token", n)
	}
	s.slack.Lock("")
	s.pen = s.newPen()
	s.pass(11 * time.Minute)
	s.drawn()
	s.only("C0APPROVE0")
	s.only("C0VILLAGE0")
}

// Somebody deleted the card: a new one comes while the matter is there, none after.
func TestDeletedCard(t *testing.T) {
	s := newStudio(t)
	m := lamp()
	s.change(m)
	s.drawn()
	s.slack.Delete("C0APPROVE0", s.only("C0APPROVE0").TS)
	m.Version = 2
	s.change(m)
	s.until("it is there again", func() bool { return len(s.slack.Messages("C0APPROVE0")) == 1 && s.idle() })
	s.slack.Delete("C0APPROVE0", s.only("C0APPROVE0").TS)
	m.State, m.Version = matter.Declined, 3
	s.change(m)
	s.drawn()
	if all := s.slack.Messages("C0APPROVE0"); len(all) != 0 {
		t.Errorf("a settled matter is posted again: %+v", all)
	}
}

// What was settled while Slack was away is not posted any more.
func TestSettledBeforeShown(t *testing.T) {
	s := newStudio(t)
	m := lamp()
	s.change(m)
	m.State, m.Version = matter.Declined, 2
	s.change(m)
	s.drawn()
	if calls := s.slack.Calls("chat.postMessage"); len(calls) != 0 {
		t.Errorf("%+v", calls)
	}
}

// Many changes are few drawings, and the last is what stands.
func TestNewestWins(t *testing.T) {
	s := newStudio(t)
	s.pen.Interval = 200 * time.Millisecond
	m := lamp()
	s.change(m)
	s.until("30 changes are drawn", func() bool {
		if m.Version < 31 {
			m.Version++
			m.Text = fmt.Sprintf("第%d次", m.Version)
			s.change(m)
			return false
		}
		return s.idle()
	})
	if n := len(s.slack.Calls("chat.postMessage", "chat.update")); n > 8 {
		t.Errorf("%d drawings of 30 changes", n)
	}
	if card := s.only("C0APPROVE0"); !strings.Contains(string(card.Blocks), "第31次") {
		t.Errorf("stands: %s", card.Blocks)
	}
}

// Undo stands on a card for its minute, then comes off by itself.
func TestUndoComesOff(t *testing.T) {
	s := newStudio(t)
	m := with(lamp(), func(m *matter.Matter) { m.State, m.Version = matter.Queued, 2 })
	m.Before = &matter.Before{On: matter.Approve, By: "li", At: s.clock(), Seq: 2}
	s.pen.Rights = func(_ *directory.Village, m matter.Matter, _ directory.Staff) []matter.EventKind {
		if m.UndoUntil().Before(s.clock()) {
			return nil
		}
		return []matter.EventKind{matter.Undo}
	}
	s.change(m)
	s.drawn()
	if card := s.only("C0VILLAGE0"); !strings.Contains(string(card.Blocks), `"undo"`) {
		t.Fatalf("%s", card.Blocks)
	}
	s.pass(matter.UndoFor + 2*time.Second)
	s.drawn()
	if card := s.only("C0VILLAGE0"); strings.Contains(string(card.Blocks), `"undo"`) {
		t.Errorf("%s", card.Blocks)
	}
}

// A home page is published when it is opened and when it changes, not else.
func TestHomePage(t *testing.T) {
	s := newStudio(t)
	s.change(lamp())
	if err := s.pen.OpenHome(t.Context(), "U0LI000000"); err != nil {
		t.Fatal(err)
	}
	homes := func() int { return len(s.slack.Homes("U0LI000000")) }
	if homes() != 1 || !strings.Contains(string(s.slack.Homes("U0LI000000")[0]), "0427-0") {
		t.Fatalf("%s", s.slack.Homes("U0LI000000"))
	}
	s.drawn()
	s.change(with(lamp(), func(m *matter.Matter) { m.Number, m.Summary, m.Version = "0428-9", "桥灯坏了", 2 }))
	s.until("the page shows it", func() bool { return homes() == 2 })
	s.pen.Wake()
	s.until("it was looked at again", func() bool { s.pen.homes.mu.Lock(); defer s.pen.homes.mu.Unlock(); return !s.pen.homes.stirred })
	if homes() != 2 {
		t.Errorf("published %d times, changed once", homes())
	}
	if err := s.pen.OpenHome(t.Context(), "U0NOBODY00"); err != nil || !strings.Contains(string(s.slack.Homes("U0NOBODY00")[0]), "/sanshi link") {
		t.Errorf("a stranger sees %s, %v", s.slack.Homes("U0NOBODY00"), err)
	}
}
