package dialogue

import (
	"strings"

	"sanshi/internal/message"
)

// The words that are recognised as they stand. All are compared folded: lower
// case, narrow, simplified, without punctuation.

// hardStops are Twilio's default stop words, as a whole message. Twilio answers
// them itself and blocks what follows.
var hardStops = set("stop", "stopall", "unsubscribe", "end", "quit", "cancel", "revoke", "optout")

// softStops end what is sent unasked; she may still write and is answered.
var softStops = set("退订", "td", "t", "停", "退定", "取消订阅", "不要再发了", "别再发了", "别发了", "不要再给我发短信了",
	"不要给我发短信了", "不要再给我发信息了", "别再给我发短信了", "不要发短信了", "不想收短信了", "nomoretexts", "stoptexting")

// leaveMeAlone with one of texts, anywhere in a short message, is a soft stop too.
var (
	leaveMeAlone = []string{"不要老是", "别老是", "不要再", "别再", "莫再", "不要给我", "别给我", "莫给我", "不要总", "别总", "不想收"}
	texts        = []string{"发短信", "发信息", "发消息", "发这些"}
)

// starts open the line again after a hard stop.
var starts = set("start", "unstop", "yes", "开始", "恢复", "恢复短信", "恢复订阅", "重新订阅", "开通", "重新开通", "开通短信")

// persons ask for a human being, as a whole message or anywhere in a short one.
var persons = set("0", "转人工", "人工", "找人", "真人", "人工服务", "转接人工", "找人说", "回电", "回电话", "找书记", "我要找书记", "找村干部", "agent", "human", "person", "operator")

var personPhrases = []string{"转人工", "找个人", "找真人", "打电话给我", "给我打电话", "给我打个电话", "给我回电话", "给我回个电话",
	"回我电话", "回个电话", "叫人给我回", "给我回个话", "给我回话", "回我个话", "回我一个电话", "叫李书记", "喊李书记", "让李书记", "叫书记", "喊书记", "让书记", "我要找书记", "请书记", "跟人说话", "找你们领导说", "真人", "找人来说", "不跟机器", "机器人", "书记电话", "书记的电话", "找书记", "找李书记", "找支书", "callmeback", "callme", "talktoaperson", "talktosomeone", "speaktoaperson"}

// cannotRead: a text is no answer for her.
var cannotRead = []string{"不识字", "不认得字", "认不得字", "认不到字", "不认字", "看不懂字", "没读过书", "看不见字", "看不清字", "cannotread", "cantread"}

// callTimes say when to be called.
var callTimes = []string{"点以后", "点之后", "点后", "点前", "点钟", "上午", "下午", "晚上", "明天", "后天", "现在打", "再打", "打我儿子", "打这个号"}

// noCall in the same breath takes the wish for a call back.
var noCall = []string{"别回电话", "莫回电话", "不要回电", "莫打电话", "别来电", "不要来电", "唔好打", "唔好覆", "dontring", "dontcallback", "不要回电话", "别打电话", "不要打电话", "别给我打电话", "不要给我打电话", "别回电", "dontcall", "donotcall"}

// noText asks that nothing be sent either.
var noText = []string{"别回短信", "不要回短信", "莫回短信", "别发短信", "不要发短信", "莫发短信", "别回信息", "不要回信息", "别发信息", "不要发信息", "别回消息", "不要回消息",
	"别发消息", "不要发消息", "不要给我发", "别给我发", "莫给我发", "别回我", "不要回我", "莫回我", "不要回复", "别回复", "莫回复", "唔好回", "dontreply", "donotreply", "donttext", "donottext", "noreply"}

// childWords are how a child speaks of those who beat her.
var childWords = []string{"爸爸打我", "妈妈打我", "我爸打我", "我妈打我", "爸又打我", "妈又打我", "爸爸又打", "妈妈又打", "后爸", "后妈", "继父", "后爹", "同学打我", "同学欺负", "老师打我", "爷爷打我", "奶奶打我",
	"我才", "我今年1", "我上小学", "我上初", "我读小", "我读初", "我爸拿", "我妈拿", "爸爸拿", "妈妈拿", "dadhits", "mumhits", "momhits", "daddyhits", "myfatherhits", "mydadbeats", "myfatherbeats"}

var thanksWords = []string{"谢谢", "多谢", "感谢", "谢了", "辛苦了", "麻烦你们了", "太好了", "thank", "thx"}

