package llm

import (
	"errors"
	"fmt"
	"math"
	"net/http"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/sashabaranov/go-openai"
)

// rung is a way of asking for an answer that can be read, the strictest first.
type rung int

const (
	bySchema rung = iota // only what the closed lists allow
	byObject             // some JSON object
	byText               // whatever it says
	lowest   = byText
)

func (r rung) String() string { return [...]string{"json_schema", "json_object", "text"}[r] }

// format asks for it. Plain text is what every server gives unasked.
func (r rung) format(q Question) *openai.ChatCompletionResponseFormat {
	switch r {
	case bySchema:
		return &openai.ChatCompletionResponseFormat{
			Type:       openai.ChatCompletionResponseFormatTypeJSONSchema,
			JSONSchema: &openai.ChatCompletionResponseFormatJSONSchema{Name: "sorting", Schema: schema(q), Strict: true},
		}
	case byObject:
		return &openai.ChatCompletionResponseFormat{Type: openai.ChatCompletionResponseFormatTypeJSONObject}
	}
	return nil
}

// againAfter is how long a server is asked on a lower rung before a higher one is
// tried again: it may have been renewed.
const againAfter = time.Hour

// Room for an answer. A model that thinks aloud needs more before it says anything.
const (
	answerTokens   = 400
	thinkingTokens = 4000
)

// ladder remembers what a server could do.
type ladder struct {
	mu       sync.Mutex
	rung     rung
	since    time.Time
	thinking bool // it wants no temperature, and its own name for the room
}

func (l *ladder) start(now time.Time) rung {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.rung > bySchema && now.Sub(l.since) >= againAfter {
		return bySchema
	}
	return l.rung
}

// stand notes that r gave an answer.
func (l *ladder) stand(r rung, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if r != l.rung || now.Sub(l.since) >= againAfter {
		l.rung, l.since = r, now
	}
}

// dress fills in what some servers want and others refuse. Zero is left out of
// the JSON by the library, so the temperature is as near to it as can be.
func (l *ladder) dress(body openai.ChatCompletionRequest) openai.ChatCompletionRequest {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.thinking {
		body.MaxCompletionTokens = thinkingTokens
		return body
	}
	//lint:ignore SA1019 servers other than OpenAI's know the room by this name only
	body.MaxTokens, body.Temperature = answerTokens, math.SmallestNonzeroFloat32
	return body
}

// learn reports whether the server only minds the temperature or the name of the
// room for the answer, and notes it. The library knows this of some models itself.
func (l *ladder) learn(err error) bool {
	minds := errors.Is(err, openai.ErrReasoningModelMaxTokensDeprecated) || errors.Is(err, openai.ErrReasoningModelLimitationsOther) ||
		errors.Is(err, openai.ErrReasoningSamplingUnsupported)
	var said *openai.APIError
	if errors.As(err, &said) && said.HTTPStatusCode == http.StatusBadRequest {
		param := ""
		if said.Param != nil {
			param = *said.Param
		}
		minds = param == "max_tokens" || param == "temperature" ||
			strings.Contains(said.Message, "'max_tokens'") || strings.Contains(said.Message, "'temperature'")
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if !minds || l.thinking {
		return false
	}
	l.thinking = true
	return true
}

// unable: the server cannot be asked like this.
type unable struct{ status int }

func (u *unable) Error() string {
	return fmt.Sprintf("the model's server answered %d to the question", u.status)
}

// lower reports whether the rung below may do better.
func lower(err error) bool {
	var u *unable
	return errors.As(err, &u) || errors.Is(err, ErrAnswer)
}

// refusesFormat: servers that do not know a format say so with one of these, in
// bodies of many shapes; the status is what they agree on.
func refusesFormat(status int) bool {
	return status == http.StatusBadRequest || status == http.StatusUnprocessableEntity || status == http.StatusNotImplemented
}

// statusOf is the HTTP status that a server refused with; 0 when it did not.
func statusOf(err error) int {
	var said *openai.APIError
	var mute *openai.RequestError // refused without an error in its body
	switch {
	case errors.As(err, &said):
		return said.HTTPStatusCode
	case errors.As(err, &mute):
		return mute.HTTPStatusCode
	}
	return 0
}

// estimate is about how many tokens a call takes: a Chinese character is one at
// most, with nearly all models, and the schema is read too.
func estimate(body openai.ChatCompletionRequest) int {
	n := answerTokens
	for _, m := range body.Messages {
		n += utf8.RuneCountInString(m.Content)
	}
	return n
}
