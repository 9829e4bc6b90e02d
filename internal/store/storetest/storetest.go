// Package storetest is the suite that the store must pass on every database: one
// set of SQL, held to the same behaviour on SQLite and on a real Postgres.
package storetest

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"sanshi/internal/catalog"
	"sanshi/internal/desk"
	"sanshi/internal/directory"
	"sanshi/internal/matter"
	"sanshi/internal/message"
	"sanshi/internal/store"
)

// Place is a fresh, empty database: where it is, and a way around the store.
type Place struct {
	store.Options
	SQL *sql.DB
}

// named is one part of the contract.
type named struct {
	name string
	test func(*fixture)
}

// Run holds the store to its contract. open gives each test a place of its own.
func Run(t *testing.T, open func(t testing.TB) Place) {
	for _, c := range slices.Concat(recalling(), carding(), traying(), refining(), caring(), []named{
		{"Intake/OneIDCountsOnce", intakeOnce},
		{"Intake/RacingDeliveries", intakeRace},
		{"Intake/OrderOfAcknowledgement", intakeOrder},
		{"Intake/OddTexts", intakeOdd},
		{"Intake/CancelledCaller", intakeCancelled},
		{"Queue/LanesAndNext", lanesAndNext},
		{"Queue/DeadLetterAfterFive", deadLetter},
		{"Commit/RoundTrip", commitRoundTrip},
		{"Commit/AllOrNone", commitAllOrNone},
		{"Commit/FenceHolds", commitFence},
		{"Commit/StaleIsAlone", commitStaleAlone},
		{"Commit/Versions", commitVersions},
		{"Commit/Key", commitKey},
		{"Commit/Parties", commitParties},
		{"Scene/Ask", sceneAsk},
		{"Scene/Matters", sceneMatters},
		{"Scene/Due", sceneDue},
		{"Scene/Alike", sceneAlike},
		{"Room", roomReads},
		{"Outbox/Order", outboxOrder},
		{"Outbox/Pages", outboxPages},
		{"Outbox/Lease", outboxLease},
		{"Outbox/Topic", outboxTopic},
		{"Outbox/Busy", outboxBusy},
		{"Outbox/NeverBackwards", outboxForwards},
		{"Outbox/Failure", outboxFailure},
		{"Outbox/ClaimOnce", outboxClaimOnce},
		{"Reads/Lists", readLists},
		{"Reads/Search", readSearch},
		{"Reads/Stats", readStats},
		{"Reads/Conversation", readConversation},
		{"Quiet", quiet},
		{"Questions", questions},
		{"Villages/Import", villagesImport},
		{"Villages/Route", villagesRoute},
		{"Numbers", numbersDrawn},
		{"SignIn", signIn},
		{"Slack/Link", slackLink},
		{"Slack/Guesses", slackGuesses},
		{"Slack/Seen", slackSeen},
		{"Record/Verify", recordVerify},
		{"Record/Tampering", recordTampering},
		{"Record/Seals", recordSeals},
		{"Reopen", reopened},
	}) {
		t.Run(c.name, func(t *testing.T) { c.test(newFixture(t, open(t))) })
	}
}

// The village of the tests, and who texts it.
const (
	vid           = "xiangyang"
	wang, chen    = message.Address("sms:+8613800000001"), message.Address("sms:+8613800000002")
	villageNumber = "+12065550100"
)

// fixture is a store on a manual clock.
type fixture struct {
	testing.TB
	place Place
	*store.Store
	ctx context.Context

	mu  sync.Mutex
	t   time.Time
	ids int
}

func newFixture(t testing.TB, p Place) *fixture {
	f := &fixture{TB: t, place: p, ctx: t.Context(), t: time.Date(2026, 4, 27, 10, 0, 0, 0, time.UTC)}
	f.place.Now, f.place.NewID = f.now, f.newID
	if f.place.WakeAt == nil {
		f.place.WakeAt = func(m matter.Matter, _ *directory.Village) time.Time {
			if !m.State.Open() {
				return time.Time{}
			}
			return m.DueAt
		}
	}
	f.open()
	f.ok(f.SaveVillage(f.ctx, village(vid), "h1"))
	return f
}

func (f *fixture) open() {
	f.Helper()
	s, err := store.Open(context.Background(), f.place.Options)
	if err != nil {
		f.Fatal(err)
	}
	f.Store = s
	f.Cleanup(func() { _ = s.Close() })
}

