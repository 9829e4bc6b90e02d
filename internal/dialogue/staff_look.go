package dialogue

import (
	"slices"
	"time"

	"sanshi/internal/catalog"
	"sanshi/internal/directory"
	"sanshi/internal/matter"
	"sanshi/internal/message"
)

// Look is what a look into a tray comes to.
type Look struct {
	Tray   Tray
	Text   *message.Outbound // nil when there is nothing to say
	Nudges []Nudge           // for those who stand in for her
}

// LookInto sees whether a member of staff must be told what waits: in the morning of
// a working day all of it, once; at any other time what is urgent and new to her.
func LookInto(t StaffTurn, c *matter.Calendar) Look {
	s, v := t.Staff[0], t.Village
	l := Look{Tray: t.Tray}
	l.Tray.LookAt = nextList(v, c, t.Now)
	ms := Waiting(s, t.Pile)
	stands := matter.Told(v, matter.Matter{}, matter.ToSecretary)
	if !s.BySMS() || !slices.ContainsFunc(stands, func(x directory.Staff) bool { return x.ID == s.ID }) {
		l.Tray.LookAt = time.Time{}
		l.Nudges = passOn(stands, s.ID, len(ms) > 0, t.Now)
		return l
	}
	day := t.Now.In(v.Location).Format(time.DateOnly)
	list, noon, ok := v.On(t.Now)
	switch urgent := unseen(l.Tray, ms); {
	case ok && c.Works(list) && !t.Now.Before(list) && t.Now.Before(noon) && l.Tray.Morning != day:
		l.Tray.Morning, l.Tray.Items = day, nil
		if len(ms) > 0 {
			l.Text = t.list(&l.Tray, "desk_morning", ms)
			l.Text.Topic = "desk:morning"
		}
	case len(urgent) == 0:
	case v.Until(t.Now).After(t.Now):
		l.Tray.LookAt = v.Until(t.Now)
	default:
		l.Text = t.list(&l.Tray, "desk_urgent", urgent)
	}
	return l
}

func passOn(stands []directory.Staff, but string, waits bool, now time.Time) (out []Nudge) {
	for _, s := range stands {
		if waits && s.ID != but && s.BySMS() {
			out = append(out, Nudge{Staff: s.ID, At: now, Now: true})
		}
	}
	return out
}

// unseen is what is urgent and was never put before her.
func unseen(t Tray, ms []matter.Matter) []matter.Matter {
	var out []matter.Matter
	for _, m := range ms {
		if m.Urgency != catalog.Normal && !t.has(m.ID) {
			out = append(out, m)
		}
	}
	return out
}

func (t StaffTurn) list(tray *Tray, key string, ms []matter.Matter) *message.Outbound {
	sc := scribeFor(t.Village, t.Now)
	text, ask := sc.sortList(tray, key, "", ms)
	out := &message.Outbound{
		ID: t.NewID(), Village: t.Village.ID, To: message.Address("sms:" + t.Staff[0].Phone), Channel: "sms", Staff: t.Staff[0].ID,
		Text: sc.signed(text), Priority: message.News, Matter: ask.Matter, CreatedAt: t.Now, NotBefore: t.Village.Until(t.Now), Ask: ask,
	}
	if len(t.Village.SMS) > 0 {
		out.Sender = t.Village.SMS[0]
	}
	ask.ID = out.ID
	return out
}
