package store

import (
	"context"
	"regexp"
	"strings"
	"testing"
)

// TestPlanNamesEveryIndex: an index that the figures do not know could be passed
// over by SQLite's planner.
func TestPlanNamesEveryIndex(t *testing.T) {
	s := openSQLite(t)
	known := map[string]bool{}
	lines, err := planLines()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range lines {
		known[l[0]+" "+l[1]] = true
	}
	// Few rows, and never met on a text's path.
	for _, small := range []string{"meta", "village", "counter", "link", "session"} {
		known[small+" sqlite_autoindex_"+small+"_1"] = true
	}
	err = s.list(context.Background(), func(r scanner) error {
		var table, index string
		if err := r.Scan(&table, &index); err != nil {
			return err
		}
		if strings.HasPrefix(index, "sqlite_autoindex_") && known[table+" "+table] { // WITHOUT ROWID: the table is the index
			return nil
		}
		if !known[table+" "+index] && !strings.HasPrefix(table, "goose") {
			t.Errorf("migrate/sqlite_plan.txt says nothing of index %s of table %s", index, table)
		}
		delete(known, table+" "+index)
		return nil
	}, `SELECT tbl_name, name FROM sqlite_schema WHERE type = 'index'`)
	if err != nil {
		t.Fatal(err)
	}
	for left := range known {
		if table, index, _ := strings.Cut(left, " "); table != index {
			t.Errorf("migrate/sqlite_plan.txt speaks of an index that is not there: %s", left)
		}
	}
}

// TestPlansOfThePath: what every text asks is answered from an index that knows
// more than the village.
func TestPlansOfThePath(t *testing.T) {
	s := openSQLite(t)
	walk := regexp.MustCompile(`SCAN (m|inbound|outbox|o|b|party|content|event)\b|USING (PRIMARY KEY|INDEX \w+) \(village=\?\)`)
	for name, q := range map[string]string{
		"matters of hers": `SELECT ` + matterColumns + ` FROM ` + matterTables + `
			WHERE m.village = $1 AND m.id IN (SELECT matter FROM party WHERE village = $1 AND address = $2)
			AND (m.open OR m.ended_at > $3) ORDER BY m.raised_at DESC, m.id DESC LIMIT 50`,
		"one matter": `SELECT ` + matterColumns + ` FROM ` + matterTables + `
			WHERE m.village = $1 AND (m.id = $2 OR (m.number = $2 AND m.number <> '')) LIMIT 1`,
		"next":      `SELECT ` + inboundColumns + ` FROM inbound WHERE village = $1 AND address = $2 AND handled_at IS NULL ORDER BY seq LIMIT 1`,
		"supersede": supersede,
		"recall":    recall,
		"restore":   restore,
		"senders":   senders,
		"claim":     claimable,
		"talk":      `SELECT ` + outLine + ` FROM outbox o WHERE o.village = $1 AND o.address = $2 ORDER BY o.n DESC LIMIT 500`,
		"about":     `SELECT ` + outLine + ` FROM outbox o WHERE o.village = $1 AND o.matter <> '' AND o.matter IN ($2, $3)`,
	} {
		err := s.listOnce(context.Background(), func(r scanner) error {
			var a, b, c int
			var step string
			err := r.Scan(&a, &b, &c, &step)
			if walk.MatchString(step) || name == "claim" && strings.Contains(step, "TEMP B-TREE") {
				t.Errorf("%s: %s", name, step)
			}
			return err
		}, `EXPLAIN QUERY PLAN `+q, "a", "b", 3, "d", 5)
		if err != nil {
			t.Error(name, err)
		}
	}
}

func openSQLite(t *testing.T) *Store {
	t.Helper()
	s, err := Open(t.Context(), Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}
