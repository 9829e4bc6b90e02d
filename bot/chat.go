package main

import (
	"context"
	"net/http"

	"sanshi/internal/channel/slack"
	"sanshi/internal/directory"
	"sanshi/internal/matter"
)

// slackClient is the one client of the program: what Slack asks of it (to rest a
// while) holds for all who use it. Nil without Slack.
func (p *Program) slackClient() *slack.Client {
	s := p.Config.Slack
	if s.BotToken == "" {
		return nil
	}
	if p.chat == nil {
		p.chat = slack.NewClient(slack.Config{BotToken: s.BotToken, AppToken: s.AppToken, APIURL: s.APIURL, Log: p.Options.Log})
	}
	return p.chat
}

// slackHook takes in what Slack sends. Nil without Slack.
func (p *Program) slackHook() *slack.Hook {
	client := p.slackClient()
	if client == nil {
		return nil
	}
	return &slack.Hook{
		Client: client, Secret: p.Config.Slack.SigningSecret, Store: p.Store, Desk: p.Desk, Media: p.pictures(), Now: p.Options.Now, Log: p.Options.Log,
		Allowed: p.allowed,
		Home:    p.pen.OpenHome,
		MayApprove: func(v *directory.Village, m matter.Matter, s directory.Staff) bool {
			return p.Desk.Workflows[m.Kind].MayApprove(p.bench(v), m, matter.StaffActor(s), p.Options.Now())
		},
	}
}

// openPen makes what draws in Slack. Nil without Slack: channels and accounts in a
// village's file mean nothing without a token.
func (p *Program) openPen() {
	client := p.slackClient()
	if client == nil {
		return
	}
	p.pen = &slack.Pen{
		Client: client, Store: p.Store, Rights: p.allowed, Now: p.Options.Now, Interval: p.Options.DrawEvery, Log: p.Options.Log,
	}
	p.Desk.Chat = slack.Name
}

// allowed asks a matter's workflow what a staff member may do to it now.
func (p *Program) allowed(v *directory.Village, m matter.Matter, s directory.Staff) []matter.EventKind {
	return p.Desk.Workflows[m.Kind].Allowed(p.bench(v), m, matter.StaffActor(s), p.Options.Now())
}

// wake tells the senders of a channel that there is something to send, and the Pen
// that a matter changed: most changes tell somebody.
func (p *Program) wake(channel string) {
	p.Outbox.Wake(channel)
	if p.pen != nil {
		p.pen.Wake()
	}
}

func (p *Program) bench(v *directory.Village) matter.Bench {
	return matter.Bench{Village: v, Calendar: p.calendar.For(v.Country)}
}

// askSlack says how Slack fares: whether the app is still in the workspace, how the
// last calls went, and which cards cannot be drawn.
func (p *Program) askSlack(ctx context.Context) error {
	if err := p.hook.Fault(ctx); err != nil {
		return err
	}
	return p.pen.Ask(ctx)
}

// slackRoutes adds what Slack calls.
func (p *Program) slackRoutes(mux *http.ServeMux) {
	if p.hook != nil {
		p.hook.Routes(mux)
	}
}
