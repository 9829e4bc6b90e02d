package llm

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"
)

const (
	mostBody    = 1 << 20 // of an answer; one to us has a few hundred bytes
	shortPause  = 500 * time.Millisecond
	longestWait = 10 * time.Second // in hand; who is asked for more comes again later
)

// errTooLong: no answer of a model is that long.
var errTooLong = errors.New("the answer has over a megabyte")

// transport is our own, so that nothing else in the process changes it.
func transport() *http.Transport {
	return &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         (&net.Dialer{Timeout: 4 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		TLSHandshakeTimeout: 4 * time.Second, MaxIdleConnsPerHost: 4, IdleConnTimeout: time.Minute, ForceAttemptHTTP2: true,
		MaxResponseHeaderBytes: 64 << 10,
	}
}

// carrier bounds what a server may cost: each attempt in time, its body in bytes.
// A refusal for the moment (429, 5xx) is tried once more, after the pause that the
// server asks for (Retry-After, RFC 9110 10.2.3); the client library shows us
// neither. Bodies are read here, so a body that never ends is an attempt like others.
type carrier struct {
	next    http.RoundTripper
	now     func() time.Time
	sleep   func(context.Context, time.Duration) error
	timeout time.Duration

	mu   sync.Mutex
	rest time.Time // it asked to be left alone until then
}

// RoundTrip is http.RoundTripper's.
func (c *carrier) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := c.once(r)
	if err != nil || !passing(res.StatusCode) {
		return res, err
	}
	pause, long := c.pause(res)
	if long || r.GetBody == nil {
		return res, nil
	}
	if err := c.sleep(r.Context(), pause); err != nil {
		return nil, err
	}
	again := r.Clone(r.Context())
	if again.Body, err = r.GetBody(); err != nil {
		return nil, err
	}
	if res, err = c.once(again); err == nil && passing(res.StatusCode) {
		c.pause(res)
	}
	return res, err
}

func passing(status int) bool { return status == http.StatusTooManyRequests || status >= 500 }

// once makes one attempt and reads its body.
func (c *carrier) once(r *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(r.Context(), c.timeout)
	defer cancel()
	res, err := c.next.RoundTrip(r.WithContext(ctx))
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, mostBody+1))
	if err != nil {
		return nil, fmt.Errorf("the answer broke off: %w", err)
	}
	if len(body) > mostBody {
		return nil, errTooLong
	}
	res.Body = io.NopCloser(bytes.NewReader(body))
	return res, nil
}

// pause reads how long the server wants to be left alone. What is too long to
// wait for in hand is noted.
func (c *carrier) pause(res *http.Response) (d time.Duration, long bool) {
	d = shortPause
	said := res.Header.Get("Retry-After")
	if n, err := strconv.Atoi(said); err == nil && n >= 0 {
		d = time.Duration(min(n, 24*3600)) * time.Second
	} else if at, err := http.ParseTime(said); err == nil {
		d = min(max(at.Sub(c.now()), 0), 24*time.Hour)
	}
	if d <= longestWait {
		return d, false
	}
	c.mu.Lock()
	c.rest = c.now().Add(d)
	c.mu.Unlock()
	return d, true
}

// restUntil is the end of a pause that the server asked for; zero when there is none.
func (c *carrier) restUntil(now time.Time) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.rest.After(now) {
		return c.rest
	}
	return time.Time{}
}
