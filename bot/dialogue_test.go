package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"sanshi/internal/desk"
	"sanshi/internal/directory"
	"sanshi/internal/llm/llmtest"
	"sanshi/internal/store/storetest"
)

// The conversations are text files that a secretary can read and write. Each
// runs against the real program on a clock that only the file moves.
//
//	# what it shows
//	village lijiawan                       (a file of testdata/villages; this one if unsaid)
//	clock 2026-11-23 09:00                 local time of the village; "after 15m" or "after 7d" moves it on
//	phone +8613800000001: 村口灯坏了        a text comes in
//	bot: 【李家湾村】记下了：…               the next text that phone gets, within a minute; … stands for any words, \n for a new line
//	bot none                               it has got none by now
//	to +8613900000002: …                   the next text that another phone gets
//	staff li: approve V1 note=…            an act on the newest matter with that code
//	refused li: approve V1                 an act that must be refused
//	matter V1: state=queued place~村口      the newest matter with that code; = is equal, ~ is contained
//	people V1: 2                           how many it concerns; V1#2 is the one before the newest, also in into=V1#2
//	matters 2                              how many matters the last phone has
//	all V9: 1                              how many with that code the village has
//	model {"kind":…}                       what the language model answers from now on
//	consulted 1                            how often it was asked so far
//	calls 1                                how many calls wait to be made
//	emergencies 0                          how many emergencies the village has
//	asked 图书室: 3                         how often something was asked that nobody has written down
//	write li: 图书室=周六上午。              somebody writes the answer down, and those who asked are told
//	nothing to +8613900000002              this phone got nothing more
//	call person: for=li due=11-23 18:00 note~三点   the newest one of that reason
//	rings li person: reached note=…        what a staff member says of that call
//	refused-ring wang person: reached      what she must not be allowed
//	erases li                              what is kept of the phone spoken to last is erased
func TestDialogues(t *testing.T) {
	files, err := filepath.Glob("testdata/dialogues/*.txt")
	if err != nil || len(files) < 16 {
		t.Fatalf("%d conversations found, %v; want at least 16", len(files), err)
	}
	for _, f := range files {
		t.Run(strings.TrimSuffix(filepath.Base(f), ".txt"), func(t *testing.T) {
			t.Parallel()
			newTalk(t).play(f)
		})
	}
}

// TestDialoguesOnPostgres plays some of them on a real Postgres: nothing that a
// person sees may depend on where things are kept.
func TestDialoguesOnPostgres(t *testing.T) {
	files, err := filepath.Glob("testdata/dialogues/D*.txt")
	if err != nil || len(files) < 8 {
		t.Fatalf("%d conversations found, %v; want at least 8", len(files), err)
	}
	for _, f := range files {
		t.Run(strings.TrimSuffix(filepath.Base(f), ".txt"), func(t *testing.T) {
			k := newTalk(t)
			k.database = storetest.Postgres(t)
			k.play(f)
		})
	}
}

// talk plays one conversation.
type talk struct {
	database string // postgres://…, or "" for SQLite

	t       *testing.T
	p       *rig
	where   string          // file:line, for messages
	phone   string          // whose turn it was last
	before  int             // how many calls waited when it was last looked
	seen    map[string]bool // ids of the texts that were looked at
	village string
	model   *llmtest.Server // of a conversation with "model" in it
}

func newTalk(t *testing.T) *talk {
	return &talk{t: t, seen: map[string]bool{}, village: "lijiawan"}
}

func (k *talk) play(file string) {
	text, err := os.ReadFile(file)
	if err != nil {
		k.t.Fatal(err)
	}
	env := map[string]string{"SANSHI_DATABASE_URL": k.database}
	if bytes.Contains(text, []byte("\nmodel ")) {
		k.model = llmtest.New(k.t)
		env["OPENAI_BASE_URL"], env["OPENAI_MODEL"] = k.model.URL, "test-model"
	}
	k.p = startRig(k.t, rigOptions{villages: "testdata/villages", env: env})
	lines := bufio.NewScanner(bytes.NewReader(text))
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		k.where = fmt.Sprintf("%s:%d: %s", filepath.Base(file), n, line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		word, rest, _ := strings.Cut(line, " ")
		if strings.HasPrefix(line, "bot:") {
			word, rest = "bot", "said "+strings.TrimSpace(strings.TrimPrefix(line, "bot:"))
		}
		step, ok := steps[word]
		if !ok {
			k.t.Fatalf("%s: no such step", k.where)
		}
		step(k, rest)
	}
}

