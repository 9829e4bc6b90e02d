package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"sanshi/internal/channel/twilio/twiliotest"
)

// browsing is somebody at a browser: it keeps cookies and does not follow.
type browsing struct {
	t    *testing.T
	base string
	http http.Client
}

func browse(t *testing.T, base string) *browsing {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browsing{t: t, base: base, http: http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// get fetches a page; post sends a form. Both give the status, the page and where
// it leads.
func (b *browsing) get(path string) (int, string, string) {
	b.t.Helper()
	return b.read(b.http.Get(b.base + path))
}

func (b *browsing) post(path string, form url.Values) (int, string, string) {
	b.t.Helper()
	return b.read(b.http.PostForm(b.base+path, form))
}

func (b *browsing) read(res *http.Response, err error) (int, string, string) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return res.StatusCode, string(body), res.Header.Get("Location")
}

// signIn signs a staff member of lijiawan in to the real console.
func (b *browsing) signIn(r *rig, staff string) {
	b.t.Helper()
	token, err := r.Store.NewLink(context.Background(), "lijiawan", staff, time.Hour)
	if err != nil {
		b.t.Fatal(err)
	}
	if code, body, to := b.post("/console/in", url.Values{"token": {token}}); code != http.StatusSeeOther || to != "/console/" && to != "/console/q/all" {
		b.t.Fatalf("sign-in of %s: %d to %q %s", staff, code, to, body)
	}
}

// A rehearsal of a real village, with Twilio and Slack configured: the whole round
// of an emergency and of an ordinary matter is played, and nothing of it reaches a
// carrier, the chat, or the village's numbers, figures, metrics, board and folder.
func TestNothingLeavesARehearsal(t *testing.T) {
	tw := twiliotest.New(t)
	var chat atomic.Int32
	slackServer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		chat.Add(1)
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, `{"ok":true,"user_id":"U1","bot_id":"B1","team_id":"T1"}`)
	}))
	defer slackServer.Close()
	r := startRig(t, rigOptions{villages: "testdata/villages", env: map[string]string{
		"TWILIO_ACCOUNT_SID": twiliotest.Account, "TWILIO_AUTH_TOKEN": twiliotest.Token, "TWILIO_API_URL": tw.URL,
		"SLACK_BOT_TOKEN": "xoxb-test", "SLACK_SIGNING_SECRET": "secret", "SLACK_API_URL": slackServer.URL + "/",
		"SANSHI_PUBLIC_URL": "https://sanshi.example.org",
	}})
	before, number := whatIsKept(t, r), drawn(t, r)
	b := browse(t, r.URL())
	b.signIn(r, "li")
	if _, page, _ := b.get("/console/staff"); !strings.Contains(page, `action="/console/rehearsal"`) {
		t.Error("the secretary is not offered a rehearsal")
	}
	code, _, path := b.post("/console/rehearsal", nil)
	if code != http.StatusSeeOther || !strings.HasPrefix(path, rehearsalPath) {
		t.Fatalf("the rehearsal does not begin: %d to %q", code, path)
	}
	chatBefore := chat.Load()
	play(t, r, b, strings.TrimSuffix(path, "/sim/"))

	if n := len(tw.Messages()) + len(tw.Calls()) + tw.Lists(); n != 0 {
		t.Errorf("%d requests reached the carrier", n)
	}
	if n := chat.Load() - chatBefore; n != 0 {
		t.Errorf("%d requests reached the chat", n)
	}
	if after := whatIsKept(t, r); after != before {
		t.Errorf("the real village is not as before:\n%s\nbut\n%s", before, after)
	}
	if n := drawn(t, r); n != number+1 {
		t.Errorf("%d numbers of the village were drawn", n-number-1)
	}
	if code, _, to := b.post(strings.TrimSuffix(path, "sim/")+"end", nil); code != http.StatusSeeOther || to != "/console/" {
		t.Errorf("its end: %d to %q", code, to)
	}
	if code, _, _ := b.get(path); code != http.StatusNotFound {
		t.Errorf("after its end it answers %d", code)
	}
	if left := filesBelow(t, filepath.Join(r.Config.Data, "rehearsal")); len(left) > 0 {
		t.Errorf("it left %v", left)
	}
}

