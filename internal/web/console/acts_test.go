package console

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"sanshi/internal/catalog"
	"sanshi/internal/matter"
)

func TestApproveClaimFinish(t *testing.T) {
	o := newOffice()
	id := o.lamp()
	li := o.as(t, "li")
	home := li.page("/console/")
	for _, want := range []string{"村口路灯坏了", "写到“路灯”", "93%", "同意", "86***01"} {
		if !strings.Contains(home, want) {
			t.Errorf("the list to approve lacks %q", want)
		}
	}
	w := li.post("/console/m/"+id, url.Values{"event": {"approve"}, "version": {"1"}, "back": {"list"}})
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/console/" {
		t.Fatalf("approve: %d to %q\n%s", w.Code, w.Header().Get("Location"), w.Body)
	}
	if after := li.page("/console/"); !strings.Contains(after, "已同意") || !strings.Contains(after, `data-act="undo-last"`) {
		t.Error("after approving, neither the sentence nor the way back is shown")
	}
	if again := li.page("/console/"); strings.Contains(again, "已同意") {
		t.Error("the sentence about what was done is shown twice")
	}
	wang := o.as(t, "wang")
	if w := wang.post("/console/m/"+id, url.Values{"event": {"claim"}}); w.Header().Get("Location") != "/console/m/"+id {
		t.Fatalf("claim: %d %s", w.Code, w.Body)
	}
	wang.post("/console/m/"+id, url.Values{"event": {"finish"}, "outcome": {"solved"}, "note": {"换了灯泡"}})
	m := o.matters[id]
	if m.State != matter.Done || m.Outcome != "solved" || m.Assignee != "wang" || m.ApprovedBy != "li" {
		t.Errorf("at the end: %s %s %s %s", m.State, m.Outcome, m.Assignee, m.ApprovedBy)
	}
	for i, via := range []string{"sms", "console", "console", "console"} {
		if got := o.events[id][i].Via; got != via {
			t.Errorf("event %d came via %q", i+1, got)
		}
	}
}

func TestUndoFromTheFlash(t *testing.T) {
	o := newOffice()
	id := o.lamp()
	li := o.as(t, "li")
	li.post("/console/m/"+id, url.Values{"event": {"approve"}})
	o.now = o.now.Add(30 * time.Second)
	for _, page := range []string{"/console/", "/console/late", "/console/undo"} { // on whatever page she is, again and again
		if p := li.page(page); !strings.Contains(p, `data-act="undo-last"`) || !strings.Contains(p, "30 秒") {
			t.Errorf("%s does not offer undo for 30 s", page)
		}
	}
	li.post("/console/undo", url.Values{"m": {id}})
	if got := o.matters[id].State; got != matter.Sorting {
		t.Errorf("after undo it is %s", got)
	}
	if p := li.page("/console/"); strings.Contains(p, "undo-last") || !strings.Contains(p, "已撤销 1 件") {
		t.Error("what is undone is offered again, or not said")
	}
}

// The offer ends with the minute.
func TestUndoIsOfferedForAMinute(t *testing.T) {
	o := newOffice()
	id := o.lamp()
	li := o.as(t, "li")
	li.post("/console/m/"+id, url.Values{"event": {"approve"}})
	o.now = o.now.Add(time.Minute)
	if p := li.page("/console/"); strings.Contains(p, "undo-last") {
		t.Error("undo is offered after a minute")
	}
	if w := li.post("/console/undo", url.Values{"m": {"nobodys"}}); w.Code != 404 {
		t.Errorf("undoing what is not there: %d", w.Code)
	}
	o.now = o.now.Add(time.Second)
	li.post("/console/undo", url.Values{"m": {id}})
	if p := li.page("/console/"); o.matters[id].State != matter.Queued || !strings.Contains(p, "1 件没成") {
		t.Errorf("too late, and it is %s", o.matters[id].State)
	}
}

