package classify

import (
	"strings"
	"unicode/utf8"

	"sanshi/internal/message"
)

// thing is something that people name when it is broken, and whose it usually
// is. With what is wrong with it in the same clause it is a whole request, however
// short: 路灯坏, 水管爆了. The code is only a nudge for texts that say no more.
type thing struct {
	code   string
	words  []string
	faults []string
}

var (
	broken  = look(`坏 断 烂 爆 破 裂 歪 松 掉 倒 翘 塌 垮 陷 锈 短路 冒烟 出问题 有问题 出毛病 有毛病 用不得 用不了 用不成 搞不得 broken damaged`)
	dark    = look(`坏 怀 不亮 没亮 唔着 唔亮 不着 打不燃 打不着 打不开 灭 熄 瞎 黑 闪 炸 掉 歪 烂 没电 没得亮 broken out@again not@working is@out are@out`)
	stopped = look(`堵 漏 爆 断 破 裂 坏 臭 淤 不通 通不了 流不 不出水 不来水 滴水 渗水 溢 冒水 漫 翻水 垮 塌 干 关不 拧不 blocked leak burst`)
	dirty   = look(`臭 脏 满 堆 没人收 没收 不收 没来收 没人扫 没扫 没人管 没人清 没清 没人拉 没拉 没人倒 乱 溢 堵 烂 坏 你看 not@been@collected not@collected full smell`)
)

var things = []thing{
	{"V1", look(`路灯 街灯 灯杆 太阳能灯 street@light streetlight`), dark},
	{"H5", look(`我家灯 我家的灯 家里灯 家里的灯 屋里灯 屋里的灯 屋头灯 屋头的灯 电灯 灯泡 日光灯 吊灯 客厅灯 客厅的灯 厨房的灯 厕所的灯 卧室灯 卧室的灯`), append(look(`换 装`), dark...)},
	{"V1", look(`灯 lamp`), dark},
	{"V1", look(`路 桥 石板 井盖 盖板 护栏 栏杆 台阶`), append(look(`坑 难走 走不得 不好走 走不了 没盖 不见`), broken...)},
	{"V2", look(`水沟 阴沟 排水沟 沟 渠 水井 井水 水塘 塘坝 涵管 ditch`), stopped},
	{"H5", look(`水管 水龙头 龙头 下水道 下水管 马桶 厕所 水池 洗手池 洗碗池 地漏 阀门 水箱 屋顶 屋面 瓦 天花板 热水器 tap toilet sink`), stopped},
	{"H5", look(`门锁 插座 开关 电线 电闸 灶 电饭锅 冰箱 电视 电视机 风扇 空调 窗户 窗子 房门 大门`), append(look(`不转 不制冷 打不开 关不上 打不着 开不了 没画面 没信号 没电 跳`), broken...)},
	{"V3", look(`垃圾 公厕 茅厕 旱厕 化粪池 garbage rubbish trash`), dirty},
	{"G3", look(`网 宽带 信号 电话线 internet`), append(look(`没有 不好 上不了 慢 没了`), broken...)},
	{"", look(`蛇 马蜂窝 蜂窝 蜂子窝 野猪 疯狗`), look(`进 屋 檐 有 个 咬 窜 追 糟 来`)},
}

// outages are faults in one word.
var outages = []thing{
	{"G3", look(`停电 断电 没电了 没得电 冇电 莫得电 停水 断水 水停了 没水 没得水 冇水 莫得水 缺水 没来水 没来电 断网 没网 没得网 停气 断气了灶 no@water no@power no@electricity power@cut blackout water@has@been@off water@is@off power@is@off power@has@been@off`), nil},
	{"H5", look(`漏水 漏雨 跳闸 短路 漏电 打不燃火 打不着火`), nil},
}

// services are things asked for by name. A name says who it is for (低保户) as
// often as what is wanted, so it counts when little else is said, or a question.
var services = []thing{
	{"G2", look(`低保 五保 残疾证 残疾补贴 高龄补贴 高龄津贴 特困 优抚 困难补助 临时救助`), nil},
	{"G1", look(`医保 社保 养老金 养老保险 退休金 合作医疗 新农合 医保卡 社保卡`), nil},
	{"G9", look(`户口 身份证 居住证 迁户`), nil},
	{"G4", look(`宅基地 房产证 土地证 确权`), nil},
	{"G3", look(`危房`), nil},
	{"G6", look(`公交 班车`), nil},
	{"G10", look(`粮补 种粮补贴 农机补贴`), nil},
	{"V1", look(`路灯 街灯`), nil},
}

