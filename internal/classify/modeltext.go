package classify

import (
	"strings"
	"unicode/utf8"
)

// letterhead is what letters begin and end with whatever they are about. The
// model does not see it: mere greetings and thanks are known by rules.
var letterhead = strings.NewReplacer(each(look(`尊敬的各位领导 尊敬的领导 尊敬的上级领导 各位领导 领导好 书记好 您们好 你们好 您好 你好 百忙之中 在线等急 在线等 请问一下 谢谢你们 谢谢您 谢谢了 谢谢 多谢 感谢 辛苦了 麻烦你们 麻烦您 麻烦`), " ")...)

// modelText is the folded text as the model reads it, in training and after:
// without letterhead, and without codes such as a7县 that stand for names.
func modelText(folded string) string {
	s := letterhead.Replace(folded)
	if !strings.ContainsAny(s, "0123456789abcdefghijklmnopqrstuvwxyz") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		n := codeAt(s[i:])
		if n == 0 {
			_, n = utf8.DecodeRuneInString(s[i:])
			b.WriteString(s[i : i+n])
		}
		i += n
	}
	return b.String()
}

// codeAt gives the length of a code at the start of s: a letter, digits and a
// word for a district; 0 when there is none.
func codeAt(s string) int {
	if s == "" || s[0] < 'a' || s[0] > 'z' {
		return 0
	}
	n := 1
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	for _, w := range []string{"市", "县", "区", "省"} {
		if strings.HasPrefix(s[n:], w) {
			return n + len(w)
		}
	}
	return 0
}
