package dialogue

import (
	"time"

	"sanshi/internal/catalog"
	"sanshi/internal/classify"
	"sanshi/internal/directory"
	"sanshi/internal/matter"
)

// What is heard as one of her matters once more: told again, told further, asked
// further, failed again, wanted after all.

// known recognises a matter of hers told again, told further, or broken again.
func (h *hearing) known() bool {
	subjects := h.subjects()
	if len(subjects) > 1 {
		return false
	}
	if h.comesBack() || h.askedFurther() {
		return true
	}
	if len(subjects) == 0 {
		return h.failedAgain() || h.detail() || h.protest()
	}
	r := subjects[0]
	if h.isDetail(r) {
		return h.detail()
	}
	if m, ok := h.brokenAgain(r); ok {
		h.reopen(m)
		return true
	}
	if several := h.sameOpen(r); len(several) > 1 {
		h.keepFragment()
		h.choose("ask_which", AskAgain, several)
		return true
	}
	for _, m := range h.Matters {
		if h.same(m, r) && h.toldAgain(m, r) {
			h.dropHeld()
			return true
		}
	}
	return false
}

// sameOpen lists her open matters that a text without a place may tell again. The
// one just spoken of is meant before all others.
func (h *hearing) sameOpen(r classify.Result) []matter.Matter {
	if _, ok := h.lately(window); ok || r.Place != "" || r.Area != "" || !hasAny(h.bare, again) {
		return nil
	}
	var out []matter.Matter
	alike, _ := h.named()
	for _, m := range alike {
		if m.Code == r.Code && m.State != matter.Done {
			out = append(out, m)
		}
	}
	return out
}

// answerAgain takes the number of the matter that was told again, or of "new".
// When her words have gone to the secretary meanwhile there is nothing to add.
func (h *hearing) answerAgain(n int) bool {
	options := h.Ask.Options
	if n < 1 || n > len(options)+1 {
		h.say("digit_unclear").Values["digit"] = h.In.Text
		return true
	}
	h.closeQuestion()
	words, photos := h.allHeld()
	h.plan.State.Held, h.plan.State.HeldTold, h.plan.State.WakeAt = nil, false, time.Time{}
	m, open := matter.Matter{}, false
	if n <= len(options) {
		m, open = h.matter(options[n-1])
	}
	switch {
	case words == "" && open:
		h.about(m.ID)
		h.say("progress", m.ID)
	case words == "":
		h.say("here")
	case open && m.State.Open():
		h.act(m.ID, matter.Answer, matter.Detail{}, words, &matter.Words{Text: joinText(m.Text, words), Photos: photos})
		h.say("repeated", m.ID)
	default:
		h.openAnew(words, photos)
	}
	return true
}

// openAnew opens a matter from held words.
func (h *hearing) openAnew(words string, photos []string) {
	r := h.Read(words)[0]
	if !r.Kind.Valid() {
		r.Kind, r.Code = catalog.Household, "H0"
	}
	o := &Opening{ID: h.NewID(), Result: r, Text: words, Photos: photos}
	h.plan.Moves = append(h.plan.Moves, Move{Open: o})
	h.about(o.ID)
	h.say("confirm", o.ID)
}

// toldAgain deals with the same thing as m: reopened, urged, or noted once more.
func (h *hearing) toldAgain(m matter.Matter, r classify.Result) bool {
	settled := m.State == matter.Done || m.State == matter.Closed
	switch {
	case settled && hasAny(h.bare, again):
		h.reopen(m)
	case settled || !m.State.Open():
		return false
	case h.isLate(m):
		h.urge(m)
	default:
		h.act(m.ID, matter.Answer, matter.Detail{}, h.words(), h.addWords(m, r))
		h.say("repeated", m.ID).Topic = "repeated"
	}
	return true
}

// reopen takes up a settled matter; what was settled too long ago is taken up by a
// new one, which knows where it was.
func (h *hearing) reopen(m matter.Matter) {
	if m.State == matter.Closed && !m.Reopens(h.Now) {
		r := h.read()[0]
		if r.Place == "" && r.Area == "" {
			r.Place, r.Area = m.Place, m.Area
		}
		if !r.Kind.Valid() {
			r.Kind, r.Code, r.Urgency, r.Summary = m.Kind, m.Code, catalog.Normal, m.Summary
		}
		r.Asked = r.Asked || m.AskedPrivate
		h.say("confirm_again", h.raise(r, m.ID).ID)
		h.dropHeld()
		return
	}
	h.act(m.ID, matter.Reopen, matter.Detail{}, h.words(), nil)
	h.say("confirm_again", m.ID)
	h.dropHeld()
}

