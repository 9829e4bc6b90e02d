package dialogue

import (
	"sanshi/internal/catalog"
)

// verb is what a member of staff wants done.
type verb string

const (
	toChoose  verb = "choose"  // a digit and nothing else
	toAgree   verb = "agree"   // what it means depends on how the matter stands
	toApprove verb = "approve" // to sort
	toRefuse  verb = "refuse"  // decline what waits, give back what is hers
	toCorrect verb = "correct"
	toUrge    verb = "urge" // it is urgent
	toDetails verb = "details"
	toAskHer  verb = "ask"
	toMerge   verb = "merge"
	toClaim   verb = "claim"
	toFinish  verb = "finish"
	toGiveUp  verb = "return"
	toPlan    verb = "plan"
	toUndo    verb = "undo"
	toMine    verb = "mine"
	toPile    verb = "list"
	toHelp    verb = "help"
	toAssign  verb = "assign"
	toCannot  verb = "cannot" // she cannot go
)

// verbWord is a word that gives an order.
type verbWord struct {
	word string
	verb verb
	// words: what follows is a reason, a question or a note. ends: the next order
	// ends it. keep: the word itself may be part of it.
	words, ends, keep bool
	// needsDigit: too common to mean anything without a digit before it. free: it may
	// be followed at once by what it is about.
	needsDigit, free bool

	kind    catalog.Kind
	code    string
	outcome string
	date    date
}

// verbs by their folded words.
var verbs = func() map[string]verbWord {
	all := map[string]verbWord{}
	add := func(w verbWord, words ...string) {
		for _, s := range words {
			w.word = s
			all[s] = w
		}
	}
	add(verbWord{verb: toAgree}, "好", "好的", "行", "可以", "要得", "ok", "okay", "yes", "y", "嗯", "中", "得行", "没问题", "没意见", "是", "是的", "对", "办")
	add(verbWord{verb: toApprove}, "同意", "批准", "通过", "准了", "安排", "approve", "agree")
	add(verbWord{verb: toApprove, needsDigit: true}, "批", "准")
	add(verbWord{verb: toRefuse, words: true, ends: true}, "不同意", "不办", "不办理", "不受理", "不批", "不行", "拒绝", "驳回", "no", "decline")
	add(verbWord{verb: toRefuse, words: true, ends: true, keep: true, needsDigit: true}, "不")
	add(verbWord{verb: toUrge, needsDigit: true}, "急", "加急", "很急", "急件", "urgent")
	add(verbWord{verb: toDetails, needsDigit: true}, "详情", "详细", "原话", "看看", "看一下", "details", "?",
		"怎么样", "怎么样了", "咋样了", "到哪步了", "进度", "谁在办", "办好没", "办好没有", "办好了没", "办好了没有", "办好了吗")
	add(verbWord{verb: toAskHer, words: true}, "问", "问一下", "问下", "问问", "追问", "ask")
	add(verbWord{verb: toMerge, needsDigit: true}, "并", "并到", "并入", "合并到", "合并", "merge")
	add(verbWord{verb: toClaim}, "接", "接手", "接单", "接了", "我接", "我去", "我来", "马上去", "马上到", "去", "来了", "在路上", "领", "claim",
		"到了", "我到了", "已经到了", "马上就到", "我马上到", "我马上去", "我过去", "我这就去", "我去看看", "出发了")
	add(verbWord{verb: toCannot, words: true}, "去不了", "我去不了", "来不了", "我来不了", "走不开", "我走不开", "赶不过去", "没空", "我没空", "没时间", "我在外地", "在外地", "不在村里", "我不在村里", "cannotgo")
	add(verbWord{verb: toFinish, words: true, ends: false, outcome: "solved"}, "办好", "办好了", "办完", "办完了", "修好", "修好了", "弄好", "弄好了", "搞好", "搞好了",
		"搞定", "搞定了", "解决", "解决了", "完成", "完成了", "做好", "做好了", "done", "fixed")
	add(verbWord{verb: toFinish, words: true, needsDigit: true, outcome: "solved"}, "好了")
	add(verbWord{verb: toFinish, words: true, outcome: "mediated"}, "调解好", "调解好了", "调好", "调好了", "说和了", "和解了", "mediated")
	add(verbWord{verb: toFinish, words: true, outcome: "guided"}, "讲清楚了", "说清楚了", "解释清楚了", "告诉她了", "告诉他了", "guided")
	add(verbWord{verb: toFinish, words: true, keep: true, outcome: "not_solved"}, "没解决", "没办成", "没修好", "没办好", "没弄好", "没搞定", "notsolved")
	add(verbWord{verb: toGiveUp, words: true}, "退", "退回", "退单", "return")
	add(verbWord{verb: toGiveUp, words: true, keep: true}, "办不了", "办不成", "修不了", "做不了", "搞不了", "不是我们组的", "不归我们管", "不归我管", "不是我的")
	add(verbWord{verb: toUndo}, "撤回", "撤销", "undo")
	add(verbWord{verb: toMine}, "我的", "我的事", "我手上", "我手上的", "mine")
	add(verbWord{verb: toPile}, "看", "列表", "待办", "清单", "list")
	add(verbWord{verb: toHelp}, "帮助", "口令", "怎么回", "怎么用", "commands")
	for kind, names := range map[catalog.Kind][]string{
		catalog.Household: {"民事", "household"}, catalog.VillageRun: {"村事", "village"}, catalog.Government: {"政事", "government"},
	} {
		for _, name := range names {
			for _, lead := range []string{"", "改", "改成", "改为", "是", "算", "转"} {
				add(verbWord{verb: toCorrect, kind: kind}, lead+name)
			}
		}
	}
	return all
}()

const longestVerb = 12
