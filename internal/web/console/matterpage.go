package console

import (
	"net/http"
	"slices"
	"strconv"

	"sanshi/internal/catalog"
	"sanshi/internal/directory"
	"sanshi/internal/matter"
	"sanshi/internal/message"
	"sanshi/internal/web/page"
)

// matterPage is the page of one matter.
type matterPage struct {
	page.Frame
	Row       row
	M         matter.Matter
	Readable  bool
	Phone     string   // whole number of the resident
	Parties   []string // whole numbers of those who joined
	Approver  string
	Earlier   string // number of the matter taken up again
	Into      string // number of the matter it was merged into
	Waited    page.Stamp
	DoneAt    page.Stamp
	Events    []eventLine
	Messages  []bubble
	Like      []likeRow
	Main      []actForm // shown as buttons
	More      []actForm // unfold
	Calls     []callRow
	Untold    bool // she does not know yet how it ended
	CanErase  bool
	Quiet     bool // she is left in peace: seen before any word of hers is
	CanLoosen bool
	Wrong     *page.Problem // why the last form was refused
	Tried     matter.Act    // what it asked for
}

// eventLine is one row of the timeline.
type eventLine struct {
	matter.Event
	Who  string // a name, or "" when WhoKey says it
	Key  string // label of who did it, when it is no staff
	At   page.Stamp
	What []string // labels and values of the detail, ready to show
	Note string
}

// bubble is one text of the conversation. To is the name of the staff member it
// went to, or "": it was between us and the resident.
type bubble struct {
	message.Line
	Stamp page.Stamp
	To    string
}

// matterOf finds the matter that the path names, by its id or its number. What
// no id can look like never reaches the database.
func (c *Console) matterOf(v *visit) (matter.Matter, error) {
	id := v.r.PathValue("id")
	if len(id) > 64 || page.Clean(id) != id {
		return matter.Matter{}, page.NotFound()
	}
	return c.Store.Matter(v.r.Context(), v.village.ID, id)
}

func (c *Console) matter(v *visit) error {
	m, err := c.matterOf(v)
	if err != nil {
		return err
	}
	return c.showMatter(v, m.ID, nil, matter.Act{})
}

// showMatter shows a matter as it is now, after a refused form with the reason.
func (c *Console) showMatter(v *visit, id string, wrong *page.Problem, tried matter.Act) error {
	ctx := v.r.Context()
	m, err := c.Store.Matter(ctx, v.village.ID, id)
	if err != nil {
		return err
	}
	events, err := c.Store.Events(ctx, v.village.ID, m.ID)
	if err != nil {
		return err
	}
	f, err := c.frame(v, "matter", "")
	if err != nil {
		return err
	}
	f.Title += " " + m.Number
	p := matterPage{Frame: f, Row: c.row(v, m), M: m, Readable: matter.MaySeeWords(v.village, m, v.me), Wrong: wrong, Tried: tried}
	p.Waited, p.DoneAt = c.stamp(v, m.WaitingAt), c.stamp(v, m.DoneAt)
	p.Approver = nameOf(v.village, m.ApprovedBy)
	p.Earlier, p.Into = c.numberOf(v, m.Earlier), c.numberOf(v, m.MergedInto)
	p.CanLoosen = mayLoosen(v)
	if p.Quiet, err = c.leftInPeace(v, m.Resident); err != nil {
		return err
	}
	if err := c.addWords(v, &p); err != nil {
		return err
	}
	for _, e := range events {
		p.Events = append(p.Events, c.eventLine(v, f, e, p.Readable))
	}
	c.addForms(v, &p, m)
	status := http.StatusOK
	if wrong != nil {
		status = wrong.Status
	}
	return c.show(v, status, "matter", p)
}

// addWords adds what only a reader may see: her words, her number, the texts.
func (c *Console) addWords(v *visit, p *matterPage) error {
	if !p.Readable {
		p.M, p.Tried.Note = wordless(p.M), ""
		return nil
	}
	if err := c.addCalls(v, p); err != nil {
		return err
	}
	p.Row.Matter = p.M
	p.Phone = p.M.Resident.User()
	for _, a := range p.M.Parties {
		p.Parties = append(p.Parties, a.User())
	}
	lines, err := c.Store.Messages(v.r.Context(), v.village.ID, p.M.ID)
	if err != nil {
		return err
	}
	for _, l := range lines {
		p.Messages = append(p.Messages, bubble{l, c.stamp(v, l.At), nameOf(v.village, l.Staff)})
	}
	if !p.M.State.Open() {
		return nil
	}
	nearby, err := c.Store.Alike(v.r.Context(), p.M)
	p.Like = c.likes(v, p.M, nearby, c.allowed(v, p.M), "")
	return err
}

