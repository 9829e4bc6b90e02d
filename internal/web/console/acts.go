package console

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"sanshi/internal/catalog"
	"sanshi/internal/desk"
	"sanshi/internal/directory"
	"sanshi/internal/matter"
	"sanshi/internal/message"
	"sanshi/internal/web/page"
)

// formRow says what the form of an event asks for. What is absent here is never
// done from the console: residents, the clock and the refiner do the rest.
type formRow struct {
	On     matter.EventKind
	Fields []string
	Main   bool // shown as a button at once; the others unfold
	InList bool // also offered in the list to approve
	Bad    bool // ends or undoes something: shown in another colour
}

// formRows are the forms in the order in which they are offered.
func formRows() []formRow {
	return []formRow{
		{On: matter.Undo, Main: true, InList: true},
		{On: matter.Approve, Main: true, InList: true},
		{On: matter.Claim, Main: true},
		{On: matter.Finish, Fields: []string{"outcome", "note"}},
		{On: matter.Assign, Fields: []string{"assignee"}},
		{On: matter.Correct, Fields: []string{"code", "area", "urgency", "approve"}, InList: true},
		{On: matter.Ask, Fields: []string{"question", "for"}},
		{On: matter.Plan, Fields: []string{"due", "remark"}},
		{On: matter.Deliberate, Fields: []string{"remark"}},
		{On: matter.Resolve, Fields: []string{"resolution", "assignee?", "remark"}},
		{On: matter.Note, Fields: []string{"note"}},
		{On: matter.Join, Fields: []string{"party"}},
		{On: matter.Merge, Fields: []string{"into"}, InList: true},
		{On: matter.Split, Fields: []string{"split"}},
		{On: matter.Transfer, Fields: []string{"code?", "remark"}},
		{On: matter.Return, Fields: []string{"reason"}, Bad: true},
		{On: matter.Decline, Fields: []string{"reason"}, InList: true, Bad: true},
		{On: matter.Reopen, Fields: []string{"remark"}},
		{On: matter.Reveal, Fields: []string{"reason"}},
	}
}

// actForm is one form with what its fields offer.
type actForm struct {
	formRow
	Action   string // where it is sent
	Version  int
	Key      string
	Back     string
	Codes    []codeGroup
	Areas    []directory.Area
	Staff    []directory.Staff
	Like     []likeRow
	Now      matter.Matter // what the fields start with
	CanBoth  bool          // may correct and approve at once
	Tomorrow string
}

// codeGroup is the services of one kind, for a select.
type codeGroup struct {
	Kind     catalog.Kind
	Services []catalog.Service
}

// forms makes the forms for the events that are allowed now.
func (c *Console) forms(v *visit, m matter.Matter, allowed []matter.EventKind, like []likeRow, inList bool) []actForm {
	var out []actForm
	for _, fr := range formRows() {
		if !slices.Contains(allowed, fr.On) || inList && !fr.InList {
			continue
		}
		f := actForm{
			formRow: fr, Action: "/console/m/" + m.ID, Version: m.Version, Key: c.NewID(),
			Areas: v.village.Areas, Like: like, Now: m,
			CanBoth:  c.mayApprove(v, m),
			Tomorrow: c.Now().In(zone(v)).AddDate(0, 0, 1).Format(time.DateOnly),
		}
		if fr.On == matter.Split && m.State == matter.Merged {
			f.Fields = nil // it goes back to what it was
		}
		if inList {
			f.Back = "list"
		}
		for _, k := range catalog.Kinds() {
			f.Codes = append(f.Codes, codeGroup{k, codesOf(string(k))})
		}
		for _, s := range v.village.Staff {
			if matter.MayHold(v.village, m, s) {
				f.Staff = append(f.Staff, s)
			}
		}
		out = append(out, f)
	}
	return out
}

func zone(v *visit) *time.Location {
	if v.village.Location == nil {
		return time.UTC
	}
	return v.village.Location
}

func (c *Console) newAct(v *visit, kind matter.EventKind, version int) matter.Act {
	return matter.Act{Kind: kind, By: matter.StaffActor(v.me), Via: "console", At: c.Now(), Version: version}
}

