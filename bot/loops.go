package main

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"
)

// every calls do at once and then each time the interval has passed, until ctx
// is done. An error is logged and the next turn tries again.
func every(ctx context.Context, interval time.Duration, log *slog.Logger, what string, do func(context.Context) error) {
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for {
		if err := do(ctx); err != nil && ctx.Err() == nil {
			log.Error(what+" failed, will try again", "cause", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// crew runs loops until told to stop, and waits for them.
type crew struct {
	ctx    context.Context
	cancel context.CancelFunc
	wg     sync.WaitGroup
	failed chan error
}

func newCrew() *crew {
	ctx, cancel := context.WithCancel(context.Background())
	return &crew{ctx: ctx, cancel: cancel, failed: make(chan error, 8)}
}

// start runs a loop. When it ends with an error before it was told to, the whole
// program is to stop: fail says so.
func (c *crew) start(loop func(context.Context) error) {
	c.wg.Add(1)
	go func() {
		defer c.wg.Done()
		if err := loop(c.ctx); err != nil && c.ctx.Err() == nil && !errors.Is(err, context.Canceled) {
			select {
			case c.failed <- err:
			default:
			}
		}
	}()
}

// stop tells the loops to end and waits for them, or for ctx.
func (c *crew) stop(ctx context.Context) error {
	c.cancel()
	done := make(chan struct{})
	go func() { c.wg.Wait(); close(done) }()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return errors.New("some work did not end in time; it is kept and goes on at the next start")
	}
}
