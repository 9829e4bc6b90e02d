package dialogue

import (
	"slices"
	"strconv"
	"time"

	"sanshi/internal/matter"
	"sanshi/internal/message"
	"sanshi/prompts"
)

// Which matters an order is about: by number, by the digits of a list, or by what
// lies before her.

// target is a matter that an order is about, with the list it was found in.
type target struct {
	Item
	digit int
	list  *message.Ask
}

// items finds what an order is about. found is false when nothing before her fits
// and the words may mean something else.
func (h *staffHearing) items(o order) (items []target, found bool) {
	switch {
	case o.number != "":
		m, ok := h.matter(o.number)
		if !ok {
			h.note("desk_no_number", prompts.Values{"number": o.number})
			return nil, true
		}
		return []target{{Item: Item{m.ID, 0}}}, true
	case len(o.digits) > 0:
		return h.byDigits(o)
	case o.verb == toClaim:
		return h.toClaim(0)
	case o.verb == toDetails:
		return h.nextShown()
	case slices.Contains([]verb{toFinish, toGiveUp, toPlan, toAskHer}, o.verb):
		return h.inHand(o)
	}
	return h.wholeList(o)
}

// suited are the lists in which the digits of an order are looked up first.
func suited(v verb) []string {
	switch v {
	case toApprove, toRefuse, toCorrect, toUrge, toMerge:
		return []string{DeskSort}
	case toClaim, toFinish, toGiveUp, toPlan:
		return []string{DeskWork, DeskPage}
	}
	return nil
}

// byDigits looks the digits up in the newest list that suits the verb and has them all.
func (h *staffHearing) byDigits(o order) ([]target, bool) {
	if len(h.Lists) == 0 {
		return nil, o.verb != toChoose && h.note("desk_nothing", nil)
	}
	want := append(slices.Clone(o.digits), o.into)
	for _, kinds := range [][]string{suited(o.verb), nil} {
		for i := range h.Lists {
			l := &h.Lists[i]
			if kinds != nil && !slices.Contains(kinds, l.Kind) || len(l.Options) == 0 {
				continue
			}
			if digits, ok := within(want, len(l.Options)); ok {
				return h.listed(o, l, digits[:len(digits)-1])
			}
		}
	}
	h.note("desk_no_digit", prompts.Values{"i": strconv.Itoa(slices.Max(o.digits))})
	return nil, true
}

// within reads digits as those of a list of n; two in one breath are told apart
// (13 of a list of five is 1 and 3). A last digit of 0 is none.
func within(digits []int, n int) (out []int, ok bool) {
	last := len(digits) - 1
	for i, d := range digits {
		switch {
		case i == last && d == 0, d >= 1 && d <= n:
			out = append(out, d)
		case i < last && d > 9:
			for _, c := range strconv.Itoa(d) {
				if c == '0' || int(c-'0') > n || slices.Contains(out, int(c-'0')) {
					return nil, false
				}
				out = append(out, int(c-'0'))
			}
		default:
			return nil, false
		}
	}
	return out, true
}

func (h *staffHearing) listed(o order, l *message.Ask, digits []int) ([]target, bool) {
	if len(digits) == 1 && l.Kind != DeskSort && (o.verb == toClaim || o.verb == toChoose || o.verb == toAgree) {
		return h.toClaim(digits[0])
	}
	var out []target
	for _, d := range digits {
		out = append(out, target{itemOf(l.Options[d-1]), d, l})
	}
	return out, true
}

// soon is how close together two texts come that she may take for each other.
const soon = 30 * time.Minute

