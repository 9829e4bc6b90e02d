package store

import (
	"context"
	"database/sql"
	"errors"

	"sanshi/internal/directory"
	"sanshi/internal/message"
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

// Contact says how a resident may be reached: "" or directory.QuietContact.
func (s *Store) Contact(ctx context.Context, village string, who message.Address) (contact string, err error) {
	err = s.one(ctx, `SELECT contact FROM resident WHERE village = $1 AND address = $2`, []any{village, string(who)}, &contact)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return contact, err
}

// SetContact changes it. What has not left yet, and is no answer of hers, never does.
func (s *Store) SetContact(ctx context.Context, village string, who message.Address, contact string) error {
	return s.do(ctx, func(t *tx) error {
		if err := t.write(`INSERT INTO resident (village, address, name, area, place, language, channel, sender, contact,
			opt_out, opt_out_at, greeted, version) VALUES ($1, $2, '', '', '', '', '', '', $3, '', 0, FALSE, 1)
			ON CONFLICT (village, address) DO UPDATE SET contact = excluded.contact, version = resident.version + 1`,
			village, string(who), contact); err != nil || contact != directory.QuietContact {
			return err
		}
		return t.hush(village, who)
	})
}

// hush drops what waits to be sent to a resident unasked.
func (t *tx) hush(village string, who message.Address) error {
	return t.later(`UPDATE outbox SET status = 'superseded', pending = FALSE WHERE village = $1 AND address = $2
		AND staff = '' AND priority >= $3 AND pending AND status = 'queued'`, func(n int64) error {
		t.of(village).queued -= n
		return nil
	}, village, string(who), int(message.News))
}
