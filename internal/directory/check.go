package directory

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"sanshi/internal/catalog"
)

// checker turns a village file into a Village and gathers what is wrong with it.
type checker struct {
	file  string
	lines map[string]int
	f     *file
	errs  []error
}

// fault reports one: at the key, or at what holds it when the key is absent.
func (c *checker) fault(key, format string, args ...any) {
	line := 0
	for at := key; line == 0 && at != ""; at = at[:max(strings.LastIndex(at, "."), 0)] {
		line = c.lines[at]
	}
	where := c.file
	if line > 0 {
		where = fmt.Sprintf("%s line %d", c.file, line)
	}
	c.errs = append(c.errs, fmt.Errorf("%s: %s: %s", where, key, fmt.Sprintf(format, args...)))
}

// ids are part of addresses of pages and of file names, and typed by hand.
var idPattern = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,39}$`)

func (c *checker) village() *Village {
	f := c.f
	c.id("id", f.ID)
	c.need("name", f.Name)
	v := &Village{
		ID: f.ID, Name: f.Name, MessagingService: f.MessagingService, Facts: c.facts(), Slack: f.Slack,
		Squad: f.Squad, Sensitive: f.Sensitive,
		Language: c.oneOf("language", f.Language, "zh-Hans", "zh-Hans", "zh-Hant", "en"),
		Country:  c.country(), Policy: c.policy(), Keep: c.keep(),
	}
	v.Location = c.location(v.Country)
	v.SMS = c.numbers()
	quiet, err := parseQuiet(f.Quiet)
	if err != nil {
		c.fault("quiet", "%q: %v", f.Quiet, err)
	}
	v.Quiet = quiet
	if v.Digest, err = parseDigest(f.Digest); err != nil {
		c.fault("digest", "%q: %v", f.Digest, err)
	}
	c.slack()
	v.Model = c.model()
	v.Staff = c.staff()
	v.Areas = c.areas()
	v.Duty, v.Numbers, v.Voice = c.duty(), c.emergencyNumbers(), f.Voice
	c.members("squad", f.Squad)
	c.members("sensitive", f.Sensitive)
	return v
}

// model reads what a language model may be asked, and how much in a day.
func (c *checker) model() Model {
	m := Model{On: c.f.Model, Private: c.f.ModelPrivate, Calls: c.f.ModelCalls, Tokens: c.f.ModelTokens}
	if m.Private && !m.On {
		c.fault("model_private", "private matters cannot go to a model that is off: write model = true, or take this line out")
	}
	for key, n := range map[string]int{"model_calls": m.Calls, "model_tokens": m.Tokens} {
		if n < 0 {
			c.fault(key, "%d: write how much a day may cost, or take the line out for the usual", n)
		}
	}
	if m.Calls == 0 {
		m.Calls = DailyCalls
	}
	if m.Tokens == 0 {
		m.Tokens = DailyTokens
	}
	return m
}

func (c *checker) need(key, value string) {
	if strings.TrimSpace(value) == "" {
		c.fault(key, "is missing")
	}
}

func (c *checker) id(key, id string) {
	if !idPattern.MatchString(id) {
		c.fault(key, "%q: an id has 1 to 40 of a-z 0-9 - _ and begins with a letter or digit", id)
	}
}

func (c *checker) oneOf(key, value, absent string, allowed ...string) string {
	if value == "" {
		return absent
	}
	if !slices.Contains(allowed, value) {
		c.fault(key, "%q is none of %s", value, strings.Join(allowed, ", "))
	}
	return value
}

func (c *checker) country() string {
	country := c.f.Country
	if country == "" {
		return "CN"
	}
	if !knownCountry(country) {
		c.fault("country", "%q: write the two capital letters of ISO 3166, such as CN", country)
	}
	return country
}

func (c *checker) location(country string) *time.Location {
	name := c.f.Timezone
	if name == "" && country == "CN" {
		name = "Asia/Shanghai"
	}
	loc, err := time.LoadLocation(name)
	if err != nil || name == "" || name == "Local" {
		c.fault("timezone", "%q: write a name of the IANA list, such as Asia/Shanghai", name)
		return time.UTC
	}
	return loc
}

func (c *checker) numbers() []string {
	for i, n := range c.f.SMS {
		c.phone("sms", n)
		if slices.Contains(c.f.SMS[:i], n) {
			c.fault("sms", "%s stands twice", n)
		}
	}
	return c.f.SMS
}

// phone wants E.164 as it is: a village file is read by people who dial from it.
func (c *checker) phone(key, n string) {
	norm, err := Normalize(c.f.Country, n)
	switch {
	case err != nil:
		c.fault(key, "%v", err)
	case norm != n:
		c.fault(key, "%q: write %s", n, norm)
	}
}

func (c *checker) policy() Policy {
	if len(c.f.Policy) == 0 {
		return nil
	}
	p := Policy{}
	for _, key := range slices.Sorted(maps.Keys(c.f.Policy)) {
		at := "policy." + key
		if _, ok := catalog.Lookup(key); !ok && !catalog.Kind(key).Valid() {
			c.fault(at, "is neither household, village, government nor a code of the catalogue such as V1")
		}
		n, ok := threshold(c.f.Policy[key])
		if !ok {
			c.fault(at, `write a number from 0 to 1, or "never"`)
		}
		p[key] = n
	}
	return p
}

func threshold(value any) (float64, bool) {
	switch x := value.(type) {
	case float64:
		return x, x >= 0 && x <= 1
	case int64:
		return float64(x), x == 0 || x == 1
	case string:
		return Never, x == "never"
	}
	return 0, false
}

// slackPurposes are what a channel can be for: the cards to approve, and each queue's.
var slackPurposes = []string{"approvals", "household", "village", "government"}

func (c *checker) slack() {
	for _, key := range slices.Sorted(maps.Keys(c.f.Slack)) {
		if !slices.Contains(slackPurposes, key) {
			c.fault("slack."+key, "is none of %s", strings.Join(slackPurposes, ", "))
		}
	}
}

func (c *checker) areas() []Area {
	var out []Area
	names := map[string]bool{}
	for i, a := range c.f.Area {
		at := fmt.Sprintf("area[%d]", i)
		c.id(at+".id", a.ID)
		c.need(at+".name", a.Name)
		if slices.ContainsFunc(out, func(o Area) bool { return o.ID == a.ID }) {
			c.fault(at+".id", "%q stands twice: give each area its own", a.ID)
		}
		if names[a.Name] {
			c.fault(at+".name", "%q stands twice: residents could not tell them apart", a.Name)
		}
		names[a.Name] = true
		if slices.ContainsFunc(a.Places, func(p string) bool { return strings.TrimSpace(p) == "" }) {
			c.fault(at+".places", "one is empty")
		}
		if a.Lead != "" {
			c.members(at+".lead", []string{a.Lead})
		}
		kind := c.oneOf(at+".kind", a.Kind, "grid", "grid", "block", "building")
		out = append(out, Area{ID: a.ID, Kind: kind, Name: a.Name, Parent: a.Parent, Places: a.Places, Lead: a.Lead})
	}
	c.parents(out)
	return out
}

// parents must exist and lead to the top; Covers and LeadOf climb at most eight.
func (c *checker) parents(areas []Area) {
	parent := map[string]string{}
	for _, a := range areas {
		parent[a.ID] = a.Parent
	}
	for i, a := range areas {
		at := fmt.Sprintf("area[%d].parent", i)
		if a.Parent == "" {
			continue
		}
		if _, ok := parent[a.Parent]; !ok {
			c.fault(at, "there is no area %q", a.Parent)
			continue
		}
		hops := 0
		for id := a.ID; id != "" && hops < 8; hops++ {
			id = parent[id]
		}
		if hops == 8 {
			c.fault(at, "%s lies in itself by its parents, or more than seven deep", a.ID)
		}
	}
}

// Ids that the record uses for who is no staff.
var reservedIDs = []string{"resident", "clock", "policy", "refiner"}

func (c *checker) staff() []Staff {
	var out []Staff
	for i, s := range c.f.Staff {
		at := fmt.Sprintf("staff[%d]", i)
		c.id(at+".id", s.ID)
		c.need(at+".name", s.Name)
		if slices.ContainsFunc(out, func(o Staff) bool { return o.ID == s.ID }) {
			c.fault(at+".id", "%q stands twice: give each person their own", s.ID)
		}
		if slices.Contains(reservedIDs, s.ID) {
			c.fault(at+".id", "%q means something else in the record: take another", s.ID)
		}
		if !Role(s.Role).Valid() {
			c.fault(at+".role", "%q is none of %s", s.Role, roleNames())
		}
		c.reach(at, s, out)
		for _, id := range s.Areas {
			if !slices.ContainsFunc(c.f.Area, func(a fileArea) bool { return a.ID == id }) {
				c.fault(at+".areas", "there is no area %q", id)
			}
		}
		out = append(out, Staff{
			ID: s.ID, Name: s.Name, Role: Role(s.Role), Slack: s.Slack, Phone: s.Phone, Areas: s.Areas, Department: s.Department,
			Digest: c.oneOf(at+".digest", s.Digest, "", "sms", "off"),
		})
	}
	return out
}

// reach checks how a person is reached. A tap says who acts by nothing but its
// Slack id, so that can be one person's only; a work phone may be shared (see Doubts).
func (c *checker) reach(at string, s fileStaff, before []Staff) {
	if s.Phone != "" {
		c.phone(at+".phone", s.Phone)
		if slices.Contains(c.f.SMS, s.Phone) {
			c.fault(at+".phone", "%s is the village's own number: the service would text itself", s.Phone)
		}
	}
	for _, o := range before {
		if s.Slack != "" && s.Slack == o.Slack {
			c.fault(at+".slack", "%s is the Slack id of %s too: leave it out for one of them", s.Slack, o.ID)
		}
	}
}

func roleNames() string {
	var all []string
	for _, r := range Roles() {
		all = append(all, string(r))
	}
	return strings.Join(all, ", ")
}

func (c *checker) members(key string, ids []string) {
	for _, id := range ids {
		if !slices.ContainsFunc(c.f.Staff, func(s fileStaff) bool { return s.ID == id }) {
			c.fault(key, "there is no staff %q", id)
		}
	}
}
