package slack

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	slackgo "github.com/slack-go/slack"

	"sanshi/internal/matter"
	"sanshi/prompts"
)

// formRow says what the form of an event asks for; a mark of ? lets it stay empty.
// A new form is a new row.
type formRow struct {
	on     matter.EventKind
	fields []string
}

// formRows are the events that need words or a choice.
func formRows() []formRow {
	return []formRow{
		{matter.Correct, []string{"code", "area?", "urgency", "approve"}},
		{matter.Finish, []string{"outcome", "proof?", "photo?"}},
		{matter.Return, []string{"reason"}},
		{matter.Decline, []string{"reason"}},
		{matter.Ask, []string{"question", "for"}},
		{matter.Merge, []string{"into"}},
		{matter.Assign, []string{"assignee"}},
		{matter.Plan, []string{"date", "remark?"}},
		{matter.Resolve, []string{"resolution", "assignee?", "remark?"}},
		{matter.Transfer, []string{"code", "remark?"}},
		{matter.Reopen, []string{"remark?"}},
		{matter.Note, []string{"note"}},
		{matter.Split, []string{"code", "note"}},
		{matter.Reveal, []string{"reason"}},
	}
}

func formFor(on matter.EventKind) (formRow, bool) {
	i := slices.IndexFunc(formRows(), func(f formRow) bool { return f.on == on })
	if i < 0 {
		return formRow{}, false
	}
	return formRows()[i], true
}

// The forms, by what their submission means.
const (
	formAct  = "act"  // an event of meta.Event
	formSend = "send" // a question that was previewed
	formNew  = "new"  // a matter for somebody
	formCall = "call" // what came of a call
)

// meta is what a form carries to its submission. Slack keeps it; nobody can see or
// change it there. Who may do what is asked again all the same.
type meta struct {
	Village string           `json:"v,omitempty"`
	Matter  string           `json:"m,omitempty"`
	Version int              `json:"n,omitempty"`
	Event   matter.EventKind `json:"e,omitempty"`
	Channel string           `json:"c,omitempty"`
	File    string           `json:"f,omitempty"` // of Slack, to become a photo
	Note    string           `json:"q,omitempty"` // the question that was previewed
	For     string           `json:"w,omitempty"` // whom it waits for
	Call    string           `json:"k,omitempty"` // of a call: its value, as on a button
}

func (m meta) String() string {
	b, err := json.Marshal(m)
	if err != nil {
		return "" // cannot be: it is plain values
	}
	return string(b)
}

func readMeta(s string) (m meta, err error) {
	err = json.Unmarshal([]byte(s), &m)
	return m, err
}

// openForm shows the form of an event. The trigger lives three seconds, so a light
// view is opened before anything is read, and filled afterwards.
func (h *Hook) openForm(p press) {
	h.later("a form", func(ctx context.Context) error {
		id, err := h.Client.OpenView(ctx, p.trigger, loading())
		if err != nil {
			return errors.Join(err, h.note(ctx, p.channel, p.user, prompts.Staff("").Say("slack_open_again", nil), nil))
		}
		who, m, err := h.find(ctx, p.user, p.matter)
		view := slackgo.ModalViewRequest{}
		switch {
		case err != nil:
			view = h.saying(who, reason(who.book(), m, err))
		default:
			view = h.form(ctx, who, m, meta{Village: who.village.ID, Matter: m.ID, Version: p.version, Event: p.event, Channel: p.channel}, "")
		}
		return h.Client.UpdateView(ctx, id, view)
	})
}

// loading is the light view; it has nothing to press.
func loading() slackgo.ModalViewRequest {
	return slackgo.ModalViewRequest{Type: slackgo.VTModal, Title: plainText("三事", mostTitle),
		Blocks: blocksOf(section("", plainText(prompts.Staff("zh-Hans").Say("form_opening", nil)+" "+prompts.Staff("en").Say("form_opening", nil), mostSection)))}
}

// saying is a view that tells one thing.
func (h *Hook) saying(who person, text string) slackgo.ModalViewRequest {
	book := who.book()
	return slackgo.ModalViewRequest{Type: slackgo.VTModal, Title: plainText("三事", mostTitle), Close: plainText(book.Say("form_close", nil), mostTitle),
		Blocks: blocksOf(section("", plainText(text, mostSection)))}
}

// form draws the form of an event for one person, or says why there is none. words
// are what the note begins with.
func (h *Hook) form(ctx context.Context, who person, m matter.Matter, about meta, words string) slackgo.ModalViewRequest {
	row, ok := formFor(about.Event)
	book := who.book()
	if ok && about.Event == matter.Reveal && who.reads(m) { // on the record already
		return h.wordsOf(who, m)
	}
	if !ok || !slices.Contains(h.Allowed(who.village, m, who.staff), about.Event) {
		key := "slack_no_state"
		if m.Private {
			key = "slack_no_right_private"
		}
		return h.saying(who, book.Say(key, prompts.Values{"number": m.Number, "state": book.Say("state_"+string(m.State), nil)}))
	}
	d := drawing{h: h, who: who, matter: m, book: book, words: words}
	blocks := []slackgo.Block{d.headline()}
	for _, f := range row.fields {
		if f == "photo?" && about.File != "" {
			continue
		}
		if b := d.field(f); b != nil {
			blocks = append(blocks, b)
		}
	}
	if about.File != "" {
		blocks = append(blocks, small(book.Say("form_with_photo", nil)))
	}
	submit := "form_submit"
	if about.Event == matter.Ask {
		submit = "form_preview"
	}
	return slackgo.ModalViewRequest{
		Type: slackgo.VTModal, CallbackID: formAct, PrivateMetadata: about.String(),
		Title:  plainText(book.Say("form_title_"+string(about.Event), nil), mostTitle),
		Submit: plainText(book.Say(submit, nil), mostTitle), Close: plainText(book.Say("form_cancel", nil), mostTitle),
		Blocks: blocksOf(blocks...),
	}
}

// wordsOf shows the words of a matter to somebody who may read them: the only
// place in Slack where those of a private one stand.
func (h *Hook) wordsOf(who person, m matter.Matter) slackgo.ModalViewRequest {
	book := who.book()
	line := func(key, value string) slackgo.Block {
		return section("", plainText(book.Say("form_f_"+key, nil)+"：\n"+value, mostSection))
	}
	blocks := []slackgo.Block{drawing{h: h, who: who, matter: m, book: book}.headline(), line("text", m.Text)}
	for _, x := range [][2]string{{"place", m.Place}, {"name", m.Name}, {"phone", m.Resident.User()}} {
		if x[1] != "" {
			blocks = append(blocks, line(x[0], x[1]))
		}
	}
	blocks = append(blocks, small(book.Say("form_keep_to_yourself", nil)))
	return slackgo.ModalViewRequest{Type: slackgo.VTModal, Title: plainText(book.Say("form_title_reveal", nil), mostTitle),
		Close: plainText(book.Say("form_close", nil), mostTitle), Blocks: blocksOf(blocks...)}
}

func blocksOf(b ...slackgo.Block) slackgo.Blocks { return slackgo.Blocks{BlockSet: b} }
