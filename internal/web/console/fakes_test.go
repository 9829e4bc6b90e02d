package console

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"sanshi/internal/call"
	"sanshi/internal/catalog"
	"sanshi/internal/desk"
	"sanshi/internal/directory"
	"sanshi/internal/matter"
	"sanshi/internal/message"
)

// A Monday, ten in the morning.
var morning = time.Date(2026, 4, 27, 10, 0, 0, 0, time.FixedZone("CST", 8*3600))

// office is a village kept in memory: the store, the desk and the sessions that
// the console needs. Matters change through the real rules of package matter.
type office struct {
	mu       sync.Mutex
	now      time.Time
	village  *directory.Village
	flows    map[catalog.Kind]matter.Workflow
	matters  map[string]matter.Matter
	events   map[string][]matter.Event
	lines    map[string][]message.Line
	dead     []message.DeadLetter
	retried  []string
	calls    []directory.Callback
	asked    []directory.Question
	written  []desk.Writing
	contact  map[message.Address]string
	erased   []message.Address
	links    map[string]string // token → staff
	sessions map[string][]byte
	done     map[string]bool // idempotency keys
	filters  []matter.Filter // asked for
	fault    error           // what every read answers, if set
	ids      int
}

func newOffice() *office {
	o := &office{
		now: morning, matters: map[string]matter.Matter{}, events: map[string][]matter.Event{},
		lines: map[string][]message.Line{}, links: map[string]string{}, sessions: map[string][]byte{}, done: map[string]bool{},
		flows: map[catalog.Kind]matter.Workflow{},
	}
	for _, k := range catalog.Kinds() {
		who := []matter.Who{matter.BySecretary, matter.ByVolunteer, matter.ByLead}
		if k == catalog.Government {
			who = []matter.Who{matter.BySecretary, matter.ByOfficer}
		}
		o.flows[k] = matter.Workflow{Queue: k, Steps: slices.Concat(matter.Shared(), matter.Claims(who...),
			matter.Returns(who...), matter.Deliberates(matter.ByLead, matter.ByCommittee))}
	}
	o.village = &directory.Village{
		ID: "xiangyang", Name: "向阳村", Language: "zh-Hans", Country: "CN", Location: morning.Location(),
		SMS: []string{"+12065550100"}, Sensitive: []string{"sun"},
		Areas: []directory.Area{{ID: "g1", Kind: "grid", Name: "一组", Lead: "chen"}, {ID: "g2", Kind: "grid", Name: "二组"}},
		Staff: []directory.Staff{
			{ID: "li", Name: "李书记", Role: directory.Secretary},
			{ID: "wang", Name: "王志愿", Role: directory.Volunteer},
			{ID: "chen", Name: "陈网格", Role: directory.Lead, Areas: []string{"g1"}},
			{ID: "sun", Name: "孙调解", Role: directory.Mediator},
			{ID: "zhao", Name: "赵村委", Role: directory.Committee},
			{ID: "zhou", Name: "周科员", Role: directory.Officer, Department: "交通局"},
			{ID: "qian", Name: "钱监督", Role: directory.Supervisor},
			{ID: "wu", Name: "吴管理", Role: directory.Administrator},
		},
	}
	return o
}

func (o *office) bench() matter.Bench {
	return matter.Bench{Village: o.village, Calendar: matter.NewCalendar()}
}

// raise opens a matter as the desk would and returns its id.
func (o *office) raise(n matter.NewMatter) string {
	o.ids++
	n.ID = fmt.Sprintf("01970000-0000-7000-8000-%012d", o.ids)
	n.Number = matter.Number(int64(426 + o.ids))
	n.Kind, n.At, n.Via = catalog.KindOf(n.Code), o.now, "sms"
	if n.Resident == "" {
		n.Resident = "sms:+8613800000001"
	}
	if n.Urgency == "" {
		n.Urgency = catalog.Normal
	}
	n.Source = "linear"
	n.By = matter.ResidentActor(n.Resident)
	d, err := o.flows[n.Kind].Open(o.bench(), n)
	if err != nil {
		panic(err)
	}
	o.matters[n.ID], o.events[n.ID] = d.Matter, []matter.Event{d.Event}
	o.lines[n.ID] = []message.Line{{ID: "in-" + n.ID, Direction: "in", Text: n.Words.Text, Status: "handled", Segments: 1, At: o.now, Matter: n.ID}}
	return n.ID
}

