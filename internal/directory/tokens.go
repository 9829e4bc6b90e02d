package directory

import (
	"unicode/utf8"

	"sanshi/internal/message"
)

// token is one character of a folded text, or one number in whatever digits, so
// that 三组, 3组 and 第三组 begin alike.
type token struct {
	id         rune // the character; of a number, -1 less its value
	first      rune // the character, or the first of the number
	start, end int
	in         string // the text it is part of
}

func (t token) number() bool { return t.id < 0 }

// text is what stands from the first to the last of some tokens.
func text(t []token) string {
	if len(t) == 0 {
		return ""
	}
	return t[0].in[t[0].start:t[len(t)-1].end]
}

func tokenize(s string) []token {
	out := make([]token, 0, len(s)/2+1)
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		id := r
		if value, size := number(s[i:]); size > 0 {
			id, n = rune(-1-value), size
		} else if size < 0 {
			id, n = utf8.RuneError, -size
		}
		out = append(out, token{id: id, first: r, start: i, end: i + n, in: s})
		i += n
	}
	return out
}

// nameTokens are the tokens of a name, without the 第 that may stand before a number.
func nameTokens(name string) []token {
	t := tokenize(message.Fold(name))
	out := t[:0]
	for i := range t {
		if t[i].id == '第' && i+1 < len(t) && t[i+1].number() {
			continue
		}
		out = append(out, t[i])
	}
	return out
}

// number reads a number from 0 to 99 at the beginning of s, and its size in bytes:
// 0 when there is none, negative for a longer row of ASCII digits (a phone, a
// year). Chinese digits in a row without 十 are single numbers (一二组: groups one
// and two).
func number(s string) (value, size int) {
	for size < len(s) && s[size] >= '0' && s[size] <= '9' {
		value = value*10 + int(s[size]-'0')
		if size++; size > 2 {
			value = 0
		}
	}
	if size > 2 {
		return 0, -size
	}
	if size > 0 {
		return value, size
	}
	for end, count := 0, 0; count < 3 && end < len(s); count++ {
		_, n := utf8.DecodeRuneInString(s[end:])
		if n < 3 { // the digits of Chinese are three bytes each
			break
		}
		end += n
		v, ok := message.Numeral(s[:end])
		if !ok {
			break
		}
		value, size = v, end
	}
	return value, size
}

// tree holds names by their tokens.
type tree struct {
	next map[rune]*tree
	hit  Hit // what the name that ends here means
	end  bool
}

func (n *tree) node(name string) *tree {
	for _, t := range nameTokens(name) {
		if n.next == nil {
			n.next = map[rune]*tree{}
		}
		if n.next[t.id] == nil {
			n.next[t.id] = &tree{}
		}
		n = n.next[t.id]
	}
	return n
}

func (n *tree) add(name string, hit Hit) {
	if at := n.node(name); at != n {
		at.hit, at.end = hit, true
	}
}

func (n *tree) addIfNew(name string, hit Hit) {
	if at := n.node(name); !at.end {
		n.add(name, hit)
	}
}

// addPlace adds a listed place; one that several areas list could be in any.
func (n *tree) addPlace(place, area string) {
	at := n.node(place)
	switch {
	case at.end && at.hit.Kind == AreaName:
		return
	case at.end && at.hit.Area != area:
		area = ""
	}
	n.add(place, Hit{Kind: Listed, Area: area, Place: place})
}

// longest finds the longest name at the beginning of t, and its length in tokens.
func (n *tree) longest(t []token) (hit Hit, size int) {
	for i := range t {
		if n = n.next[t[i].id]; n == nil {
			break
		}
		if n.end {
			hit, size = n.hit, i+1
		}
	}
	return hit, size
}

// prefix is the length in tokens of the longest name at the beginning of t.
func (n *tree) prefix(t []token) int { _, size := n.longest(t); return size }
