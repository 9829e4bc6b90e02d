package phone

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"sanshi/internal/channel"
	"sanshi/internal/desk"
	"sanshi/internal/directory"
	"sanshi/internal/message"
	"sanshi/internal/web/assets"
	"sanshi/internal/web/page/pagetest"
)

var noon = time.Date(2026, 4, 27, 12, 0, 0, 0, time.UTC)

// exchange is a village's line kept in memory. It answers each text once it is asked to.
type exchange struct {
	mu       sync.Mutex
	villages []*directory.Village
	people   []directory.Resident
	talk     map[message.Address][]message.Line
	taken    []message.Inbound
	links    []string
	fault    error
	full     bool // nothing more can be kept
}

// fail makes everything fail from now on, or no longer.
func (x *exchange) fail(err error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.fault = err
}

func (x *exchange) broken() error {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.fault
}

func newExchange() *exchange {
	return &exchange{
		villages: []*directory.Village{{ID: "xiangyang", Name: "向阳村", SMS: []string{"+12065550100"}, Location: time.UTC,
			Staff: []directory.Staff{{ID: "li", Name: "李书记", Role: directory.Secretary}, {ID: "wang", Name: "王志愿", Role: directory.Volunteer}}}},
		people: []directory.Resident{{Address: "sms:+12065550121", Name: "陈大爷"}, {Address: "sms:+12065550122", Name: "刘婶"}, {Address: "wechat:abc", Name: "小刘"}},
		talk:   map[message.Address][]message.Line{},
	}
}

func (x *exchange) Villages(context.Context) ([]*directory.Village, error) {
	return x.villages, x.fault
}
func (x *exchange) Village(_ context.Context, id string) (*directory.Village, error) {
	for _, v := range x.villages {
		if v.ID == id {
			return v, x.broken()
		}
	}
	return nil, desk.ErrNotFound
}
func (x *exchange) Residents(context.Context, string) ([]directory.Resident, error) {
	return x.people, x.broken()
}
func (x *exchange) Conversation(_ context.Context, _ string, a message.Address) ([]message.Line, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	return append([]message.Line(nil), x.talk[a]...), x.fault
}
func (x *exchange) NewLink(_ context.Context, village, staff string, _ time.Duration) (string, error) {
	x.links = append(x.links, village+"/"+staff)
	return "token-of-" + staff, x.broken()
}
func (x *exchange) Take(_ context.Context, in message.Inbound) (channel.Taken, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.full {
		return channel.Taken{}, fmt.Errorf("no space left on device: %w", channel.ErrUnavailable)
	}
	if x.fault != nil {
		return channel.Taken{}, x.fault
	}
	x.taken = append(x.taken, in)
	x.talk[in.From] = append(x.talk[in.From], message.Line{Direction: "in", Text: in.Text, Status: "received", Segments: 1, At: in.At})
	return channel.Taken{ID: "1"}, nil
}

// answer is what the village says to a phone.
func (x *exchange) answer(a message.Address, text string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.talk[a] = append(x.talk[a], message.Line{Direction: "out", Text: text, Status: "delivered", Segments: 2, At: noon})
}

type visitor struct {
	t       *testing.T
	phone   http.Handler
	cookies []*http.Cookie
	from    string
	host    string
}

