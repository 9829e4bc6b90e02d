package main

import (
	"fmt"
	"strings"
)

// The steps of a conversation that are about calls and erasure.

// findCall gives the newest open call of a reason.
func (k *talk) findCall(reason string) map[string]any {
	var page struct{ Calls []map[string]any }
	k.p.get("/api/v1/villages/"+k.village+"/calls", &page)
	var found map[string]any
	var have []string
	for _, c := range page.Calls {
		have = append(have, fmt.Sprint(c["reason"], " ", c["number"], " ", c["note"]))
		if c["reason"] == reason && (found == nil || fmt.Sprint(c["asked_at"]) >= fmt.Sprint(found["asked_at"])) {
			found = c
		}
	}
	if found == nil {
		k.t.Fatalf("%s: there is no such call; there are %q", k.where, have)
	}
	return found
}

func (k *talk) call(s string) {
	reason, wants, _ := strings.Cut(s, ": ")
	c := k.findCall(reason)
	if due, ok := c["due_at"].(string); ok {
		c["due"] = mustTime(due).In(mustZone("Asia/Shanghai")).Format("01-02T15:04")
	}
	for _, want := range strings.Fields(wants) {
		if name, v, ok := strings.Cut(want, "="); ok {
			if got := fmt.Sprint(c[name]); got != v {
				k.t.Errorf("%s\n %s is %q", k.where, name, got)
			}
		} else if name, v, ok := strings.Cut(want, "~"); ok && !strings.Contains(fmt.Sprint(c[name]), v) {
			k.t.Errorf("%s\n %s is %q", k.where, name, c[name])
		}
	}
}

func (k *talk) ring(s string, status int) {
	head, what, _ := strings.Cut(s, ": ")
	who, reason, _ := strings.Cut(head, " ")
	f := strings.Fields(what)
	body := map[string]any{"by": who, "do": f[0]}
	for _, kv := range f[1:] {
		name, v, _ := strings.Cut(kv, "=")
		body[name] = v
	}
	k.p.clock.advance(1e9)
	k.p.post(fmt.Sprintf("/api/v1/villages/%s/calls/%s", k.village, k.findCall(reason)["id"]), body, status, nil)
	k.p.settle()
}

func (k *talk) erase(by string) {
	k.p.post("/api/v1/villages/"+k.village+"/residents/"+k.phone+"/erase", map[string]any{"by": by}, 200, nil)
	k.p.settle()
}
