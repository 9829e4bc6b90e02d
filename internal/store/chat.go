package store

import (
	"slices"
	"strings"
	"time"

	"sanshi/internal/matter"
	"sanshi/internal/message"
)

// What the chat shows of somebody is erased with her, and what cannot reach a
// member of staff there goes by SMS.

// cards: what the chat shows of her matters is drawn again, without her.
func (e *eraser) cards() error {
	for _, id := range slices.Concat(e.raised, e.joined) {
		if err := e.wantCards(e.village, id, ms(e.now)); err != nil {
			return err
		}
	}
	return nil
}

// chats: what staff were told of her by direct message can still be changed where it
// stands, other than a text on a phone.
func (e *eraser) chats() error {
	for _, id := range e.raised {
		if err := e.blankSent(e.village, `matter = $2 AND matter <> ''`, id); err != nil {
			return err
		}
	}
	for _, w := range e.traces {
		if err := e.blankSent(e.village, `text LIKE $2 ESCAPE '\'`, like(w)); err != nil {
			return err
		}
	}
	return nil
}

// blankSent has the direct messages that fit where, a condition on $2, blanked.
func (t *tx) blankSent(village, where string, arg any) error {
	if t.s.cards == nil {
		return nil
	}
	sent := map[string]string{} // outbox id → channel:ts
	err := t.list(func(r scanner) error {
		var id, place string
		err := r.Scan(&id, &place)
		sent[id] = place
		return err
	}, `SELECT id, provider_id FROM outbox WHERE village = $1 AND channel = 'slack' AND provider_id <> '' AND `+where, village, arg)
	if err != nil {
		return err
	}
	for id, place := range sent {
		channel, ts, _ := strings.Cut(place, ":")
		if err := t.write(`INSERT INTO card (village, matter, channel, ts, wanted, due_at) VALUES ($1, $2, $3, $4, 1, $5) ON CONFLICT DO NOTHING`,
			village, matter.ErasedMessage+id, channel, ts, ms(t.now)); err != nil {
			return err
		}
	}
	return nil
}

// bySMS sends by SMS what a member of staff could not be told in the chat: her
// account is gone, or it has failed for a day. A page went by SMS anyway, and who
// wants no texts gets none.
func (t *tx) bySMS(o sending, now time.Time) error {
	v := t.s.current(t.ctx).byID[o.village]
	if o.priority == message.Page || !strings.HasPrefix(o.address, "slack:") || v == nil {
		return nil
	}
	s, _ := v.Member(o.staff)
	var text string
	if err := t.one(`SELECT text FROM outbox WHERE village = $1 AND id = $2`, []any{o.village, o.id}, &text); err != nil || text == "" || s.Phone == "" || s.Stopped {
		return err
	}
	n, err := t.seq(o.village, 1)
	if err != nil {
		return err
	}
	sms := message.Outbound{ID: t.s.newID(), To: message.Address("sms:" + s.Phone), Channel: "sms", Text: text, Priority: o.priority,
		Matter: o.matter, Staff: o.staff, Topic: o.topic, CreatedAt: now, NotBefore: v.Until(now)}
	if len(v.SMS) > 0 {
		sms.Sender = v.SMS[0]
	}
	t.of(o.village).queued++
	return t.queueOne(o.village, sms, n, "")
}
