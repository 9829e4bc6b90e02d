package dialogue

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"sanshi/internal/classify"
	"sanshi/internal/directory"
	"sanshi/internal/message"
)

// told writes orders in short: digits or number, verb, what, words.
func told(text string) string {
	orders, left := parseOrders(text)
	var b strings.Builder
	for _, o := range orders {
		fmt.Fprintf(&b, "%v", o.digits)
		if o.all {
			b.WriteString("all")
		}
		fmt.Fprintf(&b, "%s %s", o.number, o.verb)
		for _, s := range []string{string(o.what.kind), o.what.code, o.words} {
			if s != "" {
				b.WriteString(" " + s)
			}
		}
		if o.into > 0 {
			fmt.Fprintf(&b, " >%d", o.into)
		}
		b.WriteString("; ")
	}
	if left != "" {
		b.WriteString("LEFT " + left)
	}
	return strings.TrimSuffix(b.String(), "; ")
}

// What each way of writing an order means.
func TestOrders(t *testing.T) {
	for text, want := range map[string]string{
		"1好":                   "[1] agree",
		"1 好":                  "[1] agree",
		"1":                    "[1] choose",
		"①":                    "[1] choose",
		"１３好":                  "[13] agree", // of a list of five: 1 and 3
		"1,3同意":                "[1 3] approve",
		"1、3好":                 "[1 3] agree",
		"1和3好，谢谢":              "[1 3] agree",
		"同意":                   "[] approve",
		"全部同意":                 "[]all approve",
		"都好":                   "[]all agree",
		"好":                    "[] agree",
		"第2件好":                 "[2] agree",
		"第二件 好":                "[2] agree",
		"1好3不":                 "[1] agree; [3] refuse",
		"1好，3不办 不归村里管":         "[1] agree; [3] refuse 不归村里管",
		"3不办 不归村里管，2好":         "[3] refuse 不归村里管; [2] agree",
		"1不":                   "[1] refuse",
		"1不好":                  "[1] refuse",
		"1不归村里管":               "[1] refuse 不归村里管",
		"1不办 要2个人签字":           "[1] refuse 要2个人签字",
		"不办 太远了":               "[] refuse 太远了",
		"1民事":                  "[1] correct household",
		"1改成政事":                "[1] correct government",
		"1改村事":                 "[1] correct village",
		"2路灯":                  "[2] correct V1",
		"2改低保":                 "[2] correct G2",
		"2 g5":                 "[2] correct G5",
		"1急":                   "[1] urge",
		"0":                    "[0] choose",
		"0 2":                  "[0 2] choose",
		"02":                   "[0 2] choose",
		"2详情":                  "[2] details",
		"2?":                   "[2] details",
		"1问 3组哪家门口？":           "[1] ask 3组哪家门口？",
		"1问哪家门口":               "[1] ask 哪家门口",
		"1并2":                  "[1] merge >2",
		"1并到2":                 "[1] merge >2",
		"接":                    "[] claim",
		"1接手":                  "[1] claim",
		"接 0427-0":             "[]0427-0 claim",
		"0427-0接":              "[]0427-0 claim",
		"04270 好":              "[]0427-0 agree",
		"办好 换了2号楼的灯泡":          "[] finish 换了2号楼的灯泡",
		"1办好，换了灯泡":             "[1] finish 换了灯泡",
		"办好1 换了灯泡":             "[1] finish 换了灯泡",
		"办不了 要吊车":              "[] return 办不了 要吊车",
		"退 不是我们组的":             "[] return 不是我们组的",
		"1退回 不是我们组的":           "[1] return 不是我们组的",
		"明天去":                  "[] plan",
		"28号前":                 "[] plan",
		"1 28号前":               "[1] plan",
		"2下周二":                 "[2] plan",
		"我的":                   "[] mine",
		"帮助":                   "[] help",
		"撤回":                   "[] undo",
		"看":                    "[] list",
		"1 ok":                 "[1] agree",
		"1 no not ours at all": "[1] refuse not ours at all",
		"1好，我家水管也漏了":           "[1] agree; LEFT 我家水管也漏了",

		"0427-0":     "[]0427-0 details",
		"0427-0怎么样了": "[]0427-0 details",
		"1办好没有":      "[1] details",
		"去不了，我在镇上":   "[] cannot 我在镇上",
		"已经到了":       "[] claim",

		// Everyday words.
		"去不了镇上，谁帮我拿药": "LEFT 去不了镇上，谁帮我拿药",
		"退休金什么时候发":    "LEFT 退休金什么时候发",
		"去年修的路又烂了":    "LEFT 去年修的路又烂了",
		"接下来怎么办":      "LEFT 接下来怎么办",
		"办好了没":        "LEFT 办好了没",
		"修好了吗？":       "LEFT 修好了吗？",
		"3组的水沟堵了":     "LEFT 3组的水沟堵了",
		"5分钟后到":       "LEFT 5分钟后到",
		"2路灯坏了":       "LEFT 2路灯坏了",
		"1好看":         "LEFT 1好看",
		"好多垃圾没人收":     "LEFT 好多垃圾没人收",
		"不亮了":         "LEFT 不亮了",
		"我的低保怎么没到":    "LEFT 我的低保怎么没到",
		"看看村口的路灯":     "LEFT 看看村口的路灯",
		"问一下低保怎么办":    "LEFT 问一下低保怎么办",
		"13800000001": "LEFT 13800000001",
		"明天":          "LEFT 明天",
		"":            "",
	} {
		if got := told(text); got != want {
			t.Errorf("%q\n got %q\nwant %q", text, got, want)
		}
	}
}

