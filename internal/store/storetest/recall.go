package storetest

import (
	"time"

	"sanshi/internal/desk"
	"sanshi/internal/dialogue"
	"sanshi/internal/directory"
	"sanshi/internal/matter"
	"sanshi/internal/message"
)

func recalling() []named {
	return []named{
		{"Recall/Unsent", recallUnsent},
		{"Recall/Reached", recallReached},
		{"Recall/Untrue", recallUntrue},
		{"Recall/Calls", recallCalls},
		{"Merge/Chain", mergeChain},
	}
}

// news is a text about a matter, held for a minute.
func (f *fixture) news(to message.Address, words, id string) message.Outbound {
	o := f.reply(to, words)
	o.Priority, o.Matter, o.Topic, o.NotBefore = message.News, id, "news:"+id, f.now().Add(time.Minute)
	return o
}

func (f *fixture) recall(r dialogue.Recall) {
	f.Helper()
	r.Matter, r.Topics = "m", []string{"news:m"}
	f.ok(f.Commit(f.ctx, desk.Change{Village: vid, Recalls: []dialogue.Recall{r}}))
}

func (f *fixture) queued() int64 {
	f.Helper()
	st, err := f.Stats(f.ctx, vid)
	f.ok(err)
	return st.Outbound.Queued
}

// A held text holds up nothing, and when what it tells is undone it never leaves:
// nobody hears of either. What it had replaced waits again.
func recallUnsent(f *fixture) {
	older := f.news(wang, "claimed", "m")
	older.NotBefore = f.now().Add(time.Hour)
	f.send(older)
	f.pass(time.Second)
	since := f.now()
	held, other := f.news(wang, "approved", "m"), f.reply(wang, "an answer")
	f.send(held, other)
	f.expect(f.claimed(9), other.ID)
	f.through(other.ID)
	if s := f.status(older.ID); s != "superseded" {
		f.Fatalf("the older one is %s", s)
	}
	f.recall(dialogue.Recall{Undo: true, Since: since, Instead: []message.Outbound{f.reply(wang, "sorted again")}})
	if a, b := f.status(held.ID), f.status(older.ID); a != "recalled" || b != "queued" {
		f.Fatalf("the undone one is %s, the one before it %s", a, b)
	}
	if n := f.queued(); n != 1 {
		f.Fatalf("%d are counted as queued", n)
	}
	f.pass(2 * time.Minute)
	f.expect(f.claimed(9))
	f.pass(time.Hour)
	f.expect(f.claimed(9), older.ID)
}

// Whom the text had reached, or whose text a sender has in hand, is told of the
// undo; the others of the same change are not.
func recallReached(f *fixture) {
	since := f.now()
	sent, held := f.news(wang, "declined", "m"), f.news(chen, "declined", "m")
	sent.NotBefore = time.Time{}
	f.send(sent, held)
	f.expect(f.claimed(9), sent.ID) // on its way: it wins
	tell := []message.Outbound{f.reply(wang, "sorted again"), f.reply(chen, "sorted again")}
	f.recall(dialogue.Recall{Undo: true, Since: since, Instead: tell})
	f.through(sent.ID)
	f.expect(f.claimed(9), tell[0].ID)
	f.through(tell[0].ID)
	f.pass(time.Hour)
	f.expect(f.claimed(9))
	if n := f.queued(); n != 0 {
		f.Fatalf("%d are counted as queued", n)
	}
}

// What became untrue is dropped and nothing said instead; a text of another topic
// or matter stays.
func recallUntrue(f *fixture) {
	gone, other, question := f.news(wang, "approved", "m"), f.news(wang, "approved", "n"), f.news(wang, "which pole?", "m")
	question.Topic = ""
	f.send(gone, other, question)
	f.recall(dialogue.Recall{})
	f.pass(time.Minute)
	f.expect(f.claimed(9), other.ID)
	f.through(other.ID)
	f.expect(f.claimed(9), question.ID)
}

// A call that the undone act asked for is off the list; one that was tried is not,
// and she is called again.
func recallCalls(f *fixture) {
	since := f.now()
	call := func(who message.Address) directory.Callback {
		return directory.Callback{ID: f.newID(), Village: vid, Address: who, Reason: directory.CallOptOut, Matter: "m", At: f.now()}
	}
	f.ok(f.Commit(f.ctx, desk.Change{Village: vid, Callbacks: []directory.Callback{call(wang), call(chen)}}))
	open, err := f.Callbacks(f.ctx, vid, true)
	f.ok(err)
	for _, c := range open {
		if c.Address == chen {
			c.DoneBy, c.DoneAt, c.Result = "li", f.now(), "reached"
			f.ok(f.Commit(f.ctx, desk.Change{Village: vid, Callbacks: []directory.Callback{c}}))
		}
	}
	f.pass(time.Second)
	f.recall(dialogue.Recall{Undo: true, Since: since, Calls: []directory.Callback{call(wang), call(chen)}})
	if open, err = f.Callbacks(f.ctx, vid, true); err != nil || len(open) != 1 || open[0].Address != chen {
		f.Fatalf("%v %+v", err, open)
	}
}

// The first is merged into the second, that into the third. Whoever is split off
// takes her people out of all that it became part of.
func mergeChain(f *fixture) {
	a, b, c := f.raise(wang), f.raise(chen), f.raise("sms:+8613800000777")
	join := func(from, into matter.Matter, who ...message.Address) matter.Matter {
		next, e := stepped(from, matter.Merge, matter.Merged, "", f.now())
		next.MergedInto = into.ID
		change := desk.Change{Village: vid, Matters: []matter.Matter{next}, Events: []matter.Event{e}}
		for _, w := range who {
			change.Parties = append(change.Parties, desk.Party{Matter: into.ID, Address: w, From: from.ID, Seen: into.Version})
		}
		f.ok(f.Commit(f.ctx, change))
		return next
	}
	parties := func(id string) int {
		m, err := f.Matter(f.ctx, vid, id)
		f.ok(err)
		return len(m.Parties)
	}
	join(a, b, wang)
	join(b, c, chen, wang)
	room, err := f.Room(f.ctx, vid, c.ID, "")
	f.ok(err)
	if len(room.Merged) != 2 || parties(c.ID) != 2 {
		f.Fatalf("%d became part of it, it concerns %d besides", len(room.Merged), parties(c.ID))
	}
	f.ok(f.Commit(f.ctx, desk.Change{Village: vid, Parties: []desk.Party{{Matter: b.ID, From: a.ID, Remove: true}}}))
	if parties(c.ID) != 1 || parties(b.ID) != 0 {
		f.Fatalf("after the split: %d and %d", parties(c.ID), parties(b.ID))
	}
}