// failedAgain: "what was mended yesterday is broken again", of the one matter
// that is done.
func (h *hearing) failedAgain() bool {
	if !h.disputes() {
		return false
	}
	var done []matter.Matter
	for _, m := range h.open() {
		if m.State == matter.Done {
			done = append(done, m)
		}
	}
	if len(done) != 1 {
		return false
	}
	h.reopen(done[0])
	return true
}

// comesBack: a matter taken back a while ago is wanted after all. What is
// cancelled stays so; a new one takes it up with her words of then.
func (h *hearing) comesBack() bool {
	m, ok := h.matter(h.State.Topic)
	if !ok || m.State != matter.Cancelled || h.In.At.Sub(h.State.TopicAt) > recent || !hasAny(h.bare, changedMind) || length(h.bare) > 12 || h.anotherNeed() {
		return false
	}
	r := h.Read(m.Text)[0]
	r.Kind, r.Code, r.Urgency, r.Area, r.Place, r.Summary = m.Kind, m.Code, m.Urgency, m.Area, m.Place, m.Summary
	o := &Opening{ID: h.NewID(), Result: r, Text: joinText(m.Text, h.In.Text), Earlier: m.ID}
	h.plan.Moves = append(h.plan.Moves, Move{Open: o})
	h.about(o.ID)
	h.say("confirm", o.ID)
	return true
}

// askedFurther: which papers, what it costs: asked right after a matter it is
// about that matter, whatever it sounds like alone.
func (h *hearing) askedFurther() bool {
	m, ok := h.lately(window)
	if !ok || m.State == matter.Done || !hasAny(h.bare, furtherQuestions) || length(h.bare) > 12 {
		return false
	}
	h.act(m.ID, matter.Answer, matter.Detail{}, h.In.Text, h.addWords(m, classify.Result{}))
	h.say("added", m.ID).Topic = "added"
	h.dropHeld()
	return true
}

// protest is what she says to a refusal: a person answers it.
func (h *hearing) protest() bool {
	m, ok := h.matter(h.State.Topic)
	if !ok || m.State != matter.Declined || h.In.At.Sub(h.State.TopicAt) > 7*24*time.Hour || len(h.State.Held) > 0 {
		return false
	}
	by := h.callback(directory.CallPerson, m.ID, h.In.Text)
	h.sayCall("declined_asked", by, m.ID)
	return true
}

// detail adds words without a subject of their own to what was raised just now.
func (h *hearing) detail() bool {
	m, ok := h.lately(window)
	if !ok || m.State == matter.Done || len(h.State.Held) > 0 {
		return false
	}
	r := h.read()[0]
	if r.Need && length(h.bare) > 12 && r.CodeConfidence > 0.5 && r.Code != m.Code && !m.Private {
		return false
	}
	if r.Kind == catalog.None && r.Source == "rule" || length(h.bare) > 40 && r.Kind == catalog.None {
		return false
	}
	if r.Name != "" && m.Name != "" && r.Name != m.Name {
		return false
	}
	h.place(m, r)
	h.say("added", m.ID).Topic = "added"
	return true
}

// brokenAgain is the settled matter last spoken of, when she says without a new
// place that it failed again: "又不亮了".
func (h *hearing) brokenAgain(r classify.Result) (matter.Matter, bool) {
	m, ok := h.matter(h.State.Topic)
	settled := ok && (m.State == matter.Done || m.State == matter.Closed) && h.In.At.Sub(h.State.TopicAt) <= 7*24*time.Hour
	settled = settled && (!r.Complete || likeness(r.Summary, m.Text) > 0) // another thing has failed
	return m, settled && r.Place == "" && r.Area == "" && hasAny(h.bare, again) && length(h.bare) <= 10
}

// isDetail: said right after a matter, of the same kind but not surely another
// service, with no place of its own, it is more about that matter.
func (h *hearing) isDetail(r classify.Result) bool {
	m, ok := h.lately(window)
	if ok && m.Private && !r.Complete && length(h.bare) <= 20 {
		return true // what follows a confidence is part of it
	}
	if ok && !r.Complete && startsWith(h.bare, goesOn) && r.Place == "" && r.Area == "" && length(h.bare) <= 12 {
		return true
	}
	return ok && !r.Complete && m.Kind == r.Kind && m.Code != r.Code && r.CodeConfidence < 0.6 && r.Place == "" && r.Area == "" && r.Name == ""
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
	if samePlace || likeness(r.Summary, m.Text) >= 0.25 {
		return true
	}
	// What names a thing of its own is not told again for having the same code:
	// the tap, then the lamp.
	goingOn := h.State.Topic == m.ID && h.In.At.Sub(h.State.TopicAt) <= window
	return !r.Complete && (goingOn || hasAny(h.bare, again))
}
