package classify

// advice is what must be said at once though it is no emergency: a text that
// waits for the secretary comes too late for it.
type advice struct {
	key       string // advice_KEY of prompts/resident
	any, also []string
	unless    []string
}

var advices = []advice{
	{"scam", look(`骗 诈骗 是不是真 真的假的 真的吗 可信 scam`), look(`转账 转钱 转两 转一 转三 转五 转几 打钱 汇款 汇钱 付款 验证码 屏幕共享 下载 叫我转 让我转 要我转 叫我交 让我交 保证金 解冻`), look(`去年 以前 没骗`)},
	{"scam", look(`打电话 电话说 短信说 陌生 客服 公检法 民警说 中奖`), look(`转账 转钱 转两 转一万 打钱 汇款 验证码 屏幕共享 安全账户 解冻 保证金`), look(`去年 以前 我儿子打电话`)},
	{"bite", look(`狗咬 狗给咬 猫抓 猫咬 野狗咬 老鼠咬`), look(`我 娃 孩子 妈 爸 奶 爷 血 伤 破`), look(`去年 以前 赔 鸡 鸭 羊 牛 医药费 打完针`)},
}

// adviceFor gives the key of what must be said at once, or "".
func adviceFor(t words) string {
	for _, a := range advices {
		if t.hasAny(a.any) && t.hasAny(a.also) && !t.hasAny(a.unless) {
			return a.key
		}
	}
	return ""
}
