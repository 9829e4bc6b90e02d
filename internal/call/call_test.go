package call

import (
	"errors"
	"testing"
	"time"

	"sanshi/internal/directory"
	"sanshi/internal/matter"
)

var shanghai = time.FixedZone("CST", 8*3600)

func bench() Bench {
	return Bench{Calendar: matter.NewCalendar(), Village: &directory.Village{ID: "v", Location: shanghai, Sensitive: []string{"zhou"},
		Staff: []directory.Staff{{ID: "li", Role: directory.Secretary}, {ID: "gao", Role: directory.Committee}, {ID: "wang", Role: directory.Lead},
			{ID: "zhou", Role: directory.Mediator}, {ID: "ma", Role: directory.Volunteer}, {ID: "zhen", Role: directory.Officer}}}}
}

func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, shanghai)
	if err != nil {
		panic(err)
	}
	return t
}

// What is promised is what a person can keep: in working time, never in the past.
func TestPromise(t *testing.T) {
	for now, want := range map[string]string{
		"2026-11-23 03:00": "2026-11-23 12:00", // before the office opens: this morning
		"2026-11-23 09:00": "2026-11-23 18:00",
		"2026-11-23 15:59": "2026-11-23 18:00",
		"2026-11-23 16:00": "2026-11-24 12:00", // too late for today
		"2026-11-23 23:59": "2026-11-24 12:00",
		"2026-11-27 17:00": "2026-11-30 12:00", // a Friday
		"2026-11-28 10:00": "2026-11-30 12:00", // a Saturday
		"2026-09-30 17:00": "2026-10-08 12:00", // the week of the national day
		"2026-10-10 10:00": "2026-10-10 18:00", // a Saturday worked for it
	} {
		if got := bench().Promise(at(now)); !got.Equal(at(want)) {
			t.Errorf("asked %s, promised %s, want %s", now, got.In(shanghai), want)
		}
	}
}

// Who calls: who has the matter, somebody who may know, otherwise the secretary.
func TestWhoCalls(t *testing.T) {
	for _, c := range []struct {
		call directory.Callback
		want string
	}{
		{directory.Callback{Reason: directory.CallPerson, Assignee: "wang"}, "li"},
		{directory.Callback{Reason: directory.CallClosing, Assignee: "wang"}, "wang"},
		{directory.Callback{Reason: directory.CallClosing}, "li"},
		{directory.Callback{Reason: directory.CallPerson, Private: true}, "zhou"},
		{directory.Callback{Reason: directory.CallPerson, Private: true, Assignee: "ma"}, "ma"},
	} {
		if got := bench().Plan(c.call, at("2026-11-23 09:00")); got.For != c.want || got.DueAt.IsZero() || !got.NextAt.Equal(got.DueAt) {
			t.Errorf("%+v: %s calls by %s, want %s", c.call, got.For, got.DueAt, c.want)
		}
	}
}

// Everybody's rights on an ordinary call and on a private one.
func TestMayRead(t *testing.T) {
	v := bench().Village
	ordinary := directory.Callback{Reason: directory.CallPerson, For: "li"}
	private := directory.Callback{Reason: directory.CallPerson, For: "zhou", TakenBy: "li", Private: true}
	for who, want := range map[string][2]bool{"li": {true, false}, "gao": {true, false}, "wang": {true, false}, "zhou": {false, true}, "ma": {false, false}, "zhen": {false, false}} {
		s, _ := v.Member(who)
		if got := [2]bool{MayRead(v, ordinary, s), MayRead(v, private, s)}; got != want {
			t.Errorf("%s may read %v, want %v", who, got, want)
		}
	}
	mine, _ := v.Member("ma")
	if !MayRead(v, directory.Callback{For: "ma"}, mine) {
		t.Error("whose task it is may not read it")
	}
}

