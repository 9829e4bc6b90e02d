package classify

import (
	"strings"
	"unicode/utf8"

	"sanshi/internal/classify/linear"
	"sanshi/internal/directory"
)

// speller writes words that sound like known ones as those are written: voice and
// pinyin input give 水够 for 水沟, 祠唐 for 祠堂. The rules then know them; the
// model hears sounds by itself, and what is kept and shown are her own words.
type speller struct {
	bySound map[uint32][]spelling // by the sound of the first character
}

type spelling struct {
	chars  []rune
	sounds []uint32
}

// newSpeller knows the things of the fault rules and the places of a village.
func newSpeller(v *directory.Village) *speller {
	s := &speller{bySound: map[uint32][]spelling{}}
	for _, t := range things {
		s.learn(t.words)
	}
	if v != nil {
		for _, a := range v.Areas {
			s.learn(a.Places)
		}
	}
	return s
}

func (s *speller) learn(words []string) {
	for _, w := range words {
		p := spelling{chars: []rune(w)}
		for _, r := range p.chars {
			p.sounds = append(p.sounds, linear.Sound(r))
		}
		if len(p.chars) >= 2 && p.sounds[0] != 0 {
			s.bySound[p.sounds[0]] = append(s.bySound[p.sounds[0]], p)
		}
	}
}

// right gives the folded text with misspelt words put right.
func (s *speller) right(folded string) string {
	var out strings.Builder
	text := []rune(folded)
	for i := 0; i < len(text); {
		w, ok := s.at(text[i:])
		if !ok {
			out.WriteRune(text[i])
			i++
			continue
		}
		out.WriteString(string(w))
		i += len(w)
	}
	return out.String()
}

// at finds the longest known word that the text begins with by its sound.
func (s *speller) at(text []rune) (word []rune, ok bool) {
	for _, p := range s.bySound[linear.Sound(text[0])] {
		if len(p.chars) > len(word) && p.heardIn(text) {
			word = p.chars
		}
	}
	return word, word != nil
}

// heardIn: every character sounds the same and at least one is the same, so that
// no name becomes a ditch by chance.
func (p spelling) heardIn(text []rune) bool {
	if len(text) < len(p.chars) {
		return false
	}
	same := 0
	for i, r := range p.chars {
		switch {
		case text[i] == r:
			same++
		case p.sounds[i] == 0 || linear.Sound(text[i]) != p.sounds[i]:
			return false
		}
	}
	return same > 0
}

// corrections introduce what was meant instead of what stands before them.
var corrections = look(`不对不对 不对 说错了 讲错了 搞错了 写错了 打错了 哦不 噢不 不是不是`)

// affirmed leaves out the places that a text itself takes back: 村口路灯坏了，不对，
// 是桥头; 不是祠堂，是老粮站.
func affirmed(folded string, find func(string) (area, place string)) (area, place string) {
	if word, i := firstOf(folded, corrections); i >= 0 {
		if area, place = find(folded[i+len(word):]); area != "" || place != "" {
			return area, place
		}
	}
	if _, after, ok := strings.Cut(folded, "不是"); ok {
		if i := strings.Index(after, "是"); i >= 0 {
			_, n := utf8.DecodeRuneInString(after[i:])
			if area, place = find(after[i+n:]); area != "" || place != "" {
				return area, place
			}
		}
	}
	return find(folded)
}
