package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
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
	var said []linear.Verdict
	start := time.Now()
	for _, t := range ask {
		got, p := m.Read(t.Text)[0].Best()
		said = append(said, linear.Verdict{Want: t.Labels[0], Got: got, Confidence: p})
	}
	return said, time.Since(start), nil
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
	path := func(name string) string { return filepath.Join(dir, name) }
	labels := map[string]int{}
	var names []string
	var lessons, rows strings.Builder
	for _, t := range learn {
		l, ok := labels[t.Labels[0]]
		if !ok {
			l = len(names)
			labels[t.Labels[0]] = l
			names = append(names, t.Labels[0])
		}
		fmt.Fprintf(&lessons, "__label__%d %s\n", l, apart(t.Text))
	}
	for _, t := range ask {
		fmt.Fprintln(&rows, apart(t.Text))
	}
	for name, data := range map[string]string{"learn": lessons.String(), "ask": rows.String(), "none": ""} {
		if err := os.WriteFile(path(name), []byte(data), 0o600); err != nil {
			return nil, 0, err
		}
	}
	train := exec.CommandContext(ctx, "fasttext", "supervised", "-input", path("learn"), "-output", path("m"),
		"-wordNgrams", "2", "-epoch", "30", "-lr", "0.5", "-bucket", "200000", "-thread", "1", "-verbose", "0")
	if said, err := train.CombinedOutput(); err != nil {
		return nil, 0, fmt.Errorf("%w: %s", err, said)
	}
	_, idle, err := predictions(ctx, path("m.bin"), path("none"))
	if err != nil {
		return nil, 0, err
	}
	lines, took, err := predictions(ctx, path("m.bin"), path("ask"))
	if err != nil {
		return nil, 0, err
	}
	if len(lines) != len(ask) {
		return nil, 0, fmt.Errorf("%d answers to %d rows", len(lines), len(ask))
	}
	var said []linear.Verdict
	for i, line := range lines {
		var l int
		var p float64
		if _, err := fmt.Sscanf(line, "__label__%d %g", &l, &p); err != nil || l >= len(names) {
			return nil, 0, errors.New("it said what is no label: " + strconv.Quote(line))
		}
		said = append(said, linear.Verdict{Want: ask[i].Labels[0], Got: names[l], Confidence: p})
	}
	return said, max(0, took-idle), nil
}

func predictions(ctx context.Context, model, rows string) ([]string, time.Duration, error) {
	start := time.Now()
	out, err := exec.CommandContext(ctx, "fasttext", "predict-prob", model, rows, "1").Output()
	return strings.FieldsFunc(string(out), func(r rune) bool { return r == '\n' }), time.Since(start), err
}

// apart puts a space between any two characters.
func apart(s string) string {
	return strings.Join(strings.Split(strings.ReplaceAll(s, " ", ""), ""), " ")
}
