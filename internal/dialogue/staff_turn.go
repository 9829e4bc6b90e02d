package dialogue

import (
	"slices"
	"time"

	"sanshi/internal/catalog"
	"sanshi/internal/classify"
	"sanshi/internal/directory"
	"sanshi/internal/matter"
	"sanshi/internal/message"
	"sanshi/prompts"
)

// The questions put to the staff. What was put to a resident is answered by the
// resident, on whatever phone.
const (
	DeskSort  = "desk_sort"  // a list to sort: 1好, 2不办 …
	DeskWork  = "desk_work"  // a list to take or to do: 1接, 办好 …
	DeskPage  = "desk_page"  // an emergency: 1 takes it
	DeskWords = "desk_words" // the reason or note that was missing
	DeskSend  = "desk_send"  // a question as it would be sent: 1 sends it
	DeskDoubt = "desk_doubt" // 1 the village's business, 2 her own
)

// StaffTurn is all that one answer to a member of staff is made from.
type StaffTurn struct {
	Village *directory.Village
	Staff   []directory.Staff // whose phone it is, at least one; the first is answered
	Tray    Tray
	State   State
	Asked   *message.Ask  // what was asked last of the resident on this phone
	Lists   []message.Ask // what was asked of the staff on this phone, the newest first
	Pile    []matter.Matter
	In      message.Inbound
	Read    func(text string) []classify.Result
	Now     time.Time
	NewID   func() string
}

// StaffPlan is what a text of the staff comes to. The desk does the errands, and
// TellStaff says what came of them.
type StaffPlan struct {
	State   State
	Errands []Errand
	Details string // id of the matter to be shown whole
	Reply   reply
	Call    *CallPlan // when it is about the calls to make
	// Resident is set when the text is the resident's after all: the words to hear.
	Resident string
}

// Errand is one act that she asks for.
type Errand struct {
	Digit int // of the list, 0 when she named it otherwise
	Act   matter.Act
	ID    string // of the matter
	Into  string // of merge
}

// Result is what became of an errand: the matter as it is now, and why it was
// refused, if it was.
type Result struct {
	Errand
	After   matter.Matter
	Refused *matter.Error
}

// reply is what is said besides what came of the errands.
type reply struct {
	key    string
	values prompts.Values
	show   []matter.Matter // a list to put before her
	as     string          // the question that the list or the sentence is
	focus  string          // the matter that the sentence is about
	list   bool            // the list of what is to be sorted
	draft  *Draft
}

// Draft is what waits for one more word of a member of staff. It counts only while
// the text that asks for it is the last she was sent.
type Draft struct {
	Ask    string     `json:"ask"` // id of that text
	Kind   string     `json:"kind"`
	Item   Item       `json:"item,omitzero"`
	Digit  int        `json:"digit,omitempty"`
	Act    matter.Act `json:"act,omitzero"`
	Photos []string   `json:"photos,omitempty"`
	Text   string     `json:"text,omitempty"` // of doubt: the words in question
}

// staffHearing is a text of the staff being listened to.
type staffHearing struct {
	StaffTurn
	bare   string
	orders []order
	left   string
	plan   StaffPlan
}

// Named lists the matters that a text of the staff may be about: those of the lists
// she was sent, those whose number it says, and those she may want to take back.
func Named(text string, lists []message.Ask, t Tray, s State) []string {
	var out []string
	for _, l := range lists {
		if isCallList(l) {
			continue
		}
		for _, o := range l.Options {
			out = append(out, itemOf(o).Matter)
		}
	}
	orders, _ := parseOrders(text)
	for _, o := range orders {
		if o.number != "" {
			out = append(out, o.number)
		}
	}
	if s.Draft != nil && s.Draft.Item.Matter != "" {
		out = append(out, s.Draft.Item.Matter)
	}
	return append(out, t.Done...)
}

