package main

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"io"
	"strings"
	"testing"
	"time"

	"sanshi/internal/store/storetest"
)

// TestKeptLongEnough: three years after it ended nothing of what was said in a
// matter is left, the record is whole and says why, and an open matter keeps all.
func TestKeptLongEnough(t *testing.T) {
	for name, database := range map[string]func(testing.TB) string{"SQLite": func(testing.TB) string { return "" }, "Postgres": storetest.Postgres} {
		t.Run(name, func(t *testing.T) {
			ctx := context.Background()
			k := newTalk(t)
			k.p = startRig(t, rigOptions{villages: "testdata/villages", env: map[string]string{"SANSHI_DATABASE_URL": database(t)}})
			k.text("+8613800001301: 村口路灯坏了")
			k.act("li: decline V1 note=今年没有预算", 200)
			k.p.clock.advance(2 * time.Minute)
			k.text("+8613800001302: 三组垃圾点的桶五天没收了")
			forget := func(days int) int {
				t.Helper()
				k.p.clock.advance(time.Duration(days) * 24 * time.Hour)
				n, err := k.p.Desk.Forget(ctx)
				if err != nil {
					t.Fatal(err)
				}
				return n
			}
			if n := forget(30); n != 0 {
				t.Errorf("%d things were erased after 30 days", n)
			}
			if forget(400) == 0 || len(k.sent("+8613800001301")) != 0 || len(k.sent("+8613800001302")) == 0 {
				t.Errorf("after a year the texts of an ended matter go and those of an open one stay; left are %q and %q",
					k.sent("+8613800001301"), k.sent("+8613800001302"))
			}
			if m := k.find("V1"); !strings.Contains(m["text"].(string), "路灯") {
				t.Error("the words of the matter went with the texts")
			}
			pictures := map[string]string{}
			for _, code := range []string{"V1", "V3"} {
				ref, err := k.p.pictures().Keep("lijiawan", k.find(code)["id"].(string), aPicture(t))
				if err != nil {
					t.Fatal(err)
				}
				pictures[code] = ref
			}
			k.p.clock.advance(700 * 24 * time.Hour)
			if err := k.p.forgetOld(ctx); err != nil {
				t.Fatal(err)
			}
			for code, ref := range pictures {
				file, err := k.p.pictures().Open("lijiawan", k.find(code)["id"].(string), ref)
				if err == nil {
					_ = file.Close()
				}
				if (err == nil) != (code == "V3") {
					t.Errorf("the picture of %s: %v; it goes with the words", code, err)
				}
			}
			if m := k.find("V1"); m["text"] != "" || m["summary"] != "" || m["resident"] != "" || m["state"] != "declined" {
				t.Errorf("left of the matter is %v", m)
			}
			if m := k.find("V3"); m["text"] == "" || m["resident"] == "" {
				t.Errorf("an open matter lost its words: %v", m)
			}
			id := k.find("V1")["id"].(string)
			events, err := k.p.Store.Events(ctx, "lijiawan", id)
			if err != nil || len(events) == 0 {
				t.Fatal(err)
			}
			if last := events[len(events)-1]; last.Kind != "erase" || last.By != "clock" || last.Detail.Reason != "retention" {
				t.Errorf("the record does not say why: %+v", last)
			}
			if report, err := k.p.Store.Verify(ctx, "", ""); err != nil || report.Break != nil || report.Erased == 0 {
				t.Errorf("%+v %v", report, err)
			}
			if n := forget(1); n != 0 {
				t.Errorf("%d things were erased once more", n)
			}
		})
	}
}

func aPicture(t *testing.T) io.Reader {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewRGBA(image.Rect(0, 0, 4, 4))); err != nil {
		t.Fatal(err)
	}
	return &b
}
