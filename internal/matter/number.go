package matter

import (
	"fmt"
	"strings"

	"sanshi/internal/message"
)

// damm is the quasigroup of order 10 of Damm's check digit: it finds every single
// wrong digit and every swap of neighbours. H. Michael Damm, Total anti-symmetrische
// Quasigruppen, dissertation, Marburg 2004, p. 111.
var damm = [10][10]byte{
	{0, 3, 1, 7, 5, 9, 8, 6, 4, 2},
	{7, 0, 9, 2, 1, 5, 4, 8, 6, 3},
	{4, 2, 0, 6, 8, 7, 1, 3, 5, 9},
	{1, 7, 5, 0, 9, 8, 3, 4, 2, 6},
	{6, 1, 2, 3, 0, 4, 5, 9, 7, 8},
	{3, 6, 7, 4, 2, 0, 9, 5, 8, 1},
	{5, 8, 6, 9, 7, 2, 0, 1, 3, 4},
	{8, 9, 4, 5, 3, 6, 2, 0, 1, 7},
	{9, 4, 3, 8, 6, 1, 7, 2, 0, 5},
	{2, 5, 8, 1, 4, 3, 6, 7, 9, 0},
}

// Number is what people call the n-th matter of a village: at least four digits,
// a dash and a check digit, such as "0427-0". n is positive.
func Number(n int64) string {
	digits := fmt.Sprintf("%04d", n)
	return digits + "-" + string('0'+check(digits))
}

// ParseNumber reads a number as people type it: in any width, with spaces, with #
// before it, with another dash or none. It returns the form that Number gives; ok
// is false when it is no number or its check digit is wrong. A number has at least
// five digits with its check digit, so a house number or a year is never taken for
// one; without the dash at most eight, so a phone number is not either.
func ParseNumber(s string) (canonical string, ok bool) {
	if len(s) > 64 {
		return "", false
	}
	s = strings.TrimPrefix(strings.ReplaceAll(message.Fold(s), " ", ""), "#")
	last := max(len(s)-1, 0)
	digits := strings.TrimRight(s[:last], "-‐‑–—−一_") // 一: a hurried hand's dash
	bare := len(digits) == last
	switch {
	case len(digits) < 4 || len(digits) > 18 || strings.Trim(digits+s[last:], "0123456789") != "":
		return "", false
	case bare && len(digits) > 7, len(digits) > 4 && digits[0] == '0', strings.Trim(digits, "0") == "":
		return "", false
	case '0'+check(digits) != s[last]:
		return "", false
	}
	return digits + "-" + s[last:], true
}

func check(digits string) byte {
	var c byte
	for i := range len(digits) {
		c = damm[c][digits[i]-'0']
	}
	return c
}
