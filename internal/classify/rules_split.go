package classify

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"sanshi/internal/message"
)

// joints are words with which people begin another matter. The first list says
// it outright; after a word of the second both halves must be sure of themselves.
var (
	strongJoints = look(`另外还有 另外想问 另外问 另外 还有一件事 还有一件 还有一个事 还有个事 还有个 第二件 第二个事 再一件 顺便问下 顺便问 顺便反映 顺便 顺带 再问一下 再问 还想问 对了 此外 还有我想 还有我 还有就是 also@, by@the@way`)
	weakJoints   = look(`还有 再就是 再有 再一个 其次`)
	longestSplit = 150 // characters; a letter is about one thing
)

// split cuts a text into the matters in it, at most four.
func (c *Classifier) split(text string, where func(string) (area, place string)) []string {
	if len([]rune(text)) > longestSplit {
		return []string{text}
	}
	if parts := c.numbered(text); parts != nil {
		return parts
	}
	var parts []string
	for _, part := range c.atJoints(text) {
		parts = append(parts, byFault(part, where)...)
	}
	if len(parts) > most { // the last keeps what is too much, so that no word is lost
		parts = append(parts[:most-1], strings.Join(parts[most-1:], "，"))
	}
	return parts
}

func (c *Classifier) atJoints(text string) []string {
	parts := []string{text}
	for len(parts) < most {
		head, tail, ok := c.cutOne(parts[len(parts)-1])
		if !ok {
			break
		}
		parts = append(parts[:len(parts)-1], head, tail)
	}
	return parts
}

// cutOne finds the first joint with a matter on both sides.
func (c *Classifier) cutOne(text string) (head, tail string, ok bool) {
	for at, r := range text {
		if !strings.ContainsRune("另还第再顺对此其ab", r) { // what joints begin with
			continue
		}
		joint, strong := jointAt(text[at:])
		if joint == "" || at == 0 || !strong && !afterMark(text[:at]) {
			continue
		}
		head = strings.TrimRight(text[:at], "，,；;。. 、")
		tail = strings.TrimLeft(text[at+len(joint):], "，,：:、 ")
		if c.twoMatters(head, tail, strong) {
			return head, tail, true
		}
	}
	return "", "", false
}

// afterMark reports whether a clause has just ended.
func afterMark(before string) bool {
	r, _ := utf8.DecodeLastRuneInString(before)
	return !unicode.IsLetter(r) && !unicode.IsDigit(r)
}

func jointAt(s string) (joint string, strong bool) {
	for _, j := range strongJoints {
		if strings.HasPrefix(s, j) {
			return j, true
		}
	}
	for _, j := range weakJoints {
		if strings.HasPrefix(s, j) {
			return j, false
		}
	}
	return "", false
}

// sureEnough is how sure each half must be of its code, after a joint that says
// outright that something new begins, and after one that may only go on.
const sureEnoughStrong, sureEnoughWeak = 0.2, 0.4

func (c *Classifier) twoMatters(head, tail string, strong bool) bool {
	a, b := c.words(head), c.words(tail)
	if a.content < leastContent || b.content < leastContent || !b.hasAny(needs) {
		return false
	}
	least := sureEnoughWeak
	if strong {
		least = sureEnoughStrong
	}
	codeA, pA := c.guess(a)
	codeB, pB := c.guess(b)
	return codeA != codeB && codeA != NoCode && codeB != NoCode && pA >= least && pB >= least
}

// guess is the code of a few words, dangers first.
func (c *Classifier) guess(t words) (string, float64) {
	var r Result
	if c.danger(t, &r) {
		return r.Code, 1
	}
	probs := c.model.Read(modelText(t.folded))[0].Probs
	c.border(t, probs)
	best, _ := c.best(probs)
	return c.codes[best], probs[best]
}

// sharePlaces gives a place that was named once, at the end, to the parts before
// it that have none: "桶满了，还有我想报名食堂，三组的".
func (c *Classifier) sharePlaces(all []Result) {
	if len(all) < 2 {
		return
	}
	last := all[len(all)-1]
	if last.Place == "" || !endsWithPlace(last.Part, last.Place) {
		return
	}
	for i := range all[:len(all)-1] {
		if all[i].Place == "" && all[i].Area == "" {
			all[i].Area, all[i].Place = last.Area, last.Place
		} else if all[i].Area == "" {
			all[i].Area = last.Area
		}
	}
}

func endsWithPlace(part, place string) bool {
	s := strings.TrimRight(message.Fold(part), "的。.!,， 这里边")
	return strings.HasSuffix(s, message.Fold(place))
}
