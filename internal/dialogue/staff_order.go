package dialogue

import (
	"strings"
	"unicode"

	"sanshi/internal/catalog"
	"sanshi/internal/matter"
	"sanshi/internal/message"
)

// order is one thing that a member of staff asks for in a text: "1,3好",
// "2不办 不归村里管", "接0427-0".
type order struct {
	digits []int    // of the list she was sent
	number string   // of a matter, in the form of matter.Number
	all    bool     // all of the list
	verb   verb     // what is to be done
	words  string   // reason, question or note, as she wrote it
	what   verbWord // what the word says besides: kind, outcome
	into   int      // of merge: the digit of the target
	who    string   // of assign: id of whoever is to do it
}

// named reports whether the order says which matter it is about.
func (o order) named() bool { return len(o.digits) > 0 || o.number != "" || o.all }

// reader reads a text from left to right. folded has a rune for each of text, so
// that reasons and notes are taken as they were written.
type reader struct {
	text, folded []rune
	at           int
}

// maxOrder is how long a text may be that gives orders.
const maxOrder = 500

// parseOrders reads all orders of a text. What it does not understand is left over.
func parseOrders(text string) (orders []order, left string) {
	r := newReader(text)
	if len(r.text) > maxOrder {
		return nil, text
	}
	for r.skip(separators); r.at < len(r.folded); r.skip(separators) {
		from := r.at
		o, ok := r.order()
		if !ok {
			left = strings.TrimSpace(string(r.text[from:]))
			break
		}
		orders = append(orders, o)
	}
	if courtesy[message.Bare(left)] {
		left = ""
	}
	return orders, left
}

func newReader(text string) *reader {
	r := &reader{text: []rune(strings.TrimSpace(text))}
	r.folded = make([]rune, len(r.text))
	for i, x := range r.text {
		r.folded[i] = x
		if f := []rune(message.Fold(string(x))); len(f) == 1 {
			r.folded[i] = f[0]
		} else if len(f) == 0 {
			r.folded[i] = ' '
		}
		if n, ok := message.Digit(string(x)); ok && unicode.IsDigit(r.folded[i]) { // of any script
			r.folded[i] = rune('0' + n)
		}
	}
	return r
}

// order reads one: which matters and what to do, in either order. A verb that
// takes words has all that follows, up to the next order.
func (r *reader) order() (order, bool) {
	var o order
	r.refs(&o)
	before := o.named()
	r.skip(" :")
	w, ok := r.verb(before)
	if !ok {
		if o.verb = toChoose; o.number != "" && len(o.digits) == 0 {
			o.verb = toDetails // a number by itself asks what has become of it
		}
		return o, before && !o.all && r.end()
	}
	o.verb, o.what = w.verb, w
	if !before {
		mark := r.at
		r.skip(" :")
		if r.refs(&o); !o.named() || !r.boundary() {
			o, r.at = order{verb: w.verb, what: w}, mark
		}
		w.keep = w.keep && r.at == mark
	}
	switch {
	case w.verb == toMerge:
		return o, r.target(&o)
	case w.words:
		r.takeWords(&o, w)
		return o, !asking[message.Bare(o.words)]
	}
	r.skip(particles)
	return o, r.boundary() || r.digit()
}

// refs reads which matters are meant.
func (r *reader) refs(o *order) {
	if r.word("全部") || r.word("全都") || r.word("都") || r.word("全") || r.word("all ") {
		o.all = true
		return
	}
	for n := 0; n < 20; n++ {
		mark := r.at
		r.skip(" ,、.和跟与及#")
		if !r.ref(o) {
			r.at = mark
			return
		}
	}
}

// ref reads one digit or number. A digit that counts something is none: 3组, 2号楼.
func (r *reader) ref(o *order) bool {
	mark := r.at
	led := r.word("第") || r.word("回") || r.word("选")
	from := r.at
	for r.at < len(r.folded) && unicode.IsDigit(r.folded[r.at]) {
		r.at++
	}
	token := string(r.folded[from:r.at])
	if token == "" {
		if n, ok := message.Numeral(r.peek()); ok && n > 0 && r.at < len(r.folded) {
			r.at++
			if counted := r.counter(); counted || led || r.end() && from == 0 {
				o.digits = append(o.digits, n)
				return true
			}
		}
		r.at = mark
		return false
	}
	if number, ok := r.number(from, token); ok {
		o.number = number
		return true
	}
	if len(token) == 2 && token[0] == '0' { // 02: details of the second
		o.digits = append(o.digits, 0)
	}
	n := 0
	for _, d := range token {
		n = n*10 + int(d-'0')
	}
	counted := r.counter()
	if len(token) > 4 || !counted && strings.ContainsAny(r.peek(), units) {
		r.at = mark
		return false
	}
	o.digits = append(o.digits, n)
	return true
}

// counter reads the word that counts matters.
func (r *reader) counter() bool {
	return r.word("件") || r.word("条") || r.word("个") && r.boundary()
}

// number reads a matter's number, with its dash or without.
func (r *reader) number(from int, token string) (string, bool) {
	mark := r.at
	if len(token) >= 4 && r.at+1 < len(r.folded) && strings.ContainsRune("-‐‑–—−一_", r.folded[r.at]) && unicode.IsDigit(r.folded[r.at+1]) {
		r.at += 2
	}
	if n, ok := matter.ParseNumber(string(r.folded[from:r.at])); ok {
		return n, true
	}
	r.at = mark
	return "", false
}

