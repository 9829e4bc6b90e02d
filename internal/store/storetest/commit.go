package storetest

import (
	"errors"
	"sync"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"sanshi/internal/desk"
	"sanshi/internal/dialogue"
	"sanshi/internal/directory"
	"sanshi/internal/matter"
	"sanshi/internal/message"
)

func commitRoundTrip(f *fixture) {
	in := f.text(wang, "村口路灯坏了三天了")
	m := f.light(wang)
	m.Photos, m.Revealed = []string{"p1"}, []string{"li"}
	m.Before = &matter.Before{On: matter.Correct, By: "li", At: f.now(), State: matter.Sorting}
	r := directory.Resident{Village: vid, Address: wang, Name: "老王", Area: "g1", Place: "村口", Language: "zh-Hans",
		Channel: "sms", Sender: villageNumber, Contact: "quiet", OptOut: directory.Soft, OptOutAt: f.now(), Greeted: true}
	d := dialogue.State{Village: vid, Address: wang, Held: []dialogue.Fragment{{ID: in.ID, Text: "在吗", At: f.now()}},
		WakeAt: f.now().Add(time.Hour), Topic: m.ID}
	out := f.reply(wang, "已记下")
	out.Matter = m.ID
	f.ok(f.Commit(f.ctx, desk.Change{Village: vid, Inbound: &in, Result: "matter", About: []string{m.ID}, Resident: &r,
		Dialogue: &d, Matters: []matter.Matter{m}, Events: []matter.Event{raised(m)}, Outbox: []message.Outbound{out}}))

	sc, err := f.Scene(f.ctx, in)
	f.ok(err)
	r.Version, d.Version = 1, 1
	same := cmp.Options{cmpopts.EquateEmpty(), cmpopts.EquateApproxTime(time.Millisecond)}
	if diff := cmp.Diff(r, sc.Resident, same); diff != "" {
		f.Error(diff)
	}
	if diff := cmp.Diff(d, sc.Dialogue, same); diff != "" {
		f.Error(diff)
	}
	if diff := cmp.Diff([]matter.Matter{m}, sc.Matters, same); diff != "" {
		f.Error(diff)
	}
	if sc.Village.Name != "向阳村" || sc.Village.Location.String() != "Asia/Shanghai" {
		f.Errorf("village: %+v", sc.Village)
	}
	events, err := f.Events(f.ctx, vid, m.Number)
	f.ok(err)
	if diff := cmp.Diff([]matter.Event{raised(m)}, events, same); diff != "" {
		f.Error(diff)
	}
	lines, err := f.Messages(f.ctx, vid, m.ID)
	f.ok(err)
	if len(lines) != 2 || lines[0].Direction != "in" || lines[0].Status != "handled" || lines[1].Text != "已记下" ||
		lines[1].Segments != 1 || lines[1].Status != "queued" {
		f.Errorf("messages: %+v", lines)
	}
	f.counts(1, 1)
}

// commitAllOrNone: the last part of a change is refused, and nothing of it stays.
func commitAllOrNone(f *fixture) {
	in := f.text(wang, "路灯")
	m, other := f.light(wang), f.raise(chen)
	stale, e := stepped(other, matter.Note, other.State, "x", f.now())
	f.step(other, matter.Note, other.State, "first")
	err := f.Commit(f.ctx, desk.Change{Village: vid, Inbound: &in, Resident: &directory.Resident{Address: wang},
		Dialogue: &dialogue.State{Address: wang}, Matters: []matter.Matter{m, stale}, Events: []matter.Event{raised(m), e},
		Outbox: []message.Outbound{f.reply(wang, "好")}, Callbacks: []directory.Callback{{Address: wang, Reason: "person"}}})
	if !errors.Is(err, desk.ErrStale) {
		f.Fatalf("got %v", err)
	}
	sc, err := f.Scene(f.ctx, in)
	f.ok(err)
	if sc.Resident.Version != 0 || sc.Dialogue.Version != 0 || len(sc.Matters) != 0 {
		f.Errorf("something was written: %+v", sc)
	}
	f.counts(1, 0)
	if ids := f.claimed(5); len(ids) != 0 {
		f.Errorf("a reply was queued: %v", ids)
	}
	if calls, err := f.Callbacks(f.ctx, vid, true); err != nil || len(calls) != 0 {
		f.Errorf("calls: %v %v", calls, err)
	}
}

// commitFence: many workers answer one text, one succeeds.
func commitFence(f *fixture) {
	in := f.text(wang, "路灯")
	var mu sync.Mutex
	won := 0
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			err := f.Commit(f.ctx, desk.Change{Village: vid, Inbound: &in, Outbox: []message.Outbound{f.reply(wang, "好")}})
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				won++
			case !errors.Is(err, desk.ErrHandled):
				f.Errorf("%v", err)
			}
		})
	}
	all.Wait()
	var rows int
	f.ok(f.place.SQL.QueryRow(`SELECT COUNT(*) FROM outbox`).Scan(&rows))
	if won != 1 || rows != 1 {
		f.Fatalf("%d won, %d replies", won, rows)
	}
	f.counts(1, 1)
}

