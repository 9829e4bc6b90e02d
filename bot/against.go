package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"sanshi/internal/classify"
	"sanshi/internal/classify/linear"
)

// contender is what learns from rows and is asked about others.
type contender struct {
	name string
	run  func(ctx context.Context, learn, ask []linear.Text) (said []linear.Verdict, took time.Duration, err error)
}

const againstFolds = 5

// runAgainst measures what train would make of a table beside fastText
// (Joulin et al. 2016), the usual quick classifier: both learn from the same rows
// and are asked about the same others, which none of them has seen.
func runAgainst(ctx context.Context, o evalCmd, out, notes io.Writer) error {
	if o.Model != "" || o.Text == "" || o.Label == "" {
		return usage{errors.New("eval --against trains by itself: name --text and --label as in train, and no --model")}
	}
	if _, err := exec.LookPath(o.Against); err != nil {
		return fmt.Errorf("there is no program %s: on Debian, apt-get install fasttext", o.Against)
	}
	texts, err := readLessons(trainCmd{Data: o.Data, Text: strings.Split(o.Text, ","), Label: o.Label})
	if err != nil {
		return err
	}
	for _, c := range []contender{{"ours", oursOnce}, {o.Against, fastTextOnce}} {
		var said []linear.Verdict
		var took time.Duration
		for fold := range againstFolds {
			fmt.Fprintf(notes, "%s: part %d of %d\n", c.name, fold+1, againstFolds)
			learn, ask := part(texts, fold)
			more, t, err := c.run(ctx, learn, ask)
			if err != nil {
				return fmt.Errorf("%s: %w", c.name, err)
			}
			said, took = append(said, more...), took+t
		}
		printMeasure(out, c.name+", on rows it had not seen", linear.Judge(said))
		fmt.Fprintf(out, "%s: %.1f µs a message\n", c.name, float64(took.Microseconds())/float64(max(1, len(said))))
	}
	return nil
}

// part gives the texts to learn from and those to ask about. Rows of one text
// stay together.
func part(texts []linear.Text, fold int) (learn, ask []linear.Text) {
	turn := map[int]int{}
	for _, t := range texts {
		if _, seen := turn[t.Group]; !seen {
			turn[t.Group] = len(turn) % againstFolds
		}
		switch {
		case turn[t.Group] != fold:
			learn = append(learn, t)
		case !t.Extra:
			ask = append(ask, t)
		}
	}
	return learn, ask
}

func oursOnce(_ context.Context, learn, ask []linear.Text) ([]linear.Verdict, time.Duration, error) {
	m, _, err := linear.Train(learn, []string{"label"}, classify.TableOptions())
	if err != nil {
		return nil, 0, err
	}
	said := make([]linear.Verdict, len(ask))
	took, _ := quickest(func() error {
		for i, t := range ask {
			got, p := m.Read(t.Text)[0].Best()
			said[i] = linear.Verdict{Want: t.Labels[0], Got: got, Confidence: p}
		}
		return nil
	})
	return said, took, nil
}

// quickest does the same thing three times and gives the time of the quickest:
// the others waited for something else.
func quickest(do func() error) (time.Duration, error) {
	best := time.Duration(math.MaxInt64)
	for range 3 {
		start := time.Now()
		if err := do(); err != nil {
			return 0, err
		}
		best = min(best, time.Since(start))
	}
	return best, nil
}

// fastTextOnce gives fastText characters as words and pairs of them, and 30
// passes: the setting that is usually best for short Chinese texts. Its time is
// that of a run over all rows less that of a run over none.
func fastTextOnce(ctx context.Context, learn, ask []linear.Text) ([]linear.Verdict, time.Duration, error) {
	dir, err := os.MkdirTemp("", "fasttext")
	if err != nil {
		return nil, 0, err
	}
	defer os.RemoveAll(dir)
	f := fastText{dir: dir}
	if err := f.learn(ctx, learn); err != nil {
		return nil, 0, err
	}
	_, idle, err := f.ask(ctx, nil)
	if err != nil {
		return nil, 0, err
	}
	said, took, err := f.ask(ctx, ask)
	return said, max(0, took-idle), err
}

// fastText is the program with its files in a folder.
type fastText struct {
	dir    string
	labels []string
}

func (f *fastText) path(name string) string { return filepath.Join(f.dir, name) }

func (f *fastText) learn(ctx context.Context, texts []linear.Text) error {
	var lines strings.Builder
	for _, t := range texts {
		l := slices.Index(f.labels, t.Labels[0])
		if l < 0 {
			l = len(f.labels)
			f.labels = append(f.labels, t.Labels[0])
		}
		fmt.Fprintf(&lines, "__label__%d %s\n", l, apart(t.Text))
	}
	if err := os.WriteFile(f.path("learn"), []byte(lines.String()), 0o600); err != nil {
		return err
	}
	train := exec.CommandContext(ctx, "fasttext", "supervised", "-input", f.path("learn"), "-output", f.path("m"),
		"-wordNgrams", "2", "-epoch", "30", "-lr", "0.5", "-bucket", "200000", "-thread", "1", "-verbose", "0")
	if said, err := train.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, said)
	}
	return nil
}

func (f *fastText) ask(ctx context.Context, texts []linear.Text) ([]linear.Verdict, time.Duration, error) {
	var lines strings.Builder
	for _, t := range texts {
		fmt.Fprintln(&lines, apart(t.Text))
	}
	if err := os.WriteFile(f.path("ask"), []byte(lines.String()), 0o600); err != nil {
		return nil, 0, err
	}
	var out []byte
	took, err := quickest(func() (err error) {
		out, err = exec.CommandContext(ctx, "fasttext", "predict-prob", f.path("m.bin"), f.path("ask"), "1").Output()
		return err
	})
	if err != nil {
		return nil, 0, err
	}
	answers := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
	var said []linear.Verdict
	for i, t := range texts {
		var l int
		v := linear.Verdict{Want: t.Labels[0]}
		if i < len(answers) && answers[i] != "" { // it says nothing of a text without a known character
			if _, err := fmt.Sscanf(answers[i], "__label__%d %g", &l, &v.Confidence); err != nil || l >= len(f.labels) {
				return nil, 0, fmt.Errorf("it said what is no label: %q", answers[i])
			}
			v.Got = f.labels[l]
		}
		said = append(said, v)
	}
	return said, took, nil
}

// apart puts a space between any two characters.
func apart(s string) string {
	return strings.Join(strings.Split(strings.ReplaceAll(s, " ", ""), ""), " ")
}
