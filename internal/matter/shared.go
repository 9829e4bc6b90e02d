package matter

import (
	"slices"

	"sanshi/internal/catalog"
)

// Shared is the part of the table that all queues have in common. A queue adds
// who may claim, how it deliberates and how things go back.
//
// A row reads: from these states, on this event, by one of these, to that state;
// May is a condition of the right, If one of the state, Needs are the values the
// act must bring, Tell says who hears of it. Of several rows that fit, the first counts.
func Shared() []Step {
	return slices.Concat(raising(), sortingSteps(), undoing(), givingOut(), talking(), finishing(), leaving(), clockwork())
}

func in(states ...State) []State { return states }
func by(who ...Who) []Who        { return who }

// unfinished are the open states in which something is still to be done.
func unfinished() []State { return in(Sorting, Queued, Deliberating, Handling, Waiting) }

func approvers() []Who { return by(BySecretary, BySensitive, ByStandIn) }

func raising() []Step {
	return []Step{
		{From: in(New), On: Raise, By: by(ByResident), To: Sort},
		{From: in(New), On: Raise, By: by(ByStaff, BySystem), To: Sort,
			Tell: []Notice{{To: ToRaiser, Key: "raised"}}},
		{From: OpenStates(), On: Join, By: by(ByResident), If: notHersYet(), To: Stay},
		// Somebody for whom another wrote: the answer is to reach both.
		{From: OpenStates(), On: Join, By: by(ByRaiser, BySecretary, BySensitive, ByAssignee), May: readsIt(), If: bringsAnother(), To: Stay,
			Needs: []Guard{needParty()}, Tell: []Notice{{To: ToBrought, Key: "raised_for"}}},
	}
}

// sortingSteps: what it is about, and whether it goes to its queue.
func sortingSteps() []Step {
	editors := by(BySecretary, BySensitive, ByRaiser)
	return []Step{
		{From: in(Sorting), On: Approve, By: approvers(), May: NotOwn(), To: Queued,
			Tell: []Notice{{To: ToRaiser, Key: "approved"}}},
		{From: in(Queued), On: Approve, By: approvers(), May: NotOwn(), If: emergencyUnapproved(), To: Stay},

		{From: OpenStates(), On: Correct, By: editors, May: ApprovesIfAsked(), If: approvesToo(), To: Queued,
			Needs: []Guard{needSorting(true)},
			Tell:  []Notice{{To: ToRaiser, Key: "approved"}}},
		{From: OpenStates(), On: Correct, By: editors, May: ApprovesIfAsked(), If: resorts(), To: Sort,
			Needs: []Guard{needSorting(true)}},
		// An emergency never waits for approval: whoever is paged must be able to take it.
		{From: in(Sorting), On: Correct, By: editors, May: ApprovesIfAsked(), If: becomesEmergency(), To: Queued,
			Needs: []Guard{needSorting(true)}},
		{From: OpenStates(), On: Correct, By: editors, May: ApprovesIfAsked(), To: Stay,
			Needs: []Guard{needSorting(true)}},

		// What another of the residents concerned says changes no approval, unless it
		// would be another queue's: then the secretary looks again.
		{From: in(Queued, Deliberating, Handling, Waiting), On: Correct, By: by(ByResident), May: saysOtherKind(), To: Sorting,
			Needs: []Guard{needSorting(true)},
			Tell:  []Notice{{To: ToSecretary, Key: "to_sort"}}},

		{From: in(Sorting, Queued, Deliberating), On: Decline, By: by(BySecretary), To: Declined,
			Needs: []Guard{needText("reason")},
			Tell:  []Notice{{To: ToParties, Key: "declined"}, {To: ToAssignee, Key: "declined"}}},
		{From: OpenStates(), On: Merge, By: by(BySecretary), To: Merged,
			Needs: []Guard{needTarget()},
			Tell:  []Notice{{To: ToAssignee, Key: "merged"}, {To: ToParties, Key: "merged"}}},
		// Her yes to "is it the same as what somebody reported": she knows best, nobody
		// works on hers yet, and the secretary can split it off again for a day.
		{From: in(Sorting, Queued), On: Merge, By: by(ByRaiser), May: mergesOwn(), If: nobodysYet(), To: Merged,
			Needs: []Guard{needTarget(), needUnfinished()},
			Tell:  []Notice{{To: ToJoined, Key: "merged"}}},
		{From: OpenStates(), On: Split, By: by(BySecretary), To: Stay,
			Needs: []Guard{needSorting(false)}},

		{From: in(Sorting), On: Suggest, By: by(ByRefiner), If: untouchedEmergency(), To: Queued,
			Needs: []Guard{needSorting(false)}, Tell: []Notice{{To: ToRaiser, Key: "alarmed"}}},
		{From: in(Sorting), On: Suggest, By: by(ByRefiner), If: untouched(), To: Stay,
			Needs: []Guard{needSorting(false)}, Tell: []Notice{{To: ToRaiser, Key: "resorted"}}},
	}
}

