package directory

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestDemo(t *testing.T) {
	v := Demo()
	if v.ID != "xiangyang" || v.Name != "向阳村" || !slices.Equal(v.SMS, []string{"+12065550100"}) || v.Location.String() != "Asia/Shanghai" {
		t.Errorf("%s %s %v %v", v.ID, v.Name, v.SMS, v.Location)
	}
	for _, r := range Roles() {
		if len(v.WithRole(r)) == 0 {
			t.Errorf("nobody is %s", r)
		}
	}
	if len(v.Areas) != 3 || v.Quiet != (Quiet{21 * 60, 7 * 60}) || v.Policy["H4"] != 0.9 || v.Policy["village"] != Never {
		t.Errorf("areas %d, quiet %v, policy %v", len(v.Areas), v.Quiet, v.Policy)
	}
	people := DemoResidents()
	if len(people) < 4 || people[0].Address != "sms:+12065550131" || people[0].Area != "g1" || people[0].Village != v.ID {
		t.Errorf("%+v", people)
	}
	for _, s := range v.Staff {
		if !strings.HasPrefix(s.Phone, "+120655501") {
			t.Errorf("%s has the number %s, which is not kept for fiction", s.ID, s.Phone)
		}
	}
}

func TestDefaults(t *testing.T) {
	v, err := Parse([]byte("\ufeffid = \"a\"\nname = \"A\"\n[[area]]\nid = \"x\"\nname = \"一组\"\n"), "a.toml")
	if err != nil {
		t.Fatal(err)
	}
	if v.Language != "zh-Hans" || v.Country != "CN" || v.Location.String() != "Asia/Shanghai" || v.Quiet != (Quiet{}) || v.Areas[0].Kind != "grid" {
		t.Errorf("%+v", v)
	}
}

const good = `id = "a"
name = "A"
sms = ["+12065550100"]
squad = ["li"]
[policy]
H4 = 0.8
V1 = "never"
household = 1
[[area]]
id = "g1"
name = "一组"
lead = "li"
[[area]]
id = "g2"
name = "二组"
parent = "g1"
[[staff]]
id = "li"
name = "李"
role = "secretary"
phone = "+12065550111"
areas = ["g2"]
`

// TestFaults changes one line of a good file: the error must name that line, the
// key and the remedy, on a line of its own.
func TestFaults(t *testing.T) {
	if _, err := Parse([]byte(good), "a.toml"); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ from, to, want string }{
		{`id = "a"`, `id = "A b"`, `a.toml line 1: id: "A b": an id has`},
		{`id = "a"`, ``, `a.toml: id: "": an id has`},
		{`name = "A"`, `name = " "`, `a.toml line 2: name: is missing`},
		{`name = "A"`, `nmae = "A"`, `a.toml line 2: unknown key "nmae"`},
		{`name = "A"`, `language = "fr"`, `a.toml line 2: language: "fr" is none of zh-Hans, zh-Hant, en`},
		{`name = "A"`, `timezone = "Asia/Beijing"`, `a.toml line 2: timezone: "Asia/Beijing"`},
		{`name = "A"`, `timezone = "Local"`, `a.toml line 2: timezone`},
		{`name = "A"`, `country = "XX"`, `a.toml line 2: country: "XX"`},
		{`name = "A"`, `quiet = "21-7"`, `a.toml line 2: quiet: "21-7": write it like`},
		{`name = "A"`, `name = 5`, `a.toml line 2: `},
		{`name = "A"`, `name = `, `a.toml line 2: `},
		{`["+12065550100"]`, `["2065550100x"]`, `a.toml line 3: sms: the number ending in "00" is no phone number`},
		{`["+12065550100"]`, `["13812345678"]`, `a.toml line 3: sms: "13812345678": write +8613812345678`},
		{`["+12065550100"]`, `["+12065550100", "+12065550100"]`, `a.toml line 3: sms: +12065550100 stands twice`},
		{`["+12065550100"]`, `["+12065550111"]`, `a.toml line 21: staff[0].phone: +12065550111 is the village's own`},
		{`squad = ["li"]`, `squad = ["wang"]`, `a.toml line 4: squad: there is no staff "wang"`},
		{`squad = ["li"]`, `sensitive = ["wang"]`, `a.toml line 4: sensitive: there is no staff "wang"`},
		{`H4 = 0.8`, `H99 = 0.8`, `a.toml line 6: policy.H99: is neither`},
		{`H4 = 0.8`, `H4 = 1.1`, `a.toml line 6: policy.H4: write a number from 0 to 1`},
		{`H4 = 0.8`, `H4 = nan`, `a.toml line 6: policy.H4: write a number from 0 to 1`},
		{`H4 = 0.8`, `H4 = "often"`, `a.toml line 6: policy.H4: write a number from 0 to 1`},
		{`[policy]`, "[slack]\nfire = \"C0\"\n[policy]", `a.toml line 6: slack.fire: is none of`},
		{`lead = "li"`, `lead = "wong"`, `a.toml line 12: area[0].lead: there is no staff "wong"`},
		{`lead = "li"`, `kind = "street"`, `a.toml line 12: area[0].kind: "street" is none of grid, block, building`},
		{`lead = "li"`, `places = [""]`, `a.toml line 12: area[0].places: one is empty`},
		{`lead = "li"`, `leed = "li"`, `a.toml line 12: unknown key "area.leed"`},
		{`id = "g2"`, `id = "g1"`, `a.toml line 14: area[1].id: "g1" stands twice`},
		{`name = "二组"`, `name = "一组"`, `a.toml line 15: area[1].name: "一组" stands twice`},
		{`parent = "g1"`, `parent = "g9"`, `a.toml line 16: area[1].parent: there is no area "g9"`},
		{`parent = "g1"`, `parent = "g2"`, `a.toml line 16: area[1].parent: g2 lies in itself`},
		{`id = "li"`, `id = "clock"`, `a.toml line 18: staff[0].id: "clock" means something else`},
		{`role = "secretary"`, `role = "boss"`, `a.toml line 20: staff[0].role: "boss" is none of volunteer, lead`},
		{`phone = "+12065550111"`, `phone = "+1206"`, `a.toml line 21: staff[0].phone: the number ending in "06" is no phone number`},
		{`areas = ["g2"]`, "slack = \"U1\"\n[[staff]]\nid = \"b\"\nname = \"B\"\nrole = \"lead\"\nslack = \"U1\"", `a.toml line 27: staff[1].slack: U1 is the Slack id of li too`},
		{`areas = ["g2"]`, `areas = ["g7"]`, `a.toml line 22: staff[0].areas: there is no area "g7"`},
	} {
		_, err := Parse([]byte(strings.Replace(good, c.from, c.to, 1)), "a.toml")
		if err == nil {
			t.Errorf("%s instead of %s: no fault found", c.to, c.from)
			continue
		}
		if !slices.ContainsFunc(strings.Split(err.Error(), "\n"), func(l string) bool { return strings.HasPrefix(l, c.want) }) {
			t.Errorf("%s instead of %s:\n%v\nwant a line\n%s", c.to, c.from, err, c.want)
		}
	}
}

