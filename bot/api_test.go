package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

const village = "/api/v1/villages/xiangyang"

// seen is a matter, or an error, as another program sees it.
type seen struct {
	Number, State, Kind, Code, Text, Summary, Resident, Place, Assignee string

	Private  bool
	Version  int
	Events   []struct{ Event, By, Via, Note string }
	Messages []struct{ Direction, Text, Status string }
	Error    struct{ Code, Message, Field string }
}

// call asks the running program's API and gives the status and what came back.
func (r *rig) call(method, path, body string) (status int, got seen, text string) {
	r.t.Helper()
	status, all := r.ask(method, path, strings.NewReader(body))
	if err := json.Unmarshal(all, &got); err != nil {
		r.t.Fatalf("%s %s: %v in %s", method, path, err, all)
	}
	return status, got, string(all)
}

// text sends a resident's text and waits for its effects; it gives the newest
// matter's number.
func (r *rig) text(from, words string) string {
	r.t.Helper()
	body, err := json.Marshal(map[string]string{"from": from, "text": words})
	if err != nil {
		r.t.Fatal(err)
	}
	if status, _, text := r.call("POST", village+"/messages", string(body)); status != 202 {
		r.t.Fatalf("%s: %d %s", words, status, text)
	}
	r.settle()
	var list struct{ Matters []seen }
	r.get(village+"/matters?limit=1", &list)
	if len(list.Matters) == 0 {
		r.t.Fatalf("%s: no matter was opened", words)
	}
	return list.Matters[0].Number
}

// The order of checks against the real desk: exists, right, state or stale, value.
func TestAPIOrder(t *testing.T) {
	r := startRig(t, rigOptions{})
	number := r.text("+8613800000001", "村口的路灯坏了三天了")
	path := village + "/matters/" + number + "/events"
	cases := []struct {
		name, path, body string
		status           int
		code, field      string
	}{
		{"no village", "/api/v1/villages/nowhere/matters/" + number + "/events", `{"event":"approve","by":"li"}`, 404, "not_found", ""},
		{"no matter", village + "/matters/9999-1/events", `{"event":"approve","by":"nobody"}`, 404, "not_found", ""},
		{"no such staff", path, `{"event":"approve","by":"nobody"}`, 403, "forbidden", "by"},
		{"no right, wrong state, bad value", path, `{"event":"rate","by":"li","rating":9}`, 403, "forbidden", ""},
		{"no right and a bad type", path, `{"event":"approve","by":"wang","version":"x"}`, 403, "forbidden", ""},
		{"bad type", path, `{"event":"approve","by":"li","version":"x"}`, 422, "invalid", "version"},
		{"bad value", path, `{"event":"correct","by":"li","code":"X9"}`, 422, "invalid", "code"},
		{"correct", path, `{"event":"correct","by":"li","kind":"government","code":"G6","version":1}`, 200, "", ""},
		{"stale", path, `{"event":"approve","by":"li","version":1}`, 409, "stale", ""},
		{"stale and a bad value", path, `{"event":"correct","by":"li","code":"X9","version":1}`, 409, "stale", ""},
		{"approve", path, `{"event":"approve","by":"li","version":2}`, 200, "", ""},
		{"twice", path, `{"event":"approve","by":"li"}`, 409, "state", ""},
	}
	for _, c := range cases {
		status, got, text := r.call("POST", c.path, c.body)
		if status != c.status || got.Error.Code != c.code || c.field != "" && got.Error.Field != c.field {
			t.Errorf("%s: %d %s, want %d %s %s", c.name, status, text, c.status, c.code, c.field)
		}
	}
}

func TestAPIKey(t *testing.T) {
	r := startRig(t, rigOptions{})
	path := village + "/matters/" + r.text("+8613800000001", "村口的路灯坏了三天了")
	approve := `{"event":"approve","by":"li","key":"k1"}`
	for range 3 {
		if status, got, text := r.call("POST", path+"/events", approve); status != 200 || got.State != "queued" || got.Version != 2 {
			t.Fatalf("%d %s", status, text)
		}
	}
	for _, other := range []string{`{"event":"approve","by":"li","key":"k1","note":"x"}`, `{"event":"decline","by":"li","key":"k1","note":"x"}`} {
		if status, got, text := r.call("POST", path+"/events", other); status != 409 || got.Error.Field != "key" {
			t.Errorf("%s: %d %s, want 409 about the key", other, status, text)
		}
	}
	if _, got, _ := r.call("GET", path, ""); len(got.Events) != 2 || got.Events[1].Via != "api" {
		t.Errorf("events %+v, want one approval by the api", got.Events)
	}
}

