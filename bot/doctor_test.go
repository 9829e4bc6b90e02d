package main

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sanshi/internal/channel/slack/slacktest"
	"sanshi/internal/directory"
	"sanshi/internal/llm/llmtest"
	"sanshi/internal/matter"
	"sanshi/internal/store"
)

// today is before the holiday table's last 60 days begin.
var today = time.Date(2026, 5, 4, 8, 0, 0, 0, time.UTC)

// examine runs one check and gives what it wrote.
func examine(t *testing.T, check func(d *doctor)) (lines string, faults int) {
	t.Helper()
	var out bytes.Buffer
	d := &doctor{out: &out, now: today, http: http.DefaultClient}
	check(d)
	return out.String(), d.faults
}

// expect checks a line's grade and what it tells the reader to do.
func expect(t *testing.T, name, lines, grade, says string) {
	t.Helper()
	for line := range strings.Lines(lines) {
		if strings.HasPrefix(line, grade+" ") && strings.Contains(line, says) {
			return
		}
	}
	t.Errorf("%s: no %q line with %q in:\n%s", name, grade, says, lines)
}

func TestDoctorPublicURL(t *testing.T) {
	cases := []struct {
		address string
		callers []string
		grade   string
		says    string
	}{
		{"http://127.0.0.1:8080", nil, "ok", "127.0.0.1"},
		{"https://village.example", []string{"Twilio"}, "ok", "village.example"},
		{"https://village.example/", []string{"Twilio"}, "ok", "village.example"},
		{"http://127.0.0.1:8080", []string{"Twilio"}, "FAIL", "Twilio cannot reach it: set SANSHI_PUBLIC_URL"},
		{"https://localhost", []string{"Twilio", "Slack"}, "FAIL", "Twilio and Slack cannot reach"},
		{"http://village.example", []string{"Slack"}, "FAIL", "not https"},
		{"https://village.example/bot", []string{"Twilio"}, "warn", "has a path"},
		{"village.example", nil, "FAIL", "set SANSHI_PUBLIC_URL"},
		{"http://[::1", nil, "FAIL", "set SANSHI_PUBLIC_URL"},
	}
	for _, c := range cases {
		lines, faults := examine(t, func(d *doctor) { d.publicURL(c.address, c.callers) })
		expect(t, c.address, lines, c.grade, c.says)
		if (faults > 0) != (c.grade == "FAIL") {
			t.Errorf("%s: %d faults", c.address, faults)
		}
	}
}

func TestDoctorCalendar(t *testing.T) {
	c := matter.NewCalendar()
	village := []*directory.Village{directory.Demo()}
	for _, x := range []struct {
		now         time.Time
		grade, says string
	}{
		{c.LastDay().AddDate(0, 0, -61), "ok", "until " + c.LastDay().Format(time.DateOnly)},
		{c.LastDay().AddDate(0, 0, -59), "warn", "in 59 days"},
		{c.LastDay().AddDate(0, 0, 2), "warn", "ended on"},
	} {
		lines, _ := examine(t, func(d *doctor) { d.now = x.now; d.calendar(c, village) })
		expect(t, x.now.String(), lines, x.grade, x.says)
	}
	lines, _ := examine(t, func(d *doctor) { d.now = c.LastDay(); d.calendar(c, []*directory.Village{{Country: "US"}}) })
	expect(t, "abroad", lines, "ok", "weekends only")
}

func TestDoctorVillages(t *testing.T) {
	li := directory.Staff{ID: "li", Role: directory.Secretary, Phone: "+12065550111"}
	good := &directory.Village{ID: "a", Name: "甲村", SMS: []string{"+12065550100"}, Staff: []directory.Staff{li}}
	twin := &directory.Village{ID: "b", Name: "乙村", SMS: []string{"+12065550100"}, Staff: []directory.Staff{li}}
	headless := &directory.Village{ID: "c", SMS: []string{"+12065550102"}}
	mute := &directory.Village{ID: "d", Staff: []directory.Staff{{ID: "zhao", Role: directory.Secretary}}, Squad: []string{"ghost"}}
	cases := []struct {
		name        string
		villages    []*directory.Village
		grade, says string
		faults      int
	}{
		{"good", []*directory.Village{good}, "ok", "甲村: 1 staff", 0},
		{"none", nil, "FAIL", "SANSHI_VILLAGES", 1},
		{"one number twice", []*directory.Village{good, twin}, "FAIL", "also the number of a", 1},
		{"no secretary", []*directory.Village{headless}, "FAIL", "nobody is secretary", 1},
		{"no number", []*directory.Village{mute}, "warn", "set sms", 0},
		{"nobody to page", []*directory.Village{mute}, "warn", "ghost, zhao", 0},
		{"the demo", []*directory.Village{directory.Demo()}, "ok", "向阳村", 0},
	}
	for _, c := range cases {
		lines, faults := examine(t, func(d *doctor) { d.villages(c.villages) })
		expect(t, c.name, lines, c.grade, c.says)
		if faults != c.faults {
			t.Errorf("%s: %d faults, want %d:\n%s", c.name, faults, c.faults, lines)
		}
	}
}

