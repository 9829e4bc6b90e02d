package channel_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"sanshi/internal/channel"
	"sanshi/internal/message"
)

// box is the outbox of the interface's promises, in memory.
type box struct {
	mu     sync.Mutex
	rows   []*row
	away   bool // the database does not answer
	claims int
	slow   time.Duration // of a report
}

type row struct {
	message.Outbound
	status  message.Status
	tries   int
	due     time.Time
	lease   time.Time
	started time.Time
	report  channel.Report
}

var errAway = errors.New("the database is away")

func (b *box) put(outs ...message.Outbound) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, o := range outs {
		b.rows = append(b.rows, &row{Outbound: o, status: message.Queued})
	}
}

func (b *box) Claim(_ context.Context, name string, now time.Time, n int, busy ...string) (out []channel.Claimed, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.claims++
	if b.away {
		return nil, errAway
	}
	rows := slices.Clone(b.rows)
	slices.SortStableFunc(rows, func(x, y *row) int { return cmp.Compare(x.Priority, y.Priority) })
	taken := map[string]bool{}
	for _, r := range rows {
		if r.status == message.Sending {
			taken[string(r.To)+r.Sender] = true
		}
	}
	for _, r := range rows {
		expired := r.status == message.Sending && !now.Before(r.lease)
		open := r.status == message.Queued && !now.Before(r.due) && !taken[string(r.To)+r.Sender]
		if len(out) == n || r.Channel != name || slices.Contains(busy, r.Sender) || !expired && !open {
			continue
		}
		c := channel.Claimed{Outbound: r.Outbound, Tries: r.tries}
		if expired {
			c.Doubt = r.started
		} else {
			r.started = now
		}
		r.status, r.lease = message.Sending, now.Add(15*time.Second)
		r.tries++
		taken[string(r.To)+r.Sender] = true
		out = append(out, c)
	}
	return out, nil
}

func (b *box) Report(_ context.Context, r channel.Report, _ time.Time) error {
	time.Sleep(b.slow)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.away {
		return errAway
	}
	for _, x := range b.rows {
		if x.ID == r.ID && x.status == message.Sending {
			x.status, x.due, x.report = r.Status, r.Again, r
		}
	}
	return nil
}

func (b *box) Progress(_ context.Context, _, id, _ string, s message.Status, _ string, _ time.Time) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, x := range b.rows {
		if x.ID == id && s.Rank() > x.status.Rank() {
			x.status = s
		}
	}
	return nil
}

func (b *box) row(id string) row {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, x := range b.rows {
		if x.ID == id {
			return *x
		}
	}
	return row{}
}

func (b *box) count(s message.Status) (n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, x := range b.rows {
		if x.status == s {
			n++
		}
	}
	return n
}

func (b *box) setAway(away bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.away = away
}

// carrier is a far side that does as it is told.
type carrier struct {
	mu     sync.Mutex
	starts []start
	out    map[string]int // texts that went out, by id
	wentAt map[string]time.Time
	flying map[string]int
	most   map[string]int
	finds  int
	// answer plays the n-th send of a text, from 1.
	answer func(n int, out message.Outbound) outcome
	blind  error // what Find answers
	tries  map[string]int
}

type start struct {
	id, sender string
	at         time.Time
}

type outcome struct {
	taken bool
	takes time.Duration
	err   error
}

func (c *carrier) Name() string { return "sms" }

func (c *carrier) Send(ctx context.Context, out message.Outbound) (channel.Receipt, error) {
	c.mu.Lock()
	if c.tries == nil {
		c.tries, c.out, c.flying, c.most = map[string]int{}, map[string]int{}, map[string]int{}, map[string]int{}
		c.wentAt = map[string]time.Time{}
	}
	c.tries[out.ID]++
	c.starts = append(c.starts, start{out.ID, out.Sender, time.Now()})
	c.flying[out.Sender]++
	c.most[out.Sender] = max(c.most[out.Sender], c.flying[out.Sender])
	do := outcome{taken: true}
	if c.answer != nil {
		do = c.answer(c.tries[out.ID], out)
	}
	c.mu.Unlock()
	defer func() { c.mu.Lock(); c.flying[out.Sender]--; c.mu.Unlock() }()
	if do.taken {
		c.mu.Lock()
		c.out[out.ID]++
		c.wentAt[out.ID] = time.Now().Add(-30 * time.Second) // its clock is behind ours
		c.mu.Unlock()
	}
	select {
	case <-time.After(do.takes):
	case <-ctx.Done():
		return channel.Receipt{}, ctx.Err()
	}
	return channel.Receipt{ProviderID: "p-" + out.ID, Status: message.Accepted}, do.err
}

