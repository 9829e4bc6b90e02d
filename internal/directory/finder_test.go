package directory

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"sanshi/internal/message"
)

// TestWhere runs on 向阳村: 一组 (村口 老粮站 …), 二组 (桥头 祠堂 …), 三组 (李家湾 后山 三号楼 …).
func TestWhere(t *testing.T) {
	f := Demo().Finder()
	for _, c := range []struct{ text, area, place string }{
		{"村口灯坏了", "g1", "村口"},
		{"村口那个灯又灭了", "g1", "村口"},
		{"三组停水", "g3", "三组"},
		{"3组停水", "g3", "三组"},
		{"第３組停水", "g3", "三组"},
		{"第三村民小组停水", "g3", "三组"},
		{"一队停水", "g1", "一组"},
		{"叁组停水", "g3", "三组"},
		{"七组停水", "", "七组"},
		{"二十一组停水", "", "二十一组"},
		{"一二组停水", "g2", "二组"},
		{"3號樓的電梯", "g3", "三号楼"},
		{"后山着火了后山好大的烟往祠堂那边飘", "g3", "后山、祠堂"},
		{"灯坏了 李家湾桥边上", "g3", "李家湾桥边"},
		{"垃圾点的桶五天没收了 三组的", "g3", "垃圾点"},
		{"村口老粮站旁边", "g1", "村口老粮站旁边"},
		{"老糧站旁邊", "g1", "老粮站旁边"},
		{"二组祠堂后面的路", "g2", "祠堂后面"},
		{"三组的老槐树", "g3", "老槐树"}, // what she says of the group goes before the list
		{"老王家门口的沟堵了", "", "老王家门口"},
		{"张大爷家后面", "", "张大爷家后面"},
		{"王建国家门口", "", "王建国家门口"},
		{"李家坝那条路", "", "李家坝"},
		{"小学门口堵车", "", "小学门口"},
		{"3栋2单元漏水", "", "3栋2单元"},
		{"十字路口", "", "十字路口"},
		{"孙子上小学", "", ""},
		{"方便我家门口", "", ""},
		{"大家门口都扫了", "", ""},
		{"电话13812345678", "", ""},
		{"13812345671组", "", ""},
		{"两组数", "", ""},
		{"你好", "", ""},
		{"", "", ""},
	} {
		area, place := f.Where(message.Fold(c.text))
		if area != c.area || place != c.place {
			t.Errorf("%q: %q %q, want %q %q", c.text, area, place, c.area, c.place)
		}
	}
}

func TestFindKindsAndBounds(t *testing.T) {
	text := message.Fold("第3组泵房旁边，还有后坎桥边")
	want := []Hit{
		{AreaName, "g3", "三组", 0, len("第3组")},
		{Listed, "g3", "泵房旁边", len("第3组"), len("第3组泵房旁边")},
		{Phrase, "", "桥边", len("第3组泵房旁边,还有后坎"), len(text)},
	}
	if got := Demo().Finder().Find(text); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// TestPlaceOfTwoAreas: a place that two areas list could be in either.
func TestPlaceOfTwoAreas(t *testing.T) {
	v := &Village{Areas: []Area{
		{ID: "a", Name: "1栋", Places: []string{"垃圾点"}}, {ID: "b", Name: "第二网格", Places: []string{"垃圾点", "车棚"}},
	}}
	f := NewFinder(v)
	for text, want := range map[string][2]string{
		"垃圾点臭": {"", "垃圾点"}, "一号楼垃圾点臭": {"a", "垃圾点"}, "2网格车棚": {"b", "车棚"}, "一幢": {"a", "1栋"},
	} {
		if area, place := f.Where(text); area != want[0] || place != want[1] {
			t.Errorf("%q: %q %q, want %q", text, area, place, want)
		}
	}
}

func FuzzFinder(f *testing.F) {
	for _, s := range []string{"第3组泵房", "老王家", "张大爷家", "第", "十", "十二", "李家", "老李头家门口", "\xff组", "99999组", "阿"} {
		f.Add(s)
	}
	finder := Demo().Finder()
	f.Fuzz(func(t *testing.T, raw string) {
		for _, s := range []string{raw, message.Fold(raw)} {
			end := 0
			for _, h := range finder.Find(s) {
				if h.Start < end || h.End <= h.Start || h.End > len(s) || h.Place == "" {
					t.Fatalf("%q: %+v after %d", s, h, end)
				}
				if part := s[h.Start:h.End]; utf8.ValidString(s) && !utf8.ValidString(part) {
					t.Fatalf("%q: %q cuts a character", s, part)
				}
				if h.Kind == Phrase && h.Place != s[h.Start:h.End] {
					t.Fatalf("%q: %+v is not what is said", s, h)
				}
				end = h.End
			}
			finder.Where(s)
		}
	})
}

func BenchmarkFind(b *testing.B) {
	f := Demo().Finder()
	text := message.Fold(strings.Repeat("我们三组那边的水沟堵了，就在老王家门口，一下雨往祠堂那边的路上漫，", 2))
	if n := utf8.RuneCountInString(text); n < 60 {
		b.Fatalf("only %d characters", n)
	}
	b.ReportAllocs()
	for b.Loop() {
		f.Where(text)
	}
}

func BenchmarkNewFinder(b *testing.B) {
	v := Demo()
	for b.Loop() {
		NewFinder(v)
	}
}
