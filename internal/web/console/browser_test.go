package console

import (
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"time"

	"sanshi/internal/matter"
	"sanshi/internal/message"
	"sanshi/internal/web/assets"
	"sanshi/internal/web/page/pagetest"
)

// pictures is the folder for the pictures of the README; none are made when unset.
func pictures() string { return os.Getenv("PICTURES") }

// serve runs the console with its files on a loopback port.
func (o *office) serve(t *testing.T) *httptest.Server {
	t.Helper()
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	files := assets.New()
	c, err := New(Deps{Store: o, Desk: o, Sessions: o, Workflows: o.flows, Calendar: matter.NewCalendar(), Assets: files,
		PublicURL: server.URL, Now: func() time.Time { return o.now }})
	if err != nil {
		t.Fatal(err)
	}
	mux.Handle("/console/", c)
	mux.Handle(assets.Prefix, files)
	return server
}

// aDay is an office on an ordinary morning.
func aDay() (o *office, lamp string) {
	o = newOffice()
	lamp = o.lamp()
	o.lines[lamp] = append(o.lines[lamp], message.Line{Direction: "out", Status: "delivered", Segments: 1, At: o.now,
		Text: "【向阳村】已记下（0427-0）：村口路灯坏了。李书记看过就派人。说错了回0找人。"},
		message.Line{Direction: "out", Status: "sent", Segments: 1, At: o.now, Staff: "wang",
			Text: "【向阳村】新到一件：村口路灯坏了（0427-0）。请接手。"})
	o.now = o.now.Add(20 * time.Minute)
	o.raise(matter.NewMatter{Code: "V1", Area: "g1", Confidence: 0.88, Resident: "sms:+8613800000002",
		Words: matter.Words{Summary: "路灯不亮", Text: "村口那个路灯这几天都不亮，接孩子看不清", Place: "村口", Reason: "写到“路灯”"}})
	o.raise(matter.NewMatter{Code: "G1", Confidence: 0.97, Urgency: "urgent", Resident: "sms:+8613800000003",
		Words: matter.Words{Summary: "养老金两个月没到账", Text: "我娘的养老金两个月没到账了，药都买不起", Reason: "写到“养老金”"}})
	o.secret()
	o.raise(matter.NewMatter{Code: "V9", Area: "g2", Urgency: "emergency", Danger: "fire", Confidence: 1, Resident: "sms:+8613800000004",
		Words: matter.Words{Summary: "柴房着火", Text: "后山柴房着火了快来人", Place: "后山", Reason: "险情词“着火”"}})
	return o, lamp
}

// TestAMatterInTheBrowser goes the way of one matter: the secretary approves it on
// her phone, the volunteer claims and finishes it at a desk.
func TestAMatterInTheBrowser(t *testing.T) {
	o, lamp := aDay()
	server := o.serve(t)
	b := pagetest.Open(t, server.URL, pictures())

	b.Resize(pagetest.Handset)
	token, _ := o.NewLink(t.Context(), "xiangyang", "li", time.Hour)
	b.Go("/console/in?token=" + token)
	b.Fits("the sign-in page")
	b.Click("#sign-in")
	b.See("柴房着火")
	b.Fits("the list to approve")
	b.Picture("console-approve-phone", false)
	b.Picture("console-approve-phone-whole", true)
	b.Click(`#m-` + lamp + ` [data-fold="correct"]`)
	b.Fits("an open form")
	b.Picture("console-correct-phone", true)
	b.Click(`#m-` + lamp + ` > footer button[data-act="approve"]`)
	b.See("已同意")
	if got := o.state(lamp); got != matter.Queued {
		t.Fatalf("after the secretary's tap it is %s", got)
	}
	b.See("秒内可以撤")
	b.Fits("the way back")
	b.Picture("console-undo-phone", false)
	b.Click(`[data-act="undo-last"]`)
	b.See("已撤销 1 件")
	if got := o.state(lamp); got != matter.Sorting {
		t.Fatalf("after undo it is %s", got)
	}
	b.Click(`button[data-act="approve"]`)
	b.See("已同意")
	b.Click(`form.who button`)
	b.See("请打开管理员发给您的登录链接")

	b.Resize(pagetest.Desktop)
	token, _ = o.NewLink(t.Context(), "xiangyang", "wang", time.Hour)
	b.Go("/console/in?token=" + token)
	b.Click("#sign-in")
	b.See("王志愿")
	b.Click(`a[href="/console/q/village"]`)
	b.See("村口路灯坏了")
	b.Picture("console-queue-desktop", false)
	b.Go("/console/m/" + lamp)
	b.Click(`button[data-act="claim"]`)
	b.See("归您办了")
	b.Picture("console-matter-desktop", true)
	b.Click(`[data-fold="finish"]`)
	b.Type(`details[open] textarea[name="note"]`, "换了灯泡，晚上看过，亮了")
	b.Click(`details[open] button[data-act="finish"]`)
	b.See("已办结")
	if got := o.state(lamp); got != matter.Done {
		t.Fatalf("after the volunteer's finish it is %s", got)
	}
	b.Quiet()
}

