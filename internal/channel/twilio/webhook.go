package twilio

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"sanshi/internal/channel"
	"sanshi/internal/message"
)

// Where Twilio calls us, below the public URL.
const (
	smsPath    = "/twilio/sms"
	statusPath = "/twilio/status"

	voicePath       = "/twilio/voice"
	voiceStatusPath = "/twilio/voice/status"
)

// Progress is told how far a text has come: the part of channel.Box used here.
type Progress interface {
	Progress(ctx context.Context, village, id, providerID string, s message.Status, code string, now time.Time) error
}

// Webhook receives what Twilio calls us with. Its fields are set once, before Routes.
type Webhook struct {
	Config Config
	Intake channel.Intake
	Box    Progress
	// Village finds the village by the number that was texted, else by the
	// messaging service; "" or message.Unrouted when none has either.
	Village func(to, service string) string
	// Pressed is told what was pressed during a call; nil: no calls are made.
	Pressed Pressed
	Now     func() time.Time // nil: time.Now
	Log     *slog.Logger

	forms    sync.Pool
	media    string // scheme://host that pictures may come from
	refusals rate.Sometimes
}

// Routes adds the webhook's routes.
func (h *Webhook) Routes(mux *http.ServeMux) {
	h.forms.New = func() any { return &form{body: make([]byte, 0, 2048), text: make([]byte, 0, 2048)} }
	h.refusals = rate.Sometimes{Interval: 10 * time.Second}
	if h.Now == nil {
		h.Now = time.Now
	}
	if h.Log == nil {
		h.Log = slog.New(slog.DiscardHandler)
	}
	h.media = "https://api.twilio.com"
	if u, err := url.Parse(h.Config.APIURL); err == nil && u.Host != "" {
		h.media = u.Scheme + "://" + u.Host
	}
	mux.HandleFunc(smsPath, h.signed(smsPath, h.sms))
	mux.HandleFunc(statusPath, h.signed(statusPath, h.status))
	if h.Pressed != nil {
		mux.HandleFunc(voicePath, h.signed(voicePath, h.voice))
		mux.HandleFunc(voiceStatusPath, h.signed(voiceStatusPath, h.voiceStatus))
	}
}

// refusal is an answer that is no 200; its text is safe to send.
type refusal struct {
	code int
	text string
}

func (e *refusal) Error() string { return e.text }

// signed lets only well-formed, correctly signed calls through, and answers
// for them: with what take says, or nothing. Nothing is kept, or even parsed
// further, before the signature holds.
func (h *Webhook) signed(path string, take func(context.Context, *form, *http.Request) (string, error)) http.HandlerFunc {
	v := newVerifier(h.Config.AuthToken, h.Config.PublicURL, path)
	return func(w http.ResponseWriter, r *http.Request) {
		f := h.forms.Get().(*form)
		answer, err := "", h.open(v, f, r)
		if err == nil {
			answer, err = take(r.Context(), f, r)
		}
		if f.small() {
			h.forms.Put(f)
		}
		if err != nil {
			h.refuse(w, r, err)
			return
		}
		w.Header()["Content-Type"] = []string{"text/xml; charset=utf-8"}
		if answer == "" {
			answer = "<Response/>"
		}
		io.WriteString(w, answer)
	}
}

// open reads the form and checks where it comes from.
func (h *Webhook) open(v *verifier, f *form, r *http.Request) error {
	signature := r.Header.Get("X-Twilio-Signature")
	switch {
	case r.Method != http.MethodPost:
		return &refusal{http.StatusMethodNotAllowed, "only POST"}
	case !isForm(r.Header.Get("Content-Type")):
		return &refusal{http.StatusUnsupportedMediaType, "a form is expected"}
	case r.ContentLength > formLimit:
		return &refusal{http.StatusRequestEntityTooLarge, errTooLarge.Error()}
	case signature == "":
		return &refusal{http.StatusForbidden, "no signature"}
	}
	switch err := f.fill(r); {
	case errors.Is(err, errTooLarge):
		return &refusal{http.StatusRequestEntityTooLarge, err.Error()}
	case err != nil:
		return &refusal{http.StatusBadRequest, err.Error()}
	}
	if !v.holds(f, r.URL.RawQuery, signature) {
		return &refusal{http.StatusForbidden, "wrong signature"}
	}
	if sid := f.get("AccountSid"); sid != "" && sid != h.Config.AccountSID {
		return &refusal{http.StatusForbidden, "another account"}
	}
	return nil
}

// refuse answers an error. A body that was not read to its end closes the
// connection, so that nobody has to take in the rest of it.
func (h *Webhook) refuse(w http.ResponseWriter, r *http.Request, err error) {
	var no *refusal
	if !errors.As(err, &no) {
		no = &refusal{http.StatusServiceUnavailable, "cannot be kept now; please try again"}
		h.refusals.Do(func() { h.Log.Error("Twilio's call cannot be kept", "path", r.URL.Path, "error", err) })
	} else {
		h.refusals.Do(func() { h.Log.Warn("Twilio's call refused", "path", r.URL.Path, "code", no.code, "reason", no.text) })
	}
	switch no.code {
	case http.StatusMethodNotAllowed:
		w.Header().Set("Allow", http.MethodPost)
	case http.StatusServiceUnavailable:
		w.Header().Set("Retry-After", "5")
	}
	if no.code != http.StatusServiceUnavailable {
		w.Header().Set("Connection", "close")
	}
	http.Error(w, no.text, no.code)
}

// isForm reports whether a Content-Type is that of a form, whatever its parameters.
func isForm(s string) bool {
	kind, _, _ := strings.Cut(s, ";")
	return strings.EqualFold(strings.TrimSpace(kind), "application/x-www-form-urlencoded")
}

// sms keeps a received text.
func (h *Webhook) sms(ctx context.Context, f *form, _ *http.Request) (string, error) {
	in, err := h.inbound(h.wireOf(f))
	if err != nil {
		return "", err
	}
	_, err = h.Intake.Take(ctx, in)
	return "", err
}

// status records how far one of our texts has come. The address it was sent to
// carries our own id; a callback set up in Twilio's console has only Twilio's.
func (h *Webhook) status(ctx context.Context, f *form, r *http.Request) (string, error) {
	sid := f.get("MessageSid")
	if sid == "" {
		return "", &refusal{http.StatusBadRequest, "MessageSid is missing"}
	}
	state := f.get("MessageStatus")
	if state == "" {
		state = f.get("SmsStatus")
	}
	s := statusOf(state)
	if s == "" {
		return "", nil // a state that says nothing of a text of ours
	}
	query := r.URL.Query()
	village, id := query.Get("village"), query.Get("id")
	if village == "" {
		village, id = h.village(number(f.get("From")), f.get("MessagingServiceSid")), ""
	}
	return "", h.Box.Progress(ctx, village, id, sid, s, f.get("ErrorCode"), h.Now())
}
