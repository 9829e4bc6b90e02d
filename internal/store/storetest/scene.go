package storetest

import (
	"errors"
	"time"

	"github.com/google/go-cmp/cmp"

	"sanshi/internal/catalog"
	"sanshi/internal/channel"
	"sanshi/internal/desk"
	"sanshi/internal/dialogue"
	"sanshi/internal/directory"
	"sanshi/internal/matter"
	"sanshi/internal/message"
)

// ask gives the kind of the question that a text of hers would meet now.
func (f *fixture) ask(at time.Time) string {
	f.Helper()
	sc, err := f.Scene(f.ctx, message.Inbound{Village: vid, From: wang, At: at})
	f.ok(err)
	if sc.Ask == nil {
		return ""
	}
	return sc.Ask.Kind
}

func (f *fixture) question(kind string) message.Outbound {
	o := f.reply(wang, kind+"?")
	o.Ask = &message.Ask{Kind: kind, Matter: "m1", Options: []string{"a", "b"}}
	return o
}

func sceneAsk(f *fixture) {
	first, second := f.question("place"), f.question("rate")
	f.send(first, second)
	if k := f.ask(f.now()); k != "" {
		f.Fatalf("a question is open before it left: %s", k)
	}
	start := f.pass(time.Second)
	f.claimed(1)
	if k := f.ask(start); k != "place" {
		f.Fatalf("after the start of the send the question is %q", k)
	}
	if k := f.ask(start.Add(-time.Millisecond)); k != "" {
		f.Fatalf("a text that came before meets %q", k)
	}
	// A clear no: it never went out, so nothing was asked.
	f.ok(f.Report(f.ctx, channel.Report{Village: vid, ID: first.ID, Status: message.Queued, Again: f.now()}, f.now()))
	if k := f.ask(f.now()); k != "" {
		f.Fatalf("a refused text asks %q", k)
	}
	f.claimed(1)
	f.ok(f.Report(f.ctx, channel.Report{Village: vid, ID: first.ID, Status: message.Accepted}, f.now()))
	f.pass(time.Second)
	f.claimed(1)
	sc, err := f.Scene(f.ctx, message.Inbound{Village: vid, From: wang, At: f.now()})
	f.ok(err)
	want := &message.Ask{ID: second.ID, Kind: "rate", Matter: "m1", Options: []string{"a", "b"}, At: f.now()}
	if diff := cmp.Diff(want, sc.Ask); diff != "" {
		f.Fatal(diff)
	}
	if k := f.ask(f.now().Add(-time.Millisecond)); k != "place" {
		f.Fatalf("what was asked last before the digit is %q", k)
	}
	f.ok(f.Report(f.ctx, channel.Report{Village: vid, ID: second.ID, Status: message.Failed, Code: "30005"}, f.now()))
	if k := f.ask(f.now()); k != "place" {
		f.Fatalf("after the second failed, the question is %q", k)
	}
}

func sceneMatters(f *fixture) {
	old := f.raise(wang)
	f.step(old, matter.Cancel, matter.Cancelled, "")
	f.pass(61 * 24 * time.Hour)
	open := f.raise(wang)
	f.pass(time.Hour)
	joined := f.raise(chen)
	f.ok(f.Commit(f.ctx, desk.Change{Village: vid, Parties: []desk.Party{{Matter: joined.ID, Address: wang}}}))
	f.raise(chen)
	ended := f.step(f.raise(wang), matter.Decline, matter.Declined, "不归村里管")
	sc, err := f.Talk(f.ctx, message.Lane{Village: vid, Address: wang})
	f.ok(err)
	var ids []string
	for _, m := range sc.Matters {
		ids = append(ids, m.ID)
	}
	if diff := cmp.Diff([]string{ended.ID, joined.ID, open.ID}, ids); diff != "" {
		f.Fatal(diff)
	}
	all, err := f.MattersOf(f.ctx, vid, wang)
	f.ok(err)
	if len(all) != 4 || all[3].ID != old.ID {
		f.Fatalf("all of hers: %+v", all)
	}
	if _, err := f.Scene(f.ctx, message.Inbound{Village: "gone", From: wang}); !errors.Is(err, desk.ErrNotFound) {
		f.Fatalf("a village that is gone: %v", err)
	}
}

