package slack

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"sanshi/internal/call"
	"sanshi/internal/catalog"
	"sanshi/internal/channel/slack/slacktest"
	"sanshi/internal/desk"
	"sanshi/internal/directory"
	"sanshi/internal/matter"
	"sanshi/internal/message"
)

// town is the store and the desk of a hook: two villages, and what was asked of it.
type town struct {
	mu       sync.Mutex
	villages []*directory.Village
	matters  map[string]matter.Matter // by village/id
	asked    []desk.Request
	raised   []desk.Raising
	refuse   error
	slow     chan struct{} // reads wait for it, if set, as long as their context lets them
	seen     map[string]bool
	codes    map[string]string // code → staff
	calls    []directory.Callback
}

func newTown() *town {
	village := func(id, slack string) *directory.Village {
		return &directory.Village{ID: id, Name: "村" + id, Language: "zh-Hans", Country: "CN", Location: time.UTC, SMS: []string{"+12065550100"},
			Areas: []directory.Area{{ID: "g1", Name: "一组"}},
			Staff: []directory.Staff{{ID: "li", Name: "李书记", Role: directory.Secretary, Slack: slack}}}
	}
	m := matter.Matter{Kind: catalog.VillageRun, Code: "V1", Urgency: catalog.Normal, State: matter.Sorting, Version: 3, Summary: "村口路灯坏了", Text: "村口路灯坏了"}
	a, b := m, m
	a.Village, a.ID, a.Number = "a", "ma", "0427-0"
	b.Village, b.ID, b.Number = "b", "mb", "0428-8"
	return &town{villages: []*directory.Village{village("a", "U0A"), village("b", "U0B")}, seen: map[string]bool{},
		matters: map[string]matter.Matter{"a/ma": a, "a/0427-0": a, "b/mb": b, "b/0428-8": b}, codes: map[string]string{"123456": "li"}}
}

