package linear

import (
	"math"
	"math/rand/v2"
	"runtime"
	"sync"
)

// feature is one entry of a text's vector.
type feature struct {
	id uint32 // its rank among the buckets in use
	x  float32
}

// bag holds all examples as vectors of length one.
type bag struct {
	texts   []Text
	docs    [][]feature
	targets [][]int32 // by head: the label's rank, -1 unknown
	heads   []Head
	buckets []uint32 // by feature id
	idf     []float32
	rare    float32
}

func newBag(texts []Text, heads []Head, o Options) *bag {
	b := &bag{texts: texts, heads: heads}
	var s scratch
	raw := make([][]uint32, len(texts))
	count, class := make([]int, 1<<o.Shape.Bits), make([]uint8, 1<<o.Shape.Bits)
	for i, t := range texts {
		o.Shape.read(&s, t.Text)
		raw[i] = append([]uint32(nil), s.buckets...)
		for _, f := range raw[i] {
			count[f&bucketMask]++
			class[f&bucketMask] = uint8(f >> classShift)
		}
	}
	ids := b.number(count, class, o.MinCount)
	for _, r := range raw {
		b.docs = append(b.docs, b.vector(r, ids))
	}
	b.aim()
	return b
}

// number gives ids to the buckets in use and weighs them: what few texts have
// says more.
func (b *bag) number(count []int, class []uint8, least int) []int32 {
	ids := make([]int32, len(count))
	n := float64(len(b.texts))
	for f, c := range count {
		ids[f] = -1
		if c >= least && c > 0 {
			ids[f] = int32(len(b.buckets))
			b.buckets = append(b.buckets, uint32(f))
			b.idf = append(b.idf, float32((math.Log((1+n)/(1+float64(c)))+1)*classWeight[class[f]]))
		}
	}
	b.rare = float32(rareShare * (math.Log((1+n)/2) + 1))
	return ids
}

// rareShare: how much an unknown feature weighs against one seen once.
const rareShare = 0.35

func (b *bag) vector(raw []uint32, ids []int32) []feature {
	v := make([]feature, 0, len(raw))
	var norm float32
	for _, f := range raw {
		id := ids[f&bucketMask]
		if id < 0 {
			norm += float32(b.rare * b.rare)
			continue
		}
		norm += float32(b.idf[id] * b.idf[id])
		v = append(v, feature{uint32(id), b.idf[id]})
	}
	inv := float32(1 / math.Sqrt(float64(norm)))
	for i := range v {
		v[i].x *= inv
	}
	return v
}

func (b *bag) aim() {
	b.targets = make([][]int32, len(b.heads))
	for h, head := range b.heads {
		rank := map[string]int32{"": -1}
		for i, l := range head.Labels {
			rank[l] = int32(i)
		}
		for _, t := range b.texts {
			b.targets[h] = append(b.targets[h], rank[t.Labels[h]])
		}
	}
}

// solve finds the weights of every column from the examples that are not left
// out. Columns are independent, so they are solved side by side and the outcome
// does not depend on the machine's cores.
func (b *bag) solve(leftOut []bool, o Options, t *ticker) [][]float32 {
	type job struct{ column, head, label int }
	var jobs []job
	for h := range b.heads {
		for l := range b.heads[h].Labels {
			jobs = append(jobs, job{len(jobs), h, l})
		}
	}
	out := make([][]float32, len(jobs))
	todo := make(chan job)
	var wg sync.WaitGroup
	var mu sync.Mutex
	for range min(runtime.GOMAXPROCS(0), len(jobs)) {
		wg.Go(func() {
			for j := range todo {
				out[j.column] = b.column(b.targets[j.head], int32(j.label), leftOut, o, o.Seed+uint64(j.column))
				mu.Lock()
				t.tick()
				mu.Unlock()
			}
		})
	}
	for _, j := range jobs {
		todo <- j
	}
	close(todo)
	wg.Wait()
	return out
}

// column solves one support vector machine with squared hinge loss: this label
// against the others (Hsieh et al. 2008, algorithm 1).
func (b *bag) column(target []int32, label int32, leftOut []bool, o Options, seed uint64) []float32 {
	w := make([]float32, len(b.buckets))
	alpha := make([]float64, len(b.docs))
	var order []int
	for i := range b.docs {
		if target[i] >= 0 && (leftOut == nil || !leftOut[i]) {
			order = append(order, i)
		}
	}
	rng := rand.New(rand.NewPCG(seed, 0x5a))
	for range o.Epochs {
		rng.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		for _, i := range order {
			y := -1.0
			if target[i] == label {
				y = 1
			}
			b.step(w, &alpha[i], i, y, o.Cost)
		}
	}
	return w
}

func (b *bag) step(w []float32, alpha *float64, i int, y, cost float64) {
	weight := b.texts[i].Weight
	if weight == 0 {
		weight = 1
	}
	diagonal := 1 / (2 * cost * weight)
	doc := b.docs[i]
	gradient := float64(y*dot(w, doc)) - 1 + float64(*alpha*diagonal)
	next := max(0, *alpha-gradient/(1+diagonal))
	if change := float32((next - *alpha) * y); change != 0 {
		for _, f := range doc {
			w[f.id] += float32(change * f.x) // the conversion keeps machines from fusing, so that all give the same bytes
		}
	}
	*alpha = next
}

func dot(w []float32, doc []feature) float64 {
	sum := 0.0
	for _, f := range doc {
		sum += float64(w[f.id] * f.x)
	}
	return sum
}

// freeze turns columns of weights into the rows of the model.
func (m *Model) freeze(b *bag, columns [][]float32) {
	m.rare = b.rare
	m.rows = make([]int32, 1<<m.shape.Bits)
	for i := range m.rows {
		m.rows[i] = -1
	}
	weights := make([]float32, m.width)
	n := int32(0)
	for id, bucket := range b.buckets {
		for c := range columns {
			weights[c] = columns[c][id] * b.idf[id]
		}
		table, ok := quantise(m.table, weights, b.idf[id])
		if ok {
			m.table, m.rows[bucket] = table, n
			n++
		}
	}
}

// classWeight weighs the sorts of features: runs of one to four characters, then
// of two and three sounds.
var classWeight = [16]float64{0: 1, 1: 1, 2: 1, 3: 1, soundClass + 1: 1, soundClass + 2: 1}
