// Package health tells machines how the service fares: whether it lives, whether
// this node should be given work, and its numbers. It listens on the internal
// address only, because what it tells is for those who run the service.
//
//	/healthz  200 while the program runs
//	/readyz   200 while this node's database answers, 503 otherwise or while stopping
//	/metrics  for Prometheus
//	/files/   a dashboard for Grafana, alert rules for Prometheus
//	/debug/pprof/
//
// Being ready speaks of the database alone. Redis, Slack, Twilio or the model
// being away makes the service "degraded", still 200: texts are kept and
// answered as far as they can be, and taking nodes out would only make it worse.
package health

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/pprof"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// patience is how long one check may take.
const patience = 2 * time.Second

// Check asks whether one thing that the service leans on is there. Ask must not
// cost money: for a paid API it says how the last call went.
type Check struct {
	Name string
	Ask  func(context.Context) error
}

// Deps is all that is shown.
type Deps struct {
	Metrics  *Metrics
	Version  string
	Database func(context.Context) error        // this node's; decides whether it is ready
	Others   []Check                            // whose absence is "degraded"
	Unrouted func(context.Context) (int, error) // texts kept for no village; nil: not shown
	Stopping func() bool                        // true once the service is told to stop; nil: never
}

// Report is the body of /readyz.
type Report struct {
	Status   string            `json:"status"` // ok, degraded, unavailable, stopping
	Version  string            `json:"version"`
	Checks   map[string]string `json:"checks"` // ok, or what is wrong
	Unrouted int               `json:"unrouted"`
}

// New makes the handler of the internal listener.
func New(d Deps) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, r *http.Request) {
		show(w, http.StatusOK, map[string]string{"status": "ok", "version": d.Version})
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		report := d.Look(r.Context())
		status := http.StatusOK
		if report.Status != "ok" && report.Status != "degraded" {
			status = http.StatusServiceUnavailable
		}
		show(w, status, report)
	})
	mux.Handle("GET /metrics", promhttp.HandlerFor(d.Metrics.registry, promhttp.HandlerOpts{}))
	mux.Handle("GET /files/", files())
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	return mux
}

// Look asks everything at once and says how the service fares.
func (d Deps) Look(ctx context.Context) Report {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	all := append([]Check{{"database", d.Database}}, d.Others...)
	errs := make([]error, len(all))
	var wait sync.WaitGroup
	for i, c := range all {
		wait.Go(func() { errs[i] = within(ctx, c.Ask) })
	}
	wait.Wait()

	r := Report{Status: "ok", Version: d.Version, Checks: map[string]string{}}
	for i, c := range all {
		r.Checks[c.Name] = "ok"
		if errs[i] != nil {
			r.Status = "degraded"
			r.Checks[c.Name] = errs[i].Error()
		}
	}
	if errs[0] == nil && d.Unrouted != nil {
		r.Unrouted, _ = d.Unrouted(ctx) // the database has just answered; zero is shown if it no longer does
	}
	switch {
	case d.Stopping != nil && d.Stopping():
		r.Status = "stopping"
	case errs[0] != nil:
		r.Status = "unavailable"
	}
	return r
}

// within gives up at the deadline even when ask does not listen to it, and turns
// a panic into an error: a health check must never take the service down.
func within(ctx context.Context, ask func(context.Context) error) error {
	done := make(chan error, 1)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				done <- fmt.Errorf("the check broke: %v", p)
			}
		}()
		done <- ask(ctx)
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return fmt.Errorf("no answer within %v", patience)
	}
}

func show(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(body) // a prober that has gone is no concern of ours
}
