package slack

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	slackgo "github.com/slack-go/slack"

	"sanshi/internal/call"
	"sanshi/internal/desk"
	"sanshi/internal/matter"
	"sanshi/prompts"
)

// interaction answers what somebody pressed, sent or asks options for. The answer
// is what Slack shows: errors at a field, the next view, options, or nothing.
func (h *Hook) interaction(ctx context.Context, payload []byte) (any, error) {
	var ic slackgo.InteractionCallback
	if err := json.Unmarshal(payload, &ic); err != nil || ic.User.ID == "" {
		return nil, errGarbled
	}
	switch ic.Type {
	case slackgo.InteractionTypeBlockActions:
		h.pressed(ctx, ic)
	case slackgo.InteractionTypeViewSubmission:
		return h.submitted(ctx, ic), nil
	case slackgo.InteractionTypeBlockSuggestion:
		return h.suggested(ctx, ic), nil
	case slackgo.InteractionTypeMessageAction:
		h.pointed(ic)
	case slackgo.InteractionTypeShortcut:
		h.openNew(ic.User.ID, ic.TriggerID, "")
	}
	return nil, nil // of kinds that came later nothing is known: not ours
}

// press is one button, with all that tells it from another.
type press struct {
	user, channel, trigger string
	place                  string // the message or view it stands in
	home                   bool
	alone                  bool // nobody else sees where it stands, and nothing there changes by itself
	event                  matter.EventKind
	matter                 string
	version                int
	time                   string
}

// pressed carries out presses. What needs words or a choice opens a form; the rest
// is done before the answer, so that nothing that looked accepted is lost.
func (h *Hook) pressed(ctx context.Context, ic slackgo.InteractionCallback) {
	for _, a := range ic.ActionCallback.BlockActions {
		p := press{user: ic.User.ID, channel: firstOf(ic.Container.ChannelID, ic.Channel.ID), trigger: ic.TriggerID,
			place: firstOf(ic.Container.MessageTs, ic.Message.Timestamp, ic.View.ID), home: ic.View.Type == slackgo.VTHomeTab,
			alone: ic.Container.IsEphemeral || strings.HasPrefix(firstOf(ic.Container.ChannelID, ic.Channel.ID), "D"),
			event: matter.EventKind(a.ActionID), matter: a.Value, time: firstOf(a.ActionTs, ic.ActionTs)}
		switch a.ActionID {
		case "pick", "": // only a choice
			continue
		case "approve_picked":
			h.approvePicked(p, picked(ic))
			continue
		case "new":
			h.openNew(p.user, p.trigger, "")
			continue
		}
		if deed, ok := strings.CutPrefix(a.ActionID, callAction); ok {
			h.pressCall(ctx, p, call.Deed(deed))
			continue
		}
		if value := a.SelectedOption.Value; value != "" { // of a menu: EVENT:ID, or an id alone
			p.matter = value
			if event, id, ok := strings.Cut(value, ":"); ok {
				p.event, p.matter = matter.EventKind(event), id
			}
		}
		if id, version, ok := ReadButtonBlock(a.BlockID); ok && id == p.matter {
			p.version = version
		}
		h.press(ctx, p)
	}
}

func (h *Hook) press(ctx context.Context, p press) {
	if _, ok := formFor(p.event); ok {
		h.openForm(p)
		return
	}
	if !slices.Contains(atOnce(), p.event) {
		h.Log.Warn("slack: a button that nobody knows", "action", cut(string(p.event), 40))
		return
	}
	who, m, err := h.find(ctx, p.user, p.matter)
	if err != nil {
		h.lostPress(p, who, err)
		return
	}
	after, err := h.act(ctx, who, m, matter.Act{Kind: p.event, Version: p.version}, p.key())
	if err != nil {
		h.refusedTo(p.channel, who, m, err)
		return
	}
	h.done(p, who, p.event, after)
}

// atOnce are the events that a button alone says all about.
func atOnce() []matter.EventKind {
	return []matter.EventKind{matter.Approve, matter.Claim, matter.Undo, matter.Deliberate}
}

// lostPress answers a press that met no matter.
func (h *Hook) lostPress(p press, who person, err error) {
	if errors.Is(err, errStranger) {
		h.tell(p.channel, p.user, stranger())
		return
	}
	who.slack = p.user
	if who.village == nil { // the database is away: nobody knows whose language
		h.tell(p.channel, p.user, reason(prompts.Staff(""), matter.Matter{}, err))
		return
	}
	h.refusedTo(p.channel, who, matter.Matter{}, err)
}

// key makes a press count once, on whatever node and however often Slack sends it:
// by user, message and time.
func (p press) key() string {
	if p.time == "" || p.place == "" {
		return ""
	}
	return strings.Join([]string{"slack", p.user, p.place, p.time, string(p.event), p.matter}, ":")
}

