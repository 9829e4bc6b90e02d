package console

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"sanshi/internal/catalog"
	"sanshi/internal/desk"
	"sanshi/internal/matter"
	"sanshi/internal/web/page"
)

// A secretary decides about twenty at a time.
const atOnce = 20

// approvePage is the list to approve.
type approvePage struct {
	page.Frame
	Rows     []row
	More     int // how many wait beyond these
	CanBatch bool
	Key      string
}

// toApprove shows what waits for the secretary: the most urgent first, with what
// the bot proposes and why, and who else reported the like.
func (c *Console) toApprove(v *visit) error {
	f, err := c.frame(v, "nav.approve", "/console/")
	if err != nil {
		return err
	}
	all, err := c.unapproved(v.r.Context(), v.village.ID)
	if err != nil {
		return err
	}
	byNeed(all)
	p := approvePage{Frame: f, More: max(0, len(all)-atOnce), Key: c.NewID()}
	for _, m := range all[:min(len(all), atOnce)] {
		r, err := c.proposal(v, m)
		if err != nil {
			return err
		}
		p.CanBatch = p.CanBatch || r.CanPick
		p.Rows = append(p.Rows, r)
	}
	return c.show(v, http.StatusOK, "approve", p)
}

// proposal is a row with the like reports and the forms of the list.
func (c *Console) proposal(v *visit, m matter.Matter) (row, error) {
	r := c.row(v, m)
	r.Back = "list"
	kinds := c.allowed(v, m)
	if !r.Sealed {
		nearby, err := c.Store.Alike(v.r.Context(), m)
		if err != nil {
			return r, err
		}
		r.Alike = c.likes(v, m, nearby, kinds, "list")
	}
	r.CanPick = slices.Contains(kinds, matter.Approve)
	r.Forms = c.forms(v, m, kinds, r.Alike, true)
	return r, nil
}

// unapproved gathers what waits for an approval: all that is in sorting, and
// emergencies, which went to their queue without one.
func (c *Console) unapproved(ctx context.Context, village string) ([]matter.Matter, error) {
	const most, pages = 500, 4
	var out []matter.Matter
	f := matter.Filter{Village: village, States: []matter.State{matter.Sorting}, Limit: most}
	for range pages {
		p, err := c.Store.Matters(ctx, f)
		if err != nil {
			return nil, err
		}
		out = append(out, p.Matters...)
		if f.Cursor = p.Next; p.Next == "" {
			break
		}
	}
	hot, err := c.emergencies(ctx, village)
	return append(out, hot...), err
}

// emergencies are those that nobody has approved yet. They are few and young: the
// newest of the queues hold them.
func (c *Console) emergencies(ctx context.Context, village string) ([]matter.Matter, error) {
	p, err := c.Store.Matters(ctx, matter.Filter{Village: village, States: []matter.State{matter.Queued, matter.Handling}, Limit: 200})
	if err != nil {
		return nil, err
	}
	var out []matter.Matter
	for _, m := range p.Matters {
		if m.Urgency == catalog.Emergency && m.ApprovedBy == "" {
			out = append(out, m)
		}
	}
	return out, nil
}

// approveSeveral approves the picked ones. Each is its own act: what cannot be
// approved is named, the others go through.
func (c *Console) approveSeveral(v *visit) error {
	form, err := page.ReadForm(v.r)
	if err != nil {
		return err
	}
	picked := form.All("m")
	if len(picked) == 0 {
		c.say(v, page.Flash{Key: "err.none_picked", Bad: true})
		http.Redirect(v.w, v.r, "/console/", http.StatusSeeOther)
		return nil
	}
	if len(picked) > 2*atOnce {
		return page.Invalid("m", "err.too_many")
	}
	done, failed := []string{}, []string{}
	for _, p := range picked {
		id, ver, _ := strings.Cut(p, ":")
		version, err := strconv.Atoi(ver)
		if err != nil || version < 0 {
			return page.Invalid("m", "err.invalid")
		}
		number, err := c.approveOne(v, id, version, form.Get("key"))
		switch p := problem(err); {
		case err == nil:
			done = append(done, id)
		case p.Status >= http.StatusInternalServerError:
			return err
		default:
			failed = append(failed, number+": "+p.Detail)
		}
	}
	c.offerUndo(v, done...)
	if len(failed) > 0 {
		c.say(v, page.Flash{Key: "flash.some", Args: []string{strconv.Itoa(len(done)), strconv.Itoa(len(failed))}, Detail: strings.Join(failed, "; "), Bad: true})
	} else {
		c.say(v, page.Flash{Key: "flash.approved", Args: []string{strconv.Itoa(len(done))}})
	}
	http.Redirect(v.w, v.r, "/console/", http.StatusSeeOther)
	return nil
}

func (c *Console) approveOne(v *visit, id string, version int, key string) (number string, err error) {
	m, err := c.Store.Matter(v.r.Context(), v.village.ID, id)
	if err != nil {
		return "?", err
	}
	r := desk.Request{Village: v.village.ID, Matter: m.ID, By: v.me.ID, Act: c.newAct(v, matter.Approve, version)}
	if key != "" {
		r.Key = key + ":" + m.ID
	}
	_, err = c.Desk.Act(v.r.Context(), r)
	return m.Number, err
}

func problem(err error) *page.Problem {
	if err == nil {
		return &page.Problem{}
	}
	p := page.From(err)
	if p.Detail == "" {
		p.Detail = http.StatusText(p.Status)
	}
	return p
}
