package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"filippo.io/age"
	"github.com/google/uuid"

	"sanshi/handlers"
	"sanshi/internal/backup"
	"sanshi/internal/desk"
	"sanshi/internal/directory"
	"sanshi/internal/matter"
	"sanshi/internal/message"
	"sanshi/internal/store"
)

type restoreCmd struct {
	settings

	File       string   `arg:"" type:"existingfile" help:"The backup."`
	Key        string   `required:"" type:"existingfile" placeholder:"FILE" help:"File with the secret key."`
	Check      bool     `help:"Only read it to its end and check it; nothing is written."`
	Erasures   []string `type:"existingfile" placeholder:"FILE" help:"Ledgers of erasures written after the backup (bot backup --erasures), or newer backups."`
	NoErasures bool     `help:"Nobody was erased since the backup."`
}

// Help is what --help says below the flags.
func (restoreCmd) Help() string {
	return "Goes into an empty database: a new data folder (--data) or an empty Postgres (--database-url). " +
		"Whoever was erased after the backup is erased again before the service may start on it."
}

// Run restores a backup.
func (c restoreCmd) Run(s *surroundings) error {
	cfg, err := s.config(c.settings)
	if err != nil {
		return err
	}
	keys, err := identities(c.Key)
	if err != nil {
		return usage{err}
	}
	if c.Check {
		return c.check(s, keys)
	}
	if len(c.Erasures) == 0 && !c.NoErasures {
		return usage{errors.New("who was erased after the backup must not come back: give --erasures FILE (made by bot backup --erasures), or --no-erasures if nobody was")}
	}
	return c.restore(s, cfg, keys)
}

func identities(path string) ([]age.Identity, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	ids, err := age.ParseIdentities(f)
	if err != nil {
		return nil, fmt.Errorf("%s holds no secret key (AGE-SECRET-KEY-…)", path)
	}
	return ids, nil
}

func (c restoreCmd) read(s *surroundings, keys []age.Identity, into backup.Into) (backup.Contents, error) {
	f, err := os.Open(c.File)
	if err != nil {
		return backup.Contents{}, err
	}
	defer func() { _ = f.Close() }()
	found, err := backup.Read(s, f, keys, into, told(s.err))
	if err != nil {
		return found, fmt.Errorf("%s: %w", c.File, err)
	}
	return found, nil
}

func (c restoreCmd) check(s *surroundings, keys []age.Identity) error {
	found, err := c.read(s, keys, backup.Into{})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.out, "%s is whole: of %s, %d tables, %d pictures.\n", c.File, found.At.Format("2006-01-02 15:04 MST"), len(found.Sums), found.Files)
	return err
}

func (c restoreCmd) restore(s *surroundings, cfg Config, keys []age.Identity) error {
	ledgers, err := c.ledgers(keys)
	if err != nil {
		return err
	}
	found, err := c.fill(s, cfg, keys)
	if err != nil {
		return err
	}
	db, err := databaseOf(s, cfg.DatabaseURL, cfg.Data) // afresh: the numbers it draws have moved
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	if err := backup.Compare(s, db, found.Sums); err != nil {
		return err
	}
	report, err := db.Verify(s, "", "")
	if err == nil && report.Break != nil {
		err = fmt.Errorf("the record in the backup was changed: %w", report.Break)
	}
	if err != nil {
		return err
	}
	again, err := forgetAgain(s, db, found.At, ledgers)
	if err != nil {
		return fmt.Errorf("the erasures could not be repeated: %w", err)
	}
	if err := db.HoldBack(s); err != nil {
		return err
	}
	if err := db.Mark(s, backup.Unfinished, 0); err != nil {
		return err
	}
	writeReport(s.out, report)
	_, err = fmt.Fprintf(s.out, "Restored as of %s; %d erased again.\n", found.At.Format("2006-01-02 15:04 MST"), again)
	return err
}

// fill copies the backup into an empty database, or into one that an earlier try
// left unfinished.
func (c restoreCmd) fill(s *surroundings, cfg Config, keys []age.Identity) (found backup.Contents, err error) {
	db, err := databaseOf(s, cfg.DatabaseURL, cfg.Data)
	if err != nil {
		return found, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := vacant(s, db); err != nil {
		return found, err
	}
	if err := db.Mark(s, backup.Unfinished, 1); err != nil {
		return found, err
	}
	return c.read(s, keys, backup.Into{Store: db, File: func(path string, data []byte) error {
		path = filepath.Join(cfg.Data, mediaFolder, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return err
		}
		return os.WriteFile(path, data, 0o600)
	}})
}

// vacant refuses a database that holds something else.
func vacant(ctx context.Context, db *store.Store) error {
	blank, err := db.Blank(ctx)
	if err != nil {
		return err
	}
	half, err := db.Marked(ctx, backup.Unfinished)
	if err == nil && !blank && half == 0 {
		err = usage{errors.New("the database is not empty: choose a new data folder (--data) or an empty Postgres (--database-url)")}
	}
	return err
}

func (c restoreCmd) ledgers(keys []age.Identity) (all []store.Ledger, err error) {
	for _, path := range c.Erasures {
		f, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		l, err := backup.ReadLedger(f, keys)
		if err = errors.Join(err, f.Close()); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		all = append(all, l)
	}
	return all, nil
}

// forgetAgain erases whoever was erased after the backup was made.
func forgetAgain(ctx context.Context, db *store.Store, since time.Time, ledgers []store.Ledger) (n int, err error) {
	calendar := matter.NewCalendar()
	d := &desk.Desk{Store: quietly{db}, Workflows: handlers.All(), Calendar: calendar, Now: time.Now,
		NewID: func() string { return uuid.Must(uuid.NewV7()).String() }}
	for _, l := range ledgers {
		for village, wanted := range later(l, since) {
			var found []message.Address
			err := db.Addresses(ctx, village, func(a message.Address) error {
				if _, ok := wanted[l.Hash(village, a)]; ok {
					found = append(found, a)
				}
				return nil
			})
			if err != nil {
				return n, err
			}
			for _, a := range found {
				if err := eraseAs(ctx, db, d, village, a, wanted[l.Hash(village, a)]); err != nil {
					return n, err
				}
				n++
			}
		}
	}
	return n, nil
}

// quietly is a store that tells nobody again that she was erased.
type quietly struct{ desk.Store }

func (q quietly) Commit(ctx context.Context, c desk.Change) error {
	c.Farewell = nil
	return q.Store.Commit(ctx, c)
}

// later are a ledger's erasures since then, by village and hash, with who confirmed them.
func later(l store.Ledger, since time.Time) map[string]map[string]string {
	out := map[string]map[string]string{}
	for _, e := range l.Erasures {
		if e.At.Before(since) {
			continue
		}
		if out[e.Village] == nil {
			out[e.Village] = map[string]string{}
		}
		out[e.Village][e.Who] = e.By
	}
	return out
}

// eraseAs erases in the name of who confirmed it then, or of whoever may now.
func eraseAs(ctx context.Context, db *store.Store, d *desk.Desk, village string, a message.Address, by string) error {
	v, err := db.Village(ctx, village)
	if err != nil {
		return err
	}
	for _, s := range append(v.WithRole(directory.Secretary), v.WithRole(directory.Administrator)...) {
		if _, there := v.Member(by); !there {
			by = s.ID
		}
	}
	return d.Erase(ctx, village, a, by)
}
