package page

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"sanshi/internal/catalog"
	"sanshi/internal/channel"
	"sanshi/internal/desk"
	"sanshi/internal/directory"
	"sanshi/internal/matter"
	"sanshi/internal/message"
	"sanshi/internal/web/assets"
)

// TestEveryLabelIsThere reads the templates and the code of all sites and looks
// up each key that they name.
func TestEveryLabelIsThere(t *testing.T) {
	files, err := filepath.Glob("../*/templates/*.html")
	if err != nil || len(files) < 10 {
		t.Fatalf("%d templates: %v", len(files), err)
	}
	code, err := filepath.Glob("../*/*.go")
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile(`\.(?:T|P|One)\(? ?"([a-z_.]+)"|Key:\s+"([a-z_.]+)"|"(err\.[a-z_]+)"`)
	seen := 0
	for _, f := range append(files, code...) {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range named.FindAllStringSubmatch(string(text), -1) {
			key := m[1] + m[2] + m[3]
			seen++
			if !HasLabel(key) && !HasLabel(strings.TrimSuffix(key, ".")) && !strings.HasSuffix(key, ".") {
				t.Errorf("%s names %q, which is not in labels.tsv", f, key)
			}
		}
	}
	if seen < 100 {
		t.Errorf("only %d keys were found: the pattern no longer fits", seen)
	}
}

// TestEveryWordOfTheDomainHasALabel: states, events and the like are shown by
// keys made of their names.
func TestEveryWordOfTheDomainHasALabel(t *testing.T) {
	var keys []string
	add := func(prefix string, name any) { keys = append(keys, fmt.Sprint(prefix, name)) }
	for _, s := range matter.States() {
		add("state.", s)
	}
	for _, e := range matter.EventKinds() {
		add("ev.", e)
	}
	for _, r := range directory.Roles() {
		add("role.", r)
	}
	for _, o := range matter.Outcomes() {
		add("outcome.", o)
	}
	for _, k := range append(catalog.Kinds(), catalog.None) {
		add("kind.", k)
	}
	for _, u := range []catalog.Urgency{catalog.Emergency, catalog.Urgent, catalog.Normal} {
		add("urgency.", u)
	}
	for _, s := range []message.Status{message.Queued, message.Sending, message.Accepted, message.Sent, message.Delivered,
		message.Undelivered, message.Failed, message.Superseded} {
		add("status.", s)
	}
	for _, k := range keys {
		if !HasLabel(k) {
			t.Errorf("labels.tsv lacks %s", k)
		}
	}
}

func TestLabelsInBothLanguages(t *testing.T) {
	zh, en := Frame{Lang: "zh-Hans"}, Frame{Lang: "en"}
	if got := zh.P("sign_in"); got != "登录 Sign in" {
		t.Error(got)
	}
	if got := en.P("sign_in"); got != "Sign in 登录" {
		t.Error(got)
	}
	if got := string(zh.T("pick", "<b>")); strings.Contains(got, "<b>") {
		t.Errorf("an argument becomes code: %s", got)
	}
	if got := string(zh.Both("<i>", "x")); strings.Contains(got, "<i>") {
		t.Errorf("a name becomes code: %s", got)
	}
	if got := zh.One("no.such.key"); got != "no.such.key" {
		t.Error(got)
	}
	for key, l := range labels {
		if strings.Count(l.Zh, "%") != strings.Count(l.En, "%") {
			t.Errorf("%s has not the same blanks in both languages", key)
		}
	}
}

