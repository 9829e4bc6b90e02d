package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"sanshi/internal/channel/slack/slacktest"
	"sanshi/internal/matter"
)

// chat is the real program beside the stand-in for Slack, with people who press,
// type and fill in forms there.
type chat struct {
	*rig
	slack  *slacktest.Server
	serial int
}

func startChat(t *testing.T, more ...string) *chat {
	t.Helper()
	s := slacktest.New(t)
	env := map[string]string{"SLACK_BOT_TOKEN": slacktest.BotToken, "SLACK_SIGNING_SECRET": slacktest.SigningSecret, "SLACK_API_URL": s.URL}
	for i := 0; i+1 < len(more); i += 2 {
		env[more[i]] = more[i+1]
	}
	r := startRig(t, rigOptions{env: env})
	s.Now = r.clock.Now
	return &chat{rig: r, slack: s}
}

// signature is what Slack puts on a request.
func signature(secret, stamp, body string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	fmt.Fprintf(mac, "v0:%s:%s", stamp, body)
	return "v0=" + hex.EncodeToString(mac.Sum(nil))
}

// send makes a signed request, as Slack does, and waits for what it causes.
func (c *chat) send(path, kind, body string) (status int, answer string) {
	c.t.Helper()
	stamp := strconv.FormatInt(time.Now().Unix(), 10)
	status, answer = c.raw("POST", path, kind, body, stamp, signature(slacktest.SigningSecret, stamp, body))
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	c.hook.Wait(ctx)
	return status, answer
}

