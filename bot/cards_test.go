package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"sanshi/internal/channel/slack/slacktest"
	"sanshi/internal/matter"
)

// says texts the demo village and gives the matter that came of it.
func (r *chat) says(from, text string) matter.Matter {
	r.t.Helper()
	r.post("/api/v1/villages/xiangyang/messages", map[string]string{"from": from, "text": text}, 202, nil)
	r.settle()
	all := r.matters()
	if len(all) == 0 {
		r.t.Fatalf("nothing came of %q", text)
	}
	return all[0]
}

// drawnAll waits until every card shows what is wanted.
func (r *chat) drawnAll() {
	r.t.Helper()
	r.settle()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(2 * time.Millisecond) {
		cards, err := r.Store.CardsWaiting(context.Background())
		if err != nil {
			r.t.Fatal(err)
		}
		if cards == 0 {
			return
		}
		if time.Now().After(deadline) {
			r.t.Fatalf("%d cards are not drawn after 20 s", cards)
		}
	}
}

// troubled waits until it is recorded that a card could not be drawn: from then on
// time may pass.
func (r *chat) troubled() {
	r.t.Helper()
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		problems, err := r.Store.CardProblems(context.Background())
		if err != nil {
			r.t.Fatal(err)
		}
		if len(problems) > 0 {
			return
		}
		if time.Now().After(deadline) {
			r.t.Fatal("every card could be drawn")
		}
	}
}

// only is the one message of a channel.
func only(t *testing.T, s *slacktest.Server, channel string) slacktest.Message {
	t.Helper()
	all := s.Messages(channel)
	if len(all) != 1 {
		t.Fatalf("%s has %d messages: %+v", channel, len(all), all)
	}
	return all[0]
}

// pressable lists the buttons of a message by action_id, and their block_id.
func pressable(m slacktest.Message) (actions []string, block string) {
	var blocks []struct {
		Type     string `json:"type"`
		ID       string `json:"block_id"`
		Elements []struct {
			Action string `json:"action_id"`
		} `json:"elements"`
	}
	_ = json.Unmarshal(m.Blocks, &blocks)
	for _, b := range blocks {
		if b.Type == "actions" {
			block = b.ID
			for _, e := range b.Elements {
				actions = append(actions, e.Action)
			}
		}
	}
	return actions, block
}

// A text becomes an approval card; approved by the API, that card is changed in
// place and the queue's card is posted.
func TestCardsFollow(t *testing.T) {
	r := startChat(t)
	s := r.slack
	m := r.says("+8613800000001", "村口路灯坏了三天了，我电话13812345678")
	r.drawnAll()
	card := only(t, s, "C0APPROVE")
	actions, block := pressable(card)
	if strings.Join(actions, " ") != "approve correct merge decline" || block != fmt.Sprintf("%s:%d", m.ID, m.Version) {
		t.Errorf("buttons %v of %s", actions, block)
	}
	if b := string(card.Blocks); !strings.Contains(b, "路灯坏了三天") || strings.Contains(b, "13812345678") || strings.Contains(b, "13800000001") {
		t.Errorf("the card shows %s", b)
	}
	r.act(m.ID, "li", "approve")
	r.drawnAll()
	changed := only(t, s, "C0APPROVE")
	if changed.TS != card.TS || changed.Edits == 0 || !strings.Contains(changed.Text, "待接手") {
		t.Errorf("the approval card did not follow: %+v", changed)
	}
	queue := only(t, s, "C0VILLAGE")
	if actions, _ := pressable(queue); len(actions) == 0 || actions[0] != "claim" {
		t.Errorf("the queue's card has %v", actions)
	}
}

// Thirty changes while one drawing is under way are a few drawings, and the last
// state is what stands.
func TestCardsManyChanges(t *testing.T) {
	r := startChat(t)
	m := r.says("+8613800000001", "村口路灯坏了三天了")
	r.drawnAll()
	r.act(m.ID, "li", "approve")
	r.drawnAll()
	before := len(r.slack.Calls("chat.update", "chat.postMessage"))
	r.slack.Play("chat.update", slacktest.Fault{Slow: 500 * time.Millisecond, Taken: true}, slacktest.Fault{Slow: 500 * time.Millisecond, Taken: true})
	for i := range 28 {
		r.post("/api/v1/villages/xiangyang/matters/"+m.ID+"/events", map[string]any{"by": "li", "event": "note", "note": fmt.Sprint("第", i, "次看过")}, 200, nil)
	}
	r.act(m.ID, "wang", "claim")
	r.post("/api/v1/villages/xiangyang/matters/"+m.ID+"/events", map[string]any{"by": "wang", "event": "finish", "outcome": "solved", "note": "换了灯泡"}, 200, nil)
	r.drawnAll()
	if n := len(r.slack.Calls("chat.update", "chat.postMessage")) - before; n > 20 {
		t.Errorf("%d drawings of 2 cards for 30 changes", n)
	}
	for _, channel := range []string{"C0APPROVE", "C0VILLAGE"} {
		if card := only(t, r.slack, channel); !strings.Contains(card.Text, "办完") || !strings.Contains(string(card.Blocks), "解决了") {
			t.Errorf("%s shows %s", channel, card.Text)
		}
	}
}

