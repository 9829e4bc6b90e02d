package matter

import (
	"fmt"
	"slices"
)

// Check looks a table over and lists its faults: states that nothing leads to and
// rows that start from them, open states that no person can lead out of, rows that
// say the same twice, and rows that an earlier one always forestalls.
func (w Workflow) Check() []string {
	faults := w.oddRows()
	reached := w.reached()
	for i, s := range w.Steps {
		if len(s.From) > 0 && !slices.ContainsFunc(s.From, func(f State) bool { return reached[f] }) {
			faults = append(faults, fmt.Sprintf("row %d (%s) starts where nothing leads", i+1, s.On))
		}
	}
	for _, s := range States() {
		switch {
		case !reached[s] && s != Deliberating: // not every queue deliberates
			faults = append(faults, fmt.Sprintf("nothing leads to the state %s", s))
		case reached[s] && s.Open() && !w.leaves(s):
			faults = append(faults, fmt.Sprintf("no person can lead a matter out of the state %s", s))
		}
	}
	return faults
}

// oddRows looks at every row by itself and beside those before it.
func (w Workflow) oddRows() []string {
	var faults []string
	for i, s := range w.Steps {
		if len(s.From) == 0 || len(s.By) == 0 || s.To == New || !slices.Contains(EventKinds(), s.On) {
			faults = append(faults, fmt.Sprintf("row %d (%s) lacks a from, a by, a to or a known event", i+1, s.On))
			continue
		}
		hidden := 0
		for _, c := range s.cells() {
			same, before := w.earlier(i, c)
			if same > 0 {
				faults = append(faults, fmt.Sprintf("rows %d and %d say the same: %s from %q by %s", same, i+1, s.On, c.from, c.by))
			}
			if before {
				hidden++
			}
		}
		if hidden == len(s.cells()) {
			faults = append(faults, fmt.Sprintf("row %d (%s) is never reached: an earlier one has no condition", i+1, s.On))
		}
	}
	return faults
}

// earlier finds the row before row i that says the same of a cell (counted from
// 1, 0 for none), and whether one without any condition comes before.
func (w Workflow) earlier(i int, c cell) (same int, before bool) {
	for j, e := range w.Steps[:i] {
		if e.On != w.Steps[i].On || !slices.Contains(e.cells(), c) {
			continue
		}
		if e.If.Name == w.Steps[i].If.Name && e.May.Name == w.Steps[i].May.Name {
			same = j + 1
		}
		before = before || e.If.Name == "" && (e.May.Name == "" || e.May.Name == w.Steps[i].May.Name)
	}
	return same, before
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
		return w.fromsOf(func(x Step) bool { return Undoable(x.On) })
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
