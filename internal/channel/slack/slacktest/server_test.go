package slacktest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// ask calls the stand-in as a client does that Slack's own documentation describes.
func ask(t *testing.T, s *Server, name string, form url.Values) map[string]any {
	t.Helper()
	r, err := http.NewRequest("POST", s.URL+name, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Authorization", "Bearer "+BotToken)
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var out map[string]any
	if err := json.NewDecoder(res.Body).Decode(&out); err != nil {
		t.Fatal(err)
	}
	return out
}

const oneBlock = `[{"type":"section","block_id":"b","text":{"type":"plain_text","text":"好"}}]`

// TestAnswersFitTheDescription holds what the stand-in answers to Slack's own words.
func TestAnswersFitTheDescription(t *testing.T) {
	s, d := New(t), published(t)
	s.AddFile("F000000001", "灯.jpg", "image/jpeg", "U0WANG0000", []byte("x"))
	first := ask(t, s, "chat.postMessage", url.Values{"channel": {"C0APPROVE0"}, "text": {"好"}, "blocks": {oneBlock}})
	at := first["ts"].(string)
	home := `{"type":"home","blocks":` + oneBlock + `}`
	form := `{"type":"modal","title":{"type":"plain_text","text":"办结"},"blocks":` + oneBlock + `}`
	view := ask(t, s, "views.open", url.Values{"trigger_id": {"1"}, "view": {form}})["view"].(map[string]any)["id"].(string)
	for name, p := range map[string]url.Values{
		"auth.test":             {},
		"chat.postMessage":      {"channel": {"U0WANG0000"}, "text": {"好"}},
		"chat.update":           {"channel": {"C0APPROVE0"}, "ts": {at}, "text": {"好了"}, "blocks": {oneBlock}},
		"chat.postEphemeral":    {"channel": {"C0APPROVE0"}, "user": {"U0WANG0000"}, "text": {"好"}},
		"views.open":            {"trigger_id": {"1"}, "view": {form}},
		"views.update":          {"view_id": {view}, "view": {form}},
		"views.publish":         {"user_id": {"U0WANG0000"}, "view": {home}},
		"conversations.open":    {"users": {"U0WANG0000"}},
		"conversations.history": {"channel": {"C0APPROVE0"}},
		"conversations.info":    {"channel": {"C0APPROVE0"}},
		"users.info":            {"user": {"U0WANG0000"}},
		"files.info":            {"file": {"F000000001"}},
	} {
		got := ask(t, s, name, p)
		for _, f := range d[name].Answer.fits(name, got, name) {
			t.Error(f)
		}
	}
}

// TestRefusalsAreSlacks: the errors that the stand-in gives are those that Slack
// documents.
func TestRefusalsAreSlacks(t *testing.T) {
	s, d := New(t), published(t)
	s.Channel("C0GONE0000", "deleted")
	s.Channel("C0OLD00000", "archived")
	s.Channel("C0LEFT0000", "left")
	s.Deactivate("U0GONE0000")
	long := strings.Repeat("长", 3001)
	for _, c := range []struct {
		method, want string
		params       url.Values
	}{
		{"chat.postMessage", "channel_not_found", url.Values{"channel": {"C0GONE0000"}, "text": {"好"}}},
		{"chat.postMessage", "is_archived", url.Values{"channel": {"C0OLD00000"}, "text": {"好"}}},
		{"chat.postMessage", "not_in_channel", url.Values{"channel": {"C0LEFT0000"}, "text": {"好"}}},
		{"chat.postMessage", "channel_not_found", url.Values{"channel": {"U0GONE0000"}, "text": {"好"}}},
		{"chat.postMessage", "no_text", url.Values{"channel": {"C0APPROVE0"}}},
		{"chat.postMessage", "msg_too_long", url.Values{"channel": {"C0APPROVE0"}, "text": {strings.Repeat("长", 40001)}}},
		{"chat.postMessage", "invalid_blocks", url.Values{"channel": {"C0APPROVE0"}, "blocks": {strings.ReplaceAll(oneBlock, "好", long)}}},
		{"chat.update", "message_not_found", url.Values{"channel": {"C0APPROVE0"}, "ts": {"1.1"}, "text": {"好"}}},
		{"views.publish", "user_not_found", url.Values{"user_id": {"U0GONE0000"}, "view": {`{"type":"home","blocks":[]}`}}},
		{"views.open", "invalid_arguments", url.Values{"trigger_id": {"1"}, "view": {`{"type":"modal","title":{"type":"plain_text","text":"` + long + `"}}`}}},
		{"conversations.open", "user_not_found", url.Values{"users": {"U0GONE0000"}}},
		{"conversations.history", "channel_not_found", url.Values{"channel": {"C0GONE0000"}}},
		{"files.info", "file_not_found", url.Values{"file": {"F0"}}},
	} {
		got := ask(t, s, c.method, c.params)
		if got["ok"] != false || got["error"] != c.want {
			t.Errorf("%s: %v, want %s", c.method, got, c.want)
		}
		if !slices.Contains(d[c.method].Errors, c.want) && !slices.Contains(since2021["errors"], c.want) {
			t.Errorf("%s: Slack knows no error %s", c.method, c.want)
		}
	}
}

// TestLimitsBite: one more than is allowed is refused.
func TestLimitsBite(t *testing.T) {
	text := func(n int) string {
		return fmt.Sprintf(`{"type":"plain_text","text":%q}`, strings.Repeat("长", n))
	}
	repeat := func(n int, one string) string { return strings.TrimSuffix(strings.Repeat(one+",", n), ",") }
	button := func(label, value, action int) string {
		return fmt.Sprintf(`{"type":"button","action_id":%q,"value":%q,"text":%s}`, strings.Repeat("a", action), strings.Repeat("v", value), text(label))
	}
	actions := func(elements string) string { return `[{"type":"actions","elements":[` + elements + `]}]` }
	distinct := func(n int) string {
		var all []string
		for i := range n {
			all = append(all, fmt.Sprintf(`{"type":"button","action_id":"a%d","text":%s}`, i, text(1)))
		}
		return strings.Join(all, ",")
	}
	option := func(label, value int) string {
		return fmt.Sprintf(`{"text":%s,"value":%q}`, text(label), strings.Repeat("v", value))
	}
	boxes := func(n int, o string) string {
		return actions(`{"type":"checkboxes","action_id":"pick","options":[` + repeat(n, o) + `]}`)
	}
	section := func(n int) string { return `{"type":"section","text":` + text(n) + `}` }
	for _, c := range []struct {
		name, fine, wrong, code string
	}{
		{"blocks", "[" + repeat(50, section(1)) + "]", "[" + repeat(51, section(1)) + "]", "invalid_blocks"},
		{"section", "[" + section(3000) + "]", "[" + section(3001) + "]", "invalid_blocks"},
		{"empty", "[" + section(1) + "]", "[" + section(0) + "]", "invalid_blocks"},
		{"all", "[" + repeat(4, section(3000)) + "]", "[" + repeat(5, section(3000)) + "]", "msg_too_long"},
		{"button", actions(button(75, 1, 1)), actions(button(76, 1, 1)), "invalid_blocks"},
		{"value", actions(button(1, 2000, 1)), actions(button(1, 2001, 1)), "invalid_blocks"},
		{"action_id", actions(button(1, 1, 255)), actions(button(1, 1, 256)), "invalid_blocks"},
		{"buttons", actions(distinct(25)), actions(distinct(26)), "invalid_blocks"},
		{"context", `[{"type":"context","elements":[` + repeat(10, text(1)) + `]}]`, `[{"type":"context","elements":[` + repeat(11, text(1)) + `]}]`, "invalid_blocks"},
		{"block_id", `[{"type":"divider","block_id":"` + strings.Repeat("b", 255) + `"}]`, `[{"type":"divider","block_id":"` + strings.Repeat("b", 256) + `"}]`, "invalid_blocks"},
		{"block_id twice", `[{"type":"divider","block_id":"a"},{"type":"divider","block_id":"b"}]`, `[{"type":"divider","block_id":"a"},{"type":"divider","block_id":"a"}]`, "invalid_blocks"},
		{"header", `[{"type":"header","text":` + text(150) + `}]`, `[{"type":"header","text":` + text(151) + `}]`, "invalid_blocks"},
		{"options", boxes(10, option(1, 1)), boxes(11, option(1, 1)), "invalid_blocks"},
		{"option", boxes(1, option(75, 150)), boxes(1, option(76, 150)), "invalid_blocks"},
		{"option value", boxes(1, option(1, 150)), boxes(1, option(1, 151)), "invalid_blocks"},
		{"JSON", "[]", "[", "invalid_blocks_format"},
	} {
		if got := CheckMessage(json.RawMessage(c.fine)); got != "" {
			t.Errorf("%s: what is allowed is refused: %s: %s", c.name, got, ExplainMessage(json.RawMessage(c.fine)))
		}
		if got := CheckMessage(json.RawMessage(c.wrong)); got != c.code {
			t.Errorf("%s: %q, want %s", c.name, got, c.code)
		}
	}
}

func published(t *testing.T) map[string]method {
	t.Helper()
	d, err := described()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestDescriptionBites: what does not fit is found.
func TestDescriptionBites(t *testing.T) {
	d := published(t)
	for name, bad := range map[string]map[string]any{
		"missing": {"ok": true, "channel": "C0APPROVE0", "ts": "1700000000.000001"},
		"type":    {"ok": true, "channel": 5.0, "ts": "1700000000.000001", "message": map[string]any{"type": "message", "text": "", "ts": "1700000000.000001"}},
		"pattern": {"ok": true, "channel": "approve", "ts": "1700000000.000001", "message": map[string]any{"type": "message", "text": "", "ts": "1700000000.000001"}},
		"field":   {"ok": true, "channel": "C0APPROVE0", "ts": "1700000000.000001", "x": 1.0, "message": map[string]any{"type": "message", "text": "", "ts": "1700000000.000001"}},
	} {
		if len(d["chat.postMessage"].Answer.fits("", bad, "chat.postMessage")) == 0 {
			t.Errorf("%s: not found", name)
		}
	}
	calls := []Call{{Method: "chat.postMessage", Params: url.Values{"text": {"x"}, "colour": {"red"}}}}
	if got := strings.Join(Unpublished(calls), " "); !strings.Contains(got, "colour") || !strings.Contains(got, "channel is missing") {
		t.Errorf("found %q", got)
	}
}
