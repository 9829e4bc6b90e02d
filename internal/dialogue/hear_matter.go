package dialogue

import (
	"strings"

	"sanshi/internal/catalog"
	"sanshi/internal/classify"
	"sanshi/internal/matter"
	"sanshi/internal/message"
)

// What is heard about a matter: put right, taken back, told again, or new.

// correction puts right what she said last: "不是村里的是我家的", "说错了，是桥头".
func (h *hearing) correction() bool {
	turned := strings.Contains(h.bare, "不是") && !strings.Contains(h.bare, "是不是") && (strings.Contains(h.bare, "是我") || strings.Contains(h.bare, "是村") || strings.Count(h.bare, "是") > 1)
	if !turned && !hasAny(h.bare, correctionPhrases) || length(h.bare) > 60 {
		return false
	}
	m, ok := h.lately(recent)
	if !ok || m.State == matter.Done || m.Quiet() || !turned && !hasAny(h.bare, mistakes) && h.anotherNeed() {
		return false
	}
	d, w := h.whatIsRight(m)
	if m.Resident != h.In.From {
		h.anothersCorrected(m, d)
		return true
	}
	if d != (matter.Detail{}) {
		h.act(m.ID, matter.Correct, d, "", w)
		h.say("corrected", m.ID)
		return true
	}
	h.act(m.ID, matter.Answer, d, h.In.Text, w)
	if w.Place == m.Place {
		h.say("added", m.ID)
	} else {
		h.say("corrected", m.ID)
	}
	return true
}

// anothersCorrected takes what she says of a matter that she only joined: a note to
// it, unless it would be another queue's and was approved as this one's.
func (h *hearing) anothersCorrected(m matter.Matter, d matter.Detail) {
	approved := m.State.Open() && m.State != matter.Sorting && m.State != matter.Done
	if approved && d.Kind != "" && d.Kind != m.Kind && !m.Private && m.Urgency != catalog.Emergency {
		h.act(m.ID, matter.Correct, matter.Detail{Kind: d.Kind, Code: d.Code, Confidence: d.Confidence}, h.In.Text, nil)
	} else {
		h.act(m.ID, matter.Answer, matter.Detail{}, h.In.Text, nil)
	}
	h.say("added", m.ID)
}

// whatIsRight gives what changes of a matter, and its words as they should be. A
// new place alone changes nothing of what it is about.
func (h *hearing) whatIsRight(m matter.Matter) (d matter.Detail, w *matter.Words) {
	r, surer := h.corrected(m)
	// What is denied is no place: "不是祠堂，是老粮站".
	if _, after, ok := cutLast(h.In.Text, "是"); ok && strings.Contains(h.In.Text, "不是") {
		meant := h.Read(after)[0]
		r.Place, r.Area = meant.Place, meant.Area
	}
	placeOnly := (r.Place != "" || r.Area != "") && !hasAny(h.bare, []string{"我家", "自家", "村里", "公家"})
	surer = surer && !(placeOnly && r.CodeConfidence < 0.9)
	if surer && r.Code != m.Code {
		d.Kind, d.Code, d.Confidence = r.Kind, r.Code, r.Confidence
	}
	if r.Area != "" && r.Area != m.Area {
		d.Area = r.Area
	}
	if surer && r.Urgency == catalog.Normal && m.Urgency == catalog.Emergency {
		d.Urgency = catalog.Normal
	}
	w = h.addWords(m, r)
	switch {
	case surer && r.Summary != "":
		w.Summary = r.Summary
	case m.Place != "" && r.Place != "":
		w.Summary = strings.Replace(m.Summary, m.Place, r.Place, 1)
	}
	return d, w
}

