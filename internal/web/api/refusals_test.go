package api

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"

	"sanshi/internal/catalog"
	"sanshi/internal/channel"
	"sanshi/internal/directory"
	"sanshi/internal/matter"
)

const base = "/api/v1/villages/xiangyang"

// routes are all there are, with a request that each accepts.
var routes = []struct {
	method, path, body string
	status             int
}{
	{"GET", "/api/v1/villages", "", 200},
	{"POST", base + "/messages", `{"from":"+8613800000001","text":"路灯坏了"}`, 202},
	{"GET", base + "/matters", "", 200},
	{"GET", base + "/matters/0427-0", "", 200},
	{"POST", base + "/matters/m1/events", `{"event":"approve","by":"li"}`, 200},
	{"GET", base + "/conversations/+8613800000001", "", 200},
	{"GET", base + "/stats", "", 200},
	{"GET", base + "/deadletters", "", 200},
	{"POST", base + "/deadletters/d1/retry", "", 202},
	{"GET", base + "/calls", "", 200},
	{"POST", base + "/calls/c1", `{"by":"li","do":"reached"}`, 200},
	{"POST", base + "/residents/+8613800000001/erase", `{"by":"li"}`, 200},
	{"POST", base + "/staff/li/link", "", 201},
	{"POST", base + "/staff/li/slack-code", "", 201},
}

func TestEveryRoute(t *testing.T) {
	for _, r := range routes {
		t.Run(r.method+" "+r.path, func(t *testing.T) {
			h := New(newOffice().deps())
			got := ask(t, h, r.method, r.path, r.body)
			if got.status != r.status {
				t.Fatalf("%d %s, want %d", got.status, got.text, r.status)
			}
			if ct := got.header.Get("Content-Type"); ct != "application/json; charset=utf-8" {
				t.Errorf("Content-Type %q", ct)
			}
			if got.header.Get("Cache-Control") != "no-store" {
				t.Error("an answer with people's words may be cached")
			}
		})
	}
}

// Each route refuses the same bad requests in the same way.
func TestEveryRouteRefuses(t *testing.T) {
	type bad struct {
		name   string
		only   string // method this can happen with; "" any
		change func(r *http.Request)
		status int
		code   string
		header string // which must be there
	}
	body := func(s string) func(*http.Request) {
		return func(r *http.Request) {
			r.Body, r.ContentLength = io.NopCloser(strings.NewReader(s)), int64(len(s))
		}
	}
	bads := []bad{
		{"no token", "", func(r *http.Request) { r.Header.Del("Authorization") }, 401, "unauthorized", "WWW-Authenticate"},
		{"wrong token", "", func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+token+"x") }, 401, "unauthorized", ""},
		{"cut token", "", func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+token[:5]) }, 401, "unauthorized", ""},
		{"empty token", "", func(r *http.Request) { r.Header.Set("Authorization", "Bearer ") }, 401, "unauthorized", ""},
		{"wrong scheme", "", func(r *http.Request) { r.Header.Set("Authorization", "Basic "+token) }, 401, "unauthorized", ""},
		{"wrong method", "", func(r *http.Request) { r.Method = http.MethodDelete }, 405, "method", "Allow"},
		{"wrong content type", "POST", func(r *http.Request) {
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}, 415, "media_type", ""},
		{"nonsense content type", "POST", func(r *http.Request) { r.Header.Set("Content-Type", "json;;") }, 415, "media_type", ""},
		{"too large", "POST", body(`{"text":"` + strings.Repeat("路", 30000) + `"}`), 413, "too_large", ""},
		{"too large, unsized", "POST", func(r *http.Request) {
			r.Body, r.ContentLength = io.NopCloser(strings.NewReader(`{"text":"`+strings.Repeat("x", 5<<20))), -1
		}, 413, "too_large", ""},
		{"truncated", "POST", body(`{"from":"+8613800000001","te`), 400, "bad_json", ""},
		{"cut connection", "POST", func(r *http.Request) {
			r.Body, r.ContentLength = io.NopCloser(io.MultiReader(strings.NewReader(`{"a`), errReader{})), 100
		}, 400, "bad_json", ""},
		{"blanks only", "POST", body("  \n"), 400, "bad_json", ""},
		{"trailing garbage", "POST", body(`{"by":"li"} {"by":"li"}`), 400, "bad_json", ""},
		{"a list", "POST", body(`[{"by":"li"}]`), 400, "bad_json", ""},
		{"null", "POST", body(`null`), 400, "bad_json", ""},
		{"not UTF-8", "POST", body("{\"by\":\"l\xffi\"}"), 400, "bad_json", ""},
		{"bad JSON and no token", "POST", func(r *http.Request) {
			body(`{`)(r)
			r.Header.Del("Authorization")
		}, 400, "bad_json", ""},
		{"an unknown member", "POST", body(`{"by":"li","from":"+8613800000001","text":"","event":"note","verzion":3}`), 422, "invalid", ""},
	}
	for _, route := range routes {
		for _, b := range bads {
			if b.only != "" && b.only != route.method {
				continue
			}
			t.Run(b.name+" "+route.path, func(t *testing.T) {
				o := newOffice()
				r := httptest.NewRequest(route.method, route.path, strings.NewReader(route.body))
				r.Header.Set("Authorization", "Bearer "+token)
				b.change(r)
				w := httptest.NewRecorder()
				New(o.deps()).ServeHTTP(w, r)
				if w.Code != b.status || !strings.Contains(w.Body.String(), `{"error":{"code":"`+b.code+`","message":"`) {
					t.Errorf("%d %s, want %d %s", w.Code, w.Body, b.status, b.code)
				}
				if b.header != "" && w.Header().Get(b.header) == "" {
					t.Errorf("no %s", b.header)
				}
				if len(o.inbounds) > 0 || o.request.By != "" || o.erased != "" || o.retried != "" || o.rang.Do != "" {
					t.Error("something was done all the same")
				}
			})
		}
	}
}

