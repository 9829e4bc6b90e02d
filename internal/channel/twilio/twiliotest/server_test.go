package twiliotest

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// kind is what Twilio's description says of one field.
type kind struct {
	Type     string   `json:"type"`
	Nullable bool     `json:"nullable"`
	Pattern  string   `json:"pattern"`
	Enum     []string `json:"enum"`
}

type description struct {
	Message map[string]kind `json:"message"`
	Media   map[string]kind `json:"media"`
	List    map[string]kind `json:"list"`
	Create  []string        `json:"create"`
	Query   []string        `json:"query"`
}

func described(t *testing.T) (d description) {
	t.Helper()
	b, err := os.ReadFile("testdata/messages.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// TestAnswersFitTheDescription holds what the stand-in says to Twilio's own words.
func TestAnswersFitTheDescription(t *testing.T) {
	d, s := described(t), New(t)
	made := call(t, s, http.MethodPost, url.Values{"To": {"+12065550123"}, "From": {"+12065550100"}, "Body": {"好"}})
	fits(t, "created", made, d.Message)
	viaService := call(t, s, http.MethodPost, url.Values{"To": {"+12065550123"}, "MessagingServiceSid": {"MG" + strings.Repeat("a", 32)}, "Body": {"好"}})
	fits(t, "by a service", viaService, d.Message)
	s.Progress(made["sid"].(string), "undelivered", 30005)
	s.Received("SM"+strings.Repeat("b", 32), "+12065550123", "+12065550100", "好", time.Now(), "image/jpeg")
	list := call(t, s, http.MethodGet, url.Values{"PageSize": {"3"}})
	fits(t, "list", list, d.List)
	messages := list["messages"].([]any)
	if len(messages) != 3 {
		t.Fatalf("%d messages in the list", len(messages))
	}
	for _, m := range messages {
		fits(t, "in the list", m.(map[string]any), d.Message)
	}
	media := call(t, s, http.MethodGet, nil, "/SM"+strings.Repeat("b", 32)+"/Media")
	for _, m := range media["media_list"].([]any) {
		fits(t, "media", m.(map[string]any), d.Media)
	}
	if n := len(media["media_list"].([]any)); n != 1 {
		t.Errorf("%d pictures", n)
	}
}

// TestCallsFitTheDescription holds the calls too, and what our driver asks for.
func TestCallsFitTheDescription(t *testing.T) {
	b, err := os.ReadFile("testdata/calls.json")
	if err != nil {
		t.Fatal(err)
	}
	var d struct {
		Call   map[string]kind
		Create []string
		Query  []string
	}
	if err := json.Unmarshal(b, &d); err != nil {
		t.Fatal(err)
	}
	s := New(t)
	fits(t, "a call", ask(t, s, http.MethodPost, "Calls", url.Values{"To": {"+12065550123"}, "From": {"+12065550100"}, "Twiml": {"<Response/>"}}), d.Call)
	list := ask(t, s, http.MethodGet, "Calls", url.Values{"To": {"+12065550123"}})
	calls := list["calls"].([]any)
	if len(calls) != 1 {
		t.Fatalf("%d calls in the list", len(calls))
	}
	fits(t, "in the list", calls[0].(map[string]any), d.Call)
	for _, p := range []string{"To", "From", "Twiml", "Timeout", "StatusCallback"} { // what twilio.Voice sends
		if !slices.Contains(d.Create, p) {
			t.Errorf("Twilio knows no parameter %s of a call", p)
		}
	}
	for _, p := range []string{"To", "From", "PageSize"} {
		if !slices.Contains(d.Query, p) {
			t.Errorf("Twilio knows no parameter %s of the list of calls", p)
		}
	}
}

func call(t *testing.T, s *Server, method string, form url.Values, below ...string) map[string]any {
	t.Helper()
	return ask(t, s, method, "Messages"+strings.Join(below, ""), form)
}

func ask(t *testing.T, s *Server, method, path string, form url.Values) map[string]any {
	t.Helper()
	address := s.URL + "/2010-04-01/Accounts/" + Account + "/" + path + ".json"
	var body io.Reader
	if method == http.MethodGet {
		address += "?" + form.Encode()
	} else {
		body = strings.NewReader(form.Encode())
	}
	r, err := http.NewRequest(method, address, body)
	if err != nil {
		t.Fatal(err)
	}
	r.SetBasicAuth(Account, Token)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode/100 != 2 {
		t.Fatalf("%s: %s", method, res.Status)
	}
	var out map[string]any
	if err := json.NewDecoder(res.Body).Decode(&out); err != nil {
		t.Fatal(err)
	}
	return out
}

// fits compares an answer with the description, field by field, both ways.
func fits(t *testing.T, what string, got map[string]any, want map[string]kind) {
	t.Helper()
	for name := range got {
		if _, ok := want[name]; !ok {
			t.Errorf("%s: Twilio knows no field %q", what, name)
		}
	}
	for name, k := range want {
		v, ok := got[name]
		if !ok {
			t.Errorf("%s: the field %q is missing", what, name)
			continue
		}
		if v == nil && k.Nullable {
			continue
		}
		if !k.holds(v) {
			t.Errorf("%s: %s is %v, want %+v", what, name, v, k)
		}
	}
}

func (k kind) holds(v any) bool {
	switch k.Type {
	case "string":
		s, ok := v.(string)
		return ok && (k.Enum == nil || slices.Contains(k.Enum, s)) && regexp.MustCompile(k.Pattern).MatchString(s)
	case "integer":
		f, ok := v.(float64)
		return ok && f == float64(int(f))
	case "array":
		_, ok := v.([]any)
		return ok
	case "object":
		_, ok := v.(map[string]any)
		return ok
	}
	return false
}

// TestSign computes the example of Twilio's documentation ("Validating requests").
func TestSign(t *testing.T) {
	form := url.Values{
		"CallSid": {"CA1234567890ABCDE"}, "Caller": {"+14158675309"}, "Digits": {"1234"},
		"From": {"+14158675309"}, "To": {"+18005551212"},
	}
	if got, want := Sign("12345", "https://mycompany.com/myapp.php?foo=1&bar=2", form), "RSOYDt4T1cUTdK1PDd93/VVr8B8="; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
