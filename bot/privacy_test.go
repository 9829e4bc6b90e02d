package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"sanshi/internal/channel/slack/slacktest"
)

// What is planted in the private matter, and must not occur where it may not.
var planted = []string{"秦桂花", "葫芦坡", "拿扫把", "13800001401"}

// diary is a log that can be read while it is written.
type diary struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (d *diary) Write(p []byte) (int, error) { d.mu.Lock(); defer d.mu.Unlock(); return d.b.Write(p) }
func (d *diary) String() string              { d.mu.Lock(); defer d.mu.Unlock(); return d.b.String() }

// secret is the real program with one private matter in it.
type secret struct {
	*talk
	dir        string
	chat       *slacktest.Server
	log        *diary
	id, number string
}

// TestPrivacy walks testdata/privacy.txt: every place, as everybody, before and
// after the reveal.
func TestPrivacy(t *testing.T) {
	s := plant(t)
	people, table := readPrivacy(t, "testdata/privacy.txt")
	walked := 0
	walk := func(stage int) {
		for _, row := range table {
			for i, cell := range row.cells {
				before, after, changes := strings.Cut(cell, ">")
				want := before
				if changes && stage == 1 {
					want = after
				}
				who := ""
				if len(row.cells) > 1 {
					who = people[i]
				}
				look, ok := s.places()[row.place]
				if !ok {
					t.Fatalf("nobody knows the place %q", row.place)
				}
				walked++
				if got := s.seen(look(who)); got != want {
					t.Errorf("stage %d: %s shows %s %q, the table says %q", stage, row.place, who, got, want)
				}
			}
		}
	}
	walk(0)
	s.act("zhou: reveal H2 note=要去调解", 200)
	walk(1)
	if walked < 150 || len(table) != len(s.places()) {
		t.Errorf("%d cells, %d rows, %d places: the walk is not complete", walked, len(table), len(s.places()))
	}
}

func plant(t *testing.T) *secret {
	s := &secret{talk: newTalk(t), dir: t.TempDir(), log: &diary{}, chat: slacktest.New(t)}
	s.p = startRig(t, rigOptions{villages: "testdata/privacy", dir: s.dir,
		env: map[string]string{"SLACK_BOT_TOKEN": slacktest.BotToken, "SLACK_SIGNING_SECRET": slacktest.SigningSecret, "SLACK_API_URL": s.chat.URL},
		log: slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	s.p.clock.set(time.Now().Add(-30 * 24 * time.Hour)) // a sign-in must be of now
	s.text("+8613800001402: 村口路灯坏了")
	s.text("+8613800001401: 我是秦桂花 住葫芦坡，我跟男人过不下去了 他天天拿扫把骂我 不要跟别人讲")
	m := s.find("H2")
	s.id, s.number = m["id"].(string), m["number"].(string)
	s.text("+8613800001401: 0")
	s.p.clock.advance(30 * 24 * time.Hour)
	s.after("2s")
	s.text("+8613800001402: " + s.number + " 办好没有")
	s.text("+8613800001401: 办好没有")
	s.chat.Now = s.p.clock.Now
	for deadline := time.Now().Add(10 * time.Second); s.drawn() == ""; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("no card was drawn")
		}
	}
	if len(s.log.String()) == 0 {
		t.Fatal("nothing was logged: the log cannot be judged")
	}
	return s
}

// seen says how much of the private matter a text shows.
func (s *secret) seen(text string) string {
	for _, w := range planted {
		if strings.Contains(text, w) {
			return "all"
		}
	}
	if strings.Contains(text, s.number) || strings.Contains(text, "保密事项") || strings.Contains(text, "您托的那件") {
		return "number"
	}
	return "-"
}

// places are the ways to look, each as a staff member or, with "", as anybody.
func (s *secret) places() map[string]func(who string) string {
	get := func(path string) func(string) string {
		return func(who string) string {
			code, body, _ := s.as(who).get(path)
			if code >= 500 {
				s.t.Errorf("%s for %s: %d", path, who, code)
			}
			return body
		}
	}
	search := func(words string) func(string) string {
		return func(who string) string {
			_, body, _ := s.as(who).post("/console/q/all", url.Values{"q": {words}, "state": {"any"}})
			_, list, _ := strings.Cut(body, "<main") // the form repeats what was searched for
			if words != s.number {
				list = strings.ReplaceAll(list, words, "")
			}
			return list
		}
	}
	api := func(path string) func(string) string {
		return func(string) string {
			_, body := s.p.ask("GET", "/api/v1/villages/lijiawan"+path, nil)
			return string(body)
		}
	}
	open := func(base, path string) func(string) string {
		return func(string) string { return s.open(base + path) }
	}
	return map[string]func(string) string{
		"list to approve": get("/console/"), "all matters": get("/console/q/all?state=any"), "late": get("/console/late"),
		"search for her words": search(planted[2]), "search by number": search(s.number),
		"her page": get("/console/m/" + s.id), "page in print": get("/console/m/" + s.number), "calls to make": get("/console/calls"),
		"page of the call": s.callPage, "texts to staff": s.textsTo,
		"the board": open(s.p.URL(), "/board/lijiawan"), "metrics": open(s.p.InternalURL(), "/metrics"),
		"stats": api("/stats"), "API list": api("/matters?limit=500"), "API matter": api("/matters/" + s.id), "API calls": api("/calls?done=true"),
		"log":              func(string) string { return s.log.String() },
		"chat: to approve": func(string) string { return s.messages("C0APPROVE") },
		"chat: the queues": func(string) string { return s.messages("C0HOUSE") + s.messages("C0VILLAGE") + s.messages("C0GOV") },
		"told in the chat": s.toldInChat,
		"verify": func(string) string {
			return s.output(func(out io.Writer) error { return runAuditVerify(context.Background(), "", s.dir, "", "", out) })
		},
		"doctor": func(string) string {
			return s.output(func(out io.Writer) error {
				d := &doctor{out: out, now: s.p.clock.Now(), http: http.DefaultClient}
				d.villages(d.database(context.Background(), "", s.dir))
				return nil
			})
		},
		"progress, her phone": s.answers("+8613800001401"), "progress, another's": s.answers("+8613800001402"), "news, her phone": s.answers("+8613800001401"),
		"export": s.export,
	}
}

