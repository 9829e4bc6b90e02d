package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"time"

	"sanshi/internal/directory"
)

type rehearseCmd struct {
	settings

	Village string `help:"The village; may be left out when there is only one."`
}

// Run rehearses a village until it is told to stop; nothing leaves and nothing stays.
func (c rehearseCmd) Run(s *surroundings) error {
	cfg, err := s.config(c.settings)
	if err != nil {
		return err
	}
	return runRehearse(s, cfg, Options{Log: newLog(cfg.Log, s.err)}, c.Village, s.out)
}

// Help says which settings are rehearsed.
func (rehearseCmd) Help() string {
	return "The village is taken from its file, or is the demo village; what was changed in the console since is rehearsed by the button there. " +
		"No setting of a carrier, a chat, a model or a database is used."
}

// runRehearse serves a rehearsal alone, on the public address.
func runRehearse(ctx context.Context, cfg Config, o Options, village string, out io.Writer) error {
	v, err := fileVillage(cfg, village)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "sanshi-rehearsal-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	run, err := startRehearsal(ctx, o, v, dir, rehearsalPath+"now")
	if err != nil {
		return err
	}
	run.until = run.Options.Now().AddDate(1, 0, 0)
	all := &rehearsals{real: run.Program, running: []*rehearsal{run}}
	l, err := listenOn(cfg.Addr, "SANSHI_ADDR (--addr)", all)
	if err != nil {
		return errors.Join(err, run.halt(ctx))
	}
	fmt.Fprintf(out, "演练 Rehearsal of %s: http://%s%s/sim/\nNothing leaves; everything is deleted at the end (Ctrl-C).\n", v.Name, l.Addr(), run.path)
	failed := make(chan error, 1)
	go func() { failed <- l.server.Serve(l.Listener) }()
	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	end, cancel := context.WithTimeout(context.Background(), 15*time.Second)
	defer cancel()
	if errors.Is(err, http.ErrServerClosed) {
		err = nil
	}
	return errors.Join(err, l.server.Close(), all.end(end, everyone))
}

// fileVillage is the village of a file that is to be rehearsed.
func fileVillage(cfg Config, id string) (*directory.Village, error) {
	villages := []*directory.Village{directory.Demo()}
	if cfg.Villages != "" {
		var err error
		if villages, _, err = directory.ParseDir(cfg.Villages); err != nil {
			return nil, err
		}
	}
	if id == "" && len(villages) == 1 {
		return villages[0], nil
	}
	i := slices.IndexFunc(villages, func(v *directory.Village) bool { return v.ID == id })
	if i < 0 {
		return nil, usage{fmt.Errorf("there is no village %q among %d: say which with --village", id, len(villages))}
	}
	return villages[i], nil
}
