package console

import (
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

func TestFilters(t *testing.T) {
	o := newOffice()
	b := o.as(t, "wang")
	last := func() matter.Filter { return o.filters[len(o.filters)-1] }
	b.page("/console/q/village")
	if f := last(); f.Village != "xiangyang" || len(f.Kinds) != 1 || f.Kinds[0] != catalog.VillageRun || len(f.States) != 4 || f.Query != "" {
		t.Errorf("plain queue: %+v", f)
	}
	b.page("/console/q/village?state=done&code=V1&area=g1&mine=1&cursor=abc&q=searched")
	if f := last(); f.States[0] != matter.Done || f.Codes[0] != "V1" || f.Areas[0] != "g1" || f.Assignee != "wang" || f.Cursor != "abc" || f.Query != "" {
		t.Errorf("by URL: %+v", f)
	}
	w := b.post("/console/q/all", url.Values{"q": {" 路灯 "}, "state": {"any"}})
	if f := last(); w.Code != http.StatusOK || f.Query != "路灯" || f.States != nil || f.Kinds != nil {
		t.Errorf("search: %d %+v", w.Code, f)
	}
	b.page("/console/late")
	if f := last(); !f.Late.Equal(o.now) {
		t.Errorf("late: %+v", f)
	}
	for _, q := range []string{"state=gone", "code=Z1", "area=g9", "cursor=" + strings.Repeat("x", 300)} {
		if w := b.get("/console/q/all?" + q); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("%.20s: %d", q, w.Code)
		}
	}
}

func TestPaging(t *testing.T) {
	o := newOffice()
	for range 120 {
		m := o.matters[o.lamp()]
		m.State = matter.Queued
		o.matters[m.ID] = m
	}
	b := o.as(t, "wang")
	seen, form := 0, url.Values{"q": {"路灯"}}
	next := regexp.MustCompile(`name="cursor" value="([^"]+)"`)
	for range 4 {
		body := b.post("/console/q/village", form).Body.String()
		seen += strings.Count(body, `<li class="line">`)
		m := next.FindStringSubmatch(body)
		if m == nil {
			break
		}
		if !strings.Contains(body, `name="q" value="路灯"`) {
			t.Fatal("the next page forgets the search")
		}
		form.Set("cursor", m[1])
	}
	if seen != 120 {
		t.Errorf("paging showed %d of 120", seen)
	}
}

func TestUrgentFirstAndTwentyAtATime(t *testing.T) {
	o := newOffice()
	for range 25 {
		o.lamp()
	}
	o.now = o.now.Add(time.Hour)
	urgent := o.raise(matter.NewMatter{Code: "V1", Urgency: catalog.Urgent, Words: matter.Words{Summary: "缺水"}})
	fire := o.raise(matter.NewMatter{Code: "V9", Urgency: catalog.Emergency, Danger: "fire", Words: matter.Words{Summary: "着火"}})
	body := o.as(t, "li").page("/console/")
	cards := regexp.MustCompile(`id="m-([^"]+)"`).FindAllStringSubmatch(body, -1)
	if len(cards) != 20 || cards[0][1] != fire || cards[1][1] != urgent {
		t.Errorf("%d cards, first %v", len(cards), cards[:min(3, len(cards))])
	}
	if !strings.Contains(body, `<b class="count loud">27</b>`) {
		t.Error("the count in the navigation is not that of the list")
	}
	if !strings.Contains(body, "还有 7 件") {
		t.Error("the rest is not counted")
	}
}

// Emergencies, then what nobody is sure of, then the rest; in each the urgent
// first, and of these the one that has waited longest.
func TestUnsureFirst(t *testing.T) {
	o := newOffice()
	var ids []string
	for _, m := range []matter.NewMatter{ // in the order in which they are to be shown
		{Code: "V9", Urgency: catalog.Emergency, Danger: "fire", Confidence: 0.97},
		{Code: "V2", Urgency: catalog.Urgent, Confidence: 0.3},
		{Code: "G11", Urgency: catalog.Normal, Confidence: 0.4},
		{Code: "V0", Urgency: catalog.Normal, Confidence: 0.5},
		{Code: "G1", Urgency: catalog.Urgent, Confidence: 0.9},
		{Code: "V1", Urgency: catalog.Normal, Confidence: 0.9},
	} {
		m.Words.Summary = "某事"
		ids = append(ids, o.raise(m))
		o.now = o.now.Add(time.Minute)
	}
	var got []string
	for _, c := range regexp.MustCompile(`id="m-([^"]+)"`).FindAllStringSubmatch(o.as(t, "li").page("/console/"), -1) {
		got = append(got, c[1])
	}
	if !slices.Equal(got, ids) {
		t.Errorf("shown as %v\nwant     %v", got, ids)
	}
}

