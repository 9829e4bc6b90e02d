package directory

import (
	"slices"
	"strings"
	"time"

	"sanshi/internal/message"
)

// Question is what a resident asked and nobody had written down.
type Question struct {
	ID      string
	Village string
	Address message.Address
	Text    string
	At      time.Time
}

// Enough is how often something must be asked before the secretary is shown that
// an answer is worth writing down.
const Enough = 3

// Group is questions that ask for the same.
type Group struct {
	Questions []Question // the newest first
	Word      string     // what they have in common, as a name for the answer; may be ""
}

// IDs are those of its questions.
func (g Group) IDs() []string {
	out := make([]string, len(g.Questions))
	for i, q := range g.Questions {
		out[i] = q.ID
	}
	return out
}

// Often reports whether it was asked often enough.
func (g Group) Often() bool { return len(g.Questions) >= Enough }

// alike is the share of character pairs from which two questions ask for the same.
const alike = 0.5

// GroupQuestions puts together what asks for the same: by the words that are left
// when those that every question has are taken out. The most asked come first.
func GroupQuestions(all []Question) []Group {
	var groups []Group
	for _, q := range all {
		i := slices.IndexFunc(groups, func(g Group) bool {
			return slices.ContainsFunc(g.Questions, func(o Question) bool { return similar(o.Text, q.Text) })
		})
		if i < 0 {
			groups = append(groups, Group{})
			i = len(groups) - 1
		}
		groups[i].Questions = append(groups[i].Questions, q)
	}
	for i := range groups {
		slices.SortStableFunc(groups[i].Questions, func(a, b Question) int { return b.At.Compare(a.At) })
		groups[i].Word = common(groups[i].Questions)
	}
	slices.SortStableFunc(groups, func(a, b Group) int { return len(b.Questions) - len(a.Questions) })
	return groups
}

// filler is what a question has whatever it asks for.
var filler = strings.NewReplacer("请问", "", "什么时候", "", "啥时候", "", "几时", "", "几点", "", "哪天", "", "几号", "", "在哪里", "", "在哪儿", "", "在哪", "",
	"哪里", "", "多少", "", "怎么", "", "开门", "", "关门", "", "今天", "", "明天", "", "现在", "", "村里", "", "我们", "", "有没有", "", "有人", "",
	"可以", "", "能不能", "", "whattime", "", "when", "", "where", "", "open", "", "the", "", "does", "", "is", "")

func subject(text string) string {
	bare := message.Bare(text)
	if s := strings.Trim(filler.Replace(bare), "的是了吗呢么呀啊有开"); len([]rune(s)) > 1 {
		return s
	}
	return bare
}

func similar(a, b string) bool {
	x, y := runePairs(subject(a)), runePairs(subject(b))
	if len(x) > len(y) {
		x, y = y, x
	}
	n := 0
	for p := range x {
		if y[p] {
			n++
		}
	}
	return len(x) > 0 && float64(n) >= alike*float64(len(x))
}

func runePairs(s string) map[[2]rune]bool {
	r, out := []rune(s), map[[2]rune]bool{}
	for i := 0; i+1 < len(r); i++ {
		out[[2]rune{r[i], r[i+1]}] = true
	}
	return out
}

// common is the longest run of characters in all of them; "" when it is shorter
// than two.
func common(all []Question) string {
	first := []rune(subject(all[0].Text))
	for n := min(len(first), 12); n >= 2; n-- {
		for i := 0; i+n <= len(first); i++ {
			run := string(first[i : i+n])
			if !slices.ContainsFunc(all, func(q Question) bool { return !strings.Contains(subject(q.Text), run) }) {
				return run
			}
		}
	}
	return ""
}
