package store

import (
	"context"
	"encoding/json"
	"time"

	"sanshi/internal/catalog"
	"sanshi/internal/matter"
)

// Passage is what other programs are told of a matter in a queue. It holds no
// words, names or numbers: these are asked for where rights are checked.
type Passage struct {
	Village string       `json:"village"`
	Matter  string       `json:"matter"`
	Version int          `json:"version"`
	Left    catalog.Kind `json:"-"` // the queue it left, or ""
	In      catalog.Kind `json:"-"` // the queue it is in now, or ""

	Number   string          `json:"number"`
	Kind     catalog.Kind    `json:"kind"`
	Code     string          `json:"code"`
	Urgency  catalog.Urgency `json:"urgency"`
	State    matter.State    `json:"state"`
	Area     string          `json:"area"`
	Assignee string          `json:"assignee"`
	Private  bool            `json:"private"`
	DueAt    time.Time       `json:"due_at,omitzero"`
}

// queueOf is the queue a matter stands in; "" when it waits for the secretary or
// is done with.
func queueOf(kind catalog.Kind, s matter.State) catalog.Kind {
	switch s {
	case matter.Queued, matter.Deliberating, matter.Handling, matter.Waiting:
		return kind
	}
	return ""
}

// saveFeed notes which queues the change touched, if anybody is told of them.
func (t *tx) saveFeed(d *draft) error {
	if !t.s.feed {
		return nil
	}
	for _, p := range d.Passages {
		m := p.After
		left, in := queueOf(p.Before.Kind, p.Before.State), queueOf(m.Kind, m.State)
		if left == "" && in == "" {
			continue
		}
		data, err := json.Marshal(Passage{Village: m.Village, Matter: m.ID, Version: m.Version, Number: m.Number, Kind: m.Kind,
			Code: m.Code, Urgency: m.Urgency, State: m.State, Area: m.Area, Assignee: m.Assignee, Private: m.Private, DueAt: m.DueAt})
		if err != nil {
			return err
		}
		if err := t.write(`INSERT INTO feed (village, matter, version, left_q, in_q, at, data) VALUES ($1, $2, $3, $4, $5, $6, $7)
			ON CONFLICT DO NOTHING`, d.Village, m.ID, m.Version, string(left), string(in), ms(t.now), clean(string(data))); err != nil {
			return err
		}
	}
	return nil
}

// Feed reads what is still to be told, oldest first.
func (s *Store) Feed(ctx context.Context, limit int) (all []Passage, err error) {
	err = s.list(ctx, func(r scanner) error {
		var left, in, data string
		if err := r.Scan(&left, &in, &data); err != nil {
			return err
		}
		p := Passage{Left: catalog.Kind(left), In: catalog.Kind(in)}
		err := json.Unmarshal([]byte(data), &p)
		all = append(all, p)
		return err
	}, `SELECT left_q, in_q, data FROM feed ORDER BY at, village, matter, version LIMIT $1`, limit)
	return all, err
}

// Told forgets what was told.
func (s *Store) Told(ctx context.Context, all []Passage) error {
	return s.do(ctx, func(t *tx) error {
		for _, p := range all {
			if err := t.write(`DELETE FROM feed WHERE village = $1 AND matter = $2 AND version = $3`, p.Village, p.Matter, p.Version); err != nil {
				return err
			}
		}
		return nil
	})
}
