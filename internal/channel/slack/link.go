package slack

import (
	"context"
	"errors"
	"strings"

	"sanshi/internal/desk"
	"sanshi/internal/matter"
	"sanshi/internal/message"
	"sanshi/prompts"
)

// link connects a Slack account with the staff member whose code it is, and says
// what came of it.
func (h *Hook) link(ctx context.Context, user, typed string) string {
	book := prompts.Staff("")
	code := codeIn(typed)
	switch {
	case code == "" && strings.TrimSpace(typed) == "":
		return stranger()
	case code == "":
		return book.Say("slack_code_wrong", nil)
	}
	village, who, err := h.Store.LinkSlack(ctx, code, user)
	var refused *matter.Error
	switch {
	case errors.Is(err, desk.ErrNotFound):
		return book.Say("slack_code_wrong", nil)
	case errors.As(err, &refused):
		return book.Say("slack_code_tries", nil)
	case err != nil:
		return book.Say("slack_away", nil)
	}
	h.Log.Info("slack: an account was linked", "village", village, "staff", who.ID)
	p, err := h.in(ctx, user, village)
	if err != nil { // it is linked all the same
		return book.Say("slack_linked", prompts.Values{"name": who.Name, "village": village})
	}
	if h.Home != nil {
		h.later("a home page", func(ctx context.Context) error { return h.Home(ctx, user) })
	}
	return p.book().Say("slack_linked", prompts.Values{"name": who.Name, "village": p.village.Name})
}

// codeIn reads six digits, in any way of writing them; "" when they are something else.
func codeIn(s string) string {
	s = strings.NewReplacer(" ", "", "-", "").Replace(message.Fold(s))
	if len(s) != 6 || strings.Trim(s, "0123456789") != "" {
		return ""
	}
	return s
}
