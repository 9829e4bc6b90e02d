package slack

import (
	"context"
	"encoding/json"
	"slices"
	"sync"
	"time"

	slackgo "github.com/slack-go/slack"

	"sanshi/internal/directory"
	"sanshi/internal/matter"
)

// homes are the home pages that somebody opened lately on this node. Each is drawn
// again when something changed, if it then looks different. After a restart a page
// is known again when its owner opens it: Slack shows her the old one until then.
type homes struct {
	mu      sync.Mutex
	open    map[string]*home // by user
	stirred bool
	looked  time.Time
}

type home struct {
	opened time.Time
	shown  string // as it was published last
	draws  bool   // its owner has just opened it, and it is on its way
}

const (
	homeLife = 24 * time.Hour   // without being opened again
	homeLook = 30 * time.Second // at the latest: another node may have changed something
	mostRead = 50               // matters for each list
)

func (h *homes) stir() { h.mu.Lock(); h.stirred = true; h.mu.Unlock() }

// due lists the pages to look at, at most once a second.
func (h *homes) due(interval time.Duration) map[string]home {
	h.mu.Lock()
	defer h.mu.Unlock()
	since := time.Since(h.looked)
	if len(h.open) == 0 || since < interval || !h.stirred && since < homeLook {
		return nil
	}
	h.stirred, h.looked = false, time.Now()
	all := map[string]home{}
	for user, x := range h.open {
		if time.Since(x.opened) > homeLife {
			delete(h.open, user)
			continue
		}
		if x.draws { // looked at again once it is there
			h.stirred = true
			continue
		}
		all[user] = *x
	}
	return all
}

func (h *homes) published(user, shown string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if x := h.open[user]; x != nil {
		x.shown = shown
	}
}

// OpenHome publishes the home page of a Slack account that opened it, and keeps it
// up to date from then on.
func (p *Pen) OpenHome(ctx context.Context, user string) error {
	p.setup()
	p.homes.mu.Lock()
	if p.homes.open == nil {
		p.homes.open = map[string]*home{}
	}
	opened := &home{opened: time.Now(), draws: true}
	p.homes.open[user] = opened
	p.homes.mu.Unlock()
	err := p.publish(ctx, user, "")
	p.homes.mu.Lock()
	defer p.homes.mu.Unlock()
	opened.draws = false
	return err
}

// refresh publishes the pages that look different now.
func (p *Pen) refresh(ctx context.Context) {
	for user, h := range p.homes.due(p.Interval) {
		// What is on its way when the program stops is finished, and known as shown.
		if err := p.publish(context.WithoutCancel(ctx), user, h.shown); err != nil && ctx.Err() == nil {
			p.homes.stir()
			p.Log.Warn("a home page could not be published; it is tried again", "user", user, "cause", err)
		}
	}
}

// publish draws a page, unless it looks as it did.
func (p *Pen) publish(ctx context.Context, user, shown string) error {
	blocks, err := p.homeOf(ctx, user)
	if err != nil {
		return err
	}
	look, err := json.Marshal(blocks)
	if err != nil || string(look) == shown {
		return err
	}
	if err := p.Client.PublishHome(ctx, user, blocks); err != nil {
		return err
	}
	p.homes.published(user, string(look))
	return nil
}

// homeOf draws the page of an account: a part for each village where it is staff.
func (p *Pen) homeOf(ctx context.Context, user string) ([]slackgo.Block, error) {
	villages, err := p.Store.Villages(ctx)
	if err != nil {
		return nil, err
	}
	var blocks []slackgo.Block
	for _, v := range villages {
		for _, s := range v.Staff {
			if s.Slack != user {
				continue
			}
			view, err := p.homeView(ctx, v, s)
			if err != nil {
				return nil, err
			}
			blocks = append(blocks, Home(view)...)
		}
	}
	if len(blocks) == 0 {
		blocks = []slackgo.Block{section("", plainText(stranger(), mostSection))}
	}
	return blocks[:min(len(blocks), mostHomeBlocks)], nil
}

// homeView gathers what somebody's home page shows of one village.
func (p *Pen) homeView(ctx context.Context, v *directory.Village, s directory.Staff) (view HomeView, err error) {
	now := p.Now()
	view = HomeView{Village: v, Staff: s, Now: now, Allowed: func(m matter.Matter) []matter.EventKind { return p.Rights(v, m, s) }}
	working := []matter.State{matter.Queued, matter.Deliberating, matter.Handling, matter.Waiting}
	mine, err := p.Store.Matters(ctx, matter.Filter{Village: v.ID, Assignee: s.ID, States: working, Limit: mostRead})
	if err != nil {
		return view, err
	}
	late, err := p.Store.Matters(ctx, matter.Filter{Village: v.ID, Late: now, States: working, Limit: mostRead})
	if err != nil {
		return view, err
	}
	waiting, err := p.Store.Matters(ctx, matter.Filter{Village: v.ID, States: []matter.State{matter.Sorting}, Limit: mostRead})
	if err != nil {
		return view, err
	}
	view.Mine = soonest(mine.Matters)
	view.Late = soonest(slices.DeleteFunc(late.Matters, func(m matter.Matter) bool { return m.Assignee == s.ID || !looksAfter(v, m, s) }))
	view.ToApprove = slices.DeleteFunc(waiting.Matters, func(m matter.Matter) bool { return !slices.Contains(view.Allowed(m), matter.Approve) })
	slices.Reverse(view.ToApprove) // who waits longest comes first
	return view, nil
}

func soonest(all []matter.Matter) []matter.Matter {
	slices.SortStableFunc(all, func(a, b matter.Matter) int { return a.DueAt.Compare(b.DueAt) })
	return all
}

// looksAfter: what is late is shown to those who can do something about it.
func looksAfter(v *directory.Village, m matter.Matter, s directory.Staff) bool {
	switch s.Role {
	case directory.Secretary:
		return true // a private one without its words
	case directory.Supervisor, directory.Administrator, directory.Officer:
		return matter.MayRead(v, m, s)
	case directory.Lead, directory.Committee:
		return matter.MayRead(v, m, s) && s.Covers(v, m.Area)
	}
	return false
}

// OneTap is a matter as one person may see it, with what she may do to it by one
// tap in a direct message.
func (p *Pen) OneTap(ctx context.Context, village, id, staff string) (view CardView, err error) {
	v, err := p.Store.Village(ctx, village)
	if err != nil {
		return view, err
	}
	m, err := p.Store.Matter(ctx, village, id)
	if err != nil {
		return view, err
	}
	s, _ := v.Member(staff)
	may := slices.DeleteFunc(p.Rights(v, m, s), func(e matter.EventKind) bool { return !slices.Contains(oneTap, e) })
	return CardView{Village: v, Matter: m, Now: p.Now(), Allowed: may, Reads: matter.MaySeeWords(v, m, s)}, nil
}