// verb reads the longest word that says what to do. Without a digit before it the
// word must stand alone, so that 退休金 is no return.
func (r *reader) verb(led bool) (verbWord, bool) {
	for n := min(longestVerb, len(r.folded)-r.at); n > 0; n-- {
		w, ok := verbs[string(r.folded[r.at:r.at+n])]
		if !ok {
			continue
		}
		mark := r.at
		r.at += n
		if w.needsDigit && !led || !led && !w.free && !r.boundary() && !r.digit() {
			r.at = mark
			continue
		}
		if led && !w.words && !r.closes() {
			r.at = mark
			continue
		}
		return w, true
	}
	return r.named(led)
}

// named reads the name of a service ("2路灯", "1改低保") or a date ("明天去", "28号前").
func (r *reader) named(led bool) (verbWord, bool) {
	mark := r.at
	for _, p := range []string{"改成", "改为", "改到", "改", "是", "算"} {
		if led && r.word(p) {
			break
		}
	}
	from := r.at
	for r.at < len(r.folded) && !strings.ContainsRune(separators, r.folded[r.at]) {
		r.at++
	}
	word := strings.TrimRight(string(r.folded[from:r.at]), particles)
	if code := serviceNamed(word); code != "" && led {
		return verbWord{verb: toCorrect, code: code}, true
	}
	if d, ok := dateIn(word); ok && (led || d.told) {
		return verbWord{verb: toPlan, date: d}, true
	}
	r.at = mark
	return verbWord{}, false
}

// serviceNamed finds a service by its code or by one of its names.
func serviceNamed(word string) string {
	if length(word) < 2 {
		return ""
	}
	for _, s := range catalog.All() {
		if strings.EqualFold(s.Code, word) {
			return s.Code
		}
		for _, name := range strings.FieldsFunc(s.Zh, func(r rune) bool { return strings.ContainsRune("、（）：", r) }) {
			if name == word {
				return s.Code
			}
		}
	}
	return ""
}

// target reads into which of the list a matter is merged.
func (r *reader) target(o *order) bool {
	var t order
	r.skip(" 到进入")
	if !r.ref(&t) || len(t.digits) != 1 || len(o.digits) == 0 {
		return false
	}
	o.into = t.digits[0]
	return r.boundary()
}

// takeWords takes what follows a verb. A reason ends where the next order begins:
// "1不办 不归村里管，2好".
func (r *reader) takeWords(o *order, w verbWord) {
	from := r.at
	if !w.keep || w.needsDigit && r.boundary() {
		r.skip(separators)
		from = r.at
	} else { // 不归村里管: the word is part of the reason
		from -= length(w.word)
	}
	end := len(r.text)
	if w.ends {
		end = r.nextOrder(r.at)
	}
	o.words = strings.Trim(string(r.text[from:end]), " ,.。，、:：;；")
	if w.ends && length(o.words) <= 2 { // 不了, 不好: no reason
		o.words = ""
	}
	r.at = end
}

// nextOrder finds where, behind a separator, a digit and a plain verb follow.
func (r *reader) nextOrder(from int) int {
	for i := from; i < len(r.folded); i++ {
		if i > from && !strings.ContainsRune(separators, r.folded[i-1]) || !unicode.IsDigit(r.folded[i]) {
			continue
		}
		probe := reader{text: r.text, folded: r.folded, at: i}
		var o order
		probe.refs(&o)
		if w, ok := probe.verb(true); ok && len(o.digits) > 0 && (probe.closes() || w.words && w.ends) {
			return i
		}
	}
	return len(r.text)
}

func (r *reader) word(w string) bool {
	x := []rune(w)
	if len(r.folded)-r.at < len(x) || string(r.folded[r.at:r.at+len(x)]) != w {
		return false
	}
	r.at += len(x)
	return true
}

func (r *reader) peek() string {
	if r.at >= len(r.folded) {
		return ""
	}
	return string(r.folded[r.at])
}

func (r *reader) digit() bool {
	return r.at < len(r.folded) && unicode.IsDigit(r.folded[r.at])
}

func (r *reader) skip(set string) {
	for r.at < len(r.folded) && strings.ContainsRune(set, r.folded[r.at]) {
		r.at++
	}
}

// end reports whether nothing but signs is left.
func (r *reader) end() bool {
	return message.Bare(string(r.folded[r.at:])) == ""
}

// boundary reports whether a word ends here.
func (r *reader) boundary() bool {
	return r.end() || strings.ContainsRune(separators, r.folded[r.at])
}

// closes: a word ends here, perhaps behind a particle, or the next digit begins.
func (r *reader) closes() bool {
	probe := *r
	probe.skip(particles)
	return probe.boundary() || probe.digit()
}

const (
	separators = " ,.，。、;；:：!！\n\t"
	particles  = "了吧的啊呀哦嘛呢哈咯"
	// units behind a digit make it a count, a date or a place.
	units = "组号楼点天元块人户年月岁分次只头米斤队排栋单层期届亩瓶袋斗台盏辆匹周星礼时秒%"
)

// courtesy is left over and asks for nothing.
var courtesy = set("", "谢谢", "多谢", "辛苦", "辛苦了", "谢谢了", "谢了", "麻烦了", "了", "就这样", "这样", "thanks", "thankyou", "please")

// asking makes of "it is done" a question.
var asking = set("没", "没有", "没得", "吗", "么", "不", "了没", "了吗", "未", "了没有")
