package dialogue

import (
	"slices"
	"strconv"
	"strings"

	"sanshi/internal/catalog"
	"sanshi/internal/matter"
	"sanshi/internal/message"
	"sanshi/prompts"
)

// TellStaff says what came of a plan, in one text, and what is remembered of it.
// Like are matters that resemble the one to be shown whole.
func TellStaff(t StaffTurn, p *StaffPlan, done []Result, like []matter.Matter) (out message.Outbound, tray Tray) {
	var w *teller
	var text string
	for _, short := range []int{8, 4, 0} { // with fewer words of each, until it fits
		w = &teller{StaffTurn: t, scribe: scribeFor(t.Village, t.Now), tray: t.Tray, short: short}
		w.after(done)
		text = w.results(done)
		text += w.rest(p, done, text, like)
		if w.scribe.fits(text) {
			break
		}
	}
	out = message.Outbound{
		ID: t.NewID(), Village: t.Village.ID, To: t.In.From, Channel: t.In.Channel, Sender: t.In.To, Staff: t.Staff[0].ID,
		Text: w.signed(text), Priority: message.Answer, CreatedAt: t.Now, Ask: w.ask,
	}
	if w.ask != nil {
		w.ask.ID, out.Matter = out.ID, w.ask.Matter
	}
	if p.State.Draft = p.Reply.draft; p.State.Draft != nil {
		p.State.Draft.Ask = out.ID
	}
	return out, w.tray
}

type teller struct {
	StaffTurn
	scribe scribe
	tray   Tray
	ask    *message.Ask
	short  int // characters that name a matter besides its digit
}

func (w *teller) say(key string, v prompts.Values) string { return w.scribe.say(key, v) }
func (w *teller) signed(text string) string               { return w.scribe.signed(text) }

// after takes over how the matters stand now, and what can be taken back.
func (w *teller) after(done []Result) {
	var did []string
	for _, r := range done {
		for i, m := range w.Pile {
			if m.ID == r.ID && r.After.ID != "" {
				w.Pile[i] = r.After
			}
		}
		for i := range w.tray.Items {
			if w.tray.Items[i].Matter == r.ID && r.After.ID != "" {
				w.tray.Items[i].Version = r.After.Version
			}
		}
		if r.Refused != nil {
			continue
		}
		did = slices.DeleteFunc(did, func(id string) bool { return id == r.ID }) // who goes on cannot go back
		if undoableKind(r.Act.Kind) {
			did = append(did, r.ID)
		}
	}
	if len(done) > 0 {
		w.tray.Done, w.tray.DoneAt = did, w.Now
	}
}

func undoableKind(k matter.EventKind) bool {
	return k == matter.Approve || k == matter.Correct || k == matter.Decline || k == matter.Merge
}

// results says what was done, alike together, and what was not, each with why.
func (w *teller) results(done []Result) string {
	var b strings.Builder
	var keys []string
	names := map[string][]string{}
	last := map[string]Result{}
	for i, r := range done {
		if r.Refused != nil || led(done[i:]) {
			continue
		}
		key := w.doneKey(r)
		if names[key] == nil {
			keys = append(keys, key)
		}
		names[key], last[key] = append(names[key], w.name(r)), r
	}
	for _, key := range keys {
		r := last[key]
		b.WriteString(w.say(key, prompts.Values{
			"list": strings.Join(names[key], w.say("desk_and", nil)), "kind": w.sorted(r.After),
			"due": w.scribe.sp.day(r.After.DueAt), "into": w.digitOf(r.Into), "who": w.nameOf(r.After.Assignee),
		}))
	}
	for i, r := range done {
		if r.Refused != nil && (i == 0 || done[i-1].Refused == nil || done[i-1].ID != r.ID) {
			b.WriteString(w.say("desk_refused", prompts.Values{"list": w.name(r), "why": w.why(r)}))
		}
	}
	if len(w.tray.Done) > 0 && w.tray.DoneAt.Equal(w.Now) {
		b.WriteString(w.say("desk_undo_hint", nil))
	}
	for _, r := range done { // nobody hears of a private one by standing at its queue
		if m := r.After; r.Refused == nil && m.Private && m.State == matter.Queued && m.Assignee == "" && m.Urgency != catalog.Emergency {
			b.WriteString(w.say("desk_private_whom", prompts.Values{"i": w.pointer(r)}))
			break
		}
	}
	return b.String()
}

