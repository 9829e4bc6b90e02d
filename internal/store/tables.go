package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Table is one table as the database itself describes it, so that a copy leaves
// nothing out that a later migration adds.
type Table struct {
	Name    string   `json:"name"`
	Columns []Column `json:"columns"`
	Key     []string `json:"key"`
}

// Column is a column and its type: TEXT, BIGINT, BOOLEAN or BYTEA.
type Column struct {
	Name string `json:"name"`
	Type string `json:"type"`
}

// Row holds a value for each column: string, int64, bool, []byte, or nil.
type Row []any

// passing tables are not copied: which migrations ran, and who is signed in.
var passingTables = []string{"goose_db_version", "session", "link"}

// Snapshot is the database as it was at one moment, however long it is read.
type Snapshot struct {
	s    *Store
	conn *sql.Conn
}

// Snapshot begins to read. It must be closed: on SQLite the log grows meanwhile.
func (s *Store) Snapshot(ctx context.Context) (*Snapshot, error) {
	conn, err := s.read.Conn(ctx)
	if err != nil {
		return nil, away(err)
	}
	begin := `BEGIN DEFERRED`
	if s.db.postgres {
		begin = `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY`
	}
	sn := &Snapshot{s: s, conn: conn}
	var n int64
	if _, err = conn.ExecContext(ctx, begin); err == nil {
		err = conn.QueryRowContext(ctx, `SELECT COUNT(*) FROM meta`).Scan(&n) // the first read fixes the moment
	}
	if err != nil {
		return nil, errors.Join(away(err), sn.Close())
	}
	return sn, nil
}

// Close ends the reading.
func (sn *Snapshot) Close() error {
	_, err := sn.conn.ExecContext(context.Background(), `ROLLBACK`)
	return errors.Join(err, sn.conn.Close())
}

// Tables lists all tables whose rows are worth keeping, by name.
func (sn *Snapshot) Tables(ctx context.Context) (all []Table, err error) {
	q := `SELECT m.name, c.name, c.type, c.pk FROM sqlite_schema m, pragma_table_info(m.name) c
		WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' ORDER BY m.name, c.cid`
	if sn.s.db.postgres {
		q = `SELECT c.table_name, c.column_name, UPPER(c.data_type), COALESCE(array_position(i.indkey::int[], a.attnum::int) + 1, 0)
			FROM information_schema.columns c
			JOIN pg_attribute a ON a.attrelid = c.table_name::regclass AND a.attname = c.column_name
			LEFT JOIN pg_index i ON i.indrelid = a.attrelid AND i.indisprimary
			WHERE c.table_schema = current_schema() ORDER BY c.table_name, c.ordinal_position`
	}
	rows, err := sn.conn.QueryContext(ctx, q)
	keys := map[string]map[int]string{}
	err = drain(rows, err, func(r scanner) error {
		var table string
		var c Column
		var key int
		if err := r.Scan(&table, &c.Name, &c.Type, &key); err != nil {
			return err
		}
		if slices.Contains(passingTables, table) {
			return nil
		}
		if len(all) == 0 || all[len(all)-1].Name != table {
			all = append(all, Table{Name: table})
			keys[table] = map[int]string{}
		}
		all[len(all)-1].Columns = append(all[len(all)-1].Columns, c)
		if key > 0 {
			keys[table][key] = c.Name
		}
		return nil
	})
	for i := range all {
		for n := 1; keys[all[i].Name][n] != ""; n++ {
			all[i].Key = append(all[i].Key, keys[all[i].Name][n])
		}
		if len(all[i].Key) == 0 {
			return nil, fmt.Errorf("store: table %s has no primary key", all[i].Name)
		}
	}
	return all, err
}

// Rows gives the rows of a table to each, in the order of the key's bytes, from
// the first after the one with the given key; nil: all.
func (sn *Snapshot) Rows(ctx context.Context, t Table, after []any, each func(Row) error) error {
	var names, order, place []string
	for _, c := range t.Columns {
		names = append(names, c.Name)
	}
	for i, k := range t.Key {
		if sn.s.db.postgres && t.column(k).Type == "TEXT" {
			k += ` COLLATE "C"` // SQLite's order
		}
		order, place = append(order, k), append(place, fmt.Sprintf("$%d", i+1))
	}
	q := `SELECT ` + strings.Join(names, ", ") + ` FROM ` + t.Name
	if after != nil {
		q += ` WHERE (` + strings.Join(order, ", ") + `) > (` + strings.Join(place, ", ") + `)`
	}
	rows, err := sn.conn.QueryContext(ctx, q+` ORDER BY `+strings.Join(order, ", "), after...)
	return drain(rows, err, func(r scanner) error {
		row, err := t.scan(r)
		if err != nil {
			return err
		}
		return each(row)
	})
}

