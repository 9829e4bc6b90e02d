package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"sanshi/internal/catalog"
	"sanshi/internal/desk"
	"sanshi/internal/dialogue"
	"sanshi/internal/directory"
	"sanshi/internal/matter"
	"sanshi/internal/message"
)

const (
	// sceneDays is how long an ended matter is still spoken of.
	sceneDays = 60 * 24 * time.Hour
	// alikeDays is how far back a matter is looked for that is like a new one.
	alikeDays    = 14 * 24 * time.Hour
	alikeMinutes = 30 * time.Minute
	mostAlike    = 20
)

// Scene reads what a text meets, in three queries.
func (s *Store) Scene(ctx context.Context, in message.Inbound) (desk.Scene, error) {
	return s.scene(ctx, message.Lane{Village: in.Village, Address: in.From}, in.At)
}

// Talk reads the scene of an address without a text.
func (s *Store) Talk(ctx context.Context, lane message.Lane) (desk.Scene, error) {
	return s.scene(ctx, lane, s.now())
}

func (s *Store) scene(ctx context.Context, lane message.Lane, when time.Time) (sc desk.Scene, err error) {
	if sc.Village, err = s.Village(ctx, lane.Village); err != nil {
		return sc, err
	}
	if sc.Resident, sc.Dialogue, err = s.person(ctx, lane); err != nil {
		return sc, err
	}
	if sc.Ask, err = s.lastAsk(ctx, lane, when); err != nil {
		return sc, err
	}
	sc.Matters, err = s.matters(ctx, `SELECT `+matterColumns+` FROM `+matterTables+`
		WHERE m.village = $1 AND m.id IN (SELECT matter FROM party WHERE village = $1 AND address = $2)
		AND (m.open OR m.ended_at > $3) ORDER BY m.raised_at DESC, m.id DESC LIMIT 50`,
		lane.Village, string(lane.Address), ms(when.Add(-sceneDays)))
	return sc, err
}

// person reads who she is and the talk with her at once.
func (s *Store) person(ctx context.Context, lane message.Lane) (directory.Resident, dialogue.State, error) {
	d := dialogue.State{}
	var data string
	var talkVersion int
	r, err := directory.Resident{}, error(nil)
	row := personRow{r: &r, more: []any{&data, &talkVersion}}
	err = s.one(ctx, `SELECT `+residentColumns+`, COALESCE(t.data, ''), COALESCE(t.version, 0)
		FROM (SELECT CAST($1 AS TEXT) AS village, CAST($2 AS TEXT) AS address) k
		LEFT JOIN resident r ON r.village = k.village AND r.address = k.address
		LEFT JOIN talk t ON t.village = k.village AND t.address = k.address`,
		[]any{lane.Village, string(lane.Address)}, row.dest()...)
	if err != nil {
		return r, d, err
	}
	row.finish()
	r.Village, r.Address = lane.Village, lane.Address
	if data != "" {
		if err := json.Unmarshal([]byte(data), &d); err != nil {
			return r, d, err
		}
	}
	d.Village, d.Address, d.Version = lane.Village, lane.Address, talkVersion
	return r, d, nil
}

// residentColumns read a resident joined as r, or blanks when there is none.
const residentColumns = `COALESCE(r.address, ''), COALESCE(r.name, ''), COALESCE(r.area, ''), COALESCE(r.place, ''),
	COALESCE(r.language, ''), COALESCE(r.channel, ''), COALESCE(r.sender, ''), COALESCE(r.contact, ''),
	COALESCE(r.opt_out, ''), COALESCE(r.opt_out_at, 0), COALESCE(r.greeted, FALSE), COALESCE(r.version, 0)`

// personRow takes residentColumns, and more columns after them.
type personRow struct {
	r        *directory.Resident
	optOutAt int64
	more     []any
}