func (s *secret) as(who string) *browsing {
	b := browse(s.t, s.p.URL())
	token, err := s.p.Store.NewLink(context.Background(), "lijiawan", who, time.Hour)
	if err != nil {
		s.t.Fatal(err)
	}
	if code, _, _ := b.post("/console/in", url.Values{"token": {token}}); code != http.StatusSeeOther {
		s.t.Fatalf("sign-in of %s: %d", who, code)
	}
	return b
}

// callPage opens the page of the call that the private matter led to.
func (s *secret) callPage(who string) string {
	all, err := s.p.Store.CallsAbout(context.Background(), "lijiawan", s.id)
	if err != nil || len(all) == 0 {
		s.t.Fatalf("%d calls about it, %v", len(all), err)
	}
	_, body, _ := s.as(who).get("/console/calls/" + all[0].ID)
	return body
}

func (s *secret) textsTo(who string) string {
	v, err := s.p.Store.Village(context.Background(), "lijiawan")
	if err != nil {
		s.t.Fatal(err)
	}
	m, _ := v.Member(who)
	return s.answers(m.Phone)("")
}

// drawn is the card of the private matter.
func (s *secret) drawn() string {
	if all := s.messages("C0APPROVE"); strings.Contains(all, s.number) {
		return all
	}
	return ""
}

func (s *secret) messages(channel string) string {
	var b strings.Builder
	for _, m := range s.chat.Messages(channel) {
		fmt.Fprintln(&b, m.Text, string(m.Blocks))
	}
	return b.String()
}

func (s *secret) toldInChat(who string) string {
	v, err := s.p.Store.Village(context.Background(), "lijiawan")
	if err != nil {
		s.t.Fatal(err)
	}
	m, _ := v.Member(who)
	if m.Slack == "" {
		return ""
	}
	return s.messages(slacktest.Direct(m.Slack))
}

// answers are all texts to a phone.
func (s *secret) answers(phone string) func(string) string {
	return func(string) string {
		var c struct{ Messages []line }
		s.p.get("/api/v1/villages/lijiawan/conversations/sms:"+phone, &c)
		var out []string
		for _, l := range c.Messages {
			if l.Direction == "out" {
				out = append(out, l.Text)
			}
		}
		return strings.Join(out, "\n")
	}
}

func (s *secret) open(address string) string {
	res, err := http.Get(address)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != 200 {
		s.t.Fatalf("%s: %d %v", address, res.StatusCode, err)
	}
	return string(body)
}

func (s *secret) output(do func(io.Writer) error) string {
	var out bytes.Buffer
	if err := do(&out); err != nil {
		fmt.Fprintln(&out, err)
	}
	if out.Len() == 0 {
		s.t.Error("it says nothing: it cannot be judged")
	}
	return out.String()
}

func (s *secret) export(string) string {
	dir := s.t.TempDir()
	if err := runExport(context.Background(), s.p.Config, "lijiawan", dir, io.Discard); err != nil {
		s.t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		s.t.Fatal(err)
	}
	var all []byte
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			s.t.Fatal(err)
		}
		all = append(all, b...)
	}
	return string(all)
}

// privacyRow is a place and what each may see there.
type privacyRow struct {
	place string
	cells []string
}

// readPrivacy reads the table; the first comment that begins with "# place" and
// has ids names the people.
func readPrivacy(t *testing.T, file string) (people []string, rows []privacyRow) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for l := range strings.Lines(string(text)) {
		f := strings.Fields(l)
		if len(f) > 3 && f[0] == "#" && f[1] == "place" && people == nil {
			people = f[2:]
		}
		if len(f) == 0 || f[0] == "#" {
			continue
		}
		place := strings.TrimSpace(l[:22])
		rows = append(rows, privacyRow{place, strings.Fields(l[22:])})
	}
	return people, rows
}
