package linear

import (
	"math"
	"slices"
)

// Verdict is one judged text.
type Verdict struct {
	Want, Got  string
	Confidence float64
}

// Class is how well one label is recognised.
type Class struct {
	Label     string  `json:"label"`
	N         int     `json:"n"` // texts that have it
	Precision float64 `json:"precision"`
	Recall    float64 `json:"recall"`
	F1        float64 `json:"f1"`
}

// Above says what would happen if everything with at least this confidence went
// through by itself.
type Above struct {
	Threshold float64 `json:"threshold"`
	Share     float64 `json:"share"`
	Accuracy  float64 `json:"accuracy"` // of that share
}

// Measure is how good the verdicts are.
type Measure struct {
	N        int     `json:"n"`
	Accuracy float64 `json:"accuracy"`
	MacroF1  float64 `json:"macro_f1"` // over the labels that occur among the true ones
	// ECE is the expected calibration error in ten bins of equal width.
	ECE       float64                   `json:"ece"`
	Classes   []Class                   `json:"classes"`
	Confusion map[string]map[string]int `json:"confusion"` // true → said → n
	Above     []Above                   `json:"above"`
}

// Judge measures verdicts.
func Judge(all []Verdict) Measure {
	m := Measure{N: len(all), Confusion: map[string]map[string]int{}}
	said := map[string]int{}
	for _, v := range all {
		if m.Confusion[v.Want] == nil {
			m.Confusion[v.Want] = map[string]int{}
		}
		m.Confusion[v.Want][v.Got]++
		said[v.Got]++
		if v.Want == v.Got {
			m.Accuracy++
		}
	}
	if m.N == 0 {
		return m
	}
	m.Accuracy /= float64(m.N)
	for label, row := range m.Confusion {
		m.Classes = append(m.Classes, classOf(label, row, said[label]))
	}
	slices.SortFunc(m.Classes, func(a, b Class) int { return compareLabels(a.Label, b.Label) })
	for _, c := range m.Classes {
		m.MacroF1 += c.F1
	}
	m.MacroF1 /= float64(len(m.Classes))
	m.ECE = calibrationError(all)
	for _, t := range []float64{0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98} {
		m.Above = append(m.Above, above(all, t))
	}
	return m
}

func classOf(label string, row map[string]int, said int) Class {
	c := Class{Label: label}
	for _, n := range row {
		c.N += n
	}
	hit := float64(row[label])
	c.Recall = hit / float64(c.N)
	if said > 0 {
		c.Precision = hit / float64(said)
	}
	if hit > 0 {
		c.F1 = 2 * c.Precision * c.Recall / (c.Precision + c.Recall)
	}
	return c
}

// compareLabels puts G2 before G10.
func compareLabels(a, b string) int {
	if len(a) != len(b) {
		return len(a) - len(b)
	}
	if a < b {
		return -1
	}
	return 1
}

func calibrationError(all []Verdict) float64 {
	var n, right, sum [10]float64
	for _, v := range all {
		b := min(9, max(0, int(v.Confidence*10)))
		n[b]++
		sum[b] += v.Confidence
		if v.Want == v.Got {
			right[b]++
		}
	}
	e := 0.0
	for b := range n {
		e += math.Abs(right[b] - sum[b])
	}
	return e / float64(len(all))
}

func above(all []Verdict, t float64) Above {
	a := Above{Threshold: t}
	n := 0.0
	for _, v := range all {
		if v.Confidence >= t {
			n++
			if v.Want == v.Got {
				a.Accuracy++
			}
		}
	}
	if n > 0 {
		a.Accuracy /= n
	}
	a.Share = n / float64(len(all))
	return a
}
