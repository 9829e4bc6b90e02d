package slack

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	slackgo "github.com/slack-go/slack"

	"sanshi/internal/catalog"
	"sanshi/internal/channel/slack/slacktest"
	"sanshi/internal/directory"
	"sanshi/internal/matter"
	"sanshi/internal/message"
	"sanshi/prompts"
)

var now = time.Date(2026, 4, 27, 2, 0, 0, 0, time.UTC)

func village() *directory.Village {
	return &directory.Village{
		ID: "xiangyang", Name: "向阳村", Language: "zh-Hans", Location: time.FixedZone("CST", 8*3600),
		Slack: map[string]string{"approvals": "C0APPROVE0", "household": "C0HOUSE000", "village": "C0VILLAGE0", "government": "C0GOV00000"},
		Areas: []directory.Area{{ID: "g1", Kind: "grid", Name: "一组", Places: []string{"村口"}, Lead: "wang"}},
		Staff: []directory.Staff{
			{ID: "li", Name: "李书记", Role: directory.Secretary, Slack: "U0LI000000"},
			{ID: "wang", Name: "王组长", Role: directory.Lead, Slack: "U0WANG0000"},
		},
	}
}

// lamp is a light that is out, as it was raised.
func lamp() matter.Matter {
	return matter.Matter{
		Village: "xiangyang", ID: "0196bbd4-0000-7000-8000-000000000001", Number: "0427-0", Kind: catalog.VillageRun, Code: "V1",
		Urgency: catalog.Normal, State: matter.Sorting, Area: "g1", Resident: "sms:+8613800000001", Name: "陈大娘", Place: "村口",
		Summary: "村口路灯坏了", Text: "村口路灯坏了三天了，我电话138 1234 5678，晚上看不见", Reason: "听到“路灯”", Confidence: 0.92, Source: "linear",
		RaisedAt: now, DueAt: now.Add(100 * time.Hour), Version: 1, SortedAt: 1,
	}
}

func with(m matter.Matter, change func(*matter.Matter)) matter.Matter { change(&m); return m }

// everything is every button there is.
func everything() []matter.EventKind { return matter.EventKinds() }

// readable writes blocks as a person would see them.
func readable(blocks []slackgo.Block) string {
	var b strings.Builder
	for _, x := range blocks {
		switch x := x.(type) {
		case *slackgo.SectionBlock:
			fmt.Fprintf(&b, "%s\n", x.Text.Text)
		case *slackgo.HeaderBlock:
			fmt.Fprintf(&b, "【%s】\n", x.Text.Text)
		case *slackgo.DividerBlock:
			b.WriteString("────\n")
		case *slackgo.ContextBlock:
			for _, e := range x.ContextElements.Elements {
				fmt.Fprintf(&b, "  %s\n", e.(*slackgo.TextBlockObject).Text)
			}
		case *slackgo.ActionBlock:
			b.WriteString(pressed(x) + "\n")
		}
	}
	return b.String()
}

func pressed(x *slackgo.ActionBlock) string {
	var parts []string
	for _, e := range x.Elements.ElementSet {
		switch e := e.(type) {
		case *slackgo.ButtonBlockElement:
			parts = append(parts, "["+e.Text.Text+"]")
		case *slackgo.CheckboxGroupsBlockElement:
			for _, o := range e.Options {
				parts = append(parts, "☐ "+o.Text.Text+"\n    "+o.Description.Text+"\n")
			}
		}
	}
	return strings.TrimSuffix(strings.Join(parts, ""), "\n")
}

