package llm

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"sanshi/internal/message"
)

// veil is a text as it may leave: what tells who she is has given way to
// placeholders such as 〔电话1〕.
type veil struct {
	text   string
	hidden []string // pairs: a placeholder and what it stands for
}

// restore puts what was hidden back into a line of the answer.
func (v veil) restore(line string) string {
	return strings.NewReplacer(v.hidden...).Replace(line)
}

// mask hides numbers of people (phones, identity cards, bank cards, plates),
// addresses in the network, names and numbers of houses (PIPL art. 6 and 51: no
// more than the purpose needs). Places of the village stay: where it is, is what
// the question is about.
func mask(q Question) veil {
	s := see(q.Text)
	var found []span
	for _, w := range places(q.Areas) {
		found = append(found, s.each(w, "")...)
	}
	for _, r := range patterns {
		found = append(found, s.matching(r.re, r.label)...)
	}
	found = append(found, s.numbers()...)
	names := slices.Clone(q.Names)
	slices.SortFunc(names, func(a, b string) int { return len(b) - len(a) })
	for _, n := range names {
		found = append(found, s.each(n, "姓名")...)
	}
	found = append(found, s.matching(calledRE, "姓名")...)
	found = append(found, s.matching(houseRE, "门牌")...)
	return s.veil(found)
}

func places(areas []Area) (all []string) {
	for _, a := range areas {
		all = append(append(all, a.Name), a.Places...)
	}
	return all
}

// span is a part of a sight to be hidden; one without a label is to be kept as it
// is, against those that come after it.
type span struct {
	from, to int // in runes of the sight
	label    string
}

// sight is a text as a reader sees it: folded character by character (width,
// Traditional, invisible signs), each with its place in the text itself.
type sight struct {
	raw   string
	runes []rune
	at    []int // byte offset of the character that a rune came of
	end   []int // and of its end
}

func see(raw string) *sight {
	s := &sight{raw: raw}
	for i, r := range raw {
		_, size := utf8.DecodeRuneInString(raw[i:])
		folded := message.Fold(string(r))
		if unicode.IsSpace(r) {
			folded = " "
		}
		for _, f := range folded {
			s.runes, s.at, s.end = append(s.runes, f), append(s.at, i), append(s.end, i+size)
		}
	}
	return s
}

// patterns are hidden wherever they stand; the first group is what goes, if there is one.
var patterns = []struct {
	label string
	re    *regexp.Regexp
}{
	{"邮箱", regexp.MustCompile(`[a-z0-9._%+-]+ ?@ ?[a-z0-9-]+(?:\.[a-z0-9-]+)+`)},
	{"网址", regexp.MustCompile(`(?:https?://|www\.)[^\s\p{Han}]+`)},
	{"账号", regexp.MustCompile(`(?:微信号?|vx|v信|qq号?)[是: ]{0,2}([a-z0-9_-]{5,20})`)},
	{"密码", regexp.MustCompile(`(?:验证码|密码|口令)[是为: ]{0,2}([a-z0-9]{4,16})`)},
	{"车牌", regexp.MustCompile(`[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][a-z][ ·.]?[a-z0-9]{5,6}`)},
}

// surnames are the commonest, enough to know a name by when she says that one follows.
const surnames = `王李张刘陈杨黄赵周吴徐孙朱马胡郭林何高梁郑罗宋谢唐韩曹许邓萧冯曾程蔡彭潘袁于董余苏叶吕魏蒋田杜丁沈姜范江傅钟卢汪戴崔任陆廖姚方金邱夏谭韦贾邹石熊孟秦阎薛侯雷白龙段郝孔邵史毛常万顾赖武康贺严尹钱施牛洪龚汤陶黎温莫易樊乔文安殷颜庄章鲁倪庞邢俞翟蓝聂齐向申葛岳`

var (
	calledRE = regexp.MustCompile(`(?:我叫|名叫|叫做|名字是|姓名[是: ]*|户主[是: ]*|联系人[是: ]*)([` + surnames + `]\p{Han}{1,2})`)
	// houseRE is a number that people live at: 12号, 3栋2单元501室. A 3号 of a month is a day.
	houseRE = regexp.MustCompile(`(?:^|[^月0-9一二三四五六七八九十])((?:(?:[0-9]{1,4}|[一二三四五六七八九十百零]{1,4}) ?(?:号楼|号院|号|栋|幢|座|单元|室|户) ?)+(?:[0-9]{2,4})?)`)
)

// each finds a word, whatever its width and script.
func (s *sight) each(word, label string) (out []span) {
	w := []rune(message.Fold(word))
	if len(w) < 2 {
		return nil
	}
	for i := 0; i+len(w) <= len(s.runes); i++ {
		if slices.Equal(s.runes[i:i+len(w)], w) {
			out = append(out, span{i, i + len(w), label})
		}
	}
	return out
}

