package llm

import (
	"math"
	"slices"

	"sanshi/internal/message"
)

// Example is a text that a person has sorted.
type Example struct {
	Text    string
	Code    string
	Urgency string
}

// mostExamples are shown with a question.
const mostExamples = 6

// leastAlike: an example that has less in common with the text says nothing.
const leastAlike = 0.15

// Nearest picks the n examples most like a text, the nearest first: by what they
// have in common in pairs of characters. Of equal texts only the first is taken,
// which is the newest when from lists the newest first.
func Nearest(text string, from []Example, n int) []Example {
	want := pairs(text)
	type scored struct {
		Example
		alike float64
	}
	var all []scored
	seen := map[string]bool{}
	for _, e := range from {
		bare := message.Bare(e.Text)
		if bare == "" || seen[bare] {
			continue
		}
		seen[bare] = true
		if alike := common(want, pairs(e.Text)); alike >= leastAlike {
			all = append(all, scored{e, alike})
		}
	}
	slices.SortStableFunc(all, func(a, b scored) int {
		switch {
		case a.alike > b.alike:
			return -1
		case a.alike < b.alike:
			return 1
		}
		return 0
	})
	var out []Example
	for _, s := range all[:min(len(all), n)] {
		out = append(out, s.Example)
	}
	return out
}

// pairs are the pairs of neighbouring characters of a text.
func pairs(text string) map[[2]rune]bool {
	out := map[[2]rune]bool{}
	last := rune(0)
	for _, r := range message.Bare(text) {
		if last != 0 {
			out[[2]rune{last, r}] = true
		}
		last = r
	}
	return out
}

// common is the cosine of two sets: 1 for the same, 0 for nothing in common.
func common(a, b map[[2]rune]bool) float64 {
	if len(a) == 0 || len(b) == 0 {
		return 0
	}
	n := 0
	for p := range a {
		if b[p] {
			n++
		}
	}
	return float64(n) / math.Sqrt(float64(len(a))*float64(len(b)))
}
