package main

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"
)

const (
	optedPhone = "+8613800001501"
	optedOld   = "V1" // raised before
	optedNew   = "V3" // raised after
)

// optedSteps are what happens, by the words of the table.
var optedSteps = map[string]func(k *talk){
	"she asks after the old one":       func(k *talk) { k.text(optedPhone + ": 路灯办好没有") },
	"she raises a new one":             func(k *talk) { k.text(optedPhone + ": 祠堂门口的水沟堵了") },
	"she is in danger":                 func(k *talk) { k.text(optedPhone + ": 着火了 桥头") },
	"0: she wants a person":            func(k *talk) { k.text(optedPhone + ": 0") },
	"she says 谢谢":                      func(k *talk) { k.text(optedPhone + ": 谢谢") },
	"the old one is taken by somebody": func(k *talk) { k.taken(optedOld, "wang") },
	"the new one is taken by somebody": func(k *talk) { k.taken(optedNew, "chen") },
	"staff ask her about the old one":  func(k *talk) { k.act("li: ask "+optedOld+" note=哪一盏", 200) },
	"staff ask her about the new one":  func(k *talk) { k.act("li: ask "+optedNew+" note=哪一处", 200) },
	"the old one is done":              func(k *talk) { k.finished(optedOld, "wang") },
	"the new one is done":              func(k *talk) { k.finished(optedNew, "chen") },
	"the old one is declined":          func(k *talk) { k.act("li: decline "+optedOld+" note=今年没有预算", 200) },
}

func (k *talk) taken(code, who string) {
	k.act("li: approve "+code, 200)
	k.after("20m")
	k.forget()
	k.act(who+": claim "+code, 200)
}

func (k *talk) finished(code, who string) {
	k.taken(code, who)
	k.after("20m")
	k.forget()
	k.act(who+": finish "+code+" outcome=solved note=弄好了", 200)
}

// forget looks at all that was said and called till now: what follows counts.
func (k *talk) forget() {
	k.p.settle()
	for _, l := range k.sent(optedPhone) {
		k.seen[l.ID] = true
	}
	k.before = k.waiting()
}

// waiting changes when a call is listed, or when one that waits gets another cause.
func (k *talk) waiting() int {
	k.t.Helper()
	all, err := k.p.Store.Callbacks(context.Background(), k.village, true)
	if err != nil {
		k.t.Fatal(err)
	}
	n := len(all)
	for _, c := range all {
		n += c.Version
	}
	return n
}

// TestOptOut lives testdata/optout.txt: what happens × how she stands.
func TestOptOut(t *testing.T) {
	text, err := os.ReadFile("testdata/optout.txt")
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	for l := range strings.Lines(string(text)) {
		f := strings.Fields(l)
		if len(f) < 4 || f[0] == "#" {
			continue
		}
		rows++
		what := strings.Join(f[:len(f)-3], " ")
		step, ok := optedSteps[what]
		if !ok {
			t.Fatalf("nobody knows %q", what)
		}
		for i, stop := range []string{"", "退订", "STOP"} {
			want := f[len(f)-3+i]
			t.Run(what+" "+stop, func(t *testing.T) { t.Parallel(); optedOut(t, step, stop, want) })
		}
	}
	if rows != len(optedSteps) {
		t.Errorf("%d rows, %d things that happen", rows, len(optedSteps))
	}
}

func optedOut(t *testing.T, step func(*talk), stop, want string) {
	k := newTalk(t)
	k.p = startRig(t, rigOptions{villages: "testdata/villages"})
	k.where = want
	k.text(optedPhone + ": 村口路灯坏了")
	k.p.clock.advance(time.Hour)
	if stop != "" {
		k.text(optedPhone + ": " + stop)
	}
	k.p.clock.advance(time.Hour)
	k.text(optedPhone + ": 三组垃圾点的桶五天没收了")
	k.p.clock.advance(time.Hour)
	k.forget()
	step(k)
	got := "-"
	if k.waiting() > k.before {
		got = "call"
	}
	k.after("2m")
	if len(k.sent(optedPhone)) > 0 {
		got = "text"
	}
	if got != want {
		t.Errorf("got %s, the table says %s; she was told %q", got, want, k.sent(optedPhone))
	}
}
