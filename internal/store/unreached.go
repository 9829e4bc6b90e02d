package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"sanshi/internal/channel"
	"sanshi/internal/desk"
	"sanshi/internal/directory"
	"sanshi/internal/message"
)

// askStaff is the kind of a question that a staff member put to her.
const askStaff = "staff"

// optOut takes down that a resident told the carrier to stop: nothing is sent to
// her any more.
func (t *tx) optOut(o sending, now time.Time) error {
	if o.staff != "" {
		return t.phoneStopped(o, t.s.villages.now.Load().byID[o.village])
	}
	return t.write(`INSERT INTO resident (village, address, name, area, place, language, channel, sender, contact,
		opt_out, opt_out_at, greeted, version) VALUES ($1, $2, '', '', '', '', '', '', '', 'hard', $3, FALSE, 1)
		ON CONFLICT (village, address) DO UPDATE SET opt_out = 'hard', opt_out_at = excluded.opt_out_at,
		version = resident.version + 1`, o.village, o.address, ms(now))
}

// quiet keeps back what nobody asked for when it is to leave to somebody who is
// left in peace: the last gate, whoever queued it and whatever was known then.
func (t *tx) quiet(c channel.Claimed) (bool, error) {
	if c.Staff != "" || c.Priority < message.News || !c.Doubt.IsZero() {
		return false, nil
	}
	var n int
	err := t.one(`SELECT COUNT(*) FROM resident WHERE village = $1 AND address = $2 AND contact = $3`,
		[]any{c.Village, string(c.To), directory.QuietContact}, &n)
	if err != nil || n == 0 {
		return false, err
	}
	t.of(c.Village).queued--
	return true, t.write(`UPDATE outbox SET status = 'superseded', pending = FALSE WHERE village = $1 AND id = $2`, c.Village, c.ID)
}

// Called says which staff member a call was made to, and about which matter;
// desk.ErrNotFound when there was none.
func (s *Store) Called(ctx context.Context, village, id string) (staff, about string, err error) {
	err = s.one(ctx, `SELECT staff, matter FROM outbox WHERE village = $1 AND id = $2 AND staff <> '' AND matter <> '' AND channel = 'voice'`,
		[]any{village, id}, &staff, &about)
	if errors.Is(err, sql.ErrNoRows) {
		err = desk.ErrNotFound
	}
	return staff, about, err
}
