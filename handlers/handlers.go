// Package handlers lists what happens to a matter in each of the three queues.
// Every queue is one table of steps that a secretary can read; a village's rule
// that can be a row of a table is a row of a table.
package handlers

import (
	"sanshi/handlers/government"
	"sanshi/handlers/household"
	"sanshi/handlers/village"
	"sanshi/internal/catalog"
	"sanshi/internal/matter"
)

// All gives the workflow of every queue.
func All() map[catalog.Kind]matter.Workflow {
	return map[catalog.Kind]matter.Workflow{
		catalog.Household:  household.Workflow(),
		catalog.VillageRun: village.Workflow(),
		catalog.Government: government.Workflow(),
	}
}
