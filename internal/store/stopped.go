package store

import (
	"context"

	"sanshi/internal/desk"
	"sanshi/internal/directory"
	"sanshi/internal/message"
)

// Staff who want no texts. Residents have it in their row.

// stops takes down who of the staff wants no texts, or wants them again. Every
// node hears of it as of any change of a village.
func (t *tx) stops(d *draft) error {
	for _, st := range d.Stops {
		q, args := `DELETE FROM stopped WHERE village = $1 AND staff = $2`, []any{d.Village, st.Staff}
		if st.Stopped {
			q, args = `INSERT INTO stopped (village, staff, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, append(args, ms(t.now))
		}
		if err := t.write(q, args...); err != nil {
			return err
		}
	}
	if len(d.Stops) == 0 {
		return nil
	}
	return t.write(`UPDATE meta SET value = value + 1 WHERE name = 'villages'`)
}

// markStopped reads who of a copy's staff wants no texts.
func (s *Store) markStopped(ctx context.Context, c *directoryCopy) error {
	err := s.list(ctx, func(r scanner) error {
		var village, staff string
		if err := r.Scan(&village, &staff); err != nil {
			return err
		}
		v := c.byID[village]
		if v == nil {
			return nil
		}
		for i := range v.Staff {
			v.Staff[i].Stopped = v.Staff[i].Stopped || v.Staff[i].ID == staff
		}
		return nil
	}, `SELECT village, staff FROM stopped`)
	if s.readOnly { // a database of an older program is only looked at, and has no such table
		return nil
	}
	return err
}

// phoneStopped is optOut for a text to the staff: all whose phone it is.
func (t *tx) phoneStopped(o sending, v *directory.Village) error {
	if v == nil {
		return nil
	}
	var stops []desk.Stop
	for _, s := range v.Holders(message.Address(o.address).User()) {
		stops = append(stops, desk.Stop{Staff: s.ID, Stopped: true})
	}
	return t.stops(&draft{Change: desk.Change{Village: o.village, Stops: stops}})
}
