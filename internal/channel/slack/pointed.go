package slack

import (
	"context"
	"errors"

	slackgo "github.com/slack-go/slack"

	"sanshi/internal/desk"
	"sanshi/internal/matter"
	"sanshi/prompts"
)

// The two message menus by which somebody makes a message part of a matter. What
// is written in a thread stays among staff unless one of them is used, and a
// resident sees none of it even then.
const (
	pointNote  = "note_it"
	pointPhoto = "use_photo"
)

// pointed opens the note's form for the matter in whose thread a message stands,
// with the words of the message or its picture.
func (h *Hook) pointed(ic slackgo.InteractionCallback) {
	if ic.CallbackID != pointNote && ic.CallbackID != pointPhoto {
		return
	}
	h.later("a form", func(ctx context.Context) error {
		id, err := h.Client.OpenView(ctx, ic.TriggerID, loading())
		if err != nil {
			return errors.Join(err, h.note(ctx, ic.Channel.ID, ic.User.ID, prompts.Staff("").Say("slack_open_again", nil), nil))
		}
		return h.Client.UpdateView(ctx, id, h.pointedForm(ctx, ic))
	})
}

func (h *Hook) pointedForm(ctx context.Context, ic slackgo.InteractionCallback) slackgo.ModalViewRequest {
	who, m, err := h.matterAt(ctx, ic)
	book := who.book()
	about := meta{Matter: m.ID, Version: m.Version, Event: matter.Note, Channel: ic.Channel.ID}
	words := ic.Message.Text
	switch {
	case errors.Is(err, desk.ErrNotFound):
		return h.saying(who, book.Say("slack_no_card_here", nil))
	case err != nil:
		return h.saying(who, reason(book, m, err))
	case ic.CallbackID == pointPhoto && len(ic.Message.Files) == 0:
		return h.saying(who, book.Say("slack_no_photo_here", nil))
	case ic.CallbackID == pointPhoto:
		about.File = ic.Message.Files[0].ID
		words = firstOf(words, book.Say("form_photo_of_thread", nil))
	}
	about.Village = who.village.ID
	return h.form(ctx, who, m, about, words)
}

// matterAt finds the matter on whose card, or in whose card's thread, a message
// stands. The database knows where each card is: what a message says of itself
// counts for nothing.
func (h *Hook) matterAt(ctx context.Context, ic slackgo.InteractionCallback) (person, matter.Matter, error) {
	people, err := h.people(ctx, ic.User.ID)
	if err != nil {
		return person{}, matter.Matter{}, err
	}
	ts := firstOf(ic.Message.ThreadTimestamp, ic.Message.Timestamp)
	for _, p := range people {
		id, err := h.Store.CardAt(ctx, p.village.ID, ic.Channel.ID, ts)
		if errors.Is(err, desk.ErrNotFound) {
			continue
		}
		if err != nil {
			return p, matter.Matter{}, err
		}
		m, err := h.Store.Matter(ctx, p.village.ID, id)
		return p, m, err
	}
	return people[0], matter.Matter{}, desk.ErrNotFound
}
