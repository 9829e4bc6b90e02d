package llmtest

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Says answers with these words.
func Says(content string) Play {
	return func(w http.ResponseWriter, _ Request) {
		write(w, http.StatusOK, completion(map[string]any{"content": content, "refusal": nil}, "stop"))
	}
}

// CutOff is an answer that reached its limit (finish_reason length).
func CutOff(content string) Play {
	return func(w http.ResponseWriter, _ Request) {
		write(w, http.StatusOK, completion(map[string]any{"content": content, "refusal": nil}, "length"))
	}
}

// Refuses is a model that does not want to answer: no content, a refusal.
func Refuses(w http.ResponseWriter, _ Request) {
	write(w, http.StatusOK, completion(map[string]any{"content": nil, "refusal": "I'm sorry, I can't help with that."}, "stop"))
}

// Filtered is an answer that a filter took away.
func Filtered(w http.ResponseWriter, _ Request) {
	write(w, http.StatusOK, completion(map[string]any{"content": "", "refusal": nil}, "content_filter"))
}

// NoChoice is a response without any choice.
func NoChoice(w http.ResponseWriter, _ Request) {
	body := completion(map[string]any{}, "stop")
	body["choices"] = []any{}
	write(w, http.StatusOK, body)
}

// RefusedByOpenAI is how OpenAI refuses a format that a model does not know.
func RefusedByOpenAI(w http.ResponseWriter, r Request) {
	openAI(w, http.StatusBadRequest, "Invalid parameter: 'response_format' of type '"+r.Format+"' is not supported with this model.", "response_format")
}

// RefusedByVLLM is how vLLM does: the error is the whole body, the code a number.
func RefusedByVLLM(w http.ResponseWriter, _ Request) {
	write(w, http.StatusBadRequest, map[string]any{"object": "error", "message": "response_format is not supported by this backend",
		"type": "BadRequestError", "param": nil, "code": 400})
}

// RefusedByDeepSeek is how DeepSeek does.
func RefusedByDeepSeek(w http.ResponseWriter, _ Request) {
	write(w, http.StatusBadRequest, map[string]any{"error": map[string]any{"message": "This response_format type is unavailable now",
		"type": "invalid_request_error", "param": nil, "code": "invalid_request_error"}})
}

// MindsTemperature is how OpenAI's models that think refuse a temperature.
func MindsTemperature(w http.ResponseWriter, _ Request) {
	openAI(w, http.StatusBadRequest, "Unsupported value: 'temperature' does not support 0 with this model. Only the default (1) value is supported.", "temperature")
}

func openAI(w http.ResponseWriter, status int, text, param string) {
	write(w, status, map[string]any{"error": map[string]any{"message": text, "type": "invalid_request_error", "param": param, "code": nil}})
}

// Fails refuses with a status.
func Fails(status int, text string) Play {
	return func(w http.ResponseWriter, _ Request) {
		write(w, status, map[string]any{"error": map[string]any{"message": text, "type": "server_error", "param": nil, "code": nil}})
	}
}

// TooMany is 429, to be tried again after some seconds; -1 says nothing of when.
func TooMany(seconds int) Play {
	return func(w http.ResponseWriter, r Request) {
		if seconds >= 0 {
			w.Header().Set("Retry-After", strconv.Itoa(seconds))
		}
		Fails(http.StatusTooManyRequests, "Rate limit reached for requests")(w, r)
	}
}

// TooManyUntil is 429 with the date of the next try.
func TooManyUntil(at time.Time) Play {
	return func(w http.ResponseWriter, r Request) {
		w.Header().Set("Retry-After", at.UTC().Format(http.TimeFormat))
		Fails(http.StatusTooManyRequests, "Rate limit reached for requests")(w, r)
	}
}

// Page is what a proxy in the way answers: 200 and no JSON.
func Page(w http.ResponseWriter, _ Request) {
	w.Header().Set("Content-Type", "text/html")
	_, _ = w.Write([]byte("<html><body>Please sign in</body></html>"))
}

// BadUTF8 is an answer with bytes that are no text.
func BadUTF8(w http.ResponseWriter, _ Request) {
	body, _ := json.Marshal(completion(map[string]any{"content": strings.Replace(Light, `"summary":""`, `"summary":"灯BAD灯"`, 1)}, "stop"))
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write([]byte(strings.Replace(string(body), "BAD", "\xff\xfe", 1)))
}

// Huge is an answer of many megabytes.
func Huge(w http.ResponseWriter, _ Request) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write([]byte(`{"choices":[{"message":{"content":"`))
	for range 64 {
		if _, err := w.Write([]byte(strings.Repeat("灯", 100_000))); err != nil {
			return
		}
	}
}

// Cut closes the connection in the middle of an answer.
func Cut(w http.ResponseWriter, _ Request) {
	w.Header().Set("Content-Length", "100000")
	_, _ = w.Write([]byte(`{"id":"chatcmpl-test","choices":[`))
	panic(http.ErrAbortHandler)
}

// Moved sends the client to another address.
func Moved(to string) Play {
	return func(w http.ResponseWriter, _ Request) {
		w.Header().Set("Location", to)
		w.WriteHeader(http.StatusTemporaryRedirect)
	}
}

// Hangs answers never; it ends with the test.
func (s *Server) Hangs() Play { return func(http.ResponseWriter, Request) { <-s.stop } }

// Drips sends one byte after another and never ends.
func (s *Server) Drips() Play {
	return func(w http.ResponseWriter, _ Request) {
		w.Header().Set("Content-Type", "application/json")
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-s.stop:
				return
			case <-tick.C:
				if _, err := w.Write([]byte(" ")); err != nil {
					return
				}
				w.(http.Flusher).Flush()
			}
		}
	}
}
