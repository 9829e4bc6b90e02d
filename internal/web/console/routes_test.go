package console

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"sanshi/internal/channel"
	"sanshi/internal/directory"
	"sanshi/internal/message"
)

// full is an office with one of everything.
func full() (*office, string) {
	o := newOffice()
	id := o.lamp()
	o.calls = []directory.Callback{{ID: "c1", Village: "xiangyang", Address: "sms:+8613800000005", Reason: "person", Matter: id, Note: "腿脚不便", At: o.now},
		{ID: "c2", Village: "xiangyang", Address: "sms:+8613800000006", Reason: "erase", At: o.now},
		{ID: "c3", Village: "xiangyang", Address: "sms:+8613800000001", Reason: "copy", At: o.now}}
	o.dead = []message.DeadLetter{{ID: "d1", Direction: "in", Address: "sms:+8613800000007", Text: "死信里的话", Error: "no such village", Tries: 5, At: o.now}}
	return o, id
}

// routes are all routes that need a sign-in.
func routes(id string) map[string][]string {
	return map[string][]string{
		"GET": {"/console/", "/console/q/household", "/console/q/village", "/console/q/government", "/console/q/all", "/console/late",
			"/console/counts", "/console/m/" + id, "/console/calls", "/console/calls/c1", "/console/asked", "/console/dead", "/console/dead/d1", "/console/staff"},
		"POST": {"/console/approve", "/console/q/village", "/console/m/" + id, "/console/m/" + id + "/erase", "/console/m/" + id + "/contact", "/console/asked", "/console/rehearsal",
			"/console/calls/c1", "/console/dead/d1", "/console/staff/li"},
	}
}

func TestWithoutSignIn(t *testing.T) {
	o, id := full()
	b := o.open(t)
	for method, paths := range routes(id) {
		for _, p := range paths {
			r := httptest.NewRequest(http.MethodGet, p, nil)
			if method == http.MethodPost {
				r = postRequest(p, strings.NewReader("event=approve&m="+id+":1"))
			}
			if w := b.do(r); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/console/in" {
				t.Errorf("%s %s: %d to %q", method, p, w.Code, w.Header().Get("Location"))
			}
			h := httptest.NewRequest(http.MethodGet, p, nil)
			if method == http.MethodPost {
				h = postRequest(p, strings.NewReader("event=approve"))
			}
			h.Header.Set("HX-Request", "true")
			if w := b.do(h); w.Code != http.StatusUnauthorized || w.Header().Get("HX-Redirect") != "/console/in" {
				t.Errorf("htmx %s %s: %d to %q", method, p, w.Code, w.Header().Get("HX-Redirect"))
			}
		}
	}
	if o.matters[id].Version != 1 || len(o.retried) > 0 || len(o.erased) > 0 || len(o.calls) != 3 {
		t.Error("something was done without a sign-in")
	}
}

func TestSignInSpendsTheLinkOnceAndOnlyByTheButton(t *testing.T) {
	o := newOffice()
	b := o.open(t)
	token, _ := o.NewLink(t.Context(), "xiangyang", "li", time.Hour)
	for range 3 { // a chat app fetches the link to show a preview
		if w := b.get("/console/in?token=" + token); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), token) {
			t.Fatalf("the page with the button: %d", w.Code)
		}
	}
	first := b.post("/console/in", url.Values{"token": {token}})
	if first.Code != http.StatusSeeOther || first.Header().Get("Location") != "/console/" {
		t.Fatalf("sign-in: %d to %q", first.Code, first.Header().Get("Location"))
	}
	c := first.Result().Cookies()[0]
	if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/console" || c.Secure {
		t.Errorf("cookie %+v", c)
	}
	if !strings.Contains(b.page("/console/"), "李书记") {
		t.Error("the page does not say who is signed in")
	}
	other := o.open(t)
	for name, form := range map[string]url.Values{"spent": {"token": {token}}, "none": {}, "unknown": {"token": {"x"}}, "long": {"token": {strings.Repeat("x", 300)}}} {
		if w := other.post("/console/in", form); w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), "用过了或过期了") {
			t.Errorf("%s token: %d", name, w.Code)
		}
	}
	if w := b.post("/console/out", nil); w.Code != http.StatusSeeOther {
		t.Errorf("sign-out: %d", w.Code)
	}
	b.cookies = []*http.Cookie{c} // the old cookie is kept by somebody else
	if w := b.get("/console/"); w.Code != http.StatusSeeOther {
		t.Errorf("the old cookie still opens: %d", w.Code)
	}
}