var steps = map[string]func(*talk, string){
	"village":   func(k *talk, s string) { k.village = s },
	"clock":     (*talk).setClock,
	"after":     (*talk).after,
	"phone":     (*talk).text,
	"bot":       (*talk).bot,
	"to":        (*talk).to,
	"staff":     func(k *talk, s string) { k.act(s, 200) },
	"refused":   func(k *talk, s string) { k.act(s, 0) },
	"matter":    (*talk).matter,
	"matters":   (*talk).matters,
	"people":    (*talk).people,
	"all":       (*talk).all,
	"calls":     (*talk).calls,
	"model":     func(k *talk, s string) { k.model.Answers(s) },
	"consulted": (*talk).consulted,

	"emergencies": (*talk).emergencies,
	"nothing":     (*talk).nothing,
	"call":        (*talk).call,
	"rings":       func(k *talk, s string) { k.ring(s, 200) },
	"erases":      (*talk).erase,

	"refused-ring": func(k *talk, s string) { k.ring(s, 0) },
	"asked":        (*talk).asked,
	"write":        (*talk).write,
}

func (k *talk) setClock(s string) {
	at, err := time.ParseInLocation("2006-01-02 15:04", s, mustZone("Asia/Shanghai"))
	if err != nil {
		k.t.Fatalf("%s: %v", k.where, err)
	}
	k.p.clock.set(at)
}

func (k *talk) after(s string) {
	if days, ok := strings.CutSuffix(s, "d"); ok {
		n, _ := strconv.Atoi(days)
		s = fmt.Sprintf("%dh", 24*n)
	}
	d, err := time.ParseDuration(s)
	if err != nil {
		k.t.Fatalf("%s: %v", k.where, err)
	}
	k.p.clock.advance(d)
	if _, err := k.p.Desk.Tick(context.Background()); err != nil {
		k.t.Fatalf("%s: %v", k.where, err)
	}
	k.p.settle()
}

func (k *talk) text(s string) {
	from, words, ok := strings.Cut(s, ": ")
	if !ok {
		k.t.Fatalf("%s: want a number, a colon and words", k.where)
	}
	k.phone = from
	k.p.clock.advance(time.Second)
	k.p.post("/api/v1/villages/"+k.village+"/messages", map[string]any{"from": from, "text": words}, 202, nil)
	k.p.settle()
	k.p.refine()
}

type line struct{ ID, Direction, Text, Status string }

// sent lists what a phone was sent since it was last looked at: not what is held
// still, or never left.
func (k *talk) sent(phone string) (out []line) {
	var c struct{ Messages []line }
	k.p.get("/api/v1/villages/"+k.village+"/conversations/sms:"+phone, &c)
	for _, l := range c.Messages {
		if l.Direction == "out" && l.Status != "superseded" && l.Status != "recalled" && l.Status != "queued" && !k.seen[l.ID] {
			out = append(out, l)
		}
	}
	return out
}

func (k *talk) bot(s string) {
	if s == "none" {
		k.none(k.phone)
		return
	}
	k.next(k.phone, strings.TrimPrefix(s, "said "))
}

func (k *talk) none(phone string) {
	if got := k.sent(phone); len(got) > 0 {
		k.t.Fatalf("%s: but the bot said %q", k.where, got[0].Text)
	}
}

func (k *talk) to(s string) {
	phone, want, _ := strings.Cut(s, ": ")
	k.next(phone, want)
}

// next compares the next text to a phone; … stands for any words.
func (k *talk) next(phone, want string) {
	got := k.sent(phone)
	if len(got) == 0 { // held for undo, or for a page a minute ago
		k.after("61s")
		got = k.sent(phone)
	}
	if len(got) == 0 {
		k.t.Fatalf("%s: nothing more was sent", k.where)
	}
	text := got[0].Text
	k.seen[got[0].ID] = true
	parts := strings.Split(strings.ReplaceAll(want, `\n`, "\n"), "…")
	for i := range parts {
		parts[i] = regexp.QuoteMeta(parts[i])
	}
	if !regexp.MustCompile("(?s)^" + strings.Join(parts, ".*") + "$").MatchString(text) {
		k.t.Errorf("%s\n said: %s", k.where, text)
	}
}

// find gives the newest matter with a code; "V1#2" is the one raised before it.
func (k *talk) find(code string) map[string]any {
	var page struct{ Matters []map[string]any }
	k.p.get("/api/v1/villages/"+k.village+"/matters?limit=500", &page)
	code, nth, _ := strings.Cut(code, "#")
	skip, _ := strconv.Atoi(nth)
	for _, m := range page.Matters {
		if m["code"] != code {
			continue
		}
		if skip--; skip <= 0 {
			return m
		}
	}
	var have []string
	for _, m := range page.Matters {
		have = append(have, fmt.Sprint(m["code"], " ", m["state"], " ", m["summary"], " ", m["confidence"]))
	}
	k.t.Fatalf("%s: there is no matter %s; there are %q", k.where, code, have)
	return nil
}

