package api

import (
	"encoding/json"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"sanshi/internal/catalog"
	"sanshi/internal/matter"
	"sanshi/internal/message"
)

func TestTakeMessage(t *testing.T) {
	o := newOffice()
	got := ask(t, New(o.deps()), "POST", base+"/messages", `{"from":"+8613800000001","text":"村口路灯坏了","external_id":"x1"}`)
	if got.status != 202 || !reflect.DeepEqual(got.body, map[string]any{"id": "in1"}) {
		t.Fatalf("%d %s", got.status, got.text)
	}
	want := message.Inbound{Village: "xiangyang", Channel: "sim", ExternalID: "x1", From: "sms:+8613800000001", To: "+12065550100", Text: "村口路灯坏了", At: noon}
	if !reflect.DeepEqual(o.inbounds[0], want) {
		t.Errorf("kept %+v, want %+v", o.inbounds[0], want)
	}
}

func TestRepeatedMessage(t *testing.T) {
	o := newOffice()
	h := New(o.deps())
	post := func(body string) string {
		got := ask(t, h, "POST", base+"/messages", body)
		if got.status != 202 {
			t.Fatalf("%d %s", got.status, got.text)
		}
		return got.body["id"].(string)
	}
	first := post(`{"from":"+8613800000001","text":"一","external_id":"x1"}`)
	if again := post(`{"from":"+8613800000001","text":"一","external_id":"x1"}`); again != first {
		t.Errorf("the same external_id gives %q, then %q", first, again)
	}
	if other := post(`{"from":"+8613800000001","text":"一"}`); other == first {
		t.Error("a text without an external_id passed for a repeat")
	}
	if a, b := post(`{"from":"+8613800000001","text":"一"}`), post(`{"from":"+8613800000001","text":"一","external_id":""}`); a == b {
		t.Error("two texts without an external_id passed for one")
	}
}

func TestMessageValues(t *testing.T) {
	long := strings.Repeat("灯", textLimit)
	cases := []struct {
		body   string
		status int
		field  string
	}{
		{`{"from":"sms:+8613800000001","text":""}`, 202, ""},
		{`{"from":"sim:old-chen","text":"？"}`, 202, ""},
		{`{"from":"whatsapp:+8613800000001","text":"👍🏽"}`, 202, ""},
		{`{"from":"wechat:oABC","text":"\u0000你好\u200b"}`, 202, ""},
		{`{"from":"+8613800000001","text":"` + long + `"}`, 202, ""},
		{`{"from":"+8613800000001","text":"` + long + `灯"}`, 422, "text"},
		{`{"from":"+8613800000001"}`, 422, "text"},
		{`{"from":"+8613800000001","text":null}`, 422, "text"},
		{`{"from":"+8613800000001","text":5}`, 422, "text"},
		{`{"from":"+8613800000001","text":["a"]}`, 422, "text"},
		{`{"text":"a"}`, 422, "from"},
		{`{"from":"","text":"a"}`, 422, "from"},
		{`{"from":"13800000001","text":"a"}`, 422, "from"},
		{`{"from":"+86 138","text":"a"}`, 422, "from"},
		{`{"from":"fax:+8613800000001","text":"a"}`, 422, "from"},
		{`{"from":{},"text":"a"}`, 422, "from"},
		{`{"from":"+8613800000001","text":"a","external_id":7}`, 422, "external_id"},
		{`{"from":"+8613800000001","text":"a","external_id":"` + strings.Repeat("x", 256) + `"}`, 422, "external_id"},
		{`{"from":"+8613800000001","text":"a","Text":"b"}`, 422, "Text"},
		{`{}`, 422, "from"},
	}
	for _, c := range cases {
		got := ask(t, New(newOffice().deps()), "POST", base+"/messages", c.body)
		if got.status != c.status || got.err("field") != c.field {
			t.Errorf("%.60s: %d %.200s, want %d about %q", c.body, got.status, got.text, c.status, c.field)
		}
	}
	if got := ask(t, New(newOffice().deps()), "POST", base+"/messages", ""); got.status != 422 || got.err("field") != "from" {
		t.Errorf("no body: %d %s", got.status, got.text)
	}
}

// The names of a matter are what scripts rely on.
var matterNames = strings.Fields(`id number village kind code urgency state area place resident parties summary text private
	assignee approved_by confidence source reason outcome rating returned reopened earlier merged_into photos raised_at due_at version`)

