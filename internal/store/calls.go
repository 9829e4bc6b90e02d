package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"sanshi/internal/call"
	"sanshi/internal/desk"
	"sanshi/internal/directory"
	"sanshi/internal/matter"
	"sanshi/internal/message"
)

const (
	// mostCalls is how many calls a list shows.
	mostCalls = 1000
)

const callColumns = `k.village, k.id, k.address, k.reason, k.matter, k.note, k.at, k.due_at, k.next_at, k.owner, k.taken_by, k.tries,
	k.tried_at, k.again_at, k.told, k.result, k.remark, k.done_by, k.done_at, k.version,
	COALESCE(m.number, ''), COALESCE(m.private, FALSE), COALESCE(m.assignee, '')`

const callTables = `callback k LEFT JOIN matter m ON m.village = k.village AND m.id = k.matter AND k.matter <> ''`

func scanCall(r scanner) (c directory.Callback, err error) {
	var when, due, next, tried, again, done int64
	err = r.Scan(&c.Village, &c.ID, (*string)(&c.Address), &c.Reason, &c.Matter, &c.Note, &when, &due, &next, &c.For, &c.TakenBy,
		&c.Tries, &tried, &again, &c.Told, &c.Result, &c.Remark, &c.DoneBy, &done, &c.Version, &c.Number, &c.Private, &c.Assignee)
	c.At, c.DueAt, c.NextAt, c.TriedAt, c.AgainAt, c.DoneAt = at(when), at(due), at(next), at(tried), at(again), at(done)
	return c, err
}

func (s *Store) callList(ctx context.Context, where string, args ...any) (all []directory.Callback, err error) {
	err = s.list(ctx, func(r scanner) error {
		c, err := scanCall(r)
		all = append(all, c)
		return err
	}, `SELECT `+callColumns+` FROM `+callTables+` WHERE `+where, args...)
	return all, err
}

// Callbacks lists whom a person should call: the open ones, the soonest promised
// first, or all, the newest first.
func (s *Store) Callbacks(ctx context.Context, village string, open bool) ([]directory.Callback, error) {
	if open {
		return s.callList(ctx, `k.village = $1 AND k.done_at = 0 ORDER BY k.due_at, k.at, k.id LIMIT $2`, village, mostCalls)
	}
	return s.callList(ctx, `k.village = $1 ORDER BY k.at DESC, k.id DESC LIMIT $2`, village, mostCalls)
}

// Callback reads one call; desk.ErrNotFound when there is none.
func (s *Store) Callback(ctx context.Context, village, id string) (directory.Callback, error) {
	all, err := s.callList(ctx, `k.village = $1 AND k.id = $2`, village, id)
	if err == nil && len(all) == 0 {
		err = desk.ErrNotFound
	}
	if err != nil {
		return directory.Callback{}, err
	}
	return all[0], nil
}

// CallsAbout lists the calls that a matter led to, oldest first.
func (s *Store) CallsAbout(ctx context.Context, village, matterID string) ([]directory.Callback, error) {
	return s.callList(ctx, `k.village = $1 AND k.matter = $2 AND k.matter <> '' ORDER BY k.at, k.id LIMIT $3`, village, matterID, mostCalls)
}

// DueCalls lists calls at which the clock must look.
func (s *Store) DueCalls(ctx context.Context, now time.Time, limit int) ([]directory.Callback, error) {
	return s.callList(ctx, `k.next_at > 0 AND k.next_at <= $1 ORDER BY k.next_at LIMIT $2`, ms(now), limit)
}

func (t *tx) saveCallbacks(d *draft) error {
	for _, c := range slices.Concat(d.Callbacks, d.calls) {
		c.Village = d.Village
		save := t.updateCallback
		if c.Version == 0 {
			save = t.addCallback
		}
		if err := save(c); err != nil {
			return err
		}
	}
	return nil
}