var greetings = set("喂", "喂喂", "你好", "您好", "你好啊", "在吗", "在不在", "在不", "有人吗", "有人没", "有没有人", "喂有人吗",
	"听到没", "听到没得", "听到没有", "听得到吗", "喂你听到没得", "收到没", "收到没有", "收到吗", "看到没", "看到没有", "人呢", "早上好", "晚上好",
	"hello", "hi", "hey", "anyonethere", "areyouthere")

// progressPhrases ask what has become of something.
var progressPhrases = []string{"办好没", "办好了没", "办好了吗", "办好了不", "弄好没", "弄好了没", "弄好了吗", "修好没", "修好了没", "修好了吗", "搞好没", "搞好了没", "搞好了吗",
	"修没修", "办没办", "弄没弄", "办得怎么样", "办得咋样", "怎么样了", "咋样了", "啥情况了", "什么情况了", "到哪一步", "到哪步", "进度", "进展", "有消息没", "有消息吗", "有结果没", "有结果吗", "有没有结果", "有回音",
	"处理了吗", "处理没", "处理得", "处理好", "解决了吗", "解决没", "什么时候来", "几时来", "好久来", "啥时候来", "什么时候办", "什么时候修", "好久修", "几时修", "哪天来", "来不来", "来人没", "有人来吗", "还来不来",
	"怎么还没", "咋还没", "怎么还不", "咋还不", "还没人", "等了好久", "等好久", "到底管不管", "还管不管", "有没有人管", "查进度", "我的事", "还修不修", "还办不办", "还弄不弄", "修不修", "好了没", "好了吗", "好了不", "通了没", "通了吗", "弄得咋样", "弄得怎么样", "搞得怎么样", "搞得咋样", "有没有人来", "怎么没人来", "咋没人来", "哪个时候来", "几时弄", "几时办", "还要等", "等到啥时候",
	"还修不", "修不修", "整好未", "搞掂未", "好未呀", "来咗未", "几时嚟", "好没", "办了没", "来了没", "修了没", "弄了没", "通了没", "咋样", "怎样了", "咋个样了", "还要好久", "anyupdate", "anynews", "whatsthestatus", "whatisthestatus", "status", "isitdone", "isitfixed", "whenwill", "howisitgoing"}

// urging is said by who has said it before: it is about what she raised last.
var urging = []string{"次说了", "说了几次", "说过几次", "说了多少", "说了好多", "反映了多少", "再不来", "再不办", "再不修", "催一下", "催了", "吃干饭", "howmanytimes", "thirdtime"}

// again marks what happens once more.
var again = []string{"又", "再次", "还是", "还没修好", "没修好", "没弄好", "没办好", "没解决", "依旧", "依然", "仍然", "老样子", "照样", "第二次", "again", "still", "notfixed"}

// correctionPhrases take something back or put it right.
var correctionPhrases = []string{"说错", "搞错", "弄错", "写错", "讲错", "打错", "发错", "记错", "不对不对", "应该是", "更正", "改一下", "我是说", "我说的是", "imeant", "mymistake", "correction", "wrong"}

// mistakes say outright that something was said wrongly.
var mistakes = []string{"说错", "搞错", "弄错", "写错", "讲错", "打错", "发错", "记错", "不对不对", "更正", "改一下", "imeant", "mymistake", "correction"}

// wrongNumber: the text was for somebody else.
var wrongNumber = []string{"发错了", "打错了", "发错人", "wrongnumber"}

// whoReads ask who is at the other end.
var whoReads = []string{"机器人吗", "是不是机器", "是机器吗", "是真人吗", "你是谁", "你们是谁", "你们是哪个", "你是哪个", "哪个看我", "谁在看", "别人看得到", "别人看得见", "这是什么号", "这个号是", "你们能办什么", "能办什么事", "这个怎么用", "whoareyou", "whoreads"}

// helpless ask for help without saying what for.
var helpless = []string{"帮帮我", "帮我一下", "帮个忙", "帮忙", "帮下忙", "咋个办", "怎么办", "快来", "快点来", "出事了", "helpme"}

// withdrawPhrases say that a matter need no longer be settled.
var withdrawPhrases = []string{"取消", "不用了", "不用来", "不用修", "不用办", "不用管", "不要来了", "别来了", "不麻烦", "撤销", "撤了", "撤回", "不办了", "不修了", "算了", "自己弄好", "自己修好", "自己搞好", "已经好了", "已经修好", "已经弄好", "已经有人修", "又好了", "又亮了", "来电了", "来水了", "找到了", "搞定了",
	"唔使", "整好咗", "搞掂咗", "自己通了", "自己通开", "自己换了", "nevermind", "noneedto", "nolongerneed", "fixeditmyself", "cancelit", "cancelmy"}

