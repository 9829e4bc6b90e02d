package twiliotest

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"io"
	"net/http"
	"net/url"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"
)

// Progress moves a message on and, when it asked for that, calls back. It
// returns the status of the callback's answer, 0 without one.
func (s *Server) Progress(sid, status string, code int) int {
	s.mu.Lock()
	i := slices.IndexFunc(s.messages, func(m Message) bool { return m.SID == sid })
	if i < 0 {
		s.mu.Unlock()
		return 0
	}
	m := &s.messages[i]
	m.Status, m.Code = status, code
	if m.Sent.IsZero() && status != "queued" && status != "accepted" && status != "sending" {
		m.Sent = time.Now().UTC()
	}
	now := *m
	s.mu.Unlock()
	if now.Callback == "" {
		return 0
	}
	form := url.Values{
		"AccountSid": {Account}, "ApiVersion": {"2010-04-01"}, "MessageSid": {sid}, "SmsSid": {sid},
		"MessageStatus": {status}, "SmsStatus": {status}, "From": {now.From}, "To": {now.To},
	}
	if code != 0 {
		form.Set("ErrorCode", strconv.Itoa(code))
	}
	answer, _ := s.Post(now.Callback, "", form)
	return answer
}

// Text delivers a text as Twilio would: signed for public, the address the
// webhook is configured under, and posted to where it really listens. It returns
// the status and the body of the answer.
func (s *Server) Text(where, public, sid, from, to, body string) (int, string) {
	return s.Post(where, public, url.Values{
		"AccountSid": {Account}, "ApiVersion": {"2010-04-01"}, "Body": {body}, "From": {from}, "FromCountry": {"US"},
		"MessageSid": {sid}, "NumMedia": {"0"}, "NumSegments": {"1"}, "SmsMessageSid": {sid}, "SmsSid": {sid},
		"SmsStatus": {"received"}, "To": {to}, "ToCity": {""}, "ToCountry": {"US"},
	})
}

// Post sends a signed form; public "" means the same address.
func (s *Server) Post(where, public string, form url.Values) (int, string) {
	if public == "" {
		public = where
	}
	r, err := http.NewRequest(http.MethodPost, where, strings.NewReader(form.Encode()))
	if err != nil {
		return 0, err.Error()
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8")
	r.Header.Set("X-Twilio-Signature", Sign(Token, public, form))
	res, err := s.client.Do(r)
	if err != nil {
		return 0, err.Error()
	}
	defer res.Body.Close()
	b, _ := io.ReadAll(res.Body)
	return res.StatusCode, string(b)
}

// Sign computes X-Twilio-Signature: each different value of a name, sorted.
func Sign(token, address string, form url.Values) string {
	var b strings.Builder
	b.WriteString(address)
	names := make([]string, 0, len(form))
	for k := range form {
		names = append(names, k)
	}
	sort.Strings(names)
	for _, k := range names {
		values := slices.Clone(form[k])
		sort.Strings(values)
		for _, v := range slices.Compact(values) {
			b.WriteString(k + v)
		}
	}
	mac := hmac.New(sha1.New, []byte(token))
	io.WriteString(mac, b.String())
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}