func (s *sight) matching(re *regexp.Regexp, label string) (out []span) {
	text := string(s.runes)
	for _, m := range re.FindAllStringSubmatchIndex(text, -1) {
		from, to := m[0], m[1]
		if len(m) > 2 && m[2] >= 0 {
			from, to = m[2], m[3]
		}
		out = append(out, span{utf8.RuneCountInString(text[:from]), utf8.RuneCountInString(text[:to]), label})
	}
	return out
}

// spoken are the digits as they are written out.
var spoken = map[rune]rune{'〇': '0', '零': '0', '一': '1', '幺': '1', '壹': '1', '二': '2', '贰': '2', '三': '3', '叁': '3', '四': '4',
	'肆': '4', '五': '5', '伍': '5', '六': '6', '陆': '6', '七': '7', '柒': '7', '八': '8', '捌': '8', '九': '9', '玖': '9'}

func digit(r rune) rune {
	if r >= '0' && r <= '9' {
		return r
	}
	return spoken[r]
}

// leastDigits of a number that may lead to a person; sums of money are shorter,
// and have their unit behind them.
const (
	leastDigits = 6
	surelyOne   = 9
)

// numbers finds runs of digits, with signs and spaces between them.
func (s *sight) numbers() (out []span) {
	for i := 0; i < len(s.runes); i++ {
		if digit(s.runes[i]) == 0 {
			continue
		}
		digits, end := s.run(i)
		if len(digits) >= leastDigits && (len(digits) >= surelyOne || !s.counted(end)) {
			out = append(out, span{i, end, kindOfNumber(digits)})
		}
		i = end - 1
	}
	return out
}

// run is the number that begins at i: its digits, and where it ends.
func (s *sight) run(i int) (digits string, end int) {
	var b strings.Builder
	for gap := 0; i < len(s.runes) && gap <= 2; i++ {
		switch d := digit(s.runes[i]); {
		case d != 0:
			b.WriteRune(d)
			gap, end = 0, i+1
		case s.runes[i] == 'x' && b.Len() == 17: // the check digit of an identity card
			b.WriteByte('X')
			return b.String(), i + 1
		case strings.ContainsRune(" -.·_()/+*,、", s.runes[i]):
			gap++
		default:
			return b.String(), end
		}
	}
	return b.String(), end
}

// counted: what follows says that the number is a sum or a measure.
func (s *sight) counted(end int) bool {
	return end < len(s.runes) && strings.ContainsRune("元块万千斤亩平米度吨公", s.runes[end])
}

func kindOfNumber(digits string) string {
	switch n := len(digits); {
	case n == 11 && digits[0] == '1', n == 13 && strings.HasPrefix(digits, "861"):
		return "电话"
	case n == 15, n == 18:
		return "证件"
	case n >= 16 && n <= 19:
		return "卡号"
	}
	return "号码"
}

// veil lays the spans over the text: of two that overlap the one found first
// counts. Invisible signs go, and so do the marks that only we may set.
func (s *sight) veil(found []span) veil {
	taken := make([]bool, len(s.runes))
	var hide []span
	for _, f := range found {
		if slices.Contains(taken[f.from:f.to], true) {
			continue
		}
		for i := f.from; i < f.to; i++ {
			taken[i] = true
		}
		if f.label != "" {
			hide = append(hide, f)
		}
	}
	slices.SortFunc(hide, func(a, b span) int { return a.from - b.from })
	var v veil
	var b strings.Builder
	given := map[string]string{} // the same number has the same placeholder
	count := map[string]int{}
	from := 0
	for _, h := range hide {
		at, end := max(s.at[h.from], from), s.end[h.to-1]
		if at >= end { // one character that reads as several, already hidden
			continue
		}
		what := s.raw[at:end]
		key := h.label + string(s.runes[h.from:h.to])
		if given[key] == "" {
			count[h.label]++
			given[key] = fmt.Sprintf("〔%s%d〕", h.label, count[h.label])
			v.hidden = append(v.hidden, given[key], what)
		}
		b.WriteString(harmless(s.raw[from:at]))
		b.WriteString(given[key])
		from = end
	}
	b.WriteString(harmless(s.raw[from:]))
	v.text = strings.TrimSpace(b.String())
	return v
}

// harmless takes out what a reader does not see, and changes the marks that only
// we may set.
func harmless(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '⟦', r == '〔':
			return '('
		case r == '⟧', r == '〕':
			return ')'
		case unicode.IsSpace(r):
			return ' '
		case message.Fold(string(r)) == "":
			return -1
		}
		return r
	}, s)
}