func (p *personRow) dest() []any {
	r := p.r
	return append([]any{(*string)(&r.Address), &r.Name, &r.Area, &r.Place, &r.Language, &r.Channel, &r.Sender, &r.Contact,
		(*string)(&r.OptOut), &p.optOutAt, &r.Greeted, &r.Version}, p.more...)
}

func (p *personRow) finish() { p.r.OptOutAt = at(p.optOutAt) }

// lastAsk finds the question whose text went to her last before when: it opened
// when its sending began, and a text known not to have reached her asks nothing.
// What was asked of her as a member of staff is in Lists.
func (s *Store) lastAsk(ctx context.Context, lane message.Lane, when time.Time) (*message.Ask, error) {
	var last *message.Ask
	err := s.list(ctx, func(r scanner) error {
		a, err := scanAsk(r)
		last = &a
		return err
	}, `SELECT id, ask_kind, ask_matter, ask_options, started_at FROM outbox
		WHERE village = $1 AND address = $2 AND ask_kind <> '' AND ask_kind NOT LIKE 'desk%' AND started_at > 0 AND started_at <= $3
		AND status IN ('sending', 'accepted', 'sent', 'delivered')
		ORDER BY started_at DESC, n DESC LIMIT 1`, lane.Village, string(lane.Address), ms(when))
	return last, err
}

// matters runs a fixed query over matterColumns.
func (s *Store) matters(ctx context.Context, q string, args ...any) (all []matter.Matter, err error) {
	err = s.list(ctx, func(r scanner) error {
		m, err := scanMatter(r)
		all = append(all, m)
		return err
	}, q, args...)
	return all, err
}

// Room reads a matter by id or number, the target of a merge, and the residents
// whom either concerns.
func (s *Store) Room(ctx context.Context, village, id, into string) (room desk.Room, err error) {
	if room.Village, err = s.Village(ctx, village); err != nil {
		return room, err
	}
	if room.Matter, err = s.Matter(ctx, village, id); err != nil {
		return room, err
	}
	second := ""
	if into != "" {
		m, err := s.Matter(ctx, village, into)
		if err != nil {
			return room, err
		}
		room.Into, second = &m, m.ID
	}
	if room.People, err = s.people(ctx, village, room.Matter.ID, second); err != nil || len(room.Matter.Parties) == 0 {
		return room, err
	}
	room.Merged, err = s.matters(ctx, merged, village, room.Matter.ID)
	return room, err
}

// merged finds all that became part of a matter, straight or through others.
const merged = `WITH RECURSIVE part (id) AS (
		SELECT id FROM matter WHERE village = $1 AND merged_into = $2 AND merged_into <> ''
		UNION SELECT p.id FROM matter p JOIN part ON p.village = $1 AND p.merged_into = part.id AND p.merged_into <> '')
	SELECT ` + matterColumns + ` FROM ` + matterTables + `
	WHERE m.village = $1 AND m.id IN (SELECT id FROM part) ORDER BY m.raised_at DESC, m.id DESC LIMIT 200`

// people are the residents of two matters, known or not.
func (s *Store) people(ctx context.Context, village, first, second string) (map[message.Address]directory.Resident, error) {
	all := map[message.Address]directory.Resident{}
	err := s.list(ctx, func(row scanner) error {
		var r directory.Resident
		var address string
		p := personRow{r: &r, more: []any{&address}}
		if err := row.Scan(p.dest()...); err != nil {
			return err
		}
		p.finish()
		r.Village, r.Address = village, message.Address(address)
		all[r.Address] = r
		return nil
	}, `SELECT `+residentColumns+`, k.address
		FROM (SELECT DISTINCT address FROM party WHERE village = $1 AND matter IN ($2, $3)) k
		LEFT JOIN resident r ON r.village = $1 AND r.address = k.address`, village, first, second)
	return all, err
}

