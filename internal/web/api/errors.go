package api

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"time"

	"sanshi/internal/desk"
	"sanshi/internal/matter"
)

// failure is a request refused before anybody looked at what it asks.
type failure struct {
	status  int
	code    string
	message string
	field   string
	header  [2]string // name and value, if any
}

func (f *failure) Error() string { return f.message }

var (
	errToken = &failure{status: http.StatusUnauthorized, code: "unauthorized",
		message: "send the administrator's token: Authorization: Bearer TOKEN", header: [2]string{"WWW-Authenticate", "Bearer"}}
	errInternal = &failure{status: http.StatusInternalServerError, code: "internal",
		message: "a fault in the service; its log has the cause"}
	errAway = &failure{status: http.StatusServiceUnavailable, code: "unavailable",
		message: "it could not be done now and nothing was changed: send it again", header: [2]string{"Retry-After", "5"}}
)

func badJSON(format string, args ...any) error {
	return &failure{status: http.StatusBadRequest, code: "bad_json", message: fmt.Sprintf(format, args...)}
}

func tooMany(wait time.Duration) error {
	seconds := strconv.Itoa(max(1, int(math.Ceil(wait.Seconds()))))
	return &failure{status: http.StatusTooManyRequests, code: "too_many",
		message: "more requests than this token may make; wait " + seconds + " s", header: [2]string{"Retry-After", seconds}}
}

func invalid(field, format string, args ...any) error {
	return matter.Refuse(matter.Invalid, field, format, args...)
}

// missing says in words what is not there, and leaves all other errors alone.
func missing(err error, format string, args ...any) error {
	if errors.Is(err, desk.ErrNotFound) {
		return matter.Refuse(matter.NotFound, "", format, args...)
	}
	return err
}

// refuse is the one place where an error becomes a status, a body and a log line.
// What callers did wrong is no event for the log; what we did wrong is.
func (a *api) refuse(w http.ResponseWriter, c *call, err error) {
	f := explain(err)
	if f.status >= http.StatusInternalServerError && !errors.Is(err, context.Canceled) {
		// The pattern, not the path: a path may hold a number.
		a.Log.Error("api: request failed", "method", c.Method, "route", c.Pattern, "status", f.status, "cause", err.Error())
	}
	if f.header[0] != "" {
		w.Header().Set(f.header[0], f.header[1])
	}
	type inner struct {
		Code    string `json:"code"`
		Message string `json:"message"`
		Field   string `json:"field"`
	}
	send(w, f.status, map[string]inner{"error": {f.code, f.message, f.field}})
}

func explain(err error) *failure {
	var f *failure
	var refused *matter.Error
	switch {
	case errors.As(err, &f):
		return f
	case errors.As(err, &refused):
		return &failure{status: statusOf(refused.Problem), code: string(refused.Problem), message: refused.Message, field: refused.Field}
	case errors.Is(err, desk.ErrNotFound):
		return &failure{status: http.StatusNotFound, code: string(matter.NotFound), message: "there is no such thing in this village"}
	}
	// What nobody foresaw comes from the database (away, locked, full, too slow) or
	// from a matter that others changed all the while: time may mend all of these.
	// Our own mistakes show as panics and are 500.
	return errAway
}

func statusOf(p matter.Problem) int {
	switch p {
	case matter.NotFound:
		return http.StatusNotFound
	case matter.Forbidden:
		return http.StatusForbidden
	case matter.Conflict, matter.Stale:
		return http.StatusConflict
	}
	return http.StatusUnprocessableEntity
}
