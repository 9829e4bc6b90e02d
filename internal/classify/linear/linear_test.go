package linear

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"runtime"
	"strings"
	"testing"
)

// fruit are texts of two easy labels and a few of a third.
func fruit() []Text {
	var out []Text
	add := func(label string, group int, format string, words ...string) {
		for _, w := range words {
			out = append(out, Text{Text: fmt.Sprintf(format, w), Labels: []string{label}, Group: group + len(out)})
		}
	}
	for i, pattern := range []string{"%s坏了", "请修%s", "%s不亮", "看看%s"} {
		add("灯", 100*i, pattern, "路灯", "灯泡", "灯杆", "太阳能灯", "吊灯")
		add("水", 1000+100*i, pattern, "水沟", "水井", "水渠", "自来水", "水管")
	}
	add("猫", 5000, "%s跑丢了", "小猫", "花猫", "黑猫", "白猫")
	return out
}

func TestTrainLearns(t *testing.T) {
	texts := fruit()
	m, held, err := Train(texts, []string{"what"}, Options{Seed: 7})
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{"桥头的路灯": "灯", "水沟里": "水", "猫": "猫", "路等怀了": "灯", "shui沟": "水"} {
		if got, p := m.Read(text)[0].Best(); got != want {
			t.Errorf("%s: %s (%.2f), want %s", text, got, p, want)
		}
	}
	if len(held) != len(texts) {
		t.Errorf("%d held-out answers for %d texts", len(held), len(texts))
	}
	if j := Judge(m.Tested(texts, held, 0, nil)); j.Accuracy < 0.9 || j.N != len(texts) {
		t.Errorf("held-out accuracy %.2f of %d", j.Accuracy, j.N)
	}
}

func TestProbabilitiesSumToOne(t *testing.T) {
	m, _, err := Train(fruit(), []string{"what"}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"", "路灯", strings.Repeat("水沟堵了", 2000), "zzz 🎉", "\x00"} {
		sum := 0.0
		for _, p := range m.Read(text)[0].Probs {
			sum += p
		}
		if math.Abs(sum-1) > 1e-9 {
			t.Errorf("%.10q: probabilities sum to %v", text, sum)
		}
	}
}

func TestSameBytesForTheSameInput(t *testing.T) {
	bytesOf := func(seed uint64) []byte {
		m, _, err := Train(fruit(), []string{"what"}, Options{Seed: seed, Epochs: 2})
		if err != nil {
			t.Fatal(err)
		}
		return m.Bytes()
	}
	a := bytesOf(3)
	if !bytes.Equal(a, bytesOf(3)) {
		t.Error("two trainings with one seed differ")
	}
	if bytes.Equal(a, bytesOf(4)) {
		t.Error("the seed changes nothing: the test above proves nothing")
	}
}

// However many cores, the same bytes.
func TestSameBytesOnAnyCores(t *testing.T) {
	bytesOn := func(cores int) []byte {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(cores))
		m, _, err := Train(fruit(), []string{"what"}, Options{Folds: 2, Nets: 3})
		if err != nil {
			t.Fatal(err)
		}
		return m.Bytes()
	}
	if !bytes.Equal(bytesOn(1), bytesOn(4)) {
		t.Error("one core and four give different bytes")
	}
}

