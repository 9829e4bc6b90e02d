package dialogue

import (
	"strings"
	"time"

	"sanshi/internal/catalog"
	"sanshi/internal/directory"
	"sanshi/internal/matter"
	"sanshi/internal/message"
)

// What is heard before anything else: stop and start, too many texts, the wish
// for a person, a text without words. Danger is in hear_danger.go.

func (h *hearing) stop() bool {
	r := &h.plan.Resident
	switch {
	case hardStops[h.bare]:
		r.OptOut, r.OptOutAt = directory.Hard, h.Now
	case (softStops[h.bare] || length(h.bare) <= 24 && hasAny(h.bare, leaveMeAlone) && hasAny(h.bare, texts)) && !h.quietDanger():
		if r.OptOut == directory.OptedIn { // it is confirmed once
			r.OptOut, r.OptOutAt = directory.Soft, h.Now
			h.say(h.stopSentence())
		}
	default:
		return false
	}
	return true
}

// quietDanger: in words of violence or despair, or soon after them, "do not write
// to me" is no opt-out: it is heard with the danger.
func (h *hearing) quietDanger() bool {
	if m, ok := h.emergency(); ok && m.Quiet() {
		return true
	}
	for _, r := range h.read() {
		if r.Urgency == catalog.Emergency && matter.QuietDanger(r.Danger) {
			return true
		}
	}
	return false
}

// stopSentence tells staff that their work no longer comes by text either.
func (h *hearing) stopSentence() string {
	if len(h.Village.Holders(h.In.From.User())) > 0 {
		return "soft_stop_staff"
	}
	return "soft_stop"
}

// start opens the line again. Who never stopped means something else by "yes".
func (h *hearing) start() bool {
	r := &h.plan.Resident
	if !starts[h.bare] || r.OptOut == directory.OptedIn || r.OptOut == directory.Soft && h.Ask != nil && message.Yes(h.In.Text) {
		return false
	}
	r.OptOut, r.OptOutAt = directory.OptedIn, time.Time{}
	h.say("started")
	return true
}

// tooFast keeps what comes beyond the rate unread but for danger, and says so
// once an hour. A signed text is never refused for its rate. It stands with the
// matter last spoken of; a need in it becomes one task for a person.
func (h *hearing) tooFast() bool {
	s := &h.plan.State
	if s.Recent <= rateLimit {
		return false
	}
	if h.In.At.Sub(s.ThrottledAt) >= throttleGap {
		s.ThrottledAt = h.In.At
		h.say("throttled")
	}
	m, spoken := h.lately(recent)
	if spoken {
		h.plan.About = append(h.plan.About, m.ID)
	}
	if h.needs() {
		h.callback(directory.CallThrottled, m.ID, h.In.Text)
	}
	return true
}

// person hands over to a human being: 0 always, words when they are all she says.
func (h *hearing) person() bool {
	n, digit := digitOf(h.In.Text)
	asked := persons[h.bare] || digit && n == 0 || length(h.bare) <= 20 && (hasAny(h.bare, personPhrases) || hasAny(h.bare, cannotRead))
	if h.whenToCall() {
		return true
	}
	if !asked || hasAny(h.bare, noCall) || hasAny(h.bare, whoReads) {
		return false
	}
	topic := ""
	if m, ok := h.lately(recent); ok {
		topic = m.ID
	}
	note := strings.TrimSpace(h.words())
	h.dropHeld()
	reason, key := directory.CallPerson, "person"
	if hasAny(h.bare, cannotRead) {
		reason = directory.CallUnread
	}
	if !h.State.CallBy.IsZero() && !h.State.CallBy.After(h.Now) && h.Now.Sub(h.State.CallBy) < 7*24*time.Hour {
		key = "person_again"
	}
	by := h.callback(reason, topic, note)
	h.plan.State.CalledAt = h.In.At
	h.sayCall(key, by)
	return true
}

// whenToCall adds to a call she just asked for: "after three".
func (h *hearing) whenToCall() bool {
	if h.In.At.Sub(h.State.CalledAt) > window || length(h.bare) > 16 || !hasAny(h.bare, callTimes) || h.anotherNeed() {
		return false
	}
	h.callback(directory.CallPerson, "", h.In.Text)
	h.say("wrote_down").Topic = "person"
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
		h.act(m.ID, matter.Answer, matter.Detail{}, "", nil)
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
