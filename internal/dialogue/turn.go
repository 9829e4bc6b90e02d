package dialogue

import (
	"strings"
	"time"

	"sanshi/internal/classify"
	"sanshi/internal/directory"
	"sanshi/internal/matter"
	"sanshi/internal/message"
	"sanshi/prompts"
)

// Turn is all that one answer is made from.
type Turn struct {
	Village  *directory.Village
	Resident directory.Resident
	State    State
	Ask      *message.Ask // the question sent last before this text, answered or not
	Matters  []matter.Matter
	In       message.Inbound
	Read     func(text string) []classify.Result
	Now      time.Time
	NewID    func() string
	Calendar *matter.Calendar // of the village's country: calls are promised in working time
	All      bool             // Matters are all there ever were, not only the open and the late ones
}

// Plan is what a turn comes to. The desk carries out Moves in order, then
// commits State, Resident and Callbacks together with what Reply says.
type Plan struct {
	Heard     string // the listener that recognised the text; the result in the metrics
	State     State
	Resident  directory.Resident
	Moves     []Move
	Alerts    []Alert
	Says      []Say
	Callbacks []directory.Callback
	About     []string // matters that the text belongs to besides those of the Moves
	// Deep: she speaks of what may be long past. The plan is to be made once more
	// from all her matters (Turn.All).
	Deep      bool
	Questions []directory.Question // that no fact of the village answers
}

// Move opens a matter, or acts on one.
type Move struct {
	Open   *Opening
	Matter string
	Act    matter.Act
	// Else is said instead of all else when the workflow refuses the act, and then
	// nobody need call her.
	Else string
}

// Alert tells staff something about a matter that no event tells: she urges.
type Alert struct {
	Matter string
	Notice matter.Notice
	Note   string // her words, when they are what is told
}

// Opening is a matter about to be raised.
type Opening struct {
	ID      string
	Result  classify.Result
	Text    string // all her words, held ones too
	Photos  []string
	Earlier string // id of the matter it takes up again
	Hold    bool   // a person sorts it, whatever the village's policy says
	// Offer: when a matter nearby is likely the same, she may be asked. Never
	// beside another question, since each digit has one meaning.
	Offer bool
}

// Say is something to say: a key of prompts/resident, and what it speaks of.
type Say struct {
	Key     string
	Values  prompts.Values
	Matters []string // ids; what is said depends on how they stand after the moves
	Ask     *message.Ask
	Topic   string    // see message.Outbound
	Danger  string    // set on the first advice in an emergency: always said
	By      time.Time // by when somebody calls her, where that is said
	Since   time.Time // of her first matter, where that is said
}

// The questions a text can end in.
const (
	AskRate   = "rate"   // 1–5
	AskWhere  = "where"  // any words
	AskWhich  = "which"  // a number of the list, the last being "new"
	AskAgain  = "again"  // a number of the list, the last being "new"; her words wait among the held ones
	AskCancel = "cancel" // a number of the list, the last being "none"
	AskReopen = "reopen" // 1 yes, 2 no
	AskErase  = "erase"  // 1 yes, 2 no
	AskStaff  = "staff"  // any words, for the staff member who asked
	AskSame   = "same"   // 1 yes, 2 no: is it what another reported; Options holds that one
)

// Times of the dialogue.
const (
	window      = 15 * time.Minute // what follows held words or a matter this soon belongs to it
	heldFor     = 30 * time.Minute // then held words with a need go to the secretary
	recent      = 24 * time.Hour   // "are you there" is about what she raised in this time
	rateLimit   = 20               // texts a minute from one address
	throttleGap = time.Hour        // between two requests to slow down
	urgeGap     = 24 * time.Hour   // between two alerts to the secretary that she urges
)

// lifetime is how long a question stays open.
func lifetime(kind string) time.Duration {
	switch kind {
	case AskRate:
		return 14 * 24 * time.Hour
	case AskStaff:
		return 7 * 24 * time.Hour
	}
	return 48 * time.Hour
}

// surest is the confidence from which a text has a subject; below it the words
// are held, unless they show a need and are long enough to be all there is.
const (
	surest     = 0.35
	longEnough = 8   // characters
	shortest   = 4   // characters below which nothing is told
	plain      = 0.7 // confidence in the code, of words that name no need
)

