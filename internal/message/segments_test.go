package message

import (
	"strings"
	"testing"
	"unicode/utf16"
)

func TestSegments(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       int
	}{
		{"nothing", "", 0},
		{"160 letters", strings.Repeat("a", 160), 1},
		{"161 letters", strings.Repeat("a", 161), 2},
		{"306 letters", strings.Repeat("a", 306), 2},
		{"307 letters", strings.Repeat("a", 307), 3},
		{"80 euros", strings.Repeat("€", 80), 1},
		{"81 euros", strings.Repeat("€", 81), 2},
		{"an escape is not split", strings.Repeat("a", 152) + "€" + strings.Repeat("a", 152), 3},
		{"70 characters", strings.Repeat("灯", 70), 1},
		{"71 characters", strings.Repeat("灯", 71), 2},
		{"134 characters", strings.Repeat("灯", 134), 2},
		{"135 characters", strings.Repeat("灯", 135), 3},
		{"one Chinese character makes all UCS-2", strings.Repeat("a", 70) + "灯", 2},
		{"35 faces", strings.Repeat("😀", 35), 1},
		{"36 faces", strings.Repeat("😀", 36), 2},
		{"a pair is not split: 33 to a part", strings.Repeat("😀", 67), 3},
		{"a capital with cedilla is GSM, a small one is not", strings.Repeat("ç", 71), 2},
		{"line ends are GSM", strings.Repeat("\n", 160), 1},
	} {
		if got := Segments(c.text); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
	if !Fits(strings.Repeat("灯", 134), 2) || Fits(strings.Repeat("灯", 135), 2) {
		t.Error("Fits does not agree with 134 units in two")
	}
}

// TestAlphabet holds septetsOf against the table of GSM 03.38: 128 places of which
// one is the escape, and ten in the extension (its form feed, and nine signs).
func TestAlphabet(t *testing.T) {
	one, two := 0, 0
	for r := rune(0); r <= 0x10FFFF; r++ {
		switch septetsOf(r) {
		case 1:
			one++
		case 2:
			two++
		}
	}
	if one != 127 || two != 10 {
		t.Errorf("%d characters of one septet and %d of two; GSM 03.38 has 127 and 10", one, two)
	}
}

func FuzzSegments(f *testing.F) {
	for _, s := range []string{"", "hello", "村口灯坏了", "😀", "€[]", strings.Repeat("灯", 135), "\xff"} {
		f.Add(s, "灯")
	}
	f.Fuzz(func(t *testing.T, s, more string) {
		n, units := Segments(s), Units(s)
		if units != len(utf16.Encode([]rune(s))) {
			t.Fatalf("Units(%q) = %d", s, units)
		}
		if (n == 0) != (s == "") {
			t.Fatalf("Segments(%q) = %d", s, n)
		}
		if s == "" {
			return
		}
		// At best all is GSM (160, 153 a part), at worst every part of 67 loses one to a pair.
		if n > 1 && (units > n*153 || n > 2+units/66) || n == 1 && units > 160 {
			t.Fatalf("%d units in %d segments", units, n)
		}
		if longer := Segments(s + more); longer < n {
			t.Fatalf("%q costs %d, and with %q after it %d", s, n, more, longer)
		}
		if !Fits(s, n) || Fits(s, n-1) {
			t.Fatalf("Fits and Segments differ on %q", s)
		}
	})
}

func BenchmarkSegments(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Segments(longish)
	}
}
