package channel

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"sanshi/internal/message"
)

// door is an intake that keeps nobody's text before it is opened.
type door chan struct{}

func (d door) Take(context.Context, message.Inbound) (Taken, error) { <-d; return Taken{}, nil }

// TestPressed: a flood of texts that wait is pressure. Neither many that wait on a
// slow disk, nor a flood that is kept as it comes, is.
func TestPressed(t *testing.T) {
	for _, c := range []struct {
		name          string
		gap           time.Duration // between two texts
		wait, pressed bool
	}{
		{"a flood that waits", 100 * time.Microsecond, true, true},
		{"many that wait on a slow disk", 10 * time.Millisecond, true, false},
		{"a flood that is kept at once", 100 * time.Microsecond, false, false},
	} {
		synctest.Test(t, func(t *testing.T) {
			d := make(door)
			if !c.wait {
				close(d)
			}
			a := Announce(d, func(message.Lane) {})
			for range 300 {
				go func() { _, _ = a.Take(t.Context(), message.Inbound{}) }()
				time.Sleep(c.gap)
			}
			synctest.Wait()
			if a.Pressed() != c.pressed {
				t.Errorf("%s: pressed is %v", c.name, a.Pressed())
			}
			if c.wait {
				close(d)
			}
		})
	}
}
