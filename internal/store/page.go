package store

import (
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
		WHERE priority = $3 AND staff <> '' AND status <> 'superseded'`,
		[]any{village, string(o.To), int(message.Page)}, &last)
	if free := at(last).Add(pageApart); err == nil && last > 0 && free.After(t.now) && free.After(o.NotBefore) {
		o.NotBefore = free
	}
	return o, err
}
