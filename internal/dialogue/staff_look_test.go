package dialogue

import (
	"fmt"
	"testing"
	"time"

	"sanshi/internal/catalog"
	"sanshi/internal/directory"
	"sanshi/internal/matter"
)

// Who is told what waits, and when. Monday is 23 November 2026; a working Sunday
// and the holidays are the calendar's.
func TestLookInto(t *testing.T) {
	li := directory.Staff{ID: "li", Name: "李书记", Role: directory.Secretary, Phone: "+12065550111"}
	mei := directory.Staff{ID: "mei", Name: "梅副书记", Role: directory.Secretary, Phone: "+12065550112"}
	with := func(s directory.Staff, change func(*directory.Staff)) directory.Staff { change(&s); return s }
	away := func(s *directory.Staff) { s.Away = true }
	chat := func(s *directory.Staff) { s.Slack = "U0LI" }
	waits := matter.Matter{ID: "m1", Village: "v", State: matter.Sorting, Kind: catalog.VillageRun, Code: "V1", Urgency: catalog.Normal, Summary: "村口路灯坏了", Version: 1}
	urgent := waits
	urgent.ID, urgent.Urgency = "m2", catalog.Urgent
	own := waits
	own.ID, own.Resident = "m3", "sms:+12065550111"
	at := func(day, clock string) time.Time {
		x, err := time.Parse("2006-01-02 15:04", "2026-11-"+day+" "+clock)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	for _, c := range []struct {
		name   string
		staff  []directory.Staff
		now    time.Time
		tray   Tray
		pile   []matter.Matter
		text   bool
		next   string // when she is looked at again
		nudges int
	}{
		{"in the morning", []directory.Staff{li}, at("23", "08:00"), Tray{}, []matter.Matter{waits}, true, "24 08:00", 0},
		{"once a morning", []directory.Staff{li}, at("23", "08:01"), Tray{Morning: "2026-11-23"}, []matter.Matter{waits}, false, "24 08:00", 0},
		{"nothing waits", []directory.Staff{li}, at("23", "08:00"), Tray{}, nil, false, "24 08:00", 0},
		{"her own is for others", []directory.Staff{li}, at("23", "08:00"), Tray{}, []matter.Matter{own}, false, "24 08:00", 0},
		{"a late start", []directory.Staff{li}, at("23", "11:59"), Tray{}, []matter.Matter{waits}, true, "24 08:00", 0},
		{"too late", []directory.Staff{li}, at("23", "12:00"), Tray{}, []matter.Matter{waits}, false, "24 08:00", 0},
		{"a free day", []directory.Staff{li}, at("21", "08:00"), Tray{}, []matter.Matter{waits}, false, "23 08:00", 0},
		{"urgent on a free day", []directory.Staff{li}, at("21", "15:00"), Tray{}, []matter.Matter{waits, urgent}, true, "23 08:00", 0},
		{"urgent once", []directory.Staff{li}, at("21", "15:00"), Tray{Items: []Item{{"m2", 1}}}, []matter.Matter{urgent}, false, "23 08:00", 0},
		{"urgent at night", []directory.Staff{li}, at("23", "22:00"), Tray{}, []matter.Matter{urgent}, false, "24 07:00", 0},
		{"in the chat", []directory.Staff{with(li, chat)}, at("23", "08:00"), Tray{}, []matter.Matter{waits}, false, "never", 0},
		{"in the chat and wants both", []directory.Staff{with(with(li, chat), func(s *directory.Staff) { s.Digest = "sms" })}, at("23", "08:00"), Tray{}, []matter.Matter{waits}, true, "24 08:00", 0},
		{"wants none", []directory.Staff{with(li, func(s *directory.Staff) { s.Digest = "off" })}, at("23", "08:00"), Tray{}, []matter.Matter{waits}, false, "never", 0},
		{"said stop", []directory.Staff{with(li, func(s *directory.Staff) { s.Stopped = true })}, at("23", "08:00"), Tray{}, []matter.Matter{waits}, false, "never", 0},
		{"away, another is there", []directory.Staff{with(li, away), mei}, at("23", "08:00"), Tray{}, []matter.Matter{waits}, false, "never", 1},
		{"no secretary any more", []directory.Staff{with(li, func(s *directory.Staff) { s.Role = directory.Volunteer }), mei}, at("23", "08:00"), Tray{}, []matter.Matter{waits}, false, "never", 1},
	} {
		n := 0
		v := &directory.Village{ID: "v", Name: "向阳村", Location: time.UTC, SMS: []string{"+12065550100"}, Staff: c.staff, Quiet: directory.Quiet{From: 21 * 60, To: 7 * 60}}
		l := LookInto(StaffTurn{Village: v, Staff: c.staff[:1], Tray: c.tray, Pile: c.pile, Now: c.now,
			NewID: func() string { n++; return fmt.Sprint("id", n) }}, matter.NewCalendar())
		next := "never"
		if !l.Tray.LookAt.IsZero() {
			next = l.Tray.LookAt.Format("02 15:04")
		}
		if (l.Text != nil) != c.text || next != c.next || len(l.Nudges) != c.nudges {
			t.Errorf("%s: text %v, next %s, %d nudges; want %v, %s, %d", c.name, l.Text != nil, next, len(l.Nudges), c.text, c.next, c.nudges)
		}
		if l.Text != nil && (l.Text.Ask == nil || l.Text.Ask.Kind != DeskSort || len(l.Text.Ask.Options) != len(l.Tray.Items) || l.Text.Sender != "+12065550100") {
			t.Errorf("%s: a list that cannot be answered: %+v", c.name, l.Text)
		}
	}
}
