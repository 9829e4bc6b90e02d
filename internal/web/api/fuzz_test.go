package api

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"
)

// Whatever is sent, the answer is JSON and no fault of ours, and the desk is only
// asked for what was understood.
func FuzzBody(f *testing.F) {
	for _, seed := range []string{
		`{"event":"approve","by":"li"}`, `{"event":"plan","by":"li","date":"2026-05-04","version":2}`, `{"by":"li","by":1}`,
		`{"from":"+8613800000001","text":"灯"}`, `[]`, `null`, `{"event":`, "\xff", `{"":{}}`, `{"rating":1e400}`, `{"by":"\ud800"}`,
	} {
		f.Add(seed, uint8(0))
		f.Add(seed, uint8(1))
	}
	f.Fuzz(func(t *testing.T, body string, which uint8) {
		var posts []string
		for _, r := range routes {
			if r.method == "POST" {
				posts = append(posts, r.path)
			}
		}
		o := newOffice()
		r := httptest.NewRequest("POST", posts[int(which)%len(posts)], strings.NewReader(body))
		r.Header.Set("Authorization", "Bearer "+token)
		w := httptest.NewRecorder()
		New(o.deps()).ServeHTTP(w, r)
		if w.Code >= 500 || !json.Valid(w.Body.Bytes()) {
			t.Fatalf("%q: %d %q", body, w.Code, w.Body)
		}
		asked := o.request.Village != "" || len(o.inbounds) > 0 || o.erased != ""
		if asked && w.Code >= 400 {
			t.Fatalf("%q: refused with %d and done all the same", body, w.Code)
		}
		if asked && !json.Valid([]byte(body)) {
			t.Fatalf("%q is no JSON and was acted on", body)
		}
	})
}
