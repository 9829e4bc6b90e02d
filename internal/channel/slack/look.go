package slack

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	slackgo "github.com/slack-go/slack"

	"sanshi/internal/matter"
	"sanshi/prompts"
)

// Slack's limits, counted in characters (Block Kit reference).
const (
	mostBlocks  = 50   // of a message; a home page takes 100
	mostSection = 3000 // text of a section
	mostButton  = 75   // text of a button, of an option and of its description
	mostText    = 2000 // of a notification; Slack asks for less than 4,000
	mostContext = 10   // elements of a context block
	mostButtons = 25   // elements of an actions block
	mostOptions = 10   // of a group of checkboxes
	mostTitle   = 24   // of a form's title and its buttons
)

// ButtonBlock is the block_id under which buttons of a matter stand, and
// ReadButtonBlock reads it: the matter's id and the version that the buttons were
// drawn for.
func ButtonBlock(m matter.Matter) string { return m.ID + ":" + strconv.Itoa(m.Version) }

// ReadButtonBlock reads a block_id of ButtonBlock.
func ReadButtonBlock(id string) (matterID string, version int, ok bool) {
	at := strings.LastIndexByte(id, ':')
	if at <= 0 {
		return "", 0, false
	}
	version, err := strconv.Atoi(id[at+1:])
	return id[:at], version, err == nil && version > 0
}

// cut shortens a text to at most so many characters, with … where it was cut.
func cut(s string, most int) string {
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	n := 0
	for i := range s {
		if n == most-1 {
			return s[:i] + "…"
		}
		n++
	}
	return s
}

// plainText is a text that is shown as it is: for a resident's words.
func plainText(s string, most int) *slackgo.TextBlockObject {
	if strings.TrimSpace(s) == "" {
		s = "–" // Slack refuses an empty text
	}
	return slackgo.NewTextBlockObject(slackgo.PlainTextType, cut(s, most), false, false)
}

// marked is a text with Slack's marks in it. What comes from people goes through
// safe first.
func marked(s string, most int) *slackgo.TextBlockObject {
	return slackgo.NewTextBlockObject(slackgo.MarkdownType, cut(s, most), false, true)
}

// safe keeps people's words from being read as Slack's marks.
func safe(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "*", "＊", "_", "＿", "~", "～", "`", "'").Replace(s)
}

// section is a block of text.
func section(id string, text *slackgo.TextBlockObject) slackgo.Block {
	return slackgo.NewSectionBlock(text, nil, nil, slackgo.SectionBlockOptionBlockID(id))
}

// small is a line of small text.
func small(lines ...string) slackgo.Block {
	var parts []slackgo.MixedElement
	for _, l := range lines[:min(len(lines), mostContext)] {
		parts = append(parts, marked(l, mostSection))
	}
	return slackgo.NewContextBlock("", parts...)
}

// buttons is the row of what may be done to a matter: a button an event, in this
// order; its action_id is the event's name, its value the matter's id.
func buttons(book prompts.Book, m matter.Matter, events []matter.EventKind) slackgo.Block {
	var row []slackgo.BlockElement
	for _, e := range events[:min(len(events), mostButtons)] {
		b := slackgo.NewButtonBlockElement(string(e), m.ID, plainText(book.Say("button_"+string(e), nil), mostButton))
		if e == matter.Approve || e == matter.Claim || e == matter.Finish && len(row) == 0 {
			b.Style = slackgo.StylePrimary
		}
		row = append(row, b)
	}
	return slackgo.NewActionBlock(ButtonBlock(m), row...)
}

var numberLike = regexp.MustCompile(`\+?\p{Nd}(?:[ -]?\p{Nd}){6,}[xX]?`)

// Masked hides phone numbers, cards and the like in what people wrote: of seven
// digits or more the first three and the last two stay.
func Masked(s string) string {
	if !strings.ContainsFunc(s, unicode.IsDigit) {
		return s
	}
	return numberLike.ReplaceAllStringFunc(s, func(n string) string {
		r := []rune(n)
		return string(r[:3]) + "…" + string(r[len(r)-2:])
	})
}
