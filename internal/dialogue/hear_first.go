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

// What is heard before anything else: stop and start, danger, too many texts,
// the wish for a person, a text without words.

func (h *hearing) stop() bool {
	r := &h.plan.Resident
	switch {
	case hardStops[h.bare]:
		r.OptOut, r.OptOutAt = directory.Hard, h.Now
	case softStops[h.bare]:
		if r.OptOut == directory.OptedIn {
			r.OptOut, r.OptOutAt = directory.Soft, h.Now
		}
		h.say("soft_stop")
	default:
		return false
	}
	h.dropHeld()
	return true
}

// start opens the line again. Who never stopped means something else by "yes".
func (h *hearing) start() bool {
	r := &h.plan.Resident
	if !starts[h.bare] || r.OptOut == directory.OptedIn {
		return false
	}
	r.OptOut, r.OptOutAt = directory.OptedIn, time.Time{}
	h.say("hello")
	return true
}

// danger opens an emergency at once, or adds to her own of the last half hour.
func (h *hearing) danger() bool {
	for _, r := range h.read() {
		if r.Urgency != catalog.Emergency || r.Source != "rule" || !r.Kind.Valid() {
			continue
		}
		key := "danger_" + r.Danger
		if m, ok := h.sameDanger(r); ok {
			h.moreOf(m, r)
			h.advise(key, r.Danger, m.ID)
		} else {
			id := h.raise(r, "").ID
			h.advise(key, r.Danger, id)
			if r.Place == "" && r.Area == "" && !matter.QuietDanger(r.Danger) {
				h.say("danger_where").Ask = &message.Ask{Kind: AskWhere, Matter: id}
			}
		}
		h.dropHeld()
		return true
	}
	return false
}

func (h *hearing) advise(key, danger, id string) {
	s := h.say(key, id)
	s.Danger = danger
	if danger == "" {
		s.Danger, s.Key = "other", "danger_hurt"
	}
}

// inDanger takes what she says within half an hour of her own emergency as more
// about it: whoever is on the way must hear where it is.
func (h *hearing) inDanger() bool {
	m, ok := h.emergency()
	if !ok || greetings[h.bare] || h.bare == "" || hasAny(h.bare, withdrawPhrases) || hasAny(h.bare, progressPhrases) || hasAny(h.bare, thanksWords) {
		return false
	}
	if _, digit := digitOf(h.In.Text); digit {
		return false
	}
	r := h.Read(h.In.Text)[0]
	if sure(r) && r.Need && r.CodeConfidence > 0.8 && r.Code != m.Code && length(h.bare) > 10 {
		return false // surely another matter
	}
	h.closeQuestion()
	h.moreOf(m, r)
	h.dropHeld()
	if r.Place != "" || r.Area != "" {
		s := h.say("danger_place", m.ID)
		s.Values["place"] = firstRunes(r.Place, 20)
		if r.Place == "" {
			s.Values["place"] = h.Village.Area(r.Area).Name
		}
		return true
	}
	h.say("danger_added", m.ID)
	return true
}

// emergency is her own of the last half hour, if it is not settled.
func (h *hearing) emergency() (matter.Matter, bool) {
	for _, m := range h.unsettled() {
		if m.Urgency == catalog.Emergency && h.In.At.Sub(m.RaisedAt) < heldFor {
			return m, true
		}
	}
	return matter.Matter{}, false
}

// moreOf adds her words to an emergency; a place goes to the squad at once.
func (h *hearing) moreOf(m matter.Matter, r classify.Result) {
	h.place(m, r)
	if r.Place != "" || r.Area != "" {
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

// tooFast keeps what comes beyond the rate unread but for danger, and says so
// once an hour. A signed text is never refused for its rate.
func (h *hearing) tooFast() bool {
	s := &h.plan.State
	if s.Recent <= rateLimit {
		return false
	}
	if h.In.At.Sub(s.ThrottledAt) >= throttleGap {
		s.ThrottledAt = h.In.At
		h.say("throttled")
	}
	return true
}

// person hands over to a human being: 0 always, words when they are all she says.
func (h *hearing) person() bool {
	n, digit := digitOf(h.In.Text)
	asked := persons[h.bare] || digit && n == 0 || length(h.bare) <= 20 && hasAny(h.bare, personPhrases)
	if !asked || hasAny(h.bare, noCall) {
		return false
	}
	topic := ""
	if m, ok := h.lately(recent); ok {
		topic = m.ID
	}
	note := strings.TrimSpace(h.words())
	h.dropHeld()
	h.callback("person", topic, note)
	h.say("person").Topic = "person"
	return true
}

// wordless answers a photo, a question mark, an emoji.
func (h *hearing) wordless() bool {
	if h.bare != "" {
		return false
	}
	m, spoken := h.lately(recent)
	switch {
	case len(h.In.Media) > 0 && spoken:
		h.act(m.ID, matter.Answer, matter.Detail{Photo: h.In.Media[0].URL}, "", nil)
		h.say("photo_added", m.ID).Topic = "photo"
	case len(h.In.Media) > 0:
		h.keepFragment()
		h.say("photo_only").Topic = "photo"
	case spoken && strings.ContainsAny(h.fold, "?？"):
		h.say("progress", m.ID).Topic = "progress"
	case h.answeredLately():
		// nothing more is said to a second row of signs
	case strings.ContainsAny(h.fold, "?？"):
		h.say("here").Topic = "here"
		h.plan.State.Puzzled = h.In.At
	default:
		h.say("unclear").Topic = "here"
		h.plan.State.Puzzled = h.In.At
	}
	return true
}

// answeredLately keeps the bot from asking "what do you mean" again and again.
func (h *hearing) answeredLately() bool { return h.In.At.Sub(h.State.Puzzled) < window }

// SameEmergency reports whether r tells once more of the emergency m: the same
// code, and the same area or place, or no place at all.
func SameEmergency(m matter.Matter, r classify.Result) bool {
	if m.Urgency != catalog.Emergency || m.Code != r.Code || m.Quiet() {
		return false
	}
	if r.Place == "" && r.Area == "" {
		return true
	}
	return r.Area != "" && r.Area == m.Area || r.Place != "" && likeness(r.Place, m.Place) >= 0.5
}
