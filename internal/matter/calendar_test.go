package matter

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func moment(t testing.TB, s string, loc *time.Location) time.Time {
	t.Helper()
	m, err := time.ParseInLocation("2006-01-02 15:04", s, loc)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestDue(t *testing.T) {
	china, york := zone(t, "Asia/Shanghai"), zone(t, "America/New_York")
	cn := NewCalendar()
	for _, c := range []struct {
		why, raised string
		days        int
		loc         *time.Location
		cal         *Calendar
		want        string
	}{
		{"a Monday morning", "2026-11-23 08:00", 5, china, cn, "2026-11-30 18:00"},
		{"at six it is still that day", "2026-11-23 18:00", 1, china, cn, "2026-11-24 18:00"},
		{"after six the next working day counts", "2026-11-23 18:01", 1, china, cn, "2026-11-25 18:00"},
		{"Friday evening counts as Monday", "2026-11-20 19:00", 1, china, cn, "2026-11-24 18:00"},
		{"Saturday counts as Monday", "2026-11-21 10:00", 1, china, cn, "2026-11-24 18:00"},
		{"before the National Day week", "2026-09-30 10:00", 1, china, cn, "2026-10-08 18:00"},
		{"in it, the first working day counts as raised", "2026-10-03 10:00", 1, china, cn, "2026-10-09 18:00"},
		{"a Saturday worked", "2026-10-09 10:00", 1, china, cn, "2026-10-10 18:00"},
		{"raised on a Sunday worked", "2026-09-20 10:00", 1, china, cn, "2026-09-21 18:00"},
		{"over the Spring Festival", "2026-02-13 10:00", 2, china, cn, "2026-02-24 18:00"},
		{"a year not in the table has weekends only", "2027-10-01 10:00", 1, china, cn, "2027-10-04 18:00"},
		{"elsewhere weekends only", "2026-09-30 10:00", 1, york, cn.For("US"), "2026-10-01 18:00"},
		{"over the change of clocks", "2026-03-06 10:00", 1, york, cn.For("US"), "2026-03-09 18:00"},
		{"over a Thursday of 25 hours", "2026-10-29 00:30", 1, zone(t, "Africa/Cairo"), cn.For("EG"), "2026-10-30 18:00"},
		{"none", "2026-11-23 08:00", 0, china, cn, "2026-11-23 18:00"},
	} {
		got := c.cal.Due(moment(t, c.raised, c.loc), c.days, c.loc)
		if want := moment(t, c.want, c.loc); !got.Equal(want) {
			t.Errorf("%s: raised %s, %d days: %s, want %s", c.why, c.raised, c.days, got, want)
		}
	}
}

func TestDueIsLocal(t *testing.T) {
	china := zone(t, "Asia/Shanghai")
	raised := time.Date(2026, 11, 23, 23, 0, 0, 0, time.UTC) // Tuesday 07:00 there
	if got, want := NewCalendar().Due(raised, 1, china), moment(t, "2026-11-25 18:00", china); !got.Equal(want) {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestShare(t *testing.T) {
	china := zone(t, "Asia/Shanghai")
	c := NewCalendar()
	raised := moment(t, "2026-11-20 09:00", china) // a Friday
	due := c.Due(raised, 1, china)                 // Monday at six: two days of nine hours
	for now, want := range map[string]float64{
		"2026-11-19 12:00": 0,
		"2026-11-20 09:00": 0,
		"2026-11-20 13:30": 0.25,
		"2026-11-20 18:00": 0.5,
		"2026-11-22 12:00": 0.5, // a Sunday uses nothing up
		"2026-11-23 09:00": 0.5,
		"2026-11-23 18:00": 1,
		"2026-11-23 23:00": 1,
		"2026-11-24 18:00": 1.5,
	} {
		if got := c.Share(raised, due, moment(t, now, china), china); got != want {
			t.Errorf("at %s: %v, want %v", now, got, want)
		}
	}
	if got := c.At(raised, due, 0.5, china); !got.Equal(moment(t, "2026-11-20 18:00", china)) {
		t.Errorf("half is reached at %s", got)
	}
	if got := c.At(raised, due, 0.8, china); !got.Equal(moment(t, "2026-11-23 14:24", china)) {
		t.Errorf("four fifths are reached at %s", got)
	}
	if got := c.At(raised, due, 1, china); !got.Equal(due) {
		t.Errorf("all is reached at %s", got)
	}
}

func TestShareOfPlans(t *testing.T) {
	china := zone(t, "Asia/Shanghai")
	c := NewCalendar()
	raised := moment(t, "2026-11-20 09:00", china)
	sunday := moment(t, "2026-11-22 12:00", china)
	if got := c.Share(raised, sunday, moment(t, "2026-11-22 11:59", china), china); got >= 1 {
		t.Errorf("a minute before a Sunday that was planned: %v", got)
	}
	if got := c.At(raised, sunday, 1, china); !got.Equal(sunday) {
		t.Errorf("all of it is used at %s", got)
	}
	past := moment(t, "2026-11-01 12:00", china)
	if got := c.Share(raised, past, raised, china); got != 1 {
		t.Errorf("due before it was raised: %v", got)
	}
	if got := c.Share(time.Time{}, time.Time{}, raised, china); got != 1 {
		t.Errorf("never raised and never due: %v", got)
	}
}

// TestWorkingTime holds in every zone, across changes of clocks and holidays.
func TestWorkingTime(t *testing.T) {
	cn := NewCalendar()
	places := []struct {
		c   *Calendar
		loc *time.Location
	}{{cn, zone(t, "Asia/Shanghai")}, {cn.For("US"), zone(t, "America/New_York")}, {cn.For("EG"), zone(t, "Africa/Cairo")}, {cn, time.UTC}}
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.SampledFrom(places).Draw(t, "place")
		c, loc := p.c, p.loc
		start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		raised := start.Add(time.Duration(rapid.Int64Range(0, 500*24*60).Draw(t, "raised")) * time.Minute)
		days := rapid.IntRange(1, 30).Draw(t, "days")
		due := c.Due(raised, days, loc)
		if !due.After(raised) || due.In(loc).Hour() != closes || !c.Works(due.In(loc)) {
			t.Fatalf("due %s of %s", due.In(loc), raised.In(loc))
		}
		if longer := c.Due(raised, days+1, loc); !longer.After(due) {
			t.Fatalf("a day more is due %s, not after %s", longer, due)
		}
		a := raised.Add(time.Duration(rapid.Int64Range(0, 60*24*60).Draw(t, "a")) * time.Minute)
		b := a.Add(time.Duration(rapid.Int64Range(0, 10*24*60).Draw(t, "b")) * time.Minute)
		if sa, sb := c.Share(raised, due, a, loc), c.Share(raised, due, b, loc); sb < sa {
			t.Fatalf("share falls from %v at %s to %v at %s", sa, a, sb, b)
		}
		if got := c.Share(raised, due, a, loc); (got >= 1) != !a.Before(due) {
			t.Fatalf("share %v at %s, due %s", got, a, due)
		}
		share := rapid.Float64Range(0.01, 1.5).Draw(t, "share")
		at := c.At(raised, due, share, loc)
		if got := c.Share(raised, due, at, loc); got < share-1e-9 || got > share+1e-9 {
			t.Fatalf("at %s, when %v should be reached, %v is", at, share, got)
		}
		if got := c.Share(raised, due, at.Add(-time.Second), loc); got >= share {
			t.Fatalf("a second before %s it is %v already", at, got)
		}
	})
}

func TestCalendarKnows(t *testing.T) {
	c := NewCalendar()
	if got := c.LastDay(); got.Format(time.DateOnly) != "2026-12-31" {
		t.Errorf("it ends %s", got)
	}
	if !c.Covers(time.Date(2026, 12, 31, 23, 0, 0, 0, time.UTC)) || c.Covers(time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)) {
		t.Error("it does not know what it covers")
	}
	if !c.For("US").LastDay().IsZero() || c.For("CN") != c {
		t.Error("another country has no table of holidays")
	}
	for day, works := range map[string]bool{
		"2026-10-01": false, "2026-10-08": true, "2026-10-10": true, "2026-10-11": false, "2026-02-16": false, "2026-02-28": true, "2025-01-26": true,
	} {
		d, err := time.Parse(time.DateOnly, day)
		if err != nil || c.Works(d) != works {
			t.Errorf("%s works: %v (%v)", day, c.Works(d), err)
		}
	}
}

func TestLoadCalendar(t *testing.T) {
	c, err := LoadCalendar(strings.NewReader("\ufeff# ours\n\ncovers 2027-01-01 2027-12-31\noff 2027-10-01 2027-10-07 国庆节 # all\nwork 2027-10-09 国庆节\n"))
	if err != nil || c.Works(time.Date(2027, 10, 5, 0, 0, 0, 0, time.UTC)) || !c.Works(time.Date(2027, 10, 9, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("%v", err)
	}
	for in, want := range map[string]string{
		"off 2027-10-01":               "line 1",
		"\noff 2027-10-01 2027-13-01":  "line 2",
		"holiday 2027-10-01 x":         "line 1",
		"off 2027-10-07 2027-10-01 x":  "line 1",
		"covers 1000-01-01 9999-12-31": "line 1",
		"work tomorrow":                "line 1",
	} {
		if _, err := LoadCalendar(strings.NewReader(in)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", in, err)
		}
	}
}

func BenchmarkShare(b *testing.B) {
	c, loc := NewCalendar(), time.UTC
	raised := time.Date(2026, 3, 2, 10, 0, 0, 0, loc)
	due := c.Due(raised, 20, loc)
	for b.Loop() {
		c.Share(raised, due, due, loc)
	}
}
