package store

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"sanshi/internal/desk"
	"sanshi/internal/matter"
	"sanshi/internal/message"
)

// leastTrace is how short a text may be, in characters, to be looked for in what
// others were told: a "好的" of hers is no trace of her.
const leastTrace = 6

// eraser removes one person from all tables, inside the commit that records it.
// The record itself is not touched: it never held a word of hers.
type eraser struct {
	*tx
	village string
	who     string
	tomb    string // stands for her address from now on: ids and counts stay true
	number  string // hers, as it may stand in a text; "" when it is too short to tell
	traces  []string
	clips   []string        // how the words of her matters begin, as lists for the staff say them
	raised  []string        // matters of hers
	joined  []string        // matters of others that she joined
	lost    map[string]bool // matters that lost content
	on      matter.Event    // the erasure as it was asked for
}

// erase removes all content of an address: "to erase is to delete the content
// with its salt" (PIPL art. 47).
func (t *tx) erase(d *draft) error {
	b := make([]byte, 8)
	_, _ = rand.Read(b) // never fails (crypto/rand)
	e := &eraser{tx: t, village: d.Village, who: string(d.Erase), tomb: "erased:" + hex.EncodeToString(b),
		number: inText(d.Erase), lost: map[string]bool{}}
	e.on = matter.Event{Village: d.Village, Kind: matter.Erase, By: "system", Via: "api", At: t.now}
	steps := []func() error{e.find, e.cards, e.chats, e.raisedWords, e.joinedWords, e.foreignWords,
		func() error { return e.witness(d.Events) }, e.sent, e.listed, e.received, e.self, e.enter, func() error { return e.farewell(d.Farewell) }}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// inText is what of an address people write: of a phone number the last ten
// digits, as they stand with and without the country's code.
func inText(a message.Address) string {
	u := a.User()
	if digits := strings.TrimPrefix(u, "+"); digits != u && len(digits) > 10 {
		return digits[len(digits)-10:]
	}
	if len(u) < leastTrace {
		return ""
	}
	return u
}

// like is the pattern that finds a text inside another. Of no text it finds
// nothing: no text that was kept is a lone control character.
func like(w string) string {
	if w == "" {
		return "\x01"
	}
	return "%" + escapeLike(clean(w)) + "%"
}

// find gathers her matters and the words by which traces of her are known.
func (e *eraser) find() error {
	var words []string
	err := e.list(func(r scanner) error {
		m, err := scanMatter(r)
		if err != nil {
			return err
		}
		if string(m.Resident) == e.who {
			e.raised = append(e.raised, m.ID)
			words, e.clips = append(words, m.Summary, m.Text, m.Name), append(e.clips, clipped(m.Summary))
		} else {
			e.joined = append(e.joined, m.ID)
		}
		return nil
	}, `SELECT `+matterColumns+` FROM `+matterTables+` WHERE m.village = $1
		AND m.id IN (SELECT matter FROM party WHERE village = $1 AND address = $2)`, e.village, e.who)
	if err != nil {
		return err
	}
	err = e.list(func(r scanner) error {
		var text string
		err := r.Scan(&text)
		words = append(words, text)
		return err
	}, `SELECT text FROM inbound WHERE village = $1 AND address = $2
		UNION SELECT name FROM resident WHERE village = $1 AND address = $2`, e.village, e.who)
	for _, w := range append(words, e.number) {
		if utf8.RuneCountInString(w) >= leastTrace && !slices.Contains(e.traces, w) {
			e.traces = append(e.traces, w)
		}
	}
	return err
}

// raisedWords: of what she raised nothing is left but the record; staff's notes
// speak of her too.
func (e *eraser) raisedWords() error {
	for _, id := range e.raised {
		if err := e.drop(id, ``); err != nil {
			return err
		}
		if _, err := e.exec(`UPDATE matter SET resident = '' WHERE village = $1 AND id = $2`, e.village, id); err != nil {
			return err
		}
	}
	return nil
}

// drop deletes content of a matter, and its words as they stand.
func (e *eraser) drop(id, and string, args ...any) error {
	n, err := e.exec(`DELETE FROM content WHERE village = $1 AND id = $2 `+and, append([]any{e.village, id}, args...)...)
	if n > 0 {
		e.lost[id] = true
	}
	return err
}

// joinedWords: of what she joined, her own words go, and all later words of the
// matter, which may have been made with hers. It says again what it said before.
func (e *eraser) joinedWords() error {
	for _, id := range e.joined {
		if err := e.untangle(id); err != nil {
			return err
		}
	}
	return nil
}

// untangle reads the content of a matter in the order of its events.
func (e *eraser) untangle(id string) error {
	var m matter.Matter
	var gone []string
	hers := false
	err := e.list(func(r scanner) error {
		var subject, text, who string
		if err := r.Scan(&subject, &text, &who); err != nil {
			return err
		}
		var w said
		if err := json.Unmarshal([]byte(text), &w); err != nil {
			return err
		}
		hers = hers || who == e.who && w.Words != nil
		switch {
		case who == e.who, e.traced(text), hers && w.Words != nil:
			gone = append(gone, subject)
		case w.Words != nil:
			apply(&m, *w.Words)
		}
		return nil
	}, `SELECT subject, text, who FROM content WHERE village = $1 AND id = $2 AND subject <> 'matter'
		ORDER BY CAST(subject AS BIGINT)`, e.village, id)
	if err != nil {
		return err
	}
	for _, subject := range gone {
		if err := e.drop(id, `AND subject = $3`, subject); err != nil {
			return err
		}
	}
	if !hers {
		return nil
	}
	words, err := packWords(m)
	if err != nil {
		return err
	}
	_, err = e.exec(`UPDATE content SET text = $3 WHERE village = $1 AND id = $2 AND subject = 'matter'`, e.village, id, words)
	return err
}

// apply lays words over those there were: what is empty leaves what was said before.
func apply(m *matter.Matter, w matter.Words) {
	for _, f := range []struct {
		to   *string
		from string
	}{{&m.Summary, w.Summary}, {&m.Text, w.Text}, {&m.Place, w.Place}, {&m.Name, w.Name}, {&m.Reason, w.Reason}} {
		if f.from != "" {
			*f.to = f.from
		}
	}
	m.Photos = append(m.Photos, w.Photos...)
}

func (e *eraser) traced(text string) bool {
	return slices.ContainsFunc(e.traces, func(w string) bool { return strings.Contains(text, w) || strings.Contains(text, quoted(w)) })
}

// quoted is a text as it stands inside JSON.
func quoted(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		return s
	}
	return string(b[1 : len(b)-1])
}

