package classify

import (
	_ "embed"
	"math"
	"slices"
	"sync"

	"sanshi/internal/catalog"
	"sanshi/internal/classify/linear"
	"sanshi/internal/directory"
	"sanshi/internal/message"
)

// model.bin is made from the files in examples by "bot train --builtin".
//
//go:embed model.bin
var builtin []byte

// Classifier sorts texts. It is safe for concurrent use.
type Classifier struct {
	model   *linear.Model
	codes   []string // labels of the code head
	kindOf  []int    // the rank of each code's kind among allKinds
	lexicon *lexicon
	ears    sync.Map // *directory.Village → ear
}

// New loads the built-in model.
func New() (*Classifier, error) {
	m, err := linear.Parse(builtin)
	if err != nil {
		return nil, err
	}
	return WithModel(m), nil
}

// WithModel makes a Classifier around a model with the heads code and urgency.
func WithModel(m *linear.Model) *Classifier {
	c := &Classifier{model: m, codes: m.Heads()[0].Labels, lexicon: newLexicon()}
	for _, code := range c.codes {
		c.kindOf = append(c.kindOf, slices.Index(allKinds[:], catalog.KindOf(code)))
	}
	return c
}

const kinds = 4

var allKinds = [kinds]catalog.Kind{catalog.Household, catalog.VillageRun, catalog.Government, catalog.None}

// most is how many matters one text is split into at most.
const most = 4

// Read sorts a text, as message.Clean leaves it, into one Result for each matter
// in it: usually one, at most four, never none. The village gives the places;
// nil knows none.
func (c *Classifier) Read(text string, v *directory.Village) []Result {
	own := withoutOrders(text)
	var out []Result
	for _, part := range c.split(own, c.earFor(v).finder.Where) {
		out = append(out, c.one(part, v))
	}
	if own != text {
		for i := range out {
			out[i].Reason += "；文中有指挥分类的话，没有理会"
		}
	}
	c.sharePlaces(out)
	return out
}

// Main is the result that a text is filed under when it may have only one: an
// emergency if there is one, else the first.
func Main(all []Result) Result {
	for _, r := range all {
		if r.Urgency == catalog.Emergency {
			return r
		}
	}
	return all[0]
}

// one sorts the words of one matter.
func (c *Classifier) one(part string, v *directory.Village) Result {
	t := c.words(part)
	t.faultCode, t.faulty = faultIn(c.earFor(v).speller.right(t.folded))
	r := Result{Part: part, Name: nameIn(part), Need: t.faulty || t.hasAny(needs), Complete: t.faulty}
	r.Area, r.Place = c.placeIn(part, v)
	switch {
	case c.danger(t, &r):
	case nothing(t, &r):
	default:
		c.weigh(t, &r)
	}
	if s, ok := catalog.Lookup(r.Code); ok {
		r.Private = s.Private
	}
	if r.Kind.Valid() && r.Danger == "" {
		r.Advice = adviceFor(t)
	}
	r.Asked = t.hasAny(secrecy)
	r.Private = r.Private || r.Asked
	if r.Kind != catalog.None {
		r.Summary = c.summary(part, r.Code)
	} else {
		r.Summary = clip(trimmed(part), summaryRunes)
	}
	return r
}

// weigh asks the model and lets the rules of the borders have their say.
func (c *Classifier) weigh(t words, r *Result) {
	answers := c.model.Read(modelText(t.folded))
	code, urgency := answers[0], answers[1]
	if c.sounds(t, answers[0], answers[2], r) {
		return
	}
	c.focus(t, code.Probs)
	rule := c.border(t, code.Probs)
	best, kindP := c.best(code.Probs)
	r.Code, r.Kind = c.codes[best], catalog.KindOf(c.codes[best])
	r.Confidence, r.CodeConfidence = kindP, code.Probs[best]
	r.Urgency, r.UrgencyConfidence = c.urgency(t, r.Kind, urgency)
	r.Source = "linear"
	if rule.decides {
		r.Source = "rule"
	}
	if t.content < leastContent || t.content < fewWords && rule.why == "" && !t.faulty {
		r.Confidence = min(r.Confidence, vague)
		r.CodeConfidence = min(r.CodeConfidence, vague)
	}
	r.Reason = c.why(t, r, code, rule)
}

const (
	// leastContent: with fewer characters left after places, fillers and
	// politeness there is no subject to be sure of.
	leastContent = 2
	// fewWords: of fewer the model is sure by chance, unless a rule knows them.
	fewWords = 5
	vague    = 0.3
)

// best picks the likeliest kind, and the likeliest code within it.
func (c *Classifier) best(probs []float64) (code int, kindP float64) {
	var sum [kinds]float64
	for i, p := range probs {
		sum[c.kindOf[i]] += p
	}
	for i, p := range probs {
		if s := sum[c.kindOf[i]]; s > kindP || s == kindP && p > probs[code] {
			kindP, code = s, i
		}
	}
	return code, math.Min(kindP, 1)
}

// urgency never says emergency by itself: without a sign of danger that the
// rules know, serious words are urgent, and a person looks.
func (c *Classifier) urgency(t words, k catalog.Kind, a linear.Answer) (catalog.Urgency, float64) {
	normal := a.Of(string(catalog.Normal))
	switch {
	case k == catalog.None:
		return catalog.Normal, 1
	case t.pressing():
		return catalog.Urgent, max(byRule, 1-normal)
	case normal < 0.5:
		return catalog.Urgent, 1 - normal
	}
	return catalog.Normal, normal
}

// byRule is how often what a rule says outright is right, about.
const byRule = 0.9

// words is a text with what the rules ask of it.
type words struct {
	raw, folded string
	content     int // characters that may carry a subject
	lexicon     *lexicon
	met         met

	faulty    bool   // a complete request stands in it, see faultIn
	faultCode string // what that is usually filed under
}

func (c *Classifier) words(s string) words {
	t := words{raw: s, folded: message.Fold(s), lexicon: c.lexicon}
	t.content = contentOf(t.folded)
	t.met = c.lexicon.scan(t.folded)
	return t
}