// overWords say that an emergency is over.
var overWords = []string{"灭了", "扑灭", "没事了", "没事儿了", "找到了", "找着了", "回来了", "醒了", "误会", "虚惊", "搞错了", "看错了", "falsealarm", "isout", "foundhim", "foundher"}

// others are those of whom she speaks when it is not herself.
var others = []string{"女儿", "儿子", "闺女", "孙", "老公", "老婆", "媳妇", "我妈", "我爸", "老伴", "邻居", "隔壁", "同学", "朋友", "妹", "弟", "哥", "姐", "他说", "她说", "他不想", "她不想", "有人"}

// secretWords ask that somebody be kept from knowing.
var secretWords = []string{"不要让他知道", "别让他知道", "莫让他知道", "不要告诉他", "别告诉他", "不要让他晓得", "莫让他晓得", "不要报警", "别报警", "莫报警", "保密"}

// broken tells of a fault: it is a need, and no place.
var broken = []string{"翘", "坏", "灭", "熄", "堵", "漏", "断", "破", "烂", "不亮", "不通", "没水", "没电", "臭", "脏", "塌"}

// allOfThem takes everything back at once.
var allOfThem = []string{"都不用", "都不要", "都取消", "都撤", "全取消", "全部取消", "全不用", "都不办", "都不修"}

// goesOn begin a text that says more about what was said just now.
var goesOn = []string{"又", "更", "而且", "还在", "还是", "一直", "越来越"}

// all of a list.
var both = []string{"两件", "都", "全部", "all", "both"}

// adverts are met with silence: an answer tells the sender that somebody reads.
var adverts = []string{"退订", "回t", "回复t", "【", "加微信", "微信同号", "领取", "额度", "贷款", "点击", "优惠", "收购", "疏通", "招聘", "验证码", "中奖", "http", "unsubscribe"}

// questionMarks turn "it is done" into "is it done".
var questionMarks = []string{"吗", "没有", "没得", "好没", "了没", "不?", "?", "么", "呢"}

// copyPhrases ask what is kept of her (PIPL art. 45).
var copyPhrases = []string{"存了我什么", "存了我哪些", "存我什么", "存着我什么", "记了我什么", "记了我哪些", "记着我什么", "我存了什么", "有我什么资料", "有我哪些资料", "要我的资料", "要我自己的资料",
	"看我的资料", "看看我的资料", "看下我的资料", "查我的资料", "我的资料给我", "资料给我一份", "我的信息给我", "看看你们存", "copyofmydata", "whatdoyouhaveonme", "whatdoyoukeep", "seemydata", "mydataplease"}

// forgetPhrases ask for erasure (PIPL art. 47).
var forgetPhrases = []string{"删掉资料", "删除资料", "删资料", "删掉我的", "删除我的", "把我的资料删", "把我的信息删", "把我的号码删", "删掉我", "注销", "都删了", "全删了", "全部删", "不要留我的", "deletemydata", "erasemydata", "forgetme", "deleteme"}

// keepMine take the wish back.
var keepMine = []string{"不删", "别删", "莫删", "先不要删", "dontdelete"}

// askingWords mark a question that a fact of the village may answer.
var askingWords = []string{"几点", "什么时候", "啥时候", "几时", "好久", "哪天", "在哪", "哪里", "哪儿", "怎么", "咋", "多少", "吗", "么", "?", "开门", "what", "when", "where"}

// timetable are questions about a time, a place, a number or whether somebody is
// there: what a village may have written down.
var timetable = []string{"几点", "办公时间", "上班时间", "下班时间", "开放时间", "营业时间", "开门", "关门", "开不开", "哪天", "几号停", "几号开", "几号办", "几号来", "停不停水", "停不停电", "有人吗", "有没有人在", "在不在", "电话是多少", "电话多少", "电话号码", "号码是多少", "号码多少",
	"在哪里取", "在哪取", "哪里取", "在哪里交", "在哪交", "哪里交", "在哪里买", "在哪买", "哪里买", "在哪里打", "在哪打", "哪间", "哪一间", "几楼", "有没有卖", "哪里有卖", "哪里有修", "wifi密码", "无线密码", "网络密码", "什么时候办", "什么时候开", "啥时候开", "啥时候办", "几时开", "几时办",
	"怎么走", "怎么坐", "怎么收费", "whattime", "whenis", "whendoes", "whereis", "wherecan", "howdoiget", "isitopen", "isthe", "phonenumber", "wifipassword"}

