package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"sanshi/internal/catalog"
	"sanshi/internal/county"
	"sanshi/internal/desk"
	"sanshi/internal/matter"
	"sanshi/internal/message"
)

// simulation runs the real program through one day of a county, faster than time.
type simulation struct {
	*Program
	plan  county.Plan
	speed float64 // simulated seconds a second
	all   []county.Village
	began atomic.Int64 // of the run, in nanoseconds since 1970
	day   time.Time    // midnight of the simulated day

	kept, handled, acts atomic.Int64
	mu                  sync.Mutex
	acks, waits         []time.Duration // real time: to be kept, and from then to the answer
	samples             []sample
}

// sample is how things stood at one moment.
type sample struct {
	at            time.Duration // of the simulated day
	kept, handled int64
	waiting       int
	oldest        time.Duration // real time
	memory        int64         // bytes
}

// senders is how many texts are on their way in at once.
const simulatedSenders = 64

// now is the time of the simulated day.
func (s *simulation) now() time.Time {
	return s.day.Add(time.Duration(float64(s.since()) * s.speed))
}

// since is how long the run has lasted, in real time.
func (s *simulation) since() time.Duration {
	return time.Duration(time.Now().UnixNano() - s.began.Load())
}

// start writes the village files and starts the program on them, in a folder and
// on ports of its own.
func (s *simulation) start(ctx context.Context, cfg Config) error {
	s.all = s.plan.County()
	cfg.Villages = filepath.Join(cfg.Data, "county")
	if err := os.MkdirAll(cfg.Villages, 0o700); err != nil {
		return err
	}
	for _, v := range s.all {
		if err := os.WriteFile(filepath.Join(cfg.Villages, v.ID+".toml"), []byte(v.File), 0o600); err != nil {
			return err
		}
	}
	cfg.Addr, cfg.InternalAddr, cfg.APIToken = "127.0.0.1:0", "127.0.0.1:0", "simulation"
	cfg.SendInterval = time.Duration(float64(cfg.SendInterval) / s.speed)
	s.began.Store(time.Now().UnixNano())
	p, err := Start(ctx, cfg, Options{
		Now: s.now, Log: slog.New(slog.DiscardHandler), TickEvery: 200 * time.Millisecond,
		Handled: func(in message.Inbound) {
			s.handled.Add(1)
			s.mu.Lock()
			defer s.mu.Unlock()
			s.waits = append(s.waits, time.Duration(float64(s.now().Sub(in.At))/s.speed))
		},
	})
	s.Program = p
	return err
}

