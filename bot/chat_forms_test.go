package main

import (
	"bytes"
	"context"
	"encoding/json"
	"image"
	"image/jpeg"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sanshi/internal/channel/slack/slacktest"
	"sanshi/internal/matter"
)

// The same press sent twice, and at the same time, and after a restart, is one act.
func TestSlackOnce(t *testing.T) {
	c := startChat(t)
	m := c.text(auntie, "村口路灯坏了三天了")
	c.press("U0LI", "approve", m)
	m = c.now(m)
	b, err := json.Marshal(pressing("U0LIU", "claim", m, "1700000009.000001"))
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan bool)
	for range 4 {
		go func() {
			c.interactRaw(string(b))
			done <- true
		}()
	}
	for range 4 {
		<-done
	}
	c.interactRaw(string(b))
	claims := 0
	for _, e := range c.events(m) {
		if e.Kind == matter.Claim {
			claims++
		}
	}
	if claims != 1 {
		t.Errorf("five times the same press: %d claims", claims)
	}
	for _, w := range c.slack.Whispers() {
		if w.User == "U0LIU" {
			t.Errorf("the repeats are told of: %q", w.Text)
		}
	}
}

// Where no card changes before her eyes she is told that it was done: in a direct
// message, or on a card that only she sees.
func TestSlackToldAlone(t *testing.T) {
	c := startChat(t)
	m := c.text(auntie, "村口路灯坏了三天了")
	c.press("U0LI", "approve", m)
	p := pressing("U0LIU", "claim", c.now(m), "1700000009.000001")
	p["container"], p["channel"] = map[string]any{"type": "message", "channel_id": "D0LIU00000", "message_ts": "1.1"}, map[string]any{"id": "D0LIU00000"}
	c.interact(p)
	if got := c.told("U0LIU"); c.now(m).Assignee != "liu" || !strings.Contains(got, "接手了") {
		t.Errorf("%q has it; she is told %q", c.now(m).Assignee, got)
	}
}

// What was sorted anew is not approved from an old card: she gets a fresh one.
func TestSlackOldCard(t *testing.T) {
	c := startChat(t)
	m := c.text(auntie, "村口路灯坏了三天了")
	c.press("U0LI", "correct", m)
	f := c.opened("U0LI")
	if !strings.Contains(f.text(), `"initial_option"`) || !strings.Contains(f.text(), `"approve"`) {
		t.Errorf("the form does not begin with what is: %s", f.text())
	}
	if got := f.submit(map[string]any{"code": option("G6"), "urgency": option("normal"), "area": option("g1")}); got["response_action"] != "clear" {
		t.Fatalf("corrected: %v", got)
	}
	c.press("U0LI", "approve", m) // as it stood before
	if now := c.now(m); now.State != matter.Sorting || now.Code != "G6" {
		t.Errorf("it is %s %s", now.State, now.Code)
	}
	fresh := c.now(m)
	if got := c.told("U0LI"); !strings.Contains(got, "旧卡片") || !strings.Contains(got, fresh.ID) {
		t.Errorf("she is told %q", got)
	}
	c.press("U0LI", "approve", fresh)
	if now := c.now(m); now.State != matter.Queued {
		t.Errorf("from the fresh card: %s", now.State)
	}
}

// Several are approved together, each for itself; what cannot be is named.
func TestSlackApproveTogether(t *testing.T) {
	c := startChat(t)
	a := c.text(auntie, "村口路灯坏了三天了")
	b := c.text("+8613800000002", "三组的水渠堵了，水进田里了")
	c.press("U0LI", "decline", b)
	c.opened("U0LI").submit(map[string]any{"note": "已经在修了"})
	pick := func(ms ...matter.Matter) map[string]any {
		var picked []any
		for _, m := range ms {
			picked = append(picked, map[string]any{"value": m.ID + ":" + itoa(m.Version)})
		}
		p := pressing("U0LI", "approve_picked", matter.Matter{}, "1700000042.000001")
		p["state"] = map[string]any{"values": map[string]any{"list:0": map[string]any{"pick": map[string]any{"type": "checkboxes", "selected_options": picked}}}}
		return p
	}
	c.interact(pick(a, b))
	got := c.told("U0LI")
	if c.now(a).State != matter.Queued || c.now(b).State != matter.Declined || !strings.Contains(got, "同意了1件："+a.Number) || !strings.Contains(got, b.Number+" 现在是“不受理”") &&
		!strings.Contains(got, b.Number+"：") && !strings.Contains(got, b.Number+" "+b.Number) {
		t.Errorf("a %s, b %s, told %q", c.now(a).State, c.now(b).State, got)
	}
	c.interact(pick())
	if got := c.told("U0LI"); !strings.Contains(got, "还没有选") {
		t.Errorf("none picked: %q", got)
	}
}

