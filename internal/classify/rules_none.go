package classify

import (
	"strings"

	"sanshi/internal/catalog"
	"sanshi/internal/message"
)

// needs are words of somebody who wants something done or has something wrong.
var needs = look(`坏 修 帮 请 求 想 要 能不能 可不可以 可以不 怎么 咋 吗 么 没 莫得 冇 唔 不 漏 堵 停 断 破 烂 脏 臭 倒 塌 裂 掉 丢 欠 赔 打 吵 闹 病 痛 疼 摔 少 缺 找 借 捐 报名 申请 举报 投诉 反映 咨询 建议 补 办 啥时候 什么时候 几点 多少 哪里 哪个 救 急 危险 淹 火 烧 偷 骗 help need broken please want how when where fix no@water`)

// secrecy: she asked that nobody be told.
var secrecy = look(`不要跟别人讲 别跟别人讲 不要告诉别人 别告诉别人 不要告诉其他人 不想让人知道 不想让别人知道 不要让人知道 别让人知道 不要让别人知道 别让别人知道 莫跟别个说 莫给别人说 莫告诉 保密 替我瞒 不要声张 别声张 别外传 不要外传 不要说出去 别说出去 偷偷问 悄悄问 私下问 唔好话俾 唔好同人讲 keep@it@secret don't@tell`)

// worthless is one way of saying nothing that concerns the village.
type worthless struct {
	why    string
	any    []string
	also   []string // one of these too, when there are any
	unless []string
	most   int  // content characters at most; 0 means any number
	polite bool // said beside a request as well: it is nothing only without one
}

var worthlessness = []worthless{
	{"是验证码", look(`验证码 verification@code 取件码 提货码`), nil, look(`骗 收不到 没收到 不会弄 被`), 0, false},
	{"是广告", look(`退订 回t 回复t td退 拒收请回`), look(`【 领取 点击 优惠 额度 活动 折 减 详情 抢 送 贷 链接 会员`), look(`帮我退订 怎么退订`), 0, false},
	{"是广告", look(`加微信 电话同微信 微信同号 随叫随到 价格优惠 欢迎选购 欢迎订购 全场 量大从优 日结 高薪招聘 内部消息 稳赚 无抵押 秒批 当天放款 低价批发 开业大酬宾 买一送一 均价`), nil, look(`被骗 骗了 投诉 举报 不退`), 0, false},
	{"是广告", look(`恭喜您中奖 恭喜你中奖 恭喜您获得 您已被抽中 额度待领取 额度可提现 立即提现 点击链接领取`), nil, look(`被骗 骗了 是不是真 是真的吗 真的假的`), 0, false},
	{"是商家的通知", look(`您尾号 您本月话费 话费余额 您的包裹 流量已用 您的快递已`), nil, look(`丢 没收到 不对 乱扣 骗`), 0, false},
	{"是道谢", look(`谢 感谢 多谢 唔该晒 辛苦 点赞 点个赞 麻烦你们了 thank`), nil, needsButThanks, 40, true},
	{"是问候", look(`新年快乐 新年好 春节快乐 中秋快乐 端午安康 节日快乐 身体健康 万事如意 恭喜发财 早上好 晚上好 中午好 下午好 拜年 生日快乐 晚安 good@morning happy@new@year`), nil, needsButThanks, 16, true},
}

// needsButThanks: a thank-you with one of these asks for something as well.
var needsButThanks = look(`请问 请帮 请派 请来 帮忙 帮我 帮着 能不能 可不可以 麻烦来 麻烦帮 麻烦村 坏了 坏咗 不亮 没亮 没来 没修 还没 又 怎么办 怎么 咋 吗 举报 投诉 反映 希望 想 申请 报名 什么时候 几点 哪里 漏 堵 断 停 塌 欠 补 但 可是 就是 please could can@you not`)

// bare texts that are answers, calls or tests, as a whole.
var bareNothing = look(`喂 在吗 在不在 有人吗 你好 您好 你们好 好 好的 好滴 好嘞 好哒 行 嗯 嗯嗯 哦 噢 知道了 晓得了 收到 收到了 明白 明白了 可以 同意 要得 中 是 是的 对 对的 不用了 没事 没事了 没有了 谢了 测试 test ok okay hi hello 哈哈 哈哈哈 呵呵 退订 td t 再见 拜拜 bye 你是谁 谁 谁呀 发错了 打错了 喂你听到没得 听到没 听到没有`)

// nothing recognises what is no request and fills r.
func nothing(t words, r *Result) bool {
	r.Code, r.Kind, r.Urgency, r.UrgencyConfidence, r.Source = NoCode, catalog.None, catalog.Normal, 1, "rule"
	bare := message.Bare(t.raw)
	switch {
	case bare == "" || strings.Trim(bare, "0123456789") == "":
		r.Confidence, r.CodeConfidence, r.Reason = vague, vague, "没有文字，看不出事情"
		return true
	case equalsAny(bare, bareNothing):
		r.Confidence, r.CodeConfidence, r.Need, r.Reason = 0.9, 0.9, false, "只是应答或打招呼"
		return true
	case onlyOrders(t):
		r.Confidence, r.CodeConfidence, r.Need, r.Reason = 0.9, 0.9, false, "只有指挥机器的话，没有事情"
		return true
	}
	for _, w := range worthlessness {
		if word, ok := w.in(t); ok {
			r.Confidence, r.CodeConfidence, r.Need = 0.96, 0.96, false
			r.Reason = "写到“" + word + "”，" + w.why + "，不是要办的事"
			return true
		}
	}
	return false
}

func (w worthless) in(t words) (string, bool) {
	if w.most > 0 && t.content > w.most || w.polite && t.faulty {
		return "", false
	}
	word, i := firstOf(t.folded, w.any)
	if i < 0 || w.also != nil && !t.hasAny(w.also) || t.hasAny(w.unless) {
		return "", false
	}
	return word, true
}

func equalsAny(s string, list []string) bool {
	for _, w := range list {
		if s == w {
			return true
		}
	}
	return false
}
