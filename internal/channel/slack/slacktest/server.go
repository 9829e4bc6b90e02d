// Package slacktest is Slack inside a test: it takes messages, views and files,
// shows what stands where, plays the faults that hurt and holds every message to
// Block Kit's limits as Slack does. What it takes and answers is held to Slack's
// published description of its Web API.
package slacktest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// Who is who in every stand-in.
const (
	BotToken      = "xoxb-0123456789-test"
	AppToken      = "xapp-0123456789-test"
	SigningSecret = "8f742231b10e8888abcd99yyyzzz85a5"
	BotUser       = "U0SANSHI00"
	BotID         = "B0SANSHI00"
	Team          = "T0VILLAGE0"
)

// Message is one message as it stands now.
type Message struct {
	Channel, TS, Thread string
	User                string // who wrote it: BotUser, or a person
	Text                string
	Blocks              json.RawMessage
	Edits               int
}

// Call is one call of the Web API that was made.
type Call struct {
	Method string
	Params url.Values
	Answer string // ok, the error's name, or what happened to the connection
	At     time.Time
}

// Fault is what happens to one call of a method, instead of its answer.
type Fault struct {
	Taken bool          // it is done before the fault
	Slow  time.Duration // before anything is answered
	Cut   bool          // the connection is cut instead of an answer
	HTTP  int           // the status of the answer, if not 200
	Error string        // Slack's name for what is wrong
	After string        // Retry-After, in seconds; the status is 429
}

// Server is the stand-in. What stands in it can be looked at at any time.
type Server struct {
	URL string // of the Web API, with the slash at the end

	// Now is Slack's clock: set it before the first call.
	Now func() time.Time

	http     *httptest.Server
	mu       sync.Mutex
	calls    []Call
	faults   map[string][]Fault
	messages []*Message
	whispers []Whisper
	homes    map[string][]json.RawMessage
	views    map[string]json.RawMessage
	channels map[string]string // id → "", archived or left
	gone     map[string]bool   // users that are deactivated
	files    map[string]file
	scopes   string
	serial   int
	locked   string // the error that every call has
	socket   socket
}

// Whisper is a message that only one person saw.
type Whisper struct {
	Channel, User, Text string
	Blocks              json.RawMessage
}

// New starts a stand-in that ends with the test. Every channel and every user
// that is asked for exists, until it is said otherwise.
func New(t testing.TB) *Server {
	s := &Server{
		Now: time.Now, faults: map[string][]Fault{}, homes: map[string][]json.RawMessage{}, views: map[string]json.RawMessage{},
		channels: map[string]string{}, gone: map[string]bool{}, files: map[string]file{},
		scopes: "chat:write,channels:history,channels:read,groups:history,groups:read,im:history,im:write,users:read,files:read,commands",
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/api/{method}", s.serve)
	mux.HandleFunc("GET /files/{id}", s.download)
	mux.HandleFunc("GET /socket", s.connect)
	s.http = httptest.NewServer(mux)
	s.URL = s.http.URL + "/api/"
	t.Cleanup(func() {
		s.socket.close()
		s.http.CloseClientConnections()
		s.http.Close()
	})
	return s
}

// Play lets the next calls of a method meet these faults, one each.
func (s *Server) Play(method string, faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults[method] = append(s.faults[method], faults...)
}

// Lock lets every call fail with an error; "" ends that.
func (s *Server) Lock(code string) { s.mu.Lock(); s.locked = code; s.mu.Unlock() }

// Scopes sets the rights of the token, with commas between.
func (s *Server) Scopes(list string) { s.mu.Lock(); s.scopes = list; s.mu.Unlock() }

// Channel sets how a channel is: deleted, archived, left (by the bot), or "" again.
func (s *Server) Channel(id, how string) { s.mu.Lock(); s.channels[id] = how; s.mu.Unlock() }

// Deactivate makes a user one who has left.
func (s *Server) Deactivate(user string) { s.mu.Lock(); s.gone[user] = true; s.mu.Unlock() }

// Calls lists the calls of these methods, or all, oldest first.
func (s *Server) Calls(methods ...string) (all []Call) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.calls {
		if len(methods) == 0 || slices.Contains(methods, c.Method) {
			all = append(all, c)
		}
	}
	return all
}

// Messages lists what stands in a channel, oldest first. Of direct messages the
// channel is Direct(user).
func (s *Server) Messages(channel string) (all []Message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.messages {
		if m.Channel == channel {
			all = append(all, *m)
		}
	}
	return all
}

// Whispers lists what only one person saw.
func (s *Server) Whispers() []Whisper {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.whispers)
}

// Homes lists what was published on somebody's home page, oldest first.
func (s *Server) Homes(user string) []json.RawMessage {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.homes[user])
}

// View is a form as it stands.
func (s *Server) View(id string) json.RawMessage {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.views[id]
}

// Everything is all that stands anywhere, as one text: for tests that look for what
// must not be there.
func (s *Server) Everything() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var b strings.Builder
	for _, m := range s.messages {
		fmt.Fprintf(&b, "%s %s %s\n", m.Channel, m.Text, m.Blocks)
	}
	for _, w := range s.whispers {
		fmt.Fprintf(&b, "%s %s\n", w.Text, w.Blocks)
	}
	for user, all := range s.homes {
		fmt.Fprintf(&b, "%s %s\n", user, all[len(all)-1])
	}
	for _, v := range s.views {
		fmt.Fprintf(&b, "%s\n", v)
	}
	return b.String()
}

// Say lets a person write into a channel.
func (s *Server) Say(channel, user, text string) Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return *s.write(channel, user, text, nil, "")
}

// Delete takes a message away, as a person may.
func (s *Server) Delete(channel, ts string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.messages = slices.DeleteFunc(s.messages, func(m *Message) bool { return m.Channel == channel && m.TS == ts })
}

// Direct is the channel of direct messages with a user.
func Direct(user string) string { return "D" + strings.TrimPrefix(user, "U") + "00000" }

func (s *Server) write(channel, user, text string, blocks json.RawMessage, thread string) *Message {
	s.serial++
	m := &Message{Channel: channel, TS: fmt.Sprintf("%010d.%06d", s.Now().Unix(), s.serial), User: user, Text: text, Blocks: blocks, Thread: thread}
	s.messages = append(s.messages, m)
	return m
}
