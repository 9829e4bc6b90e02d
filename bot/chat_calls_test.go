package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"sanshi/internal/directory"
)

// pressCall is a tap on a button of the list of calls, as it was drawn in answer to
// the command: the same serial is the same tap, sent again.
func (c *chat) pressCall(user, list, deed string, serial int) {
	c.t.Helper()
	value := buttonValue(c.t, list, "call_"+deed)
	at := fmt.Sprintf("1700000100.%06d", serial)
	c.interact(map[string]any{
		"type": "block_actions", "user": map[string]any{"id": user}, "trigger_id": "T" + at, "channel": map[string]any{"id": "C0VILLAGE"},
		"container": map[string]any{"type": "message", "is_ephemeral": true, "channel_id": "C0VILLAGE", "message_ts": "1700000100.000001"},
		"actions":   []any{map[string]any{"type": "button", "action_id": "call_" + deed, "value": value, "block_id": "x", "action_ts": at}},
	})
}

// buttonValue is the value of the first button of this name.
func buttonValue(t *testing.T, list, action string) string {
	t.Helper()
	var answer struct {
		Blocks []struct {
			Elements []struct {
				Action string `json:"action_id"`
				Value  string
			}
		}
	}
	if err := json.Unmarshal([]byte(list), &answer); err != nil {
		t.Fatal(err)
	}
	for _, b := range answer.Blocks {
		for _, e := range b.Elements {
			if e.Action == action {
				return e.Value
			}
		}
	}
	t.Fatalf("no button %s in %s", action, list)
	return ""
}

func (c *chat) wants(from string, words ...string) {
	c.t.Helper()
	for _, w := range words {
		c.post("/api/v1/villages/xiangyang/messages", map[string]any{"from": from, "text": w}, 202, nil)
		c.settle()
	}
	c.clock.advance(time.Second)
	if _, err := c.Desk.Tick(c.t.Context()); err != nil { // it settles who should call
		c.t.Fatal(err)
	}
	c.settle()
}

func (c *chat) callbacks(open bool) []directory.Callback {
	c.t.Helper()
	all, err := c.Store.Callbacks(c.t.Context(), "xiangyang", open)
	if err != nil {
		c.t.Fatal(err)
	}
	return all
}

// She asks for a person; the secretary lists the call in Slack, takes it, is not
// answered once, reaches her, and it is done everywhere.
func TestSlackCalls(t *testing.T) {
	c := startChat(t)
	if got := c.command("U0LI", "calls"); !strings.Contains(got, "没有要回的电话") {
		t.Fatalf("nobody is to be called, and it says %s", got)
	}
	c.wants(auntie, "0")
	for _, word := range []string{"calls", "回电"} {
		list := c.command("U0LI", word)
		for _, want := range []string{`"ephemeral"`, "+86…01", "要找人", "11月23日 18:00", "该李书记打", "call_wrong_number"} {
			if !strings.Contains(list, want) {
				t.Errorf("%s shows no %q: %s", word, want, list)
			}
		}
		if strings.Contains(list, auntie) {
			t.Errorf("the list shows a whole number: %s", list)
		}
	}
	list := c.command("U0LI", "calls")
	if got := c.command("U0LIU", "calls"); strings.Contains(got, "要找人") || strings.Contains(got, "call_") {
		t.Errorf("who may not is shown %s", got)
	}
	c.pressCall("U0LIU", list, "take", 1)
	if open := c.callbacks(true); len(open) != 1 || open[0].TakenBy != "" || !strings.Contains(c.told("U0LIU"), "名单上") {
		t.Fatalf("who may not took it: %+v, told %q", open, c.told("U0LIU"))
	}
	c.pressCall("U0LIU", list, "reached", 2)
	if f := c.opened("U0LIU"); strings.Contains(f.text(), "3800000001") || strings.Contains(f.text(), "input") {
		t.Errorf("who may not is shown %s", f.text())
	}
	c.pressCall("U0LI", list, "reached", 3)
	if f := c.opened("U0LI"); strings.Contains(f.text(), "3800000001") || !strings.Contains(f.text(), "我来打") {
		t.Errorf("who has not taken it is shown %s", f.text())
	}
	for range 2 {
		c.pressCall("U0LI", list, "take", 4)
		if f := c.opened("U0LI"); !strings.Contains(f.text(), auntie) {
			t.Fatalf("who took it is shown %s", f.text())
		}
	}
	form := c.opened("U0LI")
	page := "/console/calls/" + c.callbacks(true)[0].ID
	if status, _ := c.seen("li", page); status != 200 {
		t.Errorf("the console's page of the call: %d", status)
	}
	list = c.command("U0LI", "calls")
	for range 2 { // the same tap twice is one try
		c.pressCall("U0LI", list, "missed", 5)
	}
	if open := c.callbacks(true); len(open) != 1 || open[0].Tries != 1 || open[0].TakenBy != "li" {
		t.Fatalf("missed once: %+v", open)
	}
	if list = c.command("U0LI", "calls"); !strings.Contains(list, "1次没人接") || !strings.Contains(list, "李书记在打") {
		t.Errorf("after a try: %s", list)
	}
	values := map[string]any{"result": option("missed")}
	if got := form.submit(values); got["response_action"] != "errors" || c.callbacks(true)[0].Tries != 1 {
		t.Errorf("a form from before the try counts it again: %v", got)
	}
	values = map[string]any{"result": option("reached"), "note": "说好明天上门"}
	if got := form.submit(values); got["response_action"] != "clear" || !strings.Contains(c.told("U0LI"), "打通了") {
		t.Errorf("reached: %v, told %q", got, c.told("U0LI"))
	}
	if got := form.submit(values); got["response_action"] != "errors" {
		t.Errorf("reached twice: %v", got)
	}
	done := c.callbacks(false)
	if status, _ := c.seen("li", page); status != 404 {
		t.Errorf("the console still has the call open: %d", status)
	}
	if len(c.callbacks(true)) != 0 || done[0].Result != "reached" || done[0].DoneBy != "li" || done[0].Remark != "说好明天上门" {
		t.Errorf("it is kept as %+v", done)
	}
}

