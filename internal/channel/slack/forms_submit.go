package slack

import (
	"context"
	"errors"
	"strings"
	"time"

	slackgo "github.com/slack-go/slack"

	"sanshi/internal/catalog"
	"sanshi/internal/matter"
	"sanshi/prompts"
)

// submitted carries out a form that was sent. It is done before the answer: Slack
// closes the form on an empty one, and the person takes it as done.
func (h *Hook) submitted(ctx context.Context, ic slackgo.InteractionCallback) any {
	about, err := readMeta(ic.View.PrivateMetadata)
	if err != nil {
		return nil // no form of ours
	}
	switch ic.View.CallbackID {
	case formAct, formSend:
		who, m, err := h.formOf(ctx, ic.User.ID, about)
		if err != nil {
			return h.wrong(ic, who, m, err)
		}
		if ic.View.CallbackID == formSend {
			return h.send(ctx, ic, who, m, about)
		}
		return h.submitAct(ctx, ic, who, m, about)
	case formNew:
		return h.submitNew(ctx, ic, about)
	case formCall:
		return h.submitCall(ctx, ic, about)
	}
	return nil
}

// formOf finds who sends the form and the matter it is about, in its village.
func (h *Hook) formOf(ctx context.Context, user string, about meta) (who person, m matter.Matter, err error) {
	if who, err = h.in(ctx, user, about.Village); err != nil {
		return who, m, err
	}
	m, err = h.Store.Matter(ctx, who.village.ID, about.Matter)
	return who, m, err
}

func (h *Hook) submitAct(ctx context.Context, ic slackgo.InteractionCallback, who person, m matter.Matter, about meta) any {
	row, ok := formFor(about.Event)
	if !ok {
		return nil
	}
	values := answers{ic.View.State}
	a, err := values.act(row, who, about)
	if err != nil {
		return h.wrong(ic, who, m, err)
	}
	file := firstOf(about.File, values.file())
	switch {
	case about.Event == matter.Ask:
		return h.preview(ctx, ic, who, m, a, about)
	case file != "":
		return h.withPhoto(ic, who, m, a, about, file)
	}
	after, err := h.act(ctx, who, m, a, viewKey(ic))
	if err != nil {
		return h.wrong(ic, who, m, err)
	}
	if about.Event == matter.Reveal {
		v := h.wordsOf(who, after)
		return slackgo.NewUpdateViewSubmissionResponse(&v)
	}
	h.done(press{user: ic.User.ID, channel: about.Channel}, who, about.Event, after)
	return slackgo.NewClearViewSubmissionResponse()
}

// viewKey makes a form count once, however often it is sent.
func viewKey(ic slackgo.InteractionCallback) string {
	if ic.View.ID == "" {
		return ""
	}
	return "slack:view:" + ic.User.ID + ":" + ic.View.ID
}

// wrong shows an error where it belongs: at its field, else at the first one; in a
// view without fields, in its place.
func (h *Hook) wrong(ic slackgo.InteractionCallback, who person, m matter.Matter, err error) any {
	text := reason(who.book(), m, err)
	var refused *matter.Error
	field := ""
	if errors.As(err, &refused) {
		field = refused.Field
	}
	if field == "kind" {
		field = "code"
	}
	if refused != nil && refused.Problem == matter.Stale {
		if about, err := readMeta(ic.View.PrivateMetadata); err == nil {
			h.refusedTo(about.Channel, who, m, refused)
		}
	}
	first := ""
	for _, b := range ic.View.Blocks.BlockSet {
		in, ok := b.(*slackgo.InputBlock)
		if !ok {
			continue
		}
		if in.BlockID == field {
			return slackgo.NewErrorsViewSubmissionResponse(map[string]string{field: text})
		}
		first = firstOf(first, in.BlockID)
	}
	if first != "" {
		return slackgo.NewErrorsViewSubmissionResponse(map[string]string{first: text})
	}
	v := h.saying(who, text)
	return slackgo.NewUpdateViewSubmissionResponse(&v)
}

// answers are the values of a form's fields.
type answers struct{ state *slackgo.ViewState }

func (v answers) of(field string) slackgo.BlockAction {
	if v.state == nil {
		return slackgo.BlockAction{}
	}
	return v.state.Values[field][field]
}

func (v answers) chosen(field string) string { return v.of(field).SelectedOption.Value }

// file is the id of the picture that was put into the form, if any.
func (v answers) file() string {
	if f := v.of("photo").Files; len(f) > 0 {
		return f[0].ID
	}
	return ""
}

// act reads the fields that the form of the event has; what they mean, the
// workflow decides.
func (v answers) act(row formRow, who person, about meta) (matter.Act, error) {
	a := matter.Act{Kind: row.on, Version: about.Version}
	for _, f := range row.fields {
		f = strings.TrimSuffix(f, "?")
		d := &a.Detail
		switch f {
		case "code":
			if d.Code = v.chosen(f); d.Code != "" {
				d.Kind = catalog.KindOf(d.Code)
			}
		case "area":
			d.Area = v.chosen(f)
		case "urgency":
			d.Urgency = catalog.Urgency(v.chosen(f))
		case "approve":
			a.Approve = len(v.of(f).SelectedOptions) > 0
		case "outcome", "resolution":
			d.Outcome = v.chosen("outcome")
		case "for":
			d.For = v.chosen(f)
		case "into":
			d.Into = v.chosen(f)
		case "assignee":
			d.Assignee = v.chosen(f)
		case "date":
			due, err := endOfDay(v.of(f).SelectedDate, who.village.Location)
			if err != nil {
				return a, err
			}
			d.Due = due
		case "photo":
		default:
			a.Note = cut(strings.TrimSpace(v.of("note").Value), mostNote)
		}
	}
	return a, nil
}

// endOfDay takes a date to mean 18:00 there, the end of a working day, as every
// deadline does.
func endOfDay(day string, there *time.Location) (time.Time, error) {
	if there == nil {
		there = time.UTC
	}
	t, err := time.ParseInLocation(time.DateOnly, day, there)
	if err != nil {
		return t, matter.Refuse(matter.Invalid, "date", "a date is needed")
	}
	return t.Add(18 * time.Hour), nil
}

// finished tells, in the form, what became of work that took longer than Slack
// waits for an answer.
func (h *Hook) finished(ctx context.Context, view string, who person, event matter.EventKind, m matter.Matter, err error) error {
	book := who.book()
	text := book.Say("slack_did", prompts.Values{"what": book.Say("form_did_"+string(event), nil), "number": m.Number})
	if err != nil {
		text = reason(book, m, err)
	}
	return h.Client.UpdateView(ctx, view, h.saying(who, text))
}
