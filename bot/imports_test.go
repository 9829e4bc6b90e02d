package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// arrows is who may import whom inside this module; what is not here is
// forbidden. A new arrow is a deliberate line in this table. "x/*" stands for
// every package below x that has no row of its own; "*" for all of ours.
//
// The shape behind it: the domain in the middle (message, catalog, directory,
// matter, dialogue) knows nobody outside; the desk decides; adapters (channels,
// store, queue, web) never import each other; bot alone puts them together.
var arrows = map[string]string{
	"bot": "*",

	"internal/message":     "",
	"internal/catalog":     "",
	"prompts":              "",
	"internal/directory":   "internal/message internal/catalog",
	"internal/matter":      "internal/directory internal/message internal/catalog",
	"internal/call":        "internal/matter internal/directory internal/message", // promises are counted in a matter's working time
	"handlers":             "handlers/* internal/matter internal/directory internal/catalog",
	"handlers/*":           "internal/matter internal/directory internal/catalog",
	"internal/classify":    "internal/classify/linear internal/catalog internal/directory internal/message",
	"internal/classify/*":  "",                                                            // the model itself knows no village
	"internal/llm":         "internal/classify internal/catalog internal/message prompts", // message: it reads texts folded
	"internal/llm/llmtest": "",                                                            // a stand-in knows the interface and nothing of ours
	"internal/dialogue":    "internal/call internal/matter internal/classify internal/directory internal/message internal/catalog prompts",
	"internal/desk":        "internal/dialogue internal/call internal/classify internal/matter internal/directory internal/catalog internal/message prompts",

	"internal/store":                     "internal/desk internal/call internal/dialogue internal/matter internal/directory internal/catalog internal/message internal/channel",
	"internal/store/*":                   "internal/store internal/call internal/desk internal/dialogue internal/matter internal/directory internal/catalog internal/message internal/channel",
	"internal/county":                    "internal/directory", // its test alone: what it makes are village files
	"internal/backup":                    "internal/store",
	"internal/queue":                     "internal/message",
	"internal/queue/*":                   "internal/queue internal/message",
	"internal/channel":                   "internal/message",
	"internal/channel/*":                 "internal/channel internal/message prompts",
	"internal/channel/channeltest":       "internal/channel internal/message",
	"internal/channel/twilio/twiliotest": "internal/message",
	"internal/channel/slack":             "internal/call internal/desk internal/channel internal/message internal/matter internal/directory internal/catalog prompts", // what is pressed there goes to the desk, as from the console
	"internal/media":                     "internal/matter",                                                                                                           // refuses what is no picture as any act is refused
	"internal/channel/slack/bolt":        "internal/channel/slack",                                                                                                    // tests alone, against Slack's own JavaScript
	"internal/channel/slack/slacktest":   "",                                                                                                                          // a stand-in knows Slack and nothing of ours
	"internal/web/page":                  "internal/web/assets internal/desk internal/matter internal/directory internal/catalog internal/message internal/channel prompts",
	"internal/web/assets":                "",
	"internal/web/health":                "",
	"internal/web/api":                   "internal/call internal/desk internal/matter internal/directory internal/catalog internal/message internal/channel",
	"internal/web/*":                     "internal/call internal/web/page internal/web/assets internal/desk internal/matter internal/directory internal/catalog internal/message internal/channel prompts",
}

// suites may be imported by tests besides what their package may: they are
// written for it. Tests in bot see everything.
var suites = []string{"internal/store/storetest", "internal/queue/queuetest", "internal/queue/redistest", "internal/channel/channeltest", "internal/channel/twilio/twiliotest", "internal/channel/slack/slacktest", "internal/llm/llmtest", "internal/web/page/pagetest"}

// pure packages decide; they never read a clock, a file or a socket.
var pure = []string{"internal/message", "internal/catalog", "internal/matter", "internal/call", "internal/dialogue", "handlers", "handlers/household", "handlers/village", "handlers/government"}

