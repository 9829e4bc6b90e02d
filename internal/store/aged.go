package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"sanshi/internal/desk"
	"sanshi/internal/message"
)

// What is erased for its age. The record stays whole: it never held a word.

// agedPage is how many texts are looked at in one commit.
const agedPage = 200

// nobody stands for an address that was erased for its age.
const nobody = "erased:aged"

// AgedMatters lists ended matters with words that ended before a moment, the
// oldest first; of one that became part of an open matter the words are still needed.
func (s *Store) AgedMatters(ctx context.Context, village string, before time.Time, limit int) (all []desk.Aged, err error) {
	err = s.list(ctx, func(r scanner) error {
		var a desk.Aged
		err := r.Scan(&a.ID, &a.Version)
		all = append(all, a)
		return err
	}, `SELECT m.id, m.version FROM matter m WHERE m.village = $1 AND m.ended_at > 0 AND NOT m.wiped AND m.ended_at < $2
		AND NOT EXISTS (SELECT 1 FROM matter i WHERE i.village = m.village AND i.id = m.merged_into AND i.open)
		ORDER BY m.ended_at LIMIT $3`, village, ms(before), limit)
	return all, err
}

// wipe erases all words of a matter, who raised it, and the texts about it, in the
// chat too, that are not about another that is still there. The erase event is already written.
func (t *tx) wipe(village, id string) error {
	if err := t.blankSent(village, `matter = $2 AND matter <> ''`, id); err != nil {
		return err
	}
	for _, q := range []string{
		`DELETE FROM content WHERE village = $1 AND id = $2`,
		`UPDATE matter SET resident = '', wiped = TRUE WHERE village = $1 AND id = $2`,
		`DELETE FROM party WHERE village = $1 AND matter = $2`,
		`UPDATE inbound SET text = '', media = '', error = '', dead = FALSE, address = '` + nobody + `', external_id = id
			WHERE village = $1 AND handled_at IS NOT NULL AND seq IN (SELECT a.seq FROM about a WHERE a.village = $1 AND a.matter = $2
			AND NOT EXISTS (SELECT 1 FROM about o JOIN matter m ON m.village = o.village AND m.id = o.matter
				WHERE o.village = $1 AND o.seq = a.seq AND o.matter <> $2 AND NOT m.wiped))`,
		`UPDATE outbox SET text = '', ask_options = '', error = '', dead = FALSE, address = '` + nobody + `'
			WHERE village = $1 AND matter = $2 AND matter <> '' AND NOT pending`,
		`UPDATE callback SET address = '` + nobody + `', note = '', remark = '' WHERE village = $1 AND matter = $2 AND matter <> '' AND done_at > 0`,
	} {
		if _, err := t.exec(q, village, id); err != nil {
			return err
		}
	}
	return nil
}

// AgeCalls erases calls made before a moment, and questions asked before it. What
// was promised and kept can still be counted.
func (s *Store) AgeCalls(ctx context.Context, village string, before time.Time) (n int, err error) {
	err = s.do(ctx, func(t *tx) error {
		made, err := t.exec(`UPDATE callback SET address = '`+nobody+`', note = '', remark = ''
			WHERE village = $1 AND done_at > 0 AND done_at < $2 AND address <> '`+nobody+`'`, village, ms(before))
		if err != nil {
			return err
		}
		asked, err := t.exec(`DELETE FROM question WHERE village = $1 AND at < $2`, village, ms(before))
		n = int(made + asked)
		return err
	})
	if err == nil && n > 0 {
		s.foldBack(ctx)
	}
	return n, err
}

// AgeTexts erases a page of texts; see desk.KeepStore. How far it came is kept, so
// that nothing is looked at twice: what belonged to an open matter then goes with that.
func (s *Store) AgeTexts(ctx context.Context, village string, talk, stray time.Time) (n int, more bool, err error) {
	err = s.do(ctx, func(t *tx) error {
		n, more = 0, false
		for _, w := range t.walks(village, talk, stray) {
			some, left, err := w.page(t)
			if err != nil {
				return err
			}
			n, more = n+some, more || left
		}
		return nil
	})
	if err == nil && n > 0 && !more {
		s.foldBack(ctx)
	}
	return n, more, err
}

