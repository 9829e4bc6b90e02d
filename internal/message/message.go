// Package message holds what passes between a person and the service: an
// address, a text received, a text to send, and how many SMS segments it costs.
//
// It knows nothing of villages or matters. Everything here is a value; nothing
// reads or writes.
package message

import (
	"errors"
	"strings"
	"time"
)

// Address says where a person is reached: "sms:+8613800000001",
// "whatsapp:+…", "wechat:openid", "sim:…".
type Address string

// ErrAddress is returned for what is no address; the caller tells its sender.
var ErrAddress = errors.New("an address is sms:+… whatsapp:+… wechat:… or sim:…, or a number that begins with +")

// ParseAddress reads an address; a bare number with a + means sms.
func ParseAddress(s string) (Address, error) {
	if strings.HasPrefix(s, "+") {
		s = "sms:" + s
	}
	scheme, user, ok := strings.Cut(s, ":")
	if !ok || user == "" || len(s) > 120 || strings.ContainsAny(s, " \t\r\n\x00") {
		return "", ErrAddress
	}
	switch scheme {
	case "sms", "whatsapp":
		if !e164(user) {
			return "", ErrAddress
		}
	case "wechat", "sim":
	default:
		return "", ErrAddress
	}
	return Address(s), nil
}

func e164(s string) bool {
	if len(s) < 4 || len(s) > 20 || s[0] != '+' {
		return false
	}
	return strings.Trim(s[1:], "0123456789") == ""
}

// Scheme is the part before the colon: sms, whatsapp, wechat or sim.
func (a Address) Scheme() string { s, _, _ := strings.Cut(string(a), ":"); return s }

// User is the part after the colon.
func (a Address) User() string { _, u, _ := strings.Cut(string(a), ":"); return u }

// Masked shows the scheme, the first digits and the last two: for logs and lists.
func (a Address) Masked() string {
	u := a.User()
	if len(u) < 6 {
		return a.Scheme() + ":***"
	}
	return a.Scheme() + ":" + u[:3] + "***" + u[len(u)-2:]
}

// Unrouted is the village of what reached a number that no village has.
const Unrouted = "_"

// Inbound is one text as it was received. Village, Channel and ExternalID
// together are unique: the same three again are the same text.
type Inbound struct {
	ID         string // given by the intake; what the API answers
	Village    string
	Channel    string // the driver it came through: sms, sim, …
	ExternalID string // the provider's id, or the caller's
	Seq        int64  // given by the database; the order of handling within a lane
	From       Address
	To         string // the number that was texted
	Text       string // valid UTF-8
	Media      []Media
	At         time.Time // when the request arrived here
	Tries      int       // how often handling has failed so far
	Revived    bool      // a dead letter retried: it never answers an open question
	Throttled  bool      // beyond the rate of one number
}

// Media is a picture that came with a text, still at the provider.
type Media struct{ URL, Type string }

// Lane is what is handled one at a time: one person's texts to one village.
type Lane struct {
	Village string
	Address Address
}

// Outbound is one text to send: a row of the outbox, written in the same commit
// as what it speaks of.
type Outbound struct {
	ID       string // ours; the provider's callback carries it
	Village  string
	To       Address
	Channel  string // the driver it leaves by
	Sender   string // the number it leaves from; "" lets the driver choose
	Text     string
	Priority Priority
	Matter   string // id of the matter it speaks of, if any
	Staff    string // id of the staff member it is for; "" means a resident
	Closing  bool   // it tells her the outcome: if it fails she has not been told

	// Topic groups texts of which only the newest is worth sending: a queued one
	// to the same address with the same topic is superseded. "" never is.
	Topic string
	// Replaces is another topic whose queued texts this one supersedes: what she was
	// about to hear of her own matter that became part of this one.
	Replaces string
	// Ask is set when the text ends in a question. It opens when sending starts.
	Ask *Ask
	// NotBefore holds the text until then (quiet hours, undo); zero means now.
	NotBefore time.Time
	CreatedAt time.Time
}

// Priority orders the outbox; smaller leaves first.
type Priority int

// Emergencies, then answers, then news, then reminders and broadcasts.
const (
	Page   Priority = 0
	Answer Priority = 10
	News   Priority = 20
	Later  Priority = 30
)

// Ask is a question put to a person by a text: what her next digit will mean.
type Ask struct {
	ID      string // the outbound's id
	Kind    string // one of dialogue's questions
	Matter  string // the matter it is about, if any
	Options []string
	At      time.Time // when its text started on its way
}

// Status is how far an outbound has come. It never moves backwards (see Rank).
type Status string

// The states of an outbound. Queued and sending are ours; accepted to sent the
// provider's; the rest are final.
const (
	Queued      Status = "queued"
	Sending     Status = "sending"
	Accepted    Status = "accepted"
	Sent        Status = "sent"
	Delivered   Status = "delivered"
	Undelivered Status = "undelivered"
	Failed      Status = "failed"
	Superseded  Status = "superseded" // a newer text replaced it before it left
	Recalled    Status = "recalled"   // what it told was undone, or became untrue, before it left
)

// Rank orders the states in time: a report with a rank not above the present one is old news.
func (s Status) Rank() int {
	switch s {
	case Queued:
		return 0
	case Sending:
		return 1
	case Accepted:
		return 2
	case Sent:
		return 3
	}
	return 4
}

// Line is one text of a conversation as people and the API see it.
type Line struct {
	ID        string    `json:"id"`
	Direction string    `json:"direction"` // in or out
	Text      string    `json:"text"`
	Status    string    `json:"status"`
	Segments  int       `json:"segments"`
	At        time.Time `json:"at"`
	Matter    string    `json:"matter,omitempty"`
	Staff     string    `json:"staff,omitempty"` // id of the staff member it was for; "" is the resident
}

// DeadLetter is a text that could not be handled or sent after all tries. It is
// kept until somebody retries it.
type DeadLetter struct {
	ID        string    `json:"id"`
	Direction string    `json:"direction"`
	Address   string    `json:"address"`
	Text      string    `json:"text"`
	Error     string    `json:"error"`
	Tries     int       `json:"tries"`
	At        time.Time `json:"at"`
}
