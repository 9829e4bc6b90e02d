package slack

import (
	"context"
	"strings"

	slackgo "github.com/slack-go/slack"

	"sanshi/internal/matter"
)

// mostFound is how many matters a search offers.
const mostFound = 20

// options is what Slack wants for a search: a list, also where nothing was found.
type options struct {
	Options []*slackgo.OptionBlockObject `json:"options"`
}

// suggested offers the open matters into which one may be merged: without words
// those like it, else what is found by number or words.
func (h *Hook) suggested(ctx context.Context, ic slackgo.InteractionCallback) options {
	found := options{Options: []*slackgo.OptionBlockObject{}}
	about, err := readMeta(ic.View.PrivateMetadata)
	if err != nil || ic.ActionID != "into" {
		return found
	}
	who, m, err := h.formOf(ctx, ic.User.ID, about)
	if err != nil {
		return found
	}
	all, err := h.mergeable(ctx, m, strings.TrimSpace(ic.Value))
	if err != nil {
		h.Log.Warn("slack: a search failed", "cause", err.Error())
		return found
	}
	d := drawing{h: h, who: who, matter: m, book: who.book()}
	for _, x := range all {
		if x.ID != m.ID && x.State.Open() && matter.MayRead(who.village, x, who.staff) && len(found.Options) < mostFound {
			found.Options = append(found.Options, d.option(x.ID, d.title(x)))
		}
	}
	return found
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
