package dialogue

import (
	"slices"
	"strings"

	"sanshi/internal/matter"
	"sanshi/internal/message"
)

// What is heard as the answer to "is it what somebody has reported already".

// sameWords say that it is the same thing, otherWords that it is another, in the
// whole of a short text.
var (
	sameWords  = []string{"是同一", "同一个", "同一件", "一回事", "就是那", "是那个", "是那盏", "是的", "thesame"}
	otherWords = []string{"不是同一", "不是一回事", "不是那", "另外一", "另一", "别的", "不一样", "不同", "不是一个", "another", "different"}
)

// answerSame joins her matter to the other's on a yes; on a no, or when she says
// nothing, it stays her own. What she puts right, or needs besides, is heard as
// that.
func (h *hearing) answerSame(n int, digit bool) bool {
	m, ok := h.matter(h.Ask.Matter)
	if !ok || !m.State.Open() || m.State == matter.Done || len(h.Ask.Options) != 1 || !digit && length(h.bare) > 16 {
		return false
	}
	no := !digit && (message.No(h.In.Text) || slices.Contains([]string{"不是", "不是的"}, h.bare) || hasAny(h.bare, otherWords))
	yes := !digit && !no && !strings.Contains(h.bare, "不是") && (message.Yes(h.In.Text) || hasAny(h.bare, sameWords))
	switch {
	case digit && n == 1 || yes:
		h.closeQuestion()
		h.move(m.ID, matter.Merge, matter.Detail{Into: h.Ask.Options[0]}, "", nil)
		h.plan.Moves[len(h.plan.Moves)-1].Else = "kept_own"
		h.about(h.Ask.Options[0])
		h.say("joined", m.ID)
	case digit && n == 2 || no:
		h.closeQuestion()
		if !digit && length(h.bare) > 4 { // what makes it another thing helps whoever goes
			h.act(m.ID, matter.Answer, matter.Detail{}, h.In.Text, nil)
		}
		h.say("kept_own", m.ID)
	default:
		return false
	}
	return true
}