func TestListShape(t *testing.T) {
	got := ask(t, New(newOffice().deps()), "GET", base+"/matters", "")
	if got.body["next"] != "c2" {
		t.Errorf("next %v", got.body["next"])
	}
	list := got.body["matters"].([]any)
	plain, private := list[0].(map[string]any), list[1].(map[string]any)
	for _, name := range matterNames {
		for _, m := range []map[string]any{plain, private} {
			if _, ok := m[name]; !ok {
				t.Errorf("a matter lacks %s", name)
			}
		}
	}
	want := map[string]any{"id": "m1", "number": "0427-0", "kind": "village", "text": "村口路灯坏了三天了", "resident": "sms:+8613800000001",
		"raised_at": "2026-04-27T04:00:00.123Z", "due_at": nil, "version": 2.0, "private": false, "confidence": 0.9}
	for name, value := range want {
		if plain[name] != value {
			t.Errorf("%s is %v, want %v", name, plain[name], value)
		}
	}
	if _, ok := plain["parties"].([]any); !ok {
		t.Errorf("parties is %v, want a list", plain["parties"])
	}
	hidden := map[string]any{"resident": "", "place": "", "parties": []any{}, "summary": "", "text": "", "photos": []any{}, "reason": ""}
	for name, value := range hidden {
		if !reflect.DeepEqual(private[name], value) {
			t.Errorf("of a private matter %s is shown: %v", name, private[name])
		}
	}
	if private["code"] != "H6" || private["state"] != "handling" || private["private"] != true {
		t.Errorf("a private matter must still be listed: %v", private)
	}
}

func TestEmptyLists(t *testing.T) {
	o := newOffice()
	o.matters, o.dead, o.lines = nil, nil, nil
	h := New(o.deps())
	for path, want := range map[string]string{
		"/matters": `{"matters":[],"next":"c2"}`, "/deadletters": `{"deadletters":[]}`, "/conversations/+8613800000009": `{"messages":[]}`,
	} {
		if got := ask(t, h, "GET", base+path, ""); strings.TrimSpace(got.text) != want {
			t.Errorf("%s: %s, want %s", path, got.text, want)
		}
	}
}

func TestFilters(t *testing.T) {
	cases := []struct {
		query string
		want  matter.Filter
	}{
		{"", matter.Filter{Limit: 50}},
		{"?kind=&state=&code=&area=&q=&limit=&cursor=", matter.Filter{Limit: 50}},
		{"?kind=village&kind=household", matter.Filter{Kinds: []catalog.Kind{"village", "household"}, Limit: 50}},
		{"?state=merged&state=closed&limit=500", matter.Filter{States: []matter.State{"merged", "closed"}, Limit: 500}},
		{"?code=V1&code=G6&area=g1&area=g2&limit=1", matter.Filter{Codes: []string{"V1", "G6"}, Areas: []string{"g1", "g2"}, Limit: 1}},
		{"?q=%E8%B7%AF%E7%81%AF+&cursor=abc", matter.Filter{Query: "路灯", Cursor: "abc", Limit: 50}},
		{"?assignee=li&late=true", matter.Filter{Assignee: "li", Late: noon, Limit: 50}},
	}
	for _, c := range cases {
		o := newOffice()
		got := ask(t, New(o.deps()), "GET", base+"/matters"+c.query, "")
		c.want.Village = "xiangyang"
		if got.status != 200 || !reflect.DeepEqual(o.filter, c.want) {
			t.Errorf("%s: %d, filter %+v, want %+v", c.query, got.status, o.filter, c.want)
		}
	}
}

