package health

import (
	"context"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// Depth is how much lies where at one moment. It is read when somebody scrapes.
type Depth struct {
	Outbox      map[string]int // channel → texts not yet through
	Matters     []Count
	DeadLetters int
	Unrouted    int           // texts that reached a number no village has
	Waiting     int           // texts kept and not yet handled
	Oldest      time.Duration // how long the first of these has waited
	Log         int64         // bytes of the database's log that are not yet folded back
}

// Count is how many matters of a village stand in one state.
type Count struct {
	Village, Kind, State string
	N                    int
}

// Metrics counts what happens. Its methods are safe to call from anywhere at any
// time. The names it publishes are stable: dashboards rely on them.
type Metrics struct {
	registry *prometheus.Registry
	inbound  *prometheus.CounterVec
	handled  *prometheus.CounterVec
	handle   prometheus.Histogram
	sends    *prometheus.CounterVec
	classify *prometheus.CounterVec
	llm      prometheus.Histogram
}

// NewMetrics makes the counters in a registry of their own, with those of the Go
// runtime and the process.
func NewMetrics() *Metrics {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
	}
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		inbound:  counter("sanshi_inbound_total", "Texts kept, each once, by channel.", "channel"),
		handled:  counter("sanshi_handled_total", "Texts handled, by how it ended.", "result"),
		handle: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "sanshi_handle_seconds", Help: "From taking up a text to the commit of its effects.",
			// A text takes under a millisecond of CPU; what is beyond a second waited for the database.
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5},
		}),
		sends:    counter("sanshi_send_total", "Tries to send a text, by channel and result.", "channel", "result"),
		classify: counter("sanshi_classify_total", "Texts sorted, by the stage that decided.", "source"),
		llm: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "sanshi_llm_seconds", Help: "Time a model took to answer.",
			Buckets: []float64{.1, .25, .5, 1, 2, 4, 8, 16, 32, 64},
		}),
	}
	m.registry.MustRegister(m.inbound, m.handled, m.handle, m.sends, m.classify, m.llm,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Inbound counts a text that was kept, not its repeats.
func (m *Metrics) Inbound(channel string) { m.inbound.WithLabelValues(channel).Inc() }

// Handled counts a text whose effects are committed, and the time that took.
func (m *Metrics) Handled(result string, took time.Duration) {
	m.handled.WithLabelValues(result).Inc()
	m.handle.Observe(took.Seconds())
}

// Send counts a try to send; result is the status it led to.
func (m *Metrics) Send(channel, result string) { m.sends.WithLabelValues(channel, result).Inc() }

// Classified counts a text sorted by a stage: rule, linear, llm, staff, resident.
func (m *Metrics) Classified(source string) { m.classify.WithLabelValues(source).Inc() }

// LLM counts an answer of a model and the time it took.
func (m *Metrics) LLM(took time.Duration) { m.llm.Observe(took.Seconds()) }

// Watch publishes the gauges, read by depth at each scrape. Call it once.
func (m *Metrics) Watch(depth func(context.Context) (Depth, error), log *slog.Logger) {
	m.registry.MustRegister(&gauges{depth: depth, log: log})
}

var (
	outboxDepth = prometheus.NewDesc("sanshi_outbox_depth", "Texts not yet through, by channel.", []string{"channel"}, nil)
	matterCount = prometheus.NewDesc("sanshi_matters", "Matters, by village, kind and state.", []string{"village", "kind", "state"}, nil)
	deadLetters = prometheus.NewDesc("sanshi_deadletters", "Texts that could not be handled or sent after all tries.", nil, nil)
	waiting     = prometheus.NewDesc("sanshi_unhandled", "Texts kept and not yet handled.", nil, nil)
	oldest      = prometheus.NewDesc("sanshi_unhandled_oldest_seconds", "How long the first unhandled text has waited.", nil, nil)
	logBytes    = prometheus.NewDesc("sanshi_database_log_bytes", "Size of SQLite's write-ahead log.", nil, nil)
	unrouted    = prometheus.NewDesc("sanshi_unrouted", "Texts that reached a number no village has.", nil, nil)
)

// gauges reads the database when scraped, so that the numbers are right after a
// restart and on every node. When the database is away they are absent: an
// absent number is better than an old one.
type gauges struct {
	depth func(context.Context) (Depth, error)
	log   *slog.Logger
}

// Describe names the gauges.
func (g *gauges) Describe(out chan<- *prometheus.Desc) {
	out <- outboxDepth
	out <- matterCount
	out <- deadLetters
	out <- unrouted
	out <- waiting
	out <- oldest
	out <- logBytes
}

// Collect reads them.
func (g *gauges) Collect(out chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	d, err := g.depth(ctx)
	if err != nil {
		g.log.Warn("health: the gauges are missing from this scrape", "cause", err)
		return
	}
	measure := func(desc *prometheus.Desc, x float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, x, labels...)
	}
	gauge := func(desc *prometheus.Desc, n int, labels ...string) { measure(desc, float64(n), labels...) }
	for channel, n := range d.Outbox {
		gauge(outboxDepth, n, channel)
	}
	for _, c := range d.Matters {
		gauge(matterCount, c.N, c.Village, c.Kind, c.State)
	}
	gauge(deadLetters, d.DeadLetters)
	gauge(unrouted, d.Unrouted)
	gauge(waiting, d.Waiting)
	measure(oldest, d.Oldest.Seconds())
	measure(logBytes, float64(d.Log))
}
