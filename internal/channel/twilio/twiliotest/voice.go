package twiliotest

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Call is one call that Twilio made.
type Call struct {
	SID, To, From, Twiml string
	Callback             string // the StatusCallback
	Timeout              string
	Created              time.Time
}

// Heard is what a script makes somebody hear, in order, and where a key leads.
type Heard struct {
	XMLName xml.Name `xml:"Response"`
	Gather  struct {
		Action    string `xml:"action,attr"`
		Method    string `xml:"method,attr"`
		NumDigits int    `xml:"numDigits,attr"`
		Say       []Said
	}
	Say []Said
}

// Said is one sentence.
type Said struct {
	Language string `xml:"language,attr"`
	Text     string `xml:",chardata"`
}

// Calls are those made, oldest first.
func (s *Server) Calls() []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.calls)
}

// Script reads the call's TwiML.
func (c Call) Script() (h Heard, err error) {
	err = xml.Unmarshal([]byte(c.Twiml), &h)
	return h, err
}

// Press plays that the person called presses a key: what Twilio would post to the
// address of the script, really listening at where. It returns the answer.
func (s *Server) Press(where string, c Call, digit string) (int, string) {
	h, err := c.Script()
	if err != nil {
		return 0, err.Error()
	}
	return s.called(where, h.Gather.Action, c, url.Values{"CallStatus": {"in-progress"}, "Digits": {digit}})
}

// Ended plays that a call came to its end.
func (s *Server) Ended(where string, c Call, status string) int {
	code, _ := s.called(where, c.Callback, c, url.Values{"CallStatus": {status}})
	return code
}

func (s *Server) called(where, public string, c Call, form url.Values) (int, string) {
	for k, v := range map[string]string{"AccountSid": Account, "ApiVersion": "2010-04-01", "CallSid": c.SID, "From": c.From, "To": c.To, "Direction": "outbound-api"} {
		form.Set(k, v)
	}
	u, err := url.Parse(public)
	if err != nil {
		return 0, err.Error()
	}
	return s.Post(strings.TrimSuffix(where, "/")+u.RequestURI(), public, form)
}

func (s *Server) createCall(w http.ResponseWriter, r *http.Request) {
	if !s.allowed(w, r) {
		return
	}
	if err := r.ParseForm(); err != nil {
		refuse(w, http.StatusBadRequest, 20001, "Bad request")
		return
	}
	f := r.PostForm
	for _, need := range []struct {
		ok   bool
		code int
		what string
	}{{f.Get("To") != "", 21201, "No 'To' number is specified"}, {f.Get("From") != "", 21213, "'From' phone number is required"},
		{f.Get("Url") != "" || f.Get("Twiml") != "", 21205, "Url parameter is required."}} {
		if !need.ok {
			refuse(w, http.StatusBadRequest, need.code, need.what)
			return
		}
	}
	fault := s.next(f)
	time.Sleep(fault.Slow)
	var c Call
	if fault.Taken || fault.HTTP == 0 && !fault.Cut {
		c = s.takeCall(f)
	}
	if fault.HTTP != 0 || fault.Cut {
		s.answer(w, Message{}, fault)
		return
	}
	write(w, http.StatusCreated, callResource(c))
}

func (s *Server) takeCall(f url.Values) Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := Call{SID: fmt.Sprintf("CA%032x", len(s.calls)+1), To: f.Get("To"), From: f.Get("From"), Twiml: f.Get("Twiml"),
		Callback: f.Get("StatusCallback"), Timeout: f.Get("Timeout"), Created: time.Now().UTC()}
	s.calls = append(s.calls, c)
	return c
}

func (s *Server) listCalls(w http.ResponseWriter, r *http.Request) {
	if !s.allowed(w, r) {
		return
	}
	q := r.URL.Query()
	found := []any{}
	s.mu.Lock()
	for k := range q {
		s.params = append(s.params, k)
	}
	for _, c := range slices.Backward(s.calls) {
		if (q.Get("To") == "" || q.Get("To") == c.To) && (q.Get("From") == "" || q.Get("From") == c.From) {
			found = append(found, callResource(c))
		}
	}
	s.mu.Unlock()
	write(w, http.StatusOK, page(r.URL, "calls", found))
}

// callResource is a call as Twilio's API shows it.
func callResource(c Call) map[string]any {
	uri := "/2010-04-01/Accounts/" + Account + "/Calls/" + c.SID
	out := map[string]any{
		"sid": c.SID, "account_sid": Account, "api_version": "2010-04-01", "to": c.To, "to_formatted": c.To, "from": c.From,
		"from_formatted": c.From, "status": "queued", "direction": "outbound-api", "queue_time": strconv.Itoa(0),
		"date_created": c.Created.Format(time.RFC1123Z), "date_updated": c.Created.Format(time.RFC1123Z), "price_unit": "USD",
		"uri": uri + ".json", "subresource_uris": map[string]any{"recordings": uri + "/Recordings.json"},
	}
	for _, empty := range []string{"answered_by", "caller_name", "duration", "end_time", "forwarded_from", "group_sid",
		"parent_call_sid", "phone_number_sid", "price", "start_time", "trunk_sid"} {
		out[empty] = nil
	}
	return out
}
