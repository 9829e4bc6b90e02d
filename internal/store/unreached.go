package store

import "time"

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
