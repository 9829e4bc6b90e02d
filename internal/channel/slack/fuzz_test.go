package slack

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	slackgo "github.com/slack-go/slack"

	"sanshi/internal/channel/slack/slacktest"
	"sanshi/internal/directory"
	"sanshi/internal/matter"
)

// Whatever a payload holds, nothing breaks, and the desk is asked only in the name
// of somebody who is staff there, about a matter of hers.
func FuzzInteraction(f *testing.F) {
	form := meta{Village: "a", Matter: "ma", Version: 3, Event: matter.Finish}.String()
	for _, seed := range []any{
		tap("U0A", "approve", "ma", 3), tap("U0B", "claim", "ma", -1), tap("U0A", "finish", "mb", 0), tap("", "", "", 0),
		map[string]any{"type": "view_submission", "user": map[string]any{"id": "U0A"}, "view": map[string]any{"id": "V", "callback_id": "act",
			"private_metadata": form, "state": map[string]any{"values": map[string]any{"note": map[string]any{"note": map[string]any{"value": "换好了"}}}}}},
		map[string]any{"type": "block_suggestion", "user": map[string]any{"id": "U0A"}, "action_id": "into", "value": "042", "view": map[string]any{"private_metadata": form}},
		map[string]any{"type": "message_action", "callback_id": "use_photo", "user": map[string]any{"id": "U0A"}, "message": map[string]any{"ts": "1.1"}},
		map[string]any{"type": "view_closed", "user": map[string]any{"id": "U0A"}}, []any{}, "x", nil,
	} {
		b, err := json.Marshal(seed)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(b))
	}
	o := newTown()
	h, _, _ := door(f, o)
	h.Media = nil
	f.Fuzz(func(t *testing.T, in string) {
		o.mu.Lock()
		o.asked = nil
		o.mu.Unlock()
		answer, err := h.interaction(t.Context(), []byte(in))
		if err == nil && answer != nil {
			if _, err := json.Marshal(answer); err != nil {
				t.Errorf("the answer is no JSON: %v", err)
			}
		}
		h.Wait(t.Context())
		for _, r := range o.asked {
			if r.By != "li" || r.Act.Via != "slack" || r.Village+"/"+r.Matter != "a/ma" && r.Village+"/"+r.Matter != "b/mb" {
				t.Errorf("%q asks %+v", in, r)
			}
		}
	})
}

// Whatever somebody types, she alone is answered, in blocks that Slack takes.
func FuzzCommand(f *testing.F) {
	for _, seed := range []string{"", "help", "list", "calls", "回电", "new 13800000001 家里没米了", "0427-0", "link 123456", "0428-8", "<!channel>", "列表", " \t", "\x00", strings.Repeat("x", 4000)} {
		f.Add("U0A", seed)
	}
	f.Add("U0STRANGER", "list")
	o := newTown()
	for n := range 60 { // more than a message holds
		o.calls = append(o.calls, directory.Callback{ID: itoa(n), Village: "a", Address: "sms:+8613800000001", Reason: directory.CallUnclaimed, Tries: n,
			TakenBy: strings.Repeat("<!*", 20), Private: n%2 == 0, Number: "0427-0", AgainAt: time.Unix(1e9, 0)})
	}
	h, _, _ := door(f, o)
	f.Fuzz(func(t *testing.T, user, text string) {
		answer := h.command(t.Context(), slackgo.SlashCommand{Command: "/sanshi", UserID: user, Text: text, TriggerID: "T"})
		h.Wait(t.Context())
		if answer == nil {
			return
		}
		r, ok := answer.(reply)
		if !ok || r.Type != "ephemeral" || r.Text == "" || strings.Contains(r.Text, "<!") {
			t.Errorf("%q is answered %+v", text, answer)
		}
		if len(r.Blocks) > 0 {
			b, err := json.Marshal(r.Blocks)
			if err != nil {
				t.Fatal(err)
			}
			if wrong := slacktest.CheckMessage(b); wrong != "" {
				t.Errorf("%q: %s in %s", text, wrong, b)
			}
		}
	})
}
