package slack

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log"
	"time"

	slackgo "github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
)

// Listen takes in over a socket what otherwise comes by HTTP, for a village whose
// computer nobody can call. The handlers are the same, and so is when they answer.
// Several nodes may listen: Slack gives each thing to one of them, and what it
// gives again counts once. It returns when ctx is done.
func (h *Hook) Listen(ctx context.Context) error {
	h.ready()
	for ctx.Err() == nil {
		c := socketmode.New(h.Client.API(), socketmode.OptionLog(log.New(io.Discard, "", 0)))
		ended, stop := context.WithCancel(ctx)
		go func() {
			defer stop()
			err := c.RunContext(ctx) // it connects again by itself, unless the token is refused
			if ctx.Err() == nil && !errors.Is(err, context.Canceled) {
				h.Log.Error("slack: the socket cannot be opened; trying again in a minute", "cause", plain("apps.connections.open", err).Error())
			}
		}()
		h.serve(ended, c)
		select {
		case <-ctx.Done():
		case <-time.After(socketPause):
		}
	}
	return nil
}

// socketPause is the pause after Slack refused the app's token.
const socketPause = time.Minute

func (h *Hook) serve(ctx context.Context, c *socketmode.Client) {
	for {
		select {
		case <-ctx.Done():
			return
		case e := <-c.Events:
			if e.Request != nil && e.Request.EnvelopeID != "" {
				h.running.Go(func() { h.answer(ctx, c, *e.Request) })
			}
		}
	}
}

// answer acknowledges a request with what its handler answers. What could not be
// kept is not acknowledged: Slack sends it again.
func (h *Hook) answer(ctx context.Context, c *socketmode.Client, r socketmode.Request) {
	within, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	payload, err := h.take(within, r)
	if err != nil {
		h.refusals.Do(func() { h.Log.Warn("slack: a call could not be answered", "type", r.Type, "cause", err.Error()) })
		var no *refusal
		if !errors.As(err, &no) {
			return
		}
	}
	if err := c.AckCtx(ctx, r.EnvelopeID, payload); err != nil && ctx.Err() == nil {
		h.Log.Warn("slack: an answer did not get out", "cause", err.Error())
	}
}

func (h *Hook) take(ctx context.Context, r socketmode.Request) (any, error) {
	switch r.Type {
	case socketmode.RequestTypeEventsAPI:
		return h.takeEvent(ctx, r.Payload)
	case socketmode.RequestTypeInteractive:
		return h.interaction(ctx, r.Payload)
	case socketmode.RequestTypeSlashCommands:
		var s slackgo.SlashCommand
		if err := json.Unmarshal(r.Payload, &s); err != nil || s.UserID == "" {
			return nil, errGarbled
		}
		return h.command(ctx, s), nil
	}
	return nil, nil
}