// TestCardsLook compares the cards with testdata/cards.txt, which is for people to
// read. UPDATE=1 writes it anew.
func TestCardsLook(t *testing.T) {
	v := village()
	var b strings.Builder
	show := func(title string, blocks []slackgo.Block, line string) {
		fmt.Fprintf(&b, "=== %s\n%s", title, readable(blocks))
		if line != "" {
			fmt.Fprintf(&b, "（提示：%s）\n", line)
		}
		b.WriteString("\n")
	}
	card := func(title string, draw func(CardView) []slackgo.Block, m matter.Matter, change func(*CardView), may ...matter.EventKind) {
		view := CardView{Village: v, Matter: m, Allowed: may, Now: now}
		if change != nil {
			change(&view)
		}
		show(title, draw(view), CardLine(view))
	}
	sorting := []matter.EventKind{matter.Approve, matter.Correct, matter.Merge, matter.Decline, matter.Reveal}
	queue := []matter.EventKind{matter.Claim, matter.Ask, matter.Return, matter.Finish, matter.Assign, matter.Deliberate, matter.Transfer, matter.Reveal}
	secret := with(lamp(), func(m *matter.Matter) { m.Private, m.Kind, m.Code, m.Summary = true, "household", "H2", "男人打我" })
	queued := with(lamp(), func(m *matter.Matter) { m.State, m.ApprovedBy, m.Version = matter.Queued, "li", 2 })
	fire := with(lamp(), func(m *matter.Matter) {
		m.State, m.Urgency, m.Code, m.Text, m.Summary, m.Danger = matter.Queued, catalog.Emergency, "V9", "后山着火了快来", "后山着火了", "fire"
	})
	card("等书记审核，有像它的", ApprovalCard, lamp(), func(c *CardView) {
		c.Alike = []matter.Matter{with(queued, func(m *matter.Matter) { m.Number, m.Assignee, m.State = "0411-6", "wang", matter.Handling }), secret}
	}, sorting...)
	card("保密事项，等书记审核", ApprovalCard, secret, nil, sorting...)
	card("保密事项，有权看的人自己的页面", ApprovalCard, secret, func(c *CardView) { c.Reads = true }, sorting...)
	card("审核过了，在审核频道里", ApprovalCard, queued, nil, matter.Correct, matter.Merge, matter.Undo)
	card("在队列里", QueueCard, queued, nil, queue...)
	card("紧急，没人接", QueueCard, fire, nil, queue...)
	card("有人在办，超时", QueueCard, with(queued, func(m *matter.Matter) {
		m.State, m.Assignee, m.DueAt, m.Parties, m.Photos = matter.Handling, "wang", now.Add(-time.Hour), []message.Address{"sms:+8613800000002"}, []string{"p"}
	}), nil, matter.Ask, matter.Return, matter.Finish, matter.Plan)
	card("退回两次", QueueCard, with(queued, func(m *matter.Matter) { m.Returned, m.Township = 2, true }), nil, matter.Assign)
	card("办完，打了分", QueueCard, with(queued, func(m *matter.Matter) { m.State, m.Outcome, m.Rating, m.Unshown = matter.Closed, "not_solved", 2, true }), nil)
	card("村民要求删除以后", QueueCard, with(queued, func(m *matter.Matter) {
		m.Text, m.Summary, m.Resident, m.Name, m.Place, m.Reason = "", "", "", "", "", ""
	}), nil, queue...)
	card("英文", QueueCard, queued, func(c *CardView) { c.Language = "en" }, queue...)
	show("一起同意", ListCard(ListView{Village: v, Matters: []matter.Matter{lamp(), fire, secret}}), "")
	show("书记的首页", Home(HomeView{Village: v, Staff: v.Staff[0], Now: now, ToApprove: []matter.Matter{lamp()},
		Late: []matter.Matter{with(secret, func(m *matter.Matter) { m.State, m.DueAt = matter.Queued, now.Add(-time.Hour) })}}), "")
	show("组长的首页", Home(HomeView{Village: v, Staff: v.Staff[1], Now: now, Mine: []matter.Matter{with(queued, func(m *matter.Matter) {
		m.State, m.Assignee = matter.Handling, "wang"
	})}, Allowed: func(matter.Matter) []matter.EventKind { return queue }}), "")

	const file = "testdata/cards.txt"
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got := b.String(); got != string(want) {
		t.Errorf("the cards look different from %s:\n%s", file, got)
	}
}

// longest fills every word of a matter as far as anybody could.
func longest(letter string) matter.Matter {
	long := strings.Repeat(letter, 5000)
	m := lamp()
	m.ID, m.Version, m.Number = strings.Repeat("f", 36), 1<<31, "12345678-9"
	m.Text, m.Summary, m.Place, m.Name, m.Reason, m.Urgency = long, long, long, long, long, catalog.Emergency
	m.Resident = message.Address("wechat:" + strings.Repeat("x", 110))
	m.Assignee, m.ApprovedBy, m.Returned, m.Township, m.Rating = "li", "li", 99, true, 5
	for range 300 {
		m.Parties, m.Photos = append(m.Parties, m.Resident), append(m.Photos, "p")
	}
	return m
}

