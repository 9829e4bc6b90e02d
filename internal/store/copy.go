package store

import (
	"context"

	"sanshi/internal/desk"
	"sanshi/internal/matter"
	"sanshi/internal/message"
)

// CopyOf gathers what is kept of an address, for her to be shown (PIPL art. 45).
// Of matters that sees refuses there is nothing but the number and how it stands,
// and no text about them.
func (s *Store) CopyOf(ctx context.Context, village string, who message.Address, sees func(matter.Matter) bool) (c desk.Copy, err error) {
	scene, err := s.Talk(ctx, message.Lane{Village: village, Address: who})
	if err != nil {
		return c, err
	}
	c.Resident = scene.Resident
	all, err := s.MattersOf(ctx, village, who)
	if err != nil {
		return c, err
	}
	hidden := map[string]bool{} // ids of texts
	for _, m := range all {
		x := desk.CopiedMatter{Matter: m, Sealed: !sees(m), Joined: m.Resident != who}
		if x.Sealed {
			lines, err := s.Messages(ctx, village, m.ID)
			if err != nil {
				return c, err
			}
			for _, l := range lines {
				hidden[l.ID] = true
			}
		}
		if x.Sealed || x.Joined { // another's words are not hers to be shown
			x.Summary, x.Text, x.Place, x.Name, x.Reason, x.Photos = "", "", "", "", "", nil
		}
		x.Parties = nil
		c.Matters = append(c.Matters, x)
	}
	lines, err := s.Conversation(ctx, village, who)
	for _, l := range lines {
		if !hidden[l.ID] {
			c.Texts = append(c.Texts, l)
		}
	}
	c.Hidden = len(lines) - len(c.Texts)
	return c, err
}
