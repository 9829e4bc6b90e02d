package api

import (
	"sanshi/internal/message"
)

// takeMessage keeps a resident's text as if she had sent it from the simulator.
func (a *api) takeMessage(c *call) (answer, error) {
	b := c.body
	in := message.Inbound{
		Village:    c.village.ID,
		Channel:    "sim",
		Text:       b.text("text", textLimit),
		ExternalID: b.text("external_id", idLimit),
		At:         a.Now(),
	}
	from, err := message.ParseAddress(b.text("from", idLimit))
	b.need("from", "whose text it is, such as +8613800000001")
	if err != nil {
		b.fail("from", "%v", err)
	}
	if !b.has("text") {
		b.fail("text", "text is missing: what she wrote; \"\" for a text without words")
	}
	if err := b.problem(); err != nil {
		return answer{}, err
	}
	in.From, in.To = from, firstNumber(c.village.SMS)
	if in.ExternalID == "" {
		in.ExternalID = "api-" + a.NewID() // no request may pass for another's repeat
	}
	kept, err := a.Intake.Take(c.ctx, in)
	if err != nil {
		return answer{}, err
	}
	return answer{status: 202, body: map[string]string{"id": kept.ID}}, nil
}

func firstNumber(numbers []string) string {
	if len(numbers) == 0 {
		return ""
	}
	return numbers[0]
}

func (a *api) conversation(c *call) (answer, error) {
	who, err := addressOf(c)
	if err != nil {
		return answer{}, err
	}
	lines, err := a.Store.Conversation(c.ctx, c.village.ID, who)
	if err != nil {
		return answer{}, missing(err, "nothing was ever said with this address")
	}
	return answer{body: map[string]any{"messages": linesOf(lines, false)}}, nil
}

// addressOf reads the address in the path. A plus sign there is a plus sign: only
// in a query would it be a space.
func addressOf(c *call) (message.Address, error) {
	who, err := message.ParseAddress(c.PathValue("address"))
	if err != nil {
		return "", invalid("address", "%v", err)
	}
	return who, nil
}
