package desk

import (
	"context"
	"errors"
	"strings"
	"testing"

	"sanshi/internal/catalog"
	"sanshi/internal/classify"
	"sanshi/internal/directory"
	"sanshi/internal/matter"
	"sanshi/internal/message"
)

func (l *ledger) Talk(context.Context, message.Lane) (Scene, error) { return l.scene, nil }
func (l *ledger) Repeated(_ context.Context, _, key string) (Key, bool, error) {
	for _, c := range l.commits {
		if c.Key != nil && c.Key.Key == key {
			return *c.Key, true, nil
		}
	}
	return Key{}, false, nil
}

func raisingOf(text string) Raising {
	return Raising{Village: "v", By: "wang", Via: "slack", For: "sms:+8613800000009", Name: "张婆婆", Text: text, Key: "k", Digest: "d"}
}

// What staff raise for somebody waits for the secretary, and she is told.
func TestRaise(t *testing.T) {
	l := &ledger{}
	m, err := newDesk(l, light).Raise(t.Context(), raisingOf("村口路灯坏了"))
	if err != nil || m.State != matter.Sorting || m.Code != "V1" || m.Resident != "sms:+8613800000009" || m.Name != "张婆婆" {
		t.Fatalf("raised %+v, %v", m, err)
	}
	c := l.commits[0]
	if len(c.Events) != 1 || c.Events[0].By != "wang" || c.Events[0].Via != "slack" {
		t.Errorf("the event does not say who raised it: %+v", c.Events)
	}
	if len(c.Outbox) != 1 || c.Outbox[0].To != "sms:+8613800000009" || !strings.Contains(c.Outbox[0].Text, m.Number) || c.Outbox[0].Sender == "" {
		t.Errorf("she is told %+v", c.Outbox)
	}
	if c.Resident == nil || c.Resident.Channel != "sms" {
		t.Errorf("whoever never texted is not kept: %+v", c.Resident)
	}
	l.room = Room{Village: village(), Matter: m}
	again, err := newDesk(l, light).Raise(t.Context(), raisingOf("村口路灯坏了"))
	if err != nil || again.ID != m.ID || len(l.commits) != 1 {
		t.Errorf("the same key raised again: %s, %v, %d commits", again.ID, err, len(l.commits))
	}
	other := raisingOf("别的事")
	other.Digest = "e"
	if _, err := newDesk(l, light).Raise(t.Context(), other); !refusedAs(err, matter.Conflict, "key") {
		t.Errorf("another request under the same key: %v", err)
	}
}

func TestRaiseRefuses(t *testing.T) {
	none := classify.Result{Kind: catalog.None, Code: classify.NoCode, Source: "rule"}
	for name, c := range map[string]struct {
		change func(*Raising)
		reads  classify.Result
		as     matter.Problem
		field  string
	}{
		"nobody's words":         {func(r *Raising) { r.Text = "  " }, light, matter.Invalid, "text"},
		"words about nothing":    {func(*Raising) {}, none, matter.Invalid, "code"},
		"a code that is not":     {func(r *Raising) { r.Code = "X9" }, light, matter.Invalid, "code"},
		"an area that is not":    {func(r *Raising) { r.Area = "nowhere" }, light, matter.Invalid, "area"},
		"somebody who is nobody": {func(r *Raising) { r.By = "mallory" }, light, matter.Forbidden, "by"},
	} {
		l := &ledger{}
		r := raisingOf("村口路灯坏了")
		c.change(&r)
		if _, err := newDesk(l, c.reads).Raise(t.Context(), r); !refusedAs(err, c.as, c.field) || len(l.commits) > 0 {
			t.Errorf("%s: %v, %d commits", name, err, len(l.commits))
		}
	}
}

// A code of a volunteer's choosing never passes the secretary by.
func TestRaiseWithCodeIsHeld(t *testing.T) {
	l := &ledger{}
	d := newDesk(l, classify.Result{Kind: catalog.None})
	l.scene.Village.Policy = directory.Policy{"V1": 0.5}
	r := raisingOf("那个又那样了")
	r.Code = "V1"
	if m, err := d.Raise(t.Context(), r); err != nil || m.State != matter.Sorting || m.Summary == "" {
		t.Errorf("raised as %s (%q), %v; want sorting", m.State, m.Summary, err)
	}
}

// A second report of an emergency is one more person concerned, no second matter.
func TestRaiseJoinsEmergency(t *testing.T) {
	first := matter.Matter{Village: "v", ID: "first", Kind: catalog.VillageRun, Code: "V9", Urgency: catalog.Emergency, State: matter.Queued,
		Place: "后山", RaisedAt: now, Version: 1}
	l := &ledger{alike: []matter.Matter{first}}
	m, err := newDesk(l, fire).Raise(t.Context(), raisingOf("后山着火"))
	if err != nil || m.ID != "first" || len(l.commits[0].Parties) != 1 || len(l.commits[0].Matters) != 0 {
		t.Errorf("%s, %v, %+v", m.ID, err, l.commits)
	}
}

// A preview is what Act would send, word for word, and changes nothing.
func TestPreview(t *testing.T) {
	l := &ledger{}
	d := newDesk(l, light)
	who := directory.Resident{Village: "v", Address: "sms:+8613800000001", Channel: "sms", Sender: "+12065550100", Language: "zh-Hans"}
	m := matter.Matter{Village: "v", ID: "m", Number: "0427-0", Kind: catalog.VillageRun, Code: "V1", Urgency: catalog.Normal,
		State: matter.Sorting, Resident: who.Address, Version: 1}
	l.room = Room{Village: village(), Matter: m, People: map[message.Address]directory.Resident{who.Address: who}}
	r := Request{Village: "v", Matter: "m", By: "li", Act: matter.Act{Kind: matter.Ask, Note: "灯在哪一头？"}}
	texts, err := d.Preview(t.Context(), r)
	if err != nil || len(texts) != 1 || len(l.commits) != 0 {
		t.Fatalf("%+v, %v, %d commits", texts, err, len(l.commits))
	}
	if _, err := d.Act(t.Context(), r); err != nil || l.commits[0].Outbox[0].Text != texts[0].Text {
		t.Errorf("shown %q, sent %+v (%v)", texts[0].Text, l.commits, err)
	}
	r.By = "wang"
	if _, err := d.Preview(t.Context(), r); !refusedAs(err, matter.Forbidden, "by") {
		t.Errorf("whoever may not ask is shown a preview: %v", err)
	}
}

func refusedAs(err error, p matter.Problem, field string) bool {
	var e *matter.Error
	return errors.As(err, &e) && e.Problem == p && e.Field == field
}