// A private matter's words are nowhere in the list or the detail; who reveals them
// is on record.
func TestAPIPrivate(t *testing.T) {
	r := startRig(t, rigOptions{})
	const words = "儿子三年不给养老钱，别跟别人讲"
	path := village + "/matters/" + r.text("+8613800000002", words)
	_, got, detail := r.call("GET", path, "")
	if !got.Private {
		t.Fatalf("the matter is not private: %s", detail)
	}
	_, _, list := r.call("GET", village+"/matters", "")
	for _, word := range []string{"儿子", "养老钱", "13800000002"} {
		if strings.Contains(detail, word) || strings.Contains(list, word) {
			t.Errorf("%q is shown:\n%s\n%s", word, detail, list)
		}
	}
	status, _, text := r.call("POST", path+"/events", `{"event":"reveal","by":"wang","note":"想看看"}`)
	if status != 403 || strings.Contains(text, "儿子") {
		t.Errorf("wang: %d %s", status, text)
	}
	status, got, text = r.call("POST", path+"/events", `{"event":"reveal","by":"li","note":"今天上门"}`)
	if status != 200 || got.Text != words {
		t.Errorf("li: %d %s", status, text)
	}
	_, got, _ = r.call("GET", path, "")
	if last := got.Events[len(got.Events)-1]; last.Event != "reveal" || last.By != "li" || got.Text != "" {
		t.Errorf("the record shows %+v, the matter %q", last, got.Text)
	}
}

func TestAPIErase(t *testing.T) {
	r := startRig(t, rigOptions{})
	path := village + "/matters/" + r.text("+8613800000003", "村口的路灯坏了三天了")
	erase := village + "/residents/+8613800000003/erase"
	if status, _, text := r.call("POST", erase, `{"by":"wang"}`); status != 403 {
		t.Errorf("wang: %d %s", status, text)
	}
	if status, _, text := r.call("POST", erase, `{"by":"li"}`); status != 200 {
		t.Fatalf("%d %s", status, text)
	}
	_, got, detail := r.call("GET", path, "")
	if got.State != "cancelled" || got.Events[len(got.Events)-1].Event != "erase" {
		t.Errorf("%s", detail)
	}
	_, _, talk := r.call("GET", village+"/conversations/+8613800000003", "")
	for _, word := range []string{"路灯", "13800000003"} {
		if strings.Contains(detail, word) || strings.Contains(talk, word) {
			t.Errorf("%q is still there:\n%s\n%s", word, detail, talk)
		}
	}
}

// A big or broken body over a real connection: an answer, and the service lives.
func TestAPIBodies(t *testing.T) {
	r := startRig(t, rigOptions{})
	for name, c := range map[string]struct {
		body   []byte
		status int
	}{
		"5 MB":      {bytes.Repeat([]byte("x"), 5<<20), 413},
		"truncated": {[]byte(`{"from":"+8613800000001","te`), 400},
		"not UTF-8": {[]byte("{\"from\":\"+8613800000001\",\"text\":\"\xff\"}"), 400},
	} {
		req, err := http.NewRequest("POST", r.URL()+village+"/messages", bytes.NewReader(c.body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+r.Token)
		req.Header.Set("Content-Type", "application/json")
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		res.Body.Close()
		if res.StatusCode != c.status {
			t.Errorf("%s: %d, want %d", name, res.StatusCode, c.status)
		}
	}
	r.text("+8613800000001", "村口的路灯坏了三天了")
}

// The same key gives the same answer, whatever happened to the matter since.
func TestAPIKeyAnswersAsBefore(t *testing.T) {
	r := startRig(t, rigOptions{})
	number := r.text("+8613800000001", "村口的路灯坏了三天了")
	path := village + "/matters/" + number + "/events"
	approve := `{"event":"approve","by":"li","key":"k1"}`
	_, first, _ := r.call("POST", path, approve)
	if status, _, text := r.call("POST", path, `{"event":"claim","by":"wang"}`); status != 200 {
		t.Fatalf("%d %s", status, text)
	}
	status, again, text := r.call("POST", path, approve)
	if status != 200 || again.State != "queued" || again.Version != first.Version || again.Text != first.Text || again.Assignee != "" {
		t.Errorf("the key was answered %d %s; before it was %+v", status, text, first)
	}
	if _, now, _ := r.call("GET", village+"/matters/"+number, ""); now.State != "handling" || len(now.Events) != 3 {
		t.Errorf("the matter is %s with %d events; want handling with 3", now.State, len(now.Events))
	}
}
