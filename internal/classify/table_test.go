package classify

import (
	"strings"
	"testing"
)

// One letter sent twice under two titles is one case: what is learnt from the
// first must not be asked of the second.
func TestLessonsTieLettersTogether(t *testing.T) {
	const letter = "本人居住在城南小区，楼下烧烤店每天营业到凌晨三点，油烟很大"
	table, err := ReadTable("t", strings.NewReader("label\ttitle\tdetail\n"+
		"a\t油烟扰民\t"+letter+"\n"+
		"b\t公交太少\t请回复\n"+
		"a\t烧烤店何时能管\t"+letter+"\n"+
		"b\t地铁口没有灯\t请回复\n"+
		"a\t油烟扰民\t\n"))
	if err != nil {
		t.Fatal(err)
	}
	texts, err := Lessons([]Table{table}, []string{"title", "detail"}, "label")
	if err != nil {
		t.Fatal(err)
	}
	group := map[string]int{}
	for _, x := range texts {
		if !x.Extra {
			group[x.Text] = x.Group
		} else if x.Weight != 0.5 {
			t.Errorf("the detail %q weighs %v", x.Text, x.Weight)
		}
	}
	if len(texts) != 9 || len(group) != 4 {
		t.Fatalf("%d texts, titles %v", len(texts), group)
	}
	if group["油烟扰民"] != group["烧烤店何时能管"] {
		t.Error("the same letter under two titles is in two groups")
	}
	if group["公交太少"] == group["地铁口没有灯"] || group["公交太少"] == group["油烟扰民"] {
		t.Errorf("a few polite words tie nothing together: %v", group)
	}
}

// A row that belongs to two groups makes one of them.
func TestLessonsJoinGroups(t *testing.T) {
	const one, two = "本人居住在城南小区，楼下烧烤店每天营业到凌晨三点，油烟很大", "我村的水渠堵了大半年，秧苗都快旱死了，请派人来看看好不好"
	table, err := ReadTable("t", strings.NewReader("label\ttitle\tx\ty\n"+
		"a\t甲\t"+one+"\t\n"+"a\t乙\t"+two+"\t\n"+"a\t丙\t"+one+"\t"+two+"\n"))
	if err != nil {
		t.Fatal(err)
	}
	texts, err := Lessons([]Table{table}, []string{"title", "x", "y"}, "label")
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range texts {
		if x.Group != texts[0].Group {
			t.Errorf("%q is in group %d, the first in %d", x.Text, x.Group, texts[0].Group)
		}
	}
}
