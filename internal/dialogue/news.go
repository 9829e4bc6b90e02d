package dialogue

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"sanshi/internal/catalog"
	"sanshi/internal/directory"
	"sanshi/internal/matter"
	"sanshi/internal/message"
	"sanshi/prompts"
)

// News is something that happened to a matter and is to be told.
type News struct {
	Village *directory.Village
	Matter  matter.Matter // as it is after the event
	Before  matter.Matter // as it was before
	Event   matter.Event
	People  map[message.Address]directory.Resident
	Merged  []matter.Matter // all that became part of Matter, so that each hears of it in her own words
	Into    *matter.Matter  // of a merge: what Matter became part of
	Except  message.Address // whoever caused it by a text is answered by Reply
	Now     time.Time
	NewID   func() string
	Chat    string // the channel of the staff's direct messages, "" without a chat
}

// Tell makes the texts of a notice, and the calls where a text may not go.
func Tell(n News, notice matter.Notice) ([]message.Outbound, []directory.Callback) {
	switch notice.To {
	case matter.ToRaiser:
		return n.residents(notice.Key, []message.Address{n.Matter.Resident})
	case matter.ToParties:
		return n.residents(notice.Key, append([]message.Address{n.Matter.Resident}, n.Matter.Parties...))
	case matter.ToJoined:
		return n.residents(notice.Key, n.Matter.Parties)
	case matter.ToBrought:
		return n.residents(notice.Key, []message.Address{n.Event.Detail.Party})
	}
	told := matter.Told(n.Village, n.Matter, notice.To)
	if s, ok := n.Village.Member(notice.Staff); ok { // the event may have taken the matter from her
		told = []directory.Staff{s}
	}
	var out []message.Outbound
	var calls []directory.Callback
	for _, s := range told {
		out = append(out, n.toStaff(notice.Key, s)...)
		if s.Stopped && n.Matter.Urgency == catalog.Emergency && s.ID != n.Event.By { // she takes no texts: somebody calls her
			note := s.Name + prompts.Staff(n.Village.Language).Say("desk_page_stopped", nil)
			c := callable(directory.CallUnclaimed, n.Matter, message.Address("sms:"+s.Phone), note, n.Now, n.NewID())
			c.DueAt = n.Now.Add(ringWithin)
			calls = append(calls, c)
		}
	}
	if notice.Key != "page_call" {
		return out, calls
	}
	rings, task := n.ring(told)
	return append(out, rings...), append(calls, task...)
}

// replies says behind a notice what to text back, and makes a digit mean it: an
// emergency or a new matter is taken with it; of what she has in hand she says how
// it went.
func (n News) replies(key string, o *message.Outbound) {
	book := prompts.Staff(n.Village.Language)
	tail, kind := "", DeskWork
	switch key {
	case "page", "page_next", "page_where":
		if kind = DeskPage; key != "page_where" || n.Matter.Assignee == "" { // some hear of it now only
			tail = "reply_page"
		}
	case "queued":
		tail = "reply_take"
	case "assigned":
		tail = "reply_done"
	case "to_sort", "returned", "answered_sort":
		tail, kind = "reply_sort", ""
	case "go_on", "reopened", "answered", "no_answer", "reminder", "late":
	default:
		return
	}
	if tail != "" {
		o.Text += book.Say(tail, prompts.Values{"number": n.Matter.Number})
	}
	if kind != "" {
		o.Ask = &message.Ask{ID: o.ID, Kind: kind, Matter: n.Matter.ID, Options: []string{Item{n.Matter.ID, n.Matter.Version}.option()}}
	}
}

func (n News) residents(key string, who []message.Address) (out []message.Outbound, calls []directory.Callback) {
	for _, a := range who {
		r, known := n.People[a]
		if !known || a == n.Except || a == "" || r.Contact == directory.QuietContact || n.knowsOther(a) {
			continue
		}
		key := n.keyFor(key, r)
		switch {
		case key == "" && n.Event.Kind == matter.Ask: // somebody waits for her answer
			calls = append(calls, callable(directory.CallQuestion, n.Matter, a, n.Event.Note, n.Now, n.NewID()))
		case key == "":
		case r.OptOut == directory.Hard && key != "alarmed": // first advice is always given
			calls = append(calls, callable(directory.CallOptOut, n.Matter, a, n.Event.Note, n.Now, n.NewID()))
		default:
			out = append(out, n.toResident(key, r))
		}
	}
	return out, calls
}