func itoa(n int) string { b, _ := json.Marshal(n); return string(b) }

// A private matter: no word of it anywhere in Slack, but in the form of whoever may
// read it, after a reason; that is on record.
func TestSlackPrivate(t *testing.T) {
	c := startChat(t)
	m := c.text(auntie, "我老公天天赌钱不管家，儿媳妇也跟我吵架，别跟别人说")
	if !m.Private {
		t.Fatal("the text of this test is no longer a private matter")
	}
	c.press("U0LIU", "reveal", m)
	c.press("U0LI", "approve", m)
	c.command("U0LI", m.Number)
	c.command("U0LI", "list")
	if all := c.slack.Everything(); strings.Contains(all, "赌") || strings.Contains(all, "吵架") {
		t.Fatalf("words of a private matter stand in Slack: %s", all)
	}
	if f := c.opened("U0LIU"); strings.Contains(f.text(), "赌") || !strings.Contains(f.text(), "保密") {
		t.Errorf("who may not is shown %s", f.text())
	}
	c.press("U0LI", "reveal", c.now(m))
	f := c.opened("U0LI")
	if strings.Contains(f.text(), "赌") {
		t.Error("shown before a reason was given")
	}
	if got := f.submit(map[string]any{"note": " "}); got["response_action"] != "errors" {
		t.Errorf("no reason, and it answers %v", got)
	}
	got := f.submit(map[string]any{"note": "上门前了解情况"})
	b, _ := json.Marshal(got)
	if got["response_action"] != "update" || !strings.Contains(string(b), "赌") || !strings.Contains(string(b), auntie) {
		t.Errorf("revealed: %s", b)
	}
	if e := c.events(m); e[len(e)-1].Kind != matter.Reveal || e[len(e)-1].By != "li" {
		t.Errorf("the record ends with %+v", e[len(e)-1])
	}
	if strings.Contains(c.slack.Everything(), "赌") {
		t.Error("the answer to her form stands elsewhere too")
	}
}

