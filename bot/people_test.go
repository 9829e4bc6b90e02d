package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sanshi/internal/directory"
	"sanshi/internal/message"
	"sanshi/internal/store"
)

func dataFolder(t *testing.T) Config {
	t.Helper()
	cfg, err := LoadConfig(map[string]string{"SANSHI_DATA": t.TempDir()}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

func writeFile(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "people.csv")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// keptPeople reads what an import left.
func keptPeople(t *testing.T, cfg Config) (map[message.Address]directory.Resident, *directory.Village) {
	t.Helper()
	s, err := store.Open(context.Background(), store.Options{Dir: cfg.Data})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	all, err := s.Residents(context.Background(), "xiangyang")
	if err != nil {
		t.Fatal(err)
	}
	v, err := s.Village(context.Background(), "xiangyang")
	if err != nil {
		t.Fatal(err)
	}
	by := map[message.Address]directory.Resident{}
	for _, r := range all {
		by[r.Address] = r
	}
	return by, v
}

func TestImportResidents(t *testing.T) {
	cfg, ctx := dataFolder(t), context.Background()
	var out bytes.Buffer
	file := writeFile(t, "phone,name,area\n13812345678,新来的,3组\n+12065550131,,二组\n")
	if err := runImport(ctx, cfg, "residents", file, "", false, &out); err != nil {
		t.Fatal(err)
	}
	if got := out.String(); got != "xiangyang: 1 residents added, 1 changed\n" {
		t.Errorf("%q", got)
	}
	people, _ := keptPeople(t, cfg)
	if r := people["sms:+8613812345678"]; r.Name != "新来的" || r.Area != "g3" {
		t.Errorf("%+v", r)
	}
	if r := people["sms:+12065550131"]; r.Area != "g2" || r.Name != "陈大爷" || r.Place == "" || r.Language != "zh-Hans" {
		t.Errorf("an empty cell took something away: %+v", r)
	}
}

func TestImportBadRows(t *testing.T) {
	cfg, ctx := dataFolder(t), context.Background()
	file := writeFile(t, "phone,name\n13812345678,a\n12,b\n")
	var out bytes.Buffer
	err := runImport(ctx, cfg, "residents", file, "", false, &out)
	if err == nil || !strings.Contains(err.Error(), "nothing was written: correct the bad rows (1)") || !strings.HasPrefix(out.String(), "people.csv line 3: ") {
		t.Errorf("%v, %q", err, out.String())
	}
	if people, _ := keptPeople(t, cfg); people["sms:+8613812345678"].Name != "" {
		t.Error("a file with a bad row was written")
	}
	out.Reset()
	if err := runImport(ctx, cfg, "residents", file, "xiangyang", true, &out); err != nil || !strings.Contains(out.String(), "line 3: ") {
		t.Errorf("%v, %q", err, out.String())
	}
	if people, _ := keptPeople(t, cfg); people["sms:+8613812345678"].Name != "a" {
		t.Error("the good row was not written")
	}
	if err := runImport(ctx, cfg, "residents", writeFile(t, "phone\n12\n"), "", true, &out); err == nil || !strings.Contains(err.Error(), "no row that can be read") {
		t.Errorf("no good row: %v", err)
	}
}

func TestImportStaff(t *testing.T) {
	cfg, ctx := dataFolder(t), context.Background()
	var out bytes.Buffer
	if err := runImport(ctx, cfg, "staff", writeFile(t, "id,name,role\nhu,胡阿姨,volunteer\nliu,刘师傅,lead\n"), "", false, &out); err != nil {
		t.Fatal(err)
	}
	_, v := keptPeople(t, cfg)
	if s, ok := v.Member("hu"); !ok || s.Role != directory.Volunteer {
		t.Errorf("%+v", s)
	}
	if s, _ := v.Member("liu"); s.Name != "刘师傅" || s.Role != directory.Lead || s.Phone != "+12065550116" || len(s.Areas) != 2 {
		t.Errorf("%+v", s)
	}
	if out.String() != "xiangyang: 1 staff added, 1 changed\n" {
		t.Errorf("%q", out.String())
	}
}

func TestImportWhere(t *testing.T) {
	cfg, ctx := dataFolder(t), context.Background()
	file := writeFile(t, "phone\n13812345678\n")
	var out bytes.Buffer
	if err := runImport(ctx, cfg, "residents", file, "nowhere", false, &out); !isUsage(err) || !strings.Contains(err.Error(), "there is xiangyang") {
		t.Errorf("no such village: %v", err)
	}
	if err := runImport(ctx, cfg, "dogs", file, "", false, &out); !isUsage(err) {
		t.Errorf("no such list: %v", err)
	}
	if _, err := chooseVillage([]*directory.Village{{ID: "a"}, {ID: "b"}}, ""); !isUsage(err) || !strings.Contains(err.Error(), "--village: a, b") {
		t.Errorf("two villages: %v", err)
	}
}

// TestExport raises a matter in the running service, with a text that a
// spreadsheet would run, and exports beside it.
func TestExport(t *testing.T) {
	r := startRig(t, rigOptions{})
	in := message.Inbound{Village: "xiangyang", Channel: "sim", ExternalID: "x1", From: "sim:a", Text: "=1+1 村口路灯坏了", At: r.clock.Now()}
	if _, err := r.intake.Take(context.Background(), in); err != nil {
		t.Fatal(err)
	}
	r.settle()
	dir := filepath.Join(t.TempDir(), "out")
	var out bytes.Buffer
	if err := runExport(context.Background(), r.Config, "xiangyang", dir, &out); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(out.String(), "xiangyang: 1 matters, 1 events, 2 messages written to ") {
		t.Errorf("%q", out.String())
	}
	matters := readCSV(t, filepath.Join(dir, "matters.csv"))
	if m := matters[0]; m["code"] != "V1" || m["resident"] != "sim:a" || m["text"] != "'=1+1 村口路灯坏了" || m["area"] != "g1" {
		t.Errorf("%v", m)
	}
	if at, err := time.Parse(time.RFC3339, matters[0]["raised_at"]); err != nil || !at.Equal(r.clock.Now()) {
		t.Errorf("raised %v %v", at, err)
	}
	if e := readCSV(t, filepath.Join(dir, "events.csv"))[0]; e["event"] != "raise" || e["number"] != matters[0]["number"] || e["seq"] != "1" {
		t.Errorf("%v", e)
	}
	texts := readCSV(t, filepath.Join(dir, "messages.csv"))
	if texts[0]["direction"] != "in" || texts[1]["direction"] != "out" || texts[1]["matter"] != matters[0]["id"] || texts[1]["address"] != "sim:a" {
		t.Errorf("%v", texts)
	}
	b, err := os.ReadFile(filepath.Join(dir, "matters.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]any
	if err := json.Unmarshal(b, &m); err != nil || m["text"] != "=1+1 村口路灯坏了" || m["version"] != 1.0 {
		t.Errorf("%s %v", b, err)
	}
	if left, err := filepath.Glob(filepath.Join(dir, "*.part")); err != nil || len(left) > 0 {
		t.Errorf("unfinished files: %v %v", left, err)
	}
	if err := runExport(context.Background(), r.Config, "nowhere", dir, &out); !isUsage(err) {
		t.Errorf("no such village: %v", err)
	}
}

func readCSV(t *testing.T, name string) []map[string]string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	b, marked := bytes.CutPrefix(b, []byte("\ufeff"))
	if !marked || !bytes.Contains(b, []byte("\r\n")) {
		t.Errorf("%s has no byte order mark, without which Excel takes it for GBK, or Unix line ends", name)
	}
	rows, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var all []map[string]string
	for _, row := range rows[1:] {
		m := map[string]string{}
		for i, cell := range row {
			m[rows[0][i]] = cell
		}
		all = append(all, m)
	}
	return all
}

func TestHarmless(t *testing.T) {
	for in, want := range map[string]string{
		"=cmd": "'=cmd", "+1": "'+1", "-1": "'-1", "@a": "'@a", "\t=1": "'\t=1", "＝1": "'＝1", "村口": "村口", "": "", "a=1": "a=1",
	} {
		if got := harmless(in); got != want {
			t.Errorf("%q: %q", in, got)
		}
	}
}

// Every column that import knows stands in its --help.
func TestImportHelp(t *testing.T) {
	var out bytes.Buffer
	if code := run(context.Background(), []string{"import", "--help"}, nil, nil, &out, &out); code != fine {
		t.Fatal(code, out.String())
	}
	for _, what := range []string{"residents", "staff"} {
		_, bad := directory.ReadResidents(strings.NewReader("colour\n"), directory.Demo())
		if what == "staff" {
			_, bad = directory.ReadStaff(strings.NewReader("colour\n"), directory.Demo())
		}
		_, columns, ok := strings.Cut(bad[0].Reason, "the columns are ")
		if !ok {
			t.Fatal(bad)
		}
		for _, column := range strings.Split(columns, ", ") {
			if !strings.Contains(out.String(), column) {
				t.Errorf("the column %s of %s is missing:\n%s", column, what, &out)
			}
		}
	}
}
