package main

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestSimulate: a small county lives through a day; every text is kept, handled
// and counted, and the day is drawn.
func TestSimulate(t *testing.T) {
	file := filepath.Join(t.TempDir(), "day.svg")
	said := must(t, "simulate", "--number", "3", "--residents", "30", "--texts", "80", "--speed", "20000", "--storm", "--plot", file)
	for _, want := range []string{"3 villages, ", "text to kept", "kept to answered", "memory at most", "disk a text"} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is missing in:\n%s", want, said)
		}
	}
	line, _, _ := strings.Cut(said, " acts of the staff")
	var kept, handled, acts int
	if _, err := fmt.Sscanf(line[strings.Index(line, "villages, "):], "villages, %d texts kept, %d handled, %d", &kept, &handled, &acts); err != nil || kept < 80 || handled != kept || acts == 0 {
		t.Errorf("%d kept, %d handled, %d acts (%v):\n%s", kept, handled, acts, err, said)
	}
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	for d := xml.NewDecoder(f); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("the drawing is no XML: %v", err)
		}
	}
	if code, said := command("simulate", "--texts", "0"); code != wrong || !strings.Contains(said, "at least 1") {
		t.Errorf("exit %d: %s", code, said)
	}
}
