package matter

import (
	"slices"
	"time"

	"sanshi/internal/directory"
)

// guard makes a condition that refuses with a conflict.
func guard(name, refusal string, holds func(b Bench, m Matter, a Act) bool) Guard {
	return Guard{Name: name, Check: func(b Bench, m Matter, a Act) error {
		if holds(b, m, a) {
			return nil
		}
		return Refuse(Conflict, "event", "%s", refusal)
	}}
}

// right makes a condition that refuses the right.
func right(name, refusal string, holds func(b Bench, m Matter, a Act) bool) Guard {
	return Guard{Name: name, Check: func(b Bench, m Matter, a Act) error {
		if holds(b, m, a) {
			return nil
		}
		return Refuse(Forbidden, "by", "%s", refusal)
	}}
}

// Conditions of the right.

// NotOwn: nobody approves what she raised or is party to.
func NotOwn() Guard {
	return right("not her own", "nobody approves a matter that she raised or joined",
		func(_ Bench, m Matter, a Act) bool { return !m.party(a.By.Staff) })
}

// ApprovesIfAsked: to correct and approve at once needs the right to approve.
func ApprovesIfAsked() Guard {
	return right("may approve, if she does", "correcting and approving at once needs the right to approve",
		func(b Bench, m Matter, a Act) bool { return !a.Approve || mayApprove(b.Village, &m, &a) })
}

// CodeOnly: an officer corrects the code within her own queue, and nothing else.
func CodeOnly() Guard {
	return right("the code only", "an officer corrects the code only, within the government queue",
		func(_ Bench, m Matter, a Act) bool {
			d := a.Detail
			return !a.Approve && !m.changesKind(a) && (d.Kind == "" || d.Kind == m.Kind) &&
				d.Area == "" && d.Urgency == ""
		})
}

// returnedTwice: what the township must assign is assigned by nobody else, and the
// township assigns nothing else.
func returnedTwice(twice bool) Guard {
	refusal := "after the second return the township assigns it"
	name := "not returned twice"
	if twice {
		refusal, name = "the township assigns only what was returned twice", "returned twice"
	}
	return right(name, refusal, func(_ Bench, m Matter, _ Act) bool { return m.Township == twice })
}

// revealedFirst: of a private matter one reads the words first, on the record.
func revealedFirst() Guard {
	return right("revealed to her, if private", "reveal the private matter first, with a reason",
		func(b Bench, m Matter, a Act) bool {
			return a.By.Staff != nil && MaySeeWords(b.Village, m, *a.By.Staff)
		})
}

// notUnseen: whoever takes a matter may read it from then on, so a private one is
// taken only by those who may already; to the others the secretary gives it.
func notUnseen() Guard {
	return right("may read it", "a private matter is given out by the secretary, not taken",
		func(b Bench, m Matter, a Act) bool { return a.By.Staff != nil && trusted(b.Village, &m, a.By.Staff) })
}

func planned(already bool) Guard {
	name, refusal := "not moved yet", "the due date was moved once; now only the secretary moves it"
	if already {
		name, refusal = "moved before", "the first to move the due date is the assignee"
	}
	return right(name, refusal, func(_ Bench, m Matter, _ Act) bool { return m.Planned == already })
}

// saysOtherKind: who only joined an ordinary matter may say that it is another
// queue's, and nothing else.
func saysOtherKind() Guard {
	return right("another kind, of an ordinary matter", "who joined a matter may say only that it is another queue's",
		func(_ Bench, m Matter, a Act) bool {
			return !m.Private && !m.emergency() && !a.Approve && a.Detail.Urgency == "" && a.Detail.Area == "" && m.changesKind(a)
		})
}

// mergesOwn: a resident's yes joins ordinary matters only.
func mergesOwn() Guard {
	return right("both ordinary", "only ordinary matters of the village or a department are joined by a resident",
		func(b Bench, m Matter, _ Act) bool {
			return joinable(m) && (b.Into == nil || joinable(*b.Into))
		})
}

// Conditions of the state.

func nobodysYet() Guard {
	return guard("nobody has it yet", "somebody is on it already",
		func(_ Bench, m Matter, _ Act) bool { return m.Assignee == "" })
}

// Claimable: what was returned twice waits for the township.
func Claimable() Guard {
	return guard("not returned twice", "returned twice: the township assigns it",
		func(_ Bench, m Matter, a Act) bool { return !m.Township || m.Assignee != "" && m.Assignee == a.By.ID })
}

func returned(times int) Guard {
	names := []string{"first return", "second return"}
	return guard(names[times], "returned twice already: it cannot be returned again",
		func(_ Bench, m Matter, _ Act) bool { return m.Returned == times })
}

func notHersYet() Guard {
	return guard("not hers yet", "she raised or joined it already",
		func(_ Bench, m Matter, a Act) bool { return !m.concerns(a.By) && !m.brings(a) })
}

func bringsAnother() Guard {
	return guard("brings another", "she raised or joined it already",
		func(_ Bench, m Matter, a Act) bool { return m.brings(a) || a.By.Staff != nil })
}

