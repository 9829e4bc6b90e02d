package dialogue

import (
	"strings"

	"sanshi/internal/classify"
	"sanshi/internal/matter"
	"sanshi/internal/message"
)

// What is heard as an answer: to the question that was sent last, or a bare
// digit without one.

// ledByDigit reads the digit that an answer begins with, and what she adds to it:
// "1 灯还是不亮".
func ledByDigit(text string) (n int, rest string, ok bool) {
	s := strings.TrimSpace(message.Fold(text))
	first := strings.IndexFunc(s, func(r rune) bool { return strings.ContainsRune(" ,.。、!:", r) })
	if first <= 0 || first > 4 {
		return 0, "", false
	}
	n, ok = message.Digit(s[:first])
	return n, strings.Trim(s[first:], " ,.。、!:"), ok
}

// digitOf reads a digit, also one with thanks behind it: "5 谢谢".
func digitOf(text string) (int, bool) {
	if n, ok := message.Digit(text); ok {
		return n, true
	}
	s := message.Fold(text)
	for _, w := range thanksWords {
		if i := strings.Index(s, w); i > 0 && length(s) <= 12 {
			return message.Digit(s[:i])
		}
	}
	return 0, false
}

// answer takes the text as the answer to the open question, if it can be one.
func (h *hearing) answer() bool {
	if h.Ask == nil {
		return false
	}
	n, digit := digitOf(h.In.Text)
	switch h.Ask.Kind {
	case AskRate:
		return h.answerRate(n, digit)
	case AskWhere:
		return !digit && h.answerWhere()
	case AskWhich, AskCancel:
		return digit && h.answerWhich(n) || !digit && h.answerInWords()
	case AskReopen:
		return h.answerReopen(n, digit)
	case AskErase:
		return h.answerErase(n, digit)
	case AskStaff:
		return h.answerStaff()
	}
	return false
}

func (h *hearing) answerRate(n int, digit bool) bool {
	if !digit {
		n, digit = ratingWords[h.bare]
	}
	if !digit {
		if n, _, digit = ledByDigit(h.In.Text); n > 5 {
			return false
		}
	}
	if !digit {
		return false
	}
	if n < 1 || n > 5 {
		h.say("rate_range").Topic = "rate"
		return true
	}
	h.rate(h.Ask.Matter, n)
	return true
}

// rate records a rating; one or two first offers to reopen.
func (h *hearing) rate(id string, n int) {
	h.closeQuestion()
	h.act(id, matter.Rate, matter.Detail{Rating: n}, "", nil)
	if n <= 2 {
		h.say("ask_reopen", id).Ask = &message.Ask{Kind: AskReopen, Matter: id}
		return
	}
	h.say("rated", id)
}

func (h *hearing) answerReopen(n int, digit bool) bool {
	switch {
	case digit && n == 1, !digit && (message.Yes(h.In.Text) || hasAny(h.bare, again) || hasAny(h.bare, broken)):
		h.closeQuestion()
		h.act(h.Ask.Matter, matter.Reopen, matter.Detail{}, "", nil)
		h.say("reopened", h.Ask.Matter)
	case digit && n == 2, !digit && message.No(h.In.Text):
		h.closeQuestion()
		if m, ok := h.matter(h.Ask.Matter); ok && m.State == matter.Done {
			h.act(m.ID, matter.Rate, matter.Detail{Rating: m.Rating}, "", nil)
		}
		h.say("rated_low_kept")
	default:
		return false
	}
	return true
}

func (h *hearing) answerErase(n int, digit bool) bool {
	switch {
	case digit && n == 1, !digit && (message.Yes(h.In.Text) || hasAny(h.bare, forgetPhrases) || strings.Contains(h.bare, "不要留")):
		h.closeQuestion()
		h.callback("erase", "", "")
		h.say("erase_asked")
	case digit && n == 2, !digit && message.No(h.In.Text):
		h.closeQuestion()
		h.say("not_erased")
	default:
		return false
	}
	return true
}

