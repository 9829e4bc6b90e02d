package linear

import (
	"math"
	"slices"
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
	chars   []int     // by text: so many of its features are runs of characters, the rest runs of sounds
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
		raw[i] = slices.Clone(s.buckets)
		for _, f := range raw[i] {
			count[f&bucketMask]++
			class[f&bucketMask] = uint8(f >> classShift)
		}
	}
	ids := b.number(count, class, o.MinCount)
	for _, r := range raw {
		b.vector(r, ids)
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

// classWeight weighs the sorts of features: runs of one to four characters, then
// of two and three sounds.
var classWeight = [16]float64{0: 1, 1: 1, 2: 1, 3: 1, soundClass + 1: 1, soundClass + 2: 1}

func (b *bag) vector(raw []uint32, ids []int32) {
	v := make([]feature, 0, len(raw))
	var norm float32
	chars := 0
	for _, f := range raw {
		id := ids[f&bucketMask]
		if id < 0 {
			norm += float32(b.rare * b.rare)
			continue
		}
		norm += float32(b.idf[id] * b.idf[id])
		v = append(v, feature{uint32(id), b.idf[id]})
		if f>>classShift < soundClass {
			chars = len(v)
		}
	}
	inv := float32(1 / math.Sqrt(float64(norm)))
	for i := range v {
		v[i].x *= inv
	}
	b.docs, b.chars = append(b.docs, v), append(b.chars, chars)
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

// learnable lists the examples that are not left out.
func (b *bag) learnable(leftOut []bool) []int {
	var out []int
	for i := range b.docs {
		if leftOut == nil || !leftOut[i] {
			out = append(out, i)
		}
	}
	return out
}

// weight is how much an example counts.
func (b *bag) weight(i int) float64 {
	if w := b.texts[i].Weight; w != 0 {
		return w
	}
	return 1
}

func dot(w []float32, doc []feature) float64 {
	sum := 0.0
	for _, f := range doc {
		sum += float64(w[f.id] * f.x)
	}
	return sum
}
