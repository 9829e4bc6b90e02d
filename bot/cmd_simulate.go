package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"sanshi/internal/county"
)

type simulateCmd struct {
	settings

	Number    int     `default:"20" help:"How many villages."`
	Residents int     `default:"50000" help:"Residents of all villages together."`
	Texts     int     `default:"10000" help:"Texts of the day."`
	Storm     bool    `help:"A storm in the evening: a third of the villages texts at once."`
	Speed     float64 `default:"1440" help:"How many times as fast as time; 1440 is a day in a minute."`
	Seed      uint64  `default:"1" help:"The same seed gives the same county and the same texts."`
	Plot      string  `placeholder:"FILE.svg" help:"Draw the day into this file."`
}

// Help is what --help says below the flags.
func (simulateCmd) Help() string {
	return "Runs the whole program on an empty database: a new folder of its own, or --database-url and --redis-url. " +
		"Nothing leaves: there is no carrier, no chat and no model in it."
}

// Run simulates a day.
func (c simulateCmd) Run(s *surroundings) (err error) {
	cfg, err := s.config(c.settings)
	if err != nil {
		return err
	}
	if c.Number < 1 || c.Residents < c.Number || c.Texts < 1 || c.Speed < 1 || c.Speed > 1e6 {
		return usage{errors.New("--number, --texts and --speed are at least 1, --residents at least one for each village")}
	}
	if cfg.Data, err = os.MkdirTemp("", "sanshi-county-"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(cfg.Data)) }()
	cfg.Twilio, cfg.Slack, cfg.OpenAI = Config{}.Twilio, Config{}.Slack, Config{}.OpenAI
	sim := &simulation{
		plan:  county.Plan{Seed: c.Seed, Villages: c.Number, Residents: c.Residents, Texts: c.Texts, Storm: c.Storm},
		speed: c.Speed, day: time.Date(2026, 11, 22, 16, 0, 0, 0, time.UTC), // midnight in China, before a working day
	}
	if err := sim.start(s, cfg); err != nil {
		return err
	}
	runErr := sim.run(s, bar(s.err, c.Texts))
	disk, sizeErr := sim.Store.Size(s)
	sim.report(s.out, disk)
	if err := errors.Join(runErr, sizeErr, sim.halt()); err != nil {
		return err
	}
	if c.Plot == "" {
		return nil
	}
	if err := os.WriteFile(c.Plot, []byte(plot(sim.samples)), 0o600); err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.out, "The day is drawn in %s.\n", c.Plot)
	return err
}

// bar shows how many of the texts have been sent.
func bar(w io.Writer, total int) func(int) {
	bars := mpb.New(mpb.WithOutput(w), mpb.WithWidth(48))
	b := bars.AddBar(int64(total), mpb.PrependDecorators(decor.Name("texts "), decor.CountersNoUnit("%d / %d")),
		mpb.AppendDecorators(decor.Elapsed(decor.ET_STYLE_GO)))
	return func(n int) {
		b.SetCurrent(int64(n))
		if n == total {
			bars.Wait()
		}
	}
}
