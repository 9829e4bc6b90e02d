package main

import (
	"context"
	"time"

	"sanshi/internal/channel/twilio"
)

// Twilio tries a webhook once or twice and gives up, so an outage of ours would
// lose texts. Its list still has them: every ten minutes, and at the start after
// an outage, what we do not have is taken in.
const (
	reconcileEvery = 10 * time.Minute
	lookBack       = time.Hour      // beyond the last text we have: clocks differ, requests overlap
	furthestBack   = 48 * time.Hour // older texts nobody waits for an answer to any more
)

// reconciler remembers how far the provider's list has been compared.
type reconciler struct {
	p      *Program
	hook   *twilio.Webhook
	driver *twilio.Driver
	until  time.Time
}

func (r *reconciler) run(ctx context.Context) error {
	now := r.p.Options.Now()
	since := r.until
	if since.IsZero() {
		last, err := r.p.Store.LastReceived(ctx)
		if err != nil {
			return err
		}
		if last.IsZero() { // a new installation answers nothing that came before it
			r.until = now
			return nil
		}
		since = last
	}
	if since = since.Add(-lookBack); now.Sub(since) > furthestBack {
		since = now.Add(-furthestBack)
	}
	missed, err := r.hook.CatchUp(ctx, r.driver, since)
	if err != nil {
		return err
	}
	if missed > 0 {
		r.p.Options.Log.Warn("texts that never reached us were taken from Twilio's list", "texts", missed)
	}
	r.until = now
	return nil
}
