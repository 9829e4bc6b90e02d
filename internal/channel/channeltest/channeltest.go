// Package channeltest is what every driver must hold, whatever its carrier.
package channeltest

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"sanshi/internal/channel"
	"sanshi/internal/message"
)

// Carrier is a driver and the far side of it, with what the far side can be made
// to do to the next send. A nil function is what this carrier never does.
type Carrier struct {
	Driver channel.Driver
	To     message.Address
	Sender string
	// Gone lists the texts that went out.
	Gone func() []string

	Lose   func() // takes the text, and the answer is lost
	Cut    func() // does not take it, and cuts the connection
	Hang   func() // does not answer for longer than a test waits
	Refuse func() // for good
	Busy   func() // not now, but in Later
	Stop   func() // the person has opted out
	Later  time.Duration
}

// Run holds a driver to the interface. open is called for each case.
func Run(t *testing.T, open func(t *testing.T) Carrier) {
	for _, c := range []struct {
		name string
		test func(*testing.T, Carrier)
	}{
		{"a text goes out once and is found", sends},
		{"what was not sent is not found", findsNothing},
		{"a lost answer is a doubt, and the text is found", loses},
		{"a cut before the text was taken is a doubt, and nothing is found", cuts},
		{"no answer ends with the caller's patience, in doubt", hangs},
		{"a refusal for good", refuses},
		{"a refusal for now", busy},
		{"an opt-out", stops},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, open(t)) })
	}
}

const words = "【向阳村】已记下（0427-0）：村口路灯坏了。"

func text(c Carrier) message.Outbound {
	return message.Outbound{ID: "out-1", Village: "xiangyang", To: c.To, Channel: c.Driver.Name(), Sender: c.Sender, Text: words}
}

func sends(t *testing.T, c Carrier) {
	if c.Driver.Name() == "" {
		t.Error("a driver has a name")
	}
	before := time.Now()
	r, err := c.Driver.Send(t.Context(), text(c))
	if err != nil {
		t.Fatal(err)
	}
	if r.ProviderID == "" || r.Status.Rank() < message.Accepted.Rank() {
		t.Errorf("a poor receipt: %+v", r)
	}
	if c.Gone == nil {
		return
	}
	if gone := c.Gone(); len(gone) != 1 || gone[0] != words {
		t.Errorf("went out: %q", gone)
	}
	found, ok, err := c.Driver.Find(t.Context(), text(c), before)
	if errors.Is(err, channel.ErrUnsupported) {
		return
	}
	if err != nil || !ok || found.ProviderID != r.ProviderID {
		t.Errorf("found %+v %v %v, want %+v", found, ok, err, r)
	}
}

func findsNothing(t *testing.T, c Carrier) {
	if _, ok, err := c.Driver.Find(t.Context(), text(c), time.Now()); ok || err != nil && !errors.Is(err, channel.ErrUnsupported) {
		t.Errorf("found %v %v before anything was sent", ok, err)
	}
	if _, err := c.Driver.Send(t.Context(), text(c)); err != nil {
		t.Fatal(err)
	}
	other := text(c)
	other.Text += "。"
	if _, ok, _ := c.Driver.Find(t.Context(), other, time.Now().Add(-time.Hour)); ok {
		t.Error("found other words")
	}
	if _, ok, _ := c.Driver.Find(t.Context(), text(c), time.Now().Add(time.Hour)); ok {
		t.Error("found what was sent before the time asked for")
	}
}

func loses(t *testing.T, c Carrier) {
	doubt(t, c, c.Lose, true)
}

func cuts(t *testing.T, c Carrier) {
	doubt(t, c, c.Cut, false)
}

func doubt(t *testing.T, c Carrier, fault func(), gone bool) {
	if fault == nil {
		return
	}
	before := time.Now()
	fault()
	_, err := c.Driver.Send(t.Context(), text(c))
	doubtful(t, err)
	if _, ok, err := c.Driver.Find(t.Context(), text(c), before); err != nil || ok != gone {
		t.Errorf("found %v %v, want %v", ok, err, gone)
	}
}

func hangs(t *testing.T, c Carrier) {
	if c.Hang == nil {
		return
	}
	c.Hang()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	begun := time.Now()
	_, err := c.Driver.Send(ctx, text(c))
	doubtful(t, err)
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v, want the deadline", err)
	}
	if took := time.Since(begun); took > 2*time.Second {
		t.Errorf("took %v", took)
	}
}

func doubtful(t *testing.T, err error) {
	t.Helper()
	var p *channel.Problem
	if err == nil || errors.As(err, &p) {
		t.Fatalf("%v is no doubt", err)
	}
	discreet(t, err)
}

// discreet: an error goes to the log, where neither words nor numbers belong.
func discreet(t *testing.T, err error) {
	t.Helper()
	if s := err.Error(); strings.Contains(s, "路灯") || strings.Contains(s, "+1206555") {
		t.Errorf("the error holds what was written, or to whom: %s", s)
	}
}

func refused(t *testing.T, c Carrier, fault func()) *channel.Problem {
	t.Helper()
	fault()
	_, err := c.Driver.Send(t.Context(), text(c))
	var p *channel.Problem
	if !errors.As(err, &p) {
		t.Fatalf("%v is no Problem", err)
	}
	if p.Code == "" || p.Text == "" {
		t.Errorf("a Problem says what it is: %+v", p)
	}
	discreet(t, err)
	return p
}

func refuses(t *testing.T, c Carrier) {
	if c.Refuse == nil {
		return
	}
	if p := refused(t, c, c.Refuse); !p.Permanent || p.OptedOut {
		t.Errorf("%+v", p)
	}
}

func busy(t *testing.T, c Carrier) {
	if c.Busy == nil {
		return
	}
	if p := refused(t, c, c.Busy); p.Permanent || p.After != c.Later {
		t.Errorf("%+v, want to come back after %v", p, c.Later)
	}
}

func stops(t *testing.T, c Carrier) {
	if c.Stop == nil {
		return
	}
	if p := refused(t, c, c.Stop); !p.OptedOut || !p.Permanent {
		t.Errorf("%+v", p)
	}
}
