// Package llm asks a language model about the texts that rules and the linear
// model are unsure of, over the interface that OpenAI published and many servers
// share.
//
// The model is a reader whom nobody trusts. What leaves is masked (mask.go) and
// stands between marks that it cannot forge, without the sentences that speak to
// the reader instead of the village. What comes back is picked out of
// whatever the server wrapped it in and held against closed lists (answer.go): a
// text that gives the model orders can at most make it choose another code of the
// catalogue, and a person approves that. No tool hangs on it, and nothing waits
// for it.
//
// Servers differ in what they can be asked for, so there is a ladder: a JSON
// schema, any JSON object, plain text. What a server could do is remembered, and
// after a while more is tried again (ladder.go). It may be slow, away or out of
// order: one attempt takes 8 s at most, a refusal for the moment (429, 5xx) is
// tried once more when the server says so (carrier.go), and a breaker keeps us
// from asking one that fails again and again (breaker.go). The village's purse is
// asked before each call.
package llm

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/sashabaranov/go-openai"

	"sanshi/internal/catalog"
	"sanshi/internal/classify"
	"sanshi/prompts"
)

// Question is a text and what helps to read it. Nothing of it leaves unmasked.
type Question struct {
	Village  string // whose: answers are remembered for it
	Text     string
	Names    []string // of people who may be named in it
	Areas    []Area
	Examples []Example // corrected texts, the nearest are taken
	Purse    Purse     // nil: no limit
}

// Area is a part of the village that the answer may name.
type Area struct {
	ID, Name string
	Places   []string
}

// Purse is the budget out of which calls are paid.
type Purse interface {
	// Spend pays for a call of about so many tokens; ErrBudget when there is not
	// enough left.
	Spend(ctx context.Context, tokens int) error
	// Settle puts right what was paid when the call used another number.
	Settle(ctx context.Context, paid, used int) error
}

// Answer is what the model makes of a text, checked against the closed lists.
type Answer struct {
	Kind    catalog.Kind
	Code    string // classify.NoCode when Kind is none
	Urgency catalog.Urgency
	Danger  string   // of an emergency
	Area    string   // id, or ""
	Summary string   // in her own words; "" when the model's was not
	Parts   []string // codes of further matters in the text
	// By names the model and the version of the words that asked it: "gpt-x@1a2b3c4d".
	By string
}

// Refiner reads a text better than rules and the linear model can.
type Refiner interface {
	Refine(ctx context.Context, q Question) (Answer, error)
}

// ErrBudget: the village's budget of today is spent. ErrRefused: the model does
// not want to speak of the text, and will not later. ErrAnswer: what came back is
// no answer to the question, on any rung.
var (
	ErrBudget  = errors.New("the model's budget of today is spent")
	ErrRefused = errors.New("the model refuses to read this text")
	ErrAnswer  = errors.New("the model's answer is none")
)

// Resting is returned while a server is left alone: it asked for it, or it failed
// too often. It counts as no try.
type Resting struct{ Until time.Time }

func (r *Resting) Error() string { return "the model is left alone for a while" }

// Config says which server, and sets the clock.
type Config struct {
	APIKey  string
	BaseURL string // "" for OpenAI's own
	Model   string

	Now     func() time.Time                                 // nil: time.Now
	Sleep   func(ctx context.Context, d time.Duration) error // nil: really
	Timeout time.Duration                                    // of one attempt; 0: 8 s
	// Observe is told how long a call took; may be nil.
	Observe func(took time.Duration)
}

// Client is a Refiner over HTTP, for one server and model. It is safe for
// concurrent use.
type Client struct {
	api     *openai.Client
	carrier *carrier
	model   string
	prompt  prompts.ModelPrompt
	now     func() time.Time
	observe func(time.Duration)
	ladder  ladder
	breaker breaker
	cache   cache
}

// New makes a Client. It reaches no server yet.
func New(c Config) *Client {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Sleep == nil {
		c.Sleep = sleep
	}
	if c.Timeout == 0 {
		c.Timeout = 8 * time.Second
	}
	t := &carrier{next: transport(), now: c.Now, sleep: c.Sleep, timeout: c.Timeout}
	conf := openai.DefaultConfig(c.APIKey)
	if c.BaseURL != "" {
		conf.BaseURL = c.BaseURL
	}
	conf.HTTPClient = &http.Client{Transport: t, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse // the words go to the configured address and to no other
	}}
	return &Client{api: openai.NewClientWithConfig(conf), carrier: t, model: c.Model, prompt: prompts.Refine(), now: c.Now, observe: c.Observe}
}

