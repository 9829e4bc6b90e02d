package matter

import (
	"fmt"
	"slices"
)

// Check looks a table over and lists its faults: states that nothing leads to,
// open states that no person can lead out of, rows that say the same twice, and
// rows that an earlier one always forestalls.
func (w Workflow) Check() []string {
	faults := w.oddRows()
	reached := w.reached()
	for _, s := range States() {
		switch {
		case !reached[s] && w.mentions(s):
			faults = append(faults, fmt.Sprintf("nothing leads to the state %s", s))
		case reached[s] && s.Open() && !w.leaves(s):
			faults = append(faults, fmt.Sprintf("no person can lead a matter out of the state %s", s))
		}
	}
	return faults
}

// oddRows compares every row with those before it.
func (w Workflow) oddRows() []string {
	var faults []string
	for i, s := range w.Steps {
		if len(s.From) == 0 || len(s.By) == 0 || s.To == New || !slices.Contains(EventKinds(), s.On) {
			faults = append(faults, fmt.Sprintf("row %d (%s) lacks a from, a by, a to or a known event", i+1, s.On))
		}
		hidden := 0
		for _, c := range s.cells() {
			for j, earlier := range w.Steps[:i] {
				if earlier.On != s.On || !slices.Contains(earlier.cells(), c) || earlier.May.Name != s.May.Name {
					continue
				}
				if earlier.If.Name == s.If.Name {
					faults = append(faults, fmt.Sprintf("rows %d and %d say the same: %s from %s by %s", j+1, i+1, s.On, c.from, c.by))
				}
				if earlier.If.Name == "" {
					hidden++
					break
				}
			}
		}
		if n := len(s.cells()); n > 0 && hidden >= n {
			faults = append(faults, fmt.Sprintf("row %d (%s) is never reached: earlier rows have no condition", i+1, s.On))
		}
	}
	return faults
}

type cell struct {
	from State
	by   Who
}

func (s Step) cells() []cell {
	var out []cell
	for _, from := range s.From {
		for _, by := range s.By {
			out = append(out, cell{from, by})
		}
	}
	return out
}

// targets are the states a row may lead to from one state.
func (w Workflow) targets(s Step, from State) []State {
	switch s.To {
	case Stay:
		return []State{from}
	case Sort:
		return []State{Sorting, Queued}
	case Back:
		return w.fromsOf(func(x Step) bool { return x.To == Waiting })
	case Prior:
		return w.fromsOf(func(x Step) bool { return slices.Contains([]EventKind{Approve, Correct, Decline, Merge}, x.On) })
	}
	return []State{s.To}
}

func (w Workflow) fromsOf(wanted func(Step) bool) []State {
	var out []State
	for _, s := range w.Steps {
		if wanted(s) {
			out = append(out, s.From...)
		}
	}
	return out
}

// reached follows the rows from raise. What only an undo leads to was there
// before, so it counts as reached only by another way.
func (w Workflow) reached() map[State]bool {
	reached := map[State]bool{New: true}
	for again := true; again; {
		again = false
		for _, s := range w.Steps {
			for _, from := range s.From {
				if !reached[from] || s.To == Prior || s.To == Back {
					continue
				}
				for _, to := range w.targets(s, from) {
					again = again || !reached[to]
					reached[to] = true
				}
			}
		}
	}
	return reached
}

// mentions reports whether the queue itself has rows from this state; the shared
// rows name states that not every queue uses.
func (w Workflow) mentions(s State) bool {
	shared := len(Shared())
	if len(w.Steps) < shared {
		shared = 0
	}
	for _, x := range w.Steps[shared:] {
		if slices.Contains(x.From, s) {
			return true
		}
	}
	return !slices.Contains([]State{Deliberating}, s)
}

func (w Workflow) leaves(from State) bool {
	for _, s := range w.Steps {
		if !slices.Contains(s.From, from) || slices.Equal(s.By, []Who{ByClock}) || slices.Equal(s.By, []Who{ByRefiner}) {
			continue
		}
		for _, to := range w.targets(s, from) {
			if to != from {
				return true
			}
		}
	}
	return false
}
