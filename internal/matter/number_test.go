package matter

import (
	"testing"

	"pgregory.net/rapid"
)

func TestNumber(t *testing.T) {
	for n, want := range map[int64]string{
		1: "0001-3", 427: "0427-0", 572: "0572-4", 9999: "9999-2", 10000: "10000-9", // 572 → 4 is Damm's own example
	} {
		if got := Number(n); got != want {
			t.Errorf("Number(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestParseNumber(t *testing.T) {
	for in, want := range map[string]string{
		"0427-0": "0427-0", "04270": "0427-0", " ０４２７－０ ": "0427-0", "#0427-0": "0427-0", "0427 0": "0427-0",
		"0427—0": "0427-0", "0427一0": "0427-0", "10000-9": "10000-9", "0427 - 0": "0427-0",
		"0427-1": "", "427-0": "", "0427": "", "": "", "-": "", "0": "", "一": "", "00427-0": "", "0000-0": "", "abcd-0": "", "0427-0好": "",
		"13800000001": "", "13800000002": "", "13800000003": "", "13800000004": "", "13800000005": "", "13800000006": "",
		"13800000007": "", "13800000008": "", "13800000009": "", "13800000000": "",
	} {
		got, ok := ParseNumber(in)
		if got != want || ok != (want != "") {
			t.Errorf("ParseNumber(%q) = %q, %v; want %q", in, got, ok, want)
		}
	}
}

// TestCheckDigit: what Number makes ParseNumber reads, and no slip of one digit or
// swap of two neighbours is taken for another matter.
func TestCheckDigit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := Number(rapid.Int64Range(1, 1e12).Draw(t, "n"))
		if got, ok := ParseNumber(s); !ok || got != s {
			t.Fatalf("ParseNumber(%q) = %q, %v", s, got, ok)
		}
		b := []byte(s[:len(s)-2] + s[len(s)-1:])
		i := rapid.IntRange(0, len(b)-1).Draw(t, "place")
		if rapid.Bool().Draw(t, "swap") {
			if i+1 == len(b) || b[i] == b[i+1] {
				return
			}
			b[i], b[i+1] = b[i+1], b[i]
		} else {
			other := byte('0' + rapid.IntRange(0, 9).Draw(t, "digit"))
			if other == b[i] {
				return
			}
			b[i] = other
		}
		wrong := string(b[:len(b)-1]) + "-" + string(b[len(b)-1:])
		if got, ok := ParseNumber(wrong); ok {
			t.Fatalf("%q was mistyped as %q and taken for %q", s, wrong, got)
		}
	})
}

func FuzzParseNumber(f *testing.F) {
	for _, s := range []string{"0427-0", "０４２７－０", "一", "\xff", "04270"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, ok := ParseNumber(s)
		if again, same := ParseNumber(got); ok && (again != got || !same) {
			t.Fatalf("ParseNumber(%q) = %q, and of that %q, %v", s, got, again, same)
		}
	})
}
