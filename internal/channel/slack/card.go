package slack

import (
	"time"

	slackgo "github.com/slack-go/slack"

	"sanshi/internal/directory"
	"sanshi/internal/matter"
)

// CardView is all that a card shows.
type CardView struct {
	Village  *directory.Village
	Matter   matter.Matter
	Alike    []matter.Matter    // open ones like it, for whoever approves
	Allowed  []matter.EventKind // what somebody may do now; other buttons are not drawn
	Language string             // "" is the village's
	// Reads: who looks at it may read its words, though it is private. False in
	// every channel.
	Reads bool
	Now   time.Time
}

// ApprovalCard is what the secretary decides on.
func ApprovalCard(v CardView) []slackgo.Block { return nil }

// QueueCard is what those of a queue take and finish.
func QueueCard(v CardView) []slackgo.Block { return nil }

// ListCard lets several matters be approved together.
func ListCard(v ListView) []slackgo.Block { return nil }

// ListView is a list of matters to approve: checkboxes with action_id "pick" whose
// values are ID:VERSION, and a button with action_id "approve_picked".
type ListView struct {
	Village  *directory.Village
	Matters  []matter.Matter
	Language string
	Now      time.Time
}

// HomeView is somebody's home page: mine, what is late, and what she may approve.
type HomeView struct {
	Village   *directory.Village
	Staff     directory.Staff
	Mine      []matter.Matter
	Late      []matter.Matter // of others, whom she looks after
	ToApprove []matter.Matter
	Allowed   func(matter.Matter) []matter.EventKind // for her
	Language  string
	Now       time.Time
}

// Home draws a home page.
func Home(v HomeView) []slackgo.Block { return nil }
