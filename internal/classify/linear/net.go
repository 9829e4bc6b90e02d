package linear

import (
	"math"
	"math/rand/v2"
)

// net is a linear model of low rank (Joulin et al. 2016, fastText): a feature is
// a point in a small space, a text the sum of its features, and a softmax reads
// the labels from where the text is. So features that speak for the same labels
// come to lie together, and a rare one is understood from few texts. Nothing in
// it bends, so many nets that began at random points come down to a table of one
// weight a feature and label: their average costs nothing when it is asked.
//
// One net answers all heads: what is learnt of words for one helps the others.
type net struct {
	b      *bag
	rng    *rand.Rand
	perRun int       // features that begin at one character
	points []float32 // rank numbers a feature
	pace   []float32 // a feature: squares of its steps so far (Duchi et al. 2011, AdaGrad)
	labels []float32 // rank numbers a label
	paces  []float32
	at     [rank]float32 // where the text is
	back   [rank]float32 // where it should rather go
	odds   []float32
	doc    []feature // the features read this time
}

const (
	rank = 16
	// left is the share of features that are not read in one pass, so that no
	// label hangs on one word.
	left = 0.6
	// A long text is read through a window of shortest to shortest+spread
	// characters, somewhere: messages are short.
	shortest, spread = 20, 40
	pointRate        = 0.1
	labelRate        = 0.03
)

// net trains one net.
func (b *bag) net(leftOut []bool, o Options, seed uint64) *net {
	n := newNet(b, o.Shape, seed)
	order := b.learnable(leftOut)
	steps, all := 0, o.Passes*len(order)
	for range o.Passes {
		n.rng.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		for _, i := range order {
			n.step(i, 1-float32(steps)/float32(all))
			steps++
		}
	}
	return n
}

func newNet(b *bag, sh Shape, seed uint64) *net {
	k := 0
	for _, h := range b.heads {
		k += len(h.Labels)
	}
	n := &net{
		b: b, rng: rand.New(rand.NewPCG(seed, 0x99)), perRun: sh.MaxN,
		points: make([]float32, len(b.buckets)*rank), pace: make([]float32, len(b.buckets)),
		labels: make([]float32, k*rank), paces: make([]float32, k*rank), odds: make([]float32, k),
	}
	const span = 0.125 // half of 1/√rank
	for i := range n.points {
		n.points[i] = (2*n.rng.Float32() - 1) * span
	}
	for i := range n.labels {
		n.labels[i] = (2*n.rng.Float32() - 1) * (4 * span)
	}
	return n
}

// step learns from one example; pace goes from 1 to 0 over the training.
func (n *net) step(i int, pace float32) {
	n.look(i)
	n.find()
	weight := float32(n.b.weight(i))
	n.back = [rank]float32{}
	first := 0
	for h, head := range n.b.heads {
		if want := n.b.targets[h][i]; want >= 0 {
			n.answer(first, len(head.Labels))
			n.odds[first+int(want)]--
			for k := first; k < first+len(head.Labels); k++ {
				n.learnLabel(k, n.odds[k]*weight, pace*labelRate)
			}
		}
		first += len(head.Labels)
	}
	var sum float32
	for _, g := range n.back {
		sum += float32(g * g)
	}
	sum /= rank
	for _, f := range n.doc {
		n.pace[f.id] += float32(float32(sum*f.x) * f.x)
		by := -pace * pointRate * f.x / (root(n.pace[f.id]) + 1e-3)
		p := (*[rank]float32)(n.points[int(f.id)*rank:])
		for j := range p {
			p[j] += float32(by * n.back[j])
		}
	}
}

func root(x float32) float32 { return float32(math.Sqrt(float64(x))) }

// learnLabel moves a label by its error g, and notes where the text should go.
func (n *net) learnLabel(k int, g, rate float32) {
	w, pace := (*[rank]float32)(n.labels[k*rank:]), (*[rank]float32)(n.paces[k*rank:])
	for j := range w {
		n.back[j] += float32(g * w[j])
		d := float32(g * n.at[j])
		pace[j] += float32(d * d)
		w[j] -= float32(rate * d / (root(pace[j]) + 1e-3))
	}
}

// look chooses what is read of an example: a window of it, and of that a share.
func (n *net) look(i int) {
	doc, chars := n.b.docs[i], n.b.chars[i]
	n.doc = n.doc[:0]
	from, to := 0.0, 1.0
	if size := (shortest + n.rng.IntN(spread)) * n.perRun; size < chars {
		share := float64(size) / float64(chars)
		from = n.rng.Float64() * (1 - share)
		to = from + share
	}
	cut := func(part []feature) {
		size := float64(len(part))
		for _, f := range part[int(from*size):int(to*size)] {
			if n.rng.Float32() >= left {
				n.doc = append(n.doc, f)
			}
		}
	}
	cut(doc[:chars])
	cut(doc[chars:])
	var norm float32
	for _, f := range n.doc {
		norm += float32(f.x * f.x)
	}
	scale := 1 / (root(norm) + 1e-6)
	for i := range n.doc {
		n.doc[i].x *= scale
	}
}

// find puts the text where its features say.
func (n *net) find() {
	n.at = [rank]float32{}
	for _, f := range n.doc {
		p := (*[rank]float32)(n.points[int(f.id)*rank:])
		for j := range p {
			n.at[j] += float32(f.x * p[j])
		}
	}
}

// answer gives the odds of the labels of one head.
func (n *net) answer(first, labels int) {
	odds := n.odds[first : first+labels]
	top := float32(math.Inf(-1))
	for k := range odds {
		odds[k] = inner(&n.at, n.labels[(first+k)*rank:])
		top = max(top, odds[k])
	}
	var sum float32
	for k, z := range odds {
		odds[k] = exp(z - top)
		sum += odds[k]
	}
	for k := range odds {
		odds[k] /= sum
	}
}

func inner(a *[rank]float32, b []float32) float32 {
	w := (*[rank]float32)(b)
	var sum float32
	for j := range a {
		sum += float32(a[j] * w[j])
	}
	return sum
}

// addTo adds share of the net to one weight a feature and label.
func (n *net) addTo(columns [][]float32, share float32) {
	for k, column := range columns {
		for f := range column {
			column[f] += float32(share * inner((*[rank]float32)(n.points[f*rank:]), n.labels[k*rank:]))
		}
	}
}

// exp is e to the power of x, which is not positive. math.Exp gives other last
// bits on other processors; a model should not.
func exp(x float32) float32 {
	if x < -80 {
		return 0
	}
	k := float32(math.Floor(float64(float32(x*1.44269504) + 0.5)))
	r := x - float32(k*0.693359375) + float32(k*2.12194440e-4)
	p := float32(1)
	for _, d := range [...]float32{6, 5, 4, 3, 2, 1} {
		p = 1 + float32(p*r)/d
	}
	return p * math.Float32frombits(uint32(127+int(k))<<23)
}