// answerWhere takes a place; a text that is surely about something else is not one.
func (h *hearing) answerWhere() bool {
	m, ok := h.matter(h.Ask.Matter)
	if !ok || !m.State.Open() {
		return false
	}
	r := h.Read(h.In.Text)[0]
	unplaced := r.Place == "" && r.Area == ""
	if unplaced && (length(h.bare) > 16 || sure(r) && r.Code != m.Code || hasAny(h.bare, broken) || hasAny(h.fold, questionMarks)) {
		return false
	}
	if message.No(h.In.Text) || hasAny(h.bare, withdrawPhrases) || hasAny(h.bare, correctionPhrases) {
		return false
	}
	h.closeQuestion()
	if unplaced {
		r.Place = firstRunes(strings.TrimSpace(h.In.Text), 16)
	}
	h.place(m, r)
	h.say("added", m.ID)
	return true
}

// place writes where a matter is, in its row and among her words.
func (h *hearing) place(m matter.Matter, r classify.Result) {
	if r.Area != "" && r.Area != m.Area {
		h.act(m.ID, matter.Correct, matter.Detail{Area: r.Area}, "", h.addWords(m, r))
		return
	}
	h.act(m.ID, matter.Answer, matter.Detail{}, h.In.Text, h.addWords(m, r))
}

// answerWhich takes the number of a list; the last number is "new", or "none".
func (h *hearing) answerWhich(n int) bool {
	options := h.Ask.Options
	if n < 1 || n > len(options)+1 {
		h.say("digit_unclear").Values["digit"] = h.In.Text
		return true
	}
	h.closeQuestion()
	if n == len(options)+1 {
		h.say("here")
		return true
	}
	id := options[n-1]
	if h.Ask.Kind == AskCancel {
		h.act(id, matter.Cancel, matter.Detail{}, "", nil)
		h.say("cancelled", id)
		return true
	}
	h.about(id)
	h.say("progress", id)
	return true
}

// answerInWords takes "both", or the words of one of the list.
func (h *hearing) answerInWords() bool {
	if h.Ask.Kind == AskCancel && length(h.bare) <= 8 && hasAny(h.bare, both) {
		h.closeQuestion()
		for _, id := range h.Ask.Options {
			h.act(id, matter.Cancel, matter.Detail{}, "", nil)
			h.say("cancelled", id)
		}
		return true
	}
	named, _ := h.named()
	if len(named) != 1 || length(h.bare) > 12 {
		return false
	}
	for i, id := range h.Ask.Options {
		if id == named[0].ID {
			return h.answerWhich(i + 1)
		}
	}
	return false
}

// answerStaff hands her words to the person who asked. Thanks and progress
// questions leave the question open.
func (h *hearing) answerStaff() bool {
	m, ok := h.matter(h.Ask.Matter)
	if !ok || !m.State.Open() || hasAny(h.bare, progressPhrases) && length(h.bare) < 12 {
		return false
	}
	if other := h.subjects(); len(other) > 0 && other[0].Confidence > 0.8 && other[0].Code != m.Code && likeness(other[0].Part, m.Text) < 0.2 {
		return false
	}
	h.closeQuestion()
	h.act(m.ID, matter.Answer, matter.Detail{}, h.In.Text, nil)
	h.say("added", m.ID)
	return true
}

// digit reads a bare digit without an open question: with exactly one unrated
// matter done it is her rating; else she is asked once what it means. A digit
// never opens a matter.
func (h *hearing) digit() bool {
	n, ok := digitOf(h.In.Text)
	if !ok {
		return false
	}
	var unrated []string
	for _, m := range h.Matters {
		if m.State == matter.Done && m.Rating == 0 {
			unrated = append(unrated, m.ID)
		}
	}
	if len(unrated) == 1 && n >= 1 && n <= 5 {
		h.rate(unrated[0], n)
		return true
	}
	if !h.answeredLately() {
		h.say("digit_unclear").Values["digit"] = firstRunes(strings.TrimSpace(h.In.Text), 6)
		h.plan.State.Puzzled = h.In.At
	}
	return true
}

func firstRunes(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n])
}

// addWords puts what she says now to what is known of the matter.
func (h *hearing) addWords(m matter.Matter, r classify.Result) *matter.Words {
	w := &matter.Words{Summary: m.Summary, Text: m.Text, Place: m.Place, Name: m.Name, Reason: m.Reason}
	if text := strings.TrimSpace(h.words()); text != "" {
		w.Text = firstRunes(joinText(m.Text, text), 4000)
	}
	if r.Place != "" {
		w.Place = r.Place
	}
	if w.Name == "" {
		w.Name = r.Name
	}
	return w
}

func joinText(a, b string) string {
	if a == "" {
		return b
	}
	return a + "\n" + b
}
