package twilio_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/twilio/twilio-go/client"

	"sanshi/internal/channel"
	"sanshi/internal/channel/twilio"
	"sanshi/internal/channel/twilio/twiliotest"
	"sanshi/internal/message"
)

const public = "https://village.example"

var noon = time.Date(2026, 4, 27, 12, 0, 0, 0, time.UTC)

// shelf keeps what was taken in, and the progress reported.
type shelf struct {
	mu       sync.Mutex
	kept     []message.Inbound
	progress []string
	fails    error
}

func (s *shelf) Take(_ context.Context, in message.Inbound) (channel.Taken, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fails != nil {
		return channel.Taken{}, s.fails
	}
	s.kept = append(s.kept, in)
	return channel.Taken{ID: "in-1"}, nil
}

func (s *shelf) Progress(_ context.Context, village, id, providerID string, st message.Status, code string, _ time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fails != nil {
		return s.fails
	}
	s.progress = append(s.progress, strings.Join([]string{village, id, providerID, string(st), code}, " "))
	return nil
}

// serve mounts a webhook as the program does, beside a page that takes all else.
func serve(s *shelf) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
	h := &twilio.Webhook{
		Config: twilio.Config{AccountSID: twiliotest.Account, AuthToken: twiliotest.Token, PublicURL: public},
		Intake: s, Box: s, Now: func() time.Time { return noon },
		Village: func(to, service string) string {
			switch {
			case to == "+12065550100", service == "MG1":
				return "xiangyang"
			}
			return message.Unrouted
		},
	}
	h.Routes(mux)
	return mux
}

func received(change ...string) url.Values {
	f := url.Values{
		"AccountSid": {twiliotest.Account}, "MessageSid": {"SM1"}, "From": {"+8613800000001"}, "To": {"+12065550100"},
		"Body": {"村口路灯坏了三天了"}, "NumMedia": {"0"}, "ToCity": {""}, "ApiVersion": {"2010-04-01"},
	}
	for i := 0; i+1 < len(change); i += 2 {
		if change[i+1] == "-" {
			f.Del(change[i])
		} else {
			f.Set(change[i], change[i+1])
		}
	}
	return f
}