func village(id string) *directory.Village {
	loc, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		panic(err)
	}
	return &directory.Village{ID: id, Name: "向阳村", Language: "zh-Hans", Country: "CN", Location: loc,
		SMS: []string{villageNumber}, MessagingService: "MG1", Policy: directory.Policy{"H4": 0.8},
		Areas: []directory.Area{{ID: "g1", Kind: "grid", Name: "一组", Places: []string{"村口"}, Lead: "wang"}},
		Staff: []directory.Staff{{ID: "li", Name: "李书记", Role: directory.Secretary}}}
}

func (f *fixture) now() time.Time { f.mu.Lock(); defer f.mu.Unlock(); return f.t }

func (f *fixture) pass(d time.Duration) time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.t = f.t.Add(d)
	return f.t
}

func (f *fixture) newID() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ids++
	return fmt.Sprintf("id-%04d", f.ids)
}

func (f *fixture) ok(err error) {
	f.Helper()
	if err != nil {
		f.Fatal(err)
	}
}

// text takes a text in and reads it back as the worker would.
func (f *fixture) text(from message.Address, words string) message.Inbound {
	f.Helper()
	taken, err := f.Take(f.ctx, message.Inbound{Village: vid, Channel: "sms", From: from, To: villageNumber, Text: words, At: f.now()})
	f.ok(err)
	in, ok, err := f.Next(f.ctx, message.Lane{Village: vid, Address: from})
	f.ok(err)
	if !ok || in.ID != taken.ID {
		f.Fatalf("the text just kept is not the next of its lane: %+v", in)
	}
	return in
}

// light is a matter as it is raised: a street light is out.
func (f *fixture) light(who message.Address) matter.Matter {
	id := f.newID()
	return matter.Matter{Village: vid, ID: id, Number: "n-" + id, Kind: catalog.VillageRun, Code: "V1", Urgency: catalog.Normal,
		State: matter.Sorting, Area: "g1", Resident: who, Place: "村口", Name: "老陈头", Summary: "村口路灯坏了",
		Text: "村口路灯坏了三天了", Reason: "路灯", Confidence: 0.9, Source: "rule",
		RaisedAt: f.now(), DueAt: f.now().Add(72 * time.Hour), Version: 1, SortedAt: 1}
}

func raised(m matter.Matter) matter.Event {
	return matter.Event{Village: m.Village, Matter: m.ID, Seq: 1, Kind: matter.Raise, By: "resident", Via: "sms", At: m.RaisedAt,
		To: m.State, Detail: matter.Detail{Kind: m.Kind, Code: m.Code, Number: m.Number},
		Words: &matter.Words{Summary: m.Summary, Text: m.Text, Place: m.Place, Name: m.Name, Reason: m.Reason}}
}

// raise opens a matter.
func (f *fixture) raise(who message.Address) matter.Matter {
	f.Helper()
	m := f.light(who)
	f.ok(f.Commit(f.ctx, desk.Change{Village: vid, Matters: []matter.Matter{m}, Events: []matter.Event{raised(m)}}))
	return m
}

// step moves a matter by one event of staff li and returns it after that.
func (f *fixture) step(m matter.Matter, kind matter.EventKind, to matter.State, note string) matter.Matter {
	f.Helper()
	next, e := stepped(m, kind, to, note, f.now())
	f.ok(f.Commit(f.ctx, desk.Change{Village: vid, Matters: []matter.Matter{next}, Events: []matter.Event{e}}))
	return next
}

func stepped(m matter.Matter, kind matter.EventKind, to matter.State, note string, at time.Time) (matter.Matter, matter.Event) {
	e := matter.Event{Village: m.Village, Matter: m.ID, Seq: m.Version + 1, Kind: kind, By: "li", Via: "console", At: at,
		From: m.State, To: to, Note: note}
	m.State, m.Version = to, m.Version+1
	if !to.Open() {
		m.EndedAt = at
	}
	return m, e
}

// reply is a text to somebody, about a matter or none.
func (f *fixture) reply(to message.Address, words string) message.Outbound {
	return message.Outbound{ID: f.newID(), Village: vid, To: to, Channel: "sms", Sender: villageNumber, Text: words,
		Priority: message.Answer, CreatedAt: f.now()}
}

// send queues replies.
func (f *fixture) send(out ...message.Outbound) {
	f.Helper()
	f.ok(f.Commit(f.ctx, desk.Change{Village: vid, Outbox: out}))
}

// claimed lists the ids that a claim takes now.
func (f *fixture) claimed(n int, busy ...string) []string {
	f.Helper()
	all, err := f.Claim(f.ctx, "sms", f.now(), n, busy...)
	f.ok(err)
	var ids []string
	for _, c := range all {
		ids = append(ids, c.ID)
	}
	return ids
}
