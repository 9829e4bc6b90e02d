package store

import (
	"maps"
	"slices"
	"strings"

	"sanshi/internal/message"
)

// paged is how much of a matter's words a page says at most, in characters.
const paged = 24

// sent: what was sent to her, or to others about her matters, loses its words;
// what was not sent yet never leaves.
func (e *eraser) sent() error {
	n, err := e.exec(`UPDATE outbox SET status = 'superseded', pending = FALSE WHERE village = $1 AND address = $2
		AND pending`, e.village, e.who)
	if err != nil {
		return err
	}
	e.of(e.village).queued -= n
	if _, err := e.exec(`UPDATE outbox SET text = '', ask_options = '', error = '', dead = FALSE, address = $3
		WHERE village = $1 AND address = $2`, e.village, e.who, e.tomb); err != nil {
		return err
	}
	for _, id := range e.raised {
		if _, err := e.exec(`UPDATE outbox SET text = '', ask_options = '' WHERE village = $1 AND matter = $2 AND matter <> ''
			AND NOT pending`, e.village, id); err != nil {
			return err
		}
	}
	return e.toldOthers()
}

// toldOthers looks for her number and her words in all that was sent to others.
func (e *eraser) toldOthers() error {
	if err := e.pages(); err != nil {
		return err
	}
	for _, w := range e.traces {
		n, err := e.exec(`UPDATE outbox SET status = 'superseded', pending = FALSE WHERE village = $1
			AND pending AND text LIKE $2 ESCAPE '\'`, e.village, like(w))
		if err != nil {
			return err
		}
		e.of(e.village).queued -= n
		if _, err := e.exec(`UPDATE outbox SET text = '', ask_options = '' WHERE village = $1
			AND text LIKE $2 ESCAPE '\'`, e.village, like(w)); err != nil {
			return err
		}
	}
	return nil
}

// pages: one that waits may speak of somebody else's emergency too. It leaves,
// without her words.
func (e *eraser) pages() error {
	told := map[string]string{}
	err := e.list(func(r scanner) error {
		var id, text string
		if err := r.Scan(&id, &text); err != nil {
			return err
		}
		for _, w := range e.traces {
			text = strings.ReplaceAll(text, w, "…")
			if r := []rune(w); len(r) > paged { // a page says no more than its beginning
				text = strings.ReplaceAll(text, string(r[:paged]), "…")
			}
		}
		told[id] = text
		return nil
	}, `SELECT id, text FROM outbox WHERE village = $1 AND pending AND staff <> '' AND priority = $2`, e.village, int(message.Page))
	for _, id := range slices.Sorted(maps.Keys(told)) {
		if err == nil {
			_, err = e.exec(`UPDATE outbox SET text = $3 WHERE village = $1 AND id = $2`, e.village, id, told[id])
		}
	}
	return err
}