func TestWhereTheDayBegins(t *testing.T) {
	o := newOffice()
	for who, want := range map[string]string{"li": "/console/", "zhao": "/console/", "qian": "/console/", "wang": "/console/q/all",
		"chen": "/console/q/all", "sun": "/console/q/household", "zhou": "/console/q/government"} {
		b := o.open(t)
		token, _ := o.NewLink(t.Context(), "xiangyang", who, time.Hour)
		if got := b.post("/console/in", url.Values{"token": {token}}).Header().Get("Location"); got != want {
			t.Errorf("%s begins at %s, want %s", who, got, want)
		}
		b.page(want)
	}
}

func TestSecureCookieBehindHTTPS(t *testing.T) {
	o := newOffice()
	c, err := New(Deps{Store: o, Desk: o, Sessions: o, Workflows: o.flows, PublicURL: "https://village.example"})
	if err != nil {
		t.Fatal(err)
	}
	b := &browser{t: t, o: o, console: c}
	token, _ := o.NewLink(t.Context(), "xiangyang", "li", time.Hour)
	if w := b.post("/console/in", url.Values{"token": {token}}); !w.Result().Cookies()[0].Secure {
		t.Error("the cookie is sent without encryption too")
	}
}

func TestWhoLeftTheVillageIsOut(t *testing.T) {
	o := newOffice()
	b := o.as(t, "wang")
	b.page("/console/")
	o.village.Staff = o.village.Staff[:1]
	if w := b.get("/console/"); w.Code != http.StatusSeeOther {
		t.Errorf("a person no longer on the list: %d", w.Code)
	}
}

func TestWrongMethods(t *testing.T) {
	o, id := full()
	b := o.as(t, "li")
	for _, tc := range []struct{ method, path, allow string }{
		{"POST", "/console/", "GET, HEAD"},
		{"GET", "/console/approve", "POST"},
		{"DELETE", "/console/m/" + id, "GET, HEAD, POST"},
		{"PUT", "/console/in", "GET, HEAD, POST"},
		{"GET", "/console/out", "POST"},
		{"POST", "/console/late", "GET, HEAD"},
		{"PATCH", "/console/dead/d1", "GET, HEAD, POST"},
	} {
		w := b.do(httptest.NewRequest(tc.method, tc.path, nil))
		if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != tc.allow {
			t.Errorf("%s %s: %d, Allow %q", tc.method, tc.path, w.Code, w.Header().Get("Allow"))
		}
		if !strings.Contains(w.Body.String(), "不能这样访问") {
			t.Errorf("%s %s: no sentence", tc.method, tc.path)
		}
	}
}

func TestBadIDs(t *testing.T) {
	o, id := full()
	b := o.as(t, "li")
	for _, p := range []string{"/console/m/nobody", "/console/m/0427-1", "/console/m/%00", "/console/m/" + strings.Repeat("a", 3000),
		"/console/calls/nobody", "/console/dead/nobody", "/console/q/nothing", "/console/q/none", "/console/nowhere", "/console/m/" + id + "/x"} {
		if w := b.get(p); w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), "没有这个页面") {
			t.Errorf("GET %.60s: %d", p, w.Code)
		}
	}
	for _, p := range []string{"/console/m/nobody", "/console/m/nobody/erase", "/console/calls/nobody", "/console/dead/nobody", "/console/staff/nobody", "/console/q/nothing"} {
		if w := b.post(p, url.Values{"event": {"approve"}, "sure": {"1"}}); w.Code != http.StatusNotFound {
			t.Errorf("POST %s: %d", p, w.Code)
		}
	}
}

