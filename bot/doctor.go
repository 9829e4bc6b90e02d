package main

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"sanshi/internal/directory"
	"sanshi/internal/matter"
)

// doctor looks at one thing after the other and writes a line for each: how it
// is, and if it is not well, what to do.
type doctor struct {
	out    io.Writer
	now    time.Time
	http   *http.Client
	faults int
}

func (d *doctor) line(grade, what, format string, args ...any) {
	text := strings.Join(strings.Fields(fmt.Sprintf(format, args...)), " ") // some errors have several lines
	fmt.Fprintf(d.out, "%-5s %-14s %s\n", grade, what, text)
}

func (d *doctor) ok(what, format string, args ...any)   { d.line("ok", what, format, args...) }
func (d *doctor) warn(what, format string, args ...any) { d.line("warn", what, format, args...) }

func (d *doctor) fail(what, format string, args ...any) {
	d.faults++
	d.line("FAIL", what, format, args...)
}

// verdict is the error of the whole: nil when nothing failed.
func (d *doctor) verdict() error {
	switch d.faults {
	case 0:
		return nil
	case 1:
		return fmt.Errorf("doctor: 1 fault; see the line that begins with FAIL")
	}
	return fmt.Errorf("doctor: %d faults; see the lines that begin with FAIL", d.faults)
}

// publicURL checks the address that the outside calls. callers are the services
// that must reach it.
func (d *doctor) publicURL(address string, callers []string) {
	const what = "public URL"
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		d.fail(what, "%q is no address: set SANSHI_PUBLIC_URL to what the outside calls, such as https://village.example", address)
		return
	}
	who := strings.Join(callers, " and ")
	local := slices.Contains([]string{"localhost", "127.0.0.1", "::1", "0.0.0.0"}, u.Hostname())
	switch {
	case who != "" && local:
		d.fail(what, "%s is this machine only and %s cannot reach it: set SANSHI_PUBLIC_URL", address, who)
	case who != "" && u.Scheme != "https":
		d.fail(what, "%s is not https, and %s would carry people's words in the open: put a proxy that speaks https before the service", address, who)
	case u.Path != "" && u.Path != "/":
		d.warn(what, "%s has a path: the proxy must strip it, signatures are made over the whole address", address)
	default:
		d.ok(what, "%s", address)
	}
}

// disk warns before the database has no room: a full disk means that nothing is
// accepted any more.
func (d *doctor) disk(dir string) {
	const what = "disk"
	var fs syscall.Statfs_t
	if err := syscall.Statfs(dir, &fs); err != nil {
		d.warn(what, "%s cannot be looked at: %v", dir, err)
		return
	}
	free := fs.Bavail * uint64(fs.Bsize)
	switch {
	case free < 100<<20:
		d.fail(what, "%d MB free in %s: nothing can be kept soon; make room", free>>20, dir)
	case free < 1<<30 || fs.Bavail*20 < fs.Blocks:
		d.warn(what, "%d MB free in %s: make room before it is under 100 MB", free>>20, dir)
	default:
		d.ok(what, "%.1f GB free in %s", float64(free)/(1<<30), dir)
	}
}

// logDoubts says at the start what doctor would: few people run doctor unasked.
func logDoubts(log *slog.Logger, v *directory.Village) {
	for _, doubt := range v.Doubts() {
		log.Warn("village "+v.ID+": "+doubt.Text, "village", v.ID)
	}
}

// existing is the folder, or the nearest one above it that is there.
func existing(dir string) string {
	for {
		if _, err := os.Stat(dir); err == nil || dir == filepath.Dir(dir) {
			return dir
		}
		dir = filepath.Dir(dir)
	}
}

// calendar warns 60 days before the table of holidays ends. After its end due
// dates are still given, but count a holiday as a working day.
func (d *doctor) calendar(c *matter.Calendar, villages []*directory.Village) {
	const what = "calendar"
	if !slices.ContainsFunc(villages, func(v *directory.Village) bool { return strings.EqualFold(v.Country, "CN") || v.Country == "" }) {
		d.ok(what, "no village is in China; weekends only")
		return
	}
	last := c.LastDay()
	left := int(last.Sub(d.now).Hours() / 24)
	switch {
	case left < 0:
		d.warn(what, "the holiday table ended on %s: due dates know weekends only; update the program or its holidays.txt", last.Format(time.DateOnly))
	case left < 60:
		d.warn(what, "the holiday table ends on %s, in %d days: update the program or its holidays.txt before", last.Format(time.DateOnly), left)
	default:
		d.ok(what, "holidays are known until %s", last.Format(time.DateOnly))
	}
}

// villages looks for what would leave a resident without an answer.
func (d *doctor) villages(all []*directory.Village) {
	if len(all) == 0 {
		d.fail("villages", "there is none: put village files in a folder and set SANSHI_VILLAGES to it")
		return
	}
	owner := map[string]string{}
	for _, v := range all {
		what := "village " + v.ID
		before := d.faults
		for _, number := range v.SMS {
			if other, taken := owner[number]; taken {
				d.fail(what, "%s is also the number of %s: texts can go to one only", number, other)
			}
			owner[number] = v.ID
		}
		for _, doubt := range v.Doubts() {
			if doubt.Grave {
				d.fail(what, "%s", doubt.Text)
			} else {
				d.warn(what, "%s", doubt.Text)
			}
		}
		if d.faults == before {
			d.ok(what, "%s: %d staff, %d areas, texts to %s", v.Name, len(v.Staff), len(v.Areas), strings.Join(v.SMS, ", "))
		}
	}
}
