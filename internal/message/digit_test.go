package message

import "testing"

func TestDigit(t *testing.T) {
	for in, want := range map[string]int{
		"1": 1, "１": 1, "一": 1, "壹": 1, "①": 1, "⑴": 1, "1️⃣": 1, "1.": 1, "1。": 1, " 1 ": 1, "“1”": 1, "【1】": 1,
		"1分": 1, "打5分": 5, "选2": 2, "第一个": 1, "回1": 1, "回复１": 1, "五星": 5, "5颗星": 5, "٣": 3, "३": 3, "𝟛": 3,
		"0": 0, "〇": 0, "零": 0, "10": 10, "十": 10, "十二": 12, "二十": 20, "廿三": 23, "99": 99, "07": 7,
		"贰": 2, "貳": 2, "參": 3, "陸": 6, "两分": 2, "我选第一个吧": 1, "选项2": 2, "5!!!": 5, "5👍": 5, "5 谢谢": 5, "5分，很满意": 5,
		"非常满意 5分": 5, "two": 2, "No. 3": 3, "#4": 4, "我打四分": 4, "给5星吧": 5, "是1": 1, "㊄": 5, "５分，谢谢你们": 5,
	} {
		if got, ok := Digit(in); !ok || got != want {
			t.Errorf("Digit(%q) = %d, %v; want %d", in, got, ok, want)
		}
	}
	for _, in := range []string{
		"", " ", "。", "百", "100", "3组", "1点", "5号楼", "1到5", "1-5", "-1", "+1", "1 2", "1,2", "3.5", "二三", "两组", "好",
		"1楼", "5天了", "0427-0", "第", "分", "1 很满意", "不满意5", "５组灯坏了", "十零", "一一", "三十二十", "5%", "村口", "123", "一二",
		"13800000001", "11111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111",
	} {
		if got, ok := Digit(in); ok {
			t.Errorf("Digit(%q) = %d, want none", in, got)
		}
	}
}

func TestYesNo(t *testing.T) {
	yes := []string{"好", "好的", "好！", "好好好", "是", "是的", "是的呀", "對", "要得", "要得嘛", "可以", "行", "嗯嗯", "OK", "o k", "Yes.", "y", "👍", "👍🏽👍🏽",
		"对头", "中", "係", "得行", "好的谢谢", "没问题", "是的是的", "对对对", "阔以", "好嘞", "同意", "不错", "可以可以"}
	no := []string{"不", "不是", "不用", "不用了", "不要", "no", "N", "否", "没有", "没", "莫", "唔係", "覅", "不是的", "不不不", "不用了谢谢", "算了", "不行", "👎", "冇", "要不得", "還沒"}
	neither := []string{"", "好？", "是?", "不要？", "好吗", "是吗？", "行不行", "是不是", "村口灯坏了", "好久没人来了", "不亮", "没水", "没电了", "啊", "的", "可以修吗", "好烦", "不知道", "1", "👍👎", "?", "是不是漏水", "对不", "谢谢", "行人", "要钱"}
	for _, s := range yes {
		if !Yes(s) || No(s) {
			t.Errorf("%q: yes %v, no %v; want yes", s, Yes(s), No(s))
		}
	}
	for _, s := range no {
		if Yes(s) || !No(s) {
			t.Errorf("%q: yes %v, no %v; want no", s, Yes(s), No(s))
		}
	}
	for _, s := range neither {
		if Yes(s) || No(s) {
			t.Errorf("%q: yes %v, no %v; want neither", s, Yes(s), No(s))
		}
	}
}

// TestYesNoApart: no listed word is in both lists.
func TestYesNoApart(t *testing.T) {
	for w := range yesWords {
		if No(w) {
			t.Errorf("%q says both", w)
		}
	}
	for w := range noWords {
		if Yes(w) {
			t.Errorf("%q says both", w)
		}
		if Bare(w) != w {
			t.Errorf("%q is not folded and can never match", w)
		}
	}
	for w := range yesWords {
		if Bare(w) != w {
			t.Errorf("%q is not folded and can never match", w)
		}
	}
}

func FuzzDigit(f *testing.F) {
	for _, s := range []string{"1", "１", "第一个", "打5分", "廿三", "\xff1", "٣", "5 谢谢", "好", "不用了"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, ok := Digit(s)
		if ok && (n < 0 || n > 99) || !ok && n != 0 {
			t.Fatalf("Digit(%q) = %d, %v", s, n, ok)
		}
		if m, same := Digit(Fold(s)); len(s) <= 96 && (m != n || same != ok) {
			t.Fatalf("Digit(%q) = %d, %v and folded %d, %v", s, n, ok, m, same)
		}
		if Yes(s) && No(s) {
			t.Fatalf("%q says yes and no", s)
		}
		if ok && (Yes(s) || No(s)) {
			t.Fatalf("%q is a digit and a yes or no", s)
		}
	})
}
