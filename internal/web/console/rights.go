package console

import (
	"slices"

	"sanshi/internal/directory"
	"sanshi/internal/matter"
)

// right is what a person may do in the console besides acting on a matter,
// which the matter's workflow decides.
type right string

const (
	callsRead right = "calls:read" // those of ordinary matters; package call knows the rest
	deadRead  right = "dead:read"
	deadRetry right = "dead:retry"
	linkMake  right = "link:make" // for somebody else; for herself anybody may
	eraseDo   right = "resident:erase"
	factWrite right = "fact:write"

	rehearseDo right = "rehearsal:begin"
)

// rights says which roles have which right.
func rights() map[right][]directory.Role {
	return map[right][]directory.Role{
		callsRead: {directory.Secretary, directory.Committee, directory.Lead, directory.Administrator},
		deadRead:  {directory.Secretary, directory.Supervisor, directory.Administrator},
		deadRetry: {directory.Secretary, directory.Administrator},
		linkMake:  {directory.Administrator},
		eraseDo:   {directory.Secretary, directory.Administrator},
		factWrite: {directory.Secretary, directory.Committee, directory.Administrator},

		rehearseDo: {directory.Secretary, directory.Administrator},
	}
}

func may(s directory.Staff, r right) bool { return slices.Contains(rights()[r], s.Role) }

// inQueue are the states that a queue shows unless asked otherwise.
func inQueue() []matter.State {
	return []matter.State{matter.Queued, matter.Deliberating, matter.Handling, matter.Waiting}
}

// allowed lists what a person may do to a matter now, in the order of the forms.
func (c *Console) allowed(v *visit, m matter.Matter) []matter.EventKind {
	b := matter.Bench{Village: v.village, Calendar: c.Calendar.For(v.village.Country)}
	return c.Workflows[m.Kind].Allowed(b, m, matter.StaffActor(v.me), c.Now())
}

// mayApprove reports whether she may correct and approve a matter at once.
func (c *Console) mayApprove(v *visit, m matter.Matter) bool {
	b := matter.Bench{Village: v.village, Calendar: c.Calendar.For(v.village.Country)}
	return c.Workflows[m.Kind].MayApprove(b, m, matter.StaffActor(v.me), c.Now())
}
