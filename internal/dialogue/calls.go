package dialogue

import (
	"math"
	"time"

	"sanshi/internal/call"
	"sanshi/internal/directory"
	"sanshi/internal/matter"
	"sanshi/internal/message"
	"sanshi/prompts"
)

// Calls that a person makes: what she is promised, and what staff are told.

// callback asks a person to call her and gives the time by which. What was
// promised and is not over yet is promised again. A call about something that
// few may know stays with them: so does one that does not say what it is about,
// while she has such a matter open.
func (h *hearing) callback(reason, matterID, note string) time.Time {
	s := &h.plan.State
	by := s.CallBy
	if !by.After(h.Now) {
		by = h.promise()
		s.CallBy = by
	}
	m, known := h.matter(matterID)
	for _, o := range h.open() {
		if !known && note != "" && o.Private {
			m = o
		}
	}
	c := directory.Callback{
		ID: h.NewID(), Village: h.In.Village, Address: h.In.From, Reason: reason, Matter: matterID, Note: note,
		At: h.Now, DueAt: by, NextAt: h.Now, Private: m.Private,
	}
	if m.Private {
		c.Matter = m.ID
	}
	h.plan.Callbacks = append(h.plan.Callbacks, c)
	return by
}

func (h *hearing) promise() time.Time {
	return call.Bench{Village: h.Village, Calendar: h.Calendar}.Promise(h.Now)
}

// unanswered lists a call for what a text may not answer: after a hard stop nothing
// is sent, and she should know all the same (Twilio: error 21610).
func (h *hearing) unanswered() {
	if h.plan.Resident.OptOut != directory.Hard || len(h.plan.Callbacks) > 0 {
		return
	}
	for _, s := range h.plan.Says {
		if s.Danger != "" {
			return
		}
		if len(s.Matters) > 0 || s.Key == "fact" {
			id := ""
			if len(s.Matters) > 0 {
				id = s.Matters[0]
			}
			h.callback(directory.CallOptOut, id, h.In.Text)
			return
		}
	}
}

// sayCall promises a call in one sentence. Who calls about something private is
// not named.
func (h *hearing) sayCall(key string, by time.Time, ids ...string) {
	s := h.say(key, ids...)
	s.By, s.Topic = by, "person"
	if c := h.plan.Callbacks[len(h.plan.Callbacks)-1]; c.Private {
		s.Values["who"] = prompts.Resident(h.plan.Resident.Language).Say("someone", nil)
	}
}

// by says a promised time: before we close today, tomorrow morning, a day's morning.
func (sp speaker) by(t time.Time) string {
	now, then := sp.now.In(sp.village.Location), t.In(sp.village.Location)
	morning := then.Hour() <= 12
	switch days := int(math.Round(midnight(then).Sub(midnight(now)).Hours() / 24)); {
	case days < 0:
		return sp.day(t)
	case days == 0 && morning:
		return sp.book.Say("by_noon", nil)
	case days == 0:
		return sp.book.Say("by_evening", nil)
	case days == 1:
		return sp.book.Say("by_tomorrow", nil)
	}
	return sp.book.Say("by_day", prompts.Values{"due": sp.day(t)})
}

func midnight(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, t.Location())
}

// OfCall makes the texts to staff about a call. They name no number and hold no
// words: these are on its page.
func (n News) OfCall(c directory.Callback, notice call.Notice) (out []message.Outbound) {
	book := prompts.Staff(n.Village.Language)
	sp := speaker{village: n.Village, book: prompts.Resident(n.Village.Language), now: n.Now}
	values := prompts.Values{"reason": book.Say("call_"+c.Reason, nil), "due": sp.by(c.DueAt), "number": "", "assignee": book.Say("nobody", nil)}
	if c.Number != "" {
		values["number"] = "（" + c.Number + "）"
	}
	if s, ok := n.Village.Member(c.For); ok {
		values["assignee"] = s.Name
	}
	for _, s := range notice.Staff {
		out = append(out, n.reach(s, false, func() message.Outbound {
			return message.Outbound{
				ID: n.NewID(), Village: n.Village.ID, Text: "【" + firstRunes(n.Village.Name, 10) + "】" + book.Say(notice.Key, values),
				Priority: message.News, Matter: c.Matter, Staff: s.ID, Topic: "staff:" + notice.Key + ":" + c.ID,
				CreatedAt: n.Now, NotBefore: n.hold(false),
			}
		})...)
	}
	return out
}

// callable makes the call that tells her of a matter what no text may.
func callable(reason string, m matter.Matter, a message.Address, note string, now time.Time, id string) directory.Callback {
	return directory.Callback{ID: id, Village: m.Village, Address: a, Reason: reason, Matter: m.ID, Note: note, At: now, NextAt: now, Private: m.Private}
}
