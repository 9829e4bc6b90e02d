package dialogue

import (
	"slices"
	"strconv"
	"time"

	"sanshi/internal/catalog"
	"sanshi/internal/directory"
	"sanshi/internal/matter"
	"sanshi/prompts"
)

// undoWithin is how long what she did can be taken back; the workflow has the
// last word.
const undoWithin = time.Minute

// obey turns the orders into errands. It gives false when they are about nothing
// that lies before her: then the text is the resident's.
func (h *staffHearing) obey() bool {
	if len(h.orders) == 0 {
		return false
	}
	for _, o := range h.orders {
		if !h.one(o) {
			return false
		}
	}
	return true
}

func (h *staffHearing) one(o order) bool {
	if o.verb == toPile && o.named() { // 看; 1看
		o.verb = toDetails
	}
	switch o.verb {
	case toHelp:
		h.plan.Reply = reply{key: "desk_help_work"}
		if h.approves() {
			h.plan.Reply.key = "desk_help"
		}
		return true
	case toUndo:
		return h.takeBack()
	case toCannot:
		return h.cannot(o)
	case toMine:
		h.plan.Reply = reply{key: "desk_mine", show: h.hers(), as: DeskWork}
		return true
	case toPile:
		h.look()
		return true
	}
	if o.verb == toChoose && len(o.digits) > 0 && o.digits[0] == 0 { // 0, 0 2, 02
		o.verb, o.digits = toDetails, o.digits[1:]
	}
	items, found := h.items(o)
	for _, it := range items {
		h.want(o, it)
	}
	return found
}

// approves reports whether matters wait for her to be sorted.
func (h *staffHearing) approves() bool {
	return slices.ContainsFunc(matter.Told(h.Village, matter.Matter{}, matter.ToSecretary), func(s directory.Staff) bool {
		return h.isHolder(s.ID)
	})
}

func (h *staffHearing) isHolder(id string) bool {
	return slices.ContainsFunc(h.Staff, func(s directory.Staff) bool { return s.ID == id })
}

// look puts before her what waits: to be sorted, or to be taken.
func (h *staffHearing) look() {
	if h.approves() {
		h.plan.Reply = reply{list: true}
		return
	}
	h.plan.Reply = reply{key: "desk_take", show: h.takeable(), as: DeskWork}
}

// takeable lists what waits in the queues for somebody like her.
func (h *staffHearing) takeable() []matter.Matter {
	var out []matter.Matter
	for _, m := range h.Pile {
		if m.State == matter.Queued && !m.Township && slices.ContainsFunc(h.Staff, func(s directory.Staff) bool {
			return matter.MayHold(h.Village, m, s) && (!m.Private || matter.MayRead(h.Village, m, s))
		}) {
			out = append(out, m)
		}
	}
	return out
}

// takeBack undoes what her last text did.
func (h *staffHearing) takeBack() bool {
	switch age := h.In.At.Sub(h.Tray.DoneAt); {
	case age > time.Hour:
		return false
	case len(h.Tray.Done) == 0:
		return h.note("desk_no_undo", nil)
	case age > undoWithin:
		h.plan.Reply = reply{key: "desk_too_late"}
		return true
	}
	for _, id := range slices.Backward(h.Tray.Done) {
		h.errand(Draft{Item: Item{id, 0}, Act: matter.Act{Kind: matter.Undo}}, "")
	}
	return true
}

// note says a sentence besides what comes of the errands.
func (h *staffHearing) note(key string, v prompts.Values) bool {
	h.plan.Reply = reply{key: key, values: v}
	return true
}