// world is what a pure package may not import.
var world = []string{"net", "net/http", "database/sql", "os", "os/exec", "log", "log/slog", "math/rand", "math/rand/v2", "crypto/rand"}

// badNames say nothing of what is inside.
var badNames = []string{"util", "utils", "common", "helper", "helpers", "manager", "models", "base", "misc", "core", "service", "shared", "lib"}

const (
	fileLines = 400 // of a file that is no test
	funcLines = 70
)

// source is one parsed file. It is read by this test itself: one that asks the go
// tool would be answered from the test cache when another file changes.
type source struct {
	path string // from the module's root, with slashes
	dir  string
	test bool
	file *ast.File
	set  *token.FileSet
}

func TestShape(t *testing.T) {
	all, err := readSources("..")
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 20 {
		t.Fatalf("only %d files were found", len(all))
	}
	for _, fault := range faults(all) {
		t.Error(fault)
	}
}

func readSources(root string) ([]source, error) {
	var all []source
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && name != root && (d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".") || d.Name() == "data" && filepath.Dir(name) == root) {
			return filepath.SkipDir
		}
		if d.IsDir() || filepath.Ext(name) != ".go" {
			return nil
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		s, err := read(filepath.ToSlash(rel), string(text))
		all = append(all, s)
		return err
	})
	return all, err
}

func read(name, text string) (source, error) {
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, name, text, parser.ParseComments)
	return source{path: name, dir: path.Dir(name), test: strings.HasSuffix(name, "_test.go"), file: file, set: set}, err
}

func faults(all []source) []string {
	var out []string
	documented := map[string]bool{}
	for _, s := range all {
		out = append(out, badImports(s)...)
		if s.test {
			continue
		}
		out = append(out, badCode(s)...)
		documented[s.dir] = documented[s.dir] || s.file.Doc != nil
		if slices.Contains(badNames, s.file.Name.Name) {
			out = append(out, fmt.Sprintf("%s: package %s is named for nothing a villager knows", s.path, s.file.Name.Name))
		}
		if n := s.set.File(s.file.Pos()).LineCount(); n > fileLines {
			out = append(out, fmt.Sprintf("%s has %d lines; split it by idea, %d at most", s.path, n, fileLines))
		}
	}
	for dir, ok := range documented {
		if !ok {
			out = append(out, fmt.Sprintf("%s: no package comment says the idea", dir))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func badImports(s source) []string {
	var out []string
	for _, spec := range s.file.Imports {
		to, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue // the compiler's business
		}
		inside, ours := strings.CutPrefix(to, "sanshi/")
		if ours && !allowed(s.dir, inside, s.test) {
			out = append(out, fmt.Sprintf("%s may not import %s: see the table in bot/imports_test.go", s.path, to))
		}
		if !s.test && slices.Contains(pure, s.dir) && slices.Contains(world, to) {
			out = append(out, fmt.Sprintf("%s may not import %s: its package decides without reading or writing", s.path, to))
		}
	}
	return out
}

// allowed looks the arrow up. A test in an outside package (x_test) imports x.
func allowed(from, to string, test bool) bool {
	row, known := arrows[from]
	for dir := from; !known && dir != "."; dir = path.Dir(dir) {
		row, known = arrows[path.Dir(dir)+"/*"]
	}
	if test && (from == to || slices.Contains(suites, to)) {
		return true
	}
	return slices.ContainsFunc(strings.Fields(row), func(may string) bool {
		below, wild := strings.CutSuffix(may, "*")
		return may == to || wild && strings.HasPrefix(to, below)
	})
}

// badCode finds functions that are too long, init functions, and clocks and
// environments read where they must be handed in.
func badCode(s source) []string {
	var out []string
	fault := func(n ast.Node, format string, args ...any) {
		at := s.set.Position(n.Pos())
		out = append(out, fmt.Sprintf("%s:%d: %s", s.path, at.Line, fmt.Sprintf(format, args...)))
	}
	ast.Inspect(s.file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			lines := s.set.Position(n.End()).Line - s.set.Position(n.Pos()).Line + 1
			if lines > funcLines {
				fault(n, "%s has %d lines; %d at most", n.Name.Name, lines, funcLines)
			}
			if n.Recv == nil && n.Name.Name == "init" {
				fault(n, "init runs unasked: register by list")
			}
		case *ast.SelectorExpr:
			of, _ := n.X.(*ast.Ident)
			switch {
			case of == nil:
			case of.Name == "time" && n.Sel.Name == "Now" && slices.Contains(pure, s.dir):
				fault(n, "time.Now in a pure package: time is a field")
			case of.Name == "os" && slices.Contains([]string{"Getenv", "LookupEnv", "Environ"}, n.Sel.Name) && s.dir != "bot":
				fault(n, "only bot reads the environment, once")
			}
		}
		return true
	})
	return out
}

