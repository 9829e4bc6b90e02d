package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"sanshi/internal/desk"
	"sanshi/internal/directory"
	"sanshi/internal/matter"
)

// What is kept for the language model: the questions still to be put to it, what
// it cost, and what people corrected.

const (
	// doubtLease is how long a claimed question is left to whoever asks it: longer
	// than a model may take on all rungs.
	doubtLease  = 2 * time.Minute
	mostAsked   = 5 // tries, then a question is dead
	deadDoubts  = 30 * 24 * time.Hour
	usesKept    = 90 * 24 * time.Hour
	mostLessons = 500
)

// saveDoubts writes the questions of a change, and ends the one it answers: that
// it is still there is what makes an answer count once.
func (t *tx) saveDoubts(d *draft) error {
	if d.Refined != "" {
		if err := t.must(desk.ErrHandled, `DELETE FROM refine WHERE village = $1 AND matter = $2`, d.Village, d.Refined); err != nil {
			return err
		}
	}
	for _, id := range d.Refine {
		if err := t.write(`INSERT INTO refine (village, matter, due_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
			d.Village, id, ms(t.now)); err != nil {
			return err
		}
	}
	return t.saveLessons(d)
}

// saveLessons notes which matters a person put right, and forgets those that were
// put back.
func (t *tx) saveLessons(d *draft) error {
	for _, e := range d.Events {
		resorted := e.Detail.Kind != "" || e.Detail.Code != "" || e.Detail.Urgency != ""
		var err error
		switch {
		case e.Kind == matter.Correct && e.Detail.Source == "staff" && resorted:
			err = t.write(`INSERT INTO lesson (village, matter, at) VALUES ($1, $2, $3)
				ON CONFLICT (village, matter) DO UPDATE SET at = excluded.at`, d.Village, e.Matter, ms(e.At))
		case e.Kind == matter.Undo:
			err = t.write(`DELETE FROM lesson WHERE village = $1 AND matter = $2`, d.Village, e.Matter)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Doubts claims up to n questions for the model that are due. Each is left to the
// caller for two minutes; whoever does not end it in time, or dies, has tried once.
func (s *Store) Doubts(ctx context.Context, n int) (all []desk.Doubt, err error) {
	var due []desk.Doubt
	err = s.list(ctx, func(r scanner) error {
		var d desk.Doubt
		err := r.Scan(&d.Village, &d.Matter)
		due = append(due, d)
		return err
	}, `SELECT village, matter FROM refine WHERE NOT dead AND due_at <= $1 ORDER BY due_at LIMIT $2`, ms(s.now()), n)
	if err != nil || len(due) == 0 {
		return nil, err
	}
	err = s.do(ctx, func(t *tx) error {
		all = nil
		for _, d := range due {
			err := t.one(`UPDATE refine SET due_at = $3, tries = tries + 1, dead = tries >= $5
				WHERE village = $1 AND matter = $2 AND NOT dead AND due_at <= $4 RETURNING tries`,
				[]any{d.Village, d.Matter, ms(t.now.Add(doubtLease)), ms(t.now), mostAsked}, &d.Tries)
			switch {
			case errors.Is(err, sql.ErrNoRows): // another node has it
			case err != nil:
				return err
			case d.Tries <= mostAsked:
				all = append(all, d)
			}
		}
		return nil
	})
	return all, err
}

// DoubtFailed puts a question off after a try that failed. The fifth is the last:
// the matter stays with the secretary as it is.
func (s *Store) DoubtFailed(ctx context.Context, d desk.Doubt, until time.Time, cause string) (dead bool, err error) {
	dead = d.Tries >= mostAsked
	return dead, s.do(ctx, func(t *tx) error {
		return t.write(`UPDATE refine SET due_at = $3, dead = $4, error = $5 WHERE village = $1 AND matter = $2`,
			d.Village, d.Matter, ms(until), dead, clean(cause))
	})
}

// DoubtWaits puts a question off that was not tried.
func (s *Store) DoubtWaits(ctx context.Context, d desk.Doubt, until time.Time) error {
	return s.do(ctx, func(t *tx) error {
		return t.write(`UPDATE refine SET due_at = $3, tries = $4 WHERE village = $1 AND matter = $2`,
			d.Village, d.Matter, ms(until), d.Tries-1)
	})
}

// DoubtOver ends a question without an answer.
func (s *Store) DoubtOver(ctx context.Context, d desk.Doubt) error {
	return s.do(ctx, func(t *tx) error {
		return t.write(`DELETE FROM refine WHERE village = $1 AND matter = $2`, d.Village, d.Matter)
	})
}

// SpendModel pays for one call of about so many tokens out of a village's day, if
// there is enough left: for all nodes together, and over restarts.
func (s *Store) SpendModel(ctx context.Context, village, day string, tokens int, limit directory.Model) (paid bool, err error) {
	if limit.Calls < 1 || tokens > limit.Tokens {
		return false, nil
	}
	err = s.do(ctx, func(t *tx) error {
		n, err := t.exec(`INSERT INTO model_use (village, day, calls, tokens, at) VALUES ($1, $2, 1, $3, $4)
			ON CONFLICT (village, day) DO UPDATE SET calls = model_use.calls + 1, tokens = model_use.tokens + excluded.tokens,
			at = excluded.at WHERE model_use.calls < $5 AND model_use.tokens + excluded.tokens <= $6`,
			village, day, tokens, ms(t.now), limit.Calls, limit.Tokens)
		paid = n == 1
		return err
	})
	return paid, err
}

// SettleModel puts right what a call cost: more tokens than were paid, or fewer.
func (s *Store) SettleModel(ctx context.Context, village, day string, more int) error {
	return s.do(ctx, func(t *tx) error {
		return t.write(`UPDATE model_use SET tokens = tokens + $3 WHERE village = $1 AND day = $2`, village, day, more)
	})
}

// ModelUse says what a village's day has cost so far.
func (s *Store) ModelUse(ctx context.Context, village, day string) (calls, tokens int, err error) {
	err = s.one(ctx, `SELECT calls, tokens FROM model_use WHERE village = $1 AND day = $2`, []any{village, day}, &calls, &tokens)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return calls, tokens, err
}

// Lessons lists the matters whose sorting a person put right, the newest first, at
// most 500. Private ones are not among them.
func (s *Store) Lessons(ctx context.Context, village string) ([]matter.Matter, error) {
	return s.matters(ctx, `SELECT `+matterColumns+` FROM `+matterTables+` JOIN lesson l ON l.village = m.village AND l.matter = m.id
		WHERE l.village = $1 AND NOT m.private ORDER BY l.at DESC, l.matter DESC LIMIT $2`, village, mostLessons)
}

// NamesIn finds the residents whose names stand in a text.
func (s *Store) NamesIn(ctx context.Context, village, text string) (names []string, err error) {
	err = s.list(ctx, func(r scanner) error {
		var name string
		err := r.Scan(&name)
		names = append(names, name)
		return err
	}, `SELECT DISTINCT name FROM resident WHERE village = $1 AND name <> '' AND $2 LIKE '%' || name || '%'`, village, clean(text))
	return names, err
}
