package main

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"sanshi/internal/desk"
	"sanshi/internal/matter"
	"sanshi/internal/message"
)

// between is a store in which something happens between the reading and the
// first commit.
type between struct {
	desk.Store
	do func()
}

func (b *between) Commit(ctx context.Context, c desk.Change) error {
	if f := b.do; f != nil {
		b.do = nil
		f()
	}
	return b.Store.Commit(ctx, c)
}

// deskWith is the program's desk before another store.
func (r *rig) deskWith(s desk.Store) *desk.Desk {
	d := *r.Desk
	d.Store = s
	return &d
}

func act(d *desk.Desk, id string, a matter.Act) error {
	a.Via = "api"
	_, err := d.Act(context.Background(), desk.Request{Village: "xiangyang", Matter: id, By: "li", Act: a})
	return err
}

// Two secretaries merge A into B and B into A at once: one of them is refused, or
// nobody would handle either.
func TestCrossMerge(t *testing.T) {
	r := startRig(t, rigOptions{})
	r.text("+8613800000001", "村口路灯坏了")
	r.text("+8613800000002", "村口路灯坏了三天了")
	ms := r.matters()
	a, b := ms[0].ID, ms[1].ID
	w := &between{Store: r.Store, do: func() {
		if err := act(r.Desk, b, matter.Act{Kind: matter.Merge, Detail: matter.Detail{Into: a}}); err != nil {
			t.Error(err)
		}
	}}
	err := act(r.deskWith(w), a, matter.Act{Kind: matter.Merge, Detail: matter.Detail{Into: b}})
	var refused *matter.Error
	if !errors.As(err, &refused) {
		t.Errorf("both were merged into each other (%v)", err)
	}
}

// A fire is reported while the report it would join is declined as a false alarm:
// it must not join what nobody goes to any more.
func TestJoinWhatIsBeingClosed(t *testing.T) {
	r := startRig(t, rigOptions{})
	r.text("+8613800000001", "村口着火了")
	id := r.matters()[0].ID
	r.workers.cancel() // the text below is handled here, not by the queue
	in := message.Inbound{ID: "x", Village: "xiangyang", Channel: "sim", ExternalID: "x1", From: "sms:+8613800000002",
		To: "+12065550100", Text: "村口着火了", At: r.clock.Now()}
	if _, err := r.Store.Take(context.Background(), in); err != nil {
		t.Fatal(err)
	}
	in, _, err := r.Store.Next(context.Background(), message.Lane{Village: in.Village, Address: in.From})
	if err != nil {
		t.Fatal(err)
	}
	w := &between{Store: r.Store, do: func() {
		err := errors.Join(act(r.Desk, id, matter.Act{Kind: matter.Correct, Detail: matter.Detail{Urgency: "normal"}}),
			act(r.Desk, id, matter.Act{Kind: matter.Decline, Note: "误报"}))
		if err != nil {
			t.Error(err)
		}
	}}
	if _, err := r.deskWith(w).Receive(context.Background(), in); err != nil {
		t.Fatal(err)
	}
	if n := len(r.matters()); n != 2 {
		t.Errorf("%d matters; want 2: the second fire is one of its own", n)
	}
}

// Whoever works on it hears that it is cancelled when she is erased.
func TestErasureTellsTheAssignee(t *testing.T) {
	r := startRig(t, rigOptions{})
	r.text("+8613800000001", "村口的路灯坏了三天了")
	id := r.matters()[0].ID
	r.act(id, "li", "approve")
	r.act(id, "wang", "claim")
	if err := r.Desk.Erase(context.Background(), "xiangyang", "sms:+8613800000001", "li"); err != nil {
		t.Fatal(err)
	}
	v, err := r.Store.Village(context.Background(), "xiangyang")
	if err != nil {
		t.Fatal(err)
	}
	wang, _ := v.Member("wang")
	lines, err := r.Store.Conversation(context.Background(), "xiangyang", message.Address("sms:"+wang.Phone))
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range lines {
		if strings.Contains(l.Text, "不用去了") && l.Status != "superseded" {
			return
		}
	}
	t.Error("wang goes on working: he was not told")
}

// damaged is a store that cannot read one talk.
type damaged struct {
	desk.Store
	address message.Address
}

func (d *damaged) Talk(ctx context.Context, l message.Lane) (desk.Scene, error) {
	if l.Address == d.address {
		return desk.Scene{}, errors.New("damaged")
	}
	return d.Store.Talk(ctx, l)
}

// A talk that cannot be looked at does not hold up the others.
func TestDamagedTalkIsAlone(t *testing.T) {
	r := startRig(t, rigOptions{})
	for _, from := range []string{"+8613800000001", "+8613800000002"} {
		r.post(village+"/messages", map[string]any{"from": from, "text": "喂 那个"}, 202, nil)
	}
	r.settle()
	r.clock.advance(time.Hour)
	if _, err := r.deskWith(&damaged{r.Store, "sms:+8613800000001"}).Tick(context.Background()); err == nil {
		t.Error("the damaged talk was not told of")
	}
	for n, held := range map[string]int{"1": 1, "2": 0} {
		sc, err := r.Store.Talk(context.Background(), message.Lane{Village: "xiangyang", Address: message.Address("sms:+861380000000" + n)})
		if err != nil || len(sc.Dialogue.Held) != held {
			t.Errorf("talk %s holds %d, %v; want %d", n, len(sc.Dialogue.Held), err, held)
		}
	}
}
