package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"sanshi/internal/desk"
	"sanshi/internal/directory"
	"sanshi/internal/matter"
	"sanshi/internal/message"
)

// keyLife is how long the key of an act is remembered.
const keyLife = 7 * 24 * time.Hour

// draft is a change with all that can be worked out before the committer has it.
type draft struct {
	desk.Change
	talk    string
	matters []matterRow
	options []string // of each outbox row's question

	// What is said instead of what was recalled: known in the transaction only.
	instead []message.Outbound
	calls   []directory.Callback
}

// matterRow is a matter as it will stand, with the events that led there.
type matterRow struct {
	matter.Matter
	old         int // the version it must have now; 0: it is new
	data, words string
	next        int64
	pages       []page
	cards       []string // the channels that show it from now on
}

// Commit writes a change, all or none. desk.ErrStale: something it rests on has
// changed, read and decide again. desk.ErrHandled, desk.ErrRepeated: it was done
// already. channel.ErrUnavailable: the database is away, try again later.
func (s *Store) Commit(ctx context.Context, c desk.Change) error {
	d, err := s.prepare(ctx, c)
	if err != nil {
		return err
	}
	err = s.submit(ctx, &work{village: c.Village, rows: rowsOf(c), do: func(t *tx) error { return t.change(d) }})
	if err == nil && c.Erase != "" {
		s.foldBack(ctx)
	}
	if err == nil && len(c.Stops) > 0 {
		err = s.reload(ctx)
	}
	return err
}

// rowsOf is how many texts a change may add to the outbox.
func rowsOf(c desk.Change) int {
	n := len(c.Outbox)
	for _, r := range c.Recalls {
		n += len(r.Instead)
	}
	return n
}

func (s *Store) prepare(ctx context.Context, c desk.Change) (*draft, error) {
	d := &draft{Change: c}
	v := s.current(ctx).byID[c.Village]
	pages, err := pagesOf(c)
	if err != nil {
		return nil, err
	}
	for _, m := range c.Matters {
		r, err := s.matterRow(m, pages[m.ID], v)
		if err != nil {
			return nil, err
		}
		delete(pages, m.ID)
		d.matters = append(d.matters, r)
	}
	for id := range pages {
		return nil, fmt.Errorf("store: a change has events of matter %s but not the matter", id)
	}
	if c.Dialogue != nil {
		b, err := json.Marshal(c.Dialogue)
		if err != nil {
			return nil, err
		}
		d.talk = clean(string(b))
	}
	for _, o := range c.Outbox {
		options, err := optionsOf(o)
		if err != nil {
			return nil, err
		}
		d.options = append(d.options, options)
	}
	return d, nil
}

// optionsOf is what the options of a text's question are kept as.
func optionsOf(o message.Outbound) (string, error) {
	if o.Ask == nil || len(o.Ask.Options) == 0 {
		return "", nil
	}
	b, err := json.Marshal(o.Ask.Options)
	return clean(string(b)), err
}

// pagesOf makes the record's pages of a change, by matter.
func pagesOf(c desk.Change) (map[string][]page, error) {
	raisers := make(map[string]message.Address, len(c.Matters))
	for _, m := range c.Matters {
		raisers[m.ID] = m.Resident
	}
	all := make(map[string][]page, len(c.Matters))
	for _, e := range c.Events {
		if e.Village != c.Village {
			return nil, fmt.Errorf("store: an event of village %q in a change of %q", e.Village, c.Village)
		}
		p, err := writePage(e, speaker(c, e, raisers[e.Matter]))
		if err != nil {
			return nil, err
		}
		all[e.Matter] = append(all[e.Matter], p)
	}
	return all, nil
}

// speaker says which resident the words of an event are of, so that they can be
// erased with her: who joined, who wrote the text, or for whom it was raised.
func speaker(c desk.Change, e matter.Event, raiser message.Address) message.Address {
	switch {
	case e.Detail.Party != "":
		return e.Detail.Party
	case e.By == "resident" && c.Inbound != nil:
		return c.Inbound.From
	case e.Kind == matter.Raise || e.By == "resident":
		return raiser
	}
	return ""
}