// addCallback lists a call, or adds its words to the open one of the same cause:
// nobody is called twice for one thing, and the first promise stands.
func (t *tx) addCallback(c directory.Callback) error {
	if quiet, err := t.leftAlone(c); quiet || err != nil {
		return err
	}
	if c.ID == "" {
		c.ID = t.s.newID()
	}
	if c.At.IsZero() {
		c.At = t.now
	}
	if c.NextAt.IsZero() {
		c.NextAt = t.now
	}
	return t.write(`INSERT INTO callback (village, id, address, reason, matter, note, at, cause, due_at, next_at, done_by, done_at, version)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '', 0, 1)
		ON CONFLICT (village, address, cause) WHERE done_at = 0 AND cause <> '' DO UPDATE SET version = callback.version + 1,
		matter = CASE WHEN callback.matter = '' THEN excluded.matter ELSE callback.matter END,
		note = CASE WHEN excluded.note = '' OR excluded.note = callback.note THEN callback.note
			WHEN callback.note = '' THEN excluded.note ELSE SUBSTR(callback.note || $11 || excluded.note, 1, `+mostNote+`) END`,
		c.Village, c.ID, string(c.Address), c.Reason, c.Matter, clean(c.Note), ms(c.At), call.Cause(c), ms(c.DueAt), ms(c.NextAt), "\n")
}

// leftAlone: nobody rings, unasked, a resident who is to be left in peace.
func (t *tx) leftAlone(c directory.Callback) (bool, error) {
	if !directory.Unasked(c.Reason) {
		return false, nil
	}
	var n int
	err := t.one(`SELECT COUNT(*) FROM resident WHERE village = $1 AND address = $2 AND contact = $3`,
		[]any{c.Village, string(c.Address), directory.QuietContact}, &n)
	return n > 0, err
}

// mostNote bounds what is gathered in one call's words, in characters.
const mostNote = "2000"

// updateCallback writes what became of a call since it was read.
func (t *tx) updateCallback(c directory.Callback) error {
	return t.must(desk.ErrStale, `UPDATE callback SET due_at = $3, next_at = $4, owner = $5, taken_by = $6, tries = $7, tried_at = $8,
		again_at = $9, told = $10, result = $11, remark = $12, done_by = $13, done_at = $14, kept = $15, version = $16 + 1
		WHERE village = $1 AND id = $2 AND version = $16`, c.Village, c.ID, ms(c.DueAt), ms(c.NextAt), c.For, c.TakenBy, c.Tries,
		ms(c.TriedAt), ms(c.AgainAt), c.Told, c.Result, clean(c.Remark), c.DoneBy, ms(c.DoneAt), !c.DoneAt.IsZero() && call.Kept(c), c.Version)
}

// callCounts counts promises of a village: open, kept, and broken so far.
func (s *Store) callCounts(ctx context.Context, village string) (n matter.CallStats, err error) {
	err = s.one(ctx, `SELECT COUNT(CASE WHEN done_at = 0 THEN 1 END), COUNT(CASE WHEN done_at > 0 AND kept THEN 1 END),
		COUNT(CASE WHEN done_at > 0 AND NOT kept OR done_at = 0 AND tried_at = 0 AND due_at > 0 AND due_at < $2 THEN 1 END)
		FROM callback WHERE village = $1`, []any{village, ms(s.now())}, &n.Open, &n.Kept, &n.Late)
	return n, err
}

// call asks a person to call her about what a text did not tell her.
func (t *tx) call(o sending, reason string, now time.Time) error {
	c := directory.Callback{Village: o.village, Address: message.Address(o.address), Reason: reason, Matter: o.matter, At: now}
	if reason == directory.CallUndelivered && o.matter != "" {
		err := t.one(`SELECT private FROM matter WHERE village = $1 AND id = $2`, []any{o.village, o.matter}, &c.Private)
		if errors.Is(err, sql.ErrNoRows) {
			c.Matter, err = "", nil
		}
		if err != nil {
			return err
		}
	}
	return t.addCallback(c)
}

// Kept counts what is kept of an address.
func (s *Store) Kept(ctx context.Context, village string, who message.Address) (k desk.Kept, err error) {
	hers, err := s.MattersOf(ctx, village, who)
	if err != nil {
		return k, err
	}
	for _, m := range hers {
		if m.Resident != who {
			k.Joined++
			continue
		}
		k.Raised++
		if m.State.Open() {
			k.Open++
		}
		if m.Private {
			k.Private++
		}
		k.Since = m.RaisedAt // the newest first
	}
	var first int64
	if err := s.one(ctx, `SELECT COUNT(*), COALESCE(MIN(at), 0) FROM inbound WHERE village = $1 AND address = $2`,
		[]any{village, string(who)}, &k.Texts, &first); err != nil {
		return k, err
	}
	if t := at(first); first > 0 && (k.Since.IsZero() || t.Before(k.Since)) {
		k.Since = t
	}
	return k, nil
}
