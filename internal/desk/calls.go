package desk

import (
	"context"
	"errors"

	"sanshi/internal/call"
	"sanshi/internal/dialogue"
	"sanshi/internal/directory"
	"sanshi/internal/matter"
	"sanshi/internal/message"
)

// Calls lists the open calls that a staff member may work on, the soonest
// promised first: the console, a chat command and a text show the same list.
func (d *Desk) Calls(ctx context.Context, village, by string) (mine []directory.Callback, err error) {
	v, err := d.Store.Village(ctx, village)
	if err != nil {
		return nil, err
	}
	staff, ok := v.Member(by)
	if !ok {
		return nil, matter.Refuse(matter.Forbidden, "by", "there is no staff member %q in this village", by)
	}
	all, err := d.Store.Callbacks(ctx, village, true)
	for _, c := range all {
		if call.MayRead(v, c, staff) {
			mine = append(mine, c)
		}
	}
	return mine, err
}

// Call does what a staff member says of a call: she takes it, reached her, or did
// not. A refusal is a *matter.Error; ErrNotFound when there is no such call.
func (d *Desk) Call(ctx context.Context, village, id, by string, a call.Act) (after directory.Callback, err error) {
	err = d.untilFresh(ctx, func() error {
		v, err := d.Store.Village(ctx, village)
		if err != nil {
			return err
		}
		c, err := d.Store.Callback(ctx, village, id)
		if err != nil {
			return err
		}
		staff, ok := v.Member(by)
		if !ok {
			return matter.Refuse(matter.Forbidden, "by", "there is no staff member %q in this village", by)
		}
		a.By, a.At = staff, d.Now()
		if after, err = d.calling(v).Do(c, a); err != nil {
			return err
		}
		w := d.begin(v, village)
		w.change.Callbacks = append(w.change.Callbacks, after)
		return d.commit(ctx, w)
	})
	return after, err
}

// runCall does what a text of the staff says of the calls to make, in the one change
// that also notes the text as handled: a text that comes twice counts once.
func (d *Desk) runCall(ctx context.Context, w *work, scene *Scene, t dialogue.StaffTurn, plan dialogue.StaffPlan) error {
	k, err := d.callTold(ctx, w, t, *plan.Call)
	if err != nil {
		return err
	}
	open, err := d.Store.Callbacks(ctx, w.village.ID, true)
	if err != nil {
		return err
	}
	for _, c := range open {
		if t.ReadsCall(c) && (c.ID != k.One.ID || k.One.DoneAt.IsZero()) {
			k.Open = append(k.Open, d.calling(w.village).Settled(c, d.Now()))
		}
	}
	if scene.Resident.OptOut != directory.Hard {
		w.change.Outbox = append(w.change.Outbox, dialogue.TellCalls(t, *plan.Call, k))
	}
	w.change.Dialogue = &plan.State
	return nil
}

// callTold reads the call that a text is about, and acts on it if that is asked for
// and one of those whose phone it is may.
func (d *Desk) callTold(ctx context.Context, w *work, t dialogue.StaffTurn, p dialogue.CallPlan) (k dialogue.CallTold, err error) {
	if p.ID == "" {
		return k, nil
	}
	k.One, err = d.Store.Callback(ctx, w.village.ID, p.ID)
	if errors.Is(err, ErrNotFound) { // erased since it was listed
		k.Gone = true
		return k, nil
	}
	if err != nil {
		return k, err
	}
	k.One = d.calling(w.village).Settled(k.One, d.Now())
	if p.Act.Do == "" {
		if !t.ReadsCall(k.One) {
			k.Refused = &matter.Error{Problem: matter.Forbidden}
			return k, nil
		}
		whom, err := d.Store.Talk(ctx, message.Lane{Village: w.village.ID, Address: k.One.Address})
		k.Name = whom.Resident.Name
		return k, err
	}
	for _, s := range t.Staff { // one phone may be of two roles
		p.Act.By, p.Act.At, k.Refused = s, d.Now(), nil
		after, err := d.calling(w.village).Do(k.One, p.Act)
		if !errors.As(err, &k.Refused) {
			k.One, w.change.Callbacks = after, append(w.change.Callbacks, after)
			break
		}
	}
	if k.One.Matter != "" {
		w.change.About = append(w.change.About, k.One.Matter)
	}
	return k, nil
}

func (d *Desk) calling(v *directory.Village) call.Bench {
	return call.Bench{Village: v, Calendar: d.Calendar.For(v.Country)}
}

func (d *Desk) tickCalls(ctx context.Context) (int, error) {
	due, err := d.Store.DueCalls(ctx, d.Now(), tickBatch)
	done := 0
	for _, c := range due {
		if e := d.tickCall(ctx, c); e != nil {
			err = errors.Join(err, e)
			continue
		}
		done++
	}
	return done, err
}

// tickCall lets time work on one call. Who changed it meanwhile was faster: the
// next Tick sees what is left.
func (d *Desk) tickCall(ctx context.Context, c directory.Callback) error {
	v, err := d.Store.Village(ctx, c.Village)
	if err != nil {
		return err
	}
	after, notices := d.calling(v).Clock(c, d.Now())
	w := d.begin(v, v.ID)
	w.change.Callbacks = append(w.change.Callbacks, after)
	tell := dialogue.News{Village: v, Chat: d.Chat, Now: d.Now(), NewID: d.NewID}
	for _, n := range notices {
		w.change.Outbox = append(w.change.Outbox, tell.OfCall(after, n)...)
	}
	if err := d.commit(ctx, w); !errors.Is(err, ErrStale) {
		return err
	}
	return nil
}