func TestBadFilters(t *testing.T) {
	cases := []struct {
		query, field string
		status       int
	}{
		{"limit=0", "limit", 422}, {"limit=501", "limit", 422}, {"limit=-1", "limit", 422}, {"limit=1e2", "limit", 422},
		{"limit=99999999999999999999", "limit", 422}, {"kind=none", "kind", 422}, {"kind=government&kind=x", "kind", 422},
		{"state=open", "state", 422}, {"code=X1", "code", 422}, {"cursor=stale", "cursor", 422}, {"states=done", "states", 422},
		{"late=maybe", "late", 422}, {"assignee=li&assignee=wang", "assignee", 422}, {"q=%00", "q", 422}, {"q=%ff", "q", 422},
		{"q=" + strings.Repeat("x", 101), "q", 422}, {"area=" + strings.Repeat("x", 300), "area", 422},
		{"q=%zz", "", 400}, {"a;b", "", 400},
	}
	for _, c := range cases {
		got := ask(t, New(newOffice().deps()), "GET", base+"/matters?"+c.query, "")
		if got.status != c.status || got.err("field") != c.field {
			t.Errorf("%.40s: %d %s, want %d about %q", c.query, got.status, got.text, c.status, c.field)
		}
	}
}

func TestDetail(t *testing.T) {
	h := New(newOffice().deps())
	plain := ask(t, h, "GET", base+"/matters/0427-0", "")
	if plain.body["text"] != "村口路灯坏了三天了" || len(plain.body["events"].([]any)) != 2 || len(plain.body["messages"].([]any)) != 1 {
		t.Fatalf("%s", plain.text)
	}
	raise := plain.body["events"].([]any)[0].(map[string]any)
	want := map[string]any{"seq": 1.0, "event": "raise", "by": "resident", "via": "sms", "at": "2026-04-27T04:00:00.123Z", "from": "", "to": "sorting", "note": "天天骂我"}
	for name, value := range want {
		if raise[name] != value {
			t.Errorf("%s is %v, want %v", name, raise[name], value)
		}
	}
	plan := plain.body["events"].([]any)[1].(map[string]any)["detail"].(map[string]any)
	if plan["due"] != "2026-04-27T04:00:00.123Z" {
		t.Errorf("due %v", plan["due"])
	}
	private := ask(t, h, "GET", base+"/matters/m2", "")
	for _, word := range []string{"骂", "祠堂", "吵架", "138000", "p1"} {
		if strings.Contains(private.text, word) {
			t.Errorf("a private matter shows %q: %s", word, private.text)
		}
	}
	if len(private.body["events"].([]any)) != 2 || len(private.body["messages"].([]any)) != 1 {
		t.Error("a private matter must still show what happened")
	}
	if head := ask(t, h, "HEAD", base+"/matters/m1", ""); head.status != 200 {
		t.Errorf("HEAD: %d", head.status)
	}
}

func TestAct(t *testing.T) {
	o := newOffice()
	body := `{"event":"correct","by":"li","version":2,"key":"k1","note":" 县道 ","kind":"government","code":"G6","area":"g1","urgency":"urgent",
		"assignee":"wang","into":"0428-9","rating":4,"outcome":"solved","photo":"p9","approve":true,"date":"2026-05-04","for":"third"}`
	got := ask(t, New(o.deps()), "POST", base+"/matters/0427-0/events", body)
	if got.status != 200 || got.body["id"] != "m1" || got.body["text"] == "" {
		t.Fatalf("%d %s", got.status, got.text)
	}
	r := o.request
	if r.Village != "xiangyang" || r.Matter != "0427-0" || r.By != "li" || r.Key != "k1" || r.Act.By.ID != "li" {
		t.Errorf("asked %+v", r)
	}
	r.Act.By = matter.Actor{}
	want := matter.Act{Kind: matter.Correct, Via: "api", At: noon, Version: 2, Note: "县道", Approve: true, Detail: matter.Detail{
		Kind: "government", Code: "G6", Area: "g1", Urgency: "urgent", Assignee: "wang", Into: "0428-9", Rating: 4, Outcome: "solved",
		Photo: "p9", Due: time.Date(2026, 5, 4, 18, 0, 0, 0, o.village.Location), For: "third"}}
	if !r.Act.Detail.Due.Equal(want.Detail.Due) {
		t.Errorf("due %v, want %v", r.Act.Detail.Due, want.Detail.Due)
	}
	r.Act.Detail.Due, want.Detail.Due = time.Time{}, time.Time{}
	if !reflect.DeepEqual(r.Act, want) {
		t.Errorf("asked %+v, want %+v", r.Act, want)
	}
}