// want makes the errand that an order asks for on one matter.
func (h *staffHearing) want(o order, t target) {
	m, ok := h.matter(t.Matter)
	if !ok { // it was listed for her and is none of hers any more
		h.note("desk_no_digit", prompts.Values{"i": strconv.Itoa(t.digit)})
		return
	}
	d := Draft{Item: t.Item, Digit: t.digit}
	switch h.meaning(o.verb, m, t) {
	case toApprove:
		d.Act.Kind = matter.Approve
	case toRefuse:
		h.withWords(d, matter.Decline, o.words, "desk_reason")
		return
	case toCorrect:
		d.Act = h.correction(o.what, m)
	case toUrge:
		d.Act.Kind, d.Act.Detail.Urgency = matter.Correct, catalog.Urgent
	case toDetails:
		h.plan.Details = t.Matter
		return
	case toAskHer:
		h.preview(d, m, o.words)
		return
	case toMerge:
		d.Act.Kind, d.Act.Detail.Into = matter.Merge, itemOf(t.list.Options[o.into-1]).Matter
	case toClaim:
		d.Act.Kind = matter.Claim
	case toAssign:
		h.give(d, m, o.who)
		return
	case toFinish:
		if o.verb == toAgree && !o.named() { // "好" is no report
			h.note("desk_ack", nil)
			return
		}
		h.finishing(d, m, o)
		return
	case toGiveUp:
		h.withWords(d, matter.Return, o.words, "desk_back")
		return
	case toPlan:
		due, ok := o.what.date.on(h.Now, h.Village.Location)
		if !ok {
			h.note("desk_date", nil)
			return
		}
		d.Act.Kind, d.Act.Detail.Due = matter.Plan, due
	}
	h.errand(d, d.Act.Detail.Into)
}

// meaning settles what a word means for a matter as it stands.
func (h *staffHearing) meaning(v verb, m matter.Matter, t target) verb {
	sorts := m.State == matter.Sorting || t.list != nil && t.list.Kind == DeskSort || t.list == nil && h.approves()
	switch {
	case v == toChoose && t.list != nil && t.list.Kind == DeskWork && h.isHers(m):
		return toDetails
	case v == toAgree && h.isHers(m):
		return toFinish
	case (v == toChoose || v == toAgree) && sorts, v == toGiveUp && sorts && !h.isHers(m) && h.approves():
		if v == toGiveUp {
			return toRefuse
		}
		return toApprove
	case v == toChoose || v == toAgree:
		return toClaim
	case v == toRefuse && h.isHers(m):
		return toGiveUp
	}
	return v
}

// withWords needs a reason; without one it is asked for.
func (h *staffHearing) withWords(d Draft, kind matter.EventKind, words, key string) {
	d.Act.Kind, d.Act.Note = kind, words
	if words != "" {
		h.errand(d, "")
		return
	}
	d.Kind = DeskWords
	h.ask(key, DeskWords, &d)
}

func (h *staffHearing) finishing(d Draft, m matter.Matter, o order) {
	if m.Urgency == catalog.Emergency && !h.isHers(m) { // she was there before she took it
		claim := d
		claim.Act.Kind = matter.Claim
		h.errand(claim, "")
	}
	d.Act.Kind, d.Act.Note, d.Act.Detail.Outcome = matter.Finish, o.words, o.what.outcome
	if d.Act.Detail.Outcome == "" {
		d.Act.Detail.Outcome = "solved"
	}
	if o.words != "" || len(h.In.Media) > 0 {
		h.errand(d, "")
		return
	}
	d.Kind = DeskWords
	h.ask("desk_note", DeskWords, &d)
}

// preview shows her the question as the resident would read it.
func (h *staffHearing) preview(d Draft, m matter.Matter, words string) {
	if words == "" {
		h.note("desk_ask_what", nil)
		return
	}
	d.Kind, d.Act.Kind, d.Act.Note = DeskSend, matter.Ask, words
	h.ask("desk_preview", DeskSend, &d)
	sp := speaker{village: h.Village, book: prompts.Resident(h.Village.Language), now: h.Now}
	h.plan.Reply.values = prompts.Values{"text": sp.about("asked", m, 12, prompts.Values{"note": closed(firstRunes(words, 60))})}
}

// correction is the kind or service that she names. Of a kind alone the service is
// what her words fit best within it. Who corrects what waits approves it with it.
func (h *staffHearing) correction(w verbWord, m matter.Matter) matter.Act {
	a := matter.Act{Kind: matter.Correct, Approve: m.State == matter.Sorting}
	a.Detail.Kind, a.Detail.Code = w.kind, w.code
	if w.code != "" || w.kind == m.Kind {
		if w.code == "" {
			a.Detail.Code = m.Code
		}
		return a
	}
	for _, r := range h.Read(m.Text) {
		if r.Kind == w.kind && catalog.KindOf(r.Code) == w.kind {
			a.Detail.Code = r.Code
		}
	}
	return a
}
