package dialogue

import (
	"strconv"
	"strings"

	"sanshi/internal/catalog"
	"sanshi/internal/matter"
	"sanshi/internal/message"
	"sanshi/prompts"
)

// details is one matter whole, as far as two segments go: her words, where, from
// whom (masked), and what is like it. Words of a private one are in no text.
func (w *teller) details(m matter.Matter, like []matter.Matter) string {
	focus := &message.Ask{Kind: DeskWork, Matter: m.ID, Options: []string{Item{m.ID, m.Version}.option()}}
	digit, key := 1, "desk_details_work"
	if m.State == matter.Sorting {
		key = "desk_details"
		if !w.tray.has(m.ID) {
			w.tray.Items = append(w.tray.Items[:len(w.tray.Items):len(w.tray.Items)], Item{m.ID, m.Version})
		}
		for i := range w.tray.Items {
			if w.tray.Items[i].Matter == m.ID {
				digit, w.tray.Items[i].Version = i+1, m.Version
			}
		}
		focus.Kind, focus.Options = DeskSort, options(w.tray.Items)
	}
	w.ask = focus
	v := prompts.Values{"i": strconv.Itoa(digit), "number": m.Number, "kind": w.scribe.kind(m.Kind), "service": w.service(m), "due": w.scribe.sp.day(m.DueAt),
		"place": News{Village: w.Village, Matter: m}.place(w.scribe.book), "from": masked(m.Resident), "like": w.likeness(like),
		"state": w.state(m)}
	if m.Private {
		return w.say(key+"_private", v)
	}
	for short := 90; ; short -= 6 {
		if v["text"] = firstRunes(strings.ReplaceAll(m.Text, "\n", "，"), short); length(m.Text) > short {
			v["text"] += "…"
		}
		if text := w.say(key, v); short <= 12 || w.scribe.fits(text) {
			return text
		}
	}
}

// state is how a matter stands, and with whom.
func (w *teller) state(m matter.Matter) string {
	key := "state_" + string(m.State)
	if m.Assignee != "" && w.scribe.book.Has(key+"_by") {
		key += "_by"
	}
	return w.say(key, prompts.Values{"who": w.nameOf(m.Assignee)})
}

func (w *teller) service(m matter.Matter) string {
	s, _ := catalog.Lookup(m.Code)
	if w.scribe.book.Language == "en" {
		return firstRunes(s.En, 24)
	}
	name, _, _ := strings.Cut(s.Zh, "（")
	return firstRunes(name, 12)
}

func (w *teller) likeness(like []matter.Matter) string {
	var numbers []string
	for _, m := range like {
		if !m.Private && len(numbers) < 2 {
			numbers = append(numbers, m.Number)
		}
	}
	if len(numbers) == 0 {
		return ""
	}
	return w.say("desk_like", prompts.Values{"list": strings.Join(numbers, w.say("desk_and", nil))})
}

// masked is a number as staff may see it in a text: the last four digits.
func masked(a message.Address) string {
	u := a.User()
	if length(u) < 8 {
		return "***"
	}
	return "…" + u[len(u)-4:]
}