// allCards draws everything that can be drawn of a matter: messages, then home pages.
func allCards(m matter.Matter, n int) (messages, pages [][]slackgo.Block) {
	v := village()
	v.Name = strings.Repeat("村", 300)
	many := make([]matter.Matter, n)
	for i := range many {
		many[i] = m
		many[i].ID = fmt.Sprintf("%036d", i)
	}
	for _, language := range []string{"zh-Hans", "en"} {
		for _, s := range matter.States() {
			x := m
			x.State = s
			view := CardView{Village: v, Matter: x, Alike: many, Allowed: everything(), Language: language, Now: now}
			messages = append(messages, ApprovalCard(view), QueueCard(view))
			view.Reads = true
			messages = append(messages, ApprovalCard(view), QueueCard(view))
		}
		messages = append(messages, ListCard(ListView{Village: v, Matters: many, Language: language}))
		other := slices.Clone(many)
		for i := range other {
			other[i].ID += "b"
		}
		pages = append(pages, Home(HomeView{Village: v, Staff: v.Staff[0], Mine: many, Late: other, ToApprove: many, Now: now, Language: language,
			Allowed: func(matter.Matter) []matter.EventKind { return everything() }}))
	}
	return messages, pages
}

// held checks what is drawn of a matter against Block Kit's limits, and gives the
// messages.
func held(t *testing.T, what string, m matter.Matter, n int) [][]slackgo.Block {
	t.Helper()
	messages, pages := allCards(m, n)
	for i, blocks := range messages {
		b, err := json.Marshal(blocks)
		if err != nil {
			t.Fatal(err)
		}
		if wrong := slacktest.CheckMessage(b); wrong != "" {
			t.Errorf("%s: message %d: %s: %s", what, i, wrong, slacktest.ExplainMessage(b))
		}
	}
	for i, blocks := range pages {
		b, err := json.Marshal(map[string]any{"type": "home", "blocks": blocks})
		if err != nil {
			t.Fatal(err)
		}
		if wrong := slacktest.CheckView(b); wrong != "" {
			t.Errorf("%s: page %d of %d blocks: %s", what, i, len(blocks), wrong)
		}
	}
	return messages
}

// TestLimitsHold draws at the longest and at the shortest values.
func TestLimitsHold(t *testing.T) {
	for _, letter := range []string{"村", "<", "&", "*", "a b ", "😀", "1", "\n", `"`, "@"} {
		held(t, letter, longest(letter), 25)
		held(t, "private "+letter, with(longest(letter), func(m *matter.Matter) { m.Private = true }), 25)
	}
	held(t, "nothing", matter.Matter{ID: "x", Version: 1}, 1)
	held(t, "spaces", with(lamp(), func(m *matter.Matter) { m.Text, m.Place, m.Summary, m.Number = " \n ", " ", "\t", "" }), 1)
}

// FuzzLimits: whatever people write, every card is one that Slack takes, and none
// calls a channel or shows a number.
func FuzzLimits(f *testing.F) {
	f.Add("村口路灯坏了", "一组", "陈大娘", "听到“路灯”", false)
	f.Add("<!channel> &amp; *大* _声_ ~说~ `話`", "<@U0LI>", "", "\x00\xff", true)
	f.Add(strings.Repeat("13812345678 ", 400), "+86 138-1234-5678", "１３８１２３４５６７８", "", false)
	f.Fuzz(func(t *testing.T, text, place, name, reason string, private bool) {
		m := with(lamp(), func(m *matter.Matter) {
			m.Text, m.Summary, m.Place, m.Name, m.Reason, m.Private = text, text, place, name, reason, private
		})
		for _, blocks := range held(t, "fuzzed", m, 3) {
			for _, s := range markedTexts(blocks) {
				if strings.Contains(s, "<!") || strings.Contains(s, "<@") {
					t.Errorf("somebody is called by %q", s)
				}
				if numberLike.MatchString(strings.ReplaceAll(s, m.Number, "")) {
					t.Errorf("a number is shown in %q", s)
				}
			}
		}
	})
}

// markedTexts are those in which Slack reads marks.
func markedTexts(blocks []slackgo.Block) (all []string) {
	for _, x := range blocks {
		switch x := x.(type) {
		case *slackgo.SectionBlock:
			if x.Text.Type == slackgo.MarkdownType {
				all = append(all, x.Text.Text)
			}
		case *slackgo.ContextBlock:
			for _, e := range x.ContextElements.Elements {
				all = append(all, e.(*slackgo.TextBlockObject).Text)
			}
		}
	}
	return all
}

