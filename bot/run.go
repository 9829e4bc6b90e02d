package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/google/uuid"
	"github.com/redis/go-redis/v9"

	"sanshi/handlers"
	"sanshi/internal/backup"
	"sanshi/internal/channel"
	"sanshi/internal/channel/slack"
	"sanshi/internal/classify"
	"sanshi/internal/desk"
	"sanshi/internal/directory"
	"sanshi/internal/matter"
	"sanshi/internal/message"
	"sanshi/internal/queue"
	"sanshi/internal/queue/streams"
	"sanshi/internal/store"
	"sanshi/internal/web/health"
)

// Options are what a test sets of a program; the zero Options are those of the
// real thing.
type Options struct {
	Now       func() time.Time
	NewID     func() string
	Log       *slog.Logger
	TickEvery time.Duration         // between two looks at the clocks of matters
	Handled   func(message.Inbound) // told of each text whose effects are committed; may be nil
	DrawEvery time.Duration         // between two drawings in a channel of Slack, which allows one a second
}

func (o Options) orDefaults() Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.NewID == nil {
		o.NewID = func() string { return uuid.Must(uuid.NewV7()).String() }
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.TickEvery == 0 {
		o.TickEvery = time.Second
	}
	if o.DrawEvery == 0 {
		o.DrawEvery = time.Second
	}
	return o
}

// Program is the running service: everything in one process.
type Program struct {
	Config  Config
	Options Options
	Store   *store.Store
	Desk    *desk.Desk
	Queue   *queue.Queue
	Outbox  *channel.Outbox
	Metrics *health.Metrics
	Token   string // of the API's administrator
	Demo    bool   // no village was configured: the demo village is served

	intake           channel.Intake
	reconciler       *reconciler           // nil without Twilio
	refiner          *refiner              // nil without a model
	redis            redis.UniversalClient // nil without Redis
	feed             *streams.Feed         // nil without Redis
	chat             *slack.Client         // nil without Slack
	hook             *slack.Hook           // nil without Slack
	pen              *slack.Pen            // nil without Slack
	calendar         *matter.Calendar
	practice         *rehearsals // nil in a rehearsal
	public, internal listener
	senders, workers *crew
	stopping         chan struct{}
}

// listener is a server on its address.
type listener struct {
	net.Listener
	server *http.Server
}

// Start brings the service up: database, villages, classifier, then the loops,
// and last the public address, so that whoever reaches it is served.
func Start(ctx context.Context, cfg Config, o Options) (_ *Program, err error) {
	p := &Program{Config: cfg, Options: o.orDefaults(), Metrics: health.NewMetrics(), stopping: make(chan struct{}),
		calendar: matter.NewCalendar(), senders: newCrew(), workers: newCrew()}
	if err := p.openStore(ctx); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, p.Store.Close())
		}
	}()
	if half, err := p.Store.Marked(ctx, backup.Unfinished); err != nil || half != 0 {
		return nil, errors.Join(err, errors.New("this database holds a restore or a copy that did not end: repeat that command to its end"))
	}
	if err := p.loadVillages(ctx); err != nil {
		return nil, err
	}
	if err := p.erasePictures(ctx); err != nil {
		return nil, err
	}
	if p.Token, err = apiToken(cfg); err != nil {
		return nil, err
	}
	if err := p.wire(); err != nil {
		return nil, err
	}
	p.practice = &rehearsals{real: p}
	if err := p.practice.clear(); err != nil {
		return nil, err
	}
	if err := p.listen(); err != nil {
		return nil, err
	}
	p.runLoops()
	return p, nil
}

func (p *Program) openStore(ctx context.Context) (err error) {
	options := store.Options{
		URL: p.Config.DatabaseURL, Dir: p.Config.Data, Now: p.Options.Now, NewID: p.Options.NewID, Log: p.Options.Log,
		WakeAt: func(m matter.Matter, v *directory.Village) time.Time {
			return m.WakeAt(p.calendar.For(v.Country), v.Location)
		},
		Feed: p.Config.RedisURL != "",
	}
	if p.Config.Slack.BotToken != "" {
		options.Cards = matter.CardChannels
	}
	p.Store, err = store.Open(ctx, options)
	return err
}

// wire connects the desk with what it decides by, and the ways in and out with it.
func (p *Program) wire() error {
	classifier, err := classify.New()
	if err != nil {
		return err
	}
	p.Desk = &desk.Desk{
		Store: p.Store, Workflows: handlers.All(), Calendar: p.calendar, Read: classifier.Read,
		Now: p.Options.Now, NewID: p.Options.NewID,
		Observe: p.Metrics.Classified,
	}
	p.askModel()
	p.Queue = &queue.Queue{
		Source: p.Store, Handle: p.handle, Retriable: passing, Workers: p.Config.Workers, Log: p.Options.Log,
	}
	announcer := channel.Announce(counted{p.Store, p.Metrics}, p.Queue.Signal)
	p.Queue.Pace = announcer.Pressed
	if err := p.openRedis(); err != nil {
		return err
	}
	p.intake = announcer
	p.openPen()
	drivers, err := p.drivers()
	if err != nil {
		return err
	}
	p.Outbox = &channel.Outbox{
		Box: p.Store, Drivers: drivers, Interval: p.Config.SendInterval, Now: p.Options.Now, Log: p.Options.Log,
		Observe: p.Metrics.Send,
	}
	p.Desk.Wake = p.wake
	p.hook = p.slackHook()
	p.Metrics.Watch(p.depth, p.Options.Log)
	return nil
}