func (c *carrier) Find(_ context.Context, out message.Outbound, since time.Time) (channel.Receipt, bool, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.finds++
	return channel.Receipt{ProviderID: "p-" + out.ID, Status: message.Sent}, c.out[out.ID] > 0 && !c.wentAt[out.ID].Before(since), c.blind
}

func (c *carrier) begins() []start {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.starts)
}

func (c *carrier) looks() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.finds
}

func (c *carrier) peak() map[string]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return maps.Clone(c.most)
}

func (b *box) asked() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.claims
}

func (c *carrier) sent(id string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.out[id]
}

// bench runs an outbox in a bubble of its own time; play drives it.
type bench struct {
	*box
	*carrier
	outbox  *channel.Outbox
	results map[string]int
	mu      sync.Mutex
	begun   time.Time
}

func run(t *testing.T, interval time.Duration, play func(t *testing.T, b *bench)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		b := &bench{box: &box{}, carrier: &carrier{}, results: map[string]int{}, begun: time.Now()}
		b.outbox = &channel.Outbox{Box: b.box, Drivers: []channel.Driver{b.carrier}, Interval: interval,
			Observe: func(_, result string) { b.mu.Lock(); b.results[result]++; b.mu.Unlock() }}
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- b.outbox.Run(ctx) }()
		synctest.Wait()
		play(t, b)
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

func (b *bench) ends() map[string]int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return maps.Clone(b.results)
}

func (b *bench) after(d time.Duration) { time.Sleep(d); synctest.Wait() }

func text(i int) message.Outbound {
	return message.Outbound{ID: fmt.Sprintf("out-%02d", i), Village: "v", To: message.Address(fmt.Sprintf("sms:+86138000000%02d", i)),
		Channel: "sms", Sender: "+12065550100", Text: "好", Priority: message.Answer}
}

func texts(n int) (out []message.Outbound) {
	for i := range n {
		out = append(out, text(i))
	}
	return out
}

func TestWakeSendsAtOnce(t *testing.T) {
	run(t, time.Second, func(t *testing.T, b *bench) {
		b.put(text(1))
		b.outbox.Wake("sms")
		b.outbox.Wake("no such channel")
		synctest.Wait()
		if r := b.row("out-01"); r.status != message.Accepted || r.report.ProviderID != "p-out-01" || !b.begins()[0].at.Equal(b.begun) {
			t.Errorf("%+v started at %v", r, b.begins())
		}
	})
}

func TestSweepFindsWhatNobodyAnnounced(t *testing.T) {
	run(t, time.Second, func(t *testing.T, b *bench) {
		b.put(text(1))
		b.after(time.Second)
		if b.sent("out-01") != 1 {
			t.Error("not sent within a second")
		}
	})
}

func TestIdleIsCheap(t *testing.T) {
	run(t, time.Second, func(t *testing.T, b *bench) {
		b.after(time.Minute)
		if b.asked() > 62 {
			t.Errorf("%d looks at the database in a minute", b.asked())
		}
	})
}

// TestPace: the starts of one sender stand an interval apart for each segment,
// and another sender does not wait for that.
func TestPace(t *testing.T) {
	run(t, time.Second, func(t *testing.T, b *bench) {
		three := texts(3)
		three[1].Text = string(slices.Repeat([]rune("路"), 100)) // two segments
		other := text(9)
		other.Sender, other.Priority = "+12065550111", message.Later
		b.put(append(three, other)...)
		b.outbox.Wake("sms")
		b.after(10 * time.Second)
		want := map[string]time.Duration{"out-00": 0, "out-09": 0, "out-01": time.Second, "out-02": 3 * time.Second}
		for _, s := range b.begins() {
			if got := s.at.Sub(b.begun); got != want[s.id] {
				t.Errorf("%s started after %v, want %v", s.id, got, want[s.id])
			}
		}
		if len(b.begins()) != 4 {
			t.Errorf("%d starts", len(b.begins()))
		}
	})
}

