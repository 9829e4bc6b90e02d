package channel

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"time"

	"sanshi/internal/message"
)

const (
	// shortest and longest bound the wait before another try. With full jitter,
	// attempts of them take about a day in all.
	shortest = time.Second
	longest  = 2 * time.Hour
	attempts = 36
	// hopeless is how long a text may stay in doubt before it is given up.
	hopeless = 24 * time.Hour
	// skew is how far the carrier's clock may be behind ours. Within it an equal
	// text to the same person counts as this one: she has read those words.
	skew = time.Minute
	// maxDoubts bounds the sends in doubt that wait here for their callback; the
	// others wait for the end of their lease.
	maxDoubts = 64
)

// attempt is one claimed text on its way.
type attempt struct {
	*line
	Claimed
	log   *slog.Logger
	until time.Time // when the lease ends
}

// work sends one claimed text, or looks for it if it may have gone out already.
// A stop lets it end.
func (l *line) work(stop context.Context, c Claimed) {
	log := l.Log.With("channel", l.driver.Name(), "village", c.Village, "outbound", c.ID, "to", c.To.Masked(), "tries", c.Tries)
	begun := time.Now()
	a := attempt{line: l, Claimed: c, log: log, until: begun.Add(lease)}
	if !c.Doubt.IsZero() {
		a.find(stop, c.Doubt) // the lease has run out since: the callback has had its time
		l.landed(c.Sender)
		return
	}
	sending, cancel := context.WithTimeout(context.WithoutCancel(stop), sendTimeout)
	receipt, err := l.driver.Send(sending, c.Outbound)
	cancel()
	var problem *Problem
	if errors.As(err, &problem) {
		l.hold(c.Sender, problem.After)
	}
	l.landed(c.Sender)
	switch {
	case err == nil:
		a.through(stop, receipt, "sent")
	case problem != nil:
		a.refused(stop, problem)
	default:
		log.Warn("a send ended in doubt; it is looked for before it is tried again", "error", err)
		l.Observe(l.driver.Name(), "doubt")
		a.await(stop, l.Now().Add(-time.Since(begun)))
	}
}

// await gives the carrier's callback its time, if the lease leaves enough, and
// then looks for the text. Otherwise the text is left to its lease: it is claimed
// again, as one in doubt, when that ends.
func (a attempt) await(stop context.Context, began time.Time) {
	const look = 4 * time.Second // what a look-up needs before the lease ends
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.doubts >= maxDoubts || time.Until(a.until) < callbackWait+look {
		return
	}
	a.doubts++
	a.under.Go(func() {
		defer a.resolved()
		wait := time.NewTimer(callbackWait)
		defer wait.Stop()
		select {
		case <-stop.Done():
		case <-wait.C:
			a.find(stop, began)
			a.nudge()
		}
	})
}

func (a attempt) resolved() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.doubts--
}

// find looks in the carrier's list for a text in doubt. When it is not there, or
// the carrier keeps no list, it is queued and sent again: a text too many is
// better than a text lost. When the list cannot be read the doubt stays.
func (a attempt) find(stop context.Context, began time.Time) {
	looking, cancel := context.WithTimeout(context.WithoutCancel(stop), min(sendTimeout, time.Until(a.until)-time.Second))
	defer cancel()
	receipt, ok, err := a.driver.Find(looking, a.Outbound, began.Add(-skew))
	switch {
	case err == nil && ok:
		a.through(stop, receipt, "found")
	case err == nil || errors.Is(err, ErrUnsupported):
		a.retry(stop, Report{Code: "doubt", Error: "the carrier does not have it"}, 0)
	case a.Now().Sub(began) > hopeless:
		a.dead(stop, Report{Code: "doubt", Error: "the carrier could not be asked for a day"})
	default:
		a.log.Warn("cannot look for a text in doubt; it stays in doubt", "error", err)
		a.Observe(a.driver.Name(), "doubt")
	}
}

func (a attempt) through(stop context.Context, r Receipt, result string) {
	status := r.Status
	if status.Rank() < message.Accepted.Rank() {
		status = message.Accepted
	}
	a.Observe(a.driver.Name(), result)
	a.report(stop, Report{Status: status, ProviderID: r.ProviderID})
}

// refused deals with a clear no: for good, or for now.
func (a attempt) refused(stop context.Context, p *Problem) {
	r := Report{Code: p.Code, Error: p.Text, OptedOut: p.OptedOut}
	if p.Permanent || p.OptedOut || a.Tries+1 >= attempts {
		a.dead(stop, r)
		return
	}
	a.retry(stop, r, max(backoff(a.Tries), min(p.After, longest)))
}

func (a attempt) retry(stop context.Context, r Report, wait time.Duration) {
	r.Status, r.Again = message.Queued, a.Now().Add(wait)
	a.log.Info("not sent; trying again", "code", r.Code, "error", r.Error, "in", wait)
	a.Observe(a.driver.Name(), "retry")
	a.report(stop, r)
}

func (a attempt) dead(stop context.Context, r Report) {
	r.Status = message.Failed
	result := "dead"
	if r.OptedOut {
		result = "opted_out"
	}
	a.log.Warn("not sent, given up", "code", r.Code, "error", r.Error)
	a.Observe(a.driver.Name(), result)
	a.report(stop, r)
}

// report records what became of a text, trying until its lease ends, or twice
// when the program stops. What could not be recorded is claimed again as one in
// doubt, and found at the carrier.
func (a attempt) report(stop context.Context, r Report) {
	r.Village, r.ID = a.Village, a.ID
	for try := 0; ; try++ {
		recording, cancel := context.WithTimeout(context.WithoutCancel(stop), reportTimeout/2)
		err := a.Box.Report(recording, r, a.Now())
		cancel()
		if err == nil {
			return
		}
		wait := 100 * time.Millisecond << min(try, 5)
		if time.Now().Add(wait).After(a.until) || try > 0 && stop.Err() != nil {
			a.log.Error("cannot record what became of a text; it will be looked for", "status", r.Status, "error", err)
			return
		}
		time.Sleep(wait)
	}
}

// backoff is exponential with full jitter: anything up to one second before the
// second try, doubling up to two hours. (Brooker, "Exponential Backoff And
// Jitter", AWS Architecture Blog, 2015.)
func backoff(tries int) time.Duration {
	top := longest
	if tries < 13 { // 2^13 s is more than two hours
		top = min(longest, shortest<<tries)
	}
	return rand.N(top) + time.Millisecond
}
