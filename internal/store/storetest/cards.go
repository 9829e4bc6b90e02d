package storetest

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"sanshi/internal/catalog"
	"sanshi/internal/desk"
	"sanshi/internal/matter"
	"sanshi/internal/message"
)

func carding() []named {
	return []named{
		{"Cards/Follow", cardsFollow},
		{"Cards/Doubt", cardsDoubt},
		{"Cards/Order", cardsOrder},
		{"Cards/Erased", cardsErased},
		{"Cards/Race", cardsRace},
		{"Cards/Off", cardsOff},
	}
}

// withChat opens the store again, with a chat where matters are shown.
func (f *fixture) withChat() {
	f.Helper()
	f.ok(f.Close())
	f.place.Cards = matter.CardChannels
	f.open()
	v := village(vid)
	v.Slack = map[string]string{"approvals": "C0APPROVE", "village": "C0VILLAGE", "household": "C0HOUSE"}
	f.ok(f.SaveVillage(f.ctx, v, "h-chat"))
}

func nobodyBusy(string) bool { return false }

// toDraw takes out the cards that may be drawn now, by channel.
func (f *fixture) toDraw(busy ...string) map[string]matter.Card {
	f.Helper()
	all, err := f.Cards(f.ctx, f.now(), func(c string) bool { return slices.Contains(busy, c) })
	f.ok(err)
	byChannel := map[string]matter.Card{}
	for _, c := range all {
		if _, twice := byChannel[c.Channel]; twice {
			f.Errorf("two cards of %s at once", c.Channel)
		}
		byChannel[c.Channel] = c
	}
	return byChannel
}

func (f *fixture) drawn(c matter.Card, ts string) {
	f.Helper()
	c.TS = ts
	f.ok(f.CardDrawn(f.ctx, matter.CardReport{Card: c}))
}

// cardsFollow: a matter is shown where it is, and its card is drawn again when it
// changes, as often as it takes to show the last change.
func cardsFollow(f *fixture) {
	f.withChat()
	m := f.raise(wang)
	first := f.toDraw()
	c, ok := first["C0APPROVE"]
	if !ok || len(first) != 1 || c.Matter != m.ID || c.TS != "" || !c.Begun.IsZero() {
		f.Fatalf("%+v", first)
	}
	if again := f.toDraw(); len(again) != 0 {
		f.Fatalf("a card being drawn is drawn twice: %+v", again)
	}
	m = f.step(m, matter.Approve, matter.Queued, "")
	f.drawn(c, "1.1")
	second := f.toDraw()
	if len(second) != 2 || second["C0APPROVE"].TS != "1.1" || second["C0VILLAGE"].TS != "" {
		f.Fatalf("after the approval: %+v", second)
	}
	f.drawn(second["C0APPROVE"], "1.1")
	f.drawn(second["C0VILLAGE"], "2.2")
	if left := f.toDraw(); len(left) != 0 {
		f.Fatalf("all is shown, and still wanted: %+v", left)
	}
	for range 30 { // many changes are one drawing
		m = f.step(m, matter.Note, matter.Queued, "看过了")
	}
	last := f.toDraw()
	if len(last) != 2 {
		f.Fatalf("%+v", last)
	}
	f.drawn(last["C0APPROVE"], "1.1")
	f.drawn(last["C0VILLAGE"], "2.2")
	f.ok(f.Commit(f.ctx, desk.Change{Village: vid, Parties: []desk.Party{{Matter: m.ID, Address: chen, Seen: m.Version}}}))
	if got := f.toDraw("C0APPROVE"); len(got) != 1 || got["C0VILLAGE"].TS != "2.2" {
		f.Fatalf("who joined is not shown: %+v", got)
	}
}

// cardsDoubt: a posting whose end nobody recorded is known when the card is taken
// again; one that was refused is not.
func cardsDoubt(f *fixture) {
	f.withChat()
	f.raise(wang)
	began := f.now()
	lost := f.toDraw()["C0APPROVE"]
	if early := f.toDraw(); len(early) != 0 {
		f.Fatalf("before its lease is over: %+v", early)
	}
	f.pass(31 * time.Second)
	again := f.toDraw()["C0APPROVE"]
	if !again.Begun.Equal(began) || again.Tries != lost.Tries+1 {
		f.Fatalf("nobody knows that it may have been posted: %+v", again)
	}
	f.ok(f.CardDrawn(f.ctx, matter.CardReport{Card: again, Problem: "no answer", Doubt: true, Again: f.pass(time.Second)}))
	if again = f.toDraw()["C0APPROVE"]; !again.Begun.Equal(began) {
		f.Fatalf("the doubt is forgotten: %+v", again)
	}
	f.ok(f.CardDrawn(f.ctx, matter.CardReport{Card: again, Problem: "is_archived", Again: f.now().Add(time.Minute)}))
	problems, err := f.CardProblems(f.ctx)
	f.ok(err)
	if len(problems) != 1 || problems[0] != (matter.CardProblem{Village: vid, Channel: "C0APPROVE", Problem: "is_archived", Cards: 1}) {
		f.Errorf("%+v", problems)
	}
	if got := f.toDraw(); len(got) != 0 {
		f.Fatalf("tried again too early: %+v", got)
	}
	f.pass(time.Minute)
	again = f.toDraw()["C0APPROVE"]
	if !again.Begun.IsZero() {
		f.Fatalf("a refusal is no doubt: %+v", again)
	}
	f.drawn(again, "1.1")
	if problems, err = f.CardProblems(f.ctx); err != nil || len(problems) != 0 {
		f.Errorf("%+v %v", problems, err)
	}
}

