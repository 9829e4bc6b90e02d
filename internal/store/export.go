package store

import (
	"context"

	"sanshi/internal/message"
)

// Text is one text of a village with who it came from or went to.
type Text struct {
	message.Line
	Address message.Address
}

// pageOfTexts is how many texts are read at once: far from the limit of a read.
const pageOfTexts = 500

// EachText gives all texts of a village to each, page by page, so that no read
// lasts long: first those that came in, in the order in which they are handled,
// then those that went out. Only these carry the matter they speak of.
func (s *Store) EachText(ctx context.Context, village string, each func(Text) error) error {
	for _, next := range []func(context.Context) ([]Text, error){s.textsIn(village), s.textsOut(village)} {
		for more := true; more; {
			page, err := next(ctx)
			if err != nil {
				return err
			}
			for _, t := range page {
				t.Segments = message.Segments(t.Text)
				if err := each(t); err != nil {
					return err
				}
			}
			more = len(page) == pageOfTexts
		}
	}
	return nil
}

// textsIn reads the next page at each call, by the order in which texts are handled.
func (s *Store) textsIn(village string) func(context.Context) ([]Text, error) {
	last := int64(-1)
	return func(ctx context.Context) (page []Text, err error) {
		err = s.list(ctx, func(r scanner) error {
			var t Text
			var when int64
			err := r.Scan(&t.ID, &t.Direction, &t.Text, &t.Status, &when, &last, &t.Matter, &t.Staff, (*string)(&t.Address))
			t.At = at(when)
			page = append(page, t)
			return err
		}, `SELECT `+inLine+`, i.address FROM inbound i WHERE i.village = $1 AND i.seq > $2 ORDER BY i.seq LIMIT $3`,
			village, last, pageOfTexts)
		return page, err
	}
}

// textsOut does so by the key of the table, which follows the time they were
// written closely enough.
func (s *Store) textsOut(village string) func(context.Context) ([]Text, error) {
	last := ""
	return func(ctx context.Context) (page []Text, err error) {
		err = s.list(ctx, func(r scanner) error {
			var t Text
			var when, order int64
			err := r.Scan(&t.ID, &t.Direction, &t.Text, &t.Status, &when, &order, &t.Matter, &t.Staff, (*string)(&t.Address))
			t.At, last = at(when), t.ID
			page = append(page, t)
			return err
		}, `SELECT `+outLine+`, o.address FROM outbox o WHERE o.village = $1 AND o.id > $2 ORDER BY o.id LIMIT $3`,
			village, last, pageOfTexts)
		return page, err
	}
}
