package slack

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	slackgo "github.com/slack-go/slack"

	"sanshi/internal/call"
	"sanshi/internal/desk"
	"sanshi/internal/directory"
	"sanshi/internal/matter"
	"sanshi/internal/message"
	"sanshi/prompts"
)

// The calls to make: the same list as in the console, for who asks alone. It shows
// no whole number and nobody's words: these stand in the form of whoever took the call.

const (
	callAction = "call_" // begins the action_id of a call's buttons; a deed follows
	mostCalls  = 20      // two blocks each, far below what a message holds
	callNote   = 500     // characters, as in the console
)

// callValue is the value of a call's buttons: which one, and how it stood.
func callValue(c directory.Callback) string {
	return c.ID + ":" + strconv.Itoa(c.Tries) + ":" + c.TakenBy
}

func readCallValue(s string) (id string, seen *call.Seen, ok bool) {
	parts := strings.SplitN(s, ":", 3)
	if len(parts) != 3 || !idLike(parts[0]) {
		return "", nil, false
	}
	tries, err := strconv.Atoi(parts[1])
	return parts[0], &call.Seen{Tries: tries, TakenBy: parts[2]}, err == nil
}

// callsOf answers with the calls that an account may make, in all its villages.
func (h *Hook) callsOf(ctx context.Context, people []person) reply {
	var blocks []slackgo.Block
	left := mostCalls
	for _, p := range people {
		all, err := h.Desk.Calls(ctx, p.village.ID, p.staff.ID)
		if err != nil {
			return privately(reason(p.book(), matter.Matter{}, err))
		}
		shown := min(len(all), left)
		left -= shown
		blocks = append(blocks, h.callBlocks(p, all, shown)...)
	}
	book := people[0].book()
	if len(blocks) == 0 {
		return privately(book.Say("slack_calls_none", nil))
	}
	return privately(book.Say("slack_call_title", nil), blocks[:min(len(blocks), mostBlocks)]...)
}

// callBlocks draws the first calls of one village, and says how many more there are.
func (h *Hook) callBlocks(p person, all []directory.Callback, shown int) []slackgo.Block {
	if len(all) == 0 {
		return nil
	}
	book := p.book()
	head := book.Say("slack_calls", prompts.Values{"village": p.village.Name, "n": itoa(len(all))})
	blocks := []slackgo.Block{small(safe(head), book.Say("slack_calls_hint", nil))}
	for _, c := range all[:shown] {
		blocks = append(blocks, section("", marked(h.callLine(p, c), mostSection)), callButtons(p, c))
	}
	if more := len(all) - shown; more > 0 {
		blocks = append(blocks, small(book.Say("slack_calls_more", prompts.Values{"n": itoa(more)})))
	}
	return blocks
}

// callLine is one call: who, why, promised when, and who has it. Of a private one
// not even why: that would tell what it is about.
func (h *Hook) callLine(p person, c directory.Callback) string {
	book := p.book()
	var facts []string
	if due := (prompts.Values{"due": hourOf(book, p.village, c.DueAt)}); call.Overdue(c, h.Now()) {
		facts = append(facts, book.Say("slack_call_late", due))
	} else if !c.DueAt.IsZero() { // else the clock settles it in a moment
		facts = append(facts, book.Say("slack_call_due", due))
	}
	switch {
	case c.TakenBy != "":
		facts = append(facts, book.Say("slack_call_taken", prompts.Values{"who": safe(nameOfStaff(p.village, c.TakenBy))}))
	case c.For != "":
		facts = append(facts, book.Say("slack_call_for", prompts.Values{"who": safe(nameOfStaff(p.village, c.For))}))
	}
	if c.Tries > 0 {
		facts = append(facts, book.Say("slack_call_tries", prompts.Values{"n": itoa(c.Tries)}))
	}
	switch {
	case call.Visit(c):
		facts = append(facts, book.Say("slack_call_visit", nil))
	case !c.AgainAt.IsZero():
		facts = append(facts, book.Say("slack_call_again", prompts.Values{"due": hourOf(book, p.village, c.AgainAt)}))
	}
	return "*" + safe(callTitle(book, c)) + "*\n" + strings.Join(facts, "　")
}

