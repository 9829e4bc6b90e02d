package health

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestWatchedMetricsExist: the dashboard and the alert rules speak of metrics and
// labels that are there.
func TestWatchedMetricsExist(t *testing.T) {
	m := NewMetrics()
	m.Watch(func(context.Context) (Depth, error) {
		return Depth{Outbox: map[string]int{"sms": 1}, Matters: []Count{{"v", "village", "sorting", 1}}}, nil
	}, slog.New(slog.DiscardHandler))
	m.Inbound("sms")
	m.Handled("matter", time.Millisecond)
	m.Send("sms", "dead")
	m.Classified("rule")
	m.LLM(time.Second)
	h := New(Deps{Metrics: m, Database: func(context.Context) error { return nil }})
	get := func(path string) string {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		if w.Code != http.StatusOK {
			t.Fatalf("%s: %d", path, w.Code)
		}
		return w.Body.String()
	}
	metrics := get("/metrics")
	board := get("/files/dashboard.json")
	if !json.Valid([]byte(board)) {
		t.Error("the dashboard is no JSON")
	}
	for name, text := range map[string]string{"dashboard.json": board, "alerts.yml": get("/files/alerts.yml")} {
		used := regexp.MustCompile(`(?:sanshi|process)_[a-z_]+`).FindAllString(text, -1)
		if len(used) < 5 {
			t.Errorf("%s uses only %q", name, used)
		}
		for _, u := range used {
			if !regexp.MustCompile(`(?m)^` + u + `[{ ]`).MatchString(metrics) {
				t.Errorf("%s uses %s, which is not published", name, u)
			}
		}
		for _, l := range regexp.MustCompile(`(?:by|without) \(([a-z, ]+)\)`).FindAllStringSubmatch(text, -1) {
			for label := range strings.SplitSeq(l[1], ", ") {
				if !strings.Contains(metrics, label+`="`) {
					t.Errorf("%s groups by %s, which no metric has", name, label)
				}
			}
		}
	}
}
