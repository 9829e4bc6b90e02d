package console

import (
	"net/http"
	"net/url"
	"slices"

	"sanshi/internal/catalog"
	"sanshi/internal/directory"
	"sanshi/internal/matter"
	"sanshi/internal/web/page"
)

// queuePage is one of the three queues, or all of them, with its filters.
type queuePage struct {
	page.Frame
	Queue  string // household, village, government or all
	Rows   []row
	Next   string // cursor of the next page, or ""
	Filter choice
	Areas  []directory.Area
	Codes  []catalog.Service
	States []matter.State
}

// choice is what the filters are set to, as the form sends it.
type choice struct {
	State, Code, Area, Query string
	Mine                     bool
	Cursor                   string
}

// Plain reports whether nothing is filtered.
func (f choice) Plain() bool { return f == choice{} }

// queue lists a queue. A search comes as POST, so that what is searched for, a
// name or a number, stands in no URL.
func (c *Console) queue(v *visit) error {
	name := v.r.PathValue("queue")
	if name != "all" && !catalog.Kind(name).Valid() {
		return page.NotFound()
	}
	in := page.Query(v.r)
	if v.r.Method == http.MethodPost {
		var err error
		if in, err = page.ReadForm(v.r); err != nil {
			return err
		}
	}
	filter, chosen, err := c.filter(v, name, in)
	if err != nil {
		return err
	}
	f, err := c.frame(v, "kind."+name, "/console/q/"+name)
	if err != nil {
		return err
	}
	list, err := c.Store.Matters(v.r.Context(), filter)
	if err != nil {
		return err
	}
	p := queuePage{Frame: f, Queue: name, Next: list.Next, Filter: chosen, Areas: v.village.Areas, Codes: codesOf(name), States: matter.States()}
	for _, m := range list.Matters {
		r := c.row(v, m)
		r.Back = "q/" + name
		p.Rows = append(p.Rows, r)
	}
	return c.show(v, http.StatusOK, "queue", p)
}

// filter reads the filters. Values that are not on offer are refused: they come
// from no form of ours.
func (c *Console) filter(v *visit, queue string, in page.Form) (matter.Filter, choice, error) {
	ch := choice{State: in.Get("state"), Code: in.Get("code"), Area: in.Get("area"), Mine: in.Get("mine") != "", Cursor: in.Get("cursor")}
	if v.r.Method == http.MethodPost {
		ch.Query = in.Get("q")
	}
	f := matter.Filter{Village: v.village.ID, Query: ch.Query, Cursor: ch.Cursor, Limit: 50, States: inQueue()}
	if len([]rune(f.Query)) > 100 || len(f.Cursor) > 200 {
		return f, ch, page.Invalid("q", "err.too_long")
	}
	if queue != "all" {
		f.Kinds = []catalog.Kind{catalog.Kind(queue)}
	}
	switch {
	case ch.State == "any":
		f.States = nil
	case slices.Contains(matter.States(), matter.State(ch.State)):
		f.States = []matter.State{matter.State(ch.State)}
	case ch.State != "":
		return f, ch, page.Invalid("state", "err.invalid")
	}
	if ch.Code != "" {
		if _, ok := catalog.Lookup(ch.Code); !ok {
			return f, ch, page.Invalid("code", "err.invalid")
		}
		f.Codes = []string{ch.Code}
	}
	if ch.Area != "" {
		if v.village.Area(ch.Area).ID == "" {
			return f, ch, page.Invalid("area", "err.invalid")
		}
		f.Areas = []string{ch.Area}
	}
	if ch.Mine {
		f.Assignee = v.me.ID
	}
	return f, ch, nil
}

func codesOf(queue string) []catalog.Service {
	var out []catalog.Service
	for _, s := range catalog.All() {
		if queue == "all" || string(s.Kind) == queue {
			out = append(out, s)
		}
	}
	return out
}

// listPage is a plain list.
type listPage struct {
	page.Frame
	Rows []row
	Next string
}

// late lists what should have been settled by now, whatever its queue.
func (c *Console) late(v *visit) error {
	f, err := c.frame(v, "nav.late", "/console/late")
	if err != nil {
		return err
	}
	cursor := page.Query(v.r).Get("cursor")
	if len(cursor) > 200 {
		return page.Invalid("cursor", "err.too_long")
	}
	list, err := c.Store.Matters(v.r.Context(), matter.Filter{
		Village: v.village.ID, Late: c.Now(), Cursor: cursor, Limit: 50,
		States: append([]matter.State{matter.Sorting}, inQueue()...),
	})
	if err != nil {
		return err
	}
	p := listPage{Frame: f}
	if list.Next != "" {
		p.Next = "/console/late?cursor=" + url.QueryEscape(list.Next)
	}
	for _, m := range list.Matters {
		r := c.row(v, m)
		r.Back = "late"
		p.Rows = append(p.Rows, r)
	}
	return c.show(v, http.StatusOK, "late", p)
}
