package store

import (
	"context"

	"sanshi/internal/directory"
)

// mostQuestions is how many open questions are looked at together.
const mostQuestions = 1000

// Questions lists what was asked and has no answer yet, the newest first.
func (s *Store) Questions(ctx context.Context, village string) (all []directory.Question, err error) {
	err = s.list(ctx, func(r scanner) error {
		q := directory.Question{Village: village}
		var when int64
		err := r.Scan(&q.ID, (*string)(&q.Address), &q.Text, &when)
		q.At = at(when)
		all = append(all, q)
		return err
	}, `SELECT id, address, text, at FROM question WHERE village = $1 AND answered_at = 0 ORDER BY at DESC, id DESC LIMIT $2`,
		village, mostQuestions)
	return all, err
}

func (t *tx) saveQuestions(d *draft) error {
	for _, q := range d.Questions {
		if err := t.write(`INSERT INTO question (village, id, address, text, at) VALUES ($1, $2, $3, $4, $5)`,
			d.Village, q.ID, string(q.Address), clean(q.Text), ms(q.At)); err != nil {
			return err
		}
	}
	return nil
}

// SaveFact writes a fact into a village's settings, and that it answers these
// questions. It counts as a change of the console.
func (s *Store) SaveFact(ctx context.Context, village, name string, f directory.Fact, answers []string) error {
	return s.changeVillage(ctx, village, func(t *tx, v *directory.Village) error {
		if v.Facts == nil {
			v.Facts = map[string]directory.Fact{}
		}
		v.Facts[name] = f
		for _, id := range answers {
			if err := t.write(`UPDATE question SET answered_at = $3 WHERE village = $1 AND id = $2`, village, id, ms(t.now)); err != nil {
				return err
			}
		}
		return nil
	})
}
