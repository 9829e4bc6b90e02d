package message

import (
	"regexp"
	"sync"
	"unicode"
)

// The languages that residents write in.
const (
	Simplified  = "zh-Hans"
	Traditional = "zh-Hant"
	English     = "en"
)

// Script says what a text is written in: Simplified, Traditional or English, or
// "" when it could be any ("停水了", "ok", "5"): then what she wrote before holds.
//
// A character that only Traditional has decides, unless Simplified ones outnumber
// it four to one: a name kept in its old form does not make a letter Traditional.
// English needs more Latin words than Chinese characters, and at least two, or
// one of five letters; pinyin without characters is not English.
func Script(s string) string {
	t := simplifier()
	var traditional, simplified, characters int
	for _, r := range s {
		switch t.kindOf(r) {
		case traditionalOnly:
			traditional++
		case simplifiedOnly:
			simplified++
		}
		if han(r) {
			characters++
		}
	}
	switch {
	case english(s, characters):
		return English
	case traditional > 0 && simplified <= 4*traditional:
		return Traditional
	case simplified > 0:
		return Simplified
	}
	return ""
}

func english(s string, characters int) bool {
	if !hasLatin(s) {
		return false
	}
	words := latinWords(s)
	if len(words) <= characters || len(words) == 1 && len(words[0]) < 5 {
		return false
	}
	for _, w := range words {
		if !syllables().MatchString(w) {
			return true
		}
	}
	return false
}

func hasLatin(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i] | 0x20; 'a' <= c && c <= 'z' {
			return true
		}
	}
	return false
}

// latinWords splits the Latin words out of a text, in lower case.
func latinWords(s string) []string {
	var words []string
	var word []byte
	for _, r := range s + " " {
		l := lower(r)
		switch {
		case l >= 'a' && l <= 'z':
			word = append(word, byte(l))
		case r == '\'' || r == '’' || unicode.Is(unicode.Mn, r):
		case len(word) > 0:
			words, word = append(words, string(word)), nil
		}
	}
	return words
}

// syllables matches a word of Mandarin syllables without tone marks. Nearly every
// English sentence holds a word that it does not match (the, is, it, at, light).
var syllables = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(?:(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?` +
		`(?:iang|iong|uang|ang|eng|ing|ong|ian|iao|uai|uan|ai|an|ao|ei|en|er|ia|ie|in|iu|ou|ua|ue|ui|un|uo|ve|[aeiouv]))+$`)
})