// act does what a form asks for. A refusal shows the page of the matter as it
// is now, with the reason and what was typed.
func (c *Console) act(v *visit) error {
	m, err := c.matterOf(v)
	if err != nil {
		return err
	}
	form, err := page.ReadForm(v.r)
	if err != nil {
		return err
	}
	a, err := c.readAct(v, form)
	if err == nil {
		var after matter.Matter
		after, err = c.Desk.Act(v.r.Context(), desk.Request{Village: v.village.ID, Matter: m.ID, By: v.me.ID, Act: a, Key: form.Get("key")})
		if err == nil {
			return c.acted(v, form, a, after)
		}
	}
	p := page.From(err)
	if p.Status >= http.StatusInternalServerError || p.Status == http.StatusNotFound {
		return err
	}
	return c.showMatter(v, m.ID, p, a)
}

// acted leads to where the form came from, with a sentence and, where it can be
// taken back, the way to do so for a minute.
func (c *Console) acted(v *visit, form page.Form, a matter.Act, after matter.Matter) error {
	f := page.Flash{Key: "flash.did", Args: []string{after.Number}}
	if page.HasLabel("flash.did." + string(a.Kind)) {
		f.Key = "flash.did." + string(a.Kind)
	}
	if slices.Contains(c.allowed(v, after), matter.Undo) {
		c.offerUndo(v, after.ID)
	}
	c.say(v, f)
	http.Redirect(v.w, v.r, backTo(form.Get("back"), after), http.StatusSeeOther)
	return nil
}

// backTo is the page to show after an act: only pages of ours.
func backTo(back string, m matter.Matter) string {
	if back == "list" {
		return "/console/"
	}
	return "/console/m/" + m.ID
}

// readAct reads the fields that the form of the event has; all others are
// ignored. What the values mean, the workflow decides.
func (c *Console) readAct(v *visit, form page.Form) (matter.Act, error) {
	kind := matter.EventKind(form.Get("event"))
	i := slices.IndexFunc(formRows(), func(f formRow) bool { return f.On == kind })
	if i < 0 {
		return matter.Act{}, page.Invalid("event", "err.invalid")
	}
	version, ok := form.Int("version")
	if !ok {
		return matter.Act{}, page.Invalid("version", "err.invalid")
	}
	a := c.newAct(v, kind, version)
	for _, field := range formRows()[i].Fields {
		if err := readField(v, form, field, &a); err != nil {
			return a, err
		}
	}
	if len([]rune(a.Note)) > noteLimit {
		return a, page.Invalid("note", "err.too_long")
	}
	return a, nil
}

// noteLimit is the longest note in characters; a text to a resident is cut to
// its own, much shorter measure by the desk.
const noteLimit = 1000

func readField(v *visit, form page.Form, field string, a *matter.Act) error {
	d := &a.Detail
	switch field {
	case "note", "remark", "reason", "question":
		a.Note = form.Get("note")
	case "outcome":
		d.Outcome = form.Get("outcome")
	case "resolution":
		d.Outcome = form.Get("resolution")
	case "assignee", "assignee?":
		d.Assignee = form.Get("assignee")
	case "code", "code?", "split":
		d.Code = strings.ToUpper(form.Get("code"))
		if d.Code != "" {
			d.Kind = catalog.KindOf(d.Code)
		}
		if field == "split" {
			a.Note = form.Get("note")
		}
	case "area":
		d.Area = form.Get("area")
	case "urgency":
		d.Urgency = catalog.Urgency(form.Get("urgency"))
	case "approve":
		a.Approve = form.Get("approve") != ""
	case "into":
		d.Into = form.Get("into")
		if typed := form.Get("into_number"); typed != "" {
			d.Into = typed
		}
	case "party":
		return readParty(v, form, d)
	case "for":
		d.For = form.Get("for")
	case "due":
		return readDue(v, form, d)
	}
	return nil
}

// readParty takes the number of somebody for whom another wrote.
func readParty(v *visit, form page.Form, d *matter.Detail) error {
	n, err := directory.Normalize(v.village.Country, form.Get("party"))
	if err != nil || slices.Contains(v.village.SMS, n) {
		return page.Invalid("party", "err.phone")
	}
	d.Party = message.Address("sms:" + n)
	return nil
}

// readDue takes a date to mean 18:00 there, the end of a working day, as every
// deadline does.
func readDue(v *visit, form page.Form, d *matter.Detail) error {
	day, err := time.ParseInLocation(time.DateOnly, form.Get("due"), zone(v))
	if err != nil {
		return page.Invalid("due", "err.date")
	}
	d.Due = day.Add(18 * time.Hour)
	return nil
}

// Outcomes are how a matter may end.
func (actForm) Outcomes() []string { return matter.Outcomes() }

// Urgencies are the three, the usual one first.
func (actForm) Urgencies() []string {
	return []string{string(catalog.Normal), string(catalog.Urgent), string(catalog.Emergency)}
}