func callTitle(book prompts.Book, c directory.Callback) string {
	if c.Private {
		return sealedName(book, matter.Matter{Number: c.Number})
	}
	why := book.Say("call_"+c.Reason, nil)
	if c.Number != "" {
		why = book.Say("card_name", prompts.Values{"what": why, "number": c.Number})
	}
	return book.Say("slack_call_why", prompts.Values{"who": maskedNumber(c.Address), "why": why})
}

// maskedNumber is a number as lists show it, with no mark that Slack would read.
func maskedNumber(a message.Address) string {
	n := []rune(a.User())
	if len(n) < 6 {
		return "…"
	}
	return string(n[:3]) + "…" + string(n[len(n)-2:])
}

func hourOf(book prompts.Book, v *directory.Village, t time.Time) string {
	if v.Location != nil {
		t = t.In(v.Location)
	}
	return day(book, v, t) + " " + t.Format("15:04")
}

func callButtons(p person, c directory.Callback) slackgo.Block {
	var row []slackgo.BlockElement
	for _, d := range call.Deeds() {
		b := slackgo.NewButtonBlockElement(callAction+string(d), callValue(c), plainText(p.book().Say("slack_call_"+string(d), nil), mostButton))
		if d == call.Taken {
			b.Style = slackgo.StylePrimary
		}
		row = append(row, b)
	}
	return slackgo.NewActionBlock("", row...)
}

// findCall finds a call that the account may work on, in any of its villages.
// What it may not know of is not found.
func (h *Hook) findCall(ctx context.Context, user, id string) (person, directory.Callback, error) {
	people, err := h.people(ctx, user)
	if err != nil {
		return person{slack: user}, directory.Callback{}, err
	}
	for _, p := range people {
		c, err := h.Store.Callback(ctx, p.village.ID, id)
		switch {
		case errors.Is(err, desk.ErrNotFound):
			continue
		case err == nil && !call.MayRead(p.village, c, p.staff):
			err = desk.ErrNotFound
		}
		return p, c, err
	}
	return people[0], directory.Callback{}, desk.ErrNotFound
}

// pressCall carries out a button of the list. To take a call and to miss it need
// no words and are done before the answer; the rest is said in the form.
func (h *Hook) pressCall(ctx context.Context, p press, do call.Deed) {
	id, seen, ok := readCallValue(p.matter)
	if !ok {
		h.Log.Warn("slack: a button that nobody knows", "action", cut(string(p.event), 40))
		return
	}
	if do == call.Reached || do == call.Wrong {
		h.openCall(p, id, do)
		return
	}
	who, _, err := h.findCall(ctx, p.user, id)
	var after directory.Callback
	if err == nil {
		after, err = h.Desk.Call(ctx, who.village.ID, id, who.staff.ID, call.Act{Do: do, Seen: seen})
	}
	switch {
	case err != nil:
		h.refusedCall(p.channel, p.user, who, err)
	case do == call.Taken:
		h.openCall(p, id, call.Reached)
	default:
		h.tell(p.channel, p.user, didCall(who, after, do))
	}
}

func didCall(who person, c directory.Callback, do call.Deed) string {
	book := who.book()
	return book.Say("slack_call_did_"+string(do), prompts.Values{"due": hourOf(book, who.village, c.AgainAt)})
}

// refusedCall says why nothing was done; with the list as it is now, if hers is old.
func (h *Hook) refusedCall(channel, user string, who person, err error) {
	text := callReason(who.book(), err)
	var refused *matter.Error
	if !errors.As(err, &refused) || refused.Problem != matter.Stale {
		h.tell(channel, user, text)
		return
	}
	h.later("a fresh list of calls", func(ctx context.Context) error {
		fresh := h.callsOf(ctx, []person{who})
		blocks := append([]slackgo.Block{small(text)}, fresh.Blocks...)
		return h.note(ctx, channel, user, text, blocks[:min(len(blocks), mostBlocks)])
	})
}

// callReason puts an error into words. Who may not know of a call is told the same
// as of one that is not there.
func callReason(book prompts.Book, err error) string {
	var refused *matter.Error
	switch {
	case errors.Is(err, desk.ErrNotFound):
		return book.Say("slack_call_gone", nil)
	case !errors.As(err, &refused):
		return reason(book, matter.Matter{}, err)
	case refused.Problem == matter.Stale:
		return book.Say("slack_call_changed", nil)
	case refused.Problem == matter.Invalid:
		return book.Say("form_wrong", nil)
	}
	return book.Say("slack_call_gone", nil)
}
