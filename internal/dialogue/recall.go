package dialogue

import (
	"slices"
	"time"

	"sanshi/internal/catalog"
	"sanshi/internal/directory"
	"sanshi/internal/matter"
	"sanshi/internal/message"
)

// Recall drops texts about a matter that an event has made untrue and that have
// not left yet, in the commit of that event. A text that is on its way wins, and
// stands.
type Recall struct {
	Matter string
	Topics []string  // see message.Outbound
	Since  time.Time // only what was written from then on; the zero time means all

	// Undo: what the dropped texts had replaced waits to be sent again, calls to
	// those who get no texts are closed, and Instead and Calls are for those only
	// whom one of these texts or calls had reached.
	Undo    bool
	Instead []message.Outbound
	Calls   []directory.Callback
}

// Recalled says what must not be said any more after an event. What is undone
// takes back all that was said of it. What waits for the secretary again, or is
// over, makes untrue that it is approved and waits to be taken; whoever took it
// need not be asked to.
func Recalled(before, after matter.Matter, e matter.Event) (Recall, bool) {
	r := Recall{Matter: after.ID}
	switch {
	case before.ID == "":
	case e.Kind == matter.Undo, e.Kind == matter.Split && before.State == matter.Merged:
		r.Undo, r.Since = true, before.Before.At
		r.Topics = []string{newsTopic(after.ID)}
		for _, key := range []string{"queued", "stop_work", "declined", "merged", "page"} {
			r.Topics = append(r.Topics, staffTopic(key, after.ID))
		}
	case before.State != after.State && (after.State == matter.Sorting || !after.State.Open()):
		r.Topics = []string{newsTopic(after.ID), staffTopic("queued", after.ID), staffTopic("assigned", after.ID)}
	case before.State == matter.Queued && (after.State != matter.Queued || after.Kind != before.Kind):
		r.Topics = []string{staffTopic("queued", after.ID)}
	}
	return r, len(r.Topics) > 0
}

// Drops reports whether a text of the same change must not leave either.
func (r Recall) Drops(o message.Outbound) bool {
	return !r.Undo && o.Matter == r.Matter && slices.Contains(r.Topics, o.Topic)
}

func newsTopic(id string) string       { return "news:" + id }
func staffTopic(key, id string) string { return "staff:" + key + ":" + id }

// hold is when news may leave: not in the quiet hours, and not while the act it
// tells of may still be undone by who did it. An emergency waits for nothing.
func (n News) hold(undoable bool) time.Time {
	if n.Matter.Urgency == catalog.Emergency {
		return time.Time{}
	}
	from := n.Now
	if _, ok := n.Village.Member(n.Event.By); ok && undoable && matter.Undoable(n.Event.Kind) {
		from = from.Add(matter.UndoFor)
	}
	if until := n.Village.Until(from); until.After(n.Now) {
		return until
	}
	return time.Time{}
}

// startsWork reports a text that sets a staff member to work. It is held with the
// residents' texts while the act may be undone: a minute later costs her nothing, a
// walk for nothing does. What stops her goes out at once, because she may be up a
// ladder by then; if it is undone she is told to go on.
func startsWork(key string) bool { return key == "queued" || key == "assigned" }
