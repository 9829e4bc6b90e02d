package classify

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"sanshi/internal/classify/linear"
	"sanshi/internal/message"
)

// Table is a file of tab-separated values with a header line, one text a row.
type Table struct {
	Name    string
	Columns []string
	Rows    [][]string
	Lines   []int // the line of each row in the file, for complaints
}

// ReadTable reads a table. Every row must have as many columns as the header;
// the complaint names the line.
func ReadTable(name string, in io.Reader) (Table, error) {
	data, err := io.ReadAll(in)
	if err != nil {
		return Table{}, fmt.Errorf("%s: %w", name, err)
	}
	t := Table{Name: name}
	for n, line := range bytes.Split(bytes.TrimPrefix(data, []byte("\ufeff")), []byte("\n")) {
		line = bytes.TrimSuffix(line, []byte("\r"))
		if len(line) == 0 {
			continue
		}
		if !utf8.Valid(line) {
			return t, fmt.Errorf("%s line %d is not UTF-8: save the file as UTF-8", name, n+1)
		}
		f := strings.Split(string(line), "\t")
		switch {
		case t.Columns == nil:
			t.Columns = f
		case len(f) != len(t.Columns):
			return t, fmt.Errorf("%s line %d has %d columns, the header %d: put one tab between two columns", name, n+1, len(f), len(t.Columns))
		default:
			t.Rows, t.Lines = append(t.Rows, f), append(t.Lines, n+1)
		}
	}
	if len(t.Rows) == 0 {
		return t, fmt.Errorf("%s has no rows: it needs a header line and at least one row", name)
	}
	return t, nil
}

// Column gives the place of a column by its name in the header, or an error
// that lists the names there are.
func (t Table) Column(name string) (int, error) {
	if i := slices.Index(t.Columns, name); i >= 0 {
		return i, nil
	}
	return 0, fmt.Errorf("%s has no column %q; it has %s", t.Name, name, strings.Join(t.Columns, ", "))
}

// Has reports whether the table has a column.
func (t Table) Has(name string) bool { return slices.Contains(t.Columns, name) }

// detailRunes is how much of a second text column is learnt from: what follows
// the first sentences of a letter is politeness and history.
const detailRunes = 200

// Lessons turns the rows of tables into examples for one label. The first text
// column is what will be asked about; the others are further examples of the
// same label, learnt from at half weight and never tested on. Rows that share a
// text, or the same further text of some length, are kept in one fold.
func Lessons(tables []Table, textColumns []string, labelColumn string) ([]linear.Text, error) {
	var out []linear.Text
	groups := families{}
	for _, t := range tables {
		label, err := t.Column(labelColumn)
		if err != nil {
			return nil, err
		}
		columns, err := t.columns(textColumns)
		if err != nil {
			return nil, err
		}
		for n, row := range t.Rows {
			if out, err = t.lesson(out, groups, row, columns, label); err != nil {
				return nil, fmt.Errorf("%s line %d: %w", t.Name, t.Lines[n], err)
			}
		}
	}
	return out, nil
}

func (t Table) columns(names []string) ([]int, error) {
	if len(names) == 0 {
		return nil, fmt.Errorf("name at least one text column")
	}
	var out []int
	for _, name := range names {
		i, err := t.Column(name)
		if err != nil {
			return nil, err
		}
		out = append(out, i)
	}
	return out, nil
}

func (t Table) lesson(out []linear.Text, groups families, row []string, columns []int, label int) ([]linear.Text, error) {
	l := strings.TrimSpace(row[label])
	if l == "" {
		return nil, fmt.Errorf("the label (%s) is empty", t.Columns[label])
	}
	first := message.Fold(row[columns[0]])
	if first == "" {
		return nil, fmt.Errorf("the text (%s) is empty", t.Columns[columns[0]])
	}
	group := groups.of(first)
	out = append(out, linear.Text{Text: first, Labels: []string{l}, Group: group})
	for _, c := range columns[1:] {
		more := message.Fold(clip(row[c], detailRunes))
		if more == "" {
			continue
		}
		if utf8.RuneCountInString(more) >= telling {
			groups.join(out, more, group)
		}
		out = append(out, linear.Text{Text: more, Labels: []string{l}, Group: group, Weight: 0.5, Extra: true})
	}
	return out, nil
}

// telling: two equal texts of so many characters are one letter sent twice.
const telling = 20

// families are the groups of texts that belong together, by what they say.
type families map[string]int

// of gives the group of a text: a new one when nobody said it before.
func (f families) of(text string) int {
	if _, ok := f[text]; !ok {
		f[text] = len(f)
	}
	return f[text]
}

// join puts a text into a group, with all of the group in which it was before.
func (f families) join(all []linear.Text, text string, to int) {
	from, known := f[text]
	f[text] = to
	if !known || from == to {
		return
	}
	for other, g := range f {
		if g == from {
			f[other] = to
		}
	}
	for i := range all {
		if all[i].Group == from {
			all[i].Group = to
		}
	}
}

// TableOptions are those for tables of somebody else's titles and texts.
func TableOptions() linear.Options {
	shape := linear.DefaultShape()
	shape.MaxN, shape.Bits, shape.Sound = 2, 20, 2
	return linear.Options{Shape: shape, Seed: 1, Cost: 1, Ratio: 0.7, Epochs: 12, Nets: 12, MinCount: 2, Folds: 5, Sampled: []string{"label"}}
}
