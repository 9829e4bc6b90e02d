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
	village, staff string
	opened         time.Time
	shown          string // as it was published last
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

// OpenHome publishes the home page of a staff member who opened it, and keeps it up
// to date from then on.
func (p *Pen) OpenHome(ctx context.Context, village, staff, user string) error {
	p.setup()
	p.homes.mu.Lock()
	if p.homes.open == nil {
		p.homes.open = map[string]*home{}
	}
	h := home{village: village, staff: staff, opened: time.Now()}
	p.homes.open[user] = &h
	p.homes.mu.Unlock()
	return p.publish(ctx, user, home{village: village, staff: staff})
}

// refresh publishes the pages that look different now.
func (p *Pen) refresh(ctx context.Context) {
	for user, h := range p.homes.due(p.Interval) {
		if err := p.publish(ctx, user, h); err != nil && ctx.Err() == nil {
			p.Log.Warn("a home page could not be published; it is when something changes", "village", h.village, "staff", h.staff, "cause", err)
		}
	}
}

func (p *Pen) publish(ctx context.Context, user string, h home) error {
	view, ok, err := p.HomeView(ctx, h.village, h.staff)
	if err != nil || !ok {
		return err
	}
	blocks := Home(view)
	shown, err := json.Marshal(blocks)
	if err != nil || string(shown) == h.shown {
		return err
	}
	if err := p.Client.PublishHome(ctx, user, blocks); err != nil {
		p.homes.stir()
		return err
	}
	p.homes.published(user, string(shown))
	return nil
}

// HomeView gathers what somebody's home page shows; ok is false when she is no
// longer staff.
func (p *Pen) HomeView(ctx context.Context, village, staff string) (view HomeView, ok bool, err error) {
	v, err := p.Store.Village(ctx, village)
	if err != nil {
		return view, false, err
	}
	s, ok := v.Member(staff)
	if !ok {
		return view, false, nil
	}
	now := p.Now()
	view = HomeView{Village: v, Staff: s, Now: now, Allowed: func(m matter.Matter) []matter.EventKind { return p.Rights(v, m, s, now) }}
	working := []matter.State{matter.Queued, matter.Deliberating, matter.Handling, matter.Waiting}
	mine, err := p.Store.Matters(ctx, matter.Filter{Village: village, Assignee: staff, States: working, Limit: mostRead})
	if err != nil {
		return view, false, err
	}
	late, err := p.Store.Matters(ctx, matter.Filter{Village: village, Late: now, States: working, Limit: mostRead})
	if err != nil {
		return view, false, err
	}
	waiting, err := p.Store.Matters(ctx, matter.Filter{Village: village, States: []matter.State{matter.Sorting}, Limit: mostRead})
	if err != nil {
		return view, false, err
	}
	view.Mine = soonest(mine.Matters)
	view.Late = soonest(slices.DeleteFunc(late.Matters, func(m matter.Matter) bool { return m.Assignee == s.ID || !looksAfter(v, m, s) }))
	view.ToApprove = slices.DeleteFunc(waiting.Matters, func(m matter.Matter) bool { return !slices.Contains(view.Allowed(m), matter.Approve) })
	slices.Reverse(view.ToApprove) // who waits longest comes first
	return view, true, nil
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

// Card is a matter as it is drawn for one person, in answer to what she asked for.
// The words of a private one are in it only if she may see them.
func (p *Pen) Card(ctx context.Context, village, id, staff string) (line string, blocks []slackgo.Block, err error) {
	view, err := p.viewFor(ctx, village, id, staff)
	if err != nil {
		return "", nil, err
	}
	if view.Matter.State != matter.Sorting {
		return CardLine(view), QueueCard(view), nil
	}
	if view.Alike, err = p.Store.Alike(ctx, view.Matter); err != nil {
		return "", nil, err
	}
	return CardLine(view), ApprovalCard(view), nil
}

func (p *Pen) viewFor(ctx context.Context, village, id, staff string) (CardView, error) {
	v, err := p.Store.Village(ctx, village)
	if err != nil {
		return CardView{}, err
	}
	m, err := p.Store.Matter(ctx, village, id)
	if err != nil {
		return CardView{}, err
	}
	s, _ := v.Member(staff)
	return CardView{Village: v, Matter: m, Now: p.Now(), Allowed: p.Rights(v, m, s, p.Now()), Reads: matter.MaySeeWords(v, m, s),
		Hidden: !m.Private && !matter.MayRead(v, m, s)}, nil
}

// OneTap lists what a staff member may do to a matter by one tap in a direct message.
func (p *Pen) OneTap(ctx context.Context, village, id, staff string) (CardView, error) {
	view, err := p.viewFor(ctx, village, id, staff)
	view.Allowed = slices.DeleteFunc(view.Allowed, func(e matter.EventKind) bool { return !slices.Contains(oneTap, e) })
	return view, err
}
