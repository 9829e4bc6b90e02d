package classify

import (
	"os"
	"strings"
	"testing"

	"sanshi/internal/catalog"
	"sanshi/internal/message"
)

func TestDangers(t *testing.T) {
	c := classifier(t)
	data, err := os.ReadFile("testdata/dangers.txt")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, line := range strings.Split(string(data), "\n") {
		want, text, ok := strings.Cut(line, "|")
		if !ok {
			continue
		}
		n++
		r := Main(c.Read(message.Clean(text), nil))
		got := "none"
		if r.Urgency == catalog.Emergency {
			got = r.Danger
		}
		if got != want {
			t.Errorf("%s: %s (%s), want %s", text, got, r.Reason, want)
		}
		if got != "none" && (!r.Kind.Valid()) {
			t.Errorf("%s: an emergency by %q of kind %q", text, r.Source, r.Kind)
		}
	}
	if n < 150 {
		t.Errorf("only %d lines in testdata/dangers.txt", n)
	}
}

func classifier(t testing.TB) *Classifier {
	t.Helper()
	c, err := New()
	if err != nil {
		t.Fatal(err)
	}
	return c
}
