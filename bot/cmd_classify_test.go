package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sanshi/internal/llm/llmtest"
)

func sortLines(t *testing.T, model, in string) ([]string, error) {
	t.Helper()
	var out strings.Builder
	err := runClassify(context.Background(), model, strings.NewReader(in), &out)
	if out.Len() == 0 {
		return nil, err
	}
	return strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n"), err
}

func TestClassifyKeepsOrderAndIDs(t *testing.T) {
	var in strings.Builder
	for i := range 1500 {
		fmt.Fprintf(&in, "{\"id\":%d,\"text\":%q}\n", i, []string{"村口路灯坏了", "低保怎么申请", "谢谢"}[i%3])
	}
	lines, err := sortLines(t, "", in.String())
	if err != nil || len(lines) != 1500 {
		t.Fatalf("%d lines, %v", len(lines), err)
	}
	for i, line := range lines {
		var got struct {
			ID         int
			Kind, Code string
			Urgency    string
			Confidence float64
			Source     string
			Reason     string
		}
		if err := json.Unmarshal([]byte(line), &got); err != nil {
			t.Fatal(err)
		}
		want := []string{"V1", "G2", "N0"}[i%3]
		if got.ID != i || got.Code != want || got.Urgency != "normal" || got.Source == "" || got.Reason == "" || got.Confidence <= 0 {
			t.Fatalf("line %d: %s", i, line)
		}
	}
}

func TestClassifyEchoesAnyID(t *testing.T) {
	lines, err := sortLines(t, "", `{"id":"a-7","text":""}`+"\n\n"+`{"id":12345678901234567890,"text":"着火了"}`)
	if err != nil || len(lines) != 2 {
		t.Fatalf("%q, %v", lines, err)
	}
	if !strings.HasPrefix(lines[0], `{"id":"a-7","kind":"none","code":"N0"`) {
		t.Errorf("an empty text: %s", lines[0])
	}
	if !strings.HasPrefix(lines[1], `{"id":12345678901234567890,"kind":"village","code":"V9","urgency":"emergency"`) {
		t.Errorf("a fire: %s", lines[1])
	}
}

func TestClassifyNamesTheBadLine(t *testing.T) {
	for _, bad := range []string{`{"id":1}`, `nonsense`, `{"id":1,"text":7}`, `[1]`, `{"id":1,"text":"x"`} {
		lines, err := sortLines(t, "", `{"id":1,"text":"路灯坏了"}`+"\n"+bad+"\n"+`{"id":3,"text":"路灯坏了"}`)
		if err == nil || !strings.Contains(err.Error(), "line 2") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: error %v", bad, err)
		}
		if len(lines) != 1 {
			t.Errorf("%s: %d lines written, want the one before it", bad, len(lines))
		}
	}
}

