package directory

import (
	"fmt"
	"slices"
	"strings"

	"sanshi/internal/catalog"
)

// Doubt is something about a village that can be meant as it is, but leaves
// somebody without an answer.
type Doubt struct {
	Text  string // what is so, and what to do
	Grave bool   // nothing can be settled until it is mended
}

// Doubts lists the doubts about a village. What cannot be meant is a fault, which
// Parse reports.
func (v *Village) Doubts() []Doubt {
	var out []Doubt
	doubt := func(format string, args ...any) { out = append(out, Doubt{Text: fmt.Sprintf(format, args...)}) }
	if len(v.WithRole(Secretary)) == 0 {
		out = append(out, Doubt{"nobody is secretary, so nothing can be approved: add one under [[staff]], or with bot import staff", true})
	}
	if len(v.SMS) == 0 && v.MessagingService == "" {
		doubt("no number to text it: set sms")
	}
	paged, others := v.unreachable()
	if len(paged) > 0 {
		doubt("cannot be told of an emergency, having neither phone nor slack: %s", strings.Join(paged, ", "))
	}
	if only := v.slackOnly(); len(only) > 0 {
		doubt("would be paged in Slack only, having no phone: %s: give each a phone, or an emergency waits for Slack", strings.Join(only, ", "))
	}
	if len(others) > 0 {
		doubt("learn of their work in the console only, having neither phone nor slack: %s", strings.Join(others, ", "))
	}
	if holes := v.dutyHoles(); len(holes) > 0 {
		doubt("nobody is on duty at %s: then the squad is paged at once; fill it under [[duty]] if that is not meant", strings.Join(holes, "; "))
	}
	if missing := v.missingNumbers(); len(missing) > 0 {
		doubt("residents in danger are told to call \"the emergency number\": write those of %s under [numbers]: %s", v.Country, strings.Join(missing, ", "))
	}
	for i, s := range v.Staff {
		for _, o := range v.Staff[:i] {
			if s.Phone != "" && s.Phone == o.Phone {
				doubt("%s and %s share a phone: a text to one is read by both, and none can say who answers", o.ID, s.ID)
			}
		}
	}
	if who := v.stopped(); len(who) > 0 {
		doubt("sent a stop word, so no text reaches them: %s: work with them some other way, or ask them to text 开始 (START)", strings.Join(who, ", "))
	}
	departments := Departments()
	for _, s := range v.Staff {
		if s.Role == Officer && s.Department != "" && !slices.Contains(departments, s.Department) {
			doubt("%s is of %q, a department to which no service of the catalogue belongs, so nothing comes to them: the departments are %s",
				s.ID, s.Department, strings.Join(departments, " "))
		}
	}
	return out
}

// stopped lists the staff who take no texts and are in no chat.
func (v *Village) stopped() (who []string) {
	for _, s := range v.Staff {
		if s.Stopped && s.Slack == "" {
			who = append(who, s.ID)
		}
	}
	return who
}

// unreachable lists the staff who can be sent nothing: who is paged in an
// emergency, and who else handles matters. Officers and supervisors work from the
// console and the API.
func (v *Village) unreachable() (paged, others []string) {
	paged = slices.DeleteFunc(v.pagedFirst(), func(id string) bool {
		s, _ := v.Member(id)
		return s.reachable()
	})
	handlers := []Role{Volunteer, Lead, Mediator, Committee}
	for _, s := range v.Staff {
		if slices.Contains(handlers, s.Role) && !s.reachable() && !slices.Contains(paged, s.ID) {
			others = append(others, s.ID)
		}
	}
	return paged, others
}

// pagedFirst are the ids of those whom an emergency reaches first, each once.
func (v *Village) pagedFirst() []string {
	ids := slices.Clone(v.Squad)
	for _, d := range v.Duty {
		ids = append(ids, d.Staff...)
	}
	for _, s := range v.WithRole(Secretary) {
		ids = append(ids, s.ID)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// slackOnly are those of them whom no text and no call reaches.
func (v *Village) slackOnly() []string {
	return slices.DeleteFunc(v.pagedFirst(), func(id string) bool {
		s, _ := v.Member(id)
		return s.Phone != "" || s.Slack == ""
	})
}

func (s Staff) reachable() bool { return s.Phone != "" || s.Slack != "" }

// Departments are those that the catalogue knows, in its order.
func Departments() []string {
	var out []string
	for _, s := range catalog.All() {
		if s.Department != "" && !slices.Contains(out, s.Department) {
			out = append(out, s.Department)
		}
	}
	return out
}
