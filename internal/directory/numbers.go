package directory

import (
	"maps"
	"slices"
	"strings"
)

// Calls names the numbers that a resident in danger is told to call: the keys of
// [numbers] in a village file.
func Calls() []string {
	return []string{"police", "fire", "ambulance", "traffic", "mental", "women", "youth", "power", "scam"}
}

// chinese are the numbers of the People's Republic of China. 12356 is the mental
// health line of the whole country since 1 May 2025. No other country's are
// built in: a wrong one costs more than none.
var chinese = map[string]string{
	"police": "110", "fire": "119", "ambulance": "120", "traffic": "122", "mental": "12356",
	"women": "12338", "youth": "12355", "power": "95598", "scam": "96110",
}

// Number is whom to call: the village's own, else its country's. "" means that
// nobody knows, and people are told to call the emergency number. Where only one
// number is given, for the police, it is the one for everything.
func (v *Village) Number(call string) string {
	if n := v.Numbers[call]; n != "" {
		return n
	}
	if strings.EqualFold(v.Country, "CN") || v.Country == "" {
		return chinese[call]
	}
	return v.Numbers["police"]
}

// missingNumbers are those that no emergency should do without.
func (v *Village) missingNumbers() (out []string) {
	for _, call := range []string{"police", "fire", "ambulance"} {
		if v.Number(call) == "" {
			out = append(out, call)
		}
	}
	return out
}

func (c *checker) emergencyNumbers() map[string]string {
	for _, key := range slices.Sorted(maps.Keys(c.f.Numbers)) {
		n := c.f.Numbers[key]
		switch {
		case !slices.Contains(Calls(), key):
			c.fault("numbers."+key, "is none of %s", strings.Join(Calls(), ", "))
		case n == "" || len(n) > 16 || strings.Trim(n, "+0123456789- ") != "":
			c.fault("numbers."+key, "%q: write digits as people dial them, such as \"110\"", n)
		}
	}
	return c.f.Numbers
}
