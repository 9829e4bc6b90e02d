// Package store keeps everything, in one set of SQL for SQLite and Postgres.
//
// Nobody writes but the committer: one goroutine that gathers what callers want
// written and gives many of them one transaction, so that the price of a synced
// commit is shared. Texts that come in have precedence over all else. A caller
// hears of success only after the commit; when a group fails, every member of it
// hears the cause and nothing of it was kept.
//
// The record of a matter (its events, chained by hashes and sealed from time to
// time) holds codes and ids only. Words, names and numbers stand beside it as
// content: to erase somebody is to delete these, and the record stays whole.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"sanshi/internal/channel"
	"sanshi/internal/desk"
	"sanshi/internal/directory"
	"sanshi/internal/matter"
)

// Options say where the database is and give the store its clock and ids.
type Options struct {
	URL string // postgres://…, or "" for SQLite under Dir
	Dir string // the data folder, made when it is not there
	// ReadOnly opens SQLite beside a running service, to look at it only: no lock
	// is taken, nothing is migrated, every write fails.
	ReadOnly bool

	Now   func() time.Time // nil: time.Now
	NewID func() string    // nil: UUIDv7
	Log   *slog.Logger     // nil: silent
	// WakeAt says when the clock next has something to do with a matter, zero for
	// never. Nil: never.
	WakeAt func(m matter.Matter, v *directory.Village) time.Time
	// Cards says in which chat channels a matter is to be shown from now on. Nil: there
	// is no chat, and nothing is written of it.
	Cards func(m matter.Matter, v *directory.Village) []string
	// Feed: what enters, changes in or leaves a queue is noted for other programs.
	Feed bool
}

// Store is the database. It is safe for use by many goroutines.
type Store struct {
	now    func() time.Time
	newID  func() string
	log    *slog.Logger
	wakeAt func(matter.Matter, *directory.Village) time.Time
	cards  func(matter.Matter, *directory.Village) []string
	feed   bool

	readOnly bool

	db     dialect
	read   *sql.DB
	write  *sql.DB
	folder *os.File // holds the folder's lock; nil on Postgres

	reads    statements
	villages villages
	numbers  numbers
	growth   growth
	slowly   rate.Sometimes // log lines of slow statements
	committer
}

var (
	_ desk.Store     = (*Store)(nil)
	_ channel.Intake = (*Store)(nil)
	_ channel.Box    = (*Store)(nil)
)

// Open opens the database, brings it up to date and starts the committer. It
// fails with a sentence that says what to do when another process holds the
// folder or the database was made by a newer program.
func Open(ctx context.Context, o Options) (*Store, error) {
	s := newStore(o)
	if err := s.connect(o); err != nil {
		return nil, err
	}
	if err := s.start(ctx, o); err != nil {
		s.closeAll()
		return nil, err
	}
	return s, nil
}

func (s *Store) start(ctx context.Context, o Options) error {
	if !o.ReadOnly {
		if err := s.migrate(ctx); err != nil {
			return err
		}
	}
	if err := s.reload(ctx); err != nil {
		return err
	}
	s.committer.begin(s)
	return nil
}

// Close finishes what was accepted for writing, then closes the database.
func (s *Store) Close() error {
	s.numbers.giveBack(s)
	s.committer.end()
	s.growth.running.Wait()
	return s.closeAll()
}

func (s *Store) closeAll() error {
	s.reads.close()
	err := errors.Join(s.read.Close(), s.write.Close())
	if s.folder != nil {
		err = errors.Join(err, s.folder.Close())
	}
	return err
}

// Ping reports whether this node reaches its database, within a second.
func (s *Store) Ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	var one int
	if err := s.read.QueryRowContext(ctx, `SELECT 1`).Scan(&one); err != nil {
		return away(err)
	}
	return nil
}

// away marks an error as one of the moment: the database, not the caller, is at
// fault, and trying again later may help.
func away(err error) error {
	if err == nil || errors.Is(err, channel.ErrUnavailable) {
		return err
	}
	return fmt.Errorf("%w: database: %w", channel.ErrUnavailable, err)
}

// statements are prepared once and used by all readers.
type statements struct{ m sync.Map }

func (p *statements) get(ctx context.Context, db *sql.DB, q string) (*sql.Stmt, error) {
	if st, ok := p.m.Load(q); ok {
		return st.(*sql.Stmt), nil
	}
	st, err := db.PrepareContext(ctx, q)
	if err != nil {
		return nil, err
	}
	if old, loaded := p.m.LoadOrStore(q, st); loaded {
		_ = st.Close()
		return old.(*sql.Stmt), nil
	}
	return st, nil
}

func (p *statements) close() {
	p.m.Range(func(_, st any) bool { _ = st.(*sql.Stmt).Close(); return true })
}

// readLimit bounds a reading transaction: on SQLite a longer one would keep the
// write-ahead log from being folded back.
const readLimit = 2 * time.Second

// scanner is a *sql.Row or *sql.Rows.
type scanner interface{ Scan(dest ...any) error }

// list runs a fixed query, prepared once, and calls each for every row.
func (s *Store) list(ctx context.Context, each func(scanner) error, q string, args ...any) error {
	defer s.slow(q, time.Now())
	ctx, cancel := context.WithTimeout(ctx, readLimit)
	defer cancel()
	st, err := s.reads.get(ctx, s.read, q)
	if err != nil {
		return away(err)
	}
	rows, err := st.QueryContext(ctx, args...)
	return drain(rows, err, each)
}

// listOnce is list for a query made for this call.
func (s *Store) listOnce(ctx context.Context, each func(scanner) error, q string, args ...any) error {
	defer s.slow(q, time.Now())
	ctx, cancel := context.WithTimeout(ctx, readLimit)
	defer cancel()
	rows, err := s.read.QueryContext(ctx, q, args...)
	return drain(rows, err, each)
}

func drain(rows *sql.Rows, err error, each func(scanner) error) error {
	if err != nil {
		return away(err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := each(rows); err != nil {
			return away(err)
		}
	}
	return away(rows.Err())
}

// one reads one row; sql.ErrNoRows when there is none.
func (s *Store) one(ctx context.Context, q string, args []any, dest ...any) error {
	found := false
	err := s.list(ctx, func(r scanner) error { found = true; return r.Scan(dest...) }, q, args...)
	if err == nil && !found {
		return sql.ErrNoRows
	}
	return err
}

// ms and at turn times into milliseconds UTC and back; 0 is the zero time.
func ms(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func at(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}
