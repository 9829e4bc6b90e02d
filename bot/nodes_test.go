package main

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"sanshi/internal/queue/redistest"
	"sanshi/internal/store/storetest"
)

// TestTwoNodesAsOneClerk delivers texts to two nodes over one Postgres, each text
// several times, to both and at once. Each person must get the same answers, and
// have the same matters, as from one careful clerk; with Redis, without it, and
// while it is killed, emptied and hangs.
func TestTwoNodesAsOneClerk(t *testing.T) {
	for name, trouble := range map[string]func(s *redistest.Server, n int){
		"without Redis": nil,
		"with Redis":    func(*redistest.Server, int) {},
		"with Redis in trouble": func(s *redistest.Server, n int) {
			[]func(){s.Kill, s.Again, s.Pause, func() { s.Resume(); s.Empty() }}[n]()
		},
	} {
		t.Run(name, func(t *testing.T) {
			env := map[string]string{"SANSHI_DATABASE_URL": storetest.Postgres(t), "SANSHI_API_TOKEN": "of-both-nodes"}
			var s *redistest.Server
			if trouble != nil {
				s = redistest.Start(t)
				env["SANSHI_REDIS_URL"] = s.URL()
			}
			asOneClerk(t, env, func(n int) {
				if trouble != nil {
					trouble(s, n)
				}
			})
		})
	}
}

func asOneClerk(t *testing.T, env map[string]string, trouble func(n int)) {
	rng := rand.New(rand.NewPCG(1, 7))
	people := make([][]string, 24)
	for i := range people {
		people[i] = days[rng.IntN(len(days))]
	}
	clerk := startRig(t, rigOptions{})
	for i, texts := range people {
		for n := range texts {
			clerk.deliver(i, n, texts[n])
			clerk.settle()
		}
	}
	nodes := []*rig{startRig(t, rigOptions{env: env}), startRig(t, rigOptions{env: env})}
	for n := range 4 { // the n-th text of everybody
		var wg sync.WaitGroup
		for i, texts := range people {
			if n >= len(texts) {
				continue
			}
			for range 1 + rng.IntN(3) {
				r := nodes[rng.IntN(2)]
				wg.Go(func() { r.deliver(i, n, texts[n]) })
			}
		}
		trouble(n)
		wg.Wait()
		nodes[0].settle()
	}
	for i := range people {
		if got, want := nodes[1].told(i), clerk.told(i); got != want {
			t.Errorf("person %d (%q)\n got: %s\nwant: %s", i, people[i], got, want)
		}
		if got, want := nodes[1].has(i), clerk.has(i); got != want {
			t.Errorf("person %d (%q) has %s, want %s", i, people[i], got, want)
		}
	}
	stats := fmt.Sprint(nodes[0].Store.Stats(t.Context(), "xiangyang"))
	if other := fmt.Sprint(nodes[1].Store.Stats(t.Context(), "xiangyang")); stats != other {
		t.Errorf("the nodes do not agree: %s and %s", stats, other)
	}
}