// Slack took a card and the answer was lost: one card stands, on the real database.
func TestCardsLostAnswer(t *testing.T) {
	r := startChat(t)
	r.slack.Play("chat.postMessage", slacktest.Fault{Taken: true, Cut: true})
	m := r.says("+8613800000001", "村口路灯坏了三天了")
	r.troubled()
	r.clock.advance(time.Minute)
	r.act(m.ID, "li", "approve")
	r.drawnAll()
	if card := only(t, r.slack, "C0APPROVE"); card.Edits == 0 {
		t.Errorf("%+v", card)
	}
}

// Slack away: texts are answered, cards wait, the service is ready and says so;
// when Slack is back the cards come as the matters now are.
func TestCardsSlackAway(t *testing.T) {
	r := startChat(t)
	r.slack.Lock("invalid_auth")
	m := r.says("+8613800000001", "村口路灯坏了三天了")
	talk := r.texts("+8613800000001")
	if !strings.Contains(talk, m.Number) {
		t.Errorf("she is told %q", talk)
	}
	r.troubled()
	if how := r.ready()["slack"]; !strings.Contains(how, "invalid_auth") {
		t.Errorf("readyz says %s", how)
	}
	r.act(m.ID, "li", "approve")
	r.slack.Lock("")
	r.clock.advance(11 * time.Minute)
	r.drawnAll()
	if all := r.slack.Messages("C0APPROVE"); len(all) != 0 {
		t.Errorf("what was approved meanwhile is still asked: %+v", all)
	}
	only(t, r.slack, "C0VILLAGE")
	if how := r.ready()["slack"]; how != "ok" {
		t.Errorf("readyz says %s", how)
	}
}

// texts is all that a number was sent.
func (r *chat) texts(number string) string {
	r.t.Helper()
	var body struct {
		Messages []struct{ Direction, Text string }
	}
	r.get("/api/v1/villages/xiangyang/conversations/sms:"+number, &body)
	all := ""
	for _, m := range body.Messages {
		if m.Direction == "out" {
			all += m.Text + "\n"
		}
	}
	return all
}

func (r *chat) ready() map[string]string {
	r.t.Helper()
	var body struct {
		Status string
		Checks map[string]string
	}
	r.getFrom(r.InternalURL()+"/readyz", &body) // not 200 would be a body without checks
	if body.Status != "ok" && body.Status != "degraded" {
		r.t.Fatalf("%+v", body)
	}
	return body.Checks
}

// Of a private matter nothing stands anywhere in Slack but its number: not in a
// channel, a direct message, or a home page, whatever happens to it. Who is to see
// to a quiet danger is told without a word, and there is no card of it.
func TestCardsPrivate(t *testing.T) {
	r := startChat(t)
	for _, user := range []string{"U0LI", "U0WANG", "U0SUN"} {
		if err := r.pen.OpenHome(context.Background(), user); err != nil {
			t.Fatal(err)
		}
	}
	m := r.says("+8613800000036", "我跟男人过不下去了 想问问 不要跟别人讲")
	if !m.Private {
		t.Fatalf("the test cannot fail: %+v", m)
	}
	r.drawnAll()
	r.act(m.ID, "li", "approve")
	r.post("/api/v1/villages/xiangyang/matters/"+m.ID+"/events", map[string]any{"by": "li", "event": "assign", "assignee": "zhou"}, 200, nil)
	r.drawnAll()
	quiet := r.says("+8613800000211", "他又打我了 我躲在厕所里")
	r.drawnAll()
	all := r.slack.Everything()
	for _, word := range []string{"过不下去", "男人", "想问", "打我", "厕所", "13800000036", "13800000211"} {
		if strings.Contains(all, word) {
			t.Errorf("%q stands in Slack", word)
		}
	}
	for _, channel := range []string{"C0APPROVE", "C0HOUSE"} {
		if card := only(t, r.slack, channel); !strings.Contains(card.Text, "1件保密事项（"+m.Number+"）") {
			t.Errorf("%s shows %q", channel, card.Text)
		}
	}
	told := r.slack.Messages(slacktest.Direct("U0ZHOU"))
	if len(told) == 0 || !strings.Contains(told[len(told)-1].Text, quiet.Number) || strings.Contains(all, "C0HOUSE 1件保密事项（"+quiet.Number) {
		t.Errorf("of the quiet danger: %+v", told)
	}
}

