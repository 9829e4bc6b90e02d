package linear

import (
	"math"
	"math/rand/v2"
	"slices"
)

// machine solves one support vector machine with squared hinge loss, this label
// against the others (Hsieh et al. 2008, algorithm 1), over features weighed by
// how unevenly they stand with and without the label (Wang & Manning 2012). It
// gives one weight a feature.
func (b *bag) machine(head int, label int32, leftOut []bool, o Options, seed uint64) []float32 {
	target := b.targets[head]
	order := slices.DeleteFunc(b.learnable(leftOut), func(i int) bool { return target[i] < 0 })
	r2 := b.ratios(target, label, order, o.Ratio)
	size := make([]float64, len(b.docs))
	for _, i := range order {
		for _, f := range b.docs[i] {
			size[i] += float64(float32(f.x * f.x * r2[f.id]))
		}
	}
	w := make([]float32, len(b.buckets))
	alpha := make([]float64, len(b.docs))
	rng := rand.New(rand.NewPCG(seed, 0x5a))
	for range o.Epochs {
		rng.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		for _, i := range order {
			y := -1.0
			if target[i] == label {
				y = 1
			}
			soft := 1 / (2 * o.Cost * b.weight(i))
			gradient := float64(y*dot(w, b.docs[i])) - 1 + float64(alpha[i]*soft)
			next := max(0, alpha[i]-gradient/(size[i]+soft))
			if change := float32((next - alpha[i]) * y); change != 0 {
				for _, f := range b.docs[i] {
					w[f.id] += float32(change * f.x * r2[f.id]) // the conversion keeps processors from fusing, so that all give the same bytes
				}
			}
			alpha[i] = next
		}
	}
	return w
}

// ratios gives the square of each feature's weight for a label: share of it is
// the logarithm of how much likelier the feature is with the label than without,
// the rest is 1.
func (b *bag) ratios(target []int32, label int32, of []int, share float64) []float32 {
	out := make([]float32, len(b.buckets))
	with, without := make([]float64, len(out)), make([]float64, len(out))
	var all, others float64
	for _, i := range of {
		count, sum := without, &others
		if target[i] == label {
			count, sum = with, &all
		}
		weight := b.weight(i)
		for _, f := range b.docs[i] {
			count[f.id] += weight
			*sum += weight
		}
	}
	n := float64(len(out))
	base := math.Log((all + n) / (others + n))
	for i := range out {
		r := float32(1 - share + float64(share*math.Abs(math.Log((with[i]+1)/(without[i]+1))-base)))
		out[i] = float32(r * r)
	}
	return out
}