// Alike finds at most 20 open matters of other residents like m, newest first:
// the same code and the same area or place, raised within 14 days before m; for
// an emergency every open emergency of the same code of the last 30 minutes.
func (s *Store) Alike(ctx context.Context, m matter.Matter) ([]matter.Matter, error) {
	since, like := alikeDays, func(o matter.Matter) bool {
		return o.Area != "" && o.Area == m.Area || o.Place != "" && o.Place == m.Place
	}
	if m.Urgency == catalog.Emergency {
		since, like = alikeMinutes, func(o matter.Matter) bool { return o.Urgency == catalog.Emergency }
	}
	all, err := s.matters(ctx, `SELECT `+matterColumns+` FROM `+matterTables+`
		WHERE m.village = $1 AND m.open AND m.code = $2 AND m.raised_at >= $3 AND m.raised_at <= $4
		AND m.id <> $5 AND m.resident <> $6 AND ($7 OR (m.area = $8 AND m.area <> '') OR c.text LIKE $9 ESCAPE '\')
		ORDER BY m.raised_at DESC, m.id DESC LIMIT 200`,
		m.Village, m.Code, ms(m.RaisedAt.Add(-since)), ms(m.RaisedAt), m.ID, string(m.Resident),
		m.Urgency == catalog.Emergency, m.Area, "%"+splitter+escapeLike(m.Place)+splitter+"%")
	all = slices.DeleteFunc(all, func(o matter.Matter) bool { return !like(o) })
	return all[:min(len(all), mostAlike)], err
}

// MattersOf reads all matters that an address raised or joined, ended ones too.
func (s *Store) MattersOf(ctx context.Context, village string, who message.Address) ([]matter.Matter, error) {
	return s.matters(ctx, `SELECT `+matterColumns+` FROM `+matterTables+`
		WHERE m.village = $1 AND m.id IN (SELECT matter FROM party WHERE village = $1 AND address = $2)
		ORDER BY m.raised_at DESC, m.id DESC`, village, string(who))
}

// DueMatters lists matters whose clock has something to do at now, the longest
// due first.
func (s *Store) DueMatters(ctx context.Context, now time.Time, limit int) ([]matter.Matter, error) {
	return s.matters(ctx, `SELECT `+matterColumns+` FROM `+matterTables+`
		WHERE m.next_at > 0 AND m.next_at <= $1 ORDER BY m.next_at LIMIT $2`, ms(now), limit)
}

// DueTalks lists the lanes whose held words must be looked at.
func (s *Store) DueTalks(ctx context.Context, now time.Time, limit int) (lanes []message.Lane, err error) {
	err = s.list(ctx, func(r scanner) error {
		var l message.Lane
		err := r.Scan(&l.Village, (*string)(&l.Address))
		lanes = append(lanes, l)
		return err
	}, `SELECT village, address FROM talk WHERE wake_at > 0 AND wake_at <= $1 ORDER BY wake_at LIMIT $2`, ms(now), limit)
	return lanes, err
}

// AsOf makes a matter again as it was after one of its events.
func (s *Store) AsOf(ctx context.Context, m matter.Matter, version int) (matter.Matter, error) {
	if version >= m.Version {
		return m, nil
	}
	events, err := s.Events(ctx, m.Village, m.ID)
	if err != nil || version > len(events) {
		return m, err
	}
	then := matter.Replay(events[:version])
	then.Resident, then.Parties = m.Resident, m.Parties // numbers are not in the record
	return then, nil
}

// Repeated says whether a key was taken within the last seven days, and for what.
func (s *Store) Repeated(ctx context.Context, village, key string) (desk.Key, bool, error) {
	k := desk.Key{Village: village, Key: key}
	var when int64
	err := s.one(ctx, `SELECT matter, digest, at, version FROM act_key WHERE village = $1 AND key = $2 AND at >= $3`,
		[]any{village, clean(key), ms(s.now().Add(-keyLife))}, &k.Matter, &k.Digest, &when, &k.Version)
	if errors.Is(err, sql.ErrNoRows) {
		return desk.Key{}, false, nil
	}
	k.At = at(when)
	return k, err == nil, err
}
