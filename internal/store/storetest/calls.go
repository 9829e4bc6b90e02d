package storetest

import (
	"errors"
	"time"

	"sanshi/internal/channel"
	"sanshi/internal/desk"
	"sanshi/internal/directory"
	"sanshi/internal/matter"
	"sanshi/internal/message"
)

// caring is the part about people's own: calls they were promised, what is kept
// of them, and that it goes.
func caring() []named {
	return []named{
		{"Calls/Once", callbacks},
		{"Calls/LostTexts", lostTexts},
		{"Erase/NothingIsLeft", eraseAll},
		{"Erase/OfAJoiner", eraseJoiner},
		{"Erase/APageOfTwo", erasePage},
		{"Erase/ByAge", eraseByAge},
		{"People/Residents", residents},
	}
}

// listed commits calls and reads the open ones.
func (f *fixture) listed(calls ...directory.Callback) []directory.Callback {
	f.Helper()
	f.ok(f.Commit(f.ctx, desk.Change{Village: vid, Callbacks: calls}))
	open, err := f.Callbacks(f.ctx, vid, true)
	f.ok(err)
	return open
}

// callbacks: one call for one cause, changed by who read it last, counted.
func callbacks(f *fixture) {
	due := f.now().Add(time.Hour)
	ask := directory.Callback{ID: "c1", Address: wang, Reason: directory.CallPerson, Note: "请回电", DueAt: due}
	again := ask
	again.ID, again.Note, again.DueAt = "c2", "下午三点以后", due.Add(time.Hour)
	open := f.listed(ask, again, directory.Callback{ID: "c3", Address: chen, Reason: directory.CallPerson})
	if len(open) != 2 || open[1].ID != "c1" || open[1].Note != "请回电\n下午三点以后" || !open[1].DueAt.Equal(due) || !open[1].At.Equal(f.now()) {
		f.Fatalf("the same cause is not listed once, or not with all words and the first promise: %+v", open)
	}
	if now, err := f.DueCalls(f.ctx, f.now(), 9); err != nil || len(now) != 2 {
		f.Fatalf("a new call is not looked at by the clock: %+v %v", now, err)
	}
	c := open[1]
	c.For, c.NextAt, c.TriedAt, c.DoneAt, c.DoneBy, c.Result, c.Remark = "li", time.Time{}, f.now(), f.now(), "li", "reached", "说好了"
	f.ok(f.Commit(f.ctx, desk.Change{Village: vid, Callbacks: []directory.Callback{c}}))
	if err := f.Commit(f.ctx, desk.Change{Village: vid, Callbacks: []directory.Callback{c}}); !errors.Is(err, desk.ErrStale) {
		f.Fatalf("changed twice from one reading: %v", err)
	}
	late := open[0]
	late.DueAt, late.DoneAt = f.now().Add(-time.Hour), f.now()
	f.ok(f.Commit(f.ctx, desk.Change{Village: vid, Callbacks: []directory.Callback{late}}))
	ask.ID = "c4"
	if open = f.listed(ask); len(open) != 1 {
		f.Fatalf("what was done keeps the same cause from being listed anew: %+v", open)
	}
	done, err := f.Callback(f.ctx, vid, "c1")
	f.ok(err)
	if done.DoneBy != "li" || done.Remark != "说好了" || !done.DoneAt.Equal(f.now()) {
		f.Fatalf("%+v", done)
	}
	if _, err := f.Callback(f.ctx, vid, "nobody"); !errors.Is(err, desk.ErrNotFound) {
		f.Fatal(err)
	}
	stats, err := f.Stats(f.ctx, vid)
	f.ok(err)
	if n := stats.Calls; n.Open != 1 || n.Kept != 1 || n.Late != 1 {
		f.Errorf("counted %+v", n)
	}
}

// lostTexts: what was not told to her is told by a person, once for each cause.
func lostTexts(f *fixture) {
	m := f.light(wang)
	m.Private = true
	f.ok(f.Commit(f.ctx, desk.Change{Village: vid, Matters: []matter.Matter{m}, Events: []matter.Event{raised(m)}}))
	lose := func(o message.Outbound) {
		f.Helper()
		f.ok(f.Commit(f.ctx, desk.Change{Village: vid, Outbox: []message.Outbound{o}}))
		f.claimed(1)
		f.ok(f.Report(f.ctx, channel.Report{Village: vid, ID: o.ID, Status: message.Failed, Error: "30003"}, f.now()))
	}
	answer, second, news, closing, question := f.reply(wang, "记下了"), f.reply(wang, "在的"), f.reply(wang, "有人接了"), f.reply(wang, "办好了"), f.reply(wang, "哪一家")
	news.Priority, closing.Priority, question.Priority = message.News, message.News, message.News
	closing.Closing, closing.Matter, question.Matter = true, m.ID, m.ID
	question.Ask = &message.Ask{ID: question.ID, Kind: "staff", Matter: m.ID}
	for _, o := range []message.Outbound{answer, second, news, closing, question} {
		lose(o)
	}
	open, err := f.Callbacks(f.ctx, vid, true)
	f.ok(err)
	reasons := map[string]int{}
	for _, c := range open {
		reasons[c.Reason]++
		if c.Matter != "" && (!c.Private || c.Number != m.Number) {
			f.Errorf("a call about a private matter does not say so: %+v", c)
		}
	}
	if len(open) != 3 || reasons[directory.CallUndelivered] != 1 || reasons[directory.CallClosing] != 1 || reasons[directory.CallQuestion] != 1 {
		f.Errorf("the calls are %v", reasons)
	}
	about, err := f.CallsAbout(f.ctx, vid, m.ID)
	if err != nil || len(about) != 2 {
		f.Errorf("%d calls about the matter, %v", len(about), err)
	}
}
