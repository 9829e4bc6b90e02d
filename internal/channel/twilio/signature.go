package twilio

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/subtle"
	"encoding/base64"
	"hash"
	"net/url"
	"slices"
	"strings"
	"sync"
)

// verifier checks X-Twilio-Signature: base64 of HMAC-SHA1, keyed with the auth
// token, over the whole public URL followed by each parameter's name and value,
// sorted by name (Twilio: Webhooks security). Twilio's own validators differ on
// two points, and both are held here: a name that comes several times is signed
// with each of its different values, sorted (twilio-python, twilio-node; twilio-go
// takes the first only); and the URL may have been signed with or without its
// port. What follows a # in the configured address is never signed.
type verifier struct {
	urls   []string // with the port and without
	hashes sync.Pool
	on     bool
}

func newVerifier(token, publicURL, path string) *verifier {
	v := &verifier{on: token != "", urls: spellings(strings.TrimSuffix(publicURL, "/") + path)}
	v.hashes.New = func() any { return hmac.New(sha1.New, []byte(token)) }
	return v
}

// spellings lists the ways in which one address is written: as it is, and with
// its port added or left out.
func spellings(address string) []string {
	address, _, _ = strings.Cut(address, "#")
	out := []string{address}
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return out
	}
	host := u.Host
	switch {
	case u.Port() != "":
		u.Host = strings.TrimSuffix(host, ":"+u.Port())
	case u.Scheme == "https":
		u.Host = host + ":443"
	default:
		u.Host = host + ":80"
	}
	if other := u.String(); !slices.Contains(out, other) {
		out = append(out, other)
	}
	return out
}

// holds reports whether the signature is Twilio's for this form and query. With
// no token set nothing holds.
func (v *verifier) holds(f *form, query, signature string) bool {
	if !v.on || len(signature) != 28 {
		return false
	}
	ok := 0
	for _, address := range v.urls {
		sum := v.sum(f, address, query)
		ok |= subtle.ConstantTimeCompare(sum[:], []byte(signature))
		if ok == 1 {
			break
		}
	}
	return ok == 1
}

func (v *verifier) sum(f *form, address, query string) (out [28]byte) {
	f.text = append(f.text[:0], address...)
	if query != "" {
		f.text = append(append(f.text, '?'), query...)
	}
	for i, x := range f.fields {
		if i > 0 && bytes.Equal(x.key, f.fields[i-1].key) && bytes.Equal(x.value, f.fields[i-1].value) {
			continue
		}
		f.text = append(append(f.text, x.key...), x.value...)
	}
	h := v.hashes.Get().(hash.Hash)
	h.Reset()
	h.Write(f.text)
	var raw [sha1.Size]byte
	base64.StdEncoding.Encode(out[:], h.Sum(raw[:0]))
	v.hashes.Put(h)
	return out
}