// A program that asks line by line and waits must be answered at once.
func TestClassifyAnswersWhileTheInputStaysOpen(t *testing.T) {
	in, ask := io.Pipe()
	answers, out := io.Pipe()
	done := make(chan error, 1)
	go func() {
		err := runClassify(context.Background(), "", in, out)
		out.Close()
		done <- err
	}()
	r := bufio.NewReader(answers)
	for i := range 3 {
		fmt.Fprintf(ask, "{\"id\":%d,\"text\":\"水沟堵了\"}\n", i)
		line, err := r.ReadString('\n')
		if err != nil || !strings.HasPrefix(line, fmt.Sprintf(`{"id":%d,`, i)) {
			t.Fatalf("%q, %v", line, err)
		}
	}
	ask.Close()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

const pets = "label\ttitle\tdetail\n" +
	"cat\t小猫咪跑丢了\t花的\n" + "cat\t黑猫上树了\t下不来\n" + "cat\t猫粮哪里买\t\n" + "cat\t猫生小猫了\t四只\n" + "cat\t猫抓沙发\t\n" +
	"dog\t大黄狗不见了\t昨天\n" + "dog\t狗粮哪里买\t\n" + "dog\t狗咬鞋子\t\n" + "dog\t狗狗打针\t兽医\n" + "dog\t遛狗的绳子\t\n"

func TestTrainClassifyEval(t *testing.T) {
	dir := t.TempDir()
	data, model := filepath.Join(dir, "pets.tsv"), filepath.Join(dir, "pets.model")
	if err := os.WriteFile(data, []byte(pets), 0o644); err != nil {
		t.Fatal(err)
	}
	train := func(out string) string {
		var said, notes strings.Builder
		c := trainCmd{Data: []string{data}, Text: []string{"title", "detail"}, Label: "label", Out: out}
		if err := runTrain(context.Background(), c, &said, &notes); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(notes.String(), "training: 84 of 84") {
			t.Errorf("progress: %q", notes.String())
		}
		return said.String()
	}
	if said := train(model); !strings.Contains(said, "macro-F1") || !strings.Contains(said, "cat") {
		t.Errorf("train said %q", said)
	}
	train(model + "2")
	a, _ := os.ReadFile(model)
	b, _ := os.ReadFile(model + "2")
	if len(a) == 0 || !bytes.Equal(a, b) {
		t.Error("the same rows and seed gave other bytes")
	}
	lines, err := sortLines(t, model, `{"id":"x","text":"我家的猫丢了"}`)
	if err != nil || len(lines) != 1 || !strings.HasPrefix(lines[0], `{"id":"x","label":"cat","confidence":0.`) {
		t.Errorf("%q, %v", lines, err)
	}
	var said strings.Builder
	if err := runEval(context.Background(), evalCmd{Data: []string{data}, Model: model, Text: "title", JSON: true}, &said); err != nil {
		t.Fatal(err)
	}
	var got []struct {
		Question string  `json:"question"`
		Accuracy float64 `json:"accuracy"`
	}
	if err := json.Unmarshal([]byte(said.String()), &got); err != nil || len(got) != 1 || got[0].Accuracy != 1 {
		t.Errorf("eval of what was learnt: %s (%v)", said.String(), err)
	}
}

func TestTrainRefusesBadData(t *testing.T) {
	dir := t.TempDir()
	for name, tt := range map[string]struct{ data, want string }{
		"a missing column": {"label\ttext\na\tx\nb\ty\n", `no column "title"`},
		"an empty label":   {"label\ttitle\na\tx\n\ty\n", "line 3"},
		"an empty text":    {"label\ttitle\na\tx\nb\t\n", "line 3"},
		"a short row":      {"label\ttitle\na\tx\nb\n", "line 3 has 1 columns"},
		"no rows":          {"label\ttitle\n", "has no rows"},
		"a CSV file":       {"label,title\na,x\n", "save it with tabs"},
		"one label":        {"label\ttitle\na\tx\na\ty\n", "at least two different labels"},
		"other encoding":   {"label\ttitle\na\t\xc4\xe3\n", "line 2 is not UTF-8"},
	} {
		file := filepath.Join(dir, "bad.tsv")
		if err := os.WriteFile(file, []byte(tt.data), 0o644); err != nil {
			t.Fatal(err)
		}
		c := trainCmd{Data: []string{file}, Text: []string{"title"}, Label: "label", Out: filepath.Join(dir, "m")}
		err := runTrain(context.Background(), c, io.Discard, io.Discard)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
		if _, err := os.Stat(c.Out); err == nil {
			t.Errorf("%s: a model was written", name)
		}
	}
}

func TestModelFileMissingOrDamaged(t *testing.T) {
	bad := filepath.Join(t.TempDir(), "bad.model")
	if err := os.WriteFile(bad, []byte("no model"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{bad, bad + "-missing"} {
		if _, err := sortLines(t, file, `{"id":1,"text":"x"}`); err == nil || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", file, err)
		}
	}
}

func TestEvalBuiltin(t *testing.T) {
	file := filepath.Join(t.TempDir(), "rows.tsv")
	rows := "kind\tcode\turgency\ttext\nvillage\tV1\tnormal\t村口路灯坏了\ngovernment\tG2\tnormal\t低保怎么申请\nvillage\tV9\temergency\t后山着火了\n"
	if err := os.WriteFile(file, []byte(rows), 0o644); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := runEval(context.Background(), evalCmd{Data: []string{file}}, &out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"kind: 3 rows, accuracy 1.000", "code: 3 rows, accuracy 1.000", "emergency or not: 3 rows, accuracy 1.000"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("eval does not say %q:\n%s", want, out.String())
		}
	}
}

// What a person gets wrong at first is answered by what to do.
func TestClassifierSlips(t *testing.T) {
	dir := t.TempDir()
	data := filepath.Join(dir, "pets.tsv")
	if err := os.WriteFile(data, []byte(pets), 0o644); err != nil {
		t.Fatal(err)
	}
	command := func(args ...string) (code int, said string) {
		var out, errs bytes.Buffer
		code = run(context.Background(), args, nil, strings.NewReader(""), &out, &errs)
		return code, out.String() + errs.String()
	}
	train := []string{"train", "--data", data, "--text", "title", "--label", "label", "--out", filepath.Join(dir, "m")}
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{append(train, "--epochs", "0"), wrong, "bot: --epochs 0: a model learns in at least 1 pass"},
		{train, fine, "only 10 texts: these figures say nothing yet"},
		{[]string{"train", "--builtin", "--examples", dir}, failed, "there are no examples (*.txt) in " + dir + ": run this in the folder"},
		{[]string{"classify", "--help"}, fine, lineIn},
		{[]string{"classify", "--llm"}, wrong, "set OPENAI_MODEL"},
		{[]string{"classify", "--llm", "--model", data}, wrong, "leave out one of them"},
	} {
		if code, said := command(c.args...); code != c.code || !strings.Contains(said, c.want) {
			t.Errorf("%v: %d %s\nwant %d and %q", c.args, code, said, c.code, c.want)
		}
	}
}

