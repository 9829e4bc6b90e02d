package linear

import (
	"math"
	"slices"
)

// trust says how the scores of the parts become probabilities: each is
// multiplied by its scale, a label's bias is added, and a softmax is taken. It is
// a logistic regression on held-out scores, so the probabilities are as honest
// as such texts allow (stacking, Wolpert 1992; vector scaling, Guo et al. 2017).
type trust struct {
	scale [parts]float64
	bias  []float64
}

// guess is what the scales usually are.
var guess = [parts]float64{machines: 2, nets: 0.4}

// guessed is for a model without held-out texts.
func guessed(labels int) trust { return trust{scale: guess, bias: make([]float64, labels)} }

// case of calibration: the scores of one held-out text for one head, and its label.
type trial struct {
	scores [parts][]float32
	want   int32
	fold   int
}

// trials are the held-out texts whose label of a head is known.
func trials(heads []Head, head int, target []int32, held []Held) []trial {
	at := 0
	for _, h := range heads[:head] {
		at += len(h.Labels)
	}
	var out []trial
	for _, x := range held {
		if target[x.Text] < 0 {
			continue
		}
		t := trial{want: target[x.Text], fold: x.fold}
		for p := range t.scores {
			t.scores[p] = x.scores[p][at : at+len(heads[head].Labels)]
		}
		out = append(out, t)
	}
	return out
}

const (
	fitRounds = 40
	// believed is how many texts the usual scales and a bias of zero are worth: a
	// few texts that were all told apart make nobody sure of the next, and a label
	// of few texts keeps about the odds it was learnt with.
	believed = 5
)

// fit finds the trust of least log loss by Newton's method, scales and biases in
// turn; the biases stay at zero for examples that are no sample of what will be
// asked.
func fit(all []trial, labels int, sampled bool, skip func(fold int) bool) trust {
	t := guessed(labels)
	probs := make([]float64, labels)
	for range fitRounds {
		t.fitScales(all, probs, skip)
		if sampled {
			t.fitBias(all, probs, skip)
		}
	}
	for p := range t.scale {
		t.scale[p] = rounded(t.scale[p])
	}
	for k := range t.bias {
		t.bias[k] = rounded(t.bias[k])
	}
	return t
}

// rounded drops the digits in which processors differ.
func rounded(x float64) float64 { return math.Round(x*1e4) / 1e4 }

func (t trust) probs(out []float64, scores [parts][]float32) {
	for k := range out {
		out[k] = t.bias[k]
		for p, s := range scores {
			out[k] += t.scale[p] * float64(s[k])
		}
	}
	soften(out)
}

func (t *trust) fitScales(all []trial, probs []float64, skip func(int) bool) {
	var g [parts]float64
	var h [parts][parts]float64
	for p := range parts {
		h[p][p] = believed / (guess[p] * guess[p])
		g[p] = h[p][p] * (t.scale[p] - guess[p])
	}
	for _, x := range all {
		if skip(x.fold) {
			continue
		}
		t.probs(probs, x.scores)
		var mean [parts]float64
		var square [parts][parts]float64
		for k, p := range probs {
			for i := range parts {
				si := float64(x.scores[i][k])
				mean[i] += p * si
				for j := range parts {
					square[i][j] += p * si * float64(x.scores[j][k])
				}
			}
		}
		for i := range parts {
			g[i] += mean[i] - float64(x.scores[i][x.want])
			for j := range parts {
				h[i][j] += square[i][j] - mean[i]*mean[j]
			}
		}
	}
	d := h[0][0]*h[1][1] - h[0][1]*h[1][0]
	t.scale[0] = max(0, t.scale[0]-limited((h[1][1]*g[0]-h[0][1]*g[1])/d))
	t.scale[1] = max(0, t.scale[1]-limited((h[0][0]*g[1]-h[1][0]*g[0])/d))
}

// limited keeps a step of Newton's method within reason.
func limited(step float64) float64 { return max(-1, min(1, step)) }

func (t *trust) fitBias(all []trial, probs []float64, skip func(int) bool) {
	g, h := make([]float64, len(probs)), make([]float64, len(probs))
	for k := range g {
		g[k], h[k] = believed*t.bias[k], believed
	}
	for _, x := range all {
		if skip(x.fold) {
			continue
		}
		t.probs(probs, x.scores)
		for k, p := range probs {
			g[k] += p
			h[k] += p * (1 - p)
		}
		g[x.want]--
	}
	for k := range t.bias {
		t.bias[k] -= limited(g[k] / h[k])
	}
}

func (t *trust) sharpen(by float64) {
	for p := range t.scale {
		t.scale[p] *= by
	}
	for k := range t.bias {
		t.bias[k] = rounded(t.bias[k] * by)
	}
}

// blend fits each head's trust on the held-out texts and gives the columns of
// the parts as one.
func (m *Model) blend(b *bag, held []Held, columns [parts][][]float32, sharper float64) [][]float32 {
	var out [][]float32
	for h := range m.heads {
		labels := len(m.heads[h].Labels)
		t := guessed(labels)
		if len(held) > 0 {
			t = fit(trials(m.heads, h, b.targets[h], held), labels, m.heads[h].sampled, func(int) bool { return false })
		}
		if m.heads[h].sampled {
			t.sharpen(sharper)
		}
		m.heads[h].Bias = t.bias
		for range labels {
			a, n := columns[machines][len(out)], columns[nets][len(out)]
			for f := range a {
				a[f] = float32(float32(t.scale[machines])*a[f]) + float32(float32(t.scale[nets])*n[f])
			}
			out = append(out, a)
		}
	}
	return out
}

// Tested gives, for one head, what was true and what the models of the other
// folds said with which probability. Their scores are calibrated without the
// text's own fold too, so nothing of a text has a part in what is said of it.
// Labels that as gives the same name are one; nil leaves them as they are.
func (m *Model) Tested(texts []Text, held []Held, head int, as func(label string) string) []Verdict {
	b := &bag{texts: texts, heads: m.heads}
	b.aim()
	all := trials(m.heads, head, b.targets[head], held)
	h := &m.heads[head]
	names := slices.Clone(h.Labels)
	for i := range names {
		if as != nil {
			names[i] = as(names[i])
		}
	}
	probs := make([]float64, len(h.Labels))
	byFold := map[int]trust{}
	var out []Verdict
	for _, x := range all {
		t, ok := byFold[x.fold]
		if !ok {
			t = fit(all, len(h.Labels), h.sampled, func(fold int) bool { return fold == x.fold })
			byFold[x.fold] = t
		}
		t.probs(probs, x.scores)
		got, p := likeliest(names, probs)
		out = append(out, Verdict{Want: names[x.want], Got: got, Confidence: p})
	}
	return out
}

// likeliest sums the probabilities of equal names and gives the best.
func likeliest(names []string, probs []float64) (best string, p float64) {
	sum := map[string]float64{}
	for i, name := range names {
		sum[name] += probs[i]
	}
	for _, name := range names {
		if sum[name] > p {
			best, p = name, sum[name]
		}
	}
	return best, min(p, 1)
}
