// Package classify says what a resident's words are about: kind, service code,
// urgency, place and a one-line summary, with a confidence and the reason a
// secretary reads.
//
// Stages stand in line, each cheaper than the next, and each may abstain: rules
// for what must never be left to a model (danger above all), then a linear model
// over character n-grams. Both are pure and take microseconds. The answer says
// which stage gave it. Danger is looked for twice: by signs (rules_danger.go),
// and in words that no sign knows by what sounds like the emergencies of the
// examples; the second finds more and errs more, and its reason says so.
//
// The examples are in the folder examples and are all that the built-in model
// was taught with. What was tried, measured by code accuracy on messages written
// in the styles of old residents and on letters to a mayor's mailbox (rows that
// were looked at while the examples were written: expect less of others):
//
//	examples of single kinds only (1,641)                     0.67  0.57
//	sounds left out of the features                           0.65  0.57
//	rules of the borders                                      0.78  0.60
//	letters, dialects, English, misspellings, borders (2,352) 0.88  0.82
//	letterhead kept from the model, a smaller odds of none    0.91  0.84
//	a feature that every text has (what is likely unread)     0.92  0.84
//	cost of an error 1 instead of 5                           -0.02 -0.01
//	a broken thing nudges its usual code (rules_fault.go)     0.91  0.84
//	nets beside the machines, biases by held-out lines         0.91  0.88
//	biases of danger too: what is rare is heard too often     (false alarms)
//	scores times 1.25 (lines held out are harder than texts)  calibration error of kind 0.05, 0.07 -> 0.04, 0.04
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
	Danger     string // of an emergency: fire collapse flood gas missing fall hurt water poison wire help violence suicide
	Advice     string // what must be said at once though it is no emergency: scam bite
	Private    bool   // she asked that nobody be told, or the code is a private one
	Asked      bool   // she asked that nobody be told
	Need       bool   // the words show a need even where the subject is unclear
	Complete   bool   // a thing with what is wrong with it, or a service asked for: enough to open a matter

	// CodeConfidence is the probability that the code is right too; Confidence
	// speaks of the kind, which decides the queue.
	CodeConfidence float64
	// UrgencyConfidence is the probability that the urgency is right.
	UrgencyConfidence float64
}

// Below these a sorting is doubtful: it is worth asking a better reader.
const (
	doubtfulKind = 0.75
	doubtfulCode = 0.6
)

// Doubtful reports whether a better reader may find what the rules and the model
// did not. A danger that was found is never in doubt: it is already on its way.
func (r Result) Doubtful() bool {
	if r.Urgency == catalog.Emergency {
		return false
	}
	return catchAll(r.Code) || r.Confidence < doubtfulKind || r.CodeConfidence < doubtfulCode
}

// catchAll reports a code for what fits no other: H0, V0, G0.
func catchAll(code string) bool { return code != NoCode && len(code) == 2 && code[1] == '0' }

// NoCode is the code of what is no request.
const NoCode = "N0"
