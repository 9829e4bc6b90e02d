package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"sanshi/internal/directory"
	"sanshi/internal/matter"
	"sanshi/internal/message"
	"sanshi/internal/store"
)

// copied is what is kept of one resident, as the file that is handed to her.
type copied struct {
	Address  string          `json:"address"`
	Name     string          `json:"name"`
	Area     string          `json:"area"`
	Place    string          `json:"place"`
	Language string          `json:"language"`
	OptOut   string          `json:"opt_out"`
	Matters  []copiedMatter  `json:"matters"`
	Messages []copiedMessage `json:"messages"`
}

type copiedMatter struct {
	Number   string    `json:"number"`
	Kind     string    `json:"kind"`
	Code     string    `json:"code"`
	State    string    `json:"state"`
	Joined   bool      `json:"joined"` // another raised it
	Place    string    `json:"place"`
	Summary  string    `json:"summary"`
	Text     string    `json:"text"`
	Rating   int       `json:"rating"`
	RaisedAt time.Time `json:"raised_at,omitzero"`
	EndedAt  time.Time `json:"ended_at,omitzero"`
}

type copiedMessage struct {
	Direction string    `json:"direction"`
	Text      string    `json:"text"`
	At        time.Time `json:"at"`
}

// runExportResident writes what is kept of one resident (PIPL art. 45), the words of her
// private matters too: who runs the command hands it to her and to nobody else.
func runExportResident(ctx context.Context, cfg Config, village, number, dir string, out io.Writer) (err error) {
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
	phone, err := directory.Normalize(v.Country, number)
	if err != nil {
		return err
	}
	who := message.Address("sms:" + phone)
	kept, err := s.CopyOf(ctx, v.ID, who, func(matter.Matter) bool { return true })
	if err != nil {
		return err
	}
	c := copied{Address: string(who), Name: kept.Resident.Name, Area: v.Area(kept.Resident.Area).Name, Place: kept.Resident.Place,
		Language: kept.Resident.Language, OptOut: string(kept.Resident.OptOut), Matters: []copiedMatter{}, Messages: []copiedMessage{}}
	for _, m := range kept.Matters {
		c.Matters = append(c.Matters, copiedMatter{m.Number, string(m.Kind), m.Code, string(m.State), m.Joined, m.Place, m.Summary, m.Text, m.Rating, m.RaisedAt, m.EndedAt})
	}
	for _, l := range kept.Texts {
		c.Messages = append(c.Messages, copiedMessage{l.Direction, l.Text, l.At})
	}
	text, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	name := filepath.Join(dir, "copy.json")
	if err := os.WriteFile(name, append(text, '\n'), 0o600); err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%d matters and %d messages of %s written to %s, private words too: hand it to her and delete it\n",
		len(c.Matters), len(c.Messages), who.Masked(), name)
	return err
}
