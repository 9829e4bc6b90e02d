package dialogue

import (
	"strconv"
	"strings"

	"sanshi/internal/call"
	"sanshi/internal/directory"
	"sanshi/internal/matter"
	"sanshi/internal/message"
	"sanshi/prompts"
)

type values = prompts.Values

// calls puts calls to make into words.
type calls struct{ scribe }

// who names whom to call by the end of the number, which is no trace of her; her
// name is only said beside the whole number, by which an erasing finds that text.
func (s calls) who(c directory.Callback) string {
	if c.Private {
		return s.say("desk_private", nil)
	}
	return masked(c.Address)
}

func (s calls) values(c directory.Callback, digit int) values {
	v := values{"i": strconv.Itoa(digit), "from": s.who(c), "reason": s.say("call_"+c.Reason, nil), "due": s.sp.by(c.DueAt), "number": "", "who": s.say("nobody", nil)}
	if c.Number != "" {
		v["number"] = "（" + c.Number + "）"
	}
	if m, ok := s.village.Member(c.DoneBy); ok {
		v["who"] = m.Name
	}
	return v
}

// list writes as many calls as two segments hold, the soonest promised first.
func (s calls) list(open []directory.Callback) (string, *message.Ask) {
	ask := &message.Ask{Kind: DeskCalls}
	text := s.say("desk_calls", values{"n": strconv.Itoa(len(open))})
	tail := func(shown int) string {
		how := "\n" + s.say("desk_calls_how", nil)
		if shown < len(open) {
			how = "\n" + s.say("desk_calls_more", values{"n": strconv.Itoa(len(open) - shown)}) + s.say("desk_calls_how", nil)
		}
		return how
	}
	for i, c := range open {
		key := "desk_calls_line"
		if c.Private {
			key = "desk_calls_line_private"
		}
		line := s.say(key, s.values(c, i+1))
		if i == atMost || !s.fits(text+line+tail(i+1)) {
			break
		}
		text += line
		ask.Options = append(ask.Options, Item{c.ID, c.Version}.option())
	}
	if len(open) == 0 {
		return s.say("desk_calls_none", nil), nil
	}
	return text + tail(len(ask.Options)), ask
}

// one answers what was asked, or said, of one call.
func (s calls) one(p CallPlan, k CallTold) string {
	v := s.values(k.One, p.Digit)
	switch {
	case k.Gone:
		return s.say("desk_calls_no", v)
	case k.Refused != nil && k.Refused.Problem == matter.Conflict || p.Act.Do == "" && !k.One.DoneAt.IsZero():
		return s.say("desk_calls_done", v)
	case k.Refused != nil:
		return s.say("desk_calls_right", v)
	case p.Act.Do == "":
		return s.whole(k, v)
	}
	if p.Act.Do == call.Missed {
		v["due"] = s.sp.by(k.One.AgainAt)
	}
	text := s.say("desk_calls_did_"+string(p.Act.Do), v)
	if len(k.Open) == 0 {
		return text + s.say("desk_calls_all", nil)
	}
	return text + s.say("desk_calls_left", values{"n": strconv.Itoa(len(k.Open))})
}

// whole is the number to call and why, with as many of her words as fit; of a
// private call neither.
func (s calls) whole(k CallTold, v values) string {
	if k.One.Private {
		return s.say("desk_calls_one_private", v)
	}
	v["name"], v["phone"] = firstRunes(k.Name, 8), k.One.Address.User()
	note := strings.ReplaceAll(k.One.Note, "\n", "，")
	for short := 40; ; short -= 4 {
		if v["text"] = firstRunes(note, max(short, 0)); length(note) > short && short > 0 {
			v["text"] += "…"
		}
		if text := s.say("desk_calls_one", v); short <= 0 || s.fits(text) {
			return text
		}
	}
}
