package health

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func fine(context.Context) error { return nil }

func get(t *testing.T, d Deps, path string) (int, string) {
	t.Helper()
	if d.Metrics == nil {
		d.Metrics = NewMetrics()
	}
	w := httptest.NewRecorder()
	New(d).ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w.Code, w.Body.String()
}

func TestReady(t *testing.T) {
	away := func(context.Context) error { return errors.New("connection refused") }
	broken := func(context.Context) error { panic("nil map") }
	cases := []struct {
		name   string
		deps   Deps
		status int
		says   string
		check  string // name=what is shown of it
	}{
		{"all well", Deps{Database: fine, Others: []Check{{"redis", fine}}}, 200, "ok", "redis=ok"},
		{"only a database", Deps{Database: fine}, 200, "ok", "database=ok"},
		{"redis away", Deps{Database: fine, Others: []Check{{"slack", fine}, {"redis", away}}}, 200, "degraded", "redis=connection refused"},
		{"database away", Deps{Database: away, Others: []Check{{"redis", fine}}}, 503, "unavailable", "database=connection refused"},
		{"both away", Deps{Database: away, Others: []Check{{"redis", away}}}, 503, "unavailable", "redis=connection refused"},
		{"stopping", Deps{Database: fine, Stopping: func() bool { return true }}, 503, "stopping", "database=ok"},
		{"not stopping", Deps{Database: fine, Stopping: func() bool { return false }}, 200, "ok", "database=ok"},
		{"a check that panics", Deps{Database: fine, Others: []Check{{"twilio", broken}}}, 200, "degraded", "twilio=the check broke: nil map"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			status, body := get(t, c.deps, "/readyz")
			var r Report
			if err := json.Unmarshal([]byte(body), &r); err != nil {
				t.Fatal(err)
			}
			name, want, _ := strings.Cut(c.check, "=")
			if status != c.status || r.Status != c.says || r.Checks[name] != want {
				t.Errorf("%d %s, want %d %q with %s", status, body, c.status, c.says, c.check)
			}
		})
	}
}

func TestReadyShowsUnrouted(t *testing.T) {
	d := Deps{Database: fine, Version: "1.2", Unrouted: func(context.Context) (int, error) { return 3, nil }}
	_, body := get(t, d, "/readyz")
	if !strings.Contains(body, `"unrouted":3`) || !strings.Contains(body, `"version":"1.2"`) {
		t.Errorf("no count of unrouted texts or version in %s", body)
	}
}

// A database that hangs must not hang the prober, even when the driver does not
// listen to its context.
func TestReadyGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		release := make(chan struct{})
		d := Deps{Database: func(context.Context) error { <-release; return nil }}
		status, body := get(t, d, "/readyz")
		if took := time.Since(began); took != patience {
			t.Errorf("answered after %v, want %v", took, patience)
		}
		if status != 503 || !strings.Contains(body, "no answer within 2s") {
			t.Errorf("%d %s", status, body)
		}
		close(release)
	})
}

func TestAliveWhateverIsAway(t *testing.T) {
	status, body := get(t, Deps{Database: func(context.Context) error { return errors.New("away") }}, "/healthz")
	if status != 200 || !strings.Contains(body, `"ok"`) {
		t.Errorf("%d %s", status, body)
	}
}

func TestRoutes(t *testing.T) {
	h := New(Deps{Metrics: NewMetrics(), Database: fine})
	cases := []struct {
		method, path string
		want         int
	}{
		{"POST", "/healthz", 405}, {"DELETE", "/readyz", 405}, {"POST", "/metrics", 405},
		{"GET", "/", 404}, {"GET", "/debug/pprof/", 200}, {"GET", "/debug/pprof/cmdline", 200}, {"HEAD", "/readyz", 200},
	}
	for _, c := range cases {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(c.method, c.path, nil))
		if w.Code != c.want {
			t.Errorf("%s %s: %d, want %d", c.method, c.path, w.Code, c.want)
		}
	}
}

func TestMetricsHaveTheirNames(t *testing.T) {
	m := NewMetrics()
	m.Inbound("sms")
	m.Inbound("sms")
	m.Handled("matter", 2*time.Millisecond)
	m.Send("sms", "accepted")
	m.Classified("rule")
	m.LLM(3 * time.Second)
	m.Watch(func(context.Context) (Depth, error) {
		return Depth{
			Outbox:      map[string]int{"sms": 4},
			Matters:     []Count{{"xiangyang", "village", "sorting", 5}},
			DeadLetters: 6, Unrouted: 7,
		}, nil
	}, slog.New(slog.DiscardHandler))
	status, body := get(t, Deps{Metrics: m, Database: fine}, "/metrics")
	if status != 200 {
		t.Fatal(status, body)
	}
	for _, line := range []string{
		`sanshi_inbound_total{channel="sms"} 2`,
		`sanshi_handled_total{result="matter"} 1`,
		`sanshi_handle_seconds_bucket{le="0.0025"} 1`,
		`sanshi_handle_seconds_count 1`,
		`sanshi_outbox_depth{channel="sms"} 4`,
		`sanshi_send_total{channel="sms",result="accepted"} 1`,
		`sanshi_matters{kind="village",state="sorting",village="xiangyang"} 5`,
		`sanshi_classify_total{source="rule"} 1`,
		`sanshi_llm_seconds_sum 3`,
		`sanshi_deadletters 6`,
		`sanshi_unrouted 7`,
		`go_goroutines `,
		`process_resident_memory_bytes `,
	} {
		if !strings.Contains(body, "\n"+line) {
			t.Errorf("/metrics lacks %s", line)
		}
	}
}

// With the database away the counters are still told, and old gauges are not.
func TestMetricsWithoutDatabase(t *testing.T) {
	m := NewMetrics()
	m.Inbound("sms")
	var log strings.Builder
	m.Watch(func(context.Context) (Depth, error) { return Depth{}, errors.New("locked") }, slog.New(slog.NewTextHandler(&log, nil)))
	status, body := get(t, Deps{Metrics: m, Database: fine}, "/metrics")
	if status != 200 || !strings.Contains(body, "sanshi_inbound_total") || strings.Contains(body, "sanshi_deadletters") {
		t.Errorf("%d %s", status, body)
	}
	if !strings.Contains(log.String(), "cause=locked") {
		t.Errorf("the log does not name the cause: %q", log.String())
	}
}

// Two services in one process (as in tests) must not share counters.
func TestMetricsAreApart(t *testing.T) {
	a, b := NewMetrics(), NewMetrics()
	a.Inbound("sms")
	_, body := get(t, Deps{Metrics: b, Database: fine}, "/metrics")
	if strings.Contains(body, "sanshi_inbound_total{") {
		t.Error("a count of one shows in the other")
	}
}

func TestMetricsFromManyGoroutines(t *testing.T) {
	m := NewMetrics()
	done := make(chan struct{})
	for range 8 {
		go func() {
			for range 100 {
				m.Handled("none", time.Millisecond)
			}
			done <- struct{}{}
		}()
	}
	for range 8 {
		<-done
	}
	_, body := get(t, Deps{Metrics: m, Database: fine}, "/metrics")
	if !strings.Contains(body, `sanshi_handled_total{result="none"} 800`) {
		t.Error("counts were lost")
	}
}
