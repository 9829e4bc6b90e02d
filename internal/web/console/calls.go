package console

import (
	"net/http"
	"time"

	"sanshi/internal/call"
	"sanshi/internal/desk"
	"sanshi/internal/directory"
	"sanshi/internal/matter"
	"sanshi/internal/web/page"
)

// callRow is somebody to be called.
type callRow struct {
	directory.Callback
	Masked  string
	Whole   string // the whole number; only on the call's own page
	At, Due page.Stamp
	Again   page.Stamp
	Done    page.Stamp
	Owner   string // who should call
	Caller  string // who took it or tried last, or did it
	Late    bool
	Visit   bool // ringing has not helped
	Sealed  bool // about something private that the reader has not revealed to herself
}

// calls lists whom the reader should call, or may. Numbers are masked: the whole
// one is on the page of each call.
func (c *Console) calls(v *visit) error {
	f, err := c.frame(v, "nav.calls", "/console/calls")
	if err != nil {
		return err
	}
	open, err := c.Desk.Calls(v.r.Context(), v.village.ID, v.me.ID)
	if err != nil {
		return err
	}
	often, err := c.askedOften(v)
	if err != nil {
		return err
	}
	var rows []callRow
	for _, cb := range open {
		rows = append(rows, c.callRow(v, cb))
	}
	return c.show(v, http.StatusOK, "calls", struct {
		page.Frame
		Rows     []callRow
		CanWrite bool
		Often    int // how many things were asked often enough to be answered for good
	}{f, rows, may(v.me, factWrite), often})
}

func (c *Console) callRow(v *visit, cb directory.Callback) callRow {
	r := callRow{
		Callback: cb, Masked: masked(cb.Address), At: c.stamp(v, cb.At), Due: c.stamp(v, cb.DueAt), Again: c.stamp(v, cb.AgainAt),
		Done: c.stamp(v, cb.DoneAt), Owner: nameOf(v.village, cb.For), Caller: nameOf(v.village, cb.TakenBy),
		Late: call.Overdue(cb, c.Now()), Visit: call.Visit(cb),
	}
	if !cb.DoneAt.IsZero() {
		r.Caller = nameOf(v.village, cb.DoneBy)
	}
	return r
}

// findCall finds an open call by its id, for somebody who may know of it.
func (c *Console) findCall(v *visit) (directory.Callback, error) {
	cb, err := c.Store.Callback(v.r.Context(), v.village.ID, v.r.PathValue("id"))
	switch {
	case err != nil:
		return cb, err
	case !call.MayRead(v.village, cb, v.me):
		return cb, page.Forbidden()
	case !cb.DoneAt.IsZero():
		return cb, page.NotFound()
	}
	return cb, nil
}

func (c *Console) call(v *visit) error {
	cb, err := c.findCall(v)
	if err != nil {
		return err
	}
	f, err := c.frame(v, "nav.calls", "/console/calls")
	if err != nil {
		return err
	}
	r := c.callRow(v, cb)
	r.Whole = cb.Address.User()
	if r.Sealed, err = c.sealed(v, cb); err != nil {
		return err
	}
	if r.Sealed {
		r.Whole, r.Note, r.Remark = "", "", ""
	}
	p := struct {
		page.Frame
		Call     callRow
		Kept     desk.Kept // what goes, when she is erased
		CanErase bool
		CanCopy  bool
		Quiet    bool   // nobody calls her unasked
		Soonest  string // of the next try, for the form
	}{Frame: f, Call: r, Soonest: c.Now().In(v.village.Location).Add(time.Hour).Format(formTime)}
	p.CanErase = cb.Reason == directory.CallErase && may(v.me, eraseDo)
	p.CanCopy = cb.Reason == directory.CallCopy && may(v.me, eraseDo)
	if p.Quiet, err = c.leftInPeace(v, cb.Address); err != nil {
		return err
	}
	if p.CanErase || p.CanCopy {
		if p.Kept, err = c.Store.Kept(v.r.Context(), v.village.ID, cb.Address); err != nil {
			return err
		}
	}
	return c.show(v, http.StatusOK, "call", p)
}