// undoing: what was just done is taken back, or what was merged is split again.
// These are told only to whom the change had been told: mostly it is held still,
// and nobody hears of either.
func undoing() []Step {
	apart := []Notice{{To: ToAssignee, Key: "go_on"}, {To: ToParties, Key: "split_news"}}
	return []Step{
		{From: append(OpenStates(), Declined), On: Undo, By: by(ByAuthor), If: undoable(), To: Prior,
			Tell: []Notice{{To: ToAssignee, Key: "go_on"}, {To: ToQueue, Key: "stop_work"}, {To: ToParties, Key: "sorted_again"}}},
		{From: in(Merged), On: Undo, By: by(ByAuthor), If: undoable(), To: Prior, Tell: apart},
		{From: in(Merged), On: Split, By: by(BySecretary), If: splittable(), To: Prior, Tell: apart},
	}
}

// givingOut: whose it is. Who may claim is the queue's own.
func givingOut() []Step {
	told := []Notice{{To: ToAssignee, Key: "assigned"}, {To: ToRaiser, Key: "assigned"}}
	return []Step{
		{From: in(Queued, Handling), On: Assign, By: by(ByLead, BySecretary), May: returnedTwice(false), To: Handling,
			Needs: []Guard{needHolder(true)}, Tell: told},
		{From: in(Queued, Handling), On: Assign, By: by(ByTownship, ByAdmin), May: returnedTwice(true), To: Handling,
			Needs: []Guard{needHolder(true)}, Tell: told},
		{From: in(Queued, Handling), On: Transfer, By: by(BySecretary), May: NotOwn(), To: Queued,
			Needs: []Guard{needSorting(false), needOtherQueue()}},
		{From: in(Queued, Handling), On: Transfer, By: by(ByAssignee), To: Sorting,
			Needs: []Guard{needSorting(false)},
			Tell:  []Notice{{To: ToSecretary, Key: "to_sort"}}},
	}
}

// talking: questions, answers, notes and dates.
func talking() []Step {
	asks := []Guard{needText("question"), needAsked()}
	return []Step{
		{From: in(Sorting), On: Ask, By: by(BySecretary, ByAssignee), If: asksThird(), To: Stay, Needs: asks},
		{From: in(Sorting), On: Ask, By: by(BySecretary, ByAssignee), To: Stay, Needs: asks,
			Tell: []Notice{{To: ToRaiser, Key: "asked"}}},
		{From: in(Handling, Deliberating), On: Ask, By: by(BySecretary, ByAssignee), If: asksThird(), To: Waiting, Needs: asks},
		{From: in(Handling, Deliberating), On: Ask, By: by(BySecretary, ByAssignee), To: Waiting, Needs: asks,
			Tell: []Notice{{To: ToRaiser, Key: "asked"}}},
		{From: in(Waiting), On: Answer, By: by(ByResident), To: Back,
			Tell: []Notice{{To: ToAssignee, Key: "answered"}}},
		{From: in(Sorting, Queued, Deliberating, Handling, Done, Closed, Declined, Merged, Cancelled), On: Answer, By: by(ByResident), To: Stay},

		{From: States(), On: Note, By: by(ByReader), May: revealedFirst(), To: Stay, Needs: []Guard{needText("note")}},
		{From: States(), On: Reveal, By: by(ByReader), To: Stay, Needs: []Guard{needText("reason")}},

		{From: in(Queued, Handling, Waiting), On: Plan, By: by(ByAssignee), May: planned(false), To: Stay,
			Needs: []Guard{needDate()}, Tell: []Notice{{To: ToParties, Key: "planned"}}},
		{From: in(Queued, Handling, Waiting), On: Plan, By: by(BySecretary), May: planned(true), To: Stay,
			Needs: []Guard{needDate()}, Tell: []Notice{{To: ToParties, Key: "planned"}}},
	}
}

func finishing() []Step {
	doers := by(ByAssignee, ByLead, BySecretary)
	needs := []Guard{needOutcome(), needProof()}
	told := []Notice{{To: ToRaiser, Key: "done_rate"}, {To: ToJoined, Key: "done_told"}}
	return []Step{
		{From: in(Queued), On: Finish, By: doers, May: notUnseen(), If: Claimable(), To: Done, Needs: needs, Tell: told},
		{From: in(Handling, Waiting), On: Finish, By: doers, To: Done, Needs: needs, Tell: told},

		// One or two: first she is asked whether it is to be done again. Rated once
		// more, or left alone, it closes.
		{From: in(Done), On: Rate, By: by(ByResident), If: lowFirst(), To: Stay, Needs: []Guard{needRating()}},
		{From: in(Done), On: Rate, By: by(ByResident), To: Closed, Needs: []Guard{needRating()}},

		// The approval stands, and who had it still knows it best.
		{From: in(Done), On: Reopen, By: by(ByResident, BySecretary), To: Queued,
			Tell: []Notice{{To: ToAssignee, Key: "reopened"}, {To: ToRaiser, Key: "reopened_news"}, {To: ToJoined, Key: "reopened_news"}}},
		{From: in(Closed), On: Reopen, By: by(ByResident, BySecretary), If: lately(), To: Sorting,
			Tell: []Notice{{To: ToSecretary, Key: "to_sort"}, {To: ToRaiser, Key: "reopened_news"}, {To: ToJoined, Key: "reopened_news"}}},
		// Too late to be the same matter: a new one takes it up.
		{From: in(Closed), On: Reopen, By: by(ByResident, BySecretary), To: Stay},
	}
}

