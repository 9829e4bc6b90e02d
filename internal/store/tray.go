package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"sanshi/internal/desk"
	"sanshi/internal/dialogue"
	"sanshi/internal/matter"
	"sanshi/internal/message"
)

// listDays is how long a list put before the staff can be answered.
const listDays = 7 * 24 * time.Hour

// Lists gives the questions put to a member of staff lately, the newest first: as
// for lastAsk, what opened them is the start of their sending.
func (s *Store) Lists(ctx context.Context, lane message.Lane, when time.Time) (all []message.Ask, err error) {
	err = s.list(ctx, func(r scanner) error {
		a, err := scanAsk(r)
		all = append(all, a)
		return err
	}, `SELECT id, ask_kind, ask_matter, ask_options, started_at FROM outbox
		WHERE village = $1 AND address = $2 AND ask_kind LIKE 'desk%' AND ask_kind <> '' AND started_at > $4 AND started_at <= $3
		AND status IN ('sending', 'accepted', 'sent', 'delivered')
		ORDER BY started_at DESC, n DESC LIMIT 8`, lane.Village, string(lane.Address), ms(when), ms(when.Add(-listDays)))
	return all, err
}

func scanAsk(r scanner) (a message.Ask, err error) {
	var options string
	var started int64
	if err = r.Scan(&a.ID, &a.Kind, &a.Matter, &options, &started); err != nil {
		return a, err
	}
	a.At = at(started)
	if options != "" {
		err = json.Unmarshal([]byte(options), &a.Options)
	}
	return a, err
}

// Pile reads what lies before somebody: what she has in hand, what is named by id
// or number, and what waits to be sorted or taken, the oldest first.
func (s *Store) Pile(ctx context.Context, village, staff string, named []string) (all []matter.Matter, err error) {
	seen := map[string]bool{}
	add := func(ms []matter.Matter) {
		for _, m := range ms {
			if !seen[m.ID] {
				seen[m.ID] = true
				all = append(all, m)
			}
		}
	}
	for _, id := range named {
		m, err := s.Matter(ctx, village, id)
		if errors.Is(err, desk.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		add([]matter.Matter{m})
	}
	hers, err := s.matters(ctx, `SELECT `+matterColumns+` FROM `+matterTables+`
		WHERE m.village = $1 AND m.state IN ('queued', 'deliberating', 'handling', 'waiting') AND m.assignee = $2
		ORDER BY m.raised_at, m.id LIMIT 60`, village, staff)
	if err != nil {
		return nil, err
	}
	add(hers)
	for _, state := range []matter.State{matter.Sorting, matter.Queued} {
		ms, err := s.matters(ctx, `SELECT `+matterColumns+` FROM `+matterTables+`
			WHERE m.village = $1 AND m.state = $2 ORDER BY m.raised_at, m.id LIMIT 200`, village, string(state))
		if err != nil {
			return nil, err
		}
		add(ms)
	}
	return all, nil
}

// Tray reads one; a new one when there is none.
func (s *Store) Tray(ctx context.Context, village, staff string) (dialogue.Tray, error) {
	t := dialogue.Tray{Village: village, Staff: staff}
	var data string
	var look int64
	err := s.one(ctx, `SELECT data, look_at, version FROM tray WHERE village = $1 AND staff = $2`, []any{village, staff},
		&data, &look, &t.Version)
	if errors.Is(err, sql.ErrNoRows) {
		return t, nil
	}
	if err == nil && data != "" {
		err = json.Unmarshal([]byte(data), &t)
	}
	t.LookAt = at(look)
	return t, err
}

// DueTrays lists those into which somebody must look at now.
func (s *Store) DueTrays(ctx context.Context, now time.Time, limit int) (all []dialogue.Tray, err error) {
	err = s.list(ctx, func(r scanner) error {
		var t dialogue.Tray
		err := r.Scan(&t.Village, &t.Staff)
		all = append(all, t)
		return err
	}, `SELECT village, staff FROM tray WHERE look_at > 0 AND look_at <= $1 ORDER BY look_at LIMIT $2`, ms(now), limit)
	return all, err
}

// saveTray writes a tray when nobody has changed or nudged it meanwhile.
func (t *tx) saveTray(d *draft) error {
	tr := d.Tray
	if tr == nil {
		return nil
	}
	b, err := json.Marshal(tr)
	if err != nil {
		return err
	}
	args := []any{d.Village, tr.Staff, string(b), ms(tr.LookAt), tr.Version + 1}
	if tr.Version == 0 {
		return t.must(desk.ErrStale, `INSERT INTO tray (village, staff, data, look_at, version)
			VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`, args...)
	}
	return t.must(desk.ErrStale, `UPDATE tray SET data = $3, look_at = $4, version = $5
		WHERE village = $1 AND staff = $2 AND version = $5 - 1`, args...)
}

// nudge asks for a look into trays. One for what just came makes a new version:
// whoever looks at this moment has not seen it and must look again. One for the
// morning changes nothing when a look is planned already.
func (t *tx) nudge(d *draft) error {
	for _, n := range d.Nudges {
		if err := t.write(`INSERT INTO tray (village, staff, data, look_at, version) VALUES ($1, $2, '', $3, 1)
			ON CONFLICT (village, staff) DO UPDATE SET version = tray.version + 1,
			look_at = CASE WHEN tray.look_at = 0 OR tray.look_at > excluded.look_at THEN excluded.look_at ELSE tray.look_at END
			WHERE $4 OR tray.look_at = 0`, d.Village, n.Staff, ms(n.At), n.Now); err != nil {
			return err
		}
	}
	return nil
}
