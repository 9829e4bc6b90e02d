package slack

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"net/url"
	"runtime/debug"
	"sync"
	"time"

	slackgo "github.com/slack-go/slack"
	"golang.org/x/time/rate"

	"sanshi/internal/call"
	"sanshi/internal/desk"
	"sanshi/internal/directory"
	"sanshi/internal/matter"
	"sanshi/internal/message"
)

// Store is what the hook reads, and the two things it writes: links and what was
// seen. desk.ErrNotFound says that there is no such thing.
type Store interface {
	Villages(ctx context.Context) ([]*directory.Village, error)
	Matter(ctx context.Context, village, idOrNumber string) (matter.Matter, error)
	Matters(ctx context.Context, f matter.Filter) (matter.Page, error)
	Alike(ctx context.Context, m matter.Matter) ([]matter.Matter, error)
	// CardAt gives the id of the matter whose card stands there.
	CardAt(ctx context.Context, village, channel, ts string) (matterID string, err error)
	LinkSlack(ctx context.Context, code, slack string) (village string, who directory.Staff, err error)
	FirstSeen(ctx context.Context, id string) (first bool, err error)
	Callback(ctx context.Context, village, id string) (directory.Callback, error)
	// Contact says how a resident may be reached: "" or directory.QuietContact.
	Contact(ctx context.Context, village string, who message.Address) (string, error)
}

// Desk is what the hook asks to be done.
type Desk interface {
	Act(ctx context.Context, r desk.Request) (matter.Matter, error)
	Raise(ctx context.Context, r desk.Raising) (matter.Matter, error)
	Preview(ctx context.Context, r desk.Request) ([]message.Outbound, error)
	Calls(ctx context.Context, village, by string) ([]directory.Callback, error)
	Call(ctx context.Context, village, id, by string, a call.Act) (directory.Callback, error)
}

// Hook takes in what Slack sends: over HTTP or, with an app token, over a socket.
// Its fields are set once, before its first use; all but Home and Cards must be.
type Hook struct {
	Client  *Client
	Secret  string // the signing secret
	Store   Store
	Desk    Desk
	Media   Media
	Allowed func(v *directory.Village, m matter.Matter, s directory.Staff) []matter.EventKind
	// MayApprove: she may correct and approve this matter at once.
	MayApprove func(v *directory.Village, m matter.Matter, s directory.Staff) bool
	// Home draws the home page of a Slack account again; may be nil.
	Home func(ctx context.Context, slack string) error
	Now  func() time.Time
	Log  *slog.Logger

	lost     fault
	running  sync.WaitGroup
	room     chan struct{}
	prepare  sync.Once
	refusals rate.Sometimes
}

const (
	bodyLimit = 1 << 20                 // bytes
	patience  = 2200 * time.Millisecond // Slack waits three seconds for an answer
	afterward = 25 * time.Second        // for what is done after the answer
	abreast   = 64                      // of that at once
)

// The paths that Slack calls, below the public URL. Options of a select are asked
// for at interactionsPath too.
const (
	eventsPath       = "/slack/events"
	interactionsPath = "/slack/interactions"
	commandsPath     = "/slack/commands"
)

// Routes adds the hook's routes.
func (h *Hook) Routes(mux *http.ServeMux) {
	h.ready()
	mux.HandleFunc(eventsPath, h.signed("application/json", h.takeEvent))
	mux.HandleFunc(interactionsPath, h.signed(formType, h.takeInteraction))
	mux.HandleFunc(commandsPath, h.signed(formType, h.takeCommand))
}

const formType = "application/x-www-form-urlencoded"

func (h *Hook) ready() {
	h.prepare.Do(func() {
		h.room = make(chan struct{}, abreast)
		h.refusals = rate.Sometimes{Interval: 10 * time.Second}
		if h.Log == nil {
			h.Log = slog.New(slog.DiscardHandler)
		}
		if h.Now == nil {
			h.Now = time.Now
		}
	})
}

// Wait waits until what was begun after an answer has ended, or ctx is done.
func (h *Hook) Wait(ctx context.Context) {
	done := make(chan struct{})
	go func() { h.running.Wait(); close(done) }()
	select {
	case <-done:
	case <-ctx.Done():
	}
}

// refusal is an answer that is no 200; its text is safe to send.
type refusal struct {
	status int
	text   string
}

