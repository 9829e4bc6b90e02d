package message

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Fold gives the form of a text in which words are compared, never the form in
// which they are shown. In this order: invalid UTF-8, control, zero-width and
// bidirectional characters, variation selectors and stray accents are dropped;
// width and other compatibility forms are folded (Unicode NFKC: ＡＢ，① become
// AB,1); letters become lower case; Traditional characters become Simplified,
// one by one; white space becomes single spaces, none at the ends.
//
// So Chinese commas, colons, question and exclamation marks come out as ASCII
// ones; 。 and 、 stay. Fold(Fold(s)) is Fold(s).
func Fold(s string) string {
	t := simplifier()
	for range 4 { // once for nearly every text; again while dropping made new pairs compose
		if !plain(s) {
			s = norm.NFKC.String(keepVisible(s))
		}
		s = foldRunes(t, s)
		if plain(s) || norm.NFKC.IsNormalString(s) {
			break
		}
	}
	return s
}

func foldRunes(t *simplification, s string) string {
	out := make([]byte, 0, len(s))
	space := false
	for _, r := range s {
		switch {
		case r >= 0xFF01 && r <= 0xFF5E:
			r -= 0xFEE0 // full width forms of ASCII
		case r == 0x3000 || r != ' ' && unicode.IsSpace(r):
			r = ' '
		case hidden(r):
			continue
		}
		if r == ' ' {
			space = len(out) > 0
			continue
		}
		if space {
			out, space = append(out, ' '), false
		}
		out = utf8.AppendRune(out, t.simple(lower(r)))
	}
	return string(out)
}

func lower(r rune) rune {
	if r < utf8.RuneSelf {
		if 'A' <= r && r <= 'Z' {
			r += 'a' - 'A'
		}
		return r
	}
	if han(r) {
		return r
	}
	return unicode.ToLower(r)
}

// Bare is Fold with all that is neither letter nor digit taken out: for
// comparing whole messages, whatever signs and faces stand around the words.
func Bare(s string) string {
	return strings.Map(func(r rune) rune {
		if han(r) || unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r) {
			return r
		}
		return -1
	}, Fold(s))
}

// plain reports whether compatibility folding has nothing to do beyond what
// foldRunes does itself: most texts, and three times as fast.
func plain(s string) bool {
	for i := 0; i < len(s); {
		if s[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if !plainRune(r) {
			return false
		}
		i += n
	}
	return true
}

func plainRune(r rune) bool {
	switch {
	case han(r), r >= 0x3000 && r <= 0x3011, r >= 0xFF01 && r <= 0xFF5E: // characters and their punctuation
	case r >= 0x2018 && r <= 0x201D && r != 0x201B: // quotation marks
	case r >= 0x1F300 && r <= 0x1FAFF: // pictures
	default:
		return false
	}
	return true
}

func han(r rune) bool { return r >= 0x3400 && r <= 0x9FFF }

// keepVisible drops what must not stand between two characters that compose.
func keepVisible(s string) string {
	return strings.Map(func(r rune) rune {
		if hidden(r) && (r < 0x0300 || r > 0x036F) {
			return -1
		}
		return r
	}, s)
}

// hidden reports characters that a reader does not see, or sees only as a
// decoration of others: they hide words from a filter, and mean nothing.
func hidden(r rune) bool {
	switch {
	case r < utf8.RuneSelf:
		return r < ' ' && !unicode.IsSpace(r) || r == 0x7F
	case han(r):
		return false
	case r == utf8.RuneError, // also stands for each invalid byte
		r >= 0x0300 && r <= 0x036F,                               // accents that did not compose
		r >= 0xFE00 && r <= 0xFE0F, r >= 0xE0000 && r <= 0xE0FFF, // variation selectors, tags
		r == 0x20E3,                                                     // the keycap around a digit
		r == 0x115F, r == 0x1160, r == 0x3164, r == 0xFFA0, r == 0x2800: // fillers that look like nothing
		return true
	}
	return unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Cc, r) && !unicode.IsSpace(r) || unicode.Is(unicode.Co, r)
}
