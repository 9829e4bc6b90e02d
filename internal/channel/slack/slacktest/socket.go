package slacktest

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// socket is Socket Mode: the connections that are open, and what was acknowledged.
type socket struct {
	mu    sync.Mutex
	conns []*websocket.Conn
	acks  map[string]chan json.RawMessage // envelope id → the payload of its acknowledgement
}

func (s *Server) connection(url.Values) answer {
	return answer{"ok": true, "url": "ws" + strings.TrimPrefix(strings.TrimSuffix(s.URL, "/api/"), "http") + "/socket"}
}

func (s *Server) connect(w http.ResponseWriter, r *http.Request) {
	up := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }} // the library says it comes from api.slack.com
	conn, err := up.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	hello := answer{"type": "hello", "num_connections": 1, "connection_info": answer{"app_id": "A0SANSHI00"},
		"debug_info": answer{"host": "stand-in", "approximate_connection_time": 3600}}
	if conn.WriteJSON(hello) != nil {
		return
	}
	s.socket.add(conn) // from now on others write to it
	for {
		var ack struct {
			Envelope string          `json:"envelope_id"`
			Payload  json.RawMessage `json:"payload"`
		}
		if conn.ReadJSON(&ack) != nil {
			s.socket.drop(conn)
			return
		}
		s.socket.acknowledged(ack.Envelope, ack.Payload)
	}
}

// Push sends an envelope over one open connection and waits for its
// acknowledgement: kind is events_api, interactive or slash_commands.
func (s *Server) Push(kind, envelope string, payload any, patience time.Duration) (ack json.RawMessage, err error) {
	wait := s.socket.await(envelope)
	err = s.socket.send(answer{"type": kind, "envelope_id": envelope, "payload": payload, "accepts_response_payload": kind != "events_api"})
	if err != nil {
		return nil, err
	}
	select {
	case ack = <-wait:
		return ack, nil
	case <-time.After(patience):
		return nil, errors.New("the envelope was not acknowledged in time")
	}
}

// Connections is how many are open.
func (s *Server) Connections() int {
	s.socket.mu.Lock()
	defer s.socket.mu.Unlock()
	return len(s.socket.conns)
}

// Disconnect asks the connections to come again, as Slack does every few hours.
func (s *Server) Disconnect() error {
	return s.socket.send(answer{"type": "disconnect", "reason": "refresh_requested"})
}

func (k *socket) add(c *websocket.Conn) { k.mu.Lock(); k.conns = append(k.conns, c); k.mu.Unlock() }

func (k *socket) drop(c *websocket.Conn) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for i, x := range k.conns {
		if x == c {
			k.conns = append(k.conns[:i], k.conns[i+1:]...)
			break
		}
	}
	_ = c.Close()
}

// send writes to one of the connections: an event reaches one of them.
func (k *socket) send(v any) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.conns) == 0 {
		return errors.New("no connection is open")
	}
	return k.conns[0].WriteJSON(v)
}

func (k *socket) await(envelope string) chan json.RawMessage {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.acks == nil {
		k.acks = map[string]chan json.RawMessage{}
	}
	c := make(chan json.RawMessage, 1)
	k.acks[envelope] = c
	return c
}

func (k *socket) acknowledged(envelope string, payload json.RawMessage) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if c := k.acks[envelope]; c != nil {
		c <- payload
		delete(k.acks, envelope)
	}
}

func (k *socket) close() {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, c := range k.conns {
		_ = c.Close()
	}
}
