package dialogue

import (
	"strconv"
	"strings"

	"sanshi/internal/classify"
	"sanshi/internal/directory"
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
		return h.answerWhere(digit)
	case AskWhich, AskCancel:
		return digit && h.answerWhich(n) || !digit && h.answerInWords()
	case AskAgain:
		return digit && h.answerAgain(n)
	case AskReopen:
		return h.answerReopen(n, digit)
	case AskSame:
		return h.answerSame(n, digit)
	case AskErase:
		return h.answerErase(n, digit)
	case AskStaff:
		return h.answerStaff()
	}
	return false
}

// answerRate takes a digit or words of content. Who says that nothing was done, or
// that it failed again, wants it done; a need of its own is heard as one.
func (h *hearing) answerRate(n int, digit bool) bool {
	rest := ""
	if !digit {
		n, rest, digit = h.rating()
	}
	switch {
	case !digit && h.disputes() && !h.anotherNeed():
		h.closeQuestion()
		h.act(h.Ask.Matter, matter.Reopen, matter.Detail{}, h.words(), nil)
		h.say("reopened", h.Ask.Matter)
	case !digit:
		return false
	case n < 1 || n > 5:
		h.say("rate_range").Topic = "rate"
	default:
		h.rate(h.Ask.Matter, n, rest)
		h.alsoNeeded(rest)
	}
	return true
}

// rating reads what she thinks of it from a leading digit or from words.
func (h *hearing) rating() (n int, rest string, ok bool) {
	if n, rest, ok = ledByDigit(h.In.Text); ok && n <= 5 {
		return n, rest, true
	}
	if n, ok = ratingWords[h.bare]; ok {
		return n, "", true
	}
	if length(h.bare) > 16 || h.anotherNeed() {
		return 0, "", false
	}
	for _, w := range ratingPhrases {
		if strings.Contains(h.bare, w.words) {
			return w.rating, "", true
		}
	}
	return 0, "", false
}

// disputes: it is said to be done, and she says it is not.
func (h *hearing) disputes() bool {
	return length(h.bare) <= 20 && (hasAny(h.bare, notDone) || hasAny(h.bare, again) && hasAny(h.bare, broken))
}

// alsoNeeded opens what she asks for behind an answer: "5分，还有村口路灯坏了".
func (h *hearing) alsoNeeded(rest string) {
	if rest == "" || hasAny(message.Bare(rest), again) {
		return
	}
	for _, r := range h.Read(rest) {
		if r.Complete && r.Kind.Valid() && !h.isOneOfHers(r) {
			h.say("confirm", h.raise(r, "").ID)
		}
	}
}

// rate records a rating; one or two first offers to reopen.
func (h *hearing) rate(id string, n int, note string) {
	h.closeQuestion()
	h.act(id, matter.Rate, matter.Detail{Rating: n}, note, nil)
	if n <= 2 {
		h.say("ask_reopen", id).Ask = &message.Ask{Kind: AskReopen, Matter: id}
		return
	}
	h.say("rated", id)
}

func (h *hearing) answerReopen(n int, digit bool) bool {
	switch {
	case !digit && h.anotherNeed():
		return false
	case digit && n == 1, !digit && (message.Yes(h.In.Text) || h.disputes() || hasAny(h.bare, again) || hasAny(h.bare, broken)):
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
		h.callback(directory.CallErase, "", h.In.Text)
		h.say("erase_asked")
	case digit && n == 2, !digit && message.No(h.In.Text):
		h.closeQuestion()
		h.say("not_erased")
	default:
		return false
	}
	return true
}