// knowsOther: it became part of what she is told of anyway, or her own became part
// of it before, which she has heard.
func (n News) knowsOther(a message.Address) bool {
	if n.Event.Kind != matter.Merge || n.Into == nil {
		return false
	}
	return n.Into.Resident == a || slices.Contains(n.Into.Parties, a) ||
		slices.ContainsFunc(n.Merged, func(own matter.Matter) bool { return own.Resident == a })
}

// keyFor picks the sentence for a resident; "" when she is not to be told. After
// a soft stop she hears only of matters raised since, and is never asked to rate.
func (n News) keyFor(key string, r directory.Resident) string {
	m := n.Matter
	switch {
	case key == "alarmed":
		return key
	case key == "resorted" && confirmKey(n.Before) == confirmKey(m):
		return "" // what she was told is still so
	case key == "resorted":
		key = "confirm"
	case key == "planned" && m.DueAt.Before(n.Before.DueAt): // she need not wait longer
		key = "planned_sooner"
	case key == "merged" && n.Into != nil && n.Into.State == matter.Done:
		key = "merged_done"
	}
	if r.OptOut == directory.Soft && !m.RaisedAt.After(r.OptOutAt) {
		return ""
	}
	if key == "claimed" && m.Urgency == catalog.Emergency {
		return "coming"
	}
	if m.Private && (key == "claimed" || key == "assigned") && n.Before.ToldKind != "" {
		return "" // she was told that somebody sees to it, and who it is no text says
	}
	if key == "raised_for" && r.OptOut == directory.Soft { // she did not ask for it
		return ""
	}
	if key != "done_rate" {
		return key
	}
	switch {
	case r.OptOut == directory.Soft:
		return "done_told"
	case m.Private:
		return "done_private"
	case m.Outcome == "guided" && n.Event.Note != "":
		return "guided_rate"
	case m.Outcome == "not_solved":
		return "not_solved_rate"
	}
	return key
}

// Farewell tells a resident that what was kept of her is gone, unless she is
// unknown or nothing may be sent to her.
func Farewell(n News, r directory.Resident) (message.Outbound, bool) {
	if r.Version == 0 || r.OptOut == directory.Hard || r.Contact == "quiet" {
		return message.Outbound{}, false
	}
	o := n.toResident("erased", r)
	o.Priority, o.Matter, o.Topic, o.NotBefore = message.Answer, "", "", time.Time{}
	return o, true
}

// toResident makes one text. What she is told of a matter replaces what was
// still waiting to be told of it; a question of the staff is never replaced.
func (n News) toResident(key string, r directory.Resident) message.Outbound {
	sp := speaker{village: n.Village, book: prompts.Resident(r.Language), now: n.Now, to: r.Address, all: n.Merged,
		outcome: Outcome{Matters: map[string]matter.Matter{n.Matter.ID: n.Matter}}}
	if n.Event.Kind == matter.Join { // who wrote for her gave it to her: she hears it in these words
		sp.to = n.Matter.Resident
	}
	say := Say{Key: key, Matters: []string{n.Matter.ID}, Values: prompts.Values{"note": closed(firstRunes(n.Event.Note, 60))}}
	if key == "alarmed" {
		say.Key, say.Danger = firstAdvice(n.Matter.Danger)
	}
	text, _ := sp.compose([]Say{say}, n.Event.Kind == matter.Join && !r.Greeted)
	out := message.Outbound{
		ID: n.NewID(), Village: n.Village.ID, To: r.Address, Channel: r.Channel, Sender: r.Sender, Text: text,
		Priority: message.News, Matter: n.Matter.ID, Topic: newsTopic(n.Matter.ID), CreatedAt: n.Now, NotBefore: n.hold(true),
	}
	if own, ok := ownPart(r.Address, n.Matter, n.Merged); ok {
		out.Replaces = newsTopic(own.ID)
	}
	switch n.Event.Kind {
	case matter.Finish:
		out.Closing = true
		if key != "done_told" {
			out.Ask = &message.Ask{ID: out.ID, Kind: AskRate, Matter: n.Matter.ID}
		}
	case matter.Decline:
		out.Closing = true
	case matter.Ask:
		out.Topic = ""
		out.Ask = &message.Ask{ID: out.ID, Kind: AskStaff, Matter: n.Matter.ID}
	}
	return out
}

// closed ends a note as a sentence, so that what follows does not run into it.
func closed(note string) string {
	note = strings.TrimSpace(note)
	if note == "" || strings.ContainsAny(note[len(note)-1:], ".!?") || hasAny(note[max(0, len(note)-3):], []string{"。", "！", "？", "…"}) {
		return note
	}
	return note + "。"
}

