package dialogue

import (
	"strings"

	"sanshi/internal/catalog"
	"sanshi/internal/directory"
	"sanshi/internal/message"
)

// What has no subject yet: kept, joined by what follows, or passed on to a person.

// hold keeps words that have no subject yet, and says so once.
func (h *hearing) hold() bool {
	if length(h.words()) > 1000 || len(h.State.Held) > 10 { // enough was said: a person reads it
		h.passOn()
		return true
	}
	if r := h.read()[0]; len(h.photos()) > 0 && (r.Place != "" || r.Area != "") {
		h.passOn() // a picture and where it is: no more need be said
		return true
	}
	h.keepFragment()
	switch {
	case hasAny(h.bare, helpless) && length(h.bare) <= longEnough:
		h.say("what_is_it").Topic = "slowly"
	case !h.State.HeldTold:
		h.say("slowly").Topic = "slowly"
	}
	h.plan.State.HeldTold = true
	return true
}

// allHeld are all held words and photos, whenever they came.
func (h *hearing) allHeld() (words string, photos []string) {
	var said []string
	for _, f := range h.State.Held {
		if f.Text != "" {
			said = append(said, f.Text)
		}
		photos = append(photos, f.Photos...)
	}
	return strings.Join(said, "，"), photos
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
	for _, m := range h.open() {
		r.Asked = r.Asked || m.Private // it may go on about what nobody else may know
	}
	if r.Summary == "" && len(h.photos()) > 0 {
		r.Summary = "发来照片"
	}
	r.Confidence, r.Source = 0, "held"
	r.Reason = "话没说清楚，没能分类，请您看一下原话"
	o := h.raise(r, "")
	o.Hold = true
	h.dropHeld()
	h.say("held_passed", o.ID)
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
	words, photos := h.allHeld()
	for _, p := range photos {
		h.In.Media = append(h.In.Media, message.Media{URL: p})
	}
	h.In.Text = strings.TrimSpace(words)
	h.State.Held, h.plan.State.Held = nil, nil
	if len(h.In.Media) > 0 || h.In.Text != "" && (h.needs() || h.read()[0].Kind.Valid()) {
		h.passOn()
	}
	h.dropHeld()
	if t.Resident.Contact == directory.QuietContact {
		h.plan.Says = nil // half an hour later it is no answer any more
	}
	return h.plan
}
