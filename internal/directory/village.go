// Package directory knows who and where: a village, its areas and places, its
// staff with their roles, and its residents.
//
// A Village is a value read whole and never changed in place: whoever holds one
// may read it without a lock. The database is the truth for it; a village file
// (see Parse) is how it is first described.
package directory

import (
	"time"

	"sanshi/internal/catalog"
	"sanshi/internal/message"
)

// Village is all the service must know of one village to answer a text.
type Village struct {
	ID               string
	Name             string
	Language         string // of its staff: zh-Hans, zh-Hant, en
	Country          string // ISO 3166, for numbers without a country code
	Location         *time.Location
	SMS              []string // E.164 numbers that residents text
	MessagingService string
	Quiet            Quiet
	Digest           Digest            // when the morning list goes to those who work by SMS
	Squad            []string          // staff ids paged for an emergency
	Sensitive        []string          // staff ids who read private matters
	Duty             []Duty            // who is paged first, and when
	Numbers          map[string]string // to call in danger, where they are not the country's
	Voice            bool              // whoever must act in an emergency is called when texts were not enough
	Policy           Policy
	Keep             Keep // for how long; see Keeps
	Facts            map[string]Fact
	Slack            map[string]string // purpose → channel id
	Model            Model
	Areas            []Area
	Staff            []Staff
}

// Model is what the village allows a language model outside to be asked. Its zero
// value is nothing: to send words abroad is the village's decision (PIPL art. 38–40).
type Model struct {
	On      bool // doubtful texts may be sent, masked
	Private bool // private ones too
	Calls   int  // a day at most
	Tokens  int  // a day at most
}

// What a village's day may cost when its file does not say.
const (
	DailyCalls  = 300
	DailyTokens = 600_000
)

// Area is a part of a village: a grid (网格), a block (片) or a building (楼).
type Area struct {
	ID     string
	Kind   string
	Name   string
	Parent string // id of the area it lies in, or ""
	Places []string
	Lead   string // staff id, who has a lead's rights here whatever her role
}

// Role is what a staff member is.
type Role string

// The roles of the contract. A resident is no staff and has no Role value.
const (
	Volunteer     Role = "volunteer"
	Lead          Role = "lead"
	Mediator      Role = "mediator"
	Secretary     Role = "secretary"
	Committee     Role = "committee"
	Officer       Role = "officer"
	Supervisor    Role = "supervisor"
	Administrator Role = "administrator"
)

// Roles lists them all.
func Roles() []Role {
	return []Role{Volunteer, Lead, Mediator, Secretary, Committee, Officer, Supervisor, Administrator}
}

// Valid reports whether r is a role of the contract.
func (r Role) Valid() bool {
	for _, x := range Roles() {
		if x == r {
			return true
		}
	}
	return false
}

// Staff is a person who works for the village.
type Staff struct {
	ID         string
	Name       string
	Role       Role
	Slack      string
	Phone      string   // E.164
	Areas      []string // ids; none means all
	Department string   // of an officer; none means the township's
	Away       bool     // marked away: the committee may approve in the secretary's place
	Digest     string   // "sms": the list of what waits comes by SMS though she has Slack; "off": never
	// Stopped: she sent a stop word, so no text goes to her any more. It is kept
	// apart from the rest, which a village file may replace.
	Stopped bool `json:"-"`
}

// BySMS reports whether what waits for her comes by SMS: who has Slack sees it
// there, unless she wants both.
func (s Staff) BySMS() bool {
	return s.Phone != "" && !s.Stopped && (s.Digest == "sms" || s.Digest == "" && s.Slack == "")
}

// Holders lists the staff whose phone this is: a work phone may be shared, and one
// person may have two roles.
func (v *Village) Holders(phone string) []Staff {
	var out []Staff
	for _, s := range v.Staff {
		if s.Phone != "" && s.Phone == phone {
			out = append(out, s)
		}
	}
	return out
}

// Covers reports whether the person works in an area: no areas on her, or no
// area on the matter, means all. An area lies in its parents too.
func (s Staff) Covers(v *Village, area string) bool {
	if len(s.Areas) == 0 || area == "" {
		return true
	}
	for id, hops := area, 0; id != "" && hops < 8; hops++ {
		for _, a := range s.Areas {
			if a == id {
				return true
			}
		}
		id = v.Area(id).Parent
	}
	return false
}

