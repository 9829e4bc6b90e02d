package store

import (
	"database/sql"
	"encoding/json"
	"errors"
	"strconv"
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

// takesPage is the kind of a question that a page ends in: a digit takes it.
const takesPage = "desk_page"

// bundle puts a page that would have to wait into the one that waits already, so
// that of several emergencies in one minute she learns in one text, a line each.
// The digit that takes an emergency, the last of its text, then counts on. It leaves
// alone what asks anything else: a digit must mean one thing.
func (t *tx) bundle(village string, o message.Outbound) (joined bool, err error) {
	if o.Staff == "" || o.Priority != message.Page || o.Ask != nil && o.Ask.Kind != takesPage || !o.NotBefore.After(t.now) {
		return false, nil
	}
	var id, text, kind, options string
	err = t.one(`SELECT id, text, ask_kind, ask_options FROM outbox WHERE village = $1 AND address = $2 AND channel = $3 AND pending
		AND status = 'queued' AND priority = $4 AND staff = $5 AND not_before > $6 AND ask_kind IN ('', $7) ORDER BY n LIMIT 1`,
		[]any{village, string(o.To), o.Channel, int(message.Page), o.Staff, ms(t.now), takesPage}, &id, &text, &kind, &options)
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
	if line, options, err = countOn(line, options, o.Ask); err != nil {
		return false, err
	}
	if o.Ask != nil {
		kind = takesPage
	}
	return true, t.write(`UPDATE outbox SET text = $3, topic = '', ask_kind = $4, ask_options = $5, ask_matter = ''
		WHERE village = $1 AND id = $2`, village, id, clean(text+"\n"+line), kind, options)
}

// countOn adds what a line asks to the options of the text that it joins.
func countOn(line, options string, ask *message.Ask) (string, string, error) {
	if ask == nil {
		return line, options, nil
	}
	var all []string
	if options != "" {
		if err := json.Unmarshal([]byte(options), &all); err != nil {
			return line, options, err
		}
	}
	all = append(all, ask.Options...)
	if i := strings.LastIndexByte(line, '1'); i >= 0 {
		line = line[:i] + strconv.Itoa(len(all)) + line[i+1:]
	}
	b, err := json.Marshal(all)
	return line, clean(string(b)), err
}
