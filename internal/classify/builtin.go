package classify

import (
	"fmt"
	"io/fs"

	"sanshi/internal/catalog"
	"sanshi/internal/classify/linear"
)

// builtinOptions are those with which the model in the program was trained.
func builtinOptions() linear.Options {
	return linear.Options{Shape: linear.DefaultShape(), Seed: 1, Cost: 2, Ratio: 0.4, Nets: 4, Folds: 3, Sampled: []string{"code"}}
}

// Trained is a built-in model and how well models trained on four fifths of the
// examples did on the last fifth.
type Trained struct {
	Model    *linear.Model
	Examples int
	Kind     linear.Measure
	Code     linear.Measure
	Urgency  linear.Measure
}

// TrainBuiltin trains the model that the program carries from a folder of
// examples. The same examples give the same bytes.
func TrainBuiltin(folder fs.FS, progress func(done, total int)) (Trained, error) {
	examples, err := LoadExamples(folder)
	if err != nil {
		return Trained{}, err
	}
	texts := lessons(examples)
	o := builtinOptions()
	o.Progress = progress
	o.Note = fmt.Sprintf("%d examples, %d with their variants", len(examples), len(texts))
	m, held, err := linear.Train(texts, heads, o)
	if err != nil {
		return Trained{}, err
	}
	t := Trained{Model: m, Examples: len(examples)}
	codes := m.Tested(texts, held, 0)
	t.Code, t.Urgency = linear.Judge(codes), linear.Judge(m.Tested(texts, held, 1))
	for i := range codes {
		codes[i].Want = string(catalog.KindOf(codes[i].Want))
		codes[i].Got = string(catalog.KindOf(codes[i].Got))
	}
	t.Kind = linear.Judge(codes)
	return t, nil
}
