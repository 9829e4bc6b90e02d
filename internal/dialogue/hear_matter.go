package dialogue

import (
	"strings"
	"time"

	"sanshi/internal/catalog"
	"sanshi/internal/classify"
	"sanshi/internal/matter"
	"sanshi/internal/message"
)

// What is heard about a matter: put right, taken back, told again, or new.

// correction puts right what she said last: "不是村里的是我家的", "说错了，是桥头".
func (h *hearing) correction() bool {
	turned := strings.Contains(h.bare, "不是") && (strings.Contains(h.bare, "是我") || strings.Contains(h.bare, "是村") || strings.Count(h.bare, "是") > 1)
	if !turned && !hasAny(h.bare, correctionPhrases) || length(h.bare) > 60 {
		return false
	}
	m, ok := h.lately(recent)
	if !ok || m.State == matter.Done {
		return false
	}
	r, surer := h.corrected(m)
	// What is denied is no place: "不是祠堂，是老粮站".
	if _, after, ok := cutLast(h.In.Text, "是"); ok && strings.Contains(h.In.Text, "不是") {
		meant := h.Read(after)[0]
		r.Place, r.Area = meant.Place, meant.Area
	}
	placeOnly := (r.Place != "" || r.Area != "") && !hasAny(h.bare, []string{"我家", "自家", "村里", "公家"})
	if surer && placeOnly && r.CodeConfidence < 0.9 {
		surer = false
	}
	d := matter.Detail{}
	if surer && r.Code != m.Code {
		d.Kind, d.Code, d.Confidence = r.Kind, r.Code, r.Confidence
	}
	if r.Area != "" && r.Area != m.Area {
		d.Area = r.Area
	}
	if surer && r.Urgency == catalog.Normal && m.Urgency == catalog.Emergency {
		d.Urgency = catalog.Normal
	}
	w := h.addWords(m, r)
	switch {
	case surer && r.Summary != "":
		w.Summary = r.Summary
	case m.Place != "" && r.Place != "":
		w.Summary = strings.Replace(m.Summary, m.Place, r.Place, 1)
	}
	if d == (matter.Detail{}) {
		h.act(m.ID, matter.Answer, d, h.In.Text, w)
		if w.Place == m.Place {
			h.say("added", m.ID)
			return true
		}
	} else {
		h.act(m.ID, matter.Correct, d, "", w)
	}
	h.say("corrected", m.ID)
	return true
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
func (h *hearing) owned(m matter.Matter, now classify.Result, k catalog.Kind, whose, plain string) classify.Result {
	now.Kind, now.Code, now.Urgency = k, plain, catalog.Normal
	now.Summary, now.Confidence = firstRunes(whose+m.Summary, 24), toldOutright
	for _, r := range h.Read(whose + m.Summary) {
		if isKind(r, k) {
			now.Code = r.Code
		}
	}
	return now
}

// toldOutright is the confidence in what she says herself about whose it is.
const toldOutright = 0.9

// withdraw takes a matter back: "不用来了，自己弄好了".
func (h *hearing) withdraw() bool {
	open := h.unsettled()
	if len(open) == 0 || !hasAny(h.bare, withdrawPhrases) || hasAny(h.fold, questionMarks) || length(h.bare) > 30 {
		return false
	}
	if named, _ := h.named(); len(named) == 1 && named[0].State != matter.Done {
		open = named
	} else if m, ok := h.lately(window); ok && m.State != matter.Done {
		open = []matter.Matter{m}
	}
	if len(open) == 1 {
		h.act(open[0].ID, matter.Cancel, matter.Detail{}, h.In.Text, nil)
		if open[0].Urgency == catalog.Emergency {
			h.say("danger_over", open[0].ID)
		} else {
			h.say("cancelled", open[0].ID)
		}
		return true
	}
	h.choose("ask_cancel", AskCancel, open)
	return true
}

// choose asks which of several she means, as a numbered list.
func (h *hearing) choose(key, kind string, ms []matter.Matter) {
	if len(ms) > 5 {
		ms = ms[:5]
	}
	h.say(key, ids(ms)...).Ask = &message.Ask{Kind: kind, Options: ids(ms)}
}

// known recognises a matter of hers told again, told further, or broken again.
func (h *hearing) known() bool {
	subjects := h.subjects()
	if len(subjects) > 1 {
		return false
	}
	if len(subjects) == 0 {
		return h.detail()
	}
	r := subjects[0]
	if h.isDetail(r) {
		return h.detail()
	}
	if m, ok := h.brokenAgain(r); ok {
		h.act(m.ID, matter.Reopen, matter.Detail{}, h.words(), nil)
		h.say("confirm_again", m.ID)
		h.dropHeld()
		return true
	}
	for _, m := range h.Matters {
		if !h.same(m, r) {
			continue
		}
		switch {
		case m.State == matter.Done && hasAny(h.bare, again),
			m.State == matter.Closed && hasAny(h.bare, again):
			h.act(m.ID, matter.Reopen, matter.Detail{}, h.words(), nil)
			h.say("confirm_again", m.ID)
		case m.State == matter.Done || !m.State.Open():
			continue
		case h.isLate(m):
			h.urge(m)
		default:
			h.act(m.ID, matter.Answer, matter.Detail{Photo: first(h.photos())}, h.words(), h.addWords(m, r))
			h.say("repeated", m.ID).Topic = "repeated"
		}
		h.dropHeld()
		return true
	}
	return false
}

// detail adds words without a subject of their own to what was raised just now.
func (h *hearing) detail() bool {
	m, ok := h.lately(window)
	if !ok || m.State == matter.Done || len(h.State.Held) > 0 {
		return false
	}
	r := h.read()[0]
	if r.Need && length(h.bare) > 12 && r.CodeConfidence > 0.5 && r.Code != m.Code {
		return false
	}
	if r.Kind == catalog.None && r.Confidence > 0.6 && r.Place == "" && r.Area == "" {
		return false
	}
	if r.Name != "" && m.Name != "" && r.Name != m.Name {
		return false
	}
	h.place(m, r)
	if p := first(h.photos()); p != "" {
		h.plan.Moves[len(h.plan.Moves)-1].Act.Detail.Photo = p
	}
	h.say("added", m.ID).Topic = "added"
	return true
}

// brokenAgain is the settled matter last spoken of, when she says without a new
// place that it failed again: "又不亮了".
func (h *hearing) brokenAgain(r classify.Result) (matter.Matter, bool) {
	m, ok := h.matter(h.State.Topic)
	settled := ok && (m.State == matter.Done || m.State == matter.Closed) && h.In.At.Sub(h.State.TopicAt) <= 7*24*time.Hour
	return m, settled && r.Place == "" && r.Area == "" && hasAny(h.bare, again) && length(h.bare) <= 10
}

// isDetail: said right after a matter, of the same kind but not surely another
// service, with no place of its own, it is more about that matter.
func (h *hearing) isDetail(r classify.Result) bool {
	m, ok := h.lately(window)
	return ok && m.Kind == r.Kind && m.Code != r.Code && r.CodeConfidence < 0.6 && r.Place == "" && r.Area == "" && r.Name == ""
}

// same reports whether r is about m: the same service (or, when it is broken
// again at the same place, the same kind), no other person on the same phone, no
// other place, and words in common.
func (h *hearing) same(m matter.Matter, r classify.Result) bool {
	if m.State == matter.Declined || m.State == matter.Merged || m.State == matter.Cancelled {
		return false
	}
	samePlace := r.Place != "" && likeness(r.Place, m.Place) >= 0.5
	if m.Code != r.Code && !(samePlace && m.Kind == r.Kind && hasAny(h.bare, again)) {
		return false
	}
	if r.Name != "" && m.Name != "" && r.Name != m.Name {
		return false
	}
	if r.Place != "" && m.Place != "" && likeness(r.Place, m.Place) < 0.5 {
		return false
	}
	if r.Place == "" && r.Area != "" && m.Area != "" && r.Area != m.Area {
		return false
	}
	goingOn := h.State.Topic == m.ID && h.In.At.Sub(h.State.TopicAt) <= window
	return samePlace || goingOn || likeness(r.Summary, m.Text) >= 0.25 || hasAny(h.bare, again)
}

// newMatter opens a matter for each part that has a subject.
func (h *hearing) newMatter() bool {
	subjects := h.subjects()
	if len(subjects) == 0 {
		return false
	}
	var opened []string
	for _, r := range subjects {
		opened = append(opened, h.raise(r, h.earlier(r)).ID)
	}
	h.dropHeld()
	if len(opened) == 1 && h.missesPlace(subjects[0]) {
		s := h.say("ask_where", opened[0])
		s.Ask = &message.Ask{Kind: AskWhere, Matter: opened[0]}
		h.plan.State.Asked = append(h.plan.State.Asked, opened[0])
		return true
	}
	h.say("confirm", opened...)
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
	return ""
}

func (h *hearing) missesPlace(r classify.Result) bool {
	return needsPlace[r.Code] && r.Place == "" && r.Area == "" && r.Urgency != catalog.Emergency
}

// hold keeps words that have no subject yet, and says so once.
func (h *hearing) hold() bool {
	if length(h.words()) > 1000 || len(h.State.Held) > 10 { // enough was said: a person reads it
		h.passOn()
		return true
	}
	h.keepFragment()
	if !h.State.HeldTold {
		h.plan.State.HeldTold = true
		h.say("slowly").Topic = "slowly"
	}
	return true
}

func (h *hearing) keepFragment() {
	s := &h.plan.State
	f := Fragment{ID: h.In.ID, Text: h.In.Text, At: h.In.At}
	for _, m := range h.In.Media {
		f.Photos = append(f.Photos, m.URL)
	}
	s.Held = append(s.Held[:len(s.Held):len(s.Held)], f)
	if s.WakeAt.IsZero() {
		s.WakeAt = h.Now.Add(heldFor)
	}
}

// passOn gives held words to the secretary as they are.
func (h *hearing) passOn() {
	r := h.read()[0]
	if !r.Kind.Valid() {
		r.Kind, r.Code = catalog.Household, "H0"
	}
	r.Confidence, r.Source = 0, "held"
	r.Reason = "话没说清楚，没能分类，请您看一下原话"
	id := h.raise(r, "").ID
	h.dropHeld()
	h.say("held_passed", id)
}

// Wake looks again at held words when their time is over: with a sign of need,
// or a photo, they go to the secretary; otherwise they are forgotten.
func Wake(t Turn) Plan {
	h := &hearing{Turn: t}
	h.plan.State, h.plan.Resident, h.plan.Heard = t.State, t.Resident, "held"
	if t.State.WakeAt.IsZero() || t.State.WakeAt.After(t.Now) {
		return h.plan
	}
	h.In = message.Inbound{Village: t.Village.ID, From: t.Resident.Address, Channel: t.Resident.Channel, To: t.Resident.Sender, At: t.Now}
	var said []string
	for _, f := range t.State.Held {
		said = append(said, f.Text)
		for _, p := range f.Photos {
			h.In.Media = append(h.In.Media, message.Media{URL: p})
		}
	}
	h.In.Text = strings.TrimSpace(strings.Join(said, "，"))
	h.State.Held, h.plan.State.Held = nil, nil
	if len(h.In.Media) > 0 || h.In.Text != "" && h.needs() {
		h.passOn()
	}
	h.dropHeld()
	return h.plan
}

func first(s []string) string {
	if len(s) == 0 {
		return ""
	}
	return s[0]
}
