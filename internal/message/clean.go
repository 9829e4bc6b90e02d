package message

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxText is how many characters of a received text are kept. The longest that
// carriers pass on as one text is 1,600 (Twilio); other channels send more.
const MaxText = 4000

// Clean makes a received text fit to be kept and shown. Each run of bytes that
// is no UTF-8 becomes one U+FFFD, so that a reader sees that something was lost;
// control characters (NUL above all, which Postgres refuses) and characters that
// turn the direction of writing go, line ends become \n, white space at the ends
// goes; beyond MaxText characters the rest goes and the last one kept is "…".
func Clean(raw string) string {
	if len(raw) > 8*MaxText*utf8.UTFMax { // do not walk a flood to its end
		raw = raw[:8*MaxText*utf8.UTFMax]
	}
	raw = strings.ToValidUTF8(raw, string(utf8.RuneError))
	raw = strings.ReplaceAll(raw, "\r\n", "\n")
	raw = strings.TrimSpace(strings.Map(keepable, raw))
	n := 0
	for i := range raw {
		if n++; n == MaxText {
			if _, size := utf8.DecodeRuneInString(raw[i:]); i+size < len(raw) {
				return raw[:i] + "…"
			}
		}
	}
	return raw
}

func keepable(r rune) rune {
	switch {
	case r == '\n' || r == '\t':
		return r
	case r == '\r' || r == '\u2028' || r == '\u2029' || r == '\v' || r == '\f':
		return '\n'
	case unicode.IsControl(r), r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069, r == 0x200E, r == 0x200F, r == 0xFEFF:
		return -1
	}
	return r
}
