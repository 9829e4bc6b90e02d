package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"

	"sanshi/internal/desk"
	"sanshi/internal/message"
)

// mostTries is after how many failures a text is a dead letter.
const mostTries = 5

// Lanes lists at most limit lanes with unhandled texts, the oldest text first.
// What no village has is not among them.
func (s *Store) Lanes(ctx context.Context, limit int) (lanes []message.Lane, err error) {
	err = s.list(ctx, func(r scanner) error {
		var l message.Lane
		err := r.Scan(&l.Village, (*string)(&l.Address))
		lanes = append(lanes, l)
		return err
	}, `SELECT village, address FROM inbound WHERE handled_at IS NULL AND village <> '_'
		GROUP BY village, address ORDER BY MIN(at), MIN(seq) LIMIT $1`, limit)
	return lanes, err
}

const inboundColumns = `village, seq, id, channel, external_id, address, recipient, text, media, at, throttled, revived, tries`

func scanInbound(r scanner) (in message.Inbound, err error) {
	var media string
	var when int64
	err = r.Scan(&in.Village, &in.Seq, &in.ID, &in.Channel, &in.ExternalID, (*string)(&in.From), &in.To, &in.Text,
		&media, &when, &in.Throttled, &in.Revived, &in.Tries)
	in.At = at(when)
	if err == nil && media != "" {
		err = json.Unmarshal([]byte(media), &in.Media)
	}
	return in, err
}

// Next gives the first unhandled text of a lane.
func (s *Store) Next(ctx context.Context, lane message.Lane) (in message.Inbound, ok bool, err error) {
	err = s.list(ctx, func(r scanner) (err error) {
		in, err = scanInbound(r)
		ok = err == nil
		return err
	}, `SELECT `+inboundColumns+` FROM inbound WHERE village = $1 AND address = $2 AND handled_at IS NULL
		ORDER BY seq LIMIT 1`, lane.Village, string(lane.Address))
	return in, ok, err
}

// Failed counts a failed try. The fifth makes the text a dead letter: it counts
// as handled and frees its lane. desk.ErrHandled when it was handled meanwhile.
func (s *Store) Failed(ctx context.Context, in message.Inbound, cause string) (dead bool, err error) {
	err = s.do(ctx, func(t *tx) error {
		var tries int
		err := t.one(`UPDATE inbound SET tries = tries + 1, error = $3
			WHERE village = $1 AND seq = $2 AND handled_at IS NULL RETURNING tries`,
			[]any{in.Village, in.Seq, clean(cause)}, &tries)
		if errors.Is(err, sql.ErrNoRows) {
			return desk.ErrHandled
		}
		if dead = tries >= mostTries; err != nil || !dead {
			return err
		}
		t.of(in.Village).handled++
		_, err = t.exec(`UPDATE inbound SET handled_at = $3, dead = TRUE, result = 'dead' WHERE village = $1 AND seq = $2`,
			in.Village, in.Seq, ms(t.now))
		return err
	})
	return dead && err == nil, err
}

// DeadLetters lists what could not be handled or sent, oldest first. Of private
// matters the words are left out.
func (s *Store) DeadLetters(ctx context.Context, village string) (all []message.DeadLetter, err error) {
	err = s.list(ctx, func(r scanner) error {
		var d message.DeadLetter
		var when int64
		err := r.Scan(&d.ID, &d.Direction, &d.Address, &d.Text, &d.Error, &d.Tries, &when)
		d.At = at(when)
		all = append(all, d)
		return err
	}, `SELECT id, 'in', address, text, error, tries, at FROM inbound WHERE village = $1 AND dead
		UNION ALL
		SELECT o.id, 'out', o.address, CASE WHEN m.private THEN '' ELSE o.text END, o.error, o.tries, o.created_at
		FROM outbox o LEFT JOIN matter m ON m.village = o.village AND m.id = o.matter
		WHERE o.village = $1 AND o.dead
		ORDER BY 7 LIMIT 1000`, village)
	return all, err
}

// Retry gives a dead letter another five tries. A text that came in is handled as
// if it arrived now, at the end of its lane, with its old time kept.
// desk.ErrNotFound when there is no such dead letter.
func (s *Store) Retry(ctx context.Context, village, id string) error {
	return s.submit(ctx, &work{village: village, rows: 1, do: func(t *tx) error {
		seq, err := t.seq(village, 1)
		if err != nil {
			return err
		}
		n, err := t.exec(`UPDATE inbound SET seq = $3, handled_at = NULL, dead = FALSE, revived = TRUE, tries = 0,
			result = '', error = '' WHERE village = $1 AND id = $2 AND dead`, village, id, seq)
		if err != nil || n == 1 {
			t.of(village).handled -= n
			return err
		}
		n, err = t.exec(`UPDATE outbox SET status = 'queued', pending = TRUE, dead = FALSE, tries = 0, again_at = 0,
			due_at = 0, started_at = 0, error = '', late_at = $3 WHERE village = $1 AND id = $2 AND dead`, village, id,
			ms(t.now.Add(lateAfter)))
		if err == nil && n == 0 {
			return desk.ErrNotFound
		}
		t.of(village).queued += n
		t.of(village).failed -= n
		return err
	}})
}
