package console

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"sanshi/internal/directory"
)

func TestAsked(t *testing.T) {
	o := newOffice()
	for i, text := range []string{"图书室几点开门", "请问图书室今天开不开门", "圖書室幾點關門", "班车几点"} {
		o.asked = append(o.asked, directory.Question{ID: "q" + string(rune('1'+i)), Address: "sms:+8613800000009", Text: text, At: o.now.Add(time.Duration(i) * time.Minute)})
	}
	b := o.as(t, "li")
	if text := b.get("/console/calls").Body.String(); !strings.Contains(text, `/console/asked">`) || !strings.Contains(text, `<b class="count loud">1</b>`) {
		t.Errorf("the calls do not lead to what was asked three times: %s", text)
	}
	text := b.get("/console/asked").Body.String()
	for _, want := range []string{"图书室", "班车几点", `value="q3,q2,q1"`, `value="图书室"`} {
		if !strings.Contains(text, want) {
			t.Errorf("the page has no %s: %s", want, text)
		}
	}
	if strings.Contains(text, "138") {
		t.Error("who asked is shown")
	}
	w := b.post("/console/asked", url.Values{"q": {"q3,q2,q1"}, "name": {"图书室"}, "text": {"周六日上午9点到11点。"}, "tell": {"1"}})
	if w.Code != http.StatusSeeOther || len(o.written) != 1 || o.written[0].By != "li" || !o.written[0].Tell || len(o.written[0].Answers) != 3 {
		t.Fatalf("%d %+v", w.Code, o.written)
	}
	w = b.post("/console/asked", url.Values{"q": {"q4"}, "name": {"班车"}, "text": {strings.Repeat("长", 101)}})
	if w.Code != http.StatusUnprocessableEntity || len(o.written) != 1 {
		t.Errorf("too long an answer: %d", w.Code)
	}
	for _, who := range []string{"wang", "admin2"} {
		if _, ok := o.village.Member(who); !ok {
			continue
		}
		if w := o.as(t, who).post("/console/asked", url.Values{"q": {"q4"}, "name": {"x"}, "text": {"y"}}); w.Code != http.StatusForbidden {
			t.Errorf("%s writes the village's facts: %d", who, w.Code)
		}
	}
}

// Anybody who sees her words may ask that she be left in peace; few may take it back.
func TestContact(t *testing.T) {
	o := newOffice()
	id := o.lamp()
	who := o.matters[id].Resident
	wang := o.as(t, "wang")
	if w := wang.post("/console/m/"+id+"/contact", url.Values{"contact": {"quiet"}}); w.Code != http.StatusSeeOther || o.contact[who] != directory.QuietContact {
		t.Fatalf("%d, %q", w.Code, o.contact[who])
	}
	if text := wang.get("/console/m/" + id).Body.String(); !strings.Contains(text, "不要给她打电话") {
		t.Error("the page of her matter does not say that she is left in peace")
	}
	if events := o.events[id]; !strings.Contains(events[len(events)-1].Note, "不主动联系") {
		t.Error("the record does not say who asked for it")
	}
	if w := wang.post("/console/m/"+id+"/contact", url.Values{"contact": {""}}); w.Code != http.StatusForbidden || o.contact[who] == "" {
		t.Errorf("a lead takes it back: %d", w.Code)
	}
	if w := o.as(t, "li").post("/console/m/"+id+"/contact", url.Values{"contact": {""}}); w.Code != http.StatusSeeOther || o.contact[who] != "" {
		t.Errorf("the secretary takes it back: %d", w.Code)
	}
}