func request(path string, f url.Values, signed string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(f.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8")
	r.Header.Set("X-Twilio-Signature", twiliotest.Sign(twiliotest.Token, signed, f))
	return r
}

func do(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestATextIsKept(t *testing.T) {
	s := &shelf{}
	w := do(serve(s), request("/twilio/sms", received(), public+"/twilio/sms"))
	if w.Code != 200 || w.Body.String() != "<Response/>" || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/xml") {
		t.Fatalf("%d %q %v", w.Code, w.Body, w.Header())
	}
	want := []message.Inbound{{
		Village: "xiangyang", Channel: "sms", ExternalID: "SM1", From: "sms:+8613800000001", To: "+12065550100",
		Text: "村口路灯坏了三天了", At: noon,
	}}
	if d := cmp.Diff(want, s.kept); d != "" {
		t.Error(d)
	}
}

// TestWhatIsKept goes through what can stand in a text.
func TestWhatIsKept(t *testing.T) {
	long := strings.Repeat("路", 1600)
	for _, c := range []struct {
		name string
		form url.Values
		want message.Inbound
	}{
		{"no words", received("Body", ""), message.Inbound{Village: "xiangyang", From: "sms:+8613800000001", To: "+12065550100"}},
		{"1,600 characters", received("Body", long), message.Inbound{Village: "xiangyang", From: "sms:+8613800000001", To: "+12065550100", Text: long}},
		{"an emoji", received("Body", "🚗"), message.Inbound{Village: "xiangyang", From: "sms:+8613800000001", To: "+12065550100", Text: "🚗"}},
		{"no UTF-8, and NUL", received("Body", "水\xff停\x00了"), message.Inbound{Village: "xiangyang", From: "sms:+8613800000001", To: "+12065550100", Text: "水\uFFFD停了"}},
		{"a base64 body", received("Body", base64.StdEncoding.EncodeToString([]byte("村口路灯坏了三天了，晚上看不见。"))),
			message.Inbound{Village: "xiangyang", From: "sms:+8613800000001", To: "+12065550100", Text: "村口路灯坏了三天了，晚上看不见。"}},
		{"one long word", received("Body", "Donaudampfschifffahrtsgesellschaft12"), message.Inbound{Village: "xiangyang", From: "sms:+8613800000001", To: "+12065550100", Text: "Donaudampfschifffahrtsgesellschaft12"}},
		{"WhatsApp", received("From", "whatsapp:+8613800000001", "To", "whatsapp:+12065550100"), message.Inbound{Village: "xiangyang", From: "whatsapp:+8613800000001", To: "+12065550100", Text: "村口路灯坏了三天了"}},
		{"a number of the pool", received("To", "+12065550177", "MessagingServiceSid", "MG1"), message.Inbound{Village: "xiangyang", From: "sms:+8613800000001", To: "+12065550177", Text: "村口路灯坏了三天了"}},
		{"a number of nobody", received("To", "+12065550177"), message.Inbound{Village: "_", From: "sms:+8613800000001", To: "+12065550177", Text: "村口路灯坏了三天了"}},
		{"a short code", received("From", "10086"), message.Inbound{Village: "_", From: "sms:10086", To: "+12065550100", Text: "村口路灯坏了三天了"}},
		{"a name", received("From", "China Mobile"), message.Inbound{Village: "_", From: "sms:China_Mobile", To: "+12065550100", Text: "村口路灯坏了三天了"}},
		{"pictures, one of them forged", received("Body", "", "NumMedia", "3",
			"MediaUrl0", "https://api.twilio.com/m/1", "MediaContentType0", "image/jpeg",
			"MediaUrl1", "https://api.twilio.com.evil.example/m/2", "MediaContentType1", "image/jpeg",
			"MediaUrl2", "https://u@api.twilio.com/m/3"),
			message.Inbound{Village: "xiangyang", From: "sms:+8613800000001", To: "+12065550100", Media: []message.Media{{URL: "https://api.twilio.com/m/1", Type: "image/jpeg"}}}},
		{"new parameters", received("Brand", "new", "Zz", ""), message.Inbound{Village: "xiangyang", From: "sms:+8613800000001", To: "+12065550100", Text: "村口路灯坏了三天了"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &shelf{}
			if w := do(serve(s), request("/twilio/sms", c.form, public+"/twilio/sms")); w.Code != 200 {
				t.Fatalf("%d %s", w.Code, w.Body)
			}
			c.want.Channel, c.want.ExternalID, c.want.At = "sms", "SM1", noon
			if d := cmp.Diff([]message.Inbound{c.want}, s.kept); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	const sms = "/twilio/sms"
	good := func() *http.Request { return request(sms, received(), public+sms) }
	with := func(change func(*http.Request)) *http.Request { r := good(); change(r); return r }
	body := func(b string, length int64) *http.Request {
		r := httptest.NewRequest(http.MethodPost, sms, strings.NewReader(b))
		r.Header = good().Header
		r.ContentLength = length
		return r
	}
	tampered := received()
	tampered.Set("Body", "另一句话")
	for _, c := range []struct {
		name string
		r    *http.Request
		code int
	}{
		{"no signature", with(func(r *http.Request) { r.Header.Del("X-Twilio-Signature") }), 403},
		{"wrong signature", with(func(r *http.Request) { r.Header.Set("X-Twilio-Signature", "AAAAAAAAAAAAAAAAAAAAAAAAAAA=") }), 403},
		{"half a signature", with(func(r *http.Request) { r.Header.Set("X-Twilio-Signature", "AAAA") }), 403},
		{"changed words", body(tampered.Encode(), int64(len(tampered.Encode()))), 403},
		{"signed for another address", request(sms, received(), "https://other.example"+sms), 403},
		{"signed for the other route", request(sms, received(), public+"/twilio/status"), 403},
		{"another query", request(sms+"?a=1", received(), public+sms), 403},
		{"another account", request(sms, received("AccountSid", "AC2"), public+sms), 403},
		{"GET", with(func(r *http.Request) { r.Method = http.MethodGet }), 405},
		{"PUT", with(func(r *http.Request) { r.Method = http.MethodPut }), 405},
		{"JSON", with(func(r *http.Request) { r.Header.Set("Content-Type", "application/json") }), 415},
		{"no content type", with(func(r *http.Request) { r.Header.Del("Content-Type") }), 415},
		{"a multipart form", with(func(r *http.Request) { r.Header.Set("Content-Type", "multipart/form-data; boundary=x") }), 415},
		{"said to be too large", body("x", 5<<20), 413},
		{"too large, unsaid", body(strings.Repeat("x", 70<<10), -1), 413},
		{"cut short", body(received().Encode()[:40], int64(len(received().Encode()))), 400},
		{"cut in an escape", body("Body=%E", 7), 400},
		{"a broken escape", body("Body=%zz", 8), 400},
		{"no MessageSid", request(sms, received("MessageSid", "-"), public+sms), 400},
		{"no From", request(sms, received("From", "-"), public+sms), 400},
		{"a status without MessageSid", request("/twilio/status", url.Values{"MessageStatus": {"sent"}}, public+"/twilio/status"), 400},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &shelf{}
			w := do(serve(s), c.r)
			if w.Code != c.code {
				t.Errorf("%d %s, want %d", w.Code, w.Body, c.code)
			}
			if len(s.kept)+len(s.progress) != 0 {
				t.Errorf("kept %+v %v", s.kept, s.progress)
			}
			if c.code == 405 && w.Header().Get("Allow") != "POST" {
				t.Errorf("Allow: %q", w.Header().Get("Allow"))
			}
		})
	}
}

// TestALargeFormIsNotRead: of five megabytes hardly anything is taken in.
func TestALargeFormIsNotRead(t *testing.T) {
	for _, said := range []int64{5 << 20, -1} {
		b := &counting{Reader: io.LimitReader(zeros{}, 5<<20)}
		r := request("/twilio/sms", received(), public+"/twilio/sms")
		r.Body, r.ContentLength = io.NopCloser(b), said
		if w := do(serve(&shelf{}), r); w.Code != 413 {
			t.Errorf("%d", w.Code)
		}
		if b.n > 80<<10 {
			t.Errorf("read %d bytes", b.n)
		}
	}
}

type counting struct {
	io.Reader
	n int
}

func (c *counting) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n += n
	return n, err
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestCannotBeKept(t *testing.T) {
	s := &shelf{fails: errors.Join(channel.ErrUnavailable, errors.New("disk full"))}
	h := serve(s)
	status := url.Values{"MessageSid": {"SM1"}, "MessageStatus": {"sent"}}
	for _, r := range []*http.Request{
		request("/twilio/sms", received(), public+"/twilio/sms"),
		request("/twilio/status?village=v&id=1", status, public+"/twilio/status?village=v&id=1"),
	} {
		w := do(h, r)
		if w.Code != 503 || strings.Contains(w.Body.String(), "disk") {
			t.Errorf("%s: %d %s", r.URL, w.Code, w.Body)
		}
	}
}

func TestSpellingsOfTheAddress(t *testing.T) {
	for _, signed := range []string{public + "/twilio/sms", public + ":443/twilio/sms"} {
		s := &shelf{}
		if w := do(serve(s), request("/twilio/sms", received(), signed)); w.Code != 200 {
			t.Errorf("%s: %d", signed, w.Code)
		}
	}
	s := &shelf{}
	if w := do(serve(s), request("/twilio/sms?a=1&b", received(), public+"/twilio/sms?a=1&b")); w.Code != 200 {
		t.Errorf("with a query: %d", w.Code)
	}
}

// TestClosedWithoutAToken: with no token nobody can sign, not even with none.
func TestClosedWithoutAToken(t *testing.T) {
	s := &shelf{}
	mux := http.NewServeMux()
	h := &twilio.Webhook{Config: twilio.Config{PublicURL: public}, Intake: s, Box: s, Village: func(string, string) string { return "v" }}
	h.Routes(mux)
	r := request("/twilio/sms", received("AccountSid", "-"), public+"/twilio/sms")
	r.Header.Set("X-Twilio-Signature", twiliotest.Sign("", public+"/twilio/sms", received("AccountSid", "-")))
	if w := do(mux, r); w.Code != 403 || len(s.kept) != 0 {
		t.Errorf("%d, kept %v", w.Code, s.kept)
	}
}

func TestStatus(t *testing.T) {
	for _, c := range []struct {
		query, state, code, want string
	}{
		{"?village=xiangyang&id=out-1", "delivered", "", "xiangyang out-1 SM1 delivered "},
		{"?village=xiangyang&id=out-1", "sending", "", "xiangyang out-1 SM1 accepted "},
		{"?village=xiangyang&id=out-1", "read", "", "xiangyang out-1 SM1 delivered "},
		{"?village=xiangyang&id=out-1", "undelivered", "30003", "xiangyang out-1 SM1 undelivered 30003"},
		{"?village=xiangyang&id=out-1", "canceled", "", "xiangyang out-1 SM1 failed "},
		{"", "sent", "", "xiangyang  SM1 sent "},
		{"?village=xiangyang&id=out-1", "received", "", ""},
		{"?village=xiangyang&id=out-1", "something new", "", ""},
	} {
		f := url.Values{"AccountSid": {twiliotest.Account}, "MessageSid": {"SM1"}, "MessageStatus": {c.state}, "From": {"+12065550100"}}
		if c.code != "" {
			f.Set("ErrorCode", c.code)
		}
		s := &shelf{}
		w := do(serve(s), request("/twilio/status"+c.query, f, public+"/twilio/status"+c.query))
		if got := strings.Join(s.progress, ","); w.Code != 200 || got != c.want {
			t.Errorf("%s: %d %q, want %q", c.state, w.Code, got, c.want)
		}
	}
}

// TestCallbackReachesUs sends a text, and what the carrier calls back with passes
// our own check.
func TestCallbackReachesUs(t *testing.T) {
	s := &shelf{}
	ours := httptest.NewUnstartedServer(nil)
	address := "http://" + ours.Listener.Addr().String()
	twilios := twiliotest.New(t)
	config := twilio.Config{AccountSID: twiliotest.Account, AuthToken: twiliotest.Token, APIURL: twilios.URL, PublicURL: address}
	mux := http.NewServeMux()
	h := &twilio.Webhook{Config: config, Intake: s, Box: s, Village: func(string, string) string { return "" }}
	h.Routes(mux)
	ours.Config.Handler = mux
	ours.Start()
	defer ours.Close()
	d, err := twilio.New(config)
	if err != nil {
		t.Fatal(err)
	}
	r, err := d.Send(t.Context(), message.Outbound{ID: "a&b=c/号", Village: "向阳", To: "sms:+8613800000001", Sender: "+12065550100", Text: "好"})
	if err != nil {
		t.Fatal(err)
	}
	if code := twilios.Progress(r.ProviderID, "delivered", 0); code != 200 {
		t.Fatalf("answered %d", code)
	}
	if want := "向阳 a&b=c/号 " + r.ProviderID + " delivered "; len(s.progress) != 1 || s.progress[0] != want {
		t.Errorf("%q, want %q", s.progress, want)
	}
	if code, body := twilios.Text(address+"/twilio/sms", "", "SM7", "+8613800000001", "+12065550100", "好的"); code != 200 || body != "<Response/>" {
		t.Errorf("%d %s", code, body)
	}
	if len(s.kept) != 1 || s.kept[0].Village != message.Unrouted || s.kept[0].Text != "好的" {
		t.Errorf("kept %+v", s.kept)
	}
}

// TestConcurrentForms: buffers are used again, and nothing of one call may show
// in another.
func TestConcurrentForms(t *testing.T) {
	s := &shelf{}
	h := serve(s)
	var all sync.WaitGroup
	for i := range 16 {
		all.Go(func() {
			for j := range 50 {
				id := strconv.Itoa(i*1000 + j)
				f := received("MessageSid", "SM"+id, "Body", strings.Repeat(id, 1+j%7), "From", "+86"+id)
				if w := do(h, request("/twilio/sms", f, public+"/twilio/sms")); w.Code != 200 {
					t.Errorf("%d", w.Code)
				}
			}
		})
	}
	all.Wait()
	if len(s.kept) != 800 {
		t.Fatalf("kept %d", len(s.kept))
	}
	for _, in := range s.kept {
		id := strings.TrimPrefix(in.ExternalID, "SM")
		if strings.ReplaceAll(in.Text, id, "") != "" || in.From != message.Address("sms:+86"+id) {
			t.Errorf("mixed up: %+v", in)
		}
	}
}

// FuzzForm: whatever comes, nothing panics, and nothing is kept that is not signed.
func FuzzForm(f *testing.F) {
	good := received().Encode()
	f.Add([]byte(good), twiliotest.Sign(twiliotest.Token, public+"/twilio/sms", received()), "application/x-www-form-urlencoded", "")
	f.Add([]byte("MessageSid=1&From=%2B1&From=+2&From=+2&Body=%ff&NumMedia=9&MediaUrl0=%20"), "", "application/x-www-form-urlencoded; x", "a=1")
	f.Add([]byte("&&==&%"), "AAAAAAAAAAAAAAAAAAAAAAAAAAA=", "", "%")
	f.Add([]byte("NumMedia=-1&Body="+strings.Repeat("QUJD", 10)), "x", "APPLICATION/X-WWW-FORM-URLENCODED", "")
	f.Fuzz(func(t *testing.T, body []byte, signature, kind, query string) {
		s := &shelf{}
		h := serve(s)
		call := func(signature, kind string) int {
			r := httptest.NewRequest(http.MethodPost, "/twilio/sms", bytes.NewReader(body))
			r.URL.RawQuery = query
			r.Header["Content-Type"] = []string{kind}
			r.Header["X-Twilio-Signature"] = []string{signature}
			return do(h, r).Code
		}
		params, err := url.ParseQuery(string(body))
		right := twiliotest.Sign(twiliotest.Token, public+"/twilio/sms"+mark(query), params)
		if call(signature, kind); signature != right && err == nil && len(s.kept) != 0 {
			t.Fatalf("kept %+v with the signature %q", s.kept, signature)
		}
		if err != nil || len(body) > 64<<10 {
			return // the standard library refuses it, or it is too large
		}
		// Rightly signed it is read as the standard library reads it.
		s.kept = nil
		code := call(right, "application/x-www-form-urlencoded")
		whole := params.Get("MessageSid") != "" && params.Get("From") != ""
		ours := params.Get("AccountSid") == "" || params.Get("AccountSid") == twiliotest.Account
		if whole && ours && len(params["MessageSid"]) == 1 && len(params["From"]) == 1 && len(params["AccountSid"]) < 2 && (code != 200 || len(s.kept) != 1) {
			t.Fatalf("rightly signed, and %d, kept %d", code, len(s.kept))
		}
	})
}

func mark(query string) string {
	if query == "" {
		return ""
	}
	return "?" + query
}

func BenchmarkSMS(b *testing.B) {
	s := &shelf{}
	h := serve(s)
	form := received("FromCity", "SEATTLE", "FromCountry", "US", "FromState", "WA", "SmsMessageSid", "SM1", "SmsSid", "SM1", "SmsStatus", "received")
	encoded, signature := form.Encode(), twiliotest.Sign(twiliotest.Token, public+"/twilio/sms", form)
	b.ReportAllocs()
	for b.Loop() {
		r := request("/twilio/sms", nil, "")
		r.Body, r.ContentLength = io.NopCloser(strings.NewReader(encoded)), int64(len(encoded))
		r.Header.Set("X-Twilio-Signature", signature)
		if w := do(h, r); w.Code != 200 {
			b.Fatal(w.Code)
		}
		s.kept = s.kept[:0]
	}
}

// TestTwiliosOwnValidatorAgrees: on ordinary forms twilio-go accepts what we
// accept and refuses what we refuse.
func TestTwiliosOwnValidatorAgrees(t *testing.T) {
	theirs := client.NewRequestValidator(twiliotest.Token)
	for _, f := range []url.Values{
		received(), received("Body", ""), received("Body", "a+b&c=d e%"), received("zz", "1", "ZZ", "2", "Z", "3"), received("Body", "🚗 两个 words"),
	} {
		for _, address := range []string{public + "/twilio/sms", public + ":443/twilio/sms", "http://village.example/twilio/sms"} {
			r := request("/twilio/sms", f, address)
			want := theirs.ValidateBody(public+"/twilio/sms", []byte(f.Encode()), r.Header.Get("X-Twilio-Signature"))
			if got := do(serve(&shelf{}), r).Code == 200; got != want {
				t.Errorf("%s %v: we say %v, Twilio's own says %v", address, f, got, want)
			}
		}
	}
}

// TestRepeatedNames are signed with each different value (twilio-python and
// twilio-node do so; twilio-go looks at the first only).
func TestRepeatedNames(t *testing.T) {
	f := received()
	f["Tag"] = []string{"b", "a", "b"}
	s := &shelf{}
	if w := do(serve(s), request("/twilio/sms", f, public+"/twilio/sms")); w.Code != 200 || len(s.kept) != 1 {
		t.Errorf("%d", w.Code)
	}
}