// What was approved together is undone together; what somebody took since stays.
func TestUndoSeveral(t *testing.T) {
	o := newOffice()
	a, b := o.lamp(), o.lamp()
	li := o.as(t, "li")
	li.post("/console/approve", url.Values{"m": {a + ":1", b + ":1"}})
	if p := li.page("/console/"); !strings.Contains(p, "全部撤销（2 件）") {
		t.Error("no way back for both")
	}
	o.as(t, "wang").post("/console/m/"+b, url.Values{"event": {"claim"}})
	li.post("/console/undo", url.Values{"m": {a, b}})
	if o.matters[a].State != matter.Sorting || o.matters[b].State != matter.Handling {
		t.Errorf("%s and %s", o.matters[a].State, o.matters[b].State)
	}
	if p := li.page("/console/"); !strings.Contains(p, "1 件没成") || !strings.Contains(p, o.matters[b].Number) {
		t.Error("it is not said which could not be undone")
	}
}

func TestSeveralAtOnce(t *testing.T) {
	o := newOffice()
	a, b, c := o.lamp(), o.lamp(), o.lamp()
	li := o.as(t, "li")
	li.post("/console/m/"+b, url.Values{"event": {"correct"}, "code": {"V2"}, "urgency": {"normal"}})
	li.page("/console/")
	w := li.post("/console/approve", url.Values{"m": {a + ":1", b + ":1", c + ":1"}, "key": {"k"}})
	if w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if o.matters[a].State != matter.Queued || o.matters[c].State != matter.Queued {
		t.Error("what was as the secretary saw it is not approved")
	}
	if o.matters[b].State != matter.Sorting {
		t.Error("a matter was approved that had changed since the list was shown")
	}
	if home := li.page("/console/"); !strings.Contains(home, "同意了 2 件，1 件没成") || !strings.Contains(home, o.matters[b].Number) {
		t.Error("the one that failed is not named")
	}
	for name, form := range map[string]url.Values{
		"a bad version": {"m": {a + ":x"}}, "too many": {"m": slices.Repeat([]string{a + ":1"}, 41)},
	} {
		if w := li.post("/console/approve", form); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
}

func TestNonePickedStaysOnTheList(t *testing.T) {
	o := newOffice()
	id := o.lamp()
	li := o.as(t, "li")
	if w := li.post("/console/approve", url.Values{"key": {"k"}}); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/console/" {
		t.Fatalf("%d to %q", w.Code, w.Header().Get("Location"))
	}
	if body := li.page("/console/"); !strings.Contains(body, "先在编号前打勾") || !strings.Contains(body, "m-"+id) {
		t.Error("the list does not say what to do")
	}
	if o.matters[id].State != matter.Sorting {
		t.Error("approved without being picked")
	}
}

func TestStaleShowsTheFreshState(t *testing.T) {
	o := newOffice()
	id := o.lamp()
	li := o.as(t, "li")
	li.post("/console/m/"+id, url.Values{"event": {"correct"}, "code": {"G6"}, "urgency": {"urgent"}})
	w := li.post("/console/m/"+id, url.Values{"event": {"decline"}, "version": {"1"}, "note": {"不归我们管"}})
	body := w.Body.String()
	if w.Code != http.StatusConflict {
		t.Fatalf("status %d", w.Code)
	}
	for _, want := range []string{"刚才有人改过这件事", "公路、公交、交通", "不归我们管"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page after a stale form lacks %q", want)
		}
	}
	if o.matters[id].State != matter.Sorting {
		t.Error("a stale form did something")
	}
}

func TestTheSameFormTwiceCountsOnce(t *testing.T) {
	o := newOffice()
	id := o.lamp()
	li := o.as(t, "li")
	keys := regexp.MustCompile(`name="key" value="([^"]+)"`).FindAllStringSubmatch(li.page("/console/m/"+id), -1)
	if len(keys) < 2 || keys[0][1] == keys[1][1] {
		t.Fatalf("forms without keys of their own: %v", keys)
	}
	for range 2 {
		li.post("/console/m/"+id, url.Values{"event": {"note"}, "note": {"打过电话"}, "key": {keys[0][1]}})
	}
	if n := len(o.events[id]); n != 2 {
		t.Errorf("%d events, want raise and one note", n)
	}
}

