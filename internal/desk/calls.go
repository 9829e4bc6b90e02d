package desk

import (
	"context"
	"errors"

	"sanshi/internal/call"
	"sanshi/internal/dialogue"
	"sanshi/internal/directory"
	"sanshi/internal/matter"
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
