package matter

import (
	"strings"
	"testing"

	"sanshi/internal/catalog"
)

// Check must find each fault, or the tables are watched by nobody.
func TestCheckBites(t *testing.T) {
	raise := Step{From: in(New), On: Raise, By: by(ByResident), To: Sorting}
	approve := Step{From: in(Sorting), On: Approve, By: by(BySecretary), To: Queued}
	cases := []struct {
		name  string
		steps []Step
		want  string
	}{
		{"nothing leads to closed", []Step{raise, approve}, "nothing leads to the state closed"},
		{"no way out", []Step{raise, approve}, "no person can lead a matter out of the state queued"},
		{"only the clock leads out", []Step{raise, approve, {From: in(Queued), On: Expire, By: by(ByClock), To: Closed}}, "no person can lead a matter out of the state queued"},
		{"twice", []Step{raise, approve, approve}, "rows 2 and 3 say the same"},
		{"forestalled", []Step{raise, approve, {From: in(Sorting), On: Approve, By: by(BySecretary), If: isEmergency(), To: Done}}, "row 3 (approve) is never reached"},
		{"nobody", []Step{raise, {From: in(Sorting), On: Approve, To: Queued}}, "row 2 (approve) lacks"},
		{"unknown event", []Step{raise, {From: in(Sorting), On: "bless", By: by(BySecretary), To: Queued}}, "row 2 (bless) lacks"},
		{"starts nowhere", []Step{raise, {From: in(Deliberating), On: Resolve, By: by(BySecretary), To: Handling}}, "row 2 (resolve) starts where nothing leads"},
	}
	for _, c := range cases {
		faults := strings.Join(Workflow{Queue: catalog.Household, Steps: c.steps}.Check(), "\n")
		if !strings.Contains(faults, c.want) {
			t.Errorf("%s: found only\n%s", c.name, faults)
		}
	}
	if faults := flowOf(catalog.Household).Check(); len(faults) > 0 {
		t.Errorf("a sound table is faulted: %v", faults)
	}
}
