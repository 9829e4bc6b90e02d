package llm

import (
	"encoding/json"

	"github.com/sashabaranov/go-openai"

	"sanshi/internal/catalog"
	"sanshi/internal/classify"
)

// urgencies and dangers are closed lists: what an answer may say.
func urgencies() []string {
	return []string{string(catalog.Emergency), string(catalog.Urgent), string(catalog.Normal)}
}

// noDanger is written where there is none: some servers mishandle an empty choice.
const noDanger = "none"

func dangers() []string {
	return []string{noDanger, "fire", "collapse", "flood", "gas", "missing", "fall", "hurt", "water", "poison", "wire", "violence", "suicide", "help"}
}

func codes() []string {
	var all []string
	for _, s := range catalog.All() {
		all = append(all, s.Code)
	}
	return append(all, classify.NoCode)
}

// mostPlaces of an area are named to the model.
const mostPlaces = 12

// request makes the words of a question: the prompt with the lists of the village,
// and the masked text between marks.
func (c *Client) request(q Question, v veil) (openai.ChatCompletionRequest, error) {
	areas := make([]Area, len(q.Areas))
	for i, a := range q.Areas {
		a.Name = harmless(a.Name)
		var places []string
		for _, p := range a.Places[:min(len(a.Places), mostPlaces)] {
			places = append(places, harmless(p))
		}
		a.Places, areas[i] = places, a
	}
	system, user, err := c.prompt.Fill(struct {
		Services []catalog.Service
		Areas    []Area
		Examples []Example
		Text     string
	}{catalog.All(), areas, examples(q), v.text})
	if err != nil {
		return openai.ChatCompletionRequest{}, err
	}
	return openai.ChatCompletionRequest{Model: c.model, Messages: []openai.ChatCompletionMessage{
		{Role: openai.ChatMessageRoleSystem, Content: system},
		{Role: openai.ChatMessageRoleUser, Content: user},
	}}, nil
}

// examples are the nearest corrected texts, masked like the question.
func examples(q Question) []Example {
	near := Nearest(q.Text, q.Examples, mostExamples)
	for i := range near {
		masked := q
		masked.Text = near[i].Text
		near[i].Text = mask(masked).text
	}
	return near
}

// schema holds the answer to the closed lists. It is strict as OpenAI defines it:
// every property required, none besides, no limits of length, which other servers
// refuse.
func schema(q Question) json.RawMessage {
	areas := []string{""}
	for _, a := range q.Areas {
		areas = append(areas, a.ID)
	}
	choice := func(of []string) map[string]any { return map[string]any{"type": "string", "enum": of} }
	properties := map[string]any{
		"kind":    choice([]string{string(catalog.Household), string(catalog.VillageRun), string(catalog.Government), string(catalog.None)}),
		"code":    choice(codes()),
		"urgency": choice(urgencies()),
		"danger":  choice(dangers()),
		"area":    choice(areas),
		"summary": map[string]any{"type": "string"},
		"parts":   map[string]any{"type": "array", "items": choice(codes())},
	}
	b, err := json.Marshal(map[string]any{
		"type": "object", "additionalProperties": false, "properties": properties,
		"required": []string{"kind", "code", "urgency", "danger", "area", "summary", "parts"},
	})
	if err != nil { // texts and lists of texts are always JSON
		panic(err)
	}
	return b
}
