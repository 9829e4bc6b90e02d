package store

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"sanshi/internal/channel"
)

// How many may share a transaction. Texts come first; changes are fewer, so that
// a text never waits long behind them.
const (
	mostTakes = 512
	mostWorks = 64
	// mostTime ends the gathering of changes into a group that already runs long,
	// leastTime that of a group in which texts wait to be acknowledged. When those
	// are a crowd, only one change goes along, so that handling still goes on.
	mostTime  = 15 * time.Millisecond
	leastTime = 3 * time.Millisecond
	many      = 8
	// networkTime bounds a group on Postgres: who waits behind a group that hangs
	// still gets an answer within the 15 s that a carrier waits (Twilio).
	networkTime = 5 * time.Second
)

// errClosed is returned to who wants to write after Close.
var errClosed = errors.New("the store is closed")

// work is one caller's part of a group, other than a text that comes in.
type work struct {
	village string // of the rows that need a number in order
	rows    int    // how many
	do      func(t *tx) error
	err     error
	done    chan struct{}
}

// committer is the only writer. Its context is its own: a caller who goes away
// takes nothing with him.
type committer struct {
	takes  chan *take
	works  chan *work
	gate   sync.RWMutex // held for reading while handing over, for writing to shut
	shut   bool
	ended  chan struct{}
	writer *writer
	faults rate.Sometimes // log lines of an outage
}

func (c *committer) begin(s *Store) {
	c.takes, c.works = make(chan *take, 4*mostTakes), make(chan *work, 4*mostWorks)
	c.ended = make(chan struct{})
	c.faults = rate.Sometimes{First: 1, Interval: time.Second}
	go s.commitAll()
}

// end waits until all that was accepted is committed.
func (c *committer) end() {
	if c.ended == nil {
		return
	}
	c.gate.Lock()
	if !c.shut {
		c.shut = true
		close(c.takes)
		close(c.works)
	}
	c.gate.Unlock()
	<-c.ended
}

// submit hands a part over and waits for its group's end, or for ctx: then the
// part may still be committed.
func (c *committer) submit(ctx context.Context, w *work) error {
	w.done = make(chan struct{})
	if err := handOver(ctx, c, c.works, w); err != nil {
		return err
	}
	select {
	case <-w.done:
		return w.err
	case <-ctx.Done():
		return away(ctx.Err())
	}
}

func handOver[T any](ctx context.Context, c *committer, to chan<- T, x T) error {
	if err := ctx.Err(); err != nil {
		return away(err)
	}
	c.gate.RLock()
	defer c.gate.RUnlock()
	if c.shut || to == nil {
		return away(errClosed)
	}
	select {
	case to <- x:
		return nil
	case <-ctx.Done():
		return away(ctx.Err())
	}
}

// do runs one piece of writing as a part of a group.
func (s *Store) do(ctx context.Context, f func(t *tx) error) error {
	w := &work{do: f, done: make(chan struct{})}
	if err := handOver(ctx, &s.committer, s.works, w); err != nil {
		return err
	}
	<-w.done // f writes what its caller reads: nobody goes away before it has ended
	return w.err
}

// group is what shares a transaction.
type group struct {
	takes []*take
	works []*work
}

func (s *Store) commitAll() {
	defer close(s.ended)
	for {
		g, more := s.gather()
		if len(g.takes)+len(g.works) > 0 {
			s.commit(g)
		}
		if !more {
			s.writer.discard()
			return
		}
	}
}

// gather waits for a first part, then takes what else is waiting.
func (s *Store) gather() (g group, more bool) {
	select {
	case t, ok := <-s.takes:
		if ok {
			g.takes = append(g.takes, t)
		}
	case w, ok := <-s.works:
		if ok {
			g.works = append(g.works, w)
		}
	}
	runtime.Gosched() // callers just answered get to hand over their next
	takesOpen := sweep(s.takes, &g.takes, mostTakes)
	worksOpen := sweep(s.works, &g.works, mostWorks)
	return g, takesOpen || worksOpen
}

// sweep takes what waits, up to most; false when the channel is shut and empty.
func sweep[T any](from <-chan T, into *[]T, most int) bool {
	for len(*into) < most {
		select {
		case x, ok := <-from:
			if !ok {
				return false
			}
			*into = append(*into, x)
		default:
			return true
		}
	}
	return true
}