func TestFourInFlight(t *testing.T) {
	for _, interval := range []time.Duration{0, time.Second} {
		run(t, interval, func(t *testing.T, b *bench) {
			b.answer = func(_ int, out message.Outbound) outcome { // they end one by one
				return outcome{taken: true, takes: 8*time.Second + time.Duration(out.ID[len(out.ID)-1]-'0')*50*time.Millisecond}
			}
			b.put(texts(20)...)
			b.outbox.Wake("sms")
			b.after(7 * time.Second)
			if n := b.peak()["+12065550100"]; n != 4 {
				t.Errorf("interval %v: %d at once", interval, n)
			}
			b.after(5 * time.Minute)
			if n := b.peak()["+12065550100"]; n != 4 || b.count(message.Accepted) != 20 || len(b.begins()) != 20 {
				t.Errorf("interval %v: %d at once, %d through, %d starts", interval, n, b.count(message.Accepted), len(b.begins()))
			}
		})
	}
}

func TestPagesGoFirst(t *testing.T) {
	run(t, time.Second, func(t *testing.T, b *bench) {
		many := texts(5)
		for i := range many {
			many[i].Priority = message.Later
		}
		page := text(9)
		page.Priority = message.Page
		b.put(many...)
		b.put(page)
		b.outbox.Wake("sms")
		b.after(10 * time.Second)
		if b.begins()[0].id != "out-09" {
			t.Errorf("%s went first", b.begins()[0].id)
		}
	})
}

// TestDoubt: a send whose end is unknown is looked for, and sent again only when
// the carrier does not have it.
func TestDoubt(t *testing.T) {
	cut := errors.New("connection reset")
	for _, c := range []struct {
		name  string
		first outcome
		found bool
		by    time.Duration // when all is over
	}{
		{"cut, but taken", outcome{taken: true, err: cut}, true, 5 * time.Second},
		{"cut, and not taken", outcome{err: cut}, false, 8 * time.Second},
		{"no answer, but taken", outcome{taken: true, takes: time.Minute}, true, 16 * time.Second},
		{"no answer, and not taken", outcome{takes: time.Minute}, false, 18 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			run(t, time.Second, func(t *testing.T, b *bench) {
				b.answer = func(n int, _ message.Outbound) outcome {
					if n == 1 {
						return c.first
					}
					return outcome{taken: true}
				}
				b.put(text(1))
				b.outbox.Wake("sms")
				b.after(4900 * time.Millisecond)
				if b.looks() != 0 || len(b.begins()) != 1 {
					t.Errorf("the callback was not given its time: %d looks, %d sends", b.looks(), len(b.begins()))
				}
				b.after(c.by - 4900*time.Millisecond)
				again := 2
				if c.found {
					again = 1
				}
				if b.looks() != 1 || len(b.begins()) != again || b.sent("out-01") != 1 {
					t.Errorf("%d looks, %d sends, %d went out", b.looks(), len(b.begins()), b.sent("out-01"))
				}
				if r := b.row("out-01"); r.status.Rank() < message.Accepted.Rank() || r.report.ProviderID != "p-out-01" {
					t.Errorf("%+v", r)
				}
			})
		})
	}
}

func TestDoubtSettledByTheCallback(t *testing.T) {
	run(t, time.Second, func(t *testing.T, b *bench) {
		b.answer = func(int, message.Outbound) outcome { return outcome{taken: true, takes: time.Minute} }
		b.put(text(1))
		b.outbox.Wake("sms")
		b.after(11 * time.Second)
		b.Progress(t.Context(), "v", "out-01", "p", message.Delivered, "", time.Now())
		b.after(time.Minute)
		if b.looks() != 0 || len(b.begins()) != 1 || b.row("out-01").status != message.Delivered {
			t.Errorf("%d looks, %d sends, %s", b.looks(), len(b.begins()), b.row("out-01").status)
		}
	})
}

