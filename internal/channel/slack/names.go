package slack

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"sanshi/internal/catalog"
	"sanshi/internal/directory"
	"sanshi/internal/matter"
	"sanshi/prompts"
)

// How things are called on a card.

// cardMark begins the block_id by which a card is found again.
const cardMark = "card:"

// CardBlock is the block_id of a card's first block.
func CardBlock(m matter.Matter) string { return cardMark + ButtonBlock(m) }

// ReadCardBlock reads one: the matter that a card is of.
func ReadCardBlock(id string) (matterID string, ok bool) {
	rest, ok := strings.CutPrefix(id, cardMark)
	if !ok {
		return "", false
	}
	matterID, _, ok = ReadButtonBlock(rest)
	return matterID, ok
}

// headOf is a matter by kind, service and number: 村事·村路、桥、路灯（0427-0）.
func headOf(book prompts.Book, m matter.Matter, sealed bool) string {
	if sealed {
		return sealedName(book, m)
	}
	name := book.Say("kind_"+string(m.Kind), nil)
	if s, ok := catalog.Lookup(m.Code); ok {
		name += book.Say("card_of", prompts.Values{"service": service(book, s)})
	}
	return urgent(book, m) + book.Say("card_name", prompts.Values{"what": name, "number": m.Number})
}

// nameOf is a matter by what she said: 村口路灯坏了（0427-0）.
func nameOf(book prompts.Book, m matter.Matter, sealed bool) string {
	if sealed {
		return sealedName(book, m)
	}
	what := cut(Masked(m.Summary), 40)
	if what == "" {
		return headOf(book, m, false)
	}
	return urgent(book, m) + book.Say("card_name", prompts.Values{"what": what, "number": m.Number})
}

// sealedName is a private matter where others read: its number, nothing else. How
// urgent it is would already tell too much to some; whoever must go is paged.
func sealedName(book prompts.Book, m matter.Matter) string {
	return book.Say("card_name", prompts.Values{"what": book.Say("private_matter", nil), "number": m.Number})
}

func urgent(book prompts.Book, m matter.Matter) string {
	if m.Urgency == catalog.Emergency || m.Urgency == catalog.Urgent {
		return book.Say("urgency_"+string(m.Urgency), nil)
	}
	return ""
}

func service(book prompts.Book, s catalog.Service) string {
	if book.Language == "en" {
		return s.En
	}
	return s.Zh
}

// stateOf says where a matter stands: with whom, once somebody has it.
func stateOf(book prompts.Book, v *directory.Village, m matter.Matter) string {
	key := "state_" + string(m.State)
	if m.Assignee != "" && book.Has(key+"_by") {
		return book.Say(key+"_by", prompts.Values{"who": nameOfStaff(v, m.Assignee)})
	}
	return book.Say(key, nil)
}

func nameOfStaff(v *directory.Village, id string) string {
	if s, ok := v.Member(id); ok {
		return s.Name
	}
	return id
}

func placeOf(book prompts.Book, v *directory.Village, m matter.Matter) string {
	area := v.Area(m.Area).Name
	switch {
	case m.Place == "" && area == "":
		return book.Say("nowhere", nil)
	case m.Place == "" || m.Place == area || strings.HasPrefix(m.Place, area):
		return max(m.Place, area)
	}
	return strings.TrimSpace(area + " " + m.Place)
}

// whoOf is who raised it, masked: enough to tell two apart, too little to call.
// The number itself is a reveal, with its reason, in the console.
func whoOf(book prompts.Book, m matter.Matter) string {
	var parts []string
	if first, _ := utf8.DecodeRuneInString(strings.TrimSpace(m.Name)); m.Name != "" && first != utf8.RuneError {
		parts = append(parts, string(first)+"…")
	}
	if number := m.Resident.User(); strings.HasPrefix(number, "+") && len(number) > 6 {
		parts = append(parts, book.Say("card_tail", prompts.Values{"n": number[len(number)-2:]}))
	}
	return strings.Join(parts, " ")
}

// erased: her words were deleted at her request, with her number.
func erased(m matter.Matter) bool { return m.Text == "" && m.Summary == "" && m.Resident == "" }

func day(book prompts.Book, v *directory.Village, t time.Time) string {
	local := t
	if v.Location != nil {
		local = t.In(v.Location)
	}
	if book.Language == "en" {
		return local.Format("2 Jan")
	}
	return strconv.Itoa(int(local.Month())) + "月" + strconv.Itoa(local.Day()) + "日"
}
