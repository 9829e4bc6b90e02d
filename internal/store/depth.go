package store

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"time"

	"sanshi/internal/message"
)

// Depth is how much lies where at one moment, for the metrics.
type Depth struct {
	Outbox      map[string]int // channel → texts not yet through
	Matters     []Count
	DeadLetters int
	Unrouted    int           // texts that reached a number no village has
	Waiting     int           // texts not yet handled
	Oldest      time.Duration // how long the first of these has waited
	Log         int64         // bytes of SQLite's write-ahead log
}

// Count is how many matters of a village stand in one state.
type Count struct {
	Village, Kind, State string
	N                    int
}

// Depth measures all villages. It reads indexes of what is pending only, and an
// index of the matters.
func (s *Store) Depth(ctx context.Context) (d Depth, err error) {
	var oldest int64
	d.Outbox = map[string]int{}
	err = s.list(ctx, func(r scanner) error {
		var ch string
		var n int
		err := r.Scan(&ch, &n)
		d.Outbox[ch] = n
		return err
	}, `SELECT channel, COUNT(*) FROM outbox WHERE pending GROUP BY channel`)
	if err != nil {
		return d, err
	}
	err = s.list(ctx, func(r scanner) error {
		var c Count
		err := r.Scan(&c.Village, &c.Kind, &c.State, &c.N)
		d.Matters = append(d.Matters, c)
		return err
	}, `SELECT village, kind, state, COUNT(*) FROM matter GROUP BY village, state, kind ORDER BY village, state, kind`)
	if err != nil {
		return d, err
	}
	err = s.one(ctx, `SELECT (SELECT COUNT(*) FROM inbound WHERE dead) + (SELECT COUNT(*) FROM outbox WHERE dead),
		COALESCE((SELECT inbound FROM counter WHERE village = $1), 0),
		(SELECT COUNT(*) FROM inbound WHERE handled_at IS NULL AND village <> $1),
		COALESCE((SELECT MIN(at) FROM inbound WHERE handled_at IS NULL AND village <> $1), 0)`,
		[]any{message.Unrouted}, &d.DeadLetters, &d.Unrouted, &d.Waiting, &oldest)
	if oldest > 0 {
		d.Oldest = max(0, s.now().Sub(at(oldest)))
	}
	if s.folder != nil {
		if wal, err := os.Stat(filepath.Join(filepath.Dir(s.folder.Name()), "sanshi.db-wal")); err == nil {
			d.Log = wal.Size()
		}
	}
	return d, err
}

// slowAfter is when a statement is worth a line in the log.
const slowAfter = 200 * time.Millisecond

// slow logs a statement that took long. The statement holds no data: these are
// handed over beside it.
func (s *Store) slow(q string, begun time.Time) {
	if took := time.Since(begun); took >= slowAfter {
		s.slowly.Do(func() {
			s.log.Warn("a slow statement", "took", took, "statement", strings.Join(strings.Fields(q), " "))
		})
	}
}

// Size is how many bytes all tables and indexes take on the disk, without
// SQLite's log.
func (s *Store) Size(ctx context.Context) (n int64, err error) {
	if s.db.postgres {
		err = s.one(ctx, `SELECT pg_database_size(current_database())`, nil, &n)
		return n, err
	}
	var pages, size int64
	if err = s.one(ctx, `SELECT page_count FROM pragma_page_count`, nil, &pages); err == nil {
		err = s.one(ctx, `SELECT page_size FROM pragma_page_size`, nil, &size)
	}
	return pages * size, err
}