// walk goes through texts from where it came to, up to a moment.
type walk struct {
	village, what string
	before        time.Time
	read          string // key, at, address, whether it stays for what it belongs to; after $2, at most $3
	from          any    // the key before the first
	erase         string // the text with key $2
	talks         bool   // the talk goes with its last text
}

// walks are those of a village: texts that came in; those that led to nothing,
// which go sooner; texts that went out, by a key that follows the time they were
// written closely enough.
func (t *tx) walks(village string, talk, stray time.Time) []walk {
	const received = `SELECT CAST(i.seq AS TEXT), i.at, i.address, `
	const more = ` FROM inbound i WHERE i.village = $1 AND i.seq > CAST($2 AS BIGINT) ORDER BY i.seq LIMIT $3`
	const erase = `UPDATE inbound SET text = '', media = '', error = '', dead = FALSE, address = '` + nobody + `', external_id = id
		WHERE village = $1 AND seq = CAST($2 AS BIGINT)`
	useless := `result NOT IN ('throttled', 'held') OR EXISTS (SELECT 1 FROM about a WHERE a.village = i.village AND a.seq = i.seq)`
	if village == message.Unrouted {
		useless = `FALSE`
	}
	return []walk{
		{village: village, what: "talk", before: talk, from: "0", erase: erase, talks: true,
			read: received + `i.handled_at IS NULL OR EXISTS (SELECT 1 FROM about a JOIN matter m ON m.village = a.village
				AND m.id = a.matter WHERE a.village = i.village AND a.seq = i.seq AND m.open)` + more},
		{village: village, what: "stray", before: stray, from: "0", erase: erase, read: received + useless + more},
		{village: village, what: "sent", before: talk, from: "",
			erase: `UPDATE outbox SET text = '', ask_options = '', error = '', dead = FALSE, address = '` + nobody + `'
				WHERE village = $1 AND id = $2`,
			read: `SELECT o.id, o.created_at, o.address, o.pending OR COALESCE(m.open, FALSE) FROM outbox o
				LEFT JOIN matter m ON m.village = o.village AND m.id = o.matter AND o.matter <> ''
				WHERE o.village = $1 AND o.id > $2 ORDER BY o.id LIMIT $3`},
	}
}

// page looks at the next texts, and says whether there may be more.
func (w walk) page(t *tx) (n int, more bool, err error) {
	from := w.from
	var upto string
	switch err := t.one(`SELECT upto FROM aged WHERE village = $1 AND what = $2`, []any{w.village, w.what}, &upto); {
	case err == nil:
		from = upto
	case !errors.Is(err, sql.ErrNoRows):
		return 0, false, err
	}
	type text struct{ key, address string }
	var old []text
	last, rows, young := "", 0, false
	err = t.list(func(r scanner) error {
		var x text
		var when int64
		var stays bool
		if err := r.Scan(&x.key, &when, &x.address, &stays); err != nil {
			return err
		}
		rows++
		if young = young || when >= ms(w.before); young {
			return nil
		}
		if last = x.key; !stays && x.address != nobody {
			old = append(old, x)
		}
		return nil
	}, w.read, w.village, from, agedPage)
	if err != nil || last == "" {
		return 0, false, err
	}
	for _, x := range old {
		if err := t.write(w.erase, w.village, x.key); err != nil {
			return n, false, err
		}
		if n++; !w.talks {
			continue
		}
		if err := t.write(`DELETE FROM talk WHERE village = $1 AND address = $2 AND NOT EXISTS
			(SELECT 1 FROM inbound WHERE village = $1 AND address = $2)`, w.village, x.address); err != nil {
			return n, false, err
		}
	}
	return n, !young && rows == agedPage, t.write(`INSERT INTO aged (village, what, upto) VALUES ($1, $2, $3)
		ON CONFLICT (village, what) DO UPDATE SET upto = excluded.upto`, w.village, w.what, last)
}
