package directory

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"sanshi/internal/message"
)

// Fact is something that residents ask for and the village has written down. It
// is said word for word, with its source: nothing is made up.
type Fact struct {
	Text    string
	En      string   // for who writes in English; "" says Text
	Source  string   // "村务栏"; "" means the committee
	Updated string   // 2026-11 or 2026-11-05: when it was last true for sure
	Asked   []string // words by which it is asked for, besides its name
	By      string   // staff id of who wrote it in the console
	At      time.Time
}

// UnmarshalJSON also reads a bare text.
func (f *Fact) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '"' {
		*f = Fact{}
		return json.Unmarshal(data, &f.Text)
	}
	type plain Fact
	return json.Unmarshal(data, (*plain)(f))
}

// usual leads from people's words to the facts that most villages have. Any other
// fact is found by its name and by what it says it is asked for.
var usual = map[string][]string{
	"office_hours": {"上班", "下班", "办公", "值班", "村委会几点", "村委会开门", "村委会今天", "officehours", "officeopen", "villageoffice", "committeeopen"},
	"accounts":     {"账", "公开栏", "村务公开", "accounts"},
	"canteen":      {"食堂", "canteen"},
	"clinic":       {"卫生室", "卫生所", "医务室", "诊所", "村医", "clinic", "doctor"},
	"bus":          {"班车", "公交", "客车", "中巴", "bus"},
	"market":       {"赶集", "赶场", "逢集", "逢场", "赶圩", "圩日", "大集", "market"},
	"library":      {"图书室", "农家书屋", "图书馆", "library"},
	"activity":     {"活动室", "活动中心", "棋牌室", "文化广场", "activityroom"},
	"trash":        {"垃圾车", "收垃圾", "倒垃圾", "garbagetruck", "rubbishcollect"},
	"parcel":       {"快递", "驿站", "菜鸟", "包裹", "parcel"},
	"phone":        {"电话是多少", "电话多少", "电话号码", "联系电话", "phonenumber"},
	"water":        {"停水", "供水时间", "watercut", "wateroff"},
	"power":        {"停电", "供电时间", "powercut"},
	"vaccine":      {"疫苗", "预防针", "vaccin"},
	"school":       {"开学", "幼儿园", "小学", "schoolstart"},
	"bank":         {"取钱", "信用社", "银行", "bank"},
}

// FindFact finds the fact that a question asks for. bare is the question as
// message.Bare leaves it; the longest word that leads anywhere decides.
func (v *Village) FindFact(bare string) (name string, f Fact, ok bool) {
	longest := 0
	for _, key := range slices.Sorted(maps.Keys(v.Facts)) {
		for _, w := range append(append([]string{key}, usual[key]...), v.Facts[key].Asked...) {
			if b := message.Bare(w); len(b) > longest && strings.Contains(bare, b) {
				name, f, ok, longest = key, v.Facts[key], true, len(b)
			}
		}
	}
	return name, f, ok
}

// Date is Updated as a time; month tells that no day was given.
func (f Fact) Date() (t time.Time, month, ok bool) {
	if t, err := time.Parse(time.DateOnly, f.Updated); err == nil {
		return t, false, true
	}
	t, err := time.Parse("2006-01", f.Updated)
	return t, true, err == nil
}

// facts reads [facts]: a name = "text", or [facts.NAME] with text, and if wanted
// source, updated, asked and en.
func (c *checker) facts() map[string]Fact {
	if len(c.f.Facts) == 0 {
		return nil
	}
	out := map[string]Fact{}
	for _, name := range slices.Sorted(maps.Keys(c.f.Facts)) {
		at := "facts." + name
		f, err := readFact(c.f.Facts[name])
		if err == nil {
			err = f.Check()
		}
		if err != nil {
			c.fault(at, "%v", err)
		}
		out[name] = f
	}
	return out
}

func readFact(value any) (Fact, error) {
	switch x := value.(type) {
	case string:
		return Fact{Text: x}, nil
	case map[string]any:
		return readFactTable(x)
	}
	return Fact{}, fmt.Errorf(`write a text in quotes, or [facts.NAME] with text = "…"`)
}

func readFactTable(table map[string]any) (f Fact, err error) {
	for _, key := range slices.Sorted(maps.Keys(table)) {
		text, isText := table[key].(string)
		switch {
		case key == "asked":
			list, isList := table[key].([]any)
			for _, w := range list {
				s, ok := w.(string)
				isList = isList && ok
				f.Asked = append(f.Asked, s)
			}
			if !isList {
				return f, fmt.Errorf(`asked: write a list of words, such as asked = ["班车", "公交"]`)
			}
		case !isText:
			return f, fmt.Errorf("%s: write it in quotes", key)
		case key == "text":
			f.Text = text
		case key == "en":
			f.En = text
		case key == "source":
			f.Source = text
		case key == "updated":
			f.Updated = text
		default:
			return f, fmt.Errorf("%s is none of text, source, updated, asked, en", key)
		}
	}
	return f, nil
}

// longestFact is as much as two texts hold beside the village's name and the source.
const longestFact = 90

// Check says what is wrong with a fact.
func (f Fact) Check() error {
	switch {
	case strings.TrimSpace(f.Text) == "":
		return fmt.Errorf("the text is missing")
	case len([]rune(f.Text)) > longestFact, len([]rune(f.En)) > longestFact:
		return fmt.Errorf("the text is longer than %d characters, and would not fit two SMS: shorten it", longestFact)
	case len([]rune(f.Source)) > 16:
		return fmt.Errorf("the source is longer than 16 characters")
	}
	if _, _, ok := f.Date(); f.Updated != "" && !ok {
		return fmt.Errorf("updated: %q: write 2026-11 or 2026-11-05", f.Updated)
	}
	for _, w := range f.Asked {
		if message.Bare(w) == "" {
			return fmt.Errorf("asked: one of the words is empty")
		}
	}
	return nil
}