// An emergency reaches the squad in Slack and by SMS, with a button to take it; an
// ordinary notice only in Slack.
func TestCardsDirectMessages(t *testing.T) {
	r := startChat(t)
	fire := r.says("+8613800000001", "后山着火了")
	r.drawnAll()
	dm := only(t, r.slack, slacktest.Direct("U0WANG"))
	if actions, block := pressable(dm); len(actions) == 0 || actions[0] != "claim" || !strings.HasPrefix(block, fire.ID+":") {
		t.Errorf("buttons %v of %s", actions, block)
	}
	if sms := r.texts("+12065550112"); !strings.Contains(sms, fire.Number) {
		t.Errorf("by SMS the lead is told %q", sms)
	}
	lamp := r.says("+8613800000002", "村口路灯坏了三天了")
	r.act(lamp.ID, "li", "approve")
	r.post("/api/v1/villages/xiangyang/matters/"+lamp.ID+"/events", map[string]any{"by": "li", "event": "assign", "assignee": "wang"}, 200, nil)
	r.drawnAll()
	all := r.slack.Messages(slacktest.Direct("U0WANG"))
	last := all[len(all)-1]
	if actions, _ := pressable(last); !strings.Contains(last.Text, lamp.Number) || len(actions) == 0 || actions[0] != "finish" {
		t.Errorf("told %q with %v", last.Text, actions)
	}
	if sms := r.texts("+12065550112"); strings.Contains(sms, lamp.Number) {
		t.Errorf("told twice: %q", sms)
	}
}

// Who has left Slack is told by SMS.
func TestCardsAccountGone(t *testing.T) {
	r := startChat(t)
	r.slack.Deactivate("U0WANG")
	m := r.says("+8613800000001", "村口路灯坏了三天了")
	r.act(m.ID, "li", "approve")
	r.post("/api/v1/villages/xiangyang/matters/"+m.ID+"/events", map[string]any{"by": "li", "event": "assign", "assignee": "wang"}, 200, nil)
	r.drawnAll()
	if sms := r.texts("+12065550112"); !strings.Contains(sms, m.Number) {
		t.Errorf("she hears by SMS %q", sms)
	}
}

// Who wants no texts gets none when Slack fails her either.
func TestCardsAccountGoneAndStopped(t *testing.T) {
	r := startChat(t)
	r.post("/api/v1/villages/xiangyang/messages", map[string]string{"from": "+12065550112", "text": "退订"}, 202, nil)
	r.settle()
	r.slack.Deactivate("U0WANG")
	m := r.says("+8613800000001", "村口路灯坏了三天了")
	r.act(m.ID, "li", "approve")
	r.post("/api/v1/villages/xiangyang/matters/"+m.ID+"/events", map[string]any{"by": "li", "event": "assign", "assignee": "wang"}, 200, nil)
	r.drawnAll()
	if sms := r.texts("+12065550112"); strings.Contains(sms, m.Number) {
		t.Errorf("who stopped is texted %q", sms)
	}
}

// What was kept long enough goes from Slack too: cards and direct messages.
func TestCardsAged(t *testing.T) {
	r := startChat(t)
	m := r.says("+8613800000001", "村口路灯坏了三天了")
	r.drawnAll()
	r.act(m.ID, "li", "approve")
	r.post("/api/v1/villages/xiangyang/matters/"+m.ID+"/events", map[string]any{"by": "li", "event": "assign", "assignee": "wang"}, 200, nil)
	r.drawnAll()
	r.post("/api/v1/villages/xiangyang/matters/"+m.ID+"/events", map[string]any{"by": "wang", "event": "finish", "outcome": "solved", "note": "换了灯泡"}, 200, nil)
	r.drawnAll()
	if !strings.Contains(r.slack.Everything(), "路灯坏了") {
		t.Fatal("the test cannot fail")
	}
	r.act(m.ID, "li", "reopen")
	r.post("/api/v1/villages/xiangyang/matters/"+m.ID+"/events", map[string]any{"by": "li", "event": "decline", "note": "今年没有预算"}, 200, nil)
	r.drawnAll()
	r.clock.advance(4 * 365 * 24 * time.Hour)
	if err := r.forgetOld(context.Background()); err != nil {
		t.Fatal(err)
	}
	r.drawnAll()
	if all := r.slack.Everything(); strings.Contains(all, "路灯坏了") {
		t.Errorf("after four years Slack still shows %q", all)
	}
}

// Erasing somebody takes her words from every card that stands.
func TestCardsErase(t *testing.T) {
	r := startChat(t)
	m := r.says("+8613800000001", "村口路灯坏了三天了，我是秦大娘")
	r.drawnAll()
	r.act(m.ID, "li", "approve")
	r.post("/api/v1/villages/xiangyang/matters/"+m.ID+"/events", map[string]any{"by": "li", "event": "assign", "assignee": "wang"}, 200, nil)
	r.drawnAll()
	if dm := only(t, r.slack, slacktest.Direct("U0WANG")); !strings.Contains(dm.Text, "路灯坏") {
		t.Fatalf("the test cannot fail: %+v", dm)
	}
	if all := r.slack.Everything(); !strings.Contains(all, "路灯坏了三天") {
		t.Fatal("the test cannot fail")
	}
	r.post("/api/v1/villages/xiangyang/residents/+8613800000001/erase", map[string]any{"by": "li"}, 200, nil)
	r.drawnAll()
	all := r.slack.Everything()
	for _, word := range []string{"坏了三天", "秦", "路灯坏"} {
		if strings.Contains(all, word) {
			t.Errorf("%q still stands in Slack", word)
		}
	}
	if card := only(t, r.slack, "C0VILLAGE"); !strings.Contains(string(card.Blocks), "删除") {
		t.Errorf("%s", card.Blocks)
	}
}