// asking are words of a question or a wish, and of what fails to come.
var asking = look(`怎么 咋 哪 几 啥 什么 多少 吗 么 申请 办 领 交 补 查 问 要 没发 没到 没下来 不发 还没 停了 丢 能不能 可不可以`)

// mended are words that take a fault back; those of works do unless they are denied.
var (
	mended = look(`修好 弄好 搞好 换好 不漏 没漏 没坏 不坏 不堵 没堵 不臭 水来了 电来了 不停电 不停水 not@broken fixed`)
	works  = look(`好了 亮了 通了`)
)

// faultIn finds the first complete request among the clauses of a folded text:
// a thing with what is wrong with it, an outage, or a service that is asked for.
// code is what it is usually filed under, "" when that is open.
func faultIn(folded string) (code string, ok bool) {
	for _, clause := range clausesOf(folded) {
		if code, ok = faultOf(clause); ok {
			return code, true
		}
	}
	if bare := message.Bare(folded); utf8.RuneCountInString(bare) <= faultReach {
		return faultOf(bare) // word by word: 灯，不亮
	}
	return "", false
}

// clausesOf cuts at every mark and at spaces between words of Chinese.
func clausesOf(folded string) []string {
	return cut(spacesToCommas(folded), "。.!?！？；;\n…，,、：:")
}

// tellsMended: a clause that says that something works again.
func tellsMended(clause string) bool {
	if _, i := firstOf(clause, mended); i >= 0 {
		return true
	}
	_, i := firstOf(clause, works)
	before, _ := utf8.DecodeLastRuneInString(clause[:max(i, 0)])
	return i >= 0 && !strings.ContainsRune("不没未唔冇别快天", before)
}

// faultAlone: a clause that only says what is wrong ("不亮了"), the thing standing in
// another.
func faultAlone(clause string) bool {
	for _, faults := range [][]string{broken, dark, stopped, dirty} {
		if _, i := firstOf(clause, faults); i >= 0 {
			return true
		}
	}
	return false
}

func faultOf(clause string) (code string, ok bool) {
	if tellsMended(clause) {
		return "", false
	}
	for _, t := range things {
		if t.faulty(clause) {
			return t.code, true
		}
	}
	for _, t := range outages {
		if _, i := firstOf(clause, t.words); i >= 0 {
			return t.code, true
		}
	}
	for _, t := range services {
		if word, i := firstOf(clause, t.words); i >= 0 && asked(clause, word) {
			return t.code, true
		}
	}
	return "", false
}

// faultReach is how many characters may stand between a thing and its fault.
const faultReach = 8

func (t thing) faulty(clause string) bool {
	word, at := firstOf(clause, t.words)
	if at < 0 {
		return false
	}
	after := clip(clause[at+len(word):], faultReach)
	if _, i := firstOf(after, t.faults); i >= 0 {
		return true
	}
	before := []rune(clause[:at])
	_, i := firstOf(string(before[max(0, len(before)-4):]), t.faults)
	return i >= 0
}

// asked: the name is nearly all that is said, or a question goes with it.
func asked(clause, name string) bool {
	if _, i := firstOf(clause, asking); i >= 0 {
		return true
	}
	return utf8.RuneCountInString(message.Bare(clause)) <= utf8.RuneCountInString(name)+2 && !strings.Contains(clause, "户")
}

// longStory is from how many characters on a text may drown its one request.
const longStory = 40

// letterWords are those of letters to an office, which the model knows well as wholes.
var letterWords = look(`赔偿 住户 县 市 街道 小区 业主 领导 贵 镇政府 局`)

// focus lets the clauses that name a fault outweigh the rest of a long story of
// which the model is not sure.
func (c *Classifier) focus(t words, probs []float64) {
	best, _ := c.best(probs)
	if t.content < longStory || !t.faulty || probs[best] > 0.6 && c.codes[best] != NoCode || t.hasAny(formalWords) || t.hasAny(letterWords) {
		return
	}
	var told []string
	for _, clause := range clausesOf(t.folded) {
		if _, faulty := faultOf(clause); faulty {
			told = append(told, clause)
		}
	}
	for i, p := range c.model.Read(modelText(strings.Join(told, "，")))[0].Probs {
		if probs[i] = (probs[i] + 3*p) / 4; c.codes[i] == t.faultCode {
			probs[i] = max(probs[i], 0.8) // the sum is put right by the borders
		}
	}
}
