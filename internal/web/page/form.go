package page

import (
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Form is what was sent with a POST, cleaned: valid UTF-8, without control
// characters other than line breaks, without blanks at the ends.
type Form struct{ values url.Values }

// ReadForm reads an urlencoded body. It fails with 415 for another type, 413
// over MaxForm and 400 for what is no form.
func ReadForm(r *http.Request) (Form, error) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/x-www-form-urlencoded" {
		return Form{}, &Problem{Status: http.StatusUnsupportedMediaType, Err: err}
	}
	if err := r.ParseForm(); err != nil {
		if p := From(err); p.Status == http.StatusRequestEntityTooLarge {
			return Form{}, p
		}
		return Form{}, &Problem{Status: http.StatusBadRequest, Err: err}
	}
	return Form{values: r.PostForm}, nil
}

// Query reads the part of the URL after the question mark the same way.
func Query(r *http.Request) Form { return Form{values: r.URL.Query()} }

// Get gives one value, "" when absent.
func (f Form) Get(name string) string { return Clean(f.values.Get(name)) }

// All gives every value of a name that is not empty.
func (f Form) All(name string) []string {
	var out []string
	for _, v := range f.values[name] {
		if v = Clean(v); v != "" {
			out = append(out, v)
		}
	}
	return out
}

// Int gives a whole number; ok is false for what is none, 0 for absent.
func (f Form) Int(name string) (n int, ok bool) {
	s := f.Get(name)
	if s == "" {
		return 0, true
	}
	n, err := strconv.Atoi(s)
	return n, err == nil && n >= 0
}

// Clean makes typed text fit to keep: databases refuse NUL and broken UTF-8, and
// a control character can hide words from a reader.
func Clean(s string) string {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	s = strings.ReplaceAll(s, "\r\n", "\n")
	s = strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' {
			return r
		}
		if unicode.IsControl(r) || bidiControl(r) {
			return -1
		}
		return r
	}, s)
	return strings.TrimSpace(s)
}

// bidiControl: these turn the direction of what follows (Unicode UAX #9) and can
// make a line read as something else.
func bidiControl(r rune) bool {
	return r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069
}
