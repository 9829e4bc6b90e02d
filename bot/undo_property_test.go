package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"sanshi/internal/desk"
	"sanshi/internal/matter"
	"sanshi/internal/message"
)

// TestUndoLikeOnPaper lets a secretary and a lead approve, decline, merge, split,
// claim, return, finish and undo at random, while those who reported say yes or
// nothing, and compares the program with a few lines on paper: the states, whom
// each matter concerns, and that no text ever leaves that is not true at that moment.
func TestUndoLikeOnPaper(t *testing.T) {
	few := flag.Lookup("rapid.checks") // each check starts the program anew
	if many := few.Value.String(); many == few.DefValue {
		if err := few.Value.Set("12"); err != nil {
			t.Fatal(err)
		}
		defer func() { _ = few.Value.Set(many) }()
	}
	texts := 0
	rapid.Check(t, func(r *rapid.T) {
		p := onPaper(t, r)
		defer p.rig.stop()
		for range rapid.IntRange(10, 40).Draw(r, "acts") {
			for tries := 0; tries < 5 && !p.something(); tries++ { // until one is not refused
			}
			p.compare()
		}
		p.pause(3 * time.Minute)
		p.compare()
		p.told()
		texts += len(p.seen)
	})
	if !t.Failed() && texts < 70 {
		t.Errorf("only %d texts were looked at", texts)
	}
}

type paperMatter struct {
	id, number    string
	raiser        int
	state, before matter.State // before the last act that can be undone
	into          string
	acted         time.Time
	returned      int
}

type paper struct {
	rig     *rig
	r       *rapid.T
	matters map[string]*paperMatter
	order   []string
	seen    map[string]bool
	last    map[string]string // the last news of a matter to a person
}

func onPaper(t *testing.T, r *rapid.T) *paper {
	p := &paper{rig: startRig(t, rigOptions{owned: true}), r: r, matters: map[string]*paperMatter{}, seen: map[string]bool{}, last: map[string]string{}}
	for i, words := range []string{"村口路灯坏了", "村口的路灯不亮了", "村口路灯又黑了一盏"} {
		p.rig.text(phoneOf(i), words)
		for _, m := range p.rig.matters() {
			if p.matters[m.ID] == nil {
				p.matters[m.ID] = &paperMatter{id: m.ID, number: m.Number, raiser: i, state: m.State}
				p.order = append(p.order, m.ID)
			}
		}
	}
	if len(p.order) != 3 {
		r.Fatalf("%d matters were raised", len(p.order))
	}
	return p
}

func phoneOf(i int) string { return fmt.Sprintf("+861380000077%d", i) }

// something is one act; false when it was refused.
func (p *paper) something() bool {
	m := p.matters[rapid.SampledFrom(p.order).Draw(p.r, "matter")]
	switch what := rapid.SampledFrom(strings.Fields("approve approve decline merge merge undo undo undo split claim return finish yes pause pause")).Draw(p.r, "what"); what {
	case "pause":
		p.pause(rapid.SampledFrom([]time.Duration{5 * time.Second, 20 * time.Second, 70 * time.Second, 11 * time.Minute}).Draw(p.r, "long"))
	case "yes":
		p.rig.text(phoneOf(m.raiser), "是")
		p.took(m)
	case "merge":
		into := rapid.SampledFrom(p.order).Draw(p.r, "into")
		return p.act(m, "li", matter.Act{Kind: matter.Merge, Detail: matter.Detail{Into: into}})
	case "claim", "return":
		return p.act(m, "wang", matter.Act{Kind: matter.EventKind(what), Note: "不归我们"})
	default:
		return p.act(m, "li", matter.Act{Kind: matter.EventKind(what), Note: "原因", Detail: matter.Detail{Outcome: matter.Solved}})
	}
	return true
}

func (p *paper) pause(d time.Duration) {
	p.rig.clock.advance(d)
	p.rig.settle()
}

func (p *paper) act(m *paperMatter, by string, a matter.Act) bool {
	a.Via = "api"
	_, err := p.rig.Desk.Act(context.Background(), desk.Request{Village: "xiangyang", Matter: m.id, By: by, Act: a})
	var refused *matter.Error
	if errors.As(err, &refused) {
		if a.Kind == matter.Undo && m.before != "" && p.rig.clock.Now().Sub(m.acted) <= time.Minute {
			p.r.Fatalf("undo within the minute is refused: %v", err)
		}
		return false
	}
	if err != nil {
		p.r.Fatal(err)
	}
	p.rig.settle()
	p.write(m, a)
	return true
}

// write does on paper what was done.
func (p *paper) write(m *paperMatter, a matter.Act) {
	keep := func(to matter.State) {
		m.before, m.acted, m.state = m.state, p.rig.clock.Now(), to
	}
	done := func(to matter.State) { m.before, m.state = "", to }
	switch a.Kind {
	case matter.Approve:
		keep(matter.Queued)
	case matter.Decline:
		keep(matter.Declined)
	case matter.Merge:
		keep(matter.Merged)
		m.into = a.Detail.Into
	case matter.Undo:
		done(m.before)
		m.into = ""
	case matter.Split:
		if m.state == matter.Merged {
			done(m.before)
			m.into = ""
		} else { // another one was split off, for the raiser
			m.before = ""
			p.adopt(m.raiser)
		}
	case matter.Claim:
		done(matter.Handling)
	case matter.Finish:
		done(matter.Done)
	case matter.Return:
		if m.returned++; m.returned == 1 {
			done(matter.Sorting)
		} else {
			done(matter.Queued)
		}
	}
}

