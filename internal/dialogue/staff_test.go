package dialogue

import (
	"slices"
	"strings"
	"testing"

	"sanshi/internal/catalog"
	"sanshi/internal/matter"
	"sanshi/internal/message"
)

// TestHowStaffAreTold: in the chat whoever is there, by SMS the others, of an
// emergency by both; without a chat by SMS alone. Never with a private word.
func TestHowStaffAreTold(t *testing.T) {
	const slack, sms = "slack:U0WANG", "sms:+12065550112"
	for _, c := range []struct {
		name, chat, account, phone string
		urgency                    catalog.Urgency
		want                       []message.Address
	}{
		{"in the chat", "slack", "U0WANG", "+12065550112", catalog.Normal, []message.Address{slack}},
		{"not in the chat", "slack", "", "+12065550112", catalog.Normal, []message.Address{sms}},
		{"only in the chat", "slack", "U0WANG", "", catalog.Emergency, []message.Address{slack}},
		{"an emergency", "slack", "U0WANG", "+12065550112", catalog.Emergency, []message.Address{slack, sms}},
		{"no chat", "", "U0WANG", "+12065550112", catalog.Normal, []message.Address{sms}},
		{"nowhere", "", "U0WANG", "", catalog.Normal, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := mine("m1", matter.Handling)
			m.Assignee, m.Urgency, m.Private, m.Summary = "wang", c.urgency, true, "男人打我"
			v := village()
			v.Staff[1].Slack, v.Staff[1].Phone = c.account, c.phone
			out, _ := Tell(News{Village: v, Matter: m, Chat: c.chat, Now: now, NewID: func() string { return "x" }},
				matter.Notice{To: matter.ToAssignee, Key: "reminder"})
			var to []message.Address
			for _, o := range out {
				to = append(to, o.To)
				if o.Channel != o.To.Scheme() || o.Staff != "wang" || o.Matter != "m1" || strings.Contains(o.Text, "打") {
					t.Errorf("%+v", o)
				}
			}
			if !slices.Equal(to, c.want) {
				t.Errorf("told %v, want %v", to, c.want)
			}
		})
	}
}
