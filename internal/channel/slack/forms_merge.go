package slack

import (
	"context"
	"strings"

	slackgo "github.com/slack-go/slack"

	"sanshi/internal/matter"
)

// mostFound is how many matters a search offers.
const mostFound = 20

// suggested offers the open matters into which one may be merged: without words
// those like it, else what is found by number or words.
func (h *Hook) suggested(ctx context.Context, ic slackgo.InteractionCallback) slackgo.OptionsResponse {
	none := slackgo.OptionsResponse{Options: []*slackgo.OptionBlockObject{}}
	about, err := readMeta(ic.View.PrivateMetadata)
	if err != nil || ic.ActionID != "into" {
		return none
	}
	who, m, err := h.formOf(ctx, ic.User.ID, about)
	if err != nil {
		return none
	}
	found, err := h.mergeable(ctx, m, strings.TrimSpace(ic.Value))
	if err != nil {
		h.Log.Warn("slack: a search failed", "cause", err.Error())
		return none
	}
	d := drawing{h: h, who: who, matter: m, book: who.book()}
	for _, x := range found {
		if x.ID != m.ID && x.State.Open() && matter.MayRead(who.village, x, who.staff) && len(none.Options) < mostFound {
			none.Options = append(none.Options, d.option(x.ID, d.title(x)))
		}
	}
	return none
}

func (h *Hook) mergeable(ctx context.Context, m matter.Matter, query string) ([]matter.Matter, error) {
	if query == "" {
		like, err := h.Store.Alike(ctx, m)
		if err != nil || len(like) > 0 {
			return like, err
		}
	}
	page, err := h.Store.Matters(ctx, matter.Filter{Village: m.Village, States: matter.OpenStates(), Query: cut(query, 100), Limit: 2 * mostFound})
	return page.Matters, err
}
