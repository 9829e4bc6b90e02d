package classify

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"sanshi/internal/catalog"
	"sanshi/internal/message"
)

// Several matters told in a row without a joint between them: numbered, or one
// fault after another.

const chineseDigits = "一二三四"

// numbered cuts a text at 1 … 2 …, 一是 … 二是 …, 第一 … 第二 …, when at least
// two of them ask for something. Words before the first number only introduce the list.
func (c *Classifier) numbered(text string) []string {
	var parts []string
	start, n := 0, 1
	for at := range text {
		if at < start || at > 0 && !afterMark(text[:at]) {
			continue
		}
		size := markerAt(text[at:], n)
		if size == 0 {
			continue
		}
		if n > 1 {
			parts = append(parts, text[start:at])
		}
		start, n = at+size, n+1
		if n > most {
			break
		}
	}
	parts = append(parts, text[start:])
	asking := 0
	for i, p := range parts {
		if c.words(p).content < leastContent {
			return nil
		}
		if c.asks(p) {
			asking++
		}
		parts[i] = strings.Trim(p, " ，,；;。、\n")
	}
	if asking < 2 {
		return nil
	}
	return parts
}

// markerAt gives the length of the number n as the head of a list's line, or 0.
func markerAt(s string, n int) int {
	if rest, ok := strings.CutPrefix(s, strconv.Itoa(n)); ok {
		next, size := utf8.DecodeRuneInString(rest)
		switch {
		case strings.ContainsRune("、.．):：）", next):
			return 1 + size
		case next == ' ', unicode.Is(unicode.Han, next) && !strings.ContainsRune("个天年月日点楼号组队岁块元万米层栋幢家人次分件户片第是百千亩斤公", next):
			return 1
		}
		return 0
	}
	digit := string([]rune(chineseDigits)[n-1])
	for _, head := range []string{digit + "是", "第" + digit + "个", "第" + digit + "件", "第" + digit + "，", "第" + digit + "是", "第" + digit, digit + "、"} {
		if strings.HasPrefix(s, head) {
			return len(head)
		}
	}
	return 0
}

// asks: enough is said, and it is wanted or wrong.
func (c *Classifier) asks(part string) bool {
	t := c.words(part)
	_, faulty := faultIn(t.folded)
	return faulty || t.content >= leastContent && t.hasAny(needs)
}

// hours are questions that a fact of the village answers: what is wrong with a
// thing behind one is a matter of its own.
var hours = look(`几点上班 几点开门 几点开饭 几点下班 几点关门 什么时候上班 什么时候开门 什么时候开饭 上不上班 开不开门`)

const askedHours = "hours"

// also are words that put one thing beside another.
var also = look(`也 还 又 另外 再 同时`)

// byFault cuts before a clause with another fault than the clauses before it,
// when its words set it apart: another place, "also", or a service of a
// department. One fault told at length stays one matter.
func byFault(text string, where func(string) (area, place string)) []string {
	var parts []string
	last, lastPlace, begin := "", "", 0
	for _, at := range clauseStarts(text) {
		clause := message.Fold(text[at[0]:at[1]])
		code, faulty := faultOf(clause)
		_, place := where(clause)
		if faulty && last != "" && code != "" && code != last && len(parts) < most-1 && setApart(clause, code, last, place, lastPlace) {
			parts = append(parts, strings.TrimRight(text[begin:at[0]], "，,；;。、 \n"))
			begin, last, lastPlace = at[0], code, place
			continue
		}
		if _, asks := firstOf(clause, hours); last == "" && asks >= 0 && !faulty {
			last = askedHours
		}
		if faulty && code != "" && last == "" {
			last = code
		}
		if place != "" && lastPlace == "" {
			lastPlace = place
		}
	}
	return append(parts, text[begin:])
}

func setApart(clause, code, last, place, lastPlace string) bool {
	if place != "" && lastPlace != "" && place != lastPlace {
		return true
	}
	if _, i := firstOf(clause, also); i >= 0 {
		return true
	}
	if last == askedHours {
		return true
	}
	kind := catalog.KindOf(code)
	return kind == catalog.Government && kind != catalog.KindOf(last)
}

// clauseStarts gives where each clause of a text begins and ends.
func clauseStarts(text string) (all [][2]int) {
	const marks = "。.!?！？；;\n…，,、：: "
	begin := 0
	for at, r := range text {
		if strings.ContainsRune(marks, r) {
			if at > begin {
				all = append(all, [2]int{begin, at})
			}
			begin = at + runeLen(r)
		}
	}
	if begin < len(text) {
		all = append(all, [2]int{begin, len(text)})
	}
	return all
}
