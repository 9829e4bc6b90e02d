package desk

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"sanshi/internal/catalog"
	"sanshi/internal/classify"
	"sanshi/internal/dialogue"
	"sanshi/internal/directory"
	"sanshi/internal/matter"
	"sanshi/internal/message"
)

// Desk is the service that answers. Its fields are set once, before its first use.
type Desk struct {
	Store     Store
	Workflows map[catalog.Kind]matter.Workflow
	Calendar  *matter.Calendar
	Read      func(text string, v *directory.Village) []classify.Result
	Now       func() time.Time
	NewID     func() string
	// Chat is the channel by which staff are told who have an account there; "" is none.
	Chat string
	// Doubtful says whether a model is to be asked about a new matter that waits for
	// the secretary; nil: never. It is asked later: a text never waits for it.
	Doubtful func(v *directory.Village, m matter.Matter, r classify.Result) bool
	// Wake tells the outbox of a channel that there is something to send; may be nil.
	Wake func(channel string)
	// Observe is told which stage sorted a text that had to be sorted; may be nil.
	Observe func(source string)
}

// Request is an act that a staff member, or another system, asks for.
type Request struct {
	Village string
	Matter  string // id or number
	By      string // staff id
	Act     matter.Act
	Key     string // idempotency key, or ""
	Digest  string // of the act asked for, to tell a repeat from another act under the same key
}

// Receive answers one text: reads the scene, decides, commits. The effects are
// committed when it returns nil; a text that is already handled is no error.
// Heard says how the text was taken: matter, answer, stop, none …
func (d *Desk) Receive(ctx context.Context, in message.Inbound) (heard string, err error) {
	err = d.untilFresh(ctx, func() error {
		scene, err := d.Store.Scene(ctx, in)
		if err != nil {
			return err
		}
		w, err := d.answer(ctx, scene, in)
		if err != nil {
			return err
		}
		heard = w.change.Result
		return d.commit(ctx, w)
	})
	if errors.Is(err, ErrHandled) {
		return "repeat", nil
	}
	return heard, err
}

// answer makes the change that a text causes.
func (d *Desk) answer(ctx context.Context, scene Scene, in message.Inbound) (*work, error) {
	staff, w, err := d.staffAnswer(ctx, &scene, &in)
	if w != nil || err != nil {
		return w, err
	}
	turn := d.turn(scene)
	turn.In = in
	source := ""
	turn.Read = func(text string) []classify.Result {
		found := d.Read(text, scene.Village)
		source = found[0].Source
		return found
	}
	plan := dialogue.Decide(turn)
	if plan.Deep {
		all, err := d.Store.MattersOf(ctx, in.Village, in.From)
		if err != nil {
			return nil, err
		}
		scene.Matters, turn.Matters, turn.All = all, all, true
		plan = dialogue.Decide(turn)
	}
	if staff != nil {
		if stray, ok := staff.Stray(&plan); ok {
			return d.obey(ctx, &scene, *staff, stray)
		}
	}
	w = d.begin(scene.Village, in.Village)
	w.change.Inbound, w.change.Result = &in, plan.Heard
	w.stopStaff(plan.Heard, in.From)
	if err := d.carryOut(ctx, w, turn, plan, scene); err != nil {
		return nil, err
	}
	if d.Observe != nil && source != "" {
		d.Observe(source)
	}
	return w, nil
}

func (d *Desk) turn(scene Scene) dialogue.Turn {
	return dialogue.Turn{
		Village: scene.Village, Resident: scene.Resident, State: scene.Dialogue, Ask: scene.Ask, Matters: scene.Matters,
		Read: func(text string) []classify.Result { return d.Read(text, scene.Village) },
		Now:  d.Now(), NewID: d.NewID, Calendar: d.Calendar.For(scene.Village.Country),
	}
}

// carryOut does the moves of a plan and lets the dialogue put them into words. A
// move that the workflow refuses becomes a call by a person: what she asked for
// is never dropped, and never claimed to be done. The other moves are done all the same.
func (d *Desk) carryOut(ctx context.Context, w *work, turn dialogue.Turn, plan dialogue.Plan, scene Scene) error {
	for _, m := range scene.Matters {
		w.matters[m.ID] = m
	}
	w.people[plan.Resident.Address] = plan.Resident
	outcome := dialogue.Outcome{Matters: map[string]matter.Matter{}, Joined: map[string]bool{}, Alike: map[string]matter.Matter{}}
	for _, m := range scene.Matters {
		outcome.Matters[m.ID] = m
	}
	for _, mv := range plan.Moves {
		id, err := w.move(ctx, mv, plan.Resident, &outcome)
		var refused *matter.Error
		if errors.As(err, &refused) && mv.Else != "" {
			plan.Says = []dialogue.Say{{Key: mv.Else, Matters: []string{mv.Matter}}}
			continue
		}
		if errors.As(err, &refused) {
			w.handOver(&plan, scene, turn.In.Text, mv)
			continue
		}
		if err != nil {
			return err
		}
		w.change.About = append(w.change.About, id)
		if mv.Open != nil && mv.Open.ID == plan.State.Topic {
			plan.State.Topic = id // another's, when she joined it
		}
	}
	for _, a := range plan.Alerts {
		if err := w.meet(ctx, matter.Decision{Matter: w.matters[a.Matter], Tell: []matter.Notice{a.Notice}}); err != nil {
			return err
		}
		texts, calls := w.told(dialogue.News{Matter: w.matters[a.Matter], Event: matter.Event{Note: a.Note}}, a.Notice)
		w.change.Outbox, w.change.Callbacks = append(w.change.Outbox, texts...), append(w.change.Callbacks, calls...)
	}
	if reply, ok := dialogue.Reply(turn, &plan, outcome); ok {
		w.change.Outbox = append(w.change.Outbox, reply)
	}
	if plan.Resident != scene.Resident {
		w.change.Resident = &plan.Resident
	}
	w.change.Dialogue = &plan.State
	w.change.Callbacks = append(w.change.Callbacks, plan.Callbacks...)
	w.change.About = append(w.change.About, plan.About...)
	w.change.Questions = append(w.change.Questions, plan.Questions...)
	return nil
}

