package store

import (
	"database/sql"
	"errors"
	"strings"
	"time"

	"sanshi/internal/message"
)

// pageApart is how far apart pages to one person stand: a second alarm within a
// minute tells her nothing that she is not already running for.
const pageApart = time.Minute

// spaced holds a page until a minute after the page before it to the same person.
func (t *tx) spaced(village string, o message.Outbound) (message.Outbound, error) {
	if o.Staff == "" || o.Priority != message.Page {
		return o, nil
	}
	var last int64
	err := t.one(`SELECT COALESCE(MAX(CASE WHEN not_before > created_at THEN not_before ELSE created_at END), 0)
		FROM (SELECT * FROM outbox WHERE village = $1 AND address = $2 ORDER BY n DESC LIMIT 20) o
		WHERE priority = $3 AND channel = $4 AND staff <> '' AND status <> 'superseded'`,
		[]any{village, string(o.To), int(message.Page), o.Channel}, &last)
	if free := at(last).Add(pageApart); err == nil && last > 0 && free.After(t.now) && free.After(o.NotBefore) {
		o.NotBefore = free
	}
	return o, err
}

// bundled is the longest text that several pages become, in bytes.
const bundled = 1200

// bundle puts a page that would have to wait into the one that waits already, so
// that of several emergencies in one minute she learns in one text, a line each.
// It leaves alone what asks a question: a digit must mean one thing.
func (t *tx) bundle(village string, o message.Outbound) (joined bool, err error) {
	if o.Staff == "" || o.Priority != message.Page || o.Ask != nil || !o.NotBefore.After(t.now) {
		return false, nil
	}
	var id, text string
	err = t.one(`SELECT id, text FROM outbox WHERE village = $1 AND address = $2 AND channel = $3 AND pending
		AND status = 'queued' AND priority = $4 AND staff = $5 AND not_before > $6 AND ask_kind = '' ORDER BY n LIMIT 1`,
		[]any{village, string(o.To), o.Channel, int(message.Page), o.Staff, ms(t.now)}, &id, &text)
	if errors.Is(err, sql.ErrNoRows) || err == nil && len(text)+len(o.Text) > bundled {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	_, line, signed := strings.Cut(o.Text, "】")
	if !signed {
		line = o.Text
	}
	return true, t.write(`UPDATE outbox SET text = $3, topic = '' WHERE village = $1 AND id = $2`, village, id, clean(text+"\n"+line))
}
