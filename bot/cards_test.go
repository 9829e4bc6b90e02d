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
func TestSlackCardFollows(t *testing.T) {
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
