package main

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"time"

	"sanshi/internal/channel/twilio/twiliotest"
	"sanshi/internal/message"
)

// voiceRig is the real program with a village that has voice on, and a stand-in
// for Twilio.
func voiceRig(t *testing.T) (*rig, *twiliotest.Server) {
	t.Helper()
	tw := twiliotest.New(t)
	r := startRig(t, rigOptions{villages: "testdata/villages", env: map[string]string{
		"TWILIO_ACCOUNT_SID": twiliotest.Account, "TWILIO_AUTH_TOKEN": twiliotest.Token, "TWILIO_API_URL": tw.URL,
		"SANSHI_PUBLIC_URL": "https://sanshi.example.org",
	}})
	return r, tw
}

// fireNobodyTakes lets an emergency come to the round of calls.
func fireNobodyTakes(t *testing.T, r *rig, tw *twiliotest.Server, village, to string) {
	t.Helper()
	if code, body := tw.Text(r.URL()+"/twilio/sms", webhook, "SM1", "+8613800004001", to, "三组牛棚着火了 火苗好高"); code != 200 {
		t.Fatalf("the webhook answered %d %s", code, body)
	}
	r.settle()
	for range 2 {
		r.clock.advance(3 * time.Minute)
		if _, err := r.Desk.Tick(context.Background()); err != nil {
			t.Fatal(err)
		}
		r.settle()
	}
}

// The third round really calls: all who were paged, with the danger and the place
// spoken twice and no word of hers. Who presses 1 has it; she hears who comes.
func TestThirdRoundCalls(t *testing.T) {
	r, tw := voiceRig(t)
	fireNobodyTakes(t, r, tw, "tianba", "+12065550187")
	calls := tw.Calls()
	if len(calls) < 3 {
		t.Fatalf("%d calls", len(calls))
	}
	c := calls[0]
	h, err := c.Script()
	if err != nil || h.Gather.NumDigits != 1 || len(h.Gather.Say) != 2 || h.Gather.Say[0] != h.Gather.Say[1] || h.Gather.Say[0].Language != "zh-CN" || len(h.Say) != 1 {
		t.Fatalf("what is heard: %+v, %v", h, err)
	}
	if said := h.Gather.Say[0].Text; !strings.Contains(said, "着火") || !strings.Contains(said, "三组") || strings.Contains(said, "火苗") {
		t.Errorf("it is said: %s", said)
	}
	if c.From != "+12065550187" || c.Timeout == "" {
		t.Errorf("called from %q, ringing for %q s", c.From, c.Timeout)
	}
	if code, body := tw.Press(r.URL(), c, "7"); code != 200 || body != "<Response/>" {
		t.Errorf("another key: %d %s", code, body)
	}
	for range 2 { // Twilio may ask twice
		if code, body := tw.Press(r.URL(), c, "1"); code != 200 || !strings.Contains(body, "记下您去处理") {
			t.Fatalf("pressed 1: %d %s", code, body)
		}
	}
	r.settle()
	if code, body := tw.Press(r.URL(), calls[1], "1"); code != 200 || !strings.Contains(body, "已经有人处理了") {
		t.Errorf("the second who presses 1: %d %s", code, body)
	}
	var page struct {
		Matters []struct{ State, Assignee string }
	}
	r.get("/api/v1/villages/tianba/matters", &page)
	if len(page.Matters) != 1 || page.Matters[0].State != "handling" || page.Matters[0].Assignee == "" {
		t.Errorf("%+v", page.Matters)
	}
	coming := false
	for _, m := range tw.Messages() {
		coming = coming || m.To == "+8613800004001" && strings.Contains(m.Body, "正赶过来")
	}
	if !coming {
		t.Error("she does not hear who comes")
	}
	if code := tw.Ended(r.URL(), calls[1], "no-answer"); code != 200 {
		t.Errorf("the end of a call: %d", code)
	}
}

// Where voice is off nobody is called: there is a task instead.
func TestWithoutVoiceNobodyIsCalled(t *testing.T) {
	r, tw := voiceRig(t)
	fireNobodyTakes(t, r, tw, "lijiawan", "+12065550188")
	if n := len(tw.Calls()); n != 0 {
		t.Errorf("%d calls", n)
	}
	cs, err := r.Store.Callbacks(context.Background(), "lijiawan", true)
	if err != nil || len(cs) != 1 || cs[0].Reason != "unclaimed" {
		t.Errorf("the tasks: %+v, %v", cs, err)
	}
}

