package store

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// Idle reports whether nothing is left to do at now: every text is handled, and
// what is still in the outbox is held until later.
func (s *Store) Idle(ctx context.Context, now time.Time) (bool, error) {
	var busy int
	err := s.one(ctx, `SELECT (SELECT COUNT(*) FROM inbound WHERE handled_at IS NULL AND village <> '_')
		+ (SELECT COUNT(*) FROM outbox WHERE pending AND not_before <= $1)`, []any{ms(now)}, &busy)
	return busy == 0, err
}

// LastReceived is when the newest text of any village came in; the zero time when
// there is none yet.
func (s *Store) LastReceived(ctx context.Context) (last time.Time, err error) {
	villages, err := s.Villages(ctx)
	if err != nil {
		return last, err
	}
	for _, v := range villages {
		var newest int64
		err := s.one(ctx, `SELECT at FROM inbound WHERE village = $1 ORDER BY seq DESC LIMIT 1`, []any{v.ID}, &newest)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return last, err
		}
		if err == nil && at(newest).After(last) {
			last = at(newest)
		}
	}
	return last, nil
}
