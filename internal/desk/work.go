package desk

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"

	"sanshi/internal/catalog"
	"sanshi/internal/classify"
	"sanshi/internal/dialogue"
	"sanshi/internal/directory"
	"sanshi/internal/matter"
	"sanshi/internal/message"
)

// work is a change being made: the matters as they stand after what was already
// decided, and all that is to be written.
type work struct {
	desk    *Desk
	village *directory.Village
	change  Change
	matters map[string]matter.Matter
	people  map[message.Address]directory.Resident
	into    *matter.Matter  // the target of a merge
	merged  []matter.Matter // what became part of the matter acted on
	except  message.Address // whoever is answered by a reply, not by news
	changed map[string]bool // ids of the matters with events
}

func (d *Desk) begin(v *directory.Village, village string) *work {
	return &work{
		desk: d, village: v, change: Change{Village: village},
		matters: map[string]matter.Matter{}, people: map[message.Address]directory.Resident{}, changed: map[string]bool{},
	}
}

// finish gathers the changed matters.
func (w *work) finish() Change {
	w.change.Matters = w.change.Matters[:0]
	for id := range w.changed {
		w.change.Matters = append(w.change.Matters, w.matters[id])
	}
	return w.change
}

func (w *work) bench() matter.Bench {
	return matter.Bench{Village: w.village, Calendar: w.desk.Calendar.For(w.village.Country), Into: w.into}
}

// move carries out one move of a plan for a resident and gives the matter's id.
func (w *work) move(ctx context.Context, mv dialogue.Move, who directory.Resident, o *dialogue.Outcome) (string, error) {
	w.except = who.Address
	if mv.Open == nil {
		if mv.Act.Kind == matter.Merge {
			if err := w.target(ctx, mv); err != nil {
				return "", err
			}
		}
		err := w.act(ctx, mv.Matter, mv.Act)
		o.Matters[mv.Matter] = w.matters[mv.Matter]
		return mv.Matter, err
	}
	first, err := w.firstLike(ctx, mv.Open, who)
	if err != nil {
		return "", err
	}
	if first != nil {
		w.change.Parties = append(w.change.Parties, Party{Matter: first.ID, Address: who.Address, Seen: first.Version})
		o.Matters[mv.Open.ID], o.Joined[mv.Open.ID] = *first, true
		return first.ID, nil
	}
	m, err := w.raise(ctx, raising(mv.Open, who))
	w.doubt(m, mv.Open.Result, err)
	o.Matters[mv.Open.ID] = m
	if err == nil && mv.Open.Offer {
		nearby, err := w.desk.Store.Alike(ctx, m)
		if err != nil {
			return "", err
		}
		if like, ok := matter.Likeliest(m, nearby); ok {
			o.Alike[m.ID] = like
		}
	}
	return m.ID, err
}

// target reads what a resident's matter becomes part of. If that became part of
// another meanwhile, it is the other.
func (w *work) target(ctx context.Context, mv dialogue.Move) error {
	into := mv.Act.Detail.Into
	for range 5 {
		room, err := w.desk.Store.Room(ctx, w.village.ID, mv.Matter, into)
		if errors.Is(err, ErrNotFound) {
			return matter.Refuse(matter.Invalid, "into", "it is not there any more")
		}
		if err != nil {
			return err
		}
		w.into = room.Into
		if into = room.Into.MergedInto; room.Into.State != matter.Merged {
			break
		}
	}
	return nil
}

// doubt queues a question to the model about a matter just raised.
func (w *work) doubt(m matter.Matter, r classify.Result, err error) {
	if ask := w.desk.Doubtful; ask != nil && err == nil && m.State == matter.Sorting && ask(w.village, m, r) {
		w.change.Refine = append(w.change.Refine, m.ID)
	}
}

// raising is what the classifier said of an opening. Without any place it is
// where she lives.
func raising(o *dialogue.Opening, who directory.Resident) matter.NewMatter {
	r := o.Result
	area := r.Area
	if area == "" && r.Place == "" {
		area = who.Area
	}
	return matter.NewMatter{
		ID: o.ID, Resident: who.Address, Kind: r.Kind, Code: r.Code, Urgency: r.Urgency, Area: area, Danger: r.Danger,
		Words:   matter.Words{Summary: r.Summary, Text: o.Text, Place: r.Place, Name: r.Name, Reason: r.Reason, Photos: o.Photos},
		Private: r.Asked, Confidence: math.Round(r.Confidence*1e4) / 1e4, Source: r.Source, Earlier: o.Earlier, Hold: o.Hold,
		By: matter.ResidentActor(who.Address), Via: "sms",
	}
}

