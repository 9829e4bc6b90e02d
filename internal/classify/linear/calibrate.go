package linear

import "math"

// calibrate finds for each head the temperature at which the probabilities of
// held-out texts are most honest (least log loss). Without held-out texts they
// stay at 1.
func calibrate(m *Model, b *bag, held []Held) {
	at := 0
	for h := range m.heads {
		head := &m.heads[h]
		n := len(head.Labels)
		if len(held) > 0 {
			head.Temperature = bestTemperature(head, b.targets[h], held, at)
		}
		at += n
	}
}

// bestTemperature searches by golden section: the loss has one valley.
func bestTemperature(head *Head, target []int32, held []Held, at int) float64 {
	loss := func(logT float64) float64 {
		t, sum := math.Exp(logT), 0.0
		probs := make([]float64, len(head.Labels))
		for _, x := range held {
			want := target[x.Text]
			if want < 0 {
				continue
			}
			softmax(probs, x.Scores[at:at+len(probs)], head.Bias, t)
			sum -= math.Log(max(probs[want], 1e-12))
		}
		return sum
	}
	const ratio = 0.6180339887498949
	lo, hi := math.Log(0.02), math.Log(5)
	for hi-lo > 1e-4 {
		a, b := hi-ratio*(hi-lo), lo+ratio*(hi-lo)
		if loss(a) < loss(b) {
			hi = b
		} else {
			lo = a
		}
	}
	return math.Exp((lo + hi) / 2)
}

// Tested gives, for one head, what was true and what the models of the other
// folds said with which probability.
func (m *Model) Tested(texts []Text, held []Held, head int) []Verdict {
	at := 0
	for i := range head {
		at += len(m.heads[i].Labels)
	}
	h := &m.heads[head]
	probs := make([]float64, len(h.Labels))
	var out []Verdict
	for _, x := range held {
		want := texts[x.Text].Labels[head]
		if want == "" {
			continue
		}
		softmax(probs, x.Scores[at:at+len(probs)], h.Bias, h.Temperature)
		got, p := Answer{head: h, Probs: probs}.Best()
		out = append(out, Verdict{Want: want, Got: got, Confidence: p})
	}
	return out
}