// TestDoubtStaysWhileNobodyKnows: when the list cannot be read the text is not
// sent again, for as long as that lasts.
func TestDoubtStaysWhileNobodyKnows(t *testing.T) {
	run(t, time.Second, func(t *testing.T, b *bench) {
		b.blind = errors.New("no list today")
		b.answer = func(int, message.Outbound) outcome { return outcome{taken: true, err: errors.New("cut")} }
		b.put(text(1))
		b.outbox.Wake("sms")
		b.after(time.Hour)
		if len(b.begins()) != 1 || b.looks() < 100 {
			t.Errorf("%d sends, %d looks", len(b.begins()), b.looks())
		}
		b.carrier.mu.Lock()
		b.blind = nil
		b.carrier.mu.Unlock()
		b.after(20 * time.Second)
		if r := b.row("out-01"); r.status != message.Sent || len(b.begins()) != 1 {
			t.Errorf("%+v after %d sends", r, len(b.begins()))
		}
	})
}

func TestDoubtWithoutAListIsSentAgain(t *testing.T) {
	run(t, time.Second, func(t *testing.T, b *bench) {
		b.blind = channel.ErrUnsupported
		b.answer = func(n int, _ message.Outbound) outcome {
			if n == 1 {
				return outcome{err: errors.New("cut")}
			}
			return outcome{taken: true}
		}
		b.put(text(1))
		b.outbox.Wake("sms")
		b.after(10 * time.Second)
		if b.sent("out-01") != 1 || len(b.begins()) != 2 {
			t.Errorf("%d sends", len(b.begins()))
		}
	})
}

func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		name   string
		no     channel.Problem
		status message.Status
		result string
	}{
		{"for good", channel.Problem{Code: "21614", Permanent: true}, message.Failed, "dead"},
		{"opted out", channel.Problem{Code: "21610", OptedOut: true}, message.Failed, "opted_out"},
		{"for now", channel.Problem{Code: "20500"}, message.Queued, "retry"},
	} {
		t.Run(c.name, func(t *testing.T) {
			run(t, time.Second, func(t *testing.T, b *bench) {
				b.answer = func(int, message.Outbound) outcome { return outcome{err: &c.no} }
				b.put(text(1))
				b.outbox.Wake("sms")
				synctest.Wait()
				r := b.row("out-01")
				if r.status != c.status || r.report.Code != c.no.Code || r.report.OptedOut != c.no.OptedOut || b.ends()[c.result] != 1 {
					t.Errorf("%+v %v", r, b.ends())
				}
				if b.looks() != 0 {
					t.Error("an answer is no doubt")
				}
				b.after(48 * time.Hour)
				if c.status == message.Failed && len(b.begins()) != 1 {
					t.Errorf("sent %d times", len(b.begins()))
				}
			})
		})
	}
}

// TestRetries come with jitter, from within a second to within two hours, for
// about a day; then the text is dead.
func TestRetries(t *testing.T) {
	run(t, time.Millisecond, func(t *testing.T, b *bench) {
		b.answer = func(int, message.Outbound) outcome { return outcome{err: &channel.Problem{Code: "503"}} }
		b.put(text(1))
		b.outbox.Wake("sms")
		b.after(73 * time.Hour)
		if r := b.row("out-01"); r.status != message.Failed {
			t.Fatalf("still %s", r.status)
		}
		top := time.Second
		for i := 1; i < len(b.begins()); i++ {
			if gap := b.begins()[i].at.Sub(b.begins()[i-1].at); gap > top+time.Second+10*time.Millisecond {
				t.Errorf("retry %d after %v, at most %v", i, gap, top)
			}
			top = min(2*top, 2*time.Hour)
		}
		all := b.begins()[len(b.begins())-1].at.Sub(b.begun)
		if len(b.begins()) != 36 || all < 10*time.Hour || all > 48*time.Hour {
			t.Errorf("%d tries within %v", len(b.begins()), all)
		}
	})
}

// TestRetryAfter holds the whole number back, not one text only.
func TestRetryAfter(t *testing.T) {
	run(t, time.Second, func(t *testing.T, b *bench) {
		b.answer = func(n int, out message.Outbound) outcome {
			if out.ID == "out-00" && n == 1 {
				return outcome{err: &channel.Problem{Code: "20429", After: 30 * time.Second}}
			}
			return outcome{taken: true}
		}
		b.put(texts(3)...)
		b.outbox.Wake("sms")
		b.after(29 * time.Second)
		if len(b.begins()) != 1 {
			t.Errorf("%d starts before the carrier wanted us back", len(b.begins()))
		}
		b.after(10 * time.Second)
		if b.count(message.Accepted) != 3 {
			t.Errorf("%d through", b.count(message.Accepted))
		}
	})
}

