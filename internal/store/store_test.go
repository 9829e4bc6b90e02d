package store_test

import (
	"database/sql"
	"os"
	"path/filepath"
	"testing"

	"sanshi/internal/store"
	"sanshi/internal/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

func TestSQLite(t *testing.T) {
	storetest.Run(t, func(t testing.TB) storetest.Place {
		dir := t.TempDir()
		db, err := sql.Open("sqlite", filepath.Join(dir, "sanshi.db")+"?_pragma=busy_timeout(5000)")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		return storetest.Place{Options: store.Options{Dir: dir}, SQL: db}
	})
}

func TestPostgres(t *testing.T) {
	storetest.Run(t, func(t testing.TB) storetest.Place {
		url := storetest.Postgres(t)
		db, err := sql.Open("pgx", url)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		return storetest.Place{Options: store.Options{URL: url}, SQL: db}
	})
}
