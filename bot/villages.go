package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"sanshi/internal/directory"
)

// loadVillages brings the village files into the database, which is the truth
// from then on; without any, the demo village and its people.
func (p *Program) loadVillages(ctx context.Context) error {
	if p.Config.Villages == "" {
		return p.loadDemo(ctx)
	}
	villages, hashes, err := directory.ParseDir(p.Config.Villages)
	if err != nil {
		return err
	}
	for _, v := range villages {
		if err := p.importVillage(ctx, v, hashes[v.ID]); err != nil {
			return err
		}
	}
	return nil
}

func (p *Program) loadDemo(ctx context.Context) error {
	p.Demo = true
	v := directory.Demo()
	_, err := p.Store.Village(ctx, v.ID)
	fresh := err != nil
	_, hash := directory.DemoFile()
	if err := p.importVillage(ctx, v, hash); err != nil || !fresh {
		return err
	}
	return p.Store.SaveResidents(ctx, v.ID, directory.DemoResidents())
}

func (p *Program) importVillage(ctx context.Context, v *directory.Village, hash string) error {
	outcome, err := p.Store.ImportVillage(ctx, v, hash)
	if err != nil {
		return fmt.Errorf("village %s: %w", v.ID, err)
	}
	switch outcome {
	case "kept":
		p.Options.Log.Warn("the village file changed, but the console changed the village since: the console's settings are kept", "village", v.ID)
	case "new", "updated":
		p.Options.Log.Info("village "+outcome, "village", v.ID)
	}
	kept, err := p.Store.Village(ctx, v.ID) // its staff may have come from elsewhere since
	if err != nil {
		return err
	}
	logDoubts(p.Options.Log, kept)
	return nil
}

// apiToken is the configured token of the administrator, or one made once and
// kept in the data folder.
func apiToken(cfg Config) (string, error) {
	if cfg.APIToken != "" {
		return cfg.APIToken, nil
	}
	file := filepath.Join(cfg.Data, "api_token")
	b, err := os.ReadFile(file)
	if err == nil && strings.TrimSpace(string(b)) != "" {
		return strings.TrimSpace(string(b)), nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	token := rand.Text()
	if err := os.MkdirAll(cfg.Data, 0o700); err != nil {
		return "", err
	}
	return token, os.WriteFile(file, []byte(token+"\n"), 0o600)
}
