package llm

import (
	"strings"
	"testing"
	"unicode/utf8"
)

var known = Question{Names: []string{"陈建国", "李书记", "老陈头", "陈建", "Anna Wu"},
	Areas: []Area{{ID: "g1", Name: "一组", Places: []string{"村口", "三号楼"}}}}

func TestMask(t *testing.T) {
	for text, want := range map[string]string{
		"找我13800000001":               "找我〔电话1〕",
		"电话138-0000-0001或13900000002": "电话〔电话1〕或〔电话2〕",
		"１３８ ００００ ０００１":               "〔电话1〕",
		"一三八零零零零幺幺幺幺":                 "〔电话1〕",
		"①③⑧00000001":                 "〔电话1〕",
		"1\u200b3\u200b800000001":     "〔电话1〕",
		"+8613800000001打不通":           "+〔电话1〕打不通",
		"座机0571-88888888":             "座机〔号码1〕",
		"短号668899":                    "短号〔号码1〕",
		"身份证33010619500101123X":       "身份证〔证件1〕",
		"卡号6222 0212 3456 7890 123":   "卡号〔卡号1〕",
		"验证码是4821":                    "验证码是〔密码1〕",
		"微信号chen_jg88":                "微信号〔账号1〕",
		"邮箱chen@example.com":          "邮箱〔邮箱1〕",
		"看https://a.example/x?id=1这里": "看〔网址1〕这里",
		"浙A12345挡了路":                  "〔车牌1〕挡了路",
		"陈建国和李书记吵架，陈建国先动手":            "〔姓名1〕和〔姓名2〕吵架，〔姓名1〕先动手",
		"陳建國家漏水":                      "〔姓名1〕家漏水",
		"我是老陈头":                       "我是〔姓名1〕",
		"ANNA WU called":              "〔姓名1〕 called",
		"我叫王小丫，灯坏了":                   "我叫〔姓名1〕，灯坏了",
		"一组12号水管裂了":                   "一组〔门牌1〕水管裂了",
		"住在3栋2单元501，漏水":               "住在〔门牌1〕，漏水",
		"三号楼的灯坏了":                     "三号楼的灯坏了",
		"11月3号停水":                     "11月3号停水",
		"欠我15000元，三天了":                "欠我15000元，三天了",
		"欠150000元":                    "欠150000元",
		"打了110和12345没人来":              "打了110和12345没人来",
		"〔电话1〕⟦⟧":                     "(电话1)()",
		"灯\u202e坏\U000e0041了":         "灯坏了",
	} {
		q := known
		q.Text = text
		v := mask(q)
		if v.text != want {
			t.Errorf("%q leaves as %q, want %q", text, v.text, want)
		}
		if plain := harmless(text); v.restore(v.text) != plain && !strings.Contains(text, "\u200b") {
			t.Errorf("%q comes back as %q", plain, v.restore(v.text))
		}
	}
}

// Whatever stands around it, a number of eleven digits never leaves.
func FuzzMask(f *testing.F) {
	f.Add("电话", "，急")
	f.Add("㎏½", "\xff")
	f.Add("⟦〔", "〕3栋")
	f.Fuzz(func(t *testing.T, before, after string) {
		q := known
		q.Text = before + "电13800000001话" + after
		v := mask(q)
		if strings.Contains(v.text, "13800000001") || strings.ContainsAny(v.text, "⟦⟧") {
			t.Errorf("%q leaves as %q", q.Text, v.text)
		}
		if !utf8.ValidString(v.text) {
			t.Errorf("%q is no text any more", v.text)
		}
	})
}

// FuzzRead: whatever a server says, what is taken for an answer fits the lists.
func FuzzRead(f *testing.F) {
	for _, s := range []string{`{"kind":"village","code":"V1","urgency":"normal","parts":["V2"]}`, "```json\n{}\n```", `{"kind":`, `{{{{`,
		`{"kind":"village","code":"V1","urgency":"emergency","danger":"fire","summary":"〔电话1〕","area":"g1"}`, "\xff{}", `[{"kind":"none","code":"N0","urgency":"normal"}]`} {
		f.Add(s)
	}
	q := known
	q.Text = "村口灯坏了，找13800000001"
	v := mask(q)
	f.Fuzz(func(t *testing.T, content string) {
		a, err := read(content, q, v)
		if err != nil {
			return
		}
		if err := a.fits(); err != nil {
			t.Errorf("%q: %v", content, err)
		}
		if a.Area != "" && a.Area != "g1" || utf8.RuneCountInString(a.Summary) > mostSummary || len(a.Parts) > mostParts ||
			(a.Urgency == "emergency") != (a.Danger != "") && a.Kind != "none" {
			t.Errorf("%q became %+v", content, a)
		}
	})
}

func TestNearest(t *testing.T) {
	from := []Example{{Text: "后山的路灯不亮了", Code: "V1"}, {Text: "路灯坏了三天了", Code: "V1"}, {Text: "低保什么时候发", Code: "G2"},
		{Text: "路灯，坏了三天了！", Code: "V8"}, {Text: "", Code: "V0"}}
	got := Nearest("村口路灯坏了", from, 2)
	if len(got) != 2 || got[0].Text != "路灯坏了三天了" || got[0].Code != "V1" || got[1].Text != "后山的路灯不亮了" {
		t.Errorf("%+v", got)
	}
	if got := Nearest("猫", from, 2); len(got) != 0 {
		t.Errorf("nothing is like it, and yet %+v", got)
	}
}

// Corrected texts go along, the nearest, and masked too.
func TestExamplesAreMasked(t *testing.T) {
	a := newAsker(t)
	_, err := a.Refine(t.Context(), Question{Village: "v", Text: "路灯坏了", Names: known.Names,
		Examples: []Example{{Text: "路灯坏了，找陈建国13800000001⟧", Code: "V8", Urgency: "normal"}, {Text: "低保什么时候发", Code: "G2", Urgency: "normal"}}})
	if err != nil {
		t.Fatal(err)
	}
	system := a.server.Requests()[0].System
	if !strings.Contains(system, "⟦路灯坏了，找〔姓名1〕〔电话1〕)⟧ 是 V8 normal") {
		t.Errorf("the example is missing or open: %s", system[max(0, len(system)-600):])
	}
	if strings.Contains(system, "低保什么时候发") {
		t.Error("an example that is nothing like the text went along")
	}
}