// foreignWords: her number in what was noted of matters that are not hers.
func (e *eraser) foreignWords() error {
	type key struct{ id, subject string }
	var found []key
	err := e.list(func(r scanner) error {
		var k key
		err := r.Scan(&k.id, &k.subject)
		found = append(found, k)
		return err
	}, `SELECT id, subject FROM content WHERE village = $1 AND (who = $2 OR text LIKE $3 ESCAPE '\')`,
		e.village, e.who, like(e.number))
	if err != nil {
		return err
	}
	for _, k := range found {
		if err := e.drop(k.id, `AND subject = $3`, k.subject); err != nil {
			return err
		}
	}
	return nil
}

// witness makes sure that the record of each matter that lost content says so:
// without an erase event, missing words are a break. The change brings these
// events for matters of hers; a note in somebody else's gets one here.
func (e *eraser) witness(events []matter.Event) error {
	for _, ev := range events {
		if ev.Kind == matter.Erase {
			delete(e.lost, ev.Matter)
			e.on.By, e.on.Via, e.on.At = ev.By, ev.Via, ev.At
		}
	}
	for _, id := range slices.Sorted(maps.Keys(e.lost)) {
		ev := e.on
		ev.Matter = id
		if err := e.one(`UPDATE matter SET version = version + 1 WHERE village = $1 AND id = $2 RETURNING version, state`,
			[]any{e.village, id}, &ev.Seq, (*string)(&ev.From)); err != nil {
			return err
		}
		ev.To = ev.From
		p, err := writePage(ev, "")
		if err != nil {
			return err
		}
		if err := e.chain(e.village, []page{p}); err != nil {
			return err
		}
		if err := e.wantCards(e.village, id, ms(e.now)); err != nil {
			return err
		}
	}
	return nil
}

// received: her texts lose words, pictures and sender. One not handled yet is not
// answered any more.
func (e *eraser) received() error {
	n, err := e.exec(`UPDATE inbound SET handled_at = $3, result = 'erased' WHERE village = $1 AND address = $2
		AND handled_at IS NULL`, e.village, e.who, ms(e.now))
	if err != nil {
		return err
	}
	e.of(e.village).handled += n
	_, err = e.exec(`UPDATE inbound SET text = '', media = '', error = '', dead = FALSE, address = $3,
		external_id = CASE WHEN external_id LIKE $4 ESCAPE '\' THEN id ELSE external_id END
		WHERE village = $1 AND address = $2`, e.village, e.who, e.tomb, like(e.number))
	return err
}

// farewell queues the text that tells her. See bury.
func (e *eraser) farewell(o *message.Outbound) error {
	if o == nil {
		return nil
	}
	n, err := e.seq(e.village, 1)
	if err != nil {
		return err
	}
	e.of(e.village).queued++
	return e.queueOne(e.village, *o, n, "")
}

// bury takes the number off the text that told her of the erasing, once that is
// through or given up.
func (t *tx) bury(o sending) error {
	if o.topic != desk.Farewell {
		return nil
	}
	b := make([]byte, 8)
	_, _ = rand.Read(b) // never fails (crypto/rand)
	return t.write(`UPDATE outbox SET text = '', error = '', dead = FALSE, address = $3 WHERE village = $1 AND id = $2`,
		o.village, o.id, "erased:"+hex.EncodeToString(b))
}

// self: who she is, the talk with her, her part in matters, the calls to make.
func (e *eraser) self() error {
	for _, q := range []string{
		`DELETE FROM resident WHERE village = $1 AND address = $2`,
		`DELETE FROM talk WHERE village = $1 AND address = $2`,
		`DELETE FROM party WHERE village = $1 AND address = $2`,
		`DELETE FROM question WHERE village = $1 AND address = $2`,
	} {
		if _, err := e.exec(q, e.village, e.who); err != nil {
			return err
		}
	}
	// Calls stay, without her, so that promises made and kept can be counted.
	_, err := e.exec(`UPDATE callback SET address = $3, note = '', remark = '', next_at = 0,
		done_at = CASE WHEN done_at = 0 THEN $5 ELSE done_at END, kept = kept OR done_at = 0,
		result = CASE WHEN result = '' THEN 'erased' ELSE result END
		WHERE village = $1 AND (address = $2 OR note LIKE $4 ESCAPE '\' OR remark LIKE $4 ESCAPE '\')`,
		e.village, e.who, e.tomb, like(e.number), ms(e.now))
	return err
}

// foldBack moves the write-ahead log into the database and empties it: on SQLite
// what was erased would else stand there until the log comes round.
func (s *Store) foldBack(ctx context.Context) {
	if s.db.postgres {
		return
	}
	var busy, pages, moved int
	if err := s.write.QueryRowContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &pages, &moved); err != nil || busy != 0 {
		s.log.Warn("the write-ahead log was not emptied after an erasure; it will be later", "cause", fmt.Sprint(err))
	}
}