func TestEvalNamesUnknownLabels(t *testing.T) {
	file := filepath.Join(t.TempDir(), "rows.tsv")
	rows := "kind\tcode\turgency\ttext\nvilage\tV99\tnormal\t村口路灯坏了\nnone\t\tnormal\t你好\n"
	if err := os.WriteFile(file, []byte(rows), 0o644); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := runEval(context.Background(), evalCmd{Data: []string{file}}, &out); err != nil {
		t.Fatal(err)
	}
	if s := out.String(); strings.Count(s, "misspelt?") != 2 || !strings.Contains(s, `kind: 1 rows say "vilage"`) || !strings.Contains(s, `code: 1 rows say "V99"`) {
		t.Error(s)
	}
}

func BenchmarkClassifyLines(b *testing.B) {
	var in bytes.Buffer
	for i := range 2000 {
		fmt.Fprintf(&in, "{\"id\":%d,\"text\":%q}\n", i, []string{"村口路灯坏了三天了，晚上看不见", "请问低保怎么申请，要什么材料", "隔壁吵得睡不着"}[i%3])
	}
	for b.Loop() {
		if err := runClassify(context.Background(), "", bytes.NewReader(in.Bytes()), io.Discard); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(2000*b.N)/b.Elapsed().Seconds(), "lines/s")
}

// With --llm the model is asked about the doubtful lines only, masked; the lines
// keep their order, and a model that is away leaves the built-in answers.
func TestClassifyAsksTheModel(t *testing.T) {
	server := llmtest.New(t)
	server.Answers(toAccounts)
	env := []string{"OPENAI_BASE_URL=" + server.URL, "OPENAI_MODEL=test-model"}
	in := `{"id":1,"text":"村口路灯坏了三天了"}` + "\n" + `{"id":2,"text":"` + doubtfulText + `，电话13800000001"}` + "\n" + `{"id":3,"text":"谢谢"}` + "\n"
	ask := func() (lines []string, errs string) {
		var out, said strings.Builder
		if code := run(t.Context(), []string{"classify", "--llm"}, env, strings.NewReader(in), &out, &said); code != fine {
			t.Fatalf("%d %s", code, said.String())
		}
		return strings.Split(strings.TrimSpace(out.String()), "\n"), said.String()
	}
	lines, errs := ask()
	if len(lines) != 3 || !strings.Contains(lines[1], `"id":2,"kind":"village","code":"V6"`) || !strings.Contains(lines[1], `"source":"llm"`) ||
		strings.Contains(lines[0]+lines[2], "llm") || errs != "" {
		t.Errorf("%q %s", lines, errs)
	}
	all := server.Requests()
	if len(all) != 1 || strings.Contains(string(all[0].Raw), "13800000001") {
		t.Errorf("%d questions", len(all))
	}
	server.Knows(llmtest.Fails(403, "no"))
	lines, errs = ask()
	if len(lines) != 3 || strings.Contains(strings.Join(lines, ""), "llm") || strings.Count(errs, "did not answer") != 1 {
		t.Errorf("%q %s", lines, errs)
	}
}
