package desk

import (
	"context"
	"errors"
	"time"

	"sanshi/internal/classify"
	"sanshi/internal/dialogue"
	"sanshi/internal/directory"
	"sanshi/internal/matter"
	"sanshi/internal/message"
)

// What the staff do by SMS: the same acts, by the same rights, as anywhere else.

// staffAnswer makes the change that a text from a phone of the staff causes. It
// gives none when the text is the resident's: then in.Text holds what to hear, and
// the turn is given back if it may be neither's.
func (d *Desk) staffAnswer(ctx context.Context, scene *Scene, in *message.Inbound) (*dialogue.StaffTurn, *work, error) {
	holders := scene.Village.Holders(in.From.User())
	if len(holders) == 0 || in.From.Scheme() != "sms" {
		return nil, nil, nil
	}
	t := dialogue.StaffTurn{Village: scene.Village, Staff: holders, State: scene.Dialogue, Asked: scene.Ask, In: *in, Now: d.Now(), NewID: d.NewID}
	t.Read = func(text string) []classify.Result { return d.Read(text, scene.Village) }
	var err error
	if t.Tray, err = d.Store.Tray(ctx, in.Village, holders[0].ID); err != nil {
		return nil, nil, err
	}
	if t.Lists, err = d.Store.Lists(ctx, message.Lane{Village: in.Village, Address: in.From}, in.At); err != nil {
		return nil, nil, err
	}
	if t.Pile, err = d.Store.Pile(ctx, in.Village, holders[0].ID, dialogue.Named(in.Text, t.Lists, t.Tray, t.State)); err != nil {
		return nil, nil, err
	}
	plan, heard := dialogue.HearStaff(t)
	switch {
	case heard && plan.Resident == "":
		w, err := d.obey(ctx, scene, t, plan)
		return nil, w, err
	case heard:
		scene.Dialogue.Draft, in.Text = nil, plan.Resident
		return nil, nil, nil
	}
	scene.Dialogue.Draft = nil
	return &t, nil, nil
}

// obey makes the change of what a member of staff said.
func (d *Desk) obey(ctx context.Context, scene *Scene, t dialogue.StaffTurn, plan dialogue.StaffPlan) (*work, error) {
	w := d.begin(scene.Village, t.In.Village)
	w.change.Inbound, w.change.Result = &t.In, "staff"
	if plan.Call != nil {
		return w, d.runCall(ctx, w, scene, t, plan)
	}
	return w, d.runErrands(ctx, w, scene, t, plan)
}

// runErrands does what a member of staff asked for: each errand that is allowed,
// and no other.
func (d *Desk) runErrands(ctx context.Context, w *work, scene *Scene, t dialogue.StaffTurn, plan dialogue.StaffPlan) error {
	pile := map[string]matter.Matter{}
	for _, m := range t.Pile {
		pile[m.ID], w.matters[m.ID] = m, m
	}
	var done []dialogue.Result
	for _, e := range plan.Errands {
		w.into = nil
		if into, ok := pile[e.Into]; ok {
			w.into = &into
		}
		r := dialogue.Result{Errand: e}
		for _, s := range t.Staff { // one phone may be of two roles
			e.Act.By = matter.StaffActor(s)
			err := w.act(ctx, e.ID, e.Act)
			r.Refused = nil
			if !errors.As(err, &r.Refused) {
				if err != nil {
					return err
				}
				break
			}
		}
		r.After = w.matters[e.ID]
		done = append(done, r)
		w.change.About = append(w.change.About, e.ID)
	}
	var like []matter.Matter
	if m, ok := pile[plan.Details]; ok {
		var err error
		if like, err = d.Store.Alike(ctx, m); err != nil {
			return err
		}
	}
	out, tray := dialogue.TellStaff(t, &plan, done, like)
	if scene.Resident.OptOut != directory.Hard {
		w.change.Outbox = append(w.change.Outbox, out)
	}
	w.change.Dialogue, w.change.Tray = &plan.State, &tray
	return nil
}

// stopStaff notes that a phone of the staff wants no texts any more, or again.
func (w *work) stopStaff(heard string, from message.Address) {
	if heard != "stop" && heard != "start" {
		return
	}
	for _, s := range w.village.Holders(from.User()) {
		w.change.Stops = append(w.change.Stops, Stop{Staff: s.ID, Stopped: heard == "stop"})
	}
}

// tickTrays looks into the trays whose time has come.
func (d *Desk) tickTrays(ctx context.Context) (int, error) {
	due, err := d.Store.DueTrays(ctx, d.Now(), tickBatch)
	done := 0
	for _, t := range due {
		if e := d.tickTray(ctx, t); e != nil {
			err = errors.Join(err, e)
			continue
		}
		done++
	}
	return done, err
}

func (d *Desk) tickTray(ctx context.Context, due dialogue.Tray) error {
	return d.untilFresh(ctx, func() error {
		tray, err := d.Store.Tray(ctx, due.Village, due.Staff)
		if err != nil || tray.LookAt.IsZero() || tray.LookAt.After(d.Now()) {
			return err // another looked meanwhile
		}
		room, err := d.Store.Village(ctx, due.Village)
		if err != nil {
			return err
		}
		t := dialogue.StaffTurn{Village: room, Tray: tray, Now: d.Now(), NewID: d.NewID}
		w := d.begin(room, due.Village)
		look := dialogue.Look{Tray: tray}
		if s, ok := room.Member(due.Staff); ok {
			t.Staff = append(t.Staff, s)
			if t.Pile, err = d.Store.Pile(ctx, due.Village, s.ID, nil); err != nil {
				return err
			}
			look = dialogue.LookInto(t, w.bench().Calendar)
		} else {
			look.Tray.LookAt = time.Time{} // she is gone
		}
		w.change.Tray, w.change.Nudges = &look.Tray, look.Nudges
		if look.Text != nil {
			w.change.Outbox = append(w.change.Outbox, *look.Text)
		}
		return d.commit(ctx, w)
	})
}
