package store

import (
	"context"

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
// place, language and contact. What they told us themselves stays, and a list that
// says nothing of contact never makes a quiet person loud.
func (s *Store) SaveResidents(ctx context.Context, village string, all []directory.Resident) error {
	return s.do(ctx, func(t *tx) error {
		for _, r := range all {
			if err := t.write(insertResident+` ON CONFLICT (village, address) DO UPDATE SET name = excluded.name,
				area = excluded.area, place = excluded.place, version = resident.version + 1,
				contact = CASE WHEN excluded.contact = '' THEN resident.contact ELSE excluded.contact END,
				language = CASE WHEN excluded.language = '' THEN resident.language ELSE excluded.language END`,
				village, string(r.Address), clean(r.Name), r.Area, clean(r.Place), r.Language, r.Channel, r.Sender, r.Contact,
				string(r.OptOut), ms(r.OptOutAt), r.Greeted, 1); err != nil {
				return err
			}
		}
		return nil
	})
}