// A call that nobody signed, of a text that is none, or without its parameters,
// takes nothing.
func TestForgedKeys(t *testing.T) {
	r, tw := voiceRig(t)
	fireNobodyTakes(t, r, tw, "tianba", "+12065550187")
	h, err := tw.Calls()[0].Script()
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(h.Gather.Action)
	if err != nil {
		t.Fatal(err)
	}
	form := url.Values{"CallSid": {"CA1"}, "Digits": {"1"}, "AccountSid": {twiliotest.Account}}
	for name, c := range map[string]struct {
		where, public string
		code          int
	}{
		"wrong signature": {r.URL() + u.RequestURI(), "https://elsewhere.example/", 403},
		"another village": {r.URL() + "/twilio/voice?village=lijiawan&id=" + u.Query().Get("id"), "https://sanshi.example.org/twilio/voice?village=lijiawan&id=" + u.Query().Get("id"), 200},
		"no such text":    {r.URL() + "/twilio/voice?village=tianba&id=x", "https://sanshi.example.org/twilio/voice?village=tianba&id=x", 200},
		"no text named":   {r.URL() + "/twilio/voice", "https://sanshi.example.org/twilio/voice", 400},
		"no such village": {r.URL() + "/twilio/voice?village=x&id=x", "https://sanshi.example.org/twilio/voice?village=x&id=x", 200},
	} {
		if code, body := tw.Post(c.where, c.public, form); code != c.code || strings.Contains(body, "记下您去处理") {
			t.Errorf("%s: %d %s", name, code, body)
		}
	}
	var page struct{ Matters []struct{ State string } }
	r.get("/api/v1/villages/tianba/matters", &page)
	if page.Matters[0].State != "queued" {
		t.Errorf("somebody took it: %+v", page.Matters)
	}
}

// A call whose answer was lost is looked for, and nobody is woken twice.
func TestLostCallIsNotMadeTwice(t *testing.T) {
	r, tw := voiceRig(t)
	r.clock.set(time.Now()) // the stand-in's list has the real time
	if code, _ := tw.Text(r.URL()+"/twilio/sms", webhook, "SM1", "+8613800004001", "+12065550187", "三组牛棚着火了"); code != 200 {
		t.Fatal(code)
	}
	r.settle()
	r.clock.advance(3 * time.Minute)
	if _, err := r.Desk.Tick(context.Background()); err != nil {
		t.Fatal(err)
	}
	r.settle()
	voice := r.Outbox.Drivers[len(r.Outbox.Drivers)-1]
	if voice.Name() != "voice" {
		t.Fatalf("the last driver is %s", voice.Name())
	}
	r.clock.advance(3 * time.Minute)
	if _, err := r.Desk.Tick(context.Background()); err != nil {
		t.Fatal(err)
	}
	r.settle()
	first := tw.Calls()[0]
	c, err := r.Store.Claim(context.Background(), "voice", r.clock.Now(), 1)
	if err != nil || len(c) != 0 {
		t.Fatalf("a call is still to be made: %+v, %v", c, err)
	}
	out := findable(first)
	if got, ok, err := voice.Find(context.Background(), out, time.Now().Add(-time.Minute)); err != nil || !ok || got.ProviderID == "" {
		t.Errorf("a call that was made is not found: %v %v %v", got, ok, err)
	}
	if _, ok, err := voice.Find(context.Background(), out, time.Now().Add(time.Hour)); err != nil || ok {
		t.Errorf("an older call is taken for it: %v %v", ok, err)
	}
	out.CreatedAt = r.clock.Now().Add(-time.Hour)
	before := len(tw.Calls())
	if _, err := voice.Send(context.Background(), out); err == nil || len(tw.Calls()) != before {
		t.Errorf("somebody is called an hour later: %v", err)
	}
}

func findable(c twiliotest.Call) message.Outbound {
	return message.Outbound{To: smsAddress(c.To), Sender: c.From, Text: "田坝村，紧急。"}
}