// By names the model and the version of the prompt, as Answer.By does.
func (c *Client) By() string { return c.model + "@" + c.prompt.Version }

// Format is how the server was asked last with success: json_schema, json_object
// or text.
func (c *Client) Format() string {
	c.ladder.mu.Lock()
	defer c.ladder.mu.Unlock()
	return c.ladder.rung.String()
}

// Refine asks the model. Errors say what to do: ErrBudget, *Resting: ask later,
// nothing was tried; ErrRefused: give up; all others may be tried again.
func (c *Client) Refine(ctx context.Context, q Question) (Answer, error) {
	if err := c.breaker.open(c.now()); err != nil {
		return Answer{}, err
	}
	q.Text = classify.WithoutOrders(q.Text)
	veil := mask(q)
	key := cacheKey(q.Village, c.By(), veil.text)
	if a, ok := c.cache.get(key, c.now()); ok {
		return a, nil
	}
	body, err := c.request(q, veil)
	if err != nil {
		return Answer{}, err
	}
	a, err := c.climb(ctx, q, veil, body)
	if err != nil {
		return Answer{}, err
	}
	a.By = c.By()
	c.cache.put(key, a, c.now())
	return a, nil
}

// climb asks on the rung that the server is known for, and on the ones below it
// when that gives nothing.
func (c *Client) climb(ctx context.Context, q Question, veil veil, body openai.ChatCompletionRequest) (Answer, error) {
	known, last := c.ladder.start(c.now()), error(nil)
	for r := known; r <= lowest; r++ {
		content, err := c.call(ctx, q, r, body)
		if err == nil {
			var a Answer
			if a, err = read(content, q, veil); err == nil {
				c.breaker.close()
				c.ladder.stand(r, c.now())
				return a, nil
			}
		}
		last = err
		if errors.Is(err, ErrRefused) {
			c.breaker.close() // it works, and does not want to
		}
		if !lower(err) {
			return Answer{}, err
		}
	}
	c.breaker.fail(c.now()) // it answers, and never the question
	return Answer{}, last
}

// call makes one paid call and gives the text that came back.
func (c *Client) call(ctx context.Context, q Question, r rung, body openai.ChatCompletionRequest) (string, error) {
	body.ResponseFormat = r.format(q)
	cost := estimate(body)
	if q.Purse != nil {
		if err := q.Purse.Spend(ctx, cost); err != nil {
			return "", err
		}
	}
	began := time.Now()
	res, err := c.api.CreateChatCompletion(ctx, c.ladder.dress(body))
	if c.ladder.learn(err) { // the server wants the same in another dress
		res, err = c.api.CreateChatCompletion(ctx, c.ladder.dress(body))
	}
	if c.observe != nil {
		c.observe(time.Since(began))
	}
	if err != nil {
		return "", c.fault(err)
	}
	if q.Purse != nil && res.Usage.TotalTokens > 0 {
		if err := q.Purse.Settle(ctx, cost, res.Usage.TotalTokens); err != nil {
			return "", err
		}
	}
	return content(res)
}

// content is what the model said, if it said all of it.
func content(res openai.ChatCompletionResponse) (string, error) {
	if len(res.Choices) == 0 {
		return "", fmt.Errorf("%w: no choice in it", ErrAnswer)
	}
	first := res.Choices[0]
	switch {
	case first.Message.Refusal != "" || first.FinishReason == openai.FinishReasonContentFilter:
		return "", ErrRefused
	case first.FinishReason == openai.FinishReasonLength:
		return "", fmt.Errorf("%w: it was cut off", ErrAnswer)
	}
	return first.Message.Content, nil
}

// fault says in our words what a failed call was, without what the server said:
// that may repeat the question or the key.
func (c *Client) fault(err error) error {
	status := statusOf(err)
	if until := c.carrier.restUntil(c.now()); !until.IsZero() {
		c.breaker.rest(until)
		return &Resting{Until: until}
	}
	switch {
	case refusesFormat(status):
		return &unable{status}
	case errors.Is(err, context.Canceled):
		return err
	case status != 0:
		c.breaker.fail(c.now())
		return fmt.Errorf("the model's server answered %d", status)
	}
	c.breaker.fail(c.now())
	if errors.Is(err, context.DeadlineExceeded) {
		return errors.New("the model's server did not answer in time")
	}
	return errors.New("the model's server cannot be reached, or does not speak this interface")
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