// adopt takes down a matter that came of another.
func (p *paper) adopt(raiser int) {
	for _, m := range p.rig.matters() {
		if p.matters[m.ID] == nil {
			p.matters[m.ID] = &paperMatter{id: m.ID, number: m.Number, raiser: raiser, state: m.State}
		}
	}
}

// took reads what her yes did: it joins her newest, or nothing, or is no answer.
func (p *paper) took(m *paperMatter) {
	for _, now := range p.rig.matters() {
		mine := p.matters[now.ID]
		if mine == nil || mine.raiser != m.raiser || now.State == mine.state {
			continue
		}
		if now.State != matter.Merged {
			p.r.Fatalf("her yes led from %s to %s", mine.state, now.State)
		}
		mine.before, mine.acted, mine.state, mine.into = mine.state, p.rig.clock.Now().Add(-time.Hour), now.State, now.MergedInto
	}
}

// concerned are those of a matter and of all that became part of it.
func (p *paper) concerned(id string) []string {
	all := map[string]bool{}
	for _, m := range p.matters {
		for x, hops := m, 0; x != nil && hops < 20; hops++ {
			if x.id == id {
				all["sms:"+phoneOf(m.raiser)] = true
			}
			x = p.matters[x.into]
		}
	}
	return slices.Sorted(maps.Keys(all))
}

func (p *paper) compare() {
	for _, now := range p.rig.matters() {
		m := p.matters[now.ID]
		if m == nil {
			continue
		}
		var have []string
		for _, a := range append([]message.Address{now.Resident}, now.Parties...) {
			have = append(have, string(a))
		}
		slices.Sort(have)
		if now.State != m.state || now.MergedInto != m.into || !slices.Equal(have, p.concerned(m.id)) {
			p.r.Fatalf("%s: %s into %q of %v; on paper %s into %q of %v", m.number, now.State, now.MergedInto, have, m.state, m.into, p.concerned(m.id))
		}
	}
	for i := range 3 {
		p.listen(i)
	}
}

// listen holds each text that has left since against how things stand now.
func (p *paper) listen(i int) {
	lines, err := p.rig.Store.Conversation(context.Background(), "xiangyang", smsAddress(phoneOf(i)))
	if err != nil {
		p.r.Fatal(err)
	}
	for _, l := range lines {
		waits := slices.Contains([]string{"queued", "superseded", "recalled"}, l.Status)
		if l.Direction != "out" || waits || p.seen[l.ID] {
			continue
		}
		p.seen[l.ID] = true
		m := p.matters[l.Matter]
		if m == nil {
			continue
		}
		if !trueOf(l.Text, m.state) {
			p.r.Fatalf("%s is %s, and %s hears %q", m.number, m.state, phoneOf(i), l.Text)
		}
		key := l.Matter + phoneOf(i)
		if strings.Contains(l.Text, "看过了") && p.last[key] == l.Text {
			p.r.Fatalf("%s hears twice: %q", phoneOf(i), l.Text)
		}
		if !strings.Contains(l.Text, "记下了") {
			p.last[key] = l.Text
		}
	}
}

// trueOf reports whether a text about a matter is true while it stands so.
func trueOf(text string, s matter.State) bool {
	under := s.Open() && s != matter.Sorting
	switch {
	case strings.Contains(text, "看过了，已安排"), strings.Contains(text, "接了"):
		return under
	case strings.Contains(text, "没有受理"):
		return s == matter.Declined
	case strings.Contains(text, "和别人说的是一件"), strings.Contains(text, "和那件一起办"):
		return s == matter.Merged
	case strings.Contains(text, "还是单独办"):
		return s != matter.Merged
	case strings.Contains(text, "办好了"):
		return s == matter.Done
	case strings.Contains(text, "再核一核"):
		return s == matter.Sorting
	}
	return true
}

// told: in the end everybody has heard how it ended.
func (p *paper) told() {
	for _, m := range p.matters {
		for _, who := range p.concerned(m.id) {
			last := p.last[m.id+strings.TrimPrefix(who, "sms:")]
			for _, own := range p.matters { // merged into what was done already
				if own.state == matter.Merged && strings.Contains(p.last[own.id+strings.TrimPrefix(who, "sms:")], "已经办好了") {
					last += "办好了"
				}
			}
			switch {
			case m.state == matter.Declined && !strings.Contains(last, "没有受理"),
				m.state == matter.Done && !strings.Contains(last, "办好了") && !strings.Contains(last, "和那件一起办"):
				p.r.Fatalf("%s is %s, and the last that %s heard of it is %q", m.number, m.state, who, last)
			}
		}
	}
}
