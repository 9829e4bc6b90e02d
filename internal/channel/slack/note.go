package slack

import (
	"context"
	"errors"

	slackgo "github.com/slack-go/slack"

	"sanshi/internal/desk"
	"sanshi/internal/matter"
	"sanshi/prompts"
)

// note tells one person something that nobody else sees: in the channel where she
// is, or where the app may not write, as a direct message.
func (h *Hook) note(ctx context.Context, channel, user, text string, blocks []slackgo.Block) error {
	if channel != "" {
		if err := h.Client.Whisper(ctx, channel, user, text, blocks); err == nil {
			return nil
		}
	}
	_, err := h.Client.Post(ctx, user, text, blocks)
	return err
}

// tell is note, after the answer.
func (h *Hook) tell(channel, user, text string, blocks ...slackgo.Block) {
	h.later("a note", func(ctx context.Context) error { return h.note(ctx, channel, user, text, blocks) })
}

// refusedTo tells somebody why what she pressed was not done, with the card as it
// is now where the one she pressed was an old one.
func (h *Hook) refusedTo(channel string, p person, m matter.Matter, err error) {
	text := reason(p.book(), m, err)
	var refused *matter.Error
	if m.ID == "" || !errors.As(err, &refused) || refused.Problem != matter.Stale && refused.Problem != matter.Conflict {
		h.tell(channel, p.slack, text)
		return
	}
	h.later("a fresh card", func(ctx context.Context) error {
		_, now, err := h.find(ctx, p.slack, m.ID)
		if err != nil {
			now = m
		}
		blocks := append([]slackgo.Block{section("", plainText(text, mostSection))}, h.card(p, now)...)
		return h.note(ctx, channel, p.slack, text, blocks)
	})
}

// card is the card of a matter for one person: what may be done is what she may do.
func (h *Hook) card(p person, m matter.Matter) []slackgo.Block {
	v := CardView{Village: p.village, Matter: m, Allowed: h.Allowed(p.village, m, p.staff), Reads: p.reads(m), Now: h.Now()}
	if m.State == matter.Sorting {
		return ApprovalCard(v)
	}
	return QueueCard(v)
}

// stranger is what an unknown account is told, in both languages: nobody knows hers.
func stranger() string {
	return prompts.Staff("zh-Hans").Say("slack_stranger", nil) + "\n" + prompts.Staff("en").Say("slack_stranger", nil)
}

// reason puts an error into words for the person who caused it.
func reason(book prompts.Book, m matter.Matter, err error) string {
	values := prompts.Values{"number": m.Number, "state": book.Say("state_"+string(m.State), nil)}
	var refused *matter.Error
	switch {
	case errors.Is(err, errStranger):
		return stranger()
	case errors.Is(err, desk.ErrNotFound):
		return book.Say("slack_not_found", nil)
	case !errors.As(err, &refused):
		return book.Say("slack_away", nil)
	case refused.Problem == matter.NotFound:
		return book.Say("slack_not_found", nil)
	case refused.Problem == matter.Forbidden && m.Private:
		return book.Say("slack_no_right_private", values)
	case refused.Problem == matter.Forbidden:
		return book.Say("slack_no_right", values)
	case refused.Problem == matter.Stale:
		return book.Say("slack_stale", values)
	case refused.Problem == matter.Conflict && refused.Field == "key":
		return book.Say("slack_twice", values)
	case refused.Problem == matter.Conflict && m.State == "":
		return book.Say("slack_no_state_now", values)
	case refused.Problem == matter.Conflict:
		return book.Say("slack_no_state", values)
	}
	return wrongValue(book, refused.Field)
}

// wrongValue says what is wrong with one field of a form.
func wrongValue(book prompts.Book, field string) string {
	if key := "form_wrong_" + field; book.Has(key) {
		return book.Say(key, nil)
	}
	return book.Say("form_wrong", nil)
}
