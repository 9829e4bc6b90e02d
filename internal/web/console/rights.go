package console

import (
	"slices"
	"time"

	"sanshi/internal/catalog"
	"sanshi/internal/directory"
	"sanshi/internal/matter"
)

// right is what a person may do in the console besides acting on a matter,
// which the matter's workflow decides.
type right string

const (
	callsRead  right = "calls:read"
	callsClose right = "calls:close"
	deadRead   right = "dead:read"
	deadRetry  right = "dead:retry"
	linkMake   right = "link:make" // for somebody else; for herself anybody may
	eraseDo    right = "resident:erase"
)

// rights says which roles have which right.
func rights() map[right][]directory.Role {
	return map[right][]directory.Role{
		callsRead:  {directory.Secretary, directory.Committee, directory.Lead, directory.Administrator},
		callsClose: {directory.Secretary, directory.Committee, directory.Lead, directory.Administrator},
		deadRead:   {directory.Secretary, directory.Supervisor, directory.Administrator},
		deadRetry:  {directory.Secretary, directory.Administrator},
		linkMake:   {directory.Administrator},
		eraseDo:    {directory.Secretary, directory.Administrator},
	}
}

func may(s directory.Staff, r right) bool { return slices.Contains(rights()[r], s.Role) }

// inQueue are the states that a queue shows unless asked otherwise.
func inQueue() []matter.State {
	return []matter.State{matter.Queued, matter.Deliberating, matter.Handling, matter.Waiting}
}

// A reveal of a private matter holds for a working day; then the reason is asked again.
const revealTime = 8 * time.Hour

// allowed lists what a person may do to a matter now, in the order of the forms.
func (c *Console) allowed(v *visit, m matter.Matter) []matter.EventKind {
	b := matter.Bench{Village: v.village, Calendar: c.Calendar}
	return matter.Allowed(c.Workflows[queueOf(m)], b, m, matter.StaffActor(v.me))
}

// queueOf is the queue whose workflow a matter follows.
func queueOf(m matter.Matter) catalog.Kind { return m.Kind }

// readable reports whether the words of a matter may stand on its page: not in
// any list, where a private matter never shows them.
func (c *Console) readable(v *visit, m matter.Matter, events []matter.Event) bool {
	if matter.MayRead(v.village, m, v.me) {
		return true
	}
	for _, e := range events {
		if e.Kind == matter.Reveal && e.By == v.me.ID && c.Now().Sub(e.At) < revealTime {
			return true
		}
	}
	return false
}
