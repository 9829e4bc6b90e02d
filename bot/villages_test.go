package main

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"sanshi/internal/directory"
)

// Real villages and the demo never meet in one database: a real one is served
// without a simulator when the setting is forgotten, and the demo's folder takes
// no real village in.
func TestDemoKeepsToItself(t *testing.T) {
	real := t.TempDir()
	r := startRig(t, rigOptions{villages: "testdata/villages", dir: real, owned: true})
	r.stop()
	r = startRig(t, rigOptions{dir: real, owned: true})
	villages, err := r.Store.Villages(context.Background())
	demos := slices.ContainsFunc(villages, func(v *directory.Village) bool { return v.ID == directory.Demo().ID })
	if err != nil || len(villages) == 0 || demos || r.Demo {
		t.Errorf("without the setting %d villages, demo %v %v, %v; want the real ones only", len(villages), demos, r.Demo, err)
	}
	r.stop()

	demo := t.TempDir()
	startRig(t, rigOptions{dir: demo, owned: true}).stop()
	again := startRig(t, rigOptions{dir: demo, owned: true})
	if !again.Demo {
		t.Error("the second start of the demo is no demo")
	}
	again.stop()
	cfg, err := LoadConfig(map[string]string{"SANSHI_DATA": demo, "SANSHI_VILLAGES": "testdata/villages",
		"SANSHI_ADDR": "127.0.0.1:0", "SANSHI_INTERNAL_ADDR": "127.0.0.1:0"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	p, err := Start(context.Background(), cfg, Options{Log: slog.New(slog.DiscardHandler), TickEvery: time.Hour})
	if err == nil {
		_ = p.Stop(context.Background())
	}
	if err == nil || !isUsage(err) || !strings.Contains(err.Error(), "SANSHI_VILLAGES") {
		t.Errorf("a real village in the demo's folder: %v; want a refusal that names the setting", err)
	}
}
