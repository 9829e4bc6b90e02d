package api

import (
	"errors"
	"slices"
	"strings"
	"time"

	"sanshi/internal/catalog"
	"sanshi/internal/desk"
	"sanshi/internal/directory"
	"sanshi/internal/matter"
	"sanshi/internal/message"
)

// act does what a staff member asks for, in her name.
func (a *api) act(c *call) (answer, error) {
	r := a.request(c)
	if err := a.sound(c, &r); err != nil {
		return answer{}, err
	}
	m, err := a.Desk.Act(c.ctx, r)
	if err != nil {
		return answer{}, missing(err, "village %s has no matter %q", c.village.ID, r.Matter)
	}
	if r.Act.Kind == matter.Reveal {
		return answer{body: whole(m)}, nil
	}
	return answer{body: shown(m)}, nil
}

// request reads the body. What is wrong with it is kept in c.body for sound.
func (a *api) request(c *call) desk.Request {
	b := c.body
	r := desk.Request{
		Village: c.village.ID,
		Matter:  c.PathValue("id"),
		Act: matter.Act{
			Kind: matter.EventKind(b.text("event", idLimit)),
			Via:  "api",
			At:   a.Now(),
		},
	}
	r.By = b.text("by", idLimit)
	r.Act.Version = b.number("version")
	r.Key, r.Digest = b.text("key", idLimit), b.digest()
	r.Act.Note = strings.TrimSpace(b.text("note", noteLimit))
	r.Act.Approve = b.truth("approve")
	r.Act.Detail = matter.Detail{
		Kind:     catalog.Kind(b.text("kind", idLimit)),
		Code:     b.text("code", idLimit),
		Area:     b.text("area", idLimit),
		Urgency:  catalog.Urgency(b.text("urgency", idLimit)),
		Assignee: b.text("assignee", idLimit),
		Into:     b.text("into", idLimit),
		Rating:   b.number("rating"),
		Outcome:  b.text("outcome", idLimit),
		Photo:    b.text("photo", noteLimit),
		Due:      date(b, c.village.Location),
		For:      b.text("for", idLimit),
		Party:    party(b, c.village),
	}
	b.need("event", "what shall happen")
	b.need("by", "the id of the staff member who does it")
	if b.has("event") && !slices.Contains(matter.EventKinds(), r.Act.Kind) {
		b.fail("event", "there is no event %q; there are %s", shorten(string(r.Act.Kind)), joined(matter.EventKinds()))
	}
	if r.Act.Version < 0 {
		b.fail("version", "version is the one you saw, or absent")
	}
	return r
}

// party reads the number of somebody for whom another wrote.
func party(b *fields, v *directory.Village) message.Address {
	s := b.text("party", idLimit)
	if s == "" {
		return ""
	}
	n, err := directory.Normalize(v.Country, s)
	if err != nil || slices.Contains(v.SMS, n) {
		b.fail("party", "party is the phone number of a resident, such as +8613800000001")
		return ""
	}
	return message.Address("sms:" + n)
}

// date reads when a plan shall be done: a day means the end of its working hours.
func date(b *fields, there *time.Location) time.Time {
	s := b.text("date", idLimit)
	if s == "" {
		return time.Time{}
	}
	if t, err := time.ParseInLocation(time.DateOnly, s, there); err == nil {
		return t.Add(18 * time.Hour)
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		b.fail("date", "date is like 2026-05-04 or 2026-05-04T18:00:00+08:00")
	}
	return t
}

// sound checks a request as far as the desk cannot: that the body was understood
// and that by is somebody. To keep the order of checks (exists, right, state,
// value) it first lets the matter's own workflow speak; an event that does not
// exist is nobody's right and in no state: it is a wrong value.
func (a *api) sound(c *call, r *desk.Request) error {
	member, known := c.village.Member(r.By)
	r.Act.By = matter.StaffActor(member)
	wrong := c.body.problem()
	if known && wrong == nil {
		return nil
	}
	m, err := a.matterOf(c)
	switch {
	case err != nil:
		return err
	case !known && r.By != "":
		return unknownStaff(c.village, r.By)
	case a.Decide != nil && slices.Contains(matter.EventKinds(), r.Act.Kind):
		var refused *matter.Error
		if err := a.Decide(c.village, m, r.Act); errors.As(err, &refused) && refused.Problem != matter.Invalid {
			return err
		}
	}
	return wrong
}

// joined lists names for a message.
func joined[T ~string](names []T) string {
	all := make([]string, len(names))
	for i, n := range names {
		all[i] = string(n)
	}
	return strings.Join(all, ", ")
}

// shorten keeps a message short that quotes what was sent.
func shorten(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}

// unknownStaff is a matter of rights: whoever is unknown has none.
func unknownStaff(v *directory.Village, id string) error {
	return matter.Refuse(matter.Forbidden, "by", "village %s has no staff member %q", v.ID, id)
}
