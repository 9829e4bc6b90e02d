package slack

import (
	"context"
	"errors"
	"strings"

	slackgo "github.com/slack-go/slack"

	"sanshi/internal/call"
	"sanshi/internal/directory"
	"sanshi/internal/matter"
	"sanshi/prompts"
)

// openCall shows the form of a call: whom to ring, and how it went, beginning with
// do. Only who took it sees the number, and what was said.
func (h *Hook) openCall(p press, id string, do call.Deed) {
	h.later("the form of a call", func(ctx context.Context) error {
		view, err := h.Client.OpenView(ctx, p.trigger, loading())
		if err != nil {
			return errors.Join(err, h.note(ctx, p.channel, p.user, prompts.Staff("").Say("slack_open_again", nil), nil))
		}
		who, c, err := h.findCall(ctx, p.user, id)
		if err == nil && !c.DoneAt.IsZero() {
			err = matter.Refuse(matter.Conflict, "do", "this call is done")
		}
		var lines []slackgo.Block
		if err == nil {
			lines, err = h.callFacts(ctx, who, c)
		}
		if err != nil {
			return h.Client.UpdateView(ctx, view, h.saying(who, callReason(who.book(), err)))
		}
		return h.Client.UpdateView(ctx, view, h.callForm(who, c, do, p.channel, lines))
	})
}

func (h *Hook) callForm(who person, c directory.Callback, do call.Deed, channel string, lines []slackgo.Block) slackgo.ModalViewRequest {
	book := who.book()
	d := drawing{h: h, who: who, book: book}
	note := slackgo.NewPlainTextInputBlockElement(nil, "note")
	note.Multiline, note.MaxLength = true, callNote
	blocks := append([]slackgo.Block{small(safe(callTitle(book, c)))}, lines...)
	blocks = append(blocks,
		d.input("result", d.radio("result", "slack_call_", string(do), string(call.Reached), string(call.Missed), string(call.Wrong)), false),
		d.input("note", note, true))
	return slackgo.ModalViewRequest{
		Type: slackgo.VTModal, CallbackID: formCall, PrivateMetadata: meta{Village: who.village.ID, Channel: channel, Call: callValue(c)}.String(),
		Title: plainText(book.Say("slack_call_title", nil), mostTitle), Submit: plainText(book.Say("form_submit", nil), mostTitle),
		Close: plainText(book.Say("form_cancel", nil), mostTitle), Blocks: blocksOf(blocks...),
	}
}

// callFacts are the number and the words, for who took the call; of a private
// matter, as in the console, after she revealed it to herself with a reason.
func (h *Hook) callFacts(ctx context.Context, who person, c directory.Callback) ([]slackgo.Block, error) {
	book := who.book()
	if c.TakenBy != who.staff.ID {
		return []slackgo.Block{small(book.Say("slack_call_not_taken", nil))}, nil
	}
	if c.Private {
		m, err := h.Store.Matter(ctx, who.village.ID, c.Matter)
		if err != nil {
			return nil, err
		}
		if !who.reads(m) {
			return []slackgo.Block{small(safe(book.Say("slack_call_sealed", prompts.Values{"number": c.Number})))}, nil
		}
	}
	line := func(key string, v prompts.Values) slackgo.Block {
		return section("", plainText(book.Say(key, v), mostSection))
	}
	blocks := []slackgo.Block{line("slack_call_number", prompts.Values{"phone": c.Address.User()})}
	if c.Note != "" {
		blocks = append(blocks, line("slack_call_words", prompts.Values{"text": c.Note}))
	}
	if c.Remark != "" {
		blocks = append(blocks, line("slack_call_remark", prompts.Values{"text": c.Remark}))
	}
	contact, err := h.Store.Contact(ctx, who.village.ID, c.Address)
	if contact == directory.QuietContact {
		blocks = append(blocks, line("slack_call_quiet", nil))
	}
	if c.Reason == directory.CallErase || c.Reason == directory.CallCopy {
		blocks = append(blocks, small(book.Say("slack_call_console", nil)))
	}
	return append(blocks, small(book.Say("form_keep_to_yourself", nil))), err
}

// submitCall takes down what came of a call. The same form sent again changes
// nothing: a call that is done stays as it is, and a try counts once.
func (h *Hook) submitCall(ctx context.Context, ic slackgo.InteractionCallback, about meta) any {
	id, seen, ok := readCallValue(about.Call)
	if !ok {
		return nil
	}
	who, err := h.in(ctx, ic.User.ID, about.Village)
	values := answers{ic.View.State}
	a := call.Act{Do: call.Deed(values.chosen("result")), Note: cut(strings.TrimSpace(values.of("note").Value), callNote), Seen: seen}
	var after directory.Callback
	if err == nil {
		after, err = h.Desk.Call(ctx, who.village.ID, id, who.staff.ID, a)
	}
	if err != nil {
		return slackgo.NewErrorsViewSubmissionResponse(map[string]string{"result": callReason(who.book(), err)})
	}
	h.tell(about.Channel, ic.User.ID, didCall(who, after, a.Do))
	return slackgo.NewClearViewSubmissionResponse()
}
