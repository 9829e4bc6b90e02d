package village

import (
	"sanshi/internal/catalog"
	"sanshi/internal/matter"
)

// Workflow is the table of the village queue.
func Workflow() matter.Workflow {
	return matter.Queue(catalog.VillageRun,
		matter.Claims(matter.ByVolunteer, matter.ByLead, matter.ByCommittee, matter.BySecretary, matter.BySquad),
		matter.Deliberates(matter.ByCommittee),
		matter.Returns(matter.ByAssignee),
	)
}
