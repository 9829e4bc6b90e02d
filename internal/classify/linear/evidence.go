package linear

import (
	"slices"
	"strings"
)

// Evidence lists at most n runs of two to four characters of the text that spoke
// most for a label, the strongest first; they do not overlap.
func (m *Model) Evidence(text string, head int, label string, n int) []string {
	column := slices.Index(m.heads[head].Labels, label)
	if column < 0 {
		return nil
	}
	for _, h := range m.heads[:head] {
		column += len(h.Labels)
	}
	s := scratches.Get().(*scratch)
	defer scratches.Put(s)
	s.chars = normalise(s.chars[:0], text, m.shape.Runes)
	var out []string
	used := make([]bool, len(s.chars))
	for range n {
		from, to := m.strongest(s.chars, used, column)
		if to == 0 {
			break
		}
		for i := from; i < to; i++ {
			used[i] = true
		}
		out = append(out, strings.TrimSpace(string(s.chars[from:to])))
	}
	return out
}

// strongest finds the run of unused characters that adds most to a column, all
// runs within it counted.
func (m *Model) strongest(chars []rune, used []bool, column int) (from, to int) {
	var best float32 = leastEvidence
	for i := range chars {
		for n := 2; n <= 4 && i+n <= len(chars); n++ {
			if used[i+n-1] || chars[i+n-1] == edge || chars[i] == edge || chars[i] == '0' {
				break
			}
			if used[i] {
				break
			}
			if w := m.within(chars[i:i+n], column) / float32(n); w > best {
				best, from, to = w, i, i+n
			}
		}
	}
	return from, to
}

// leastEvidence keeps runs out that say next to nothing.
const leastEvidence = 0.05

func (m *Model) within(chars []rune, column int) float32 {
	var sum float32
	for i := range chars {
		h := seedChar
		for n := 0; n < m.shape.MaxN && i+n < len(chars); n++ {
			h = (h ^ uint64(chars[i+n])) * prime
			sum += m.weight(bucketOf(h+uint64(n), m.shape.Bits), column)
		}
	}
	return sum
}

func (m *Model) weight(bucket uint32, column int) float32 {
	r := m.rows[bucket]
	if r < 0 {
		return 0
	}
	row := m.table[int(r)*(rowHead+m.width):]
	return float32At(row) * float32(int8(row[rowHead+column]))
}