func TestDoctorVillageFiles(t *testing.T) {
	folder := t.TempDir()
	write := func(text string) {
		if err := os.WriteFile(filepath.Join(folder, "x.toml"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	demo, _ := directory.DemoFile()
	kept := []*directory.Village{{ID: directory.Demo().ID, Name: "as in the database"}, {ID: "dongshan"}}
	look := func(folder string, kept []*directory.Village) (string, []*directory.Village) {
		var all []*directory.Village
		lines, _ := examine(t, func(d *doctor) { all = d.files(folder, kept) })
		return lines, all
	}
	lines, all := look("", nil)
	expect(t, "demo", lines, "ok", "demo village")
	if len(all) != 1 {
		t.Errorf("%d villages", len(all))
	}
	if _, all = look("", kept); len(all) != 2 {
		t.Errorf("%d villages, want those of the database", len(all))
	}
	lines, _ = look(folder, nil)
	expect(t, "an empty folder", lines, "FAIL", folder)
	write("nonsense")
	lines, all = look(folder, kept)
	expect(t, "a broken file", lines, "FAIL", "x.toml")
	if len(all) != 2 {
		t.Errorf("%d villages, want those of the database", len(all))
	}
	write(string(demo))
	lines, all = look(folder, kept)
	expect(t, "a good file", lines, "ok", "1 in "+folder)
	if len(all) != 2 || all[0].Name != "as in the database" {
		t.Errorf("the database is the truth: %+v", all[0])
	}
	if _, all = look(folder, nil); len(all) != 1 || all[0].Name != "向阳村" {
		t.Errorf("a new village is not seen: %v", all)
	}
}

func TestDoctorDisk(t *testing.T) {
	lines, _ := examine(t, func(d *doctor) { d.disk(t.TempDir()) })
	if !strings.Contains(lines, " free in ") {
		t.Error(lines)
	}
	lines, _ = examine(t, func(d *doctor) { d.disk("/no/such/folder") })
	expect(t, "no folder", lines, "warn", "cannot be looked at")
}

func TestDoctorRedis(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "redis.sock")
	server := exec.Command("redis-server", "--port", "0", "--unixsocket", socket, "--save", "", "--appendonly", "no")
	if err := server.Start(); err != nil {
		t.Fatalf("this test needs redis-server (apt-get install redis-server): %v", err)
	}
	t.Cleanup(func() {
		server.Process.Kill()
		server.Wait() // it was killed: its error is ours
	})
	var lines string
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		lines, _ = examine(t, func(d *doctor) { d.redis(t.Context(), "unix://"+socket) })
		if strings.HasPrefix(lines, "ok") {
			break
		}
	}
	expect(t, "up", lines, "ok", "answers")

	for address, want := range map[string]string{
		"":                                  "ok off; one node needs none",
		"redis://127.0.0.1:1":               "FAIL does not answer",
		"127.0.0.1:1":                       "FAIL does not answer",
		"http://127.0.0.1:1":                "FAIL no address of the form",
		"unix://" + socket + ",127.0.0.1:1": "FAIL 127.0.0.1:1 does not answer",
	} {
		grade, says, _ := strings.Cut(want, " ")
		lines, _ := examine(t, func(d *doctor) { d.redis(t.Context(), address) })
		expect(t, address, lines, grade, says)
	}
}

// answering is a server that gives one answer to everything and remembers how it
// was asked.
func answering(t *testing.T, status int, body string) (address string, asked *http.Request) {
	t.Helper()
	asked = &http.Request{}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		*asked = *r
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Date", today.Format(http.TimeFormat))
		w.WriteHeader(status)
		w.Write([]byte(body))
	}))
	t.Cleanup(s.Close)
	return s.URL, asked
}

