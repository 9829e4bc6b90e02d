package dialogue

import (
	"strings"

	"sanshi/internal/catalog"
	"sanshi/internal/classify"
	"sanshi/internal/directory"
	"sanshi/internal/message"
	"sanshi/prompts"
)

// What is heard as a question that the village may have answered beforehand. A
// question is no matter; a need put as a question is one ("能不能修路灯"). What
// nobody wrote down is not guessed at: the secretary is asked.

// fact answers a question word for word from the village's facts.
func (h *hearing) fact() bool {
	if !hasAny(h.fold, askingWords) && !hasAny(h.bare, timetable) || len(h.subjects()) > 1 || !h.shortQuestion() {
		return false
	}
	_, f, ok := h.Village.FindFact(h.bare)
	if !ok {
		return false
	}
	for _, r := range h.subjects() {
		if r.Complete || r.Urgency != catalog.Normal || r.Code == "V6" || r.Kind == catalog.Government && !h.asksTimetable(r) {
			return false
		}
	}
	h.sayFact(f).Topic = "fact"
	return true
}

// shortQuestion: who tells a story wants more than an opening hour.
func (h *hearing) shortQuestion() bool {
	n := length(h.bare)
	return n <= 24 || n <= 60 && len(h.bare) == n // letters, not characters
}

func (h *hearing) sayFact(f directory.Fact) *Say {
	s := h.say("fact")
	s.Values["fact"] = factText(prompts.Resident(h.plan.Resident.Language), f)
	return s
}

// factText is a fact with where it is from and of when it is.
func factText(book prompts.Book, f directory.Fact) string {
	text, source := f.Text, f.Source
	if book.Language == "en" && f.En != "" {
		text = f.En
	}
	if source == "" {
		source = book.Say("fact_committee", nil)
	}
	t, month, dated := f.Date()
	if !dated {
		return text + book.Say("fact_source", prompts.Values{"source": source})
	}
	form := "1月2日"
	switch {
	case book.Language == "en" && month:
		form = "Jan"
	case book.Language == "en":
		form = "2 Jan"
	case month:
		form = "1月"
	}
	return text + book.Say("fact_source_of", prompts.Values{"source": source, "updated": t.Format(form)})
}

// answered takes the questions that a fact answers off several parts, and says it.
func (h *hearing) answered(parts []classify.Result) (left []classify.Result) {
	for _, r := range parts {
		_, f, ok := h.Village.FindFact(message.Bare(r.Part))
		if ok && len(parts) > 1 && !r.Complete && hasAny(message.Fold(r.Part), askingWords) {
			h.sayFact(f)
			continue
		}
		left = append(left, r)
	}
	return left
}

// question passes on what nobody has written down: she hears that it is not
// known here and who was asked, and the secretary gets her words.
func (h *hearing) question() bool {
	if !hasAny(h.bare, timetable) || !h.shortQuestion() || length(h.bare) < 4 || len(h.read()) > 1 || strings.HasSuffix(h.bare, "几点了") {
		return false
	}
	if hasAny(h.fold, adverts) || len(h.photos()) > 0 || !h.asksTimetable(h.read()[0]) {
		return false
	}
	h.plan.Questions = append(h.plan.Questions, directory.Question{
		ID: h.NewID(), Village: h.In.Village, Address: h.In.From, Text: strings.TrimSpace(h.In.Text), At: h.In.At,
	})
	h.callback(directory.CallFact, "", h.In.Text)
	h.say("question_passed").Topic = "fact"
	return true
}

// asksTimetable: a plain question, about nothing that is broken and no service
// that a department must answer for.
func (h *hearing) asksTimetable(r classify.Result) bool {
	if r.Complete || r.Urgency != catalog.Normal || hasAny(h.bare, wants) || !hasAny(h.bare, timetable) {
		return false
	}
	switch r.Code {
	case "V5", "V6", "V7", "H1", "H2", "H3", "H6", "H9":
		return false
	case classify.NoCode, "V0", "V3", "V8", "G3", "G6", "G7", "G8":
		return true
	}
	return !sure(r)
}

// TellFact is the text to somebody who asked before the answer was written down;
// ok is false when none may go to her.
func TellFact(v *directory.Village, r directory.Resident, f directory.Fact, out message.Outbound) (_ message.Outbound, ok bool) {
	if r.Contact == directory.QuietContact || r.OptOut == directory.Hard || r.Channel == "" {
		return out, false
	}
	book := prompts.Resident(r.Language)
	sp := speaker{village: v, book: book, now: out.CreatedAt}
	out.Text, _ = sp.compose([]Say{{Key: "fact_told", Values: prompts.Values{"fact": factText(book, f)}}}, false)
	out.To, out.Channel, out.Sender, out.Village = r.Address, r.Channel, r.Sender, v.ID
	out.Priority, out.NotBefore = message.News, v.Until(out.CreatedAt)
	return out, true
}