func (c *chat) raw(method, path, kind, body, stamp, sign string) (int, string) {
	c.t.Helper()
	req, err := http.NewRequest(method, c.URL()+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header.Set("Content-Type", kind)
	req.Header.Set("X-Slack-Request-Timestamp", stamp)
	req.Header.Set("X-Slack-Signature", sign)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return res.StatusCode, string(b)
}

const aForm = "application/x-www-form-urlencoded"

// interact sends a payload and gives what Slack would do with the answer.
func (c *chat) interact(payload map[string]any) map[string]any {
	c.t.Helper()
	b, err := json.Marshal(payload)
	if err != nil {
		c.t.Fatal(err)
	}
	status, answer := c.send("/slack/interactions", aForm, url.Values{"payload": {string(b)}}.Encode())
	if status != 200 {
		c.t.Fatalf("%d %s", status, answer)
	}
	out := map[string]any{}
	if answer != "" {
		if err := json.Unmarshal([]byte(answer), &out); err != nil {
			c.t.Fatalf("%v in %s", err, answer)
		}
	}
	return out
}

// press is a tap on a card's button.
func (c *chat) press(user, event string, m matter.Matter) {
	c.t.Helper()
	c.serial++
	c.interact(pressing(user, event, m, fmt.Sprintf("1700000000.%06d", c.serial)))
}

func pressing(user, event string, m matter.Matter, at string) map[string]any {
	return map[string]any{
		"type": "block_actions", "user": map[string]any{"id": user}, "trigger_id": "T" + at,
		"channel":   map[string]any{"id": "C0APPROVE"},
		"container": map[string]any{"type": "message", "channel_id": "C0APPROVE", "message_ts": "1700000000.000001"},
		"actions": []any{map[string]any{"type": "button", "action_id": event, "value": m.ID,
			"block_id": m.ID + ":" + strconv.Itoa(m.Version), "action_ts": at}},
	}
}

// form is a view as it stands on somebody's screen.
type form struct {
	*chat
	user string
	id   string
	view map[string]any
}

// opened is the form that was opened last.
func (c *chat) opened(user string) *form {
	c.t.Helper()
	calls := c.slack.Calls("views.open")
	if len(calls) == 0 {
		c.t.Fatal("no form was opened")
	}
	last := fmt.Sprintf("V%09d", 0)
	for i := range 5000 {
		if id := fmt.Sprintf("V%09d", i); c.slack.View(id) != nil {
			last = id
		}
	}
	f := &form{chat: c, user: user, id: last}
	if err := json.Unmarshal(c.slack.View(last), &f.view); err != nil {
		c.t.Fatal(err)
	}
	return f
}

func (f *form) text() string { b, _ := json.Marshal(f.view); return string(b) }

// submit sends the form with these values: an element's state a field, or a text.
func (f *form) submit(values map[string]any) map[string]any {
	f.t.Helper()
	state := map[string]any{}
	for field, v := range values {
		switch x := v.(type) {
		case string:
			state[field] = map[string]any{field: map[string]any{"type": "plain_text_input", "value": x}}
		default:
			state[field] = map[string]any{field: x}
		}
	}
	view := map[string]any{"id": f.id, "state": map[string]any{"values": state}}
	for k, v := range f.view {
		view[k] = v
	}
	return f.interact(map[string]any{"type": "view_submission", "user": map[string]any{"id": f.user}, "view": view})
}

func option(value string) any {
	return map[string]any{"type": "static_select", "selected_option": map[string]any{"value": value}}
}

// command types /sanshi and gives what is answered.
func (c *chat) command(user, text string) string {
	c.t.Helper()
	status, answer := c.send("/slack/commands", aForm, url.Values{
		"command": {"/sanshi"}, "text": {text}, "user_id": {user}, "channel_id": {"C0VILLAGE"}, "trigger_id": {"T1"}}.Encode())
	if status != 200 {
		c.t.Fatalf("%d %s", status, answer)
	}
	return answer
}

// event is what Slack tells of its own accord.
func (c *chat) event(id string, e map[string]any) int {
	c.t.Helper()
	b, err := json.Marshal(map[string]any{"type": "event_callback", "event_id": id, "event": e})
	if err != nil {
		c.t.Fatal(err)
	}
	status, _ := c.send("/slack/events", "application/json", string(b))
	return status
}

// told is the last thing that one person alone was told.
func (c *chat) told(user string) string {
	c.t.Helper()
	for _, w := range slices.Backward(c.slack.Whispers()) {
		if w.User == user {
			return w.Text + string(w.Blocks)
		}
	}
	all := c.slack.Messages(slacktest.Direct(user))
	if len(all) == 0 {
		return ""
	}
	return all[len(all)-1].Text
}

// text lets a resident write, and gives the matter that came of it.
func (c *chat) text(from, words string) matter.Matter {
	c.t.Helper()
	before := c.matters()
	c.post("/api/v1/villages/xiangyang/messages", map[string]any{"from": from, "text": words}, 202, nil)
	c.settle()
	for _, m := range c.matters() {
		if !slices.ContainsFunc(before, func(x matter.Matter) bool { return x.ID == m.ID }) {
			return m
		}
	}
	c.t.Fatalf("no matter came of %q", words)
	return matter.Matter{}
}

// now is a matter as it stands.
func (c *chat) now(m matter.Matter) matter.Matter {
	c.t.Helper()
	m, err := c.Store.Matter(context.Background(), m.Village, m.ID)
	if err != nil {
		c.t.Fatal(err)
	}
	return m
}

func (c *chat) events(m matter.Matter) []matter.Event {
	c.t.Helper()
	all, err := c.Store.Events(context.Background(), m.Village, m.ID)
	if err != nil {
		c.t.Fatal(err)
	}
	return all
}

// sms is all that was sent to an address, as one text.
func (c *chat) sms(address string) string {
	c.t.Helper()
	var got struct {
		Messages []struct{ Direction, Text string }
	}
	c.get("/api/v1/villages/xiangyang/conversations/"+address, &got)
	var b bytes.Buffer
	for _, m := range got.Messages {
		if m.Direction == "out" {
			fmt.Fprintln(&b, m.Text)
		}
	}
	return b.String()
}

const auntie = "+8613800000001"

// A whole day in Slack: approve, claim, ask, plan, finish; she is texted each time.
func TestSlackDay(t *testing.T) {
	c := startChat(t)
	m := c.text(auntie, "村口路灯坏了三天了")
	c.press("U0LI", "approve", m)
	if m = c.now(m); m.State != matter.Queued || m.ApprovedBy != "li" {
		t.Fatalf("approved in Slack: %s by %q; told %q", m.State, m.ApprovedBy, c.told("U0LI"))
	}
	if e := c.events(m); e[len(e)-1].Via != "slack" {
		t.Errorf("the record says via %q", e[len(e)-1].Via)
	}
	if got := c.told("U0LI"); !strings.Contains(got, "同意了") || !strings.Contains(got, `"undo"`) {
		t.Errorf("she is told %q", got)
	}
	c.press("U0LIU", "claim", m)
	if m = c.now(m); m.State != matter.Handling || m.Assignee != "liu" {
		t.Fatalf("claimed in Slack: %s by %q; told %q", m.State, m.Assignee, c.told("U0LIU"))
	}
	c.press("U0LIU", "ask", m)
	answer := c.opened("U0LIU").submit(map[string]any{"note": "灯在村口哪一头？", "for": option("resident")})
	shown, _ := json.Marshal(answer)
	if answer["response_action"] != "push" || !strings.Contains(string(shown), "向阳村】") || !strings.Contains(string(shown), "条短信") {
		t.Fatalf("the preview: %s", shown)
	}
	if c.settle(); strings.Contains(c.sms(auntie), "哪一头") {
		t.Fatal("a question went out before anybody pressed Send")
	}
	preview := &form{chat: c, user: "U0LIU", id: "V0PREVIEW", view: answer["view"].(map[string]any)}
	if got := preview.submit(nil); got["response_action"] != "clear" {
		t.Fatalf("sent: %v", got)
	}
	c.settle()
	text := c.sms(auntie)
	if !strings.Contains(text, "灯在村口哪一头") {
		t.Errorf("she got %q", text)
	}
	var told string
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		told = line
	}
	if !strings.Contains(string(shown), told) {
		t.Errorf("shown %s, sent %q", shown, told)
	}
	c.press("U0LIU", "finish", c.now(m))
	f := c.opened("U0LIU")
	if got := f.submit(map[string]any{"outcome": option("solved")}); got["response_action"] != "errors" {
		t.Errorf("neither photo nor note, and it answers %v", got)
	}
	if got := f.submit(map[string]any{"outcome": option("solved"), "note": "换了灯泡"}); got["response_action"] != "clear" {
		t.Errorf("finished: %v", got)
	}
	c.settle()
	if m = c.now(m); m.State != matter.Done || !strings.Contains(c.sms(auntie), "1到5") {
		t.Errorf("it is %s; she got %q", m.State, c.sms(auntie))
	}
}
