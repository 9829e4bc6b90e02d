package household

import (
	"sanshi/internal/catalog"
	"sanshi/internal/matter"
)

// Workflow is the table of the household queue.
func Workflow() matter.Workflow {
	return matter.Queue(catalog.Household,
		matter.Claims(matter.ByVolunteer, matter.ByLead, matter.ByMediator, matter.BySecretary, matter.BySquad),
		matter.Deliberates(matter.ByLead, matter.ByMediator),
		matter.Returns(matter.ByAssignee),
	)
}
