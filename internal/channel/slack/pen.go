package slack

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	slackgo "github.com/slack-go/slack"

	"sanshi/internal/directory"
	"sanshi/internal/matter"
)

// PenStore is what the Pen reads, and where it records what it drew.
type PenStore interface {
	// Cards takes out cards to be drawn, at most one a channel, none of a busy one.
	Cards(ctx context.Context, now time.Time, busy func(channel string) bool) ([]matter.Card, error)
	CardDrawn(ctx context.Context, r matter.CardReport) error
	CardProblems(ctx context.Context) ([]matter.CardProblem, error)
	Village(ctx context.Context, id string) (*directory.Village, error)
	Villages(ctx context.Context) ([]*directory.Village, error)
	Matter(ctx context.Context, village, id string) (matter.Matter, error)
	Alike(ctx context.Context, m matter.Matter) ([]matter.Matter, error)
	Matters(ctx context.Context, f matter.Filter) (matter.Page, error)
}

// Rights says what a staff member may do to a matter now: the workflow's answer.
type Rights func(v *directory.Village, m matter.Matter, s directory.Staff) []matter.EventKind

// Pen draws the cards that are wanted, and the home pages that are open. Its fields
// are set once, before Run.
//
// A card is drawn from the matter's row as it is when it is drawn. In one channel
// at most one is drawn in an Interval; what changed meanwhile is in the next drawing.
type Pen struct {
	Client   *Client
	Store    PenStore
	Rights   Rights
	Now      func() time.Time // the clock of matters
	Interval time.Duration    // between two drawings in a channel; Slack allows one a second
	Log      *slog.Logger

	once  sync.Once
	wake  chan struct{}
	under sync.WaitGroup
	homes homes

	mu    sync.Mutex
	busy  map[string]bool      // channels that are being drawn in
	rests map[string]time.Time // channels and "", which is all of Slack, at rest until then
}

const (
	// sweep is how often the Pen looks for what nobody told it of: changes by the
	// clock or by another node.
	sweep = 500 * time.Millisecond
	// gap is the least time between two looks, however often it is woken.
	gap = 50 * time.Millisecond
	// skew is how far Slack's clock may be from ours when a posting is looked for.
	skew = 5 * time.Minute

	shortRest, longRest = 2 * time.Second, 10 * time.Minute
	// hopeless is how long a card rests that Slack will not take as it is: only a
	// change of the matter, or of the program, can help.
	hopeless = time.Hour
)

func (p *Pen) setup() {
	p.once.Do(func() {
		p.wake = make(chan struct{}, 1)
		p.busy, p.rests = map[string]bool{}, map[string]time.Time{}
		if p.Interval == 0 {
			p.Interval = time.Second
		}
		if p.Log == nil {
			p.Log = slog.New(slog.DiscardHandler)
		}
	})
}

// Wake says that something changed. It never blocks.
func (p *Pen) Wake() {
	p.setup()
	p.homes.stir()
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// Run draws until ctx is done, then lets the drawings under way end.
func (p *Pen) Run(ctx context.Context) error {
	p.setup()
	defer p.under.Wait()
	idle := time.NewTimer(0)
	defer idle.Stop()
	for ctx.Err() == nil {
		p.takeUp(ctx)
		p.refresh(ctx)
		idle.Reset(min(sweep, p.Interval))
		select {
		case <-ctx.Done():
		case <-p.wake:
			pause(ctx, min(gap, p.Interval)) // a crowd of texts is one look
		case <-idle.C:
		}
	}
	return nil
}

func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

// takeUp starts drawing what may be drawn now.
func (p *Pen) takeUp(ctx context.Context) {
	cards, err := p.Store.Cards(ctx, p.Now(), p.isBusy)
	if err != nil {
		if ctx.Err() == nil {
			p.Log.Warn("cannot look for cards to draw; they wait", "cause", err)
		}
		return
	}
	if len(cards) > 0 {
		p.homes.stir()
	}
	for _, c := range cards {
		p.begin(c.Channel)
		p.under.Go(func() {
			defer p.end(c.Channel)
			p.draw(context.WithoutCancel(ctx), c)
		})
	}
}

// isBusy: somebody draws in the channel, or it rests.
func (p *Pen) isBusy(channel string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	return p.busy[channel] || now.Before(p.rests[channel]) || now.Before(p.rests[""])
}

func (p *Pen) begin(channel string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.busy[channel] = true
	p.restLocked(channel, p.Interval)
}

func (p *Pen) end(channel string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.busy, channel)
}

