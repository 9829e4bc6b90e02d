package dialogue

import (
	"strconv"
	"strings"
	"time"

	"sanshi/internal/catalog"
	"sanshi/internal/directory"
	"sanshi/internal/matter"
	"sanshi/internal/message"
	"sanshi/prompts"
)

// segments a text to a resident may cost at most.
const segments = 2

// Outcome is how the moves of a plan ended: the matters after them, by the id
// the plan used. Joined are the openings that became part of another's matter.
type Outcome struct {
	Matters map[string]matter.Matter
	Joined  map[string]bool
	// Alike are matters of others that an opening may tell of once more, to be asked.
	Alike map[string]matter.Matter
}

// Reply puts what a plan says into one text, or none. It marks the resident as
// greeted when the text tells her who reads this.
func Reply(t Turn, p *Plan, o Outcome) (message.Outbound, bool) {
	sp := speaker{village: t.Village, book: prompts.Resident(p.Resident.Language), now: t.Now, outcome: o,
		to: p.Resident.Address, all: t.Matters}
	if len(p.Says) == 0 || !mayAnswer(p) {
		return message.Outbound{}, false
	}
	greet := !p.Resident.Greeted && p.Says[0].Key != "danger_quiet"
	text, greeted := sp.compose(p.Says, greet)
	p.Resident.Greeted = p.Resident.Greeted || greeted
	out := message.Outbound{
		ID: t.NewID(), Village: t.Village.ID, To: p.Resident.Address, Channel: p.Resident.Channel, Sender: p.Resident.Sender,
		Text: text, Priority: message.Answer, CreatedAt: t.Now,
	}
	for _, s := range p.Says {
		if a, ok := sp.asksSame(s); ok {
			s.Ask = a
		}
		if s.Ask != nil {
			a := *s.Ask
			a.ID = out.ID
			if m, ok := o.Matters[a.Matter]; ok { // another's, when she joined it
				a.Matter = m.ID
			}
			out.Ask = &a
		}
		if s.Danger != "" {
			out.Priority = message.Page
		}
		if len(s.Matters) > 0 && out.Matter == "" {
			out.Matter = s.Matters[0]
			if m, ok := o.Matters[out.Matter]; ok {
				out.Matter = m.ID
			}
		}
		out.Topic = s.Topic
	}
	if greeted {
		out.Topic = "" // who reads this must reach her: no newer reply replaces it
	}
	return out, true
}

// mayAnswer: after a hard stop nothing is sent but the first advice in her own
// emergency.
func mayAnswer(p *Plan) bool {
	if p.Resident.OptOut != directory.Hard {
		return true
	}
	for _, s := range p.Says {
		if s.Danger != "" {
			return true
		}
	}
	return false
}

// speaker fills sentences for one village in one language.
type speaker struct {
	village *directory.Village
	book    prompts.Book
	now     time.Time
	outcome Outcome
	to      message.Address // who reads it
	all     []matter.Matter // hers, for those that were merged into another's
}

// compose makes the whole text fit: first with all there is, then with shorter
// and shorter summaries, and never over two segments.
func (sp speaker) compose(says []Say, greet bool) (text string, greeted bool) {
	notice := ""
	if greet {
		notice = sp.book.Say("first_contact", nil)
	}
	for _, short := range []int{24, 18, 12, 8, 5} {
		text = sp.signed(says, short)
		if message.Segments(text+notice) <= segments {
			return text + notice, greet
		}
		if short <= 12 && message.Segments(text) <= segments {
			return text, false
		}
	}
	for message.Segments(text) > segments {
		text = firstRunes(text, length(text)-2) + "…"
	}
	return text, false
}

func (sp speaker) signed(says []Say, short int) string {
	var b strings.Builder
	b.WriteString("【" + firstRunes(sp.village.Name, 10) + "】")
	for _, s := range says {
		b.WriteString(sp.sentence(s, short))
	}
	return b.String()
}

