package twilio_test

import (
	"encoding/json"
	"errors"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"sanshi/internal/channel"
	"sanshi/internal/channel/channeltest"
	"sanshi/internal/channel/twilio"
	"sanshi/internal/channel/twilio/twiliotest"
	"sanshi/internal/message"
)

func driver(t *testing.T, s *twiliotest.Server) *twilio.Driver {
	t.Helper()
	d, err := twilio.New(twilio.Config{
		AccountSID: twiliotest.Account, AuthToken: twiliotest.Token, APIURL: s.URL, PublicURL: "https://village.example",
	})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDriver(t *testing.T) {
	channeltest.Run(t, func(t *testing.T) channeltest.Carrier {
		s := twiliotest.New(t)
		return channeltest.Carrier{
			Driver: driver(t, s), To: "sms:+12065550123", Sender: "+12065550100",
			Gone: func() (bodies []string) {
				for _, m := range s.Messages() {
					bodies = append(bodies, m.Body)
				}
				return bodies
			},
			Lose:   func() { s.Play(twiliotest.Fault{Taken: true, Cut: true}) },
			Cut:    func() { s.Play(twiliotest.Fault{Cut: true}) },
			Hang:   func() { s.Play(twiliotest.Fault{Taken: true, Slow: 300 * time.Millisecond}) },
			Refuse: func() { s.Play(twiliotest.Fault{HTTP: 400, Code: 21614}) },
			Busy:   func() { s.Play(twiliotest.Fault{HTTP: 429, Code: 20429, After: "7"}) },
			Stop:   func() { s.Play(twiliotest.Fault{HTTP: 400, Code: 21610}) },
			Later:  7 * time.Second,
		}
	})
}

func TestSendSaysWhoWhereAndWhatFor(t *testing.T) {
	s := twiliotest.New(t)
	d := driver(t, s)
	for _, out := range []message.Outbound{
		{ID: "a b&c", Village: "xiangyang", To: "sms:+12065550123", Sender: "+12065550100", Text: "好"},
		{ID: "2", Village: "xiangyang", To: "whatsapp:+12065550123", Sender: "+12065550100", Text: "好"},
		{ID: "3", Village: "xiangyang", To: "sms:+12065550123", Sender: "MGaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", Text: "好"},
	} {
		if _, err := d.Send(t.Context(), out); err != nil {
			t.Fatal(err)
		}
	}
	m := s.Messages()
	u, err := url.Parse(m[0].Callback)
	if err != nil {
		t.Fatal(err)
	}
	if u.Scheme+"://"+u.Host+u.Path != "https://village.example/twilio/status" || u.Query().Get("id") != "a b&c" || u.Query().Get("village") != "xiangyang" {
		t.Errorf("calls back at %s", m[0].Callback)
	}
	if m[1].To != "whatsapp:+12065550123" || m[1].From != "whatsapp:+12065550100" {
		t.Errorf("WhatsApp: %+v", m[1])
	}
	if m[2].Service != "MGaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" {
		t.Errorf("service: %+v", m[2])
	}
}

// TestRequestsFitTheDescription: every parameter we send is one that Twilio describes.
func TestRequestsFitTheDescription(t *testing.T) {
	s := twiliotest.New(t)
	d := driver(t, s)
	out := message.Outbound{ID: "1", Village: "v", To: "sms:+12065550123", Sender: "+12065550100", Text: "好"}
	if _, err := d.Send(t.Context(), out); err != nil {
		t.Fatal(err)
	}
	if _, _, err := d.Find(t.Context(), out, time.Now()); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile("twiliotest/testdata/messages.json")
	if err != nil {
		t.Fatal(err)
	}
	var described struct{ Create, Query []string }
	if err := json.Unmarshal(b, &described); err != nil {
		t.Fatal(err)
	}
	for _, p := range s.Params() {
		if !slices.Contains(described.Create, p) && !slices.Contains(described.Query, p) {
			t.Errorf("Twilio knows no parameter %q", p)
		}
	}
	if len(s.Params()) < 5 {
		t.Errorf("only %v were sent", s.Params())
	}
}

func TestProblems(t *testing.T) {
	for _, c := range []struct {
		fault     twiliotest.Fault
		code      string
		permanent bool
		optedOut  bool
		after     time.Duration
	}{
		{twiliotest.Fault{HTTP: 400, Code: 21610}, "21610", true, true, 0},
		{twiliotest.Fault{HTTP: 400, Code: 21211}, "21211", true, false, 0},
		{twiliotest.Fault{HTTP: 403, Code: 21408}, "21408", true, false, 0},
		{twiliotest.Fault{HTTP: 400, Code: 30006}, "30006", true, false, 0},
		{twiliotest.Fault{HTTP: 400, Code: 30003}, "30003", false, false, 0},
		{twiliotest.Fault{HTTP: 400, Code: 21606}, "21606", false, false, 0},
		{twiliotest.Fault{HTTP: 400, Code: 21611}, "21611", false, false, 0},
		{twiliotest.Fault{HTTP: 400, Code: 99999}, "99999", true, false, 0},
		{twiliotest.Fault{HTTP: 401, Code: 20003}, "20003", false, false, 0},
		{twiliotest.Fault{HTTP: 404, Code: 20404}, "20404", false, false, 0},
		{twiliotest.Fault{HTTP: 429, Code: 20429, After: "3"}, "20429", false, false, 3 * time.Second},
		{twiliotest.Fault{HTTP: 429, Raw: "slow down"}, "429", false, false, 0},
		{twiliotest.Fault{HTTP: 500, Code: 20500}, "20500", false, false, 0},
		{twiliotest.Fault{HTTP: 502, Raw: "<html>bad gateway</html>"}, "502", false, false, 0},
		{twiliotest.Fault{HTTP: 503, Raw: ""}, "503", false, false, 0},
		{twiliotest.Fault{HTTP: 302, Raw: "<a>elsewhere</a>"}, "302", false, false, 0},
	} {
		s := twiliotest.New(t)
		s.Play(c.fault)
		_, err := driver(t, s).Send(t.Context(), message.Outbound{ID: "1", To: "sms:+12065550123", Sender: "+12065550100", Text: "好"})
		var p *channel.Problem
		if !errors.As(err, &p) {
			t.Errorf("%+v: %v is no Problem", c.fault, err)
			continue
		}
		if p.Code != c.code || p.Permanent != c.permanent || p.OptedOut != c.optedOut || p.After != c.after {
			t.Errorf("%+v: %+v", c.fault, p)
		}
		if strings.Contains(err.Error(), "2065550123") {
			t.Errorf("a number stands in the error: %v", err)
		}
	}
}

func TestUnreachableIsNoDoubt(t *testing.T) {
	d, err := twilio.New(twilio.Config{AccountSID: "AC1", AuthToken: "t", APIURL: "http://127.0.0.1:1", PublicURL: "https://village.example"})
	if err != nil {
		t.Fatal(err)
	}
	var p *channel.Problem
	if _, err := d.Send(t.Context(), message.Outbound{To: "sms:+12065550123", Sender: "+1", Text: "好"}); !errors.As(err, &p) || p.Permanent {
		t.Errorf("nothing was sent, so nothing is in doubt: %v", err)
	}
}

func TestWithoutSenderOrWay(t *testing.T) {
	d := driver(t, twiliotest.New(t))
	for _, out := range []message.Outbound{{To: "sms:+12065550123", Text: "好"}, {To: "wechat:abc", Sender: "+12065550100", Text: "好"}} {
		var p *channel.Problem
		if _, err := d.Send(t.Context(), out); !errors.As(err, &p) || !p.Permanent {
			t.Errorf("%s: %v", out.To, err)
		}
	}
}

func TestNewNamesWhatIsWrong(t *testing.T) {
	for _, c := range []twilio.Config{
		{AuthToken: "t", PublicURL: "https://v.example"},
		{AccountSID: "AC1", PublicURL: "https://v.example"},
		{AccountSID: "AC1", AuthToken: "t"},
		{AccountSID: "AC1", AuthToken: "t", PublicURL: "https://v.example", APIURL: "api.twilio.com"},
	} {
		if _, err := twilio.New(c); err == nil {
			t.Errorf("%+v is taken", c)
		}
	}
}

// TestTrialPrefixIsFound: a trial account puts a sentence before each text.
func TestTrialPrefixIsFound(t *testing.T) {
	s := twiliotest.New(t)
	d := driver(t, s)
	out := message.Outbound{ID: "1", To: "sms:+12065550123", Sender: "+12065550100", Text: "Sent from your Twilio trial account - 好"}
	if _, err := d.Send(t.Context(), out); err != nil {
		t.Fatal(err)
	}
	out.Text = "好"
	if _, ok, err := d.Find(t.Context(), out, time.Now().Add(-time.Minute)); !ok || err != nil {
		t.Errorf("found %v %v", ok, err)
	}
}
