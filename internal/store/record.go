package store

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"sanshi/internal/desk"
	"sanshi/internal/matter"
	"sanshi/internal/message"
)

// entry is an event as the record has it: the exact bytes that are hashed, in
// the order of these fields. It holds ids, states and codes; Words commits to the
// content beside it, HMAC-SHA256(salt, text), which may be erased.
type entry struct {
	Village string           `json:"village"`
	Matter  string           `json:"matter"`
	Seq     int              `json:"seq"`
	Kind    matter.EventKind `json:"event"`
	By      string           `json:"by"`
	Via     string           `json:"via"`
	At      int64            `json:"at"` // milliseconds UTC
	From    matter.State     `json:"from"`
	To      matter.State     `json:"to"`
	Detail  matter.Detail    `json:"detail"`
	Words   string           `json:"words,omitempty"`
}

// said is the erasable part of an event.
type said struct {
	Note  string          `json:"note,omitempty"`
	Words *matter.Words   `json:"words,omitempty"`
	Party message.Address `json:"party,omitempty"`
}

// page is an event ready to be chained.
type page struct {
	matter string
	seq    int
	body   string
	salt   []byte
	text   string // of the content; "" when the event says nothing
	who    string
}

// write makes the record's part and the content of an event. who is the person
// whose words they are, if a resident's.
func writePage(e matter.Event, who message.Address) (page, error) {
	p := page{matter: e.Matter, seq: e.Seq}
	d := e.Detail
	if !d.Due.IsZero() {
		d.Due = d.Due.UTC()
	}
	body := entry{Village: e.Village, Matter: e.Matter, Seq: e.Seq, Kind: e.Kind, By: e.By, Via: e.Via,
		At: ms(e.At), From: e.From, To: e.To, Detail: d}
	if e.Note != "" || e.Words != nil || e.Detail.Party != "" {
		text, err := json.Marshal(said{Note: e.Note, Words: e.Words, Party: e.Detail.Party})
		if err != nil {
			return p, err
		}
		p.text, p.salt, p.who = string(text), make([]byte, 16), string(who)
		_, _ = rand.Read(p.salt) // never fails (crypto/rand)
		body.Words = hex.EncodeToString(commitment(p.salt, p.text))
	}
	b, err := json.Marshal(body)
	p.body = string(b)
	return p, err
}

func commitment(salt []byte, text string) []byte {
	h := hmac.New(sha256.New, salt)
	h.Write([]byte(text))
	return h.Sum(nil)
}

// link gives the hash of a body that follows on prev (nil for the first).
func link(prev []byte, body string) []byte {
	h := sha256.New()
	h.Write(prev)
	h.Write([]byte(body))
	return h.Sum(nil)
}

// readEvent is the reverse of writePage; text is "" when nothing was said or it
// was erased.
func readEvent(body, text string) (e matter.Event, err error) {
	var b entry
	if err := json.Unmarshal([]byte(body), &b); err != nil {
		return e, fmt.Errorf("an event is damaged: %w", err)
	}
	e = matter.Event{Village: b.Village, Matter: b.Matter, Seq: b.Seq, Kind: b.Kind, By: b.By, Via: b.Via,
		At: time.UnixMilli(b.At).UTC(), From: b.From, To: b.To, Detail: b.Detail}
	if text == "" {
		return e, nil
	}
	var w said
	if err := json.Unmarshal([]byte(text), &w); err != nil {
		return e, fmt.Errorf("the words of an event are damaged: %w", err)
	}
	e.Note, e.Words, e.Detail.Party = w.Note, w.Words, w.Party
	return e, nil
}

// chain appends events to a matter's record. The version check has made sure
// that nobody else appends to it now.
func (t *tx) chain(village string, pages []page) error {
	if len(pages) == 0 {
		return nil
	}
	var prev []byte
	if first := pages[0]; first.seq > 1 {
		if err := t.one(`SELECT hash FROM event WHERE village = $1 AND matter = $2 AND seq = $3`,
			[]any{village, first.matter, first.seq - 1}, &prev); err != nil {
			return fmt.Errorf("the record of matter %s ends before event %d: %w", first.matter, first.seq, err)
		}
	}
	for _, p := range pages {
		prev = link(prev, p.body)
		// A key that is taken means that somebody else appended first.
		if err := t.must(desk.ErrStale, `INSERT INTO event (village, matter, seq, body, hash) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT DO NOTHING`, village, p.matter, p.seq, p.body, prev); err != nil {
			return err
		}
		if p.text == "" {
			continue
		}
		if err := t.write(`INSERT INTO content (village, id, subject, salt, text, who) VALUES ($1, $2, $3, $4, $5, $6)`,
			village, p.matter, strconv.Itoa(p.seq), p.salt, p.text, p.who); err != nil {
			return err
		}
	}
	return nil
}