// lamp is the usual matter: a light is out.
func (o *office) lamp() string {
	return o.raise(matter.NewMatter{Code: "V1", Area: "g1", Confidence: 0.93, Words: matter.Words{
		Summary: "村口路灯坏了", Text: "村口路灯坏了三天了，晚上看不见路", Place: "村口", Name: "老陈头", Reason: "写到“路灯”"}})
}

// secret is a private matter: its words must stand nowhere.
func (o *office) secret() string {
	return o.raise(matter.NewMatter{Code: "H2", Area: "g1", Confidence: 0.8, Resident: "sms:+8613800000077", Words: matter.Words{
		Summary: "秘密摘要", Text: "秘密内容", Place: "秘密地点", Name: "秘密姓名", Reason: "秘密依据"}})
}

func (o *office) Matters(_ context.Context, f matter.Filter) (matter.Page, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.fault != nil {
		return matter.Page{}, o.fault
	}
	o.filters = append(o.filters, f)
	var out []matter.Matter
	for _, id := range slices.Sorted(maps.Keys(o.matters)) {
		m := o.matters[id]
		if (len(f.Kinds) > 0 && !slices.Contains(f.Kinds, m.Kind)) || (len(f.States) > 0 && !slices.Contains(f.States, m.State)) ||
			(f.Assignee != "" && f.Assignee != m.Assignee) || !f.Late.IsZero() && !m.DueAt.Before(f.Late) ||
			(len(f.Codes) > 0 && !slices.Contains(f.Codes, m.Code)) || (len(f.Areas) > 0 && !slices.Contains(f.Areas, m.Area)) ||
			!strings.Contains(m.Summary+m.Text+m.Number, f.Query) || id <= f.Cursor {
			continue
		}
		out = append(out, m)
	}
	p := matter.Page{Matters: out}
	if limit := max(f.Limit, 1); len(out) > limit {
		p = matter.Page{Matters: out[:limit], Next: out[limit-1].ID}
	}
	return p, nil
}

func (o *office) Matter(_ context.Context, village, id string) (matter.Matter, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.find(village, id)
}

func (o *office) find(village, id string) (matter.Matter, error) {
	if o.fault != nil {
		return matter.Matter{}, o.fault
	}
	for _, m := range o.matters {
		if village == o.village.ID && (m.ID == id || m.Number == id) {
			return m, nil
		}
	}
	return matter.Matter{}, fmt.Errorf("fake: %w", desk.ErrNotFound)
}

func (o *office) Events(_ context.Context, _, id string) ([]matter.Event, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.events[id]), o.fault
}

func (o *office) Messages(_ context.Context, _, id string) ([]message.Line, error) {
	return o.lines[id], o.fault
}

func (o *office) Alike(_ context.Context, m matter.Matter) ([]matter.Matter, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	var out []matter.Matter
	for _, id := range slices.Sorted(maps.Keys(o.matters)) {
		l := o.matters[id]
		if l.ID != m.ID && l.Code == m.Code && l.State.Open() && l.Resident != m.Resident {
			out = append(out, l)
		}
	}
	return out, o.fault
}

func (o *office) Stats(_ context.Context, _ string) (matter.Stats, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	s := matter.Stats{Matters: map[catalog.Kind]map[matter.State]int{}}
	for _, m := range o.matters {
		if s.Matters[m.Kind] == nil {
			s.Matters[m.Kind] = map[matter.State]int{}
		}
		s.Matters[m.Kind][m.State]++
		if running(m.State) && m.DueAt.Before(o.now) {
			s.Late++
		}
	}
	return s, o.fault
}

