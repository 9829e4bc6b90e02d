package console

import (
	"errors"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"sanshi/internal/catalog"
	"sanshi/internal/channel"
	"sanshi/internal/directory"
	"sanshi/internal/matter"
	"sanshi/internal/message"
)

// full is an office with one of everything.
func full() (*office, string) {
	o := newOffice()
	id := o.lamp()
	o.calls = []directory.Callback{{ID: "c1", Village: "xiangyang", Address: "sms:+8613800000005", Reason: "person", Matter: id, Note: "腿脚不便", At: o.now},
		{ID: "c2", Village: "xiangyang", Address: "sms:+8613800000006", Reason: "erase", At: o.now}}
	o.dead = []message.DeadLetter{{ID: "d1", Direction: "in", Address: "sms:+8613800000007", Text: "死信里的话", Error: "no such village", Tries: 5, At: o.now}}
	return o, id
}

// routes are all routes that need a sign-in.
func routes(id string) map[string][]string {
	return map[string][]string{
		"GET": {"/console/", "/console/q/household", "/console/q/village", "/console/q/government", "/console/q/all", "/console/late",
			"/console/counts", "/console/m/" + id, "/console/calls", "/console/calls/c1", "/console/dead", "/console/dead/d1", "/console/staff"},
		"POST": {"/console/approve", "/console/q/village", "/console/m/" + id, "/console/m/" + id + "/erase",
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
	if o.matters[id].Version != 1 || len(o.retried) > 0 || len(o.erased) > 0 || len(o.calls) != 2 {
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
	if o.matters[id].Version != 1 || len(o.retried) > 0 || len(o.erased) > 0 || len(o.calls) != 2 {
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
func everyPage(t *testing.T, b *browser, id string) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, p := range routes(id)["GET"] {
		out[p] = b.page(p)
	}
	return out
}

func TestHeadersOfEveryPage(t *testing.T) {
	o, id := full()
	b := o.as(t, "li")
	for _, p := range append(routes(id)["GET"], "/console/in", "/console/nowhere") {
		h := b.get(p).Header()
		for key, want := range map[string]string{"Content-Security-Policy": "default-src 'self'", "Referrer-Policy": "no-referrer",
			"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"} {
			if !strings.Contains(h.Get(key), want) {
				t.Errorf("%s: %s is %q", p, key, h.Get(key))
			}
		}
		if strings.Contains(h.Get("Content-Security-Policy"), "unsafe") {
			t.Errorf("%s: the policy lets inline code run", p)
		}
	}
}

func TestNoInlineCodeAndNoPersonalDataInLinks(t *testing.T) {
	o, id := full()
	inline := regexp.MustCompile(`(?i)<script(?: [^>]*)?>[^<]|<style|\sstyle=|\son[a-z]+=|javascript:`)
	links := regexp.MustCompile(`(?:href|action|src|hx-get|hx-post)="([^"]*)"`)
	for p, body := range everyPage(t, o.as(t, "li"), id) {
		if s := inline.FindString(body); s != "" {
			t.Errorf("%s has inline code that the policy forbids: %q", p, s)
		}
		for _, l := range links.FindAllStringSubmatch(body, -1) {
			u := html.UnescapeString(l[1])
			if strings.HasPrefix(u, "tel:") {
				continue // dialled, never requested
			}
			if plain, _ := url.QueryUnescape(u); strings.Contains(plain, "1380000") || strings.Contains(plain, "老陈头") {
				t.Errorf("%s links to %s", p, u)
			}
		}
	}
}

func TestNumbersAreMaskedInLists(t *testing.T) {
	o, id := full()
	o.now = o.now.AddDate(0, 1, 0) // so that it is late as well
	for _, who := range []string{"li", "wang", "zhou", "qian"} {
		b := o.as(t, who)
		for _, p := range []string{"/console/", "/console/q/all", "/console/q/village", "/console/late", "/console/counts", "/console/staff"} {
			if strings.Contains(b.page(p), "13800000001") {
				t.Errorf("%s shows %s a whole number", p, who)
			}
		}
	}
	li := o.as(t, "li")
	for _, p := range []string{"/console/calls", "/console/dead"} {
		if body := li.page(p); strings.Contains(body, "1380000000") || strings.Contains(body, "死信里的话") || strings.Contains(body, "腿脚不便") {
			t.Errorf("%s shows a number or words", p)
		}
	}
	if body := li.page("/console/m/" + id); !strings.Contains(body, "13800000001") {
		t.Error("the secretary cannot see whom to call")
	}
	if body := o.as(t, "zhou").page("/console/m/" + id); strings.Contains(body, "13800000001") || strings.Contains(body, "晚上看不见路") {
		t.Error("an officer of another department reads what is not hers")
	}
}

func TestPrivateMatters(t *testing.T) {
	o := newOffice()
	id := o.secret()
	words := []string{"秘密", "13800000077"}
	has := func(body string) bool {
		for _, w := range words {
			if strings.Contains(body, w) {
				return true
			}
		}
		return false
	}
	lists := []string{"/console/", "/console/q/all?state=any", "/console/q/household?state=sorting"}
	for _, s := range o.village.Staff {
		b := o.as(t, s.ID)
		for _, p := range lists {
			body := b.page(p)
			if has(body) {
				t.Errorf("%s shows %s the words of a private matter", p, s.ID)
			}
			if !strings.Contains(body, "1件保密事项") {
				t.Errorf("%s does not show %s that there is one", p, s.ID)
			}
		}
		if body := b.page("/console/m/" + id); has(body) {
			t.Errorf("the page shows %s the words before a reveal", s.ID)
		}
		if w := b.post("/console/m/"+id, url.Values{"event": {"note"}}); has(w.Body.String()) {
			t.Errorf("a refused form shows %s the words", s.ID)
		}
	}
	sun := o.as(t, "sun")
	if w := sun.post("/console/m/"+id, url.Values{"event": {"reveal"}}); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("a reveal without a reason: %d", w.Code)
	}
	sun.post("/console/m/"+id, url.Values{"event": {"reveal"}, "note": {"要去调解"}})
	body := sun.page("/console/m/" + id)
	for _, want := range []string{"秘密内容", "秘密地点", "13800000077", "要去调解"} {
		if !strings.Contains(body, want) {
			t.Errorf("after the reveal the page lacks %q", want)
		}
	}
	if has(sun.page("/console/")) {
		t.Error("after the reveal the list shows the words")
	}
	if w := o.as(t, "wang").post("/console/m/"+id, url.Values{"event": {"reveal"}, "note": {"好奇"}}); w.Code != http.StatusForbidden {
		t.Errorf("a volunteer reveals: %d", w.Code)
	}
	li := o.as(t, "li")
	if b := li.page("/console/m/" + id); strings.Contains(b, "要去调解") || has(b) {
		t.Error("the secretary, who is not on the list, reads it")
	}
	li.post("/console/m/"+id, url.Values{"event": {"approve"}})
	li.post("/console/m/"+id, url.Values{"event": {"assign"}, "assignee": {"sun"}})
	if m := o.matters[id]; m.State != matter.Handling || m.Assignee != "sun" {
		t.Errorf("the secretary could not approve and assign it unseen: %s %s", m.State, m.Assignee)
	}
}

func TestHostileTextIsShownAsText(t *testing.T) {
	o := newOffice()
	evil := `"><script>alert(1)</script><img src=x onerror=alert(2)>{{.}}`
	o.village.Areas[0].Name = evil
	o.village.Staff[1].Name = evil
	id := o.raise(matter.NewMatter{Code: "V1", Area: "g1", Words: matter.Words{Summary: evil, Text: evil, Place: evil, Name: evil, Reason: evil}})
	o.raise(matter.NewMatter{Code: "V1", Resident: "sms:+8613800000009", Words: matter.Words{Summary: evil, Text: evil}})
	o.calls = []directory.Callback{{ID: "c1", Address: "sms:+8613800000005", Reason: evil, Note: evil, Matter: id, At: o.now}}
	o.dead = []message.DeadLetter{{ID: "d1", Direction: "in", Address: "sms:" + evil, Text: evil, Error: evil, At: o.now}}
	li := o.as(t, "li")
	li.post("/console/m/"+id, url.Values{"event": {"note"}, "note": {evil}})
	pages := everyPage(t, li, id)
	pages["search"] = li.post("/console/q/all", url.Values{"q": {evil}}).Body.String()
	pages["refused"] = li.post("/console/m/"+id, url.Values{"event": {"plan"}, "note": {evil}, "due": {evil}}).Body.String()
	pages["token"] = o.open(t).get("/console/in?token=" + url.QueryEscape(evil)).Body.String()
	for p, body := range pages {
		if strings.Contains(body, "<script>alert") || strings.Contains(body, "<img src=x") {
			t.Errorf("%s lets a resident's text become code", p)
		}
	}
	if !strings.Contains(pages["/console/m/"+id], "&lt;script&gt;alert(1)") {
		t.Error("the text is not shown at all")
	}
}

func TestFilters(t *testing.T) {
	o := newOffice()
	b := o.as(t, "wang")
	last := func() matter.Filter { return o.filters[len(o.filters)-1] }
	b.page("/console/q/village")
	if f := last(); f.Village != "xiangyang" || len(f.Kinds) != 1 || f.Kinds[0] != catalog.VillageRun || len(f.States) != 4 || f.Query != "" {
		t.Errorf("plain queue: %+v", f)
	}
	b.page("/console/q/village?state=done&code=V1&area=g1&mine=1&cursor=abc&q=searched")
	if f := last(); f.States[0] != matter.Done || f.Codes[0] != "V1" || f.Areas[0] != "g1" || f.Assignee != "wang" || f.Cursor != "abc" || f.Query != "" {
		t.Errorf("by URL: %+v", f)
	}
	w := b.post("/console/q/all", url.Values{"q": {" 路灯 "}, "state": {"any"}})
	if f := last(); w.Code != http.StatusOK || f.Query != "路灯" || f.States != nil || f.Kinds != nil {
		t.Errorf("search: %d %+v", w.Code, f)
	}
	b.page("/console/late")
	if f := last(); !f.Late.Equal(o.now) {
		t.Errorf("late: %+v", f)
	}
	for _, q := range []string{"state=gone", "code=Z1", "area=g9", "cursor=" + strings.Repeat("x", 300)} {
		if w := b.get("/console/q/all?" + q); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("%.20s: %d", q, w.Code)
		}
	}
}

func TestPaging(t *testing.T) {
	o := newOffice()
	for range 120 {
		m := o.matters[o.lamp()]
		m.State = matter.Queued
		o.matters[m.ID] = m
	}
	b := o.as(t, "wang")
	seen, form := 0, url.Values{"q": {"路灯"}}
	next := regexp.MustCompile(`name="cursor" value="([^"]+)"`)
	for range 4 {
		body := b.post("/console/q/village", form).Body.String()
		seen += strings.Count(body, `<li class="line">`)
		m := next.FindStringSubmatch(body)
		if m == nil {
			break
		}
		if !strings.Contains(body, `name="q" value="路灯"`) {
			t.Fatal("the next page forgets the search")
		}
		form.Set("cursor", m[1])
	}
	if seen != 120 {
		t.Errorf("paging showed %d of 120", seen)
	}
}

func TestUrgentFirstAndTwentyAtATime(t *testing.T) {
	o := newOffice()
	for range 25 {
		o.lamp()
	}
	o.now = o.now.Add(time.Hour)
	urgent := o.raise(matter.NewMatter{Code: "V1", Urgency: catalog.Urgent, Words: matter.Words{Summary: "缺水"}})
	fire := o.raise(matter.NewMatter{Code: "V9", Urgency: catalog.Emergency, Danger: "fire", Words: matter.Words{Summary: "着火"}})
	body := o.as(t, "li").page("/console/")
	cards := regexp.MustCompile(`id="m-([^"]+)"`).FindAllStringSubmatch(body, -1)
	if len(cards) != 20 || cards[0][1] != fire || cards[1][1] != urgent {
		t.Errorf("%d cards, first %v", len(cards), cards[:min(3, len(cards))])
	}
	if !strings.Contains(body, "还有 7 件") {
		t.Error("the rest is not counted")
	}
}

func TestCallsAndDeadLetters(t *testing.T) {
	o, _ := full()
	for who, want := range map[string]int{"li": 200, "zhao": 200, "chen": 200, "wang": 403, "zhou": 403, "qian": 403} {
		if w := o.as(t, who).get("/console/calls/c1"); w.Code != want {
			t.Errorf("a call shown to %s: %d", who, w.Code)
		}
	}
	for who, want := range map[string][2]int{"li": {200, 200}, "qian": {200, 403}, "wu": {200, 200}, "wang": {403, 403}} {
		b := o.as(t, who)
		if l, d := b.get("/console/dead").Code, b.get("/console/dead/d1").Code; l != want[0] || d != want[1] {
			t.Errorf("dead letters shown to %s: list %d, one %d", who, l, d)
		}
	}
	o.as(t, "qian").post("/console/dead/d1", nil)
	if len(o.retried) > 0 {
		t.Error("a supervisor, who reads only, retried")
	}
	li := o.as(t, "li")
	if body := li.page("/console/calls/c1"); !strings.Contains(body, "13800000005") || !strings.Contains(body, "腿脚不便") {
		t.Error("the page of a call lacks the number or her words")
	}
	li.post("/console/dead/d1", nil)
	li.post("/console/calls/c1", url.Values{"erase": {"1"}}) // asked for a person, not for erasure
	if len(o.erased) != 0 || len(o.calls) != 2 {
		t.Error("erased who did not ask for it")
	}
	li.post("/console/calls/c1", nil)
	li.post("/console/calls/c2", url.Values{"erase": {"1"}})
	if len(o.retried) != 1 || len(o.calls) != 0 || len(o.erased) != 1 || o.erased[0] != "sms:+8613800000006" {
		t.Errorf("retried %v, calls left %v, erased %v", o.retried, o.calls, o.erased)
	}
}

func TestSignInLinks(t *testing.T) {
	o := newOffice()
	wang := o.as(t, "wang")
	if w := wang.post("/console/staff/li", nil); w.Code != http.StatusForbidden {
		t.Errorf("a volunteer gets the secretary's link: %d", w.Code)
	}
	if w := wang.post("/console/staff/wang", nil); !strings.Contains(w.Body.String(), "http://console.test/console/in?token=") {
		t.Errorf("no link for herself: %d", w.Code)
	}
	if w := o.as(t, "wu").post("/console/staff/li", nil); w.Code != http.StatusOK {
		t.Errorf("the administrator makes a link: %d", w.Code)
	}
}

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
