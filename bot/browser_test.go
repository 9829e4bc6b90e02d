package main

import (
	"context"
	"os"
	"testing"
	"time"

	"sanshi/internal/matter"
	"sanshi/internal/web/page/pagetest"
)

// TestFromTextToRating goes the whole way in a real browser, on the demo village:
// she texts, the secretary approves, the volunteer takes it and finishes, she
// rates. PICTURES names a folder for the pictures of the README.
func TestFromTextToRating(t *testing.T) {
	r := startRig(t, rigOptions{})
	b := pagetest.Open(t, r.URL(), os.Getenv("PICTURES"))
	b.Resize(pagetest.Desktop)

	b.Go("/sim/")
	r.say(b, "村口路灯坏了三天了")
	b.See("记下了")
	m := r.only(t)
	for from, text := range map[string]string{
		"+12065550133": "我娘的养老金两个月没到账了，药都买不起", "+12065550134": "我家跟隔壁为地界吵起来了，想请人来评评理",
	} {
		r.clock.advance(time.Minute)
		r.post("/api/v1/villages/xiangyang/messages", map[string]any{"from": from, "text": text}, 202, nil)
		r.settle()
	}
	b.Go("/console/in?token=" + r.link(t, "secretary"))
	b.Click("#sign-in")
	b.See("村口路灯坏了")
	b.Picture("console", false)
	b.Click(`#m-` + m.ID + ` > footer button[data-act="approve"]`)
	b.See("已同意")
	b.Click(`form.who button`)
	b.See("请打开管理员发给您的登录链接")

	r.clock.advance(time.Hour)
	b.Go("/console/in?token=" + r.link(t, "volunteer"))
	b.Click("#sign-in")
	b.See("孙小明")
	b.Go("/console/m/" + m.ID)
	b.Click(`button[data-act="claim"]`)
	b.See("归您办了")
	b.Click(`[data-fold="finish"]`)
	b.Type(`details[open] textarea[name="note"]`, "换了灯泡，亮了")
	b.Click(`details[open] button[data-act="finish"]`)
	b.See("已办结")
	r.settle()

	b.Go("/sim/")
	b.See("1到5")
	r.say(b, "5")
	b.See("谢谢您")
	b.Picture("phone", false)
	m, err := r.Store.Matter(t.Context(), "xiangyang", m.ID)
	if err != nil || m.State != matter.Closed || m.Rating != 5 {
		t.Errorf("in the end the matter is %s, rated %d, %v", m.State, m.Rating, err)
	}
	b.Quiet()
}

// say sends a text from the first phone of the simulator.
func (r *rig) say(b *pagetest.Browser, text string) {
	r.clock.advance(time.Second)
	b.Type(`#phone-1 textarea[name="text"]`, text)
	b.Click(`button[data-send="1"]`)
	b.See(text)
	r.settle()
}

func (r *rig) link(t *testing.T, role string) string {
	t.Helper()
	v, err := r.Store.Village(context.Background(), "xiangyang")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range v.Staff {
		if string(s.Role) == role {
			token, err := r.Store.NewLink(context.Background(), v.ID, s.ID, time.Hour)
			if err != nil {
				t.Fatal(err)
			}
			return token
		}
	}
	t.Fatalf("the demo village has no %s", role)
	return ""
}

// only gives the one matter there is.
func (r *rig) only(t *testing.T) matter.Matter {
	t.Helper()
	ms := r.matters()
	if len(ms) != 1 {
		t.Fatalf("%d matters; want 1", len(ms))
	}
	return ms[0]
}