// The rules above must bite: each of these files breaks one.
func TestShapeBites(t *testing.T) {
	long := "package queue\n\nfunc f() {\n" + strings.Repeat("\tg()\n", funcLines) + "}\n"
	cases := []struct{ name, text, want string }{
		{"internal/web/api/x.go", "// Package api x.\npackage api\nimport _ \"sanshi/internal/store\"", "may not import sanshi/internal/store"},
		{"internal/web/api/x_test.go", "package api\nimport _ \"sanshi/internal/store\"", "may not import sanshi/internal/store"},
		{"internal/web/news/x.go", "// Package news x.\npackage news\nimport _ \"sanshi/internal/queue\"", "may not import sanshi/internal/queue"},
		{"internal/message/x.go", "// Package message x.\npackage message\nimport _ \"sanshi/internal/matter\"", "may not import"},
		{"internal/channel/sim/x.go", "// Package sim x.\npackage sim\nimport _ \"sanshi/internal/channel/twilio\"", "may not import"},
		{"internal/channel/sim/x.go", "// Package sim x.\npackage sim\nimport _ \"sanshi/internal/matter\"", "may not import"},
		{"internal/store/x.go", "// Package store x.\npackage store\nimport _ \"sanshi/internal/web/api\"", "may not import"},
		{"internal/nowhere/x.go", "// Package nowhere x.\npackage nowhere\nimport _ \"sanshi/internal/message\"", "may not import"},
		{"internal/matter/x.go", "// Package matter x.\npackage matter\nimport _ \"net/http\"", "without reading or writing"},
		{"internal/dialogue/x.go", "// Package dialogue x.\npackage dialogue\nimport \"time\"\nvar t = time.Now()", "time is a field"},
		{"internal/desk/x.go", "// Package desk x.\npackage desk\nimport \"os\"\nvar t = os.Getenv(\"A\")", "only bot reads the environment"},
		{"internal/queue/x.go", "package queue", "no package comment"},
		{"internal/util/x.go", "// Package util x.\npackage util", "named for nothing"},
		{"internal/queue/x.go", "// Package queue x.\n" + long, "has 72 lines"},
		{"internal/queue/x.go", "// Package queue x.\npackage queue\nfunc init() {}", "init runs unasked"},
		{"internal/queue/x.go", "// Package queue x.\npackage queue\n" + strings.Repeat("\n", fileLines), "split it by idea"},
	}
	for _, c := range cases {
		s, err := read(c.name, c.text)
		if err != nil {
			t.Fatal(err)
		}
		if got := faults([]source{s}); len(got) != 1 || !strings.Contains(got[0], c.want) {
			t.Errorf("%s %q: found %q, want one fault with %q", c.name, c.text[:min(len(c.text), 60)], got, c.want)
		}
	}
	fine, err := read("internal/channel/sim/x_test.go", "package sim_test\nimport _ \"sanshi/internal/channel/sim\"\nimport _ \"sanshi/internal/channel/channeltest\"\nimport \"time\"\nvar t = time.Now()")
	if got := faults([]source{fine}); err != nil || len(got) > 0 {
		t.Errorf("a good file is refused: %q, %v", got, err)
	}
}