// HearStaff makes the plan for a text from a phone of the staff. It gives false
// for what is no order: then the resident on this phone is heard.
func HearStaff(t StaffTurn) (StaffPlan, bool) {
	h := &staffHearing{StaffTurn: t, bare: message.Bare(t.In.Text)}
	h.Pile = slices.DeleteFunc(slices.Clone(t.Pile), func(m matter.Matter) bool { return !h.mayHear(m) })
	h.plan.State = t.State
	h.plan.State.Village, h.plan.State.Address = t.In.Village, t.In.From
	h.plan.State.Draft = nil
	h.orders, h.left = parseOrders(t.In.Text)
	if t.In.Revived || hardStops[h.bare] || softStops[h.bare] {
		return h.plan, false
	}
	if h.call() {
		return h.plan, true
	}
	h.Lists = slices.DeleteFunc(slices.Clone(h.Lists), isCallList) // their digits are no matters
	if h.draft() {
		return h.plan, true
	}
	if h.photo() || h.sends() || len(h.orders) == 0 && h.reportsDone() {
		return h.plan, true
	}
	if len(h.orders) == 0 && !h.leadsWithDigit() || h.residentAsked() || h.danger() {
		return h.plan, false
	}
	if h.left != "" && !h.goes() {
		return h.plan, h.doubtful()
	}
	return h.plan, h.obey()
}

// residentAsked: a bare digit or yes is for whoever was asked last.
func (h *staffHearing) residentAsked() bool {
	if h.Asked == nil || h.Asked.ID == h.State.Answered || len(h.orders) != 1 || h.In.At.Sub(h.Asked.At) > lifetime(h.Asked.Kind) {
		return false
	}
	o := h.orders[0]
	plain := o.verb == toChoose || o.verb == toAgree && !o.named() || o.verb == toRefuse && !o.named() && o.words == ""
	return plain && (len(h.Lists) == 0 || h.Asked.At.After(h.Lists[0].At))
}

// danger: the text tells of danger, and so it is no order: 不行，我妈晕倒了. The
// reason for what she named, or how the work went, may speak of danger and is none.
func (h *staffHearing) danger() bool {
	telling := h.left != ""
	for _, o := range h.orders {
		telling = telling || o.words != "" && !o.named() && o.verb != toFinish
	}
	return telling && h.tellsDanger()
}

func (h *staffHearing) tellsDanger() bool {
	return slices.ContainsFunc(h.Read(h.In.Text), func(r classify.Result) bool { return r.Urgency == catalog.Emergency })
}

// goes: she was paged and is on her way, whatever else she says of it.
func (h *staffHearing) goes() bool {
	return len(h.orders) == 1 && h.orders[0].verb == toClaim && len(h.Lists) > 0 && h.Lists[0].Kind == DeskPage &&
		h.In.At.Sub(h.Lists[0].At) <= soon
}

// doubtful: part of the text is an order and part is not, or a digit leads a need.
// She is asked.
func (h *staffHearing) doubtful() bool {
	if !h.lately() || len(h.orders) > 0 && !h.orders[0].named() {
		return false
	}
	if len(h.orders) == 0 && !slices.ContainsFunc(h.Read(h.In.Text), func(r classify.Result) bool { return r.Complete }) {
		return false
	}
	h.ask("desk_doubt", DeskDoubt, &Draft{Kind: DeskDoubt, Text: h.In.Text})
	return true
}

// leadsWithDigit: a digit of a list she was sent, and then words that are no order.
func (h *staffHearing) leadsWithDigit() bool {
	var o order
	r := newReader(h.In.Text)
	if r.refs(&o); len(o.digits) != 1 || len(h.Lists) == 0 || length(h.bare) > 24 {
		return false
	}
	return o.digits[0] >= 1 && o.digits[0] <= len(h.Lists[0].Options)
}

// lately reports whether something was put before her that she may be answering.
func (h *staffHearing) lately() bool {
	return len(h.Lists) > 0 && h.In.At.Sub(h.Lists[0].At) <= lifetime(AskWhich)
}

// draft hears the word that the last text asked for.
func (h *staffHearing) draft() bool {
	d := h.State.Draft
	if d == nil || len(h.Lists) == 0 || h.Lists[0].ID != d.Ask || h.Asked != nil && h.Asked.At.After(h.Lists[0].At) {
		return false
	}
	n, digit := message.Digit(h.In.Text)
	switch {
	case d.Kind == DeskDoubt && digit && n == 1:
		h.orders, _ = parseOrders(d.Text)
		h.Lists = h.Lists[1:]
		return h.obey() || h.note("desk_say_digit", nil)
	case d.Kind == DeskDoubt && digit && n == 2:
		h.plan.Resident = d.Text
		return true
	case d.Kind == DeskSend && (digit && n == 1 || message.Yes(h.In.Text)):
		h.errand(*d, "")
		return true
	case d.Kind == DeskSend && (digit && n == 2 || message.No(h.In.Text)):
		h.plan.Reply = reply{key: "desk_not_sent"}
		if d.Act.Kind != matter.Ask {
			h.plan.Reply.key = "desk_kept"
		}
		return true
	case d.Kind == DeskWords:
		return h.missing(*d)
	}
	return false
}