// Act does what a staff member asks for and returns the matter after it. A
// refusal is a *matter.Error; ErrNotFound when there is no such village or matter.
// The same key again returns the matter without acting again.
func (d *Desk) Act(ctx context.Context, r Request) (after matter.Matter, err error) {
	err = d.untilFresh(ctx, func() error {
		room, err := d.Store.Room(ctx, r.Village, r.Matter, r.Act.Detail.Into)
		if err != nil {
			return err
		}
		before, done, err := d.repeated(ctx, r, room.Matter)
		if done || err != nil {
			after = before
			return err
		}
		w, err := d.actIn(ctx, room, r)
		if err != nil {
			return err
		}
		after = w.matters[room.Matter.ID]
		return d.commit(ctx, w)
	})
	if errors.Is(err, ErrRepeated) { // the same key at the same time: the other one did it
		return d.Act(ctx, r)
	}
	return after, err
}

// repeated gives the answer that this key had before.
func (d *Desk) repeated(ctx context.Context, r Request, now matter.Matter) (then matter.Matter, done bool, err error) {
	if r.Key == "" {
		return now, false, nil
	}
	k, taken, err := d.Store.Repeated(ctx, r.Village, r.Key)
	if err != nil || !taken {
		return now, false, err
	}
	if k.Digest != r.Digest || k.Matter != now.ID {
		return now, false, matter.Refuse(matter.Conflict, "key", "this key was used for another request")
	}
	then, err = d.Store.AsOf(ctx, now, k.Version)
	return then, true, err
}

func (d *Desk) actIn(ctx context.Context, room Room, r Request) (*work, error) {
	staff, ok := room.Village.Member(r.By)
	if !ok {
		return nil, matter.Refuse(matter.Forbidden, "by", "there is no staff member %q in this village", r.By)
	}
	w := d.begin(room.Village, room.Village.ID)
	w.matters[room.Matter.ID], w.people, w.into, w.merged = room.Matter, room.People, room.Into, room.Merged
	act := r.Act
	act.By, act.At = matter.StaffActor(staff), d.Now()
	if err := w.act(ctx, room.Matter.ID, act); err != nil {
		return nil, err
	}
	if r.Key != "" {
		w.change.Key = &Key{Village: room.Village.ID, Key: r.Key, Matter: room.Matter.ID, Digest: r.Digest, Version: w.matters[room.Matter.ID].Version, At: d.Now()}
	}
	return w, nil
}

// Erase removes what is kept of a resident, on a recorded request: her open
// matters are cancelled, each of hers gets an erase event, all content goes. By
// is a staff id with the right to erase.
func (d *Desk) Erase(ctx context.Context, village string, who message.Address, by string) error {
	return d.untilFresh(ctx, func() error {
		scene, err := d.Store.Talk(ctx, message.Lane{Village: village, Address: who})
		if err != nil {
			return err
		}
		staff, ok := scene.Village.Member(by)
		if !ok || staff.Role != directory.Secretary && staff.Role != directory.Administrator {
			return matter.Refuse(matter.Forbidden, "by", "only the secretary or the administrator may erase")
		}
		hers, err := d.Store.MattersOf(ctx, village, who)
		if err != nil {
			return err
		}
		w := d.begin(scene.Village, village)
		w.change.Erase, w.change.Farewell = who, w.farewell(scene.Resident)
		for _, m := range hers {
			if m.Resident != who {
				continue // she joined another's: her row in it goes with the erasing
			}
			if err := w.forget(ctx, m, staff, who); err != nil {
				return err
			}
		}
		return d.commit(ctx, w)
	})
}

// Tick does what is due at now and returns how many things it did. What fails
// holds nothing else up: the error tells of it, and the next Tick tries it again.
func (d *Desk) Tick(ctx context.Context) (int, error) {
	matters, err := d.tickMatters(ctx)
	talks, talkErr := d.tickTalks(ctx)
	calls, callErr := d.tickCalls(ctx)
	trays, trayErr := d.tickTrays(ctx)
	return matters + talks + calls + trays, errors.Join(err, talkErr, callErr, trayErr)
}

// untilFresh tries until nothing changed between reading and writing: at once at
// first, then with pauses. A conflict is nobody's fault and never gives up.
func (d *Desk) untilFresh(ctx context.Context, try func() error) error {
	for n := 0; ; n++ {
		err := try()
		if !errors.Is(err, ErrStale) {
			return err
		}
		if n < 5 {
			continue
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50*time.Millisecond + rand.N(450*time.Millisecond)):
		}
	}
}

// commit writes the change and wakes the senders it has texts for.
func (d *Desk) commit(ctx context.Context, w *work) error {
	if err := d.Store.Commit(ctx, w.finish()); err != nil {
		return err
	}
	if d.Wake == nil {
		return nil
	}
	woken := ""
	for _, o := range w.change.Outbox {
		if o.Channel != woken {
			d.Wake(o.Channel)
			woken = o.Channel
		}
	}
	return nil
}
