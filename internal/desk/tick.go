package desk

import (
	"context"
	"errors"

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
	done := 0
	for {
		due, err := d.Store.DueMatters(ctx, d.Now(), tickBatch)
		if err != nil || len(due) == 0 {
			return done, err
		}
		var g errgroup.Group
		g.SetLimit(tickAbove)
		for _, m := range due {
			g.Go(func() error { return d.tickMatter(ctx, m) })
		}
		if err := g.Wait(); err != nil {
			return done, err
		}
		done += len(due)
		if len(due) < tickBatch {
			return done, nil
		}
	}
}

// tickMatter does all that is due for one matter in one change.
func (d *Desk) tickMatter(ctx context.Context, m matter.Matter) error {
	return d.untilFresh(ctx, func() error {
		room, err := d.Store.Room(ctx, m.Village, m.ID, "")
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		w := d.begin(room.Village, m.Village)
		w.matters[m.ID], w.people = room.Matter, room.People
		flow := d.Workflows[room.Matter.Kind]
		for _, act := range flow.Clock(w.bench(), room.Matter, d.Now()) {
			if err := w.act(ctx, m.ID, act); err != nil {
				return err
			}
		}
		if len(w.change.Events) == 0 {
			return nil
		}
		return d.commit(ctx, w)
	})
}

func (d *Desk) tickTalks(ctx context.Context) (int, error) {
	lanes, err := d.Store.DueTalks(ctx, d.Now(), tickBatch)
	if err != nil {
		return 0, err
	}
	for n, lane := range lanes {
		if err := d.tickTalk(ctx, lane); err != nil {
			return n, err
		}
	}
	return len(lanes), nil
}

// tickTalk looks at held words whose time is over.
func (d *Desk) tickTalk(ctx context.Context, lane message.Lane) error {
	return d.untilFresh(ctx, func() error {
		scene, err := d.Store.Talk(ctx, lane)
		if err != nil {
			return err
		}
		turn := d.turn(scene)
		w := d.begin(scene.Village, lane.Village)
		if err := d.carryOut(ctx, w, turn, dialogue.Wake(turn), scene); err != nil {
			return err
		}
		return d.commit(ctx, w)
	})
}
