package console

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"sanshi/internal/directory"
	"sanshi/internal/matter"
	"sanshi/internal/message"
)

func everyPage(t *testing.T, b *browser, id string) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, p := range routes(id)["GET"] {
		out[p] = b.page(p)
	}
	return out
}

func TestHeadersOfEveryPage(t *testing.T) {
	o, id := full()
	b := o.as(t, "li")
	for _, p := range append(routes(id)["GET"], "/console/in", "/console/nowhere") {
		h := b.get(p).Header()
		for key, want := range map[string]string{"Content-Security-Policy": "default-src 'self'", "Referrer-Policy": "no-referrer",
			"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"} {
			if !strings.Contains(h.Get(key), want) {
				t.Errorf("%s: %s is %q", p, key, h.Get(key))
			}
		}
		if strings.Contains(h.Get("Content-Security-Policy"), "unsafe") {
			t.Errorf("%s: the policy lets inline code run", p)
		}
	}
}

func TestNoInlineCodeAndNoPersonalDataInLinks(t *testing.T) {
	o, id := full()
	inline := regexp.MustCompile(`(?i)<script(?: [^>]*)?>[^<]|<style|\sstyle=|\son[a-z]+=|javascript:`)
	links := regexp.MustCompile(`(?:href|action|src|hx-get|hx-post)="([^"]*)"`)
	for p, body := range everyPage(t, o.as(t, "li"), id) {
		if s := inline.FindString(body); s != "" {
			t.Errorf("%s has inline code that the policy forbids: %q", p, s)
		}
		for _, l := range links.FindAllStringSubmatch(body, -1) {
			u := html.UnescapeString(l[1])
			if strings.HasPrefix(u, "tel:") {
				continue // dialled, never requested
			}
			if plain, _ := url.QueryUnescape(u); strings.Contains(plain, "1380000") || strings.Contains(plain, "老陈头") {
				t.Errorf("%s links to %s", p, u)
			}
		}
	}
}

func TestNumbersAreMaskedInLists(t *testing.T) {
	o, id := full()
	o.now = o.now.AddDate(0, 1, 0) // so that it is late as well
	for _, who := range []string{"li", "wang", "zhou", "qian"} {
		b := o.as(t, who)
		for _, p := range []string{"/console/", "/console/q/all", "/console/q/village", "/console/late", "/console/counts", "/console/staff"} {
			if strings.Contains(b.page(p), "13800000001") {
				t.Errorf("%s shows %s a whole number", p, who)
			}
		}
	}
	li := o.as(t, "li")
	for _, p := range []string{"/console/calls", "/console/dead"} {
		if body := li.page(p); strings.Contains(body, "1380000000") || strings.Contains(body, "死信里的话") || strings.Contains(body, "腿脚不便") {
			t.Errorf("%s shows a number or words", p)
		}
	}
	if body := li.page("/console/m/" + id); !strings.Contains(body, "13800000001") {
		t.Error("the secretary cannot see whom to call")
	}
	if body := o.as(t, "zhou").page("/console/m/" + id); strings.Contains(body, "13800000001") || strings.Contains(body, "晚上看不见路") {
		t.Error("an officer of another department reads what is not hers")
	}
}

