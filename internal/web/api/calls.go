package api

import (
	"slices"
	"strings"
	"time"

	ring "sanshi/internal/call"
	"sanshi/internal/directory"
	"sanshi/internal/message"
)

// callView is a call to be made, or made, as other programs see it.
type callView struct {
	ID      string          `json:"id"`
	Address message.Address `json:"address"`
	Reason  string          `json:"reason"`
	Matter  string          `json:"matter"`
	Number  string          `json:"number"`
	Private bool            `json:"private"`
	Note    string          `json:"note"`
	For     string          `json:"for"`
	TakenBy string          `json:"taken_by"`
	Tries   int             `json:"tries"`
	Suggest string          `json:"suggest"` // "visit" when ringing has not helped
	Overdue bool            `json:"overdue"`
	Result  string          `json:"result"`
	Remark  string          `json:"remark"`
	DoneBy  string          `json:"done_by"`
	AskedAt stamp           `json:"asked_at"`
	DueAt   stamp           `json:"due_at"`
	AgainAt stamp           `json:"again_at"`
	DoneAt  stamp           `json:"done_at"`
}

// callOf shows a ring. Of one about a private matter neither number nor words: the
// token belongs to a machine.
func (a *api) callOf(c directory.Callback) callView {
	v := callView{
		ID: c.ID, Address: c.Address, Reason: c.Reason, Matter: c.Matter, Number: c.Number, Private: c.Private, Note: c.Note,
		For: c.For, TakenBy: c.TakenBy, Tries: c.Tries, Overdue: ring.Overdue(c, a.Now()), Result: c.Result, Remark: c.Remark,
		DoneBy: c.DoneBy, AskedAt: stamp(c.At), DueAt: stamp(c.DueAt), AgainAt: stamp(c.AgainAt), DoneAt: stamp(c.DoneAt),
	}
	if ring.Visit(c) {
		v.Suggest = "visit"
	}
	if c.Private {
		v.Address, v.Note, v.Remark = "", "", ""
	}
	return v
}

func (a *api) callsOf(all []directory.Callback) []callView {
	out := make([]callView, 0, len(all))
	for _, c := range all {
		out = append(out, a.callOf(c))
	}
	return out
}

// calls lists the open calls, the soonest promised first; with by those that this
// staff member may work on, with done=true those that were made too, newest first.
func (a *api) calls(c *call) (answer, error) {
	q := c.URL.Query()
	for name := range q {
		if name != "by" && name != "done" {
			return answer{}, invalid(name, "there is no filter of this name; there are by, done")
		}
	}
	by, done := q.Get("by"), q.Get("done")
	if !slices.Contains([]string{"", "true", "false"}, done) {
		return answer{}, invalid("done", "done is true or false")
	}
	all, err := a.Store.Callbacks(c.ctx, c.village.ID, done != "true")
	if err != nil {
		return answer{}, err
	}
	if by != "" {
		s, ok := c.village.Member(by)
		if !ok {
			return answer{}, unknownStaff(c.village, by)
		}
		all = slices.DeleteFunc(all, func(x directory.Callback) bool { return !ring.MayRead(c.village, x, s) })
	}
	return answer{body: map[string]any{"calls": a.callsOf(all)}}, nil
}

// workCall takes down what a staff member did about a ring.
func (a *api) workCall(c *call) (answer, error) {
	b := c.body
	by := b.text("by", idLimit)
	act := ring.Act{Do: ring.Deed(b.text("do", idLimit)), Note: strings.TrimSpace(b.text("note", noteLimit))}
	b.need("do", "take, reached, missed or wrong_number")
	b.need("by", "the id of the staff member who does it")
	if s := b.text("again", idLimit); s != "" {
		var err error
		if act.Again, err = time.Parse(time.RFC3339, s); err != nil {
			b.fail("again", "again is like 2026-05-04T15:00:00+08:00")
		}
	}
	if b.has("do") && !slices.Contains(ring.Deeds(), act.Do) {
		b.fail("do", "do is one of %s", joined(ring.Deeds()))
	}
	id := c.PathValue("id")
	if _, err := a.Store.Callback(c.ctx, c.village.ID, id); err != nil {
		return answer{}, missing(err, "village %s has no call %q", c.village.ID, id)
	}
	if _, known := c.village.Member(by); !known && by != "" {
		return answer{}, unknownStaff(c.village, by)
	}
	if err := b.problem(); err != nil {
		return answer{}, err
	}
	after, err := a.Desk.Call(c.ctx, c.village.ID, id, by, act)
	if err != nil {
		return answer{}, missing(err, "village %s has no call %q", c.village.ID, id)
	}
	return answer{body: a.callOf(after)}, nil
}
