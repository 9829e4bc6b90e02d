package classify

import (
	"bufio"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"sanshi/internal/catalog"
	"sanshi/internal/message"

	"sanshi/internal/classify/linear"
)

// heads are the questions of the built-in model, in order.
var heads = []string{"code", "urgency", "danger"}

// Example is one line of the examples: what a resident might write, and what it is.
type Example struct {
	Code    string
	Urgency catalog.Urgency
	Danger  string // of an emergency; "" otherwise
	Text    string // may hold [one/of/these]
}

// anyCode stands for a code that an example leaves open.
const anyCode = "?"

// LoadExamples reads every .txt file of a folder. Each line is a code, an
// urgency unless it is normal, a bar and the text; # begins a remark.
func LoadExamples(folder fs.FS) ([]Example, error) {
	names, err := fs.Glob(folder, "*.txt")
	if err != nil || len(names) == 0 {
		return nil, fmt.Errorf("classify: no example files (*.txt) there")
	}
	slices.Sort(names)
	var all []Example
	for _, name := range names {
		data, err := fs.ReadFile(folder, name)
		if err != nil {
			return nil, err
		}
		lines := bufio.NewScanner(strings.NewReader(string(data)))
		for n := 1; lines.Scan(); n++ {
			line := strings.TrimSpace(lines.Text())
			if line == "" || strings.HasPrefix(line, "#") {
				continue
			}
			e, err := parseExample(line)
			if err != nil {
				return nil, fmt.Errorf("%s line %d: %w", name, n, err)
			}
			all = append(all, e)
		}
	}
	return all, nil
}

func parseExample(line string) (Example, error) {
	label, text, ok := strings.Cut(line, "|")
	f := strings.Fields(label)
	if !ok || len(f) == 0 || len(f) > 3 || strings.TrimSpace(text) == "" {
		return Example{}, fmt.Errorf("wants CODE|text, CODE urgent|text or CODE emergency danger|text, not %q", line)
	}
	e := Example{Code: f[0], Urgency: catalog.Normal, Text: strings.TrimSpace(text)}
	if _, known := catalog.Lookup(e.Code); !known && e.Code != NoCode && e.Code != anyCode {
		return Example{}, fmt.Errorf("there is no code %s in the catalogue", e.Code)
	}
	if len(f) > 1 {
		e.Urgency = catalog.Urgency(f[1])
	}
	if !e.Urgency.Valid() {
		return Example{}, fmt.Errorf("the urgency is emergency, urgent or normal, not %q", f[1])
	}
	if len(f) > 2 {
		e.Danger = f[2]
	}
	if _, known := dangerNames[e.Danger]; known != (e.Urgency == catalog.Emergency) {
		return Example{}, fmt.Errorf("an emergency, and nothing else, has a danger: one of %s", strings.Join(slices.Sorted(maps.Keys(dangerNames)), " "))
	}
	return e, nil
}

// variants writes out [one/of/these]: as many texts as the longest choice has,
// so that each alternative is used at least once.
func variants(text string) []string {
	parts := strings.Split(text, "[")
	most := 1
	for _, p := range parts[1:] {
		if inside, _, ok := strings.Cut(p, "]"); ok {
			most = max(most, strings.Count(inside, "/")+1)
		}
	}
	out := make([]string, most)
	for v := range out {
		var b strings.Builder
		b.WriteString(parts[0])
		for _, p := range parts[1:] {
			inside, rest, _ := strings.Cut(p, "]")
			choice := strings.Split(inside, "/")
			b.WriteString(choice[v%len(choice)])
			b.WriteString(rest)
		}
		out[v] = b.String()
	}
	return out
}

// harmless is the label of what holds no danger.
const harmless = "none"

func (e Example) labels() []string {
	code, danger := e.Code, e.Danger
	if code == anyCode {
		code = "" // the model learns nothing of the code from it
	}
	if danger == "" {
		danger = harmless
	}
	return []string{code, string(e.Urgency), danger}
}

// lessons turns examples into what the model learns from. The variants of a line
// share its weight in part, so that a long choice does not drown the others.
func lessons(all []Example) []linear.Text {
	var out []linear.Text
	for group, e := range all {
		vs := variants(e.Text)
		weight := 1.0
		if len(vs) > 1 {
			weight = (1 + 0.4*float64(len(vs)-1)) / float64(len(vs))
		}
		for i, v := range vs {
			out = append(out, linear.Text{
				Text:   modelText(message.Fold(v)),
				Labels: e.labels(),
				Weight: weight, Group: group, Extra: i > 0,
			})
		}
	}
	return out
}