func (s *Store) matterRow(m matter.Matter, pages []page, v *directory.Village) (r matterRow, err error) {
	r = matterRow{Matter: m, old: m.Version - len(pages), pages: pages}
	if r.old < 0 {
		return r, fmt.Errorf("store: matter %s has version %d after %d events", m.ID, m.Version, len(pages))
	}
	for i, p := range pages {
		if p.seq != r.old+1+i {
			return r, fmt.Errorf("store: matter %s: event %d where %d should be", m.ID, p.seq, r.old+1+i)
		}
	}
	if r.words, err = packWords(m); err != nil {
		return r, err
	}
	if r.data, err = packMatter(m); err != nil {
		return r, err
	}
	if s.wakeAt != nil && v != nil {
		r.next = ms(s.wakeAt(m, v))
	}
	if s.cards != nil && v != nil {
		r.cards = s.cards(m, v)
	}
	return r, nil
}

// change writes a change. What can refuse it comes first.
func (t *tx) change(d *draft) error {
	steps := []func(*draft) error{t.key, t.fence, t.saveDoubts, t.saveResidents, t.saveTalk, t.saveMatters,
		t.saveTray, t.saveParties, t.saveAbout, t.saveCards, t.saveFeed, t.recall, t.queueOutbox, t.saveCallbacks,
		t.saveQuestions, t.nudge, t.stops}
	for _, step := range steps {
		if err := step(d); err != nil {
			return err
		}
	}
	if d.Wipe != "" {
		return t.wipe(d.Village, d.Wipe)
	}
	if d.Erase != "" {
		return t.erase(d)
	}
	return nil
}

func (t *tx) key(d *draft) error {
	if d.Key == nil {
		return nil
	}
	k := d.Key
	return t.must(desk.ErrRepeated, `INSERT INTO act_key (village, key, matter, digest, at, version) VALUES ($1, $2, $3, $4, $5, $7)
		ON CONFLICT (village, key) DO UPDATE SET matter = excluded.matter, digest = excluded.digest, at = excluded.at,
		version = excluded.version WHERE act_key.at < $6`, d.Village, clean(k.Key), k.Matter, k.Digest, ms(t.now), ms(t.now.Add(-keyLife)), k.Version)
}

// fence makes sure that a text is answered once, whoever holds its lane.
func (t *tx) fence(d *draft) error {
	if d.Inbound == nil {
		return nil
	}
	err := t.must(desk.ErrHandled, `UPDATE inbound SET handled_at = $3, result = $4
		WHERE village = $1 AND seq = $2 AND handled_at IS NULL`, d.Village, d.Inbound.Seq, ms(t.now), d.Result)
	if err == nil {
		t.of(d.Village).handled++
	}
	return err
}

