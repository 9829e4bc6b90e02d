package handlers_test

import (
	"testing"

	"sanshi/handlers"
	"sanshi/internal/catalog"
	"sanshi/internal/matter"
)

func TestAll(t *testing.T) {
	all := handlers.All()
	for _, k := range catalog.Kinds() {
		flow, ok := all[k]
		if !ok || flow.Queue != k {
			t.Errorf("the queue of %s is %q", k, flow.Queue)
		}
		for _, fault := range flow.Check() {
			t.Errorf("%s: %s", k, fault)
		}
	}
	if len(all) != len(catalog.Kinds()) {
		t.Errorf("%d queues for %d kinds", len(all), len(catalog.Kinds()))
	}
}

// Every notice has a key, and every key its audience.
func TestNotices(t *testing.T) {
	for k, flow := range handlers.All() {
		for _, s := range flow.Steps {
			for _, n := range s.Tell {
				if n.Key == "" || n.To == "" || n.Staff != "" {
					t.Errorf("%s: %s tells %+v", k, s.On, n)
				}
			}
			if s.On == matter.Note || s.On == matter.Reveal || s.On == matter.Remind {
				for _, n := range s.Tell {
					if n.To == matter.ToRaiser || n.To == matter.ToParties || n.To == matter.ToJoined {
						t.Errorf("%s: residents hear of a %s", k, s.On)
					}
				}
			}
		}
	}
}

func BenchmarkDecide(b *testing.B) {
	flows := handlers.All()
	v := office("ordinary")
	for _, event := range []string{"approve", "correct:kind", "claim", "finish", "note"} {
		b.Run(event, func(b *testing.B) {
			state := map[string]matter.State{"approve": matter.Sorting, "correct:kind": matter.Handling, "claim": matter.Queued, "finish": matter.Handling, "note": matter.Closed}[event]
			m := subject("ordinary", catalog.Household, state, event)
			a := act(event, m)
			a.By = actor(v, "secretary")
			bench := matter.Bench{Village: v, Calendar: calendar}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := flows[catalog.Household].Decide(bench, m, a); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkClock(b *testing.B) {
	flow := handlers.All()[catalog.Household]
	m := subject("ordinary", catalog.Household, matter.Handling, "")
	m.DueAt, m.Reminded = now.AddDate(0, 0, 5), 50
	bench := matter.Bench{Village: office("ordinary"), Calendar: calendar}
	b.ReportAllocs()
	for b.Loop() {
		if len(flow.Clock(bench, m, now)) > 0 {
			b.Fatal("due")
		}
		m.WakeAt(calendar, shanghai)
	}
}
