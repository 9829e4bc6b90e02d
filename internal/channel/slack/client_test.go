package slack

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	slackgo "github.com/slack-go/slack"

	"sanshi/internal/channel/slack/slacktest"
	"sanshi/internal/matter"
	"sanshi/prompts"
)

// A channel that Slack asked to rest is not called at all until then; others are.
func TestRest(t *testing.T) {
	s := slacktest.New(t)
	c := NewClient(Config{BotToken: slacktest.BotToken, APIURL: s.URL})
	s.Play("chat.postMessage", slacktest.Fault{After: "60"})
	for range 3 {
		_, err := c.Post(t.Context(), "C0HOUSE000", "好", nil)
		if RefusalCode(err) != "ratelimited" || afterOf(err) <= 50*time.Second || afterOf(err) > time.Minute {
			t.Errorf("%v, rest %v", err, afterOf(err))
		}
	}
	if _, err := c.Post(t.Context(), "C0VILLAGE0", "好", nil); err != nil {
		t.Error(err)
	}
	if n := len(s.Calls("chat.postMessage")); n != 2 {
		t.Errorf("%d calls, want one for each channel", n)
	}
	if err := c.Ask(t.Context()); err != nil {
		t.Errorf("resting is no trouble: %v", err)
	}
}

// What went wrong is told without the token, the address or the words.
func TestErrorsAreDiscreet(t *testing.T) {
	s := slacktest.New(t)
	c := NewClient(Config{BotToken: slacktest.BotToken, APIURL: s.URL})
	for name, f := range map[string]slacktest.Fault{"cut": {Cut: true}, "500": {HTTP: 500}, "error": {Error: "invalid_auth"}, "unsure": {Error: "internal_error"}} {
		s.Play("chat.postMessage", f)
		_, err := c.Post(t.Context(), "C0HOUSE000", "村口路灯坏了", nil)
		if err == nil {
			t.Fatal(name, "no error")
		}
		var r *Refusal
		if clear := errors.As(err, &r); clear != (name == "error") {
			t.Errorf("%s: %v is a clear no: %v", name, err, clear)
		}
		if text := err.Error(); strings.Contains(text, "xoxb") || strings.Contains(text, "http") || strings.Contains(text, "路灯") {
			t.Errorf("%s: %s", name, text)
		}
		if c.Ask(t.Context()) == nil {
			t.Errorf("%s: nobody hears of it", name)
		}
	}
	if _, err := c.Post(t.Context(), "C0HOUSE000", "好", nil); err != nil || c.Ask(t.Context()) != nil {
		t.Errorf("all is well again: %v %v", err, c.Ask(t.Context()))
	}
}

// The blocks that all cards and forms are made of hold Slack's limits themselves.
func TestBlocksHold(t *testing.T) {
	long := strings.Repeat("长", 5000)
	var many []matter.EventKind
	for range 40 {
		many = append(many, matter.Approve)
	}
	for name, b := range map[string]slackgo.Block{
		"plain": section("a", plainText(long, mostSection)), "marked": section("a", marked(long, mostSection)), "empty": section("", plainText("", mostSection)),
		"small": small(long, long, long, long, long, long, long, long, long, long, long, long), "buttons": buttons(prompts.Staff(""), lamp(), many[:1]),
	} {
		data, err := json.Marshal([]slackgo.Block{b})
		if err != nil {
			t.Fatal(err)
		}
		if wrong := slacktest.CheckMessage(data); wrong != "" && (name != "small" || wrong != "msg_too_long") {
			t.Errorf("%s: %s: %s", name, wrong, slacktest.ExplainMessage(data))
		}
	}
	if row := buttons(prompts.Staff(""), lamp(), many).(*slackgo.ActionBlock); len(row.Elements.ElementSet) != mostButtons {
		t.Errorf("%d buttons in a row", len(row.Elements.ElementSet))
	}
}
