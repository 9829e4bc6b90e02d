package desk

import (
	"context"
	"errors"
	"time"

	"sanshi/internal/directory"
	"sanshi/internal/matter"
	"sanshi/internal/message"
)

// Aged is a matter whose words are old enough to go, as it was when it was found.
type Aged struct {
	ID      string
	Version int
}

// KeepStore is what the desk needs to erase what is old.
type KeepStore interface {
	Villages(ctx context.Context) ([]*directory.Village, error)
	// AgedMatters lists ended matters with words, that ended before a moment.
	AgedMatters(ctx context.Context, village string, before time.Time, limit int) ([]Aged, error)
	// AgeTexts erases texts before talk, and before stray those that led to
	// nothing; none of an open matter. It does a page at a time.
	AgeTexts(ctx context.Context, village string, talk, stray time.Time) (n int, more bool, err error)
	// AgeCalls erases calls made before a moment.
	AgeCalls(ctx context.Context, village string, before time.Time) (n int, err error)
}

// ageBatch is how many matters are read at once.
const ageBatch = 100

// Forget erases what each village has kept long enough, and returns how many
// things that were. Of a matter the record says so; open ones are never touched.
func (d *Desk) Forget(ctx context.Context) (n int, err error) {
	villages, err := d.Store.Villages(ctx)
	if err != nil {
		return 0, err
	}
	var errs []error
	for _, v := range villages {
		k := v.Keeps()
		matters, err := d.ageMatters(ctx, v, directory.Before(d.Now(), k.Matters))
		texts, err2 := d.ageTexts(ctx, v.ID, k)
		calls, err3 := d.Store.AgeCalls(ctx, v.ID, directory.Before(d.Now(), k.Calls))
		n, errs = n+matters+texts+calls, append(errs, err, err2, err3)
	}
	lost, err := d.ageTexts(ctx, message.Unrouted, directory.DefaultKeep())
	return n + lost, errors.Join(append(errs, err)...)
}

func (d *Desk) ageTexts(ctx context.Context, village string, k directory.Keep) (n int, err error) {
	for more := true; more && err == nil; {
		var some int
		some, more, err = d.Store.AgeTexts(ctx, village, directory.Before(d.Now(), k.Talk), directory.Before(d.Now(), k.Stray))
		n += some
	}
	return n, err
}

func (d *Desk) ageMatters(ctx context.Context, v *directory.Village, before time.Time) (n int, err error) {
	for {
		aged, err := d.Store.AgedMatters(ctx, v.ID, before, ageBatch)
		if err != nil {
			return n, err
		}
		done := 0
		for _, a := range aged {
			wiped, err := d.ageMatter(ctx, v, a)
			if err != nil {
				return n, err
			}
			if wiped {
				done++
			}
		}
		if n += done; len(aged) < ageBatch || done == 0 {
			return n, nil
		}
	}
}

// ageMatter erases one. Who changed it since it was found keeps it for today.
func (d *Desk) ageMatter(ctx context.Context, v *directory.Village, a Aged) (wiped bool, err error) {
	room, err := d.Store.Room(ctx, v.ID, a.ID, "")
	if err != nil || room.Matter.Version != a.Version {
		return false, err
	}
	w := d.begin(v, v.ID)
	w.matters[a.ID], w.change.Wipe = room.Matter, a.ID
	act := matter.Act{Kind: matter.Erase, By: matter.Clock, Via: "clock", At: d.Now(), Detail: matter.Detail{Reason: matter.Retention}}
	if err := w.act(ctx, a.ID, act); err != nil {
		var refused *matter.Error
		if errors.As(err, &refused) {
			return false, nil
		}
		return false, err
	}
	if err := d.commit(ctx, w); !errors.Is(err, ErrStale) {
		return err == nil, err
	}
	return false, nil
}
