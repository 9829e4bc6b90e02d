package dialogue

import (
	"strings"
	"time"

	"sanshi/internal/catalog"
	"sanshi/internal/classify"
	"sanshi/internal/directory"
	"sanshi/internal/matter"
	"sanshi/internal/message"
)

// What is heard of danger: an emergency, what follows it, and that it is over.

// danger opens an emergency at once, or adds to her own of the last half hour.
// What else the text holds is kept too, without a word about it now.
func (h *hearing) danger() bool {
	at := -1
	for i, r := range h.read() {
		if r.Urgency == catalog.Emergency && r.Kind.Valid() {
			at = i
			break
		}
	}
	if at < 0 || h.takenBack(h.read()[at]) {
		return false
	}
	for i, r := range h.read() {
		if i != at && sure(r) && r.Urgency != catalog.Emergency {
			h.raise(r, "")
		}
	}
	h.alarm(h.read()[at])
	h.dropHeld()
	return true
}

// takenBack: what only sounds like danger to the model, when she is just saying
// that her emergency is none.
func (h *hearing) takenBack(r classify.Result) bool {
	_, alarmed := h.emergency()
	return alarmed && r.Source != "rule" && (hasAny(h.bare, overWords) || hasAny(h.bare, withdrawPhrases))
}

// alarm says what to do first, and asks where when nobody would know.
func (h *hearing) alarm(r classify.Result) {
	if m, ok := h.sameDanger(r); ok {
		h.keepQuiet(r.Danger)
		h.moreOf(m, r)
		if m.Danger == r.Danger && !m.Quiet() && m.Resident == h.In.From {
			h.sayPassedOn(m, r) // the advice she has
			return
		}
		h.advise(r, m.ID)
		return
	}
	h.keepQuiet(r.Danger)
	id := h.raise(r, "").ID
	h.advise(r, id)
	if r.Place != "" || r.Area != "" || matter.QuietDanger(r.Danger) {
		return
	}
	key := "danger_where"
	if r.Danger == "help" && length(h.bare) <= longEnough {
		key = "danger_what"
	}
	h.say(key).Ask = &message.Ask{Kind: AskWhere, Matter: id}
}

// advise gives the first advice. Who writes of somebody else's wish to die is
// told what to do for that person. Where another hand may hold the phone the
// answer names nothing but the number to call, or there is none.
func (h *hearing) advise(r classify.Result, id string) {
	if matter.QuietDanger(r.Danger) && (h.silenced() || h.watched(r.Danger)) {
		if !h.silenced() {
			h.say("danger_quiet", id).Danger = r.Danger
		}
		return
	}
	key, danger := firstAdvice(r.Danger)
	switch {
	case danger == "suicide" && hasAny(h.bare, others):
		key = "danger_suicide_other"
	case danger == "hurt" && r.Code == "G9":
		key = "danger_crash"
	case danger == "violence" && hasAny(h.bare, childWords):
		key = "danger_violence_child"
	}
	s := h.say(key, id)
	s.Danger = danger
}

// keepQuiet takes her word that nobody is to call or write back: from then on
// nothing is sent to her unasked and nobody calls her, until she or a person
// takes it back. It counts only where an answer could cost her more than silence.
func (h *hearing) keepQuiet(danger string) {
	if matter.QuietDanger(danger) && (hasAny(h.bare, noCall) || h.silenced()) {
		h.plan.Resident.Contact = directory.QuietContact
	}
}

// silenced: she asks in this text that nothing be sent.
func (h *hearing) silenced() bool {
	return hasAny(h.bare, noText) || softStops[h.bare] || hasAny(h.bare, leaveMeAlone) && hasAny(h.bare, texts)
}

// watched: who beats her may read what comes.
func (h *hearing) watched(danger string) bool {
	return danger == "violence" && h.plan.Resident.Contact == directory.QuietContact
}

// firstAdvice is the sentence of a danger, and the danger's name.
func firstAdvice(found string) (key, danger string) {
	if found == "" {
		return "danger_hurt", "other"
	}
	return "danger_" + found, found
}

// inDanger takes what she says within half an hour of her own emergency as more
// about it: whoever is on the way must hear where it is.
func (h *hearing) inDanger() bool {
	m, ok := h.emergency()
	if !ok || greetings[h.bare] || h.bare == "" {
		return false
	}
	if _, digit := digitOf(h.In.Text); digit {
		return false
	}
	if m.Quiet() {
		return h.inQuietDanger(m)
	}
	if hasAny(h.bare, overWords) && !hasAny(h.fold, questionMarks) || hasAny(h.bare, withdrawPhrases) {
		return h.dangerOver(m)
	}
	r := h.Read(h.In.Text)[0]
	if hasAny(h.bare, progressPhrases) || hasAny(h.bare, thanksWords) || otherThan(m, r) && length(h.bare) > 10 {
		return false
	}
	h.closeQuestion()
	h.moreOf(m, r)
	h.dropHeld()
	h.sayPassedOn(m, r)
	return true
}

