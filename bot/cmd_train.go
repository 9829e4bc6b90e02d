package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/mattn/go-isatty"
	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"sanshi/internal/classify"
	"sanshi/internal/classify/linear"
)

// trainCmd is the command line of "bot train".
type trainCmd struct {
	Data     []string `placeholder:"F.tsv,G.tsv" help:"Tab-separated files with a header line."`
	Text     []string `placeholder:"COL,COL2" help:"Text columns. The first is what the model will be asked about; the others are learnt from too."`
	Label    string   `placeholder:"COL" help:"The column of the label."`
	Out      string   `placeholder:"MODEL" help:"The file to write."`
	Seed     uint64   `help:"Of the order in which texts are learnt (1)." placeholder:"1"`
	Epochs   *int     `help:"Passes over the texts, at least 1." placeholder:"12"`
	Builtin  bool     `help:"Train the program's own model from its folder of examples (within the source tree)."`
	Examples string   `help:"The folder of examples for --builtin." placeholder:"DIR"`
}

// Run trains a model.
func (c trainCmd) Run(s *surroundings) error {
	if !c.Builtin && (len(c.Data) == 0 || len(c.Text) == 0 || c.Label == "" || c.Out == "") {
		return usage{errors.New("train needs --data, --text, --label and --out")}
	}
	if c.Epochs != nil && *c.Epochs < 1 {
		return usage{fmt.Errorf("--epochs %d: a model learns in at least 1 pass", *c.Epochs)}
	}
	return runTrain(s, c, s.out, s.err)
}

const (
	builtinExamples = "internal/classify/examples"
	builtinModel    = "internal/classify/model.bin"
)

// enough is the least number of texts of which a share can be told to the nearest
// tenth or so: half the width of the 95 % interval is then 0.1.
const enough = 100

// runTrain trains a model, prints how well models of four fifths of the rows did
// on the last fifth, and writes it. Progress goes to notes.
func runTrain(ctx context.Context, o trainCmd, out, notes io.Writer) error {
	bar := newProgress(notes)
	defer bar.close()
	if o.Builtin {
		return trainBuiltin(o, bar, out)
	}
	texts, err := readLessons(o)
	if err != nil {
		return err
	}
	opts := classify.TableOptions()
	opts.Progress = bar.at
	if o.Seed != 0 {
		opts.Seed = o.Seed
	}
	if o.Epochs != nil {
		opts.Epochs = *o.Epochs
	}
	opts.Note = fmt.Sprintf("%d texts of %s", len(texts), baseNames(o.Data))
	m, held, err := linear.Train(texts, []string{"label"}, opts)
	if err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	bar.close()
	tested := linear.Judge(m.Tested(texts, held, 0, nil))
	printMeasure(out, "label, held out by fifths", tested)
	if tested.N < enough {
		fmt.Fprintf(notes, "only %d texts: these figures say nothing yet; some tens of each label are a beginning\n", tested.N)
	}
	return writeModel(out, o.Out, m)
}

func readLessons(o trainCmd) ([]linear.Text, error) {
	tables, err := readTables(o.Data)
	if err != nil {
		return nil, err
	}
	texts, err := classify.Lessons(tables, o.Text, o.Label)
	if err != nil {
		return nil, err
	}
	return texts, nil
}

func readTables(files []string) ([]classify.Table, error) {
	var tables []classify.Table
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		t, err := classify.ReadTable(name, f)
		_ = f.Close() // only read
		if err != nil {
			return nil, err
		}
		if len(t.Columns) == 1 && strings.Contains(t.Columns[0], ",") {
			return nil, fmt.Errorf("%s has commas between its columns: save it with tabs (TSV)", name)
		}
		tables = append(tables, t)
	}
	return tables, nil
}

func baseNames(files []string) string {
	var names []string
	for _, f := range files {
		names = append(names, filepath.Base(f))
	}
	return strings.Join(names, ", ")
}

func trainBuiltin(o trainCmd, bar *progress, out io.Writer) error {
	folder, file := o.Examples, o.Out
	if folder == "" {
		folder = builtinExamples
	}
	if file == "" {
		file = builtinModel
	}
	if found, _ := filepath.Glob(filepath.Join(folder, "*.txt")); len(found) == 0 {
		return fmt.Errorf("there are no examples (*.txt) in %s: run this in the folder of the program's source, or name theirs with --examples", folder)
	}
	t, err := classify.TrainBuiltin(os.DirFS(folder), bar.at)
	if err != nil {
		return err
	}
	bar.close()
	fmt.Fprintf(out, "%d examples; of those held out by fifths:\n", t.Examples)
	printMeasure(out, "kind", t.Kind)
	printMeasure(out, "code", t.Code)
	printMeasure(out, "urgency", t.Urgency)
	return writeModel(out, file, t.Model)
}

// writeModel writes beside the file and renames, so that a model is never half
// there.
func writeModel(out io.Writer, file string, m *linear.Model) error {
	data := m.Bytes()
	tmp := file + ".new"
	if err := os.WriteFile(tmp, data, 0o644); err != nil {
		return fmt.Errorf("cannot write the model: %w", err)
	}
	if err := os.Rename(tmp, file); err != nil {
		return fmt.Errorf("cannot write the model: %w", err)
	}
	fmt.Fprintf(out, "wrote %s, %d KB\n", file, len(data)/1024)
	return nil
}

// progress shows how far training is: a bar on a terminal, else a line now and then.
type progress struct {
	notes  io.Writer
	bars   *mpb.Progress
	bar    *mpb.Bar
	last   time.Time
	closed bool
}

func newProgress(notes io.Writer) *progress {
	p := &progress{notes: notes, last: time.Now()}
	if f, ok := notes.(*os.File); ok && isatty.IsTerminal(f.Fd()) {
		p.bars = mpb.New(mpb.WithOutput(notes), mpb.WithWidth(48))
	}
	return p
}

func (p *progress) at(done, total int) {
	if p.bars == nil {
		if now := time.Now(); now.Sub(p.last) >= 5*time.Second || done == total {
			p.last = now
			fmt.Fprintf(p.notes, "training: %d of %d\n", done, total)
		}
		return
	}
	if p.bar == nil {
		p.bar = p.bars.AddBar(int64(total),
			mpb.PrependDecorators(decor.Name("training "), decor.CountersNoUnit("%d / %d")),
			mpb.AppendDecorators(decor.Elapsed(decor.ET_STYLE_GO)))
	}
	p.bar.SetCurrent(int64(done))
}

func (p *progress) close() {
	if p.closed || p.bars == nil {
		return
	}
	p.closed = true
	if p.bar != nil {
		p.bar.Abort(false)
	}
	p.bars.Wait()
}