func (x *exchange) visit(t *testing.T, open bool) *visitor {
	t.Helper()
	n := 0
	p, err := New(Deps{Store: x, Intake: x, Open: open, Now: func() time.Time { return noon },
		NewID: func() string { n++; return fmt.Sprint("id", n) }, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		t.Fatal(err)
	}
	return &visitor{t: t, phone: p, from: "127.0.0.1:5555", host: "127.0.0.1:8080"}
}

func (v *visitor) do(r *http.Request) *httptest.ResponseRecorder {
	r.RemoteAddr, r.Host = v.from, v.host
	for _, c := range v.cookies {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	v.phone.ServeHTTP(w, r)
	if c := w.Result().Cookies(); len(c) > 0 {
		v.cookies = c
	}
	return w
}

func (v *visitor) get(path string) *httptest.ResponseRecorder {
	return v.do(httptest.NewRequest(http.MethodGet, path, nil))
}

func (v *visitor) post(path string, form url.Values) *httptest.ResponseRecorder {
	return v.do(posted(path, strings.NewReader(form.Encode())))
}

func posted(path string, body io.Reader) *http.Request {
	r := httptest.NewRequest(http.MethodPost, path, body)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r
}

func TestATextGoesThroughTheIntake(t *testing.T) {
	x := newExchange()
	v := x.visit(t, false)
	if w := v.post("/sim/send/1", url.Values{"text": {"  村口路灯坏了 "}}); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/sim/" {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	want := message.Inbound{Village: "xiangyang", Channel: "sim", ExternalID: "id1", From: "sms:+12065550121", To: "+12065550100", Text: "村口路灯坏了", At: noon}
	if len(x.taken) != 1 || fmt.Sprint(x.taken[0]) != fmt.Sprint(want) {
		t.Fatalf("taken %+v\nwant  %+v", x.taken, want)
	}
	x.answer("sms:+12065550121", "【向阳村】已记下")
	body := v.get("/sim/").Body.String()
	for _, s := range []string{"村口路灯坏了", "【向阳村】已记下", "2 条", "已送达", "已收到", "陈大爷", "刘婶"} {
		if !strings.Contains(body, s) {
			t.Errorf("the phone lacks %q", s)
		}
	}
	if second := v.get("/sim/talk/2").Body.String(); strings.Contains(second, "路灯坏了</p>") || strings.Contains(second, "<html") {
		t.Error("the other phone shows it, or a part is a whole page")
	}
	r := posted("/sim/send/2", strings.NewReader(url.Values{"text": {"我也看不见"}}.Encode()))
	r.Header.Set("HX-Request", "true")
	if w := v.do(r); w.Code != http.StatusOK || !strings.HasPrefix(strings.TrimSpace(w.Body.String()), `<section class="phone" id="phone-2"`) {
		t.Errorf("for htmx: %d %.80s", w.Code, w.Body)
	}
	if x.taken[1].From != "sms:+12065550122" || x.taken[1].ExternalID == x.taken[0].ExternalID {
		t.Errorf("second text %+v", x.taken[1])
	}
}

func TestPickANumber(t *testing.T) {
	x := newExchange()
	v := x.visit(t, false)
	for _, bad := range []string{"", "13800000001", "wechat:abc", "+12<script>", "+1"} {
		if w := v.post("/sim/pick/1", url.Values{"other": {bad}, "number": {""}}); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("%q: %d", bad, w.Code)
		}
	}
	if body := v.post("/sim/pick/1", url.Values{"other": {"138<"}}).Body.String(); !strings.Contains(body, "号码要以 + 开头") ||
		!strings.Contains(body, `value="138&lt;"`) || strings.Count(body, `<section class="phone"`) != 2 {
		t.Error("a wrong number takes the phones away")
	}
	w := v.post("/sim/pick/1", url.Values{"number": {"+12065550122"}, "other": {"+86 138 0000 0009"}})
	if w.Code != http.StatusSeeOther || strings.Contains(w.Header().Get("Location"), "138") {
		t.Fatalf("%d to %q", w.Code, w.Header().Get("Location"))
	}
	c := v.cookies[0]
	if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/sim" || strings.Contains(c.Value, "138") {
		t.Errorf("cookie %+v", c)
	}
	v.post("/sim/send/1", url.Values{"text": {"你好"}})
	v.post("/sim/send/2", url.Values{"text": {"你好"}})
	if x.taken[0].From != "sms:+8613800000009" || x.taken[1].From != "sms:+12065550122" {
		t.Errorf("texts from %s and %s", x.taken[0].From, x.taken[1].From)
	}
	for _, junk := range []string{"%%%", "YWJj", "dj0lenomMT0lMDA"} {
		v.cookies = []*http.Cookie{{Name: cookieName, Value: junk}}
		if w := v.get("/sim/"); w.Code != http.StatusOK {
			t.Errorf("cookie %q: %d", junk, w.Code)
		}
	}
}

func TestAnotherVillage(t *testing.T) {
	x := newExchange()
	x.villages = append(x.villages, &directory.Village{ID: "lijiawan", Name: "李家湾村", Location: time.UTC})
	v := x.visit(t, false)
	v.post("/sim/village", url.Values{"village": {"lijiawan"}})
	if body := v.get("/sim/").Body.String(); !strings.Contains(body, "李家湾村 ·") && !strings.Contains(body, "· 李家湾村") {
		t.Error("the village was not changed")
	}
	v.post("/sim/send/1", url.Values{"text": {"你好"}})
	if x.taken[0].Village != "lijiawan" || x.taken[0].To != "" {
		t.Errorf("taken %+v", x.taken[0])
	}
	if w := v.post("/sim/village", url.Values{"village": {"nowhere"}}); w.Code != http.StatusNotFound {
		t.Errorf("no such village: %d", w.Code)
	}
}

