package matter

import (
	"slices"

	"sanshi/internal/catalog"
	"sanshi/internal/directory"
)

// Quiet reports a danger of which only few may know: violence at home, abuse,
// talk of suicide. It pages the sensitive staff and the secretary, never a
// channel, and its page holds none of the words.
func (m Matter) Quiet() bool { return QuietDanger(m.Danger) }

// QuietDanger reports it of a danger by its name.
func QuietDanger(danger string) bool { return danger == "violence" || danger == "suicide" }

// Told lists the staff whom a notice to this audience is for, each once. It is
// nil for the audiences that are residents.
func Told(v *directory.Village, m Matter, to Audience) []directory.Staff {
	var who []directory.Staff
	switch to {
	case ToAssignee:
		who = members(v, m.Assignee)
	case ToLead:
		who = leadsOf(v, &m)
	case ToSecretary:
		who = secretaries(v)
	case ToTownship:
		who = township(v)
	case ToQueue:
		who = keepers(v, &m)
	case ToSquad:
		who = append(Paged(v, m), members(v, m.Assignee)...)
	case ToNext:
		who = Round(v, m, m.Paged)
	}
	return once(who)
}

// Rounds of pages for an emergency: those on duty and the secretary, then the
// next, then a call, then the township.
const Rounds = 4

// CallRound is the one that goes out as a call where voice is on.
const CallRound = 3

// Round lists who is paged in a round, 1 to Rounds. Where a duty roster says who
// is on duty, those and the secretary are first, and the squad is next; else the
// squad is first, and next is one more person: the area's lead, the other leads,
// the committee, the township. The third, a call, is for all of these together.
// A quiet danger never goes to others: its later rounds are the first again.
func Round(v *directory.Village, m Matter, round int) []directory.Staff {
	first := there(once(append(firstPaged(v, &m), secretaries(v)...)))
	if round <= 1 || m.Quiet() {
		return first
	}
	next := nextPaged(v, &m, first)
	switch {
	case round == 2 && len(next) > 0:
		return next
	case round < Rounds:
		return append(first, next...)
	}
	if who := there(township(v)); len(who) > 0 {
		return who
	}
	return append(first, next...)
}

// Paged lists whoever was paged so far: all of them must hear where it is, and
// when nobody need go any more.
func Paged(v *directory.Village, m Matter) []directory.Staff {
	var who []directory.Staff
	for round := 1; round <= max(1, m.Paged); round++ {
		who = append(who, Round(v, m, round)...)
	}
	return once(who)
}

// firstPaged is who is paged at once besides the secretary. Somebody always is:
// where all are away, those are paged all the same.
func firstPaged(v *directory.Village, m *Matter) []directory.Staff {
	if m.Quiet() {
		return members(v, v.Sensitive...)
	}
	if who := v.OnDuty(m.PagedAt); len(who) > 0 {
		return who
	}
	return slices.Clone(squad(v, m))
}

// nextPaged is the squad where others were on duty, else the first person not
// yet paged.
func nextPaged(v *directory.Village, m *Matter, first []directory.Staff) (next []directory.Staff) {
	for _, s := range squad(v, m) {
		if !s.Away && !has(first, s.ID) {
			next = append(next, s)
		}
	}
	if len(next) > 0 {
		return next
	}
	others := slices.Concat(leadsOf(v, m), v.WithRole(directory.Lead), v.WithRole(directory.Committee), township(v), v.WithRole(directory.Administrator))
	for _, s := range others {
		if !s.Away && !has(first, s.ID) {
			return []directory.Staff{s}
		}
	}
	return nil
}

// there leaves out who is away, unless nobody would be left.
func there(who []directory.Staff) []directory.Staff {
	here := slices.DeleteFunc(slices.Clone(who), func(s directory.Staff) bool { return s.Away })
	if len(here) == 0 {
		return who
	}
	return here
}

// mayBePaged reports whether somebody is of the squad, on the duty roster, or was
// paged: whoever is called to an emergency may take it, whatever her area.
func mayBePaged(v *directory.Village, m *Matter, id string) bool {
	return has(squad(v, m), id) || !m.Quiet() && v.HasDuty(id) || m.Paged > 0 && has(Paged(v, *m), id)
}

// squad is who sees to emergencies: named by the village, or the area's leads.
func squad(v *directory.Village, m *Matter) []directory.Staff {
	if m.Quiet() {
		return members(v, v.Sensitive...)
	}
	if len(v.Squad) > 0 {
		return members(v, v.Squad...)
	}
	return leadsOf(v, m)
}

// leadsOf is who leads the matter's area; all leads when it has none.
func leadsOf(v *directory.Village, m *Matter) []directory.Staff {
	if s, ok := v.LeadOf(m.Area); ok {
		return []directory.Staff{s}
	}
	var who []directory.Staff
	for _, s := range v.WithRole(directory.Lead) {
		if s.Covers(v, m.Area) {
			who = append(who, s)
		}
	}
	return who
}

// keepers is who looks after the queue that the matter is in.
func keepers(v *directory.Village, m *Matter) []directory.Staff {
	switch {
	case m.Private: // nobody may see it by standing at the queue: the secretary assigns it
		return secretaries(v)
	case m.Township:
		return township(v)
	case m.Kind != catalog.Government:
		return leadsOf(v, m)
	}
	var who []directory.Staff
	for _, s := range v.WithRole(directory.Officer) {
		if s.Department != "" && ofDepartment(m, &s) {
			who = append(who, s)
		}
	}
	if len(who) == 0 {
		return township(v)
	}
	return who
}

// secretaries is who stands for the secretary: those who are there, in their
// absence the committee too.
func secretaries(v *directory.Village) []directory.Staff {
	who := v.WithRole(directory.Secretary)
	if secretaryAway(v) {
		return append(who, v.WithRole(directory.Committee)...)
	}
	return slices.DeleteFunc(who, func(s directory.Staff) bool { return s.Away })
}

// township is its officers without a department, or else the administrators.
func township(v *directory.Village) []directory.Staff {
	who := slices.DeleteFunc(v.WithRole(directory.Officer), func(s directory.Staff) bool { return s.Department != "" })
	if len(who) == 0 {
		return v.WithRole(directory.Administrator)
	}
	return who
}

func members(v *directory.Village, ids ...string) []directory.Staff {
	var who []directory.Staff
	for _, id := range ids {
		if s, ok := v.Member(id); ok {
			who = append(who, s)
		}
	}
	return who
}

func has(who []directory.Staff, id string) bool {
	return slices.ContainsFunc(who, func(s directory.Staff) bool { return s.ID == id })
}

func once(who []directory.Staff) []directory.Staff {
	var out []directory.Staff
	for _, s := range who {
		if !has(out, s.ID) {
			out = append(out, s)
		}
	}
	return out
}