// toClaim finds what she takes. When several matters may be meant, of one text or
// of texts that came close together, she is asked which.
func (h *staffHearing) toClaim(digit int) ([]target, bool) {
	var first *target
	var open []matter.Matter
	for i := range h.Lists {
		l := &h.Lists[i]
		if l.Kind != DeskWork && l.Kind != DeskPage || first != nil && (first.list.At.Sub(l.At) > soon || digit > 0 && len(first.list.Options) > 1) {
			continue
		}
		for n, o := range l.Options {
			if digit > 0 && digit != n+1 {
				continue
			}
			t := target{itemOf(o), n + 1, l}
			if first == nil {
				first = &t
			}
			if m, ok := h.matter(t.Matter); ok && m.State == matter.Queued && !h.isHers(m) && !contains(open, m.ID) {
				if open = append(open, m); len(open) == 1 {
					first = &t
				}
			}
		}
	}
	switch {
	case len(open) > 1:
		h.plan.Reply = reply{key: "desk_which", show: open, as: DeskWork}
		return nil, true
	case first == nil:
		return nil, false
	}
	return []target{*first}, true
}

func contains(ms []matter.Matter, id string) bool {
	return slices.ContainsFunc(ms, func(m matter.Matter) bool { return m.ID == id })
}

// inHand finds the matter in hand that she speaks of.
func (h *staffHearing) inHand(o order) ([]target, bool) {
	hers := h.hers()
	if len(h.Lists) > 0 && h.Lists[0].Matter != "" {
		if m, ok := h.matter(h.Lists[0].Matter); ok && (h.isHers(m) || o.verb == toAskHer || o.verb == toFinish && h.Lists[0].Kind == DeskPage) {
			return []target{{Item: Item{m.ID, 0}, list: &h.Lists[0]}}, true
		}
	}
	switch len(hers) {
	case 0: // the words fit nothing else that she was sent
		return nil, h.lately() && h.note("desk_mine_none", nil)
	case 1:
		return []target{{Item: Item{hers[0].ID, 0}}}, true
	}
	h.plan.Reply = reply{key: "desk_which", show: hers, as: DeskWork}
	return nil, true
}

// nextShown is the matter to be shown next: the one behind that shown last, or the
// first of the list.
func (h *staffHearing) nextShown() ([]target, bool) {
	if len(h.Lists) == 0 || len(h.Lists[0].Options) == 0 {
		return nil, false
	}
	l := &h.Lists[0]
	from := slices.IndexFunc(l.Options, func(o string) bool { return l.Matter != "" && itemOf(o).Matter == l.Matter }) + 1
	for n := range l.Options {
		i := (from + n) % len(l.Options)
		if m, ok := h.matter(itemOf(l.Options[i]).Matter); ok && (l.Kind != DeskSort || m.State == matter.Sorting) {
			return []target{{itemOf(l.Options[i]), i + 1, l}}, true
		}
	}
	return nil, h.note("desk_settled", nil)
}

// wholeList: no digit was said. One that was shown by itself is meant, or the only
// one left; 同意 means all that was listed.
func (h *staffHearing) wholeList(o order) ([]target, bool) {
	var l *message.Ask
	for i := range h.Lists {
		if kind := h.Lists[i].Kind; kind == DeskSort || o.verb == toAgree && (kind == DeskWork || kind == DeskPage) {
			l = &h.Lists[i]
			break
		}
	}
	if l == nil {
		return nil, o.verb == toApprove && h.approves() && h.note("desk_nothing", nil)
	}
	if l.Kind != DeskSort {
		return h.toClaim(0)
	}
	var open []target
	for i, opt := range l.Options {
		m, _ := h.matter(itemOf(opt).Matter)
		if t := (target{itemOf(opt), i + 1, l}); m.State == matter.Sorting {
			if !o.all && l.Matter == m.ID {
				return []target{t}, true
			}
			open = append(open, t)
		}
	}
	switch {
	case len(open) == 1 || o.all || o.verb == toApprove && len(open) > 0:
		return open, true
	case len(open) == 0:
		return nil, o.verb == toApprove && h.note("desk_settled", nil)
	case o.verb == toAgree:
		h.note("desk_all", prompts.Values{"n": strconv.Itoa(len(open)), "i": strconv.Itoa(open[0].digit)})
	default:
		h.note("desk_say_digit", nil)
	}
	return nil, true
}
