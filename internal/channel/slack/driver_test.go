package slack

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"sanshi/internal/channel"
	"sanshi/internal/channel/channeltest"
	"sanshi/internal/channel/slack/slacktest"
	"sanshi/internal/matter"
	"sanshi/internal/message"
)

func TestDriver(t *testing.T) {
	channeltest.Run(t, func(t *testing.T) channeltest.Carrier {
		s := slacktest.New(t)
		client := NewClient(Config{BotToken: slacktest.BotToken, APIURL: s.URL})
		play := func(f slacktest.Fault) func() { return func() { s.Play("chat.postMessage", f) } }
		t.Cleanup(func() {
			if faults := slacktest.Unpublished(s.Calls()); len(faults) > 0 {
				t.Errorf("what we ask is not what Slack published: %q", faults)
			}
		})
		return channeltest.Carrier{
			Driver: Driver{Client: client}, To: "slack:U0WANG0000", Sender: "U0WANG0000",
			Gone: func() (all []string) {
				for _, m := range s.Messages(slacktest.Direct("U0WANG0000")) {
					all = append(all, m.Text)
				}
				return all
			},
			Lose: play(slacktest.Fault{Taken: true, Cut: true}), Cut: play(slacktest.Fault{Cut: true}), Hang: play(slacktest.Fault{Slow: time.Second}),
			Refuse: func() { s.Deactivate("U0WANG0000") }, Busy: play(slacktest.Fault{After: "7"}), Later: 7 * time.Second,
		}
	})
}

// A direct message has the buttons that its reader may press, and leaves without
// them when nobody knows which.
func TestDirectMessageButtons(t *testing.T) {
	s := slacktest.New(t)
	d := Driver{Client: NewClient(Config{BotToken: slacktest.BotToken, APIURL: s.URL})}
	out := message.Outbound{ID: "o1", Village: "xiangyang", To: "slack:U0WANG0000", Staff: "wang", Matter: lamp().ID, Text: "派给您：<路灯> 电话13812345678"}
	d.View = func(_ context.Context, where, id, staff string) (CardView, error) {
		if where != "xiangyang" || id != lamp().ID || staff != "wang" {
			t.Errorf("asked for %s %s %s", where, id, staff)
		}
		return CardView{Village: village(), Matter: lamp(), Allowed: []matter.EventKind{matter.Finish, matter.Claim, matter.Ask}}, nil
	}
	if _, err := d.Send(t.Context(), out); err != nil {
		t.Fatal(err)
	}
	d.View = func(context.Context, string, string, string) (CardView, error) {
		return CardView{}, errors.New("the database is away")
	}
	if _, err := d.Send(t.Context(), out); err != nil {
		t.Fatal(err)
	}
	all := s.Messages(slacktest.Direct("U0WANG0000"))
	if len(all) != 2 {
		t.Fatal(len(all))
	}
	first, second := string(all[0].Blocks), string(all[1].Blocks)
	if !strings.Contains(first, `"action_id":"claim"`) || !strings.Contains(first, `"action_id":"finish"`) || strings.Contains(first, `"ask"`) {
		t.Errorf("%s", first)
	}
	if strings.Contains(second, "actions") || !strings.Contains(second, "派给您") {
		t.Errorf("%s", second)
	}
	if strings.Contains(first+all[0].Text, "13812345678") || !strings.Contains(all[0].Text, "&lt;路灯&gt;") {
		t.Errorf("%q", all[0].Text)
	}
}

// What somebody must put right is tried again; what can never go is given up.
func TestProblems(t *testing.T) {
	for code, permanent := range map[string]bool{
		"channel_not_found": true, "user_not_found": true, "invalid_blocks": true, "msg_too_long": true,
		"invalid_auth": false, "missing_scope": false, "ratelimited": false, "new_code_of_slacks": false,
	} {
		var p *channel.Problem
		if err := problem(&Refusal{Method: "chat.postMessage", Code: code}); !errors.As(err, &p) || p.Permanent != permanent || p.Code != code {
			t.Errorf("%s: %+v", code, err)
		}
	}
	var p *channel.Problem
	if errors.As(problem(errors.New("no answer")), &p) {
		t.Error("silence is taken for an answer")
	}
}