func TestDo(t *testing.T) {
	b, now := bench(), at("2026-11-23 10:00")
	li, _ := b.Village.Member("li")
	ma, _ := b.Village.Member("ma")
	open := b.Plan(directory.Callback{ID: "c", Reason: directory.CallPerson}, now)
	problem := func(c directory.Callback, a Act) matter.Problem {
		var refused *matter.Error
		if _, err := b.Do(c, a); errors.As(err, &refused) {
			return refused.Problem
		}
		return ""
	}
	done, err := b.Do(open, Act{By: li, Do: Reached, Note: "说好了", At: now})
	if err != nil || done.DoneBy != "li" || done.Result != "reached" || done.Remark != "说好了" || !done.NextAt.IsZero() || !Kept(done) {
		t.Errorf("%+v %v", done, err)
	}
	for want, act := range map[matter.Problem]Act{
		matter.Forbidden: {By: ma, Do: Reached, At: now}, matter.Invalid: {By: li, Do: "shout", At: now}, "": {By: li, Do: Taken, At: now},
	} {
		if got := problem(open, act); got != want {
			t.Errorf("%s by %s: %q, want %q", act.Do, act.By.ID, got, want)
		}
	}
	if problem(done, Act{By: li, Do: Reached, At: now}) != matter.Conflict {
		t.Error("done twice")
	}
	if problem(open, Act{By: li, Do: Missed, Again: now.Add(-time.Hour), At: now}) != matter.Invalid {
		t.Error("tried again in the past")
	}
	tried := open
	for range triesEnough {
		if Visit(tried) {
			t.Error("a visit is suggested too soon")
		}
		if tried, err = b.Do(tried, Act{By: li, Do: Missed, At: now}); err != nil {
			t.Fatal(err)
		}
	}
	late, _ := b.Do(tried, Act{By: li, Do: Reached, At: open.DueAt.Add(24 * time.Hour)})
	if !Visit(tried) || !Kept(late) {
		t.Error("who rang in time kept the promise, whoever answered; after three tries somebody should go there")
	}
	never, _ := b.Do(open, Act{By: li, Do: Reached, At: open.DueAt.Add(time.Minute)})
	if Kept(never) {
		t.Error("a late call counts as kept")
	}
}

// However long nobody looks, each step is told once, and of a private one only
// those who may know.
func TestClimb(t *testing.T) {
	for _, private := range []bool{false, true} {
		b, now := bench(), at("2026-11-23 10:00")
		c := directory.Callback{ID: "c", Reason: directory.CallPerson, Private: private, NextAt: now}
		var told []string
		for range 100 {
			var notices []Notice
			c, notices = b.Clock(c, now)
			for _, n := range notices {
				line := n.Key
				for _, s := range n.Staff {
					line += " " + s.ID
				}
				told = append(told, line)
			}
			now = now.Add(2 * time.Hour)
		}
		want := []string{"call_new li", "call_late li", "call_late gao", "call_late zhen"}
		if private {
			want = []string{"call_new zhou", "call_late zhou", "call_late zhou", "call_late zhou"}
		}
		if len(told) != len(want) {
			t.Fatalf("told %q, want %q", told, want)
		}
		for i := range want {
			if told[i] != want[i] {
				t.Errorf("told %q, want %q", told[i], want[i])
			}
		}
	}
}

// A list that is old neither takes a call from another nor counts a try twice; the
// same deed of the same person again is no harm.
func TestSeen(t *testing.T) {
	b, now := bench(), at("2026-11-23 10:00")
	li, _ := b.Village.Member("li")
	taken := directory.Callback{ID: "c", TakenBy: "gao", Tries: 1}
	for _, c := range []struct {
		do    Deed
		seen  *Seen
		stale bool
	}{
		{Taken, nil, false}, {Taken, &Seen{TakenBy: "gao"}, false}, {Taken, &Seen{}, true}, {Missed, &Seen{Tries: 1}, false},
		{Missed, &Seen{TakenBy: "gao"}, true}, {Reached, &Seen{}, false}, {Wrong, &Seen{}, false},
	} {
		_, err := b.Do(taken, Act{By: li, Do: c.do, At: now, Seen: c.seen})
		var refused *matter.Error
		if got := errors.As(err, &refused) && refused.Problem == matter.Stale; got != c.stale {
			t.Errorf("%s, seen %+v: %v", c.do, c.seen, err)
		}
	}
	taken.TakenBy = "li"
	if _, err := b.Do(taken, Act{By: li, Do: Taken, At: now, Seen: &Seen{}}); err != nil {
		t.Errorf("taken twice by the same: %v", err)
	}
}