// The other forms, each once, with what is wrong in them told at its field.
func TestSlackForms(t *testing.T) {
	c := startChat(t)
	a := c.text(auntie, "村口路灯坏了三天了")
	b := c.text("+8613800000002", "村口的路灯不亮，晚上看不见")

	// Merge: what is like it is offered first, and a number finds it.
	c.press("U0LI", "merge", b)
	f := c.opened("U0LI")
	for query, want := range map[string]bool{"": true, a.Number: true, "路灯": true, "9999": false, b.Number: false} {
		got := f.suggest("into", query)
		if strings.Contains(got, a.ID) != want || strings.Contains(got, b.ID) {
			t.Errorf("asked for %q it offers %s", query, got)
		}
	}
	if got := f.submit(map[string]any{"into": option(b.ID)}); got["response_action"] != "errors" {
		t.Errorf("merged into itself: %v", got)
	}
	if got := f.submit(map[string]any{"into": option(a.ID)}); got["response_action"] != "clear" || c.now(b).State != matter.Merged {
		t.Errorf("merged: %v, %s", got, c.now(b).State)
	}
	c.press("U0LI", "undo", c.now(b))
	if c.now(b).State != matter.Sorting {
		t.Errorf("undone: %s; %s", c.now(b).State, c.told("U0LI"))
	}

	// Assign, plan, return.
	c.press("U0LI", "approve", a)
	c.press("U0LI", "assign", c.now(a))
	f = c.opened("U0LI")
	if !strings.Contains(f.text(), "刘电工") || strings.Contains(f.text(), "监督") {
		t.Errorf("it may be given to %s", f.text())
	}
	f.submit(map[string]any{"assignee": option("liu")})
	if c.now(a).Assignee != "liu" {
		t.Fatalf("assigned to %q", c.now(a).Assignee)
	}
	c.press("U0LIU", "plan", c.now(a))
	f = c.opened("U0LIU")
	day := func(s string) any { return map[string]any{"type": "datepicker", "selected_date": s} }
	for _, bad := range []string{"2020-01-01", "", "soon"} {
		if got := f.submit(map[string]any{"date": day(bad)}); !strings.Contains(show(got), `"errors":{"date"`) {
			t.Errorf("the day %q: %v", bad, got)
		}
	}
	f.submit(map[string]any{"date": day("2026-11-30"), "note": "等配件"})
	if due := c.now(a).DueAt; !due.Equal(time.Date(2026, 11, 30, 10, 0, 0, 0, time.UTC)) {
		t.Errorf("due %v, want 18:00 there", due)
	}
	c.press("U0LIU", "return", c.now(a))
	f = c.opened("U0LIU")
	if got := f.submit(map[string]any{}); !strings.Contains(show(got), `"errors":{"note"`) {
		t.Errorf("returned without a reason: %v", got)
	}
	f.submit(map[string]any{"note": "不是我这一片的"})
	if m := c.now(a); m.State != matter.Sorting || m.Returned != 1 {
		t.Errorf("returned: %s %d", m.State, m.Returned)
	}
	// Whoever has no right is told in the form, before she writes anything.
	c.press("U0SUN", "decline", c.now(a))
	if f := c.opened("U0SUN"); strings.Contains(f.text(), `"submit"`) {
		t.Errorf("a volunteer is shown %s", f.text())
	}
}

func show(v any) string { b, _ := json.Marshal(v); return string(b) }

// suggest asks for the options of a search.
func (f *form) suggest(field, typed string) string {
	f.t.Helper()
	view := map[string]any{"id": f.id}
	for k, v := range f.view {
		view[k] = v
	}
	return show(f.interact(map[string]any{"type": "block_suggestion", "user": map[string]any{"id": f.user}, "action_id": field, "block_id": field,
		"value": typed, "view": view}))
}

// interactRaw sends a payload as it is.
func (c *chat) interactRaw(payload string) {
	c.t.Helper()
	if status, answer := c.send("/slack/interactions", aForm, "payload="+url.QueryEscape(payload)); status != 200 {
		c.t.Errorf("%d %s", status, answer)
	}
}

// A matter for somebody who called: she is texted, the secretary approves.
func TestSlackRaise(t *testing.T) {
	c := startChat(t)
	c.command("U0SUN", "new 13800000077 张婆婆家门口的路灯")
	f := c.opened("U0SUN")
	if !strings.Contains(f.text(), "13800000077") || !strings.Contains(f.text(), "张婆婆家门口的路灯") {
		t.Fatalf("what was typed is not in the form: %s", f.text())
	}
	for field, values := range map[string]map[string]any{
		"phone": {"phone": "12", "text": "没米了"}, "text": {"phone": "13800000077", "text": " "}, "code": {"text": "嗯"},
	} {
		if got := show(f.submit(values)); !strings.Contains(got, `"errors":{"`+field+`"`) {
			t.Errorf("%v: %s", values, got)
		}
	}
	if n := len(c.matters()); n != 0 {
		t.Fatalf("%d matters came of refused forms", n)
	}
	values := map[string]any{"phone": "13800000077", "name": "张婆婆", "text": "张婆婆门口的路灯不亮了", "area": option("g2")}
	first := show(f.submit(values))
	again := show(f.submit(values))
	all := c.matters()
	if len(all) != 1 || first != again || !strings.Contains(first, all[0].Number) {
		t.Fatalf("%d matters; answered %s and %s", len(all), first, again)
	}
	c.settle()
	m := all[0]
	if m.State != matter.Sorting || m.Area != "g2" || m.Resident != smsAddress("+8613800000077") || !strings.Contains(c.sms("+8613800000077"), m.Number) {
		t.Errorf("%+v; she got %q", m, c.sms("+8613800000077"))
	}
	if e := c.events(m)[0]; e.By != "sun" || e.Via != "slack" {
		t.Errorf("raised by %s via %s", e.By, e.Via)
	}
}

