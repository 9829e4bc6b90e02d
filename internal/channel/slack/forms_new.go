package slack

import (
	"context"
	"errors"
	"strings"

	slackgo "github.com/slack-go/slack"

	"sanshi/internal/desk"
	"sanshi/internal/directory"
	"sanshi/internal/matter"
	"sanshi/internal/message"
	"sanshi/prompts"
)

// A matter for somebody: she called, came by, or put a letter into the red box.

// openNew shows the form, with words and number as they were typed already.
func (h *Hook) openNew(user, trigger, typed string) {
	h.later("a form", func(ctx context.Context) error {
		id, err := h.Client.OpenView(ctx, trigger, loading())
		if err != nil {
			return errors.Join(err, h.note(ctx, "", user, prompts.Staff("").Say("slack_open_again", nil), nil))
		}
		people, err := h.people(ctx, user)
		if err != nil {
			return h.Client.UpdateView(ctx, id, h.saying(person{}, reason(prompts.Staff(""), matter.Matter{}, err)))
		}
		return h.Client.UpdateView(ctx, id, h.newForm(people, typed))
	})
}

func (h *Hook) newForm(people []person, typed string) slackgo.ModalViewRequest {
	p := people[0]
	book := p.book()
	phone, words := splitPhone(typed)
	d := drawing{h: h, who: p, book: book, words: words}
	line := func(id, initial string, most int, optional bool) slackgo.Block {
		x := slackgo.NewPlainTextInputBlockElement(nil, id)
		x.InitialValue, x.MaxLength = cut(initial, most), most
		b := slackgo.NewInputBlock(id, plainText(book.Say("form_f_"+id, nil), mostButton), nil, x)
		b.Optional = optional
		return b
	}
	text := slackgo.NewPlainTextInputBlockElement(nil, "text")
	text.Multiline, text.MaxLength, text.InitialValue = true, mostNote, cut(words, mostNote)
	var blocks []slackgo.Block
	if len(people) > 1 {
		blocks = append(blocks, d.input("village", d.villages(people), false))
	}
	blocks = append(blocks, line("phone", phone, 40, true), line("name", "", 40, true), d.input("text", text, false))
	if area := d.areas(); area != nil && len(people) == 1 {
		blocks = append(blocks, d.input("area", area, true))
	}
	blocks = append(blocks, d.input("code", d.codes(true), true), small(book.Say("form_new_hint", nil)))
	return slackgo.ModalViewRequest{
		Type: slackgo.VTModal, CallbackID: formNew, PrivateMetadata: meta{Village: p.village.ID}.String(),
		Title: plainText(book.Say("form_title_new", nil), mostTitle), Submit: plainText(book.Say("form_submit", nil), mostTitle),
		Close: plainText(book.Say("form_cancel", nil), mostTitle), Blocks: blocksOf(blocks...),
	}
}

func (d drawing) input(id string, element slackgo.BlockElement, optional bool) slackgo.Block {
	b := slackgo.NewInputBlock(id, plainText(d.book.Say("form_f_"+id, nil), mostButton), nil, element)
	b.Optional = optional
	return b
}

func (d drawing) villages(people []person) slackgo.BlockElement {
	x := slackgo.NewOptionsSelectBlockElement(slackgo.OptTypeStatic, nil, "village")
	for _, p := range people[:min(len(people), mostSelect)] {
		x.Options = append(x.Options, d.option(p.village.ID, p.village.Name))
	}
	x.InitialOption = x.Options[0]
	return x
}

// splitPhone takes a number off the beginning of what was typed.
func splitPhone(typed string) (phone, words string) {
	head, tail, _ := strings.Cut(strings.TrimSpace(typed), " ")
	digits := strings.Count(strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return '0'
		}
		return r
	}, head), "0")
	if digits >= 7 && strings.Trim(head, "+0123456789-") == "" {
		return head, strings.TrimSpace(tail)
	}
	return "", strings.TrimSpace(typed)
}

func (h *Hook) submitNew(ctx context.Context, ic slackgo.InteractionCallback, about meta) any {
	v := answers{ic.View.State}
	who, err := h.in(ctx, ic.User.ID, firstOf(v.chosen("village"), about.Village))
	if err != nil {
		return h.wrong(ic, who, matter.Matter{}, err)
	}
	r := desk.Raising{Village: who.village.ID, By: who.staff.ID, Via: "slack", Name: strings.TrimSpace(v.of("name").Value),
		Text: cut(strings.TrimSpace(v.of("text").Value), mostNote), Area: v.chosen("area"), Code: v.chosen("code"), Key: viewKey(ic)}
	if r.For, err = phoneOf(who.village, v.of("phone").Value); err != nil {
		return h.wrong(ic, who, matter.Matter{}, err)
	}
	r.Digest = digest(r.For, r.Name, r.Text, r.Area, r.Code)
	m, err := h.Desk.Raise(ctx, r)
	if err != nil {
		return h.wrong(ic, who, matter.Matter{}, err)
	}
	key := "form_raised"
	if r.For == "" {
		key = "form_raised_unknown"
	}
	view := h.saying(who, who.book().Say(key, prompts.Values{"number": m.Number}))
	return slackgo.NewUpdateViewSubmissionResponse(&view)
}

// phoneOf reads a number as people write it; "" is nobody's.
func phoneOf(v *directory.Village, s string) (message.Address, error) {
	if strings.TrimSpace(s) == "" {
		return "", nil
	}
	n, err := directory.Normalize(v.Country, s)
	if err != nil {
		return "", matter.Refuse(matter.Invalid, "phone", "this is no phone number")
	}
	for _, own := range v.SMS {
		if n == own {
			return "", matter.Refuse(matter.Invalid, "phone", "this is the village's own number")
		}
	}
	return message.ParseAddress(n)
}
