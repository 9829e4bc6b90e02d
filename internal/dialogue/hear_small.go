package dialogue

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"sanshi/internal/catalog"
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
		if r.Kind.Valid() && (r.Need || r.Confidence >= 0.6) && length(h.bare) > 12 {
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

// fact answers a question word for word from the village's facts.
func (h *hearing) fact() bool {
	if !hasAny(h.fold, askingWords) || len(h.subjects()) > 1 {
		return false
	}
	for _, r := range h.subjects() {
		if r.Kind == catalog.Government || r.Urgency != catalog.Normal || r.Code == "V6" {
			return false
		}
	}
	text, ok := h.findFact()
	if !ok || length(h.bare) > 24 {
		return false
	}
	h.plan.Says = append(h.plan.Says, Say{Key: "fact", Values: map[string]string{"fact": text}, Topic: "fact"})
	return true
}

func (h *hearing) findFact() (string, bool) {
	for _, name := range slices.Sorted(maps.Keys(h.Village.Facts)) {
		if strings.Contains(h.bare, message.Bare(name)) || hasAny(h.bare, factWords[name]) {
			return h.Village.Facts[name], true
		}
	}
	return "", false
}

// forget takes the wish to be erased; a person confirms it. Open matters would
// stop with it, so that is asked first, once.
func (h *hearing) forget() bool {
	if !hasAny(h.bare, forgetPhrases) || length(h.bare) > 40 {
		return false
	}
	h.dropHeld()
	if n := len(h.unsettled()); n > 0 {
		s := h.say("ask_erase")
		s.Values["n"] = strconv.Itoa(n)
		s.Ask = &message.Ask{Kind: AskErase}
		return true
	}
	h.callback("erase", "", "")
	h.say("erase_asked")
	return true
}

// noise is what is surely no request. Advertising and codes are met with
// silence; a person who just talks is told once what this number is for.
func (h *hearing) noise() bool {
	for _, r := range h.read() {
		if r.Kind != catalog.None || r.Confidence < 0.6 || r.Need {
			return false
		}
	}
	switch {
	case hasAny(h.fold, adverts), h.answeredLately():
		return true
	case strings.Contains(h.bare, "发错了") || strings.Contains(h.bare, "打错了") || strings.Contains(h.bare, "wrongnumber"):
		h.say("sorry_wrong").Topic = "here"
	case h.read()[0].Source == "rule" && h.State.Version > 0:
		return true
	default:
		h.say("hello").Topic = "here"
	}
	h.plan.State.Puzzled = h.In.At
	return true
}

// progress tells how her matters stand: the one she names, or all of them.
func (h *hearing) progress() bool {
	named, reference := h.named()
	asks := hasAny(h.bare, progressPhrases)
	if m, ok := h.lately(60 * 24 * time.Hour); ok && hasAny(h.bare, urging) && m.State != matter.Done {
		named, asks = []matter.Matter{m}, true
	}
	if !asks && !reference {
		return false
	}
	if asks && len(named) == 0 {
		if h.tellsMore() {
			return false
		}
		named = h.unsettled()
		if len(named) == 0 {
			named = h.open()
		}
	}
	switch {
	case len(named) == 0 && (len(h.State.Held) > 0 || length(h.bare) > 8):
		return false // nothing of hers is known, so it is no question about it
	case len(named) == 0:
		h.say("progress_none").Topic = "progress"
	case len(named) == 1 && asks && h.isLate(named[0]):
		h.urge(named[0])
	case len(named) == 1:
		h.about(named[0].ID)
		h.say("progress", named[0].ID).Topic = "progress"
	default:
		h.say("progress_many", ids(named)...).Topic = "progress"
	}
	return true
}

// tellsMore: what sounds like a question about progress is a new matter told as
// a complaint.
func (h *hearing) tellsMore() bool {
	for _, r := range h.subjects() {
		if r.Confidence > 0.5 && length(h.bare) > 8 {
			return true
		}
	}
	return false
}

// urge answers who asks after something late: an apology, her words kept with
// the matter, and the secretary is told, at most once a day.
func (h *hearing) urge(m matter.Matter) {
	h.act(m.ID, matter.Answer, matter.Detail{Photo: first(h.photos())}, h.words(), nil)
	if h.In.At.Sub(h.State.UrgedAt) >= urgeGap {
		h.plan.State.UrgedAt = h.In.At
		h.plan.Alerts = append(h.plan.Alerts, Alert{Matter: m.ID, Notice: matter.Notice{To: matter.ToSecretary, Key: "urged"}})
	}
	h.say("repeated_late", m.ID).Topic = "repeated"
}

func (h *hearing) isLate(m matter.Matter) bool {
	return m.State.Open() && m.State != matter.Done && !m.DueAt.IsZero() && h.Now.After(m.DueAt)
}

// named finds which of her matters a text speaks of: by number, or by words.
// reference is true when the text does nothing but point at it: "水沟那个".
func (h *hearing) named() (out []matter.Matter, reference bool) {
	if num, ok := numberIn(h.fold); ok {
		for _, m := range h.Matters {
			if m.Number == num {
				return []matter.Matter{m}, true
			}
		}
	}
	points := strings.Contains(h.bare, "那个") || strings.Contains(h.bare, "这个") || strings.Contains(h.bare, "那件") || strings.Contains(h.bare, "这件") || strings.Contains(h.bare, "那事")
	best := 0.0
	for _, m := range h.open() {
		if m.Private {
			continue
		}
		l := touch(h.bare, m)
		if l == 0 || l < best {
			continue
		}
		if l > best {
			out, best = nil, l
		}
		out = append(out, m)
	}
	return out, points && len(out) > 0 && length(h.bare) <= 10 && !hasAny(h.bare, again) && !h.needs()
}

func (h *hearing) needs() bool {
	for _, r := range h.read() {
		if r.Need {
			return true
		}
	}
	return false
}

// touch counts the character pairs that a short text shares with a matter's
// summary, place or the name of its service.
func touch(bare string, m matter.Matter) float64 {
	s, _ := catalog.Lookup(m.Code)
	x, n := pairs(bare), 0.0
	for p := range pairs(message.Bare(m.Summary + m.Text)) {
		if x[p] {
			n++
		}
	}
	for p := range pairs(message.Bare(s.Zh)) {
		if x[p] {
			n += 0.5
		}
	}
	return n
}

func numberIn(fold string) (string, bool) {
	for _, f := range strings.FieldsFunc(fold, func(r rune) bool { return (r < '0' || r > '9') && r != '-' }) {
		if len(f) >= 5 {
			if n, ok := matter.ParseNumber(f); ok {
				return n, true
			}
		}
	}
	return "", false
}

func ids(ms []matter.Matter) []string {
	out := make([]string, len(ms))
	for i, m := range ms {
		out[i] = m.ID
	}
	return out
}
