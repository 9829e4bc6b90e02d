package store

import (
	"context"

	"sanshi/internal/desk"
	"sanshi/internal/directory"
)

// Residents lists who is known in a village, by address.
func (s *Store) Residents(ctx context.Context, village string) (all []directory.Resident, err error) {
	err = s.list(ctx, func(row scanner) error {
		r := directory.Resident{Village: village}
		p := personRow{r: &r}
		err := row.Scan(p.dest()...)
		p.finish()
		all = append(all, r)
		return err
	}, `SELECT `+residentColumns+` FROM resident r WHERE r.village = $1 ORDER BY r.address`, village)
	return all, err
}

// SaveResidents adds residents, or changes what a list says of them: name, area,
// place, language and contact. What they told us themselves stays.
func (s *Store) SaveResidents(ctx context.Context, village string, all []directory.Resident) error {
	return s.do(ctx, func(t *tx) error {
		for _, r := range all {
			if err := t.write(insertResident+` ON CONFLICT (village, address) DO UPDATE SET name = excluded.name,
				area = excluded.area, place = excluded.place, contact = excluded.contact, version = resident.version + 1,
				language = CASE WHEN excluded.language = '' THEN resident.language ELSE excluded.language END`,
				village, string(r.Address), clean(r.Name), r.Area, clean(r.Place), r.Language, r.Channel, r.Sender, r.Contact,
				string(r.OptOut), ms(r.OptOutAt), r.Greeted, 1); err != nil {
				return err
			}
		}
		return nil
	})
}

// Callbacks lists whom a person should call, oldest first: the open ones, or all.
func (s *Store) Callbacks(ctx context.Context, village string, open bool) (all []directory.Callback, err error) {
	err = s.list(ctx, func(r scanner) error {
		c := directory.Callback{Village: village}
		var when, done int64
		err := r.Scan(&c.ID, (*string)(&c.Address), &c.Reason, &c.Matter, &c.Note, &when, &c.DoneBy, &done)
		c.At, c.DoneAt = at(when), at(done)
		all = append(all, c)
		return err
	}, `SELECT id, address, reason, matter, note, at, done_by, done_at FROM callback
		WHERE village = $1 AND (done_at = 0 OR NOT $2) ORDER BY at, id LIMIT 1000`, village, open)
	return all, err
}

// CloseCallback takes down that somebody has called. desk.ErrNotFound when there
// is no such open call.
func (s *Store) CloseCallback(ctx context.Context, village, id, by string) error {
	return s.do(ctx, func(t *tx) error {
		return t.must(desk.ErrNotFound, `UPDATE callback SET done_by = $3, done_at = $4
			WHERE village = $1 AND id = $2 AND done_at = 0`, village, id, by, ms(t.now))
	})
}
