package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"sanshi/internal/catalog"
	"sanshi/internal/classify"
	"sanshi/internal/classify/linear"
	"sanshi/internal/message"
)

// evalCmd is the command line of "bot eval".
type evalCmd struct {
	Data  []string `placeholder:"F.tsv,G.tsv" help:"Labelled tab-separated files with a header line."`
	Model string   `type:"existingfile" placeholder:"MODEL" help:"A model made by train; without it the built-in one."`
	Text  string   `placeholder:"text" help:"The column of the text."`
	Label string   `placeholder:"label" help:"The column of the label, for a model made by train. The built-in one is measured on the columns kind, code and urgency."`
	JSON  bool     `name:"json" help:"Write JSON."`

	Against string `enum:",fasttext" default:"" placeholder:"fasttext" help:"Train on four fifths of the rows and ask about the last, in turn, and let this program do the same with the same rows. --text and --label as in train."`
}

// Run measures a model.
func (c evalCmd) Run(s *surroundings) error {
	if len(c.Data) == 0 {
		return usage{errors.New("eval needs --data")}
	}
	if c.Against != "" {
		return runAgainst(s, c, s.out, s.err)
	}
	return runEval(s, c, s.out)
}

// evaluation is one question with how well it was answered.
type evaluation struct {
	Question string `json:"question"`
	linear.Measure
	// Unknown are labels of the rows that the model cannot give, with how often
	// they stand there: misspelt, or never learnt.
	Unknown map[string]int `json:"unknown,omitempty"`
}

// judged measures the verdicts on one question whose answers are known.
func judged(question string, verdicts []linear.Verdict, known []string) evaluation {
	e := evaluation{Question: question, Measure: linear.Judge(verdicts)}
	for _, v := range verdicts {
		if !slices.Contains(known, v.Want) {
			if e.Unknown == nil {
				e.Unknown = map[string]int{}
			}
			e.Unknown[v.Want]++
		}
	}
	return e
}

// runEval measures a model on labelled rows. The built-in model is measured on
// those of the columns kind, code and urgency that are there.
func runEval(ctx context.Context, o evalCmd, out io.Writer) error {
	tables, err := readTables(o.Data)
	if err != nil {
		return err
	}
	var all []evaluation
	if o.Model == "" {
		all, err = evalBuiltin(ctx, o, tables)
	} else {
		all, err = evalTrained(ctx, o, tables)
	}
	if err != nil {
		return err
	}
	if o.JSON {
		e := json.NewEncoder(out)
		e.SetIndent("", "  ")
		e.SetEscapeHTML(false)
		return e.Encode(all)
	}
	for _, e := range all {
		printMeasure(out, e.Question, e.Measure)
		for _, l := range slices.Sorted(maps.Keys(e.Unknown)) {
			fmt.Fprintf(out, "%s: %d rows say %q, which the model cannot answer: misspelt?\n", e.Question, e.Unknown[l], l)
		}
	}
	return nil
}

