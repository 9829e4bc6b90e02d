package main

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"sanshi/internal/classify"
	"sanshi/internal/llm"
	"sanshi/internal/message"
)

// askToo sorts what stands on stdin, and asks the language model about what is in
// doubt. Where that brings nothing, the built-in answer stands, and stderr says so once.
func (c classifyCmd) askToo(s *surroundings) error {
	if c.Model != "" {
		return usage{errors.New("classify --model knows its own labels and --llm the catalogue's: leave out one of them")}
	}
	cfg, err := s.config(settings{})
	if err != nil {
		return err
	}
	o := cfg.OpenAI
	if o.Model == "" {
		return usage{errors.New("classify --llm has no model to ask: set OPENAI_MODEL, and OPENAI_API_KEY or OPENAI_BASE_URL")}
	}
	classifier, err := classify.New()
	if err != nil {
		return err
	}
	model := llm.New(llm.Config{APIKey: o.APIKey, BaseURL: o.BaseURL, Model: o.Model})
	var once sync.Once
	return answerLines(s, func(a asked) any {
		text := message.Clean(*a.Text)
		r := classify.Main(classifier.Read(text, nil))
		if !r.Doubtful() {
			return lineOf(a, r)
		}
		better, err := refined(s, model, text, r)
		if err != nil {
			once.Do(func() {
				fmt.Fprintf(s.err, "classify: the model did not answer (%v); the built-in answer stands there\n", err)
			})
		}
		return lineOf(a, better)
	}, s.in, s.out)
}

// refined is a result in the light of what the model says of the text.
func refined(ctx context.Context, model llm.Refiner, text string, r classify.Result) (classify.Result, error) {
	a, err := model.Refine(ctx, llm.Question{Text: text, Names: []string{r.Name}})
	if err != nil {
		return r, err
	}
	sure := sureness(r.Kind, r.Code, a)
	r.Kind, r.Code, r.Urgency, r.Danger = a.Kind, a.Code, a.Urgency, a.Danger
	r.Confidence, r.CodeConfidence, r.Source, r.Reason = sure, sure, "llm", "语言模型看过，像"+named(a.Code)
	return r, nil
}
