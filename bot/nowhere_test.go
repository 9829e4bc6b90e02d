package main

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

// An address that leads nowhere is answered in the words of whoever asks: a page
// for people, JSON for programs.
func TestNowhere(t *testing.T) {
	r := startRig(t, rigOptions{})
	for path, want := range map[string]string{
		"/nothing":     "没有这个页面",
		"/api":         "没有这个页面",
		"/api/v1/":     `{"error":{"code":"unauthorized"`,
		"/console/no":  "没有这个页面",
		"/twilio/nope": "没有这个页面",
	} {
		res, err := http.Get(r.URL() + path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil || res.StatusCode/100 != 4 || !strings.Contains(string(body), want) {
			t.Errorf("%s: %d %.300s %v", path, res.StatusCode, body, err)
		}
	}
}
