package slack

import (
	"slices"
	"strconv"
	"strings"
	"time"

	slackgo "github.com/slack-go/slack"

	"sanshi/internal/catalog"
	"sanshi/internal/directory"
	"sanshi/internal/matter"
	"sanshi/prompts"
)

// CardView is all that a card shows.
type CardView struct {
	Village  *directory.Village
	Matter   matter.Matter
	Alike    []matter.Matter    // open ones like it, for whoever approves
	Allowed  []matter.EventKind // what somebody may do now; other buttons are not drawn
	Language string             // "" is the village's
	// Reads: whoever looks at it may read its words, though it is private. False in
	// every channel.
	Reads bool
	Now   time.Time
}

// The buttons of the cards, in this order, as far as somebody may press them. The
// first ones are those of the card's everyday; Slack folds what follows the fifth.
var (
	approvalButtons = []matter.EventKind{matter.Approve, matter.Correct, matter.Merge, matter.Decline, matter.Undo}
	queueButtons    = []matter.EventKind{matter.Claim, matter.Ask, matter.Return, matter.Finish, matter.Assign, matter.Resolve,
		matter.Deliberate, matter.Plan, matter.Transfer, matter.Reveal, matter.Undo}
)

// How much of a matter a card shows, in characters. All of it together stays far
// below the 13,200 that a message may have.
const (
	mostWords  = 2000
	mostReason = 300
	mostLine   = 120
	mostAlike  = 5
)

// ApprovalCard is what the secretary decides on: what she said, how it was sorted
// and why, and what is like it.
func ApprovalCard(v CardView) []slackgo.Block {
	book := v.book()
	blocks := v.head(book)
	if v.sealed() {
		blocks = append(blocks, small(book.Say("card_sealed", nil)))
		return v.withButtons(book, blocks, approvalButtons)
	}
	if why := v.why(book); why != "" {
		blocks = append(blocks, small(why))
	}
	if like := v.alike(book); like != "" {
		blocks = append(blocks, section("alike", marked(like, mostSection)))
	}
	return v.withButtons(book, blocks, approvalButtons)
}

// QueueCard is what those of a queue take and finish.
func QueueCard(v CardView) []slackgo.Block {
	book := v.book()
	blocks := v.head(book)
	if v.sealed() {
		blocks = append(blocks, small(book.Say("card_sealed", nil)))
	} else if how := v.course(book); how != "" {
		blocks = append(blocks, small(how))
	}
	return v.withButtons(book, blocks, queueButtons)
}

// CardLine is the card in one line, for a notification.
func CardLine(v CardView) string {
	book := v.book()
	return nameOf(book, v.Matter, v.sealed()) + " " + stateOf(book, v.Village, v.Matter)
}

func (v CardView) book() prompts.Book { return bookOf(v.Village, v.Language) }

// sealed: nothing of the matter is shown but that there is one.
func (v CardView) sealed() bool { return (v.Matter.Private || v.Matter.Quiet()) && !v.Reads }

// head is what the matter is, its words, and where, who and by when. The first
// block's id is how a card is found again.
func (v CardView) head(book prompts.Book) []slackgo.Block {
	m := v.Matter
	title := "*" + safe(headOf(book, m, v.sealed())) + "*　" + safe(stateOf(book, v.Village, m))
	blocks := []slackgo.Block{section(CardBlock(m), marked(title, mostSection))}
	if v.sealed() {
		return blocks
	}
	if erased(m) {
		return append(blocks, section("words", plainText(book.Say("card_erased", nil), mostSection)))
	}
	text := m.Text
	if text == "" {
		text = m.Summary
	}
	blocks = append(blocks, section("words", plainText(Masked(text), mostWords)))
	return append(blocks, section("facts", marked(strings.Join(v.facts(book), "　"), mostSection)))
}

