package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"
)

// usage is an error of the caller's: wrong arguments or a bad setting.
type usage struct{ error }

func isUsage(err error) bool { var u usage; return errors.As(err, &u) }

type serveCmd struct{ settings }

// Run serves until it is told to stop.
func (c serveCmd) Run(s *surroundings) error {
	cfg, err := s.config(c.settings)
	if err != nil {
		return err
	}
	log := newLog(cfg.Log, s.err)
	slog.SetDefault(log)
	p, err := Start(s, cfg, Options{Log: log})
	if err != nil {
		return err
	}
	if err := p.welcome(s.out); err != nil {
		return errors.Join(err, p.Run(s))
	}
	err = p.Run(s)
	log.Info("stopped")
	return err
}

type linkCmd struct {
	settings

	Staff   string `arg:"" help:"Id of the staff member, as in the village file."`
	Village string `help:"The village; may be left out when there is only one."`
	Slack   bool   `help:"A code that links her Slack account instead of a sign-in link."`
}

// Run asks the running service for a link: it alone has the database open.
func (c linkCmd) Run(s *surroundings) error {
	cfg, err := s.config(c.settings)
	if err != nil {
		return err
	}
	return runLink(s, cfg, c.Village, c.Staff, c.Slack, s.out)
}

type importCmd struct {
	settings

	What    string `arg:"" enum:"residents,staff" help:"residents or staff"`
	File    string `arg:"" type:"existingfile" help:"CSV file with a header"`
	Village string `help:"The village; may be left out when there is only one."`
	SkipBad bool   `help:"Write the good rows and name the bad ones."`
}

// Run imports people.
func (c importCmd) Run(s *surroundings) error {
	cfg, err := s.config(c.settings)
	if err != nil {
		return err
	}
	return runImport(s, cfg, c.What, c.File, c.Village, c.SkipBad, s.out)
}

type exportCmd struct {
	settings

	Village string `required:"" help:"The village."`
	Out     string `required:"" help:"The folder to write to."`

	Resident string `help:"Only what is kept of this number, as one file to hand to her."`
}

// Run exports a village, or what is kept of one resident.
func (c exportCmd) Run(s *surroundings) error {
	cfg, err := s.config(c.settings)
	if err != nil {
		return err
	}
	if c.Resident != "" {
		return runExportResident(s, cfg, c.Village, c.Resident, c.Out, s.out)
	}
	return runExport(s, cfg, c.Village, c.Out, s.out)
}

type doctorCmd struct{ settings }

// Run looks at everything.
func (c doctorCmd) Run(s *surroundings) error {
	cfg, err := s.config(c.settings)
	if err != nil {
		return err
	}
	return runDoctor(s, cfg, s.out)
}

type auditCmd struct {
	Verify auditVerifyCmd `cmd:"" help:"Find any change of the sealed record."`
}

type auditVerifyCmd struct {
	settings

	Village string `help:"Only this village."`
	Seal    string `help:"A published seal (its first 16 characters) to prove the record against."`
}

// Run verifies the record.
func (c auditVerifyCmd) Run(s *surroundings) error {
	cfg, err := s.config(c.settings)
	if err != nil {
		return err
	}
	return runAuditVerify(s, cfg.DatabaseURL, cfg.Data, c.Village, c.Seal, s.out)
}

type healthCmd struct{ settings }

// Run asks the running service whether it is ready.
func (c healthCmd) Run(s *surroundings) error {
	cfg, err := s.config(c.settings)
	if err != nil {
		return err
	}
	client := http.Client{Timeout: 5 * time.Second}
	res, err := client.Get("http://" + reachable(cfg.InternalAddr) + "/readyz")
	if err != nil {
		return errors.New("the service does not answer on " + cfg.InternalAddr)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("the service is not ready: %s", res.Status)
	}
	fmt.Fprintln(s.out, "ready")
	return nil
}

type versionCmd struct{}

// Run prints the version.
func (versionCmd) Run(s *surroundings) error {
	_, err := fmt.Fprintln(s.out, "sanshi", version())
	return err
}

// release is raised with each release; the commit is added when it is known.
const release = "0.1.0"

func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return release
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			return release + " (" + s.Value[:12] + ")"
		}
	}
	return release
}
