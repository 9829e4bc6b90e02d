package dialogue

import (
	"strings"
	"time"

	"sanshi/internal/catalog"
	"sanshi/internal/matter"
	"sanshi/internal/message"
)

// What is heard as a question about what she raised, and which matter it is.

// progress tells how her matters stand: the one she names, or all of them.
func (h *hearing) progress() bool {
	named, reference := h.named()
	asks := hasAny(h.bare, progressPhrases)
	if _, quoted := numberIn(h.fold); quoted && len(named) == 0 && asks {
		h.deep()
		h.say("number_unknown").Topic = "progress"
		return true
	}
	if m, ok := h.lately(60 * 24 * time.Hour); ok && hasAny(h.bare, urging) && m.State != matter.Done {
		named, asks = []matter.Matter{m}, true
	}
	if !asks && !reference {
		return false
	}
	if asks && len(named) == 0 {
		if len(h.open()) == 0 || length(h.bare) > longEnough {
			h.deep()
		}
		if h.tellsMore() || h.anotherNeed() {
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
		h.listProgress(named)
	}
	return true
}

// listProgress tells of several; the numbers of the list may be answered, unless
// a question that matters more is waiting.
func (h *hearing) listProgress(named []matter.Matter) {
	s := h.say("progress_many", ids(named)...)
	s.Topic = "progress"
	if h.Ask == nil || h.Ask.Kind == AskWhere || h.Ask.Kind == AskWhich {
		s.Ask = &message.Ask{Kind: AskWhich, Options: ids(named[:min(len(named), 5)])}
	}
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
	h.act(m.ID, matter.Answer, matter.Detail{}, h.words(), nil)
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
	if out = h.touched(h.open()); len(out) == 0 && hasAny(h.bare, progressPhrases) {
		out = h.touched(h.Matters) // settled ones too: it is told that they are
		out = out[:min(len(out), 1)]
	}
	return out, points && len(out) > 0 && length(h.bare) <= 10 && !hasAny(h.bare, again) && !h.needs()
}

// touched gives those of some matters that the text shares most with.
func (h *hearing) touched(ms []matter.Matter) (out []matter.Matter) {
	best := 0.0
	for _, m := range ms {
		l := touch(h.bare, m)
		if m.Private || l == 0 || l < best {
			continue
		}
		if l > best {
			out, best = nil, l
		}
		out = append(out, m)
	}
	return out
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
	for p := range pairs(message.Bare(m.Summary + m.Text + m.Name)) {
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
