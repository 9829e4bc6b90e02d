package storetest

import (
	"errors"
	"sync"
	"time"

	"sanshi/internal/catalog"
	"sanshi/internal/desk"
	"sanshi/internal/directory"
	"sanshi/internal/matter"
)

func refining() []named {
	return []named{
		{"Refine/Lease", doubtsLease},
		{"Refine/PutOff", doubtsPutOff},
		{"Refine/AnswerOnce", doubtsAnswerOnce},
		{"Refine/Budget", modelBudget},
		{"Refine/Lessons", lessons},
		{"Refine/Names", namesIn},
	}
}

// doubted is a matter with a question to the model.
func (f *fixture) doubted() matter.Matter {
	f.Helper()
	m := f.light(wang)
	f.ok(f.Commit(f.ctx, desk.Change{Village: vid, Matters: []matter.Matter{m}, Events: []matter.Event{raised(m)}, Refine: []string{m.ID}}))
	return m
}

// toAsk claims what there is to ask.
func (f *fixture) toAsk() []desk.Doubt {
	f.Helper()
	all, err := f.Doubts(f.ctx, 10)
	f.ok(err)
	return all
}

func (f *fixture) toAskIs(when string, tries ...int) {
	f.Helper()
	all := f.toAsk()
	if len(all) != len(tries) {
		f.Fatalf("%s: %d questions are due, want %d", when, len(all), len(tries))
	}
	for i, d := range all {
		if d.Tries != tries[i] {
			f.Errorf("%s: it is try %d, want %d", when, d.Tries, tries[i])
		}
	}
}

// A question is left to who claimed it for a while; whoever dies has tried once.
func doubtsLease(f *fixture) {
	f.doubted()
	f.toAskIs("at once", 1)
	f.toAskIs("while it is claimed")
	f.ok(f.Close())
	f.open() // as after kill -9
	f.pass(2*time.Minute + time.Second)
	f.toAskIs("after the lease", 2)
	for n := 3; n <= 5; n++ {
		f.pass(3 * time.Minute)
		f.toAskIs("again", n)
	}
	f.pass(3 * time.Minute)
	f.toAskIs("after five that died")
	f.pass(time.Hour)
	f.toAskIs("dead")
}

func doubtsPutOff(f *fixture) {
	f.doubted()
	d := f.toAsk()[0]
	f.ok(f.DoubtWaits(f.ctx, d, f.now().Add(time.Hour)))
	f.pass(time.Hour - time.Second)
	f.toAskIs("before its time")
	f.pass(time.Second)
	d = f.toAsk()[0]
	if d.Tries != 1 {
		f.Errorf("waiting counted as try %d", d.Tries)
	}
	for n := 1; n <= 5; n++ {
		dead, err := f.DoubtFailed(f.ctx, d, f.now().Add(time.Minute), "no answer")
		f.ok(err)
		if dead != (n == 5) {
			f.Errorf("failure %d: dead %v", n, dead)
		}
		f.pass(time.Minute)
		if n < 5 {
			d = f.toAsk()[0]
		}
	}
	f.toAskIs("after five failures")
}

// An answer counts once: the task it ends must be there.
func doubtsAnswerOnce(f *fixture) {
	m := f.doubted()
	next, e := stepped(m, matter.Suggest, matter.Sorting, "", f.now())
	c := desk.Change{Village: vid, Matters: []matter.Matter{next}, Events: []matter.Event{e}, Refined: m.ID}
	f.ok(f.Commit(f.ctx, c))
	if err := f.Commit(f.ctx, c); !errors.Is(err, desk.ErrHandled) {
		f.Errorf("the second answer: %v", err)
	}
	other := f.doubted()
	f.ok(f.DoubtOver(f.ctx, f.toAsk()[0]))
	if err := f.Commit(f.ctx, desk.Change{Village: vid, Refined: other.ID}); !errors.Is(err, desk.ErrHandled) {
		f.Errorf("an answer to a question that is over: %v", err)
	}
}

// A day's budget holds for all who spend at once, over restarts, by village.
func modelBudget(f *fixture) {
	limit := directory.Model{Calls: 10, Tokens: 10_000}
	var mu sync.Mutex
	var wg sync.WaitGroup
	paid := 0
	for range 30 {
		wg.Go(func() {
			ok, err := f.SpendModel(f.ctx, vid, "2026-04-27", 100, limit)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				f.Error(err)
			} else if ok {
				paid++
			}
		})
	}
	wg.Wait()
	f.ok(f.Close())
	f.open()
	spend := func(village, day string, tokens int, want bool) {
		f.Helper()
		ok, err := f.SpendModel(f.ctx, village, day, tokens, limit)
		f.ok(err)
		if ok != want {
			f.Errorf("%s %s %d tokens: paid %v, want %v", village, day, tokens, ok, want)
		}
	}
	if paid != 10 {
		f.Errorf("%d of 30 calls were paid, want 10", paid)
	}
	spend(vid, "2026-04-27", 1, false)
	spend("other", "2026-04-27", 1, true)
	spend(vid, "2026-04-28", 9_000, true)
	spend(vid, "2026-04-28", 1_001, false)
	f.ok(f.SettleModel(f.ctx, vid, "2026-04-28", -8_000))
	spend(vid, "2026-04-28", 1_001, true)
	spend(vid, "2026-04-29", 10_001, false)
	calls, tokens, err := f.ModelUse(f.ctx, vid, "2026-04-28")
	f.ok(err)
	if calls != 2 || tokens != 2_001 {
		f.Errorf("the day cost %d calls and %d tokens", calls, tokens)
	}
}

// What a person put right is a lesson, until it is put back; never what is private,
// and without words once she is erased.
func lessons(f *fixture) {
	correct := func(m matter.Matter, private bool) matter.Matter {
		next, e := stepped(m, matter.Correct, m.State, "", f.now())
		e.Detail = matter.Detail{Code: "V8", Source: "staff", Private: private}
		next.Code, next.Private = "V8", private
		f.ok(f.Commit(f.ctx, desk.Change{Village: vid, Matters: []matter.Matter{next}, Events: []matter.Event{e}}))
		f.pass(time.Second)
		return next
	}
	first, second := correct(f.raise(wang), false), correct(f.raise(chen), false)
	correct(f.raise(chen), true)
	f.step(f.raise(chen), matter.Approve, matter.Queued, "")
	all, err := f.Lessons(f.ctx, vid)
	f.ok(err)
	if len(all) != 2 || all[0].ID != second.ID || all[1].ID != first.ID || all[0].Code != "V8" || all[0].Kind != catalog.VillageRun || all[0].Text == "" {
		f.Fatalf("%d lessons: %+v", len(all), all)
	}
	f.step(second, matter.Undo, matter.Sorting, "")
	f.eraseOf(wang)
	all, err = f.Lessons(f.ctx, vid)
	f.ok(err)
	if len(all) > 1 || len(all) == 1 && all[0].Text != "" {
		f.Errorf("%d lessons are left: %+v", len(all), all)
	}
}

func namesIn(f *fixture) {
	f.ok(f.SaveResidents(f.ctx, vid, []directory.Resident{{Village: vid, Address: wang, Name: "王大娘"}, {Village: vid, Address: chen, Name: "%"}}))
	for text, want := range map[string]int{"找王大娘修灯": 1, "找王大爷修灯": 0} {
		names, err := f.NamesIn(f.ctx, vid, text)
		f.ok(err)
		n := 0
		for _, name := range names {
			if name == "王大娘" {
				n++
			}
		}
		if n != want {
			f.Errorf("%q: found %q", text, names)
		}
	}
}