func (t Table) column(name string) Column {
	for _, c := range t.Columns {
		if c.Name == name {
			return c
		}
	}
	return Column{}
}

// KeyOf is the row's key.
func (t Table) KeyOf(r Row) (key []any) {
	for _, k := range t.Key {
		key = append(key, r[slices.IndexFunc(t.Columns, func(c Column) bool { return c.Name == k })])
	}
	return key
}

func (t Table) scan(r scanner) (Row, error) {
	dest := make([]any, len(t.Columns))
	for i, c := range t.Columns {
		switch c.Type {
		case "TEXT":
			dest[i] = new(sql.Null[string])
		case "BIGINT":
			dest[i] = new(sql.Null[int64])
		case "BOOLEAN":
			dest[i] = new(sql.Null[bool])
		case "BYTEA":
			dest[i] = new([]byte)
		default:
			return nil, fmt.Errorf("store: column %s.%s is of type %q, which no copy knows", t.Name, c.Name, c.Type)
		}
	}
	if err := r.Scan(dest...); err != nil {
		return nil, err
	}
	row := make(Row, len(dest))
	for i, d := range dest {
		switch v := d.(type) {
		case *sql.Null[string]:
			row[i] = orNil(*v)
		case *sql.Null[int64]:
			row[i] = orNil(*v)
		case *sql.Null[bool]:
			row[i] = orNil(*v)
		case *[]byte:
			if row[i] = *v; *v == nil {
				row[i] = []byte{}
			}
		}
	}
	return row, nil
}

func orNil[T any](v sql.Null[T]) any {
	if !v.Valid {
		return nil
	}
	return v.V
}

// Load writes rows over those with the same key, all or none. It is for a
// database that nobody else writes to.
func (s *Store) Load(ctx context.Context, t Table, rows []Row) error {
	q := t.upsert()
	return s.do(ctx, func(x *tx) error {
		for _, r := range rows {
			if err := x.write(q, r...); err != nil {
				return err
			}
		}
		return nil
	})
}

func (t Table) upsert() string {
	var names, place, set []string
	for i, c := range t.Columns {
		names, place = append(names, c.Name), append(place, fmt.Sprintf("$%d", i+1))
		if !slices.Contains(t.Key, c.Name) {
			set = append(set, c.Name+" = excluded."+c.Name)
		}
	}
	q := `INSERT INTO ` + t.Name + ` (` + strings.Join(names, ", ") + `) VALUES (` + strings.Join(place, ", ") +
		`) ON CONFLICT (` + strings.Join(t.Key, ", ") + `) DO `
	if len(set) == 0 {
		return q + `NOTHING`
	}
	return q + `UPDATE SET ` + strings.Join(set, ", ")
}

// Blank reports whether nothing was ever kept here: no text, no matter, no village.
func (s *Store) Blank(ctx context.Context) (bool, error) {
	var n int64
	err := s.one(ctx, `SELECT (SELECT COUNT(*) FROM village) + (SELECT COUNT(*) FROM counter)`, nil, &n)
	return n == 0, err
}

// Mark notes where a long work stands, and Marked reads it; 0: nowhere. A
// database with the mark "unfinished" is not served.
func (s *Store) Mark(ctx context.Context, name string, value int64) error {
	return s.do(ctx, func(x *tx) error {
		return x.write(`INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value`, name, value)
	})
}

// Marked reads a mark.
func (s *Store) Marked(ctx context.Context, name string) (value int64, err error) {
	err = s.one(ctx, `SELECT value FROM meta WHERE name = $1`, []any{name}, &value)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return value, err
}

// HoldBack makes dead letters of the texts that were waiting to be sent when a
// backup was made: they may have been sent since, and nobody is to be told twice.
// A person looks, and sends again what is still worth it.
func (s *Store) HoldBack(ctx context.Context) error {
	return s.do(ctx, func(x *tx) error {
		held := map[string]int64{}
		err := x.list(func(r scanner) error {
			var village string
			var n int64
			err := r.Scan(&village, &n)
			held[village] = n
			return err
		}, `SELECT village, COUNT(*) FROM outbox WHERE pending GROUP BY village`)
		if err != nil {
			return err
		}
		for village, n := range held {
			x.of(village).queued -= n
			x.of(village).failed += n
			if err := x.write(`UPDATE outbox SET status = 'failed', pending = FALSE, dead = TRUE,
				error = 'restored from a backup: it may have been sent since' WHERE village = $1 AND pending`, village); err != nil {
				return err
			}
		}
		return nil
	})
}
