package dialogue

import (
	"slices"
	"strconv"
	"strings"

	"sanshi/internal/call"
	"sanshi/internal/directory"
	"sanshi/internal/matter"
	"sanshi/internal/message"
)

// The calls to make, by text. A digit means the call that stood under it in the
// list that was sent last, whatever came to wait since.

// DeskCalls is a list of calls to make: 回电1, 回电1好 说清了.
const DeskCalls = "desk_calls"

// CallPlan is what a text about the calls to make comes to: one of them shown, or
// an act on it; without an id the list.
type CallPlan struct {
	ID    string
	Digit int
	Act   call.Act // Do "": only shown
	say   string   // the sentence that answers it instead
}

var callLeads = []string{"回电话", "回电", "电话", "calls", "call"}

// callWords say how a call went.
var callWords = map[string]call.Deed{
	"好": call.Reached, "好的": call.Reached, "打了": call.Reached, "打好": call.Reached, "打通": call.Reached, "通了": call.Reached, "接了": call.Reached,
	"说清": call.Reached, "说清楚": call.Reached, "说好": call.Reached, "讲清": call.Reached, "讲清楚": call.Reached, "联系上": call.Reached,
	"ok": call.Reached, "done": call.Reached, "reached": call.Reached,
	"没人接": call.Missed, "没人接听": call.Missed, "没接": call.Missed, "没人": call.Missed, "不接": call.Missed, "无人接": call.Missed, "无人接听": call.Missed,
	"没打通": call.Missed, "打不通": call.Missed, "没通": call.Missed, "关机": call.Missed, "占线": call.Missed, "missed": call.Missed, "no answer": call.Missed,
	"空号": call.Wrong, "打错": call.Wrong, "错号": call.Wrong, "号码错": call.Wrong, "号码不对": call.Wrong, "wrong": call.Wrong, "wrong number": call.Wrong,
}

// call hears a text about the calls to make. Without its word a digit counts only
// while the calls were listed last, and 1好 is asked back: it may approve a matter.
func (h *staffHearing) call() bool {
	r := newReader(h.In.Text)
	lead := r.lead(callLeads)
	if lead == "" && !h.callsInSight() {
		return false
	}
	r.skip(separators)
	if lead != "" && r.end() {
		h.plan.Call = &CallPlan{}
		return true
	}
	digit, ok := r.small()
	if !ok {
		return false
	}
	do, note, clear := r.callWord()
	switch {
	case lead == "" && do == call.Reached:
		h.plan.Call = &CallPlan{say: "desk_calls_unclear"}
	case clear:
		h.plan.Call = h.listedCall(digit, call.Act{Do: do, Note: note})
	case strings.HasPrefix(lead, "回") && !h.tellsDanger():
		h.plan.Call = &CallPlan{say: "desk_calls_unclear"}
	default:
		return false
	}
	return true
}

// callsInSight: the calls are what she was sent last, a short while ago, there was
// no emergency to take by its digit, and the resident on this phone was asked nothing since.
func (h *staffHearing) callsInSight() bool {
	if len(h.Lists) == 0 || !isCallList(h.Lists[0]) || h.In.At.Sub(h.Lists[0].At) > soon {
		return false
	}
	for _, l := range h.Lists {
		if l.Kind == DeskPage && h.In.At.Sub(l.At) <= soon {
			return false
		}
	}
	return h.Asked == nil || h.Asked.ID == h.State.Answered || h.Asked.At.Before(h.Lists[0].At)
}

func (h *staffHearing) listedCall(digit int, a call.Act) *CallPlan {
	i := slices.IndexFunc(h.Lists, isCallList)
	switch {
	case i < 0: // no digit means anything before a list was sent
		return &CallPlan{}
	case digit < 1 || digit > len(h.Lists[i].Options):
		return &CallPlan{Digit: digit, say: "desk_calls_no"}
	}
	return &CallPlan{ID: itemOf(h.Lists[i].Options[digit-1]).Matter, Digit: digit, Act: a}
}

func isCallList(l message.Ask) bool { return l.Kind == DeskCalls }

func (r *reader) lead(words []string) string {
	for _, w := range words {
		if r.word(w) {
			return w
		}
	}
	return ""
}

// small reads a number of one or two digits: more are a phone's.
func (r *reader) small() (n int, ok bool) {
	from := r.at
	for r.digit() {
		n = n*10 + int(r.folded[r.at]-'0')
		if r.at++; r.at-from > 2 {
			return 0, false
		}
	}
	return n, r.at > from
}

// callWord reads how the call went, and what came of it. Who says that it went well
// and then that nobody answered is not clear: a call is never lost for that.
func (r *reader) callWord() (do call.Deed, note string, clear bool) {
	if r.skip(separators); r.end() {
		return "", "", true
	}
	rest := 0
	for w, deed := range callWords {
		probe := *r
		if !probe.word(w) {
			continue
		}
		said := probe.at
		probe.skip(particles)
		if probe.boundary() && probe.at > rest && !strings.ContainsAny(string(r.folded[said:probe.at]), "吧呢") { // 好了吧 is no report
			do, rest = deed, probe.at
		}
	}
	if do == "" {
		return "", "", false
	}
	note = strings.Trim(string(r.text[rest:]), " ,.。，、:：;；\n\t")
	bare := message.Bare(note)
	for w, deed := range callWords {
		if do == call.Reached && deed != do && strings.Contains(bare, message.Bare(w)) {
			return do, note, false
		}
	}
	return do, note, note == "" || !asking[bare]
}

// CallTold is what is known when a text about calls is answered.
type CallTold struct {
	Open    []directory.Callback // that she may work on, as they stand after it
	One     directory.Callback   // the call it is about
	Gone    bool                 // there is no such call any more
	Name    string               // of whom to call, if it is known
	Refused *matter.Error
}

// ReadsCall reports whether one of those whose phone it is may know of a call.
func (t StaffTurn) ReadsCall(c directory.Callback) bool {
	return slices.ContainsFunc(t.Staff, func(s directory.Staff) bool { return call.MayRead(t.Village, c, s) })
}

// TellCalls answers a text about the calls to make.
func TellCalls(t StaffTurn, p CallPlan, k CallTold) message.Outbound {
	c := calls{scribeFor(t.Village, t.Now)}
	out := message.Outbound{
		ID: t.NewID(), Village: t.Village.ID, To: t.In.From, Channel: t.In.Channel, Sender: t.In.To, Staff: t.Staff[0].ID,
		Priority: message.Answer, CreatedAt: t.Now,
	}
	var text string
	switch {
	case p.say != "":
		text = c.say(p.say, values{"i": strconv.Itoa(p.Digit)})
	case p.ID == "":
		if text, out.Ask = c.list(k.Open); out.Ask != nil {
			out.Ask.ID = out.ID
		}
	default:
		text = c.one(p, k)
	}
	out.Text = c.signed(text)
	return out
}
