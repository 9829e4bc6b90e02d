package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"sanshi/internal/catalog"
	"sanshi/internal/matter"
)

const (
	// cardLease is how long a card is left to whoever draws it: a look at the channel's
	// history and a post, 10 s each at most.
	cardLease = 30 * time.Second
	// first is a time before all others: an emergency's card is drawn before the rest.
	first = 1
)

// saveCards marks the cards of what changed, and makes those that are to be shown
// from now on. Where there is no chat it does nothing.
func (t *tx) saveCards(d *draft) error {
	if t.s.cards == nil {
		return nil
	}
	for i := range d.matters {
		r := &d.matters[i]
		due := ms(t.now)
		if r.Urgency == catalog.Emergency {
			due = first
		}
		if r.old > 0 {
			if err := t.wantCards(d.Village, r.ID, due); err != nil {
				return err
			}
		}
		for _, channel := range r.cards {
			if err := t.write(`INSERT INTO card (village, matter, channel, wanted, due_at) VALUES ($1, $2, $3, 1, $4)
				ON CONFLICT DO NOTHING`, d.Village, r.ID, channel, due); err != nil {
				return err
			}
		}
	}
	for _, p := range d.Parties { // a card says how many reported it
		if err := t.wantCards(d.Village, p.Matter, ms(t.now)); err != nil {
			return err
		}
	}
	return nil
}

// wantCards marks the cards of a matter. One that waits already keeps its place.
func (t *tx) wantCards(village, matterID string, due int64) error {
	if t.s.cards == nil {
		return nil
	}
	return t.write(`UPDATE card SET wanted = wanted + 1, due_at = CASE WHEN due_at = 0 OR due_at > $3 THEN $3 ELSE due_at END
		WHERE village = $1 AND matter = $2`, village, matterID, due)
}

// Cards takes out cards to be drawn now, of each channel that is not busy the one
// that waits longest, under a lease of 30 s. That a posting begins is recorded in
// the same commit.
func (s *Store) Cards(ctx context.Context, now time.Time, busy func(channel string) bool) (all []matter.Card, err error) {
	found, err := s.dueCards(ctx, now, busy)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	err = s.do(ctx, func(t *tx) error {
		all = nil
		if err := t.lock("cards"); err != nil {
			return err
		}
		for _, f := range found {
			c, err := t.takeCard(f, now)
			if err != nil && !errors.Is(err, sql.ErrNoRows) {
				return err
			}
			if err == nil {
				all = append(all, c)
			}
		}
		return nil
	})
	return all, err
}

// dueCards looks, beside the committer, for what there is to draw.
func (s *Store) dueCards(ctx context.Context, now time.Time, busy func(string) bool) (all []matter.Card, err error) {
	err = s.list(ctx, func(r scanner) error {
		var c matter.Card
		err := r.Scan(&c.Channel)
		if err == nil && !busy(c.Channel) {
			all = append(all, c)
		}
		return err
	}, `SELECT channel FROM card WHERE due_at > 0 AND due_at <= $1 GROUP BY channel ORDER BY MIN(due_at)`, ms(now))
	for i := 0; i < len(all) && err == nil; i++ {
		c := &all[i]
		err = s.one(ctx, `SELECT village, matter FROM card WHERE channel = $2 AND due_at > 0 AND due_at <= $1 AND lease_until <= $1
			ORDER BY due_at LIMIT 1`, []any{ms(now), c.Channel}, &c.Village, &c.Matter)
		if errors.Is(err, sql.ErrNoRows) { // all of them are being drawn
			err = nil
		}
	}
	return slices.DeleteFunc(all, func(c matter.Card) bool { return c.Matter == "" }), err
}

func (t *tx) takeCard(c matter.Card, now time.Time) (matter.Card, error) {
	var begun int64
	err := t.one(`SELECT ts, wanted, begun_at, tries FROM card WHERE village = $1 AND matter = $2 AND channel = $3
		AND due_at > 0 AND due_at <= $4 AND lease_until <= $4`, []any{c.Village, c.Matter, c.Channel, ms(now)},
		&c.TS, &c.Wanted, &begun, &c.Tries)
	if err != nil {
		return c, err
	}
	c.Begun = at(begun)
	if c.TS == "" && begun == 0 {
		begun = ms(now)
	}
	return c, t.write(`UPDATE card SET lease_until = $4, begun_at = $5, tries = tries + 1
		WHERE village = $1 AND matter = $2 AND channel = $3`, c.Village, c.Matter, c.Channel, ms(now.Add(cardLease)), begun)
}

// CardDrawn records what became of a card that was taken. What changed since it
// was taken is still to be drawn.
func (s *Store) CardDrawn(ctx context.Context, r matter.CardReport) error {
	return s.do(ctx, func(t *tx) error {
		switch {
		case r.Drop:
			return t.write(`DELETE FROM card WHERE village = $1 AND matter = $2 AND channel = $3`, r.Village, r.Matter, r.Channel)
		case r.Problem != "":
			return t.write(`UPDATE card SET ts = $4, lease_until = 0, problem = $5, due_at = $6,
				begun_at = CASE WHEN $7 THEN begun_at ELSE 0 END WHERE village = $1 AND matter = $2 AND channel = $3`,
				r.Village, r.Matter, r.Channel, r.TS, clean(r.Problem), ms(r.Again), r.Doubt)
		}
		return t.write(`UPDATE card SET ts = $4, lease_until = 0, begun_at = 0, tries = 0, problem = '', shown = $5,
			due_at = CASE WHEN wanted = $5 THEN $6 ELSE due_at END WHERE village = $1 AND matter = $2 AND channel = $3`,
			r.Village, r.Matter, r.Channel, r.TS, r.Wanted, ms(r.Again))
	})
}

// CardsWaiting counts the cards that do not show what is wanted.
func (s *Store) CardsWaiting(ctx context.Context) (n int, err error) {
	err = s.one(ctx, `SELECT COUNT(*) FROM card WHERE due_at > 0 AND shown < wanted`, nil, &n)
	return n, err
}

// CardProblems lists the channels whose cards cannot be drawn.
func (s *Store) CardProblems(ctx context.Context) (all []matter.CardProblem, err error) {
	err = s.list(ctx, func(r scanner) error {
		var p matter.CardProblem
		err := r.Scan(&p.Village, &p.Channel, &p.Problem, &p.Cards)
		all = append(all, p)
		return err
	}, `SELECT village, channel, MAX(problem), COUNT(*) FROM card WHERE problem <> '' GROUP BY village, channel ORDER BY village, channel`)
	return all, err
}
