package classify

import (
	"bytes"
	"os"
	"testing"
	"testing/fstest"

	"sanshi/internal/catalog"
)

// The model in the program is what its examples make of it, to the byte.
func TestModelIsMadeFromTheExamples(t *testing.T) {
	made, err := TrainBuiltin(os.DirFS("examples"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(made.Model.Bytes(), builtin) {
		t.Error("model.bin is not what the examples give: run \"go run ./bot train --builtin\"")
	}
	if made.Code.Accuracy < 0.6 || made.Kind.Accuracy < 0.75 {
		t.Errorf("held out by fifths: kind %.2f, code %.2f", made.Kind.Accuracy, made.Code.Accuracy)
	}
	if size := len(builtin); size > 10<<20 {
		t.Errorf("the model has %d bytes", size)
	}
}

func TestEveryCodeHasExamples(t *testing.T) {
	all, err := LoadExamples(os.DirFS("examples"))
	if err != nil {
		t.Fatal(err)
	}
	n := map[string]int{}
	for _, e := range all {
		n[e.Code]++
	}
	for _, s := range catalog.All() {
		if n[s.Code] < 35 {
			t.Errorf("%s has %d examples", s.Code, n[s.Code])
		}
	}
	if len(all) < 1500 {
		t.Errorf("%d examples", len(all))
	}
}

func TestBadExamplesAreNamed(t *testing.T) {
	for _, line := range []string{"V1 路灯", "Z9|x", "V1 soon|x", "V1|", "|x", "V9 emergency|x", "V9 emergency flop|x", "V1 normal fire|x", "V1 urgent x y|z"} {
		folder := fstest.MapFS{"a.txt": {Data: []byte("# fine\nV1|路灯坏了\n" + line + "\n")}}
		if _, err := LoadExamples(folder); err == nil || !bytes.Contains([]byte(err.Error()), []byte("a.txt line 3")) {
			t.Errorf("%q: %v", line, err)
		}
	}
	if _, err := LoadExamples(fstest.MapFS{}); err == nil {
		t.Error("no files: no error")
	}
}

func TestVariants(t *testing.T) {
	got := variants("村口[路灯/灯杆/灯泡][坏了/不亮]")
	want := []string{"村口路灯坏了", "村口灯杆不亮", "村口灯泡坏了"}
	if len(got) != len(want) {
		t.Fatalf("%q", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("variant %d: %q, want %q", i, got[i], want[i])
		}
	}
	if got := variants("没有选择"); len(got) != 1 || got[0] != "没有选择" {
		t.Errorf("%q", got)
	}
}
