package message

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestFold(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{"  村口　灯\t坏了\r\n\n快来 ", "村口 灯 坏了 快来"},
		{"ＡＢＣ１２３，？！", "abc123,?!"},
		{"村裡的路燈壞了，後山那邊", "村里的路灯坏了,后山那边"},
		{"坐著等", "坐着等"},
		{"1\uFE0F\u20E3", "1"},
		{"①⑴㈠", "1(1)(一)"},
		{"退\u200b订\u202e", "退订"},
		{"\xff\xfe坏\x00了", "坏了"},
		{"STOP", "stop"},
		{"e\u0301", "é"},
		{"a\u200d\u0301", "á"},
		{"⽔", "水"}, // a radical that only looks like the character
		{"👍🏽 好", "👍🏽 好"},
		{"ｱ", "ア"},
	} {
		if got := Fold(c.in); got != c.want {
			t.Errorf("Fold(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func TestBare(t *testing.T) {
	for in, want := range map[string]string{
		"退 订！！":       "退订",
		"【T】。":        "t",
		"👍👍":          "",
		"好 的 ~ 谢谢😊":   "好的谢谢",
		"(1)、":        "1",
		"أهلا، وسهلا": "أهلاوسهلا",
	} {
		if got := Bare(in); got != want {
			t.Errorf("Bare(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestScript(t *testing.T) {
	for in, want := range map[string]string{
		"村口路灯坏了":                           Simplified,
		"村口路燈壞了":                           Traditional,
		"停水了":                              "",
		"5":                                "",
		"":                                 "",
		"ok":                               "",
		"hello":                            English,
		"The street light at 村口 is broken": English,
		"wifi坏了三天了，没人来修":                   Simplified,
		"陳大爷家门口的灯坏了，请你们来给他修一下，他一个人在家，眼睛不好": Simplified,
		"wo jia mei shui le":    "", // pinyin: no characters on her phone
		"no water since Monday": English,
		"後山":                    Traditional,
		"乾隆":                    "",
		"我用wechat給你們發過":         Traditional,
	} {
		if got := Script(in); got != want {
			t.Errorf("Script(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"a\x00b":             "ab",
		" 灯\r\n坏\r了\v ":      "灯\n坏\n了",
		"坏\xff\xfe了":         "坏\uFFFD了",
		"\ufeff路\u202e灯":     "路灯",
		"👨\u200d👩\u200d👧 一家": "👨\u200d👩\u200d👧 一家",
	} {
		if got := Clean(in); got != want {
			t.Errorf("Clean(%q) = %q, want %q", in, got, want)
		}
	}
	if got := Clean(strings.Repeat("灯", MaxText)); got != strings.Repeat("灯", MaxText) {
		t.Error("a text of exactly the most was cut")
	}
	if got := Clean(strings.Repeat("灯", MaxText+1)); utf8.RuneCountInString(got) != MaxText || !strings.HasSuffix(got, "灯…") {
		t.Errorf("a longer one: %d characters, end %q", utf8.RuneCountInString(got), got[len(got)-6:])
	}
	if got := Clean(strings.Repeat("\xff", 5<<20)); got != "\uFFFD" {
		t.Errorf("5 MB of no text: %d bytes kept", len(got))
	}
}

func FuzzFold(f *testing.F) {
	for _, s := range []string{"村裡的路燈壞了", "ＡＢ①", "e\u0301\u200d\u0301", "\xff\x00", "ᄀ\u0300ᅡ", "İ", "Ⅷ㎡"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Fold(s)
		if !utf8.ValidString(got) {
			t.Fatalf("Fold(%q) is no UTF-8: %q", s, got)
		}
		if again := Fold(got); again != got {
			t.Fatalf("Fold(%q) = %q, and again %q", s, got, again)
		}
		if b := Bare(s); strings.ContainsAny(b, " \n.,。!") {
			t.Fatalf("Bare(%q) = %q", s, b)
		}
		if c := Clean(s); !utf8.ValidString(c) || utf8.RuneCountInString(c) > MaxText || strings.ContainsRune(c, 0) || Clean(c) != c {
			t.Fatalf("Clean(%q) = %q", s, c)
		}
		Script(s)
	})
}

const longish = "我们三组那边的水沟堵了好几天了，一下雨水就往路上漫，老人出门不方便，麻烦你们派个人来看一下，谢谢。"

func BenchmarkFold(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Fold(longish)
	}
}

func BenchmarkFoldUnusual(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Fold(longish + "①")
	}
}

func BenchmarkScript(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Script(longish)
	}
}
