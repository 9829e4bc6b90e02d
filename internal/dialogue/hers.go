package dialogue

import (
	"sanshi/internal/directory"
	"sanshi/internal/matter"
	"sanshi/internal/message"
	"sanshi/prompts"
)

// hers is a matter as one of the residents concerned may hear of it. Who raised it
// hears her own words. Whose own matter was merged into it hears her own number and
// words, and who merely joined hears where it is: nobody learns another's words,
// or who reported first. all are her matters, among them those merged into it,
// newest first.
func hers(v *directory.Village, book prompts.Book, who message.Address, m matter.Matter, all []matter.Matter) matter.Matter {
	if m.Resident == who || who == "" {
		return m
	}
	if own, ok := ownPart(who, m, all); ok {
		m.Summary, m.Number, m.Name = own.Summary, own.Number, own.Name
		m.Private = m.Private || own.Private
		return m
	}
	m.Summary, m.Name = book.Say("joined_what", prompts.Values{"place": where(v, m)}), ""
	return m
}

// ownPart is the newest matter of hers that became part of m.
func ownPart(who message.Address, m matter.Matter, all []matter.Matter) (matter.Matter, bool) {
	for _, own := range all {
		if own.Resident == who && mergedInto(own, m.ID, all) {
			return own, true
		}
	}
	return matter.Matter{}, false
}

// mergedInto follows where a matter was merged into, and that one in turn.
func mergedInto(m matter.Matter, target string, all []matter.Matter) bool {
	for hops := 0; m.State == matter.Merged && hops < 8; hops++ {
		if m.MergedInto == target {
			return true
		}
		next, ok := byID(all, m.MergedInto)
		if !ok {
			return false
		}
		m = next
	}
	return false
}

func byID(all []matter.Matter, id string) (matter.Matter, bool) {
	for _, m := range all {
		if m.ID == id && id != "" {
			return m, true
		}
	}
	return matter.Matter{}, false
}

// where names the place of a matter in a few characters, without its words.
func where(v *directory.Village, m matter.Matter) string {
	if m.Place != "" {
		return firstRunes(m.Place, 8)
	}
	if name := v.Area(m.Area).Name; name != "" {
		return firstRunes(name, 8)
	}
	return firstRunes(v.Name, 8)
}