func TestDoctorSlack(t *testing.T) {
	cases := []struct {
		name        string
		status      int
		body        string
		grade, says string
	}{
		{"good", 200, `{"ok":true,"user":"sanshi","team":"向阳村"}`, "ok", "sanshi in 向阳村"},
		{"bad token", 200, `{"ok":false,"error":"invalid_auth"}`, "FAIL", "invalid_auth"},
		{"down", 503, `{}`, "FAIL", "503"},
		{"no JSON", 200, `<html>`, "FAIL", "does not answer"},
	}
	for _, c := range cases {
		api, asked := answering(t, c.status, c.body)
		lines, _ := examine(t, func(d *doctor) { d.slack(t.Context(), "xoxb-secret", api+"/", nil) })
		expect(t, c.name, lines, c.grade, c.says)
		if asked.URL.Path != "/auth.test" || strings.Contains(lines, "xoxb-secret") {
			t.Errorf("%s: asked %s, wrote %s", c.name, asked.URL, lines)
		}
	}
	lines, _ := examine(t, func(d *doctor) { d.slack(t.Context(), "", "", nil) })
	expect(t, "off", lines, "ok", "off")
	lines, _ = examine(t, func(d *doctor) { d.slack(t.Context(), "x", "http://127.0.0.1:1/", nil) })
	expect(t, "away", lines, "FAIL", "does not answer")
}

// TestDoctorSlackChannels: a missing right and a channel that cannot be written to
// are named, with what to do.
func TestDoctorSlackChannels(t *testing.T) {
	s := slacktest.New(t)
	s.Channel("C0HOUSE", "left")
	s.Channel("C0GOV", "archived")
	s.Channel("C0VILLAGE", "deleted")
	villages := []*directory.Village{directory.Demo(), {ID: "lijiawan"}}
	check := func() string {
		lines, _ := examine(t, func(d *doctor) { d.slack(t.Context(), slacktest.BotToken, s.URL, villages) })
		return lines
	}
	lines := check()
	for _, want := range []string{
		"ok    slack          sanshi in 向阳村", "approvals = C0APPROVE can be written to", "household = C0HOUSE (not_in_channel): invite the app",
		"government = C0GOV (is_archived)", "village = C0VILLAGE (channel_not_found): correct [slack]", "slack lijiawan no [slack]",
	} {
		if !strings.Contains(lines, want) {
			t.Errorf("%q is not said in\n%s", want, lines)
		}
	}
	s.Scopes("chat:write,commands")
	if lines = check(); !strings.Contains(lines, "FAIL  slack ") || !strings.Contains(lines, "im:history") || strings.Contains(lines, slacktest.BotToken) {
		t.Errorf("of missing scopes it says\n%s", lines)
	}
}

func TestDoctorModel(t *testing.T) {
	village := []*directory.Village{directory.Demo()}
	refused := `{"error":{"message":"bad key"}}`
	for _, c := range []struct {
		name   string
		status int
		body   string
		says   string
	}{
		{"bad key", 401, refused, "OPENAI_API_KEY"},
		{"bad key, said plainly", 401, `{}`, "OPENAI_API_KEY"},
		{"no such route", 404, `{"error":{"message":"no"}}`, "OPENAI_BASE_URL"},
		{"no JSON", 200, `<html>`, "OPENAI_BASE_URL"},
		{"not the question", 200, `{"object":"list","data":[{"id":"small"}]}`, "does not answer the question"},
	} {
		base, asked := answering(t, c.status, c.body)
		lines, _ := examine(t, func(d *doctor) { d.model(t.Context(), modelAccount{"sk-secret", base + "/v1/", "small"}, village) })
		expect(t, c.name, lines, "FAIL", c.says)
		if asked.Header.Get("Authorization") != "Bearer sk-secret" || strings.Contains(lines, "sk-secret") {
			t.Errorf("%s: asked %s, wrote %s", c.name, asked.URL, lines)
		}
	}
	s := llmtest.New(t)
	look := func(name string, all []*directory.Village) string {
		lines, _ := examine(t, func(d *doctor) { d.model(t.Context(), modelAccount{"sk-secret", s.URL, name}, all) })
		return lines
	}
	expect(t, "good", look("test-model", village), "ok", "asked by json_schema")
	expect(t, "other name", look("large", village), "warn", `does not list "large"`)
	expect(t, "not allowed", look("test-model", []*directory.Village{{ID: "x"}}), "warn", "model = true")
	s.Answers(`{"kind":"household","code":"H1","urgency":"normal"}`)
	expect(t, "small", look("test-model", village), "warn", "takes a broken street light for H1")
	if lines := look("", village); !strings.Contains(lines, "off") {
		t.Error(lines)
	}
}

