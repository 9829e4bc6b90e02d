package api

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	ring "sanshi/internal/call"
	"sanshi/internal/catalog"
	"sanshi/internal/channel"
	"sanshi/internal/desk"
	"sanshi/internal/directory"
	"sanshi/internal/matter"
	"sanshi/internal/message"
)

const token = "an-administrator-s-token"

var noon = time.Date(2026, 4, 27, 12, 0, 0, 123456789, time.FixedZone("CST", 8*3600))

// office is a village with one ordinary and one private matter, kept in memory.
type office struct {
	village  directory.Village
	matters  []matter.Matter
	events   []matter.Event
	lines    []message.Line
	dead     []message.DeadLetter
	taken    map[string]string // external id → id
	inbounds []message.Inbound
	filter   matter.Filter   // the last one asked for
	request  desk.Request    // the last act
	talked   message.Address // the last conversation asked for
	erased   message.Address
	retried  string
	rang     ring.Act // the last thing done about a call
	fault    error    // what everything answers, if set
	refusal  error    // what the desk answers, if set
	ids      int
	log      strings.Builder
}

func newOffice() *office {
	return &office{
		village: directory.Village{
			ID: "xiangyang", Name: "向阳村", Language: "zh-Hans", Location: time.FixedZone("CST", 8*3600), SMS: []string{"+12065550100"},
			Staff: []directory.Staff{{ID: "li", Role: directory.Secretary}, {ID: "wang", Role: directory.Volunteer}},
		},
		matters: []matter.Matter{
			{Village: "xiangyang", ID: "m1", Number: "0427-0", Kind: catalog.VillageRun, Code: "V1", Urgency: catalog.Normal,
				State: matter.Sorting, Area: "g1", Place: "村口", Resident: "sms:+8613800000001", Summary: "路灯坏了", Text: "村口路灯坏了三天了",
				Confidence: 0.9, Source: "linear", Reason: "写到“路灯”", RaisedAt: noon, Version: 2},
			{Village: "xiangyang", ID: "m2", Number: "0428-9", Kind: catalog.Household, Code: "H6", Urgency: catalog.Urgent,
				State: matter.Handling, Place: "祠堂边", Resident: "sms:+8613800000002", Parties: []message.Address{"sms:+8613800000003"},
				Summary: "儿媳吵架", Text: "儿媳天天骂我", Reason: "写到“骂我”", Photos: []string{"p1"}, Private: true, RaisedAt: noon, DueAt: noon, Version: 3},
		},
		events: []matter.Event{
			{Seq: 1, Kind: matter.Raise, By: "resident", Via: "sms", At: noon, To: matter.Sorting, Note: "天天骂我",
				Detail: matter.Detail{Code: "H6", Photo: "p1"}},
			{Seq: 2, Kind: matter.Plan, By: "li", Via: "console", At: noon, From: matter.Handling, To: matter.Handling, Detail: matter.Detail{Due: noon}},
		},
		lines: []message.Line{{ID: "i1", Direction: "in", Text: "儿媳天天骂我", Status: "handled", Segments: 1, At: noon, Matter: "m2"}},
		dead:  []message.DeadLetter{{ID: "d1", Direction: "out", Address: "sms:+8613800000001", Text: "好", Error: "30003", Tries: 9, At: noon}},
		taken: map[string]string{},
	}
}

func (o *office) deps() Deps {
	return Deps{
		Store: o, Desk: o, Intake: o, Token: token, PublicURL: "https://village.example/",
		Now: func() time.Time { return noon },
		NewID: func() string {
			o.ids++
			return fmt.Sprint("id", o.ids)
		},
		Log: slog.New(slog.NewTextHandler(&o.log, nil)),
	}
}

func (o *office) Villages(context.Context) ([]*directory.Village, error) {
	return []*directory.Village{&o.village}, o.fault
}

func (o *office) Village(_ context.Context, id string) (*directory.Village, error) {
	if id != o.village.ID {
		return nil, fmt.Errorf("store: %w", desk.ErrNotFound)
	}
	return &o.village, nil
}

func (o *office) Matters(_ context.Context, f matter.Filter) (matter.Page, error) {
	o.filter = f
	if f.Cursor == "stale" {
		return matter.Page{}, matter.Refuse(matter.Invalid, "cursor", "this cursor is not one of ours")
	}
	return matter.Page{Matters: o.matters, Next: "c2"}, o.fault
}

func (o *office) Matter(_ context.Context, _, id string) (matter.Matter, error) {
	for _, m := range o.matters {
		if m.ID == id || m.Number == id {
			return m, o.fault
		}
	}
	return matter.Matter{}, desk.ErrNotFound
}

func (o *office) Events(context.Context, string, string) ([]matter.Event, error) {
	return o.events, o.fault
}