// What is overdue is marked; what another took is not taken from her by an old list.
func TestSlackCallsOverdue(t *testing.T) {
	c := startChat(t)
	c.wants(auntie, "0")
	old := c.command("U0LI", "calls")
	if strings.Contains(old, "超时了") {
		t.Fatal("overdue at once")
	}
	id := c.callbacks(true)[0].ID
	c.post("/api/v1/villages/xiangyang/calls/"+id, map[string]any{"by": "huang", "do": "take"}, 200, nil)
	c.pressCall("U0LI", old, "take", 1)
	if open := c.callbacks(true); open[0].TakenBy != "huang" || !strings.Contains(c.told("U0LI"), "刚有人动过") || !strings.Contains(c.told("U0LI"), "call_take") {
		t.Errorf("taken by %q, told %q", open[0].TakenBy, c.told("U0LI"))
	}
	c.clock.advance(10 * time.Hour)
	if now := c.command("U0LI", "calls"); !strings.Contains(now, "*超时了*") {
		t.Errorf("not marked: %s", now)
	}
}

// Of a call about a private matter: only who may know is shown that there is one,
// in no words; the number after she revealed it to herself, with a reason.
func TestSlackCallsPrivate(t *testing.T) {
	c := startChat(t)
	m := c.text(auntie, "我老公天天赌钱不管家，儿媳妇也跟我吵架，别跟别人说")
	c.wants(auntie, "0")
	if open := c.callbacks(true); len(open) != 1 || !open[0].Private {
		t.Fatalf("no private call: %+v", open)
	}
	if got := c.command("U0LIU", "calls"); strings.Contains(got, m.Number) {
		t.Errorf("who may not is shown %s", got)
	}
	list := c.command("U0ZHOU", "calls")
	if !strings.Contains(list, "1件保密事项") || strings.Contains(list, "+86") || strings.Contains(list, "要找人") {
		t.Fatalf("who may is shown %s", list)
	}
	c.pressCall("U0ZHOU", list, "take", 1)
	f := c.opened("U0ZHOU")
	if strings.Contains(f.text(), "3800000001") || !strings.Contains(f.text(), "保密的事") {
		t.Errorf("before she gave a reason she is shown %s", f.text())
	}
	c.post("/api/v1/villages/xiangyang/matters/"+m.ID+"/events", map[string]any{"by": "zhou", "event": "reveal", "note": "回电话"}, 200, nil)
	c.pressCall("U0ZHOU", c.command("U0ZHOU", "calls"), "reached", 2)
	if f = c.opened("U0ZHOU"); !strings.Contains(f.text(), auntie) {
		t.Errorf("after she gave a reason she is shown %s", f.text())
	}
	if got := f.submit(map[string]any{"result": option("reached")}); got["response_action"] != "clear" || len(c.callbacks(true)) != 0 {
		t.Errorf("reached: %v", got)
	}
	if all := c.slack.Everything(); strings.Contains(all, "赌") || strings.Contains(all, "吵架") {
		t.Error("words of a private matter stand in Slack")
	}
}
