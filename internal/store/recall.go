package store

import (
	"time"

	"sanshi/internal/dialogue"
	"sanshi/internal/message"
)

type droppedText struct{ id, address string }

// recall drops what has not left yet of texts that became untrue; what a sender
// has in hand has left. It comes before the new texts of the same change.
func (t *tx) recall(d *draft) error {
	d.instead, d.calls = nil, nil // a group may be tried again
	for _, r := range d.Recalls {
		var dropped []droppedText
		for _, topic := range r.Topics {
			err := t.list(func(row scanner) error {
				var o droppedText
				err := row.Scan(&o.id, &o.address)
				dropped = append(dropped, o)
				return err
			}, recall, d.Village, r.Matter, topic, ms(r.Since))
			if err != nil {
				return err
			}
		}
		t.of(d.Village).queued -= int64(len(dropped))
		if !r.Undo {
			continue
		}
		if err := t.restoreReplaced(d.Village, dropped); err != nil {
			return err
		}
		if err := t.tellReached(d, r); err != nil {
			return err
		}
	}
	return nil
}

const (
	recall = `UPDATE outbox SET status = 'recalled', pending = FALSE WHERE village = $1 AND matter = $2 AND matter <> ''
		AND topic = $3 AND created_at >= $4 AND pending AND status = 'queued' RETURNING id, address`
	restore = `UPDATE outbox SET status = 'queued', pending = TRUE, replaced_by = '' WHERE village = $1 AND address = $2
		AND replaced_by = $3 AND status = 'superseded'`
	// reached finds a text, of these topics, that had left when it was recalled.
	reached = `SELECT COUNT(*) FROM outbox WHERE village = $1 AND matter = $2 AND matter <> '' AND address = $3 AND topic = $4
		AND created_at >= $5 AND status NOT IN ('queued', 'superseded', 'recalled')`
)

// restoreReplaced lets what the dropped texts had replaced wait to be sent again:
// it is as true as it was.
func (t *tx) restoreReplaced(village string, dropped []droppedText) error {
	for _, o := range dropped {
		n, err := t.exec(restore, village, o.address, o.id)
		if err != nil {
			return err
		}
		t.of(village).queued += n
	}
	return nil
}

// tellReached adds what is to be said instead to those whom the undone text or
// call had reached. All others have heard of nothing, and hear nothing.
func (t *tx) tellReached(d *draft, r dialogue.Recall) error {
	for _, o := range r.Instead {
		n := 0
		for _, topic := range r.Topics {
			var more int
			if err := t.one(reached, []any{d.Village, r.Matter, string(o.To), topic, ms(r.Since)}, &more); err != nil {
				return err
			}
			n += more
		}
		if n > 0 {
			d.instead = append(d.instead, o)
		}
	}
	for _, c := range r.Calls {
		made, err := t.dropCalls(d.Village, r.Matter, c.Address, r.Since)
		if err != nil {
			return err
		}
		if made {
			d.calls = append(d.calls, c)
		}
	}
	return nil
}

// dropCalls takes off the list the calls that the undone act asked for, and says
// whether one was tried already.
func (t *tx) dropCalls(village, matter string, who message.Address, since time.Time) (made bool, err error) {
	const these = ` FROM callback WHERE village = $1 AND matter = $2 AND address = $3 AND reason = 'opt_out' AND at >= $4`
	var tried int
	args := []any{village, matter, string(who), ms(since)}
	if err := t.one(`SELECT COUNT(*)`+these+` AND (done_at > 0 OR tried_at > 0)`, args, &tried); err != nil {
		return false, err
	}
	return tried > 0, t.write(`DELETE`+these+` AND done_at = 0 AND tried_at = 0`, args...)
}