// facts are where, who and by when.
func (v CardView) facts(book prompts.Book) []string {
	m := v.Matter
	where := placeOf(book, v.Village, m)
	facts := []string{where}
	if where != book.Say("nowhere", nil) {
		facts[0] = book.Say("card_where", prompts.Values{"place": safe(cut(Masked(where), mostLine))})
	}
	if who := whoOf(book, m); who != "" {
		facts = append(facts, book.Say("card_who", prompts.Values{"who": safe(who)}))
	}
	if n := len(m.Parties); n > 0 {
		facts = append(facts, book.Say("card_joined", prompts.Values{"n": strconv.Itoa(n)}))
	}
	if n := len(m.Photos); n > 0 {
		facts = append(facts, book.Say("card_photos", prompts.Values{"n": strconv.Itoa(n)}))
	}
	if m.State.Open() && m.State != matter.Done && !m.DueAt.IsZero() {
		key := "card_due"
		if v.Now.After(m.DueAt) {
			key = "card_late"
		}
		facts = append(facts, book.Say(key, prompts.Values{"due": day(book, v.Village, m.DueAt)}))
	}
	return facts
}

// why says how it was sorted, while that can still be changed.
func (v CardView) why(book prompts.Book) string {
	m := v.Matter
	if m.State != matter.Sorting || erased(m) {
		return v.course(book)
	}
	var parts []string
	if m.Reason != "" {
		parts = append(parts, book.Say("card_reason", prompts.Values{"reason": safe(cut(Masked(m.Reason), mostReason))}))
	}
	if m.Confidence > 0 {
		parts = append(parts, book.Say("card_sure", prompts.Values{"percent": strconv.Itoa(int(m.Confidence * 100))}))
	}
	if m.Returned > 0 {
		parts = append(parts, book.Say("card_returned", prompts.Values{"n": strconv.Itoa(m.Returned)}))
	}
	return strings.Join(parts, "　")
}

// course is how it came here and how it ended.
func (v CardView) course(book prompts.Book) string {
	m := v.Matter
	var parts []string
	say := func(key string, values prompts.Values) { parts = append(parts, book.Say(key, values)) }
	switch {
	case m.ApprovedBy == "policy":
		say("card_policy", nil)
	case m.ApprovedBy != "":
		say("card_approved", prompts.Values{"who": safe(nameOfStaff(v.Village, m.ApprovedBy))})
	case m.Urgency == catalog.Emergency && m.State.Open():
		say("card_unapproved", nil)
	}
	switch {
	case m.Township:
		say("card_township", nil)
	case m.Returned > 0:
		say("card_returned", prompts.Values{"n": strconv.Itoa(m.Returned)})
	}
	if m.Outcome != "" {
		say("outcome_"+m.Outcome, nil)
	}
	if m.Unshown && m.Outcome != "" {
		say("card_unshown", nil)
	}
	if m.Rating > 0 {
		say("card_rating", prompts.Values{"n": strconv.Itoa(m.Rating)})
	}
	return strings.Join(parts, "　")
}

// alike are matters that this one may be the same as.
func (v CardView) alike(book prompts.Book) string {
	if len(v.Alike) == 0 || v.Matter.State != matter.Sorting {
		return ""
	}
	lines := []string{book.Say("card_alike", prompts.Values{"n": strconv.Itoa(len(v.Alike))})}
	for _, m := range v.Alike[:min(len(v.Alike), mostAlike)] {
		lines = append(lines, "• "+safe(cut(nameOf(book, m, m.Private)+" "+stateOf(book, v.Village, m), mostLine)))
	}
	return strings.Join(lines, "\n")
}

// withButtons adds those of the buttons that somebody may press now.
func (v CardView) withButtons(book prompts.Book, blocks []slackgo.Block, all []matter.EventKind) []slackgo.Block {
	var row []matter.EventKind
	for _, e := range all {
		if slices.Contains(v.Allowed, e) && (e != matter.Reveal || v.sealed()) {
			row = append(row, e)
		}
	}
	if len(row) == 0 {
		return blocks
	}
	return append(blocks, buttons(book, v.Matter, row))
}