// Two digits in one breath are those of the list when it is shorter.
func TestDigitsOfAList(t *testing.T) {
	for _, c := range []struct {
		digits []int
		of     int
		want   string
	}{
		{[]int{13, 0}, 5, "[1 3 0]"}, {[]int{13, 0}, 14, "[13 0]"}, {[]int{13, 0}, 2, "[]"}, {[]int{11, 0}, 5, "[]"},
		{[]int{6, 0}, 5, "[]"}, {[]int{1, 2}, 2, "[1 2]"}, {[]int{1, 3}, 2, "[]"}, {[]int{10, 0}, 5, "[]"},
	} {
		if got, _ := within(c.digits, c.of); fmt.Sprint(got) != c.want {
			t.Errorf("%v of %d: %v, want %s", c.digits, c.of, got, c.want)
		}
	}
}

// Only a day that can be meant in one way is a day.
func TestDates(t *testing.T) {
	at := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC) // a Tuesday
	for text, want := range map[string]string{
		"明天去": "11-25", "后天办": "11-26", "大后天前": "11-27", "28号前": "11-28", "3号前": "12-03", "12月3日前办好": "12-03",
		"周五去": "11-27", "星期一去": "", "下周一前": "11-30", "下周天来": "12-06", "3天内": "11-27", "今天去": "11-24",
		"31号前": "", "13月1日前": "", "昨天去": "", "过几天去": "", "2月30日前": "", "0天内": "", "99天内": "",
	} {
		got := ""
		if d, ok := dateIn(text); ok && d.told {
			if day, ok := d.on(at, time.UTC); ok {
				got = day.Format("01-02")
			}
		}
		if got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

// Whatever is written, orders are read without harm: every digit and word is of the
// text, and nothing is both an order and left over.
func FuzzOrders(f *testing.F) {
	for _, s := range []string{"1好3不", "１３好", "1,3同意", "2不办 不归村里管，1好", "1并2", "接0427-0", "28号前", "0 2", "第二件好", "1问 哪家？", "办不了", "全部同意", "9999999999好", "1\x00好", "①②好", "1好\n2不"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		text = strings.ToValidUTF8(text, "") // what is taken in always is
		orders, left := parseOrders(text)
		if len(orders) > len([]rune(text)) {
			t.Fatalf("%d orders in %q", len(orders), text)
		}
		for _, o := range orders {
			if o.verb == "" {
				t.Errorf("an order without a verb in %q", text)
			}
			for _, d := range o.digits {
				if d < 0 || d > 9999 {
					t.Errorf("digit %d in %q", d, text)
				}
			}
			if !strings.Contains(strings.TrimSpace(text), o.words) {
				t.Errorf("words %q are not of %q", o.words, text)
			}
		}
		if !strings.Contains(text, left) {
			t.Errorf("%q is left over and not of %q", left, text)
		}
		h := StaffTurn{Village: &directory.Village{}, Staff: []directory.Staff{{ID: "li"}}, In: message.Inbound{Text: text}, Read: func(string) []classify.Result { return []classify.Result{nothing} }}
		if plan, ok := HearStaff(h); ok && len(plan.Errands) > 0 {
			t.Errorf("%q did something though nothing lies before her", text)
		}
	})
}