// sayPassedOn tells that those on their way have her words, and the place.
func (h *hearing) sayPassedOn(m matter.Matter, r classify.Result) {
	if r.Place == "" && r.Area == "" {
		h.say("danger_added", m.ID)
		return
	}
	s := h.say("danger_place", m.ID)
	if s.Values["place"] = firstRunes(r.Place, 20); r.Place == "" {
		s.Values["place"] = h.Village.Area(r.Area).Name
	}
}

// otherThan reports words that are surely another matter than m.
func otherThan(m matter.Matter, r classify.Result) bool {
	return sure(r) && r.Need && r.CodeConfidence > 0.8 && r.Code != m.Code
}

// inQuietDanger keeps all she says with the matter, and never takes it back for
// her: it may be another hand on the phone, or despair. Her words go to whoever
// cares for it; the answer names nothing.
func (h *hearing) inQuietDanger(m matter.Matter) bool {
	r := h.Read(h.In.Text)[0]
	if otherThan(m, r) && r.Complete {
		return false
	}
	key := "danger_heard_" + m.Danger
	if m.Danger == "violence" && hasAny(h.bare, secretWords) {
		key = "danger_secret"
	}
	h.closeQuestion()
	placed := r.Place != "" && r.Place != m.Place || r.Area != "" && r.Area != m.Area
	h.moreOf(m, r)
	if !placed && h.In.At.Sub(h.State.TopicAt) >= time.Minute { // nobody is paged twice within one
		h.plan.Alerts = append(h.plan.Alerts, Alert{Matter: m.ID, Notice: matter.Notice{To: matter.ToSquad, Key: "quiet_words"}})
	}
	h.dropHeld()
	h.keepQuiet(m.Danger)
	if h.silenced() || h.watched(m.Danger) {
		return true
	}
	s := h.say(key, m.ID)
	s.Danger, s.Topic = m.Danger, "danger"
	return true
}

// dangerOver calls back those on their way: she says it is over. A person still
// asks her: it may be another's word, or a fire that only looks put out.
func (h *hearing) dangerOver(m matter.Matter) bool {
	h.closeQuestion()
	if h.plan.Resident.Contact != directory.QuietContact && m.Resident == h.In.From {
		h.callback(directory.CallOver, m.ID, strings.TrimSpace(h.In.Text))
	}
	h.act(m.ID, matter.Cancel, matter.Detail{}, h.In.Text, nil)
	h.say("danger_over", m.ID)
	h.dropHeld()
	return true
}

// emergency is her own of the last half hour, if it is not settled; one of which
// only few may know stays open to her words for a day.
func (h *hearing) emergency() (matter.Matter, bool) {
	for _, m := range h.unsettled() {
		since := h.In.At.Sub(m.RaisedAt)
		if m.Urgency == catalog.Emergency && (since < heldFor || m.Quiet() && h.State.Topic == m.ID && since < recent) {
			return m, true
		}
	}
	return matter.Matter{}, false
}

// moreOf adds her words to an emergency; a new place goes to the squad at once.
func (h *hearing) moreOf(m matter.Matter, r classify.Result) {
	if m.Resident == h.In.From {
		h.place(m, r)
	} else { // who only joined it cannot move it to another area
		h.act(m.ID, matter.Answer, matter.Detail{}, h.In.Text, h.addWords(m, r))
	}
	if r.Place != "" && r.Place != m.Place || r.Area != "" && r.Area != m.Area {
		h.plan.Alerts = append(h.plan.Alerts, Alert{Matter: m.ID, Notice: matter.Notice{To: matter.ToSquad, Key: "page_where"}})
	}
}

func (h *hearing) sameDanger(r classify.Result) (matter.Matter, bool) {
	for _, m := range h.unsettled() {
		if m.Urgency == catalog.Emergency && m.Code == r.Code && h.In.At.Sub(m.RaisedAt) < heldFor {
			return m, true
		}
	}
	return matter.Matter{}, false
}

// SameEmergency reports whether r tells once more of the emergency m: the same
// code, and the same area or place, or no place at all.
func SameEmergency(m matter.Matter, r classify.Result) bool {
	if m.Urgency != catalog.Emergency || m.Code != r.Code || m.Quiet() || m.State == matter.Done {
		return false
	}
	if r.Place == "" && r.Area == "" {
		return true
	}
	return r.Area != "" && r.Area == m.Area || r.Place != "" && likeness(r.Place, m.Place) >= 0.5
}
