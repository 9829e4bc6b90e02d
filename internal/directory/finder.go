package directory

import (
	"slices"
	"strings"
)

// Finder finds the places of one village in a text. It is made once (NewFinder)
// and may then be used by all.
//
// Three things are found, longest first and from left to right: names of areas,
// in any way of writing their number (三组, 3组, 第三组, 三队); the places that the
// village lists; and phrases that speak of a place though nobody listed it
// (后山, 桥边, 老王家门口, 七组). A word of position after them is taken along
// (祠堂后面), and what stands together is one place (李家湾桥边).
type Finder struct {
	names tree // areas and listed places
	words *phrases
}

// Hit is a place in a text, from byte Start to byte End of it.
type Hit struct {
	Kind       HitKind
	Area       string // area id; "" when it could be in any
	Place      string // as the village lists it, else as it is said
	Start, End int
}

// HitKind says how sure a place is.
type HitKind int

// AreaName: the name of an area. Listed: a place that the village lists, or lies
// at one. Phrase: words for a place that it does not list.
const (
	AreaName HitKind = iota + 1
	Listed
	Phrase
)

// Finder makes one for v.
func (v *Village) Finder() *Finder { return NewFinder(v) }

// NewFinder makes a Finder for v: some tens of microseconds for each place.
func NewFinder(v *Village) *Finder {
	f := &Finder{words: knownPhrases()}
	for _, a := range v.Areas {
		f.names.add(a.Name, Hit{Kind: AreaName, Area: a.ID, Place: a.Name})
		for _, alias := range aliases(a.Name) {
			f.names.addIfNew(alias, Hit{Kind: AreaName, Area: a.ID, Place: a.Name})
		}
	}
	for _, a := range v.Areas {
		for _, p := range a.Places {
			f.names.addPlace(p, a.ID)
		}
	}
	return f
}

// Find lists the places of a folded text (message.Fold) in the order in which
// they stand; they never overlap.
func (f *Finder) Find(folded string) []Hit {
	var hits []Hit
	tokens := tokenize(folded)
	for i := 0; i < len(tokens); {
		hit, n := f.at(tokens[i:])
		if n == 0 {
			i++
			continue
		}
		hit.Start, hit.End = tokens[i].start, tokens[i+n-1].end
		if hit.Kind == Phrase {
			hit.Place = folded[hit.Start:hit.End]
		}
		if last := len(hits) - 1; last >= 0 && together(hits[last], hit, folded) {
			hits[last] = joined(hits[last], hit, folded)
		} else {
			hits = append(hits, hit)
		}
		i += n
	}
	return hits
}

// at finds what begins with the first token, and its length in tokens.
func (f *Finder) at(t []token) (Hit, int) {
	skip := 0
	if t[0].id == '第' && len(t) > 1 && t[1].number() {
		skip = 1
	}
	hit, n := f.names.longest(t[skip:])
	if n > 0 {
		n += skip
	}
	if hit.Kind == AreaName {
		return hit, n
	}
	end := max(n, f.words.longest(t, skip))
	switch {
	case end == 0:
		return Hit{}, 0
	case n == 0:
		return Hit{Kind: Phrase}, end
	}
	end = max(end, n+f.words.position.prefix(t[n:]))
	hit.Place += text(t[n:end])
	return hit, end
}

// together: side by side, with at most 的 between, and nothing that says otherwise.
func together(a, b Hit, s string) bool {
	gap := s[a.End:b.Start]
	if gap != "" && gap != "的" || a.Kind == AreaName || b.Kind == AreaName {
		return false
	}
	return a.Area == b.Area || a.Area == "" || b.Area == ""
}

func joined(a, b Hit, s string) Hit {
	if a.Area == "" {
		a.Area = b.Area
	}
	a.Kind = min(a.Kind, b.Kind)
	a.Place += s[a.End:b.Start] + b.Place
	a.End = b.End
	return a
}

// Where puts the places of a folded text together: the area, by its name before
// by a listed place, and what to call the place: all that are named, at most
// three, with "、" between, or the area's name when that is all. Either may be "".
func (f *Finder) Where(folded string) (area, place string) {
	hits := f.Find(folded)
	var places []string
	var byName, byPlace, name string
	for _, h := range hits {
		switch {
		case h.Kind == AreaName:
			if byName == "" {
				byName, name = h.Area, h.Place
			}
		case byPlace == "":
			byPlace = h.Area
			fallthrough
		default:
			if len(places) < 3 && !slices.Contains(places, h.Place) {
				places = append(places, h.Place)
			}
		}
	}
	if len(places) == 0 {
		return byName, name
	}
	if byName != "" {
		byPlace = byName
	}
	return byPlace, strings.Join(places, "、")
}

// The names for the smallest unit of a village, which people use for one another
// (the groups were production teams and before that co-operatives), and for a house.
var unitClasses = [][]string{
	{"组", "小组", "村民组", "村民小组", "队", "小队", "生产队", "社"},
	{"网格"},
	{"片", "片区"},
	{"栋", "号楼", "幢", "座"},
}

// aliases are the other names of an area that is called by a number and a unit.
func aliases(name string) []string {
	t := nameTokens(name)
	if len(t) < 2 || !t[0].number() {
		return nil
	}
	number, unit := text(t[:1]), text(t[1:])
	for _, class := range unitClasses {
		if !slices.Contains(class, unit) {
			continue
		}
		var all []string
		for _, u := range class {
			all = append(all, number+u)
		}
		return all
	}
	return nil
}
