package directory

import (
	_ "embed"
	"strings"
	"sync"
)

//go:embed phrases.txt
var phrasesText string

// phrases are the words for places that no village needs to list: see phrases.txt.
type phrases struct {
	alone, with, position, ground, numbered, title tree
	surname                                        map[rune]bool
}

var knownPhrases = sync.OnceValue(func() *phrases {
	p := &phrases{surname: map[rune]bool{}}
	trees := map[string]*tree{
		"[alone]": &p.alone, "[with]": &p.with, "[position]": &p.position,
		"[ground]": &p.ground, "[numbered]": &p.numbered, "[title]": &p.title,
	}
	var section string
	for line := range strings.Lines(phrasesText) {
		line, _, _ = strings.Cut(strings.TrimSpace(line), "#")
		if strings.HasPrefix(line, "[") {
			section = line
			continue
		}
		for _, word := range strings.Fields(line) {
			if into := trees[section]; into != nil {
				into.add(word, Hit{Kind: Phrase})
				continue
			}
			for _, r := range word {
				p.surname[r] = true
			}
		}
	}
	return p
})

// longest is the length of the longest phrase at the beginning of t; a number
// after 第 stands at skip.
func (p *phrases) longest(t []token, skip int) int {
	n := p.alone.prefix(t)
	if m := p.numberedPart(t[skip:]); m > 0 {
		n = max(n, skip+m)
	}
	n = max(n, p.house(t))
	if n > 0 {
		return n + p.position.prefix(t[n:])
	}
	if n = p.with.prefix(t); n > 0 {
		if m := p.position.prefix(t[n:]); m > 0 {
			return n + m
		}
	}
	return 0
}

func (p *phrases) numberedPart(t []token) int {
	if !t[0].number() || t[0].id == -1 { // no part has the number 0
		return 0
	}
	if m := p.numbered.prefix(t[1:]); m > 0 {
		return 1 + m
	}
	return 0
}

// house reads somebody's house with a word of position (老王家门口, 张大爷家后面),
// or a place called after a family (李家湾).
func (p *phrases) house(t []token) int {
	if len(t) < 3 {
		return 0
	}
	if p.surname[t[0].first] && t[1].id == '家' {
		if m := max(p.ground.prefix(t[2:]), p.position.prefix(t[2:])); m > 0 {
			return 2 + m
		}
	}
	for _, k := range p.nameLengths(t) {
		if k+1 < len(t) && t[k].id == '家' {
			if m := p.position.prefix(t[k+1:]); m > 0 {
				return k + 1 + m
			}
		}
	}
	return 0
}

// nameLengths are the lengths in tokens of what may be a person's name at the
// beginning of t.
func (p *phrases) nameLengths(t []token) []int {
	if strings.ContainsRune("老小阿", t[0].first) && p.surname[t[1].first] {
		if strings.ContainsRune("头汉太爹婆", t[2].first) {
			return []int{3}
		}
		return []int{2}
	}
	if !p.surname[t[0].first] {
		return nil
	}
	if m := p.title.prefix(t[1:]); m > 0 {
		return []int{1 + m}
	}
	for k := 1; k <= 2; k++ {
		if k >= len(t) || strings.ContainsRune(noName, t[k].first) {
			return []int{2}[:k-1]
		}
	}
	return []int{2, 3}
}

// noName are characters that hardly stand in a person's name but often between a
// family name's character and 家: 方便我家门口 is nobody's house.
const noName = "我你您他她它咱人大全自别谁哪各每俺俩回在到的了是和跟去来有没不给把叫请说住修这那就也都还,.。、!? "
