package slack

import (
	"context"
	"errors"
	"strings"

	slackgo "github.com/slack-go/slack"

	"sanshi/internal/desk"
	"sanshi/internal/matter"
	"sanshi/prompts"
)

// reply is what a command answers: only who typed it sees it.
type reply struct {
	Type   string          `json:"response_type"`
	Text   string          `json:"text"`
	Blocks []slackgo.Block `json:"blocks,omitempty"`
}

func privately(text string, blocks ...slackgo.Block) reply {
	return reply{Type: "ephemeral", Text: text, Blocks: blocks}
}

// command answers /sanshi. Words in Chinese and English mean the same.
func (h *Hook) command(ctx context.Context, c slackgo.SlashCommand) any {
	word, rest, _ := strings.Cut(strings.TrimSpace(c.Text), " ")
	rest = strings.TrimSpace(rest)
	switch strings.ToLower(word) {
	case "link", "绑定":
		return privately(h.link(ctx, c.UserID, rest))
	}
	people, err := h.people(ctx, c.UserID)
	if err != nil {
		return privately(reason(prompts.Staff(""), matter.Matter{}, err))
	}
	book := people[0].book()
	switch strings.ToLower(word) {
	case "", "help", "帮助":
		return privately(book.Say("slack_help", nil))
	case "new", "新建", "登记":
		h.openNew(c.UserID, c.TriggerID, rest)
		return nil
	case "list", "列表", "待办":
		return h.listOf(ctx, people)
	case "calls", "回电", "待回电", "回電":
		return h.callsOf(ctx, people)
	}
	p, m, err := h.find(ctx, c.UserID, word)
	switch {
	case errors.Is(err, desk.ErrNotFound):
		return privately(book.Say("slack_unknown", prompts.Values{"word": cut(safe(word), 40)}) + "\n" + book.Say("slack_help", nil))
	case err != nil:
		return privately(reason(book, matter.Matter{}, err))
	case !matter.MayRead(p.village, m, p.staff) && !m.Private:
		return privately(reason(p.book(), m, matter.Refuse(matter.Forbidden, "by", "")))
	}
	return privately(m.Number, h.card(p, m)...)
}

// listOf lists what is hers, and what waits for her approval.
func (h *Hook) listOf(ctx context.Context, people []person) any {
	var blocks []slackgo.Block
	for _, p := range people {
		mine, wait, err := h.waiting(ctx, p)
		if err != nil {
			return privately(reason(p.book(), matter.Matter{}, err))
		}
		blocks = append(blocks, h.listBlocks(p, mine, wait)...)
	}
	return privately(people[0].book().Say("slack_list", nil), blocks[:min(len(blocks), mostBlocks)]...)
}

func (h *Hook) listBlocks(p person, mine, wait []matter.Matter) []slackgo.Block {
	book := p.book()
	d := drawing{h: h, who: p, book: book}
	var lines []string
	for _, m := range mine[:min(len(mine), mostFound)] {
		lines = append(lines, d.title(m)+" · "+book.Say("state_"+string(m.State), nil))
	}
	if len(lines) == 0 {
		lines = []string{book.Say("slack_list_none", nil)}
	}
	blocks := []slackgo.Block{section("", plainText(book.Say("slack_list_mine", prompts.Values{"village": p.village.Name})+"\n"+strings.Join(lines, "\n"), mostSection))}
	if len(wait) > 0 {
		blocks = append(blocks, ListCard(ListView{Village: p.village, Matters: wait})...)
	}
	return blocks
}

// waiting gives what somebody handles, and what she may approve now.
func (h *Hook) waiting(ctx context.Context, p person) (mine, wait []matter.Matter, err error) {
	page, err := h.Store.Matters(ctx, matter.Filter{Village: p.village.ID, Assignee: p.staff.ID, Limit: mostFound,
		States: []matter.State{matter.Queued, matter.Deliberating, matter.Handling, matter.Waiting}})
	if err != nil {
		return nil, nil, err
	}
	sorting, err := h.Store.Matters(ctx, matter.Filter{Village: p.village.ID, States: []matter.State{matter.Sorting}, Limit: mostPicked})
	if err != nil {
		return nil, nil, err
	}
	for _, m := range sorting.Matters {
		if h.allows(p, m, matter.Approve) {
			wait = append(wait, m)
		}
	}
	return page.Matters, wait, nil
}

func (h *Hook) allows(p person, m matter.Matter, e matter.EventKind) bool {
	for _, k := range h.Allowed(p.village, m, p.staff) {
		if k == e {
			return true
		}
	}
	return false
}