func TestErrorsSayWhoMustAct(t *testing.T) {
	for _, tc := range []struct {
		err    error
		status int
		label  string
	}{
		{matter.Refuse(matter.NotFound, "", "x"), 404, "err.not_found"},
		{matter.Refuse(matter.Forbidden, "", "x"), 403, "err.forbidden"},
		{matter.Refuse(matter.Conflict, "", "x"), 409, "err.state"},
		{matter.Refuse(matter.Stale, "", "x"), 409, "err.stale"},
		{fmt.Errorf("wrapped: %w", matter.Refuse(matter.Invalid, "note", "x")), 422, "err.invalid"},
		{fmt.Errorf("wrapped: %w", desk.ErrNotFound), 404, "err.not_found"},
		{desk.ErrRepeated, 409, "err.repeated"},
		{desk.ErrStale, 503, "err.away"},
		{fmt.Errorf("wrapped: %w", channel.ErrUnavailable), 503, "err.away"},
		{&http.MaxBytesError{}, 413, "err.too_large"},
		{errors.New("x"), 500, "err.ours"},
	} {
		if p := From(tc.err); p.Status != tc.status || p.Label() != tc.label || !HasLabel(p.Label()) {
			t.Errorf("%v: %d %s, want %d %s", tc.err, p.Status, p.Label(), tc.status, tc.label)
		}
	}
}

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"  村口\r\n灯坏了\t ":  "村口\n灯坏了",
		"a\x00b\x1b[1m":   "ab[1m",
		"\xff\xfe好":       "\uFFFD好",
		"a\u202Eb\u2066c": "abc",
		"👩‍👧":             "👩‍👧", // the joiner inside is no control character
	} {
		if got := Clean(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func site(t *testing.T, files fstest.MapFS) (*Site, *strings.Builder) {
	t.Helper()
	v, err := NewViews(files, "t", assets.New())
	if err != nil {
		t.Fatal(err)
	}
	log := &strings.Builder{}
	return NewSite(v, slog.New(slog.NewTextHandler(log, nil))), log
}

func TestPanicsAndBrokenPagesShowASentence(t *testing.T) {
	s, log := site(t, fstest.MapFS{"t/half.html": {Data: []byte(`{{define "main"}}first half {{.Missing.Field}}{{end}}`)}})
	s.Handle("GET /panics", func(http.ResponseWriter, *http.Request) error { panic("secret inside") })
	s.Handle("GET /half", func(w http.ResponseWriter, _ *http.Request) error {
		return s.Views.Write(w, http.StatusOK, "half", struct{ Frame }{})
	})
	s.Handle("GET /none", func(w http.ResponseWriter, _ *http.Request) error {
		return s.Views.Write(w, http.StatusOK, "nothing", nil)
	})
	for _, p := range []string{"/panics", "/half", "/none"} {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest("GET", p, nil))
		body := w.Body.String()
		if w.Code != 500 || !strings.Contains(body, "系统出了错") || strings.Contains(body, "secret inside") || strings.Contains(body, "first half") {
			t.Errorf("%s: %d\n%s", p, w.Code, body)
		}
	}
	if !strings.Contains(log.String(), "secret inside") {
		t.Error("the log does not name the cause")
	}
}

func TestBrokenTemplatesAreFoundAtTheStart(t *testing.T) {
	if _, err := NewViews(fstest.MapFS{"t/x.html": {Data: []byte(`{{define "main"}}{{.A`)}}, "t", assets.New()); err == nil {
		t.Error("a broken template was taken")
	}
}

func TestStamps(t *testing.T) {
	at := Stamp{At: time.Date(2026, 12, 31, 20, 0, 0, 0, time.UTC), Zone: time.FixedZone("CST", 8*3600)}
	if at.Short() != "01-01 04:00" || at.Long() != "2027-01-01 04:00" || at.Machine() != "2027-01-01T04:00:00+08:00" {
		t.Error(at.Short(), at.Long(), at.Machine())
	}
	if (Stamp{}).Short() != "" {
		t.Error("no moment is shown as one")
	}
}

// FuzzForm: no body makes a form that holds what a database or a reader chokes on.
func FuzzForm(f *testing.F) {
	f.Add("note=%E6%9D%91&event=approve")
	f.Add("note=%00%ff&note=x;y")
	f.Add("=&&=%zz")
	f.Fuzz(func(t *testing.T, body string) {
		r := httptest.NewRequest("POST", "/", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		form, err := ReadForm(r)
		if err != nil {
			if p := From(err); p.Status != 400 && p.Status != 413 {
				t.Fatalf("%d for %q", p.Status, body)
			}
			return
		}
		for name := range form.values {
			for _, v := range append(form.All(name), form.Get(name)) {
				if strings.ContainsRune(v, 0) || strings.ToValidUTF8(v, "") != v || Clean(v) != v {
					t.Fatalf("%q gives %q", body, v)
				}
			}
		}
	})
}

func TestNowhere(t *testing.T) {
	h, err := Nowhere(assets.New(), nil, "/console/")
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/wp-login.php?<script>", nil))
	body := w.Body.String()
	if w.Code != http.StatusNotFound || !strings.Contains(body, "没有这个页面") || !strings.Contains(body, "no such page") ||
		!strings.Contains(body, `href="/console/" role="button"`) || w.Header().Get("Content-Security-Policy") != Policy || strings.Contains(body, "wp-login") {
		t.Errorf("%d %s", w.Code, body)
	}
}