// firstLike finds the emergency that an opening reports once more: the same
// code within 30 minutes, from the same area or place, or without a place.
func (w *work) firstLike(ctx context.Context, o *dialogue.Opening, who directory.Resident) (*matter.Matter, error) {
	r := o.Result
	if r.Urgency != catalog.Emergency || matter.QuietDanger(r.Danger) {
		return nil, nil
	}
	probe := matter.Matter{
		Village: w.village.ID, ID: o.ID, Kind: r.Kind, Code: r.Code, Urgency: r.Urgency, Area: r.Area, Place: r.Place,
		Resident: who.Address, RaisedAt: w.desk.Now(),
	}
	alike, err := w.desk.Store.Alike(ctx, probe)
	if err != nil {
		return nil, err
	}
	for i := range alike {
		if dialogue.SameEmergency(alike[i], r) {
			return &alike[i], nil
		}
	}
	return nil, nil
}

// raise opens a matter under a new number.
func (w *work) raise(ctx context.Context, in matter.NewMatter) (matter.Matter, error) {
	n, err := w.desk.Store.Number(ctx, w.village.ID)
	if err != nil {
		return matter.Matter{}, err
	}
	in.Number, in.At = matter.Number(n), w.desk.Now()
	d, err := w.desk.Workflows[in.Kind].Open(w.bench(), in)
	if err != nil {
		return matter.Matter{}, err
	}
	return d.Matter, w.take(ctx, matter.Matter{}, d)
}

// act decides one act on a matter and takes in all that comes of it.
func (w *work) act(ctx context.Context, id string, act matter.Act) error {
	before := w.matters[id]
	d, err := w.desk.Workflows[before.Kind].Decide(w.bench(), before, act)
	if err != nil {
		return err
	}
	if err := w.take(ctx, before, d); err != nil {
		return err
	}
	for _, o := range d.Opens {
		in := o.New(d.Matter, act.By, act.Via, act.At)
		in.ID = w.desk.NewID()
		if _, err := w.raise(ctx, in); err != nil {
			return err
		}
	}
	return nil
}

// take takes a decision into the change, with the news of it.
func (w *work) take(ctx context.Context, before matter.Matter, d matter.Decision) error {
	w.matters[d.Matter.ID], w.changed[d.Matter.ID] = d.Matter, true
	w.change.Events = append(w.change.Events, d.Event)
	w.change.Passages = append(w.change.Passages, Passage{before, d.Matter})
	w.change.Nudges = append(w.change.Nudges, dialogue.Nudges(w.village, w.bench().Calendar, before, d.Matter, w.desk.Now())...)
	w.moveParties(before, d)
	if d.Event.Kind == matter.Join {
		w.change.Parties = append(w.change.Parties, Party{Matter: d.Matter.ID, Address: d.Event.Detail.Party})
	}
	if err := w.meet(ctx, d); err != nil {
		return err
	}
	texts, calls := w.told(dialogue.News{Matter: d.Matter, Before: before, Event: d.Event}, d.Tell...)
	if r, ok := dialogue.Recalled(before, d.Matter, d.Event); ok {
		if r.Undo {
			r.Instead, r.Calls, texts, calls = texts, calls, nil, nil
		}
		w.change.Outbox = slices.DeleteFunc(w.change.Outbox, r.Drops)
		w.change.Recalls = append(w.change.Recalls, r)
	}
	w.change.Outbox = append(w.change.Outbox, texts...)
	w.change.Callbacks = append(w.change.Callbacks, calls...)
	return nil
}

// told makes the texts of notices, and the calls where no text may go.
func (w *work) told(n dialogue.News, notices ...matter.Notice) (all []message.Outbound, calls []directory.Callback) {
	n.Village, n.People, n.Except, n.Now, n.NewID = w.village, w.people, w.except, w.desk.Now(), w.desk.NewID
	n.Merged, n.Into, n.Chat = w.merged, w.into, w.desk.Chat
	for _, notice := range notices {
		texts, more := dialogue.Tell(n, notice)
		all, calls = append(all, texts...), append(calls, more...)
	}
	return all, calls
}

// moveParties lets those of a merged matter join its target, and takes them out
// again when the merge is undone.
func (w *work) moveParties(before matter.Matter, d matter.Decision) {
	switch {
	case d.Matter.State == matter.Merged && before.State != matter.Merged:
		for _, a := range append([]message.Address{before.Resident}, before.Parties...) {
			if a != "" {
				w.change.Parties = append(w.change.Parties, Party{Matter: d.Matter.MergedInto, Address: a, From: before.ID, Seen: w.into.Version})
			}
		}
	case before.State == matter.Merged && d.Matter.State != matter.Merged:
		w.change.Parties = append(w.change.Parties, Party{Matter: before.MergedInto, From: before.ID, Remove: true})
	}
}