// sentence fills one saying. What is said of matters depends on how they stand now.
func (sp speaker) sentence(s Say, short int) string {
	ms := make([]matter.Matter, 0, len(s.Matters))
	for _, id := range s.Matters {
		ms = append(ms, sp.hers(sp.outcome.Matters[id]))
	}
	switch s.Key {
	case "fact":
		return s.Values["fact"] // a village's own words may hold braces
	case "confirm", "confirm_again":
		return sp.confirm(s.Key, ms, short)
	case "corrected":
		if len(ms) == 1 && ms[0].State == matter.Queued {
			return sp.about("corrected_queued", ms[0], short, s.Values)
		}
	case "progress_many":
		return sp.list(s.Key, "progress_line", "progress_more", ms, short)
	case "ask_which", "ask_cancel":
		return sp.list(s.Key, "which_line", "", ms, short)
	}
	if s.Danger != "" {
		return sp.advice(s, ms[0])
	}
	if !s.By.IsZero() {
		s.Values["when"] = sp.by(s.By)
	}
	if !s.Since.IsZero() {
		s.Values["since"] = sp.date(s.Since)
	}
	if len(ms) == 0 {
		return sp.book.Say(s.Key, sp.common(s.Values))
	}
	return sp.about(s.Key, ms[0], short, s.Values)
}

// hers is a matter as the reader may hear of it. What was merged stands where the
// other does.
func (sp speaker) hers(m matter.Matter) matter.Matter {
	if into, ok := byID(sp.all, m.MergedInto); ok && m.State == matter.Merged && m.Resident == sp.to {
		into.Summary, into.Number, into.Name = m.Summary, m.Number, m.Name
		into.Private = into.Private || m.Private
		return into
	}
	return hers(sp.village, sp.book, sp.to, m, sp.all)
}

// asksSame is the question that the confirmation of one matter ends in when
// another has likely reported it already.
func (sp speaker) asksSame(s Say) (*message.Ask, bool) {
	if s.Key != "confirm" || s.Ask != nil || len(s.Matters) != 1 {
		return nil, false
	}
	like := sp.outcome.Alike[s.Matters[0]]
	return &message.Ask{Kind: AskSame, Matter: s.Matters[0], Options: []string{like.ID}}, like.ID != ""
}

// confirm tells that something was noted, and what happens with it now.
func (sp speaker) confirm(key string, ms []matter.Matter, short int) string {
	if len(ms) > 1 {
		return sp.list("confirm_many", "confirm_line", "progress_more", ms, short)
	}
	m := ms[0]
	switch {
	case key != "confirm":
	case !m.Private && sp.outcome.Alike[m.ID].ID != "":
		return sp.about("confirm_alike", m, short, prompts.Values{"place": where(sp.village, sp.outcome.Alike[m.ID])})
	default:
		key = confirmKey(m)
	}
	return sp.about(key, m, short, nil)
}

// confirmKey is what she is promised when a matter is noted.
func confirmKey(m matter.Matter) string {
	switch {
	case m.Private:
		return "confirm_private"
	case m.State == matter.Queued:
		return "confirm_queued"
	case asks(m):
		return "confirm_question"
	}
	return "confirm"
}

// asks: she wants to know something, and nobody need come.
func asks(m matter.Matter) bool {
	return (m.Kind == catalog.Government || m.Code == "V6" || m.Code == "V7") && hasAny(message.Fold(m.Summary), askingWords) && !hasAny(m.Summary, broken)
}

// advice says first what to do, then that help is coming.
func (sp speaker) advice(s Say, m matter.Matter) string {
	key := s.Key
	if !sp.book.Has(key) {
		key = "danger_help"
	}
	text := sp.book.Say(key, sp.common(nil))
	switch {
	case s.Topic == "danger", s.Key == "danger_quiet": // not the first advice, or he may read it: nothing more is promised
		return text
	case m.Quiet():
		return text + sp.book.Say("danger_tail_quiet", nil)
	case sp.outcome.Joined[s.Matters[0]]:
		return text + sp.about("danger_joined", m, 24, nil)
	}
	return text + sp.about("danger_tail", m, 24, nil)
}