func TestDoctorTwilio(t *testing.T) {
	village := []*directory.Village{{ID: "x", SMS: []string{"+12065550100"}}}
	const hook = "https://village.example/twilio/sms"
	number := func(members string) string {
		return `{"incoming_phone_numbers":[{"phone_number":"+12065550100","sms_method":"POST",` + members + `}]}`
	}
	cases := []struct {
		name        string
		account     string
		status      int
		numbers     string
		grade, says string
	}{
		{"good", "active", 200, number(`"sms_url":"` + hook + `#rc=5&rp=all","sms_fallback_url":"` + hook + `"`), "ok", "five tries"},
		{"no retries", "active", 200, number(`"sms_url":"` + hook + `","sms_fallback_url":"` + hook + `"`), "warn", "add #rc=5&rp=all"},
		{"too few retries", "active", 200, number(`"sms_url":"` + hook + `#rc=2&rp=all","sms_fallback_url":"` + hook + `"`), "warn", "add #rc=5&rp=all"},
		{"retries for some failures", "active", 200, number(`"sms_url":"` + hook + `#rc=5","sms_fallback_url":"` + hook + `"`), "warn", "add #rc=5&rp=all"},
		{"no fallback", "active", 200, number(`"sms_url":"` + hook + `#rp=all&rc=5","sms_fallback_url":""`), "warn", "set its fallback URL"},
		{"elsewhere", "active", 200, number(`"sms_url":"https://demo.twilio.com/welcome/sms/reply"`), "FAIL", "set its messaging webhook to " + hook + "#rc=5&rp=all"},
		{"by GET", "active", 200, `{"incoming_phone_numbers":[{"sms_method":"GET","sms_url":"` + hook + `#rc=5&rp=all"}]}`, "FAIL", "HTTP POST"},
		{"an application", "active", 200, number(`"sms_application_sid":"AP1","sms_url":""`), "warn", "TwiML app AP1"},
		{"not ours", "active", 200, `{"incoming_phone_numbers":[]}`, "FAIL", "not a number of this account"},
		{"suspended", "suspended", 200, "", "FAIL", "the account is suspended"},
		{"wrong keys", "", 401, "", "FAIL", "do not belong together"},
		{"down", "", 503, "", "FAIL", "503"},
		{"no JSON", "<", 200, "", "FAIL", "something else than JSON"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Date", today.Format(http.TimeFormat))
				sid, token, _ := r.BasicAuth()
				if sid != "AC1" || token != "secret" {
					t.Errorf("asked as %q", sid)
				}
				if r.URL.Path == "/2010-04-01/Accounts/AC1.json" {
					w.WriteHeader(c.status)
					w.Write([]byte(`{"friendly_name":"Village","status":"` + c.account + `"` + strings.Repeat("}", 1-strings.Count(c.account, "<"))))
					return
				}
				if r.URL.Path != "/2010-04-01/Accounts/AC1/IncomingPhoneNumbers.json" || r.URL.Query().Get("PhoneNumber") != "+12065550100" {
					t.Errorf("asked %s", r.URL)
				}
				w.Write([]byte(c.numbers))
			}))
			defer s.Close()
			account := twilioAccount{sid: "AC1", token: "secret", api: s.URL, public: "https://village.example/"}
			lines, _ := examine(t, func(d *doctor) { d.twilio(t.Context(), account, village) })
			expect(t, c.name, lines, c.grade, c.says)
			if strings.Contains(lines, "secret") {
				t.Errorf("the token is shown: %s", lines)
			}
			lines, _ = examine(t, func(d *doctor) { d.now = today.Add(-10 * time.Minute); d.twilio(t.Context(), account, nil) })
			if c.account == "active" {
				expect(t, "clock", lines, "FAIL", "off by 10m0s")
			}
		})
	}
	lines, _ := examine(t, func(d *doctor) { d.twilio(t.Context(), twilioAccount{}, village) })
	expect(t, "off", lines, "ok", "off")
	lines, _ = examine(t, func(d *doctor) {
		d.twilio(t.Context(), twilioAccount{sid: "AC1", api: "http://127.0.0.1:1"}, village)
	})
	expect(t, "away", lines, "FAIL", "does not answer")
	if strings.Contains(lines, "AC1") {
		t.Errorf("the account's id is shown: %s", lines)
	}
}

