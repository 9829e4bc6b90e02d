package slack

import (
	"slices"
	"strconv"
	"time"

	slackgo "github.com/slack-go/slack"

	"sanshi/internal/directory"
	"sanshi/internal/matter"
	"sanshi/prompts"
)

// ListView is a list of matters to approve together.
type ListView struct {
	Village  *directory.Village
	Matters  []matter.Matter
	Language string // "" is the village's
}

const (
	// PickAction is the action_id of the checkboxes of a list; the value of each is
	// a ButtonBlock. ApprovePicked is the button below them.
	PickAction    = "pick"
	ApprovePicked = "approve_picked"

	mostListed = 20 // to approve at once; the rest comes up when these are done
	mostHome   = 12 // of mine, and of the late ones: what is more than a day's work is in the console

	mostHomeBlocks = 100 // Slack's limit of a home page
)

// ListCard lets several matters be approved together. Private ones are not in it
// by their words, but may be approved unseen like any other.
func ListCard(v ListView) []slackgo.Block {
	book := bookOf(v.Village, v.Language)
	n := len(v.Matters)
	if n == 0 {
		return []slackgo.Block{section("", plainText(book.Say("list_none", nil), mostSection))}
	}
	blocks := []slackgo.Block{section("", marked(book.Say("list_title", prompts.Values{"n": strconv.Itoa(n)}), mostSection))}
	for i, part := range slices.Collect(slices.Chunk(v.Matters[:min(n, mostListed)], mostOptions)) {
		var options []*slackgo.OptionBlockObject
		for _, m := range part {
			options = append(options, slackgo.NewOptionBlockObject(ButtonBlock(m), plainText(nameOf(book, m, m.Private), mostButton),
				plainText(listed(book, v.Village, m), mostButton)))
		}
		boxes := slackgo.NewCheckboxGroupsBlockElement(PickAction, options...)
		blocks = append(blocks, slackgo.NewActionBlock("list:"+v.Village.ID+":"+strconv.Itoa(i), boxes))
	}
	if n > mostListed {
		blocks = append(blocks, small(book.Say("list_more", prompts.Values{"n": strconv.Itoa(n - mostListed)})))
	}
	all := slackgo.NewButtonBlockElement(ApprovePicked, "", plainText(book.Say("button_approve_picked", nil), mostButton)).WithStyle(slackgo.StylePrimary)
	return append(blocks, slackgo.NewActionBlock("list:"+v.Village.ID+":approve", all))
}

// listed is the second line of a matter in a list: how it was sorted and where.
func listed(book prompts.Book, v *directory.Village, m matter.Matter) string {
	if m.Private {
		return book.Say("state_"+string(m.State), nil)
	}
	return headOf(book, m, false) + " " + Masked(placeOf(book, v, m))
}

// HomeView is somebody's home page. The lists hold only matters that she may read
// or approve.
type HomeView struct {
	Village   *directory.Village
	Staff     directory.Staff
	Mine      []matter.Matter
	Late      []matter.Matter // of others, whom she looks after
	ToApprove []matter.Matter
	Allowed   func(matter.Matter) []matter.EventKind // for her
	Language  string                                 // "" is the village's
	Now       time.Time
}

// homeButtons are those of a matter on a home page: what is done day by day.
var homeButtons = []matter.EventKind{matter.Claim, matter.Finish, matter.Ask, matter.Plan, matter.Assign}

// Home draws a home page.
func Home(v HomeView) []slackgo.Block {
	book := bookOf(v.Village, v.Language)
	blocks := []slackgo.Block{slackgo.NewHeaderBlock(plainText(v.Village.Name, 150))}
	if len(v.ToApprove) > 0 {
		blocks = append(blocks, ListCard(ListView{Village: v.Village, Matters: v.ToApprove, Language: v.Language})...)
		blocks = append(blocks, slackgo.NewDividerBlock())
	}
	blocks = append(blocks, v.part(book, "home_mine", v.Mine)...)
	if len(v.Late) > 0 {
		blocks = append(blocks, slackgo.NewDividerBlock())
		blocks = append(blocks, v.part(book, "home_late", v.Late)...)
	}
	return blocks
}

func (v HomeView) part(book prompts.Book, key string, all []matter.Matter) []slackgo.Block {
	n := len(all)
	if n == 0 {
		return []slackgo.Block{section("", plainText(book.Say(key+"_none", nil), mostSection))}
	}
	blocks := []slackgo.Block{section("", marked(book.Say(key, prompts.Values{"n": strconv.Itoa(n)}), mostSection))}
	for _, m := range all[:min(n, mostHome)] {
		c := CardView{Village: v.Village, Matter: m, Language: v.Language, Reads: matter.MaySeeWords(v.Village, m, v.Staff), Now: v.Now}
		if v.Allowed != nil {
			c.Allowed = v.Allowed(m)
		}
		line := "*" + safe(nameOf(book, m, c.sealed())) + "*　" + safe(stateOf(book, v.Village, m))
		if !c.sealed() && !erased(m) {
			for _, f := range c.facts(book) {
				line += "\n" + f
			}
		}
		blocks = append(blocks, section(CardBlock(m), marked(line, mostSection)))
		blocks = c.withButtons(book, blocks, homeButtons)
	}
	if n > mostHome {
		blocks = append(blocks, small(book.Say("list_more", prompts.Values{"n": strconv.Itoa(n - mostHome)})))
	}
	return blocks
}

func bookOf(v *directory.Village, language string) prompts.Book {
	if language == "" {
		language = v.Language
	}
	return prompts.Staff(language)
}