// wants turn a question into a need: something is wrong, or somebody is to do something.
var wants = []string{"坏", "修", "帮", "漏", "堵", "断", "破", "烂", "脏", "臭", "倒塌", "塌", "丢", "欠", "赔", "偷", "骗", "病", "痛", "疼", "摔", "找不到", "借", "捐", "报名", "申请", "举报", "投诉", "反映", "停了", "停两", "停三", "停几", "又停", "还没", "天没",
	"吵", "闹", "烦", "怎么还", "咋还", "还不", "才停", "管不管", "没人管", "老是", "欺负", "想要", "能不能", "可不可以", "派人", "来人", "broken", "help", "notworking", "please", "canyou", "fix", "repair", "nowater", "nopower"}

// ratingWords are answers to "are you content" by those who do not send digits.
var ratingWords = map[string]int{
	"非常满意": 5, "很满意": 5, "特别满意": 5, "满意得很": 5, "很好": 5, "好得很": 5, "非常好": 5, "五星": 5, "verygood": 5, "great": 5,
	"满意": 4, "好": 4, "可以": 4, "还可以": 4, "不错": 4, "good": 4,
	"一般": 3, "还行": 3, "马马虎虎": 3, "一般般": 3, "ok": 3,
	"不满意": 2, "不好": 2, "不太满意": 2, "bad": 2,
	"很不满意": 1, "非常不满意": 1, "很差": 1, "太差了": 1, "差": 1, "verybad": 1,
}

// ratingPhrases are found inside a short answer, the first that fits.
var ratingPhrases = []struct {
	words  string
	rating int
}{
	{"很不满意", 1}, {"非常不满意", 1}, {"太差", 1}, {"不满意", 2}, {"不太满意", 2}, {"没修好", 2}, {"没弄好", 2}, {"没办好", 2},
	{"很满意", 5}, {"非常满意", 5}, {"满意满意", 5}, {"特别满意", 5}, {"满分", 5}, {"100分", 5}, {"好得很", 5}, {"手艺好", 5}, {"满意", 4},
}

// notDone say that what is told as done is not.
var notDone = []string{"修个鬼", "还是黑", "还是坏", "还是漏", "还是不", "还是堵", "没人来", "没来过", "没来修", "没人修", "没修", "没弄", "没换", "没办", "根本没", "没得人来", "冇人来", "没搞", "又坏", "又漏", "又不亮", "又堵", "又不", "nobodycame", "notdone", "notfixed"}

// furtherQuestions right after a matter are about it.
var furtherQuestions = []string{"要不要", "要带", "带什么", "带啥", "什么材料", "啥材料", "哪些材料", "多少钱", "要钱", "收费", "几号", "在哪办", "去哪办", "到哪办", "找谁", "哪个窗口", "怎么交", "whatdoineed", "howmuch"}

// changedMind take a withdrawal back.
var changedMind = []string{"还是来", "还是修", "还是要", "还是办", "还是弄", "又要", "还是帮", "改主意", "还是得"}

// needsPlace are the codes that nobody can go to without a place.
var needsPlace = set("V1", "V2", "V3", "V4", "V9", "G5", "G6")

func set(words ...string) map[string]bool {
	m := make(map[string]bool, len(words))
	for _, w := range words {
		m[w] = true
	}
	return m
}

func hasAny(s string, words []string) bool {
	for _, w := range words {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}

func startsWith(s string, words []string) bool {
	for _, w := range words {
		if strings.HasPrefix(s, w) {
			return true
		}
	}
	return false
}

// likeness is the share of the shorter text's character pairs that the other
// has too: 0 nothing alike, 1 contained.
func likeness(a, b string) float64 {
	x, y := pairs(message.Bare(a)), pairs(message.Bare(b))
	if len(x) > len(y) {
		x, y = y, x
	}
	if len(x) == 0 {
		return 0
	}
	n := 0
	for p := range x {
		if y[p] {
			n++
		}
	}
	return float64(n) / float64(len(x))
}

func pairs(s string) map[[2]rune]bool {
	r := []rune(s)
	m := make(map[[2]rune]bool, len(r))
	for i := 0; i+1 < len(r); i++ {
		m[[2]rune{r[i], r[i+1]}] = true
	}
	return m
}