// missing takes the text as the reason or note that was asked for, unless it gives
// another order or tells of danger or of something at her own place. A reason speaks
// of services and offices as a need does ("要本人到镇上窗口办"), so sounding like a
// need is not enough.
func (h *staffHearing) missing(d Draft) bool {
	switch {
	case givesUp[h.bare]:
		h.plan.Reply = reply{key: "desk_kept"}
		return true
	case len(h.orders) > 0 && h.left == "" || length(h.bare) < 2:
		return false
	}
	for _, r := range h.Read(h.In.Text) {
		if r.Urgency == catalog.Emergency || r.Complete && d.Act.Kind != matter.Finish && hasAny(h.bare, ownPlace) {
			return false
		}
	}
	d.Act.Note = h.In.Text
	h.errand(d, "")
	return true
}

// ownPlace is what somebody says of her own house.
var ownPlace = []string{"我家", "我屋", "我们家", "我们屋", "我自己家", "俺家", "myhouse", "myhome"}

// givesUp takes back what needed a reason.
var givesUp = set("算了", "不了", "不改了", "取消", "先不", "先不办", "nevermind")

// errand does what a draft held.
func (h *staffHearing) errand(d Draft, into string) {
	for _, p := range append(d.Photos, h.photos()...) {
		if d.Act.Detail.Photo == "" {
			d.Act.Detail.Photo = p
		}
	}
	d.Act.Version, d.Act.Via, d.Act.At = d.Item.Version, "sms", h.Now
	h.plan.Errands = append(h.plan.Errands, Errand{Digit: d.Digit, Act: d.Act, ID: d.Item.Matter, Into: into})
}

func (h *staffHearing) photos() (out []string) {
	for _, m := range h.In.Media {
		out = append(out, m.URL)
	}
	return out
}

// photo puts a picture without words to the one matter that she has in hand.
func (h *staffHearing) photo() bool {
	hers := h.hers()
	if h.bare != "" || len(h.In.Media) == 0 || len(hers) != 1 {
		return false
	}
	for _, p := range h.photos() {
		act := matter.Act{Kind: matter.Note, Note: h.sentence("desk_photo"), Detail: matter.Detail{Photo: p}}
		h.errand(Draft{Item: Item{hers[0].ID, 0}, Act: act}, "")
	}
	return true
}

func (h *staffHearing) ask(key, kind string, d *Draft) {
	h.plan.Reply = reply{key: key, as: kind, draft: d, focus: d.Item.Matter}
}

func (h *staffHearing) sentence(key string) string {
	return prompts.Staff(h.Village.Language).Say(key, nil)
}

// mayHear reports whether a text to this phone may name a matter: one of those whose
// phone it is may read it, or is called to it. Of a private one no text holds words.
func (h *staffHearing) mayHear(m matter.Matter) bool {
	return m.Private || slices.ContainsFunc(h.Staff, func(s directory.Staff) bool {
		return matter.MayRead(h.Village, m, s) || m.Urgency == catalog.Emergency && matter.MayHold(h.Village, m, s)
	})
}

func (h *staffHearing) matter(id string) (matter.Matter, bool) {
	for _, m := range h.Pile {
		if id != "" && (m.ID == id || m.Number == id) {
			return m, true
		}
	}
	return matter.Matter{}, false
}

// isHers reports whether one of those whose phone it is has a matter in hand.
func (h *staffHearing) isHers(m matter.Matter) bool {
	for _, s := range h.Staff {
		if m.Assignee == s.ID {
			return m.State == matter.Queued || m.State == matter.Handling || m.State == matter.Waiting || m.State == matter.Deliberating
		}
	}
	return false
}

// hers lists what she has in hand, what is due first first.
func (h *staffHearing) hers() []matter.Matter {
	var out []matter.Matter
	for _, m := range h.Pile {
		if h.isHers(m) {
			out = append(out, m)
		}
	}
	return out
}