// commitStaleAlone: in a crowd of changes and texts the stale ones fail, no other.
func commitStaleAlone(f *fixture) {
	old := f.raise(wang)
	f.step(old, matter.Note, old.State, "moved on")
	var all sync.WaitGroup
	for i := range 40 {
		all.Go(func() {
			if i%4 == 0 {
				m, e := stepped(old, matter.Note, old.State, "late", f.now())
				err := f.Commit(f.ctx, desk.Change{Village: vid, Matters: []matter.Matter{m}, Events: []matter.Event{e},
					Outbox: []message.Outbound{f.reply(wang, "never")}})
				if !errors.Is(err, desk.ErrStale) {
					f.Errorf("a stale change: %v", err)
				}
				return
			}
			m := f.light(chen)
			if err := f.Commit(f.ctx, desk.Change{Village: vid, Matters: []matter.Matter{m}, Events: []matter.Event{raised(m)},
				Outbox: []message.Outbound{f.reply(chen, "好")}}); err != nil {
				f.Errorf("a good change: %v", err)
			}
			if _, err := f.Take(f.ctx, sid(i)); err != nil {
				f.Errorf("a text: %v", err)
			}
		})
	}
	all.Wait()
	f.inbound(30)
	st, err := f.Stats(f.ctx, vid)
	f.ok(err)
	var rows int64
	f.ok(f.place.SQL.QueryRow(`SELECT COUNT(*) FROM outbox`).Scan(&rows))
	if st.Outbound.Queued != 30 || rows != 30 {
		f.Fatalf("queued %d rows %d, want 30", st.Outbound.Queued, rows)
	}
}

func commitVersions(f *fixture) {
	r := directory.Resident{Address: wang, Name: "一"}
	f.ok(f.Commit(f.ctx, desk.Change{Village: vid, Resident: &r}))
	if err := f.Commit(f.ctx, desk.Change{Village: vid, Resident: &r}); !errors.Is(err, desk.ErrStale) {
		f.Errorf("a resident made twice: %v", err)
	}
	r.Version, r.Name = 1, "二"
	f.ok(f.Commit(f.ctx, desk.Change{Village: vid, Resident: &r}))
	if err := f.Commit(f.ctx, desk.Change{Village: vid, Resident: &r}); !errors.Is(err, desk.ErrStale) {
		f.Errorf("a resident from an old version: %v", err)
	}
	d := dialogue.State{Address: wang}
	f.ok(f.Commit(f.ctx, desk.Change{Village: vid, Dialogue: &d}))
	d.Version = 1
	f.ok(f.Commit(f.ctx, desk.Change{Village: vid, Dialogue: &d}))
	if err := f.Commit(f.ctx, desk.Change{Village: vid, Dialogue: &d}); !errors.Is(err, desk.ErrStale) {
		f.Errorf("a talk from an old version: %v", err)
	}
	m := f.light(wang)
	if err := f.Commit(f.ctx, desk.Change{Village: vid, Events: []matter.Event{raised(m)}}); err == nil {
		f.Error("events without their matter were taken")
	}
	m.Version = 3
	if err := f.Commit(f.ctx, desk.Change{Village: vid, Matters: []matter.Matter{m}, Events: []matter.Event{raised(m)}}); err == nil {
		f.Error("an event out of order was taken")
	}
}

func commitKey(f *fixture) {
	k := desk.Key{Village: vid, Key: "k1", Matter: "m1", Digest: "d1", At: f.now()}
	if _, ok, err := f.Repeated(f.ctx, vid, "k1"); ok || err != nil {
		f.Fatal("a key was known before", err)
	}
	f.ok(f.Commit(f.ctx, desk.Change{Village: vid, Key: &k, Outbox: []message.Outbound{f.reply(wang, "once")}}))
	got, ok, err := f.Repeated(f.ctx, vid, "k1")
	f.ok(err)
	if !ok || got.Matter != "m1" || got.Digest != "d1" {
		f.Fatalf("%+v", got)
	}
	again := desk.Change{Village: vid, Key: &k, Outbox: []message.Outbound{f.reply(wang, "twice")}}
	if err := f.Commit(f.ctx, again); !errors.Is(err, desk.ErrRepeated) {
		f.Fatalf("got %v", err)
	}
	if ids := f.claimed(5); len(ids) != 1 {
		f.Fatalf("replies: %v", ids)
	}
	f.pass(8 * 24 * time.Hour)
	if _, ok, err := f.Repeated(f.ctx, vid, "k1"); ok || err != nil {
		f.Fatal("a key lives too long", err)
	}
	f.ok(f.Commit(f.ctx, again))
	f.pass(8 * 24 * time.Hour)
	f.ok(f.Tidy(f.ctx))
}

func commitParties(f *fixture) {
	target, merged := f.raise(wang), f.raise(chen)
	add := func(who message.Address, from string) desk.Change {
		return desk.Change{Village: vid, Parties: []desk.Party{{Matter: target.ID, Address: who, From: from}}}
	}
	const zhao = message.Address("sms:+8613800000003")
	f.ok(f.Commit(f.ctx, add(chen, merged.ID)))
	f.ok(f.Commit(f.ctx, add(chen, merged.ID)))
	f.ok(f.Commit(f.ctx, add(zhao, merged.ID)))
	f.ok(f.Commit(f.ctx, add(zhao, "")))
	f.parties(target.ID, chen, zhao)
	f.ok(f.Commit(f.ctx, desk.Change{Village: vid, Parties: []desk.Party{{Matter: target.ID, From: merged.ID, Remove: true}}}))
	f.parties(target.ID, zhao)
}

func (f *fixture) parties(id string, want ...message.Address) {
	f.Helper()
	m, err := f.Matter(f.ctx, vid, id)
	f.ok(err)
	if diff := cmp.Diff(want, m.Parties); diff != "" {
		f.Error(diff)
	}
}