func TestRefusedForms(t *testing.T) {
	o := newOffice()
	id := o.lamp()
	li, wang := o.as(t, "li"), o.as(t, "wang")
	for _, tc := range []struct {
		name string
		who  *browser
		form url.Values
		want int
		says string
	}{
		{"no event", li, url.Values{}, 422, "有一项没填对"},
		{"an event of residents", li, url.Values{"event": {"rate"}, "rating": {"5"}}, 422, "有一项没填对"},
		{"an event of the clock", li, url.Values{"event": {"expire"}}, 422, "有一项没填对"},
		{"a bad version", li, url.Values{"event": {"approve"}, "version": {"-1"}}, 422, "版本"},
		{"no right", wang, url.Values{"event": {"approve"}}, 403, "没有这个权限"},
		{"not in this state", li, url.Values{"event": {"finish"}, "outcome": {"solved"}, "note": {"好了"}}, 409, "现在的状态不能这样做"},
		{"no reason", li, url.Values{"event": {"decline"}}, 422, "有一项没填对"},
		{"no such code", li, url.Values{"event": {"correct"}, "code": {"Z9"}}, 422, "有一项没填对"},
		{"too long", li, url.Values{"event": {"note"}, "note": {strings.Repeat("长", 1001)}}, 422, "写得太长"},
		{"merge into itself", li, url.Values{"event": {"merge"}, "into": {id}}, 422, "并到"},
	} {
		before := o.matters[id].Version
		w := tc.who.post("/console/m/"+id, tc.form)
		if w.Code != tc.want || !strings.Contains(w.Body.String(), tc.says) {
			t.Errorf("%s: %d, want %d and %q", tc.name, w.Code, tc.want, tc.says)
		}
		if !strings.Contains(w.Body.String(), o.matters[id].Number) {
			t.Errorf("%s: the refusal does not show the matter", tc.name)
		}
		if o.matters[id].Version != before {
			t.Errorf("%s: something happened", tc.name)
		}
	}
}

// TestEveryAllowedActHasItsForm walks roles and states and compares the forms of
// the page with what the workflow allows.
func TestEveryAllowedActHasItsForm(t *testing.T) {
	fromElsewhere := []matter.EventKind{matter.Raise, matter.Answer, matter.Rate, matter.Cancel,
		matter.Erase, matter.Remind, matter.Escalate, matter.Expire, matter.Suggest}
	event := regexp.MustCompile(`name="event" value="([a-z]+)"`)
	seen := map[matter.EventKind]bool{}
	o := newOffice()
	var browsers []*browser
	for _, s := range o.village.Staff {
		browsers = append(browsers, o.as(t, s.ID))
	}
	for _, code := range []string{"V1", "H1", "G6"} {
		id := o.raise(matter.NewMatter{Code: code, Area: "g1"})
		for _, state := range matter.States() {
			m := inState(o.matters[id], state, o.now)
			o.matters[id] = m
			for i, s := range o.village.Staff {
				got := map[matter.EventKind]bool{}
				for _, f := range event.FindAllStringSubmatch(browsers[i].page("/console/m/"+id), -1) {
					got[matter.EventKind(f[1])], seen[matter.EventKind(f[1])] = true, true
				}
				allowed := o.flows[m.Kind].Allowed(o.bench(), m, matter.StaffActor(s), o.now)
				for _, k := range matter.EventKinds() {
					want := slices.Contains(allowed, k) && !slices.Contains(fromElsewhere, k)
					if k == matter.Reveal && matter.MaySeeWords(o.village, m, s) {
						want = false
					}
					if got[k] != want {
						t.Errorf("%s %s, %s: form of %s shown %v, want %v", code, state, s.Role, k, got[k], want)
					}
				}
			}
		}
	}
	for _, f := range formRows() {
		if !seen[f.On] && f.On != matter.Reveal {
			t.Errorf("no form of %s was ever seen", f.On)
		}
	}
}

