package twilio

import (
	"context"
	"encoding/xml"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	openapi "github.com/twilio/twilio-go/rest/api/v2010"

	"sanshi/internal/channel"
	"sanshi/internal/message"
	"sanshi/prompts"
)

// Voice speaks a text on the phone instead of sending it: the way by which a
// member of staff is woken when an emergency was texted and nobody took it. Who is
// called hears it twice and presses 1 to take it.
type Voice struct {
	*Driver
	Now func() time.Time
}

// As is the channel it carries, as the outbox knows it.
const As = "voice"

// Name is the channel.
func (Voice) Name() string { return As }

const (
	ringFor = 35 // seconds before a call counts as unanswered; most mailboxes come later
	// staleAfter: nobody is woken by the emergency of a quarter of an hour ago.
	staleAfter = 15 * time.Minute
)

// Send makes a call.
func (v Voice) Send(ctx context.Context, out message.Outbound) (channel.Receipt, error) {
	switch {
	case v.Now().Sub(out.CreatedAt) > staleAfter:
		return channel.Receipt{}, &channel.Problem{Code: "stale", Text: "too late to call anybody about it", Permanent: true}
	case out.To.Scheme() != "sms" || !strings.HasPrefix(out.Sender, "+"):
		return channel.Receipt{}, &channel.Problem{Code: "sender", Text: "a call needs a number to call and a number of the village to call from", Permanent: true}
	}
	params := &openapi.CreateCallParams{}
	params.SetTo(out.To.User()).SetFrom(out.Sender).SetTwiml(v.script(out)).SetTimeout(ringFor)
	params.SetStatusCallback(v.address(voiceStatusPath, out))
	x := v.exchange(ctx)
	c, err := x.service().CreateCall(params)
	if err != nil {
		return channel.Receipt{}, x.judge(err)
	}
	if c.Sid == nil || *c.Sid == "" {
		return channel.Receipt{}, x.judge(errors.New("an answer without a call"))
	}
	return channel.Receipt{ProviderID: *c.Sid, Status: message.Accepted}, nil
}

// Find looks for a call to the person that was made after since. One such call is
// this one: nobody is woken twice for a doubt.
func (v Voice) Find(ctx context.Context, out message.Outbound, since time.Time) (channel.Receipt, bool, error) {
	params := &openapi.ListCallParams{}
	params.SetTo(out.To.User()).SetFrom(out.Sender).SetPageSize(50)
	x := v.exchange(ctx)
	list, err := x.service().PageCall(params, "", "")
	if err != nil {
		return channel.Receipt{}, false, x.judge(err)
	}
	if x.status/100 != 2 {
		return channel.Receipt{}, false, x.judge(errors.New("no list"))
	}
	for _, c := range list.Calls {
		made, err := time.Parse(time.RFC1123Z, value(c.DateCreated))
		if err == nil && !made.Before(since.Truncate(time.Second)) && strings.HasPrefix(value(c.Direction), "outbound") {
			return channel.Receipt{ProviderID: value(c.Sid), Status: message.Accepted}, true, nil
		}
	}
	return channel.Receipt{}, false, nil
}

func (v Voice) address(path string, out message.Outbound) string {
	q := url.Values{"village": {out.Village}, "id": {out.ID}}
	return strings.TrimSuffix(v.config.PublicURL, "/") + path + "?" + q.Encode()
}

// The part of TwiML that is used here (Twilio: TwiML for Programmable Voice).
type (
	script struct {
		XMLName xml.Name `xml:"Response"`
		Gather  *gather
		Say     []say
	}
	gather struct {
		Action    string `xml:"action,attr"`
		Method    string `xml:"method,attr"`
		NumDigits int    `xml:"numDigits,attr"`
		Timeout   int    `xml:"timeout,attr"`
		Say       []say
	}
	say struct {
		Language string `xml:"language,attr"`
		Text     string `xml:",chardata"`
	}
)

// script is what is heard: the text twice, and what to do without a key.
func (v Voice) script(out message.Outbound) string {
	s := say{languageOf(out.Text), out.Text}
	return spoken(script{
		Gather: &gather{Action: v.address(voicePath, out), Method: http.MethodPost, NumDigits: 1, Timeout: 6, Say: []say{s, s}},
		Say:    []say{{s.Language, prompts.Staff(bookOf(out.Text)).Say("spoken_bye", nil)}},
	})
}

func spoken(s script) string {
	b, err := xml.Marshal(s)
	if err != nil {
		return "<Response/>" // these types always marshal
	}
	return xml.Header + string(b)
}

// languageOf is what Twilio calls the language of a text.
func languageOf(text string) string {
	switch message.Script(text) {
	case message.English:
		return "en-US"
	case message.Traditional:
		return "zh-TW"
	}
	return "zh-CN"
}

func bookOf(text string) string {
	if message.Script(text) == message.English {
		return message.English
	}
	return message.Simplified
}

// Pressed is told that the person who was called pressed 1, and says what she
// hears. It is asked again when Twilio asks again.
type Pressed func(ctx context.Context, village, id string) (said string, err error)

// voice answers what was pressed during one of our calls.
func (h *Webhook) voice(ctx context.Context, f *form, r *http.Request) (string, error) {
	query := r.URL.Query()
	village, id := query.Get("village"), query.Get("id")
	if village == "" || id == "" || f.get("CallSid") == "" {
		return "", &refusal{http.StatusBadRequest, "village, id and CallSid are needed"}
	}
	if f.get("Digits") != "1" {
		return "", nil
	}
	said, err := h.Pressed(ctx, village, id)
	if err != nil || said == "" {
		return "", err
	}
	return spoken(script{Say: []say{{languageOf(said), said}}}), nil
}

// voiceStatus records how a call ended.
func (h *Webhook) voiceStatus(ctx context.Context, f *form, r *http.Request) (string, error) {
	sid, query := f.get("CallSid"), r.URL.Query()
	if sid == "" {
		return "", &refusal{http.StatusBadRequest, "CallSid is missing"}
	}
	var s message.Status
	switch f.get("CallStatus") { // Twilio: Call resource, call status values
	case "queued", "initiated", "ringing":
		s = message.Accepted
	case "in-progress":
		s = message.Sent
	case "completed":
		s = message.Delivered
	case "busy", "no-answer":
		s = message.Undelivered
	case "failed", "canceled":
		s = message.Failed
	default:
		return "", nil
	}
	return "", h.Box.Progress(ctx, query.Get("village"), query.Get("id"), sid, s, f.get("CallStatus"), h.Now())
}