func (o *office) DeadLetters(context.Context, string) ([]message.DeadLetter, error) {
	return o.dead, o.fault
}

func (o *office) Retry(_ context.Context, _, id string) error {
	o.retried = append(o.retried, id)
	o.dead = slices.DeleteFunc(o.dead, func(d message.DeadLetter) bool { return d.ID == id })
	return o.fault
}

func (o *office) Callback(_ context.Context, _, id string) (directory.Callback, error) {
	for _, c := range o.calls {
		if c.ID == id {
			return c, o.fault
		}
	}
	return directory.Callback{}, desk.ErrNotFound
}

func (o *office) CallsAbout(_ context.Context, _, id string) (all []directory.Callback, err error) {
	for _, c := range o.calls {
		if c.Matter == id {
			all = append(all, c)
		}
	}
	return all, o.fault
}

func (o *office) CopyOf(_ context.Context, _ string, who message.Address, sees func(matter.Matter) bool) (c desk.Copy, err error) {
	for _, m := range o.matters {
		if m.Resident == who {
			c.Matters = append(c.Matters, desk.CopiedMatter{Matter: m, Sealed: !sees(m)})
		}
	}
	c.Texts = []message.Line{{Direction: "in", Text: "给我看看你们存了我什么", At: o.now}}
	return c, o.fault
}

func (o *office) Kept(context.Context, string, message.Address) (desk.Kept, error) {
	return desk.Kept{Raised: 2, Open: 1, Texts: 7}, o.fault
}

func (o *office) Calls(_ context.Context, _, by string) (mine []directory.Callback, err error) {
	s, _ := o.village.Member(by)
	for _, c := range o.calls {
		if call.MayRead(o.village, c, s) {
			mine = append(mine, c)
		}
	}
	return mine, o.fault
}

// Call decides by the real rules; what is done leaves the list.
func (o *office) Call(_ context.Context, _, id, by string, a call.Act) (directory.Callback, error) {
	i := slices.IndexFunc(o.calls, func(c directory.Callback) bool { return c.ID == id })
	if i < 0 {
		return directory.Callback{}, desk.ErrNotFound
	}
	a.By, _ = o.village.Member(by)
	a.At = o.now
	after, err := call.Bench{Village: o.village, Calendar: matter.NewCalendar()}.Do(o.calls[i], a)
	if err != nil {
		return after, err
	}
	o.calls[i] = after
	if !after.DoneAt.IsZero() {
		o.calls = slices.Delete(o.calls, i, i+1)
	}
	return after, o.fault
}

func (o *office) Village(_ context.Context, id string) (*directory.Village, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if id != o.village.ID {
		return nil, desk.ErrNotFound
	}
	return o.village, nil
}

func (o *office) NewSlackCode(_ context.Context, _, staff string, _ time.Duration) (string, error) {
	return "123456", nil
}

func (o *office) NewLink(_ context.Context, _, staff string, _ time.Duration) (string, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.ids++
	token := fmt.Sprintf("token-%d", o.ids)
	o.links[token] = staff
	return token, nil
}

func (o *office) UseLink(_ context.Context, token string) (string, string, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	staff, ok := o.links[token]
	if !ok {
		return "", "", desk.ErrNotFound
	}
	delete(o.links, token)
	return o.village.ID, staff, nil
}

// Act decides by the real rules and keeps the outcome.
func (o *office) Act(_ context.Context, r desk.Request) (matter.Matter, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	m, err := o.find(r.Village, r.Matter)
	if err != nil {
		return m, err
	}
	if r.Key != "" && o.done[r.Key] {
		return m, nil
	}
	b := o.bench()
	if into, err := o.find(r.Village, r.Act.Detail.Into); err == nil {
		b.Into = &into
	}
	d, err := o.flows[m.Kind].Decide(b, m, r.Act)
	if err != nil {
		return m, err
	}
	o.matters[m.ID] = d.Matter
	o.events[m.ID] = append(o.events[m.ID], d.Event)
	o.done[r.Key] = true
	return d.Matter, nil
}

