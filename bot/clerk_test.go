package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"sanshi/internal/message"
)

// What people text in the property test; each line is one person's day.
var days = [][]string{
	{"村口路灯坏了", "办好没有", "谢谢"},
	{"喂 那个", "垃圾点的桶满了没人收", "0"},
	{"我家灯泡坏了，帮我换一下", "取消，自己换好了"},
	{"灯坏了 村口", "不是村里的是我家的"},
	{"退订", "养老金两个月没到账了", "办好没有"},
	{"？", "3", "水沟堵了", "老粮站旁边"},
	{"垃圾点没人收，还有路灯也不亮", "怎么样了"},
}

// TestAsOneCarefulClerk delivers texts to a running service in parallel, some
// several times and at once, and stops and starts it in between. Each person must
// get the same answers, and have the same matters, as from one careful clerk who
// takes one text after the other.
func TestAsOneCarefulClerk(t *testing.T) {
	for seed := range uint64(3) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			rng := rand.New(rand.NewPCG(seed, 7))
			people := make([][]string, 24)
			for i := range people {
				people[i] = days[rng.IntN(len(days))]
			}
			clerk, crowd := startRig(t, rigOptions{}), t.TempDir()
			for i, texts := range people {
				for n := range texts {
					clerk.deliver(i, n, texts[n])
					clerk.settle()
				}
			}
			r := startRig(t, rigOptions{dir: crowd, owned: true})
			for n := range 4 { // the n-th text of everybody, then perhaps a restart
				var wg sync.WaitGroup
				for i, texts := range people {
					if n >= len(texts) {
						continue
					}
					for range 1 + rng.IntN(3) {
						wg.Add(1)
						go func() { defer wg.Done(); r.deliver(i, n, texts[n]) }()
					}
				}
				wg.Wait()
				if rng.IntN(2) == 0 { // handled or not: the rest is done after the start
					r.stop()
					r = startRig(t, rigOptions{dir: crowd, owned: true})
					r.clock.advance(time.Duration(n+1) * time.Minute) // the leases of what was in hand run out
				}
				r.settle()
			}
			defer r.stop()
			for i := range people {
				if got, want := r.told(i), clerk.told(i); got != want {
					t.Errorf("person %d (%q)\n got: %s\nwant: %s", i, people[i], got, want)
				}
				if got, want := r.has(i), clerk.has(i); got != want {
					t.Errorf("person %d (%q) has %s, want %s", i, people[i], got, want)
				}
			}
		})
	}
}

func person(i int) message.Address { return message.Address(fmt.Sprintf("sms:+1206556%04d", i)) }

// deliver is one delivery of the n-th text of a person, as a carrier does it.
func (r *rig) deliver(i, n int, text string) {
	_, err := r.intake.Take(context.Background(), message.Inbound{
		Village: "xiangyang", Channel: "sim", ExternalID: fmt.Sprintf("%d-%d", i, n), From: person(i), To: "+12065550100",
		Text: text, At: r.clock.Now(),
	})
	if err != nil {
		r.t.Error(err)
	}
}

// number is a matter's, drawn in the order of handling: it may differ.
var number = regexp.MustCompile(`\d{4,}-\d`)

// first is whether somebody had reported the like before: with many at once,
// anybody may be the first.
var first = regexp.MustCompile(`）。(?:[^。]*已有人报过差不多的，是同一件吗？是回1，不是回2|李书记看过就安排人)。`)

func (r *rig) told(i int) string {
	lines, err := r.Store.Conversation(context.Background(), "xiangyang", person(i))
	if err != nil {
		r.t.Fatal(err)
	}
	var out []string
	for _, l := range lines {
		if l.Direction == "out" {
			out = append(out, first.ReplaceAllString(number.ReplaceAllString(l.Text, "#"), "）。"))
		}
	}
	return strings.Join(out, " | ")
}

func (r *rig) has(i int) string {
	ms, err := r.Store.MattersOf(context.Background(), "xiangyang", person(i))
	if err != nil {
		r.t.Fatal(err)
	}
	var out []string
	for _, m := range ms {
		out = append(out, fmt.Sprint(m.Kind, " ", m.Code, " ", m.State, " ", m.Summary, " ", m.Version))
	}
	return strings.Join(out, " | ")
}
