package message

import (
	"strings"
	"unicode"
)

// Digit reads a whole message as one number from 0 to 99: "1", "１", "一", "壹",
// "①", "1️⃣", "٣", "1.", "1分", "打5分", "选2", "第一个", "回1", "五星", "5谢谢".
// Words that do more than name the number make it no digit: "3组", "1点", "5号楼",
// "1到5", "-1", "1 2".
func Digit(text string) (int, bool) {
	if len(text) > 96 { // the longest of these is far shorter, and floods are cheap to refuse
		return 0, false
	}
	s := trimSigns(Fold(text))
	if strings.HasPrefix(s, "-") || strings.HasPrefix(s, "+") {
		return 0, false
	}
	s, pleased := trimThanks(s)
	for range 3 { // "我选第一个吧"
		s = trimAfter(trimBefore(s, digitPrefixes), digitSuffixes)
	}
	n, ok := number(s)
	if pleased && n < 3 { // "1 很满意" contradicts itself: let a person or a question settle it
		return 0, false
	}
	return n, ok
}

// What people put around a digit when asked for one. Longer ones first.
var (
	digitPrefixes = []string{
		"我", "选择", "选项", "回复", "回答", "回覆", "评分", "打分", "评价", "答案",
		"第", "选", "回", "打", "给", "评", "按", "答", "要", "no.", "no", "#", "是", "就",
	}
	digitSuffixes = []string{
		"颗星", "个星", "星级", "分", "星", "个", "号", "项", "条", "件",
		"吧", "啊", "哈", "哦", "嘛", "咯", "呢", "嘞", "的", "了", "stars", "star", "points",
	}
	digitThanks  = []string{"谢谢你们", "谢谢您", "谢谢你", "谢谢了", "谢谢", "多谢", "谢了", "辛苦了", "辛苦", "thanks", "thank you"}
	digitPleased = []string{"非常满意", "十分满意", "很满意", "满意"}
)

func trimThanks(s string) (rest string, pleased bool) {
	for _, w := range digitThanks {
		if t, ok := strings.CutSuffix(s, w); ok {
			s = trimSigns(t)
			break
		}
	}
	for _, w := range digitPleased {
		if t, ok := strings.CutSuffix(s, w); ok && !strings.HasSuffix(t, "不") {
			return trimSigns(t), true
		}
		if t, ok := strings.CutPrefix(s, w); ok {
			return trimSigns(t), true
		}
	}
	return s, false
}

func trimBefore(s string, words []string) string {
	for _, w := range words {
		if t, ok := strings.CutPrefix(s, w); ok && t != "" {
			return trimSigns(t)
		}
	}
	return s
}

func trimAfter(s string, words []string) string {
	for _, w := range words {
		if t, ok := strings.CutSuffix(s, w); ok && t != "" {
			return trimSigns(t)
		}
	}
	return s
}

// trimSigns takes spaces, punctuation and faces off both ends, but not the signs
// that change a number.
func trimSigns(s string) string {
	return strings.TrimFunc(s, func(r rune) bool {
		if r == '-' || r == '+' || r == '#' || r == '%' {
			return false
		}
		return unicode.IsSpace(r) || unicode.IsPunct(r) || unicode.IsSymbol(r)
	})
}

// number reads digits of any one script, Chinese numerals, and English words.
func number(s string) (int, bool) {
	if n, ok := Numeral(s); ok {
		return n, true
	}
	if s == "两" { // only here, where the whole message counts: 两组 is not the second group
		return 2, true
	}
	n, count := 0, 0
	for _, r := range s {
		d, ok := digitValue(r)
		if count++; !ok || count > 2 {
			return englishNumber(s)
		}
		n = n*10 + d
	}
	return n, count > 0
}

// digitValue is the value of a decimal digit of any script (Unicode Nd: each
// script's ten stand in order in one range, or several scripts' in one).
func digitValue(r rune) (int, bool) {
	if r >= '0' && r <= '9' {
		return int(r - '0'), true
	}
	if r < 0x660 || !unicode.Is(unicode.Nd, r) {
		return 0, false
	}
	for _, x := range unicode.Nd.R16 {
		if rune(x.Lo) <= r && r <= rune(x.Hi) {
			return int(r-rune(x.Lo)) % 10, true
		}
	}
	for _, x := range unicode.Nd.R32 {
		if rune(x.Lo) <= r && r <= rune(x.Hi) {
			return int(r-rune(x.Lo)) % 10, true
		}
	}
	return 0, false
}

func englishNumber(s string) (int, bool) {
	for n, w := range []string{"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"} {
		if s == w {
			return n, true
		}
	}
	return 0, false
}
