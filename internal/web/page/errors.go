package page

import (
	"errors"
	"net/http"
	"net/url"

	"sanshi/internal/channel"
	"sanshi/internal/desk"
	"sanshi/internal/matter"
)

// Problem is an error that its reader can act on: a status, a sentence (by its
// key in the labels) and, where the domain gave one, its own words beside it.
type Problem struct {
	Status int
	Key    string // of the sentence; "" takes the one of the status
	Detail string // plain words, English
	Field  string // the value at fault
	Err    error  // for the log, never shown
}

func (p *Problem) Error() string {
	if p.Err != nil {
		return p.Err.Error()
	}
	return http.StatusText(p.Status) + ": " + p.label()
}

// Unwrap gives the cause.
func (p *Problem) Unwrap() error { return p.Err }

// Label is the key of the sentence to show.
func (p *Problem) Label() string { return p.label() }

func (p *Problem) label() string {
	if p.Key != "" {
		return p.Key
	}
	switch p.Status {
	case http.StatusBadRequest:
		return "err.bad"
	case http.StatusForbidden:
		return "err.forbidden"
	case http.StatusNotFound:
		return "err.not_found"
	case http.StatusMethodNotAllowed:
		return "err.method"
	case http.StatusConflict:
		return "err.state"
	case http.StatusRequestEntityTooLarge:
		return "err.too_large"
	case http.StatusUnsupportedMediaType:
		return "err.media"
	case http.StatusUnprocessableEntity:
		return "err.invalid"
	case http.StatusServiceUnavailable:
		return "err.away"
	}
	return "err.ours"
}

// NotFound is what a bad id in a path gives.
func NotFound() error { return &Problem{Status: http.StatusNotFound} }

// Forbidden is what a missing right gives.
func Forbidden() error { return &Problem{Status: http.StatusForbidden} }

// Invalid is a wrong or missing value of a form.
func Invalid(field, key string) error {
	return &Problem{Status: http.StatusUnprocessableEntity, Field: field, Key: key}
}

// From turns any error into a Problem. It is the only place that knows which
// status an error of the domain has.
func From(err error) *Problem {
	var p *Problem
	var refused *matter.Error
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &p):
		return p
	case errors.As(err, &refused):
		return refusal(refused)
	case errors.As(err, &large):
		return &Problem{Status: http.StatusRequestEntityTooLarge, Err: err}
	case errors.Is(err, desk.ErrNotFound):
		return &Problem{Status: http.StatusNotFound, Err: err}
	case errors.Is(err, desk.ErrRepeated):
		return &Problem{Status: http.StatusConflict, Key: "err.repeated", Err: err}
	case errors.Is(err, channel.ErrUnavailable), errors.Is(err, desk.ErrStale):
		return &Problem{Status: http.StatusServiceUnavailable, Err: err}
	}
	return &Problem{Status: http.StatusInternalServerError, Err: err}
}

func refusal(e *matter.Error) *Problem {
	p := &Problem{Detail: e.Message, Field: e.Field, Err: e}
	switch e.Problem {
	case matter.NotFound:
		p.Status = http.StatusNotFound
	case matter.Forbidden:
		p.Status = http.StatusForbidden
	case matter.Conflict:
		p.Status = http.StatusConflict
	case matter.Stale:
		p.Status, p.Key = http.StatusConflict, "err.stale"
	default:
		p.Status = http.StatusUnprocessableEntity
	}
	return p
}

// Origin is the scheme and host of a URL, as a browser's Origin header has it.
func Origin(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" {
		return raw
	}
	return u.Scheme + "://" + u.Host
}
