// Package queuetest is what the queue must hold over any ledger, and with any
// bell: each text handled once, each lane in order, whatever breaks.
package queuetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"sanshi/internal/message"
	"sanshi/internal/queue"
)

// Ledger is a source with the two doors that a test needs.
type Ledger interface {
	queue.Source
	// Put keeps a text, as the intake does.
	Put(ctx context.Context, in message.Inbound) error
	// Finish commits the effects of a text. It fails when the text is not
	// unhandled any more.
	Finish(ctx context.Context, in message.Inbound) error
}

// Run holds a queue over the ledgers that open gives, one for each case. Each
// queue rings the bell that bell gives; nil: its own.
func Run(t *testing.T, open func(t *testing.T) Ledger, bell func(t *testing.T) queue.Bell) {
	for _, c := range []struct {
		name string
		test func(*testing.T, Ledger)
	}{
		{"each lane in order, each text once", inOrder},
		{"signals may be lost", unannounced},
		{"signals may be repeated", repeated},
		{"a backlog is worked off", backlog},
		{"a slow lane stops nobody else", slow},
		{"what cannot be handled is a dead letter after five tries and frees its lane", dead},
		{"a panic is a failed try", panics},
		{"a conflict is never a dead letter", conflicts},
		{"a crash between work and commit repeats the work, not the effect", crashes},
		{"a stop loses nothing", stops},
		{"two nodes on one ledger", two},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.test(t, withBell{open(t), func() queue.Bell {
				if bell == nil {
					return nil
				}
				return bell(t)
			}})
		})
	}
}

// withBell is a ledger whose queues have a bell.
type withBell struct {
	Ledger
	bell func() queue.Bell
}

// clerk handles texts and remembers their effects.
type clerk struct {
	Ledger
	mu      sync.Mutex
	effects map[message.Lane][]string
	inHand  map[message.Lane]bool
	count   int
	broken  []string
	// before may fail, wait or panic before the effects are committed.
	before func(in message.Inbound) error
}

func newClerk(l Ledger) *clerk {
	return &clerk{Ledger: l, effects: map[message.Lane][]string{}, inHand: map[message.Lane]bool{}}
}

func (c *clerk) handle(ctx context.Context, in message.Inbound) error {
	lane := message.Lane{Village: in.Village, Address: in.From}
	c.mu.Lock()
	if c.inHand[lane] {
		c.broken = append(c.broken, "two workers held the lane of "+in.ID)
	}
	c.inHand[lane] = true
	c.mu.Unlock()
	defer func() { c.mu.Lock(); delete(c.inHand, lane); c.mu.Unlock() }()
	if c.before != nil {
		if err := c.before(in); err != nil {
			return err
		}
	}
	if err := c.Finish(ctx, in); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.effects[lane] = append(c.effects[lane], in.ID)
	c.count++
	return nil
}

// start runs a queue over the clerk's ledger until stop is called.
func (c *clerk) start(t *testing.T, change func(*queue.Queue)) (q *queue.Queue, stop func()) {
	t.Helper()
	q = &queue.Queue{Source: c.Ledger, Handle: c.handle, Workers: 4, Sweep: 10 * time.Millisecond, Backoff: time.Millisecond}
	if l, ok := c.Ledger.(withBell); ok {
		q.Bell = l.bell()
	}
	if change != nil {
		change(q)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- q.Run(ctx) }()
	var once sync.Once
	stop = func() {
		once.Do(func() {
			cancel()
			if err := <-done; err != nil {
				t.Errorf("Run: %v", err)
			}
		})
	}
	t.Cleanup(stop)
	return q, stop
}

// reaches waits until n effects are there.
func (c *clerk) reaches(t *testing.T, n int) {
	t.Helper()
	Eventually(t, func() bool { c.mu.Lock(); defer c.mu.Unlock(); return c.count >= n }, func() string {
		c.mu.Lock()
		defer c.mu.Unlock()
		return fmt.Sprintf("%d of %d texts handled", c.count, n)
	})
}

