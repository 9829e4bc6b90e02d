package message

import (
	"strings"
	"unicode/utf8"
)

// The sizes of an SMS (GSM 03.40 and 03.38; Twilio counts the same way): septets
// of the GSM alphabet, or UTF-16 units when one character is not in it. A text
// over one message is sent in parts, each with a header of six bytes.
const (
	gsmSingle, gsmPart   = 160, 153
	ucs2Single, ucs2Part = 70, 67
)

// gsmBasic is the GSM 7-bit default alphabet, gsmExtension what its escape adds
// (two septets each).
const (
	gsmBasic = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
		"¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
	gsmExtension = "\f^{}\\[~]|€"
)

// Segments is how many SMS a text costs: 0 for none. A surrogate pair and an
// escaped GSM character are never split over two parts.
func Segments(text string) int {
	gsm, septets, units := measure(text)
	switch {
	case text == "":
		return 0
	case gsm && septets <= gsmSingle, !gsm && units <= ucs2Single:
		return 1
	case gsm:
		return parts(text, gsmPart, septetsOf)
	}
	return parts(text, ucs2Part, unitsOf)
}

// Fits reports whether a text goes into so many SMS.
func Fits(text string, segments int) bool { return Segments(text) <= segments }

// Units is the length of a text in UTF-16 units, in which two SMS of Chinese
// hold 134.
func Units(text string) int {
	_, _, units := measure(text)
	return units
}

// measure walks a text once: whether the GSM alphabet has all of it, and its
// length in septets (if so) and in UTF-16 units.
func measure(text string) (gsm bool, septets, units int) {
	gsm = true
	for _, r := range text {
		units += unitsOf(r)
		if gsm {
			n := septetsOf(r)
			septets += n
			gsm = n > 0
		}
	}
	return gsm, septets, units
}

// parts fills parts of so many units one after the other.
func parts(text string, size int, of func(rune) int) int {
	n, used := 1, 0
	for _, r := range text {
		u := of(r)
		if used+u > size {
			n, used = n+1, 0
		}
		used += u
	}
	return n
}

func unitsOf(r rune) int {
	if r > 0xFFFF {
		return 2
	}
	return 1
}

// septetsOf is 0 for what the GSM alphabet lacks.
func septetsOf(r rune) int {
	switch {
	case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= ' ' && r <= '?':
		return 1
	case r > 0x20AC: // beyond the euro: all Chinese
		return 0
	case r == utf8.RuneError:
		return 0
	case strings.ContainsRune(gsmExtension, r):
		return 2
	case strings.ContainsRune(gsmBasic, r):
		return 1
	}
	return 0
}
