package handlers_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"sanshi/handlers"
	"sanshi/internal/catalog"
	"sanshi/internal/directory"
	"sanshi/internal/matter"
)

// TestStories plays the files in testdata/stories, which a secretary can read:
//
//	policy household=0.9          what the village lets through
//	raiser secretary              she raises it, from her own phone
//	raise H4 urgent private=true  on Monday, 27 April 2026, 9:30
//	secretary approve note=好     who does what, with what
//	wait 3d · until 05-06T18:00 · clock
//	= queued tells raiser:approved with assignee= due=04-29T18:00
//	= refused invalid note        how the act before ended
func TestStories(t *testing.T) {
	files, err := filepath.Glob("testdata/stories/*.txt")
	if err != nil || len(files) < 15 {
		t.Fatalf("%d stories found, %v", len(files), err)
	}
	for _, f := range files {
		t.Run(strings.TrimSuffix(filepath.Base(f), ".txt"), func(t *testing.T) {
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			p := play{t: t, now: now, village: office("ordinary"), raiser: matter.ResidentActor(hers)}
			for n, s := range strings.Split(string(text), "\n") {
				p.line = n + 1
				p.step(strings.Fields(s))
			}
			if p.said == "" || p.pending {
				t.Error("a story tells what becomes of each act")
			}
		})
	}
}

// play is a story being played.
type play struct {
	t       *testing.T
	line    int
	now     time.Time
	village *directory.Village
	raiser  matter.Actor
	m       matter.Matter
	tells   []string
	opens   []matter.Opening
	err     error
	pending bool // an act whose end was not told yet
	said    string
}

func (p *play) step(f []string) {
	if len(f) == 0 || f[0] == "#" {
		return
	}
	if p.pending != (f[0] == "=") {
		p.t.Fatalf("line %d: an act, then what became of it", p.line)
	}
	switch f[0] {
	case "policy":
		for k, v := range pairs(f[1:]) {
			p.village.Policy[k] = number(v)
		}
	case "raiser":
		p.raiser = matter.ResidentActor("sms:+8613900000001")
	case "wait":
		p.now = p.now.Add(duration(f[1]))
	case "until":
		p.now = p.moment(f[1])
	case "=":
		p.pending = false
		p.check(f[1:])
	default:
		p.pending, p.tells, p.opens, p.err = true, nil, nil, nil
		p.act(f)
	}
}

func (p *play) act(f []string) {
	switch {
	case f[0] == "raise":
		p.raise(f)
	case f[0] == "clock":
		for _, a := range handlers.All()[p.m.Kind].Clock(p.bench(""), p.m, p.now) {
			p.take(handlers.All()[p.m.Kind].Decide(p.bench(""), p.m, a))
		}
	default:
		v := pairs(f[2:])
		a := matter.Act{
			Kind: matter.EventKind(f[1]), By: p.who(f[0]), At: p.now, Note: v["note"], Approve: v["approve"] == "true",
			Version: int(number(v["version"])), Detail: matter.Detail{
				Kind: catalog.Kind(v["kind"]), Code: v["code"], Area: v["area"], Urgency: catalog.Urgency(v["urgency"]),
				Assignee: v["assignee"], Into: v["into"], Rating: int(number(v["rating"])), Outcome: v["outcome"], Photo: v["photo"],
				For: v["for"], Danger: v["danger"], Confidence: number(v["confidence"]),
			},
		}
		if v["date"] != "" {
			a.Detail.Due = p.moment(v["date"] + "T18:00")
		}
		p.take(handlers.All()[p.m.Kind].Decide(p.bench(v["into"]), p.m, a))
	}
}

func (p *play) raise(f []string) {
	v := pairs(f[3:])
	in := matter.NewMatter{
		ID: "m", Code: f[1], Kind: catalog.KindOf(f[1]), Urgency: catalog.Urgency(f[2]), Area: "g1", Source: "rule",
		Danger: v["danger"], Private: v["private"] == "true", Confidence: number(v["confidence"]), By: p.raiser, At: p.now,
	}
	p.take(handlers.All()[in.Kind].Open(p.bench(""), in))
}

func (p *play) who(s string) matter.Actor {
	return actor(p.village, s)
}

func (p *play) bench(into string) matter.Bench {
	b := matter.Bench{Village: p.village, Calendar: calendar}
	targets := map[string]matter.Matter{
		"open":    {Village: "v", ID: "open", State: matter.Queued},
		"ended":   {Village: "v", ID: "ended", State: matter.Closed},
		"foreign": {Village: "w", ID: "foreign", State: matter.Queued},
		"m":       p.m,
	}
	if m, ok := targets[into]; ok {
		b.Into = &m
	}
	return b
}

