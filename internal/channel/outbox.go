package channel

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"sanshi/internal/message"
)

// Outbox takes queued texts out of the database and through the drivers until
// they are through or dead. Its fields are set once, before Run.
//
// A text is claimed only when it can start at once, so that the start recorded
// with the claim is the start of the send. Of one sender's number at most four
// sends are under way, and their starts stand Interval apart for each segment.
// A send whose end is in doubt is looked for before it is tried again.
type Outbox struct {
	Box      Box
	Drivers  []Driver
	Interval time.Duration    // least time between two starts of one sender, for each segment
	Now      func() time.Time // what the database is told; nil: time.Now
	Log      *slog.Logger
	// Observe is told how each claim ended: sent, found, retry, doubt, dead or opted_out.
	Observe func(channel, result string)

	once    sync.Once
	lines   map[string]*line
	outages rate.Sometimes
}

const (
	inFlight = 4  // sends under way for one sender's number
	abreast  = 64 // claims of one channel that have not ended

	sendTimeout   = 10 * time.Second
	lease         = 15 * time.Second // of a claim, kept by the Box
	reportTimeout = 3 * time.Second
	// callbackWait is how long a carrier has to tell us by itself what became of
	// a send in doubt.
	callbackWait = 5 * time.Second
	// sweep is how often an idle channel looks for texts that nobody announced:
	// those held until now, retried, or left by a process that died.
	sweep = time.Second
)

func (o *Outbox) setup() {
	o.once.Do(func() {
		if o.Now == nil {
			o.Now = time.Now
		}
		if o.Log == nil {
			o.Log = slog.New(slog.DiscardHandler)
		}
		if o.Observe == nil {
			o.Observe = func(string, string) {}
		}
		o.outages = rate.Sometimes{Interval: 10 * time.Second}
		o.lines = make(map[string]*line, len(o.Drivers))
		for _, d := range o.Drivers {
			o.lines[d.Name()] = newLine(o, d)
		}
	})
}

// Wake says that a text of the channel was queued. It never blocks.
func (o *Outbox) Wake(channel string) {
	o.setup()
	if l := o.lines[channel]; l != nil {
		l.nudge()
	}
}

// Run sends until ctx is done, then claims no more, lets the sends under way end
// (10 s at most, and 3 s to record them) and returns.
func (o *Outbox) Run(ctx context.Context) error {
	o.setup()
	if len(o.lines) != len(o.Drivers) {
		return fmt.Errorf("outbox: two drivers of the same name among %d", len(o.Drivers))
	}
	var all sync.WaitGroup
	for _, l := range o.lines {
		all.Go(func() { l.run(ctx) })
	}
	all.Wait()
	return nil
}

// line is one channel's way out.
type line struct {
	*Outbox
	driver Driver
	wake   chan struct{}
	under  sync.WaitGroup // sends under way

	mu      sync.Mutex
	senders map[string]*pace
	total   int // claims that have not ended
	doubts  int // sends in doubt that wait for their callback
}

// pace is how busy a sender's number is.
type pace struct {
	flying int
	next   time.Time // no start before
}

func newLine(o *Outbox, d Driver) *line {
	return &line{Outbox: o, driver: d, wake: make(chan struct{}, 1), senders: make(map[string]*pace)}
}

func (l *line) nudge() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

func (l *line) run(ctx context.Context) {
	defer l.under.Wait()
	idle := time.NewTimer(0)
	defer idle.Stop()
	for ctx.Err() == nil {
		n, busy, free := l.room(time.Now())
		if n > 0 && l.claim(ctx, n, busy) > 0 {
			continue
		}
		wait := sweep
		if free > 0 {
			wait = min(wait, free)
		}
		idle.Reset(wait)
		select {
		case <-ctx.Done():
		case <-l.wake:
		case <-idle.C:
		}
	}
}

// room says how many texts may be claimed now so that each can start at once,
// which senders must be passed over, and when the first of those whose pace
// holds them is free (0: none waits for that).
func (l *line) room(now time.Time) (n int, busy []string, free time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	n = min(inFlight, abreast-l.total)
	if l.Interval > 0 {
		n = min(n, 1) // a second one of the same sender would have to wait
	}
	for sender, p := range l.senders {
		if wait := p.next.Sub(now); wait > 0 {
			busy = append(busy, sender)
			if free == 0 || wait < free {
				free = wait
			}
			continue
		}
		switch {
		case p.flying >= inFlight:
			busy = append(busy, sender)
		case p.flying > 0:
			n = min(n, inFlight-p.flying)
		default:
			delete(l.senders, sender)
		}
	}
	return max(n, 0), busy, free
}

// claim takes out up to n texts and starts them.
func (l *line) claim(ctx context.Context, n int, busy []string) int {
	claimed, err := l.Box.Claim(ctx, l.driver.Name(), l.Now(), n, busy...)
	if err != nil {
		if ctx.Err() == nil {
			l.outages.Do(func() {
				l.Log.Error("cannot claim texts to send; trying again", "channel", l.driver.Name(), "error", err)
			})
		}
		return 0
	}
	for _, c := range claimed {
		l.depart(c)
		l.under.Go(func() {
			defer l.settled()
			l.work(ctx, c)
		})
	}
	return len(claimed)
}

// depart counts a start. Only what is sent costs pace; the look-up of a text in
// doubt costs none.
func (l *line) depart(c Claimed) {
	l.mu.Lock()
	defer l.mu.Unlock()
	p := l.senders[c.Sender]
	if p == nil {
		p = &pace{}
		l.senders[c.Sender] = p
	}
	p.flying++
	l.total++
	if c.Doubt.IsZero() {
		p.next = time.Now().Add(l.Interval * time.Duration(max(1, message.Segments(c.Text))))
	}
}

// landed counts the carrier's answer: the sender is free for another send while
// this one is being recorded.
func (l *line) landed(sender string) {
	l.mu.Lock()
	if p := l.senders[sender]; p != nil {
		p.flying--
	}
	l.mu.Unlock()
	l.nudge()
}

// settled counts a claim that has ended.
func (l *line) settled() {
	l.mu.Lock()
	l.total--
	l.mu.Unlock()
	l.nudge()
}

// hold lets a sender's number rest, because its carrier asked for it.
func (l *line) hold(sender string, d time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if p := l.senders[sender]; p != nil && d > 0 {
		if until := time.Now().Add(min(d, longest)); until.After(p.next) {
			p.next = until
		}
	}
}
