package directory

import (
	"strings"
	"testing"
)

func TestReadResidents(t *testing.T) {
	in := "\ufeff手机号,姓名,组,地址,language,contact\r\n" +
		"138 1234 5678,\"陈, 大爷\",一组,\"老粮站\n旁边\",,\r\n" +
		"+12065550132,Wu,g2,,en,quiet\r\n" +
		"\r\n" +
		"８６１３９１２３４５６７８,吴,3组\r\n"
	rows, bad := ReadResidents(strings.NewReader(in), Demo())
	if len(bad) > 0 || len(rows) != 3 {
		t.Fatalf("%v %v", rows, bad)
	}
	if r := rows[0]; r.Address != "sms:+8613812345678" || r.Name != "陈, 大爷" || r.Area != "g1" || r.Place != "老粮站\n旁边" || r.Village != "xiangyang" {
		t.Errorf("%+v", r)
	}
	if r := rows[1]; r.Area != "g2" || r.Language != "en" || r.Contact != "quiet" {
		t.Errorf("%+v", r)
	}
	if r := rows[2]; r.Address != "sms:+8613912345678" || r.Area != "g3" {
		t.Errorf("%+v", r)
	}
}

func TestReadResidentsBadRows(t *testing.T) {
	in := "phone,name,area,language,contact\n" +
		"+12065550131,a,,,\n" +
		"12345,b,,,\n" +
		",c,,,\n" +
		"+12065550133,d,九组,,\n" +
		"+12065550131,e,,,\n" +
		"+12065550135,f,,fr,\n" +
		"+12065550136,g,,,loud\n" +
		"+12065550137,h,,,,more\n" +
		"wechat:,i,,,\n" +
		"wechat:o1,j,,,\n"
	rows, bad := ReadResidents(strings.NewReader(in), Demo())
	if len(rows) != 2 || rows[1].Address != "wechat:o1" {
		t.Errorf("%+v", rows)
	}
	want := []struct {
		line int
		part string
	}{
		{3, `ending in "45" is no phone number`}, {4, "no phone number"}, {5, `no area "九组"`}, {6, "same number as line 2"},
		{7, `language "fr"`}, {8, `contact "loud"`}, {9, "6 columns where the header has 5"}, {10, "an address is"},
	}
	if len(bad) != len(want) {
		t.Fatalf("%v", bad)
	}
	for i, w := range want {
		if bad[i].Line != w.line || !strings.Contains(bad[i].Reason, w.part) {
			t.Errorf("%v, want line %d: %s", bad[i], w.line, w.part)
		}
	}
}

func TestBadFiles(t *testing.T) {
	for in, want := range map[string]string{
		"":                                  "line 1: no header",
		"name,area\na,b\n":                  "line 1: the column phone is missing",
		"phone,colour\n":                    `line 1: unknown column "colour": the columns are phone, name`,
		"phone,电话\n":                        "line 1: the column phone stands twice",
		"phone,name\n+12065550131,\xb3\xc2": "line 2: the file is not UTF-8 (perhaps GBK",
		"phone,name\n+12065550131,\"a\nb":   "line 2: the quotation marks do not match",
	} {
		rows, bad := ReadResidents(strings.NewReader(in), Demo())
		if len(rows) != 0 || len(bad) != 1 || !strings.HasPrefix(bad[0].Error(), want) {
			t.Errorf("%q: %v %v, want %s", in, rows, bad, want)
		}
	}
}

func TestReadStaff(t *testing.T) {
	in := "id,name,role,phone,slack,areas,department\n" +
		"hu,胡阿姨,网格长,138 1234 5678,U1,一组；g2,\n" +
		"ma,马科员,officer,,,,民政局\n" +
		"hu,again,lead,,,,\n" +
		"resident,x,lead,,,,\n" +
		"y,y,king,,,,\n" +
		"z,,lead,,,,\n" +
		"w,w,lead,+12065550100,,,\n" +
		"v,v,lead,,,九组,\n" +
		"s,s,lead,+12065550113,,,\n" + // a work phone that zhao has too
		"zhao,赵阿姨,lead,+12065550199,,,\n"
	rows, bad := ReadStaff(strings.NewReader(in), Demo())
	if len(rows) != 4 || rows[0].Role != Lead || rows[2].ID != "s" || rows[0].Phone != "+8613812345678" || strings.Join(rows[0].Areas, " ") != "g1 g2" || rows[1].Department != "民政局" {
		t.Errorf("%+v", rows)
	}
	want := []string{"line 4: the same id as line 2", `line 5: id "resident"`, `line 6: role "king"`, "line 7: no name", "line 8: the phone is the village's own", `line 9: there is no area "九组"`}
	if len(bad) != len(want) {
		t.Fatalf("%v", bad)
	}
	for i, w := range want {
		if !strings.HasPrefix(bad[i].Error(), w) {
			t.Errorf("%v, want %s", bad[i], w)
		}
	}
}

func TestNormalize(t *testing.T) {
	for _, c := range []struct{ country, in, want string }{
		{"CN", "13812345678", "+8613812345678"},
		{"", "138-1234-5678", "+8613812345678"},
		{"CN", "8613812345678", "+8613812345678"},
		{"CN", "+86 138 1234 5678", "+8613812345678"},
		{"CN", "0086 13812345678", "+8613812345678"},
		{"CN", "１３８１２３４５６７８", "+8613812345678"},
		{"CN", "010 1234 5678", "+861012345678"},
		{"CN", "+12065550131", "+12065550131"},
		{"US", "(206) 555-0131", "+12065550131"},
		{"US", "12065550131", "+12065550131"},
		{"TW", "0912 345 678", "+886912345678"},
		{"TW", "886912345678", "+886912345678"},
		{"CN", "sms:+12065550131", "+12065550131"},
		{"CN", "", ""}, {"CN", "123", ""}, {"CN", "abc", ""}, {"CN", "+1234", ""}, {"CN", "13812345678 ext 5", ""}, {"XX", "555", ""},
	} {
		got, err := Normalize(c.country, c.in)
		if got != c.want || (err == nil) != (c.want != "") {
			t.Errorf("Normalize(%q, %q) = %q, %v; want %q", c.country, c.in, got, err, c.want)
		}
		if err != nil && len(c.in) > 4 && strings.Contains(err.Error(), c.in) {
			t.Errorf("the error holds the whole number: %v", err)
		}
	}
}

func FuzzReadResidents(f *testing.F) {
	f.Add("phone,name\n+12065550131,a\n")
	f.Add("电话\n\"")
	v := Demo()
	f.Fuzz(func(t *testing.T, s string) {
		rows, _ := ReadResidents(strings.NewReader(s), v)
		for _, r := range rows {
			if r.Address == "" || r.Village != v.ID {
				t.Fatalf("%q: %+v", s, r)
			}
		}
	})
}