func (p *play) take(d matter.Decision, err error) {
	if p.err = err; err != nil {
		return
	}
	p.m, p.opens = d.Matter, append(p.opens, d.Opens...)
	for _, n := range d.Tell {
		who := string(n.To)
		if n.To == matter.ToAssignee {
			who += "=" + n.Staff
		}
		p.tells = append(p.tells, who+":"+n.Key)
	}
}

// check compares how an act ended with what the story says.
func (p *play) check(want []string) {
	p.t.Helper()
	p.said = want[0]
	if want[0] == "refused" {
		var refused *matter.Error
		if !errors.As(p.err, &refused) {
			p.t.Fatalf("line %d: done, not refused: %+v", p.line, p.m)
		}
		if got := strings.TrimSpace(fmt.Sprint(refused.Problem, " ", fieldOf(refused))); got != strings.Join(want[1:], " ") {
			p.t.Fatalf("line %d: refused %s (%s), not %s", p.line, got, refused.Message, strings.Join(want[1:], " "))
		}
		return
	}
	if p.err != nil {
		p.t.Fatalf("line %d: refused: %v", p.line, p.err)
	}
	if got := string(p.m.State); got != want[0] {
		p.t.Fatalf("line %d: is %s, not %s", p.line, got, want[0])
	}
	p.checkMore(want[1:])
}

// fieldOf is the field of a refused value; with a right or a state it says nothing new.
func fieldOf(e *matter.Error) string {
	if e.Problem == matter.Forbidden || e.Problem == matter.Conflict {
		return ""
	}
	return e.Field
}

func (p *play) checkMore(want []string) {
	p.t.Helper()
	parts := map[string][]string{}
	head := ""
	for _, w := range want {
		if slices.Contains([]string{"tells", "with", "opens"}, w) {
			head = w
			parts[w] = []string{}
			continue
		}
		parts[head] = append(parts[head], w)
	}
	if told := parts["tells"]; told != nil {
		told = slices.DeleteFunc(told, func(s string) bool { return s == "nobody" })
		slices.Sort(told)
		slices.Sort(p.tells)
		if !slices.Equal(told, p.tells) {
			p.t.Errorf("line %d: tells %v, not %v", p.line, p.tells, told)
		}
	}
	for k, v := range pairs(parts["with"]) {
		if got := p.field(k); got != v {
			p.t.Errorf("line %d: %s is %q, not %q", p.line, k, got, v)
		}
	}
	if (len(parts["opens"]) > 0) != (len(p.opens) > 0) {
		p.t.Fatalf("line %d: opens %+v", p.line, p.opens)
	}
	for i, w := range parts["opens"] {
		if got := []string{p.opens[0].Code, "earlier=" + p.opens[0].Earlier}[i]; got != w {
			p.t.Errorf("line %d: opens %s, not %s", p.line, got, w)
		}
	}
}

func (p *play) field(k string) string {
	m := p.m
	switch k {
	case "due":
		return m.DueAt.In(shanghai).Format("01-02T15:04")
	case "assignee":
		return m.Assignee
	case "approved":
		return m.ApprovedBy
	case "private":
		return strconv.FormatBool(m.Private)
	case "unshown":
		return strconv.FormatBool(m.Unshown)
	case "rating":
		return strconv.Itoa(m.Rating)
	case "returned":
		return strconv.Itoa(m.Returned)
	case "reopened":
		return strconv.Itoa(m.Reopened)
	case "waiting":
		return m.WaitingFor
	case "outcome":
		return m.Outcome
	case "kind":
		return string(m.Kind)
	case "code":
		return m.Code
	case "source":
		return m.Source
	case "into":
		return m.MergedInto
	}
	p.t.Fatalf("line %d: nothing is called %q", p.line, k)
	return ""
}

func (p *play) moment(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02T15:04", "2026-"+s, shanghai)
	if err != nil {
		p.t.Fatalf("line %d: %v", p.line, err)
	}
	return t
}

func pairs(f []string) map[string]string {
	out := map[string]string{}
	for _, s := range f {
		k, v, _ := strings.Cut(s, "=")
		out[k] = v
	}
	return out
}

func number(s string) float64 {
	n, _ := strconv.ParseFloat(s, 64)
	return n
}

func duration(s string) time.Duration {
	if days, ok := strings.CutSuffix(s, "d"); ok {
		n, _ := strconv.Atoi(days)
		return time.Duration(n) * 24 * time.Hour
	}
	d, _ := time.ParseDuration(s)
	return d
}
