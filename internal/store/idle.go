package store

import (
	"context"
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
