package main

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"

	"sanshi/internal/directory"
)

// The village file that the READMEs show can be used as it stands.
func TestReadmesVillageFile(t *testing.T) {
	for _, name := range []string{"../README.md", "../README.zh.md"} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		_, block, ok := strings.Cut(string(text), "```toml\n")
		block, _, closed := strings.Cut(block, "```")
		if !ok || !closed {
			t.Fatalf("%s shows no village file", name)
		}
		v, err := directory.Parse([]byte(block), name)
		if err != nil || v.Name != "向阳村" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A link made by the command opens the console, once.
func TestLinkCommand(t *testing.T) {
	r := startRig(t, rigOptions{})
	cfg := r.Config
	cfg.Addr = strings.TrimPrefix(r.URL(), "http://")
	var out bytes.Buffer
	if err := runLink(context.Background(), cfg, "", "li", false, &out); err != nil {
		t.Fatal(err)
	}
	_, token, ok := strings.Cut(strings.TrimSpace(out.String()), "/console/in?token=")
	if !ok {
		t.Fatalf("printed %q", out.String())
	}
	if village, staff, err := r.Store.UseLink(t.Context(), token); err != nil || village != "xiangyang" || staff != "li" {
		t.Errorf("the link signs in %s of %s, %v", staff, village, err)
	}
	if err := runLink(context.Background(), cfg, "", "ghost", false, &out); err == nil || !strings.Contains(err.Error(), "ghost") && !strings.Contains(err.Error(), "404") {
		t.Errorf("a link for nobody: %v", err)
	}
}