func (t *tx) saveResidents(d *draft) error {
	all := d.Met
	if d.Resident != nil {
		all = append([]directory.Resident{*d.Resident}, all...)
	}
	for i := range all {
		if err := t.saveResident(d, &all[i]); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) saveResident(d *draft, r *directory.Resident) error {
	if r.Contact == directory.QuietContact {
		if err := t.hush(d.Village, r.Address); err != nil {
			return err
		}
	}
	args := []any{d.Village, string(r.Address), clean(r.Name), r.Area, clean(r.Place), r.Language, r.Channel, r.Sender,
		r.Contact, string(r.OptOut), ms(r.OptOutAt), r.Greeted, r.Version + 1}
	if r.Version == 0 {
		return t.must(desk.ErrStale, insertResident+` ON CONFLICT DO NOTHING`, args...)
	}
	return t.must(desk.ErrStale, `UPDATE resident SET name = $3, area = $4, place = $5, language = $6, channel = $7,
		sender = $8, contact = $9, opt_out = $10, opt_out_at = $11, greeted = $12, version = $13
		WHERE village = $1 AND address = $2 AND version = $13 - 1`, args...)
}

const insertResident = `INSERT INTO resident (village, address, name, area, place, language, channel, sender, contact,
	opt_out, opt_out_at, greeted, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`

func (t *tx) saveTalk(d *draft) error {
	s := d.Dialogue
	if s == nil {
		return nil
	}
	args := []any{d.Village, string(s.Address), d.talk, ms(s.WakeAt), s.Version + 1}
	if s.Version == 0 {
		return t.must(desk.ErrStale, `INSERT INTO talk (village, address, data, wake_at, version)
			VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`, args...)
	}
	return t.must(desk.ErrStale, `UPDATE talk SET data = $3, wake_at = $4, version = $5
		WHERE village = $1 AND address = $2 AND version = $5 - 1`, args...)
}

func (t *tx) saveMatters(d *draft) error {
	for i := range d.matters {
		r := &d.matters[i]
		if err := t.saveMatter(d.Village, r); err != nil {
			return err
		}
		if err := t.chain(d.Village, r.pages); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) saveMatter(village string, r *matterRow) error {
	m := &r.Matter
	args := []any{village, m.ID, string(m.Kind), m.Code, string(m.State), m.Area, m.Assignee, m.MergedInto,
		m.State.Open(), m.Private, m.Rating, ms(m.DueAt), ms(m.EndedAt), r.next, m.Version, r.data}
	var err error
	if r.old == 0 {
		err = t.must(desk.ErrStale, `INSERT INTO matter (village, id, kind, code, state, area, assignee, merged_into, open,
			private, rating, due_at, ended_at, next_at, version, data, number, resident, raised_at, sealed)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, 0)
			ON CONFLICT (village, id) DO NOTHING`, append(args, m.Number, string(m.Resident), ms(m.RaisedAt))...)
	} else {
		err = t.must(desk.ErrStale, `UPDATE matter SET kind = $3, code = $4, state = $5, area = $6, assignee = $7,
			merged_into = $8, open = $9, private = $10, rating = $11, due_at = $12, ended_at = $13, next_at = $14,
			version = $15, data = $16 WHERE village = $1 AND id = $2 AND version = $17`, append(args, r.old)...)
	}
	if err != nil {
		return err
	}
	if r.old == 0 && m.Resident != "" {
		if err := t.addParty(village, string(m.Resident), m.ID, ""); err != nil {
			return err
		}
	}
	err = t.write(`INSERT INTO content (village, id, subject, salt, text, who) VALUES ($1, $2, $3, $4, $5, '')
		ON CONFLICT (village, id, subject) DO UPDATE SET text = excluded.text`, village, m.ID, present, []byte{}, r.words)
	return err
}

func (t *tx) addParty(village, address, matter, origin string) error {
	err := t.write(`INSERT INTO party (village, address, matter, origin) VALUES ($1, $2, $3, $4)
		ON CONFLICT DO NOTHING`, village, address, matter, origin)
	return err
}

func (t *tx) saveParties(d *draft) error {
	for _, p := range d.Parties {
		var err error
		if p.Seen > 0 { // written, not read: on Postgres two merges into each other must meet
			if err := t.must(desk.ErrStale, `UPDATE matter SET version = version WHERE village = $1 AND id = $2 AND version = $3`,
				d.Village, p.Matter, p.Seen); err != nil {
				return err
			}
		}
		if p.Remove {
			err = t.removeParties(d.Village, p)
		} else {
			err = t.addParty(d.Village, string(p.Address), p.Matter, p.From)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// removeParties takes out who came from a matter that is split off again, and
// follows them where they were merged further.
func (t *tx) removeParties(village string, p desk.Party) error {
	if err := t.write(`DELETE FROM party WHERE village = $1 AND matter = $2 AND origin = $3`, village, p.Matter, p.From); err != nil {
		return err
	}
	for from, hops := p.Matter, 0; hops < 100; hops++ {
		var into string
		err := t.one(`SELECT merged_into FROM matter WHERE village = $1 AND id = $2`, []any{village, from}, &into)
		if errors.Is(err, sql.ErrNoRows) || err == nil && into == "" {
			return nil
		}
		if err != nil {
			return err
		}
		if err := t.write(`DELETE FROM party WHERE village = $1 AND matter = $2 AND origin = $3 AND address NOT IN
			(SELECT address FROM party WHERE village = $1 AND matter = $3)`, village, into, from); err != nil {
			return err
		}
		from = into
	}
	return nil
}

func (t *tx) saveAbout(d *draft) error {
	if d.Inbound == nil {
		return nil
	}
	for _, id := range d.About {
		if err := t.write(`INSERT INTO about (village, matter, seq) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
			d.Village, id, d.Inbound.Seq); err != nil {
			return err
		}
	}
	return nil
}
