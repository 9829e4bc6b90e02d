package console

import (
	"net/http"

	"sanshi/internal/desk"
	"sanshi/internal/directory"
	"sanshi/internal/matter"
	"sanshi/internal/message"
	"sanshi/internal/web/page"
)

// mayLoosen reports whether somebody may take back that a resident is left in
// peace: who reads private matters, or the secretary. To ask for it is open to all
// who may see her words: too much silence is mended, too little may cost a life.
func mayLoosen(v *visit) bool {
	return v.me.Role == directory.Secretary || v.village.IsSensitive(v.me.ID)
}

// contact sets whether the resident of a matter is left in peace, and writes a
// note of it into the record.
func (c *Console) contact(v *visit) error {
	m, err := c.matterOf(v)
	if err != nil {
		return err
	}
	form, err := page.ReadForm(v.r)
	if err != nil {
		return err
	}
	quiet := form.Get("contact") == directory.QuietContact
	switch {
	case !matter.MaySeeWords(v.village, m, v.me), !quiet && !mayLoosen(v):
		return page.Forbidden()
	case m.Resident == "":
		return page.NotFound()
	}
	note, to := page.Frame{Lang: v.village.Language}.One("quiet.off"), ""
	if quiet {
		note, to = page.Frame{Lang: v.village.Language}.One("quiet.on"), directory.QuietContact
	}
	// Set first: a record of it that is not in force could cost her more than the
	// other way round.
	if err := c.Store.SetContact(v.r.Context(), v.village.ID, m.Resident, to); err != nil {
		return err
	}
	a := c.newAct(v, matter.Note, m.Version)
	a.Note = note
	if _, err := c.Desk.Act(v.r.Context(), desk.Request{Village: v.village.ID, Matter: m.ID, By: v.me.ID, Act: a}); err != nil {
		return err
	}
	http.Redirect(v.w, v.r, "/console/m/"+m.ID, http.StatusSeeOther)
	return nil
}

// leftInPeace reports whether a resident is not to be contacted unasked.
func (c *Console) leftInPeace(v *visit, a message.Address) (bool, error) {
	contact, err := c.Store.Contact(v.r.Context(), v.village.ID, a)
	return contact == directory.QuietContact, err
}
