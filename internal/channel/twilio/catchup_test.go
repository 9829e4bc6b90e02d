package twilio_test

import (
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"sanshi/internal/channel"
	"sanshi/internal/channel/twilio"
	"sanshi/internal/channel/twilio/twiliotest"
	"sanshi/internal/message"
)

func hook(t *testing.T, s *shelf, far *twiliotest.Server) (*twilio.Webhook, *twilio.Driver) {
	t.Helper()
	h := &twilio.Webhook{
		Config: twilio.Config{AccountSID: twiliotest.Account, AuthToken: twiliotest.Token, APIURL: far.URL, PublicURL: public},
		Intake: s, Box: s, Now: func() time.Time { return noon }, Village: func(string, string) string { return "xiangyang" },
	}
	h.Routes(http.NewServeMux())
	return h, driver(t, far)
}

// TestCatchUp: what Twilio received and we did not is taken in, in order, over
// several pages; what we sent, and what is older, is left alone.
func TestCatchUp(t *testing.T) {
	far, s := twiliotest.New(t), &shelf{}
	h, d := hook(t, s, far)
	out := time.Now().Truncate(time.Second).Add(-time.Hour)
	far.Received("SMold", "+8613800000001", "+12065550100", "旧", out.Add(-time.Minute))
	for i := range 450 {
		far.Received(fmt.Sprintf("SM%03d", i), "+8613800000001", "+12065550100", fmt.Sprint(i), out.Add(time.Duration(i)*time.Second))
	}
	far.Received("SMpic", "whatsapp:+8613800000001", "whatsapp:+12065550100", "", out.Add(10*time.Minute), "image/jpeg", "image/png")
	if _, err := d.Send(t.Context(), message.Outbound{ID: "1", To: "sms:+8613800000001", Sender: "+12065550100", Text: "好"}); err != nil {
		t.Fatal(err)
	}
	n, err := h.CatchUp(t.Context(), d, out)
	if err != nil || n != 451 || len(s.kept) != 451 {
		t.Fatalf("%d missed, %d kept, %v", n, len(s.kept), err)
	}
	for i, in := range s.kept[:450] {
		if in.Text != fmt.Sprint(i) || in.ExternalID != fmt.Sprintf("SM%03d", i) || in.From != "sms:+8613800000001" || in.Village != "xiangyang" {
			t.Fatalf("%d: %+v", i, in)
		}
	}
	last := s.kept[450]
	if last.From != "whatsapp:+8613800000001" || len(last.Media) != 2 || last.Media[1].Type != "image/png" ||
		last.Media[0].URL != far.URL+"/2010-04-01/Accounts/"+twiliotest.Account+"/Messages/SMpic/Media/ME"+fmt.Sprintf("%032x", 0) {
		t.Errorf("%+v", last)
	}
}

func TestCatchUpStopsAtAFault(t *testing.T) {
	far, s := twiliotest.New(t), &shelf{fails: channel.ErrUnavailable}
	h, d := hook(t, s, far)
	far.Received("SM1", "+8613800000001", "+12065550100", "好", time.Now())
	if _, err := h.CatchUp(t.Context(), d, time.Now().Add(-time.Hour)); !errors.Is(err, channel.ErrUnavailable) {
		t.Errorf("%v", err)
	}
}