// Eventually waits up to 20 s for a condition and fails with what state says.
func Eventually(t *testing.T, holds func() bool, state func() string) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal(state())
		}
	}
}

// check compares the effects with those of one careful clerk.
func (c *clerk) check(t *testing.T, want map[message.Lane][]string) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, b := range c.broken {
		t.Error(b)
	}
	for lane, ids := range want {
		if !slices.Equal(c.effects[lane], ids) {
			t.Errorf("%s: %v, want %v", lane.Address, c.effects[lane], ids)
		}
	}
	if len(c.effects) != len(want) {
		t.Errorf("%d lanes, want %d", len(c.effects), len(want))
	}
}

func text(lane, n int) message.Inbound {
	return message.Inbound{
		ID: fmt.Sprintf("in-%d-%d", lane, n), Village: "xiangyang", Channel: "sms", ExternalID: fmt.Sprintf("SM-%d-%d", lane, n),
		From: message.Address(fmt.Sprintf("sms:+861380%07d", lane)), To: "+12065550100", Text: "好", At: time.Unix(1_800_000_000, 0),
	}
}

func laneOf(in message.Inbound) message.Lane {
	return message.Lane{Village: in.Village, Address: in.From}
}

// fill puts texts into lanes, all lanes at once, and returns what should come of it.
func fill(t *testing.T, l Ledger, lanes, each int, signal func(message.Lane)) map[message.Lane][]string {
	t.Helper()
	want := map[message.Lane][]string{}
	var all sync.WaitGroup
	for lane := range lanes {
		for n := range each {
			in := text(lane, n)
			want[laneOf(in)] = append(want[laneOf(in)], in.ID)
		}
		put := func() {
			for n := range each {
				in := text(lane, n)
				if err := l.Put(context.Background(), in); err != nil {
					t.Errorf("put: %v", err)
					return
				}
				signal(laneOf(in))
			}
		}
		if lane%8 == 0 { // a few writers at once, not thousands
			all.Go(put)
		} else {
			put()
		}
	}
	all.Wait()
	return want
}

func unheard(message.Lane) {}

func inOrder(t *testing.T, l Ledger) {
	c := newClerk(l)
	q, stop := c.start(t, func(q *queue.Queue) { q.Sweep = time.Hour })
	want := fill(t, l, 40, 25, q.Signal)
	c.reaches(t, 1000)
	stop()
	c.check(t, want)
}

func unannounced(t *testing.T, l Ledger) {
	c := newClerk(l)
	_, stop := c.start(t, nil)
	want := fill(t, l, 10, 5, unheard)
	c.reaches(t, 50)
	stop()
	c.check(t, want)
}

func repeated(t *testing.T, l Ledger) {
	c := newClerk(l)
	q, stop := c.start(t, nil)
	want := fill(t, l, 10, 10, func(lane message.Lane) {
		for range 5 {
			q.Signal(lane)
		}
	})
	c.reaches(t, 100)
	stop()
	c.check(t, want)
}

func backlog(t *testing.T, l Ledger) {
	c := newClerk(l)
	want := fill(t, l, 2500, 2, unheard)
	_, stop := c.start(t, func(q *queue.Queue) { q.Sweep = time.Hour }) // one page follows the other by itself
	c.reaches(t, 5000)
	stop()
	c.check(t, want)
}

func slow(t *testing.T, l Ledger) {
	c := newClerk(l)
	gate := make(chan struct{})
	stuck := laneOf(text(0, 0))
	c.before = func(in message.Inbound) error {
		if laneOf(in) == stuck {
			<-gate
		}
		return nil
	}
	q, stop := c.start(t, func(q *queue.Queue) { q.Workers = 2 })
	want := fill(t, l, 20, 5, q.Signal)
	c.reaches(t, 95)
	close(gate)
	c.reaches(t, 100)
	stop()
	c.check(t, want)
}