func (o *office) Erase(_ context.Context, _ string, who message.Address, _ string) error {
	o.erased = append(o.erased, who)
	o.calls = slices.DeleteFunc(o.calls, func(c directory.Callback) bool { return c.Address == who })
	return o.fault
}

// The sessions.
func (o *office) FindCtx(_ context.Context, token string) ([]byte, bool, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	b, ok := o.sessions[token]
	return b, ok, nil
}

func (o *office) CommitCtx(_ context.Context, token string, b []byte, _ time.Time) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.sessions[token] = b
	return nil
}

func (o *office) DeleteCtx(_ context.Context, token string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.sessions, token)
	return nil
}

func (o *office) Find(token string) ([]byte, bool, error) {
	return o.FindCtx(context.Background(), token)
}
func (o *office) Commit(token string, b []byte, at time.Time) error {
	return o.CommitCtx(context.Background(), token, b, at)
}
func (o *office) Delete(token string) error { return o.DeleteCtx(context.Background(), token) }

var errSecretFault = errors.New("sql: password=hunter2 table matters is locked")

// browser is somebody at the console.
type browser struct {
	t       *testing.T
	o       *office
	console http.Handler
	cookies []*http.Cookie
	log     *strings.Builder
}

func (o *office) open(t *testing.T) *browser {
	t.Helper()
	log := &strings.Builder{}
	c, err := New(Deps{
		Store: o, Desk: o, Sessions: o, Workflows: o.flows, Calendar: matter.NewCalendar(), PublicURL: "http://console.test",
		Now: func() time.Time { return o.now }, Log: slog.New(slog.NewTextHandler(log, nil)),
		Rehearse: func(context.Context, string) (string, error) { return "/rehearsal/x/sim/", o.fault },
	})
	if err != nil {
		t.Fatal(err)
	}
	return &browser{t: t, o: o, console: c, log: log}
}

// as signs in as a member of staff.
func (o *office) as(t *testing.T, staff string) *browser {
	t.Helper()
	b := o.open(t)
	token, _ := o.NewLink(t.Context(), o.village.ID, staff, time.Hour)
	if w := b.post("/console/in", url.Values{"token": {token}}); w.Code != http.StatusSeeOther {
		t.Fatalf("sign-in of %s: %d", staff, w.Code)
	}
	return b
}

func (b *browser) do(r *http.Request) *httptest.ResponseRecorder {
	for _, c := range b.cookies {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	b.console.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		b.cookies = []*http.Cookie{c}
	}
	return w
}

func (b *browser) get(path string) *httptest.ResponseRecorder {
	return b.do(httptest.NewRequest(http.MethodGet, "http://console.test"+path, nil))
}

func (b *browser) post(path string, form url.Values) *httptest.ResponseRecorder {
	return b.do(postRequest(path, strings.NewReader(form.Encode())))
}

func postRequest(path string, body io.Reader) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "http://console.test"+path, body)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return r
}

// page gets a page and its text; anything but 200 fails.
func (b *browser) page(path string) string {
	b.t.Helper()
	w := b.get(path)
	if w.Code != http.StatusOK {
		b.t.Fatalf("GET %s: %d\n%s", path, w.Code, b.log)
	}
	return w.Body.String()
}

func (o *office) Asked(context.Context, string) ([]directory.Group, error) {
	return directory.GroupQuestions(o.asked), o.fault
}

func (o *office) Write(_ context.Context, w desk.Writing) (int, error) {
	if err := w.Fact.Check(); err != nil {
		return 0, matter.Refuse(matter.Invalid, "text", "%v", err)
	}
	o.written = append(o.written, w)
	return len(w.Answers), o.fault
}

func (o *office) Contact(_ context.Context, _ string, who message.Address) (string, error) {
	return o.contact[who], o.fault
}

func (o *office) SetContact(_ context.Context, _ string, who message.Address, contact string) error {
	if o.contact == nil {
		o.contact = map[message.Address]string{}
	}
	o.contact[who] = contact
	return o.fault
}
