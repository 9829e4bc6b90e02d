package storetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/google/go-cmp/cmp"

	"sanshi/internal/channel"
	"sanshi/internal/desk"
	"sanshi/internal/message"
)

func sid(n int) message.Inbound {
	return message.Inbound{Village: vid, Channel: "sms", ExternalID: fmt.Sprintf("SM%03d", n), From: wang, Text: "路灯坏了"}
}

func intakeOnce(f *fixture) {
	first, err := f.Take(f.ctx, sid(1))
	f.ok(err)
	again, err := f.Take(f.ctx, sid(1))
	f.ok(err)
	if first.Duplicate || !again.Duplicate || again.ID != first.ID || first.ID == "" {
		f.Fatalf("got %+v, then %+v", first, again)
	}
	other := sid(1)
	other.Village = "elsewhere"
	if o, err := f.Take(f.ctx, other); err != nil || o.Duplicate {
		f.Fatalf("the same id in another village: %+v %v", o, err)
	}
	f.inbound(1)
}

// inbound checks the counter and the rows against each other.
func (f *fixture) inbound(want int64) {
	f.Helper()
	st, err := f.Stats(f.ctx, vid)
	f.ok(err)
	var rows int64
	f.ok(f.place.SQL.QueryRow(`SELECT COUNT(*) FROM inbound WHERE village = $1`, vid).Scan(&rows))
	if st.Inbound != want || rows != want {
		f.Fatalf("counter %d, rows %d, want %d", st.Inbound, rows, want)
	}
}

// intakeRace: 16 ids, each delivered eight times at once.
func intakeRace(f *fixture) {
	var mu sync.Mutex
	ids, fresh := map[string]map[string]bool{}, map[string]int{}
	var all sync.WaitGroup
	for i := range 128 {
		all.Go(func() {
			in := sid(i % 16)
			got, err := f.Take(f.ctx, in)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				f.Errorf("%v", err)
				return
			}
			if ids[in.ExternalID] == nil {
				ids[in.ExternalID] = map[string]bool{}
			}
			ids[in.ExternalID][got.ID] = true
			if !got.Duplicate {
				fresh[in.ExternalID]++
			}
		})
	}
	all.Wait()
	for id, answers := range ids {
		if len(answers) != 1 || fresh[id] != 1 {
			f.Errorf("%s was answered with %d ids and %d times as new", id, len(answers), fresh[id])
		}
	}
	f.inbound(16)
}

// intakeOrder: what was acknowledged before another's request came is handled before it.
func intakeOrder(f *fixture) {
	var all sync.WaitGroup
	for p := range 8 {
		all.Go(func() {
			from := message.Address(fmt.Sprintf("sms:+86138000000%02d", p))
			var last int64
			for n := range 10 {
				in := message.Inbound{Village: vid, Channel: "sms", From: from, Text: fmt.Sprint(n)}
				if _, err := f.Take(f.ctx, in); err != nil {
					f.Errorf("%v", err)
					return
				}
				var seq int64
				err := f.place.SQL.QueryRow(`SELECT MAX(seq) FROM inbound WHERE village = $1 AND address = $2 AND text = $3`,
					vid, string(from), fmt.Sprint(n)).Scan(&seq)
				if err != nil || seq <= last {
					f.Errorf("text %d of %s has seq %d after %d (%v)", n, from, seq, last, err)
				}
				last = seq
			}
		})
	}
	all.Wait()
}

func intakeOdd(f *fixture) {
	for _, text := range []string{"", "？", "👍🏽", strings.Repeat("长", 1600), "nul\x00byte", "bad\xffutf8", "it's \"quoted\" %_\\"} {
		got, err := f.Take(f.ctx, message.Inbound{Village: vid, Channel: "sms", From: wang, Text: text,
			Media: []message.Media{{URL: "https://x/1", Type: "image/jpeg"}}})
		f.ok(err)
		in, ok, err := f.Next(f.ctx, message.Lane{Village: vid, Address: wang})
		f.ok(err)
		want := strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
		if !ok || in.ID != got.ID || in.Text != want || len(in.Media) != 1 || in.Media[0].Type != "image/jpeg" || !in.At.Equal(f.now()) {
			f.Fatalf("%q came back as %+v", text, in)
		}
		f.ok(f.Commit(f.ctx, desk.Change{Village: vid, Inbound: &in, Result: "none"}))
	}
	if got, err := f.Take(f.ctx, message.Inbound{Channel: "sms", From: wang}); err != nil || got.ID == "" {
		f.Fatalf("a text for no village: %+v %v", got, err)
	}
	d, err := f.Depth(f.ctx)
	f.ok(err)
	lanes, err := f.Lanes(f.ctx, 10)
	f.ok(err)
	if d.Unrouted != 1 || len(lanes) != 0 {
		f.Fatalf("unrouted %d, lanes %v", d.Unrouted, lanes)
	}
}

