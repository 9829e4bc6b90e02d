package matter

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"sanshi/internal/catalog"
	"sanshi/internal/message"
)

// Like is another matter that may be the same thing, how likely that is, and why:
// keys of short words (like_place, like_area, like_words, like_days) that the
// pages and the chat have in their languages.
type Like struct {
	Matter Matter
	Score  float64 // 0 to 1
	Why    []string
}

// From likeShown on a like matter is shown to the secretary; from likeAsked on she
// who reports it is asked herself. Two lamps of one group share their code, area
// and words: only the place tells them apart, so it counts most.
const (
	likeShown = 0.35
	likeAsked = 0.75
	mostLikes = 3
)

// Likes picks from matters of the same service nearby those that may be the same
// thing as m, the likeliest first, at most three. It reads places and words only:
// the share of character pairs that the shorter has in common with the longer.
func Likes(m Matter, nearby []Matter) []Like {
	var out []Like
	for _, o := range nearby {
		if l := like(m, o); o.ID != m.ID && l.Score >= likeShown {
			out = append(out, l)
		}
	}
	slices.SortStableFunc(out, func(a, b Like) int { return cmp.Compare(b.Score, a.Score) })
	return out[:min(len(out), mostLikes)]
}

func like(m, o Matter) Like {
	l := Like{Matter: o}
	add := func(share, of float64, why string) {
		l.Score += share * of
		if share >= 0.5 {
			l.Why = append(l.Why, why)
		}
	}
	sameArea := m.Area != "" && m.Area == o.Area
	place := inCommon(m.Place, o.Place)
	switch {
	case m.Code != o.Code:
		return l
	case m.Place == "" || o.Place == "":
		place = 0.4 // one of them does not say where: it may well be there
	case place < 0.5:
		return l // another place is another thing
	}
	add(place, 0.5, "like_place")
	if sameArea {
		add(1, 0.15, "like_area")
	}
	add(inCommon(unplaced(m), unplaced(o)), 0.25, "like_words")
	if apart := m.RaisedAt.Sub(o.RaisedAt).Abs(); apart < 3*24*time.Hour {
		add(1, 0.1, "like_days")
	}
	return l
}

// unplaced is what a matter's line says besides where it is.
func unplaced(m Matter) string {
	s := message.Bare(m.Summary)
	return strings.ReplaceAll(s, message.Bare(m.Place), "")
}

// Likeliest is the one matter of which a resident may be asked whether hers is the
// same. Both must be ordinary and not yet settled, and about what is the village's
// or a department's: of a household even place and thing tell on a neighbour.
func Likeliest(m Matter, nearby []Matter) (Matter, bool) {
	if !joinable(m) || m.State != Sorting {
		return Matter{}, false
	}
	for _, l := range Likes(m, nearby) {
		if l.Score >= likeAsked && joinable(l.Matter) && l.Matter.State.Open() && l.Matter.State != Done && slices.Contains(l.Why, "like_place") {
			return l.Matter, true
		}
	}
	return Matter{}, false
}

// joinable: of these a resident may be asked, and by her yes they are joined.
func joinable(m Matter) bool {
	return !m.Private && !m.emergency() && m.Kind != catalog.Household
}

// inCommon is the share of the shorter text's character pairs that the other has too.
func inCommon(a, b string) float64 {
	x, y := pairs(message.Bare(a)), pairs(message.Bare(b))
	if len(x) > len(y) {
		x, y = y, x
	}
	n := 0
	for p := range x {
		if y[p] {
			n++
		}
	}
	if len(x) == 0 {
		return 0
	}
	return float64(n) / float64(len(x))
}

func pairs(s string) map[[2]rune]bool {
	r := []rune(s)
	out := make(map[[2]rune]bool, len(r))
	for i := 0; i+1 < len(r); i++ {
		out[[2]rune{r[i], r[i+1]}] = true
	}
	return out
}
