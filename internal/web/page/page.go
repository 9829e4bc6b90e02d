// Package page is what all our pages share: handlers that return errors, one
// place that turns an error into a plain sentence, a guard against what other
// sites and broken clients send, and the frame around every page.
//
// A page says every word in Chinese and in English, the village's own language
// first. The words stand in labels.tsv, which a village's helper can correct.
package page

import (
	"bytes"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"sanshi/internal/web/assets"
)

// Func is a handler that returns what went wrong instead of writing it.
type Func func(w http.ResponseWriter, r *http.Request) error

// Site is one set of pages under one path: its routes and how its errors look.
type Site struct {
	Views *Views
	Log   *slog.Logger
	// Frame gives the frame of an error page; the zero Frame when nil.
	Frame func(r *http.Request) Frame

	mux *http.ServeMux
}

// NewSite makes a site without routes.
func NewSite(v *Views, log *slog.Logger) *Site {
	if log == nil {
		log = slog.Default()
	}
	return &Site{Views: v, Log: log, mux: http.NewServeMux()}
}

// Nowhere answers every address that nothing else answers: a page that says so,
// in both languages, with a way back to home.
func Nowhere(files *assets.Files, log *slog.Logger, home string) (http.Handler, error) {
	views, err := NewViews(nil, "", files)
	if err != nil {
		return nil, err
	}
	s := NewSite(views, log)
	s.Frame = func(*http.Request) Frame { return Frame{Title: "404", Site: "三事", Home: home} }
	return s.Guard(s, ""), nil
}

// Handle adds a route, written as for http.ServeMux: "GET /console/late".
func (s *Site) Handle(pattern string, f Func) {
	s.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		if err := f(w, r); err != nil {
			s.Fail(w, r, err)
		}
	})
}

// ServeHTTP routes. What has no route gets a page of its own, with the status
// and the Allow header that http.ServeMux gives it.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	defer s.recover(w, r)
	if h, pattern := s.mux.Handler(r); pattern == "" {
		answer := &discard{header: http.Header{}}
		h.ServeHTTP(answer, r)
		if allow := answer.header.Get("Allow"); allow != "" {
			w.Header().Set("Allow", allow)
		}
		s.Fail(w, r, &Problem{Status: answer.status})
		return
	}
	s.mux.ServeHTTP(w, r)
}

func (s *Site) recover(w http.ResponseWriter, r *http.Request) {
	v := recover()
	switch {
	case v == nil:
	case v == http.ErrAbortHandler:
		panic(v)
	default:
		s.Log.Error("web: a page panicked", "path", r.URL.Path, "panic", v, "stack", string(debug.Stack()))
		s.Fail(w, r, &Problem{Status: http.StatusInternalServerError})
	}
}

// Fail writes the page of an error. Only what is our own fault is logged, and
// never the words of a form: they may be a resident's.
func (s *Site) Fail(w http.ResponseWriter, r *http.Request, err error) {
	p := From(err)
	if p.Status >= http.StatusInternalServerError {
		s.Log.Error("web: a page failed", "method", r.Method, "path", r.URL.Path, "error", err)
	}
	var f Frame
	if s.Frame != nil {
		f = s.Frame(r)
	}
	if p.Status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "5")
	}
	f.Title = f.P(p.label())
	if err := s.Views.Write(w, p.Status, "error", struct {
		Frame
		Problem *Problem
	}{f, p}); err != nil {
		s.Log.Error("web: the error page failed", "error", err)
	}
}

// discard keeps the status and header of an answer and drops its text.
type discard struct {
	header http.Header
	status int
}

func (d *discard) Header() http.Header { return d.header }
func (d *discard) WriteHeader(n int)   { d.status = n }
func (d *discard) Write(b []byte) (int, error) {
	if d.status == 0 {
		d.status = http.StatusOK
	}
	return len(b), nil
}

// Policy is the content security policy of every page: our own files only, and
// no script or style inside the page. Pico draws its arrows from data: images.
const Policy = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// MaxForm is the largest form a page takes, in bytes.
const MaxForm = 64 << 10

// Guard refuses forms that another site sent (403) and bodies over MaxForm (413
// from Form), and sets the headers that keep a page to its reader. publicURL is
// where the outside reaches us; a form from there is our own.
func (s *Site) Guard(next http.Handler, publicURL string) http.Handler {
	cross := http.NewCrossOriginProtection()
	if publicURL != "" {
		if err := cross.AddTrustedOrigin(Origin(publicURL)); err != nil {
			s.Log.Warn("web: the public URL is no origin", "error", err)
		}
	}
	cross.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.Fail(w, r, &Problem{Status: http.StatusForbidden, Key: "err.cross_site"})
	}))
	inner := cross.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", Policy)
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Cache-Control", "no-store")
		r.Body = http.MaxBytesReader(w, r.Body, MaxForm)
		inner.ServeHTTP(w, r)
	})
}

// Views renders the templates of one site.
type Views struct {
	pages map[string]*pageTemplate
}

// Write renders a page whole before the first byte leaves, so that a fault in
// the middle never shows half a page.
func (v *Views) Write(w http.ResponseWriter, status int, name string, data any) error {
	var b bytes.Buffer
	if err := v.execute(&b, name, data); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // a failure means that the reader has gone: nobody is left to tell
	return nil
}

// Stamp is a moment in the village's time, for a template.
type Stamp struct {
	At   time.Time
	Zone *time.Location
}

// Short is "11-22 18:00", for lists.
func (s Stamp) Short() string { return s.in("01-02 15:04") }

// Long is "2026-11-22 18:00", for records.
func (s Stamp) Long() string { return s.in("2006-01-02 15:04") }

// Machine is RFC 3339, for the datetime attribute.
func (s Stamp) Machine() string { return s.in(time.RFC3339) }

func (s Stamp) in(layout string) string {
	if s.At.IsZero() {
		return ""
	}
	zone := s.Zone
	if zone == nil {
		zone = time.UTC
	}
	return s.At.In(zone).Format(layout)
}
