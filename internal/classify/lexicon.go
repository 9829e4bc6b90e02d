package classify

import "unicode/utf8"

// lexicon finds the words of all rules in one pass over a text. Each list of
// words has a bit; after a pass the bits say of which lists a word was met.
type lexicon struct {
	bits    map[*string]int // by the address of a list's first word
	byFirst map[rune][]entry
}

type entry struct {
	rest string // of the word, after its first character
	bit  int
}

func newLexicon() *lexicon {
	x := &lexicon{bits: map[*string]int{}, byFirst: map[rune][]entry{}}
	x.learn(needs, needsButThanks, secrecy, orders, formalWords, letterWords, settled, calm)
	for _, s := range signs {
		x.learn(s.groups...)
		x.learn(s.unless)
	}
	for _, a := range advices {
		x.learn(a.any, a.also, a.unless)
	}
	for _, w := range worthlessness {
		x.learn(w.any, w.also, w.unless)
	}
	for _, table := range [][]border{borders, pressings} {
		for _, b := range table {
			x.learn(b.any, b.also, b.unless)
		}
	}
	return x
}

func (x *lexicon) learn(lists ...[]string) {
	for _, list := range lists {
		if len(list) == 0 {
			continue
		}
		if _, known := x.bits[&list[0]]; known {
			continue
		}
		bit := len(x.bits)
		x.bits[&list[0]] = bit
		for _, w := range list {
			r, n := utf8.DecodeRuneInString(w)
			x.byFirst[r] = append(x.byFirst[r], entry{w[n:], bit})
		}
	}
}

// met is the set of lists of which a word stands in a text.
type met []uint64

func (x *lexicon) scan(text string) met {
	m := make(met, (len(x.bits)+63)/64)
	for i, r := range text {
		after := text[i+runeLen(r):]
		for _, e := range x.byFirst[r] {
			if len(e.rest) <= len(after) && after[:len(e.rest)] == e.rest {
				m[e.bit/64] |= 1 << (e.bit % 64)
			}
		}
	}
	return m
}

// has reports whether a word of a list was met; lists that no rule uses were
// never looked for.
func (x *lexicon) has(m met, list []string) (yes, known bool) {
	if len(list) == 0 {
		return false, true
	}
	bit, known := x.bits[&list[0]]
	return known && m[bit/64]&(1<<(bit%64)) != 0, known
}
