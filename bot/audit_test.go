package main

import (
	"bytes"
	"database/sql"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sanshi/internal/catalog"
	"sanshi/internal/desk"
	"sanshi/internal/matter"
	"sanshi/internal/store"
)

// TestAuditVerify: what is whole is said to be whole, beside the running service;
// what was changed behind its back is named.
func TestAuditVerify(t *testing.T) {
	dir := t.TempDir()
	s, err := store.Open(t.Context(), store.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	m := matter.Matter{Village: "v", ID: "m1", Number: "0427-0", Kind: catalog.VillageRun, Code: "V1", State: matter.Sorting,
		Text: "村口路灯坏了", RaisedAt: time.Now(), Version: 1}
	e := matter.Event{Village: "v", Matter: "m1", Seq: 1, Kind: matter.Raise, By: "resident", Via: "sms", At: m.RaisedAt,
		To: m.State, Words: &matter.Words{Text: m.Text}}
	if err := s.Commit(t.Context(), desk.Change{Village: "v", Matters: []matter.Matter{m}, Events: []matter.Event{e}}); err != nil {
		t.Fatal(err)
	}
	seal, err := s.Seal(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := runAuditVerify(t.Context(), "", dir, "", seal.Short(), &out); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "1 events, 1 seals") || !strings.Contains(out.String(), "Proved up to seal 1") {
		t.Errorf("it says: %s", out.String())
	}
	if err := runAuditVerify(t.Context(), "", dir, "nowhere", "", &out); err == nil || !strings.Contains(err.Error(), "no village") {
		t.Errorf("a village that is not there: %v", err)
	}
	db, err := sql.Open("sqlite", filepath.Join(dir, "sanshi.db")+"?_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(`UPDATE event SET body = REPLACE(body, 'sorting', 'closed')`); err != nil {
		t.Fatal(err)
	}
	err = runAuditVerify(t.Context(), "", dir, "", "", &out)
	if err == nil || !strings.Contains(err.Error(), "0427-0") || !strings.Contains(err.Error(), "event 1") {
		t.Errorf("a change is reported as: %v", err)
	}
}