// led: the first of done is the first half of what was asked for, and so was done
// the second: approved and given, taken and finished.
func led(done []Result) bool {
	return len(done) > 1 && done[1].ID == done[0].ID && done[1].Refused == nil &&
		(done[1].Act.Kind == matter.Assign || done[0].Act.Kind == matter.Claim)
}

// pointer is how she names a matter in her next text.
func (w *teller) pointer(r Result) string {
	if r.Digit > 0 {
		return strconv.Itoa(r.Digit)
	}
	return r.After.Number
}

// nameOf is the name of a member of staff, or that it is nobody.
func (w *teller) nameOf(id string) string {
	if s, ok := w.Village.Member(id); ok {
		return s.Name
	}
	return w.say("nobody", nil)
}

// sorted is the kind of a matter, and its service unless it is private.
func (w *teller) sorted(m matter.Matter) string {
	if m.Private {
		return w.scribe.kind(m.Kind)
	}
	return w.scribe.kind(m.Kind) + "·" + w.service(m)
}

// doneKey is the sentence for what was done.
func (w *teller) doneKey(r Result) string {
	switch {
	case r.Act.Kind == matter.Correct && r.Act.Approve:
		return "desk_did_correct_approve"
	case r.Act.Kind == matter.Correct && r.Act.Detail.Urgency != "":
		return "desk_did_urgent"
	case r.Act.Kind == matter.Claim && r.After.Urgency == catalog.Emergency:
		return "desk_did_claim_page"
	case r.Act.Kind == matter.Finish && r.Act.Detail.Outcome == "not_solved":
		return "desk_did_not_solved"
	case r.Act.Kind == matter.Return && r.After.Township:
		return "desk_did_return_township"
	}
	return "desk_did_" + string(r.Act.Kind)
}

// name is the digit and a few words: she sees if it was the wrong one.
func (w *teller) name(r Result) string {
	m := r.After
	if m.ID == "" {
		m = w.matter(r.ID)
	}
	switch what := w.scribe.what(m, max(w.short, 4)); {
	case r.Digit > 0 && w.tray.has(r.ID) && w.short == 0:
		return strconv.Itoa(r.Digit)
	case r.Digit > 0 && w.tray.has(r.ID):
		return strconv.Itoa(r.Digit) + what
	default:
		return what
	}
}

func (w *teller) matter(id string) matter.Matter {
	for _, m := range w.Pile {
		if m.ID == id {
			return m
		}
	}
	return matter.Matter{}
}

func (w *teller) digitOf(id string) string {
	for i, it := range w.tray.Items {
		if it.Matter == id {
			return strconv.Itoa(i + 1)
		}
	}
	return w.matter(id).Number
}

// why is a refusal in a plain sentence.
func (w *teller) why(r Result) string {
	m := r.After
	v := prompts.Values{"kind": w.scribe.kind(m.Kind), "what": w.scribe.what(m, 10)}
	key := "why_state_" + string(m.State)
	switch p := r.Refused.Problem; {
	case p == matter.Forbidden && raisedBy(m, w.Staff[0]) && r.Act.Kind != matter.Claim:
		key = "why_own"
	case p == matter.Forbidden && r.Act.Kind == matter.Plan && m.Planned:
		key = "why_planned"
	case p == matter.Forbidden && m.Private:
		key = "why_private"
	case p == matter.Forbidden:
		key = "why_right"
	case p == matter.Stale:
		key = "why_stale"
	case p == matter.Invalid && r.Act.Kind == matter.Merge:
		key = "why_merge"
	case p == matter.Invalid && r.Act.Kind == matter.Plan:
		key = "desk_date"
	case r.Act.Kind == matter.Assign && p == matter.Invalid:
		key, v["who"] = "why_assign", w.nameOf(r.Act.Detail.Assignee)
		return w.say(key, v)
	case p == matter.Invalid:
		key = "why_value"
	case r.Act.Kind == matter.Undo:
		key = "why_undo"
	}
	who := m.Assignee
	if m.State == matter.Queued {
		who = m.ApprovedBy
	}
	v["who"] = w.nameOf(who)
	return w.say(key, v)
}

