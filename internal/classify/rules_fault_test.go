package classify

import (
	"testing"

	"sanshi/internal/message"
)

func TestFaults(t *testing.T) {
	spell := newSpeller(village)
	for _, c := range []struct {
		text, code string
		want       bool
	}{
		{"停电", "G3", true},
		{"灯坏", "V1", true},
		{"我家灯坏了", "H5", true},
		{"我家水管爆了，满地水", "H5", true},
		{"麻烦你们了，厕所堵了，谢谢", "H5", true},
		{"你看这个垃圾 在桥头", "V3", true},
		{"村口路登怀了", "V1", true},
		{"水够堵了", "V2", true},
		{"低保", "G2", true},
		{"低保怎么申请", "G2", true},
		{"我是低保户", "", false},
		{"水龙头好了", "", false},
		{"灯不坏，就是不够亮", "", false},
		{"帮帮我", "", false},
		{"谢谢你们啊 灯亮得很", "", false},
		{"妈 我到学校了", "", false},
	} {
		code, got := faultIn(spell.right(message.Fold(c.text)))
		if got != c.want || got && code != c.code {
			t.Errorf("%s: %v %q, want %v %q", c.text, got, code, c.want, c.code)
		}
	}
}

// Places that are misspelt by their sound, and places that the text takes back.
func TestPlacesMeant(t *testing.T) {
	c := classifier(t)
	for _, x := range []struct{ text, area, place string }{
		{"水沟堵了 在祠唐边", "g2", "祠堂边"},
		{"村口路灯坏了 不对 是桥头", "g2", "桥头"},
		{"不是祠堂 是老粮站那边", "g1", "老粮站"},
		{"村口路灯坏了，不是一天两天了", "g1", "村口"},
		{"老凉站的灯", "g1", "老粮站"},
	} {
		if area, place := c.placeIn(x.text, village); area != x.area || place != x.place {
			t.Errorf("%s: %q %q, want %q %q", x.text, area, place, x.area, x.place)
		}
	}
}
