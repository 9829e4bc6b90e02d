package store

import (
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// queued is a statement whose answer nobody needs yet, and what its answer must be.
type queued struct {
	q     string
	args  []any
	check func(changed int64) error // nil: anything will do
}

// later runs a fixed statement at once on SQLite. On Postgres, where each answer
// costs a way over the network, it waits for the next statement whose answer is
// needed and goes with it, in order: a change is one or two ways and not fifteen.
func (t *tx) later(q string, check func(changed int64) error, args ...any) error {
	if t.s.db.postgres {
		t.pipeline = append(t.pipeline, queued{q, args, check})
		return nil
	}
	n, err := t.run1(q, args)
	if err == nil && check != nil {
		err = check(n)
	}
	return err
}

// write is later without a condition.
func (t *tx) write(q string, args ...any) error { return t.later(q, nil, args...) }

// must is later of a statement that must change exactly one row, or otherwise is why.
func (t *tx) must(otherwise error, q string, args ...any) error {
	return t.later(q, func(changed int64) error {
		if changed != 1 {
			return otherwise
		}
		return nil
	}, args...)
}

// settle sends what waits and gives the first error: of the database, or of a
// condition. After a condition the rest was done all the same: the caller goes
// back to a savepoint.
func (t *tx) settle() error {
	if len(t.pipeline) == 0 {
		return nil
	}
	waiting := t.pipeline
	t.pipeline = t.pipeline[:0:0]
	var unmet error
	err := t.w.conn.Raw(func(c any) error {
		var batch pgx.Batch
		for _, w := range waiting {
			batch.Queue(w.q, w.args...)
		}
		answers := c.(*stdlib.Conn).Conn().SendBatch(t.ctx, &batch)
		for _, w := range waiting {
			tag, err := answers.Exec()
			if err != nil {
				_ = answers.Close() // says the same again
				return err
			}
			if w.check != nil && unmet == nil {
				unmet = w.check(tag.RowsAffected())
			}
		}
		return answers.Close()
	})
	if err != nil {
		return faulty(err)
	}
	return unmet
}