// answerWhere takes a place: one that is known, or words that sound like one. A
// bare number is that of her group.
func (h *hearing) answerWhere(digit bool) bool {
	m, ok := h.matter(h.Ask.Matter)
	if !ok || !m.State.Open() {
		return false
	}
	r := h.Read(h.In.Text)[0]
	if digit {
		if r = h.Read(h.bare + "组")[0]; r.Area == "" {
			return false
		}
	}
	unplaced := r.Place == "" && r.Area == ""
	if unplaced && !h.soundsLikePlace(m, r) || r.Complete && r.Code != m.Code {
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

// soundsLikePlace: short, with a word of position, and about nothing else.
func (h *hearing) soundsLikePlace(m matter.Matter, r classify.Result) bool {
	return length(h.bare) <= 16 && strings.ContainsAny(h.fold, "边旁头口前后门路家组号楼桥里上下村塘坡岭院巷街田山湾坝庙屋店场河沟井站") &&
		!(sure(r) && r.Code != m.Code) && !hasAny(h.bare, broken) && !hasAny(h.fold, questionMarks) &&
		!hasAny(h.bare, thanksWords) && !message.Yes(h.In.Text) && !strings.Contains(h.bare, "你们")
}

// place writes where a matter is, in its row and among her words.
func (h *hearing) place(m matter.Matter, r classify.Result) {
	if r.Area != "" && r.Area != m.Area && m.Resident == h.In.From {
		h.act(m.ID, matter.Correct, matter.Detail{Area: r.Area}, "", h.addWords(m, r))
		return
	}
	h.act(m.ID, matter.Answer, matter.Detail{}, h.In.Text, h.addWords(m, r))
}

// answerWhich takes the number of a list. To cancel, the last number is "none"; a
// number beyond a list that only told how things stand may be a rating.
func (h *hearing) answerWhich(n int) bool {
	options := h.Ask.Options
	if n > len(options) && h.Ask.Kind == AskWhich {
		return h.digit()
	}
	if n < 1 || n > len(options)+1 {
		h.say("digit_unclear").Values["digit"] = h.In.Text
		return true
	}
	h.closeQuestion()
	if n == len(options)+1 {
		h.say("all_kept")
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

// answerInWords takes "both", "the second", or the words of one of the list.
func (h *hearing) answerInWords() bool {
	if h.Ask.Kind == AskCancel && length(h.bare) <= 8 && hasAny(h.bare, both) {
		return h.cancelAll()
	}
	if h.anotherNeed() || length(h.bare) > 12 || h.Ask.Kind == AskWhich && hasAny(h.bare, withdrawPhrases) {
		return false
	}
	if n, ok := ordinal(h.bare); ok && n >= 1 && n <= len(h.Ask.Options) {
		return h.answerWhich(n)
	}
	if h.Ask.Kind == AskWhich {
		return false // words find their matter by themselves
	}
	named, _ := h.named()
	if len(named) != 1 {
		return false
	}
	for i, id := range h.Ask.Options {
		if id == named[0].ID {
			return h.answerWhich(i + 1)
		}
	}
	return false
}

func (h *hearing) cancelAll() bool {
	h.closeQuestion()
	if strings.Contains(h.bare, "都不撤") || strings.Contains(h.bare, "都要") {
		h.say("all_kept")
		return true
	}
	return h.cancelEach(h.Ask.Options)
}

func (h *hearing) cancelEach(ids []string) bool {
	for _, id := range ids {
		h.act(id, matter.Cancel, matter.Detail{}, h.In.Text, nil)
	}
	h.say("cancelled_many").Values["n"] = strconv.Itoa(len(ids))
	return true
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
	if m.State == matter.Sorting { // nobody has it in hand yet: it was the secretary who asked
		notice := matter.Notice{To: matter.ToSecretary, Key: "answered_sort"}
		h.plan.Alerts = append(h.plan.Alerts, Alert{Matter: m.ID, Notice: notice, Note: h.In.Text})
	}
	h.say("passed_on", m.ID)
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
		if m.State == matter.Done && m.Rating == 0 && m.Resident == h.In.From {
			unrated = append(unrated, m.ID)
		}
	}
	if len(unrated) == 1 && n >= 1 && n <= 5 && !h.In.Revived {
		h.rate(unrated[0], n, "")
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
