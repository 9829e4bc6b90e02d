package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"filippo.io/age"

	"sanshi/internal/backup"
	"sanshi/internal/store"
)

type backupCmd struct {
	settings

	File      string   `arg:"" help:"The file to write; it must not be there yet."`
	Recipient []string `required:"" placeholder:"age1…" help:"Public key for which it is encrypted; made by: bot backup-key FILE. May be given several times."`
	Erasures  bool     `help:"Write only the ledger of erasures: small, to be kept apart and written every day."`
}

// Help is what --help says below the flags.
func (backupCmd) Help() string {
	return "May run beside the service. The file holds everything, private words too, and opens only with the secret key: " +
		"keep that key on another machine, or a lost machine takes both."
}

// Run writes a backup.
func (c backupCmd) Run(s *surroundings) error {
	cfg, err := s.config(c.settings)
	if err != nil {
		return err
	}
	to, err := recipients(c.Recipient)
	if err != nil {
		return usage{err}
	}
	from, err := store.Open(s, store.Options{URL: cfg.DatabaseURL, Dir: cfg.Data, ReadOnly: true})
	if err != nil {
		return err
	}
	defer func() { _ = from.Close() }() // nothing was written
	var said string
	err = writeWhole(c.File, func(w io.Writer) (err error) {
		if c.Erasures {
			n, err := backup.WriteLedger(s, w, to, from)
			said = fmt.Sprintf("%s: %d erasures, without numbers.\n", c.File, n)
			return err
		}
		sums, err := backup.Write(s, w, to, from, pictures(cfg.Data), told(s.err))
		var rows int64
		for _, x := range sums {
			rows += x.Rows
		}
		said = fmt.Sprintf("%s: %d rows of %d tables. Try it now and then: bot restore --check --key KEYFILE %s\n", c.File, rows, len(sums), c.File)
		return err
	})
	if err != nil {
		return err
	}
	_, err = io.WriteString(s.out, said)
	return err
}

func recipients(given []string) (all []age.Recipient, err error) {
	for _, g := range given {
		r, err := age.ParseX25519Recipient(g)
		if err != nil {
			return nil, fmt.Errorf("--recipient %q: write a public key that begins with age1", g)
		}
		all = append(all, r)
	}
	return all, nil
}

// writeWhole makes a file that is there whole or not at all.
func writeWhole(path string, write func(io.Writer) error) (err error) {
	if _, err := os.Stat(path); err == nil {
		return fmt.Errorf("%s is there already: choose another name", path)
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".part-*") // readable by its owner only
	if err != nil {
		return fmt.Errorf("%s cannot be written: %w", path, err)
	}
	defer func() { _ = os.Remove(f.Name()) }() // after the rename there is nothing left
	if err := errors.Join(write(f), f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// mediaFolder of the data folder holds the pictures.
const mediaFolder = "media"

func pictures(data string) fs.FS { return os.DirFS(filepath.Join(data, mediaFolder)) }

// told says on one line of the terminal how far a copy is.
func told(w io.Writer) backup.Progress {
	last := time.Time{}
	return func(table string, rows int64) {
		if now := time.Now(); now.Sub(last) > 200*time.Millisecond {
			fmt.Fprintf(w, "%-12s %9d rows\n", table, rows)
			last = now
		}
	}
}

type backupKeyCmd struct {
	File string `arg:"" help:"The file to write the secret key to; it must not be there yet."`
}

// Run makes a key pair.
func (c backupKeyCmd) Run(s *surroundings) error {
	id, err := age.GenerateX25519Identity()
	if err != nil {
		return err
	}
	err = writeWhole(c.File, func(w io.Writer) error {
		_, err := fmt.Fprintf(w, "# Opens the backups of this village. Whoever has it reads everything.\n# public key: %s\n%s\n", id.Recipient(), id)
		return err
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.out, "The secret key is in %s: take it off this machine.\nThe public key, for bot backup --recipient: %s\n", c.File, id.Recipient())
	return err
}

// databaseOf opens a database that nobody else may have open.
func databaseOf(ctx context.Context, url, dir string) (*store.Store, error) {
	return store.Open(ctx, store.Options{URL: url, Dir: dir})
}
