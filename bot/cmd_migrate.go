package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"sanshi/internal/backup"
	"sanshi/internal/store"
)

type migrateCmd struct {
	settings

	From string `enum:",sqlite,postgres" default:"" help:"Copy everything out of this database …"`
	To   string `enum:",sqlite,postgres" default:"" help:"… into that one: sqlite is the file in the data folder, postgres is SANSHI_DATABASE_URL."`
}

// Help is what --help says below the flags.
func (migrateCmd) Help() string {
	return "Without flags it brings the database up to date. With --from sqlite --to postgres it copies all of it; stop the service first. " +
		"Stopped in the middle, the same command goes on; in the end both are added up and compared."
}

// Run brings the database up to date, or copies it.
func (c migrateCmd) Run(s *surroundings) error {
	cfg, err := s.config(c.settings)
	if err != nil {
		return err
	}
	if c.From == c.To {
		if c.From != "" {
			return usage{errors.New("--from and --to are the same")}
		}
		return runMigrate(s, cfg.DatabaseURL, cfg.Data, s.out)
	}
	if c.From == "" || c.To == "" {
		return usage{errors.New("--from and --to belong together: --from sqlite --to postgres")}
	}
	if cfg.DatabaseURL == "" {
		return usage{errors.New("SANSHI_DATABASE_URL (--database-url) says where the Postgres is; it is empty")}
	}
	return runCopy(s, cfg, c.From)
}

func runMigrate(ctx context.Context, url, dir string, out io.Writer) error {
	s, err := store.Open(ctx, store.Options{URL: url, Dir: dir})
	if err != nil {
		return err
	}
	defer s.Close()
	have, _, err := s.Versions(ctx)
	if err != nil {
		return fmt.Errorf("the database's version could not be read: %w", err)
	}
	fmt.Fprintf(out, "The database is at version %d.\n", have)
	return nil
}

func runCopy(s *surroundings, cfg Config, from string) error {
	urls := []string{"", cfg.DatabaseURL}
	if from == "postgres" {
		urls[0], urls[1] = urls[1], urls[0]
	}
	old, err := databaseOf(s, urls[0], cfg.Data)
	if err != nil {
		return err
	}
	defer func() { _ = old.Close() }()
	fresh, err := databaseOf(s, urls[1], cfg.Data)
	if err != nil {
		return err
	}
	defer func() { _ = fresh.Close() }()
	if err := vacant(s, fresh); err != nil {
		return err
	}
	if err := fresh.Mark(s, backup.Unfinished, 1); err != nil {
		return err
	}
	sums, err := backup.Copy(s, old, fresh, told(s.err))
	if err != nil {
		return fmt.Errorf("%w; nothing was taken from the old database", err)
	}
	if err := fresh.Mark(s, backup.Unfinished, 0); err != nil {
		return err
	}
	var rows int64
	for _, x := range sums {
		rows += x.Rows
	}
	_, err = fmt.Fprintf(s.out, "%d rows of %d tables copied; both databases add up to the same. Start the service on the new one, and keep the old until you are sure.\n", rows, len(sums))
	return err
}