func (o *town) wait(ctx context.Context) error {
	if o.slow == nil {
		return nil
	}
	select {
	case <-o.slow:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (o *town) Villages(ctx context.Context) ([]*directory.Village, error) {
	return o.villages, o.wait(ctx)
}
func (o *town) Matter(ctx context.Context, village, id string) (matter.Matter, error) {
	if err := o.wait(ctx); err != nil {
		return matter.Matter{}, err
	}
	if m, ok := o.matters[village+"/"+id]; ok {
		return m, nil
	}
	return matter.Matter{}, desk.ErrNotFound
}
func (o *town) Matters(ctx context.Context, f matter.Filter) (p matter.Page, err error) {
	for key, m := range o.matters {
		if m.Village == f.Village && strings.HasSuffix(key, m.ID) && f.Assignee == "" {
			p.Matters = append(p.Matters, m)
		}
	}
	return p, o.wait(ctx)
}
func (o *town) Alike(context.Context, matter.Matter) ([]matter.Matter, error) { return nil, nil }
func (o *town) CardAt(_ context.Context, village, _, ts string) (string, error) {
	if ts == "1.1" {
		return "m" + village, nil
	}
	return "", desk.ErrNotFound
}
func (o *town) LinkSlack(_ context.Context, code, slack string) (string, directory.Staff, error) {
	if o.codes[code] == "" {
		return "", directory.Staff{}, desk.ErrNotFound
	}
	delete(o.codes, code)
	o.villages[0].Staff[0].Slack = slack
	return "a", o.villages[0].Staff[0], nil
}
func (o *town) FirstSeen(ctx context.Context, id string) (bool, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	first := !o.seen[id]
	o.seen[id] = true
	return first, o.wait(ctx)
}
func (o *town) Act(ctx context.Context, r desk.Request) (matter.Matter, error) {
	if err := o.wait(ctx); err != nil {
		return matter.Matter{}, err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.refuse != nil {
		return matter.Matter{}, o.refuse
	}
	o.asked = append(o.asked, r)
	return o.matters[r.Village+"/"+r.Matter], nil
}
func (o *town) Raise(_ context.Context, r desk.Raising) (matter.Matter, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.raised = append(o.raised, r)
	return matter.Matter{Number: "0429-6"}, o.refuse
}
func (o *town) Calls(ctx context.Context, village, _ string) (all []directory.Callback, err error) {
	for _, c := range o.calls {
		if c.Village == village {
			all = append(all, c)
		}
	}
	return all, o.wait(ctx)
}
func (o *town) Call(ctx context.Context, village, id, by string, a call.Act) (directory.Callback, error) {
	c, err := o.Callback(ctx, village, id)
	if err != nil {
		return c, err
	}
	a.By, a.At = o.villages[0].Staff[0], time.Now()
	return call.Bench{Village: o.villages[0], Calendar: matter.NewCalendar()}.Do(c, a)
}
func (o *town) Callback(_ context.Context, village, id string) (directory.Callback, error) {
	for _, c := range o.calls {
		if c.Village == village && c.ID == id {
			return c, nil
		}
	}
	return directory.Callback{}, desk.ErrNotFound
}
func (o *town) Contact(context.Context, string, message.Address) (string, error) { return "", nil }
func (o *town) Preview(context.Context, desk.Request) ([]message.Outbound, error) {
	return nil, o.refuse
}

const secret = "8f742231b10e8888abcd99yyyzzz85a5"

// door is a hook over a town, with the stand-in behind it.
func door(t testing.TB, o *town) (*Hook, *slacktest.Server, http.Handler) {
	s := slacktest.New(t)
	h := &Hook{
		Client: NewClient(Config{BotToken: slacktest.BotToken, APIURL: s.URL}), Secret: secret, Store: o, Desk: o,
		Allowed: func(*directory.Village, matter.Matter, directory.Staff) []matter.EventKind {
			return []matter.EventKind{matter.Approve, matter.Correct, matter.Decline, matter.Merge, matter.Note}
		},
		MayApprove: func(*directory.Village, matter.Matter, directory.Staff) bool { return true },
	}
	mux := http.NewServeMux()
	h.Routes(mux)
	t.Cleanup(func() { h.Wait(context.Background()) })
	return h, s, mux
}

// knock is one request and its answer. What is "" is what Slack would send.
type knock struct{ method, path, kind, body, stamp, sign string }

func (k knock) at(h http.Handler) *httptest.ResponseRecorder {
	if k.method == "" {
		k.method = http.MethodPost
	}
	if k.kind == "" {
		k.kind = formType
		if k.path == eventsPath {
			k.kind = "application/json"
		}
	}
	if k.stamp == "" {
		k.stamp = strconv.FormatInt(time.Now().Unix(), 10)
	}
	if k.sign == "" {
		mac := hmac.New(sha256.New, []byte(secret))
		fmt.Fprintf(mac, "v0:%s:%s", k.stamp, k.body)
		k.sign = "v0=" + hex.EncodeToString(mac.Sum(nil))
	}
	r := httptest.NewRequest(k.method, k.path, strings.NewReader(k.body))
	r.Header.Set("Content-Type", k.kind)
	r.Header.Set("X-Slack-Request-Timestamp", k.stamp)
	r.Header.Set("X-Slack-Signature", k.sign)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func payload(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return url.Values{"payload": {string(b)}}.Encode()
}

// tap is a press of a button by somebody.
func tap(user, event, id string, version int) map[string]any {
	return map[string]any{"type": "block_actions", "user": map[string]any{"id": user}, "trigger_id": "T1",
		"container": map[string]any{"type": "message", "channel_id": "C0A", "message_ts": "1.1"},
		"actions":   []any{map[string]any{"type": "button", "action_id": event, "block_id": fmt.Sprintf("%s:%d", id, version), "value": id, "action_ts": "2.2"}}}
}

// What Slack did not sign, just now and as it stands, is refused on every route,
// and nothing comes of it.
func TestRefusals(t *testing.T) {
	old := strconv.FormatInt(time.Now().Add(-6*time.Minute).Unix(), 10)
	soon := strconv.FormatInt(time.Now().Add(6*time.Minute).Unix(), 10)
	bodies := map[string]string{
		eventsPath:       `{"type":"event_callback","event_id":"Ev1","event":{"type":"message","channel_type":"im","user":"U0A","text":"123456"}}`,
		interactionsPath: payload(tap("U0A", "approve", "ma", 3)),
		commandsPath:     "command=/sanshi&text=link+123456&user_id=U0A",
	}
	for path, body := range bodies {
		for name, c := range map[string]struct {
			knock
			want int
		}{
			"GET":               {knock{method: "GET"}, 405},
			"PUT":               {knock{method: "PUT"}, 405},
			"no signature":      {knock{sign: " "}, 401},
			"another signature": {knock{sign: "v0=" + strings.Repeat("ab", 32)}, 401},
			"short signature":   {knock{sign: "v0=abcd"}, 401},
			"no hex":            {knock{sign: "v0=" + strings.Repeat("zz", 32)}, 401},
			"another version":   {knock{sign: "v1=" + strings.Repeat("ab", 32)}, 401},
			"old":               {knock{stamp: old}, 401},
			"from the future":   {knock{stamp: soon}, 401},
			"no time":           {knock{stamp: "yesterday"}, 401},
			"another type":      {knock{kind: "text/plain"}, 415},
			"no type":           {knock{kind: ";"}, 415},
			"too large":         {knock{body: strings.Repeat("x", bodyLimit+1)}, 413},
		} {
			o := newTown()
			_, s, h := door(t, o)
			k := c.knock
			k.path = path
			if k.body == "" {
				k.body = body
			}
			if w := k.at(h); w.Code != c.want {
				t.Errorf("%s, %s: %d %s, want %d", path, name, w.Code, w.Body, c.want)
			}
			if len(o.asked)+len(o.seen)+len(s.Calls()) > 0 || len(o.codes) != 1 {
				t.Errorf("%s, %s: something came of it", path, name)
			}
		}
		for _, broken := range []string{"{", `{"type":`, "payload=%7B", "payload=%zz", "a=%zz", "payload=null", "payload=[]", `payload={"type":"block_actions"}`, "", "\x00\xff"} {
			o := newTown()
			_, _, h := door(t, o)
			if w := (knock{path: path, body: broken}).at(h); w.Code != 400 {
				t.Errorf("%s, body %q: %d, want 400", path, broken, w.Code)
			}
			if len(o.asked) > 0 {
				t.Errorf("%s, body %q: something came of it", path, broken)
			}
		}
	}
}

// A signature of one body is none of another, and one of a verification neither.
func TestSignatureIsOfTheBody(t *testing.T) {
	_, _, h := door(t, newTown())
	stamp := strconv.FormatInt(time.Now().Unix(), 10)
	mac := hmac.New(sha256.New, []byte(secret))
	fmt.Fprintf(mac, "v0:%s:%s", stamp, `{"type":"url_verification","challenge":"a"}`)
	sign := "v0=" + hex.EncodeToString(mac.Sum(nil))
	k := knock{path: eventsPath, stamp: stamp, sign: sign}
	for body, want := range map[string]int{`{"type":"url_verification","challenge":"a"}`: 200, `{"type":"url_verification","challenge":"b"}`: 401} {
		k.body = body
		if w := k.at(h); w.Code != want || want == 200 && !strings.Contains(w.Body.String(), `"challenge":"a"`) {
			t.Errorf("%s: %d %s", body, w.Code, w.Body)
		}
	}
}

// Slack is answered within three seconds though the database is not; nobody is told
// that something was done, and a form keeps what was typed.
func TestAnsweredInTime(t *testing.T) {
	o := newTown()
	o.slow = make(chan struct{})
	h, s, mux := door(t, o)
	type call struct {
		name, path, body string
		want             string
	}
	about := meta{Village: "a", Matter: "ma", Version: 3, Event: matter.Decline}.String()
	view := map[string]any{"type": "view_submission", "user": map[string]any{"id": "U0A"}, "view": map[string]any{"id": "V1", "callback_id": formAct,
		"private_metadata": about, "blocks": []any{map[string]any{"type": "input", "block_id": "note", "label": map[string]any{"type": "plain_text", "text": "x"},
			"element": map[string]any{"type": "plain_text_input", "action_id": "note"}}}}}
	var wait sync.WaitGroup
	for _, c := range []call{
		{"press", interactionsPath, payload(tap("U0A", "approve", "ma", 3)), ""},
		{"form's button", interactionsPath, payload(tap("U0A", "decline", "ma", 3)), ""},
		{"form", interactionsPath, payload(view), `"response_action":"errors"`},
		{"list", commandsPath, "command=/sanshi&text=list&user_id=U0A", "没来得及"},
		{"number", commandsPath, "command=/sanshi&text=0427-0&user_id=U0A", "没来得及"},
	} {
		wait.Go(func() {
			begun := time.Now()
			w := knock{path: c.path, body: c.body}.at(mux)
			if took := time.Since(begun); took > 3*time.Second || w.Code != 200 || !strings.Contains(w.Body.String(), c.want) {
				t.Errorf("%s: after %v, %d %s", c.name, took, w.Code, w.Body)
			}
		})
	}
	wait.Wait()
	close(o.slow)
	h.Wait(t.Context())
	if len(o.asked) > 0 {
		t.Errorf("done after all: %+v", o.asked)
	}
	if told := s.Everything(); !strings.Contains(told, "没来得及") {
		t.Errorf("who pressed is told %q", told)
	}
}

// An account acts in the villages that know it and in no other, whatever id it sends.
func TestOnlyInHerVillage(t *testing.T) {
	o := newTown()
	h, s, mux := door(t, o)
	for _, c := range []struct{ user, id, want string }{
		{"U0A", "mb", "没有找到"}, {"U0A", "nothing", "没有找到"}, {"U0A", "../../etc", "没有找到"}, {"U0A", strings.Repeat("x", 5000), "没有找到"},
		{"U0STRANGER", "ma", "还没绑定"},
	} {
		(knock{path: interactionsPath, body: payload(tap(c.user, "approve", c.id, 3))}).at(mux)
		h.Wait(t.Context())
		if all := s.Whispers(); len(all) == 0 || !strings.Contains(all[len(all)-1].Text, c.want) || all[len(all)-1].User != c.user {
			t.Errorf("%s on %.20s: told %+v", c.user, c.id, all)
		}
	}
	about := meta{Village: "b", Matter: "mb", Version: 3, Event: matter.Decline}.String()
	view := map[string]any{"type": "view_submission", "user": map[string]any{"id": "U0A"}, "view": map[string]any{"id": "V1", "callback_id": formAct, "private_metadata": about}}
	if w := (knock{path: interactionsPath, body: payload(view)}).at(mux); !strings.Contains(w.Body.String(), "没有找到") {
		t.Errorf("a form of another village: %s", w.Body)
	}
	if len(o.asked) > 0 {
		t.Errorf("it was done: %+v", o.asked)
	}
}

// Whatever the desk refuses, one person alone reads why, in words; where the card
// was an old one, a fresh one with it.
func TestRefusedInWords(t *testing.T) {
	for _, c := range []struct {
		err   error
		want  string
		fresh bool
	}{
		{matter.Refuse(matter.Forbidden, "by", "x"), "没有权限", false},
		{matter.Refuse(matter.Stale, "version", "x"), "旧卡片", true},
		{matter.Refuse(matter.Conflict, "event", "x"), "待审核", true},
		{errors.New("disk full: secret"), "没来得及", false},
	} {
		o := newTown()
		o.refuse = c.err
		h, s, mux := door(t, o)
		(knock{path: interactionsPath, body: payload(tap("U0A", "approve", "ma", 1))}).at(mux)
		h.Wait(t.Context())
		all := s.Whispers()
		if len(all) != 1 || !strings.Contains(all[0].Text, c.want) || strings.Contains(all[0].Text, "x") || strings.Contains(all[0].Text, "secret") {
			t.Errorf("%v: told %+v", c.err, all)
			continue
		}
		if fresh := strings.Contains(string(all[0].Blocks), `"ma:3"`); fresh != c.fresh {
			t.Errorf("%v: fresh card %v, want %v: %s", c.err, fresh, c.fresh, all[0].Blocks)
		}
	}
}

// Where the app may not whisper it writes to the person herself.
func TestToldDirectly(t *testing.T) {
	o := newTown()
	o.refuse = matter.Refuse(matter.Forbidden, "by", "x")
	h, s, mux := door(t, o)
	s.Channel("C0A", "left")
	(knock{path: interactionsPath, body: payload(tap("U0A", "approve", "ma", 3))}).at(mux)
	h.Wait(t.Context())
	if all := s.Messages(slacktest.Direct("U0A")); len(all) != 1 || !strings.Contains(all[0].Text, "没有权限") {
		t.Errorf("told %+v", all)
	}
}

// The same press has the same key on every node; another time, user, message or
// button another one.
func TestKeys(t *testing.T) {
	o := newTown()
	_, _, mux := door(t, o)
	send := func(change func(map[string]any)) string {
		p := tap("U0A", "approve", "ma", 3)
		if change != nil {
			change(p)
		}
		o.asked = nil
		(knock{path: interactionsPath, body: payload(p)}).at(mux)
		if len(o.asked) != 1 {
			t.Fatalf("asked %+v", o.asked)
		}
		return o.asked[0].Key + "/" + o.asked[0].Digest
	}
	first := send(nil)
	if first == "/" || send(nil) != first {
		t.Error("the same press has another key")
	}
	for name, change := range map[string]func(map[string]any){
		"another time":    func(p map[string]any) { p["actions"].([]any)[0].(map[string]any)["action_ts"] = "3.3" },
		"another message": func(p map[string]any) { p["container"].(map[string]any)["message_ts"] = "9.9" },
	} {
		if send(change) == first {
			t.Errorf("%s has the same key", name)
		}
	}
	r := o.asked[0]
	if r.By != "li" || r.Village != "a" || r.Act.Via != "slack" || r.Act.Version != 3 {
		t.Errorf("asked %+v", r)
	}
}