// Each part learns by itself what the whole must know.
func TestMachinesAndNetsLearnAlone(t *testing.T) {
	texts := fruit()
	o := Options{Cost: 1, Ratio: 0.5}.withDefaults()
	heads, err := headsOf(texts, []string{"what"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	b := newBag(texts, heads, o)
	columns := b.solve(nil, o, &ticker{})
	for p, name := range []string{"machines", "nets"} {
		sure := 0.0
		for i, doc := range b.docs {
			scores := make([]float64, len(columns[p]))
			for c := range scores {
				scores[c] = 4 * dot(columns[p][c], doc)
			}
			soften(scores)
			sure += scores[b.targets[0][i]] / float64(len(b.docs))
		}
		if sure < 0.9 {
			t.Errorf("the %s are sure of what they were taught by %.3f", name, sure)
		}
	}
}

// What stands with one label only weighs more than what stands with all.
func TestRatiosWeighWhatTells(t *testing.T) {
	texts := []Text{{Text: "灯坏", Labels: []string{"灯"}}, {Text: "灯坏", Labels: []string{"灯"}}, {Text: "水坏", Labels: []string{"水"}}, {Text: "水坏", Labels: []string{"水"}}}
	o := Options{Shape: Shape{Bits: 12, MaxN: 1, Runes: 10}}.withDefaults()
	heads, err := headsOf(texts, []string{"what"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	b := newBag(texts, heads, o)
	r := b.ratios(b.targets[0], 0, []int{0, 1, 2, 3}, 1)
	var s scratch
	weight := func(char string) float32 {
		o.Shape.read(&s, char)
		for id, bucket := range b.buckets {
			if bucket == s.buckets[1]&bucketMask {
				return r[id]
			}
		}
		t.Fatalf("%s was never seen", char)
		return 0
	}
	if weight("灯") < 1 || weight("坏") > 0.01 {
		t.Errorf("灯 weighs %.3f, 坏 %.3f", weight("灯"), weight("坏"))
	}
	for _, w := range b.ratios(b.targets[0], 0, []int{0, 1, 2, 3}, 0) {
		if w != 1 {
			t.Errorf("without a share of the ratio a feature weighs %v", w)
		}
	}
}

// A few texts that were all told apart make nobody sure of the next.
func TestFewTextsAreNoCertainty(t *testing.T) {
	var all []trial
	for i := range 10 {
		x := trial{want: int32(i % 2)}
		for p := range x.scores {
			x.scores[p] = make([]float32, 2)
			x.scores[p][i%2] = 1
		}
		all = append(all, x)
	}
	probs := make([]float64, 2)
	fit(all, 2, true, func(int) bool { return false }).probs(probs, all[0].scores)
	if !(probs[0] >= 0.8 && probs[0] <= 0.99) {
		t.Errorf("of ten texts: %.4f", probs[0])
	}
}

func TestFileRoundTrip(t *testing.T) {
	m, _, err := Train(fruit(), []string{"what"}, Options{Note: "fruit"})
	if err != nil {
		t.Fatal(err)
	}
	data := m.Bytes()
	again, err := Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(data, again.Bytes()) || again.Note() != "fruit" {
		t.Error("a model read and written again is another")
	}
	a, pa := m.Read("路灯坏了")[0].Best()
	b, pb := again.Read("路灯坏了")[0].Best()
	if a != b || pa != pb {
		t.Errorf("%s %v, read again %s %v", a, pa, b, pb)
	}
}

func TestDamagedFiles(t *testing.T) {
	m, _, err := Train(fruit(), []string{"what"}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	data := m.Bytes()
	for name, bad := range map[string][]byte{
		"empty": nil, "text": []byte("hello"), "cut": data[:len(data)/2], "headless": data[4:],
		"flipped": append(append([]byte{}, data[:200]...), append([]byte{data[200] ^ 1}, data[201:]...)...),
	} {
		if _, err := Parse(bad); !errors.Is(err, ErrFile) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNothingToLearn(t *testing.T) {
	one := []Text{{Text: "a", Labels: []string{"x"}}, {Text: "b", Labels: []string{"x"}}}
	if _, _, err := Train(one, []string{"what"}, Options{}); !errors.Is(err, ErrTexts) {
		t.Errorf("one label only: %v", err)
	}
	if _, _, err := Train(nil, []string{"what"}, Options{}); !errors.Is(err, ErrTexts) {
		t.Errorf("no texts: %v", err)
	}
	two := []Text{{Text: "a", Labels: []string{"x", "y"}}}
	if _, _, err := Train(two, []string{"what"}, Options{}); !errors.Is(err, ErrTexts) {
		t.Errorf("too many labels: %v", err)
	}
}

func TestFoldsKeepGroupsTogether(t *testing.T) {
	texts := []Text{{Group: 1}, {Group: 2}, {Group: 1}, {Group: 3}, {Group: 2}, {Group: 4}}
	where := map[int]int{}
	n := 0
	for f, fold := range foldsOf(texts, 3) {
		for _, i := range fold {
			n++
			if g, seen := where[texts[i].Group]; seen && g != f {
				t.Errorf("group %d is in folds %d and %d", texts[i].Group, g, f)
			}
			where[texts[i].Group] = f
		}
	}
	if n != len(texts) {
		t.Errorf("%d of %d texts dealt out", n, len(texts))
	}
}

func TestCalibrationMakesProbabilitiesHonest(t *testing.T) {
	// Scores that are right two times in three, whatever they shout; the nets say nothing.
	var all []trial
	for i := range 300 {
		x := trial{scores: [parts][]float32{{1, 0}, {0, 0}}}
		if i%2 == 0 {
			x.scores[machines] = []float32{0, 1}
			x.want = 1
		}
		if i%3 == 0 {
			x.want = 1 - x.want
		}
		all = append(all, x)
	}
	probs := make([]float64, 2)
	fit(all, 2, true, func(int) bool { return false }).probs(probs, all[1].scores)
	if math.Abs(probs[0]-2.0/3) > 0.01 {
		t.Errorf("probability %.3f, want 0.667", probs[0])
	}
}

// The part that is right is believed, the one that knows nothing is not; and a
// label that is commoner among what will be asked than among what was learnt is
// given its due.
func TestCalibrationWeighsThePartsAndTheLabels(t *testing.T) {
	var all []trial
	for i := range 400 {
		x := trial{scores: [parts][]float32{{0, 0}, {0, 0}}}
		x.scores[nets][i%2] = 1
		x.scores[machines][i/2%2] = 1
		x.want = int32(i % 2)
		if i%4 == 0 {
			x.want = 1
		}
		all = append(all, x)
	}
	got := fit(all, 2, true, func(int) bool { return false })
	if got.scale[nets] < 1 || math.Abs(got.scale[machines]) > 0.3*got.scale[nets] {
		t.Errorf("scales %v: the nets are right, the machines know nothing", got.scale)
	}
	if got.bias[1] <= got.bias[0] {
		t.Errorf("biases %v: the second label is the commoner", got.bias)
	}
}

// What is said of a text is calibrated on the other folds only: where nothing
// could be told there, nobody is sure here.
func TestTestedKnowsNothingOfItsOwnFold(t *testing.T) {
	m := &Model{heads: []Head{{Name: "what", Labels: []string{"a", "b"}, Bias: make([]float64, 2)}}, width: 2}
	var texts []Text
	var held []Held
	for i := range 200 {
		texts = append(texts, Text{Labels: []string{"a"}})
		x := Held{Text: i, fold: i % 2, scores: [parts][]float32{{1, 0}, {0, 0}}}
		if i%4 == 1 { // half of the second fold is the contrary of what its scores say
			texts[i].Labels[0] = "b"
		}
		held = append(held, x)
	}
	for i, v := range m.Tested(texts, held, 0, nil) {
		if own := held[i].fold; own == 0 && v.Confidence > 0.6 || own == 1 && v.Confidence < 0.9 {
			t.Fatalf("text %d of fold %d: %.2f", i, own, v.Confidence)
		}
	}
}

func TestExpIsNearEnough(t *testing.T) {
	for x := float32(-79); x <= 0; x += 0.37 {
		if got, want := float64(exp(x)), math.Exp(float64(x)); math.Abs(got-want) > 1e-5*want {
			t.Errorf("exp(%v) is %v, want %v", x, got, want)
		}
	}
	if exp(-1000) != 0 || exp(0) != 1 {
		t.Error("exp at the ends")
	}
}

func TestJudge(t *testing.T) {
	m := Judge([]Verdict{
		{"a", "a", 0.95}, {"a", "a", 0.95}, {"a", "b", 0.55}, {"b", "b", 0.95}, {"b", "b", 0.45},
	})
	if m.Accuracy != 0.8 || math.Abs(m.MacroF1-0.8) > 1e-9 {
		t.Errorf("accuracy %v, macro-F1 %v", m.Accuracy, m.MacroF1)
	}
	// Bins: 0.45 right (0.55 too low), 0.55 wrong (0.55 too high), 3 of 0.95 right (0.15 too low).
	if want := (0.55 + 0.55 + 0.15) / 5; math.Abs(m.ECE-want) > 1e-9 {
		t.Errorf("calibration error %v, want %v", m.ECE, want)
	}
	for _, a := range m.Above {
		if a.Threshold == 0.9 && (a.Share != 0.6 || a.Accuracy != 1) {
			t.Errorf("at 0.9: share %v, right %v", a.Share, a.Accuracy)
		}
	}
	if m.Confusion["a"]["b"] != 1 {
		t.Errorf("confusion %v", m.Confusion)
	}
}

func TestSoundsAlike(t *testing.T) {
	same := func(a, b string) bool {
		x, y := sounds(nil, []rune(a)), sounds(nil, []rune(b))
		return fmt.Sprint(x) == fmt.Sprint(y)
	}
	for _, p := range [][2]string{{"路灯", "路等"}, {"路灯", "ludeng"}, {"水渠", "水区"}, {"知道", "资道"}, {"钱包", "qianbao"}, {"楼上", "搂桑"}} {
		if !same(p[0], p[1]) {
			t.Errorf("%s and %s should sound alike", p[0], p[1])
		}
	}
	if same("路灯", "水沟") {
		t.Error("everything sounds alike")
	}
}

func TestEvidence(t *testing.T) {
	m, _, err := Train(fruit(), []string{"what"}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	found := m.Evidence("请来看看桥头的路灯", 0, "灯", 2)
	if len(found) == 0 || !strings.Contains(found[0], "灯") {
		t.Errorf("evidence for 灯: %q", found)
	}
	if found := m.Evidence("路灯", 0, "no such label", 2); found != nil {
		t.Errorf("evidence for nothing: %q", found)
	}
}

func FuzzParse(f *testing.F) {
	m, _, err := Train(fruit(), []string{"what"}, Options{Folds: 1, Epochs: 1, Shape: Shape{Bits: 8, MaxN: 2, Runes: 50}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(m.Bytes())
	f.Add([]byte(magic))
	f.Fuzz(func(t *testing.T, data []byte) {
		if m, err := Parse(data); err == nil {
			m.Read("路灯坏了")
		}
	})
}

func BenchmarkRead(b *testing.B) {
	m, _, err := Train(fruit(), []string{"what"}, Options{Folds: 1})
	if err != nil {
		b.Fatal(err)
	}
	text := strings.Repeat("村口的路灯坏了三天了没有人来修", 2)
	b.ReportAllocs()
	for b.Loop() {
		m.Read(text)
	}
}
