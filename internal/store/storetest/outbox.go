package storetest

import (
	"fmt"
	"sync"
	"time"

	"github.com/google/go-cmp/cmp"

	"sanshi/internal/channel"
	"sanshi/internal/message"
)

func (f *fixture) through(ids ...string) {
	f.Helper()
	for _, id := range ids {
		f.ok(f.Report(f.ctx, channel.Report{Village: vid, ID: id, Status: message.Accepted, ProviderID: "P" + id}, f.now()))
	}
}

func (f *fixture) expect(got []string, want ...string) {
	f.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		f.Fatal(diff)
	}
}

// status reads the rows behind the store's back.
func (f *fixture) status(id string) (s string) {
	f.Helper()
	f.ok(f.place.SQL.QueryRow(`SELECT status FROM outbox WHERE id = $1`, id).Scan(&s))
	return s
}

func outboxOrder(f *fixture) {
	news, first, second, page, held := f.reply(chen, "news"), f.reply(wang, "1"), f.reply(wang, "2"), f.reply(chen, "page"), f.reply(wang, "held")
	news.Priority, page.Priority = message.News, message.Page
	held.NotBefore = f.now().Add(time.Hour)
	held.Priority = message.Page
	f.send(held, news, first, second, page)
	f.expect(f.claimed(10), page.ID, first.ID)
	f.expect(f.claimed(10))
	f.through(page.ID, first.ID)
	f.expect(f.claimed(10), second.ID, news.ID)
	f.through(second.ID, news.ID)
	f.pass(time.Hour)
	f.expect(f.claimed(10), held.ID)

	// One that is tried again holds up the next, until it is two minutes late.
	slow, next := f.reply(chen, "slow"), f.reply(chen, "next")
	f.send(slow, next)
	f.expect(f.claimed(10), slow.ID)
	f.ok(f.Report(f.ctx, channel.Report{Village: vid, ID: slow.ID, Status: message.Queued, Again: f.now().Add(time.Hour)}, f.now()))
	f.expect(f.claimed(10))
	f.pass(2*time.Minute + time.Second)
	// held above was never reported: its lease is long over.
	f.expect(f.claimed(10), held.ID, next.ID)
	f.pass(time.Hour)
	f.through(held.ID, next.ID)
	f.expect(f.claimed(10), slow.ID)
}

func outboxLease(f *fixture) {
	o := f.reply(wang, "好")
	f.send(o)
	began := f.now()
	f.expect(f.claimed(1), o.ID)
	f.pass(14 * time.Second)
	f.expect(f.claimed(1))
	for range 2 { // the first start stands, however often it is claimed
		f.pass(16 * time.Second)
		all, err := f.Claim(f.ctx, "sms", f.now(), 1)
		f.ok(err)
		if len(all) != 1 || !all[0].Doubt.Equal(began) || all[0].Text != "好" || all[0].To != wang || all[0].Tries == 0 {
			f.Fatalf("%+v", all)
		}
	}
	f.ok(f.Report(f.ctx, channel.Report{Village: vid, ID: o.ID, Status: message.Queued, Again: f.now().Add(time.Second)}, f.now()))
	f.expect(f.claimed(1))
	f.pass(time.Second)
	all, err := f.Claim(f.ctx, "sms", f.now(), 1)
	f.ok(err)
	if len(all) != 1 || !all[0].Doubt.IsZero() || all[0].Tries != 3 {
		f.Fatalf("%+v", all)
	}
	if other, err := f.Claim(f.ctx, "sim", f.now(), 9); err != nil || len(other) != 0 {
		f.Fatalf("another channel claims %v %v", other, err)
	}
}

func outboxTopic(f *fixture) {
	text := func(to message.Address, words string) message.Outbound {
		o := f.reply(to, words)
		o.Topic = "progress"
		return o
	}
	gone, other, sending := text(wang, "old"), text(chen, "other"), text(wang, "sending")
	f.send(sending)
	f.expect(f.claimed(1), sending.ID)
	f.send(gone, other)
	newest := text(wang, "newest")
	f.send(newest)
	if s := f.status(gone.ID); s != "superseded" {
		f.Fatalf("the older one is %s", s)
	}
	if s := f.status(sending.ID); s != "sending" {
		f.Fatalf("one on its way became %s", s)
	}
	f.through(sending.ID)
	f.expect(f.claimed(9), other.ID, newest.ID)
	st, err := f.Stats(f.ctx, vid)
	f.ok(err)
	if st.Outbound.Queued != 2 || st.Outbound.Sent != 1 {
		f.Fatalf("%+v", st.Outbound)
	}
}

func outboxBusy(f *fixture) {
	a, b, c := f.reply(wang, "a"), f.reply(chen, "b"), f.reply(chen, "c")
	b.Sender, c.Sender = "+1999", ""
	f.send(a, b, c)
	f.expect(f.claimed(9, villageNumber, ""), b.ID)
	f.expect(f.claimed(9, villageNumber), c.ID)
	f.expect(f.claimed(9), a.ID)
}

