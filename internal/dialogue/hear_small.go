package dialogue

import (
	"strconv"

	"sanshi/internal/catalog"
	"sanshi/internal/directory"
	"sanshi/internal/matter"
	"sanshi/internal/message"
)

// What is heard and needs no matter: thanks, greetings, a question that a fact of
// the village answers, a wish to be forgotten, noise.

// thanks are answered once; the rest of the text must hold no need.
func (h *hearing) thanks() bool {
	if !hasAny(h.bare, thanksWords) {
		return false
	}
	for _, r := range h.read() {
		if r.Kind.Valid() && (r.Complete || (r.Need || r.Confidence >= 0.6) && length(h.bare) > 12) {
			return false
		}
	}
	h.say("welcome").Topic = "welcome"
	return true
}

// greeting answers "are you there": with what is under way, if anything is.
func (h *hearing) greeting() bool {
	if !greetings[h.bare] {
		return false
	}
	if len(h.State.Held) > 0 && h.In.At.Sub(h.State.Held[len(h.State.Held)-1].At) <= window {
		h.say("slowly").Topic = "here"
		return true
	}
	if m, ok := h.lately(recent); ok {
		h.say("heard", m.ID).Topic = "here"
		return true
	}
	if h.State.Version == 0 {
		h.say("hello").Topic = "here"
	} else {
		h.say("here").Topic = "here"
	}
	return true
}

// forget takes the wish to be erased; a person confirms it. Open matters would
// stop with it, so that is asked first, once.
func (h *hearing) forget() bool {
	if hasAny(h.bare, keepMine) && length(h.bare) <= longEnough && !h.anotherNeed() {
		h.callback(directory.CallPerson, "", h.In.Text) // who was asked to erase must hear of it
		h.say("not_erased")
		return true
	}
	if !hasAny(h.bare, forgetPhrases) || length(h.bare) > 40 {
		return false
	}
	if n := len(h.unsettled()); n > 0 {
		s := h.say("ask_erase")
		s.Values["n"] = strconv.Itoa(n)
		s.Ask = &message.Ask{Kind: AskErase}
		return true
	}
	h.callback(directory.CallErase, "", h.In.Text)
	h.say("erase_asked")
	return true
}

// copyOf takes the wish to see what is kept. By the number alone one learns how
// many ordinary matters there are and since when; the rest a person hands over,
// who knows whom she has before her.
func (h *hearing) copyOf() bool {
	if !hasAny(h.bare, copyPhrases) || length(h.bare) > 40 || h.anotherNeed() {
		return false
	}
	h.deep()
	n, since := 0, h.Now
	for _, m := range h.Matters {
		if m.Resident != h.In.From || m.Private {
			continue
		}
		n++
		if m.RaisedAt.Before(since) {
			since = m.RaisedAt
		}
	}
	by := h.callback(directory.CallCopy, "", h.In.Text)
	key := "copy_asked"
	if n == 0 {
		key = "copy_none"
	}
	h.sayCall(key, by)
	s := &h.plan.Says[len(h.plan.Says)-1]
	s.Values["n"], s.Since = strconv.Itoa(n), since
	return true
}

// deep asks for all her matters, unless these are all.
func (h *hearing) deep() { h.plan.Deep = h.plan.Deep || !h.All }

// meant: a text that was for somebody else, or a question who reads here.
func (h *hearing) meant() bool {
	switch {
	case hasAny(h.bare, wrongNumber) && length(h.bare) <= 12 && len(h.open()) == 0:
		h.say("sorry_wrong").Topic = "here"
	case hasAny(h.bare, whoReads) && length(h.bare) <= 16 && !h.anotherNeed():
		h.say("who_we_are").Topic = "here"
	default:
		return false
	}
	return true
}

// noise is what is surely no request. Advertising and codes are met with
// silence; a person who just talks is told once what this number is for.
func (h *hearing) noise() bool {
	if len(h.photos()) > 0 {
		return false
	}
	for _, r := range h.read() {
		if r.Kind != catalog.None || r.Confidence < 0.6 || r.Need {
			return false
		}
	}
	switch {
	case hasAny(h.fold, adverts), h.answeredLately():
		return true
	case h.read()[0].Source == "rule" && h.State.Version > 0:
		return true
	default:
		h.say("hello").Topic = "here"
	}
	h.plan.State.Puzzled = h.In.At
	return true
}

func ids(ms []matter.Matter) []string {
	out := make([]string, len(ms))
	for i, m := range ms {
		out[i] = m.ID
	}
	return out
}
