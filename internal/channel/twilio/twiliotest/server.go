// Package twiliotest is Twilio inside a test: it takes messages, lists them, plays
// the faults that hurt, calls back about their state and delivers texts to a
// webhook, signed. Its answers are held to Twilio's published description.
//
// Its signatures are computed here, apart from the code under test.
package twiliotest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"sort"
	"strconv"
	"sync"
	"testing"
	"time"
)

// The account of every stand-in.
const (
	Account = "ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	Token   = "0123456789abcdef0123456789abcdef"
)

// Message is one message that Twilio took.
type Message struct {
	SID, To, From, Service, Body string
	Callback                     string // the StatusCallback
	Status                       string
	Code                         int
	Created, Sent                time.Time
	Inbound                      bool
	Media                        []string // content types
}

// Fault is what happens to one request to create a message, instead of success.
type Fault struct {
	Taken bool          // the message is taken, and goes out, before the fault
	Slow  time.Duration // before anything is answered
	Cut   bool          // the connection is cut instead of an answer
	Code  int           // Twilio's error code in the answer …
	HTTP  int           // … and its status; 0 means success
	After string        // Retry-After
	Raw   string        // the body of the answer, instead of Twilio's JSON
}

// Server is the stand-in.
type Server struct {
	URL string
	// Report makes the server call back by itself: each message goes through
	// these states, in this order, when it was taken.
	Report []string

	http     *httptest.Server
	client   *http.Client
	mu       sync.Mutex
	messages []Message
	calls    []Call
	faults   []Fault
	lists    int
	params   []string
	under    sync.WaitGroup
}

// New starts a stand-in that ends with the test.
func New(t testing.TB) *Server {
	s := &Server{client: &http.Client{Timeout: 10 * time.Second}}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /2010-04-01/Accounts/{account}/Messages.json", s.create)
	mux.HandleFunc("GET /2010-04-01/Accounts/{account}/Messages.json", s.list)
	mux.HandleFunc("POST /2010-04-01/Accounts/{account}/Calls.json", s.createCall)
	mux.HandleFunc("GET /2010-04-01/Accounts/{account}/Calls.json", s.listCalls)
	mux.HandleFunc("GET /2010-04-01/Accounts/{account}/Messages/{sid}/Media.json", s.media)
	s.http = httptest.NewServer(mux)
	s.URL = s.http.URL
	t.Cleanup(func() {
		s.http.CloseClientConnections()
		s.http.Close()
		s.under.Wait()
		s.client.CloseIdleConnections()
	})
	return s
}

// Play lets the next requests to create a message meet these faults, one each.
func (s *Server) Play(faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, faults...)
}

// Messages are those taken, oldest first.
func (s *Server) Messages() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.messages)
}

// Lists is how often the list of messages was asked for.
func (s *Server) Lists() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.lists
}

// Params are the names of all parameters that were sent to us.
func (s *Server) Params() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := slices.Clone(s.params)
	sort.Strings(out)
	return slices.Compact(out)
}

func (s *Server) create(w http.ResponseWriter, r *http.Request) {
	if !s.allowed(w, r) {
		return
	}
	if err := r.ParseForm(); err != nil {
		refuse(w, http.StatusBadRequest, 20001, "Bad request")
		return
	}
	for _, need := range []struct {
		name string
		code int
	}{{"To", 21604}, {"Body", 21602}} {
		if r.PostForm.Get(need.name) == "" {
			refuse(w, http.StatusBadRequest, need.code, "'"+need.name+"' is required")
			return
		}
	}
	if r.PostForm.Get("From") == "" && r.PostForm.Get("MessagingServiceSid") == "" {
		refuse(w, http.StatusBadRequest, 21603, "A 'From' phone number is required.")
		return
	}
	fault := s.next(r.PostForm)
	time.Sleep(fault.Slow)
	if fault.HTTP == 0 && !fault.Cut {
		fault.Taken = true
	}
	var m Message
	if fault.Taken {
		m = s.take(r.PostForm)
	}
	s.answer(w, m, fault)
}

func (s *Server) answer(w http.ResponseWriter, m Message, fault Fault) {
	switch {
	case fault.Cut:
		conn, _, err := http.NewResponseController(w).Hijack()
		if err == nil {
			conn.Close()
		}
	case fault.HTTP != 0:
		if fault.After != "" {
			w.Header().Set("Retry-After", fault.After)
		}
		if fault.Raw != "" {
			w.WriteHeader(fault.HTTP)
			io.WriteString(w, fault.Raw)
			return
		}
		refuse(w, fault.HTTP, fault.Code, "refused for the test, +12065550123")
	default:
		write(w, http.StatusCreated, resource(m))
	}
}

// next takes the fault that is due and notes the parameters.
func (s *Server) next(form url.Values) (f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for k := range form {
		s.params = append(s.params, k)
	}
	if len(s.faults) > 0 {
		f, s.faults = s.faults[0], s.faults[1:]
	}
	return f
}

