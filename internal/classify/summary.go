package classify

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"sanshi/internal/message"
)

// summaryRunes is the room for a summary: one line of a list and of a text.
const summaryRunes = 24

// openers are words before the matter that a list does not need. They are taken
// off the front of a clause, again and again.
var openers = look(`尊敬的领导 尊敬的书记 尊敬的 各位领导 领导 书记您好 书记你好 书记 你们好 您好 你好 喂喂 喂 请问一下 请问 请你们 请您 麻烦你们 麻烦您 麻烦问一下 麻烦问下 麻烦问 麻烦 拜托你们 拜托
	我说一下 我说哈 我说 我想说 我跟你说 我给你说 我想问一下 我想问下 我想问问 我想问 想问一下 想问下 想问问 想问 问一下 问下 问哈 我要反映 我想反映 反映一下 反映 那个那个 那个 这个 就是说 就是 然后 哎呀 哎 唉 嗯 呃 额 啊 事情是这样的 事情是这样 是这样的 另外 还有 顺便 对了 但是 不过 可是`)

// closers are politeness after the matter.
var closers = look(`谢谢你们 谢谢您 谢谢了 谢谢 多谢 拜托了 拜托 麻烦了 麻烦你们了 辛苦了 急 啊 呀 哈 嘛 呢 吧 哦 哩 哟 了啊`)

// summary puts the matter in one line of at most 24 characters: her own words,
// the clauses that say most, without greeting and politeness.
func (c *Classifier) summary(part, code string) string {
	all := cut(spacesToCommas(withoutFaces(part)), "。.!?！？；;\n…，,：:")
	var kept []string
	_, faulty := faultIn(message.Fold(part))
	for _, s := range all {
		if faulty && tellsMended(message.Fold(s)) {
			continue // the tap is fine now; what is not is said elsewhere
		}
		if s = trimmed(s); s != "" && nameIn(s) == "" && (contentOf(message.Fold(s)) >= leastContent || faultAlone(message.Fold(s))) {
			kept = append(kept, s)
		}
	}
	if len(kept) == 0 {
		return clip(trimmed(part), summaryRunes)
	}
	return c.fit(kept, code)
}

// withoutFaces drops emoji and other pictures: a list and a text have no room for them.
func withoutFaces(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.So, r) || unicode.Is(unicode.Sk, r) || r == 0xFE0F || r == 0x200D {
			return -1
		}
		return r
	}, s)
}

// spacesToCommas: old people and voice input put a space where others put a comma.
func spacesToCommas(s string) string {
	var b strings.Builder
	last := ' '
	for i, r := range s {
		if r == ' ' && unicode.Is(unicode.Han, last) {
			if next, _ := utf8.DecodeRuneInString(s[i+1:]); unicode.Is(unicode.Han, next) {
				r = '，'
			}
		}
		b.WriteRune(r)
		last = r
	}
	return b.String()
}

// fit joins as many clauses as there is room for, from the one that speaks most
// for the code.
func (c *Classifier) fit(kept []string, code string) string {
	if line := strings.Join(kept, "，"); utf8.RuneCountInString(line) <= summaryRunes {
		return line
	}
	start := 0
	if len(kept) > 1 {
		start = c.telling(kept[:min(len(kept), mostClauses)], code)
	}
	line := kept[start]
	for _, next := range kept[start+1:] {
		if longer := line + "，" + next; utf8.RuneCountInString(longer) <= summaryRunes {
			line = longer
			continue
		}
		break
	}
	return clip(line, summaryRunes)
}

// mostClauses of a text are looked at for its summary.
const mostClauses = 16

// telling finds the clause that speaks most for a code, the first on a tie: one
// that names a fault before all others, with the clause that leads up to it.
func (c *Classifier) telling(clauses []string, code string) int {
	best, most := 0, -1.0
	for i, s := range clauses {
		folded := message.Fold(s)
		p := c.model.Read(modelText(folded))[0].Of(code)
		if _, faulty := faultOf(folded); faulty {
			p++
		}
		if p > most+0.02 {
			best, most = i, p
		}
	}
	if best > 0 && most > 1 && namesThing(message.Fold(clauses[best-1])) &&
		utf8.RuneCountInString(clauses[best-1]+clauses[best]) < summaryRunes {
		best--
	}
	return best
}

func namesThing(clause string) bool {
	for _, t := range things {
		if _, i := firstOf(clause, t.words); i >= 0 {
			return true
		}
	}
	return false
}

// trimmed takes greetings off the front and politeness off the end.
func trimmed(s string) string {
	const marks = " \t\n，,。.!！?？、：:；;~～—-…⚠️\"“”"
	for {
		before := s
		s = strings.Trim(s, marks)
		for _, o := range openers {
			if rest, ok := strings.CutPrefix(s, o); ok && rest != "" {
				s = rest
				break
			}
		}
		for _, o := range closers {
			if rest, ok := strings.CutSuffix(s, o); ok && utf8.RuneCountInString(rest) > 2 {
				s = rest
				break
			}
		}
		if s == before {
			return s
		}
	}
}
