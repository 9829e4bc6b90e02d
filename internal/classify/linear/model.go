package linear

import (
	"math"
	"slices"
)

// Head is one question a model answers.
type Head struct {
	Name    string    `json:"name"`
	Labels  []string  `json:"labels"`
	Bias    []float64 `json:"bias"` // added to the scores
	sampled bool      // see Options
}

// Model answers for a text. It is never changed after it was made: use it from
// as many goroutines as you like.
type Model struct {
	shape Shape
	heads []Head
	width int // columns: labels of all heads
	// rare is the weight of a feature never seen in training: it lowers the
	// scores of a text full of unknown words.
	rare float32
	rows []int32 // by bucket: which row, or -1
	// table holds the rows one after the other: scale and idf as float32, then
	// a signed byte a column.
	table []byte
	note  string
}

const rowHead = 8

// Heads gives the questions in the order in which Read answers them.
func (m *Model) Heads() []Head { return m.heads }

// Note is what was said of the model when it was trained: rows and figures.
func (m *Model) Note() string { return m.note }

// Answer is the probability of each label of one head.
type Answer struct {
	head  *Head
	Probs []float64
}

// Best gives the most likely label and its probability.
func (a Answer) Best() (string, float64) {
	i := 0
	for j, p := range a.Probs {
		if p > a.Probs[i] {
			i = j
		}
	}
	return a.head.Labels[i], a.Probs[i]
}

// Of gives the probability of a label, 0 when the head does not have it.
func (a Answer) Of(label string) float64 {
	if i := slices.Index(a.head.Labels, label); i >= 0 {
		return a.Probs[i]
	}
	return 0
}

// Read answers all heads for a text. The text is taken as it is: fold it the
// same way in training and here.
func (m *Model) Read(text string) []Answer {
	s := scratches.Get().(*scratch)
	defer scratches.Put(s)
	m.score(s, text)
	out := make([]Answer, len(m.heads))
	probs, scores := make([]float64, m.width), s.scores
	for i := range m.heads {
		h := &m.heads[i]
		n := len(h.Labels)
		softmax(probs[:n], scores[:n], h.Bias)
		out[i] = Answer{head: h, Probs: probs[:n:n]}
		probs, scores = probs[n:], scores[n:]
	}
	return out
}

// score fills s.scores, one a column.
func (m *Model) score(s *scratch, text string) {
	m.shape.read(s, text)
	s.scores = append(s.scores[:0], make([]float32, m.width)...)
	var norm float32
	for _, b := range s.buckets {
		r := m.rows[b&bucketMask]
		if r < 0 {
			norm += m.rare * m.rare
			continue
		}
		row := m.table[int(r)*(rowHead+m.width):][:rowHead+m.width]
		scale, idf := float32At(row), float32At(row[4:])
		norm += idf * idf
		for c, w := range row[rowHead:] {
			s.scores[c] += scale * float32(int8(w))
		}
	}
	if norm > 0 {
		inv := float32(1 / math.Sqrt(float64(norm)))
		for c := range s.scores {
			s.scores[c] *= inv
		}
	}
}

func float32At(b []byte) float32 {
	return math.Float32frombits(uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16 | uint32(b[3])<<24)
}

func softmax(out []float64, scores []float32, bias []float64) {
	for i, s := range scores {
		out[i] = float64(s) + bias[i]
	}
	soften(out)
}

// soften turns scores into probabilities.
func soften(scores []float64) {
	top, sum := slices.Max(scores), 0.0
	for i := range scores {
		scores[i] = math.Exp(scores[i] - top)
		sum += scores[i]
	}
	for i := range scores {
		scores[i] /= sum
	}
}
