package llm

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"sanshi/internal/catalog"
	"sanshi/internal/classify"
	"sanshi/internal/message"
)

const (
	mostContent  = 32 << 10 // of what is looked through for an answer
	mostObjects  = 64       // that may begin in it
	mostSummary  = 24       // characters: one line of a list and of a text
	mostParts    = 3
	leastOfHers  = 0.7 // of a summary's characters must stand in her text
	leastSummary = 2
)

// said is an answer as it stands in JSON. A pointer is nil when it is missing.
type said struct {
	Kind    *string  `json:"kind"`
	Code    *string  `json:"code"`
	Urgency *string  `json:"urgency"`
	Danger  string   `json:"danger"`
	Area    string   `json:"area"`
	Summary string   `json:"summary"`
	Parts   []string `json:"parts"`
}

// read makes an answer of what a model said, or wraps ErrAnswer with what is
// wrong with it.
func read(content string, q Question, v veil) (Answer, error) {
	s, err := pick(content)
	if err != nil {
		return Answer{}, err
	}
	a := Answer{Kind: catalog.Kind(*s.Kind), Code: strings.ToUpper(strings.TrimSpace(*s.Code)), Urgency: catalog.Urgency(*s.Urgency)}
	if err := a.fits(); err != nil {
		return Answer{}, err
	}
	a.Danger = dangerOf(a, s.Danger)
	if slices.ContainsFunc(q.Areas, func(x Area) bool { return x.ID == s.Area }) {
		a.Area = s.Area
	}
	a.Summary = summary(s.Summary, q.Text, v)
	for _, p := range s.Parts {
		if _, known := catalog.Lookup(p); known && p != a.Code && !slices.Contains(a.Parts, p) && len(a.Parts) < mostParts {
			a.Parts = append(a.Parts, p)
		}
	}
	return a, nil
}

// pick finds the answer in what may be JSON, JSON in a fence, or prose around it.
// Models think aloud and repeat the question before they answer, so the last one
// counts.
func pick(content string) (found said, err error) {
	content = content[:min(len(content), mostContent)]
	if strings.TrimSpace(content) == "" {
		return found, fmt.Errorf("%w: nothing was said", ErrAnswer)
	}
	any := false
	for n := 0; n < mostObjects; n++ {
		at := strings.IndexByte(content, '{')
		if at < 0 {
			break
		}
		content = content[at:]
		var s said
		d := json.NewDecoder(strings.NewReader(content))
		if err := d.Decode(&s); err != nil || s.Kind == nil || s.Code == nil || s.Urgency == nil {
			content = content[1:]
			continue
		}
		found, any = s, true
		content = content[d.InputOffset():]
	}
	if !any {
		return found, fmt.Errorf("%w: there is no JSON with kind, code and urgency in it", ErrAnswer)
	}
	return found, nil
}

// fits holds kind, code and urgency against the lists, and against each other.
func (a Answer) fits() error {
	service, known := catalog.Lookup(a.Code)
	switch {
	case !a.Urgency.Valid():
		return fmt.Errorf("%w: an urgency that there is not", ErrAnswer)
	case a.Kind == catalog.None && a.Code == classify.NoCode:
		return nil
	case !known:
		return fmt.Errorf("%w: a code that there is not", ErrAnswer)
	case service.Kind != a.Kind:
		return fmt.Errorf("%w: a code of another kind", ErrAnswer)
	}
	return nil
}

// dangerOf is what an emergency is about. When the model does not say, the code
// may: whom a page goes to hangs on it.
func dangerOf(a Answer, said string) string {
	switch {
	case a.Urgency != catalog.Emergency || a.Kind == catalog.None:
		return ""
	case said != noDanger && slices.Contains(dangers(), said):
		return said
	case a.Code == "H2":
		return "violence"
	case a.Code == "H6":
		return "suicide"
	}
	return "help"
}

// summary takes the model's line when it is one, short enough, and made of her
// own words: what it adds could be anybody's, and would be texted in our name.
func summary(line, text string, v veil) string {
	line = strings.Trim(strings.TrimSpace(v.restore(line)), "。.；;，, ")
	n := utf8.RuneCountInString(line)
	if n < leastSummary || n > mostSummary || strings.ContainsFunc(line, unicode.IsControl) || strings.ContainsAny(line, "〔〕⟦⟧\ufffd") {
		return ""
	}
	if !hers(message.Fold(line), message.Fold(text)) {
		return ""
	}
	return line
}

// hers: each number and each word in letters stands in her text, and most of the
// other characters do.
func hers(line, text string) bool {
	for _, w := range strings.FieldsFunc(line, func(r rune) bool { return !latin(r) }) {
		if !strings.Contains(text, w) {
			return false
		}
	}
	all, found := 0, 0
	for _, r := range line {
		if unicode.IsLetter(r) || unicode.IsNumber(r) {
			all++
			if strings.ContainsRune(text, r) {
				found++
			}
		}
	}
	return all > 0 && float64(found) >= leastOfHers*float64(all)
}

func latin(r rune) bool {
	return r >= '0' && r <= '9' || r != '〇' && unicode.IsLetter(r) && !unicode.Is(unicode.Han, r)
}
