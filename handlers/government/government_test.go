package government_test

import (
	"testing"

	"sanshi/handlers/government"
	"sanshi/internal/catalog"
)

func TestWorkflow(t *testing.T) {
	flow := government.Workflow()
	if flow.Queue != catalog.Government {
		t.Errorf("the queue is %s", flow.Queue)
	}
	for _, fault := range flow.Check() {
		t.Error(fault)
	}
}