// hearing is a turn being listened to.
type hearing struct {
	Turn
	fold    string // folded text
	bare    string // folded, without punctuation and spaces
	parts   []classify.Result
	partsOf string
	plan    Plan
	lastAsk *message.Ask // the question sent last, answered or not: a list stays in sight
}

type listener struct {
	name string
	hear func(*hearing) bool
}

// listeners in the order in which they are asked. Stop words come before
// everything; danger before whatever else a text may be.
func listeners() []listener {
	return []listener{
		{"stop", (*hearing).stop},
		{"start", (*hearing).start},
		{"danger", (*hearing).danger},
		{"throttled", (*hearing).tooFast},
		{"person", (*hearing).person},
		{"emergency", (*hearing).inDanger},
		{"wordless", (*hearing).wordless},
		{"answer", (*hearing).answer},
		{"digit", (*hearing).digit},
		{"erase", (*hearing).forget},
		{"copy", (*hearing).copyOf},
		{"proxy", (*hearing).proxy},
		{"belongs", (*hearing).belongs},
		{"denies", (*hearing).denies},
		{"correct", (*hearing).correction},
		{"cancel", (*hearing).withdraw},
		{"thanks", (*hearing).thanks},
		{"progress", (*hearing).progress},
		{"meant", (*hearing).meant},
		{"greeting", (*hearing).greeting},
		{"fact", (*hearing).fact},
		{"known", (*hearing).known},
		{"question", (*hearing).question},
		{"matter", (*hearing).newMatter},
		{"none", (*hearing).noise},
		{"held", (*hearing).hold},
	}
}

// Decide makes the plan for a text.
func Decide(t Turn) Plan {
	h := &hearing{Turn: t, fold: message.Fold(t.In.Text), bare: message.Bare(t.In.Text)}
	h.plan.State, h.plan.Resident = t.State, t.Resident
	h.meet()
	h.lastAsk, h.Ask = t.Ask, h.openQuestion()
	for _, l := range listeners() {
		if l.hear(h) {
			h.plan.Heard = l.name
			break
		}
	}
	h.unanswered()
	return h.plan
}

// meet notes how she was reached and counts her texts of this minute.
func (h *hearing) meet() {
	r, s := &h.plan.Resident, &h.plan.State
	r.Village, r.Address, r.Channel, r.Sender = h.In.Village, h.In.From, h.In.Channel, h.In.To
	s.Village, s.Address = h.In.Village, h.In.From
	command := hardStops[h.bare] || softStops[h.bare] || starts[h.bare]
	if lang := message.Script(h.In.Text); lang != "" && !command {
		r.Language = lang
	} else if r.Language == "" {
		r.Language = h.Village.Language
	}
	if h.In.At.Sub(s.Minute) >= time.Minute || h.In.At.Before(s.Minute) {
		s.Minute, s.Recent = h.In.At, 0
	}
	s.Recent++
	if h.Now.Sub(s.TopicAt) > 60*24*time.Hour {
		s.Topic, s.TopicAt = "", time.Time{}
	}
}

// openQuestion gives the question that this text may answer.
func (h *hearing) openQuestion() *message.Ask {
	a := h.Turn.Ask
	if a == nil || a.ID == h.State.Answered || h.In.Revived || h.In.At.Sub(a.At) > lifetime(a.Kind) {
		return nil
	}
	if a.Kind == AskRate {
		if m, ok := h.matter(a.Matter); !ok || m.State != matter.Done {
			return nil
		}
	}
	return a
}

func (h *hearing) closeQuestion() {
	if h.Ask != nil {
		h.plan.State.Answered = h.Ask.ID
	}
}

// read sorts the text together with what is held of the last minutes.
func (h *hearing) read() []classify.Result {
	text := h.words()
	if h.parts == nil || h.partsOf != text {
		h.parts, h.partsOf = h.Read(text), text
	}
	return h.parts
}

// words are the held words that still belong to this text, and the text.
func (h *hearing) words() string {
	var b strings.Builder
	for _, f := range h.State.Held {
		if h.In.At.Sub(f.At) <= window && f.Text != "" {
			b.WriteString(f.Text)
			b.WriteString("，")
		}
	}
	b.WriteString(h.In.Text)
	return b.String()
}

