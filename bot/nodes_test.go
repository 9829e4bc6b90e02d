package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

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

// TestQueuesAsStreams: other programs hear of what enters, changes in and leaves
// a queue, in order, without words; what happened while Redis was away they hear
// afterwards.
func TestQueuesAsStreams(t *testing.T) {
	s := redistest.Start(t)
	r := startRig(t, rigOptions{env: map[string]string{"SANSHI_REDIS_URL": s.URL()}})
	client := redis.NewClient(&redis.Options{Addr: s.Addr})
	defer func() { _ = client.Close() }()
	heard := func(queue string, want ...string) {
		t.Helper()
		var got []string
		for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
			got = nil
			for _, e := range client.XRange(t.Context(), "sanshi:{xiangyang}:"+queue, "-", "+").Val() {
				got = append(got, fmt.Sprint(e.Values["event"], " ", e.Values["version"]))
				if data := fmt.Sprint(e.Values["data"]); strings.Contains(data, "路灯") || strings.Contains(data, "1206") {
					t.Fatalf("the stream has words or numbers: %s", data)
				}
			}
			if slices.Equal(got, want) {
				return
			}
		}
		t.Errorf("%s: %q, want %q", queue, got, want)
	}
	r.deliver(1, 1, "村口路灯坏了三天了")
	r.settle()
	m := r.matters()[0]
	r.act(m.ID, "li", "approve")
	heard("village", "enter 2")
	s.Kill()
	r.act(m.ID, "li", "claim")
	r.post("/api/v1/villages/xiangyang/matters/"+m.ID+"/events",
		map[string]any{"event": "finish", "by": "li", "outcome": "solved", "note": "换了灯泡"}, 200, nil)
	s.Again()
	heard("village", "change 3", "leave 4") // the stream itself was lost with Redis
	heard("government")
	r.deliver(2, 1, "垃圾点的桶满了没人收")
	r.settle()
	m = r.matters()[0]
	r.act(m.ID, "li", "approve")
	r.post("/api/v1/villages/xiangyang/matters/"+m.ID+"/events",
		map[string]any{"event": "transfer", "by": "li", "kind": "government", "code": "G10"}, 200, nil)
	heard("village", "change 3", "leave 4", "enter 2", "leave 3")
	heard("government", "enter 3")
}