// play is a rehearsal: an emergency, a light, an approval, and the pages looked at.
func play(t *testing.T, r *rig, b *browsing, at string) {
	t.Helper()
	_, page, _ := b.get(at + "/sim/")
	if !strings.Contains(page, "演练·李家湾村") || !strings.Contains(page, "什么都不会") && !strings.Contains(page, "都不会发出去") {
		t.Fatalf("the phones do not say that it is a rehearsal: %s", page)
	}
	if m := regexp.MustCompile(`(href|action|src|hx-get|hx-post)="/[^"]*"`).FindAllString(page, -1); len(m) == 0 {
		t.Error("the page leads nowhere")
	} else {
		for _, link := range m {
			if !strings.Contains(link, at) {
				t.Errorf("a rehearsal leads to the real village: %s", link)
			}
		}
	}
	run, ok := r.practice.find(at)
	if !ok {
		t.Fatal("it does not run")
	}
	inner := &rig{Program: run.Program, t: t, clock: r.clock}
	for _, text := range []string{"后山着火了 火苗好大", "村口路灯坏了三天了"} {
		if code, _, _ := b.post(at+"/sim/send/1", url.Values{"text": {text}}); code != http.StatusSeeOther {
			t.Fatalf("a text of a rehearsal: %d", code)
		}
		inner.settle()
	}
	for range 3 { // the next person, the calls, the township
		r.clock.advance(3 * time.Minute)
		if _, err := run.Desk.Tick(context.Background()); err != nil {
			t.Fatal(err)
		}
		inner.settle()
	}
	if _, page, _ := b.get(at + "/sim/talk/1"); !strings.Contains(page, "119") {
		t.Errorf("the phone does not show the answer: %s", page)
	}
	code, _, to := b.post(at+"/sim/as", url.Values{"staff": {"li"}})
	if code != http.StatusSeeOther || !strings.HasPrefix(to, at+"/console/in?token=") {
		t.Fatalf("to the console of the rehearsal: %d to %q", code, to)
	}
	token := to[strings.Index(to, "=")+1:]
	if code, body, to := b.post(at+"/console/in", url.Values{"token": {token}}); code != http.StatusSeeOther || to != at+"/console/" {
		t.Fatalf("sign-in: %d to %q %s", code, to, body)
	}
	_, page, _ = b.get(at + "/console/")
	if !strings.Contains(page, "路灯") || strings.Contains(page, "/console/rehearsal") {
		t.Errorf("the console of the rehearsal: %s", page)
	}
	if code, _, _ := b.get("/console/"); code != http.StatusOK {
		t.Errorf("signed out of the real console: %d", code)
	}
	if _, page, _ := b.get("/console/"); strings.Contains(page, "路灯") {
		t.Error("the real console shows the rehearsal")
	}
	if code, _, _ := b.get(at + "/api/v1/villages"); code != http.StatusNotFound {
		t.Errorf("a rehearsal has an API: %d", code)
	}
}

// whatIsKept is all of the real village that a rehearsal could touch.
func whatIsKept(t *testing.T, r *rig) string {
	t.Helper()
	_, stats := r.ask("GET", "/api/v1/villages/lijiawan/stats", nil)
	_, matters := r.ask("GET", "/api/v1/villages/lijiawan/matters", nil)
	out := string(stats) + string(matters)
	for _, u := range []string{r.URL() + "/board/lijiawan", r.InternalURL() + "/metrics"} {
		res, err := http.Get(u)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range strings.Split(string(body), "\n") {
			if !strings.HasPrefix(l, "sanshi_") && !strings.Contains(l, "<") || strings.Contains(l, "_seconds") || strings.Contains(l, "_log_bytes") || strings.Contains(l, "截至") {
				continue // what time itself changes
			}
			out += l + "\n"
		}
	}
	return out
}