func (o *office) state(id string) matter.State {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.matters[id].State
}

// TestFiltersInTheBrowser: choosing a filter changes the list without a new page.
func TestFiltersInTheBrowser(t *testing.T) {
	o, lamp := aDay()
	server := o.serve(t)
	b := pagetest.Open(t, server.URL, "")
	token, _ := o.NewLink(t.Context(), "xiangyang", "li", time.Hour)
	b.Go("/console/in?token=" + token)
	b.Click("#sign-in")
	b.See("李书记")
	b.Go("/console/q/village")
	b.See("柴房着火")
	pagetest.Eval[string](b, `document.body.dataset.mark = "same page"`)
	b.Choose(`select[name="state"]`, "sorting")
	b.See(o.matters[lamp].Summary)
	if pagetest.Eval[string](b, `document.body.dataset.mark || "a new page"`) != "same page" {
		t.Error("the filter loaded a new page")
	}
	b.Quiet()
}

// TestEveryPageFitsAPhone opens each page on the smallest screen and looks for
// what is wider, and for what the policy blocks.
func TestEveryPageFitsAPhone(t *testing.T) {
	o, id := full()
	o.village.Staff = append(o.village.Staff, o.village.Staff...)
	o.raise(matter.NewMatter{Code: "H2", Area: "g1"})
	server := o.serve(t)
	b := pagetest.Open(t, server.URL, pictures())
	b.Resize(pagetest.Handset)
	token, _ := o.NewLink(t.Context(), "xiangyang", "li", time.Hour)
	b.Go("/console/in?token=" + token)
	b.Click("#sign-in")
	b.See("李书记")
	for _, p := range routes(id)["GET"] {
		if p == "/console/counts" {
			continue // a part of a page
		}
		b.Go(p)
		b.Fits(p)
	}
	b.Go("/console/m/" + id)
	b.Picture("console-matter-phone", true)
	b.Quiet()
}

// An emergency offers two things at once: only the first of them is loud.
func TestOneNextStep(t *testing.T) {
	o, _ := aDay()
	fire := o.matters["01970000-0000-7000-8000-000000000005"]
	if fire.Danger != "fire" {
		t.Fatalf("another matter: %+v", fire)
	}
	b := pagetest.Open(t, o.serve(t).URL, pictures())
	b.Resize(pagetest.Desktop)
	token, _ := o.NewLink(t.Context(), "xiangyang", "li", time.Hour)
	b.Go("/console/in?token=" + token)
	b.Click("#sign-in")
	b.See("柴房着火")
	b.Picture("console-approve-desktop", false)
	b.Fits("the list to approve, with counts in the navigation")
	loud := `(() => { const e = document.querySelector("#approve-picked"), c = getComputedStyle(e); c.backgroundColor
		e.getAnimations().forEach(a => a.finish()); return c.backgroundColor })()`
	quiet := pagetest.Eval[string](b, loud)
	pagetest.Eval[bool](b, `document.querySelector("input[form=batch]").checked = true`)
	if now := pagetest.Eval[string](b, loud); now == quiet {
		t.Errorf("the button for what is ticked is %s whether something is ticked or not", now)
	}
	b.Resize(pagetest.Size{Width: 800, Height: 860, Scale: 1}) // where all entries cannot stand in one row
	cut := pagetest.Eval[bool](b, `(() => { const e = document.querySelector("ul.tabs"); return e.scrollWidth > e.clientWidth + 1 })()`)
	if cut {
		t.Error("the last entry of the navigation is cut off")
	}
	b.Resize(pagetest.Desktop)
	b.Go("/console/m/" + fire.ID)
	b.See("柴房着火")
	colour := func(act string) string {
		return pagetest.Eval[string](b, `getComputedStyle(document.querySelector('.now [data-act="`+act+`"]')).backgroundColor`)
	}
	if colour("approve") == colour("claim") {
		t.Error("two next steps are equally loud")
	}
	b.Picture("console-emergency-desktop", true)
}