func TestPrivateMatters(t *testing.T) {
	o := newOffice()
	id := o.secret()
	words := []string{"秘密", "13800000077"}
	has := func(body string) bool {
		for _, w := range words {
			if strings.Contains(body, w) {
				return true
			}
		}
		return false
	}
	lists := []string{"/console/", "/console/q/all?state=any", "/console/q/household?state=sorting"}
	for _, s := range o.village.Staff {
		b := o.as(t, s.ID)
		for _, p := range lists {
			body := b.page(p)
			if has(body) {
				t.Errorf("%s shows %s the words of a private matter", p, s.ID)
			}
			if !strings.Contains(body, "1件保密事项") {
				t.Errorf("%s does not show %s that there is one", p, s.ID)
			}
		}
		if body := b.page("/console/m/" + id); has(body) {
			t.Errorf("the page shows %s the words before a reveal", s.ID)
		}
		if w := b.post("/console/m/"+id, url.Values{"event": {"note"}}); has(w.Body.String()) {
			t.Errorf("a refused form shows %s the words", s.ID)
		}
	}
	sun := o.as(t, "sun")
	if w := sun.post("/console/m/"+id, url.Values{"event": {"reveal"}}); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("a reveal without a reason: %d", w.Code)
	}
	sun.post("/console/m/"+id, url.Values{"event": {"reveal"}, "note": {"要去调解"}})
	body := sun.page("/console/m/" + id)
	for _, want := range []string{"秘密内容", "秘密地点", "13800000077", "要去调解"} {
		if !strings.Contains(body, want) {
			t.Errorf("after the reveal the page lacks %q", want)
		}
	}
	if has(sun.page("/console/")) {
		t.Error("after the reveal the list shows the words")
	}
	if w := o.as(t, "wang").post("/console/m/"+id, url.Values{"event": {"reveal"}, "note": {"好奇"}}); w.Code != http.StatusForbidden {
		t.Errorf("a volunteer reveals: %d", w.Code)
	}
	li := o.as(t, "li")
	if b := li.page("/console/m/" + id); strings.Contains(b, "要去调解") || has(b) {
		t.Error("the secretary, who is not on the list, reads it")
	}
	li.post("/console/m/"+id, url.Values{"event": {"approve"}})
	li.post("/console/m/"+id, url.Values{"event": {"assign"}, "assignee": {"sun"}})
	if m := o.matters[id]; m.State != matter.Handling || m.Assignee != "sun" {
		t.Errorf("the secretary could not approve and assign it unseen: %s %s", m.State, m.Assignee)
	}
}

func TestHostileTextIsShownAsText(t *testing.T) {
	o := newOffice()
	evil := `"><script>alert(1)</script><img src=x onerror=alert(2)>{{.}}`
	o.village.Areas[0].Name = evil
	o.village.Staff[1].Name = evil
	id := o.raise(matter.NewMatter{Code: "V1", Area: "g1", Words: matter.Words{Summary: evil, Text: evil, Place: evil, Name: evil, Reason: evil}})
	o.raise(matter.NewMatter{Code: "V1", Resident: "sms:+8613800000009", Words: matter.Words{Summary: evil, Text: evil}})
	o.calls = []directory.Callback{{ID: "c1", Address: "sms:+8613800000005", Reason: evil, Note: evil, Matter: id, At: o.now}}
	o.dead = []message.DeadLetter{{ID: "d1", Direction: "in", Address: "sms:" + evil, Text: evil, Error: evil, At: o.now}}
	li := o.as(t, "li")
	li.post("/console/m/"+id, url.Values{"event": {"note"}, "note": {evil}})
	pages := everyPage(t, li, id)
	pages["search"] = li.post("/console/q/all", url.Values{"q": {evil}}).Body.String()
	pages["refused"] = li.post("/console/m/"+id, url.Values{"event": {"plan"}, "note": {evil}, "due": {evil}}).Body.String()
	pages["token"] = o.open(t).get("/console/in?token=" + url.QueryEscape(evil)).Body.String()
	for p, body := range pages {
		if strings.Contains(body, "<script>alert") || strings.Contains(body, "<img src=x") {
			t.Errorf("%s lets a resident's text become code", p)
		}
	}
	if !strings.Contains(pages["/console/m/"+id], "&lt;script&gt;alert(1)") {
		t.Error("the text is not shown at all")
	}
}

// A text to the volunteer must not look as if the resident had read it.
func TestTextsToStaffAreToldApart(t *testing.T) {
	o := newOffice()
	id := o.lamp()
	say := func(staff, text string) {
		o.lines[id] = append(o.lines[id], message.Line{Direction: "out", Status: "sent", Segments: 1, At: o.now, Staff: staff, Text: text})
	}
	say("", "已记下")
	say("wang", "新到一件")
	say("gone", "请接手") // whose name the village file no longer has
	body := o.as(t, "li").page("/console/m/" + id)
	for _, want := range []string{
		`<li class="out"><p>已记下</p>`,
		`<li class="out staff"><b class="to">→ 王志愿</b><p>新到一件</p>`,
		`<li class="out staff"><b class="to">→ gone</b><p>请接手</p>`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
}