// An account is linked by a code, typed as a command or to the app; from then on
// it acts, and survives the restart.
func TestSlackLink(t *testing.T) {
	c := startChat(t)
	if got := c.command("U0NEW00", "list"); !strings.Contains(got, "还没绑定") {
		t.Errorf("a stranger is answered %s", got)
	}
	var made struct{ Code string }
	c.post("/api/v1/villages/xiangyang/staff/sun/slack-code", map[string]any{}, 201, &made)
	if got := c.command("U0NEW00", "link 000000"); made.Code != "000000" && !strings.Contains(got, "不对") {
		t.Errorf("a wrong code: %s", got)
	}
	if got := c.command("U0NEW00", "link "+made.Code); !strings.Contains(got, "孙小明") {
		t.Fatalf("the right one: %s", got)
	}
	if got := c.command("U0SUN", "list"); !strings.Contains(got, "还没绑定") {
		t.Errorf("the account before still is hers: %s", got)
	}
	if got := c.command("U0NEW00", "列表"); !strings.Contains(got, "没有要办的事") {
		t.Errorf("linked, she is answered %s", got)
	}
	c.post("/api/v1/villages/xiangyang/staff/liu/slack-code", map[string]any{}, 201, &made)
	c.event("Ev1", map[string]any{"type": "message", "channel_type": "im", "user": "U0OTHER", "channel": "D0OTHER", "text": made.Code})
	v, err := c.Store.Village(context.Background(), "xiangyang")
	if err != nil {
		t.Fatal(err)
	}
	if s, _ := v.Member("liu"); s.Slack != "U0OTHER" {
		t.Errorf("written to the app: %q", s.Slack)
	}
}