func TestActValues(t *testing.T) {
	cases := []struct{ body, field string }{
		{`{"by":"li"}`, "event"},
		{`{"event":"","by":"li"}`, "event"},
		{`{"event":"jump","by":"li"}`, "event"},
		{`{"event":["approve"],"by":"li"}`, "event"},
		{`{"event":"approve"}`, "by"},
		{`{"event":"approve","by":""}`, "by"},
		{`{"event":"approve","by":1}`, "by"},
		{`{"event":"approve","by":"li","version":-1}`, "version"},
		{`{"event":"approve","by":"li","version":2.5}`, "version"},
		{`{"event":"approve","by":"li","version":99999999999999999999}`, "version"},
		{`{"event":"rate","by":"li","rating":"5"}`, "rating"},
		{`{"event":"approve","by":"li","approve":"yes"}`, "approve"},
		{`{"event":"plan","by":"li","date":"tomorrow"}`, "date"},
		{`{"event":"plan","by":"li","date":"2026-02-30"}`, "date"},
		{`{"event":"approve","by":"li","key":"` + strings.Repeat("k", 256) + `"}`, "key"},
		{`{"event":"note","by":"li","note":"` + strings.Repeat("长", 4001) + `"}`, "note"},
		{`{"event":"note","by":"li","state":"closed"}`, "state"},
	}
	for _, c := range cases {
		o := newOffice()
		got := ask(t, New(o.deps()), "POST", base+"/matters/m1/events", c.body)
		if got.status != 422 || got.err("field") != c.field || got.err("code") != "invalid" {
			t.Errorf("%.60s: %d %s, want 422 about %s", c.body, got.status, got.text, c.field)
		}
		if o.request.Village != "" {
			t.Errorf("%.60s: the desk was asked", c.body)
		}
	}
	if got := ask(t, New(newOffice().deps()), "POST", base+"/matters/m1/events", `{"event":"approve","by":"ghost"}`); got.status != 403 || got.err("field") != "by" {
		t.Errorf("unknown staff: %d %s", got.status, got.text)
	}
}

// The same act under a key is known again however it is written; another is not.
func TestDigest(t *testing.T) {
	digest := func(body string) string {
		o := newOffice()
		if got := ask(t, New(o.deps()), "POST", base+"/matters/m1/events", body); got.status != 200 {
			t.Fatalf("%s: %d %s", body, got.status, got.text)
		}
		return o.request.Digest
	}
	first := digest(`{"event":"approve","by":"li","key":"k1","note":"好"}`)
	for _, same := range []string{
		`{"event":"approve","by":"li","key":"k1","note":"好"}`, `{ "by":"li", "note":"好",  "key":"k1", "event":"approve" }`,
		`{"event":"approve","by":"li","key":"k1","note":"好","version":null}`,
	} {
		if digest(same) != first {
			t.Errorf("%s passes for another act", same)
		}
	}
	for _, other := range []string{
		`{"event":"decline","by":"li","key":"k1","note":"好"}`, `{"event":"approve","by":"wang","key":"k1","note":"好"}`,
		`{"event":"approve","by":"li","key":"k1","note":"好 的"}`, `{"event":"approve","by":"li","key":"k1"}`,
	} {
		if digest(other) == first {
			t.Errorf("%s passes for a repeat", other)
		}
	}
	if first == "" {
		t.Error("no digest")
	}
}

// Only a reveal, which is on record with its reason, shows private words.
func TestReveal(t *testing.T) {
	h := New(newOffice().deps())
	note := ask(t, h, "POST", base+"/matters/m2/events", `{"event":"note","by":"li","note":"去过了"}`)
	reveal := ask(t, h, "POST", base+"/matters/m2/events", `{"event":"reveal","by":"li","note":"明天要上门"}`)
	if note.status != 200 || note.body["text"] != "" || reveal.body["text"] != "儿媳天天骂我" {
		t.Errorf("note shows %q, reveal shows %q", note.body["text"], reveal.body["text"])
	}
	o := newOffice()
	o.refusal = matter.Refuse(matter.Forbidden, "", "wang may not read this")
	if got := ask(t, New(o.deps()), "POST", base+"/matters/m2/events", `{"event":"reveal","by":"wang","note":"想看"}`); got.status != 403 || strings.Contains(got.text, "骂") {
		t.Errorf("%d %s", got.status, got.text)
	}
}

