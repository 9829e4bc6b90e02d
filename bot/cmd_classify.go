package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"runtime"
	"sync"

	"github.com/mattn/go-isatty"

	"sanshi/internal/classify"
	"sanshi/internal/classify/linear"
	"sanshi/internal/message"
)

// classifyCmd is the command line of "bot classify".
type classifyCmd struct {
	Model string `help:"A model made by train." type:"existingfile"`
	LLM   bool   `name:"llm" help:"Ask the language model of OPENAI_… about doubtful texts; they leave this machine, masked."`
}

// Help is what --help says below the flags.
func (classifyCmd) Help() string {
	return "A line in, a line out:\n\n" +
		"  echo '" + lineIn + "' | bot classify"
}

// lineIn shows what a line looks like.
const lineIn = `{"id":1,"text":"村口路灯坏了三天了"}`

// Run sorts what stands on stdin.
func (c classifyCmd) Run(s *surroundings) error {
	if f, ok := s.in.(*os.File); ok && isatty.IsTerminal(f.Fd()) {
		fmt.Fprintf(s.err, "一行一条，如 a line each, such as\n%s\nCtrl-D 结束 ends\n", lineIn)
	}
	if c.LLM {
		return c.askToo(s)
	}
	return runClassify(s, c.Model, s.in, s.out)
}

// asked and sorted are a line in and a line out of "bot classify".
type asked struct {
	ID   json.RawMessage `json:"id"`
	Text *string         `json:"text"`
}

type sorted struct {
	ID             json.RawMessage `json:"id"`
	Kind           string          `json:"kind"`
	Code           string          `json:"code"`
	Urgency        string          `json:"urgency"`
	Confidence     float64         `json:"confidence"`      // that the kind is right
	CodeConfidence float64         `json:"code_confidence"` // that the code is right too
	Source         string          `json:"source"`
	Reason         string          `json:"reason"`
}

type labelled struct {
	ID         json.RawMessage `json:"id"`
	Label      string          `json:"label"`
	Confidence float64         `json:"confidence"`
}

// runClassify sorts JSON lines {"id","text"} from in to out, in the same order.
// It stops at the first line that is none, names it, and leaves the answers to
// the lines before it written. modelFile is a file of "bot train", or "" for the
// built-in model.
func runClassify(ctx context.Context, modelFile string, in io.Reader, out io.Writer) error {
	answer, err := answerer(modelFile)
	if err != nil {
		return err
	}
	return answerLines(ctx, answer, in, out)
}

func answerLines(ctx context.Context, answer func(asked) any, in io.Reader, out io.Writer) error {
	lines := bufio.NewReaderSize(in, 1<<20)
	w := bufio.NewWriterSize(out, 1<<16)
	for number := 1; ; {
		batch, readErr := nextLines(lines)
		answers, err := answerAll(batch, number, answer)
		for _, a := range answers {
			if _, err := w.Write(a); err != nil {
				return fmt.Errorf("classify: cannot write: %w", err)
			}
		}
		if err := errors.Join(err, w.Flush(), ctx.Err()); err != nil {
			return err
		}
		number += len(batch)
		if readErr == io.EOF {
			return nil
		} else if readErr != nil {
			return fmt.Errorf("classify: cannot read: %w", readErr)
		}
	}
}

// answerer gives the function that turns a line into its answer.
func answerer(modelFile string) (func(asked) any, error) {
	if modelFile == "" {
		c, err := classify.New()
		if err != nil {
			return nil, err
		}
		return func(a asked) any { return builtinAnswer(c, a) }, nil
	}
	m, err := loadModel(modelFile)
	if err != nil {
		return nil, err
	}
	return func(a asked) any {
		label, p := m.Read(message.Fold(message.Clean(*a.Text)))[0].Best()
		return labelled{a.ID, label, round4(p)}
	}, nil
}

func loadModel(file string) (*linear.Model, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("cannot read the model: %w", err)
	}
	m, err := linear.Parse(data)
	if err != nil {
		return nil, fmt.Errorf("%s is no model, or a damaged one: make it again with \"bot train\"", file)
	}
	return m, nil
}

func builtinAnswer(c *classify.Classifier, a asked) sorted {
	return lineOf(a, classify.Main(c.Read(message.Clean(*a.Text), nil)))
}

func lineOf(a asked, r classify.Result) sorted {
	return sorted{
		ID: a.ID, Kind: string(r.Kind), Code: r.Code, Urgency: string(r.Urgency),
		Confidence: round4(r.Confidence), CodeConfidence: round4(r.CodeConfidence),
		Source: r.Source, Reason: r.Reason,
	}
}

func round4(p float64) float64 { return math.Round(p*1e4) / 1e4 }

// batchSize is how many lines are sorted side by side.
const batchSize = 512

// nextLines waits for one line and takes what else has already arrived, so that
// a program that asks line by line is answered at once.
func nextLines(r *bufio.Reader) ([][]byte, error) {
	var batch [][]byte
	for len(batch) < batchSize && (len(batch) == 0 || r.Buffered() > 0) {
		line, err := r.ReadBytes('\n')
		if len(line) > 0 {
			batch = append(batch, line)
		}
		if err != nil {
			return batch, err
		}
	}
	return batch, nil
}

// answerAll sorts a batch on all cores. Its answers end before the first bad line.
func answerAll(batch [][]byte, first int, answer func(asked) any) ([][]byte, error) {
	answers, faults := make([][]byte, len(batch)), make([]error, len(batch))
	workers := min(runtime.GOMAXPROCS(0), len(batch))
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for i := w; i < len(batch); i += workers {
				answers[i], faults[i] = answerLine(batch[i], answer)
			}
		})
	}
	wg.Wait()
	for i, err := range faults {
		if err != nil {
			return answers[:i], fmt.Errorf("classify: line %d %w", first+i, err)
		}
	}
	return answers, nil
}

func answerLine(line []byte, answer func(asked) any) ([]byte, error) {
	if len(bytes.TrimSpace(line)) == 0 {
		return nil, nil
	}
	var a asked
	if err := json.Unmarshal(line, &a); err != nil || a.Text == nil {
		return nil, errors.New(`is not {"id":…,"text":"…"}: each line must be one such object`)
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(answer(a)); err != nil {
		return nil, fmt.Errorf("cannot be answered: %w", err)
	}
	return b.Bytes(), nil
}
