package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"
)

// readBody reads a POST's body whole and checks that it is one JSON object. A
// POST without a body is an empty object, which the routes that need something
// refuse by naming what is missing.
func readBody(w http.ResponseWriter, r *http.Request) (*fields, error) {
	if r.Method != http.MethodPost {
		return &fields{}, nil
	}
	if err := jsonOnly(r.Header.Get("Content-Type")); err != nil {
		return nil, err
	}
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, bodyLimit))
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return nil, &failure{status: http.StatusRequestEntityTooLarge, code: "too_large", message: "a request may have 64 KB"}
	}
	if err != nil {
		return nil, badJSON("the body ends too early")
	}
	if len(bytes.TrimSpace(text)) == 0 && r.ContentLength == 0 {
		return &fields{}, nil
	}
	return parse(text)
}

// jsonOnly lets a body without a type pass: it is parsed anyhow, and a wrong
// guess is told as bad JSON.
func jsonOnly(contentType string) error {
	kind, _, err := mime.ParseMediaType(contentType)
	if contentType == "" || err == nil && (kind == "application/json" || strings.HasSuffix(kind, "+json")) {
		return nil
	}
	return &failure{status: http.StatusUnsupportedMediaType, code: "media_type",
		message: "send JSON, with Content-Type: application/json"}
}

func parse(text []byte) (*fields, error) {
	if !utf8.Valid(text) {
		return nil, badJSON("the body is not UTF-8")
	}
	// Unmarshal refuses what follows the first value; a Decoder would not.
	f := &fields{}
	if err := json.Unmarshal(text, &f.raw); err != nil {
		var kind *json.UnmarshalTypeError
		if errors.As(err, &kind) {
			return nil, badJSON("the body must be one JSON object, not %s", kind.Value)
		}
		return nil, badJSON("the body is not JSON: %v", err)
	}
	if f.raw == nil {
		return nil, badJSON("the body must be one JSON object, not null")
	}
	return f, nil
}

// fields reads the members of a JSON object one by one. It remembers the first
// that is wrong, so that a handler reads all it needs and asks once (problem). A
// null member counts as absent.
type fields struct {
	raw  map[string]json.RawMessage
	read []string
	err  error
}

func (f *fields) has(name string) bool {
	v, ok := f.raw[name]
	return ok && string(v) != "null"
}

func (f *fields) into(name, want string, to any) {
	f.read = append(f.read, name)
	if !f.has(name) {
		return
	}
	if err := json.Unmarshal(f.raw[name], to); err != nil {
		f.fail(name, "%s must be %s", name, want)
	}
}

// text reads a string of at most most characters.
func (f *fields) text(name string, most int) string {
	var s string
	f.into(name, "a string", &s)
	if n := utf8.RuneCountInString(s); n > most {
		f.fail(name, "%s has %d characters; it may have %d", name, n, most)
		return ""
	}
	return s
}

func (f *fields) number(name string) (n int) {
	f.into(name, "a whole number", &n)
	return n
}

func (f *fields) truth(name string) (b bool) {
	f.into(name, "true or false", &b)
	return b
}

// digest tells two objects apart by what they say, not by order, blanks or absent
// members. It is what a repeated key is compared by.
func (f *fields) digest() string {
	said := make(map[string]json.RawMessage)
	for name, value := range f.raw {
		if f.has(name) {
			said[name] = value
		}
	}
	text, err := json.Marshal(said) // sorts the names and drops the blanks
	if err != nil {
		return "" // cannot be: every member has been parsed
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// need fails when a member is absent or an empty string.
func (f *fields) need(name, why string) {
	if v := string(f.raw[name]); !f.has(name) || v == `""` {
		f.fail(name, "%s is missing: %s", name, why)
	}
}

func (f *fields) fail(name, format string, args ...any) {
	if f.err == nil {
		f.err = invalid(name, format, args...)
	}
}

// problem is the first thing wrong with what was read, or a member that nobody
// read: a misspelt name must not pass for an absent one.
func (f *fields) problem() error {
	if f.err != nil {
		return f.err
	}
	var strange []string
	for name := range f.raw {
		if !slices.Contains(f.read, name) {
			strange = append(strange, name)
		}
	}
	if len(strange) == 0 {
		return nil
	}
	name := slices.Min(strange)
	if len(name) > 60 {
		name = strings.ToValidUTF8(name[:60], "")
	}
	return invalid(name, "this route knows no %q; it takes %s", name, strings.Join(f.read, ", "))
}