func leaving() []Step {
	return []Step{
		{From: OpenStates(), On: Cancel, By: by(ByRaiser), If: isEmergency(), To: Cancelled,
			Tell: []Notice{{To: ToAssignee, Key: "cancelled"}, {To: ToSquad, Key: "cancelled"}, {To: ToJoined, Key: "cancelled_news"}}},
		{From: OpenStates(), On: Cancel, By: by(ByRaiser), To: Cancelled,
			Tell: []Notice{{To: ToAssignee, Key: "cancelled"}, {To: ToJoined, Key: "cancelled_news"}}},
		{From: States(), On: Erase, By: by(BySecretary, ByAdmin), To: Stay},
		{From: in(Closed, Declined, Merged, Cancelled), On: Erase, By: by(ByClock), If: agedOut(), To: Stay},
	}
}

// clockwork: what time does. Residents never hear of it.
func clockwork() []Step {
	step := func(from []State, on EventKind, g Guard, to State, tell ...Notice) Step {
		return Step{From: from, On: on, By: by(ByClock), If: g, To: to, Tell: tell}
	}
	held := in(Deliberating, Handling, Waiting)
	return []Step{
		step(in(Sorting), Remind, shareOf(false), Stay, Notice{To: ToSecretary, Key: "reminder"}),
		step(in(Queued), Remind, shareOf(false), Stay, Notice{To: ToQueue, Key: "reminder"}),
		step(held, Remind, shareOf(false), Stay, Notice{To: ToAssignee, Key: "reminder"}),
		step(in(Sorting), Remind, shareOf(true), Stay, Notice{To: ToSecretary, Key: "late"}),
		step(in(Queued), Remind, shareOf(true), Stay, Notice{To: ToQueue, Key: "late"}),
		step(held, Remind, shareOf(true), Stay, Notice{To: ToAssignee, Key: "late"}),

		step(in(Queued), Escalate, round(2), Stay, Notice{To: ToNext, Key: "page_next"}),
		step(in(Queued), Escalate, round(3), Stay, Notice{To: ToNext, Key: "page_call"}),
		step(in(Queued), Escalate, round(4), Stay, Notice{To: ToNext, Key: "page_township"}),
		step(unfinished(), Escalate, rung(1), Stay, Notice{To: ToLead, Key: "late"}),
		step(unfinished(), Escalate, rung(2), Stay, Notice{To: ToSecretary, Key: "late_secretary"}),
		step(unfinished(), Escalate, rung(3), Stay, Notice{To: ToTownship, Key: "late_township"}),

		step(in(Waiting), Expire, expired(), Back, Notice{To: ToAssignee, Key: "no_answer"}),
		step(in(Done), Expire, expired(), Closed),
	}
}

// Returns is how a matter goes back to the secretary; the second time the
// township must decide whose it is. The queue says who may return.
func Returns(who ...Who) []Step {
	reason := []Guard{needText("reason")}
	return []Step{
		{From: in(Queued, Handling), On: Return, By: who, If: returned(0), To: Sorting, Needs: reason,
			Tell: []Notice{{To: ToSecretary, Key: "returned"}}},
		{From: in(Queued, Handling), On: Return, By: who, If: returned(1), To: Queued, Needs: reason,
			Tell: []Notice{{To: ToTownship, Key: "returned_township"}, {To: ToSecretary, Key: "returned"}}},
	}
}

// Claims lets these take a matter from the queue.
func Claims(who ...Who) []Step {
	return []Step{{From: in(Queued), On: Claim, By: who, May: notUnseen(), If: Claimable(), To: Handling,
		Tell: []Notice{{To: ToRaiser, Key: "claimed"}}}}
}

// Deliberates lets these talk a matter over, and say what comes of it.
func Deliberates(who ...Who) []Step {
	needs := []Guard{needResolution(), needHolder(false)}
	return []Step{
		{From: in(Queued, Handling), On: Deliberate, By: who, To: Deliberating},
		{From: in(Deliberating), On: Resolve, By: who, If: resolvedTo(Declined), To: Declined, Needs: needs,
			Tell: []Notice{{To: ToParties, Key: "declined"}}},
		{From: in(Deliberating), On: Resolve, By: who, If: resolvedTo(Handling), To: Handling, Needs: needs,
			Tell: []Notice{{To: ToAssignee, Key: "assigned"}}},
	}
}

// CorrectsCode lets these mend the code of a matter within their own queue.
func CorrectsCode(who ...Who) []Step {
	return []Step{{From: OpenStates(), On: Correct, By: who, May: CodeOnly(), To: Stay, Needs: []Guard{needSorting(true)}}}
}

// Queue is the workflow of a queue: the shared rows and its own.
func Queue(k catalog.Kind, own ...[]Step) Workflow {
	return Workflow{Queue: k, Steps: slices.Concat(Shared(), slices.Concat(own...))}
}
