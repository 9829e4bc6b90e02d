package llm

import (
	"sync"
	"time"
)

const (
	failuresToOpen = 5
	firstRest      = time.Minute
	longestRest    = 15 * time.Minute
)

// breaker leaves a server alone that failed five times in a row, for a minute at
// first and twice as long after each further failure. The first call after a
// rest is the trial: until it has ended the others still rest.
type breaker struct {
	mu       sync.Mutex
	failures int
	until    time.Time
}

// open is *Resting while nobody may ask.
func (b *breaker) open(now time.Time) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if now.Before(b.until) {
		return &Resting{Until: b.until}
	}
	if b.failures >= failuresToOpen {
		b.until = now.Add(firstRest) // this one tries, the others wait for what it finds
	}
	return nil
}

func (b *breaker) fail(now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.failures++
	if over := b.failures - failuresToOpen; over >= 0 {
		b.until = now.Add(min(firstRest<<min(over, 8), longestRest))
	}
}

func (b *breaker) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.failures, b.until = 0, time.Time{}
}

// rest leaves the server alone because it asked for it.
func (b *breaker) rest(until time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if until.After(b.until) {
		b.until = until
	}
}