type errReader struct{}

func (errReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestNowhere(t *testing.T) {
	h := New(newOffice().deps())
	for _, path := range []string{
		"/api/v1/", "/api/v1/nothing", "/api/v1/villages/", base + "/matters/", base + "/matters/m1/", base,
		"/api/v1/villages/dongshan/stats", "/api/v1/villages/_/stats", base + "/matters/m9", base + "/matters/%2e%2e",
	} {
		if got := ask(t, h, "GET", path, ""); got.status != 404 || got.err("code") != "not_found" {
			t.Errorf("%s: %d %s", path, got.status, got.text)
		}
		if got := ask(t, h, "GET", path, "", "Authorization: "); got.status != 401 {
			t.Errorf("%s tells what exists without a token: %d", path, got.status)
		}
	}
}

func TestNoTokenConfigured(t *testing.T) {
	d := newOffice().deps()
	d.Token = ""
	for _, header := range []string{"Authorization: Bearer ", "Authorization: Bearer", "Authorization: "} {
		if got := ask(t, New(d), "GET", base+"/stats", "", header); got.status != 401 {
			t.Errorf("%q: %d, want nobody let in", header, got.status)
		}
	}
}

func TestTooMany(t *testing.T) {
	d := newOffice().deps()
	d.Rate = 0.5
	h := New(d)
	first := ask(t, h, "GET", base+"/stats", "")
	var last reply
	for range 3 {
		last = ask(t, h, "GET", base+"/stats", "")
	}
	if first.status != 200 || last.status != 429 || last.err("code") != "too_many" {
		t.Fatalf("%d, then %d %s", first.status, last.status, last.text)
	}
	if last.header.Get("Retry-After") != "2" {
		t.Errorf("Retry-After %q, want 2 at one in two seconds", last.header.Get("Retry-After"))
	}
	// Guesses at the token cost its owner nothing.
	if got := ask(t, h, "GET", base+"/stats", "", "Authorization: Bearer guess"); got.status != 401 {
		t.Errorf("%d, want 401", got.status)
	}
}

func TestNoLimit(t *testing.T) {
	d := newOffice().deps()
	d.Rate = -1
	h := New(d)
	for range 500 {
		if got := ask(t, h, "GET", base+"/stats", ""); got.status != 200 {
			t.Fatal(got.status)
		}
	}
}

// Faults of the database are told as "again", without their words, and logged
// with their cause and without people's numbers.
func TestFaults(t *testing.T) {
	for _, fault := range []error{
		errors.New("database or disk is full (13)"),
		fmt.Errorf("%w: database is locked", channel.ErrUnavailable),
	} {
		for _, r := range routes {
			o := newOffice()
			o.fault = fault
			got := ask(t, New(o.deps()), r.method, r.path, r.body)
			if got.status != 503 || got.header.Get("Retry-After") == "" || got.err("code") != "unavailable" {
				t.Errorf("%s %s: %d %s, want 503", r.method, r.path, got.status, got.text)
			}
			if strings.Contains(got.text, "disk") || strings.Contains(got.text, "locked") {
				t.Errorf("the cause is told to the caller: %s", got.text)
			}
			if !strings.Contains(o.log.String(), fault.Error()) {
				t.Errorf("%s %s: the log does not name the cause: %q", r.method, r.path, o.log.String())
			}
			if strings.Contains(o.log.String(), "13800000001") {
				t.Errorf("a number is in the log: %s", o.log.String())
			}
		}
	}
}

func TestPanic(t *testing.T) {
	o := newOffice()
	d := o.deps()
	d.Desk = nil // the nil call panics
	got := ask(t, New(d), "POST", base+"/matters/m1/events", `{"event":"approve","by":"li"}`)
	if got.status != 500 || got.err("code") != "internal" || !strings.Contains(o.log.String(), "panic") {
		t.Errorf("%d %s; log %q", got.status, got.text, o.log.String())
	}
}

func TestProblems(t *testing.T) {
	cases := map[matter.Problem]int{matter.NotFound: 404, matter.Forbidden: 403, matter.Conflict: 409, matter.Stale: 409, matter.Invalid: 422}
	for problem, status := range cases {
		o := newOffice()
		o.refusal = fmt.Errorf("act: %w", matter.Refuse(problem, "code", "no, because %s", problem))
		got := ask(t, New(o.deps()), "POST", base+"/matters/m1/events", `{"event":"approve","by":"li"}`)
		if got.status != status || got.err("code") != string(problem) || got.err("field") != "code" || got.err("message") == "" {
			t.Errorf("%s: %d %s, want %d", problem, got.status, got.text, status)
		}
	}
}

// The order of checks: exists, right, state, value.
func TestOrder(t *testing.T) {
	cases := []struct {
		name, path, body string
		decide           error
		status           int
		field            string
	}{
		{"no village before no staff", "/api/v1/villages/dongshan/matters/m1/events", `{"event":"approve","by":"nobody"}`, nil, 404, ""},
		{"no matter before no staff", base + "/matters/m9/events", `{"event":"approve","by":"nobody"}`, nil, 404, ""},
		{"no matter before bad value", base + "/matters/m9/events", `{"event":"approve","by":"li","rating":"five"}`, nil, 404, ""},
		{"no staff before bad value", base + "/matters/m1/events", `{"event":"jump","by":"nobody"}`, nil, 403, "by"},
		{"right before bad value", base + "/matters/m1/events", `{"event":"approve","by":"wang","version":"x"}`,
			matter.Refuse(matter.Forbidden, "", "not yours"), 403, ""},
		{"state before bad value", base + "/matters/m1/events", `{"event":"approve","by":"li","version":"x"}`,
			matter.Refuse(matter.Conflict, "", "not now"), 409, ""},
		{"bad value last", base + "/matters/m1/events", `{"event":"approve","by":"li","version":"x"}`,
			matter.Refuse(matter.Invalid, "note", "missing"), 422, "version"},
		{"a misspelt event is nobody's right but a wrong value", base + "/matters/m1/events", `{"event":"aprove","by":"li"}`,
			matter.Refuse(matter.Forbidden, "", "li may not"), 422, "event"},
		{"no event", base + "/matters/m1/events", `{"by":"li"}`, matter.Refuse(matter.Forbidden, "", "li may not"), 422, "event"},
		{"no matter before a misspelt event", base + "/matters/m9/events", `{"event":"aprove","by":"li"}`, nil, 404, ""},
		{"bad value alone", base + "/matters/m1/events", `{"event":"approve","by":"li","version":"x"}`, nil, 422, "version"},
	}
	for _, c := range cases {
		d := newOffice().deps()
		d.Decide = func(_ *directory.Village, _ matter.Matter, a matter.Act) error {
			if a.By.Staff == nil || a.By.ID != a.By.Staff.ID {
				t.Errorf("%s: the workflow is asked without the staff member", c.name)
			}
			return c.decide
		}
		got := ask(t, New(d), "POST", c.path, c.body)
		if got.status != c.status || got.err("field") != c.field {
			t.Errorf("%s: %d %s, want %d about %q", c.name, got.status, got.text, c.status, c.field)
		}
	}
}

// What is refused must say what there is, and the description must list it all.
func TestNamesAreListed(t *testing.T) {
	h := New(newOffice().deps())
	event := ask(t, h, "POST", base+"/matters/m1/events", `{"event":"aprove","by":"li"}`)
	state := ask(t, h, "GET", base+"/matters?state=proposed", "")
	route := ask(t, h, "GET", "/api/v1/matters", "")
	if !strings.Contains(event.err("message"), `no event "aprove"; there are raise`) {
		t.Errorf("event: %s", event.text)
	}
	if !strings.Contains(route.err("message"), "matters/{id}/events") {
		t.Errorf("route: %s", route.text)
	}
	text, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	listed := func(name, message string) {
		t.Helper()
		word := regexp.MustCompile(`\b` + name + `\b`)
		if !word.Match(text) || message != "" && !word.MatchString(message) {
			t.Errorf("%s stands not in the description, or not in %q", name, message)
		}
	}
	for _, k := range matter.EventKinds() {
		listed(string(k), event.err("message"))
	}
	for _, s := range matter.States() {
		listed(string(s), state.err("message"))
	}
	for _, o := range matter.Outcomes() {
		listed(o, "")
	}
	for _, k := range catalog.Kinds() {
		listed(string(k), "")
	}
}