func dead(t *testing.T, l Ledger) {
	c := newClerk(l)
	var tries int
	c.before = func(in message.Inbound) error {
		if in.ID == "in-0-1" {
			c.mu.Lock()
			tries++
			c.mu.Unlock()
			return errors.New("unreadable")
		}
		return nil
	}
	q, stop := c.start(t, nil)
	want := fill(t, l, 3, 4, q.Signal)
	c.reaches(t, 11)
	stop()
	want[laneOf(text(0, 0))] = []string{"in-0-0", "in-0-2", "in-0-3"}
	c.check(t, want)
	if tries != 5 {
		t.Errorf("tried %d times", tries)
	}
}

func panics(t *testing.T, l Ledger) {
	c := newClerk(l)
	var once sync.Once
	c.before = func(in message.Inbound) error {
		if in.ID == "in-0-1" {
			once.Do(func() { panic("a bug") })
		}
		return nil
	}
	q, stop := c.start(t, nil)
	want := fill(t, l, 2, 3, q.Signal)
	c.reaches(t, 6)
	stop()
	c.check(t, want)
}

func conflicts(t *testing.T, l Ledger) {
	c := newClerk(l)
	conflict := errors.New("stale")
	left := 7
	c.before = func(in message.Inbound) error {
		c.mu.Lock()
		defer c.mu.Unlock()
		if in.ID == "in-0-0" && left > 0 {
			left--
			return fmt.Errorf("again: %w", conflict)
		}
		return nil
	}
	q, stop := c.start(t, func(q *queue.Queue) { q.Retriable = func(err error) bool { return errors.Is(err, conflict) } })
	want := fill(t, l, 2, 2, q.Signal)
	c.reaches(t, 4)
	stop()
	c.check(t, want)
}

// crashes: the work is done and the program dies before the commit. The next
// program does it again; the effect is there once.
func crashes(t *testing.T, l Ledger) {
	died := errors.New("died")
	first := newClerk(l)
	begun := make(chan struct{})
	var once sync.Once
	first.before = func(message.Inbound) error {
		once.Do(func() { close(begun) })
		return died
	}
	_, stop := first.start(t, func(q *queue.Queue) { q.Retriable = func(error) bool { return true } })
	want := fill(t, l, 10, 3, unheard)
	<-begun
	stop()
	second := newClerk(l)
	_, stop = second.start(t, nil)
	second.reaches(t, 30)
	stop()
	second.check(t, want)
	if first.count != 0 {
		t.Errorf("the first had %d effects", first.count)
	}
}

// stops: Run is stopped in the middle; what is in hand ends, and another Run over
// the same ledger does the rest.
func stops(t *testing.T, l Ledger) {
	first := newClerk(l)
	want := fill(t, l, 30, 10, unheard)
	_, stop := first.start(t, nil)
	first.reaches(t, 20)
	stop()
	if len(first.inHand) != 0 {
		t.Error("a text was still in hand after the stop")
	}
	second := newClerk(l)
	_, stop = second.start(t, nil)
	second.reaches(t, 300-first.count)
	stop()
	for lane := range want {
		first.effects[lane] = append(first.effects[lane], second.effects[lane]...)
	}
	first.check(t, want)
}

// two: two queues share the ledger. Without a common bell they may work on the
// same lane at once, and the fence refuses one of them; what counts is the effects.
func two(t *testing.T, l Ledger) {
	c := newClerk(l)
	conflict := func(error) bool { return true } // the other one was faster
	a, stopA := c.start(t, func(q *queue.Queue) { q.Retriable = conflict })
	b, stopB := c.start(t, func(q *queue.Queue) { q.Retriable = conflict })
	n := 0
	want := fill(t, l, 40, 10, func(lane message.Lane) {
		c.mu.Lock()
		n++
		q := []*queue.Queue{a, b}[n%2]
		c.mu.Unlock()
		q.Signal(lane)
	})
	c.reaches(t, 400)
	stopA()
	stopB()
	c.mu.Lock()
	c.broken = nil // two workers on one lane are waste, not harm
	c.mu.Unlock()
	c.check(t, want)
}