// Member finds a staff member by id.
func (v *Village) Member(id string) (Staff, bool) {
	for _, s := range v.Staff {
		if s.ID == id {
			return s, true
		}
	}
	return Staff{}, false
}

// WithRole lists the staff of a role in the order of the file.
func (v *Village) WithRole(r Role) []Staff {
	var out []Staff
	for _, s := range v.Staff {
		if s.Role == r {
			out = append(out, s)
		}
	}
	return out
}

// Area finds an area by id; the zero Area when there is none.
func (v *Village) Area(id string) Area {
	for _, a := range v.Areas {
		if a.ID == id {
			return a
		}
	}
	return Area{}
}

// LeadOf gives the lead of an area, or of the nearest parent that has one.
func (v *Village) LeadOf(area string) (Staff, bool) {
	for id, hops := area, 0; id != "" && hops < 8; hops++ {
		a := v.Area(id)
		if s, ok := v.Member(a.Lead); ok {
			return s, true
		}
		id = a.Parent
	}
	return Staff{}, false
}

// IsSensitive reports whether a staff member may read private matters: the list
// of the village, or its secretaries when there is no list.
func (v *Village) IsSensitive(id string) bool {
	if len(v.Sensitive) == 0 {
		s, ok := v.Member(id)
		return ok && s.Role == Secretary
	}
	for _, x := range v.Sensitive {
		if x == id {
			return true
		}
	}
	return false
}

// Policy maps a kind or a code to the lowest confidence that may skip the
// secretary. What is absent is always approved by a person.
type Policy map[string]float64

// Skips reports whether a matter of this code and confidence may go to its queue
// unapproved. The code wins over the kind; private and never-skipping codes never do.
func (p Policy) Skips(s catalog.Service, private bool, confidence float64) bool {
	if private || s.Private || s.NeverSkips {
		return false
	}
	least, ok := p[s.Code]
	if !ok {
		least, ok = p[string(s.Kind)]
	}
	return ok && confidence >= least
}

// Never is the threshold written as "never": no confidence reaches it.
const Never = 2.0

// Quiet is the part of the day without texts, in minutes after local midnight;
// From == To means none. It may cross midnight.
type Quiet struct{ From, To int }

// Until gives the end of the quiet hours that t falls in, and t itself otherwise.
func (v *Village) Until(t time.Time) time.Time {
	q := v.Quiet
	local := t.In(v.Location)
	m := local.Hour()*60 + local.Minute()
	in := q.From < q.To && m >= q.From && m < q.To || q.From > q.To && (m >= q.From || m < q.To)
	if !in {
		return t
	}
	end := time.Date(local.Year(), local.Month(), local.Day(), q.To/60, q.To%60, 0, 0, v.Location)
	if end.Before(local) {
		end = end.AddDate(0, 0, 1)
	}
	return end
}

// OptOut says what a resident no longer wants.
type OptOut string

// Soft: no broadcast, reminder, rating, poll, or news of matters raised before.
// Hard: nothing is sent at all; what she should know becomes a call.
const (
	OptedIn OptOut = ""
	Soft    OptOut = "soft"
	Hard    OptOut = "hard"
)

// QuietContact of a Resident: nothing is ever sent to her unasked, and nobody
// calls her, not in an emergency either. It is said by herself, by staff or by the
// list she was imported from, and only a person takes it back.
const QuietContact = "quiet"

// Resident is what is kept of a person who texts. A phone may be shared: this
// is the address, not the person.
type Resident struct {
	Village  string
	Address  message.Address
	Name     string
	Area     string
	Place    string
	Language string // in which she last wrote: zh-Hans, zh-Hant, en
	Channel  string // the driver she last came through; answers leave by it
	Sender   string // the number she last texted; answers leave from it
	Contact  string // "" or QuietContact
	OptOut   OptOut
	OptOutAt time.Time
	Greeted  bool // has been told once who reads this and how to have it deleted
	Version  int  // 0: not yet kept
}
