package store

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"sanshi/internal/desk"
)

// A migration that was left out is told of, and never taken for done.
func TestMigrationLeftOut(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(t.Context(), Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.do(t.Context(), func(x *tx) error {
		_, err := x.exec(`DELETE FROM goose_db_version WHERE version_id = 9`)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), Options{Dir: dir}); err == nil || !strings.Contains(err.Error(), "brought up to date") {
		t.Errorf("a database without migration 9: %v", err)
	}
}

func TestFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "数据 %20?#", "data")
	s, err := Open(t.Context(), Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the folder is open to others: %v %v", info.Mode(), err)
	}
	if _, err := os.Stat(filepath.Join(dir, "sanshi.db")); err != nil {
		t.Errorf("the database is elsewhere: %v", err)
	}
	if _, err := Open(t.Context(), Options{Dir: dir}); err == nil || !strings.Contains(err.Error(), "in use by another process") {
		t.Errorf("a second process: %v", err)
	}
	beside, err := Open(t.Context(), Options{Dir: dir, ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := beside.Verify(t.Context(), "", ""); err != nil {
		t.Errorf("looking at it beside the service: %v", err)
	}
	if _, err := beside.Take(t.Context(), text(1, 1)); err == nil {
		t.Error("who only looks could write")
	}
	if err := beside.Close(); err != nil {
		t.Error(err)
	}
	if err := s.do(t.Context(), func(x *tx) error {
		_, err := x.exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (999, 1)`)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), Options{Dir: dir}); err == nil || !strings.Contains(err.Error(), "newer program") {
		t.Errorf("a database of a newer program: %v", err)
	}
	if _, err := Open(t.Context(), Options{Dir: filepath.Join(dir, "none"), ReadOnly: true}); err == nil {
		t.Error("looking at what is not there")
	}
	if _, err := Open(t.Context(), Options{URL: "mysql://x"}); err == nil || !strings.Contains(err.Error(), "postgres://") {
		t.Errorf("a foreign URL: %v", err)
	}
}

// TestSettings: what protects the data is switched on, on every connection that
// writes.
func TestSettings(t *testing.T) {
	s := openSQLite(t)
	for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "secure_delete": "1",
		"journal_size_limit": "67108864", "busy_timeout": "5000"} {
		err := s.do(t.Context(), func(x *tx) error {
			var got string
			if err := x.one(`PRAGMA `+pragma, nil, &got); err != nil || got != want {
				t.Errorf("%s is %q, not %q (%v)", pragma, got, want, err)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
	var got string
	if err := s.read.QueryRow(`PRAGMA query_only`).Scan(&got); err != nil || got != "1" {
		t.Errorf("readers may write: %q %v", got, err)
	}
}

// TestErasedFromTheFile: after an erasure the words are not in the files either,
// neither on a freed page nor in the log.
func TestErasedFromTheFile(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(t.Context(), Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	const words = "后门的锁坏了好几天了谁来看看"
	for i := range 50 {
		in := text(i, 0)
		in.Text = words + strings.Repeat("。", i*20)
		if _, err := s.Take(t.Context(), in); err != nil {
			t.Fatal(err)
		}
	}
	if !inFiles(t, dir, words) {
		t.Fatal("the words are not in the files before: the test cannot fail")
	}
	if err := s.Commit(t.Context(), desk.Change{Village: "v", Erase: "sms:+8613800000001"}); err != nil {
		t.Fatal(err)
	}
	if inFiles(t, dir, words) || inFiles(t, dir, "13800000001") {
		t.Error("what was erased is still in the files")
	}
}

func inFiles(t *testing.T, dir, words string) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) == 0 {
		t.Fatal(err)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil && !errors.Is(err, syscall.ENOENT) {
			t.Fatal(err)
		}
		if bytes.Contains(b, []byte(words)) {
			return true
		}
	}
	return false
}
