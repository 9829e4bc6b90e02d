package household_test

import (
	"testing"

	"sanshi/handlers/household"
	"sanshi/internal/catalog"
)

func TestWorkflow(t *testing.T) {
	flow := household.Workflow()
	if flow.Queue != catalog.Household {
		t.Errorf("the queue is %s", flow.Queue)
	}
	for _, fault := range flow.Check() {
		t.Error(fault)
	}
}