// subject gives the parts of the text that are matters, surely enough to open.
func (h *hearing) subjects() []classify.Result {
	var out []classify.Result
	for _, r := range h.read() {
		if sure(r) {
			out = append(out, r)
		}
	}
	return out
}

// sure reports whether a part is a matter to be opened. A model is sure of
// scraps too: without a word of need it takes more confidence, and more words.
func sure(r classify.Result) bool {
	bare := message.Bare(r.Part)
	n, need := length(bare), r.Need || hasAny(bare, broken)
	switch {
	case !r.Kind.Valid():
		return false
	case r.Complete, r.Source == "rule":
		return true
	case need && n >= longEnough:
		return r.Confidence > surest
	case need:
		return r.Confidence >= surest && n >= shortest
	}
	return r.CodeConfidence >= plain && n > longEnough
}

func (h *hearing) say(key string, ids ...string) *Say {
	h.plan.Says = append(h.plan.Says, Say{Key: key, Matters: ids, Values: prompts.Values{}})
	return &h.plan.Says[len(h.plan.Says)-1]
}

// act asks for an event on a matter, by her own text.
func (h *hearing) act(id string, kind matter.EventKind, d matter.Detail, note string, w *matter.Words) {
	photos := h.photos()
	if kind == matter.Answer && len(photos) > 0 {
		d.Photo, photos = photos[0], photos[1:]
	}
	h.move(id, kind, d, note, w)
	if kind == matter.Answer || kind == matter.Correct || kind == matter.Reopen {
		for _, more := range photos { // an event holds one
			h.move(id, matter.Answer, matter.Detail{Photo: more}, "", nil)
		}
	}
	h.about(id)
}

func (h *hearing) move(id string, kind matter.EventKind, d matter.Detail, note string, w *matter.Words) {
	h.plan.Moves = append(h.plan.Moves, Move{Matter: id, Act: matter.Act{
		Kind: kind, By: matter.ResidentActor(h.In.From), Via: viaOf(h.In.Channel), At: h.Now,
		Detail: d, Note: note, Words: w,
	}})
}

// about makes a matter what the talk is about.
func (h *hearing) about(id string) {
	h.plan.State.Topic, h.plan.State.TopicAt = id, h.In.At
}

// dropHeld forgets the held words that have become part of something. Older
// ones stay until Wake looks at them.
func (h *hearing) dropHeld() {
	s := &h.plan.State
	var older []Fragment
	for _, f := range s.Held {
		if h.In.At.Sub(f.At) > window {
			older = append(older, f)
		}
	}
	s.Held, s.HeldTold = older, false
	if len(older) == 0 {
		s.WakeAt = time.Time{}
	}
}

// photos are those of this text and of the held words that belong to it.
func (h *hearing) photos() []string {
	var out []string
	for _, f := range h.State.Held {
		if h.In.At.Sub(f.At) <= window {
			out = append(out, f.Photos...)
		}
	}
	for _, m := range h.In.Media {
		out = append(out, m.URL)
	}
	return out
}

func (h *hearing) matter(id string) (matter.Matter, bool) {
	for _, m := range h.Matters {
		if m.ID == id && id != "" {
			return m, true
		}
	}
	return matter.Matter{}, false
}

// open lists her open matters, done ones included, newest first.
func (h *hearing) open() []matter.Matter {
	var out []matter.Matter
	for _, m := range h.Matters {
		if m.State.Open() {
			out = append(out, m)
		}
	}
	return out
}

// unsettled lists her matters that still have to be settled.
func (h *hearing) unsettled() []matter.Matter {
	var out []matter.Matter
	for _, m := range h.open() {
		if m.State != matter.Done {
			out = append(out, m)
		}
	}
	return out
}

// lately is the matter spoken of within d, if it is still hers and open.
func (h *hearing) lately(d time.Duration) (matter.Matter, bool) {
	if h.State.Topic == "" || h.In.At.Sub(h.State.TopicAt) > d {
		return matter.Matter{}, false
	}
	m, ok := h.matter(h.State.Topic)
	return m, ok && m.State.Open()
}

func viaOf(channel string) string {
	if channel == "sim" {
		return "sms"
	}
	return channel
}

func length(s string) int { return len([]rune(s)) }