// brings reports whether who joins is somebody else than who says so.
func (m *Matter) brings(a Act) bool { return a.Detail.Party != "" && a.Detail.Party != a.By.Address }

// readsIt: of a private matter only who reads it may say whom else it concerns.
func readsIt() Guard {
	return right("may read it, if private", "reveal the private matter first, with a reason",
		func(b Bench, m Matter, a Act) bool {
			return a.By.Staff == nil || MaySeeWords(b.Village, m, *a.By.Staff)
		})
}

func emergencyUnapproved() Guard {
	return guard("emergency not yet approved", "it is in its queue already",
		func(_ Bench, m Matter, _ Act) bool { return m.emergency() && m.ApprovedBy == "" })
}

func isEmergency() Guard {
	return guard("emergency", "no emergency", func(_ Bench, m Matter, _ Act) bool { return m.emergency() })
}

func lowFirst() Guard {
	return guard("a first rating of 1 or 2", "rated before, or 3 and more",
		func(_ Bench, m Matter, a Act) bool { return m.Rating == 0 && a.Detail.Rating <= 2 })
}

func resorts() Guard {
	return guard("kind changes, emergency ends, or the policy no longer covers it", "the kind stays",
		func(b Bench, m Matter, a Act) bool {
			return m.changesKind(a) || m.endsEmergency(a) || m.outgrowsPolicy(b, a)
		})
}

func becomesEmergency() Guard {
	return guard("becomes an emergency", "no emergency",
		func(_ Bench, m Matter, a Act) bool { return m.startsEmergency(a) })
}

func approvesToo() Guard {
	return guard("approved at once", "not approved", func(_ Bench, _ Matter, a Act) bool { return a.Approve })
}

func untouched() Guard {
	return guard("no person has acted", "a person has acted since it was raised",
		func(_ Bench, m Matter, _ Act) bool { return !m.Touched })
}

func untouchedEmergency() Guard {
	return guard("no person has acted, becomes an emergency", "a person has acted since it was raised",
		func(_ Bench, m Matter, a Act) bool { return !m.Touched && m.startsEmergency(a) })
}

func undoable() Guard {
	return guard("within 60 s, nobody acted since", "too late to undo: a minute has passed or somebody has acted since",
		func(_ Bench, m Matter, a Act) bool {
			return m.Before != nil && m.Before.Seq == m.Version && a.At.Sub(m.Before.At) <= UndoFor
		})
}

// agedOut: the village keeps the words of ended matters for so long and no longer.
func agedOut() Guard {
	return guard("kept long enough", "its words are still to be kept", func(b Bench, m Matter, a Act) bool {
		return !m.EndedAt.IsZero() && m.EndedAt.Before(directory.Before(a.At, b.Village.Keeps().Matters))
	})
}

func splittable() Guard {
	return guard("merged within 24 h", "merged more than 24 hours ago",
		func(_ Bench, m Matter, a Act) bool {
			return m.Before != nil && m.Before.On == Merge && a.At.Sub(m.Before.At) <= splitFor
		})
}

func lately() Guard {
	return guard("closed within 60 days", "closed more than 60 days ago",
		func(_ Bench, m Matter, a Act) bool { return m.Reopens(a.At) })
}

// Reopens reports whether a closed matter can still be taken up itself.
func (m Matter) Reopens(now time.Time) bool { return now.Sub(m.EndedAt) <= reopenFor }

func asksThird() Guard {
	return guard("asks a third party", "asks the resident",
		func(_ Bench, _ Matter, a Act) bool { return a.Detail.For == ForThird })
}

func resolvedTo(s State) Guard {
	return guard("outcome: "+string(s), "the outcome is handling or declined",
		func(_ Bench, _ Matter, a Act) bool { return (a.Detail.Outcome == string(Declined)) == (s == Declined) })
}

func expired() Guard {
	return guard("its time is over", "its time is not over yet", func(_ Bench, m Matter, a Act) bool {
		t := m.expires()
		return !t.IsZero() && !a.At.Before(t)
	})
}

func shareOf(late bool) Guard {
	name := "50 or 80 %"
	if late {
		name = "100 %"
	}
	return guard(name, "reminded already", func(_ Bench, m Matter, a Act) bool {
		return a.Detail.Share > m.Reminded && slices.Contains([]int{50, 80, 100}, a.Detail.Share) && (a.Detail.Share == 100) == late
	})
}

func rung(n int) Guard {
	return guard([]string{"", "to the lead", "to the secretary", "to the township"}[n], "climbed so far already",
		func(_ Bench, m Matter, a Act) bool { return a.Detail.Rung == n && n > m.Escalated && !m.paging() })
}

func round(n int) Guard {
	return guard([]string{"", "", "unclaimed: the next person", "unclaimed: a call", "unclaimed: the township"}[n], "paged already, or taken",
		func(_ Bench, m Matter, a Act) bool { return m.paging() && a.Detail.Rung == n && n == m.Paged+1 })
}
