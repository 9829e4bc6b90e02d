package store

import (
	"slices"

	"sanshi/internal/message"
)

// queueOutbox writes the replies of a change. A queued text that a newer one on
// the same topic replaces never leaves.
func (t *tx) queueOutbox(d *draft) error {
	all, options := slices.Concat(d.Outbox, d.instead), slices.Clone(d.options)
	for _, o := range d.instead {
		s, err := optionsOf(o)
		if err != nil {
			return err
		}
		options = append(options, s)
	}
	if len(all) == 0 {
		return nil
	}
	n, err := t.seq(d.Village, int64(len(all)))
	if err != nil {
		return err
	}
	for i, o := range all {
		if err := t.supersede(d.Village, o); err != nil {
			return err
		}
		if o, err = t.spaced(d.Village, o); err != nil {
			return err
		}
		joined, err := t.bundle(d.Village, o)
		if err != nil {
			return err
		}
		if joined {
			t.of(d.Village).queued--
			continue
		}
		if err := t.queueOne(d.Village, o, n+int64(i), options[i]); err != nil {
			return err
		}
	}
	t.of(d.Village).queued += int64(len(all))
	return nil
}

func (t *tx) supersede(village string, o message.Outbound) error {
	for _, topic := range []string{o.Topic, o.Replaces} {
		if topic == "" {
			continue
		}
		if err := t.later(supersede, func(n int64) error {
			t.of(village).queued -= n
			return nil
		}, village, string(o.To), topic, o.ID); err != nil {
			return err
		}
	}
	return nil
}

const supersede = `UPDATE outbox SET status = 'superseded', pending = FALSE, replaced_by = $4 WHERE village = $1 AND address = $2
	AND topic = $3 AND pending AND status = 'queued'`

func (t *tx) queueOne(village string, o message.Outbound, n int64, options string) error {
	var ask message.Ask
	if o.Ask != nil {
		ask = *o.Ask
	}
	created := o.CreatedAt
	if created.IsZero() {
		created = t.now
	}
	late := created
	if o.NotBefore.After(late) {
		late = o.NotBefore
	}
	err := t.write(`INSERT INTO outbox (village, id, n, channel, address, sender, text, priority, matter, staff, closing,
		topic, ask_kind, ask_matter, ask_options, created_at, not_before, late_at, due_at, pending, status)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, TRUE, 'queued')`,
		village, o.ID, n, o.Channel, string(o.To), o.Sender, clean(o.Text), int(o.Priority), o.Matter, o.Staff, o.Closing,
		o.Topic, ask.Kind, ask.Matter, options, ms(created), ms(o.NotBefore), ms(late.Add(lateAfter)), ms(late))
	return err
}