// picture is a photo as a phone makes it.
func picture(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewRGBA(image.Rect(0, 0, 64, 48)), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func upload(id string) any {
	return map[string]any{"type": "file_input", "files": []any{map[string]any{"id": id}}}
}

// The photo of the work done comes into the matter, is seen in the console by who
// may, and goes with the words.
func TestSlackPhoto(t *testing.T) {
	c := startChat(t)
	m := c.text(auntie, "村口路灯坏了三天了")
	c.press("U0LI", "approve", m)
	c.press("U0LIU", "claim", c.now(m))
	c.press("U0LIU", "finish", c.now(m))
	f := c.opened("U0LIU")
	c.slack.AddFile("F0PAGE", "x.jpg", "image/jpeg", "U0LIU", []byte("<html>"))
	c.slack.AddFile("F0LAMP", "lamp.jpg", "image/jpeg", "U0LIU", picture(t))
	for _, bad := range []string{"F0PAGE", "F0NONE", "../etc"} {
		got := f.submit(map[string]any{"outcome": option("solved"), "photo": upload(bad)})
		if now := c.slack.View(f.id); got["response_action"] != "update" || !strings.Contains(string(now), "用不了") || c.now(m).State != matter.Handling {
			t.Errorf("%s: %v, then %s; it is %s", bad, show(got), now, c.now(m).State)
		}
	}
	got := f.submit(map[string]any{"outcome": option("solved"), "photo": upload("F0LAMP")})
	if !strings.Contains(show(got), "正在取照片") {
		t.Errorf("answered %s", show(got))
	}
	done := c.now(m)
	if done.State != matter.Done || len(done.Photos) != 1 || done.Unshown || !strings.Contains(string(c.slack.View(f.id)), "办结了") {
		t.Fatalf("%s with %v (unshown %v); the form says %s", done.State, done.Photos, done.Unshown, c.slack.View(f.id))
	}
	f.submit(map[string]any{"outcome": option("solved"), "photo": upload("F0LAMP")}) // sent again
	if n := c.kept(); n != 1 || len(c.now(m).Photos) != 1 {
		t.Errorf("%d pictures are kept, the matter has %v", n, c.now(m).Photos)
	}
	c.post("/api/v1/villages/xiangyang/residents/"+auntie+"/erase", map[string]any{"by": "li"}, 200, nil)
	if n := c.kept(); n != 0 {
		t.Errorf("erased, and %d pictures are kept", n)
	}
}

// kept is how many pictures lie in the data folder.
func (c *chat) kept() (n int) {
	c.t.Helper()
	err := filepath.WalkDir(filepath.Join(c.Config.Data, "media"), func(_ string, d os.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(d.Name(), ".jpg") {
			n++
		}
		return nil
	})
	if err != nil {
		c.t.Fatal(err)
	}
	return n
}

// What is written in a thread stays there; picked by its menu, it becomes a note or
// a photo of the matter. The resident hears of none of it.
func TestSlackThread(t *testing.T) {
	c := startChat(t)
	m := c.text(auntie, "村口路灯坏了三天了")
	heard := c.sms(auntie)
	c.drawnAll()
	card := only(t, c.slack, "C0APPROVE")
	c.event("Ev9", map[string]any{"type": "message", "channel": card.Channel, "channel_type": "channel", "user": "U0LIU", "thread_ts": card.TS, "text": "我明天去看看"})
	if e := c.events(m); len(e) != 1 {
		t.Errorf("a word in the thread made %d events", len(e)-1)
	}
	c.slack.AddFile("F0LAMP", "lamp.jpg", "image/jpeg", "U0LIU", picture(t))
	point := func(menu, ts string) {
		c.interact(map[string]any{"type": "message_action", "callback_id": menu, "trigger_id": "T9", "user": map[string]any{"id": "U0LIU"},
			"channel": map[string]any{"id": card.Channel}, "message": map[string]any{"ts": "1700000500.000001", "thread_ts": ts, "text": "线也老化了",
				"files": []any{map[string]any{"id": "F0LAMP"}}}})
	}
	point("note_it", card.TS)
	f := c.opened("U0LIU")
	if !strings.Contains(f.text(), "线也老化了") || len(c.events(m)) != 1 {
		t.Fatalf("the form: %s; %d events", f.text(), len(c.events(m)))
	}
	f.submit(map[string]any{"note": "线也老化了"})
	if e := c.events(m); len(e) != 2 || e[1].Kind != matter.Note || e[1].Note != "线也老化了" {
		t.Errorf("the note: %+v", e)
	}
	point("use_photo", card.TS)
	f = c.opened("U0LIU")
	f.submit(map[string]any{"note": "现场照片"})
	if now := c.now(m); len(now.Photos) != 1 {
		t.Errorf("photos %v; %s", now.Photos, c.slack.View(f.id))
	}
	point("note_it", "1600000000.000001") // under no card
	if f := c.opened("U0LIU"); !strings.Contains(f.text(), "不在哪张卡片下面") {
		t.Errorf("under no card: %s", f.text())
	}
	c.settle()
	if got := c.sms(auntie); got != heard {
		t.Errorf("she heard of it: %q", got)
	}
}

// Over a socket the same things happen, acknowledged in the same way; a socket that
// Slack closes is opened again.
func TestSlackSocket(t *testing.T) {
	c := startChat(t, "SLACK_APP_TOKEN", slacktest.AppToken)
	m := c.text(auntie, "村口路灯坏了三天了")
	c.connected()
	if _, err := c.slack.Push("interactive", "E1", pressing("U0LI", "approve", m, "1700000001.000001"), 3*time.Second); err != nil {
		t.Fatal(err)
	}
	if now := c.now(m); now.State != matter.Queued {
		t.Errorf("pressed: %s", now.State)
	}
	ack, err := c.slack.Push("slash_commands", "E2", map[string]any{"command": "/sanshi", "text": "list", "user_id": "U0LI", "trigger_id": "T"}, 3*time.Second)
	if err != nil || !strings.Contains(string(ack), "ephemeral") {
		t.Errorf("typed: %s, %v", ack, err)
	}
	if err := c.slack.Disconnect(); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		_, err := c.slack.Push("events_api", "E3", map[string]any{"type": "event_callback", "event_id": "Ev3",
			"event": map[string]any{"type": "message", "channel_type": "im", "user": "U0LI", "text": "你好"}}, time.Second)
		if err == nil {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the socket is not opened again: ", err)
		}
	}
	// What came over one connection and again over another, or by HTTP, counts once.
	c.hook.Wait(context.Background())
	before := len(c.slack.Messages(slacktest.Direct("U0LI")))
	c.event("Ev3", map[string]any{"type": "message", "channel_type": "im", "user": "U0LI", "text": "你好"})
	if after := len(c.slack.Messages(slacktest.Direct("U0LI"))); before == 0 || after != before {
		t.Errorf("told %d times, then %d", before, after)
	}
}

