package store

import (
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgconn"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	"github.com/pressly/goose/v3"
	"golang.org/x/time/rate"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// dialect is all that differs between the two databases.
type dialect struct {
	goose    goose.Dialect
	postgres bool
	begin    string // opens a transaction that writes
}

var (
	sqliteDialect   = dialect{goose: goose.DialectSQLite3, begin: `BEGIN IMMEDIATE`}
	postgresDialect = dialect{goose: goose.DialectPostgres, postgres: true, begin: `BEGIN`}
)

// schema turns the words of a migration into those of this database.
func (d dialect) schema(text string) string {
	if d.postgres {
		return text
	}
	return strings.ReplaceAll(strings.ReplaceAll(text, "/*SQLITE: ", ""), "*/", "")
}

// fault says how bad a database's error is.
type fault int

const (
	broken    fault = iota // disk full, connection lost: the whole group fails
	refused                // one member's data were refused: that member fails alone
	contended              // two nodes got in each other's way: the group tries again
)

func (d dialect) fault(err error) fault {
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		switch lite.Code() & 0xff {
		case sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_TOOBIG, sqlite3.SQLITE_MISMATCH, sqlite3.SQLITE_RANGE:
			return refused
		}
		return broken
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		switch {
		case pg.Code == "40001" || pg.Code == "40P01": // serialization failure, deadlock
			return contended
		case strings.HasPrefix(pg.Code, "22"), strings.HasPrefix(pg.Code, "23"): // data, constraint
			return refused
		}
	}
	return broken
}

func newStore(o Options) *Store {
	s := &Store{now: o.Now, newID: o.NewID, log: o.Log, wakeAt: o.WakeAt, cards: o.Cards, feed: o.Feed, readOnly: o.ReadOnly,
		slowly: rate.Sometimes{First: 10, Interval: time.Second}}
	if s.now == nil {
		s.now = time.Now
	}
	if s.newID == nil {
		s.newID = func() string { return uuid.Must(uuid.NewV7()).String() }
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	return s
}

func (s *Store) connect(o Options) error {
	if o.URL != "" {
		return s.connectPostgres(o.URL)
	}
	return s.connectSQLite(o)
}

func (s *Store) connectPostgres(dsn string) error {
	if !strings.HasPrefix(dsn, "postgres://") && !strings.HasPrefix(dsn, "postgresql://") {
		return errors.New("the database URL must begin with postgres://; leave it empty for SQLite")
	}
	s.db = postgresDialect
	var err error
	if s.read, err = sql.Open("pgx", dsn); err != nil {
		return fmt.Errorf("the database URL cannot be read: %w", err)
	}
	if s.write, err = sql.Open("pgx", dsn); err != nil {
		return err
	}
	readers := 4 * max(4, runtime.GOMAXPROCS(0))
	s.read.SetMaxOpenConns(readers)
	s.read.SetMaxIdleConns(readers) // a new connection costs a process of the server
	s.read.SetConnMaxIdleTime(5 * time.Minute)
	s.write.SetMaxOpenConns(2)
	s.write.SetMaxIdleConns(1)
	return nil
}

// connectSQLite opens one writing connection and a pool of readers. The lock on
// the folder keeps a second process out, which is what lets one connection be
// the only writer.
func (s *Store) connectSQLite(o Options) error {
	s.db = sqliteDialect
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return fmt.Errorf("the data folder cannot be made: %w", err)
	}
	if !o.ReadOnly {
		f, err := lockFolder(o.Dir)
		if err != nil {
			return err
		}
		s.folder = f
	}
	path, err := filepath.Abs(filepath.Join(o.Dir, "sanshi.db"))
	if err != nil {
		return err
	}
	if o.ReadOnly {
		if _, err := os.Stat(path); err != nil {
			return fmt.Errorf("there is no database in %s: %w", o.Dir, err)
		}
	}
	if s.write, err = sql.Open("sqlite", liteURL(path, "cache_size(-8000)", o.ReadOnly)); err != nil {
		return err
	}
	if s.read, err = sql.Open("sqlite", liteURL(path, "cache_size(-2000)", true)); err != nil {
		return err
	}
	s.write.SetMaxOpenConns(2) // the committer's, and one that folds back the log
	s.write.SetMaxIdleConns(1)
	readers := max(4, runtime.GOMAXPROCS(0))
	s.read.SetMaxOpenConns(readers)
	s.read.SetMaxIdleConns(readers)
	return nil
}

// liteURL is the name of the database with the settings of each connection.
// synchronous=FULL: a commit is on the disk before anybody hears of it.
// secure_delete: what is erased is overwritten, not only forgotten.
// wal_autocheckpoint: pages (32 MB) before the log is taken in; a longer log means
// that a page written by many commits is taken in once.
func liteURL(path, cache string, readOnly bool) string {
	q := url.Values{"_txlock": {"immediate"}, "_pragma": {
		"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(FULL)", "secure_delete(ON)",
		"journal_size_limit(67108864)", "wal_autocheckpoint(8000)", "temp_store(MEMORY)", cache,
	}}
	if readOnly {
		q["_pragma"] = []string{"busy_timeout(5000)", "temp_store(MEMORY)", "query_only(ON)", cache}
	}
	u := url.URL{Scheme: "file", Path: path, RawQuery: q.Encode()}
	return u.String()
}

func lockFolder(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("the data folder cannot be written: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("the data folder %s is in use by another process: stop it, or choose another folder", dir)
	}
	return f, nil
}