func TestBadBodies(t *testing.T) {
	o, id := full()
	b := o.as(t, "li")
	token, _ := o.NewLink(t.Context(), "xiangyang", "li", time.Hour)
	for _, p := range append(routes(id)["POST"], "/console/in") {
		for _, tc := range []struct {
			name, kind, body string
			want             int
		}{
			{"too large", "application/x-www-form-urlencoded", "token=" + token + "&event=approve&note=" + strings.Repeat("x", 5<<20), http.StatusRequestEntityTooLarge},
			{"truncated", "application/x-www-form-urlencoded", "token=" + token + "&event=approve&note=%e4%b", http.StatusBadRequest},
			{"JSON", "application/json", `{"event":"approve"}`, http.StatusUnsupportedMediaType},
			{"no type", "", "event=approve", http.StatusUnsupportedMediaType},
		} {
			r := postRequest(p, strings.NewReader(tc.body))
			r.Header.Set("Content-Type", tc.kind)
			if w := b.do(r); w.Code != tc.want {
				t.Errorf("%s, %s: %d, want %d", p, tc.name, w.Code, tc.want)
			}
		}
	}
	if o.matters[id].Version != 1 || len(o.retried) > 0 || len(o.erased) > 0 || len(o.calls) != 3 {
		t.Error("a bad body did something")
	}
}

func TestFormsOfOtherSites(t *testing.T) {
	o, id := full()
	b := o.as(t, "li")
	for name, header := range map[string][2]string{
		"fetch metadata": {"Sec-Fetch-Site", "cross-site"}, "same site, other origin": {"Sec-Fetch-Site", "same-site"}, "origin": {"Origin", "https://evil.example"},
	} {
		for _, p := range append(routes(id)["POST"], "/console/in", "/console/out") {
			r := postRequest(p, strings.NewReader("event=approve&sure=1&erase=1&m="+id+":1"))
			r.Header.Del("Sec-Fetch-Site")
			r.Header.Set(header[0], header[1])
			if w := b.do(r); w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), "别的网站") {
				t.Errorf("%s to %s: %d", name, p, w.Code)
			}
		}
	}
	if o.matters[id].Version != 1 || len(o.retried) > 0 || len(o.erased) > 0 {
		t.Error("a form of another site did something")
	}
	b.page("/console/") // and she is still signed in
	r := postRequest("/console/m/"+id, strings.NewReader("event=approve"))
	r.Header.Del("Sec-Fetch-Site")
	r.Host = "10.0.0.7:8080" // as a proxy calls us
	r.Header.Set("Origin", "http://console.test")
	if w := b.do(r); w.Code != http.StatusSeeOther {
		t.Errorf("our own form through a proxy, from an old browser: %d", w.Code)
	}
}

// everyPage gets all pages as the secretary sees them.
func TestFaultsArePlainSentences(t *testing.T) {
	for _, tc := range []struct {
		fault error
		want  int
		says  string
	}{
		{errSecretFault, http.StatusInternalServerError, "系统出了错"},
		{fmt.Errorf("take: %w", channel.ErrUnavailable), http.StatusServiceUnavailable, "系统正忙"},
	} {
		o, id := full()
		b := o.as(t, "li")
		o.fault = tc.fault
		for method, paths := range routes(id) {
			for _, p := range paths {
				if p == "/console/staff/li" {
					continue
				}
				r := httptest.NewRequest(http.MethodGet, p, nil)
				if method == http.MethodPost {
					r = postRequest(p, strings.NewReader("event=approve&sure=1&m="+id+":1"))
				}
				w := b.do(r)
				if w.Code != tc.want || !strings.Contains(w.Body.String(), tc.says) {
					t.Errorf("%s %s: %d", method, p, w.Code)
				}
				if strings.Contains(w.Body.String(), "hunter2") {
					t.Errorf("%s %s shows the inside of the fault", method, p)
				}
			}
		}
		if !strings.Contains(b.log.String(), tc.fault.Error()) {
			t.Error("the log does not name the cause")
		}
	}
}

func TestProblemOfNothing(t *testing.T) {
	if p := problem(errors.New("x")); p.Detail == "" {
		t.Error("a failure in a batch has no words")
	}
}