func sceneDue(f *fixture) {
	m := f.raise(wang)
	d := dialogue.State{Address: wang, WakeAt: f.now().Add(time.Minute)}
	f.ok(f.Commit(f.ctx, desk.Change{Village: vid, Dialogue: &d}))
	f.due(0, 0)
	f.pass(time.Minute)
	f.due(0, 1)
	d.Version, d.WakeAt = 1, time.Time{}
	f.ok(f.Commit(f.ctx, desk.Change{Village: vid, Dialogue: &d}))
	f.pass(72 * time.Hour)
	f.due(1, 0)
	f.step(m, matter.Cancel, matter.Cancelled, "")
	f.due(0, 0)
}

func (f *fixture) due(matters, talks int) {
	f.Helper()
	ms, err := f.DueMatters(f.ctx, f.now(), 10)
	f.ok(err)
	lanes, err := f.DueTalks(f.ctx, f.now(), 10)
	f.ok(err)
	if len(ms) != matters || len(lanes) != talks {
		f.Fatalf("due are %d matters and %d talks, want %d and %d", len(ms), len(lanes), matters, talks)
	}
}

func sceneAlike(f *fixture) {
	variant := func(change func(*matter.Matter)) matter.Matter {
		m := f.light(chen)
		change(&m)
		f.ok(f.Commit(f.ctx, desk.Change{Village: vid, Matters: []matter.Matter{m}, Events: []matter.Event{raised(m)}}))
		return m
	}
	area := variant(func(m *matter.Matter) { m.Place = "桥头" })
	place := variant(func(m *matter.Matter) { m.Area = "" })
	variant(func(m *matter.Matter) { m.Code = "V2" })
	variant(func(m *matter.Matter) { m.Area, m.Place = "g2", "村口旁" })
	variant(func(m *matter.Matter) { m.Resident = wang })
	variant(func(m *matter.Matter) { m.RaisedAt = f.now().Add(-15 * 24 * time.Hour) })
	f.step(variant(func(m *matter.Matter) {}), matter.Decline, matter.Declined, "")
	f.alike(f.light(wang), place.ID, area.ID)

	fire := variant(func(m *matter.Matter) { m.Code, m.Urgency, m.Area = "V9", catalog.Emergency, "g2" })
	variant(func(m *matter.Matter) { m.Code = "V9" })
	mine := f.light(wang)
	mine.Code, mine.Urgency, mine.Area, mine.Place = "V9", catalog.Emergency, "", ""
	f.alike(mine, fire.ID)
	f.pass(31 * time.Minute)
	mine.RaisedAt = f.now()
	f.alike(mine)
}

func (f *fixture) alike(m matter.Matter, want ...string) {
	f.Helper()
	all, err := f.Alike(f.ctx, m)
	f.ok(err)
	var ids []string
	for _, o := range all {
		ids = append(ids, o.ID)
	}
	if diff := cmp.Diff(want, ids); diff != "" {
		f.Fatal(diff)
	}
}

func roomReads(f *fixture) {
	a, b := f.raise(wang), f.raise(chen)
	f.ok(f.Commit(f.ctx, desk.Change{Village: vid, Resident: &directory.Resident{Address: chen, Name: "老陈"}}))
	room, err := f.Room(f.ctx, vid, a.Number, b.ID)
	f.ok(err)
	if room.Matter.ID != a.ID || room.Into == nil || room.Into.ID != b.ID || room.Matter.Text != a.Text {
		f.Fatalf("%+v", room)
	}
	if len(room.People) != 2 || room.People[chen].Name != "老陈" || room.People[wang].Address != wang || room.People[wang].Version != 0 {
		f.Fatalf("people: %+v", room.People)
	}
	for _, id := range []string{"", "nobody"} {
		if _, err := f.Room(f.ctx, vid, id, ""); !errors.Is(err, desk.ErrNotFound) {
			f.Errorf("room %q: %v", id, err)
		}
	}
	if _, err := f.Room(f.ctx, vid, a.ID, "nobody"); !errors.Is(err, desk.ErrNotFound) {
		f.Errorf("into nobody: %v", err)
	}
	if _, err := f.Room(f.ctx, "gone", a.ID, ""); !errors.Is(err, desk.ErrNotFound) {
		f.Errorf("no village: %v", err)
	}
	if _, err := f.Matter(f.ctx, "elsewhere", a.ID); !errors.Is(err, desk.ErrNotFound) {
		f.Errorf("another village reads it: %v", err)
	}
}
