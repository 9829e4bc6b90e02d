package slack

import (
	"encoding/json"
	"net/url"
	"os"
	"strings"
	"testing"

	"sanshi/internal/channel/slack/slacktest"
	"sanshi/internal/matter"
)

// Payloads that Slack's own library knows (the tests of package bolt hold them to
// it) do here what they should.
func TestSlacksPayloads(t *testing.T) {
	text, err := os.ReadFile("bolt/testdata/payloads.json")
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	send := func(name string) (*town, *slacktest.Server, string) {
		o := newTown()
		h, s, mux := door(t, o)
		h.Home = nil
		k := knock{path: interactionsPath, body: url.Values{"payload": {string(all[name])}}.Encode()}
		switch name {
		case "home", "direct", "own":
			k = knock{path: eventsPath, body: string(all[name])}
		case "command":
			var fields map[string]string
			if err := json.Unmarshal(all[name], &fields); err != nil {
				t.Fatal(err)
			}
			form := url.Values{}
			for key, v := range fields {
				form.Set(key, v)
			}
			k = knock{path: commandsPath, body: form.Encode()}
		}
		w := k.at(mux)
		if w.Code != 200 {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
		h.Wait(t.Context())
		return o, s, w.Body.String()
	}
	for name, want := range map[string]matter.EventKind{"press": matter.Approve, "pressPicked": matter.Approve, "submit": matter.Decline} {
		o, _, _ := send(name)
		if len(o.asked) != 1 || o.asked[0].Act.Kind != want || o.asked[0].Matter != "ma" || o.asked[0].Act.Version != 3 || o.asked[0].Key == "" {
			t.Errorf("%s asks %+v", name, o.asked)
		}
		if name == "submit" && (len(o.asked) != 1 || o.asked[0].Act.Note != "已经在修了") {
			t.Errorf("the form's words: %+v", o.asked)
		}
	}
	if _, _, answer := send("suggest"); !strings.Contains(answer, `"options":[`) {
		t.Errorf("suggest is answered %s", answer)
	}
	for _, name := range []string{"point", "shortcut"} {
		if _, s, _ := send(name); len(s.Calls("views.open")) != 1 || len(s.Calls("views.update")) != 1 {
			t.Errorf("%s: %+v", name, s.Calls())
		}
	}
	if _, _, answer := send("command"); !strings.Contains(answer, "ephemeral") {
		t.Errorf("the command is answered %s", answer)
	}
	if _, s, _ := send("direct"); len(s.Messages(slacktest.Direct("U0A"))) != 1 {
		t.Errorf("direct: %+v", s.Calls())
	}
	if o, s, _ := send("own"); len(s.Calls()) > 0 || len(o.asked) > 0 {
		t.Errorf("our own message: %+v", s.Calls())
	}
}
