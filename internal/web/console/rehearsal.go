package console

import (
	"net/http"

	"sanshi/internal/web/page"
)

// rehearse leads to a rehearsal of the village: its own settings on simulated
// phones, from which nothing leaves.
func (c *Console) rehearse(v *visit) error {
	if !may(v.me, rehearseDo) {
		return page.Forbidden()
	}
	if _, err := page.ReadForm(v.r); err != nil {
		return err
	}
	if c.Rehearse == nil {
		return page.NotFound()
	}
	path, err := c.Rehearse(v.r.Context(), v.village.ID)
	if err != nil {
		return err
	}
	c.Log.Info("console: a rehearsal was begun", "village", v.village.ID, "by", v.me.ID)
	http.Redirect(v.w, v.r, path, http.StatusSeeOther)
	return nil
}
