package api

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	ring "sanshi/internal/call"
	"sanshi/internal/catalog"
	"sanshi/internal/matter"
)

func (a *api) villages(c *call) (answer, error) {
	all, err := a.Store.Villages(c.ctx)
	if err != nil {
		return answer{}, err
	}
	type view struct {
		ID       string   `json:"id"`
		Name     string   `json:"name"`
		Language string   `json:"language"`
		Timezone string   `json:"timezone"`
		SMS      []string `json:"sms"`
	}
	out := make([]view, 0, len(all))
	for _, v := range all {
		out = append(out, view{v.ID, v.Name, v.Language, v.Location.String(), listed(v.SMS)})
	}
	return answer{body: map[string]any{"villages": out}}, nil
}

func (a *api) listMatters(c *call) (answer, error) {
	query, err := url.ParseQuery(c.URL.RawQuery)
	if err != nil {
		return answer{}, &failure{status: 400, code: "bad_query", message: "the part after ? is not a query: " + err.Error()}
	}
	f, err := a.filter(query)
	if err != nil {
		return answer{}, err
	}
	f.Village = c.village.ID
	page, err := a.Store.Matters(c.ctx, f)
	if err != nil {
		return answer{}, err
	}
	out := make([]matterView, 0, len(page.Matters))
	for _, m := range page.Matters {
		out = append(out, shown(m))
	}
	return answer{body: map[string]any{"matters": out, "next": page.Next}}, nil
}

// filter reads the query. An empty value is no filter, so that a form's empty
// boxes may be sent along.
func (a *api) filter(query url.Values) (matter.Filter, error) {
	f := matter.Filter{Limit: 50}
	for _, name := range slices.Sorted(maps.Keys(query)) {
		for _, value := range query[name] {
			if value == "" {
				continue
			}
			if err := a.narrow(&f, name, value); err != nil {
				return f, err
			}
		}
	}
	return f, nil
}

// narrow adds one value of one filter.
func (a *api) narrow(f *matter.Filter, name, value string) error {
	if utf8.RuneCountInString(value) > idLimit || !utf8.ValidString(value) || strings.ContainsRune(value, 0) {
		return invalid(name, "%s is too long or no text", name)
	}
	switch name {
	case "kind":
		f.Kinds = append(f.Kinds, catalog.Kind(value))
		return unless(catalog.Kind(value).Valid(), name, "kind is household, village or government")
	case "state":
		f.States = append(f.States, matter.State(value))
		return unless(slices.Contains(matter.States(), matter.State(value)), name, "state is one of "+joined(matter.States()))
	case "code":
		f.Codes = append(f.Codes, value)
		_, known := catalog.Lookup(value)
		return unless(known, name, "this code is not in the catalogue; codes are like H1, V1, G1")
	case "area":
		f.Areas = append(f.Areas, value)
	case "assignee":
		err := unless(f.Assignee == "" || f.Assignee == value, name, "assignee takes one staff id")
		f.Assignee = value
		return err
	case "late":
		if value == "true" {
			f.Late = a.Now()
		}
		return unless(value == "true" || value == "false", name, "late is true or false")
	case "q":
		f.Query = strings.TrimSpace(value)
		return unless(utf8.RuneCountInString(f.Query) <= filterLimit, name, "a search has at most 100 characters")
	case "limit":
		n, err := strconv.Atoi(value)
		f.Limit = n
		return unless(err == nil && n >= 1 && n <= 500, name, "limit is a number from 1 to 500")
	case "cursor":
		f.Cursor = value
	default:
		return invalid(name, "there is no filter of this name; there are kind, state, code, area, assignee, late, q, limit, cursor")
	}
	return nil
}

func unless(ok bool, field, message string) error {
	if ok {
		return nil
	}
	return invalid(field, "%s", message)
}

func (a *api) showMatter(c *call) (answer, error) {
	m, err := a.matterOf(c)
	if err != nil {
		return answer{}, err
	}
	events, err := a.Store.Events(c.ctx, m.Village, m.ID)
	if err != nil {
		return answer{}, err
	}
	lines, err := a.Store.Messages(c.ctx, m.Village, m.ID)
	if err != nil {
		return answer{}, err
	}
	calls, err := a.Store.CallsAbout(c.ctx, m.Village, m.ID)
	if err != nil {
		return answer{}, err
	}
	return answer{body: struct {
		matterView
		Untold   bool        `json:"untold"`
		Events   []eventView `json:"events"`
		Messages []lineView  `json:"messages"`
		Calls    []callView  `json:"calls"`
	}{shown(m), ring.Untold(m, calls), eventsOf(events, m.Private), linesOf(lines, m.Private), a.callsOf(calls)}}, nil
}

func (a *api) matterOf(c *call) (matter.Matter, error) {
	id := c.PathValue("id")
	m, err := a.Store.Matter(c.ctx, c.village.ID, id)
	if err != nil {
		return m, missing(err, "village %s has no matter %q", c.village.ID, id)
	}
	return m, nil
}