func (e *refusal) Error() string { return e.text }

var errGarbled = &refusal{http.StatusBadRequest, "the body cannot be read"}

// signed lets only what Slack signed in the last five minutes through, and answers
// for it. Nothing is parsed, let alone kept, before the signature holds. What a
// handler answers is JSON; nil is an empty 200.
func (h *Hook) signed(kind string, take func(context.Context, []byte) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := h.open(w, r, kind)
		var answer any
		if err == nil {
			ctx, cancel := context.WithTimeout(r.Context(), patience)
			defer cancel()
			answer, err = take(ctx, body)
		}
		if err != nil {
			h.refuse(w, r, err)
			return
		}
		if answer == nil {
			w.WriteHeader(http.StatusOK)
			return
		}
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		_ = json.NewEncoder(w).Encode(answer) // whoever has gone asks again
	}
}

// open reads the body and checks where it comes from.
func (h *Hook) open(w http.ResponseWriter, r *http.Request, kind string) ([]byte, error) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		return nil, &refusal{http.StatusMethodNotAllowed, "only POST"}
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, bodyLimit))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return nil, &refusal{http.StatusRequestEntityTooLarge, "too large"}
	case err != nil:
		return nil, errGarbled
	}
	// Slack: "Verifying requests from Slack": HMAC-SHA256 of v0:timestamp:body,
	// no older than five minutes, compared in constant time.
	v, err := slackgo.NewSecretsVerifier(r.Header, h.Secret)
	if err == nil {
		_, _ = v.Write(body) // a hash never fails
		err = v.Ensure()
	}
	if err != nil {
		return nil, &refusal{http.StatusUnauthorized, "the signature is missing, wrong or too old"}
	}
	if got, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || got != kind {
		return nil, &refusal{http.StatusUnsupportedMediaType, "send " + kind}
	}
	return body, nil
}

func (h *Hook) refuse(w http.ResponseWriter, r *http.Request, err error) {
	var no *refusal
	if !errors.As(err, &no) {
		no = &refusal{http.StatusServiceUnavailable, "not now; please try again"}
		w.Header().Set("Retry-After", "5")
		h.refusals.Do(func() { h.Log.Error("slack: a call could not be answered", "path", r.URL.Path, "cause", err.Error()) })
	} else {
		h.refusals.Do(func() {
			h.Log.Warn("slack: a call was refused", "path", r.URL.Path, "status", no.status, "reason", no.text)
		})
	}
	http.Error(w, no.text, no.status)
}

// later does what may be lost without harm after the answer: notes, views, home
// pages. Nobody has been told yet that it is done.
func (h *Hook) later(what string, do func(context.Context) error) {
	h.ready()
	select {
	case h.room <- struct{}{}:
	default:
		h.Log.Warn("slack: too much at once; left undone", "what", what)
		return
	}
	h.running.Go(func() {
		defer func() { <-h.room }()
		defer func() {
			if p := recover(); p != nil {
				h.Log.Error("slack: "+what+" broke", "cause", p, "stack", string(debug.Stack()))
			}
		}()
		ctx, cancel := context.WithTimeout(context.Background(), afterward)
		defer cancel()
		if err := do(ctx); err != nil {
			h.Log.Warn("slack: "+what+" failed", "cause", err.Error())
		}
	})
}

// takeInteraction reads a press, a form or a question for options: a form with
// one field, payload, that is JSON.
func (h *Hook) takeInteraction(ctx context.Context, body []byte) (any, error) {
	form, err := url.ParseQuery(string(body))
	if err != nil || form.Get("payload") == "" {
		return nil, errGarbled
	}
	return h.interaction(ctx, []byte(form.Get("payload")))
}

func (h *Hook) takeCommand(ctx context.Context, body []byte) (any, error) {
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, errGarbled
	}
	if form.Get("ssl_check") != "" { // Slack looks whether anybody is there
		return nil, nil
	}
	c := slackgo.SlashCommand{
		Command: form.Get("command"), Text: form.Get("text"), UserID: form.Get("user_id"), ChannelID: form.Get("channel_id"),
		TriggerID: form.Get("trigger_id"),
	}
	if c.UserID == "" {
		return nil, errGarbled
	}
	return h.command(ctx, c), nil
}
