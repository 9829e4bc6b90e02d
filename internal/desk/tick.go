package desk

import (
	"context"
	"errors"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"sanshi/internal/dialogue"
	"sanshi/internal/matter"
	"sanshi/internal/message"
)

// What time does: deadlines of matters, held words that wait no longer.

const (
	tickBatch = 200 // read at once
	tickAbove = 32  // committed at once: they share a transaction of the store
)

func (d *Desk) tickMatters(ctx context.Context) (int, error) {
	total := 0
	for {
		due, err := d.Store.DueMatters(ctx, d.Now(), tickBatch)
		if err != nil || len(due) == 0 {
			return total, err
		}
		var g errgroup.Group
		var done atomic.Int64
		g.SetLimit(tickAbove)
		for _, m := range due {
			g.Go(func() error {
				did, err := d.tickMatter(ctx, m)
				if did {
					done.Add(1)
				}
				return err
			})
		}
		err = g.Wait()
		total += int(done.Load())
		if len(due) < tickBatch || done.Load() == 0 { // what is still due then cannot be done now
			return total, err
		}
	}
}

// tickMatter does all that is due for one matter in one change.
func (d *Desk) tickMatter(ctx context.Context, m matter.Matter) (did bool, err error) {
	err = d.untilFresh(ctx, func() error {
		room, err := d.Store.Room(ctx, m.Village, m.ID, "")
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		w := d.begin(room.Village, m.Village)
		w.matters[m.ID], w.people, w.merged = room.Matter, room.People, room.Merged
		flow := d.Workflows[room.Matter.Kind]
		for _, act := range flow.Clock(w.bench(), room.Matter, d.Now()) {
			if err := w.act(ctx, m.ID, act); err != nil {
				return err
			}
		}
		if len(w.change.Events) == 0 {
			return nil
		}
		did = true
		return d.commit(ctx, w)
	})
	return did && err == nil, err
}

func (d *Desk) tickTalks(ctx context.Context) (int, error) {
	lanes, err := d.Store.DueTalks(ctx, d.Now(), tickBatch)
	done := 0
	for _, lane := range lanes {
		if e := d.tickTalk(ctx, lane); e != nil {
			err = errors.Join(err, e)
			continue
		}
		done++
	}
	return done, err
}

// tickTalk looks at held words whose time is over.
func (d *Desk) tickTalk(ctx context.Context, lane message.Lane) error {
	return d.untilFresh(ctx, func() error {
		scene, err := d.Store.Talk(ctx, lane)
		if err != nil {
			return err
		}
		if wake := scene.Dialogue.WakeAt; wake.IsZero() || wake.After(d.Now()) {
			return nil // she wrote, or was erased, meanwhile
		}
		turn := d.turn(scene)
		w := d.begin(scene.Village, lane.Village)
		if err := d.carryOut(ctx, w, turn, dialogue.Wake(turn), scene); err != nil {
			return err
		}
		return d.commit(ctx, w)
	})
}
