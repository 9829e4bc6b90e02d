package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"sanshi/internal/channel"
	"sanshi/internal/channel/sim"
	"sanshi/internal/dialogue"
	"sanshi/internal/directory"
	"sanshi/internal/matter"
	"sanshi/internal/web/health"
)

// A rehearsal (演练) is a second program beside the real one, in the same process:
// the village's own settings, staff and places, with a database of its own in a
// folder that is deleted when it ends, and the simulated phone as its only carrier.
// It is safe by what it is made of, not by checks on the way out. Its
// configuration is written here field by field: it holds no account of a
// carrier, a chat or a model, no address of a database, and it listens nowhere. Its
// numbers, statistics, metrics and board are its own; nobody who texts the village
// is in it. Its pages are reached below a path that nobody can guess, and every one
// of them says that it is a rehearsal.
type rehearsal struct {
	*Program
	village string
	path    string // where its pages are: /rehearsal/TOKEN
	pages   http.Handler
	until   time.Time
}

const (
	rehearsalPath = "/rehearsal/"
	rehearseFor   = 3 * time.Hour
	rehearsalsMax = 3 // each keeps a database and a classifier
)

// startRehearsal brings a rehearsal of a village up, its data below dir.
func startRehearsal(ctx context.Context, o Options, v *directory.Village, dir, path string) (_ *rehearsal, err error) {
	data, err := newFolder(dir)
	if err != nil {
		return nil, err
	}
	p := &Program{
		Config:   Config{Keeping: Keeping{Data: data}, Working: Working{Workers: 2, Log: "text"}, Listening: Listening{PublicURL: "http://rehearsal.invalid"}},
		Options:  o.orDefaults(),
		Metrics:  health.NewMetrics(),
		Demo:     true,
		Token:    rand.Text(), // told to nobody
		stopping: make(chan struct{}), calendar: matter.NewCalendar(), senders: newCrew(), workers: newCrew(),
	}
	p.Options.Log = p.Options.Log.With("rehearsal", v.ID)
	r := &rehearsal{Program: p, village: v.ID, path: path, until: p.Options.Now().Add(rehearseFor)}
	if err := p.openStore(ctx); err != nil {
		return nil, errors.Join(err, os.RemoveAll(data))
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, p.Store.Close(), os.RemoveAll(data))
		}
	}()
	if err := p.Store.SaveVillage(ctx, practice(v), ""); err != nil {
		return nil, err
	}
	if err := p.wire(); err != nil {
		return nil, err
	}
	p.Outbox.Drivers = onlySimulated()
	if r.pages, err = r.Program.routes(); err != nil {
		return nil, err
	}
	p.runWork()
	return r, nil
}

// onlySimulated are the only ways out of a rehearsal, whatever wire would have made of
// its configuration: none leads anywhere but back into its own database.
func onlySimulated() []channel.Driver {
	return []channel.Driver{sim.Driver{As: "sim"}, sim.Driver{As: "sms"}, sim.Driver{As: dialogue.VoiceChannel}}
}

// practice is the village as it is rehearsed: all its settings, under a name that
// nobody takes for the real one, without its chat.
func practice(v *directory.Village) *directory.Village {
	c := *v
	c.Name, c.Slack, c.MessagingService = "演练·"+v.Name, nil, ""
	c.Staff = make([]directory.Staff, len(v.Staff))
	for i, s := range v.Staff {
		s.Slack = ""
		c.Staff[i] = s
	}
	return &c
}

func newFolder(dir string) (string, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("no folder for a rehearsal: %w", err)
	}
	return os.MkdirTemp(dir, "r-")
}

// halt ends it and deletes all that was written.
func (r *rehearsal) halt(ctx context.Context) error {
	close(r.stopping)
	return errors.Join(r.workers.stop(ctx), r.senders.stop(ctx), r.Store.Close(), os.RemoveAll(r.Config.Data))
}

// rehearsals are those that run beside a program.
type rehearsals struct {
	real *Program

	mu      sync.Mutex
	running []*rehearsal
}

func (all *rehearsals) dir() string { return filepath.Join(all.real.Config.Data, "rehearsal") }

// clear removes what a crash left of earlier ones.
func (all *rehearsals) clear() error { return os.RemoveAll(all.dir()) }

// begin starts a rehearsal of a village as its settings are now, and gives the
// path of its phones. One that runs already is gone on with.
func (all *rehearsals) begin(ctx context.Context, village string) (path string, err error) {
	v, err := all.real.Store.Village(ctx, village)
	if err != nil {
		return "", err
	}
	all.mu.Lock()
	defer all.mu.Unlock()
	for _, r := range all.running {
		if r.village == village {
			return r.path + "/sim/", nil
		}
	}
	if len(all.running) >= rehearsalsMax {
		return "", matter.Refuse(matter.Conflict, "village", "%d villages rehearse already: try again later", rehearsalsMax)
	}
	r, err := startRehearsal(ctx, all.real.Options, v, all.dir(), rehearsalPath+rand.Text())
	if err != nil {
		return "", err
	}
	all.running = append(all.running, r)
	return r.path + "/sim/", nil
}

// find gives the rehearsal that runs under a path.
func (all *rehearsals) find(path string) (*rehearsal, bool) {
	all.mu.Lock()
	defer all.mu.Unlock()
	for _, r := range all.running {
		if r.path == path {
			return r, true
		}
	}
	return nil, false
}

// end stops those that which picks.
func (all *rehearsals) end(ctx context.Context, which func(*rehearsal) bool) (err error) {
	all.mu.Lock()
	var over, on []*rehearsal
	for _, r := range all.running {
		if which(r) {
			over = append(over, r)
		} else {
			on = append(on, r)
		}
	}
	all.running = on
	all.mu.Unlock()
	for _, r := range over {
		err = errors.Join(err, r.halt(ctx))
	}
	return err
}

// sweep ends what was forgotten.
func (all *rehearsals) sweep(ctx context.Context) error {
	now := all.real.Options.Now()
	return all.end(ctx, func(r *rehearsal) bool { return now.After(r.until) })
}

func everyone(*rehearsal) bool { return true }