// sealed reports a call about something private whose words were not put before
// the reader yet: she reveals them first, with a reason, on the matter's page.
func (c *Console) sealed(v *visit, cb directory.Callback) (bool, error) {
	if !cb.Private {
		return false, nil
	}
	m, err := c.Store.Matter(v.r.Context(), v.village.ID, cb.Matter)
	return err == nil && !matter.MaySeeWords(v.village, m, v.me), err
}

// formTime is how a browser writes the value of a datetime-local field.
const formTime = "2006-01-02T15:04"

// workCall takes down what became of a call. For a wish to be erased it erases,
// when the form says that the person confirmed it; the call is done with that.
func (c *Console) workCall(v *visit) error {
	form, err := page.ReadForm(v.r)
	if err != nil {
		return err
	}
	cb, err := c.findCall(v)
	if err != nil {
		return err
	}
	if form.Get("erase") != "" {
		if !may(v.me, eraseDo) || cb.Reason != directory.CallErase {
			return page.Forbidden()
		}
		if err := c.Desk.Erase(v.r.Context(), v.village.ID, cb.Address, v.me.ID); err != nil {
			return err
		}
		return c.worked(v, "flash.erased")
	}
	a := call.Act{Do: call.Deed(form.Get("do")), Note: form.Get("note")}
	if a.Do == "" {
		a.Do = call.Reached
	}
	if again := form.Get("again"); again != "" && a.Do == call.Missed {
		if a.Again, err = time.ParseInLocation(formTime, again, v.village.Location); err != nil {
			return page.Invalid("again", "err.date")
		}
	}
	if _, err := c.Desk.Call(v.r.Context(), v.village.ID, cb.ID, v.me.ID, a); err != nil {
		return err
	}
	return c.worked(v, "flash.called")
}

func (c *Console) worked(v *visit, flash string) error {
	c.say(v, page.Flash{Key: flash})
	http.Redirect(v.w, v.r, "/console/calls", http.StatusSeeOther)
	return nil
}

// copiedRow is a matter in a copy.
type copiedRow struct {
	desk.CopiedMatter
	Raised, Ended page.Stamp
}

// copyFor shows what is kept of somebody who asked, on a page to print or hand
// over. What is private stands in it only before whoever reads that already.
func (c *Console) copyFor(v *visit) error {
	cb, err := c.findCall(v)
	if err != nil {
		return err
	}
	if cb.Reason != directory.CallCopy || !may(v.me, eraseDo) {
		return page.Forbidden()
	}
	kept, err := c.Store.CopyOf(v.r.Context(), v.village.ID, cb.Address, func(m matter.Matter) bool {
		return matter.MaySeeWords(v.village, m, v.me)
	})
	if err != nil {
		return err
	}
	f, err := c.frame(v, "copy.show", "/console/calls")
	if err != nil {
		return err
	}
	p := struct {
		page.Frame
		Call  callRow
		Kept  desk.Copy
		Rows  []copiedRow
		Texts []bubble
	}{Frame: f, Call: c.callRow(v, cb), Kept: kept}
	p.Call.Whole = cb.Address.User()
	for _, m := range kept.Matters {
		p.Rows = append(p.Rows, copiedRow{m, c.stamp(v, m.RaisedAt), c.stamp(v, m.EndedAt)})
	}
	for _, l := range kept.Texts {
		p.Texts = append(p.Texts, bubble{Line: l, Stamp: c.stamp(v, l.At)})
	}
	return c.show(v, http.StatusOK, "copy", p)
}

// addCalls adds the calls that a matter led to, with who keeps the promise.
func (c *Console) addCalls(v *visit, p *matterPage) error {
	about, err := c.Store.CallsAbout(v.r.Context(), v.village.ID, p.M.ID)
	if err != nil {
		return err
	}
	p.Untold = call.Untold(p.M, about)
	for _, cb := range about {
		if call.MayRead(v.village, cb, v.me) {
			p.Calls = append(p.Calls, c.callRow(v, cb))
		}
	}
	return nil
}
