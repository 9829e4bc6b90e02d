// Package catalog is the list of what residents may ask for: the three kinds of
// matter and the service codes under them.
//
// The list itself is one data file, services.tsv, that a village's helper can
// read and correct without reading Go: code, names in Chinese and English, the
// department, the deadline in working days, what to bring, and whether a photo
// is wanted. The kind is the first letter of the code.
package catalog

import (
	_ "embed"
	"fmt"
	"strconv"
	"strings"
)

// Kind is one of the three kinds of matter (三事), or None for what is no request.
type Kind string

// The three kinds, in the order in which people name them, and none.
const (
	Household  Kind = "household"  // 民事: between families and neighbours
	VillageRun Kind = "village"    // 村事: the village organisation's own
	Government Kind = "government" // 政事: only a department can do it
	None       Kind = "none"       // greetings, thanks, advertising, wrong numbers
)

// Kinds lists the three kinds that open a matter.
func Kinds() []Kind { return []Kind{Household, VillageRun, Government} }

// Valid reports whether k opens a matter.
func (k Kind) Valid() bool { return k == Household || k == VillageRun || k == Government }

// Urgency says how soon harm comes.
type Urgency string

// Emergency: life, body or property in danger now. Urgent: serious harm within days.
const (
	Emergency Urgency = "emergency"
	Urgent    Urgency = "urgent"
	Normal    Urgency = "normal"
)

// Valid reports whether u is one of the three.
func (u Urgency) Valid() bool { return u == Emergency || u == Urgent || u == Normal }

// Service is one row of the catalogue.
type Service struct {
	Code       string
	Kind       Kind
	Zh, En     string // names as people read them
	Department string // who settles it by law; of a government service the department's key
	Days       int    // working days allowed
	Bring      string // what to bring or say, in Chinese; may be empty
	Photo      bool   // a photo of the work done is wanted (it never blocks)
	Private    bool   // its words never stand in a list, a progress answer or a channel
	NeverSkips bool   // always approved by a person, whatever the village's policy
}

//go:embed services.tsv
var data string

var (
	services = mustParse(data)
	byCode   = index(services)
)

// All returns the catalogue in the order of the file. The slice must not be changed.
func All() []Service { return services }

// Lookup finds a service by its code, such as "V1".
func Lookup(code string) (Service, bool) {
	s, ok := byCode[code]
	return s, ok
}

// KindOf gives the kind of a code, and None for a code that is not in the catalogue.
func KindOf(code string) Kind {
	if s, ok := byCode[code]; ok {
		return s.Kind
	}
	return None
}

func index(all []Service) map[string]Service {
	m := make(map[string]Service, len(all))
	for _, s := range all {
		m[s.Code] = s
	}
	return m
}

// mustParse panics on a broken file: the file is part of the program.
func mustParse(text string) []Service {
	all, err := parse(text)
	if err != nil {
		panic(err)
	}
	return all
}

func parse(text string) ([]Service, error) {
	var all []Service
	for n, line := range strings.Split(text, "\n") {
		if n == 0 || line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Split(line, "\t")
		if len(f) != 9 {
			return nil, fmt.Errorf("catalog: services.tsv line %d has %d columns, not 9", n+1, len(f))
		}
		days, err := strconv.Atoi(f[4])
		kind := kindOfLetter(f[0])
		if err != nil || days < 1 || !kind.Valid() {
			return nil, fmt.Errorf("catalog: services.tsv line %d: the code needs a letter H, V or G and the days a number over 0", n+1)
		}
		all = append(all, Service{
			Code: f[0], Kind: kind, Zh: f[1], En: f[2], Department: f[3], Days: days, Bring: f[5],
			Photo: f[6] == "yes", Private: f[7] == "yes", NeverSkips: f[8] == "yes",
		})
	}
	return all, nil
}

func kindOfLetter(code string) Kind {
	switch code[:1] {
	case "H":
		return Household
	case "V":
		return VillageRun
	case "G":
		return Government
	}
	return None
}
