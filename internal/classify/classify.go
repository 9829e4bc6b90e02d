// Package classify says what a resident's words are about: kind, service code,
// urgency, place and a one-line summary, with a confidence and the reason a
// secretary reads.
//
// Stages stand in line, each cheaper than the next, and each may abstain: rules
// for what must never be left to a model (danger above all), then a linear model
// over character n-grams. Both are pure and take microseconds. The answer says
// which stage gave it.
package classify

import (
	"sanshi/internal/catalog"
)

// Result is what one part of a text is about.
type Result struct {
	Part       string // the words it speaks of: the whole text when it holds one matter
	Kind       catalog.Kind
	Code       string // N0 when Kind is none
	Urgency    catalog.Urgency
	Area       string // area id, by the village's place names
	Place      string // as people say it: "村口", "后山、祠堂方向"
	Summary    string // one line, at most 24 characters
	Name       string // as the resident calls herself: "老陈头"
	Confidence float64
	Source     string // rule or linear
	Reason     string // Chinese, for a secretary
	Danger     string // of an emergency: fire collapse flood gas missing fall hurt violence suicide
	Private    bool   // she asked that nobody be told, or the code is a private one
	Asked      bool   // she asked that nobody be told
	Need       bool   // the words show a need even where the subject is unclear

	// CodeConfidence is the probability that the code is right too; Confidence
	// speaks of the kind, which decides the queue.
	CodeConfidence float64
	// UrgencyConfidence is the probability that the urgency is right.
	UrgencyConfidence float64
}

// NoCode is the code of what is no request.
const NoCode = "N0"
