package directory

import (
	"slices"
	"strings"
	"testing"
	"time"
)

const roster = `id = "a"
name = "A"
[[staff]]
id = "day"
name = "D"
role = "lead"
[[staff]]
id = "night"
name = "N"
role = "lead"
[[staff]]
id = "feast"
name = "F"
role = "lead"
[[duty]]
staff = ["day"]
days = "工作日"
hours = "08:00-18:00"
[[duty]]
staff = ["night", "day"]
days = "mon,tue,wed,thu"
hours = "18:00-08:00"
[[duty]]
staff = ["feast"]
days = "2026-10-01..2026-10-02"
`

func TestOnDuty(t *testing.T) {
	v, err := Parse([]byte(roster), "a.toml")
	if err != nil {
		t.Fatal(err)
	}
	on := func(at string) []string {
		when, err := time.ParseInLocation("2006-01-02 15:04", at, v.Location)
		if err != nil {
			t.Fatal(err)
		}
		out := []string{}
		for _, s := range v.OnDuty(when.UTC()) {
			out = append(out, s.ID)
		}
		return out
	}
	for at, want := range map[string][]string{
		"2026-11-23 08:00": {"day"},          // Monday
		"2026-11-23 17:59": {"day"},          //
		"2026-11-23 18:00": {"night", "day"}, //
		"2026-11-24 07:59": {"night", "day"}, // Monday's night
		"2026-11-23 07:59": {},               // Sunday's night is nobody's
		"2026-11-27 18:00": {},               // Friday night
		"2026-11-28 12:00": {},               // Saturday
		"2026-10-01 12:00": {"feast"},        // a Thursday: the date goes before the week
		"2026-10-02 23:59": {"feast"},
		"2026-10-03 00:00": {},
	} {
		if got := on(at); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", at, got, want)
		}
	}
	v.Staff[1].Away = true
	if got := on("2026-11-23 20:00"); !slices.Equal(got, []string{"day"}) {
		t.Errorf("who is away is on duty: %v", got)
	}
	if !v.HasDuty("feast") || v.HasDuty("nobody") {
		t.Error("HasDuty does not know the roster")
	}
}

// A hole in the roster is told, so that nobody believes it is covered.
func TestDutyHoles(t *testing.T) {
	v, err := Parse([]byte(roster), "a.toml")
	if err != nil {
		t.Fatal(err)
	}
	told := ""
	for _, d := range v.Doubts() {
		told += d.Text + "\n"
	}
	for _, want := range []string{"Sat 00:00-08:00 08:00-18:00 18:00-24:00", "Mon 00:00-08:00", "Fri 18:00-24:00"} {
		if !strings.Contains(told, want) {
			t.Errorf("the doubts do not say %q: %s", want, told)
		}
	}
	if strings.Contains(told, "Tue") {
		t.Errorf("Tuesday has no hole: %s", told)
	}
}

func TestDutyFaults(t *testing.T) {
	for bad, want := range map[string]string{
		"[[duty]]\nstaff = [\"ghost\"]\n":                              "ghost",
		"[[duty]]\ndays = \"daily\"\n":                                 "at least one",
		"[[duty]]\nstaff = [\"day\"]\ndays = \"someday\"\n":            "someday",
		"[[duty]]\nstaff = [\"day\"]\ndays = \"2026-02-30\"\n":         "2026-02-30",
		"[[duty]]\nstaff = [\"day\"]\nhours = \"8 to 9\"\n":            "18:00-08:00",
		"[[duty]]\nstaff = [\"day\"]\ndays=\"2026-10-02..2026-10-01\"": "2026-10-02",
		"[numbers]\npolice = \"call us\"\n":                            "digits",
		"[numbers]\nplumber = \"1\"\n":                                 "none of",
	} {
		_, err := Parse([]byte(roster+bad), "a.toml")
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "a.toml line") {
			t.Errorf("%q: %v, want a line with %q", bad, err, want)
		}
	}
}

func TestNumber(t *testing.T) {
	china, abroad := &Village{Country: "CN", Numbers: map[string]string{"fire": "8119"}}, &Village{Country: "NZ"}
	if china.Number("police") != "110" || china.Number("fire") != "8119" || abroad.Number("police") != "" {
		t.Errorf("%q %q %q", china.Number("police"), china.Number("fire"), abroad.Number("police"))
	}
	abroad.Numbers = map[string]string{"police": "111"}
	if abroad.Number("ambulance") != "111" {
		t.Error("where one number is known it is the one for everything")
	}
	if len((&Village{Country: "NZ"}).missingNumbers()) != 3 || len(china.missingNumbers()) != 0 {
		t.Error("what is missing is not told")
	}
}
