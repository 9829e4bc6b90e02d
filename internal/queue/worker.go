package queue

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"time"

	"sanshi/internal/message"
)

func (q *Queue) worker(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case lane := <-q.ready:
			if ctx.Err() != nil {
				return // select picks at random when both are due
			}
			q.begin(lane)
			q.hold(ctx, lane)
		}
	}
}

// hold takes a turn at a lane that no other process has. The others look again
// soon: a text may have come after its holder saw the end of the lane.
func (q *Queue) hold(ctx context.Context, lane message.Lane) {
	release, held := q.Bell.Hold(ctx, lane)
	if !held {
		q.rest(lane, jitter(20*time.Millisecond))
		return
	}
	defer release()
	q.turn(ctx, lane)
}

// turn handles some texts of a lane and says where the lane goes next.
func (q *Queue) turn(ctx context.Context, lane message.Lane) {
	var before int64
	for range turn {
		if ctx.Err() != nil {
			return
		}
		in, ok, err := q.next(ctx, lane)
		switch {
		case err != nil:
			q.outages.Do(func() { q.Log.Error("cannot read the next text; trying again", "error", err) })
			q.rest(lane, q.pause(lane))
			return
		case !ok:
			q.leave(lane)
			return
		case in.Seq == before && before != 0:
			// Handle said yes and the ledger says no. Going on would spin.
			q.Log.Error("a handled text is still in its lane", "village", in.Village, "inbound", in.ID)
			q.rest(lane, q.pause(lane))
			return
		}
		if wait, done := q.settle(ctx, lane, in); !done {
			q.rest(lane, wait)
			return
		}
		before = in.Seq
	}
	q.again(lane)
}

// next reads under a context of its own: a stop lets the text in hand finish.
func (q *Queue) next(ctx context.Context, lane message.Lane) (message.Inbound, bool, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), q.Timeout)
	defer cancel()
	return q.Source.Next(ctx, lane)
}

// settle handles one text. done is false when it stays in its lane; wait is then
// how long the lane rests.
func (q *Queue) settle(ctx context.Context, lane message.Lane, in message.Inbound) (wait time.Duration, done bool) {
	ctx = context.WithoutCancel(ctx)
	var err error
	q.paced(func() { err = q.handle(ctx, in) })
	if err == nil {
		q.calm(lane)
		return 0, true
	}
	log := q.Log.With("village", in.Village, "inbound", in.ID, "from", in.From.Masked(), "tries", in.Tries, "error", err)
	if q.Retriable != nil && q.Retriable(err) {
		log.Debug("not now; trying again")
		return 50*time.Millisecond + rand.N(450*time.Millisecond), false
	}
	dead, ferr := q.failed(ctx, in, err)
	switch {
	case ferr != nil:
		// The ledger is away too: so the failure says nothing of the text.
		q.outages.Do(func() { log.Error("cannot count a failed try; trying again", "cause", ferr) })
		return q.pause(lane), false
	case dead:
		log.Error("given up: a dead letter")
		return 0, true
	}
	log.Warn("failed; trying again")
	return jitter(q.Backoff << min(in.Tries, 6)), false
}

func (q *Queue) failed(ctx context.Context, in message.Inbound, cause error) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, q.Timeout)
	defer cancel()
	return q.Source.Failed(ctx, in, cause.Error())
}

// handle turns a panic into an error: one text must not stop the others.
func (q *Queue) handle(ctx context.Context, in message.Inbound) (err error) {
	ctx, cancel := context.WithTimeout(ctx, q.Timeout)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			q.Log.Error("panic while handling", "inbound", in.ID, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return q.Handle(ctx, in)
}

// paced does the work. While intake is under pressure the worker then rests
// twenty times as long as it worked: a text that is not yet kept can be lost, one
// that is kept can wait. It never rests for long, so that slow work is not slowed
// to nothing.
func (q *Queue) paced(work func()) {
	begun := time.Now()
	work()
	if q.Pace != nil && q.Pace() {
		time.Sleep(min(20*time.Since(begun), 100*time.Millisecond))
	}
}

// rest keeps a lane out of the line for a while.
func (q *Queue) rest(lane message.Lane, d time.Duration) {
	time.AfterFunc(d, func() { q.again(lane) })
}

// pause is how long a lane rests when the ledger does not answer: half a second
// at first, at most ten.
func (q *Queue) pause(lane message.Lane) time.Duration {
	q.mu.Lock()
	defer q.mu.Unlock()
	s := q.known[lane]
	s.tries++
	return jitter(min(q.Backoff<<min(s.tries-1, 10), 10*time.Second))
}

func (q *Queue) calm(lane message.Lane) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.known[lane].tries = 0
}

// jitter spreads retries between half of d and all of it.
func jitter(d time.Duration) time.Duration { return d/2 + rand.N(d/2+1) }