func TestSignInAs(t *testing.T) {
	x := newExchange()
	v := x.visit(t, false)
	if w := v.post("/sim/as", url.Values{"staff": {"wang"}}); w.Header().Get("Location") != "/console/in?token=token-of-wang" {
		t.Errorf("%d to %q", w.Code, w.Header().Get("Location"))
	}
	if w := v.post("/sim/as", url.Values{"staff": {"nobody"}}); w.Code != http.StatusNotFound || len(x.links) != 1 {
		t.Errorf("nobody: %d, links %v", w.Code, x.links)
	}
}

func TestOnlyFromThisMachine(t *testing.T) {
	x := newExchange()
	for _, tc := range []struct {
		name, from, host, header string
		want                     int
	}{
		{"here", "127.0.0.1:1", "127.0.0.1:8080", "", 200},
		{"here by name", "[::1]:1", "localhost:8080", "", 200},
		{"here, version 6", "[::1]:1", "[::1]:8080", "", 200},
		{"another machine", "10.0.0.7:1", "10.0.0.1:8080", "", 403},
		{"through a proxy here", "127.0.0.1:1", "127.0.0.1:8080", "X-Forwarded-For", 403},
		{"a name pointed at us", "127.0.0.1:1", "evil.example:8080", "", 403},
		{"an odd address", "x", "127.0.0.1:8080", "", 403},
	} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			v := x.visit(t, false)
			v.from, v.host = tc.from, tc.host
			r, want := httptest.NewRequest(method, "/sim/", nil), tc.want
			if method == http.MethodPost {
				r = posted("/sim/send/1", strings.NewReader("text=x"))
				if want == 200 {
					want = http.StatusSeeOther
				}
			}
			if tc.header != "" {
				r.Header.Set(tc.header, "10.0.0.7")
			}
			if w := v.do(r); w.Code != want {
				t.Errorf("%s, %s: %d, want %d", tc.name, method, w.Code, want)
			}
		}
	}
	if len(x.taken) != 3 {
		t.Errorf("%d texts were taken, want 3", len(x.taken))
	}
	v := x.visit(t, true)
	v.from, v.host = "10.0.0.7:1", "village.example"
	if w := v.get("/sim/"); w.Code != http.StatusOK {
		t.Errorf("opened on purpose: %d", w.Code)
	}
}

func TestBadRequests(t *testing.T) {
	x := newExchange()
	v := x.visit(t, false)
	long := url.Values{"text": {strings.Repeat("长", 1601)}}.Encode()
	emoji := url.Values{"text": {strings.Repeat("😀", 801)}}.Encode()
	for _, tc := range []struct {
		name, method, path, kind, body string
		want                           int
	}{
		{"wrong method", "GET", "/sim/send/1", "", "", 405},
		{"wrong method", "POST", "/sim/", "", "", 405},
		{"wrong method", "DELETE", "/sim/talk/1", "", "", 405},
		{"no such phone", "GET", "/sim/talk/3", "", "", 404},
		{"no such phone", "POST", "/sim/send/0", "application/x-www-form-urlencoded", "text=x", 404},
		{"no such phone", "POST", "/sim/pick/x", "application/x-www-form-urlencoded", "number=%2B12065550121", 404},
		{"no such page", "GET", "/sim/nothing", "", "", 404},
		{"no words", "POST", "/sim/send/1", "application/x-www-form-urlencoded", "text=", 422},
		{"too long", "POST", "/sim/send/1", "application/x-www-form-urlencoded", long, 422},
		{"too long in UTF-16 units", "POST", "/sim/send/1", "application/x-www-form-urlencoded", emoji, 422},
		{"too large", "POST", "/sim/send/1", "application/x-www-form-urlencoded", "text=" + strings.Repeat("x", 5<<20), 413},
		{"truncated", "POST", "/sim/send/1", "application/x-www-form-urlencoded", "text=%e4%b", 400},
		{"JSON", "POST", "/sim/send/1", "application/json", `{"text":"x"}`, 415},
	} {
		r := httptest.NewRequest(tc.method, tc.path, strings.NewReader(tc.body))
		r.Header.Set("Content-Type", tc.kind)
		if w := v.do(r); w.Code != tc.want {
			t.Errorf("%s %s, %s: %d, want %d", tc.method, tc.path, tc.name, w.Code, tc.want)
		}
	}
	cross := posted("/sim/send/1", strings.NewReader("text=x"))
	cross.Header.Set("Sec-Fetch-Site", "cross-site")
	if w := v.do(cross); w.Code != http.StatusForbidden {
		t.Errorf("a form of another site: %d", w.Code)
	}
	if len(x.taken) != 0 {
		t.Errorf("taken %v", x.taken)
	}
	x.full = true
	if w := v.post("/sim/send/1", url.Values{"text": {"x"}}); w.Code != http.StatusServiceUnavailable || strings.Contains(w.Body.String(), "space") {
		t.Errorf("cannot be kept: %d", w.Code)
	}
}