func outboxForwards(f *fixture) {
	o := f.reply(wang, "好")
	f.send(o)
	f.claimed(1)
	progress := func(village, id, provider string, s message.Status) {
		f.Helper()
		f.ok(f.Progress(f.ctx, village, id, provider, s, "", f.now()))
	}
	progress(vid, o.ID, "SM1", message.Sent) // the callback is faster than the answer
	f.ok(f.Report(f.ctx, channel.Report{Village: vid, ID: o.ID, Status: message.Accepted, ProviderID: "SM1"}, f.now()))
	if s := f.status(o.ID); s != "sent" {
		f.Fatalf("went back to %s", s)
	}
	f.ok(f.Report(f.ctx, channel.Report{Village: vid, ID: o.ID, Status: message.Queued}, f.now()))
	if s := f.status(o.ID); s != "sent" {
		f.Fatalf("what the carrier has was queued again: %s", s)
	}
	progress("", "", "SM1", message.Delivered)
	progress(vid, "", "SM1", message.Failed)
	progress("", o.ID, "", message.Sent)
	if s := f.status(o.ID); s != "delivered" {
		f.Fatalf("in the end it is %s", s)
	}
	progress(vid, "unknown", "", message.Sent)
	progress("", "", "unknown", message.Sent)
	progress("", "", "", message.Sent)
	f.ok(f.Report(f.ctx, channel.Report{Village: vid, ID: "unknown", Status: message.Accepted}, f.now()))
	st, err := f.Stats(f.ctx, vid)
	f.ok(err)
	if st.Outbound.Sent != 1 || st.Outbound.Queued != 0 || st.Outbound.Failed != 0 {
		f.Fatalf("%+v", st.Outbound)
	}
}

func outboxFailure(f *fixture) {
	m := f.raise(wang)
	closing, stop := f.reply(wang, "办好了"), f.reply(chen, "好")
	closing.Closing, closing.Matter = true, m.ID
	f.send(closing, stop)
	f.claimed(9)
	f.ok(f.Report(f.ctx, channel.Report{Village: vid, ID: closing.ID, Status: message.Failed, Code: "30006", Error: "landline"}, f.now()))
	f.ok(f.Report(f.ctx, channel.Report{Village: vid, ID: stop.ID, Status: message.Failed, Code: "21610", OptedOut: true}, f.now()))
	f.deadLetters("out", 2)
	calls, err := f.Callbacks(f.ctx, vid, true)
	f.ok(err)
	if len(calls) != 2 || calls[0].Reason != "closing" || calls[0].Matter != m.ID || calls[0].Address != wang ||
		calls[1].Reason != "opt_out" || calls[1].Address != chen {
		f.Fatalf("%+v", calls)
	}
	sc, err := f.Talk(f.ctx, message.Lane{Village: vid, Address: chen})
	f.ok(err)
	if sc.Resident.OptOut != "hard" || sc.Resident.Version != 1 {
		f.Fatalf("%+v", sc.Resident)
	}
	f.ok(f.Retry(f.ctx, vid, closing.ID))
	f.deadLetters("out", 1)
	f.expect(f.claimed(9), closing.ID)
	f.through(closing.ID)
	f.ok(f.Progress(f.ctx, vid, closing.ID, "", message.Undelivered, "30003", f.now()))
	st, err := f.Stats(f.ctx, vid)
	f.ok(err)
	if st.Outbound.Failed != 2 || st.Outbound.Sent != 0 || st.Outbound.Queued != 0 {
		f.Fatalf("%+v", st.Outbound)
	}
}

// outboxClaimOnce: many senders claim at once, no text is given out twice.
func outboxClaimOnce(f *fixture) {
	var out []message.Outbound
	for i := range 40 {
		out = append(out, f.reply(message.Address(fmt.Sprintf("sms:+8613900000%03d", i)), "好"))
	}
	f.send(out...)
	var mu sync.Mutex
	times := map[string]int{}
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			got, err := f.Claim(f.ctx, "sms", f.now(), 4)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				f.Errorf("%v", err)
			}
			for _, c := range got {
				times[c.ID]++
			}
		})
	}
	all.Wait()
	for id, n := range times {
		if n != 1 {
			f.Errorf("%s was claimed %d times", id, n)
		}
	}
	if len(times) != 40 {
		f.Errorf("%d of 40 were claimed", len(times))
	}
}

// outboxPages: pages to one person stand a minute apart, each the newest of its
// topic; others are not held by that.
func outboxPages(f *fixture) {
	page := func(staff message.Address, topic, text string) message.Outbound {
		o := f.reply(staff, text)
		o.Priority, o.Staff, o.Topic, o.CreatedAt = message.Page, "li", topic, f.now()
		return o
	}
	first := page(wang, "a", "着火")
	f.send(first)
	f.expect(f.claimed(10), first.ID)
	f.through(first.ID)
	f.pass(10 * time.Second)
	where, better, other := page(wang, "b", "桥头"), page(wang, "b", "桥头往东"), page(chen, "a", "着火")
	f.send(where)
	f.send(better)
	f.send(other)
	f.expect(f.claimed(10), other.ID)
	f.through(other.ID)
	f.pass(49 * time.Second)
	f.expect(f.claimed(10))
	f.pass(2 * time.Second)
	f.expect(f.claimed(10), better.ID)
	f.through(better.ID)

	// Of several that would have to wait she learns in one text.
	one, two, three := page(wang, "c", "【村】着火"), page(wang, "d", "【村】落水"), page(wang, "e", "【村】漏气")
	one.Matter, two.Matter, three.Matter = "m1", "m2", "m3"
	for _, o := range []message.Outbound{one, two, three} {
		f.send(o)
	}
	f.pass(61 * time.Second)
	together, err := f.Claim(f.ctx, "sms", f.now(), 10)
	if err != nil || len(together) != 1 || together[0].Text != "【村】着火\n落水\n漏气" {
		f.Errorf("the pages of one minute: %+v, %v", together, err)
	}
}
