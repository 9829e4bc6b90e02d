package desk

import (
	"context"
	"slices"
	"strings"
	"time"

	"sanshi/internal/dialogue"
	"sanshi/internal/directory"
	"sanshi/internal/matter"
	"sanshi/internal/message"
)

// Writing is an answer that somebody writes down for what residents ask.
type Writing struct {
	Village string
	By      string // staff id
	Name    string // of the fact; who asks uses it, or one of Fact.Asked
	Fact    directory.Fact
	Answers []string // ids of the questions that it answers
	Tell    bool     // those who asked are told
}

// Asked lists what was asked and nobody wrote down, what asks for the same together.
func (d *Desk) Asked(ctx context.Context, village string) ([]directory.Group, error) {
	open, err := d.Store.Questions(ctx, village)
	return directory.GroupQuestions(open), err
}

// Write puts an answer among the village's facts, with who wrote it and when, and
// tells those who asked, if they may be told. It returns to how many a text goes.
func (d *Desk) Write(ctx context.Context, w Writing) (told int, err error) {
	v, err := d.Store.Village(ctx, w.Village)
	if err != nil {
		return 0, err
	}
	if err := mayWrite(v, &w); err != nil {
		return 0, err
	}
	open, err := d.Store.Questions(ctx, v.ID)
	if err != nil {
		return 0, err
	}
	w.Fact.By, w.Fact.At = w.By, d.Now()
	if err := d.Store.SaveFact(ctx, v.ID, w.Name, w.Fact, w.Answers); err != nil || !w.Tell {
		return 0, err
	}
	var seen []message.Address
	for _, q := range open {
		if !slices.Contains(w.Answers, q.ID) || slices.Contains(seen, q.Address) {
			continue
		}
		seen = append(seen, q.Address)
		ok, err := d.tellFact(ctx, v, q.Address, w)
		if err != nil {
			return told, err
		}
		if ok {
			told++
		}
	}
	return told, nil
}

// mayWrite: what the village says of itself is the secretary's to say, or whoever
// stands in for her.
func mayWrite(v *directory.Village, w *Writing) error {
	staff, ok := v.Member(w.By)
	switch w.Name = strings.TrimSpace(w.Name); {
	case !ok, staff.Role != directory.Secretary && staff.Role != directory.Committee && staff.Role != directory.Administrator:
		return matter.Refuse(matter.Forbidden, "by", "only the secretary, the committee or the administrator writes the village's facts")
	case w.Name == "" || len([]rune(w.Name)) > 20 || message.Bare(w.Name) == "":
		return matter.Refuse(matter.Invalid, "name", "a name of 1 to 20 characters is needed, such as people use when they ask")
	}
	if err := w.Fact.Check(); err != nil {
		return matter.Refuse(matter.Invalid, "text", "%v", err)
	}
	return nil
}

// tellFact sends the answer to one who asked, and takes her question off the list
// of calls. Who may not be texted stays on it.
func (d *Desk) tellFact(ctx context.Context, v *directory.Village, who message.Address, answer Writing) (ok bool, err error) {
	err = d.untilFresh(ctx, func() error {
		scene, err := d.Store.Talk(ctx, message.Lane{Village: v.ID, Address: who})
		if err != nil {
			return err
		}
		var text message.Outbound
		text, ok = dialogue.TellFact(v, scene.Resident, answer.Fact, message.Outbound{ID: d.NewID(), CreatedAt: d.Now()})
		if !ok {
			return nil
		}
		w := d.begin(v, v.ID)
		w.change.Outbox = append(w.change.Outbox, text)
		calls, err := d.Store.Callbacks(ctx, v.ID, true)
		if err != nil {
			return err
		}
		for _, c := range calls {
			if c.Address == who && c.Reason == directory.CallFact {
				c.DoneAt, c.DoneBy, c.Result, c.NextAt = d.Now(), answer.By, "told", time.Time{}
				w.change.Callbacks = append(w.change.Callbacks, c)
			}
		}
		return d.commit(ctx, w)
	})
	return ok, err
}