func TestCallsAndDeadLetters(t *testing.T) {
	o, _ := full()
	for who, want := range map[string]int{"li": 200, "zhao": 200, "chen": 200, "wang": 403, "zhou": 403, "qian": 403} {
		if w := o.as(t, who).get("/console/calls/c1"); w.Code != want {
			t.Errorf("a call shown to %s: %d", who, w.Code)
		}
	}
	for who, want := range map[string][2]int{"li": {200, 200}, "qian": {200, 403}, "wu": {200, 200}, "wang": {403, 403}} {
		b := o.as(t, who)
		if l, d := b.get("/console/dead").Code, b.get("/console/dead/d1").Code; l != want[0] || d != want[1] {
			t.Errorf("dead letters shown to %s: list %d, one %d", who, l, d)
		}
	}
	o.as(t, "qian").post("/console/dead/d1", nil)
	if len(o.retried) > 0 {
		t.Error("a supervisor, who reads only, retried")
	}
	li := o.as(t, "li")
	if body := li.page("/console/calls/c1"); !strings.Contains(body, "13800000005") || !strings.Contains(body, "腿脚不便") {
		t.Error("the page of a call lacks the number or her words")
	}
	li.post("/console/dead/d1", nil)
	li.post("/console/calls/c1", url.Values{"erase": {"1"}}) // asked for a person, not for erasure
	if len(o.erased) != 0 || len(o.calls) != 3 {
		t.Error("erased who did not ask for it")
	}
	li.post("/console/calls/c1", nil)
	li.post("/console/calls/c2", url.Values{"erase": {"1"}})
	if len(o.retried) != 1 || len(o.calls) != 1 || len(o.erased) != 1 || o.erased[0] != "sms:+8613800000006" {
		t.Errorf("retried %v, calls left %v, erased %v", o.retried, o.calls, o.erased)
	}
}

func TestSignInLinks(t *testing.T) {
	o := newOffice()
	wang := o.as(t, "wang")
	if w := wang.post("/console/staff/li", nil); w.Code != http.StatusForbidden {
		t.Errorf("a volunteer gets the secretary's link: %d", w.Code)
	}
	if w := wang.post("/console/staff/wang", nil); !strings.Contains(w.Body.String(), "http://console.test/console/in?token=") {
		t.Errorf("no link for herself: %d", w.Code)
	}
	if w := o.as(t, "wu").post("/console/staff/li", nil); w.Code != http.StatusOK {
		t.Errorf("the administrator makes a link: %d", w.Code)
	}
}

// A volunteer is not sent to a list where nothing is hers.
func TestNavigationByRole(t *testing.T) {
	o := newOffice()
	o.lamp()
	for who, want := range map[string]struct{ home, first string }{
		"li": {"/console/", "待审核"}, "qian": {"/console/", "待审核"}, "wang": {"/console/q/all", "全部事项"}, "chen": {"/console/q/all", "全部事项"},
		"sun": {"/console/q/household", "待审核"}, "zhou": {"/console/q/government", "待审核"},
	} {
		body := o.as(t, who).page("/console/late")
		if !strings.Contains(body, `class="brand" href="`+want.home+`"`) {
			t.Errorf("%s: the brand does not lead to %s", who, want.home)
		}
		_, tabs, _ := strings.Cut(body, `<ul class="tabs"`)
		if first, _, _ := strings.Cut(tabs, "</li>"); !strings.Contains(first, want.first) {
			t.Errorf("%s: the first tab is %s", who, first)
		}
		if loud := strings.Contains(tabs, "待审核") && strings.Contains(tabs, `class="count loud"`); loud != (who != "wang" && who != "chen" && who != "zhou") {
			t.Errorf("%s is called by what others decide: %v", who, loud)
		}
	}
}

func TestALineWithoutAnArea(t *testing.T) {
	o := newOffice()
	m := o.matters[o.raise(matter.NewMatter{Code: "H5", Confidence: 0.9, Words: matter.Words{Summary: "水管漏了"}})]
	m.State = matter.Queued
	o.matters[m.ID] = m
	body := o.as(t, "wang").page("/console/q/all")
	if !strings.Contains(body, "水管漏了") || strings.Contains(body, " ·  · ") || strings.Contains(body, "</small> · </p>") {
		t.Error("a dot stands where nothing is")
	}
}

func TestTimelineInHerWords(t *testing.T) {
	o := newOffice()
	id := o.lamp()
	o.events[id] = append(o.events[id], matter.Event{Seq: 2, Kind: matter.Remind, By: "clock", Via: "clock", At: o.now},
		matter.Event{Seq: 3, Kind: matter.Note, By: "li", Via: "gateway", At: o.now})
	body := o.as(t, "li").page("/console/m/" + id)
	_, line, _ := strings.Cut(body, `<ol class="timeline">`)
	if !strings.Contains(line, "· 短信") || strings.Contains(line, "· clock") || !strings.Contains(line, "· gateway") {
		t.Errorf("%s", line)
	}
}
