// Package llmtest is a stand-in for a server with OpenAI's interface, inside a
// test. It answers as the published reference of "Create chat completion" says,
// refuses requests that the reference does not allow, and plays every fault that
// such servers were seen to have.
package llmtest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// Server is the stand-in. URL is the base URL of a client.
type Server struct {
	URL string

	mu       sync.Mutex
	requests []Request
	plays    []Play
	answer   func(Request) string
	formats  []string
	refuse   Play
	stop     chan struct{}
}

// Request is what a client asked.
type Request struct {
	Raw    []byte // the body as it came
	Header http.Header
	Format string // json_schema, json_object or text
	System string
	User   string
	Body   map[string]any
}

// Play answers one request in its own way.
type Play func(w http.ResponseWriter, r Request)

// Light is an answer about a street light.
const Light = `{"kind":"village","code":"V1","urgency":"normal","danger":"none","area":"","summary":"","parts":[]}`

// New starts a stand-in that answers Light to everything and knows every format.
func New(t testing.TB) *Server {
	s := &Server{answer: func(Request) string { return Light }, formats: []string{"json_schema", "json_object", "text"},
		refuse: RefusedByOpenAI, stop: make(chan struct{})}
	h := httptest.NewServer(s)
	s.URL = h.URL + "/v1"
	t.Cleanup(func() {
		close(s.stop) // what hangs, ends
		h.Close()
	})
	return s
}

// Answers sets what is said from now on.
func (s *Server) Answers(content string) { s.AnswersBy(func(Request) string { return content }) }

// AnswersBy sets how answers are found from now on.
func (s *Server) AnswersBy(f func(Request) string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer = f
}

// Plays lets the next requests be answered by these, one each.
func (s *Server) Plays(p ...Play) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.plays = append(s.plays, p...)
}

// Knows sets the formats that the server takes; others are refused by refuse.
func (s *Server) Knows(refuse Play, formats ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.formats, s.refuse = formats, refuse
}

// Requests lists all that was asked so far.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// ServeHTTP answers.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.URL.Path == "/v1/models" && r.Method == http.MethodGet:
		models(w)
		return
	case r.URL.Path != "/v1/chat/completions" || r.Method != http.MethodPost:
		Fails(http.StatusNotFound, "Unknown request URL")(w, Request{})
		return
	}
	raw, _ := io.ReadAll(r.Body)
	q := Request{Raw: raw, Header: r.Header.Clone(), Format: "text"}
	fault := q.parse()
	s.mu.Lock()
	s.requests = append(s.requests, q)
	play := s.next(q, fault)
	s.mu.Unlock()
	play(w, q)
}

func (s *Server) next(q Request, fault error) Play {
	switch {
	case fault != nil:
		return Fails(http.StatusBadRequest, fault.Error())
	case len(s.plays) > 0:
		p := s.plays[0]
		s.plays = s.plays[1:]
		return p
	case !slices.Contains(s.formats, q.Format):
		return s.refuse
	}
	return Says(s.answer(q))
}

// parse holds the request to the reference: what a strict server would refuse is a fault.
func (q *Request) parse() error {
	if !strings.HasPrefix(q.Header.Get("Content-Type"), "application/json") {
		return fmt.Errorf("Content-Type is not application/json")
	}
	if err := json.Unmarshal(q.Raw, &q.Body); err != nil {
		return fmt.Errorf("we could not parse the JSON body of your request")
	}
	if m, _ := q.Body["model"].(string); m == "" {
		return fmt.Errorf("you must provide a model parameter")
	}
	if q.Body["stream"] == true {
		return fmt.Errorf("this test expects no streaming")
	}
	messages, _ := q.Body["messages"].([]any)
	for _, m := range messages {
		one, _ := m.(map[string]any)
		content, ok := one["content"].(string)
		switch one["role"] {
		case "system":
			q.System += content
		case "user":
			q.User += content
		default:
			ok = false
		}
		if !ok {
			return fmt.Errorf("invalid value in 'messages'")
		}
	}
	if q.User == "" {
		return fmt.Errorf("'messages' has no words of the user")
	}
	return q.format()
}

func (q *Request) format() error {
	f, given := q.Body["response_format"].(map[string]any)
	if !given {
		return nil
	}
	q.Format, _ = f["type"].(string)
	switch q.Format {
	case "json_object":
		if !strings.Contains(q.System+q.User, "JSON") {
			return fmt.Errorf("'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'")
		}
	case "json_schema":
		named, _ := f["json_schema"].(map[string]any)
		schema, _ := named["schema"].(map[string]any)
		if n, _ := named["name"].(string); n == "" || named["strict"] != true || schema["type"] != "object" {
			return fmt.Errorf("invalid schema for response_format: a name, strict and a root of type object are needed")
		}
		return strict(schema)
	}
	return nil
}

// strict holds an object to the rules of strict schemas: every property required,
// none besides, no limits that other servers refuse.
func strict(schema map[string]any) error {
	properties, _ := schema["properties"].(map[string]any)
	required, _ := schema["required"].([]any)
	if schema["additionalProperties"] != false || len(required) != len(properties) || len(properties) == 0 {
		return fmt.Errorf("invalid schema: 'required' must name every key of properties and 'additionalProperties' must be false")
	}
	for name, p := range properties {
		of, _ := p.(map[string]any)
		if of["type"] == nil || !slices.Contains(required, any(name)) {
			return fmt.Errorf("invalid schema: property %s", name)
		}
		for _, limit := range []string{"minLength", "maxLength", "minItems", "maxItems", "pattern"} {
			if of[limit] != nil {
				return fmt.Errorf("invalid schema: '%s' is not permitted", limit)
			}
		}
	}
	return nil
}

func models(w http.ResponseWriter) {
	write(w, http.StatusOK, map[string]any{"object": "list", "data": []any{
		map[string]any{"id": "test-model", "object": "model", "created": 1686935002, "owned_by": "test"}}})
}

func write(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // a client that has gone is its own affair
}

// completion is a whole response; the fields are those of the reference.
func completion(message map[string]any, finish string) map[string]any {
	message["role"] = "assistant"
	return map[string]any{
		"id": "chatcmpl-test", "object": "chat.completion", "created": time.Now().Unix(), "model": "test-model",
		"system_fingerprint": "fp_test", "service_tier": "default",
		"choices": []any{map[string]any{"index": 0, "message": message, "logprobs": nil, "finish_reason": finish}},
		"usage":   map[string]any{"prompt_tokens": 900, "completion_tokens": 60, "total_tokens": 960},
	}
}
