package linear

import (
	"errors"
	"fmt"
	"slices"
)

// Text is one example.
type Text struct {
	Text string
	// Labels has one label a head; "" when it is not known.
	Labels []string
	// Weight is how much it counts; 0 means 1.
	Weight float64
	// Group ties examples together that must not be learnt from and tested on
	// at once: variants and copies of one text.
	Group int
	// Extra examples are learnt from but never tested on.
	Extra bool
}

// Options of training. The zero value of a field means its default.
type Options struct {
	Shape    Shape
	Seed     uint64
	Epochs   int     // passes of the vector machines over the texts
	Cost     float64 // of an error against a large weight (the C of support vector machines)
	Ratio    float64 // how much a feature's weight follows how unevenly it stands with and without a label, 0 to 1
	Nets     int     // how many nets; -1 for none
	Passes   int     // of a net over the texts
	MinCount int     // features of fewer texts are left out
	// Sampled names the heads whose labels are as common among the examples as
	// among what will be asked: there, how common they are is learnt too.
	Sampled []string
	// Sharper multiplies the scores of those heads; 0 means 1. It is for examples
	// that are harder than what will be asked, because no two of them are alike.
	Sharper float64
	Folds   int // of cross-validation; 1 means none, and probabilities that are a guess
	Note    string
	// Progress is called after each machine and net; from one goroutine at a time.
	Progress func(done, total int)
}

func (o Options) withDefaults() Options {
	if o.Shape == (Shape{}) {
		o.Shape = DefaultShape()
	}
	if o.Epochs == 0 {
		o.Epochs = 12
	}
	if o.Cost == 0 {
		o.Cost = 1
	}
	switch {
	case o.Nets == 0:
		o.Nets = 8
	case o.Nets < 0:
		o.Nets = 0
	}
	if o.Passes == 0 {
		o.Passes = 10
	}
	if o.MinCount == 0 {
		o.MinCount = 1
	}
	if o.Sharper == 0 {
		o.Sharper = 1
	}
	if o.Folds == 0 {
		o.Folds = 5
	}
	return o
}

// ErrTexts is returned for examples from which nothing can be learnt.
var ErrTexts = errors.New("linear: nothing to learn")

// Held is what models that had not seen a text said of it.
type Held struct {
	Text   int // index of the example
	fold   int
	scores [parts][]float32 // by column
}

// Train learns a model from examples. heads names the questions; each example
// has one label for each. It also returns what models trained on the other folds
// said of each example (see Tested): that is how good the model is.
func Train(texts []Text, heads []string, o Options) (*Model, []Held, error) {
	o = o.withDefaults()
	m := &Model{shape: o.Shape, note: o.Note}
	var err error
	if m.heads, err = headsOf(texts, heads, o.Sampled); err != nil {
		return nil, nil, err
	}
	for _, h := range m.heads {
		m.width += len(h.Labels)
	}
	b := newBag(texts, m.heads, o)
	folds := foldsOf(texts, o.Folds)
	t := ticker{report: o.Progress, total: (m.width + o.Nets) * (len(folds) + 1)}
	var held []Held
	for f := range folds {
		held = append(held, b.crossValidate(folds[f], f, o, &t)...)
	}
	slices.SortFunc(held, func(x, y Held) int { return x.Text - y.Text })
	m.freeze(b, m.blend(b, held, b.solve(nil, o, &t), o.Sharper))
	return m, held, nil
}

// headsOf collects the labels of each head in alphabetical order.
func headsOf(texts []Text, names, sampled []string) ([]Head, error) {
	heads := make([]Head, len(names))
	for h, name := range names {
		heads[h] = Head{Name: name, sampled: slices.Contains(sampled, name)}
		for i, t := range texts {
			if len(t.Labels) != len(names) {
				return nil, fmt.Errorf("%w: example %d has %d labels, not %d", ErrTexts, i+1, len(t.Labels), len(names))
			}
			if l := t.Labels[h]; l != "" {
				heads[h].Labels = append(heads[h].Labels, l)
			}
		}
		slices.Sort(heads[h].Labels)
		heads[h].Labels = slices.Compact(heads[h].Labels)
		if len(heads[h].Labels) < 2 {
			return nil, fmt.Errorf("%w: %s needs at least two different labels", ErrTexts, name)
		}
		heads[h].Bias = make([]float64, len(heads[h].Labels))
	}
	return heads, nil
}

// foldsOf deals the groups out to folds, in the order in which they come.
func foldsOf(texts []Text, n int) [][]int {
	if n < 2 {
		return nil
	}
	folds := make([][]int, n)
	of := map[int]int{}
	for i, t := range texts {
		f, ok := of[t.Group]
		if !ok {
			f = len(of) % n
			of[t.Group] = f
		}
		folds[f] = append(folds[f], i)
	}
	return folds
}

func (b *bag) crossValidate(test []int, fold int, o Options, t *ticker) []Held {
	out := make([]bool, len(b.docs))
	for _, i := range test {
		out[i] = true
	}
	columns := b.solve(out, o, t)
	var held []Held
	for _, i := range test {
		if b.texts[i].Extra {
			continue
		}
		h := Held{Text: i, fold: fold}
		for p := range h.scores {
			for _, c := range columns[p] {
				h.scores[p] = append(h.scores[p], float32(dot(c, b.docs[i])))
			}
		}
		held = append(held, h)
	}
	return held
}

type ticker struct {
	report      func(done, total int)
	done, total int
}

func (t *ticker) tick() {
	t.done++
	if t.report != nil {
		t.report(t.done, t.total)
	}
}
