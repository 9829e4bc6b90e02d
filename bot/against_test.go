package main

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sanshi/internal/classify/linear"
)

// standIn puts a program named fasttext first on the path.
func standIn(t *testing.T, script string) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "fasttext"), []byte("#!/bin/sh\n"+script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
}

// always says the label it met first, as supervised and predict-prob would.
const always = `case $1 in
supervised) [ "$2" = -input ] && grep -q '^__label__1 ' "$3" && cp "$3" "$5.bin" ;;
predict-prob) sed 's/.*/__label__0 0.75/' "$3" ;;
*) exit 3 ;;
esac
`

func petsFile(t *testing.T) string {
	file := filepath.Join(t.TempDir(), "pets.tsv")
	if err := os.WriteFile(file, []byte(pets), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestEvalAgainstFastText(t *testing.T) {
	standIn(t, always)
	var out strings.Builder
	o := evalCmd{Data: []string{petsFile(t)}, Text: "title,detail", Label: "label", Against: "fasttext"}
	if err := runAgainst(context.Background(), o, &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"ours, on rows it had not seen: 10 rows", "fasttext, on rows it had not seen: 10 rows, accuracy 0.5", "ours: ", "fasttext: ", "µs a message"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("it does not say %q:\n%s", want, out.String())
		}
	}
}

func TestEvalAgainstSlips(t *testing.T) {
	fine := evalCmd{Data: []string{petsFile(t)}, Text: "title", Label: "label", Against: "fasttext"}
	for name, tt := range map[string]struct {
		script string
		spoil  func(*evalCmd)
		want   string
	}{
		"no label column named":     {always, func(o *evalCmd) { o.Label = "" }, "name --text and --label"},
		"a model":                   {always, func(o *evalCmd) { o.Model = "m" }, "no --model"},
		"a column that is not":      {always, func(o *evalCmd) { o.Text = "titel" }, `no column "titel"`},
		"it cannot learn":           {"echo out of memory; exit 1", nil, "fasttext: exit status 1: out of memory"},
		"it answers something else": {strings.Replace(always, "__label__0 0.75", "hello", 1), nil, `no label: "hello"`},
		"a label that is not":       {strings.Replace(always, "__label__0", "__label__9", 1), nil, "no label"},
	} {
		standIn(t, tt.script)
		o := fine
		if tt.spoil != nil {
			tt.spoil(&o)
		}
		if err := runAgainst(context.Background(), o, io.Discard, io.Discard); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
	}
	t.Setenv("PATH", t.TempDir())
	err := runAgainst(context.Background(), fine, io.Discard, io.Discard)
	if err == nil || errors.As(err, new(usage)) || !strings.Contains(err.Error(), "apt-get install fasttext") {
		t.Errorf("without the program: %v", err)
	}
}

// Every row is asked about once, and never beside one of its own group.
func TestPartsKeepGroupsTogether(t *testing.T) {
	var texts []linear.Text
	for i := range 40 {
		texts = append(texts, linear.Text{Group: i * i % 13, Extra: i%4 == 3})
	}
	asked := 0
	for fold := range againstFolds {
		learn, ask := part(texts, fold)
		known := map[int]bool{}
		for _, l := range learn {
			known[l.Group] = true
		}
		for _, a := range ask {
			asked++
			if known[a.Group] || a.Extra {
				t.Errorf("part %d asks about %+v", fold, a)
			}
		}
	}
	if asked != 30 {
		t.Errorf("%d rows asked about, want 30", asked)
	}
}