// listen opens both addresses. What comes before the loops run is kept and waits.
func (p *Program) listen() error {
	routes, err := p.routes()
	if err != nil {
		return err
	}
	if p.internal, err = listenOn(p.Config.InternalAddr, "SANSHI_INTERNAL_ADDR (--internal-addr)", p.internalRoutes()); err != nil {
		return err
	}
	if p.public, err = listenOn(p.Config.Addr, "SANSHI_ADDR (--addr)", routes); err != nil {
		p.internal.Close()
	}
	return err
}

func listenOn(addr, setting string, h http.Handler) (listener, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return listener{}, fmt.Errorf("cannot listen on %s: %w: set %s to another port", addr, err, setting)
	}
	s := &http.Server{
		Handler: h, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second, WriteTimeout: 60 * time.Second,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
	}
	return listener{l, s}, nil
}

// runWork starts what handles texts, sends them and looks at the clock. Senders
// and workers are stopped apart: what is being handled may still queue a reply.
func (p *Program) runWork() {
	p.senders.start(p.Outbox.Run)
	p.workers.start(p.Queue.Run)
	p.workers.start(func(ctx context.Context) error {
		every(ctx, p.Options.TickEvery, p.Options.Log, "looking at deadlines", func(ctx context.Context) error {
			_, err := p.Desk.Tick(ctx)
			return err
		})
		return nil
	})
}

// runLoops starts what works in the background, and the servers.
func (p *Program) runLoops() {
	log := p.Options.Log
	serve := func(l listener) func(context.Context) error {
		return func(context.Context) error {
			if err := l.server.Serve(l.Listener); !errors.Is(err, http.ErrServerClosed) {
				return err
			}
			return nil
		}
	}
	p.runWork()
	if p.pen != nil {
		p.senders.start(p.pen.Run)
	}
	p.senders.start(serve(p.internal))
	if p.feed != nil {
		p.workers.start(p.feed.Run)
	}
	p.workers.start(func(ctx context.Context) error {
		every(ctx, time.Hour, log, "erasing what was kept long enough", p.forgetOld)
		return nil
	})
	p.workers.start(func(ctx context.Context) error {
		every(ctx, 10*time.Minute, log, "sealing the record", func(ctx context.Context) error {
			_, err := p.Store.Seal(ctx)
			return errors.Join(err, p.Store.Tidy(ctx), p.practice.sweep(ctx))
		})
		return nil
	})
	if p.reconciler != nil {
		p.workers.start(func(ctx context.Context) error {
			every(ctx, reconcileEvery, log, "comparing with Twilio's list", p.reconciler.run)
			return nil
		})
	}
	if p.hook != nil && p.Config.Slack.AppToken != "" {
		p.workers.start(p.hook.Listen)
	}
	if p.refiner != nil {
		p.workers.start(func(ctx context.Context) error {
			every(ctx, p.Options.TickEvery, log, "asking the model", p.refiner.run)
			return nil
		})
	}
	p.workers.start(serve(p.public))
}

// Run serves until ctx is done or something that must not fail has failed, then
// stops within 15 s.
func (p *Program) Run(ctx context.Context) error {
	var failed error
	select {
	case <-ctx.Done():
	case failed = <-p.workers.failed:
	case failed = <-p.senders.failed:
	}
	end, cancel := context.WithTimeout(context.Background(), 15*time.Second)
	defer cancel()
	return errors.Join(failed, p.Stop(end))
}

// Stop ends the service within ctx and loses nothing: requests in hand are
// answered, texts in hand are handled, sends under way are recorded. What does not
// end in time is found again at the next start.
func (p *Program) Stop(ctx context.Context) error {
	close(p.stopping)
	err := p.public.server.Shutdown(ctx)
	if err != nil {
		err = errors.Join(err, p.public.server.Close())
	}
	err = errors.Join(err, p.workers.stop(ctx))
	if p.hook != nil {
		p.hook.Wait(ctx)
	}
	err = errors.Join(err, p.practice.end(ctx, everyone))
	err = errors.Join(err, p.internal.server.Close(), p.senders.stop(ctx), p.closeRedis(), p.Store.Close())
	return err
}

// URL is where the public address listens.
func (p *Program) URL() string { return "http://" + p.public.Addr().String() }

// InternalURL is where metrics and health are.
func (p *Program) InternalURL() string { return "http://" + p.internal.Addr().String() }

func (p *Program) isStopping() bool {
	select {
	case <-p.stopping:
		return true
	default:
		return false
	}
}
