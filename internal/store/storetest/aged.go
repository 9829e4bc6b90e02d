package storetest

import (
	"time"

	"sanshi/internal/desk"
	"sanshi/internal/directory"
	"sanshi/internal/matter"
	"sanshi/internal/message"
)

// eraseByAge: words of ended matters and old texts go, open matters keep theirs,
// and the record stays whole.
func eraseByAge(f *fixture) {
	const gone, stays = "水管漏了满屋子都是水", "村口的大树要倒了"
	said := func(words string, end bool) matter.Matter {
		f.Helper()
		in := f.text(wang, words)
		m := f.light(wang)
		m.Text, m.Summary, m.Reason = words, words, words
		o := f.reply(wang, "记下了："+words)
		o.Matter = m.ID
		f.ok(f.Commit(f.ctx, desk.Change{Village: vid, Inbound: &in, About: []string{m.ID}, Matters: []matter.Matter{m},
			Events: []matter.Event{raised(m)}, Outbox: []message.Outbound{o}}))
		f.through(f.claimed(1)...)
		if end {
			m = f.step(m, matter.Decline, matter.Declined, "没有预算")
		}
		return m
	}
	old, open := said(gone, true), said(stays, false)
	noise := f.text(chen, "哈哈哈哈哈哈")
	f.ok(f.Commit(f.ctx, desk.Change{Village: vid, Inbound: &noise, Result: "held",
		Callbacks: []directory.Callback{{ID: "c9", Address: chen, Reason: "person", Note: "打给我"}}}))
	c, err := f.Callback(f.ctx, vid, "c9")
	f.ok(err)
	c.DoneAt, c.DoneBy, c.Remark = f.now(), "li", "说了哈哈"
	f.ok(f.Commit(f.ctx, desk.Change{Village: vid, Callbacks: []directory.Callback{c}}))
	f.seal(1)
	f.pass(400 * 24 * time.Hour)
	young := f.text(wang, "还有一件新的事")
	before := f.now().Add(-365 * 24 * time.Hour)

	for more := true; more; {
		_, more, err = f.AgeTexts(f.ctx, vid, before, before)
		f.ok(err)
	}
	if n, err := f.AgeCalls(f.ctx, vid, before); err != nil || n != 1 {
		f.Errorf("%d calls, %v", n, err)
	}
	f.absent("哈哈", "打给我")
	aged, err := f.AgedMatters(f.ctx, vid, before, 9)
	f.ok(err)
	if len(aged) != 1 || aged[0].ID != old.ID || aged[0].Version != old.Version {
		f.Fatalf("of %s and %s old enough is %+v", old.ID, open.ID, aged)
	}
	next, e := stepped(old, matter.Erase, old.State, "", f.now())
	next.EndedAt = old.EndedAt
	f.ok(f.Commit(f.ctx, desk.Change{Village: vid, Matters: []matter.Matter{next}, Events: []matter.Event{e}, Wipe: old.ID}))
	f.absent(gone, "没有预算")
	if aged, err = f.AgedMatters(f.ctx, vid, before, 9); err != nil || len(aged) != 0 {
		f.Errorf("erased once more: %+v %v", aged, err)
	}
	if r := f.verify("", ""); r.Break != nil || r.Erased == 0 {
		f.Fatalf("the record is broken: %+v %v", r, r.Break)
	}
	left, err := f.Matter(f.ctx, vid, open.ID)
	f.ok(err)
	lines, err := f.Messages(f.ctx, vid, open.ID)
	f.ok(err)
	if left.Text != stays || left.Resident != wang || len(lines) != 2 || lines[0].Text != stays {
		f.Errorf("an open matter lost words: %+v %+v", left, lines)
	}
	if all, err := f.Conversation(f.ctx, vid, wang); err != nil || len(all) != 3 || all[2].ID != young.ID || all[2].Text == "" {
		f.Errorf("what is young, or belongs to what is open, is gone: %+v %v", all, err)
	}
}
