package slacktest

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"slices"
)

// Names and types as Slack published them for its Web API stand in
// testdata/methods.json. A test holds the stand-in's answers to them, and our
// requests may be held to them too.

// shape is what Slack's description says of a value.
type shape struct {
	Type       string           `json:"type"`
	Pattern    string           `json:"pattern"`
	Enum       []any            `json:"enum"`
	Required   []string         `json:"required"`
	Properties map[string]shape `json:"properties"`
	Items      *shape           `json:"items"`
	Any        []shape          `json:"any"`
	Closed     *bool            `json:"additionalProperties"`
}

type method struct {
	Params map[string]struct {
		Type     string `json:"type"`
		Required bool   `json:"required"`
	} `json:"params"`
	Answer shape    `json:"answer"`
	Errors []string `json:"errors"`
}

//go:embed testdata/methods.json
var methods []byte

func described() (map[string]method, error) {
	var d struct{ Methods map[string]method }
	err := json.Unmarshal(methods, &d)
	return d.Methods, err
}

// since2021 are what Slack's reference documents and the archived description,
// which ends in September 2021, does not: parameters and fields by method, errors
// by name.
var since2021 = map[string][]string{
	"conversations.history": {"response_metadata", "include_all_metadata", "channel_actions_ts"}, // channel_actions_ts is null
	"conversations.open":    {"prevent_creation"},
	"errors":                {"ratelimited", "invalid_blocks", "invalid_blocks_format", "user_not_found", "not_found", "invalid_arguments", "invalid_trigger", "not_in_channel", "is_archived", "unknown_method"},
	"chat.update":           {"blocks"}, // described as an object; it has always been a list
	"files.info":            {"comments"},
}

// fits says where a value does not fit its description.
func (s shape) fits(path string, v any, method string) (faults []string) {
	fault := func(format string, args ...any) { faults = append(faults, path+": "+fmt.Sprintf(format, args...)) }
	if len(s.Any) > 0 {
		for _, x := range s.Any {
			if faults = x.fits(path, v, method); len(faults) == 0 {
				return nil
			}
		}
		return faults
	}
	ok := true
	switch x := v.(type) {
	case string:
		ok = s.Type == "string" || s.Type == ""
		if s.Pattern != "" && !regexp.MustCompile(s.Pattern).MatchString(x) {
			fault("%q is not %s", x, s.Pattern)
		}
	case bool:
		ok = s.Type == "boolean" || s.Type == ""
	case float64:
		ok = s.Type == "" || s.Type == "number" || s.Type == "integer" && x == float64(int64(x))
	case nil:
		ok = s.Type == "null" || s.Type == ""
	case []any:
		ok = s.Type == "array" || s.Type == ""
		for i, e := range x {
			if s.Items != nil {
				faults = append(faults, s.Items.fits(fmt.Sprintf("%s[%d]", path, i), e, method)...)
			}
		}
	case map[string]any:
		ok = s.Type == "object" || s.Type == ""
		faults = append(faults, s.fieldsFit(path, x, method)...)
	}
	if !ok {
		fault("%T is no %s", v, s.Type)
	}
	if len(s.Enum) > 0 && !slices.Contains(s.Enum, v) {
		fault("%v is none of %v", v, s.Enum)
	}
	return faults
}

func (s shape) fieldsFit(path string, x map[string]any, method string) (faults []string) {
	for _, need := range s.Required {
		if _, there := x[need]; !there {
			faults = append(faults, path+": "+need+" is missing")
		}
	}
	for k, v := range x {
		if slices.Contains(since2021[method], k) {
			continue
		}
		p, known := s.Properties[k]
		switch {
		case known:
			faults = append(faults, p.fits(path+"."+k, v, method)...)
		case s.Closed != nil && !*s.Closed:
			faults = append(faults, path+": Slack knows no field "+k)
		}
	}
	return faults
}

// Unpublished lists what in these calls Slack's published description does not know:
// parameters, types, and what is missing.
func Unpublished(calls []Call) (faults []string) {
	d, err := described()
	if err != nil {
		return []string{err.Error()}
	}
	for _, c := range calls {
		faults = append(faults, paramsFit(d, c.Method, c.Params)...)
	}
	return faults
}

func paramsFit(d map[string]method, name string, p url.Values) (faults []string) {
	m, known := d[name]
	if !known {
		return nil // apps.connections.open is younger than the description
	}
	for k, v := range p {
		want, ok := m.Params[k]
		switch {
		case slices.Contains(since2021[name], k):
		case !ok:
			faults = append(faults, name+": Slack knows no parameter "+k)
		case want.Type == "boolean" && !slices.Contains([]string{"true", "false", "1", "0"}, v[0]):
			faults = append(faults, name+": "+k+" is no boolean: "+v[0])
		case want.Type == "integer" && !regexp.MustCompile(`^\d+$`).MatchString(v[0]):
			faults = append(faults, name+": "+k+" is no integer: "+v[0])
		}
	}
	for k, want := range m.Params {
		if want.Required && k != "token" && p.Get(k) == "" {
			faults = append(faults, name+": "+k+" is missing")
		}
	}
	return faults
}