func TestDoctorDatabase(t *testing.T) {
	dir := t.TempDir()
	look := func() (string, []*directory.Village) {
		var villages []*directory.Village
		lines, _ := examine(t, func(d *doctor) { villages = d.database(t.Context(), "", dir) })
		return lines, villages
	}
	lines, _ := look()
	expect(t, "none", lines, "ok", "none yet")

	s, err := store.Open(t.Context(), store.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.SaveVillage(t.Context(), directory.Demo(), "h"); err != nil {
		t.Fatal(err)
	}
	lines, villages := look()
	expect(t, "running", lines, "ok", "in use by a running service")
	expect(t, "running", lines, "ok", "none is stuck")
	if len(villages) != 1 || villages[0].ID != directory.Demo().ID {
		t.Errorf("villages %v", villages)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	lines, _ = look()
	if strings.Contains(lines, "in use") {
		t.Errorf("nobody uses it: %s", lines)
	}
	expect(t, "stopped", lines, "ok", "version")

	raise(t, filepath.Join(dir, "sanshi.db"))
	lines, _ = look()
	expect(t, "newer", lines, "FAIL", "of a newer program")

	lines, _ = examine(t, func(d *doctor) { d.database(t.Context(), "postgres://u:secret@127.0.0.1:1/x?connect_timeout=1", dir) })
	expect(t, "postgres away", lines, "FAIL", "check that Postgres runs and SANSHI_DATABASE_URL")
	if strings.Contains(lines, "secret") {
		t.Errorf("the password is shown: %s", lines)
	}
}

// raise makes the database look as if a newer program had migrated it.
func raise(t *testing.T, path string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.ExecContext(context.Background(), `INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, true)`)
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
}

// The whole of it: a line for everything, exit by what was found, no secret shown.
func TestDoctorWhole(t *testing.T) {
	api, _ := answering(t, 401, `{}`)
	settings := map[string]string{
		"SANSHI_DATA": t.TempDir(), "TWILIO_ACCOUNT_SID": "AC1", "TWILIO_AUTH_TOKEN": "tw-secret", "TWILIO_API_URL": api,
		"SLACK_BOT_TOKEN": "xoxb-secret", "SLACK_SIGNING_SECRET": "sig-secret", "SLACK_API_URL": api,
		"OPENAI_API_KEY": "sk-secret", "OPENAI_BASE_URL": api, "OPENAI_MODEL": "m", "SANSHI_REDIS_URL": "redis://:re-secret@127.0.0.1:1/0",
	}
	for _, broken := range []bool{false, true} {
		flags := map[string]string{"SANSHI_DATA": settings["SANSHI_DATA"]}
		if broken {
			flags = settings
		}
		cfg, err := LoadConfig(flags, nil)
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if err := runDoctor(t.Context(), cfg, &out); (err != nil) != broken {
			t.Errorf("broken is %v, but the error is %v", broken, err)
		}
		for _, what := range []string{"configuration", "public URL", "database", "disk", "village", "calendar", "redis", "twilio", "slack", "model"} {
			if !strings.Contains(out.String(), " "+what) {
				t.Errorf("no line about %s in:\n%s", what, out.String())
			}
		}
		if strings.Contains(out.String(), "-secret") {
			t.Errorf("a secret is shown:\n%s", out.String())
		}
		if n := strings.Count(out.String(), "FAIL "); broken && n != 5 {
			t.Errorf("%d faults, want the public URL and four services:\n%s", n, out.String())
		}
	}
}

// A start says what doctor would: an own village without a number starts, but not
// without a word.
func TestStartWarns(t *testing.T) {
	var log bytes.Buffer
	v := directory.Village{ID: "a", Staff: []directory.Staff{{ID: "li", Role: directory.Secretary}}}
	logDoubts(newLog("text", &log), &v)
	for _, want := range []string{"level=WARN", "village a: no number to text it", "having neither phone nor slack: li"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log lacks %q:\n%s", want, &log)
		}
	}
	log.Reset()
	if logDoubts(newLog("text", &log), directory.Demo()); log.Len() > 0 {
		t.Errorf("the demo is warned of:\n%s", &log)
	}
}
