package desk

import (
	"context"
	"errors"

	"sanshi/internal/matter"
)

// Suggestion is what a language model makes of a matter.
type Suggestion struct {
	Village, Matter string
	Version         int // of the matter that the model was asked about
	Detail          matter.Detail
	Words           matter.Words
}

// Suggest proposes another sorting, and ends the task that asked for it. Taken is
// false when a person was faster, or somebody else brought an answer: then nothing
// changes, and nobody is told.
func (d *Desk) Suggest(ctx context.Context, s Suggestion) (taken bool, err error) {
	err = d.untilFresh(ctx, func() error {
		room, err := d.Store.Room(ctx, s.Village, s.Matter, "")
		if err != nil {
			return err
		}
		w := d.begin(room.Village, s.Village)
		w.matters[s.Matter], w.people, w.change.Refined = room.Matter, room.People, s.Matter
		err = w.act(ctx, s.Matter, matter.Act{
			Kind: matter.Suggest, By: matter.Refiner, Via: "clock", At: d.Now(), Version: s.Version, Detail: s.Detail, Words: &s.Words,
		})
		var refused *matter.Error
		if taken = err == nil; err != nil && !errors.As(err, &refused) {
			return err
		}
		return d.commit(ctx, w) // refused: only the task goes
	})
	if errors.Is(err, ErrHandled) {
		return false, nil
	}
	return taken && err == nil, err
}

// Doubt is a matter about which a model is to be asked: a row of its own, so that
// the question outlives whoever was about to ask it.
type Doubt struct {
	Village, Matter string
	Tries           int // this one included
}
