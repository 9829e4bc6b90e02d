package store

import (
	"context"
	"sync"
	"time"
)

// growth has Postgres look at its tables as they grow. A new database knows
// nothing of what is in them, makes plans for empty tables, keeps these, and would
// notice only when its autovacuum comes round, after a minute in which a busy
// first day may bring thousands of texts.
type growth struct {
	since, next int64
	running     sync.WaitGroup
}

const (
	// firstLook and lastLook are after how many writes it looks first and last,
	// each time after four times as many. Then autovacuum is enough.
	firstLook = 128
	lastLook  = firstLook << 14
	lookTime  = 10 * time.Second
)

// grown is called by the committer after each commit.
func (s *Store) grown(writes int) {
	g := &s.growth
	if !s.db.postgres || g.next > lastLook {
		return
	}
	if g.next == 0 {
		g.next = firstLook
	}
	if g.since += int64(writes); g.since < g.next {
		return
	}
	g.next *= 4
	g.running.Go(func() {
		ctx, cancel := context.WithTimeout(context.Background(), lookTime)
		defer cancel()
		if _, err := s.write.ExecContext(ctx, `ANALYZE inbound, about, resident, talk, matter, party, content, event, outbox, counter`); err != nil {
			s.log.Warn("Postgres could not look at its tables; its autovacuum will", "cause", err.Error())
		}
	})
}
