package village_test

import (
	"testing"

	"sanshi/handlers/village"
	"sanshi/internal/catalog"
)

func TestWorkflow(t *testing.T) {
	flow := village.Workflow()
	if flow.Queue != catalog.VillageRun {
		t.Errorf("the queue is %s", flow.Queue)
	}
	for _, fault := range flow.Check() {
		t.Error(fault)
	}
}