func TestAddresses(t *testing.T) {
	good := map[string]message.Address{
		"+8613800000002": "sms:+8613800000002", "%2B8613800000002": "sms:+8613800000002", "sms:+8613800000002": "sms:+8613800000002",
		"sms%3A%2B8613800000002": "sms:+8613800000002", "wechat:o-_9": "wechat:o-_9", "sim:a%2Fb": "sim:a/b", "whatsapp:+12065550199": "whatsapp:+12065550199",
	}
	for path, want := range good {
		o := newOffice()
		if got := ask(t, New(o.deps()), "GET", base+"/conversations/"+path, ""); got.status != 200 || o.talked != want {
			t.Errorf("%s: %d, read %q, want %q", path, got.status, o.talked, want)
		}
		o = newOffice()
		if got := ask(t, New(o.deps()), "POST", base+"/residents/"+path+"/erase", `{"by":"li"}`); got.status != 200 || o.erased != want {
			t.Errorf("erase %s: %d, erased %q, want %q", path, got.status, o.erased, want)
		}
	}
	for _, path := range []string{"8613800000002", "sms:8613800000002", "%208613800000002", "fax:1", "sms:", "+", "sms%3A%2B86%0A1"} {
		if got := ask(t, New(newOffice().deps()), "GET", base+"/conversations/"+path, ""); got.status != 422 || got.err("field") != "address" {
			t.Errorf("%s: %d %s", path, got.status, got.text)
		}
	}
}

func TestConversation(t *testing.T) {
	got := ask(t, New(newOffice().deps()), "GET", base+"/conversations/+8613800000002", "")
	line := got.body["messages"].([]any)[0].(map[string]any)
	want := map[string]any{"direction": "in", "text": "儿媳天天骂我", "status": "handled", "segments": 1.0, "at": "2026-04-27T04:00:00.123Z", "id": "i1", "matter": "m2"}
	if !reflect.DeepEqual(line, want) {
		t.Errorf("%v, want %v", line, want)
	}
}

func TestErase(t *testing.T) {
	cases := []struct {
		address, body string
		refusal       error
		status        int
		field         string
	}{
		{"+8613800000001", `{"by":"li"}`, nil, 200, ""},
		{"+8613800000001", `{}`, nil, 422, "by"},
		{"+8613800000001", ``, nil, 422, "by"},
		{"+8613800000001", `{"by":"nobody"}`, nil, 403, "by"},
		{"+8613800000001", `{"by":"wang"}`, matter.Refuse(matter.Forbidden, "", "not yours"), 403, ""},
		{"+8613899999999", `{"by":"li"}`, nil, 404, ""},
		{"13800000001", `{"by":"li"}`, nil, 422, "address"},
	}
	for _, c := range cases {
		o := newOffice()
		o.refusal = c.refusal
		got := ask(t, New(o.deps()), "POST", base+"/residents/"+c.address+"/erase", c.body)
		if got.status != c.status || got.err("field") != c.field {
			t.Errorf("%s %s: %d %s, want %d about %q", c.address, c.body, got.status, got.text, c.status, c.field)
		}
		if strings.Contains(o.log.String(), "8613800000001") {
			t.Errorf("the log keeps what was erased: %s", o.log.String())
		}
	}
}

func TestStats(t *testing.T) {
	got := ask(t, New(newOffice().deps()), "GET", base+"/stats", "")
	var s struct {
		matter.Stats
		Late *int `json:"late"`
	}
	if err := json.Unmarshal([]byte(got.text), &s); err != nil || s.Late == nil {
		t.Fatalf("%v: %s", err, got.text)
	}
	if s.Inbound != 7 || s.Handled != 6 || s.Matters["village"]["sorting"] != 2 {
		t.Errorf("%+v", s)
	}
	for _, kind := range catalog.Kinds() {
		if len(s.Matters[kind]) != len(matter.States()) {
			t.Errorf("%s lists %d states, want all %d", kind, len(s.Matters[kind]), len(matter.States()))
		}
	}
}

func TestDeadLetters(t *testing.T) {
	o := newOffice()
	h := New(o.deps())
	got := ask(t, h, "GET", base+"/deadletters", "")
	first := got.body["deadletters"].([]any)[0].(map[string]any)
	if first["id"] != "d1" || first["at"] != "2026-04-27T04:00:00.123Z" || first["tries"] != 9.0 {
		t.Errorf("%v", first)
	}
	if got := ask(t, h, "POST", base+"/deadletters/d1/retry", `{}`); got.status != 202 || o.retried != "d1" {
		t.Errorf("%d, retried %q", got.status, o.retried)
	}
	if got := ask(t, h, "POST", base+"/deadletters/d2/retry", ""); got.status != 404 {
		t.Errorf("%d %s", got.status, got.text)
	}
}

