package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"os"
	"sync"
	"testing"
	"time"

	"sanshi/internal/matter"
	"sanshi/internal/message"
	"sanshi/internal/store/storetest"
)

// rig is the real program on ports of its own, with a clock that the test sets.
type rig struct {
	*Program
	t     *testing.T
	clock *clock
}

type rigOptions struct {
	villages string
	dir      string            // the data folder; a new one if ""
	env      map[string]string // more configuration
	owned    bool              // the test stops it itself
	log      *slog.Logger      // nil: nothing is logged
}

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

// clock stands still until it is moved.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time          { c.mu.Lock(); defer c.mu.Unlock(); return c.now }
func (c *clock) set(t time.Time)         { c.mu.Lock(); c.now = t; c.mu.Unlock() }
func (c *clock) advance(d time.Duration) { c.mu.Lock(); c.now = c.now.Add(d); c.mu.Unlock() }

func startRig(t *testing.T, o rigOptions) *rig {
	t.Helper()
	if o.dir == "" {
		o.dir = t.TempDir()
	}
	settings := map[string]string{
		"SANSHI_ADDR": "127.0.0.1:0", "SANSHI_INTERNAL_ADDR": "127.0.0.1:0", "SANSHI_DATA": o.dir,
		"SANSHI_SEND_INTERVAL": "1ms", "SANSHI_VILLAGES": o.villages,
	}
	for k, v := range o.env {
		settings[k] = v
	}
	cfg, err := LoadConfig(settings, nil)
	if err != nil {
		t.Fatal(err)
	}
	if o.log == nil {
		o.log = slog.New(slog.DiscardHandler)
	}
	c := &clock{now: time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC)}
	p, err := Start(context.Background(), cfg, Options{Now: c.Now, Log: o.log, TickEvery: time.Hour, DrawEvery: 20 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{Program: p, t: t, clock: c}
	if !o.owned {
		t.Cleanup(r.stop)
	}
	return r
}

func (r *rig) stop() {
	ctx, cancel := context.WithTimeout(context.Background(), 15*time.Second)
	defer cancel()
	if err := r.Stop(ctx); err != nil {
		r.t.Error(err)
	}
}

// settle waits until every text kept is handled and every reply that may leave
// now has left.
func (r *rig) settle() {
	r.t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !r.idle(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			r.t.Fatal("texts are still unhandled or unsent after 20 s")
		}
	}
}

// refine lets the model be asked all that is due, and what comes of it be sent.
func (r *rig) refine() {
	r.t.Helper()
	if r.refiner == nil {
		return
	}
	if err := r.refiner.run(context.Background()); err != nil {
		r.t.Fatal(err)
	}
	r.settle()
}

func (r *rig) idle() bool {
	r.t.Helper()
	idle, err := r.Store.Idle(context.Background(), r.clock.Now())
	if err != nil {
		r.t.Fatal(err)
	}
	return idle
}

// matters lists those of the demo village.
func (r *rig) matters() []matter.Matter {
	r.t.Helper()
	p, err := r.Store.Matters(context.Background(), matter.Filter{Village: "xiangyang"})
	if err != nil {
		r.t.Fatal(err)
	}
	return p.Matters
}

// act asks for an event in the demo village that must succeed.
func (r *rig) act(id, by, event string) {
	r.t.Helper()
	r.post("/api/v1/villages/xiangyang/matters/"+id+"/events", map[string]any{"by": by, "event": event}, 200, nil)
}

// calls is how many calls wait to be made.
func (r *rig) calls() int {
	r.t.Helper()
	cs, err := r.Store.Callbacks(context.Background(), "xiangyang", true)
	if err != nil {
		r.t.Fatal(err)
	}
	return len(cs)
}

func (r *rig) getFrom(url string, into any) {
	r.t.Helper()
	res, err := http.Get(url)
	if err != nil {
		r.t.Fatal(err)
	}
	defer res.Body.Close()
	if err := json.NewDecoder(res.Body).Decode(into); err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) get(path string, into any) { r.t.Helper(); r.do("GET", path, nil, 200, into) }

func (r *rig) post(path string, body any, status int, into any) {
	r.t.Helper()
	r.do("POST", path, body, status, into)
}

// do asks the API; status 0 means anything but a success.
func (r *rig) do(method, path string, body any, status int, into any) {
	r.t.Helper()
	var b bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&b).Encode(body); err != nil {
			r.t.Fatal(err)
		}
	}
	code, got := r.ask(method, path, &b)
	if status == 0 && code < 300 || status != 0 && code != status {
		r.t.Fatalf("%s %s: %d %s", method, path, code, got)
	}
	if into != nil {
		if err := json.Unmarshal(got, into); err != nil {
			r.t.Fatalf("%s: %v in %s", path, err, got)
		}
	}
}

// ask asks the API as its administrator.
func (r *rig) ask(method, path string, body io.Reader) (status int, answer []byte) {
	r.t.Helper()
	req, err := http.NewRequest(method, r.URL()+path, body)
	if err != nil {
		r.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+r.Token)
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer res.Body.Close()
	answer, err = io.ReadAll(res.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return res.StatusCode, answer
}

func smsAddress(phone string) message.Address { return message.Address("sms:" + phone) }

func mustTime(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t
}

func mustZone(name string) *time.Location {
	loc, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return loc
}