// inState is a matter put into a state by hand, with what comes with it.
func inState(m matter.Matter, state matter.State, now time.Time) matter.Matter {
	m.State, m.Assignee, m.WaitingFrom, m.EndedAt, m.Before = state, "wang", matter.Handling, now, nil
	if state == matter.Queued || state == matter.Sorting {
		m.Assignee = ""
	}
	if state == matter.Merged || state == matter.Declined || state == matter.Queued {
		m.Before = &matter.Before{On: matter.Merge, By: "li", At: now, State: matter.Queued, Seq: m.Version}
	}
	return m
}

// TestFormsCarryTheirValues sends each form filled in and looks at the event.
func TestFormsCarryTheirValues(t *testing.T) {
	due := morning.AddDate(0, 0, 9)
	due = time.Date(due.Year(), due.Month(), due.Day(), 18, 0, 0, 0, due.Location())
	for _, tc := range []struct {
		who, from string
		form      url.Values
		check     func(e matter.Event, m matter.Matter) bool
	}{
		{"li", "sorting", url.Values{"event": {"correct"}, "code": {"g6"}, "area": {"g2"}, "urgency": {"urgent"}, "approve": {"1"}},
			func(e matter.Event, m matter.Matter) bool {
				return m.Code == "G6" && m.Kind == catalog.Government && m.Area == "g2" && m.Urgency == catalog.Urgent && m.State == matter.Queued
			}},
		{"li", "queued", url.Values{"event": {"assign"}, "assignee": {"wang"}},
			func(e matter.Event, m matter.Matter) bool { return m.Assignee == "wang" && m.State == matter.Handling }},
		{"li", "handling", url.Values{"event": {"ask"}, "note": {"哪一盏灯？"}, "for": {"third"}},
			func(e matter.Event, m matter.Matter) bool {
				return m.State == matter.Waiting && m.WaitingFor == "third" && e.Note == "哪一盏灯？"
			}},
		{"wang", "handling", url.Values{"event": {"plan"}, "due": {due.Format(time.DateOnly)}, "note": {"等配件"}},
			func(e matter.Event, m matter.Matter) bool {
				return m.DueAt.Equal(due) && m.Planned && e.Note == "等配件"
			}},
		{"wang", "handling", url.Values{"event": {"return"}, "note": {"是县道"}},
			func(e matter.Event, m matter.Matter) bool { return m.State == matter.Sorting && m.Returned == 1 }},
		{"wang", "handling", url.Values{"event": {"transfer"}, "note": {"是县道"}},
			func(e matter.Event, m matter.Matter) bool { return m.State == matter.Sorting }},
		{"li", "handling", url.Values{"event": {"transfer"}, "code": {"H1"}},
			func(e matter.Event, m matter.Matter) bool {
				return m.Kind == catalog.Household && m.State == matter.Queued
			}},
		{"chen", "queued", url.Values{"event": {"deliberate"}},
			func(e matter.Event, m matter.Matter) bool { return m.State == matter.Deliberating }},
		{"chen", "deliberating", url.Values{"event": {"resolve"}, "resolution": {"declined"}, "note": {"不合规"}},
			func(e matter.Event, m matter.Matter) bool { return m.State == matter.Declined && e.Note == "不合规" }},
		{"chen", "deliberating", url.Values{"event": {"resolve"}, "resolution": {"handling"}, "assignee": {"wang"}},
			func(e matter.Event, m matter.Matter) bool { return m.State == matter.Handling && m.Assignee == "wang" }},
		{"li", "done", url.Values{"event": {"reopen"}, "note": {"又坏了"}},
			func(e matter.Event, m matter.Matter) bool { return m.State == matter.Queued && e.Note == "又坏了" }},
		{"wang", "handling", url.Values{"event": {"finish"}, "outcome": {"not_solved"}, "note": {"没有配件"}},
			func(e matter.Event, m matter.Matter) bool { return m.Outcome == "not_solved" && m.State == matter.Done }},
		{"li", "handling", url.Values{"event": {"note"}, "note": {"  打过电话\r\n明天来  "}},
			func(e matter.Event, m matter.Matter) bool { return e.Note == "打过电话\n明天来" }},
	} {
		o := newOffice()
		id := o.lamp()
		m := o.matters[id]
		if m.State = matter.State(tc.from); tc.from == "handling" {
			m.Assignee = "wang"
		}
		o.matters[id] = m
		w := o.as(t, tc.who).post("/console/m/"+id, tc.form)
		if w.Code != http.StatusSeeOther {
			t.Errorf("%s by %s: %d\n%s", tc.form.Get("event"), tc.who, w.Code, wrongOf(w.Body.String()))
			continue
		}
		e := o.events[id][len(o.events[id])-1]
		if !tc.check(e, o.matters[id]) {
			t.Errorf("%s by %s: %+v\n%s", tc.form.Get("event"), tc.who, e, fmt.Sprint(o.matters[id]))
		}
	}
}

