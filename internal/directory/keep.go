package directory

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Keep is for how many days what people said is kept; then it is erased, and the
// record of what happened stays without it (PIPL art. 19: no longer than the
// purpose needs). 0 is the default. Nothing of an open matter is ever erased for its age.
type Keep struct {
	Matters int // the words of a matter, after it ended
	Talk    int // texts, sent and received
	Stray   int // texts that led to nothing: beyond the rate, without a subject, to no village's number
	Calls   int // calls that were made
}

// DefaultKeep is three years, one year, thirty days and one year.
func DefaultKeep() Keep { return Keep{Matters: 3 * 365, Talk: 365, Stray: 30, Calls: 365} }

// leastKeep: a matter can be taken up again for 60 days, a promise is looked back on.
func leastKeep() Keep { return Keep{Matters: 90, Talk: 30, Stray: 1, Calls: 30} }

// Keeps gives what the village settled, or the defaults.
func (v *Village) Keeps() Keep {
	k, d := v.Keep, DefaultKeep()
	for _, f := range []struct {
		days *int
		by   int
	}{{&k.Matters, d.Matters}, {&k.Talk, d.Talk}, {&k.Stray, d.Stray}, {&k.Calls, d.Calls}} {
		if *f.days <= 0 {
			*f.days = f.by
		}
	}
	return k
}

// Before is the moment before which so many days have passed.
func Before(now time.Time, days int) time.Time { return now.AddDate(0, 0, -days) }

func (c *checker) keep() (k Keep) {
	least := leastKeep()
	into := map[string][2]*int{"matters": {&k.Matters, &least.Matters}, "talk": {&k.Talk, &least.Talk},
		"stray": {&k.Stray, &least.Stray}, "calls": {&k.Calls, &least.Calls}}
	for _, key := range slices.Sorted(maps.Keys(c.f.Keep)) {
		f, known := into[key]
		days, err := parseSpan(c.f.Keep[key])
		switch {
		case !known:
			c.fault("keep."+key, "is none of matters, talk, stray, calls")
		case err != nil:
			c.fault("keep."+key, "%v", err)
		case days < *f[1]:
			c.fault("keep."+key, "%q: keep it %d days at least", c.f.Keep[key], *f[1])
		default:
			*f[0] = days
		}
	}
	return k
}

// parseSpan reads "30d" or "3y".
func parseSpan(s string) (int, error) {
	n, err := strconv.Atoi(strings.TrimRight(s, "dy"))
	switch {
	case err == nil && n > 0 && n <= 100 && strings.HasSuffix(s, "y"):
		return 365 * n, nil
	case err == nil && n > 0 && n <= 36500 && strings.HasSuffix(s, "d"):
		return n, nil
	}
	return 0, fmt.Errorf("%q: write days or years, such as \"30d\" or \"3y\"", s)
}
