package matter

import (
	"slices"
	"strings"

	"sanshi/internal/catalog"
	"sanshi/internal/directory"
)

// fits reports whether the actor is one of these, for this matter.
func (w Who) fits(v *directory.Village, m *Matter, a *Act) bool {
	if w == ByAuthor {
		return author(v, m, &a.By)
	}
	if a.By.Staff == nil {
		return w.fitsOutsider(m, a)
	}
	s := a.By.Staff
	switch w {
	case BySecretary:
		return s.Role == directory.Secretary
	case ByStandIn:
		return s.Role == directory.Committee && secretaryAway(v)
	case ByLead:
		return leads(v, m, s) && trusted(v, m, s)
	case ByVolunteer, ByMediator, ByCommittee:
		return s.Role == roleOf(w) && s.Covers(v, m.Area) && trusted(v, m, s)
	case ByOfficer:
		return ofDepartment(m, s) && trusted(v, m, s)
	case ByTownship:
		return s.Role == directory.Officer && s.Department == ""
	case ByAdmin:
		return s.Role == directory.Administrator
	case BySensitive:
		return m.Private && v.IsSensitive(s.ID)
	case BySquad:
		return m.Urgency == catalog.Emergency && mayBePaged(v, m, s.ID)
	case ByAssignee:
		return m.Assignee != "" && m.Assignee == s.ID
	case ByReader:
		return MayRead(v, *m, *s)
	case ByStaff:
		return true
	}
	return false
}

// fitsOutsider is fits for those who are not staff.
func (w Who) fitsOutsider(m *Matter, a *Act) bool {
	by := a.By
	switch w {
	case ByResident:
		return by.Address != "" && (a.Kind == Raise || a.Kind == Join || m.concerns(by))
	case ByRaiser:
		return by.Address != "" && by.Address == m.Resident
	case ByClock:
		return by == Clock
	case ByRefiner:
		return by == Refiner
	case BySystem:
		return by.Address == "" && by.ID != "" && !slices.Contains([]string{"clock", "policy", "refiner", "resident"}, by.ID)
	}
	return false
}

func roleOf(w Who) directory.Role {
	switch w {
	case ByVolunteer:
		return directory.Volunteer
	case ByMediator:
		return directory.Mediator
	}
	return directory.Committee
}

// concerns reports whether a resident raised the matter or joined it.
func (m *Matter) concerns(by Actor) bool {
	return by.Address == m.Resident || slices.Contains(m.Parties, by.Address)
}

// party reports whether a staff member is herself one of the residents
// concerned: her own phone raised the matter or joined it.
func (m *Matter) party(s *directory.Staff) bool {
	if s == nil || s.Phone == "" {
		return false
	}
	if m.Resident.User() == s.Phone {
		return true
	}
	for _, p := range m.Parties {
		if p.User() == s.Phone {
			return true
		}
	}
	return false
}

// leads reports whether somebody has a lead's rights over the matter: by the
// role, or because the area or one it lies in names her.
func leads(v *directory.Village, m *Matter, s *directory.Staff) bool {
	if s.Role == directory.Lead && s.Covers(v, m.Area) {
		return true
	}
	for id, hops := m.Area, 0; id != "" && hops < 8; hops++ {
		a := v.Area(id)
		if a.Lead == s.ID {
			return true
		}
		id = a.Parent
	}
	return false
}

// trusted keeps a private matter from those who would see it only because they
// took it: they may read it already, or the secretary assigns it to them.
func trusted(v *directory.Village, m *Matter, s *directory.Staff) bool {
	return !m.Private || MayRead(v, *m, *s) || m.Urgency == catalog.Emergency && mayBePaged(v, m, s.ID)
}

// ofDepartment reports whether a government matter is this officer's business. A
// department is free text ("县交通局", "交通"), so one name may hold the other.
// The township's officers, who have none, see to all of them.
func ofDepartment(m *Matter, s *directory.Staff) bool {
	if s.Role != directory.Officer || m.Kind != catalog.Government {
		return false
	}
	service, _ := catalog.Lookup(m.Code)
	return s.Department == "" || service.Department != "" &&
		(strings.Contains(s.Department, service.Department) || strings.Contains(service.Department, s.Department))
}

// secretaryAway reports whether no secretary is there.
func secretaryAway(v *directory.Village) bool {
	for i := range v.Staff {
		if v.Staff[i].Role == directory.Secretary && !v.Staff[i].Away {
			return false
		}
	}
	return true
}

// author reports whether the actor did what would be undone. When somebody has
// acted since, nobody knows any more who that was: then those who could have
// done it hear that it is too late, and all others that they may not.
func author(v *directory.Village, m *Matter, by *Actor) bool {
	switch {
	case by.Staff == nil:
		return by.Address != "" && by.Address == m.Resident && (m.Before == nil || m.Before.By == by.ID)
	case m.Before != nil:
		return m.Before.By == by.Staff.ID
	}
	s := by.Staff
	return s.Role == directory.Secretary || m.Private && v.IsSensitive(s.ID) ||
		s.Role == directory.Committee && secretaryAway(v) || ofDepartment(m, s)
}

// MayRead reports whether a staff member may read a matter and what was said
// about it. A private one: who it is assigned to and the village's sensitive
// staff, nobody else. An ordinary one: everybody who works for the village; an
// officer only what is her department's, or came to the township (PIPL art. 6:
// no more than the purpose needs).
func MayRead(v *directory.Village, m Matter, s directory.Staff) bool {
	if m.Assignee != "" && m.Assignee == s.ID {
		return true
	}
	if m.Private {
		return v.IsSensitive(s.ID)
	}
	return s.Role != directory.Officer || ofDepartment(&m, &s) || m.Township && s.Department == ""
}

// MaySeeWords reports whether the words of a matter may be put before a staff
// member now: of a private one only before whom it is assigned to, or after a reveal.
func MaySeeWords(v *directory.Village, m Matter, s directory.Staff) bool {
	return MayRead(v, m, s) && (!m.Private || m.Assignee == s.ID || slices.Contains(m.Revealed, s.ID))
}

// MayHold reports whether a matter may be given to a staff member: a role of its
// queue, covering its area; anybody but a supervisor if it is private or after
// the second return, when the secretary or the township picks a person.
func MayHold(v *directory.Village, m Matter, s directory.Staff) bool {
	switch {
	case s.Role == directory.Supervisor:
		return false
	case s.Role == directory.Secretary, m.Private, m.Township:
		return true
	case m.Urgency == catalog.Emergency && mayBePaged(v, &m, s.ID):
		return true
	case m.Kind == catalog.Government:
		return s.Role == directory.Officer
	case leads(v, &m, &s):
		return true
	case m.Kind == catalog.Household:
		return (s.Role == directory.Volunteer || s.Role == directory.Mediator) && s.Covers(v, m.Area)
	}
	return (s.Role == directory.Volunteer || s.Role == directory.Committee) && s.Covers(v, m.Area)
}