// toStaff tells a staff member: in the chat if she is there, else by SMS; of an
// emergency by both.
func (n News) toStaff(key string, s directory.Staff) (out []message.Outbound) {
	if s.ID == n.Event.By || s.Phone != "" && n.Except.User() == s.Phone { // who did it knows
		return nil
	}
	out = n.reach(s, n.Matter.Urgency == catalog.Emergency, func() message.Outbound { return n.staffText(key, s) })
	for i := range out {
		if out[i].Channel == "sms" { // the chat has buttons
			n.replies(key, &out[i])
		}
	}
	return out
}

// reach sends a text the ways on which a staff member is reached.
func (n News) reach(s directory.Staff, urgent bool, text func() message.Outbound) (out []message.Outbound) {
	chat := n.Chat != "" && s.Slack != ""
	if chat {
		o := text()
		o.Channel, o.To = n.Chat, message.Address(n.Chat+":"+s.Slack)
		o.Sender = s.Slack // a chat paces each reader by herself: pages to many leave at once
		out = append(out, o)
	}
	if s.Phone != "" && !s.Stopped && (!chat || urgent) {
		o := text()
		o.Channel, o.To = "sms", message.Address("sms:"+s.Phone)
		if len(n.Village.SMS) > 0 {
			o.Sender = n.Village.SMS[0]
		}
		out = append(out, o)
	}
	return out
}

// staffText is a text to a staff member, without the way it goes.
func (n News) staffText(key string, s directory.Staff) message.Outbound {
	book, m := prompts.Staff(n.Village.Language), n.Matter
	switch {
	case key == "page" && m.Quiet() && n.People[m.Resident].Contact == directory.QuietContact:
		key = "page_quiet"
	case key == "page" && m.Quiet():
		key = "page_private"
	case key == "page" && m.Place == "" && m.Area == "" && !m.Private:
		key = "page_nowhere"
	case key == "page" && m.Private: // danger and place only
		key = "page_place"
	case key == "assigned" && m.Private:
		key = "assigned_private"
	case key == "stop_work" && n.Event.Kind == matter.Assign: // it goes on, with somebody else
		key = "handed_on"
	case strings.HasPrefix(key, "answered") && (m.Private || n.Event.Note == ""):
		key = "answered_private"
	}
	sp := speaker{village: n.Village, book: prompts.Resident(n.Village.Language), now: n.Now}
	v := prompts.Values{
		"what": firstRunes(m.Summary, 24), "number": m.Number, "due": sp.day(m.DueAt), "note": closed(firstRunes(n.Event.Note, 40)),
		"share": strconv.Itoa(m.Reminded), "place": n.place(book), "danger": danger(book, m.Danger), "assignee": book.Say("nobody", nil),
	}
	if a, ok := n.Village.Member(m.Assignee); ok {
		v["assignee"] = a.Name
	}
	if work := key == "queued" || key == "assigned"; work && m.Place != "" && !strings.Contains(m.Summary, m.Place) {
		v["what"] = firstRunes(m.Place, 10) + "，" + v["what"] // who goes must know where
	}
	if m.Private {
		v["what"], v["note"] = book.Say("private_matter", nil), ""
	}
	out := message.Outbound{
		ID: n.NewID(), Village: n.Village.ID, Text: "【" + firstRunes(n.Village.Name, 10) + "】" + book.Say(key, v),
		Priority: message.News, Matter: m.ID, Staff: s.ID, Topic: staffTopic(key, m.ID), CreatedAt: n.Now, NotBefore: n.hold(startsWork(key)),
	}
	switch {
	case key == "false_alarm", key == "cancelled" && m.Urgency == catalog.Emergency:
		// Who runs must hear it at once; a page that has not left yet need not leave.
		out.Priority, out.NotBefore, out.Topic = message.Answer, time.Time{}, "staff:page:"+m.ID
	case m.Urgency == catalog.Emergency:
		out.Priority = message.Page
	}
	return out
}

func (n News) place(book prompts.Book) string {
	m := n.Matter
	area := n.Village.Area(m.Area).Name
	switch {
	case m.Place != "" && area != "" && m.Place != area:
		return area + m.Place
	case m.Place != "":
		return m.Place
	case area != "":
		return area
	}
	return book.Say("nowhere", nil)
}

func danger(book prompts.Book, d string) string {
	if key := "danger_" + d; book.Has(key) {
		return book.Say(key, nil)
	}
	return book.Say("danger_other", nil)
}