// rest is what follows the results: the answer to what she asked, or what is left.
func (w *teller) rest(p *StaffPlan, done []Result, before string, like []matter.Matter) string {
	r := p.Reply
	switch {
	case p.Details != "":
		return w.details(w.matter(p.Details), like)
	case r.show != nil || r.key == "desk_mine" || r.key == "desk_take":
		text, ask := w.scribe.workList(r.key, r.show)
		w.ask = ask
		return text
	case r.list:
		w.tray.Items = nil
		return w.fresh("desk_list", before)
	case r.draft != nil:
		m := w.matter(r.focus)
		v := prompts.Values{"what": w.scribe.what(m, 10), "number": m.Number}
		for k, x := range r.values {
			v[k] = x
		}
		for !w.scribe.fits(before+w.say(r.key, v)) && length(v["text"]) > 20 {
			v["text"] = firstRunes(v["text"], length(v["text"])-3) + "…"
		}
		w.ask = &message.Ask{Kind: r.as, Matter: r.focus}
		if r.draft.Kind == "" { // nothing is awaited: only what it is about is kept in sight
			p.Reply.draft = nil
		}
		if r.as != DeskDoubt {
			w.ask.Options = w.draftOptions(r.focus)
		}
		return w.say(r.key, v)
	case r.key != "":
		return w.say(r.key, r.values)
	}
	return w.left(done, before)
}

// draftOptions keeps the digits in sight while one more word is awaited.
func (w *teller) draftOptions(focus string) []string {
	for _, it := range w.tray.Items {
		if it.Matter == focus {
			return options(w.tray.Items)
		}
	}
	return []string{Item{focus, w.matter(focus).Version}.option()}
}

// left says what of the list is still open; when all of it is settled the next
// matters follow.
func (w *teller) left(done []Result, before string) string {
	sorted := false
	for _, r := range done {
		sorted = sorted || w.digitOf(r.ID) != "" && w.tray.has(r.ID)
	}
	if !sorted {
		return w.focus(done)
	}
	var open []string
	for i, it := range w.tray.Items {
		if w.matter(it.Matter).State == matter.Sorting {
			open = append(open, strconv.Itoa(i+1))
		}
	}
	if len(open) > 0 {
		w.ask = &message.Ask{Kind: DeskSort, Options: options(w.tray.Items)}
		return w.say("desk_left", prompts.Values{"list": strings.Join(open, w.say("desk_and", nil))})
	}
	return w.fresh("desk_next", before)
}

// focus lets what she says next be about the matter that she just took.
func (w *teller) focus(done []Result) string {
	if len(done) == 1 && done[0].Refused == nil && done[0].Act.Kind == matter.Claim {
		m := done[0].After
		w.ask = &message.Ask{Kind: DeskWork, Matter: m.ID, Options: []string{Item{m.ID, m.Version}.option()}}
	}
	return ""
}

// fresh lists what waits and was not listed yet.
func (w *teller) fresh(key, before string) string {
	ms := slices.DeleteFunc(Waiting(w.Staff[0], w.Pile), func(m matter.Matter) bool { return w.tray.has(m.ID) })
	if len(ms) == 0 {
		if before != "" {
			return ""
		}
		return w.say("desk_nothing", nil)
	}
	head := before
	text, ask := w.scribe.sortList(&w.tray, key, head, ms)
	w.ask = ask
	return strings.TrimPrefix(text, before)
}