func (c *chat) connected() {
	c.t.Helper()
	for deadline := time.Now().Add(10 * time.Second); c.slack.Connections() == 0; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			c.t.Fatal("no socket was opened")
		}
	}
}

// The pictures of a matter are shown in the console to who may read it, and to
// nobody else.
func TestConsolePhoto(t *testing.T) {
	c := startChat(t)
	m := c.text(auntie, "村口路灯坏了三天了")
	ref, err := c.pictures().Keep("xiangyang", m.ID, bytes.NewReader(picture(t)))
	if err != nil {
		t.Fatal(err)
	}
	c.post("/api/v1/villages/xiangyang/matters/"+m.ID+"/events", map[string]any{"by": "li", "event": "note", "note": "照片", "photo": ref}, 200, nil)
	place := "/console/m/" + m.ID + "/photo/"
	for _, s := range []string{"li", "liu"} {
		if status, kind := c.seen(s, place+"0"); status != 200 || kind != "image/jpeg" {
			t.Errorf("%s: %d %s", s, status, kind)
		}
		for _, n := range []string{"1", "-1", "x", "0%2f..%2f..%2fx"} {
			if status, _ := c.seen(s, place+n); status != 404 {
				t.Errorf("%s, picture %s: %d", s, n, status)
			}
		}
	}
	if status, _ := c.seen("", place+"0"); status != 303 {
		t.Errorf("nobody: %d", status)
	}
	// Private: the secretary sees nothing before she says why.
	private := c.text("+8613800000005", "我老公天天赌钱不管家，儿媳妇也跟我吵架，别跟别人说")
	if ref, err = c.pictures().Keep("xiangyang", private.ID, bytes.NewReader(picture(t))); err != nil {
		t.Fatal(err)
	}
	act := func(event, note string) {
		c.post("/api/v1/villages/xiangyang/matters/"+private.ID+"/events", map[string]any{"by": "li", "event": event, "note": note, "photo": ref}, 200, nil)
	}
	c.post("/api/v1/villages/xiangyang/matters/"+private.ID+"/events", map[string]any{"by": "li", "event": "reveal", "note": "上门"}, 200, nil)
	act("note", "照片")
	place = "/console/m/" + private.ID + "/photo/0"
	for who, want := range map[string]int{"li": 200, "liu": 403, "zhou": 403} {
		if status, _ := c.seen(who, place); status != want {
			t.Errorf("private, %s: %d, want %d", who, status, want)
		}
	}
}

// seen is what somebody of the staff gets from the console; "" is nobody.
func (c *chat) seen(staff, path string) (status int, kind string) {
	c.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		c.t.Fatal(err)
	}
	browser := http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	if staff != "" {
		token, err := c.Store.NewLink(context.Background(), "xiangyang", staff, time.Hour)
		if err != nil {
			c.t.Fatal(err)
		}
		res, err := browser.PostForm(c.URL()+"/console/in", url.Values{"token": {token}})
		if err != nil {
			c.t.Fatal(err)
		}
		res.Body.Close()
	}
	res, err := browser.Get(c.URL() + path)
	if err != nil {
		c.t.Fatal(err)
	}
	defer res.Body.Close()
	return res.StatusCode, res.Header.Get("Content-Type")
}

// Removed from the workspace: the service says so and serves on.
func TestSlackRemoved(t *testing.T) {
	c := startChat(t)
	c.event("Ev1", map[string]any{"type": "app_uninstalled"})
	var ready struct {
		Status string
		Checks map[string]string
	}
	c.getFrom(c.InternalURL()+"/readyz", &ready)
	if ready.Status != "degraded" || !strings.Contains(ready.Checks["slack"], "install it again") {
		t.Errorf("%+v", ready)
	}
	if m := c.text(auntie, "村口路灯坏了三天了"); m.State != matter.Sorting {
		t.Errorf("a text meanwhile: %s", m.State)
	}
}