func (p *Pen) rest(channel string, d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.restLocked(channel, d)
}

func (p *Pen) restLocked(channel string, d time.Duration) {
	if until := time.Now().Add(d); until.After(p.rests[channel]) {
		p.rests[channel] = until
	}
}

// draw draws one card and records what became of it. When that cannot be recorded
// the card is taken again after its lease, and found where it stands.
func (p *Pen) draw(ctx context.Context, c matter.Card) {
	drawing, cancel := context.WithTimeout(ctx, 25*time.Second) // less than the lease
	r := p.drawn(drawing, c)
	cancel()
	if r.Problem != "" {
		p.Log.Warn("a card could not be drawn", "village", c.Village, "matter", c.Matter, "channel", c.Channel, "cause", r.Problem, "tries", c.Tries)
	}
	recording, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	if err := p.Store.CardDrawn(recording, r); err != nil {
		p.Log.Error("cannot record that a card was drawn; it will be looked for", "channel", c.Channel, "cause", err)
	}
}

// drawn draws and says what to record.
func (p *Pen) drawn(ctx context.Context, c matter.Card) matter.CardReport {
	v, err := p.Store.Village(ctx, c.Village)
	if err != nil {
		return p.later(c, "the village cannot be read", shortRest)
	}
	if strings.HasPrefix(c.Matter, matter.ErasedMessage) {
		return p.blank(ctx, v, c)
	}
	m, err := p.Store.Matter(ctx, c.Village, c.Matter)
	if err != nil {
		return p.later(c, "the matter cannot be read", shortRest)
	}
	if c.TS == "" && !c.Begun.IsZero() {
		if c.TS, err = p.find(ctx, c); err != nil {
			return p.failed(c, err, true)
		}
	}
	hangs := slices.Contains(matter.CardChannels(m, v), c.Channel)
	if c.TS == "" && !hangs { // it was settled before it could be shown
		return matter.CardReport{Card: c, Drop: true}
	}
	line, blocks, err := p.picture(ctx, v, m, c.Channel, hangs)
	if err != nil {
		return p.later(c, "matters like it cannot be read", shortRest)
	}
	if c.TS == "" {
		posted, err := p.Client.Post(ctx, c.Channel, line, blocks)
		if err != nil {
			return p.failed(c, err, RefusalCode(err) == "")
		}
		c.TS = posted.TS
	} else if err := p.Client.Update(ctx, Posted{c.Channel, c.TS}, line, blocks); err != nil {
		return p.failed(c, err, false)
	}
	return matter.CardReport{Card: c, Again: p.again(m)}
}

// blank takes the words out of a direct message about somebody erased since.
func (p *Pen) blank(ctx context.Context, v *directory.Village, c matter.Card) matter.CardReport {
	text := bookOf(v, "").Say("card_erased", nil)
	err := p.Client.Update(ctx, Posted{c.Channel, c.TS}, text, []slackgo.Block{section("", plainText(text, mostSection))})
	if err == nil || RefusalCode(err) == "message_not_found" {
		return matter.CardReport{Card: c, Drop: true}
	}
	return p.failed(c, err, false)
}

// again is when the card's Undo comes off, if it has one.
func (p *Pen) again(m matter.Matter) time.Time {
	if until := m.UndoUntil(); until.After(p.Now()) {
		return until.Add(time.Second)
	}
	return time.Time{}
}

