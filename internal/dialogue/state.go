package dialogue

import (
	"time"

	"sanshi/internal/message"
)

// State is what is remembered of the talk with one address between two texts.
// It is stored whole and erased whole.
type State struct {
	Village string          `json:"-"`
	Address message.Address `json:"-"`
	Version int             `json:"-"` // 0: not yet kept

	// Held are words without a subject yet, waiting for what follows.
	Held     []Fragment `json:"held,omitempty"`
	HeldTold bool       `json:"held_told,omitempty"` // "take your time" was said once
	// WakeAt is when Tick must look at the held words again; zero means never.
	WakeAt time.Time `json:"wake_at,omitzero"`

	// Answered is the id of the last question that was answered or given up.
	Answered string `json:"answered,omitempty"`

	// Topic is the matter last spoken of, and when: what follows soon is about it.
	Topic   string    `json:"topic,omitempty"`
	TopicAt time.Time `json:"topic_at,omitzero"`

	// Recent counts the texts of the minute that began at Minute.
	Minute      time.Time `json:"minute,omitzero"`
	Recent      int       `json:"recent,omitempty"`
	ThrottledAt time.Time `json:"throttled_at,omitzero"` // when she was last told to slow down
	UrgedAt     time.Time `json:"urged_at,omitzero"`     // when the secretary last heard that she urges
	CalledAt    time.Time `json:"called_at,omitzero"`    // when she last asked to be called
	CallBy      time.Time `json:"call_by,omitzero"`      // by when she was told that somebody calls
	// Draft waits for one more word of a member of staff.
	Draft *Draft `json:"draft,omitempty"`
	// Puzzled is when she was last asked what a bare digit or sign meant.
	Puzzled time.Time `json:"puzzled,omitzero"`
}

// Fragment is a held text.
type Fragment struct {
	ID     string    `json:"id"` // of the inbound
	Text   string    `json:"text"`
	Photos []string  `json:"photos,omitempty"`
	At     time.Time `json:"at"`
}
