package dialogue

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"sanshi/internal/catalog"
	"sanshi/internal/classify"
	"sanshi/internal/directory"
	"sanshi/internal/matter"
	"sanshi/internal/message"
)

var now = time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC)

func village() *directory.Village {
	return &directory.Village{
		ID: "xiangyang", Name: "向阳村", Language: "zh-Hans", Country: "CN", Location: time.FixedZone("CST", 8*3600),
		SMS:   []string{"+12065550100"},
		Areas: []directory.Area{{ID: "g1", Name: "一组", Places: []string{"村口"}, Lead: "wang"}},
		Facts: map[string]directory.Fact{"office_hours": {Text: "周一到周五 8:30-11:30。"}},
		Staff: []directory.Staff{
			{ID: "li", Name: "李书记", Role: directory.Secretary, Phone: "+12065550111"},
			{ID: "wang", Name: "王组长", Role: directory.Lead, Phone: "+12065550112"},
		},
	}
}

// light is what a text about the light at the village gate is about.
var light = classify.Result{
	Part: "村口路灯坏了", Kind: catalog.VillageRun, Code: "V1", Urgency: catalog.Normal, Area: "g1", Place: "村口",
	Summary: "村口路灯坏了", Confidence: 0.9, Source: "linear", Need: true,
}

var nothing = classify.Result{Kind: catalog.None, Code: "N0", Urgency: catalog.Normal, Confidence: 0.4, Source: "linear"}

// turn is a text of a known resident that is about r.
func turn(text string, r classify.Result, ms ...matter.Matter) Turn {
	n := 0
	return Turn{
		Village:  village(),
		Resident: directory.Resident{Village: "xiangyang", Address: "sms:+8613800000001", Greeted: true, Version: 1, Language: "zh-Hans"},
		State:    State{Version: 1},
		Calendar: matter.NewCalendar(),
		Matters:  ms,
		In:       message.Inbound{ID: "in1", Village: "xiangyang", Channel: "sms", From: "sms:+8613800000001", To: "+12065550100", Text: text, At: now},
		Read:     func(string) []classify.Result { r.Part = text; return []classify.Result{r} },
		Now:      now,
		NewID:    func() string { n++; return fmt.Sprintf("id%d", n) },
	}
}

// mine is a matter of hers in a state.
func mine(id string, s matter.State) matter.Matter {
	return matter.Matter{
		Village: "xiangyang", ID: id, Number: "0001-3", Kind: catalog.VillageRun, Code: "V1", State: s, Urgency: catalog.Normal,
		Area: "g1", Place: "村口", Resident: "sms:+8613800000001", Summary: "村口路灯坏了", Text: "村口路灯坏了",
		RaisedAt: now.Add(-time.Hour), DueAt: now.Add(72 * time.Hour), Version: 1,
	}
}

// asked opens a question whose text went out before this one came.
func asked(t Turn, kind, id string, options ...string) Turn {
	t.Ask = &message.Ask{ID: "q1", Kind: kind, Matter: id, Options: options, At: now.Add(-time.Minute)}
	return t
}

// What each text is heard as. The classifier's answer is given, so that the
// order of the listeners alone is tested.
func TestHeard(t *testing.T) {
	open, done := mine("m1", matter.Handling), mine("m2", matter.Done)
	cases := []struct {
		text string
		turn Turn
		want string
	}{
		{"村口路灯坏了", turn("村口路灯坏了", light), "matter"},
		{"STOP", turn("STOP", light, open), "stop"},
		{"cancel", turn("Cancel.", light, open), "stop"},
		{"退订", turn("退订！", nothing), "stop"},
		{"取消", turn("取消", nothing, open), "cancel"},
		{"start without a stop before", turn("YES", nothing), "held"},
		{"0", turn("0", nothing), "person"},
		{"〇", turn("０", nothing), "person"},
		{"no call please", turn("他又来了，别回电话", nothing), "held"},
		{"?", turn("？", nothing), "wordless"},
		{"bare digit", turn("7", nothing), "digit"},
		{"digit with one done", turn("4", nothing, done), "digit"},
		{"digit with question", asked(turn("4", nothing, done), AskRate, "m2"), "answer"},
		{"words as rating", asked(turn("满意", nothing, done), AskRate, "m2"), "answer"},
		{"place", asked(turn("老粮站", nothing, open), AskWhere, "m1"), "answer"},
		{"thanks", turn("谢谢你们啊", nothing, done), "thanks"},
		{"progress", turn("办好没有", nothing, open), "progress"},
		{"pointing", turn("路灯那个", nothing, open), "progress"},
		{"hello", turn("在吗", nothing), "greeting"},
		{"fact", turn("村委会几点上班", nothing), "fact"},
		{"told again", turn("村口路灯还没亮", light, open), "known"},
		{"forget", turn("把我的资料删掉", nothing), "erase"},
		{"fragment", turn("喂 那个 我说哈", nothing), "held"},
	}
	for _, c := range cases {
		if got := Decide(c.turn).Heard; got != c.want {
			t.Errorf("%s: heard as %q, want %q", c.text, got, c.want)
		}
	}
}

