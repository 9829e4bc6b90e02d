package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"sanshi/internal/directory"
	"sanshi/internal/message"
	"sanshi/internal/store"
)

// runImport adds residents or staff from a CSV file to a village, or changes those
// it names; an empty cell leaves what is known. Bad rows are listed on out, and
// then nothing at all is written, unless skipBad.
func runImport(ctx context.Context, cfg Config, what, file, village string, skipBad bool, out io.Writer) (err error) {
	s, err := store.Open(ctx, store.Options{URL: cfg.DatabaseURL, Dir: cfg.Data})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	v, err := villageToFill(ctx, cfg, s, village)
	if err != nil {
		return err
	}
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	i := importing{store: s, village: v, file: filepath.Base(file), skipBad: skipBad, out: out}
	switch what {
	case "residents":
		return i.residents(ctx, f)
	case "staff":
		return i.staff(ctx, f)
	}
	return usage{fmt.Errorf("%q cannot be imported: write residents or staff", what)}
}

// Help is what --help says below the flags.
func (importCmd) Help() string {
	return "The first line of the file names the columns, in any order, in English or Chinese. " +
		"Of residents: phone 电话 (needed), name 姓名, area 网格, place 住址, language 语言 (zh-Hans, zh-Hant, en), " +
		"contact 联系 (quiet: never text her unasked). " +
		"Of staff: id 编号, name 姓名, role 角色 (志愿者 网格长 调解员 书记 村委 镇干部 监督员 管理员), phone 电话, slack, " +
		"areas 网格 (a semicolon between two), department 部门. " +
		"Save it as UTF-8. With SQLite stop the service first."
}

// villageToFill finds the village by its id, or the only one. Into a new database
// the villages come first, as at the first start.
func villageToFill(ctx context.Context, cfg Config, s *store.Store, id string) (*directory.Village, error) {
	all, err := s.Villages(ctx)
	if err == nil && len(all) == 0 {
		first := &Program{Config: cfg, Options: Options{Log: slog.New(slog.DiscardHandler)}.orDefaults(), Store: s}
		if err = first.loadVillages(ctx); err == nil {
			all, err = s.Villages(ctx)
		}
	}
	if err != nil {
		return nil, err
	}
	return chooseVillage(all, id)
}

func chooseVillage(all []*directory.Village, id string) (*directory.Village, error) {
	if id == "" && len(all) == 1 {
		return all[0], nil
	}
	var ids []string
	for _, v := range all {
		if v.ID == id {
			return v, nil
		}
		ids = append(ids, v.ID)
	}
	switch {
	case len(all) == 0:
		return nil, errors.New("the database has no village yet: start the service once")
	case id == "":
		return nil, usage{fmt.Errorf("say which village with --village: %s", strings.Join(ids, ", "))}
	}
	return nil, usage{fmt.Errorf("there is no village %q: there is %s", id, strings.Join(ids, ", "))}
}

// importing is one run of import.
type importing struct {
	store   *store.Store
	village *directory.Village
	file    string
	skipBad bool
	out     io.Writer
}

func (i importing) residents(ctx context.Context, r io.Reader) error {
	rows, bad := directory.ReadResidents(r, i.village)
	if err := i.report(bad, len(rows)); err != nil {
		return err
	}
	known, err := i.store.Residents(ctx, i.village.ID)
	if err != nil {
		return err
	}
	byAddress := make(map[message.Address]directory.Resident, len(known))
	for _, k := range known {
		byAddress[k.Address] = k
	}
	added := 0
	for n, row := range rows {
		k, found := byAddress[row.Address]
		if !found {
			added++
			continue
		}
		fill(&rows[n].Name, k.Name)
		fill(&rows[n].Area, k.Area)
		fill(&rows[n].Place, k.Place)
		fill(&rows[n].Contact, k.Contact)
	}
	if err := i.store.SaveResidents(ctx, i.village.ID, rows); err != nil {
		return err
	}
	return i.done("residents", added, len(rows)-added)
}

func (i importing) staff(ctx context.Context, r io.Reader) error {
	rows, bad := directory.ReadStaff(r, i.village)
	if err := i.report(bad, len(rows)); err != nil {
		return err
	}
	added := 0
	for n, row := range rows {
		k, known := i.village.Member(row.ID)
		if !known {
			added++
			continue
		}
		fill(&rows[n].Phone, k.Phone)
		fill(&rows[n].Slack, k.Slack)
		fill(&rows[n].Department, k.Department)
		if len(row.Areas) == 0 {
			rows[n].Areas = k.Areas
		}
		rows[n].Away = k.Away
	}
	if err := i.store.SaveStaff(ctx, i.village.ID, rows); err != nil {
		return err
	}
	return i.done("staff", added, len(rows)-added)
}

func fill(s *string, known string) {
	if *s == "" {
		*s = known
	}
}

// report lists the bad rows; an error means that nothing may be written.
func (i importing) report(bad []directory.RowError, good int) error {
	for _, b := range bad {
		if _, err := fmt.Fprintf(i.out, "%s %v\n", i.file, b); err != nil {
			return err
		}
	}
	switch {
	case good == 0:
		return fmt.Errorf("nothing was written: %s has no row that can be read", i.file)
	case len(bad) > 0 && !i.skipBad:
		return fmt.Errorf("nothing was written: correct the bad rows (%d) of %s, or leave them out with --skip-bad", len(bad), i.file)
	}
	return nil
}

func (i importing) done(what string, added, changed int) error {
	_, err := fmt.Fprintf(i.out, "%s: %d %s added, %d changed\n", i.village.ID, added, what, changed)
	return err
}