// addForms adds the forms. The workflow judges the matter as it is, m, not as it
// is shown.
func (c *Console) addForms(v *visit, p *matterPage, m matter.Matter) {
	kinds := c.allowed(v, m)
	if p.Readable {
		kinds = slices.DeleteFunc(slices.Clone(kinds), func(k matter.EventKind) bool { return k == matter.Reveal })
	}
	for _, f := range c.forms(v, p.M, kinds, p.Like, false) {
		if f.Main {
			p.Main = append(p.Main, f)
		} else {
			p.More = append(p.More, f)
		}
	}
	p.CanErase = p.Readable && p.M.Resident != "" && may(v.me, eraseDo)
}

// numberOf gives the number of another matter, "" when there is none.
func (c *Console) numberOf(v *visit, id string) string {
	if id == "" {
		return ""
	}
	m, err := c.Store.Matter(v.r.Context(), v.village.ID, id)
	if err != nil {
		return ""
	}
	return m.Number
}

func (c *Console) eventLine(v *visit, f page.Frame, e matter.Event, readable bool) eventLine {
	l := eventLine{Event: e, At: c.stamp(v, e.At), What: describe(v.village, f, e)}
	if s, ok := v.village.Member(e.By); ok {
		l.Who = s.Name
	} else if l.Key = "by." + e.By; !page.HasLabel(l.Key) {
		l.Key, l.Who = "", e.By
	}
	if e.Via == e.By {
		l.Via = "" // the clock comes by the clock
	}
	if readable {
		l.Note = e.Note
	}
	return l
}

// describe puts the detail of an event into words.
func describe(vil *directory.Village, f page.Frame, e matter.Event) []string {
	d := e.Detail
	var out []string
	add := func(key, value string) {
		if value != "" {
			out = append(out, f.One(key)+" "+value)
		}
	}
	if s, ok := catalog.Lookup(d.Code); ok {
		add("f.code", s.Code+" "+s.Zh)
	} else if d.Kind.Valid() {
		add("f.kind", f.One("kind."+string(d.Kind)))
	}
	if d.Urgency.Valid() {
		add("f.urgency", f.One("urgency."+string(d.Urgency)))
	}
	add("f.area", vil.Area(d.Area).Name)
	add("f.assignee", nameOf(vil, d.Assignee))
	if d.Outcome != "" {
		add("f.outcome", f.One("outcome."+d.Outcome))
	}
	if d.Rating > 0 {
		add("f.rating", strconv.Itoa(d.Rating))
	}
	if !d.Due.IsZero() {
		add("f.due", page.Stamp{At: d.Due, Zone: vil.Location}.Long())
	}
	if d.For != "" {
		add("f.for", f.One("for."+d.For))
	}
	if d.Share > 0 {
		add("f.share", strconv.Itoa(d.Share)+"%")
	}
	return out
}

func nameOf(vil *directory.Village, id string) string {
	if s, ok := vil.Member(id); ok {
		return s.Name
	}
	return id
}

// eraseOf removes what is kept of the resident of a matter, when she asked for it.
func (c *Console) eraseOf(v *visit) error {
	if !may(v.me, eraseDo) {
		return page.Forbidden()
	}
	m, err := c.matterOf(v)
	if err != nil {
		return err
	}
	form, err := page.ReadForm(v.r)
	if err != nil {
		return err
	}
	switch {
	case !matter.MaySeeWords(v.village, m, v.me):
		return page.Forbidden()
	case m.Resident == "":
		return page.NotFound()
	case form.Get("sure") == "":
		return c.showMatter(v, m.ID, page.From(page.Invalid("sure", "err.sure")), matter.Act{})
	}
	if err := c.Desk.Erase(v.r.Context(), v.village.ID, m.Resident, v.me.ID); err != nil {
		return err
	}
	c.say(v, page.Flash{Key: "flash.erased"})
	http.Redirect(v.w, v.r, "/console/m/"+m.ID, http.StatusSeeOther)
	return nil
}

// NoteFor is what was typed into the refused form, so that it is not lost.
func (p matterPage) NoteFor(k matter.EventKind) string {
	if p.Wrong != nil && p.Tried.Kind == k {
		return p.Tried.Note
	}
	return ""
}
