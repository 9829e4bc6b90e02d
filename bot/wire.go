package main

import (
	"context"
	"net/http"
	"time"

	"sanshi/handlers"
	"sanshi/internal/channel"
	"sanshi/internal/channel/sim"
	"sanshi/internal/channel/slack"
	"sanshi/internal/channel/twilio"
	"sanshi/internal/dialogue"
	"sanshi/internal/directory"
	"sanshi/internal/matter"
	"sanshi/internal/message"
	"sanshi/internal/web/api"
	"sanshi/internal/web/assets"
	"sanshi/internal/web/board"
	"sanshi/internal/web/console"
	"sanshi/internal/web/health"
	"sanshi/internal/web/page"
	"sanshi/internal/web/phone"
)

// handle answers a text and notes how long it took.
func (p *Program) handle(ctx context.Context, in message.Inbound) error {
	began := time.Now()
	heard, err := p.Desk.Receive(ctx, in)
	if err == nil {
		p.Metrics.Handled(heard, time.Since(began))
		if p.Options.Handled != nil {
			p.Options.Handled(in)
		}
	}
	return err
}

// counted is an intake that counts what it keeps.
type counted struct {
	channel.Intake
	metrics *health.Metrics
}

func (c counted) Take(ctx context.Context, in message.Inbound) (channel.Taken, error) {
	t, err := c.Intake.Take(ctx, in)
	if err == nil && !t.Duplicate {
		c.metrics.Inbound(in.Channel)
	}
	return t, err
}

// drivers lists the ways out. Without Twilio the simulated phone stands in for SMS.
func (p *Program) drivers() ([]channel.Driver, error) {
	list := []channel.Driver{sim.Driver{As: "sim"}}
	if p.pen != nil {
		list = append(list, slack.Driver{Client: p.pen.Client, View: p.pen.OneTap})
	}
	if p.Config.Twilio.AccountSID == "" {
		return append(list, sim.Driver{As: "sms"}, sim.Driver{As: dialogue.VoiceChannel}), nil
	}
	d, err := twilio.New(p.twilioConfig())
	if err != nil {
		return nil, err
	}
	hook := &twilio.Webhook{
		Config: p.twilioConfig(), Intake: p.intake, Box: p.Store, Village: p.Store.Route, Now: p.Options.Now, Log: p.Options.Log,
		Pressed: p.pressed,
	}
	p.reconciler = &reconciler{p: p, hook: hook, driver: d}
	return append(list, d, twilio.Voice{Driver: d, Now: p.Options.Now}), nil
}

func (p *Program) twilioConfig() twilio.Config {
	t := p.Config.Twilio
	return twilio.Config{AccountSID: t.AccountSID, AuthToken: t.AuthToken, APIURL: t.APIURL, PublicURL: p.Config.PublicURL}
}

// routes is everything on the public address.
func (p *Program) routes() (http.Handler, error) {
	mux := http.NewServeMux()
	mux.Handle("/api/v1/", api.New(api.Deps{
		Store: p.Store, Desk: p.frontDesk(), Intake: p.intake, Token: p.Token, PublicURL: p.Config.PublicURL,
		Now: p.Options.Now, NewID: p.Options.NewID, Log: p.Options.Log, Decide: p.wouldRefuse,
	}))
	if p.reconciler != nil {
		p.reconciler.hook.Routes(mux)
	}
	p.slackRoutes(mux)
	if err := p.pages(mux); err != nil {
		return nil, err
	}
	return mux, nil
}

// pages adds what people look at.
func (p *Program) pages(mux *http.ServeMux) error {
	files := assets.New()
	desk, err := console.New(console.Deps{
		Store: p.Store, Desk: p.frontDesk(), Pictures: p.pictures(), Sessions: p.Store.Sessions(), Workflows: handlers.All(), Calendar: p.calendar, Assets: files,
		PublicURL: p.Config.PublicURL, Log: p.Options.Log, Now: p.Options.Now, NewID: p.Options.NewID, Rehearse: p.rehearse(),
	})
	if err != nil {
		return err
	}
	if p.practice != nil {
		mux.Handle(rehearsalPath, p.practice)
	}
	public, err := board.New(board.Deps{Source: p.Store, Seal: p.lastSeal, Assets: files, Log: p.Options.Log, Now: p.Options.Now})
	if err != nil {
		return err
	}
	mux.Handle("/console/", desk)
	mux.Handle("/console", http.RedirectHandler("/console/", http.StatusSeeOther))
	mux.Handle("/board/", public)
	mux.Handle("/assets/", files)
	nowhere, err := page.Nowhere(files, p.Options.Log, "/")
	if err != nil {
		return err
	}
	mux.Handle("/", nowhere)
	if !p.Demo {
		mux.Handle("/{$}", http.RedirectHandler("/console/", http.StatusSeeOther))
		return nil
	}
	mux.Handle("/{$}", http.RedirectHandler("/sim/", http.StatusSeeOther))
	phones, err := phone.New(phone.Deps{
		Store: p.Store, Intake: p.intake, Assets: files, Log: p.Options.Log, Now: p.Options.Now, NewID: p.Options.NewID,
		Open: p.reconciler == nil, // without a carrier it is a demo and nothing else
	})
	if err != nil {
		return err
	}
	mux.Handle("/sim/", phones)
	mux.Handle("/sim", http.RedirectHandler("/sim/", http.StatusSeeOther))
	return nil
}

// rehearse is how the console begins a rehearsal; within one there is none.
func (p *Program) rehearse() func(context.Context, string) (string, error) {
	if p.practice == nil {
		return nil
	}
	return p.practice.begin
}

// wouldRefuse asks a matter's workflow about an act without doing it.
func (p *Program) wouldRefuse(v *directory.Village, m matter.Matter, a matter.Act) error {
	_, err := p.Desk.Workflows[m.Kind].Decide(matter.Bench{Village: v, Calendar: p.calendar.For(v.Country)}, m, a)
	return err
}

func (p *Program) internalRoutes() http.Handler {
	var others []health.Check
	if p.redis != nil {
		others = append(others, health.Check{Name: "redis", Ask: p.pingRedis})
	}
	if p.pen != nil {
		others = append(others, health.Check{Name: "slack", Ask: p.askSlack})
	}
	return health.New(health.Deps{
		Others:  others,
		Metrics: p.Metrics, Version: version(), Database: p.Store.Ping, Stopping: p.isStopping,
		Unrouted: func(ctx context.Context) (int, error) {
			d, err := p.Store.Depth(ctx)
			return d.Unrouted, err
		},
	})
}

// lastSeal is the newest seal of the record, as it is shown in public.
func (p *Program) lastSeal(ctx context.Context, _ string) (string, error) {
	seal, err := p.Store.LastSeal(ctx)
	return seal.Short(), err
}

// depth hands the database's figures to the metrics.
func (p *Program) depth(ctx context.Context) (health.Depth, error) {
	d, err := p.Store.Depth(ctx)
	for _, driver := range p.Outbox.Drivers { // an empty outbox is a figure too
		d.Outbox[driver.Name()] += 0
	}
	out := health.Depth{Outbox: d.Outbox, DeadLetters: d.DeadLetters, Unrouted: d.Unrouted,
		Waiting: d.Waiting, Oldest: d.Oldest, Log: d.Log}
	for _, c := range d.Matters {
		out.Matters = append(out.Matters, health.Count{Village: c.Village, Kind: c.Kind, State: c.State, N: c.N})
	}
	return out, err
}
