package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"

	"sanshi/internal/directory"
	"sanshi/internal/store"
)

// database looks at the database without changing it, beside a running service
// too, and gives the villages kept in it.
func (d *doctor) database(ctx context.Context, address, dir string) []*directory.Village {
	const what = "database"
	if address == "" {
		if _, err := os.Stat(filepath.Join(dir, "sanshi.db")); errors.Is(err, os.ErrNotExist) {
			d.ok(what, "none yet; it is made in %s at the first start", dir)
			return nil
		}
	}
	s, err := store.Open(ctx, store.Options{URL: address, Dir: dir, ReadOnly: true})
	var pg *pgconn.PgError
	switch {
	case errors.As(err, &pg) && pg.Code == "42P01": // undefined_table
		d.ok(what, "Postgres answers and is empty; its tables are made at the first start")
		return nil
	case err != nil && address != "":
		d.fail(what, "%v: check that Postgres runs and SANSHI_DATABASE_URL", err)
		return nil
	case err != nil:
		d.fail(what, "%v: check who owns %s; restore a backup if the file is broken", err, dir)
		return nil
	}
	defer s.Close()
	d.schema(ctx, s, address, dir)
	d.leftovers(ctx, s)
	villages, err := s.Villages(ctx)
	if err != nil {
		d.fail(what, "the villages cannot be read: %v", err)
	}
	for _, v := range villages {
		d.keeping(ctx, s, v)
	}
	return villages
}

// mostAged is how many matters doctor counts that are about to be erased.
const mostAged = 1000

// keeping says for how long words are kept, and how many are about to go.
func (d *doctor) keeping(ctx context.Context, s *store.Store, v *directory.Village) {
	what := "keeping " + v.ID
	k := v.Keeps()
	aged, err := s.AgedMatters(ctx, v.ID, directory.Before(d.now, k.Matters), mostAged)
	if err != nil {
		d.fail(what, "what is old cannot be counted: %v", err)
		return
	}
	d.ok(what, "words of ended matters go after %d days (%d now), texts after %d, stray ones after %d, calls made after %d; open matters never",
		k.Matters, len(aged), k.Talk, k.Stray, k.Calls)
}

func (d *doctor) schema(ctx context.Context, s *store.Store, address, dir string) {
	const what = "database"
	have, want, err := s.Versions(ctx)
	where := "Postgres"
	if address == "" {
		where = "SQLite in " + dir
		if held(dir) {
			where += ", in use by a running service"
		}
	}
	switch {
	case err != nil:
		d.fail(what, "%s: its version cannot be read: %v", where, err)
	case have > want:
		d.fail(what, "%s is of a newer program (version %d, this one knows %d): use that program, or restore a backup", where, have, want)
	case have < want:
		d.warn(what, "%s is of an older program (version %d, this one knows %d): the next start brings it up to date, so make a backup before", where, have, want)
	default:
		d.ok(what, "%s, version %d", where, have)
	}
}

// held reports whether a service holds the data folder. It asks for a shared
// lock and lets it go at once.
func held(dir string) bool {
	f, err := os.Open(filepath.Join(dir, "lock"))
	if err != nil {
		return false
	}
	defer f.Close() // also lets the lock go
	return syscall.Flock(int(f.Fd()), syscall.LOCK_SH|syscall.LOCK_NB) != nil
}

// leftovers tells of texts that wait for a person.
func (d *doctor) leftovers(ctx context.Context, s *store.Store) {
	depth, err := s.Depth(ctx)
	if err != nil {
		d.fail("texts", "they cannot be counted: %v", err)
		return
	}
	if depth.Unrouted > 0 {
		d.warn("texts", "%d reached a number that no village has: add the number to sms in a village", depth.Unrouted)
	}
	if depth.DeadLetters > 0 {
		d.warn("texts", "%d could not be handled or sent: retry them in the console under dead letters", depth.DeadLetters)
	}
	if depth.Unrouted == 0 && depth.DeadLetters == 0 {
		d.ok("texts", "none is stuck")
	}
}