// TestPrivateIsSealed: of a private matter nothing but its number is drawn, in any
// state, on any card, in any list; and of a quiet danger neither.
func TestPrivateIsSealed(t *testing.T) {
	m := with(lamp(), func(m *matter.Matter) {
		m.Text, m.Summary, m.Place, m.Name, m.Reason = "男人打我", "男人打我", "桥头秦家", "秦大娘", "听到“打”"
	})
	quiet := with(m, func(m *matter.Matter) { m.Danger = "violence" })
	m.Private = true
	for _, x := range []matter.Matter{m, quiet} {
		for _, s := range matter.States() {
			x.State = s
			v := CardView{Village: village(), Matter: x, Alike: []matter.Matter{m}, Allowed: everything(), Now: now}
			all, err := json.Marshal([]any{ApprovalCard(v), QueueCard(v), CardLine(v), ListCard(ListView{Village: v.Village, Matters: []matter.Matter{m}}),
				Home(HomeView{Village: v.Village, Staff: v.Village.Staff[1], Mine: []matter.Matter{m}, Late: []matter.Matter{m}, ToApprove: []matter.Matter{m}, Now: now})})
			if err != nil {
				t.Fatal(err)
			}
			for _, word := range []string{"打", "桥头", "秦", "138", "村路", "一组"} {
				if strings.Contains(string(all), word) {
					t.Errorf("%s: %q is shown in %s", s, word, all)
				}
			}
			if !strings.Contains(string(all), "1件保密事项（0427-0）") {
				t.Errorf("%s: it is not named", s)
			}
		}
	}
}

// TestButtons: action_id, value and block_id are those of the contract, and only
// what may be done is offered.
func TestButtons(t *testing.T) {
	v := CardView{Village: village(), Matter: lamp(), Allowed: everything(), Now: now}
	for _, c := range []struct {
		name  string
		draw  func(CardView) []slackgo.Block
		first string
	}{
		{"approval", ApprovalCard, "approve correct merge decline"},
		{"queue", QueueCard, "claim ask return finish"},
	} {
		row := c.draw(v)[len(c.draw(v))-1].(*slackgo.ActionBlock)
		var got []string
		for _, e := range row.Elements.ElementSet {
			b := e.(*slackgo.ButtonBlockElement)
			got = append(got, b.ActionID)
			if b.Value != v.Matter.ID || !prompts.Staff("").Has("button_"+b.ActionID) {
				t.Errorf("%s: %+v", c.name, b)
			}
		}
		if all := strings.Join(got, " "); !strings.HasPrefix(all, c.first) || row.BlockID != v.Matter.ID+":1" {
			t.Errorf("%s: %q in %s", c.name, all, row.BlockID)
		}
	}
	v.Allowed = nil
	for _, b := range append(ApprovalCard(v), QueueCard(v)...) {
		if _, ok := b.(*slackgo.ActionBlock); ok {
			t.Error("buttons nobody may press are drawn")
		}
	}
}

func TestBlockIDs(t *testing.T) {
	m := lamp()
	if id, n, ok := ReadButtonBlock(ButtonBlock(m)); id != m.ID || n != 1 || !ok {
		t.Error(id, n, ok)
	}
	if id, ok := ReadCardBlock(CardBlock(m)); id != m.ID || !ok {
		t.Error(id, ok)
	}
	for _, bad := range []string{"", ":", "x", "x:", "x:-1", "x:0", ":3", "x:9999999999999999999999"} {
		if _, _, ok := ReadButtonBlock(bad); ok {
			t.Errorf("%q is read", bad)
		}
		if _, ok := ReadCardBlock(bad); ok {
			t.Errorf("%q is a card", bad)
		}
	}
}

func TestMasked(t *testing.T) {
	for in, want := range map[string]string{
		"电话13812345678":         "电话138…78",
		"138 1234 5678打给我":      "138…78打给我",
		"+8613812345678":        "+86…78",
		"身份证11010519491231002X": "身份证110…2X",
		"１３８１２３４５６７８":           "１３８…７８",
		"0427-0号，3天，2026年4月":    "0427-0号，3天，2026年4月",
	} {
		if got := Masked(in); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}