// A digit never opens a matter, whatever is open and whatever the classifier thinks.
func TestDigitNeverOpens(t *testing.T) {
	for _, text := range []string{"1", "２", "三", "⑤", "6", "99", "5 谢谢"} {
		for _, ms := range [][]matter.Matter{nil, {mine("a", matter.Done)}, {mine("a", matter.Done), mine("b", matter.Done)}, {mine("a", matter.Sorting)}} {
			for _, mv := range Decide(turn(text, light, ms...)).Moves {
				if mv.Open != nil {
					t.Errorf("%q opened a matter", text)
				}
			}
		}
	}
}

// A question is open only for its time, only once, and never for a revived text.
func TestQuestionCloses(t *testing.T) {
	done, other := mine("m1", matter.Done), mine("m2", matter.Done)
	rated := func(tn Turn) bool { p := Decide(tn); return len(p.Moves) == 1 && p.Moves[0].Act.Kind == matter.Rate }

	open := asked(turn("5", nothing, done, other), AskRate, "m1")
	if !rated(open) {
		t.Fatal("an open question takes the digit")
	}
	if got := Decide(open).State.Answered; got != "q1" {
		t.Errorf("the answered question stays open: %q", got)
	}
	late := open
	late.In.At = now.Add(15 * 24 * time.Hour)
	answered := open
	answered.State.Answered = "q1"
	revived := open
	revived.In.Revived = true
	for name, tn := range map[string]Turn{"after 14 days": late, "answered": answered, "revived": revived} {
		if rated(tn) {
			t.Errorf("%s: the digit still answered the question", name)
		}
	}
}

// One number may send 20 texts a minute; the rest is kept unread but for danger.
func TestThrottle(t *testing.T) {
	tn := turn("村口路灯坏了", light)
	tn.State.Minute, tn.State.Recent = now, rateLimit
	p := Decide(tn)
	if p.Heard != "throttled" || len(p.Says) != 1 {
		t.Errorf("heard %q, said %v; want throttled, once", p.Heard, p.Says)
	}
	tn.State.ThrottledAt = now.Add(-time.Minute)
	if p = Decide(tn); len(p.Says) != 0 {
		t.Errorf("told again within the hour: %v", p.Says)
	}
	fire := light
	fire.Urgency, fire.Danger, fire.Source, fire.Code = catalog.Emergency, "fire", "rule", "V9"
	tn.Read = func(string) []classify.Result { return []classify.Result{fire} }
	if p = Decide(tn); p.Heard != "danger" {
		t.Errorf("a fire beyond the rate was heard as %q", p.Heard)
	}
}

// Held words with a need go to the secretary when their time is over; without
// one they are forgotten, photos never.
func TestWake(t *testing.T) {
	for _, c := range []struct {
		name  string
		frag  Fragment
		need  bool
		opens bool
	}{
		{"need", Fragment{Text: "那个水"}, true, true},
		{"no need", Fragment{Text: "喂那个"}, false, false},
		{"photo", Fragment{Photos: []string{"https://api.twilio.com/m"}}, false, true},
	} {
		r := nothing
		r.Need = c.need
		tn := turn("", r)
		tn.State.Held, tn.State.WakeAt = []Fragment{c.frag}, now.Add(-time.Second)
		p := Wake(tn)
		if got := len(p.Moves) == 1 && p.Moves[0].Open != nil; got != c.opens {
			t.Errorf("%s: opened=%v, want %v", c.name, got, c.opens)
		}
		if len(p.State.Held) > 0 || !p.State.WakeAt.IsZero() {
			t.Errorf("%s: words are still held", c.name)
		}
	}
}

