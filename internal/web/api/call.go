package api

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"sanshi/internal/directory"
)

// call is one request on its way through the checks.
type call struct {
	*http.Request
	ctx     context.Context
	body    *fields            // of a POST; empty when there was none
	village *directory.Village // nil where the route names none
}

// answer is what a handler gives back when nothing went wrong.
type answer struct {
	status int // 0 means 200
	body   any
}

// route puts the checks that all requests share, in the order of the package's
// description, before a handler. No method means any.
func (a *api) route(method string, h func(*call) (answer, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), patience)
		defer cancel()
		c := &call{Request: r, ctx: ctx}
		began := a.Now()
		got, err := a.safely(c, func() (answer, error) {
			if err := a.admit(w, c, method); err != nil {
				return answer{}, err
			}
			return h(c)
		})
		if err != nil {
			a.refuse(w, c, err)
			return
		}
		send(w, got.status, got.body)
		a.Log.Debug("api", "method", r.Method, "route", r.Pattern, "took", a.Now().Sub(began))
	})
}

// safely turns a panic into an error, so that one bad request is one bad answer.
func (a *api) safely(c *call, do func() (answer, error)) (got answer, err error) {
	defer func() {
		if p := recover(); p != nil {
			a.Log.Error("api: panic", "route", c.Pattern, "panic", p, "stack", string(debug.Stack()))
			err = errInternal
		}
	}()
	return do()
}

func (a *api) admit(w http.ResponseWriter, c *call, method string) error {
	if err := allow(c.Request, method); err != nil {
		return err
	}
	body, err := readBody(w, c.Request)
	if err != nil {
		return err
	}
	c.body = body
	if !a.knows(c.Header.Get("Authorization")) {
		return errToken
	}
	if hold := a.limit.ReserveN(a.Now(), 1); hold.DelayFrom(a.Now()) > 0 {
		wait := hold.DelayFrom(a.Now())
		hold.CancelAt(a.Now())
		return tooMany(wait)
	}
	if id := c.PathValue("v"); id != "" {
		v, err := a.Store.Village(c.ctx, id)
		if err != nil {
			return missing(err, "there is no village %q here", id)
		}
		c.village = v
	}
	return nil
}

func allow(r *http.Request, method string) error {
	if method == "" || r.Method == method || method == http.MethodGet && r.Method == http.MethodHead {
		return nil
	}
	allowed := method
	if method == http.MethodGet {
		allowed = "GET, HEAD"
	}
	return &failure{status: http.StatusMethodNotAllowed, code: "method", message: "this address takes " + allowed,
		header: [2]string{"Allow", allowed}}
}

// knows compares digests, so that neither the length nor the first wrong letter
// of a guess shows in the time it takes.
func (a *api) knows(header string) bool {
	scheme, token, _ := strings.Cut(header, " ")
	got, want := sha256.Sum256([]byte(strings.TrimSpace(token))), sha256.Sum256([]byte(a.Token))
	same := subtle.ConstantTimeCompare(got[:], want[:]) == 1
	return same && a.Token != "" && strings.EqualFold(scheme, "Bearer")
}

func send(w http.ResponseWriter, status int, body any) {
	text, err := json.Marshal(body)
	if err != nil { // only by a mistake in this package: all shapes are our own
		status, text = http.StatusInternalServerError, []byte(`{"error":{"code":"internal","message":"","field":""}}`)
	}
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	if status == 0 {
		status = http.StatusOK
	}
	w.WriteHeader(status)
	w.Write(append(text, '\n')) // a client that has gone is no concern of ours
}

// stamp writes a time as RFC 3339 in UTC with milliseconds; null when unset.
type stamp time.Time

func (s stamp) MarshalJSON() ([]byte, error) {
	t := time.Time(s)
	if t.IsZero() {
		return []byte("null"), nil
	}
	return []byte(t.UTC().Format(`"2006-01-02T15:04:05.000Z"`)), nil
}