// run sends the texts of the day at their times, lets the staff work meanwhile,
// and returns when everything is handled and sent.
func (s *simulation) run(ctx context.Context, progress func(texts int)) error {
	texts := s.plan.Day(s.all)
	s.began.Store(time.Now().UnixNano())
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var crew sync.WaitGroup
	crew.Go(func() { s.watch(ctx) })
	crew.Go(func() { s.staff(ctx) })
	err := s.send(ctx, texts, progress)
	for err == nil {
		idle, ierr := s.Store.Idle(ctx, s.now())
		if err = ierr; idle || err != nil {
			break
		}
		select {
		case <-ctx.Done():
			err = ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
	stop()
	crew.Wait()
	return err
}

func (s *simulation) send(ctx context.Context, texts []county.Text, progress func(int)) error {
	queue := make(chan county.Text)
	var all sync.WaitGroup
	var failed error
	var once sync.Once
	for range simulatedSenders {
		all.Go(func() {
			for x := range queue {
				if err := s.text(ctx, x); err != nil {
					once.Do(func() { failed = err })
				}
			}
		})
	}
	for i, x := range texts {
		if wait := time.Duration(float64(x.At)/s.speed) - s.since(); wait > 0 {
			select {
			case <-ctx.Done():
			case <-time.After(wait):
			}
		}
		if ctx.Err() != nil {
			break
		}
		queue <- x
		if i%100 == 0 || i == len(texts)-1 {
			progress(i + 1)
		}
	}
	close(queue)
	all.Wait()
	return errors.Join(failed, ctx.Err())
}

// text sends one text and measures how long it took to be kept.
func (s *simulation) text(ctx context.Context, x county.Text) error {
	v := s.all[x.Village]
	begun := time.Now()
	_, err := s.intake.Take(ctx, message.Inbound{Village: v.ID, Channel: "sms", From: message.Address(x.From), To: v.Number, Text: x.Words, At: s.now()})
	if err != nil {
		return err
	}
	s.kept.Add(1)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.acks = append(s.acks, time.Since(begun))
	return nil
}

// staff looks in on every village in turn: the secretary approves what waits, the
// lead takes what is queued and finishes some of what she has, and whoever is
// asked rates it.
func (s *simulation) staff(ctx context.Context) {
	rng := rand.New(rand.NewPCG(s.plan.Seed, 3))
	for ctx.Err() == nil {
		for _, v := range s.all {
			if hour := s.now().Sub(s.day).Hours(); hour < 7 || hour > 22 || ctx.Err() != nil {
				break // the night is for emergencies
			}
			s.lookIn(ctx, v, rng)
		}
		select {
		case <-ctx.Done():
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func (s *simulation) lookIn(ctx context.Context, v county.Village, rng *rand.Rand) {
	page, err := s.Store.Matters(ctx, matter.Filter{Village: v.ID, States: []matter.State{matter.Sorting, matter.Queued, matter.Handling, matter.Done}, Limit: 50})
	if err != nil {
		return
	}
	for _, m := range page.Matters {
		switch {
		case m.State == matter.Sorting:
			s.do(ctx, v, m, v.Secretary, matter.Act{Kind: matter.Approve})
		case m.State == matter.Queued && m.Kind != catalog.Government:
			s.do(ctx, v, m, v.Secretary, matter.Act{Kind: matter.Claim})
		case m.State == matter.Handling && rng.IntN(4) == 0:
			s.do(ctx, v, m, m.Assignee, matter.Act{Kind: matter.Finish, Note: "办好了", Detail: matter.Detail{Outcome: "solved"}})
		case m.State == matter.Done && rng.IntN(3) == 0:
			rate := county.Text{Village: slices.IndexFunc(s.all, func(o county.Village) bool { return o.ID == v.ID }), From: string(m.Resident), Words: []string{"5", "5", "4", "2"}[rng.IntN(4)]}
			_ = s.text(ctx, rate) // an outage shows in the texts of the day
		}
	}
}

func (s *simulation) do(ctx context.Context, v county.Village, m matter.Matter, by string, act matter.Act) {
	act.Via = "api"
	if _, err := s.Desk.Act(ctx, desk.Request{Village: v.ID, Matter: m.ID, By: by, Act: act}); err == nil {
		s.acts.Add(1)
	}
}

// watch takes a sample some ten times a simulated hour, or five times a second.
func (s *simulation) watch(ctx context.Context) {
	for ctx.Err() == nil {
		d, err := s.Store.Depth(ctx)
		if err == nil {
			x := sample{at: s.now().Sub(s.day), kept: s.kept.Load(), handled: s.handled.Load(), waiting: d.Waiting,
				oldest: time.Duration(float64(d.Oldest) / s.speed), memory: resident()}
			s.mu.Lock()
			s.samples = append(s.samples, x)
			s.mu.Unlock()
		}
		select {
		case <-ctx.Done():
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// resident is the memory of this process; 0 where nobody tells.
func resident() int64 {
	b, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	var size, pages int64
	if _, err := fmt.Sscan(string(b), &size, &pages); err != nil {
		return 0
	}
	return pages * int64(os.Getpagesize())
}

// halt stops the program.
func (s *simulation) halt() error {
	ctx, cancel := context.WithTimeout(context.Background(), 15*time.Second)
	defer cancel()
	return s.Stop(ctx)
}

// report prints what was measured.
func (s *simulation) report(w io.Writer, disk int64) {
	took := s.since()
	var most sample
	for _, x := range s.samples {
		most.waiting, most.oldest, most.memory = max(most.waiting, x.waiting), max(most.oldest, x.oldest), max(most.memory, x.memory)
	}
	fmt.Fprintf(w, "%d villages, %d texts kept, %d handled, %d acts of the staff, in %v (one day %.0f times as fast)\n",
		len(s.all), s.kept.Load(), s.handled.Load(), s.acts.Load(), took.Round(time.Millisecond), s.speed)
	fmt.Fprintf(w, "handled a second       %8.0f\n", float64(s.handled.Load())/took.Seconds())
	fmt.Fprintf(w, "text to kept           %s\n", quantiles(s.acks))
	fmt.Fprintf(w, "kept to answered       %s\n", quantiles(s.waits))
	fmt.Fprintf(w, "most unhandled at once %8d, the oldest %v\n", most.waiting, most.oldest.Round(time.Millisecond))
	fmt.Fprintf(w, "memory at most         %8.0f MB\n", float64(most.memory)/1e6)
	if disk > 0 && s.kept.Load() > 0 {
		fmt.Fprintf(w, "disk a text            %8.0f bytes, all tables, indexes and answers\n", float64(disk)/float64(s.kept.Load()))
	}
}

func quantiles(all []time.Duration) string {
	if len(all) == 0 {
		return "nothing"
	}
	slices.Sort(all)
	at := func(q float64) time.Duration {
		return all[min(len(all)-1, int(q*float64(len(all))))].Round(10 * time.Microsecond)
	}
	return fmt.Sprintf("p50 %v, p95 %v, p99 %v, at most %v", at(.5), at(.95), at(.99), at(1))
}
