package linear

import (
	_ "embed"
	"strings"
)

//go:embed sounds.txt
var soundTable string

// sounding knows how characters sound: the syllable without its tone, and
// without the differences that many speakers do not make.
type sounding struct {
	ofHan   [lastHan - firstHan + 1]uint32 // 0: unknown
	ofLatin map[string]uint32
	longest int // letters of the longest syllable
}

const firstHan, lastHan = 0x4E00, 0x9FFF

var theSounding = parseSounds(soundTable)

// parseSounds reads lines of a syllable, a space and its characters.
func parseSounds(table string) *sounding {
	s := &sounding{ofLatin: make(map[string]uint32, 450)}
	for _, line := range strings.Split(table, "\n") {
		syllable, chars, ok := strings.Cut(strings.TrimSpace(line), " ")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		id := hashString(loose(syllable))
		s.ofLatin[syllable] = id
		s.longest = max(s.longest, len(syllable))
		for _, r := range chars {
			if r >= firstHan && r <= lastHan {
				s.ofHan[r-firstHan] = id
			}
		}
	}
	return s
}

// loose drops what southern and old speakers do not tell apart: zh/z, ch/c,
// sh/s, l/n, hu/f, -ng/-n after e and i.
func loose(syllable string) string {
	for _, p := range []struct{ from, to string }{{"zh", "z"}, {"ch", "c"}, {"sh", "s"}} {
		if strings.HasPrefix(syllable, p.from) {
			syllable = p.to + syllable[2:]
		}
	}
	if strings.HasPrefix(syllable, "l") {
		syllable = "n" + syllable[1:]
	}
	if strings.HasSuffix(syllable, "ing") || strings.HasSuffix(syllable, "eng") {
		syllable = syllable[:len(syllable)-1]
	}
	return syllable
}

// hashString never gives 0.
func hashString(s string) uint32 {
	h := seedSound
	for i := 0; i < len(s); i++ {
		h = (h ^ uint64(s[i])) * prime
	}
	return uint32(h>>32) | 1
}

// sounds appends the sound of each character, one for each syllable of a run of
// Latin letters, and 0 where there is none.
func sounds(out []uint32, chars []rune) []uint32 {
	for i := 0; i < len(chars); {
		id, n := uint32(0), 1
		switch r := chars[i]; {
		case r >= firstHan && r <= lastHan:
			id = theSounding.ofHan[r-firstHan]
		case r >= 'a' && r <= 'z':
			id, n = theSounding.syllable(chars[i:])
		}
		out = append(out, id)
		i += n
	}
	return out
}

// syllable finds the longest syllable that the letters begin with.
func (s *sounding) syllable(chars []rune) (id uint32, n int) {
	var buf [8]byte
	for n = 0; n < len(chars) && n < s.longest && chars[n] >= 'a' && chars[n] <= 'z'; n++ {
		buf[n] = byte(chars[n])
	}
	for ; n > 0; n-- {
		if id, ok := s.ofLatin[string(buf[:n])]; ok {
			return id, n
		}
	}
	return 0, 1
}

// Sound is a syllable as loosely as speakers say it: equal for characters that
// are taken for one another. It is 0 for what is no character with a known sound.
func Sound(r rune) uint32 {
	if r < firstHan || r > lastHan {
		return 0
	}
	return theSounding.ofHan[r-firstHan]
}