// drawn draws a number of the real village.
func drawn(t *testing.T, r *rig) int64 {
	t.Helper()
	n, err := r.Store.Number(context.Background(), "lijiawan")
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func filesBelow(t *testing.T, dir string) (all []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err == nil && name != dir {
			all = append(all, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// Who may begin one, what guesses its path, and what is left after a crash or when
// it was forgotten.
func TestRehearsalsAreKeptApart(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "rehearsal", "r-crashed"), 0o700); err != nil {
		t.Fatal(err)
	}
	r := startRig(t, rigOptions{villages: "testdata/villages", dir: dir})
	if left := filesBelow(t, filepath.Join(dir, "rehearsal")); len(left) > 0 {
		t.Errorf("a crash left %v", left)
	}
	wang := browse(t, r.URL())
	wang.signIn(r, "wang")
	if code, _, _ := wang.post("/console/rehearsal", nil); code != http.StatusForbidden {
		t.Errorf("a lead begins a rehearsal: %d", code)
	}
	li := browse(t, r.URL())
	li.signIn(r, "li")
	_, _, path := li.post("/console/rehearsal", nil)
	if _, _, again := li.post("/console/rehearsal", nil); again != path {
		t.Errorf("a second one beside the first: %q, %q", path, again)
	}
	if code, _, _ := li.get(rehearsalPath + "guessed/sim/"); code != http.StatusNotFound {
		t.Errorf("a guessed path: %d", code)
	}
	if code, _, _ := li.get(strings.TrimSuffix(path, "sim/") + "end"); code != http.StatusMethodNotAllowed {
		t.Errorf("a link ends it: %d", code)
	}
	r.clock.advance(rehearseFor + time.Minute)
	if err := r.practice.sweep(context.Background()); err != nil {
		t.Fatal(err)
	}
	if code, _, _ := li.get(path); code != http.StatusNotFound || len(filesBelow(t, filepath.Join(dir, "rehearsal"))) > 0 {
		t.Errorf("a forgotten one goes on: %d", code)
	}
}

// The command serves one alone, and deletes all of it at the end.
func TestRehearseCommand(t *testing.T) {
	cfg, err := LoadConfig(map[string]string{"SANSHI_VILLAGES": "testdata/villages", "SANSHI_ADDR": "127.0.0.1:0", "SANSHI_DATA": t.TempDir(),
		"TWILIO_ACCOUNT_SID": twiliotest.Account, "TWILIO_AUTH_TOKEN": twiliotest.Token}, nil)
	if err != nil {
		t.Fatal(err)
	}
	o := Options{Log: slog.New(slog.DiscardHandler)}
	if err := runRehearse(context.Background(), cfg, o, "", io.Discard); !isUsage(err) {
		t.Errorf("no village named among several: %v", err)
	}
	ctx, stop := context.WithCancel(context.Background())
	in, out := io.Pipe()
	done := make(chan error, 1)
	go func() { done <- runRehearse(ctx, cfg, o, "lijiawan", out); out.Close() }()
	buf := make([]byte, 4096)
	n, err := in.Read(buf)
	if err != nil {
		t.Fatal(err)
	}
	go func() { _, _ = io.Copy(io.Discard, in) }()
	address := regexp.MustCompile(`http://\S+`).Find(buf[:n])
	res, err := http.Get(string(address))
	if err != nil {
		t.Fatal(err)
	}
	page, _ := io.ReadAll(res.Body)
	res.Body.Close()
	if res.StatusCode != 200 || !bytes.Contains(page, []byte("演练·李家湾村")) {
		t.Errorf("%d %s", res.StatusCode, page)
	}
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if left := filesBelow(t, cfg.Data); len(left) > 0 {
		t.Errorf("it wrote into the data folder: %v", left)
	}
}
