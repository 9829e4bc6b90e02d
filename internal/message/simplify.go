package message

import (
	_ "embed"
	"strings"
	"sync"
)

//go:embed simplify.txt
var simplifyText string

// simplification is the table of simplify.txt, for one load and no search a character.
type simplification struct {
	to   [0xA000 - 0x3400]uint16 // 0: stays
	kind [0xA000 - 0x3400]uint8  // traditionalOnly, simplifiedOnly or 0
}

const (
	traditionalOnly = 1
	simplifiedOnly  = 2
)

// simplifier builds the table when it is first needed; it is never changed after.
var simplifier = sync.OnceValue(func() *simplification {
	_, rest, _ := strings.Cut(simplifyText, "[pairs]\n")
	pairs, rest, _ := strings.Cut(rest, "[shared]\n")
	shared, both, _ := strings.Cut(rest, "[both]\n")
	t := new(simplification)
	runes := []rune(strings.ReplaceAll(pairs, "\n", ""))
	for i := 0; i+1 < len(runes); i += 2 {
		t.to[runes[i]-0x3400] = uint16(runes[i+1])
		t.kind[runes[i]-0x3400] = traditionalOnly
		t.kind[runes[i+1]-0x3400] = simplifiedOnly
	}
	for _, r := range shared + both {
		if han(r) {
			t.kind[r-0x3400] = 0
		}
	}
	return t
})

func (t *simplification) simple(r rune) rune {
	if han(r) {
		if s := t.to[r-0x3400]; s != 0 {
			return rune(s)
		}
	}
	return r
}

func (t *simplification) kindOf(r rune) uint8 {
	if han(r) {
		return t.kind[r-0x3400]
	}
	return 0
}