func (k *talk) act(s string, status int) {
	who, what, _ := strings.Cut(s, ": ")
	f := strings.Fields(what)
	if len(f) < 2 {
		k.t.Fatalf("%s: want an event and a code", k.where)
	}
	body := map[string]any{"by": who, "event": f[0]}
	for _, kv := range f[2:] {
		name, v, _ := strings.Cut(kv, "=")
		switch body[name] = v; name {
		case "into":
			body[name] = k.find(v)["id"]
		case "approve":
			body[name] = v == "true"
		}
	}
	k.p.clock.advance(time.Second)
	k.p.post(fmt.Sprintf("/api/v1/villages/%s/matters/%s/events", k.village, k.find(f[1])["id"]), body, status, nil)
	k.p.settle()
}

func (k *talk) matter(s string) {
	code, wants, _ := strings.Cut(s, ": ")
	m := k.find(code)
	for _, want := range strings.Fields(wants) {
		if name, v, ok := strings.Cut(want, "="); ok {
			if got := fmt.Sprint(m[name]); got != v {
				k.t.Errorf("%s\n %s is %q (%v)", k.where, name, got, m["summary"])
			}
		} else if name, v, ok := strings.Cut(want, "~"); ok && !strings.Contains(fmt.Sprint(m[name]), v) {
			k.t.Errorf("%s\n %s is %q", k.where, name, m[name])
		}
	}
}

// people counts the residents whom a matter concerns.
func (k *talk) people(s string) {
	code, n, _ := strings.Cut(s, ": ")
	m := k.find(code)
	have := len(m["parties"].([]any))
	if m["resident"] != "" {
		have++
	}
	if want, _ := strconv.Atoi(n); have != want {
		k.t.Errorf("%s\n it concerns %d", k.where, have)
	}
}

func (k *talk) matters(s string) {
	want, _ := strconv.Atoi(s)
	ms, err := k.p.Store.MattersOf(context.Background(), k.village, smsAddress(k.phone))
	if err != nil {
		k.t.Fatalf("%s: %v", k.where, err)
	}
	if len(ms) != want {
		var have []string
		for _, m := range ms {
			have = append(have, m.Code+" "+string(m.State)+" "+m.Summary)
		}
		k.t.Errorf("%s\n there are %d: %q", k.where, len(ms), have)
	}
}

func (k *talk) all(s string) {
	code, n, _ := strings.Cut(s, ": ")
	var page struct{ Matters []map[string]any }
	k.p.get("/api/v1/villages/"+k.village+"/matters?limit=500&code="+code, &page)
	if want, _ := strconv.Atoi(n); len(page.Matters) != want {
		k.t.Errorf("%s\n there are %d", k.where, len(page.Matters))
	}
}

func (k *talk) consulted(s string) {
	if want, _ := strconv.Atoi(s); len(k.model.Requests()) != want {
		k.t.Errorf("%s\n it was asked %d times", k.where, len(k.model.Requests()))
	}
}

func (k *talk) calls(s string) {
	cs, err := k.p.Store.Callbacks(context.Background(), k.village, true)
	if want, _ := strconv.Atoi(s); err != nil || len(cs) != want {
		k.t.Errorf("%s\n there are %d, %v", k.where, len(cs), err)
	}
}

func (k *talk) emergencies(s string) {
	var page struct{ Matters []map[string]any }
	k.p.get("/api/v1/villages/"+k.village+"/matters?limit=500", &page)
	n := 0
	for _, m := range page.Matters {
		if m["urgency"] == "emergency" {
			n++
			k.t.Log(m["summary"], m["reason"])
		}
	}
	if want, _ := strconv.Atoi(s); n != want {
		k.t.Errorf("%s\n there are %d", k.where, n)
	}
}

func (k *talk) nothing(s string) {
	k.none(strings.TrimPrefix(s, "to "))
}

// group finds what was asked and not answered, by a word of it.
func (k *talk) group(word string) directory.Group {
	groups, err := k.p.Desk.Asked(context.Background(), k.village)
	if err != nil {
		k.t.Fatalf("%s: %v", k.where, err)
	}
	for _, g := range groups {
		if strings.Contains(g.Word, word) {
			return g
		}
	}
	return directory.Group{}
}

func (k *talk) asked(s string) {
	word, n, _ := strings.Cut(s, ": ")
	if want, _ := strconv.Atoi(n); len(k.group(word).Questions) != want {
		k.t.Errorf("%s\n there are %+v", k.where, k.group(word))
	}
}

func (k *talk) write(s string) {
	who, what, _ := strings.Cut(s, ": ")
	name, text, _ := strings.Cut(what, "=")
	w := desk.Writing{Village: k.village, By: who, Name: name, Fact: directory.Fact{Text: text}, Answers: k.group(name).IDs(), Tell: true}
	if _, err := k.p.Desk.Write(context.Background(), w); err != nil {
		k.t.Fatalf("%s: %v", k.where, err)
	}
	k.p.settle()
}