func cutLast(s, sep string) (before, after string, ok bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

// corrected sorts the matter anew in the light of what she says now. Whose it
// is she knows best: "我家的" makes it the household's, "村里的" the village's.
func (h *hearing) corrected(m matter.Matter) (r classify.Result, surer bool) {
	now := h.Read(h.In.Text)[0]
	_, after, _ := strings.Cut(h.bare, "不是")
	mine := hasAny(after, []string{"是我家", "是我屋", "是自家", "是我们家", "是家里"})
	theirs := hasAny(after, []string{"是村里", "是公家", "是村上", "是队里", "是组里"})
	switch {
	case mine && m.Kind != catalog.Household:
		return h.owned(m, now, catalog.Household, "自家", "H5"), true
	case theirs && m.Kind != catalog.VillageRun:
		return h.owned(m, now, catalog.VillageRun, "村里", "V0"), true
	case sure(now) && now.Confidence > 0.5 && now.Code != m.Code:
		return now, true
	}
	both := h.Read(m.Text + "。" + h.In.Text)
	last := both[len(both)-1]
	if last.Kind.Valid() && last.Confidence > 0.6 && last.Code != m.Code {
		now.Kind, now.Code, now.Urgency, now.Summary = last.Kind, last.Code, last.Urgency, last.Summary
		return now, true
	}
	return now, false
}

// owned sorts a matter within the kind of whoever owns the thing.
func (h *hearing) owned(m matter.Matter, now classify.Result, k catalog.Kind, whose, other string) classify.Result {
	now.Kind, now.Code, now.Urgency = k, other, catalog.Normal
	now.Summary, now.Confidence = firstRunes(whose+m.Summary, 24), toldOutright
	_, said, _ := strings.Cut(h.In.Text, "不是")
	_, meant, _ := strings.Cut(said, "是") // she may name the thing anew: "是村里的路灯"
	for _, text := range []string{meant, meant + "，" + m.Summary, whose + m.Summary} {
		r := h.Read(text)[0]
		if r.Kind != k || strings.HasSuffix(r.Code, "0") {
			continue
		}
		if now.Code = r.Code; text == meant && r.CodeConfidence >= plain {
			now.Summary = firstRunes(strings.TrimSpace(meant), 24)
		}
		break
	}
	return now
}

// toldOutright is the confidence in what she says herself about whose it is.
const toldOutright = 0.9

// withdraw takes a matter back: "不用来了，自己弄好了". What only few may know is
// never taken back by a text, and a new need in the same breath is heard first.
func (h *hearing) withdraw() bool {
	if !hasAny(h.bare, withdrawPhrases) || hasAny(h.fold, questionMarks) || length(h.bare) > 30 || h.anotherNeed() {
		return false
	}
	open := withoutQuiet(h.unsettled())
	if len(open) == 0 {
		return h.nothingToWithdraw()
	}
	if len(open) > 1 && hasAny(h.bare, allOfThem) {
		return h.cancelEach(ids(open))
	}
	open = h.whichOf(open)
	if len(open) == 1 && open[0].Resident != h.In.From {
		h.contradict(open[0])
		return true
	}
	if len(open) == 1 {
		h.act(open[0].ID, matter.Cancel, matter.Detail{}, h.In.Text, nil)
		h.say("cancelled", open[0].ID)
		return true
	}
	h.choose("ask_cancel", AskCancel, open)
	return true
}

// whichOf narrows what she takes back to what she points at: by number, by words,
// or what she raised last, with all that was in the same text.
func (h *hearing) whichOf(open []matter.Matter) []matter.Matter {
	if n, ok := ordinal(h.bare); ok && h.lastAsk != nil && n >= 1 && n <= len(h.lastAsk.Options) {
		if m, ok := h.matter(h.lastAsk.Options[n-1]); ok && m.State.Open() {
			return []matter.Matter{m}
		}
	}
	if named, _ := h.named(); len(named) == 1 && named[0].State != matter.Done {
		return named
	}
	last, ok := h.lately(window)
	if !ok || last.State == matter.Done || last.Quiet() {
		return open
	}
	var together []matter.Matter
	for _, m := range open {
		if m.ID == last.ID || m.RaisedAt.Equal(last.RaisedAt) {
			together = append(together, m)
		}
	}
	return together
}

// nothingToWithdraw answers a bare "cancel": a command never becomes a matter.
func (h *hearing) nothingToWithdraw() bool {
	_, numbered := numberIn(h.fold)
	if length(h.bare) > longEnough && !numbered || len(h.State.Held) > 0 {
		return false
	}
	h.say("progress_none").Topic = "progress"
	return true
}

// anotherNeed: something is wrong with a thing, and it is none of hers.
func (h *hearing) anotherNeed() bool {
	for _, r := range h.read() {
		if r.Complete && !h.isOneOfHers(r) {
			return true
		}
	}
	return false
}

func (h *hearing) isOneOfHers(r classify.Result) bool {
	for _, m := range h.Matters {
		if h.same(m, r) {
			return true
		}
	}
	return false
}

func withoutQuiet(ms []matter.Matter) (out []matter.Matter) {
	for _, m := range ms {
		if !m.Quiet() {
			out = append(out, m)
		}
	}
	return out
}

// choose asks which of several she means, as a numbered list.
func (h *hearing) choose(key, kind string, ms []matter.Matter) {
	if len(ms) > 5 {
		ms = ms[:5]
	}
	h.say(key, ids(ms)...).Ask = &message.Ask{Kind: kind, Options: ids(ms)}
}

// newMatter opens a matter for each part that has a subject.
func (h *hearing) newMatter() bool {
	subjects := h.answered(h.subjects())
	if len(subjects) == 0 {
		return false
	}
	var opened []string
	for _, r := range subjects {
		opened = append(opened, h.raise(r, h.earlier(r)).ID)
	}
	h.dropHeld()
	if subjects[0].Advice != "" {
		h.say("advice_" + subjects[0].Advice)
	}
	if len(opened) == 1 && h.missesPlace(subjects[0]) {
		s := h.say("ask_where", opened[0])
		s.Ask = &message.Ask{Kind: AskWhere, Matter: opened[0]}
		return true
	}
	if len(opened) == 1 && len(h.plan.Says) == 0 && (h.Ask == nil || h.Ask.Kind == AskWhere || h.Ask.Kind == AskWhich) {
		h.plan.Moves[len(h.plan.Moves)-1].Open.Offer = true
	}
	h.say("confirm", opened...)
	if len(opened) == 1 {
		h.bringTo(opened[0], subjects[0])
	}
	return true
}

// raise opens one matter.
func (h *hearing) raise(r classify.Result, earlier string) *Opening {
	text := strings.TrimSpace(h.words())
	if r.Part != "" && len(h.read()) > 1 {
		text = r.Part
	}
	o := &Opening{ID: h.NewID(), Result: r, Text: text, Photos: h.photos(), Earlier: earlier}
	h.plan.Moves = append(h.plan.Moves, Move{Open: o})
	h.about(o.ID)
	return o
}

// earlier is a settled matter that this one takes up again: the secretary must
// see that the same thing failed a second time.
func (h *hearing) earlier(r classify.Result) string {
	for _, m := range h.Matters {
		if (m.State == matter.Closed || m.State == matter.Done) && h.same(m, r) {
			return m.ID
		}
	}
	if hasAny(h.bare, again) {
		h.deep()
	}
	return ""
}

func (h *hearing) missesPlace(r classify.Result) bool {
	return needsPlace[r.Code] && r.Place == "" && r.Area == "" && r.Urgency != catalog.Emergency
}
