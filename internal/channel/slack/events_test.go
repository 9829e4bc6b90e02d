package slack

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"sanshi/internal/channel/slack/slacktest"
)

func happening(id string, event map[string]any) knock {
	b, err := json.Marshal(map[string]any{"type": "event_callback", "event_id": id, "event": event})
	if err != nil {
		panic(err)
	}
	return knock{path: eventsPath, body: string(b)}
}

// Nothing that is written in a channel or a thread reaches a resident: whatever
// Slack tells of, the desk is never asked. The kinds are all that Slack knows of messages,
// files, reactions and the app.
func TestEventsNeverReachTheDesk(t *testing.T) {
	for _, kind := range []string{"message", "app_mention", "reaction_added", "reaction_removed", "file_shared", "file_created", "file_public",
		"link_shared", "message_metadata_posted", "pin_added", "member_joined_channel", "app_home_opened", "channel_deleted", "channel_archive",
		"team_join", "user_change", "assistant_thread_started", "workflow_step_execute", "tokens_revoked", "app_uninstalled", "unheard_of"} {
		for _, where := range []string{"channel", "group", "im", "mpim", "app_home"} {
			o := newTown()
			h, s, mux := door(t, o)
			w := happening("Ev"+kind+where, map[string]any{"type": kind, "user": "U0A", "channel": "C0A", "channel_type": where, "ts": "5.5",
				"thread_ts": "1.1", "text": "告诉她明天来 ma:3 0427-0 approve", "blocks": []any{}, "files": []any{map[string]any{"id": "F1"}},
				"metadata": map[string]any{"event_type": "approve", "event_payload": map[string]any{"matter": "ma"}}}).at(mux)
			h.Wait(t.Context())
			if w.Code != 200 || w.Body.Len() > 0 {
				t.Errorf("%s in %s: %d %s", kind, where, w.Code, w.Body)
			}
			if len(o.asked)+len(o.raised) > 0 {
				t.Errorf("%s in %s reaches the desk: %+v %+v", kind, where, o.asked, o.raised)
			}
			for _, m := range s.Calls("chat.postMessage", "chat.postEphemeral") {
				if to := m.Params.Get("channel"); to != "U0A" {
					t.Errorf("%s in %s is answered to %s", kind, where, to)
				}
			}
		}
	}
}

// And it cannot: what hears events holds neither the desk nor the hook, and the
// file it stands in names them only where the listener is put together.
func TestListenerKnowsNoDesk(t *testing.T) {
	l := reflect.TypeFor[listener]()
	var holds []string
	for i := range l.NumField() {
		holds = append(holds, l.Field(i).Name)
		if l.Field(i).Type.Kind() != reflect.Func {
			t.Errorf("the listener holds %s, which is more than one thing to do", l.Field(i).Name)
		}
	}
	if want := []string{"seen", "link", "known", "say", "home", "lost"}; !slices.Equal(holds, want) {
		t.Errorf("an event may cause %v, and no more than %v is known to stay among staff", holds, want)
	}
	// say reaches one Slack account, link a code, home a page: none of these names the desk.
	reach := reaches(t, []string{"hear", "addressed", "takeEvent", "listener", "link", "tell", "note", "people", "later", "set"})
	for name, used := range reach {
		for _, forbidden := range []string{"Desk", "Act", "Raise", "Preview", "act", "press", "pressed", "submitted", "interaction"} {
			if slices.Contains(used, forbidden) {
				t.Errorf("%s, which an event can reach, uses %s", name, forbidden)
			}
		}
	}
	if len(reach) < 10 {
		t.Errorf("only %d functions were looked at", len(reach))
	}
}

// reaches gives the names that each of these functions uses by a dot.
func reaches(t *testing.T, names []string) map[string][]string {
	t.Helper()
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]string{}
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), f.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range parsed.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || !slices.Contains(names, fn.Name.Name) {
				continue
			}
			used := out[fn.Name.Name]
			ast.Inspect(fn, func(n ast.Node) bool {
				if s, ok := n.(*ast.SelectorExpr); ok {
					used = append(used, s.Sel.Name)
				}
				return true
			})
			out[fn.Name.Name] = append(used, fn.Name.Name)
		}
	}
	return out
}

// Who writes to the app is answered once, however often Slack tells of it; the
// app's own messages and edits are not.
func TestWrittenToTheApp(t *testing.T) {
	o := newTown()
	h, s, mux := door(t, o)
	direct := func(id, user, text string, more ...string) string {
		e := map[string]any{"type": "message", "channel_type": "im", "channel": "D1", "user": user, "text": text}
		for i := 0; i+1 < len(more); i += 2 {
			e[more[i]] = more[i+1]
		}
		before := len(s.Messages(slacktest.Direct(user)))
		happening(id, e).at(mux)
		h.Wait(t.Context())
		all := s.Messages(slacktest.Direct(user))
		if len(all) == before {
			return ""
		}
		return all[len(all)-1].Text
	}
	if got := direct("Ev1", "U0A", "你好"); !strings.Contains(got, "/sanshi list") {
		t.Errorf("she is told %q", got)
	}
	if got := direct("Ev1", "U0A", "你好"); got != "" {
		t.Errorf("told again: %q", got)
	}
	for name, got := range map[string]string{
		"the bot's own": direct("Ev2", "U0A", "你好", "bot_id", "B1"), "an edit": direct("Ev3", "U0A", "你好", "subtype", "message_changed"),
		"nobody's": direct("Ev4", "", "你好"),
	} {
		if got != "" {
			t.Errorf("%s is answered: %q", name, got)
		}
	}
	if got := direct("Ev5", "U0NEW", "你好"); !strings.Contains(got, "还没绑定") || !strings.Contains(got, "not linked") {
		t.Errorf("a stranger is told %q", got)
	}
	if got := direct("Ev6", "U0NEW", "654321"); !strings.Contains(got, "不对") {
		t.Errorf("a wrong code: %q", got)
	}
	if got := direct("Ev7", "U0NEW", " １２３-４５６ "); !strings.Contains(got, "绑定好了：李书记") {
		t.Errorf("a right code: %q", got)
	}
}

// Uninstalled, or the token revoked: health says so. Somebody's own token is none of ours.
func TestLost(t *testing.T) {
	for _, c := range []struct {
		event map[string]any
		lost  bool
	}{
		{map[string]any{"type": "app_uninstalled"}, true},
		{map[string]any{"type": "tokens_revoked", "tokens": map[string]any{"bot": []string{"U0SANSHI"}}}, true},
		{map[string]any{"type": "tokens_revoked", "tokens": map[string]any{"oauth": []string{"U0A"}, "bot": []string{}}}, false},
		{map[string]any{"type": "message", "channel_type": "channel"}, false},
	} {
		h, _, mux := door(t, newTown())
		happening("Ev", c.event).at(mux)
		if err := h.Fault(t.Context()); (err != nil) != c.lost {
			t.Errorf("%v: %v", c.event, err)
		}
	}
}

func TestCodeIn(t *testing.T) {
	for in, want := range map[string]string{"123456": "123456", " 123 456": "123456", "１２３４５６": "123456", "12345": "", "1234567": "",
		"abcdef": "", "": "", "link 123456": "", "-12345": ""} {
		if got := codeIn(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
