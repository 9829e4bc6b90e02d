package console

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"sanshi/internal/desk"
	"sanshi/internal/matter"
	"sanshi/internal/web/page"
)

// undoing is what somebody just did and may take back for a minute, on whatever
// page she is by then. What it says to residents is held so long.
type undoing struct {
	Matters []string
	Until   time.Time
}

// offerUndo remembers an act, of one matter or of several together.
func (c *Console) offerUndo(v *visit, ids ...string) {
	if len(ids) == 0 {
		return
	}
	if b, err := json.Marshal(undoing{ids, c.Now().Add(matter.UndoFor)}); err == nil {
		c.sessions.Put(v.r.Context(), keyUndo, string(b))
	}
}

// undoLeft is what may be taken back now, nil when nothing may.
func (c *Console) undoLeft(v *visit) *page.Undo {
	var u undoing
	if json.Unmarshal([]byte(c.sessions.GetString(v.r.Context(), keyUndo)), &u) != nil {
		return nil
	}
	left := u.Until.Sub(c.Now())
	if left <= 0 {
		c.sessions.Remove(v.r.Context(), keyUndo)
		return nil
	}
	return &page.Undo{Matters: u.Matters, Seconds: int((left + time.Second - 1) / time.Second)}
}

// undoShown is the offer alone, fetched again and again by an open page.
func (c *Console) undoShown(v *visit) error {
	return c.site.Views.Write(v.w, http.StatusOK, "undo_part", page.Frame{Lang: v.village.Language, Undo: c.undoLeft(v)})
}

// undo takes back what was done: each matter by itself. What somebody has worked
// on since stays as it is, and is named.
func (c *Console) undo(v *visit) error {
	form, err := page.ReadForm(v.r)
	if err != nil {
		return err
	}
	ids := form.All("m")
	if len(ids) > 2*atOnce {
		return page.Invalid("m", "err.too_many")
	}
	c.sessions.Remove(v.r.Context(), keyUndo)
	done, stays := 0, []string{}
	for _, id := range ids {
		m, err := c.Store.Matter(v.r.Context(), v.village.ID, id)
		if errors.Is(err, desk.ErrNotFound) {
			return page.NotFound()
		}
		if err == nil {
			_, err = c.Desk.Act(v.r.Context(), desk.Request{Village: v.village.ID, Matter: m.ID, By: v.me.ID, Act: c.newAct(v, matter.Undo, 0)})
		}
		switch p := problem(err); {
		case err == nil:
			done++
		case p.Status >= http.StatusInternalServerError:
			return err
		default:
			stays = append(stays, m.Number+": "+p.Detail)
		}
	}
	f := page.Flash{Key: "flash.undone", Args: []string{strconv.Itoa(done)}}
	if len(stays) > 0 {
		slices.Sort(stays)
		f = page.Flash{Key: "flash.undone_some", Args: []string{strconv.Itoa(done), strconv.Itoa(len(stays))}, Detail: strings.Join(stays, "; "), Bad: true}
	}
	c.say(v, f)
	back := "/console/"
	if len(ids) == 1 && form.Get("back") != "list" {
		back = "/console/m/" + ids[0]
	}
	http.Redirect(v.w, v.r, back, http.StatusSeeOther)
	return nil
}
