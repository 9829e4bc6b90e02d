// Package bolt holds the ways in from Slack, and the stand-in for Slack, against
// what Slack itself publishes for JavaScript: @slack/bolt and @slack/web-api. They
// are tools of these tests and no part of the program.
package bolt

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sanshi/internal/channel/slack"
	"sanshi/internal/channel/slack/slacktest"
)

// script runs one of testdata's scripts and reads the JSON that it prints.
func script(t *testing.T, in []byte, out any, args ...string) {
	t.Helper()
	if _, err := os.Stat("testdata/node_modules/@slack/bolt"); err != nil {
		t.Fatal("Slack's JavaScript packages are missing: run .ci/deps, or npm ci in internal/channel/slack/bolt/testdata")
	}
	cmd := exec.CommandContext(t.Context(), "node", args...)
	cmd.Dir, cmd.Stdin = "testdata", bytes.NewReader(in)
	var bad bytes.Buffer
	cmd.Stderr = &bad
	got, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %v: %s", args, err, bad.String())
	}
	if err := json.Unmarshal(got, out); err != nil {
		t.Fatalf("%v in %s", err, got)
	}
}

type request struct{ Stamp, Sign, Body string }

func sign(secret, stamp, body string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	fmt.Fprintf(mac, "v0:%s:%s", stamp, body)
	return "v0=" + hex.EncodeToString(mac.Sum(nil))
}

// The door opens to exactly what Slack's own library lets through.
func TestSameSignatures(t *testing.T) {
	now, old := strconv.FormatInt(time.Now().Unix(), 10), strconv.FormatInt(time.Now().Add(-301*time.Second).Unix(), 10)
	body := `{"type":"url_verification","challenge":"三事 <&>"}`
	good := sign(slacktest.SigningSecret, now, body)
	all := []request{
		{now, good, body}, {now, good, body + " "}, {now, strings.ToUpper(good), body}, {now, sign("another", now, body), body},
		{old, sign(slacktest.SigningSecret, old, body), body}, {old, good, body}, {now, strings.Replace(good, "v0", "v1", 1), body},
		{now, good[:len(good)-2], body}, {now, "", body}, {now, "v0=", body},
	}
	in, err := json.Marshal(lower(all))
	if err != nil {
		t.Fatal(err)
	}
	var theirs []bool
	script(t, in, &theirs, "verify.cjs", slacktest.SigningSecret)
	h := &slack.Hook{Client: slack.NewClient(slack.Config{BotToken: "x"}), Secret: slacktest.SigningSecret}
	mux := http.NewServeMux()
	h.Routes(mux)
	var ours []bool
	for _, r := range all {
		req := httptest.NewRequest("POST", "/slack/events", strings.NewReader(r.Body))
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("X-Slack-Request-Timestamp", r.Stamp)
		req.Header.Set("X-Slack-Signature", r.Sign)
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, req)
		ours = append(ours, w.Code == 200)
	}
	if !slices.Equal(ours, theirs) || !theirs[0] || slices.Contains(theirs[3:], true) {
		t.Errorf("ours   %v\ntheirs %v", ours, theirs)
	}
}

func lower(all []request) (out []map[string]string) {
	for _, r := range all {
		out = append(out, map[string]string{"stamp": r.Stamp, "sign": r.Sign, "body": r.Body})
	}
	return out
}

type heard struct {
	Heard, User, Value, Block string
	Picked                    []string
}

// The payloads by which our own tests press, type and send are what Slack's library
// knows as such. (The test of package slack that reads the same file holds us to them.)
func TestPayloadsAreSlacks(t *testing.T) {
	in, err := os.ReadFile("testdata/payloads.json")
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]heard
	script(t, in, &got, "hears.cjs")
	want := map[string]heard{
		"press":       {Heard: "action approve", User: "U0A", Value: "ma", Block: "ma:3", Picked: []string{}},
		"pressPicked": {Heard: "action approve_picked", User: "U0A", Block: "list:approve", Picked: []string{"ma:3"}},
		"submit":      {Heard: "view act", User: "U0A", Value: "已经在修了"},
		"suggest":     {Heard: "options into", User: "U0A", Value: "042"},
		"point":       {Heard: "shortcut note_it", User: "U0A", Value: "线也老化了"},
		"shortcut":    {Heard: "shortcut new", User: "U0A"},
		"command":     {Heard: "command", User: "U0A", Value: "list"},
		"home":        {Heard: "event app_home_opened", User: "U0A", Value: "home"},
		"direct":      {Heard: "message", User: "U0A", Value: "你好"},
		"own":         {},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// Slack's own client finds in the stand-in what it finds at Slack.
func TestStandInForTheirClient(t *testing.T) {
	s := slacktest.New(t)
	s.Channel("C0GONE", "deleted")
	s.AddFile("F0LAMP", "lamp.jpg", "image/jpeg", "U0LI00000", []byte("x"))
	s.Play("chat.postMessage", slacktest.Fault{}, slacktest.Fault{After: "0"})
	var got map[string]any
	script(t, nil, &got, "calls.cjs", s.URL, slacktest.BotToken)
	want := map[string]any{
		"who": slacktest.BotUser, "posted": "新到一件", "updated": "办好了", "rested": true, "history": []any{"m4", "m3", "m2", "m1", "m0"},
		"view": "y", "home": true, "direct": slacktest.Direct("U0LI00000"), "whisper": true, "file": "image/jpeg",
		"refusals": map[string]any{"tooManyBlocks": "invalid_blocks", "longSection": "invalid_blocks", "nowhere": "channel_not_found",
			"oldTrigger": "invalid_trigger", "stranger": "invalid_auth"},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	limited := 0
	for _, c := range s.Calls("chat.postMessage") {
		if c.Answer == "ratelimited" {
			limited++
		}
	}
	if limited != 1 {
		t.Errorf("%d calls met the 429", limited)
	}
}