func TestHostileText(t *testing.T) {
	x := newExchange()
	v := x.visit(t, false)
	evil := `</textarea><script>alert(1)</script>`
	x.people[0].Name = evil
	v.post("/sim/send/1", url.Values{"text": {evil + "\x00\x1b[31m\xff"}})
	x.answer("sms:+12065550121", evil)
	for _, p := range []string{"/sim/", "/sim/talk/1"} {
		if body := v.get(p).Body.String(); strings.Contains(body, "<script>alert") || !strings.Contains(body, "&lt;script&gt;alert") {
			t.Errorf("%s shows a text as code, or not at all", p)
		}
	}
	if got := x.taken[0].Text; got != evil+"[31m\uFFFD" {
		t.Errorf("taken %q", got)
	}
}

// TestThePhoneInABrowser: a text is sent without a new page, and the answer comes
// by itself.
func TestThePhoneInABrowser(t *testing.T) {
	x := newExchange()
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	files := assets.New()
	p, err := New(Deps{Store: x, Intake: x, Assets: files, Now: func() time.Time { return noon }})
	if err != nil {
		t.Fatal(err)
	}
	mux.Handle("/sim/", p)
	mux.Handle(assets.Prefix, files)
	b := pagetest.Open(t, server.URL, os.Getenv("PICTURES"))
	b.Resize(pagetest.Desktop)
	b.Go("/sim/")
	pagetest.Eval[string](b, `document.body.dataset.mark = "same page"`)
	b.Type(`#phone-1 textarea`, "村口路灯坏了三天了，晚上看不见路")
	b.Click(`[data-send="1"]`)
	b.See("已收到")
	x.answer("sms:+12065550121", "【向阳村】已记下（0427-0）：村口路灯坏了。李书记看过就派人。说错了回0找人。")
	b.See("李书记看过就派人")
	if pagetest.Eval[string](b, `document.body.dataset.mark || "a new page"`) != "same page" {
		t.Error("the page was loaded anew")
	}
	if left := pagetest.Eval[string](b, `document.querySelector("#phone-1 textarea").value`); left != "" {
		t.Errorf("the field still holds %q", left)
	}
	b.Picture("sim-desktop", true)
	pagetest.Eval[bool](b, `(() => { const s = document.querySelector('[data-who="1"]'); s.value = "+12065550122"; return s.dispatchEvent(new Event("change", {bubbles: true})) })()`)
	b.See("还没有短信")
	b.Type(`#phone-1 input[name=other]`, "13800000001")
	b.Click(`[data-pick="1"]`)
	b.See("号码要以 + 开头")
	b.Picture("sim-wrong-number", false)
	b.Type(`#phone-1 input[name=other]`, "") // as it stands: see that it is kept
	if kept := pagetest.Eval[string](b, `document.querySelector("#phone-1 input[name=other]").value`); kept != "13800000001" {
		t.Errorf("the wrong number became %q", kept)
	}
	pagetest.Eval[bool](b, `(() => { const s = document.querySelector('[data-who="1"]'); s.value = "+12065550121"; return s.dispatchEvent(new Event("change", {bubbles: true})) })()`)
	b.See("李书记看过就派人")
	if pagetest.Eval[string](b, `document.body.dataset.mark || "a new page"`) != "same page" {
		t.Error("another phone is another page")
	}
	x.fail(errors.New("the database is away"))
	before := b.Heard()
	for b.Heard() < before+2 {
		b.See("李书记看过就派人") // what is there stays there
	}
	x.fail(nil)
	x.mu.Lock()
	x.full = true
	x.mu.Unlock()
	b.Type(`#phone-1 textarea`, "还有一件事")
	b.Click(`[data-send="1"]`)
	b.See("系统正忙")
	b.Go("/sim/")
	b.Resize(pagetest.Handset)
	b.Fits("the simulator")
	b.Picture("sim-phone", false)
	b.Quiet("status of 422", "status of 500", "status of 503")
}
