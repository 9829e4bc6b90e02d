package main

import (
	"context"
	"errors"

	"sanshi/internal/desk"
	"sanshi/internal/matter"
	"sanshi/prompts"
)

// pressed takes an emergency for who was called about it and pressed 1. The same
// call counts once, however often Twilio asks.
func (p *Program) pressed(ctx context.Context, village, id string) (said string, err error) {
	v, err := p.Store.Village(ctx, village)
	if errors.Is(err, desk.ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	book := prompts.Staff(v.Language)
	staff, about, err := p.Store.Called(ctx, village, id)
	if errors.Is(err, desk.ErrNotFound) { // erased since, or none of ours
		return book.Say("spoken_late", nil), nil
	}
	if err != nil {
		return "", err
	}
	_, err = p.Desk.Act(ctx, desk.Request{
		Village: village, Matter: about, By: staff, Act: matter.Act{Kind: matter.Claim, Via: "voice"}, Key: "voice:" + id, Digest: "claim",
	})
	var refused *matter.Error
	switch {
	case errors.As(err, &refused), errors.Is(err, desk.ErrNotFound):
		return book.Say("spoken_late", nil), nil
	case err != nil:
		return "", err
	}
	return book.Say("spoken_taken", nil), nil
}
