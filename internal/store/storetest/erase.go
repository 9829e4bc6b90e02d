package storetest

import (
	"fmt"
	"strings"
	"time"

	"sanshi/internal/channel"
	"sanshi/internal/desk"
	"sanshi/internal/dialogue"
	"sanshi/internal/directory"
	"sanshi/internal/matter"
	"sanshi/internal/message"
)

// dump is every value of every table of the database, as text.
func (f *fixture) dump() string {
	f.Helper()
	var b strings.Builder
	for _, table := range []string{"meta", "village", "counter", "inbound", "about", "resident", "talk", "matter", "party",
		"content", "event", "seal", "leaf", "outbox", "callback", "question", "aged", "act_key", "card", "link", "session", "refine", "model_use", "lesson"} {
		rows, err := f.place.SQL.Query(`SELECT * FROM ` + table)
		f.ok(err)
		columns, err := rows.Columns()
		f.ok(err)
		for rows.Next() {
			values, dest := make([]any, len(columns)), make([]any, len(columns))
			for i := range values {
				dest[i] = &values[i]
			}
			f.ok(rows.Scan(dest...))
			fmt.Fprintf(&b, "%s: ", table)
			for _, v := range values {
				fmt.Fprintf(&b, "%s|", fmt.Sprint(v))
				if bytes, ok := v.([]byte); ok {
					fmt.Fprintf(&b, "%s|", bytes)
				}
			}
			b.WriteByte('\n')
		}
		f.ok(rows.Err())
		f.ok(rows.Close())
	}
	return b.String()
}

// absent checks that none of the words is left anywhere.
func (f *fixture) absent(words ...string) {
	f.Helper()
	all := f.dump()
	for _, w := range words {
		for line := range strings.SplitSeq(all, "\n") {
			if strings.Contains(line, w) {
				f.Errorf("%q is still in %s", w, line)
			}
		}
	}
}

// eraseOf is the change that the desk makes of an erasure.
func (f *fixture) eraseOf(who message.Address) {
	f.Helper()
	hers, err := f.MattersOf(f.ctx, vid, who)
	f.ok(err)
	c := desk.Change{Village: vid, Erase: who}
	for _, m := range hers {
		next, e := stepped(m, matter.Erase, m.State, "", f.now())
		e.Detail.Party = who
		c.Matters, c.Events = append(c.Matters, next), append(c.Events, e)
	}
	f.ok(f.Commit(f.ctx, c))
}

func eraseAll(f *fixture) {
	const words, name, number = "我家后门的锁坏了好几天", "秦大娘", "13800000001"
	in := f.text(wang, words)
	m := f.light(wang)
	m.Text, m.Summary, m.Name, m.Place, m.Reason, m.Photos = words, "后门的锁坏了好几天了", name, "秦家后门", "听到：后门", []string{"photo-of-qin"}
	e := raised(m)
	e.Words.Photos = m.Photos
	sent, staff, held := f.reply(wang, "记下了："+m.Summary), f.reply("sms:+8613900000009", "请去看："+m.Summary+" "+number), f.reply(wang, "还有一件："+words)
	sent.Matter, staff.Matter, staff.Staff, held.Matter = m.ID, m.ID, "wang", m.ID
	held.NotBefore = f.now().Add(time.Hour)
	sent.Ask = &message.Ask{Kind: "confirm", Options: []string{"秦家后门"}}
	other := f.reply(chen, "邻居也报了："+words)
	list := f.reply("sms:+8613900000009", "2件待您看：\n1 民事·后门的锁坏了好几\n2 村事·别的事")
	list.Staff = "li"
	f.ok(f.Commit(f.ctx, desk.Change{Village: vid, Inbound: &in, About: []string{m.ID},
		Resident: &directory.Resident{Address: wang, Name: name, Place: "秦家后门"},
		Dialogue: &dialogue.State{Address: wang, Held: []dialogue.Fragment{{ID: in.ID, Text: words}}},
		Matters:  []matter.Matter{m}, Events: []matter.Event{e}, Outbox: []message.Outbound{sent, staff, held, other, list},
		Callbacks: []directory.Callback{{Address: wang, Reason: "person", Note: words}}}))
	m = f.step(m, matter.Approve, matter.Queued, name+"家，电话"+number)
	joined := f.raise(chen)
	foreign := f.step(f.raise(chen), matter.Note, matter.Sorting, "问问隔壁的 "+number)
	join, je := stepped(joined, matter.Join, joined.State, words, f.now())
	je.By, je.Via, je.Detail.Party, je.Words = "resident", "sms", wang, &matter.Words{Text: joined.Text + "\n" + words}
	join.Text = je.Words.Text
	in2 := f.text(wang, "我也是，"+words)
	f.ok(f.Commit(f.ctx, desk.Change{Village: vid, Inbound: &in2, Matters: []matter.Matter{join}, Events: []matter.Event{je},
		Parties: []desk.Party{{Matter: joined.ID, Address: wang}}}))
	f.claimed(9)
	f.ok(f.Report(f.ctx, channel.Report{Village: vid, ID: sent.ID, Status: message.Failed, Error: "to +86" + number}, f.now()))
	unread := f.text(wang, "还没人理我 "+words)
	_ = unread
	f.seal(1)
	if all := f.dump(); !strings.Contains(all, words) || !strings.Contains(all, name) || !strings.Contains(all, number) {
		f.Fatal("the words are not there before: the test cannot fail")
	}

	f.eraseOf(wang)
	f.absent(words, name, number, "秦家后门", "后门", "photo-of-qin")
	r := f.verify("", "")
	if r.Break != nil || r.Erased == 0 {
		f.Fatalf("the record is broken by an erasure: %+v %v", r, r.Break)
	}
	f.counts(3, 3)
	left, err := f.Matter(f.ctx, vid, joined.ID)
	f.ok(err)
	if left.Text != joined.Text || left.Summary != joined.Summary || left.Resident != chen {
		f.Errorf("what another raised lost her own words: %+v", left)
	}
	gone, err := f.Matter(f.ctx, vid, m.ID)
	f.ok(err)
	if gone.State != matter.Queued || gone.Number != m.Number || gone.Resident != "" || gone.Text != "" || len(gone.Photos) > 0 {
		f.Errorf("%+v", gone)
	}
	events, err := f.Events(f.ctx, vid, foreign.ID)
	f.ok(err)
	if last := events[len(events)-1]; last.Kind != matter.Erase || events[1].Note != "" {
		f.Errorf("a note that lost its words does not say so: %+v", events)
	}
	if lanes, err := f.Lanes(f.ctx, 9); err != nil || len(lanes) != 0 {
		f.Errorf("her unread text is still to be answered: %v %v", lanes, err)
	}
	// She may come back as somebody new.
	f.text(wang, "你好")
	f.step(gone, matter.Cancel, matter.Cancelled, "")
}

