package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"time"

	"sanshi/internal/desk"
	"sanshi/internal/directory"
	"sanshi/internal/matter"
)

// How often a code may be guessed at: by one Slack account, and by all of a
// workspace together. Six digits and ten minutes leave a guess one chance in
// twenty thousand even then.
const (
	slackTries    = 5
	slackTriesAll = 50
	slackTryLife  = 10 * time.Minute
	slackSeenLife = 24 * time.Hour
)

// ErrTries is returned to a Slack account that gave too many wrong codes.
var ErrTries error = matter.Refuse(matter.Forbidden, "code", "too many wrong codes; wait ten minutes")

// NewSlackCode makes the six digits by which a staff member links her Slack
// account, once, within ttl. A new code takes the place of the one before.
func (s *Store) NewSlackCode(ctx context.Context, village, staff string, ttl time.Duration) (code string, err error) {
	v, err := s.Village(ctx, village)
	if err != nil {
		return "", err
	}
	if _, ok := v.Member(staff); !ok {
		return "", desk.ErrNotFound
	}
	err = s.do(ctx, func(t *tx) error {
		if err := t.write(`DELETE FROM slack_code WHERE (village = $1 AND staff = $2) OR expires < $3`, village, staff, ms(t.now)); err != nil {
			return err
		}
		for range 100 { // until one is free
			n, err := rand.Int(rand.Reader, big.NewInt(1e6))
			if err != nil {
				return err
			}
			code = fmt.Sprintf("%06d", n)
			made, err := t.exec(`INSERT INTO slack_code (code, village, staff, expires) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
				tokenHash(code), village, staff, ms(t.now.Add(ttl)))
			if err != nil || made == 1 {
				return err
			}
		}
		return errors.New("store: no code is free")
	})
	return code, err
}

// LinkSlack spends a code: the Slack account is the staff member's from now on,
// and nobody else's of that village. desk.ErrNotFound for a code that is wrong,
// spent or too old; ErrTries after too many of these. Every link is recorded.
func (s *Store) LinkSlack(ctx context.Context, code, slack string) (village string, who directory.Staff, err error) {
	var refused error
	err = s.do(ctx, func(t *tx) error {
		// The row that every change of a village writes to: whoever else changes one waits.
		if err := t.write(`UPDATE meta SET value = value WHERE name = 'villages'`); err != nil {
			return err
		}
		if refused, err = t.mayTry(slack); refused != nil || err != nil {
			return err
		}
		var staff string
		var expires int64
		err := t.one(`DELETE FROM slack_code WHERE code = $1 RETURNING village, staff, expires`, []any{tokenHash(code)}, &village, &staff, &expires)
		if errors.Is(err, sql.ErrNoRows) || err == nil && expires < ms(t.now) {
			refused = desk.ErrNotFound
			return t.wrongTry(slack)
		}
		if err != nil {
			return err
		}
		who, refused, err = t.linkSlack(village, staff, slack)
		return err
	})
	if err == nil {
		err = refused
	}
	if err != nil {
		return "", directory.Staff{}, err
	}
	return village, who, s.reload(ctx)
}

// mayTry is ErrTries, as its first result, when a Slack account or all of them
// together guessed too often lately.
func (t *tx) mayTry(slack string) (refused, err error) {
	var mine, all int
	err = t.one(`SELECT COALESCE(SUM(CASE WHEN slack = $1 THEN tries ELSE 0 END), 0), COALESCE(SUM(tries), 0) FROM slack_try WHERE until > $2`,
		[]any{slack, ms(t.now)}, &mine, &all)
	if err == nil && (mine >= slackTries || all >= slackTriesAll) {
		refused = ErrTries
	}
	return refused, err
}

func (t *tx) wrongTry(slack string) error {
	return t.write(`INSERT INTO slack_try (slack, tries, until) VALUES ($1, 1, $2) ON CONFLICT (slack) DO UPDATE SET
		tries = CASE WHEN slack_try.until > $3 THEN slack_try.tries + 1 ELSE 1 END, until = excluded.until`,
		slack, ms(t.now.Add(slackTryLife)), ms(t.now))
}

// linkSlack writes the account into the village. Whoever had it there loses it:
// an account is one person.
func (t *tx) linkSlack(village, staff, slack string) (who directory.Staff, refused, err error) {
	var data string
	err = t.one(`SELECT data FROM village WHERE id = $1`, []any{village}, &data)
	if errors.Is(err, sql.ErrNoRows) {
		return who, desk.ErrNotFound, nil
	}
	if err != nil {
		return who, nil, err
	}
	v, err := decodeVillage(data)
	if err != nil {
		return who, nil, err
	}
	i := slices.IndexFunc(v.Staff, func(x directory.Staff) bool { return x.ID == staff })
	if i < 0 {
		return who, desk.ErrNotFound, nil
	}
	was := v.Staff[i].Slack
	for j := range v.Staff {
		if v.Staff[j].Slack == slack {
			v.Staff[j].Slack = ""
		}
	}
	v.Staff[i].Slack = slack
	if data, err = encodeVillage(v); err != nil {
		return who, nil, err
	}
	if err := t.saveVillage(village, data, ""); err != nil {
		return who, nil, err
	}
	return v.Staff[i], nil, t.write(`INSERT INTO slack_link (village, staff, at, slack, was) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT DO NOTHING`, village, staff, ms(t.now), slack, was)
}

// FirstSeen notes the id of something that Slack sent and reports whether it came
// for the first time, on any node.
func (s *Store) FirstSeen(ctx context.Context, id string) (first bool, err error) {
	err = s.do(ctx, func(t *tx) error {
		n, err := t.exec(`INSERT INTO slack_seen (id, at) VALUES ($1, $2) ON CONFLICT DO NOTHING`, id, ms(t.now))
		first = n == 1
		return err
	})
	return first, err
}

// CardAt gives the id of the matter whose card stands at a place of a channel;
// desk.ErrNotFound when none does.
func (s *Store) CardAt(ctx context.Context, village, channel, ts string) (matterID string, err error) {
	if ts == "" {
		return "", desk.ErrNotFound
	}
	err = s.one(ctx, `SELECT matter FROM card WHERE village = $1 AND channel = $2 AND ts = $3 LIMIT 1`, []any{village, channel, ts}, &matterID)
	if errors.Is(err, sql.ErrNoRows) {
		err = desk.ErrNotFound
	}
	return matterID, err
}
