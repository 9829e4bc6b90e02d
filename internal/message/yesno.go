package message

import "strings"

// Yes reports whether a whole message agrees: 好, 是的, 要得, 👍, "ok", 好好好谢谢.
// A question (好吗, 行不行) and a message that says more do not.
func Yes(text string) bool { return says(text, yesWords, "👍👌🆗✅✔🙆") }

// No reports whether a whole message refuses or denies: 不, 不用了, 没有, 莫, "no".
func No(text string) bool { return says(text, noWords, "👎❌🙅✖🚫") }

// The words are folded; their repetitions and the particles at their ends need
// not be listed. Dialects: 要得 对头 得行 (south-west), 中 (Henan), 系 啱 唔 (Cantonese),
// 伐 覅 弗 (Wu), 莫 冇 (Xiang, Gan).
var (
	yesWords = wordSet(`好 好的 好滴 好嘞 好咧 好吧 好嘛 好得 好得很 很好 是 是的 是滴 是嘞 是咧 是这样 是这样的 是这个 就是 就是的 正是 对 对的 对滴 对嘞
		对头 对头的 对得 没错 不错 正确 要 要的 要滴 要得 我要 需要 可以 可以的 可以滴 阔以 行 行的 行吧 得行 得 得嘅 中 成 成的 嗯 恩 嗯呐 嗯哪 哎 诶 哦 噢 喔
		哦了 妥 妥了 同意 我同意 确认 确定 答应 愿意 我愿意 没问题 莫问题 冇问题 好嘅 系 系的 系嘅 啱 啱嘅 没意见 有 有的
		ok okay k yes y yep yeah yup sure right correct agree fine confirm ja si oui hao shi dui`)
	noWords = wordSet(`不 不是 不是的 不是滴 不系 唔系 不对 不对头 不要 不要了 不要得 要不得 唔要 不用 不用了 用不着 唔使 唔使了 唔得 不必 不必了 不消 不消了 不需要 不行
		不得行 不中 不成 不可以 不好 不了 不同意 我不同意 不愿意 不答应 不确定 不确认 没 没有 没得 莫得 莫有 冇 冇得 冇有 没呢 还没 还没有 否 非 莫 莫要 莫用 别 别了 甭 免 免了 算 算了 错了 弄错了 搞错了 伐 伐是 伐要 覅 弗 弗是 弗要 勿 勿是 勿要 毋 毋免 毋是 没这回事 没这事
		no n nope nah not never wrong bu bushi meiyou buyao`)
)

func wordSet(words string) map[string]bool {
	m := make(map[string]bool)
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}

func says(text string, words map[string]bool, faces string) bool {
	if len(text) > 200 {
		return false
	}
	if strings.ContainsAny(text, "?？") {
		return false
	}
	s := Bare(text)
	if s == "" {
		return onlyFaces(text, faces)
	}
	if words[s] {
		return true
	}
	for _, thanks := range append([]string{"thankyou"}, digitThanks...) {
		if t, ok := strings.CutSuffix(s, thanks); ok && t != "" {
			s = t
			break
		}
	}
	return saysBare(s, words)
}

// saysBare accepts one of the words, several in a row (是的是的, 好好, 不不不用了),
// and particles at the end.
func saysBare(s string, words map[string]bool) bool {
	s = strings.TrimRight(s, "了啊呀哦哈嘛嘞滴呢咯噢喔哟啦勒噶撒哇的")
	for n := 0; n < 12; n++ {
		w := longestWord(s, words)
		if w == "" {
			return false
		}
		if s = s[len(w):]; s == "" {
			return true
		}
	}
	return false
}

func longestWord(s string, words map[string]bool) string {
	for n := min(len(s), 24); n > 0; n-- {
		if words[s[:n]] {
			return s[:n]
		}
	}
	return ""
}

func onlyFaces(text, faces string) bool {
	found := false
	for _, r := range text {
		switch {
		case strings.ContainsRune(faces, r):
			found = true
		case r == ' ' || r == '\uFE0F' || r >= 0x1F3FB && r <= 0x1F3FF: // variation and skin tone
		default:
			return false
		}
	}
	return found
}