// TestDatabaseAwayForAMoment: the record is tried again while the lease lasts.
func TestDatabaseAwayForAMoment(t *testing.T) {
	run(t, time.Second, func(t *testing.T, b *bench) {
		b.answer = func(int, message.Outbound) outcome { return outcome{taken: true, takes: time.Second} }
		b.put(text(1))
		b.outbox.Wake("sms")
		synctest.Wait()
		b.setAway(true)
		b.after(4 * time.Second)
		b.setAway(false)
		b.after(5 * time.Second)
		if r := b.row("out-01"); r.status != message.Accepted || b.looks() != 0 {
			t.Errorf("%s, %d looks", r.status, b.looks())
		}
	})
}

// TestDatabaseAway: a send that could not be recorded is found, not repeated.
func TestDatabaseAway(t *testing.T) {
	run(t, time.Second, func(t *testing.T, b *bench) {
		b.answer = func(int, message.Outbound) outcome { return outcome{taken: true, takes: time.Second} }
		b.put(text(1))
		b.outbox.Wake("sms")
		synctest.Wait()
		b.setAway(true)
		b.after(40 * time.Second)
		b.setAway(false)
		b.after(20 * time.Second)
		if r := b.row("out-01"); len(b.begins()) != 1 || r.status != message.Sent || b.looks() != 1 {
			t.Errorf("%d sends, %d looks, %+v", len(b.begins()), b.looks(), r)
		}
	})
}

func TestStopLetsSendsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, c := &box{}, &carrier{answer: func(int, message.Outbound) outcome { return outcome{taken: true, takes: 8 * time.Second} }}
		b.put(texts(10)...)
		o := &channel.Outbox{Box: b, Drivers: []channel.Driver{c}}
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- o.Run(ctx) }()
		time.Sleep(time.Second)
		stop()
		begun := time.Now()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if b.count(message.Accepted) != 4 || b.count(message.Queued) != 6 || len(c.starts) != 4 {
			t.Errorf("%d through, %d waiting, %d starts", b.count(message.Accepted), b.count(message.Queued), len(c.starts))
		}
		if took := time.Since(begun); took > 10*time.Second {
			t.Errorf("the stop took %v", took)
		}
	})
}

func TestTwoDriversOfOneName(t *testing.T) {
	o := &channel.Outbox{Box: &box{}, Drivers: []channel.Driver{&carrier{}, &carrier{}}}
	if err := o.Run(t.Context()); err == nil {
		t.Error("two drivers share a name, and Run says nothing")
	}
}

// TestABusySenderHoldsUpNobodyElse: four texts of one number hang, and another
// number's text goes out at once.
func TestABusySenderHoldsUpNobodyElse(t *testing.T) {
	for _, interval := range []time.Duration{0, time.Second} {
		run(t, interval, func(t *testing.T, b *bench) {
			b.answer = func(_ int, out message.Outbound) outcome {
				if out.ID == "out-99" {
					return outcome{taken: true}
				}
				return outcome{taken: true, takes: 9 * time.Second}
			}
			b.put(texts(8)...)
			b.outbox.Wake("sms")
			b.after(5 * time.Second)
			other := text(99)
			other.Sender = "+12065550111"
			b.put(other)
			b.outbox.Wake("sms")
			synctest.Wait()
			if b.sent("out-99") != 1 {
				t.Errorf("interval %v: held up by another number", interval)
			}
		})
	}
}

// TestRecordingHoldsUpNoSend: once the carrier has answered, the next text may go.
func TestRecordingHoldsUpNoSend(t *testing.T) {
	run(t, 0, func(t *testing.T, b *bench) {
		b.slow = time.Second
		b.put(texts(12)...)
		b.outbox.Wake("sms")
		b.after(900 * time.Millisecond)
		if n := len(b.begins()); n != 12 {
			t.Errorf("%d of 12 started while the first were being recorded", n)
		}
		b.after(time.Second)
		if n := b.count(message.Accepted); n != 12 {
			t.Errorf("%d through", n)
		}
	})
}
