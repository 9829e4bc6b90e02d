package prompts

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
)

// Every language says the same things with the same blanks.
func TestLanguagesAgree(t *testing.T) {
	for name, books := range map[string]map[string]Book{"resident": residents, "staff": staff} {
		first := books[Languages()[0]]
		for lang, b := range books {
			if !slices.Equal(first.Keys(), b.Keys()) {
				t.Errorf("%s/%s.toml: keys differ from %s: %v", name, lang, Languages()[0], difference(first.Keys(), b.Keys()))
			}
			for _, k := range b.Keys() {
				if name == "staff" {
					continue // staff's English may leave a date out
				}
				if got, want := sorted(b.Blanks(k)), sorted(first.Blanks(k)); !subset(got, want) {
					t.Errorf("%s/%s.toml: %s has blanks %v, want some of %v", name, lang, k, got, want)
				}
			}
		}
	}
}

// The text that asks for a rating names the scale in the words that other
// programs look for.
func TestRatingIsRecognisable(t *testing.T) {
	for lang, b := range residents {
		for _, k := range []string{"done_rate", "guided_rate", "not_solved_rate", "done_private"} {
			s := b.Say(k, nil)
			if !strings.Contains(s, "1到5") || !strings.Contains(s, "满意") && !strings.Contains(s, "打分") {
				t.Errorf("%s: %s does not ask recognisably: %q", lang, k, s)
			}
		}
	}
}

// longest are values as long as they get; what and note are cut by the caller
// when a text does not fit.
var longest = Values{
	"what": "村口老粮站旁边的", "number": "123456-7", "who": "欧阳书记", "due": "12月31日", "assignee": "欧阳调解员",
	"n": "12", "i": "5", "state": "欧阳调解员在办，12月31日前办好。", "digit": "123456", "when": "12月31日上午", "name": "欧阳老太婆", "since": "2026年12月31日", "village": "李家湾村", "by": "邻里和志愿者", "place": "村口老粮站旁边的", "note": "换了灯泡，灯亮了，线也重新接过了",
	"police": "110", "fire": "119", "ambulance": "120", "traffic": "122", "mental": "12356", "women": "12338", "youth": "12355",
	"source": "十六个字的来源十六个字的来源十六", "updated": "11月23日", "power": "95598", "scam": "96110", "fact": strings.Repeat("字", 92) + "（十个字的来源十个字，11月更新）",
	"lines": "\n1 村口老粮站旁边的（123456-7）\n2 村口老粮站旁边的（123456-7）\n3 村口老粮站旁边的",
}

// A sentence with its sign fits two segments (134 UTF-16 units) at the longest values.
func TestResidentsSentencesFit(t *testing.T) {
	for lang, b := range residents {
		for _, k := range b.Keys() {
			text := "【李家湾村李家湾村李家】" + b.Say(k, longest)
			if n := len(utf16.Encode([]rune(text))); n > 134 {
				t.Errorf("%s: %s takes %d units, over 134: %q", lang, k, n, text)
			}
		}
	}
}

// What staff are told by SMS fits two segments too, with its sign and what to text
// back, at values as long as the callers let them get.
func TestStaffSentencesFit(t *testing.T) {
	v := Values{"list": "1村口老粮站旁边的、3村口老粮站旁边的、5村口老粮站旁边的", "kind": "政事", "service": "公共场所、活动、食堂", "text": "十二个字的原话十二个字的",
		"like": "", "from": "…0001", "why": "已经批过了（欧阳调解员）", "into": "2", "share": "80", "danger": "摔倒发病", "note": strings.Repeat("字", 40)}
	for k, x := range longest {
		if v[k] == "" && k != "like" {
			v[k] = x
		}
	}
	tails := map[string]string{"page": "reply_page", "page_next": "reply_page", "page_nowhere": "reply_page", "page_where": "reply_page", "queued": "reply_take", "assigned": "reply_done", "assigned_private": "reply_done", "handed_on": "", "to_sort": "reply_sort",
		"returned": "reply_sort", "answered_sort": "reply_sort", "answered": ""}
	for lang, b := range staff {
		for _, k := range b.Keys() {
			tail, notice := tails[k]
			if !notice && !strings.HasPrefix(k, "desk_") {
				continue
			}
			text := "【李家湾村李家湾村李家】" + b.Say(k, v)
			if tail != "" {
				text += b.Say(tail, v)
			}
			if n := len(utf16.Encode([]rune(text))); n > 134 {
				t.Errorf("%s: %s takes %d units, over 134: %q", lang, k, n, text)
			}
		}
	}
}

func TestUnknownLanguageIsAnswered(t *testing.T) {
	if Resident("fr").Language != "zh-Hans" || Staff("zh-Hant").Language != "zh-Hans" {
		t.Error("an unknown language must fall back to the first one")
	}
	if got := Resident("en").Say("progress_none", nil); got == "progress_none" {
		t.Error("a sentence is missing")
	}
}

func sorted(s []string) []string { s = slices.Clone(s); slices.Sort(s); return slices.Compact(s) }

func subset(a, b []string) bool {
	for _, x := range a {
		if !slices.Contains(b, x) {
			return false
		}
	}
	return true
}

func difference(a, b []string) (out []string) {
	for _, x := range a {
		if !slices.Contains(b, x) {
			out = append(out, x)
		}
	}
	for _, x := range b {
		if !slices.Contains(a, x) {
			out = append(out, x)
		}
	}
	return out
}
