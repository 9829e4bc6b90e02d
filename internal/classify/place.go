package classify

import (
	"sanshi/internal/directory"
	"sanshi/internal/message"
)

// ear knows the names of one village: it finds them, and rights their spelling.
type ear struct {
	finder  *directory.Finder
	speller *speller
}

// earFor makes an ear once for each village; nil knows no village's places.
func (c *Classifier) earFor(v *directory.Village) ear {
	e, ok := c.ears.Load(v)
	if !ok {
		known := v
		if known == nil {
			known = &directory.Village{}
		}
		e, _ = c.ears.LoadOrStore(v, ear{directory.NewFinder(known), newSpeller(known)})
	}
	return e.(ear)
}

// placeIn finds where it is, by the village's own names.
func (c *Classifier) placeIn(part string, v *directory.Village) (area, place string) {
	e := c.earFor(v)
	folded := message.Fold(part)
	if area, place = affirmed(folded, e.finder.Where); area == "" && place == "" {
		return e.finder.Where(e.speller.right(folded))
	}
	return area, place
}
