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

// demoMark is a file in the data folder that says: this is the demo's. Real
// villages and the demo never share a database.
const demoMark = "demo"

// loadVillages brings the village files into the database, which is the truth
// from then on; without any, the demo village and its people, unless the
// database already has villages of its own.
func (p *Program) loadVillages(ctx context.Context) error {
	mark := filepath.Join(p.Config.Data, demoMark)
	_, err := os.Stat(mark)
	demo := err == nil
	if p.Config.Villages == "" {
		there, err := p.Store.Villages(ctx)
		if err != nil || len(there) > 0 && !demo {
			return err
		}
		if err := p.loadDemo(ctx); err != nil {
			return err
		}
		return keep(mark, "The demo village is kept here. Delete this folder to start afresh.\n")
	}
	if demo {
		return usage{fmt.Errorf("SANSHI_VILLAGES: %s holds the demo village: set SANSHI_DATA (--data) to another folder, or delete it", p.Config.Data)}
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

// tokenFile is where a token made by the program is kept, in the data folder.
const tokenFile = "api_token"

// apiToken is the configured token of the administrator, or one made once and
// kept in the data folder.
func apiToken(cfg Config) (string, error) {
	if cfg.APIToken != "" {
		return cfg.APIToken, nil
	}
	file := filepath.Join(cfg.Data, tokenFile)
	b, err := os.ReadFile(file)
	if err == nil && strings.TrimSpace(string(b)) != "" {
		return strings.TrimSpace(string(b)), nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	token := rand.Text()
	return token, keep(file, token+"\n")
}

// keep writes a small file that only the owner may read.
func keep(file, text string) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	return os.WriteFile(file, []byte(text), 0o600)
}
