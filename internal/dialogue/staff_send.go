package dialogue

import (
	"slices"
	"strings"

	"sanshi/internal/catalog"
	"sanshi/internal/classify"
	"sanshi/internal/directory"
	"sanshi/internal/matter"
	"sanshi/internal/message"
	"sanshi/prompts"
)

// What the staff say in everyday words instead of an order: who is to go, that she
// cannot, that it is done.

// sends hears who is to do something: "1给王组长", "让刘电工去". What still waits to
// be sorted is approved with it.
func (h *staffHearing) sends() bool {
	who, ok := h.sent()
	if !ok || h.alarm() {
		return false
	}
	o := order{verb: toAssign, who: who.ID}
	newReader(h.In.Text).refs(&o)
	if !o.named() && !h.lately() {
		return false
	}
	items, found := h.toSend(o)
	if found && len(items) == 0 && h.plan.Reply.key == "" {
		h.note("desk_assign_which", prompts.Values{"assignee": who.Name})
	}
	for _, it := range items {
		h.want(o, it)
	}
	return found
}

// sent finds the one member of staff whom the words send somewhere.
func (h *staffHearing) sent() (who directory.Staff, ok bool) {
	if length(h.bare) > 30 || hasAny(h.fold(), askingWords) {
		return who, false
	}
	for _, s := range h.Village.Staff {
		before, after, found := strings.Cut(h.bare, message.Bare(s.Name))
		if !found || !endsInAny(before, sendWords) || after != "" && !startsWithAny(after, doWords) {
			continue
		}
		if ok {
			return who, false
		}
		who, ok = s, true
	}
	return who, ok
}

func (h *staffHearing) fold() string { return message.Fold(h.In.Text) }

// sendWords stand before the name of whoever is to go, doWords behind it.
var (
	sendWords = []string{"给", "让", "叫", "派", "喊", "请", "由", "交", "转", "to", "give"}
	doWords   = []string{"去", "来", "办", "弄", "修", "看", "处理", "负责", "跑", "管", "吧", "先", "接", "做"}
)

func endsInAny(s string, words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.HasSuffix(s, w) })
}

func startsWithAny(s string, words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(s, w) })
}

// toSend finds what somebody is to do: what was named, what was shown by itself, or
// the only one that it can be.
func (h *staffHearing) toSend(o order) ([]target, bool) {
	if o.named() {
		return h.items(o)
	}
	if m, ok := h.matter(h.Lists[0].Matter); ok && (m.State == matter.Sorting || m.State == matter.Queued || h.isHers(m)) {
		return []target{{Item: Item{m.ID, 0}, list: &h.Lists[0]}}, true
	}
	if hers := h.hers(); len(hers) == 1 && !h.approves() {
		return []target{{Item: Item{hers[0].ID, 0}}}, true
	}
	return nil, true
}

// give makes the errands of sending somebody.
func (h *staffHearing) give(d Draft, m matter.Matter, who string) {
	if m.State == matter.Sorting {
		d.Act = matter.Act{Kind: matter.Approve}
		h.errand(d, "")
	}
	d.Act = matter.Act{Kind: matter.Assign, Detail: matter.Detail{Assignee: who}}
	h.errand(d, "")
}

// cannot hears that she cannot go: to an emergency somebody else is called; of what
// is hers she is told what she can do.
func (h *staffHearing) cannot(o order) bool {
	if !h.lately() {
		return false
	}
	if m, ok := h.matter(h.Lists[0].Matter); h.Lists[0].Kind == DeskPage && (!ok || !h.isHers(m)) {
		return h.note("desk_cannot_page", nil)
	}
	o.verb = toGiveUp
	items, found := h.items(o)
	if len(items) != 1 {
		return found
	}
	m, _ := h.matter(items[0].Matter)
	if !h.isHers(m) {
		return h.note("desk_kept", nil)
	}
	h.ask("desk_cannot", DeskWork, &Draft{Item: items[0].Item})
	return true
}

// reportsDone hears that what is hers is done, in words that are no order
// ("灯修好了"), and asks before it counts.
func (h *staffHearing) reportsDone() bool {
	if !hasAny(h.bare, doneReports) || hasAny(h.bare, unfinished) || hasAny(h.bare, ownPlace) || length(h.bare) > 60 || h.alarm() {
		return false
	}
	if !h.lately() || h.askedLast() || h.Lists[0].Kind == DeskSort {
		return false
	}
	hers := h.hers()
	if len(hers) == 0 { // of what was put before her she has taken nothing
		return h.note("desk_mine_none", nil)
	}
	m := hers[0]
	if last, ok := h.matter(h.Lists[0].Matter); ok && h.isHers(last) {
		m = last
	} else if len(hers) > 1 {
		h.plan.Reply = reply{key: "desk_which", show: hers, as: DeskWork}
		return true
	}
	act := matter.Act{Kind: matter.Finish, Note: h.In.Text, Detail: matter.Detail{Outcome: "solved"}}
	h.ask("desk_is_done", DeskSend, &Draft{Kind: DeskSend, Item: Item{m.ID, m.Version}, Act: act})
	return true
}

var (
	doneReports = []string{"换好", "修好", "弄好", "装好", "搞好", "通好", "办好", "做好", "清好", "补好", "填好", "接好", "处理好", "收拾好", "搞定", "办完", "修完", "清完", "弄完", "干完",
		"拉走了", "送到了", "亮了", "通了", "来水了", "来电了", "换了", "解决了", "fixed", "done"}
	unfinished = []string{"没", "不", "未", "吗", "等", "还", "又", "才能", "明天", "后天", "谁", "怎么", "什么", "not"}
)

// alarm: what tells of danger is heard as that before all else.
func (h *staffHearing) alarm() bool {
	return slices.ContainsFunc(h.Read(h.In.Text), func(r classify.Result) bool { return r.Urgency == catalog.Emergency })
}
