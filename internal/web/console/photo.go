package console

import (
	"errors"
	"io/fs"
	"net/http"
	"os"
	"strconv"
	"strings"

	"sanshi/internal/matter"
	"sanshi/internal/web/page"
)

// Pictures are kept where Open finds them; fs.ErrNotExist when one is not there.
type Pictures interface {
	Open(village, matterID, ref string) (*os.File, error)
}

// photo shows one picture of a matter to whoever may read its words: of a private
// one after a reveal only, as with all of it.
func (c *Console) photo(v *visit) error {
	m, err := c.matterOf(v)
	if err != nil {
		return err
	}
	if !matter.MaySeeWords(v.village, m, v.me) {
		return page.Forbidden()
	}
	n, err := strconv.Atoi(v.r.PathValue("n"))
	if err != nil || n < 0 || n >= len(m.Photos) || c.Pictures == nil {
		return page.NotFound()
	}
	f, err := c.Pictures.Open(v.village.ID, m.ID, m.Photos[n])
	if errors.Is(err, fs.ErrNotExist) {
		return page.NotFound()
	}
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	v.w.Header().Set("Content-Type", "image/jpeg")
	v.w.Header().Set("Content-Disposition", "inline")
	http.ServeContent(v.w, v.r, "", info.ModTime(), f)
	return nil
}

// Shown are the places of the pictures that can be looked at here; others are
// still with the carrier that brought them.
func (p matterPage) Shown() []int {
	var out []int
	for i, ref := range p.M.Photos {
		if strings.HasPrefix(ref, "media:") {
			out = append(out, i)
		}
	}
	return out
}
