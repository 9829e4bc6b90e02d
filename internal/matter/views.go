package matter

import (
	"time"

	"sanshi/internal/catalog"
)

// Filter selects matters of one village. An empty slice means all.
type Filter struct {
	Village  string
	Kinds    []catalog.Kind
	States   []State
	Codes    []string
	Areas    []string
	Assignee string    // staff id
	Late     time.Time // only those due before; zero means all
	Query    string    // words to find in summary, text, place or number
	Limit    int       // 1–500; 0 means 50
	Cursor   string    // Page.Next of the page before
}

// Page is a part of a list, newest first. Next is "" at the end.
type Page struct {
	Matters []Matter
	Next    string
}

// Stats counts a village. Inbound and Handled count distinct texts kept and
// handled; they come from counters, never from a scan.
type Stats struct {
	Inbound  int64                          `json:"inbound"`
	Handled  int64                          `json:"handled"`
	Outbound OutboundStats                  `json:"outbound"`
	Matters  map[catalog.Kind]map[State]int `json:"matters"`
	Ratings  RatingStats                    `json:"ratings"`
	Late     int                            `json:"late"`
	Calls    CallStats                      `json:"calls"`
}

// CallStats counts the calls that people were promised: those still to be made,
// those made in time, and those late or made late.
type CallStats struct {
	Open int `json:"open"`
	Kept int `json:"kept"`
	Late int `json:"late"`
}

// OutboundStats counts texts by how far they are.
type OutboundStats struct {
	Queued int64 `json:"queued"`
	Sent   int64 `json:"sent"`
	Failed int64 `json:"failed"`
}

// RatingStats is how many rated and what they gave on average (0 when none).
type RatingStats struct {
	N    int     `json:"n"`
	Mean float64 `json:"mean"`
}