// TestPlainWords makes the mistakes of somebody who never saw TOML, and types
// Chinese: the answer must say what to write, not what a decoder expected.
func TestPlainWords(t *testing.T) {
	for text, want := range map[string]string{
		"name = “向阳村”":                            "write straight quotes \" instead of “",
		"id = \"a\"\nname = \"向阳村”":               "a.toml line 2: write straight quotes \" instead of ”",
		"sms = [“+12065550100”]":                  "write straight quotes \" instead of “",
		"name＝\"a\"":                              "write = instead of ＝",
		"【policy】":                                "write [ instead of 【",
		"squad = [\"a\"，\"b\"]":                   "write , instead of ，",
		"name = 向阳村":                              `write text in quotes, such as name = "向阳村"`,
		"quiet = 21:00-07:00":                     "write text in quotes",
		"name = \"a":                              "the closing quote is missing",
		"name = \"a\nid = \"b\"\n":                "a.toml line 1: the closing quote is missing",
		"id = \"a\" name = \"b\"":                 "begin each key on a line of its own",
		"name = \"a\"\nname = \"b\"":              "a.toml line 2: name: stands twice",
		"[area]\nid=\"a\"\n[area]":                "write [[area]] with two brackets",
		"[[policy]]":                              "write [policy] with one bracket",
		"[[area]]\nplaces = \"村口\"":               `a.toml line 2: area.places: write a list in brackets, such as places = ["村口", "老粮站"]`,
		"sms = +12065550100":                      `sms: write a list in brackets, such as sms = ["+8613800000001"]`,
		"sms = [+12065550100]":                    `sms: write each in quotes`,
		"[[staff]]\nphone = 12065550111":          `staff.phone: write it in quotes, such as phone = "…"`,
		"staff = [\"li\"]":                        "staff: write [[staff]] on a line of its own",
		"facts = \"x\"":                           "facts: write [facts] on a line of its own",
		"id = \"a\"\nname = \"\xcf\xf2\xd1\xf4\"": "a.toml line 2: the file is not UTF-8 (perhaps GBK",
	} {
		_, err := Parse([]byte(text), "a.toml")
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "directory.") {
			t.Errorf("%q:\n%v\nwant %s", text, err, want)
		}
	}
	for _, fine := range []string{"# “说明”\n", `name = "“一”，【二】＝"` + " # ，\n", "name = '‘’“'\n"} {
		if wrong, _ := fullWidth(strings.TrimSpace(fine)); wrong != "" {
			t.Errorf("%q: %s is found fault with", fine, wrong)
		}
	}
}