func (s *Server) take(form url.Values) Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := Message{
		SID: fmt.Sprintf("SM%032x", len(s.messages)+1), To: form.Get("To"), From: form.Get("From"),
		Service: form.Get("MessagingServiceSid"), Body: form.Get("Body"), Callback: form.Get("StatusCallback"),
		Status: "queued", Created: time.Now().UTC(),
	}
	if m.From == "" {
		m.From = "+12065550199" // of the service's pool
	}
	s.messages = append(s.messages, m)
	if m.Callback != "" && len(s.Report) > 0 {
		s.under.Go(func() {
			for _, status := range s.Report {
				s.Progress(m.SID, status, 0)
			}
		})
	}
	return m
}

// Received puts a text into the list that reached Twilio and never reached us.
func (s *Server) Received(sid, from, to, body string, sent time.Time, media ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.messages = append(s.messages, Message{
		SID: sid, From: from, To: to, Body: body, Status: "received", Created: sent, Sent: sent, Inbound: true, Media: media,
	})
}

func (s *Server) list(w http.ResponseWriter, r *http.Request) {
	if !s.allowed(w, r) {
		return
	}
	q := r.URL.Query()
	s.mu.Lock()
	s.lists++
	for k := range q {
		s.params = append(s.params, k)
	}
	found := []any{}
	for _, m := range slices.Backward(s.messages) { // newest first
		if (q.Get("To") == "" || q.Get("To") == m.To) && (q.Get("From") == "" || q.Get("From") == m.From) {
			found = append(found, resource(m))
		}
	}
	s.mu.Unlock()
	write(w, http.StatusOK, page(r.URL, "messages", found))
}

// page cuts a list as Twilio does.
func page(u *url.URL, name string, all []any) map[string]any {
	q := u.Query()
	size, err := strconv.Atoi(q.Get("PageSize"))
	if err != nil || size < 1 || size > 1000 {
		size = 50
	}
	n, _ := strconv.Atoi(q.Get("Page"))
	from, to := min(n*size, len(all)), min((n+1)*size, len(all))
	at := func(n int) string {
		q.Set("Page", strconv.Itoa(n))
		q.Set("PageToken", "PASM"+strconv.Itoa(n))
		return u.Path + "?" + q.Encode()
	}
	out := map[string]any{
		name: all[from:to], "page": n, "page_size": size, "start": from, "end": max(0, to-1),
		"uri": u.RequestURI(), "first_page_uri": at(0), "next_page_uri": nil, "previous_page_uri": nil,
	}
	if to < len(all) {
		out["next_page_uri"] = at(n + 1)
	}
	return out
}

func (s *Server) media(w http.ResponseWriter, r *http.Request) {
	if !s.allowed(w, r) {
		return
	}
	found := []any{}
	for _, m := range s.Messages() {
		if m.SID != r.PathValue("sid") {
			continue
		}
		for i, kind := range m.Media {
			sid, made := fmt.Sprintf("ME%032x", i), m.Created.Format(time.RFC1123Z)
			found = append(found, map[string]any{
				"account_sid": Account, "content_type": kind, "date_created": made, "date_updated": made, "parent_sid": m.SID,
				"sid": sid, "uri": "/2010-04-01/Accounts/" + Account + "/Messages/" + m.SID + "/Media/" + sid + ".json",
			})
		}
	}
	write(w, http.StatusOK, page(r.URL, "media_list", found))
}

func (s *Server) allowed(w http.ResponseWriter, r *http.Request) bool {
	user, password, _ := r.BasicAuth()
	if user != Account || password != Token || r.PathValue("account") != Account {
		refuse(w, http.StatusUnauthorized, 20003, "Authenticate")
		return false
	}
	return true
}

// resource is a message as Twilio's API shows it.
func resource(m Message) map[string]any {
	uri := "/2010-04-01/Accounts/" + Account + "/Messages/" + m.SID
	out := map[string]any{
		"account_sid": Account, "api_version": "2010-04-01", "body": m.Body, "direction": "outbound-api",
		"date_created": m.Created.Format(time.RFC1123Z), "date_updated": m.Created.Format(time.RFC1123Z), "date_sent": nil,
		"error_code": nil, "error_message": nil, "from": m.From, "to": m.To, "messaging_service_sid": nil,
		"num_media": "0", "num_segments": "1", "price": nil, "price_unit": nil, "sid": m.SID, "status": m.Status,
		"subresource_uris": map[string]any{"media": uri + "/Media.json"}, "uri": uri + ".json",
	}
	if m.Inbound {
		out["direction"], out["num_media"] = "inbound", strconv.Itoa(len(m.Media))
	}
	if m.Service != "" {
		out["messaging_service_sid"] = m.Service
	}
	if !m.Sent.IsZero() {
		out["date_sent"] = m.Sent.Format(time.RFC1123Z)
	}
	if m.Code != 0 {
		out["error_code"] = m.Code
	}
	return out
}

func refuse(w http.ResponseWriter, status, code int, text string) {
	write(w, status, map[string]any{
		"code": code, "message": text, "status": status,
		"more_info": "https://www.twilio.com/docs/errors/" + strconv.Itoa(code),
	})
}

func write(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json;charset=utf-8")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(v)
}
