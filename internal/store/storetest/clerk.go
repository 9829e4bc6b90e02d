package storetest

import (
	"errors"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"sanshi/internal/desk"
	"sanshi/internal/message"
)

// Clerk lets texts arrive, arrive again, be answered, fail and be retried in any
// order, with restarts between, and compares the store with one careful clerk who
// does the same on paper.
func Clerk(t *testing.T, open func(t testing.TB) Place) {
	f := newFixture(t, open(t))
	round := 0
	rapid.Check(t, func(r *rapid.T) {
		round++
		c := &clerk{f: f, r: r, lane: fmt.Sprintf("sms:+86138%04d", round), known: map[string]string{}}
		st, err := f.Stats(f.ctx, vid)
		c.ok(err)
		c.inbound, c.handled = st.Inbound, st.Handled
		r.Repeat(map[string]func(*rapid.T){
			"deliver": c.deliver, "answer": c.answer, "fail": c.fail, "revive": c.revive, "restart": c.restart, "": c.compare,
		})
	})
}

// clerk is the paper: what was delivered, what waits in which order, what is dead.
type clerk struct {
	f                *fixture
	r                *rapid.T
	lane             string
	known            map[string]string // external id → id
	waiting          []paper
	dead             []paper
	inbound, handled int64
}

type paper struct {
	id    string
	tries int
}

func (c *clerk) ok(err error) {
	if err != nil {
		c.r.Fatal(err)
	}
}

func (c *clerk) deliver(r *rapid.T) {
	ext := c.lane + fmt.Sprint(rapid.IntRange(0, 5).Draw(r, "id"))
	got, err := c.f.Take(c.f.ctx, message.Inbound{Village: vid, Channel: "sms", ExternalID: ext, From: message.Address(c.lane), Text: ext})
	c.ok(err)
	id, known := c.known[ext]
	if got.Duplicate != known || known && got.ID != id {
		r.Fatalf("%s: got %+v, on paper it is %q", ext, got, id)
	}
	if !known {
		c.known[ext], c.inbound = got.ID, c.inbound+1
		c.waiting = append(c.waiting, paper{id: got.ID})
	}
}

// next is what the worker has in hand.
func (c *clerk) next(r *rapid.T) message.Inbound {
	if len(c.waiting) == 0 {
		r.Skip("nothing waits")
	}
	in, ok, err := c.f.Next(c.f.ctx, message.Lane{Village: vid, Address: message.Address(c.lane)})
	c.ok(err)
	if !ok || in.ID != c.waiting[0].id || in.Tries != c.waiting[0].tries {
		r.Fatalf("next is %+v, on paper %+v", in, c.waiting[0])
	}
	return in
}

func (c *clerk) answer(r *rapid.T) {
	in := c.next(r)
	change := desk.Change{Village: vid, Inbound: &in, Outbox: []message.Outbound{c.f.reply(in.From, in.Text)}}
	c.ok(c.f.Commit(c.f.ctx, change))
	change.Outbox[0].ID = c.f.newID()
	if err := c.f.Commit(c.f.ctx, change); !errors.Is(err, desk.ErrHandled) {
		r.Fatalf("answered twice: %v", err)
	}
	c.waiting, c.handled = c.waiting[1:], c.handled+1
}

func (c *clerk) fail(r *rapid.T) {
	in := c.next(r)
	dead, err := c.f.Store.Failed(c.f.ctx, in, "no")
	c.ok(err)
	c.waiting[0].tries++
	if dead != (c.waiting[0].tries == 5) {
		r.Fatalf("dead is %v after %d tries", dead, c.waiting[0].tries)
	}
	if dead {
		c.dead, c.waiting, c.handled = append(c.dead, paper{id: in.ID}), c.waiting[1:], c.handled+1
	}
}

func (c *clerk) revive(r *rapid.T) {
	if len(c.dead) == 0 {
		r.Skip("nothing is dead")
	}
	c.ok(c.f.Retry(c.f.ctx, vid, c.dead[0].id))
	c.waiting, c.dead, c.handled = append(c.waiting, c.dead[0]), c.dead[1:], c.handled-1
}

func (c *clerk) restart(r *rapid.T) {
	if rapid.IntRange(0, 9).Draw(r, "restart") > 0 {
		r.Skip("not now")
	}
	c.ok(c.f.Close())
	c.f.open()
}

func (c *clerk) compare(r *rapid.T) {
	st, err := c.f.Stats(c.f.ctx, vid)
	c.ok(err)
	if st.Inbound != c.inbound || st.Handled != c.handled {
		r.Fatalf("counted %d and %d, on paper %d and %d", st.Inbound, st.Handled, c.inbound, c.handled)
	}
}
