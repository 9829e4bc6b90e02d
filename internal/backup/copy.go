package backup

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"sanshi/internal/store"
)

// Copy copies all tables from one database into another, which must be blank or
// hold what an earlier Copy from the same one left. Stopped in the middle, it
// goes on behind the last table that was whole. It gives the sums of what
// both hold in the end, or an error that names the table in which they differ.
// Nobody else may write to either meanwhile.
func Copy(ctx context.Context, from, into *store.Store, told Progress) (sums []Sum, err error) {
	sn, err := from.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, sn.Close()) }()
	tables, err := sn.Tables(ctx)
	if err != nil {
		return nil, err
	}
	for _, t := range tables {
		sum, err := copyTable(ctx, sn, into, t, told)
		if err != nil {
			return nil, fmt.Errorf("table %s: %w", t.Name, err)
		}
		sums = append(sums, sum)
	}
	return sums, Compare(ctx, into, sums)
}

// copyTable copies a table that is not there whole yet.
func copyTable(ctx context.Context, sn *store.Snapshot, into *store.Store, t store.Table, told Progress) (Sum, error) {
	mark := "copy:" + t.Name
	done, err := into.Marked(ctx, mark)
	if err != nil {
		return Sum{}, err
	}
	var s summing
	var rows []store.Row
	flush := func() error {
		if done == 0 && len(rows) > 0 {
			if err := into.Load(ctx, t, rows); err != nil {
				return err
			}
		}
		rows = rows[:0]
		if told != nil {
			told(t.Name, s.rows)
		}
		return nil
	}
	err = sn.Rows(ctx, t, nil, func(r store.Row) error {
		if ours(t, r) {
			return nil
		}
		b, err := json.Marshal(r)
		if err != nil {
			return err
		}
		s.add(b)
		if rows = append(rows, r); len(rows) == batch {
			return flush()
		}
		return nil
	})
	if err == nil {
		err = flush()
	}
	if err == nil && done == 0 {
		err = into.Mark(ctx, mark, 1)
	}
	return s.sum(t.Name), err
}

// Compare adds up what a database holds and holds it against the sums of a backup
// or a copy.
func Compare(ctx context.Context, s *store.Store, want []Sum) (err error) {
	sn, err := s.Snapshot(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, sn.Close()) }()
	tables, err := sn.Tables(ctx)
	if err != nil {
		return err
	}
	have := map[string]Sum{}
	for _, t := range tables {
		var sum summing
		err := sn.Rows(ctx, t, nil, func(r store.Row) error {
			if ours(t, r) {
				return nil
			}
			b, err := json.Marshal(r)
			sum.add(b)
			return err
		})
		if err != nil {
			return err
		}
		have[t.Name] = sum.sum(t.Name)
	}
	for _, w := range want {
		if h := have[w.Table]; h != w {
			return fmt.Errorf("table %s holds %d rows where %d were copied, or others: empty the database and copy again", w.Table, h.Rows, w.Rows)
		}
	}
	return nil
}
