package classify

import (
	"fmt"
	"io/fs"

	"sanshi/internal/catalog"
	"sanshi/internal/classify/linear"
)

// builtinOptions are those with which the model in the program was trained. The
// codes are about as common among the examples as among messages; the dangers are
// far commoner, so how common they are is not learnt.
func builtinOptions() linear.Options {
	return linear.Options{Shape: linear.DefaultShape(), Seed: 1, Cost: 2, Ratio: 0.4, Nets: 4, Folds: 3, Sampled: []string{"code"}, Sharper: 1.25}
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
	t.Code, t.Urgency = linear.Judge(m.Tested(texts, held, 0, nil)), linear.Judge(m.Tested(texts, held, 1, nil))
	t.Kind = linear.Judge(m.Tested(texts, held, 0, func(code string) string { return string(catalog.KindOf(code)) }))
	return t, nil
}
