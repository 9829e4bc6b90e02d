package channel_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"sanshi/internal/channel"
	"sanshi/internal/message"
)

// flaky loses some records of what became of a text, as a crash or an outage does.
type flaky struct {
	*box
	rng *rand.Rand // its own: used under the box's lock
}

func (f flaky) Report(ctx context.Context, r channel.Report, now time.Time) error {
	f.mu.Lock()
	lost := f.rng.IntN(4) == 0
	f.mu.Unlock()
	if lost {
		return errAway
	}
	return f.box.Report(ctx, r, now)
}

// TestEachTextGoesOutOnce plays random faults of the carrier, the database and
// the program, which is stopped and started again every now and then. With a
// carrier that keeps a list the outcome is always that of one careful clerk: each
// text went out, and none went out twice.
func TestEachTextGoesOutOnce(t *testing.T) {
	for seed := range uint64(40) {
		synctest.Test(t, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(seed, 7))
			faults := rand.New(rand.NewPCG(seed, 8))
			b, c := &box{}, &carrier{}
			c.answer = func(n int, _ message.Outbound) outcome {
				if n > 12 {
					return outcome{taken: true} // luck comes back in the end
				}
				return misfortune(rng)
			}
			b.put(texts(25)...)
			begun := time.Now()
			for b.count(message.Accepted)+b.count(message.Sent) < 25 && time.Since(begun) < 72*time.Hour {
				o := &channel.Outbox{Box: flaky{b, faults}, Drivers: []channel.Driver{c}, Interval: 100 * time.Millisecond}
				ctx, cancel := context.WithTimeout(t.Context(), time.Duration(faults.IntN(600))*time.Second)
				if err := o.Run(ctx); err != nil {
					t.Error(err)
				}
				cancel()
			}
			for _, r := range b.rows {
				if n := c.sent(r.ID); n != 1 || r.status.Rank() < message.Accepted.Rank() || r.status == message.Failed {
					t.Errorf("seed %d: %s went out %d times and is %s", seed, r.ID, n, r.status)
				}
			}
			if n := c.peak()["+12065550100"]; n > 4 {
				t.Errorf("seed %d: %d at once", seed, n)
			}
		})
	}
}

// misfortune is one of the ways in which a send ends.
func misfortune(rng *rand.Rand) outcome {
	switch rng.IntN(8) {
	case 0:
		return outcome{taken: true, err: errors.New("cut after it was taken")}
	case 1:
		return outcome{err: errors.New("cut before")}
	case 2:
		return outcome{taken: true, takes: time.Minute}
	case 3:
		return outcome{takes: time.Minute}
	case 4:
		return outcome{err: &channel.Problem{Code: "503"}}
	case 5:
		return outcome{err: &channel.Problem{Code: "20429", After: 3 * time.Second}}
	}
	return outcome{taken: true, takes: time.Duration(rng.IntN(9)) * time.Second}
}