// FuzzDecide throws any text at any state. Whatever comes, the plan is carried
// out with sound matters, a reply fits two segments, holds no link, and words
// that are not understood are held, not lost.
func FuzzDecide(f *testing.F) {
	for _, s := range []string{"村口灯坏了", "5", "STOP", "0", "？", "不是村里的是我家的", "谢谢", "办好没有", "😀", "\xff\xfe", "1到5", strings.Repeat("水", 700)} {
		f.Add(s, uint8(0), uint8(0), "rate", []byte(`{}`))
		f.Add(s, uint8(3), uint8(7), "which", []byte(`{"held":[{"id":"x","text":"那个","at":"2026-11-23T00:59:00Z"}],"topic":"m0","topic_at":"2026-11-23T00:59:00Z"}`))
	}
	kinds := []string{AskRate, AskWhere, AskWhich, AskCancel, AskReopen, AskErase, AskStaff}
	f.Fuzz(func(t *testing.T, text string, about, ms uint8, ask string, state []byte) {
		results := []classify.Result{light, nothing, {Kind: catalog.Household, Code: "H2", Urgency: catalog.Urgent, Private: true, Confidence: 0.5, Source: "linear", Summary: text},
			{Kind: catalog.VillageRun, Code: "V9", Urgency: catalog.Emergency, Danger: "fire", Confidence: 1, Source: "rule"}}
		var hers []matter.Matter
		for i, s := range matter.States() {
			if ms>>(i%8)&1 == 1 {
				hers = append(hers, mine(fmt.Sprintf("m%d", i), s))
			}
		}
		tn := turn(message.Clean(text), results[int(about)%len(results)], hers...)
		if json.Unmarshal(state, &tn.State) != nil {
			tn.State = State{}
		}
		if len(hers) > 0 {
			tn = asked(tn, kinds[int(about)%len(kinds)], hers[0].ID, ids(hers)...)
		}
		p := Decide(tn)
		o := Outcome{Matters: map[string]matter.Matter{}}
		for _, m := range hers {
			o.Matters[m.ID] = m
		}
		for _, mv := range p.Moves {
			if mv.Open != nil {
				if !mv.Open.Result.Kind.Valid() {
					t.Fatalf("a matter of no kind was opened: %+v", mv.Open)
				}
				o.Matters[mv.Open.ID] = matter.Matter{ID: mv.Open.ID, Number: "123456-7", State: matter.Sorting, Summary: mv.Open.Result.Summary, Private: mv.Open.Result.Private}
			} else if _, ok := o.Matters[mv.Matter]; !ok {
				t.Fatalf("acts on a matter that is not hers: %q", mv.Matter)
			}
		}
		out, ok := Reply(tn, &p, o)
		if ok && message.Segments(out.Text) > segments {
			t.Fatalf("%d segments: %q", message.Segments(out.Text), out.Text)
		}
		if ok && !strings.HasPrefix(out.Text, "【向阳村】") {
			t.Fatalf("not signed: %q", out.Text)
		}
		if p.Heard == "" {
			t.Fatal("no listener took the text")
		}
		if p.Heard == "held" && len(p.State.Held) == 0 && len(p.Moves) == 0 {
			t.Fatal("words were neither held nor passed on")
		}
	})
}

// Every photo is kept with the matter it follows, whatever words come with it.
func TestPhotosStay(t *testing.T) {
	in := turn("臭得很", nothing, mine("m1", matter.Sorting))
	in.State.Topic, in.State.TopicAt = "m1", now.Add(-time.Minute)
	in.In.Media = []message.Media{{URL: "a"}, {URL: "b"}}
	var kept []string
	for _, mv := range Decide(in).Moves {
		if mv.Matter == "m1" && mv.Act.Kind == matter.Answer {
			kept = append(kept, mv.Act.Detail.Photo)
		}
	}
	if strings.Join(kept, " ") != "a b" {
		t.Errorf("kept %q", kept)
	}
}

// No text of hers closes, cancels or plays down what only few may know.
func TestQuietDangerIsNeverClosed(t *testing.T) {
	for _, danger := range []string{"violence", "suicide"} {
		m := mine("m1", matter.Queued)
		m.Danger, m.Urgency, m.Private, m.RaisedAt = danger, catalog.Emergency, true, now.Add(-time.Minute)
		for _, text := range []string{"取消", "算了", "不用来了", "没事了", "说错了", "不是我家", "发错了 取消", "撤了", "搞错了，没有的事"} {
			for _, age := range []time.Duration{time.Minute, 3 * 24 * time.Hour} {
				m.RaisedAt = now.Add(-age)
				in := turn(text, nothing, m)
				in.State.Topic, in.State.TopicAt = "m1", now.Add(-age)
				for _, mv := range Decide(in).Moves {
					if mv.Open == nil && mv.Act.Kind != matter.Answer {
						t.Errorf("%s after %v: %q does %s", danger, age, text, mv.Act.Kind)
					}
				}
			}
		}
	}
}

// A matter that she only joined is not hers to rate, and a text handled long
// after it came rates nothing.
func TestOnlyHerOwnIsRated(t *testing.T) {
	done := mine("m1", matter.Done)
	done.Resident = "sms:+8613800000099"
	late := turn("5", nothing, mine("m2", matter.Done))
	late.In.Revived = true
	for name, in := range map[string]Turn{"joined": turn("5", nothing, done), "revived": late} {
		if moves := Decide(in).Moves; len(moves) > 0 {
			t.Errorf("%s: a bare digit does %s", name, moves[0].Act.Kind)
		}
	}
}