// meet reads the residents whom a decision is to be told, if they are not known yet.
func (w *work) meet(ctx context.Context, d matter.Decision) error {
	unknown := false
	for _, n := range d.Tell {
		switch n.To {
		case matter.ToBrought:
			if err := w.meetBrought(ctx, d.Event.Detail.Party); err != nil {
				return err
			}
		case matter.ToRaiser:
			_, ok := w.people[d.Matter.Resident]
			unknown = unknown || !ok && d.Matter.Resident != ""
		case matter.ToParties, matter.ToJoined:
			for _, a := range append([]message.Address{d.Matter.Resident}, d.Matter.Parties...) {
				_, ok := w.people[a]
				unknown = unknown || !ok && a != ""
			}
		}
	}
	if !unknown || d.Event.Kind == matter.Raise {
		return nil
	}
	room, err := w.desk.Store.Room(ctx, w.village.ID, d.Matter.ID, "")
	if err != nil {
		return err
	}
	w.merged = room.Merged
	for a, r := range room.People {
		if _, ok := w.people[a]; !ok {
			w.people[a] = r
		}
	}
	return nil
}

// meetBrought makes a resident of whom another wrote for: she hears of it by the
// village's own number, and at the same time who reads what she answers.
func (w *work) meetBrought(ctx context.Context, who message.Address) error {
	scene, err := w.desk.Store.Talk(ctx, message.Lane{Village: w.village.ID, Address: who})
	if err != nil {
		return err
	}
	r := scene.Resident
	if r.Channel == "" {
		r.Channel, r.Language = who.Scheme(), w.village.Language
		if len(w.village.SMS) > 0 {
			r.Sender = w.village.SMS[0]
		}
	}
	w.people[who] = r
	if told := r; !told.Greeted {
		told.Greeted = true
		w.change.Met = append(w.change.Met, told)
	}
	return nil
}

// forget cancels a matter if it is open and marks its words as erased. They are
// put aside first: whoever works on it is told by its number, since a text with
// her words in it would be erased unsent.
func (w *work) forget(ctx context.Context, m matter.Matter, staff directory.Staff, who message.Address) error {
	m.Summary, m.Text, m.Place, m.Name, m.Reason, m.Photos = "", "", "", "", "", nil
	w.matters[m.ID] = m
	if m.State.Open() {
		cancel := matter.Act{Kind: matter.Cancel, By: matter.ResidentActor(who), Via: "console", At: w.desk.Now()}
		w.except = who
		if err := w.act(ctx, m.ID, cancel); err != nil {
			return err
		}
	}
	erase := matter.Act{
		Kind: matter.Erase, By: matter.StaffActor(staff), Via: "console", At: w.desk.Now(), Detail: matter.Detail{Party: who},
	}
	return w.act(ctx, m.ID, erase)
}

// farewell tells her that she was erased, if she may be told anything.
func (w *work) farewell(r directory.Resident) *message.Outbound {
	o, ok := dialogue.Farewell(dialogue.News{Village: w.village, Now: w.desk.Now(), NewID: w.desk.NewID}, r)
	if !ok {
		return nil
	}
	o.Topic = Farewell
	return &o
}

// handOver turns a refused move into a call by a person, with all her words, and
// says so. What to do in a danger is said all the same; of a matter that was not
// changed nobody hears that it was.
func (w *work) handOver(plan *dialogue.Plan, scene Scene, text string, mv dialogue.Move) {
	says := []dialogue.Say{}
	for _, s := range plan.Says {
		if s.Danger != "" && mv.Open == nil {
			says = append(says, s)
		}
	}
	plan.Says = says
	if plan.Resident.Contact != directory.QuietContact { // a person reads it, and does not call
		plan.Says = append(says, dialogue.Say{Key: "person", Topic: "person"})
	}
	plan.Alerts = slices.DeleteFunc(plan.Alerts, func(a dialogue.Alert) bool { return a.Matter == mv.Matter })
	var words []string
	for _, f := range scene.Dialogue.Held {
		words = append(words, f.Text)
	}
	plan.Callbacks = append(plan.Callbacks, directory.Callback{
		ID: w.desk.NewID(), Village: w.village.ID, Address: plan.Resident.Address, Reason: "person", Matter: mv.Matter,
		Note: strings.TrimSpace(strings.Join(append(words, text), "\n")), At: w.desk.Now(),
	})
}
