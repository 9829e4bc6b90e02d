package classify

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// runeLen is the length of a character of valid UTF-8 in bytes.
func runeLen(r rune) int { return max(1, utf8.RuneLen(r)) }

// sentences cuts a text at full stops, question and exclamation marks and line
// ends; the marks go. It works on folded and on raw texts.
func sentences(s string) []string { return cut(s, "。.!?！？；;\n…") }

func cut(s, marks string) []string {
	parts := strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(marks, r) })
	out := parts[:0]
	for _, p := range parts {
		if p = strings.TrimSpace(p); p != "" {
			out = append(out, p)
		}
	}
	return out
}

// hasAny reports whether any of some words stands in the text.
func (t words) hasAny(list []string) bool {
	if yes, known := t.lexicon.has(t.met, list); known {
		return yes
	}
	_, i := firstOf(t.folded, list)
	return i >= 0
}

// contentOf counts the characters that may carry a subject: letters that are no
// filler, politeness, number or name of a group.
func contentOf(folded string) int {
	n := 0
	latin := false
	for _, r := range withoutFillers.Replace(folded) {
		switch {
		case r >= 0x3400 && r <= 0x9FFF:
			n++
			latin = false
		case unicode.IsLetter(r):
			if !latin {
				n++ // a word of letters counts once
			}
			latin = true
		default:
			latin = false
		}
	}
	return n
}

// fillers say nothing of the matter. Longer ones stand before their parts.
var fillers = look(`你们好 您好 你好 大家好 领导好 书记好 尊敬的领导 尊敬的 领导 请问一下 请问 麻烦你们 麻烦您 麻烦 拜托 谢谢你们 谢谢 辛苦了
	我说一下 我说哈 我说 我想说 我跟你说 我讲 我给你说 说一下 问一下 问下 问哈 想问 想 那个那个 那个 这个 就是说 就是 然后 喂喂 喂 哎呀 哎 唉 嗯 呃 额 啊 呀 哈 嘛 呢 吧 哦 噢 哩 哟 诶
	我们 咱们 俺们 我 你们 你 您 俺 咱 他 她 一个 一下 有个 有一个 事情 事儿 事 的 了 是 在 和 有 不 这里 这边 那边 这儿 那儿
	一组 二组 三组 四组 五组 六组 七组 八组 九组 十组 村里 村 组 队 听到没有 听到没得 听到没 在吗 在不在 有人吗 救救 哪里 怎么 什么`)

var withoutFillers = strings.NewReplacer(each(fillers, " ")...)

// each pairs every word with what replaces it.
func each(list []string, with string) []string {
	var out []string
	for _, w := range list {
		out = append(out, w, with)
	}
	return out
}

// clip keeps the first n runes; a word of letters is not cut in two.
func clip(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	for i := range s {
		if n == 0 {
			if sp := strings.LastIndexByte(s[:i], ' '); sp > i/2 && s[i] < utf8.RuneSelf && s[i] != ' ' {
				return s[:sp]
			}
			return s[:i]
		}
		n--
	}
	return s
}
