package main

import (
	"fmt"

	"sanshi/internal/channel/slack"
)

type slackCmd struct {
	Manifest slackManifestCmd `cmd:"" help:"Print the description of the app, to be pasted into Slack."`
}

type slackManifestCmd struct {
	settings

	Socket bool `help:"For Socket Mode: Slack calls nobody; SLACK_APP_TOKEN is set."`
}

// Run prints the manifest with the address that Slack calls.
func (c slackManifestCmd) Run(s *surroundings) error {
	cfg, err := s.config(c.settings)
	if err != nil {
		return err
	}
	_, err = fmt.Fprint(s.out, slack.Manifest(cfg.PublicURL, c.Socket || cfg.Slack.AppToken != ""))
	return err
}
