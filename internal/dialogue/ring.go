package dialogue

import (
	"time"

	"sanshi/internal/directory"
	"sanshi/internal/message"
	"sanshi/prompts"
)

// VoiceChannel is the driver that speaks a text on the phone instead of sending it.
const VoiceChannel = "voice"

// ringWithin is by when somebody must have rung about an emergency that nobody took.
const ringWithin = 3 * time.Minute

// ring is the round in which texts were not enough. Where the village has voice
// on, each of those paged is called and hears what is the matter; else it is a
// task to call somebody, in the list of calls to make, so that it stays in sight.
func (n News) ring(told []directory.Staff) (calls []message.Outbound, tasks []directory.Callback) {
	for _, s := range told {
		if s.Phone == "" {
			continue
		}
		if !n.Village.Voice {
			c := callable(directory.CallUnclaimed, n.Matter, message.Address("sms:"+s.Phone), "", n.Now, n.NewID())
			c.DueAt = n.Now.Add(ringWithin)
			return nil, []directory.Callback{c}
		}
		calls = append(calls, n.spoken(s))
	}
	return calls, nil
}

// spoken is what is said on the phone: danger, place and number, no words of hers.
func (n News) spoken(s directory.Staff) message.Outbound {
	book := prompts.Staff(n.Village.Language)
	out := message.Outbound{
		ID: n.NewID(), Village: n.Village.ID, To: message.Address("sms:" + s.Phone), Channel: VoiceChannel,
		Text: book.Say("spoken", prompts.Values{
			"village": n.Village.Name, "danger": danger(book, n.Matter.Danger), "place": n.place(book), "number": n.Matter.Number,
		}),
		Priority: message.Page, Matter: n.Matter.ID, Staff: s.ID, Topic: "voice:" + n.Matter.ID, CreatedAt: n.Now,
	}
	if len(n.Village.SMS) > 0 {
		out.Sender = n.Village.SMS[0]
	}
	return out
}
