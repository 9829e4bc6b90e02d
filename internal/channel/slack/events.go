package slack

import (
	"context"
	"encoding/json"
	"errors"
	"sync/atomic"

	"sanshi/prompts"
)

// What people write and do in channels reaches this file alone. Nothing in it can
// reach a resident: a listener knows neither the desk nor the outbox. A test holds
// it to that.

// envelope is an event as Slack sends it, as far as it is read.
type envelope struct {
	Type      string `json:"type"`
	Challenge string `json:"challenge"`
	EventID   string `json:"event_id"`
	Event     struct {
		Type        string `json:"type"`
		Subtype     string `json:"subtype"`
		User        string `json:"user"`
		BotID       string `json:"bot_id"`
		Channel     string `json:"channel"`
		ChannelType string `json:"channel_type"`
		Text        string `json:"text"`
		Tab         string `json:"tab"`
		Tokens      struct {
			Bot []string `json:"bot"`
		} `json:"tokens"`
	} `json:"event"`
}

// listener is all that an event may cause.
type listener struct {
	seen  func(ctx context.Context, id string) (first bool, err error)
	link  func(ctx context.Context, user, typed string) string
	known func(ctx context.Context, user string) (prompts.Book, bool)
	say   func(user, text string)
	home  func(user string)
	lost  func(cause string)
}

func (h *Hook) listener() listener {
	return listener{
		seen: h.Store.FirstSeen, link: h.link, lost: h.lost.set,
		say: func(user, text string) { h.tell("", user, text) },
		known: func(ctx context.Context, user string) (prompts.Book, bool) {
			people, err := h.people(ctx, user)
			if err != nil {
				return prompts.Staff(""), !errors.Is(err, errStranger)
			}
			return people[0].book(), true
		},
		home: func(user string) {
			if h.Home != nil {
				h.later("a home page", func(ctx context.Context) error { return h.Home(ctx, user) })
			}
		},
	}
}

// takeEvent answers the Events API: the challenge when the address is set up, and
// events once each.
func (h *Hook) takeEvent(ctx context.Context, body []byte) (any, error) {
	var e envelope
	if err := json.Unmarshal(body, &e); err != nil {
		return nil, errGarbled
	}
	switch e.Type {
	case "url_verification":
		return map[string]string{"challenge": cut(e.Challenge, 1000)}, nil
	case "event_callback":
		return nil, h.listener().hear(ctx, e)
	}
	return nil, nil
}

// hear takes an event in. Slack sends it again when the answer is late: its id
// counts once, on whatever node.
func (l listener) hear(ctx context.Context, e envelope) error {
	if e.Event.BotID != "" || e.Event.Subtype != "" { // our own, and what is no new message
		return nil
	}
	if e.EventID != "" {
		if first, err := l.seen(ctx, e.EventID); err != nil || !first {
			return err
		}
	}
	switch e.Event.Type {
	case "app_home_opened":
		if e.Event.User != "" && e.Event.Tab != "messages" {
			l.home(e.Event.User)
		}
	case "message":
		if e.Event.ChannelType == "im" && e.Event.User != "" {
			l.addressed(ctx, e.Event.User, e.Event.Text)
		}
	case "app_uninstalled":
		l.lost("the app was removed from the workspace: install it again")
	case "tokens_revoked":
		if len(e.Event.Tokens.Bot) > 0 {
			l.lost("the bot token was revoked: install the app again and set SLACK_BOT_TOKEN")
		}
	}
	return nil
}

// addressed answers what somebody writes to the app itself: a code links, all else
// gets a word of help.
func (l listener) addressed(ctx context.Context, user, text string) {
	if codeIn(text) != "" {
		l.say(user, l.link(ctx, user, text))
		return
	}
	book, known := l.known(ctx, user)
	if !known {
		l.say(user, stranger())
		return
	}
	l.say(user, book.Say("slack_help", nil))
}

// fault is why Slack is lost to us, until the program is started anew.
type fault struct{ cause atomic.Pointer[string] }

func (f *fault) set(cause string) { f.cause.Store(&cause) }

// Fault says why the app no longer works in the workspace; nil while it does.
func (h *Hook) Fault(context.Context) error {
	if c := h.lost.cause.Load(); c != nil {
		return errors.New(*c)
	}
	return nil
}
