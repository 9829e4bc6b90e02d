package dialogue

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"sanshi/internal/catalog"
	"sanshi/internal/directory"
	"sanshi/internal/matter"
	"sanshi/internal/message"
	"sanshi/prompts"
)

// atMost is how many matters one text lists.
const atMost = 5

// scribe writes texts to one member of staff.
type scribe struct {
	village *directory.Village
	book    prompts.Book
	sp      speaker
}

func scribeFor(v *directory.Village, now time.Time) scribe {
	return scribe{village: v, book: prompts.Staff(v.Language), sp: speaker{village: v, book: prompts.Resident(v.Language), now: now}}
}

func (s scribe) say(key string, v prompts.Values) string { return s.book.Say(key, v) }

func (s scribe) sign(text string) string {
	return "【" + firstRunes(s.village.Name, 10) + "】" + text
}

// fits reports whether a text goes into what one text to the staff may cost.
func (s scribe) fits(text string) bool { return message.Segments(s.sign(text)) <= segments }

// signed puts the village's name before a text and makes it fit.
func (s scribe) signed(text string) string {
	text = s.sign(text)
	for message.Segments(text) > segments {
		text = firstRunes(text, length(text)-2) + "…"
	}
	return text
}

// what names a matter; nothing is said of a private one.
func (s scribe) what(m matter.Matter, short int) string {
	switch {
	case m.Private:
		return s.say("desk_private", nil)
	case m.Summary == "":
		return m.Number
	}
	return strings.TrimRight(clip(m.Summary, short), " ,，、。")
}

func (s scribe) kind(k catalog.Kind) string { return s.say("kind_"+string(k), nil) }

// line is one matter of a list, under its digit.
func (s scribe) line(digit int, m matter.Matter, short int) string {
	v := prompts.Values{"i": strconv.Itoa(digit), "kind": s.kind(m.Kind), "what": s.what(m, short), "due": s.sp.day(m.DueAt)}
	key := "desk_line"
	switch {
	case m.State != matter.Sorting:
		key = "desk_line_work"
	case m.Returned > 0:
		key = "desk_line_back"
	case m.Urgency != catalog.Normal:
		key = "desk_line_urgent"
	}
	return s.say(key, v)
}

// fitted is a list as it went into a text.
type fitted struct {
	text  string
	shown int // how many of the list stand in it
}

// fit writes a list between a head and what is said behind it: as many matters as
// two segments hold, each with as many words as there is room for.
func (s scribe) fit(head func(shown int) string, ms []matter.Matter, from int, tail func(shown int) string) fitted {
	for n := min(len(ms), atMost); n > 0; n-- {
		for _, short := range []int{18, 14, 11, 9} {
			text := head(n)
			for i := range n {
				text += s.line(from+i, ms[i], short)
			}
			text += tail(n)
			if s.fits(text) {
				return fitted{text, n}
			}
		}
	}
	return fitted{head(0) + tail(0), 0}
}

// sortList writes what waits to be sorted, under the digits that follow those in
// sight, and puts it into the tray. key is of the head.
func (s scribe) sortList(t *Tray, key, before string, ms []matter.Matter) (text string, as *message.Ask) {
	from := len(t.Items) + 1
	head := func(int) string {
		return before + s.say(key, prompts.Values{"n": strconv.Itoa(len(ms))})
	}
	tail := func(shown int) string {
		how, v := "desk_how", prompts.Values{"i": strconv.Itoa(from), "n": strconv.Itoa(len(ms) - shown)}
		if shown == 1 {
			how = "desk_how_one"
		}
		text := "\n"
		if shown < len(ms) {
			text += s.say("desk_more", v)
		}
		return text + s.say(how, v)
	}
	f := s.fit(head, ms, from, tail)
	for _, m := range ms[:f.shown] {
		t.Items = append(slices.Clip(t.Items), Item{m.ID, m.Version})
	}
	as = &message.Ask{Kind: DeskSort, Options: options(t.Items)}
	if f.shown == 1 {
		as.Matter = ms[0].ID
	}
	return f.text, as
}

// workList writes matters to be taken or done, from digit 1.
func (s scribe) workList(key string, ms []matter.Matter) (string, *message.Ask) {
	if len(ms) == 0 {
		return s.say(key+"_none", nil), nil
	}
	ms = slices.Clone(ms)
	slices.SortStableFunc(ms, func(a, b matter.Matter) int { // as they press
		if u := urgency(b) - urgency(a); u != 0 {
			return u
		}
		return a.DueAt.Compare(b.DueAt)
	})
	head := func(int) string { return s.say(key, prompts.Values{"n": strconv.Itoa(len(ms))}) }
	tail := func(shown int) string {
		if shown < len(ms) {
			return "\n" + s.say("desk_more", prompts.Values{"n": strconv.Itoa(len(ms) - shown)})
		}
		return ""
	}
	f := s.fit(head, ms, 1, tail)
	as := &message.Ask{Kind: DeskWork}
	for _, m := range ms[:f.shown] {
		as.Options = append(as.Options, Item{m.ID, m.Version}.option())
	}
	if len(as.Options) == 1 {
		as.Matter = ms[0].ID
	}
	return f.text, as
}
