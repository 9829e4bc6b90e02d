package slack

import (
	"context"

	slackgo "github.com/slack-go/slack"

	"sanshi/internal/matter"
	"sanshi/internal/message"
	"sanshi/prompts"
)

// A question goes to a resident only after somebody saw it as it will arrive, and
// pressed Send.

// preview shows exactly the text that a question becomes, with its signature and
// what it costs. Nothing is kept yet.
func (h *Hook) preview(ctx context.Context, ic slackgo.InteractionCallback, who person, m matter.Matter, a matter.Act, about meta) any {
	texts, err := h.Desk.Preview(ctx, request(who, m, a, ""))
	if err != nil {
		return h.wrong(ic, who, m, err)
	}
	book := who.book()
	about.Note, about.For, about.Event = a.Note, a.Detail.For, matter.Ask
	blocks := []slackgo.Block{drawing{h: h, who: who, matter: m, book: book}.headline()}
	switch {
	case a.Detail.For == matter.ForThird:
		blocks = append(blocks, section("", plainText(book.Say("form_ask_third", prompts.Values{"note": a.Note}), mostSection)))
	case len(texts) == 0:
		blocks = append(blocks, section("", plainText(book.Say("form_ask_no_text", nil), mostSection)))
	}
	for _, t := range texts {
		blocks = append(blocks, section("", plainText(t.Text, mostSection)), small(safe(h.costs(who, book, t))))
	}
	v := slackgo.ModalViewRequest{
		Type: slackgo.VTModal, CallbackID: formSend, PrivateMetadata: about.String(), Title: plainText(book.Say("form_title_send", nil), mostTitle),
		Submit: plainText(book.Say("form_send", nil), mostTitle), Close: plainText(book.Say("form_back", nil), mostTitle), Blocks: blocksOf(blocks...),
	}
	return slackgo.NewPushViewSubmissionResponse(&v)
}

// costs says to whom a text goes, when, and how many segments it takes.
func (h *Hook) costs(who person, book prompts.Book, t message.Outbound) string {
	when := book.Say("form_at_once", nil)
	if t.NotBefore.After(h.Now()) {
		there := who.village.Location
		when = book.Say("form_at", prompts.Values{"time": t.NotBefore.In(there).Format("15:04")})
	}
	return book.Say("form_costs", prompts.Values{"to": t.To.Masked(), "n": itoa(message.Segments(t.Text)), "when": when})
}

// send asks what was previewed.
func (h *Hook) send(ctx context.Context, ic slackgo.InteractionCallback, who person, m matter.Matter, about meta) any {
	a := matter.Act{Kind: matter.Ask, Version: about.Version, Note: about.Note, Detail: matter.Detail{For: about.For}}
	after, err := h.act(ctx, who, m, a, viewKey(ic))
	if err != nil {
		return h.wrong(ic, who, m, err)
	}
	h.done(press{user: ic.User.ID, channel: about.Channel}, who, matter.Ask, after)
	return slackgo.NewClearViewSubmissionResponse()
}