func wrongOf(body string) string {
	_, after, _ := strings.Cut(body, `id="wrong">`)
	s, _, _ := strings.Cut(after, "</div>")
	return s
}

func TestMergeByNumberAndFromTheList(t *testing.T) {
	o := newOffice()
	a := o.lamp()
	b := o.raise(matter.NewMatter{Code: "V1", Resident: "sms:+8613800000002", Words: matter.Words{Summary: "路灯又黑了", Text: "路灯又黑了"}})
	li := o.as(t, "li")
	if home := li.page("/console/"); !strings.Contains(home, "类似") || !strings.Contains(home, `<option value="`+a+`">`) ||
		!strings.Contains(home, `name="into" value="`+a+`"><button class="plain" data-act="merge-one"`) {
		t.Error("the like report is not offered in the list")
	}
	li.post("/console/m/"+b, url.Values{"event": {"merge"}, "into": {""}, "into_number": {o.matters[a].Number}, "back": {"list"}})
	if m := o.matters[b]; m.State != matter.Merged || m.MergedInto != a {
		t.Errorf("%s into %q", m.State, m.MergedInto)
	}
	if p := li.page("/console/m/" + b); !strings.Contains(p, o.matters[a].Number) {
		t.Error("the merged matter does not lead to its target")
	}
}

func TestEraseIsForThoseWhoMay(t *testing.T) {
	o := newOffice()
	id := o.lamp()
	if w := o.as(t, "wang").post("/console/m/"+id+"/erase", url.Values{"sure": {"1"}}); w.Code != http.StatusForbidden {
		t.Errorf("a volunteer erases: %d", w.Code)
	}
	li := o.as(t, "li")
	if w := li.post("/console/m/"+id+"/erase", url.Values{}); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("without the tick: %d", w.Code)
	}
	if len(o.erased) != 0 {
		t.Fatal("erased without right or tick")
	}
	li.post("/console/m/"+id+"/erase", url.Values{"sure": {"1"}})
	if len(o.erased) != 1 || o.erased[0] != "sms:+8613800000001" {
		t.Errorf("erased %v", o.erased)
	}
}

func TestNobodyApprovesHerOwn(t *testing.T) {
	o := newOffice()
	o.village.Staff[0].Phone = "+8613800000001"
	id := o.lamp()
	li := o.as(t, "li")
	if strings.Contains(li.page("/console/"), `name="m"`) {
		t.Error("her own matter can be picked for approval")
	}
	if w := li.post("/console/m/"+id, url.Values{"event": {"approve"}}); w.Code != http.StatusForbidden {
		t.Errorf("approve: %d", w.Code)
	}
}
