package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"maps"
	"slices"
	"time"
)

// writer is the one connection that writes, with its prepared statements.
type writer struct {
	conn  *sql.Conn
	stmts map[string]*sql.Stmt
}

// discard closes the connection for good, rather than give it back to the pool.
func (w *writer) discard() {
	if w == nil {
		return
	}
	for _, st := range w.stmts {
		_ = st.Close()
	}
	_ = w.conn.Raw(func(any) error { return driver.ErrBadConn })
	_ = w.conn.Close()
}

// dbFault is an error of the database, as against one of what was asked.
type dbFault struct{ err error }

func (f *dbFault) Error() string { return f.err.Error() }
func (f *dbFault) Unwrap() error { return f.err }

func faulty(err error) error {
	if err == nil || errors.Is(err, sql.ErrNoRows) {
		return err
	}
	return &dbFault{err}
}

// tx is the transaction of a group.
type tx struct {
	ctx   context.Context
	s     *Store
	w     *writer
	now   time.Time
	tally map[string]*tally

	pipeline []queued // waits for the next statement whose answer is needed
}

// tally is what a group adds to a village's counters, and the numbers in order
// that it drew.
type tally struct {
	drawn, last int64 // of the numbers reserved, the last given out and the last there is
	counts
}

type counts struct{ inbound, handled, queued, sent, failed int64 }

// open begins a transaction. A connection that stood idle may have been lost
// meanwhile (the database restarted): then a new one is made, as nothing was
// written yet.
func (s *Store) open(ctx context.Context) (*tx, error) {
	if s.writer != nil {
		if t, err := s.openOn(ctx, s.writer); err == nil || !s.db.postgres {
			return t, err
		}
	}
	conn, err := s.write.Conn(ctx)
	if err != nil {
		return nil, err
	}
	s.writer = &writer{conn: conn, stmts: map[string]*sql.Stmt{}}
	return s.openOn(ctx, s.writer)
}

func (s *Store) openOn(ctx context.Context, w *writer) (*tx, error) {
	t := &tx{ctx: ctx, s: s, w: w, now: s.now(), tally: map[string]*tally{}}
	if _, err := t.exec(s.db.begin); err != nil {
		t.abandon()
		return nil, err
	}
	return t, nil
}

func (t *tx) commit() error {
	if err := t.flush(); err != nil {
		return err
	}
	_, err := t.exec(`COMMIT`)
	return err
}

// abandon rolls back and drops the connection: after a full disk or a lost
// network nobody knows in which state it is.
func (t *tx) abandon() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_, _ = t.w.conn.ExecContext(ctx, `ROLLBACK`)
	t.w.discard()
	t.s.writer = nil
}

func (t *tx) prepared(q string) (*sql.Stmt, error) {
	if st, ok := t.w.stmts[q]; ok {
		return st, nil
	}
	st, err := t.w.conn.PrepareContext(t.ctx, q)
	if err == nil {
		t.w.stmts[q] = st
	}
	return st, err
}

// exec runs a fixed statement and says how many rows it changed.
func (t *tx) exec(q string, args ...any) (int64, error) {
	if err := t.settle(); err != nil {
		return 0, err
	}
	return t.run1(q, args)
}

func (t *tx) run1(q string, args []any) (int64, error) {
	st, err := t.prepared(q)
	if err != nil {
		return 0, faulty(err)
	}
	defer t.s.slow(q, time.Now())
	r, err := st.ExecContext(t.ctx, args...)
	if err != nil {
		return 0, faulty(err)
	}
	n, err := r.RowsAffected()
	return n, faulty(err)
}

// one reads one row; sql.ErrNoRows when there is none.
func (t *tx) one(q string, args []any, dest ...any) error {
	if err := t.settle(); err != nil {
		return err
	}
	st, err := t.prepared(q)
	if err != nil {
		return faulty(err)
	}
	defer t.s.slow(q, time.Now())
	return faulty(st.QueryRowContext(t.ctx, args...).Scan(dest...))
}

// list runs a query made for this call. The rows are read to the end before
// anything else is written: the connection can do only one thing at a time.
func (t *tx) list(each func(scanner) error, q string, args ...any) error {
	if err := t.settle(); err != nil {
		return err
	}
	rows, err := t.w.conn.QueryContext(t.ctx, q, args...)
	if err != nil {
		return faulty(err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := each(rows); err != nil {
			return faulty(err)
		}
	}
	return faulty(rows.Err())
}

// of gives a village's tally in this group.
func (t *tx) of(village string) *tally {
	c, ok := t.tally[village]
	if !ok {
		c = &tally{}
		t.tally[village] = c
	}
	return c
}

// reserve draws the numbers in order that the group will need: one statement a
// village, before any savepoint, in the order of the villages' ids so that two
// nodes never wait for each other in a circle.
func (t *tx) reserve(g group) error {
	want := map[string]int64{}
	for _, k := range g.takes {
		want[k.in.Village]++
	}
	for _, w := range g.works {
		if w.rows > 0 {
			want[w.village] += int64(w.rows)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(want)) {
		if err := t.draw(id, want[id]); err != nil {
			return err
		}
	}
	return nil
}

// seq gives n numbers in order: the first of them. They are drawn under the
// lock of the village's counter row, which is held to the commit: whoever draws
// later commits later, on whatever node.
func (t *tx) seq(village string, n int64) (first int64, err error) {
	c := t.of(village)
	if c.last-c.drawn < n {
		if err := t.draw(village, n); err != nil {
			return 0, err
		}
	}
	first = c.drawn + 1
	c.drawn += n
	return first, nil
}

func (t *tx) draw(village string, n int64) error {
	const q = `UPDATE counter SET seq = seq + $2 WHERE village = $1 RETURNING seq`
	c := t.of(village)
	err := t.one(q, []any{village, n}, &c.last)
	if errors.Is(err, sql.ErrNoRows) {
		if _, err = t.exec(`INSERT INTO counter (village) VALUES ($1) ON CONFLICT DO NOTHING`, village); err == nil {
			err = t.one(q, []any{village, n}, &c.last)
		}
	}
	c.drawn = c.last - n
	return err
}

// flush adds the tallies to the counters, in the order of the villages' ids.
func (t *tx) flush() error {
	for _, id := range slices.Sorted(maps.Keys(t.tally)) {
		c := t.tally[id].counts
		if c == (counts{}) {
			continue
		}
		if err := t.write(`INSERT INTO counter (village, inbound, handled, queued, sent, failed)
			VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (village) DO UPDATE SET inbound = counter.inbound + excluded.inbound,
			handled = counter.handled + excluded.handled, queued = counter.queued + excluded.queued,
			sent = counter.sent + excluded.sent, failed = counter.failed + excluded.failed`,
			id, c.inbound, c.handled, c.queued, c.sent, c.failed); err != nil {
			return err
		}
	}
	return nil
}

// remember and restore keep the tallies in step with a savepoint.
func (t *tx) remember() map[string]tally {
	m := make(map[string]tally, len(t.tally))
	for id, c := range t.tally {
		m[id] = *c
	}
	return m
}

func (t *tx) restore(m map[string]tally) {
	for id, c := range t.tally {
		*c = m[id]
	}
}
