package api

import (
	"sanshi/internal/catalog"
	"sanshi/internal/matter"
	"sanshi/internal/message"
)

// matterView is a matter as other programs see it. The names are stable.
type matterView struct {
	ID         string            `json:"id"`
	Number     string            `json:"number"`
	Village    string            `json:"village"`
	Kind       catalog.Kind      `json:"kind"`
	Code       string            `json:"code"`
	Urgency    catalog.Urgency   `json:"urgency"`
	State      matter.State      `json:"state"`
	Area       string            `json:"area"`
	Place      string            `json:"place"`
	Resident   message.Address   `json:"resident"`
	Parties    []message.Address `json:"parties"`
	Summary    string            `json:"summary"`
	Text       string            `json:"text"`
	Private    bool              `json:"private"`
	Assignee   string            `json:"assignee"`
	ApprovedBy string            `json:"approved_by"`
	Confidence float64           `json:"confidence"`
	Source     string            `json:"source"`
	Reason     string            `json:"reason"`
	Outcome    string            `json:"outcome"`
	Unshown    bool              `json:"unshown"`
	Rating     int               `json:"rating"`
	Returned   int               `json:"returned"`
	Reopened   int               `json:"reopened"`
	Earlier    string            `json:"earlier"`
	MergedInto string            `json:"merged_into"`
	WaitingFor string            `json:"waiting_for"`
	Danger     string            `json:"danger"`
	Photos     []string          `json:"photos"`
	RaisedAt   stamp             `json:"raised_at"`
	DueAt      stamp             `json:"due_at"`
	DoneAt     stamp             `json:"done_at"`
	EndedAt    stamp             `json:"ended_at"`
	Version    int               `json:"version"`
}

// whole shows a matter with its words.
func whole(m matter.Matter) matterView {
	v := matterView{
		ID: m.ID, Number: m.Number, Village: m.Village, Kind: m.Kind, Code: m.Code, Urgency: m.Urgency, State: m.State,
		Area: m.Area, Place: m.Place, Resident: m.Resident, Parties: m.Parties, Summary: m.Summary, Text: m.Text,
		Private: m.Private, Assignee: m.Assignee, ApprovedBy: m.ApprovedBy, Confidence: m.Confidence, Source: m.Source,
		Reason: m.Reason, Outcome: m.Outcome, Unshown: m.Unshown, Rating: m.Rating, Returned: m.Returned,
		Reopened: m.Reopened, Earlier: m.Earlier, MergedInto: m.MergedInto, WaitingFor: m.WaitingFor, Danger: m.Danger,
		Photos: m.Photos, RaisedAt: stamp(m.RaisedAt), DueAt: stamp(m.DueAt), DoneAt: stamp(m.DoneAt),
		EndedAt: stamp(m.EndedAt), Version: m.Version,
	}
	v.Parties, v.Photos = listed(v.Parties), listed(v.Photos)
	return v
}

// shown shows a matter as far as a list may: of a private one no words. The
// reason goes too, because it quotes them.
func shown(m matter.Matter) matterView {
	if m.Private {
		m.Resident, m.Place, m.Summary, m.Text, m.Reason = "", "", "", "", ""
		m.Parties, m.Photos = nil, nil
	}
	return whole(m)
}

type eventView struct {
	Seq    int              `json:"seq"`
	Event  matter.EventKind `json:"event"`
	By     string           `json:"by"`
	Via    string           `json:"via"`
	At     stamp            `json:"at"`
	From   matter.State     `json:"from"`
	To     matter.State     `json:"to"`
	Note   string           `json:"note"`
	Detail detailView       `json:"detail"` // codes and ids only
}

// detailView writes its one time as all others are written.
type detailView struct {
	matter.Detail
	Due stamp `json:"due"`
}

func eventsOf(events []matter.Event, private bool) []eventView {
	out := make([]eventView, 0, len(events))
	for _, e := range events {
		v := eventView{Seq: e.Seq, Event: e.Kind, By: e.By, Via: e.Via, At: stamp(e.At), From: e.From, To: e.To, Note: e.Note,
			Detail: detailView{e.Detail, stamp(e.Detail.Due)}}
		if private {
			v.Note, v.Detail.Photo = "", ""
		}
		out = append(out, v)
	}
	return out
}

type lineView struct {
	ID        string `json:"id"`
	Direction string `json:"direction"`
	Text      string `json:"text"`
	Status    string `json:"status"`
	Segments  int    `json:"segments"`
	At        stamp  `json:"at"`
	Matter    string `json:"matter"`
}

func linesOf(lines []message.Line, private bool) []lineView {
	out := make([]lineView, 0, len(lines))
	for _, l := range lines {
		v := lineView{ID: l.ID, Direction: l.Direction, Text: l.Text, Status: l.Status, Segments: l.Segments, At: stamp(l.At), Matter: l.Matter}
		if private {
			v.Text = ""
		}
		out = append(out, v)
	}
	return out
}

type deadView struct {
	ID        string `json:"id"`
	Direction string `json:"direction"`
	Address   string `json:"address"`
	Text      string `json:"text"`
	Error     string `json:"error"`
	Tries     int    `json:"tries"`
	At        stamp  `json:"at"`
}

func deadOf(dead []message.DeadLetter) []deadView {
	out := make([]deadView, 0, len(dead))
	for _, d := range dead {
		out = append(out, deadView{d.ID, d.Direction, d.Address, d.Text, d.Error, d.Tries, stamp(d.At)})
	}
	return out
}

// counted fills in the zeros, so that a dashboard finds every kind and state.
func counted(s matter.Stats) matter.Stats {
	full := make(map[catalog.Kind]map[matter.State]int)
	for kind, states := range s.Matters {
		full[kind] = map[matter.State]int{}
		for state, n := range states {
			full[kind][state] = n
		}
	}
	for _, kind := range catalog.Kinds() {
		if full[kind] == nil {
			full[kind] = map[matter.State]int{}
		}
		for _, state := range matter.States() {
			full[kind][state] += 0
		}
	}
	s.Matters = full
	return s
}

// listed makes an empty list of none: JSON readers stumble over null.
func listed[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}