func TestLink(t *testing.T) {
	h := New(newOffice().deps())
	got := ask(t, h, "POST", base+"/staff/li/link", "")
	link, err := url.Parse(got.body["link"].(string))
	if err != nil || link.Path != "/console/in" || link.Host != "village.example" || link.Query().Get("token") != "a+b/li" {
		t.Errorf("link %v, %v", link, err)
	}
	if got.body["expires_at"] != "2026-04-27T04:15:00.123Z" {
		t.Errorf("expires_at %v", got.body["expires_at"])
	}
	if got := ask(t, h, "POST", base+"/staff/nobody/link", ""); got.status != 404 {
		t.Errorf("%d %s", got.status, got.text)
	}
}

// The description names every route, and no other.
func TestDescribed(t *testing.T) {
	text := readFile(t, "doc.go")
	var described []string
	for line := range strings.Lines(text) {
		f := strings.Fields(strings.TrimPrefix(line, "//"))
		if len(f) >= 2 && (f[0] == http.MethodGet || f[0] == http.MethodPost) {
			described = append(described, f[0]+" "+f[1])
		}
	}
	var real []string
	for _, r := range routes {
		path := strings.NewReplacer("xiangyang", "{v}", "0427-0", "{id}", "m1", "{id}", "+8613800000001", "{address}", "d1", "{id}", "c1", "{id}", "/li/", "/{id}/").Replace(r.path)
		real = append(real, r.method+" "+path)
	}
	slices.Sort(described)
	slices.Sort(real)
	if !slices.Equal(described, real) {
		t.Errorf("described:\n%s\nreal:\n%s", strings.Join(described, "\n"), strings.Join(real, "\n"))
	}
}

// Calls: whom somebody may ring, without what is private, and what came of it.
func TestCalls(t *testing.T) {
	o := newOffice()
	h := New(o.deps())
	got := ask(t, h, "GET", base+"/calls", "")
	calls, _ := got.body["calls"].([]any)
	if got.status != 200 || len(calls) != 2 || strings.Contains(got.text, "儿媳") || strings.Contains(got.text, "13800000002") || !strings.Contains(got.text, "0428-9") {
		t.Errorf("%d %s", got.status, got.text)
	}
	if got := ask(t, h, "GET", base+"/calls?by=wang", ""); got.status != 200 || strings.Contains(got.text, "c1") || strings.Contains(got.text, "c2") {
		t.Errorf("a volunteer is shown calls that are not hers: %s", got.text)
	}
	got = ask(t, h, "POST", base+"/calls/c1", `{"by":"li","do":"missed","note":"没人接","again":"2026-05-04T15:00:00+08:00"}`)
	if again := time.Date(2026, 5, 4, 7, 0, 0, 0, time.UTC); got.status != 200 || o.rang.Do != "missed" || o.rang.Note != "没人接" || !o.rang.Again.Equal(again) {
		t.Errorf("%d %s: %+v", got.status, got.text, o.rang)
	}
	for _, c := range []struct {
		path, body, field string
		status            int
	}{
		{"c1", `{"by":"li"}`, "do", 422}, {"c1", `{"by":"li","do":"shout"}`, "do", 422}, {"c1", `{"do":"reached"}`, "by", 422},
		{"c1", `{"by":"nobody","do":"reached"}`, "by", 403}, {"c1", `{"by":"li","do":"missed","again":"tomorrow"}`, "again", 422},
		{"c9", `{"by":"li","do":"reached"}`, "", 404},
	} {
		if got := ask(t, h, "POST", base+"/calls/"+c.path, c.body); got.status != c.status || got.err("field") != c.field {
			t.Errorf("%s %s: %d %s, want %d %s", c.path, c.body, got.status, got.text, c.status, c.field)
		}
	}
	if got := ask(t, h, "GET", base+"/matters/m2", ""); !strings.Contains(got.text, `"untold":false`) || strings.Contains(got.text, "儿媳") {
		t.Errorf("%s", got.text)
	}
}