// erasePage: a page that waits speaks of two emergencies. Who raised one of them
// is erased; the other is still told, and nothing of hers.
func erasePage(f *fixture) {
	m := f.light(wang)
	m.Text = "我家灶房着火了烧到隔壁的柴房了你们快点来人救火啊"
	m.Summary = m.Text
	f.ok(f.Commit(f.ctx, desk.Change{Village: vid, Matters: []matter.Matter{m}, Events: []matter.Event{raised(m)}}))
	page := f.reply("sms:+8613900000009", "2件紧急：\n1 着火："+string([]rune(m.Summary)[:24])+"\n2 落水：塘边有人")
	page.Staff, page.Priority, page.NotBefore = "wang", message.Page, f.now().Add(30*time.Second)
	f.send(page)
	f.eraseOf(wang)
	f.pass(time.Minute)
	f.expect(f.claimed(9), page.ID)
	f.absent("着火了烧到隔壁")
	if lines, err := f.Conversation(f.ctx, vid, page.To); err != nil || len(lines) != 1 || !strings.Contains(lines[0].Text, "塘边有人") {
		f.Errorf("the other emergency is told as %+v: %v", lines, err)
	}
}

// eraseJoiner: who raised the matter keeps her words, also what she said before
// the other joined.
func eraseJoiner(f *fixture) {
	m := f.raise(chen)
	said := func(m matter.Matter, who message.Address, text string) matter.Matter {
		f.Helper()
		in := f.text(who, text)
		next, e := stepped(m, matter.Answer, m.State, text, f.now())
		e.By, e.Via, e.Words = "resident", "sms", &matter.Words{Text: m.Text + "\n" + text}
		next.Text = e.Words.Text
		f.ok(f.Commit(f.ctx, desk.Change{Village: vid, Inbound: &in, Matters: []matter.Matter{next}, Events: []matter.Event{e},
			Parties: []desk.Party{{Matter: m.ID, Address: who}}}))
		return next
	}
	m = said(m, chen, "就在桥头那一盏灯")
	before := m.Text
	m = said(m, wang, "我家门口那盏也不亮")
	said(m, chen, "对，两盏都坏了")
	f.eraseOf(wang)
	f.absent("我家门口那盏也不亮", "13800000001")
	left, err := f.Matter(f.ctx, vid, m.ID)
	f.ok(err)
	if left.Text != before || len(left.Parties) != 0 {
		f.Fatalf("left: %+v", left)
	}
	if r := f.verify("", ""); r.Break != nil {
		f.Fatal(r.Break)
	}
}