func (o *office) Messages(context.Context, string, string) ([]message.Line, error) {
	return o.lines, o.fault
}

func (o *office) Conversation(_ context.Context, _ string, a message.Address) ([]message.Line, error) {
	o.talked = a
	if a != "sms:+8613800000002" {
		return nil, o.fault
	}
	return o.lines, o.fault
}

func (o *office) Stats(context.Context, string) (matter.Stats, error) {
	return matter.Stats{Inbound: 7, Handled: 6, Matters: map[catalog.Kind]map[matter.State]int{catalog.VillageRun: {matter.Sorting: 2}}}, o.fault
}

func (o *office) DeadLetters(context.Context, string) ([]message.DeadLetter, error) {
	return o.dead, o.fault
}

func (o *office) Retry(_ context.Context, _, id string) error {
	if id != "d1" {
		return desk.ErrNotFound
	}
	o.retried = id
	return o.fault
}

func (o *office) NewSlackCode(_ context.Context, _, staff string, _ time.Duration) (string, error) {
	if staff == "ghost" {
		return "", desk.ErrNotFound
	}
	return "123456", o.fault
}

func (o *office) NewLink(_ context.Context, _, staff string, _ time.Duration) (string, error) {
	return "a+b/" + staff, o.fault
}

func (o *office) Act(ctx context.Context, r desk.Request) (matter.Matter, error) {
	o.request = r
	if o.fault != nil || o.refusal != nil {
		return matter.Matter{}, firstOf(o.fault, o.refusal)
	}
	return o.Matter(ctx, r.Village, r.Matter)
}

func (o *office) Erase(_ context.Context, _ string, who message.Address, _ string) error {
	if who == "sms:+8613899999999" {
		return desk.ErrNotFound
	}
	o.erased = who
	return firstOf(o.fault, o.refusal)
}

var lampCall = directory.Callback{ID: "c1", Village: "xiangyang", Address: "sms:+8613800000001", Reason: "person", Note: "请回电", DueAt: noon, Version: 1}
var quietCall = directory.Callback{ID: "c2", Village: "xiangyang", Address: "sms:+8613800000002", Reason: "closing", Matter: "m2",
	Number: "0428-9", Note: "儿媳骂我", Private: true, Version: 1}

func (o *office) Callbacks(context.Context, string, bool) ([]directory.Callback, error) {
	return []directory.Callback{lampCall, quietCall}, o.fault
}

func (o *office) Callback(_ context.Context, _, id string) (directory.Callback, error) {
	if id != lampCall.ID {
		return directory.Callback{}, fmt.Errorf("fake: %w", desk.ErrNotFound)
	}
	return lampCall, o.fault
}

func (o *office) CallsAbout(_ context.Context, _, id string) ([]directory.Callback, error) {
	if id == quietCall.Matter {
		return []directory.Callback{quietCall}, o.fault
	}
	return nil, o.fault
}

func (o *office) Call(_ context.Context, _, id, by string, a ring.Act) (directory.Callback, error) {
	o.rang = a
	after := lampCall
	after.DoneBy, after.Result = by, string(a.Do)
	return after, firstOf(o.fault, o.refusal)
}

func (o *office) Take(_ context.Context, in message.Inbound) (channel.Taken, error) {
	if o.fault != nil {
		return channel.Taken{}, o.fault
	}
	o.inbounds = append(o.inbounds, in)
	if id, ok := o.taken[in.ExternalID]; ok {
		return channel.Taken{ID: id, Duplicate: true}, nil
	}
	id := fmt.Sprint("in", len(o.taken)+1)
	o.taken[in.ExternalID] = id
	return channel.Taken{ID: id}, nil
}

func firstOf(errs ...error) error {
	i := slices.IndexFunc(errs, func(e error) bool { return e != nil })
	if i < 0 {
		return nil
	}
	return errs[i]
}

// reply is an answer of the API, read.
type reply struct {
	status int
	header http.Header
	text   string
	body   map[string]any
}

func (r reply) err(member string) string {
	e, _ := r.body["error"].(map[string]any)
	s, _ := e[member].(string)
	return s
}

// ask sends a request with the token; header lines ("Name: value") change it, an
// empty value removes one.
func ask(t *testing.T, h http.Handler, method, path, body string, header ...string) reply {
	t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+token)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for _, line := range header {
		name, value, _ := strings.Cut(line, ": ")
		r.Header.Set(name, value)
		if value == "" {
			r.Header.Del(name)
		}
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	got := reply{status: w.Code, header: w.Header(), text: w.Body.String()}
	if method != http.MethodHead {
		if err := json.Unmarshal(w.Body.Bytes(), &got.body); err != nil {
			t.Fatalf("%s %s: answered no JSON object: %q", method, path, got.text)
		}
	}
	return got
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
