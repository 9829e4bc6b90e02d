package dialogue

import (
	"testing"

	"sanshi/internal/call"
	"sanshi/internal/classify"
	"sanshi/internal/message"
)

// TestHowACallWent: what is not surely a report of a call changes none, and what is
// no word about calls at all is heard as before.
func TestHowACallWent(t *testing.T) {
	const unclear, none = "?", "none"
	for text, want := range map[string][2]string{
		"回电1": {"", ""}, "回电１": {"", ""}, "回電話1": {"", ""}, "回电1好": {"reached", ""}, "回电话 1 好了，说清了": {"reached", "说清了"},
		"回电1没人接": {"missed", ""}, "回电1没接 下午再打": {"missed", "下午再打"}, "回電1沒人接": {"missed", ""}, "call 1 no answer": {"missed", ""},
		"回电1空号": {"wrong_number", ""}, "电话1打错了": {"wrong_number", ""}, "1没人接": {"missed", ""}, "1": {"", ""},
		"1好": {unclear, ""}, "回电1好没人接": {unclear, ""}, "回电1好，没人接": {unclear, ""}, "回电1好像没人接": {unclear, ""}, "回电1好吗": {unclear, ""},
		"回电1好了吗": {unclear, ""}, "回电1好吧": {unclear, ""}, "回电1 没": {unclear, ""}, "回电9好": {unclear, ""}, "回电0": {unclear, ""},
		"电话13800001111": {none, ""}, "电话费1块": {none, ""}, "电话1号线断了": {none, ""}, "回电给我": {none, ""}, "1不办 不归村里管": {none, ""}, "好": {none, ""},
	} {
		h := &staffHearing{StaffTurn: StaffTurn{Village: village(), Lists: []message.Ask{{ID: "q", Kind: DeskCalls, Options: []string{"c1:1"}, At: now}}}}
		h.In, h.Read = message.Inbound{Text: text, At: now}, func(string) []classify.Result { return []classify.Result{nothing} }
		got := [2]string{none, ""}
		if h.call() {
			p := h.plan.Call
			if got = [2]string{string(p.Act.Do), p.Act.Note}; p.say != "" {
				got = [2]string{unclear, ""}
			} else if p.ID != "c1" {
				t.Errorf("%s: about call %q", text, p.ID)
			}
		}
		if got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

// TestCallDigitsWait: a bare digit is for the emergency that was sent too, and no
// digit means a call before a list was sent.
func TestCallDigitsWait(t *testing.T) {
	h := &staffHearing{StaffTurn: StaffTurn{Village: village(), In: message.Inbound{Text: "1", At: now}}}
	h.Lists = []message.Ask{{Kind: DeskCalls, Options: []string{"c1:1"}, At: now}, {Kind: DeskPage, Options: []string{"m1:1"}, At: now}}
	if h.call() {
		t.Error("1 was taken for a call while an emergency waits to be taken")
	}
	h.Lists, h.In.Text = nil, "回电1好"
	if !h.call() || h.plan.Call.ID != "" || h.plan.Call.Act.Do != call.Deed("") {
		t.Errorf("%+v", h.plan.Call)
	}
}
