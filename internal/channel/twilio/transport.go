package twilio

import (
	"bytes"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// answerLimit bounds what is read of an answer: a page of 200 messages is far
// smaller.
const answerLimit = 4 << 20

// RoundTrip sends the request to the configured address, under the caller's
// context, and reads the answer whole: twilio-go leaves the body of a refusal
// open, which would cost a connection each time.
func (x *exchange) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.Clone(x.ctx)
	req.URL.Scheme, req.URL.Host = x.api.Scheme, x.api.Host
	req.URL.Path = strings.TrimSuffix(x.api.Path, "/") + req.URL.Path
	req.URL.RawPath = ""
	req.Host = ""
	res, err := x.base.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, answerLimit))
	if err != nil {
		return nil, err
	}
	res.Body = io.NopCloser(bytes.NewReader(body))
	x.status, x.after = res.StatusCode, retryAfter(res.Header.Get("Retry-After"))
	return res, nil
}

// retryAfter reads the header's two forms, seconds and a date (RFC 9110, 10.2.3).
func retryAfter(s string) time.Duration {
	if n, err := strconv.Atoi(s); err == nil {
		return max(0, min(time.Duration(n)*time.Second, 24*time.Hour))
	}
	if at, err := http.ParseTime(s); err == nil {
		return max(0, time.Until(at))
	}
	return 0
}
