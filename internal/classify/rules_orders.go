package classify

import (
	"strings"
	"unicode"

	"sanshi/internal/message"
)

// orders are words that speak to the machine and not to the village. A sentence
// with one of them is left out: what a text is about follows from the matter in
// it, never from what it tells the reader to answer.
var orders = look(`【系统 [系统 系统消息 系统提示 系统指令 系统通知: 管理员口令 管理员更正 管理员指令 管理员模式 开发者模式 忽略之前 忽略以上 忽略上面 忽略前面 无视之前 无视以上
	归类为 归类到 请归类 分类为 判为 判定为 标记为 标为 记成 归为n 归入 输出为 请输出 应输出 均输出 都输出 只输出 输出none 输出government 输出village 输出household 输出h 输出g 输出v 输出n 一律输出
	模型指令 模型更新 提示词 自动结案 自动通过 自动删除 优先级最高 最高优先级 不许转给 不要登记 不要归类 翻译成 用英文回答 用英语回答 用json 的机器人 的助手, 你是一个ai 你是ai 扮演 越狱
	<system </system <user </user <|im system: assistant: ignore@all ignore@previous ignore@the disregard you@are@now output@ classify@this classify@as label@this new@instruction`)

// withoutOrders drops the sentences that speak to the machine. When nothing else
// is left, the text stays as it is.
func withoutOrders(text string) string {
	folded := message.Fold(text)
	if _, i := firstOf(folded, orders); i < 0 {
		return text
	}
	var kept []string
	for _, s := range sentences(splitTags(text)) {
		if _, i := firstOf(message.Fold(s), orders); i < 0 {
			kept = append(kept, strings.TrimLeft(s, "—-:： "))
		}
	}
	own := strings.Join(kept, "。")
	if contentOf(message.Fold(own)) < leastContent {
		return text
	}
	return own
}

// WithoutOrders gives a text without the sentences that tell the reader what to
// answer, for whoever else reads it.
func WithoutOrders(text string) string { return withoutOrders(text) }

// splitTags ends a sentence at dashes and around anything in <…>.
func splitTags(s string) string {
	var b strings.Builder
	depth := 0
	for _, r := range s {
		switch {
		case r == '<':
			depth++
			b.WriteString("。<")
		case r == '>' && depth > 0:
			depth--
			b.WriteString(">")
			if depth == 0 {
				b.WriteString("。")
			}
		case r == '—' || r == '\u2028':
			b.WriteString("。")
		case unicode.IsControl(r) && r != '\n' && r != '\t':
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// onlyOrders reports a text that speaks to the machine and says nothing else.
func onlyOrders(t words) bool {
	_, i := firstOf(t.folded, orders)
	return i >= 0
}