func TestDoubts(t *testing.T) {
	if d := Demo().Doubts(); len(d) > 0 {
		t.Errorf("the demo: %v", d)
	}
	v, err := Parse([]byte("id = \"a\"\nname = \"A\"\n"), "a.toml") // its staff will be imported
	if err != nil {
		t.Fatal(err)
	}
	if d := v.Doubts(); len(d) != 2 || !d[0].Grave || d[1].Grave || !strings.Contains(d[1].Text, "set sms") {
		t.Errorf("an empty village: %v", d)
	}
	v = &Village{SMS: []string{"+12065550100"}, Squad: []string{"wang"}, Staff: []Staff{
		{ID: "li", Role: Secretary}, {ID: "wang", Role: Lead}, {ID: "sun", Role: Volunteer}, {ID: "zhou", Role: Mediator, Slack: "U1"},
		{ID: "feng", Role: Officer, Department: "无名局"}, {ID: "zheng", Role: Officer}, {ID: "yang", Role: Officer, Department: "交通局"},
	}}
	d := v.Doubts()
	if len(d) != 3 || !strings.HasSuffix(d[0].Text, ": li, wang") || !strings.HasSuffix(d[1].Text, ": sun") ||
		!strings.HasPrefix(d[2].Text, `feng is of "无名局"`) || !strings.Contains(d[2].Text, "民政局") {
		t.Errorf("%+v", d)
	}
}

func TestFaultsAllAtOnce(t *testing.T) {
	bad := strings.NewReplacer(`phone = "+12065550111"`, `phone = "+1"`, `H4 = 0.8`, `H4 = 8`, `lead = "li"`, `lead = "x"`).Replace(good)
	_, err := Parse([]byte(bad), "a.toml")
	if err == nil || strings.Count(err.Error(), "\n") != 2 {
		t.Errorf("three faults:\n%v", err)
	}
}

func TestParseDir(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := ParseDir(dir); err == nil || !strings.Contains(err.Error(), "no *.toml") {
		t.Errorf("an empty folder: %v", err)
	}
	if _, _, err := ParseDir(filepath.Join(dir, "nowhere")); err == nil || !strings.Contains(err.Error(), "does not exist: make it") {
		t.Errorf("no folder: %v", err)
	}
	write("a.toml", good)
	write("b.toml", strings.NewReplacer(`id = "a"`, `id = "b"`, `+12065550100`, `+12065550102`).Replace(good))
	write("notes.txt", "nothing")
	if _, _, err := ParseDir(filepath.Join(dir, "a.toml")); err == nil || !strings.HasSuffix(err.Error(), "is a file: name the folder it is in, "+dir) {
		t.Errorf("a file for a folder: %v", err)
	}
	all, hashes, err := ParseDir(dir)
	if err != nil || len(all) != 2 || all[1].ID != "b" || hashes["a"] != Hash([]byte(good)) || hashes["a"] == hashes["b"] {
		t.Errorf("%v %v %v", all, hashes, err)
	}
	write("c.toml", good)
	if _, _, err := ParseDir(dir); err == nil || !strings.Contains(err.Error(), "c.toml: the id a is a.toml's already") ||
		!strings.Contains(err.Error(), "c.toml: the number +12065550100 is a.toml's already") {
		t.Errorf("the same village twice: %v", err)
	}
}

func TestStored(t *testing.T) {
	want := Demo()
	data, err := Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	got, err := Unmarshal(data)
	if err != nil {
		t.Fatal(err)
	}
	same := cmp.Comparer(func(a, b *time.Location) bool { return a.String() == b.String() })
	if d := cmp.Diff(want, got, same); d != "" {
		t.Error(d)
	}
	if !strings.Contains(string(data), `"Location":"Asia/Shanghai"`) {
		t.Errorf("%.200s", data)
	}
	if _, err := Unmarshal([]byte(`{"ID":"a","Location":"Nowhere/Else"}`)); err == nil {
		t.Error("a zone that is not")
	}
}

func FuzzParse(f *testing.F) {
	f.Add(good)
	f.Add(string(demoVillage))
	f.Add("[[area]]\n[[area.x]]\n'a.b'=1\n[policy]\n\"\"=1")
	f.Fuzz(func(t *testing.T, s string) {
		v, err := Parse([]byte(s), "f.toml")
		if (v == nil) == (err == nil) {
			t.Fatalf("%v %v", v, err)
		}
		if v == nil {
			return
		}
		data, err := Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Unmarshal(data); err != nil {
			t.Fatal(err)
		}
		NewFinder(v).Where("一组")
	})
}

// A work phone may be shared, but it is said that nobody can tell who answers.
func TestSharedPhoneIsADoubt(t *testing.T) {
	v := Demo()
	v.Staff[1].Phone = v.Staff[0].Phone
	d := v.Doubts()
	if len(d) != 1 || d[0].Grave || !strings.Contains(d[0].Text, "share a phone") {
		t.Errorf("%v", d)
	}
}
