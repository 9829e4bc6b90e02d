package classify

import (
	"strings"
	"unicode/utf8"
)

// introductions are how people say who they are.
var introductions = []string{"我是", "我叫", "本人叫", "我名叫", "这里是", "俺是", "俺叫"}

// nameIn gives what a resident calls herself at the start of a clause: "我是老陈头
// 活动室…" → 老陈头. What is too long for a name is none.
func nameIn(s string) string {
	for _, clause := range cut(s, "。.!?！？；;\n，, 、：:") {
		for _, intro := range introductions {
			name, ok := strings.CutPrefix(clause, intro)
			if n := utf8.RuneCountInString(name); ok && n >= 2 && n <= 5 && looksLikeName(name) {
				return name
			}
		}
	}
	return ""
}

// namesEnd and namesBegin mark what people call themselves.
var (
	namesBegin = look(`老 小 阿 大 二 三 四 五 他 她`)
	namesEnd   = look(`头 屋里的 家的 婆婆 婆 大爷 大妈 大娘 大叔 爷爷 奶奶 嫂 嫂子 叔 姨 阿姨 哥 姐 伯 伯伯 老师 师傅 爷 奶 妈 爸 老汉 媳妇`)
	notNames   = look(`村 组 人 想 说 要 来 问 一 个 的邻居 不 没 业主 居民 户 低保 残疾 党员 独居 邻居 学生 老人 农民 志愿者 谁 怎么 这里 在`)
)

const surnames = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文覃欧"

func looksLikeName(s string) bool {
	for _, w := range namesEnd {
		if strings.HasSuffix(s, w) {
			return true
		}
	}
	if _, i := firstOf(s, notNames); i >= 0 {
		return false
	}
	for _, w := range namesBegin {
		if strings.HasPrefix(s, w) {
			return true
		}
	}
	first, _ := utf8.DecodeRuneInString(s)
	return strings.ContainsRune(surnames, first) && utf8.RuneCountInString(s) <= 4
}
