// Package queue decides who works on which lane, and when.
//
// A lane is one person's texts to one village: they are handled one at a time,
// in the order in which they were kept. The database is the ledger; the queue
// holds nothing that could be lost. It only remembers, within bounds, which
// lanes it was told of: by a signal when a text was kept, and by a sweep that
// lists whatever stayed unhandled. A lost signal costs the time to the next
// sweep and nothing else.
//
// One worker of this process holds a lane at a time. That saves waste; what
// keeps a text from being handled twice is the fence in the commit.
package queue

import (
	"context"
	"log/slog"
	"runtime"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"sanshi/internal/message"
)

// Source is the ledger: the texts kept and not yet handled.
type Source interface {
	// Lanes lists at most limit lanes with unhandled texts, oldest text first.
	Lanes(ctx context.Context, limit int) ([]message.Lane, error)
	// Next gives the first unhandled text of a lane; false when there is none.
	Next(ctx context.Context, lane message.Lane) (message.Inbound, bool, error)
	// Failed counts a failed try. After the fifth the text is a dead letter: it
	// is out of the lane, and dead is true.
	Failed(ctx context.Context, in message.Inbound, cause string) (dead bool, err error)
}

// Queue works on lanes. Its fields are set once, before Run.
type Queue struct {
	Source Source
	// Handle answers a text; its effects are committed when it returns nil.
	Handle func(ctx context.Context, in message.Inbound) error
	// Retriable says of an error of Handle that it speaks of the moment and not
	// of the text (a conflict, a database that is away): it is tried again and
	// never counts towards a dead letter. Nil: every error counts.
	Retriable func(error) bool
	// Pace reports whether intake is under pressure: then handling makes room,
	// down to about a fifth of its speed but never to nothing. Nil: never.
	Pace func() bool
	// Bell carries signals between processes; nil within this one only.
	Bell Bell

	Workers int           // lanes worked on at once; 0: four for each core
	Sweep   time.Duration // between two looks at the ledger; 0: 2 s
	Backoff time.Duration // before the second try, doubling; 0: 500 ms
	Timeout time.Duration // of one text; 0: 15 s
	Log     *slog.Logger

	once  sync.Once
	mu    sync.Mutex
	known map[message.Lane]*standing // waiting, worked on or resting; at most capacity
	more  bool                       // the ledger holds lanes that are not known here

	ready   chan message.Lane // each known lane at most once
	hungry  chan struct{}     // wakes the sweep early
	outages rate.Sometimes    // log lines of an outage
}

// standing is what is remembered of a known lane.
type standing struct {
	rung  bool // a text was announced while the lane was not waiting
	queue bool // waits in ready
	tries int  // failures in a row that do not speak of a text
}

const (
	// capacity bounds the lanes known at once, page those taken in by one sweep.
	// A backlog of any length is worked off page by page.
	capacity = 8192
	page     = 2048
	// turn is how many texts of one lane are handled before the others have theirs.
	turn = 16
)

func (q *Queue) setup() {
	q.once.Do(func() {
		q.known = make(map[message.Lane]*standing)
		q.ready = make(chan message.Lane, capacity)
		q.hungry = make(chan struct{}, 1)
		if q.Workers <= 0 {
			q.Workers = 4 * runtime.GOMAXPROCS(0)
		}
		if q.Sweep <= 0 {
			q.Sweep = 2 * time.Second
		}
		if q.Backoff <= 0 {
			q.Backoff = 500 * time.Millisecond
		}
		if q.Timeout <= 0 {
			q.Timeout = 15 * time.Second
		}
		if q.Log == nil {
			q.Log = slog.New(slog.DiscardHandler)
		}
		if q.Bell == nil {
			q.Bell = bell{q}
		}
		q.outages = rate.Sometimes{Interval: 10 * time.Second}
	})
}

// Run works until ctx is done, then finishes the texts in hand and returns. It
// is called once.
func (q *Queue) Run(ctx context.Context) error {
	q.setup()
	var all sync.WaitGroup
	for range q.Workers {
		all.Go(func() { q.worker(ctx) })
	}
	all.Go(func() { q.sweeper(ctx) })
	all.Go(func() { q.listen(ctx) })
	all.Wait()
	return nil
}

// listen hears the bell. While it is broken the sweep does its work.
func (q *Queue) listen(ctx context.Context) {
	for ctx.Err() == nil {
		if err := q.Bell.Listen(ctx, q.add); ctx.Err() == nil {
			q.outages.Do(func() { q.Log.Warn("the bell fell silent; listening again, the sweep goes on", "error", err) })
		}
		select {
		case <-ctx.Done():
		case <-time.After(q.Sweep):
		}
	}
}

// Signal says that a text of the lane was kept. It never blocks and may be
// called before Run and after it.
func (q *Queue) Signal(lane message.Lane) {
	q.setup()
	q.Bell.Ring(lane)
}

// add makes a lane known. Without room it is left to the sweep.
func (q *Queue) add(lane message.Lane) {
	q.mu.Lock()
	defer q.mu.Unlock()
	switch s := q.known[lane]; {
	case s != nil:
		s.rung = !s.queue || s.rung
	case len(q.known) < capacity:
		q.known[lane] = &standing{queue: true}
		q.ready <- lane
	default:
		q.more = true
	}
}

// begin takes a lane out of the waiting line.
func (q *Queue) begin(lane message.Lane) {
	q.mu.Lock()
	defer q.mu.Unlock()
	s := q.known[lane]
	s.queue, s.rung = false, false
}

// again puts a lane back at the end of the line.
func (q *Queue) again(lane message.Lane) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.known[lane].queue = true
	q.ready <- lane
}

// leave forgets a lane that is empty, unless it was rung meanwhile.
func (q *Queue) leave(lane message.Lane) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if s := q.known[lane]; s.rung {
		s.queue = true
		q.ready <- lane
		return
	}
	delete(q.known, lane)
	q.ask()
}

// ask wakes the sweep when the ledger has more and there is room for it.
func (q *Queue) ask() {
	if !q.more || len(q.known) >= page/2 {
		return
	}
	select {
	case q.hungry <- struct{}{}:
	default:
	}
}

// sweeper lists the ledger at once, then every Sweep, and sooner when it knows
// that there is more than it could take in.
func (q *Queue) sweeper(ctx context.Context) {
	tick := time.NewTicker(q.Sweep)
	defer tick.Stop()
	for {
		if err := q.sweep(ctx); err != nil && ctx.Err() == nil {
			q.outages.Do(func() { q.Log.Error("cannot list what is unhandled; trying again", "error", err) })
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-q.hungry:
		}
	}
}

func (q *Queue) sweep(ctx context.Context) error {
	q.mu.Lock()
	room := min(page, capacity-len(q.known))
	limit := len(q.known) + room // the known ones may be the oldest: ask for a page beyond them
	q.more = false
	q.mu.Unlock()
	if room == 0 {
		return nil
	}
	lanes, err := q.Source.Lanes(ctx, limit)
	if err != nil {
		return err
	}
	for _, l := range lanes {
		q.sighted(l)
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.more = q.more || len(lanes) == limit
	q.ask() // the workers may have been faster than this sweep
	return nil
}

// sighted makes a lane of the ledger known. Unlike a signal it says nothing new
// of a lane that is known already.
func (q *Queue) sighted(lane message.Lane) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.known[lane] != nil {
		return
	}
	if len(q.known) >= capacity {
		q.more = true
		return
	}
	q.known[lane] = &standing{queue: true}
	q.ready <- lane
}
