package main

import (
	"context"
	"io"
	"net/http"
	"time"

	"sanshi/internal/directory"
	"sanshi/internal/matter"
)

// runDoctor looks at the configuration and at everything the service leans on,
// changes nothing, and writes a line for each: ok, warn or FAIL, and what to do.
// It may run beside the service. The error is not nil when something failed.
func runDoctor(ctx context.Context, cfg Config, out io.Writer) error {
	d := &doctor{out: out, now: time.Now(), http: &http.Client{Timeout: 10 * time.Second}}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()

	d.ok("configuration", "is read; pages on %s, health and metrics on %s", cfg.Addr, cfg.InternalAddr)
	d.publicURL(cfg.PublicURL, callers(cfg))
	kept := d.database(ctx, cfg.DatabaseURL, cfg.Data)
	d.disk(existing(cfg.Data))
	villages := d.files(cfg.Villages, kept)
	if len(villages) > 0 || cfg.Villages == "" { // else the line above says why there are none
		d.villages(villages)
		d.calendar(matter.NewCalendar(), villages)
	}
	d.redis(ctx, cfg.RedisURL)
	d.twilio(ctx, twilioAccount{cfg.Twilio.AccountSID, cfg.Twilio.AuthToken, cfg.Twilio.APIURL, cfg.PublicURL}, villages)
	d.slack(ctx, cfg.Slack.BotToken, cfg.Slack.APIURL, villages)
	d.model(ctx, modelAccount{cfg.OpenAI.APIKey, cfg.OpenAI.BaseURL, cfg.OpenAI.Model}, villages)
	return d.verdict()
}

// callers are the services that must reach the public URL. With an app token
// Slack is called by us (Socket Mode), not we by Slack.
func callers(cfg Config) []string {
	var who []string
	if cfg.Twilio.AccountSID != "" {
		who = append(who, "Twilio")
	}
	if cfg.Slack.BotToken != "" && cfg.Slack.AppToken == "" {
		who = append(who, "Slack")
	}
	return who
}

// files reads the folder of village files, if there is one, to find its faults
// before the next start does. The database is the truth for what is served: its
// villages come first, a file's only where the database has none of that id.
func (d *doctor) files(folder string, kept []*directory.Village) []*directory.Village {
	if folder == "" {
		if len(kept) == 0 {
			d.ok("village files", "none; the demo village is served")
			return []*directory.Village{directory.Demo()}
		}
		return kept
	}
	read, _, err := directory.ParseDir(folder)
	if err != nil {
		d.fail("village files", "%v", err)
		return kept
	}
	d.ok("village files", "%d in %s", len(read), folder)
	known := map[string]bool{}
	for _, v := range kept {
		known[v.ID] = true
	}
	all := kept
	for _, v := range read {
		if !known[v.ID] {
			all = append(all, v)
		}
	}
	return all
}
