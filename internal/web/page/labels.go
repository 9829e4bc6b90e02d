package page

import (
	_ "embed"
	"fmt"
	"html/template"
	"strings"
)

//go:embed labels.tsv
var labelData string

// Label is one thing said on a page.
type Label struct{ Zh, En string }

// labels is read once and never changed.
var labels = mustParseLabels(labelData)

// mustParseLabels panics on a broken file: the file is part of the program.
func mustParseLabels(text string) map[string]Label {
	m := map[string]Label{}
	for n, line := range strings.Split(text, "\n") {
		if n == 0 || line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Split(line, "\t")
		if len(f) != 3 || f[1] == "" || f[2] == "" {
			panic(fmt.Sprintf("page: labels.tsv line %d needs a key, a Chinese and an English text", n+1))
		}
		if _, twice := m[f[0]]; twice {
			panic(fmt.Sprintf("page: labels.tsv line %d repeats %s", n+1, f[0]))
		}
		m[f[0]] = Label{Zh: f[1], En: f[2]}
	}
	return m
}

// HasLabel reports whether a key is known; tests use it to find a forgotten one.
func HasLabel(key string) bool { _, ok := labels[key]; return ok }

// Frame is what the layout needs; every page's data embeds it.
type Frame struct {
	Lang  string // of the reader: zh-Hans first unless it is en
	Title string
	Site  string // the name in the head of the page
	Home  string // where that name leads
	Nav   []Link
	Who   string // the person signed in, or ""
	Role  string // her role, a key of the labels
	Flash *Flash
	Undo  *Undo
	Wide  bool   // uses the whole width
	Class string // of the body, for the style sheet
	Poll  string // address of the counts that are fetched again and again, or ""
}

// Link is one entry of the navigation.
type Link struct {
	Href, Key string
	Count     int
	Here      bool
	Loud      bool // shown in red when Count is not 0
}

// Flash is one sentence about what was just done.
type Flash struct {
	Key    string
	Args   []string `json:",omitempty"`
	Detail string   `json:",omitempty"` // a reason, as the domain words it
	Bad    bool     `json:",omitempty"`
}

// Undo is what was just done and may be taken back, and how many seconds are left.
type Undo struct {
	Matters []string // ids
	Seconds int
}

// Step rounds the seconds up to fives: the style sheet has one rule for each.
func (u Undo) Step() int { return min(60, (u.Seconds+4)/5*5) }

// Say is the sentence of a flash.
func (f Frame) Say(l *Flash) template.HTML {
	args := make([]any, len(l.Args))
	for i, a := range l.Args {
		args[i] = a
	}
	return f.T(l.Key, args...)
}

// English reports whether English comes first.
func (f Frame) English() bool { return strings.HasPrefix(f.Lang, "en") }

// HTMLLang is the lang attribute of the page.
func (f Frame) HTMLLang() string {
	if f.English() {
		return "en"
	}
	return "zh-Hans"
}

// P gives a label as plain text, in both languages: for attributes and options.
func (f Frame) P(key string, args ...any) string {
	first, second := f.pair(key, args)
	if first == second {
		return first
	}
	return first + " " + second
}

// One gives a label in the reader's language only.
func (f Frame) One(key string, args ...any) string {
	first, _ := f.pair(key, args)
	return first
}

// T gives a label with the other language small beside it.
func (f Frame) T(key string, args ...any) template.HTML {
	first, second := f.pair(key, args)
	a, b := "zh-Hans", "en"
	if f.English() {
		a, b = b, a
	}
	if first == second {
		return template.HTML(template.HTMLEscapeString(first))
	}
	return template.HTML(fmt.Sprintf(`<span lang="%s">%s</span> <small class="also" lang="%s">%s</small>`,
		a, template.HTMLEscapeString(first), b, template.HTMLEscapeString(second)))
}

// Both puts two texts that are no labels the same way: the names of a service.
func (f Frame) Both(zh, en string) template.HTML {
	if f.English() {
		zh, en = en, zh
	}
	return template.HTML(fmt.Sprintf(`%s <small class="also">%s</small>`,
		template.HTMLEscapeString(zh), template.HTMLEscapeString(en)))
}

func (f Frame) pair(key string, args []any) (string, string) {
	l, ok := labels[key]
	if !ok {
		l = Label{key, key}
	}
	if len(args) > 0 {
		l.Zh, l.En = fmt.Sprintf(l.Zh, args...), fmt.Sprintf(l.En, args...)
	}
	if f.English() {
		return l.En, l.Zh
	}
	return l.Zh, l.En
}

// Has reports whether there is such a label: some things have a hint, most none.
func (f Frame) Has(key string) bool { return HasLabel(key) }

// Fact is the heading of a village's fact: its label, or its key where the
// village has made one up.
func (f Frame) Fact(key string) template.HTML {
	if HasLabel("fact." + key) {
		return f.T("fact." + key)
	}
	return template.HTML(template.HTMLEscapeString(key))
}

// Via says by which way something came; what we have no word for stands as it is.
func (f Frame) Via(s string) string {
	if HasLabel("via." + s) {
		return f.One("via." + s)
	}
	return s
}

// Status says how far a text is; a carrier's own word stands as it is.
func (f Frame) Status(s string) string {
	if HasLabel("status." + s) {
		return f.One("status." + s)
	}
	return s
}