// commit writes a group, and tells each member. Works that the time did not
// suffice for are committed in groups of their own.
func (s *Store) commit(g group) {
	for len(g.takes)+len(g.works) > 0 {
		n, err := s.attempt(g)
		if err != nil {
			n = len(g.works)
			s.fail(g, err)
		} else {
			s.grown(len(g.takes) + n)
		}
		for _, t := range g.takes {
			close(t.done)
		}
		for _, w := range g.works[:n] {
			close(w.done)
		}
		g = group{works: g.works[n:]}
	}
}

// fail gives every member the cause; it is logged once for all, and in a long
// outage once a second.
func (s *Store) fail(g group, err error) {
	s.faults.Do(func() {
		s.log.Error("nothing could be kept: the group was rolled back",
			"cause", err.Error(), "texts", len(g.takes), "changes", len(g.works))
	})
	err = away(err)
	for _, t := range g.takes {
		t.taken, t.err = channel.Taken{}, err
	}
	for _, w := range g.works {
		w.err = err
	}
}

// attempt writes a group in one transaction and says how many works it reached.
// Nodes that got in each other's way try again.
func (s *Store) attempt(g group) (works int, err error) {
	for range 5 {
		works, err = s.transact(g)
		if err == nil || s.db.fault(err) != contended {
			return works, err
		}
	}
	return works, err
}

func (s *Store) transact(g group) (works int, err error) {
	ctx, cancel := context.Background(), func() {}
	if s.db.postgres { // a network may hang; a local file does not
		ctx, cancel = context.WithTimeout(ctx, networkTime)
	}
	defer cancel()
	t, err := s.open(ctx)
	if err != nil {
		return 0, err
	}
	works, err = t.run(g)
	if err == nil {
		err = t.commit()
	}
	if err != nil {
		t.abandon()
	}
	return works, err
}

// run writes all parts of a group. An error is one that no member is at fault for.
func (t *tx) run(g group) (works int, err error) {
	if err := t.reserve(g); err != nil {
		return 0, err
	}
	if err := t.takeAll(g.takes); err != nil {
		return 0, err
	}
	start, patience := time.Now(), mostTime
	switch {
	case len(g.takes) >= many:
		patience = 0
	case len(g.takes) > 0:
		patience = leastTime
	}
	for i, w := range g.works {
		if i > 0 && time.Since(start) > patience {
			return i, nil
		}
		if err := t.part(w); err != nil {
			return i, err
		}
	}
	return len(g.works), nil
}

// part runs one work between savepoints: when it is stale, or its data are
// refused, it alone is undone.
func (t *tx) part(w *work) error {
	if err := t.write(`SAVEPOINT part`); err != nil {
		return err
	}
	before := t.remember()
	if w.err = t.guarded(w.do); w.err == nil {
		w.err = t.settle()
	}
	if w.err == nil {
		return t.write(`RELEASE SAVEPOINT part`)
	}
	var f *dbFault
	if errors.As(w.err, &f) && t.s.db.fault(f.err) != refused {
		return f.err
	}
	// What the part left waiting goes with it; its savepoint may be among that.
	if err := t.forget(); err != nil {
		return err
	}
	t.restore(before)
	if err := t.write(`ROLLBACK TO SAVEPOINT part`); err != nil {
		return err
	}
	return t.write(`RELEASE SAVEPOINT part`)
}

// forget drops what waits behind the savepoint, and sees that the savepoint and
// what stood before it are sent.
func (t *tx) forget() error {
	for i := len(t.pipeline) - 1; i >= 0; i-- {
		if t.pipeline[i].q == `SAVEPOINT part` {
			t.pipeline = t.pipeline[:i+1]
			return t.settle()
		}
	}
	t.pipeline = nil
	return nil
}

// guarded keeps one member's bug from ending the process.
func (t *tx) guarded(do func(*tx) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			t.s.log.Error("a change panicked", "panic", p, "stack", string(debug.Stack()))
			err = fmt.Errorf("store: internal error: %v", p)
		}
	}()
	return do(t)
}
