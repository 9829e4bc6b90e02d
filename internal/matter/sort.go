package matter

import (
	"strings"

	"sanshi/internal/catalog"
	"sanshi/internal/directory"
)

// sorting is what a matter is about after an act that may change it.
type sorting struct {
	kind    catalog.Kind
	code    string
	urgency catalog.Urgency
	private bool
}

// sortingOf reads an act's kind, code and urgency. A code brings its kind along;
// a kind alone means its catch-all code.
func (m *Matter) sortingOf(a Act) sorting {
	d := a.Detail
	s := sorting{kind: m.Kind, code: m.Code, urgency: m.Urgency}
	set(&s.urgency, d.Urgency)
	switch {
	case d.Code != "":
		s.code = d.Code
		if k := catalog.KindOf(d.Code); k.Valid() {
			s.kind = k
		}
	case d.Kind != "" && d.Kind != m.Kind:
		s.kind, s.code = d.Kind, catchAll(d.Kind)
	}
	return s
}

// catchAll is the code of a kind for what fits no other: H0, V0, G0.
func catchAll(k catalog.Kind) string {
	for _, s := range catalog.All() {
		if s.Kind == k && strings.HasSuffix(s.Code, "0") && len(s.Code) == 2 {
			return s.Code
		}
	}
	return ""
}

// changesKind: the matter belongs to another queue from now on.
func (m *Matter) changesKind(a Act) bool { return m.sortingOf(a).kind != m.Kind }

// endsEmergency: a false alarm.
func (m *Matter) endsEmergency(a Act) bool {
	return m.Urgency == catalog.Emergency && m.sortingOf(a).urgency != catalog.Emergency
}

func (m *Matter) startsEmergency(a Act) bool {
	return m.Urgency != catalog.Emergency && m.sortingOf(a).urgency == catalog.Emergency
}

// outgrowsPolicy: nobody but the policy has approved it, and what the resident
// makes of it now the policy may never let through.
func (m *Matter) outgrowsPolicy(b Bench, a Act) bool {
	code := m.sortingOf(a).code
	service, _ := catalog.Lookup(code)
	return m.ApprovedBy == "policy" && a.By.Staff == nil && (service.NeverSkips || m.privacy(b, a, code))
}

// privacy after a new sorting: what the code wants, or the resident asked for.
// Nobody lifts it who may not read the matter, since she would lay it open unseen.
func (m *Matter) privacy(b Bench, a Act, code string) bool {
	service, _ := catalog.Lookup(code)
	if service.Private || m.AskedPrivate || !m.Private {
		return service.Private || m.AskedPrivate
	}
	switch {
	case a.By.Address != "":
		return a.By.Address != m.Resident
	case a.By.Staff != nil:
		return !MayRead(b.Village, *m, *a.By.Staff)
	}
	return true
}

// resort fills in the event of a correction, suggestion or transfer: what
// changes, where the matter goes, and its new due date.
func (m Matter) resort(b Bench, a Act, e *Event) {
	s := m.sortingOf(a)
	s.private = m.privacy(b, a, s.code)
	d := Detail{Private: s.private, Danger: a.Detail.Danger}
	if s.kind != m.Kind {
		d.Kind = s.kind
	}
	if s.code != m.Code {
		d.Code = s.code
	}
	if s.urgency != m.Urgency {
		d.Urgency = s.urgency
	}
	if a.Detail.Area != m.Area {
		d.Area = a.Detail.Area
	}
	changed := d.Kind != "" || d.Code != "" || d.Urgency != ""
	if changed || a.Kind == Suggest {
		d.Source, d.Confidence = sourceOf(a), confidenceOf(a)
	}
	if a.Kind == Suggest {
		d.Model = a.Detail.Model
	}
	d.Approved = a.Kind == Correct && a.Approve || a.Kind == Transfer && e.To == Queued
	if e.To == Sort {
		e.To, d.Policy = m.sortTo(b, s, confidenceOf(a))
	}
	if (d.Code != "" || d.Urgency != "") && (!m.Planned || d.Kind != "") {
		due := m.newDue(b, dueBy(b, s.code, s.urgency, m.StartedAt), a.At)
		d.Due, d.Share = due.Due, due.Share
	}
	e.Detail = d
}

// sortTo says whether a matter waits for the secretary: an emergency never does,
// and the village's policy may let it through.
func (m *Matter) sortTo(b Bench, s sorting, confidence float64) (to State, policy bool) {
	if s.urgency == catalog.Emergency {
		return Queued, false
	}
	service, _ := catalog.Lookup(s.code)
	if b.Village.Policy.Skips(service, s.private, confidence) {
		return Queued, true
	}
	return Sorting, false
}

// sourceOf names who sorted it.
func sourceOf(a Act) string {
	switch {
	case a.Detail.Source != "":
		return a.Detail.Source
	case a.By.Staff != nil:
		return "staff"
	case a.By.Address != "":
		return "resident"
	}
	return "llm"
}

// confidenceOf is how sure a sorting is: a staff member has read it.
func confidenceOf(a Act) float64 {
	if a.Detail.Confidence == 0 && a.By.Staff != nil {
		return 1
	}
	return a.Detail.Confidence
}

// wantsPhoto reports whether the catalogue wants the work shown.
func wantsPhoto(m Matter) bool {
	service, _ := catalog.Lookup(m.Code)
	return service.Photo
}

// mayApprove reports whether somebody has the right to approve, whatever the state.
func mayApprove(v *directory.Village, m *Matter, a *Act) bool {
	for _, who := range approvers() {
		if who.fits(v, m, a) {
			return !m.party(a.By.Staff)
		}
	}
	return false
}
