package storetest

import (
	"errors"
	"sync"
	"time"

	"sanshi/internal/desk"
	"sanshi/internal/directory"
	"sanshi/internal/store"
)

func (f *fixture) member(id string) directory.Staff {
	f.Helper()
	v, err := f.Village(f.ctx, vid)
	f.ok(err)
	s, ok := v.Member(id)
	if !ok {
		f.Fatalf("no staff member %s", id)
	}
	return s
}

// slackLink: a code links once, within its time, and the newest alone; the link
// survives the next start.
func slackLink(f *fixture) {
	old, err := f.NewSlackCode(f.ctx, vid, "li", 10*time.Minute)
	f.ok(err)
	code, err := f.NewSlackCode(f.ctx, vid, "li", 10*time.Minute)
	f.ok(err)
	if len(code) != 6 {
		f.Fatalf("the code is %q, want six digits", code)
	}
	if _, _, err := f.LinkSlack(f.ctx, old, "U0NEW"); old != code && !errors.Is(err, desk.ErrNotFound) {
		f.Errorf("the code before still links: %v", err)
	}
	village, who, err := f.LinkSlack(f.ctx, code, "U0NEW")
	if err != nil || village != vid || who.ID != "li" || f.member("li").Slack != "U0NEW" {
		f.Fatal(village, who, err, f.member("li"))
	}
	if _, _, err := f.LinkSlack(f.ctx, code, "U0THIEF"); !errors.Is(err, desk.ErrNotFound) {
		f.Errorf("a spent code links: %v", err)
	}
	late, err := f.NewSlackCode(f.ctx, vid, "li", 10*time.Minute)
	f.ok(err)
	f.pass(11 * time.Minute)
	if _, _, err := f.LinkSlack(f.ctx, late, "U0LATE"); !errors.Is(err, desk.ErrNotFound) {
		f.Errorf("a code links after its time: %v", err)
	}
	if _, err := f.NewSlackCode(f.ctx, vid, "nobody", time.Minute); !errors.Is(err, desk.ErrNotFound) {
		f.Errorf("a code for nobody: %v", err)
	}
	// Another of the staff with the same account takes it over: an account is one person.
	other := f.anotherThan("li")
	code, err = f.NewSlackCode(f.ctx, vid, other, time.Minute)
	f.ok(err)
	_, _, err = f.LinkSlack(f.ctx, code, "U0NEW")
	f.ok(err)
	if f.member("li").Slack != "" || f.member(other).Slack != "U0NEW" {
		f.Errorf("the account is two people's: %+v %+v", f.member("li"), f.member(other))
	}
	var links int
	f.ok(f.place.SQL.QueryRow(`SELECT COUNT(*) FROM slack_link WHERE village = '` + vid + `'`).Scan(&links))
	if links != 2 {
		f.Errorf("%d links are recorded, want 2", links)
	}
}

func (f *fixture) anotherThan(id string) string {
	f.Helper()
	v, err := f.Village(f.ctx, vid)
	f.ok(err)
	for _, s := range v.Staff {
		if s.ID != id {
			return s.ID
		}
	}
	v2 := *v
	v2.Staff = append(append([]directory.Staff{}, v.Staff...), directory.Staff{ID: "two", Name: "二", Role: directory.Volunteer})
	f.ok(f.SaveVillage(f.ctx, &v2, ""))
	return "two"
}

// slackGuesses: five wrong codes shut an account out, also for the right one,
// until ten minutes have passed; many accounts together do the same.
func slackGuesses(f *fixture) {
	for range 5 {
		if _, _, err := f.LinkSlack(f.ctx, "wrong", "U0GUESS"); !errors.Is(err, desk.ErrNotFound) {
			f.Fatal(err)
		}
	}
	code, err := f.NewSlackCode(f.ctx, vid, "li", time.Hour)
	f.ok(err)
	if _, _, err := f.LinkSlack(f.ctx, code, "U0GUESS"); !errors.Is(err, store.ErrTries) {
		f.Fatalf("a sixth try: %v", err)
	}
	f.pass(11 * time.Minute)
	if _, _, err := f.LinkSlack(f.ctx, code, "U0GUESS"); err != nil {
		f.Fatalf("after ten minutes: %v", err)
	}
	for i := range 50 {
		_, _, err := f.LinkSlack(f.ctx, "wrong", "U0GANG"+string(rune('A'+i)))
		if !errors.Is(err, desk.ErrNotFound) {
			f.Fatal(i, err)
		}
	}
	code, err = f.NewSlackCode(f.ctx, vid, "li", time.Hour)
	f.ok(err)
	if _, _, err := f.LinkSlack(f.ctx, code, "U0HONEST"); !errors.Is(err, store.ErrTries) {
		f.Errorf("fifty wrong codes by many accounts, and the next is tried: %v", err)
	}
}

// slackSeen: the same id counts once, also when it comes twice at the same time,
// and is forgotten after a day.
func slackSeen(f *fixture) {
	var wait sync.WaitGroup
	var mu sync.Mutex
	firsts := 0
	for range 8 {
		wait.Go(func() {
			first, err := f.FirstSeen(f.ctx, "Ev1")
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				f.Error(err)
			}
			if first {
				firsts++
			}
		})
	}
	wait.Wait()
	if firsts != 1 {
		f.Errorf("one event came first %d times", firsts)
	}
	f.pass(25 * time.Hour)
	f.ok(f.Tidy(f.ctx))
	if first, err := f.FirstSeen(f.ctx, "Ev1"); err != nil || !first {
		f.Errorf("a day later: %v, %v", first, err)
	}
}