// act asks the desk, in her name.
func (h *Hook) act(ctx context.Context, who person, m matter.Matter, a matter.Act, key string) (matter.Matter, error) {
	return h.Desk.Act(ctx, request(who, m, a, key))
}

func request(who person, m matter.Matter, a matter.Act, key string) desk.Request {
	a.Via = "slack"
	r := desk.Request{Village: who.village.ID, Matter: m.ID, By: who.staff.ID, Act: a, Key: key}
	if key != "" {
		r.Digest = digest(a.Kind, a.Detail, a.Note, a.Approve)
	}
	return r
}

// digest tells an act from another under the same key.
func digest(parts ...any) string {
	text, err := json.Marshal(parts)
	if err != nil {
		return "" // cannot be: they are plain values
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// done says what was done, where the card does not, and offers to take it back.
func (h *Hook) done(p press, who person, event matter.EventKind, after matter.Matter) {
	if h.Home != nil && p.home {
		h.later("a home page", func(ctx context.Context) error { return h.Home(ctx, p.user) })
		return
	}
	book := who.book()
	if slices.Contains([]matter.EventKind{matter.Claim, matter.Undo, matter.Deliberate}, event) && !p.alone {
		return // the card says so
	}
	text := book.Say("slack_did", prompts.Values{"what": book.Say("form_did_"+string(event), nil), "number": after.Number})
	if !slices.Contains(h.Allowed(who.village, after, who.staff), matter.Undo) {
		h.tell(p.channel, p.user, text)
		return
	}
	text += book.Say("slack_undo_hint", nil)
	h.tell(p.channel, p.user, text, section("", plainText(text, mostSection)), buttons(book, after, []matter.EventKind{matter.Undo}))
}

// picked are the values ID:VERSION that stand ticked in the message.
func picked(ic slackgo.InteractionCallback) []string {
	var out []string
	states := ic.BlockActionState
	if states == nil && ic.View.State != nil {
		states = &slackgo.BlockActionStates{Values: ic.View.State.Values}
	}
	if states == nil {
		return nil
	}
	for _, block := range states.Values {
		for _, o := range block["pick"].SelectedOptions {
			if !slices.Contains(out, o.Value) {
				out = append(out, o.Value)
			}
		}
	}
	slices.Sort(out)
	return out
}

// mostPicked is how many may be approved together: a secretary decides about
// twenty at a time.
const mostPicked = 50

// approvePicked approves each by its own act, then says what was done and what
// was not, and why. Nobody was told before that it is.
func (h *Hook) approvePicked(p press, values []string) {
	h.later("approving together", func(ctx context.Context) error {
		people, err := h.people(ctx, p.user)
		if err != nil {
			h.lostPress(p, person{}, err)
			return nil
		}
		book := people[0].book()
		if len(values) == 0 {
			return h.note(ctx, p.channel, p.user, book.Say("slack_none_picked", nil), nil)
		}
		var done, not []string
		for _, v := range values[:min(len(values), mostPicked)] {
			id, version, ok := ReadButtonBlock(v)
			number, err := "?", error(desk.ErrNotFound)
			var m matter.Matter
			if ok {
				number, m, err = h.approveOne(ctx, p, id, version)
			}
			if err != nil {
				not = append(not, number+" "+reason(book, m, err))
				continue
			}
			done = append(done, number)
		}
		if h.Home != nil && p.home {
			if err := h.Home(ctx, p.user); err != nil {
				h.Log.Warn("slack: a home page failed", "cause", err.Error())
			}
		}
		return h.note(ctx, p.channel, p.user, together(book, done, not), nil)
	})
}

func (h *Hook) approveOne(ctx context.Context, p press, id string, version int) (number string, m matter.Matter, err error) {
	who, m, err := h.find(ctx, p.user, id)
	if err != nil {
		return "?", m, err
	}
	p.event, p.matter = matter.Approve, m.ID
	_, err = h.act(ctx, who, m, matter.Act{Kind: matter.Approve, Version: version}, p.key())
	return m.Number, m, err
}

func together(book prompts.Book, done, not []string) string {
	var lines []string
	if len(done) > 0 {
		lines = append(lines, book.Say("slack_approved_together", prompts.Values{"n": itoa(len(done)), "numbers": strings.Join(done, " ")}))
	}
	if len(not) > 0 {
		lines = append(lines, book.Say("slack_not_approved", prompts.Values{"n": itoa(len(not))}))
		lines = append(lines, not...)
	}
	return strings.Join(lines, "\n")
}

func firstOf(all ...string) string {
	for _, s := range all {
		if s != "" {
			return s
		}
	}
	return ""
}
