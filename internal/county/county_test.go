package county

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"sanshi/internal/directory"
)

// TestCounty: the same seed gives the same county, its files are village files,
// and its texts come in the order of their times.
func TestCounty(t *testing.T) {
	for _, storm := range []bool{false, true} {
		p := Plan{Seed: 7, Villages: 269, Residents: 680_000, Texts: 20_000, Storm: storm}
		all := p.County()
		people, ids := 0, map[string]bool{}
		for i, v := range all {
			parsed, err := directory.Parse([]byte(v.File), v.ID+".toml")
			if err != nil {
				t.Fatal(err)
			}
			if _, ok := parsed.Member(v.Secretary); !ok || ids[v.ID] || parsed.SMS[0] != v.Number {
				t.Fatalf("village %d: %+v", i, v)
			}
			ids[v.ID] = true
			people += v.Residents
		}
		if people < 670_000 || people > 690_000 {
			t.Errorf("%d residents", people)
		}
		texts := p.Day(all)
		if !reflect.DeepEqual(texts, p.Day(p.County())) {
			t.Error("the same seed gave other texts")
		}
		var last time.Duration
		evening := 0
		for _, x := range texts {
			if x.At < last || x.At >= 24*time.Hour || x.Village < 0 || x.Village >= len(all) || !strings.HasPrefix(x.From, "sms:+8613") {
				t.Fatalf("%+v after %v", x, last)
			}
			last = x.At
			if x.At > 19*time.Hour && x.At < 20*time.Hour {
				evening++
			}
		}
		if share := float64(evening) / float64(len(texts)); len(texts) != p.Texts || storm != (share > .4) {
			t.Errorf("storm %v: %d texts, %.2f of them in its hour", storm, len(texts), share)
		}
	}
}
