package government

import (
	"sanshi/internal/catalog"
	"sanshi/internal/matter"
)

// Workflow is the table of the government queue.
func Workflow() matter.Workflow {
	return matter.Queue(catalog.Government,
		matter.Claims(matter.ByOfficer, matter.BySecretary, matter.BySquad),
		matter.CorrectsCode(matter.ByOfficer),
		matter.Returns(matter.ByAssignee, matter.ByOfficer),
	)
}
