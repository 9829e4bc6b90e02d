package main

import (
	"strings"
	"testing"
	"time"

	"sanshi/internal/channel/twilio/twiliotest"
)

// twilioRig is the real program with a stand-in for Twilio.
func twilioRig(t *testing.T) (*rig, *twiliotest.Server) {
	t.Helper()
	tw := twiliotest.New(t)
	r := startRig(t, rigOptions{env: map[string]string{
		"TWILIO_ACCOUNT_SID": twiliotest.Account, "TWILIO_AUTH_TOKEN": twiliotest.Token, "TWILIO_API_URL": tw.URL,
		"SANSHI_PUBLIC_URL": "https://sanshi.example.org",
	}})
	return r, tw
}

const webhook = "https://sanshi.example.org/twilio/sms"

// A text comes in by Twilio and the answer leaves by it, from the number that
// was texted; the same text twice counts once.
func TestByTwilio(t *testing.T) {
	r, tw := twilioRig(t)
	for range 3 {
		if code, body := tw.Text(r.URL()+"/twilio/sms", webhook, "SM1", "+12065550131", "+12065550100", "村口路灯坏了"); code != 200 || body != "<Response/>" && !strings.Contains(body, "<Response") {
			t.Fatalf("the webhook answered %d %q", code, body)
		}
	}
	r.settle()
	sent := tw.Messages()
	if len(sent) != 1 || sent[0].From != "+12065550100" || sent[0].To != "+12065550131" || !strings.Contains(sent[0].Body, "记下了") {
		t.Fatalf("sent %+v; want one answer from the number that was texted", sent)
	}
	if n := len(r.matters()); n != 1 {
		t.Errorf("three deliveries of one text made %d matters", n)
	}
}

// A number of no village: the text is kept and shown in health, and nobody answers.
func TestUnknownNumberIsKept(t *testing.T) {
	r, tw := twilioRig(t)
	if code, _ := tw.Text(r.URL()+"/twilio/sms", webhook, "SM1", "+12065550131", "+12065559999", "村口路灯坏了"); code != 200 {
		t.Fatalf("the webhook answered %d", code)
	}
	r.settle()
	var health struct{ Unrouted int }
	r.getFrom(r.InternalURL()+"/readyz", &health)
	if health.Unrouted != 1 || len(tw.Messages()) != 0 {
		t.Errorf("%d kept, %d sent; want 1 and 0", health.Unrouted, len(tw.Messages()))
	}
}

// What Twilio says is final is final: a person who told Twilio to stop is a hard
// opt-out, and what she should know becomes a call.
func TestOptedOutAtTwilio(t *testing.T) {
	r, tw := twilioRig(t)
	tw.Play(twiliotest.Fault{Code: 21610, HTTP: 400})
	tw.Text(r.URL()+"/twilio/sms", webhook, "SM1", "+12065550131", "+12065550100", "村口路灯坏了")
	r.settle()
	m := r.matters()[0]
	r.act(m.ID, "li", "approve")
	r.settle()
	for _, m := range tw.Messages() {
		if m.To == "+12065550131" {
			t.Errorf("a person who had opted out was sent %q", m.Body)
		}
	}
	if n := r.calls(); n == 0 {
		t.Error("nobody was asked to call her")
	}
}

// A send whose answer was lost is not sent twice: the callback tells of it.
func TestLostAnswerIsNotSentTwice(t *testing.T) {
	r, tw := twilioRig(t)
	r.clock.set(time.Now()) // the stand-in's list has the real time
	tw.Play(twiliotest.Fault{Taken: true, Cut: true})
	tw.Text(r.URL()+"/twilio/sms", webhook, "SM1", "+12065550131", "+12065550100", "村口路灯坏了")
	deadline := time.Now().Add(20 * time.Second)
	for len(tw.Messages()) == 0 && time.Now().Before(deadline) {
		time.Sleep(10 * time.Millisecond)
	}
	for i := 0; i < 40 && !r.idle(); i++ {
		r.clock.advance(time.Second)
		time.Sleep(250 * time.Millisecond)
	}
	if n := len(tw.Messages()); n != 1 || tw.Lists() == 0 {
		t.Errorf("sent %d times, looked %d times; want once, and looked for", n, tw.Lists())
	}
}

// Texts that never reached us are taken from Twilio's list, and only those.
func TestReconciliation(t *testing.T) {
	r, tw := twilioRig(t)
	tw.Text(r.URL()+"/twilio/sms", webhook, "SM1", "+12065550131", "+12065550100", "村口路灯坏了")
	r.settle()
	tw.Received("SM1", "+12065550131", "+12065550100", "村口路灯坏了", r.clock.Now())
	tw.Received("SM2", "+12065550132", "+12065550100", "垃圾点的桶满了没人收", r.clock.Now().Add(time.Minute))
	r.clock.advance(10 * time.Minute)
	// One of its own, as after a restart: the program's may be at it at this moment.
	again := &reconciler{p: r.Program, hook: r.reconciler.hook, driver: r.reconciler.driver}
	if err := again.run(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.settle()
	if n := len(r.matters()); n != 2 {
		t.Errorf("%d matters; want 2", n)
	}
}