// cardsOrder: emergencies first, then what waits longest; a quiet danger nowhere.
func cardsOrder(f *fixture) {
	f.withChat()
	old := f.raise(wang)
	f.pass(time.Second)
	fire := f.light(chen)
	fire.Urgency, fire.State, fire.Code = catalog.Emergency, matter.Queued, "V9"
	quiet := f.light(chen)
	quiet.Urgency, quiet.State, quiet.Danger, quiet.Private = catalog.Emergency, matter.Queued, "violence", true
	f.ok(f.Commit(f.ctx, desk.Change{Village: vid, Matters: []matter.Matter{fire, quiet}, Events: []matter.Event{raised(fire), raised(quiet)}}))
	got := f.toDraw()
	if got["C0APPROVE"].Matter != fire.ID || got["C0VILLAGE"].Matter != fire.ID {
		f.Fatalf("the fire is not shown first: %+v", got)
	}
	f.drawn(got["C0APPROVE"], "1.1")
	f.drawn(got["C0VILLAGE"], "2.1")
	if got = f.toDraw(); len(got) != 1 || got["C0APPROVE"].Matter != old.ID {
		f.Fatalf("%+v", got)
	}
	c := got["C0APPROVE"]
	c.TS = "1.2"
	f.ok(f.CardDrawn(f.ctx, matter.CardReport{Card: c, Again: f.now().Add(time.Minute)}))
	if got = f.toDraw(); len(got) != 0 {
		f.Fatalf("%+v", got)
	}
	f.pass(time.Minute)
	if got = f.toDraw(); len(got) != 1 {
		f.Fatal("what was to be drawn again is not")
	}
	f.ok(f.CardDrawn(f.ctx, matter.CardReport{Card: got["C0APPROVE"], Drop: true}))
	f.step(old, matter.Note, matter.Sorting, "再看看")
	if got = f.toDraw(); len(got) != 1 {
		f.Fatalf("a matter still to be approved has no card: %+v", got)
	}
}

// cardsErased: what the chat shows of somebody erased is drawn again.
func cardsErased(f *fixture) {
	f.withChat()
	mine, joined := f.raise(wang), f.raise(chen)
	f.ok(f.Commit(f.ctx, desk.Change{Village: vid, Parties: []desk.Party{{Matter: joined.ID, Address: wang, Seen: 1}}}))
	noted := f.step(f.raise(chen), matter.Note, matter.Sorting, "问问 13800000001")
	for range 3 {
		f.drawn(f.toDraw()["C0APPROVE"], "1.1")
	}
	if got := f.toDraw(); len(got) != 0 {
		f.Fatalf("%+v", got)
	}
	f.eraseOf(wang)
	var again []string
	for range 3 {
		c := f.toDraw()["C0APPROVE"]
		again = append(again, c.Matter)
		f.drawn(c, "1.1")
	}
	for _, m := range []matter.Matter{mine, joined, noted} {
		if !slices.Contains(again, m.ID) {
			f.Errorf("the card of %s still shows her", m.ID)
		}
	}
}

// cardsRace: whoever asks at the same time, a card is drawn by one.
func cardsRace(f *fixture) {
	f.withChat()
	for i := range 8 {
		f.raise(message.Address(fmt.Sprintf("sms:+86138000001%02d", i)))
	}
	var mu sync.Mutex
	taken := map[string]int{}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			got, err := f.Cards(f.ctx, f.now(), nobodyBusy)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				f.Error(err)
			}
			for _, c := range got {
				taken[c.Matter]++
			}
		})
	}
	all.Wait()
	for id, n := range taken {
		if n > 1 {
			f.Errorf("card of %s was taken %d times", id, n)
		}
	}
	if len(taken) == 0 {
		f.Error("nobody took any")
	}
}

// cardsOff: without a chat nothing is written of it.
func cardsOff(f *fixture) {
	v := village(vid)
	v.Slack = map[string]string{"approvals": "C0APPROVE"}
	f.ok(f.SaveVillage(f.ctx, v, "h-off"))
	f.step(f.raise(wang), matter.Note, matter.Sorting, "看过了")
	if got := f.toDraw(); len(got) != 0 {
		f.Errorf("%+v", got)
	}
}