// intakeCancelled: one of 32 goes away, the others are served.
func intakeCancelled(f *fixture) {
	ctx, cancel := context.WithCancel(f.ctx)
	cancel()
	var all sync.WaitGroup
	for i := range 32 {
		all.Go(func() {
			if i == 7 {
				if _, err := f.Take(ctx, sid(i)); !errors.Is(err, channel.ErrUnavailable) || !errors.Is(err, context.Canceled) {
					f.Errorf("the cancelled caller got %v", err)
				}
				return
			}
			if got, err := f.Take(f.ctx, sid(i)); err != nil || got.Duplicate {
				f.Errorf("caller %d: %+v %v", i, got, err)
			}
		})
	}
	all.Wait()
	f.inbound(31)
}

func lanesAndNext(f *fixture) {
	f.text(chen, "一")
	f.pass(1)
	f.text(wang, "二")
	_, err := f.Take(f.ctx, message.Inbound{Village: vid, Channel: "sms", From: chen, Text: "三", At: f.now()})
	f.ok(err)
	lanes, err := f.Lanes(f.ctx, 10)
	f.ok(err)
	want := []message.Lane{{Village: vid, Address: chen}, {Village: vid, Address: wang}}
	if d := cmp.Diff(want, lanes); d != "" {
		f.Fatal(d)
	}
	if lanes, err = f.Lanes(f.ctx, 1); err != nil || len(lanes) != 1 {
		f.Fatal(lanes, err)
	}
	for _, text := range []string{"一", "三"} {
		in, ok, err := f.Next(f.ctx, want[0])
		f.ok(err)
		if !ok || in.Text != text {
			f.Fatalf("next is %+v, not %s", in, text)
		}
		f.ok(f.Commit(f.ctx, desk.Change{Village: vid, Inbound: &in}))
	}
	if _, ok, err := f.Next(f.ctx, want[0]); ok || err != nil {
		f.Fatal("a lane that is done has a next", err)
	}
}

func deadLetter(f *fixture) {
	in := f.text(wang, "一")
	_, err := f.Take(f.ctx, message.Inbound{Village: vid, Channel: "sms", From: wang, Text: "二", At: f.now()})
	f.ok(err)
	for n := 1; n <= 5; n++ {
		dead, err := f.Store.Failed(f.ctx, in, "broken")
		f.ok(err)
		if dead != (n == 5) {
			f.Fatalf("dead is %v after %d tries", dead, n)
		}
	}
	if _, err := f.Store.Failed(f.ctx, in, "broken"); !errors.Is(err, desk.ErrHandled) {
		f.Fatalf("a sixth failure: %v", err)
	}
	next, _, err := f.Next(f.ctx, message.Lane{Village: vid, Address: wang})
	f.ok(err)
	if next.Text != "二" {
		f.Fatalf("the dead letter still holds its lane: %+v", next)
	}
	f.deadLetters("in", 1)
	f.counts(2, 1)

	old := f.now()
	f.pass(1e12)
	f.ok(f.Retry(f.ctx, vid, in.ID))
	f.deadLetters("", 0)
	f.counts(2, 0)
	f.ok(f.Commit(f.ctx, desk.Change{Village: vid, Inbound: &next}))
	revived, ok, err := f.Next(f.ctx, message.Lane{Village: vid, Address: wang})
	f.ok(err)
	if !ok || revived.ID != in.ID || !revived.Revived || revived.Seq <= next.Seq || revived.Tries != 0 || !revived.At.Equal(old) {
		f.Fatalf("revived: %+v", revived)
	}
	if err := f.Commit(f.ctx, desk.Change{Village: vid, Inbound: &in}); !errors.Is(err, desk.ErrHandled) {
		f.Fatalf("who still holds the old text could answer it: %v", err)
	}
	if err := f.Retry(f.ctx, vid, in.ID); !errors.Is(err, desk.ErrNotFound) {
		f.Fatalf("retrying what is not dead: %v", err)
	}
}

func (f *fixture) deadLetters(direction string, n int) {
	f.Helper()
	all, err := f.DeadLetters(f.ctx, vid)
	f.ok(err)
	if len(all) != n || n > 0 && (all[0].Direction != direction || all[0].Error == "" || all[0].Tries == 0) {
		f.Fatalf("dead letters: %+v", all)
	}
}

func (f *fixture) counts(inbound, handled int64) {
	f.Helper()
	st, err := f.Stats(f.ctx, vid)
	f.ok(err)
	if st.Inbound != inbound || st.Handled != handled {
		f.Fatalf("inbound %d handled %d, want %d %d", st.Inbound, st.Handled, inbound, handled)
	}
}
