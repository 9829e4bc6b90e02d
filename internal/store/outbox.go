package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"slices"
	"time"

	"sanshi/internal/channel"
	"sanshi/internal/desk"
	"sanshi/internal/directory"
	"sanshi/internal/message"
)

const (
	// lease is how long a claimed text is left to its sender.
	lease = 15 * time.Second
	// lateAfter is how long a text holds up the next to the same person.
	lateAfter = 2 * time.Minute
)

// free is the condition under which a text may be claimed at $1: it is due, and
// nothing to the same person from the same sender comes before it. What comes
// before is on its way, or due, not yet late and first in order; what is held
// until later holds nobody up.
const free = `o.pending AND o.due_at <= $1
	AND NOT EXISTS (SELECT 1 FROM outbox b WHERE b.village = o.village AND b.address = o.address AND b.pending
		AND b.sender = o.sender AND b.id <> o.id AND (b.lease_until > $1 OR (b.not_before <= $1 AND b.late_at > $1
		AND (b.priority < o.priority OR (b.priority = o.priority AND b.n < o.n)))))`

// Claim takes texts out for sending; see channel.Box. Senders ask often and mostly
// in vain, so what there is to claim is looked up beside the committer; there it
// is only made sure that it still may be. When others took all of it meanwhile,
// it looks again.
func (s *Store) Claim(ctx context.Context, ch string, now time.Time, n int, busy ...string) (all []channel.Claimed, err error) {
	for len(all) == 0 {
		found, err := s.claimable(ctx, ch, now, n, busy)
		if err != nil || len(found) == 0 {
			return nil, err
		}
		if all, err = s.claimThese(ctx, ch, found, now); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func (s *Store) claimThese(ctx context.Context, ch string, found []textID, now time.Time) (all []channel.Claimed, err error) {
	err = s.do(ctx, func(t *tx) error {
		all = nil
		if err := t.lock("claim " + ch); err != nil {
			return err
		}
		for _, f := range found {
			c, err := t.claim(f, now)
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

// lock keeps other nodes out of what name stands for, until the commit. Within
// one process the committer does that.
func (t *tx) lock(name string) error {
	if !t.s.db.postgres {
		return nil
	}
	err := t.write(`SELECT pg_advisory_xact_lock(hashtext($1))`, name)
	return err
}

// textID names a text of the outbox.
type textID struct{ village, id string }

// claimable finds up to n texts, each of another person, of senders that are not
// busy. It goes from sender to sender, beginning anywhere, so that none waits
// behind the backlog of another.
func (s *Store) claimable(ctx context.Context, ch string, now time.Time, n int, busy []string) (all []textID, err error) {
	senders, err := s.senders(ctx, ch, busy)
	if err != nil || len(senders) == 0 {
		return nil, err
	}
	from := rand.IntN(len(senders))
	for i := 0; i < len(senders) && len(all) < n; i++ {
		next, err := s.claimableOf(ctx, ch, senders[(from+i)%len(senders)], now, n-len(all))
		if err != nil {
			return nil, err
		}
		all = append(all, next...)
	}
	return all, nil
}

// senders lists those with pending texts, hopping from one to the next along the
// index: a backlog costs nothing here.
func (s *Store) senders(ctx context.Context, ch string, busy []string) (all []string, err error) {
	err = s.list(ctx, func(r scanner) error {
		var sender sql.NullString
		err := r.Scan(&sender)
		if err == nil && sender.Valid && !slices.Contains(busy, sender.String) {
			all = append(all, sender.String)
		}
		return err
	}, senders, ch)
	return all, err
}

const senders = `WITH RECURSIVE s (sender) AS (
		SELECT MIN(sender) FROM outbox WHERE channel = $1 AND pending
		UNION ALL
		SELECT (SELECT MIN(o.sender) FROM outbox o WHERE o.channel = $1 AND o.pending AND o.sender > s.sender)
		FROM s WHERE s.sender IS NOT NULL)
	SELECT sender FROM s`

const claimable = `SELECT o.village, o.id, o.address FROM outbox o WHERE o.channel = $2 AND o.sender = $3 AND o.priority = $4 AND ` + free + `
	ORDER BY o.due_at, o.n LIMIT $5`

// claimableOf finds what one sender may send: page before answer before news, and
// what has been due longest first.
func (s *Store) claimableOf(ctx context.Context, ch, sender string, now time.Time, n int) (all []textID, err error) {
	type person struct{ village, address string }
	seen := map[person]bool{}
	for _, p := range priorities {
		err = s.list(ctx, func(r scanner) error {
			var t textID
			var address string
			err := r.Scan(&t.village, &t.id, &address)
			who := person{t.village, address}
			if err == nil && len(all) < n && !seen[who] {
				seen[who] = true
				all = append(all, t)
			}
			return err
		}, claimable, ms(now), ch, sender, int(p), 4*n)
		if err != nil || len(all) >= n {
			return all, err
		}
	}
	return all, nil
}

var priorities = []message.Priority{message.Page, message.Answer, message.News, message.Later}

func scanClaimed(r scanner) (c channel.Claimed, err error) {
	var ask message.Ask
	var options string
	var notBefore, created, started int64
	err = r.Scan(&c.Village, &c.ID, (*string)(&c.To), &c.Channel, &c.Sender, &c.Text, &c.Priority, &c.Matter, &c.Staff,
		&c.Closing, &c.Topic, &ask.Kind, &ask.Matter, &options, &notBefore, &created, &c.Tries, &started)
	if err != nil {
		return c, err
	}
	c.NotBefore, c.CreatedAt, c.Doubt = at(notBefore), at(created), at(started)
	if ask.Kind == "" {
		return c, nil
	}
	ask.ID, c.Ask = c.ID, &ask
	if options != "" {
		err = json.Unmarshal([]byte(options), &ask.Options)
	}
	return c, err
}

// claim records the start of a send, if the text may still be sent; sql.ErrNoRows
// otherwise. A start whose end nobody recorded stands: the text may have left
// then, and her answer may have come since.
func (t *tx) claim(f textID, now time.Time) (c channel.Claimed, err error) {
	err = sql.ErrNoRows
	listed := t.list(func(r scanner) error {
		c, err = scanClaimed(r)
		return err
	}, `SELECT o.village, o.id, o.address, o.channel, o.sender, o.text, o.priority, o.matter, o.staff, o.closing, o.topic,
		o.ask_kind, o.ask_matter, o.ask_options, o.not_before, o.created_at, o.tries, o.started_at
		FROM outbox o WHERE o.village = $2 AND o.id = $3 AND `+free, ms(now), f.village, f.id)
	if listed != nil || err != nil {
		return c, errors.Join(listed, err)
	}
	if quiet, err := t.quiet(c); err != nil {
		return c, err
	} else if quiet {
		return c, sql.ErrNoRows
	}
	started := now
	if !c.Doubt.IsZero() {
		started = c.Doubt
	}
	// Another node may have replaced or recalled it since it was read: then it never leaves.
	n, err := t.exec(`UPDATE outbox SET status = 'sending', tries = tries + 1, started_at = $3, lease_until = $4,
		due_at = $4 WHERE village = $1 AND id = $2 AND pending`, c.Village, c.ID, ms(started), ms(now.Add(lease)))
	if err == nil && n == 0 {
		err = sql.ErrNoRows
	}
	return c, err
}

// sending is what Report and Progress must know of a row.
type sending struct {
	village, id, address, matter, staff string
	status                              message.Status
	closing                             bool
	ask, topic                          string
	optedOut                            bool // the carrier says so
	priority                            message.Priority
}

const sendingColumns = `village, id, address, matter, staff, status, closing, ask_kind, priority, topic`

func (t *tx) sending(where string, args ...any) (o sending, ok bool, err error) {
	q := `SELECT ` + sendingColumns + ` FROM outbox WHERE ` + where
	if t.s.db.postgres {
		q += ` FOR UPDATE`
	}
	err = t.one(q, args, &o.village, &o.id, &o.address, &o.matter, &o.staff, (*string)(&o.status), &o.closing, &o.ask, &o.priority, &o.topic)
	if errors.Is(err, sql.ErrNoRows) {
		return o, false, nil
	}
	return o, err == nil, err
}

// Report ends a claim; see channel.Box. An unknown id is no error: it may have
// been erased.
func (s *Store) Report(ctx context.Context, r channel.Report, now time.Time) error {
	err := s.do(ctx, func(t *tx) error {
		o, ok, err := t.sending(`village = $1 AND id = $2`, r.Village, r.ID)
		if err != nil || !ok {
			return err
		}
		if r.ProviderID != "" {
			if err := t.write(`UPDATE outbox SET provider_id = $3 WHERE village = $1 AND id = $2`,
				r.Village, r.ID, r.ProviderID); err != nil {
				return err
			}
		}
		if r.OptedOut {
			if err := t.optOut(o, now); err != nil {
				return err
			}
			o.optedOut = true
		}
		if r.Status == message.Queued {
			return t.again(o, r)
		}
		return t.advance(o, r.Status, problem(r.Code, r.Error), now)
	})
	if err == nil && r.OptedOut { // perhaps one of the staff
		err = s.reload(ctx)
	}
	return err
}

func problem(code, text string) string {
	if code == "" || text == "" {
		return clean(code + text)
	}
	return clean(code + ": " + text)
}

// again puts a text back for another try: it is known not to have left, so its
// question is not open. What the carrier says it has, is not put back.
func (t *tx) again(o sending, r channel.Report) error {
	if o.status != message.Sending {
		return nil
	}
	err := t.write(`UPDATE outbox SET status = 'queued', started_at = 0, lease_until = 0, again_at = $3, due_at = $3,
		error = $4 WHERE village = $1 AND id = $2`, o.village, o.id, ms(r.Again), problem(r.Code, r.Error))
	return err
}

// Progress records what the carrier said later; see channel.Box.
func (s *Store) Progress(ctx context.Context, village, id, providerID string, status message.Status, code string, now time.Time) error {
	return s.do(ctx, func(t *tx) error {
		var o sending
		var ok bool
		var err error
		switch {
		case id != "" && village != "":
			o, ok, err = t.sending(`village = $1 AND id = $2`, village, id)
		case id != "":
			o, ok, err = t.sending(`village IN (SELECT id FROM village) AND id = $1`, id)
		case providerID != "":
			o, ok, err = t.sending(`provider_id = $1 AND provider_id <> ''`, providerID)
		}
		if err != nil || !ok {
			return err
		}
		if providerID != "" {
			if err := t.write(`UPDATE outbox SET provider_id = $3 WHERE village = $1 AND id = $2 AND provider_id = ''`,
				o.village, o.id, providerID); err != nil {
				return err
			}
		}
		return t.advance(o, status, clean(code), now)
	})
}

// advance moves a text's status forward, never backwards, and draws the
// consequences of its end.
func (t *tx) advance(o sending, to message.Status, problem string, now time.Time) error {
	if to.Rank() <= o.status.Rank() {
		return nil
	}
	c := t.of(o.village)
	if o.status.Rank() < message.Accepted.Rank() {
		c.queued--
	} else {
		c.sent--
	}
	lost := to == message.Failed || to == message.Undelivered
	if lost {
		c.failed++
	} else {
		c.sent++
	}
	if err := t.write(`UPDATE outbox SET status = $3, pending = FALSE, lease_until = 0, dead = $4,
		error = CASE WHEN $5 = '' THEN error ELSE $5 END,
		started_at = CASE WHEN started_at = 0 THEN $6 ELSE started_at END WHERE village = $1 AND id = $2`,
		o.village, o.id, string(to), to == message.Failed, problem, ms(now)); err != nil {
		return err
	}
	if lost && o.staff != "" {
		return t.bySMS(o, now)
	}
	if !lost || o.topic == desk.Farewell {
		return t.bury(o)
	}
	switch {
	case o.closing:
		return t.call(o, directory.CallClosing, now)
	case o.ask == askStaff:
		return t.call(o, directory.CallQuestion, now)
	case o.optedOut:
		return t.call(o, directory.CallOptOut, now)
	case o.priority < message.News: // an answer to her own words
		return t.call(o, directory.CallUndelivered, now)
	}
	return nil
}
