package directory

import (
	"errors"
	"time"
)

// Digest is when the list of what waits goes out in the morning, in minutes after
// local midnight. Zero means eight o'clock, a negative one never.
type Digest int

// The morning: when a list may go out at all. What is late for noon waits for the
// next working day.
const (
	eight Digest = 8 * 60
	noon  Digest = 12 * 60
)

// Minutes is the time of day; ok is false when there is no list.
func (d Digest) Minutes() (minutes int, ok bool) {
	if d == 0 {
		d = eight
	}
	return int(d), d > 0
}

// On is the moment of the list on the day of t, and the noon after which it no
// longer goes out; ok is false when there is no list.
func (v *Village) On(t time.Time) (list, end time.Time, ok bool) {
	m, ok := v.Digest.Minutes()
	y, mo, day := t.In(v.Location).Date()
	at := func(minutes int) time.Time { return time.Date(y, mo, day, 0, minutes, 0, 0, v.Location) }
	return at(m), at(int(noon)), ok
}

// parseDigest reads "08:00"; "" is eight o'clock, "off" never.
func parseDigest(s string) (Digest, error) {
	switch s {
	case "":
		return 0, nil
	case "off":
		return -1, nil
	}
	t, err := time.Parse("15:04", s)
	d := Digest(t.Hour()*60 + t.Minute())
	if err != nil || d < 5*60 || d >= noon {
		return 0, errors.New(`write a time from "05:00" to "11:59", or "off"`)
	}
	return d, nil
}
