package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"strings"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrate/*.sql migrate/sqlite_plan.txt
var migrations embed.FS

// migrate brings the database to the program's version. Each migration leaves
// the release before it working, so that nodes can be renewed one by one.
func (s *Store) migrate(ctx context.Context) error {
	p, err := s.migrator()
	if err != nil {
		return err
	}
	have, want, err := p.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("the database cannot be reached: %w", err)
	}
	if have > want {
		return fmt.Errorf("the database is of a newer program (version %d, this one knows %d): use that program, or restore a backup", have, want)
	}
	// Not only have < want: one that was added below what is applied already would be
	// left out in silence. Goose refuses it.
	pending, err := p.HasPending(ctx)
	if err != nil {
		return fmt.Errorf("the database could not be brought up to date: %w", err)
	}
	if pending {
		if _, err := p.Up(ctx); err != nil {
			return fmt.Errorf("the database could not be brought up to date: %w", err)
		}
	}
	return s.plan(ctx)
}

// plan tells SQLite's planner what the tables will look like. Without it every
// key that begins with the village looks as good as another, and the primary key
// would be walked through. Postgres gathers its own figures.
func (s *Store) plan(ctx context.Context) error {
	if s.db.postgres {
		return nil
	}
	lines, err := planLines()
	if err != nil {
		return err
	}
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	if _, err := tx.ExecContext(ctx, `ANALYZE meta; DELETE FROM sqlite_stat1`); err != nil {
		return fmt.Errorf("the database cannot be written: %w", err)
	}
	for _, l := range lines {
		if _, err := tx.ExecContext(ctx, `INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ($1, $2, $3)`, l[0], l[1], l[2]); err != nil {
			return err
		}
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	_, err = s.write.ExecContext(ctx, `ANALYZE sqlite_schema`) // read them in
	return err
}

// planLines reads the file: table, index, figures.
func planLines() (lines [][]string, err error) {
	b, err := migrations.ReadFile("migrate/sqlite_plan.txt")
	if err != nil {
		return nil, err
	}
	for l := range strings.Lines(string(b)) {
		f := strings.Split(strings.TrimSpace(l), "\t")
		if len(f) == 3 {
			lines = append(lines, f)
		}
	}
	return lines, nil
}

// Versions gives the version of the database and the one this program knows.
func (s *Store) Versions(ctx context.Context) (have, want int64, err error) {
	p, err := s.migrator()
	if err != nil {
		return 0, 0, err
	}
	return p.GetVersions(ctx)
}

func (s *Store) migrator() (*goose.Provider, error) {
	all, err := s.db.migrations()
	if err != nil {
		return nil, err
	}
	opts := []goose.ProviderOption{goose.WithGoMigrations(all...), goose.WithDisableGlobalRegistry(true)}
	if s.db.postgres {
		// Several nodes may start at once: one migrates, the others wait.
		l, err := lock.NewPostgresSessionLocker()
		if err != nil {
			return nil, err
		}
		opts = append(opts, goose.WithSessionLocker(l))
	}
	return goose.NewProvider(s.db.goose, s.write, nil, opts...)
}

func (d dialect) migrations() ([]*goose.Migration, error) {
	names, err := fs.Glob(migrations, "migrate/*.sql")
	if err != nil {
		return nil, err
	}
	var all []*goose.Migration
	for _, name := range names {
		text, err := migrations.ReadFile(name)
		if err != nil {
			return nil, err
		}
		version, err := goose.NumericComponent(name)
		if err != nil {
			return nil, err
		}
		up := func(ctx context.Context, tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, d.schema(string(text)))
			return err
		}
		all = append(all, goose.NewGoMigration(version, &goose.GoFunc{RunTx: up}, nil))
	}
	return all, nil
}