func evalTrained(ctx context.Context, o evalCmd, tables []classify.Table) ([]evaluation, error) {
	m, err := loadModel(o.Model)
	if err != nil {
		return nil, err
	}
	var verdicts []linear.Verdict
	for _, t := range tables {
		text, err := t.Column(orElse(o.Text, "text"))
		if err != nil {
			return nil, err
		}
		label, err := t.Column(orElse(o.Label, "label"))
		if err != nil {
			return nil, err
		}
		for _, row := range t.Rows {
			got, p := m.Read(message.Fold(row[text]))[0].Best()
			verdicts = append(verdicts, linear.Verdict{Want: row[label], Got: got, Confidence: p})
		}
	}
	return []evaluation{judged("label", verdicts, m.Heads()[0].Labels)}, ctx.Err()
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// questions are what the built-in model answers: the column, what an empty field
// of it means, and the answer.
var questions = []struct {
	column string
	empty  string
	known  func() []string
	answer func(classify.Result) (string, float64)
}{
	{"kind", "", kindNames, func(r classify.Result) (string, float64) { return string(r.Kind), r.Confidence }},
	{"code", classify.NoCode, codeNames, func(r classify.Result) (string, float64) { return r.Code, r.CodeConfidence }},
	{"urgency", "", urgencyNames, func(r classify.Result) (string, float64) { return string(r.Urgency), r.UrgencyConfidence }},
}

func kindNames() []string {
	all := []string{string(catalog.None)}
	for _, k := range catalog.Kinds() {
		all = append(all, string(k))
	}
	return all
}

func codeNames() []string {
	all := []string{classify.NoCode}
	for _, s := range catalog.All() {
		all = append(all, s.Code)
	}
	return all
}

func urgencyNames() []string {
	return []string{string(catalog.Emergency), string(catalog.Urgent), string(catalog.Normal)}
}

func evalBuiltin(ctx context.Context, o evalCmd, tables []classify.Table) ([]evaluation, error) {
	c, err := classify.New()
	if err != nil {
		return nil, err
	}
	verdicts := make([][]linear.Verdict, len(questions))
	for _, t := range tables {
		if err := judgeRows(ctx, c, t, orElse(o.Text, "text"), verdicts); err != nil {
			return nil, err
		}
	}
	var all []evaluation
	for q, v := range verdicts {
		if len(v) > 0 {
			all = append(all, judged(questions[q].column, v, questions[q].known()))
		}
	}
	if len(all) == 0 {
		return nil, errors.New("eval of the built-in model needs a column kind, code or urgency")
	}
	return append(all, emergencies(verdicts[2])...), nil
}

func judgeRows(ctx context.Context, c *classify.Classifier, t classify.Table, textColumn string, verdicts [][]linear.Verdict) error {
	text, err := t.Column(textColumn)
	if err != nil {
		return err
	}
	for _, row := range t.Rows {
		if err := ctx.Err(); err != nil {
			return err
		}
		r := classify.Main(c.Read(message.Clean(row[text]), nil))
		for q, question := range questions {
			if i, err := t.Column(question.column); err == nil {
				got, p := question.answer(r)
				verdicts[q] = append(verdicts[q], linear.Verdict{Want: orElse(row[i], question.empty), Got: got, Confidence: p})
			}
		}
	}
	return nil
}

// emergencies asks of the same verdicts only: an emergency, or not?
func emergencies(urgency []linear.Verdict) []evaluation {
	if len(urgency) == 0 {
		return nil
	}
	yes := func(s string) string {
		if s == string(catalog.Emergency) {
			return s
		}
		return "other"
	}
	two := make([]linear.Verdict, len(urgency))
	for i, v := range urgency {
		two[i] = linear.Verdict{Want: yes(v.Want), Got: yes(v.Got), Confidence: v.Confidence}
	}
	return []evaluation{{Question: "emergency or not", Measure: linear.Judge(two)}}
}

func printMeasure(out io.Writer, question string, m linear.Measure) {
	fmt.Fprintf(out, "\n%s: %d rows, accuracy %.3f, macro-F1 %.3f, calibration error %.3f\n", question, m.N, m.Accuracy, m.MacroF1, m.ECE)
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "label\tn\tprecision\trecall\tF1\ttaken for")
	for _, c := range m.Classes {
		fmt.Fprintf(w, "%s\t%d\t%.2f\t%.2f\t%.2f\t%s\n", c.Label, c.N, c.Precision, c.Recall, c.F1, takenFor(m.Confusion[c.Label], c.Label))
	}
	fmt.Fprintln(w, "\nat least\tshare\tright")
	for _, a := range m.Above {
		fmt.Fprintf(w, "%.2f\t%.1f %%\t%.1f %%\n", a.Threshold, 100*a.Share, 100*a.Accuracy)
	}
	_ = w.Flush() // to a terminal or a file that was just written to
}

// takenFor lists the wrong answers of one label, the commonest first.
func takenFor(row map[string]int, label string) string {
	wrong := slices.DeleteFunc(slices.Sorted(maps.Keys(row)), func(l string) bool { return l == label })
	slices.SortStableFunc(wrong, func(a, b string) int { return row[b] - row[a] })
	for i, l := range wrong {
		wrong[i] = fmt.Sprintf("%s %d", l, row[l])
	}
	return strings.Join(wrong, ", ")
}
