package llm

import (
	"crypto/sha256"
	"sync"
	"time"

	"sanshi/internal/message"
)

const (
	cacheFor  = 6 * time.Hour // corrections made meanwhile may change the answer
	mostCache = 1024
)

// cache keeps the answers to texts that were asked before, so that a repeated
// text costs nothing. It holds codes only: the key is a hash and the summary is
// left out, so there is nothing in it to erase.
type cache struct {
	mu   sync.Mutex
	kept map[[32]byte]cached
}

type cached struct {
	answer Answer
	at     time.Time
}

// cacheKey is that of a masked text: numbers and names that differ do not matter.
func cacheKey(village, by, masked string) [32]byte {
	return sha256.Sum256([]byte(village + "\x00" + by + "\x00" + message.Fold(masked)))
}

func (c *cache) get(key [32]byte, now time.Time) (Answer, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	k, ok := c.kept[key]
	if !ok || now.Sub(k.at) >= cacheFor {
		return Answer{}, false
	}
	return k.answer, true
}

func (c *cache) put(key [32]byte, a Answer, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.kept == nil || len(c.kept) >= mostCache { // rarely: to begin anew costs a few calls
		c.kept = map[[32]byte]cached{}
	}
	a.Summary = ""
	c.kept[key] = cached{a, now}
}
