package desk

import (
	"context"
	"errors"
	"strings"

	"sanshi/internal/catalog"
	"sanshi/internal/classify"
	"sanshi/internal/dialogue"
	"sanshi/internal/directory"
	"sanshi/internal/matter"
	"sanshi/internal/message"
)

// What staff ask for besides acting on a matter that is there: a new one for
// somebody, and a look at what an act would say.

// Raising is a matter that a staff member raises for somebody: from the red
// letter box, a reception day, a call.
type Raising struct {
	Village string
	By      string          // staff id
	Via     string          // slack, console …
	For     message.Address // whom it is for; "" when nobody gave a number
	Name    string          // as she calls herself
	Text    string
	Area    string // "" leaves it to the words
	Code    string // "" leaves it to the words
	Key     string // idempotency key, or ""
	Digest  string
}

// Raise opens a matter for somebody and returns it. A refusal is a *matter.Error:
// of the field "code" when the words do not say what it is about. The same key
// again returns the same matter. A second report of an emergency joins the first.
func (d *Desk) Raise(ctx context.Context, r Raising) (raised matter.Matter, err error) {
	err = d.untilFresh(ctx, func() error {
		scene, err := d.Store.Talk(ctx, message.Lane{Village: r.Village, Address: r.For})
		if err != nil {
			return err
		}
		done := false
		if raised, done, err = d.raisedBefore(ctx, r); done || err != nil {
			return err
		}
		w := d.begin(scene.Village, r.Village)
		if raised, err = w.raiseFor(ctx, r, scene.Resident); err != nil {
			return err
		}
		if r.Key != "" {
			w.change.Key = &Key{Village: r.Village, Key: r.Key, Matter: raised.ID, Digest: r.Digest, Version: raised.Version, At: d.Now()}
		}
		return d.commit(ctx, w)
	})
	if errors.Is(err, ErrRepeated) { // the same key at the same time: the other one did it
		return d.Raise(ctx, r)
	}
	return raised, err
}

func (d *Desk) raisedBefore(ctx context.Context, r Raising) (then matter.Matter, done bool, err error) {
	if r.Key == "" {
		return then, false, nil
	}
	k, taken, err := d.Store.Repeated(ctx, r.Village, r.Key)
	if err != nil || !taken {
		return then, false, err
	}
	if k.Digest != r.Digest {
		return then, false, matter.Refuse(matter.Conflict, "key", "this key was used for another request")
	}
	room, err := d.Store.Room(ctx, r.Village, k.Matter, "")
	return room.Matter, err == nil, err
}

// raiseFor opens the matter, or joins the emergency that it reports once more.
func (w *work) raiseFor(ctx context.Context, r Raising, who directory.Resident) (matter.Matter, error) {
	staff, ok := w.village.Member(r.By)
	if !ok {
		return matter.Matter{}, matter.Refuse(matter.Forbidden, "by", "there is no staff member %q in this village", r.By)
	}
	if strings.TrimSpace(r.Text) == "" {
		return matter.Matter{}, matter.Refuse(matter.Invalid, "text", "say what it is about")
	}
	found := w.desk.Read(r.Text, w.village)[0]
	if err := settle(&found, r); err != nil {
		return matter.Matter{}, err
	}
	if r.For != "" {
		w.acquaint(&who, r)
	}
	o := dialogue.Opening{ID: w.desk.NewID(), Result: found, Text: r.Text, Hold: r.Code != ""}
	first, err := w.firstLike(ctx, &o, who)
	if err != nil {
		return matter.Matter{}, err
	}
	if first != nil {
		if r.For != "" {
			w.change.Parties = append(w.change.Parties, Party{Matter: first.ID, Address: r.For, Seen: first.Version})
		}
		return *first, nil
	}
	in := raising(&o, who)
	in.Resident, in.By, in.Via = r.For, matter.StaffActor(staff), r.Via
	m, err := w.raise(ctx, in)
	w.doubt(m, found, err)
	return m, err
}

// settle lets what the staff member says go before what the words seem to be. A
// code of hers is no reason to pass the secretary by: such a matter is held.
func settle(found *classify.Result, r Raising) error {
	if r.Area != "" {
		found.Area = r.Area
	}
	if r.Name != "" {
		found.Name = r.Name
	}
	switch s, known := catalog.Lookup(r.Code); {
	case r.Code == "" && !found.Kind.Valid():
		return matter.Refuse(matter.Invalid, "code", "the words do not say what it is about: choose a service")
	case r.Code != "" && (!known || !s.Kind.Valid()):
		return matter.Refuse(matter.Invalid, "code", "%q is not in the catalogue", r.Code)
	case r.Code != "":
		found.Kind, found.Code, found.Confidence, found.Source = s.Kind, s.Code, 1, "staff"
		found.Private = found.Private || s.Private
	}
	if !found.Urgency.Valid() {
		found.Urgency = catalog.Normal
	}
	if found.Summary == "" {
		found.Summary = string(([]rune(r.Text))[:min(24, len([]rune(r.Text)))])
	}
	return nil
}

// acquaint makes a resident of whoever never texted: what becomes of the matter
// goes to her by the village's own number.
func (w *work) acquaint(who *directory.Resident, r Raising) {
	if who.Version == 0 {
		*who = directory.Resident{Village: r.Village, Address: r.For, Name: r.Name, Area: r.Area,
			Language: w.village.Language, Channel: r.For.Scheme()}
		if len(w.village.SMS) > 0 {
			who.Sender = w.village.SMS[0]
		}
		w.change.Resident = who
	}
	w.people[r.For] = *who
}

// Preview says what an act would send to residents, and does nothing. It refuses
// what Act would refuse.
func (d *Desk) Preview(ctx context.Context, r Request) ([]message.Outbound, error) {
	room, err := d.Store.Room(ctx, r.Village, r.Matter, r.Act.Detail.Into)
	if err != nil {
		return nil, err
	}
	r.Key = ""
	w, err := d.actIn(ctx, room, r)
	if err != nil {
		return nil, err
	}
	var texts []message.Outbound
	for _, o := range w.change.Outbox {
		if o.Staff == "" {
			texts = append(texts, o)
		}
	}
	return texts, nil
}
