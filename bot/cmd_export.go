package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"sanshi/internal/matter"
	"sanshi/internal/store"
)

// runExport writes a village's matters, events and messages into a folder, each as
// CSV (RFC 4180, UTF-8 with a byte order mark) and as JSON lines. It may run beside the service. What it
// writes is everything, private matters and numbers too: only the owner of the
// files may read them.
func runExport(ctx context.Context, cfg Config, village, dir string, out io.Writer) (err error) {
	s, err := store.Open(ctx, store.Options{URL: cfg.DatabaseURL, Dir: cfg.Data, ReadOnly: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	all, err := s.Villages(ctx)
	if err != nil {
		return err
	}
	v, err := chooseVillage(all, village)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	matters, events, err := exportMatters(ctx, s, v.ID, dir)
	if err != nil {
		return err
	}
	texts, err := exportTexts(ctx, s, v.ID, dir)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%s: %d matters, %d events, %d messages written to %s, the words of private matters too: keep it safe\n", v.ID, matters, events, texts, dir)
	return err
}

// Help is what --help says below the flags.
func (exportCmd) Help() string {
	return "The files hold everything, the words of private matters and all numbers too: keep them safe. " +
		"The CSV files open in Excel; programs read the JSON lines."
}

func exportMatters(ctx context.Context, s *store.Store, village, dir string) (matters, events int, err error) {
	m, err := newSheet[exportedMatter](dir, "matters")
	if err != nil {
		return 0, 0, err
	}
	e, err := newSheet[exportedEvent](dir, "events")
	if err != nil {
		return 0, 0, errors.Join(err, m.discard())
	}
	if err = writeMatters(ctx, s, village, m, e); err != nil {
		return 0, 0, errors.Join(err, m.discard(), e.discard())
	}
	return m.rows, e.rows, errors.Join(m.close(), e.close())
}

func writeMatters(ctx context.Context, s *store.Store, village string, m *sheet[exportedMatter], e *sheet[exportedEvent]) error {
	f := matter.Filter{Village: village, Limit: 500}
	for {
		page, err := s.Matters(ctx, f)
		if err != nil {
			return err
		}
		for _, x := range page.Matters {
			if err := m.write(exportMatter(x)); err != nil {
				return err
			}
			record, err := s.Events(ctx, village, x.ID)
			if err != nil {
				return err
			}
			for _, ev := range record {
				if err := e.write(exportEvent(x, ev)); err != nil {
					return err
				}
			}
		}
		if f.Cursor = page.Next; f.Cursor == "" {
			return nil
		}
	}
}

func exportTexts(ctx context.Context, s *store.Store, village, dir string) (int, error) {
	t, err := newSheet[exportedText](dir, "messages")
	if err != nil {
		return 0, err
	}
	err = s.EachText(ctx, village, func(x store.Text) error {
		return t.write(exportedText{x.ID, x.Direction, string(x.Address), x.Text, x.Status, x.Segments, x.At, x.Matter})
	})
	if err != nil {
		return 0, errors.Join(err, t.discard())
	}
	return t.rows, t.close()
}

// The rows as they are written; a column is called as in the API.
type (
	exportedMatter struct {
		ID         string    `json:"id"`
		Number     string    `json:"number"`
		Village    string    `json:"village"`
		Kind       string    `json:"kind"`
		Code       string    `json:"code"`
		Urgency    string    `json:"urgency"`
		State      string    `json:"state"`
		Area       string    `json:"area"`
		Place      string    `json:"place"`
		Resident   string    `json:"resident"`
		Parties    []string  `json:"parties"`
		Name       string    `json:"name"`
		Summary    string    `json:"summary"`
		Text       string    `json:"text"`
		Private    bool      `json:"private"`
		Assignee   string    `json:"assignee"`
		ApprovedBy string    `json:"approved_by"`
		Confidence float64   `json:"confidence"`
		Source     string    `json:"source"`
		Reason     string    `json:"reason"`
		Outcome    string    `json:"outcome"`
		Unshown    bool      `json:"unshown"`
		Rating     int       `json:"rating"`
		Returned   int       `json:"returned"`
		Reopened   int       `json:"reopened"`
		Earlier    string    `json:"earlier"`
		MergedInto string    `json:"merged_into"`
		Photos     []string  `json:"photos"`
		RaisedAt   time.Time `json:"raised_at,omitzero"`
		DueAt      time.Time `json:"due_at,omitzero"`
		DoneAt     time.Time `json:"done_at,omitzero"`
		EndedAt    time.Time `json:"ended_at,omitzero"`
		Version    int       `json:"version"`
	}
	exportedEvent struct {
		Matter string        `json:"matter"`
		Number string        `json:"number"`
		Seq    int           `json:"seq"`
		Event  string        `json:"event"`
		By     string        `json:"by"`
		Via    string        `json:"via"`
		At     time.Time     `json:"at,omitzero"`
		From   string        `json:"from"`
		To     string        `json:"to"`
		Note   string        `json:"note"`
		Detail matter.Detail `json:"detail"`
	}
	exportedText struct {
		ID        string    `json:"id"`
		Direction string    `json:"direction"`
		Address   string    `json:"address"`
		Text      string    `json:"text"`
		Status    string    `json:"status"`
		Segments  int       `json:"segments"`
		At        time.Time `json:"at,omitzero"`
		Matter    string    `json:"matter"`
	}
)

func exportMatter(m matter.Matter) exportedMatter {
	x := exportedMatter{
		ID: m.ID, Number: m.Number, Village: m.Village, Kind: string(m.Kind), Code: m.Code, Urgency: string(m.Urgency), State: string(m.State),
		Area: m.Area, Place: m.Place, Resident: string(m.Resident), Parties: []string{}, Name: m.Name, Summary: m.Summary, Text: m.Text,
		Private: m.Private, Assignee: m.Assignee, ApprovedBy: m.ApprovedBy, Confidence: m.Confidence, Source: m.Source, Reason: m.Reason,
		Outcome: m.Outcome, Unshown: m.Unshown, Rating: m.Rating, Returned: m.Returned, Reopened: m.Reopened, Earlier: m.Earlier,
		MergedInto: m.MergedInto, Photos: append([]string{}, m.Photos...),
		RaisedAt: m.RaisedAt, DueAt: m.DueAt, DoneAt: m.DoneAt, EndedAt: m.EndedAt, Version: m.Version,
	}
	for _, p := range m.Parties {
		x.Parties = append(x.Parties, string(p))
	}
	return x
}

func exportEvent(m matter.Matter, e matter.Event) exportedEvent {
	return exportedEvent{m.ID, m.Number, e.Seq, string(e.Kind), e.By, e.Via, e.At, string(e.From), string(e.To), e.Note, e.Detail}
}
