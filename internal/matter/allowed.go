package matter

import (
	"slices"
	"time"
)

// Allowed lists what an actor may do to a matter now, in the order of EventKinds:
// the buttons to show. An act may still be refused for its values.
func (w Workflow) Allowed(b Bench, m Matter, who Actor, now time.Time) []EventKind {
	var out []EventKind
	for _, k := range EventKinds() {
		if k == Raise || slices.Contains(out, k) {
			continue
		}
		if w.may(b, &m, Act{Kind: k, By: who, At: now}) {
			out = append(out, k)
		}
	}
	return out
}

// MayApprove reports whether an actor may correct and approve this matter at once.
func (w Workflow) MayApprove(b Bench, m Matter, who Actor, now time.Time) bool {
	return w.may(b, &m, Act{Kind: Correct, By: who, At: now, Approve: true})
}

func (w Workflow) may(b Bench, m *Matter, a Act) bool {
	_, err := w.find(b, m, &a)
	return err == nil
}
