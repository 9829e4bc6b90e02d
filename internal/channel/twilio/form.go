package twilio

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"slices"
)

// formLimit is the most that is read of a webhook's body. A text of 1,600
// characters with ten pictures is below 20 KB.
const formLimit = 64 << 10

var (
	errTooLarge = errors.New("the form is too large")
	errBroken   = errors.New("the form is broken or cut short")
)

// field is one parameter. Both parts lie in the form's buffer.
type field struct{ key, value []byte }

// form is the body of one webhook call, sorted as Twilio signs it: by name, then
// by value. Forms are used again: what outlives a call is copied out.
type form struct {
	body   []byte
	fields []field
	text   []byte // what is signed
}

// fill reads and parses a body of at most formLimit bytes.
func (f *form) fill(r *http.Request) error {
	if r.ContentLength > formLimit {
		return errTooLarge
	}
	if err := f.read(r); err != nil {
		return err
	}
	return f.parse()
}

// small reports whether the form is worth keeping for another call.
func (f *form) small() bool {
	return cap(f.body) <= 8<<10 && cap(f.text) <= 16<<10 && cap(f.fields) <= 256
}

func (f *form) read(r *http.Request) error {
	f.body = f.body[:0]
	if n := int(r.ContentLength); n >= 0 {
		f.body = slices.Grow(f.body, n)[:n]
		if _, err := io.ReadFull(r.Body, f.body); err != nil {
			return errBroken
		}
		return nil
	}
	b := bytes.NewBuffer(f.body)
	_, err := b.ReadFrom(io.LimitReader(r.Body, formLimit+1))
	f.body = b.Bytes()
	switch {
	case err != nil:
		return errBroken
	case len(f.body) > formLimit:
		return errTooLarge
	}
	return nil
}

// parse splits and unescapes the body in place, as application/
// x-www-form-urlencoded says (WHATWG URL, 5.1), but refuses a broken escape: it
// is the sign of a body cut short.
func (f *form) parse() error {
	f.fields = f.fields[:0]
	for rest := f.body; len(rest) > 0; {
		var part []byte
		part, rest, _ = bytes.Cut(rest, []byte{'&'})
		if len(part) == 0 {
			continue
		}
		k, v, _ := bytes.Cut(part, []byte{'='})
		key, kok := unescape(k)
		val, vok := unescape(v)
		if !kok || !vok {
			return errBroken
		}
		f.fields = append(f.fields, field{key, val})
	}
	slices.SortFunc(f.fields, func(a, b field) int {
		if c := bytes.Compare(a.key, b.key); c != 0 {
			return c
		}
		return bytes.Compare(a.value, b.value)
	})
	return nil
}

// unescape decodes in place: the result is never longer.
func unescape(b []byte) ([]byte, bool) {
	n := 0
	for i := 0; i < len(b); i++ {
		c := b[i]
		switch c {
		case '+':
			c = ' '
		case '%':
			if i+2 >= len(b) {
				return nil, false
			}
			hi, lo := hexDigit(b[i+1]), hexDigit(b[i+2])
			if hi > 15 || lo > 15 {
				return nil, false
			}
			c, i = hi<<4|lo, i+2
		}
		b[n] = c
		n++
	}
	return b[:n], true
}

func hexDigit(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10
	}
	return 255
}

// get gives the first value of a parameter, or "".
func (f *form) get(key string) string {
	i, ok := slices.BinarySearchFunc(f.fields, key, func(x field, key string) int {
		return compare(x.key, key)
	})
	if !ok {
		return ""
	}
	return string(f.fields[i].value)
}

// compare is bytes.Compare of a slice and a string, without a copy.
func compare(b []byte, s string) int {
	switch {
	case string(b) < s:
		return -1
	case string(b) > s:
		return 1
	}
	return 0
}