// list fills a line for each matter, as many as fit the text.
func (sp speaker) list(key, line, more string, ms []matter.Matter, short int) string {
	var lines strings.Builder
	max := 5
	if short <= 5 && more != "" {
		max = 3
	}
	if short > 12 && len(ms) > 2 {
		short = 12
	}
	for i, m := range ms {
		if i == max {
			if more != "" {
				lines.WriteString(sp.book.Say(more, prompts.Values{"n": strconv.Itoa(len(ms) - max)}))
			}
			break
		}
		lines.WriteString(sp.about(line, m, short, prompts.Values{"i": strconv.Itoa(i + 1)}))
	}
	n := len(ms)
	if key == "ask_which" || key == "ask_cancel" {
		n++
	}
	return sp.book.Say(key, sp.common(prompts.Values{"lines": lines.String(), "n": strconv.Itoa(n)}))
}

// about fills a sentence about one matter.
func (sp speaker) about(key string, m matter.Matter, short int, more prompts.Values) string {
	if private := key + "_private"; m.Private && sp.book.Has(private) {
		key = private
	}
	v := sp.common(more)
	v["what"] = sp.what(m, short)
	v["number"] = m.Number
	v["due"] = sp.day(m.DueAt)
	v["assignee"] = sp.member(m.Assignee, "nobody")
	v["state"] = sp.state(m)
	v["by"] = sp.book.Say("by_"+string(m.Kind), nil)
	return sp.book.Say(key, v)
}

func (sp speaker) common(more prompts.Values) prompts.Values {
	v := prompts.Values{"who": sp.secretary(), "village": firstRunes(sp.village.Name, 10)}
	for _, call := range directory.Calls() {
		if v[call] = sp.village.Number(call); v[call] == "" {
			v[call] = sp.book.Say("emergency_number", nil)
		}
	}
	for k, x := range more {
		v[k] = x
	}
	return v
}

// what names a matter in her own words; of a private one nothing is named.
func (sp speaker) what(m matter.Matter, short int) string {
	if m.Private {
		return sp.book.Say("private_matter", nil)
	}
	if m.Summary == "" {
		return m.Number
	}
	return clip(m.Summary, short)
}

// clip shortens a line; words of letters are not cut in two.
func clip(s string, n int) string {
	cut := firstRunes(s, n)
	if sp := strings.LastIndexByte(cut, ' '); len(cut) < len(s) && s[len(cut)] != ' ' && s[len(cut)] < 0x80 && sp > len(cut)/3 {
		return cut[:sp]
	}
	return cut
}

// state says in a few words how a matter stands.
func (sp speaker) state(m matter.Matter) string {
	key := "state_" + string(m.State)
	switch {
	case m.State == matter.Waiting && m.WaitingFor == "third":
		key = "state_waiting_third"
	case m.State == matter.Waiting:
		key = "state_waiting_resident"
	case sp.late(m):
		key = "state_late"
	case m.State == matter.Handling && m.Assignee == "":
		key = "state_handling_nobody"
	}
	return sp.book.Say(key, prompts.Values{
		"who": sp.secretary(), "due": sp.day(m.DueAt), "assignee": sp.member(m.Assignee, "nobody"),
	})
}

func (sp speaker) late(m matter.Matter) bool {
	return m.State.Open() && m.State != matter.Done && !m.DueAt.IsZero() && sp.now.After(m.DueAt)
}

func (sp speaker) secretary() string {
	for _, s := range sp.village.WithRole(directory.Secretary) {
		return s.Name
	}
	return sp.book.Say("someone", nil)
}

func (sp speaker) member(id, otherwise string) string {
	if s, ok := sp.village.Member(id); ok {
		return s.Name
	}
	return sp.book.Say(otherwise, nil)
}

// date is a day long past, with its year.
func (sp speaker) date(t time.Time) string {
	if sp.book.Language == "en" {
		return t.In(sp.village.Location).Format("2 Jan 2006")
	}
	return t.In(sp.village.Location).Format("2006年1月2日")
}

// day is a date as people say it: 11月25日.
func (sp speaker) day(t time.Time) string {
	local := t.In(sp.village.Location)
	if sp.book.Language == "en" {
		return local.Format("2 Jan")
	}
	return local.Format("1月2日")
}
