package storetest

import (
	"errors"
	"slices"
	"time"

	"sanshi/internal/channel"
	"sanshi/internal/desk"
	"sanshi/internal/dialogue"
	"sanshi/internal/directory"
	"sanshi/internal/matter"
	"sanshi/internal/message"
)

func traying() []named {
	return []named{{"Trays", trays}, {"Trays/Lists", lists}, {"Trays/Pile", pile}, {"Trays/Stopped", stopped}}
}

// trays: of two nodes that look into one tray at once, one is stale; a nudge for
// what just came makes stale whoever has not seen it.
func trays(f *fixture) {
	at := f.now()
	f.ok(f.Commit(f.ctx, desk.Change{Village: vid, Nudges: []dialogue.Nudge{{Staff: "li", At: at.Add(time.Hour)}}}))
	if due, err := f.DueTrays(f.ctx, at, 10); err != nil || len(due) != 0 {
		f.Fatalf("due before its time: %v, %v", due, err)
	}
	due, err := f.DueTrays(f.ctx, at.Add(time.Hour), 10)
	f.ok(err)
	if len(due) != 1 || due[0].Village != vid || due[0].Staff != "li" {
		f.Fatalf("due: %+v", due)
	}
	one, err := f.Tray(f.ctx, vid, "li")
	f.ok(err)
	other := one
	one.Morning, one.LookAt, one.Items = "2026-11-23", at.Add(24*time.Hour), []dialogue.Item{{Matter: "m1", Version: 3}}
	f.ok(f.Commit(f.ctx, desk.Change{Village: vid, Tray: &one}))
	if err := f.Commit(f.ctx, desk.Change{Village: vid, Tray: &other, Outbox: []message.Outbound{f.reply(wang, "twice")}}); !errors.Is(err, desk.ErrStale) {
		f.Fatalf("the second look of the same morning: %v, want ErrStale", err)
	}
	kept, err := f.Tray(f.ctx, vid, "li")
	f.ok(err)
	if kept.Morning != one.Morning || !kept.LookAt.Equal(one.LookAt) || !slices.Equal(kept.Items, one.Items) || kept.Village != vid || kept.Staff != "li" {
		f.Fatalf("kept %+v, want %+v", kept, one)
	}
	// For the morning only: a look is planned already, nothing changes.
	f.ok(f.Commit(f.ctx, desk.Change{Village: vid, Nudges: []dialogue.Nudge{{Staff: "li", At: at}}}))
	if again, err := f.Tray(f.ctx, vid, "li"); err != nil || again.Version != kept.Version || !again.LookAt.Equal(kept.LookAt) {
		f.Fatalf("a nudge for the morning moved the look: %+v, %v", again, err)
	}
	f.ok(f.Commit(f.ctx, desk.Change{Village: vid, Nudges: []dialogue.Nudge{{Staff: "li", At: at, Now: true}}}))
	if err := f.Commit(f.ctx, desk.Change{Village: vid, Tray: &kept}); !errors.Is(err, desk.ErrStale) {
		f.Fatalf("a look that has not seen what came: %v, want ErrStale", err)
	}
	if due, err := f.DueTrays(f.ctx, at, 10); err != nil || len(due) != 1 {
		f.Fatalf("what just came is not looked at: %v, %v", due, err)
	}
}

// lists: what the staff were asked is apart from what the resident on the same
// phone was asked; a text that did not go out asks nothing.
func lists(f *fixture) {
	lane := message.Lane{Village: vid, Address: wang}
	first, hers := f.question("desk_sort"), f.question("rate")
	f.send(first)
	f.pass(time.Second)
	f.claimed(1)
	f.ok(f.Report(f.ctx, channel.Report{Village: vid, ID: first.ID, Status: message.Accepted}, f.now()))
	f.send(hers)
	f.pass(time.Second)
	f.claimed(1)
	f.ok(f.Report(f.ctx, channel.Report{Village: vid, ID: hers.ID, Status: message.Accepted}, f.now()))
	if k := f.ask(f.now()); k != "rate" {
		f.Fatalf("the resident was asked %q", k)
	}
	all, err := f.Lists(f.ctx, lane, f.now())
	f.ok(err)
	if len(all) != 1 || all[0].ID != first.ID || !slices.Equal(all[0].Options, []string{"a", "b"}) {
		f.Fatalf("lists: %+v", all)
	}
	if all, err := f.Lists(f.ctx, lane, all[0].At.Add(-time.Millisecond)); err != nil || len(all) != 0 {
		f.Fatalf("an answer that came before meets %+v, %v", all, err)
	}
	if all, err := f.Lists(f.ctx, lane, f.now().Add(8*24*time.Hour)); err != nil || len(all) != 0 {
		f.Fatalf("a week later: %+v, %v", all, err)
	}
}

// pile: what is named comes by id or number, with what waits and what she has in hand.
func pile(f *fixture) {
	waits, hers := f.raise(wang), f.raise(chen)
	hers = f.step(hers, matter.Approve, matter.Queued, "")
	hers.Assignee = "zhao"
	hers = f.step(hers, matter.Claim, matter.Handling, "")
	done := f.step(f.raise(chen), matter.Decline, matter.Declined, "no")
	all, err := f.Pile(f.ctx, vid, "zhao", []string{done.Number, hers.ID, "9999-9", ""})
	f.ok(err)
	var have []string
	for _, m := range all {
		have = append(have, m.ID)
	}
	if !slices.Equal(have, []string{done.ID, hers.ID, waits.ID}) {
		f.Errorf("the pile is %v, want the named, then what she has, then what waits", have)
	}
	if all, err := f.Pile(f.ctx, vid, "nobody", nil); err != nil || len(all) != 1 {
		f.Errorf("%d lie before a stranger, %v; want what waits only", len(all), err)
	}
}

// stopped: who sent a stop word is known to every node at once, and a village file
// that is taken in again does not change it.
func stopped(f *fixture) {
	with := *f.village()
	with.Staff = slices.Clone(with.Staff)
	with.Staff[0].Phone = "+8613900000009"
	v := &with
	f.ok(f.SaveVillage(f.ctx, v, ""))
	is := func(want bool) {
		f.Helper()
		now, err := f.Village(f.ctx, vid)
		f.ok(err)
		if s, _ := now.Member(v.Staff[0].ID); s.Stopped != want {
			f.Fatalf("stopped is %v, want %v", s.Stopped, want)
		}
	}
	is(false)
	f.ok(f.Commit(f.ctx, desk.Change{Village: vid, Stops: []desk.Stop{{Staff: v.Staff[0].ID, Stopped: true}}}))
	is(true)
	f.ok(f.SaveVillage(f.ctx, v, "another-hash"))
	is(true)
	f.ok(f.Commit(f.ctx, desk.Change{Village: vid, Stops: []desk.Stop{{Staff: v.Staff[0].ID}}}))
	is(false)

	o := f.reply(message.Address("sms:"+v.Staff[0].Phone), "新到一件")
	o.Staff = v.Staff[0].ID
	f.send(o)
	f.pass(time.Second)
	f.claimed(1)
	f.ok(f.Report(f.ctx, channel.Report{Village: vid, ID: o.ID, Status: message.Failed, Code: "21610", OptedOut: true}, f.now()))
	is(true)
}

func (f *fixture) village() *directory.Village {
	f.Helper()
	v, err := f.Village(f.ctx, vid)
	f.ok(err)
	return v
}