// picture is the card as it is to look in a channel. Where the matter no longer is
// it shows what became of it, and has no buttons.
func (p *Pen) picture(ctx context.Context, v *directory.Village, m matter.Matter, channel string, hangs bool) (string, []slackgo.Block, error) {
	view := CardView{Village: v, Matter: m, Now: p.Now()}
	for _, s := range v.Staff {
		for _, e := range p.Rights(v, m, s) {
			if (hangs || e == matter.Undo) && !slices.Contains(view.Allowed, e) {
				view.Allowed = append(view.Allowed, e)
			}
		}
	}
	approvals := channel == v.Slack[matter.ApprovalsChannel] && (m.State == matter.Sorting || channel != v.Slack[string(m.Kind)])
	if !approvals {
		return CardLine(view), QueueCard(view), nil
	}
	if m.State == matter.Sorting {
		var err error
		if view.Alike, err = p.Store.Alike(ctx, m); err != nil {
			return "", nil, err
		}
	}
	return CardLine(view), ApprovalCard(view), nil
}

// find looks for a card whose posting began and whose end nobody knows.
func (p *Pen) find(ctx context.Context, c matter.Card) (ts string, err error) {
	_, err = p.Client.Search(ctx, c.Channel, c.Begun.Add(-skew), func(m slackgo.Message) bool {
		for _, b := range m.Blocks.BlockSet {
			if id, ok := ReadCardBlock(b.ID()); ok && id == c.Matter {
				ts = m.Timestamp
				return true
			}
		}
		return false
	})
	return ts, err
}

// failed decides what becomes of a card that Slack did not take.
func (p *Pen) failed(c matter.Card, err error, doubt bool) matter.CardReport {
	r := matter.CardReport{Card: c, Problem: err.Error(), Doubt: doubt}
	wait := min(shortRest<<min(c.Tries, 10), longRest)
	code := RefusalCode(err)
	if code != "" {
		r.Problem = code
	}
	switch {
	case code == "message_not_found" || code == "cant_update_message" || code == "edit_window_closed":
		r.TS, wait = "", 0 // somebody took it away: a new one is posted
	case code == "ratelimited":
		wait = afterOf(err)
		p.rest(c.Channel, wait)
	case Locked(code):
		p.rest("", wait)
	case code == "" || misplaced(code):
		p.rest(c.Channel, wait)
	default:
		wait = hopeless
	}
	r.Again = p.Now().Add(wait)
	return r
}

func (p *Pen) later(c matter.Card, why string, wait time.Duration) matter.CardReport {
	return matter.CardReport{Card: c, Problem: why, Doubt: !c.Begun.IsZero(), Again: p.Now().Add(wait)}
}

// misplaced are refusals of a channel as a whole: other cards fare no better there
// until somebody invites the app, or corrects the village's [slack].
func misplaced(code string) bool {
	switch code {
	case "channel_not_found", "not_in_channel", "is_archived", "is_inactive", "missing_scope", "restricted_action",
		"restricted_action_read_only_channel", "restricted_action_thread_only_channel":
		return true
	}
	return false
}

// Ask says what is wrong with Slack as the cards see it: nil, or one sentence.
func (p *Pen) Ask(ctx context.Context) error {
	if err := p.Client.Ask(ctx); err != nil {
		return err
	}
	problems, err := p.Store.CardProblems(ctx)
	if err != nil {
		return err
	}
	for _, x := range problems {
		if x.Problem != "ratelimited" { // that passes by itself
			return &Misplaced{x}
		}
	}
	return nil
}

// Misplaced is a channel whose cards cannot be drawn.
type Misplaced struct{ matter.CardProblem }

func (e *Misplaced) Error() string {
	return "village " + e.Village + ": no card can be drawn in " + e.Channel + " (" + e.Problem + "): " + Remedy(e.Problem)
}

// Remedy says what to do about a refusal.
func Remedy(code string) string {
	switch code {
	case "not_in_channel":
		return "invite the app into the channel (/invite @sanshi)"
	case "channel_not_found":
		return "correct [slack] in the village: there is no such channel, or it is private and the app is not in it"
	case "is_archived":
		return "take the channel out of the archive, or name another in the village's [slack]"
	case "missing_scope":
		return "give the app the scopes of its manifest and install it again"
	case "invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired":
		return "set SLACK_BOT_TOKEN to the app's bot token (xoxb-…)"
	}
	return "cards wait and are tried again"
}
