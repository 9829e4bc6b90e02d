package classify

import (
	"sanshi/internal/directory"
	"sanshi/internal/message"
)

// placeIn finds where it is, by the village's own names.
func (c *Classifier) placeIn(part string, v *directory.Village) (area, place string) {
	f, ok := c.finders.Load(v)
	if !ok {
		known := v
		if known == nil {
			known = &directory.Village{}
		}
		f, _ = c.finders.LoadOrStore(v, directory.NewFinder(known))
	}
	return f.(*directory.Finder).Where(message.Fold(part))
}
