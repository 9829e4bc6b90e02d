package main

import (
	"context"
	"errors"
	"path/filepath"

	"sanshi/internal/desk"
	"sanshi/internal/media"
	"sanshi/internal/message"
)

// pictures is where they lie.
func (p *Program) pictures() media.Folder {
	return media.Folder{Dir: filepath.Join(p.Config.Data, mediaFolder), NewID: p.Options.NewID}
}

// frontDesk is the desk as the console and the API have it: to erase somebody's words
// is to erase her pictures too.
type frontDesk struct {
	*desk.Desk
	pictures media.Folder
}

func (p *Program) frontDesk() frontDesk { return frontDesk{p.Desk, p.pictures()} }

// Erase removes what is kept of a resident, pictures and all.
func (o frontDesk) Erase(ctx context.Context, village string, who message.Address, by string) error {
	hers, err := o.Store.MattersOf(ctx, village, who)
	if err != nil {
		return err
	}
	var ids []string
	for _, m := range hers {
		if m.Resident == who {
			ids = append(ids, m.ID)
		}
	}
	return o.pictures.Forget(village, ids, func() error { return o.Desk.Erase(ctx, village, who, by) })
}

// erasePictures removes those whose matter has no words any more.
func (p *Program) erasePictures(ctx context.Context) error {
	return p.pictures().Sweep(func(village, id string) (bool, error) {
		m, err := p.Store.Matter(ctx, village, id)
		if errors.Is(err, desk.ErrNotFound) { // its matter is being raised
			return false, nil
		}
		return err == nil && m.Resident == "" && m.Text == "" && m.Summary == "", err
	})
}

// forgetOld erases what was kept long enough, pictures and all.
func (p *Program) forgetOld(ctx context.Context) error {
	n, err := p.Desk.Forget(ctx)
	if n == 0 {
		return err
	}
	p.Options.Log.Info("erased what was kept long enough", "things", n)
	return errors.Join(err, p.erasePictures(ctx))
}
