package dialogue

import (
	"sanshi/internal/message"
)

// Stray hears a text that is no order, from a phone on which the village's work lies,
// when the resident's talk could only guess what it means: "第二个先放一放" is no need of
// her own. She is told what she can say; p is then not carried out. What she
// acknowledges needs no answer.
func (t StaffTurn) Stray(p *Plan) (StaffPlan, bool) {
	h := &staffHearing{StaffTurn: t, bare: message.Bare(t.In.Text)}
	if !h.lately() || len(t.In.Media) > 0 || !h.guessed(p) {
		return StaffPlan{}, false
	}
	if h.askedLast() || t.In.At.Sub(t.State.TopicAt) <= window {
		return StaffPlan{}, false // she was asked something about a matter of her own, or speaks of one
	}
	if acknowledged[h.bare] {
		p.Says, p.State = nil, t.State
		return StaffPlan{}, false
	}
	out := StaffPlan{State: t.State}
	out.State.Village, out.State.Address, out.State.Draft = t.In.Village, t.In.From, nil
	out.Reply.key = "desk_unclear_work"
	switch {
	case p.Heard == "cancel":
		out.Reply.key = "desk_kept"
	case t.Lists[0].Kind == DeskPage:
		out.Reply.key = "desk_unclear_page"
	case h.approves():
		out.Reply.key = "desk_unclear"
	}
	return out, true
}

// askedLast: what was put to her last was a question to the resident that she is.
func (h *staffHearing) askedLast() bool {
	return h.Asked != nil && h.Asked.ID != h.State.Answered && h.Asked.At.After(h.Lists[0].At)
}

// guessed reports whether the resident's talk found nothing sure in the text.
func (h *staffHearing) guessed(p *Plan) bool {
	switch p.Heard {
	case "held", "wordless":
		return true
	case "cancel": // 算了, and nothing of her own is under way
		return givesUp[h.bare] && len(p.Moves) == 0
	case "none":
		return !hasAny(message.Fold(h.In.Text), adverts)
	case "question": // the secretary would be asked
		return h.approves()
	case "matter":
		for _, m := range p.Moves {
			if m.Open == nil || m.Open.Result.Complete || m.Open.Result.Source == "rule" {
				return false
			}
		}
		return true
	}
	return false
}

// acknowledged are words after which nothing need be said.
var acknowledged = set("收到", "收到了", "好的收到", "收到谢谢", "知道", "知道了", "晓得了", "明白", "明白了", "了解", "看到了", "嗯嗯", "哦", "噢", "gotit", "received", "noted")
