package store_test

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"sanshi/internal/channel"
	"sanshi/internal/desk"
	"sanshi/internal/directory"
	"sanshi/internal/message"
	"sanshi/internal/store"
	"sanshi/internal/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

func TestSQLite(t *testing.T)   { storetest.Run(t, onSQLite) }
func TestPostgres(t *testing.T) { storetest.Run(t, onPostgres) }

func TestClerkSQLite(t *testing.T)   { storetest.Clerk(t, onSQLite) }
func TestClerkPostgres(t *testing.T) { storetest.Clerk(t, onPostgres) }

func onSQLite(t testing.TB) storetest.Place {
	dir := t.TempDir()
	return storetest.Place{Options: store.Options{Dir: dir},
		SQL: raw(t, "sqlite", filepath.Join(dir, "sanshi.db")+"?_pragma=busy_timeout(5000)")}
}

func onPostgres(t testing.TB) storetest.Place {
	url := storetest.Postgres(t)
	return storetest.Place{Options: store.Options{URL: url}, SQL: raw(t, "pgx", url)}
}

// raw is a way to the database around the store.
func raw(t testing.TB, driver, name string) *sql.DB {
	db, err := sql.Open(driver, name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// TestPostgresLost: the server drops all connections. A text that stood between
// is refused or kept, never half; the next ones find a new connection.
func TestPostgresLost(t *testing.T) {
	url := storetest.Postgres(t)
	s, err := store.Open(t.Context(), store.Options{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	db, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for i := range 5 {
		in := message.Inbound{Village: "v", Channel: "sms", ExternalID: fmt.Sprint(i), From: "sms:+8613800000001"}
		if _, err := s.Take(t.Context(), in); err != nil {
			t.Fatalf("text %d on a server that is there: %v", i, err)
		}
		if _, err := db.Exec(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
			WHERE datname = current_database() AND pid <> pg_backend_pid()`); err != nil {
			t.Fatal(err)
		}
	}
	var n int
	if err := db.QueryRow(`SELECT COUNT(*) FROM inbound`).Scan(&n); err != nil || n != 5 {
		t.Fatalf("%d rows (%v)", n, err)
	}
}

// TestTwoNodes: two programs share a Postgres. Each sees the villages that the
// other saved, no text is given out twice for sending, and who was acknowledged
// first is first in order.
func TestTwoNodes(t *testing.T) {
	url := storetest.Postgres(t)
	var nodes []*store.Store
	for range 2 {
		s, err := store.Open(t.Context(), store.Options{URL: url})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		nodes = append(nodes, s)
	}
	v := &directory.Village{ID: "v", Name: "向阳村", Location: time.UTC}
	if err := nodes[0].SaveVillage(t.Context(), v, ""); err != nil {
		t.Fatal(err)
	}
	seen := false
	for range 60 {
		if _, err := nodes[1].Village(t.Context(), "v"); err == nil {
			seen = true
			break
		}
		time.Sleep(50 * time.Millisecond) // another program: its clock is not ours to set
	}
	if !seen {
		t.Error("a village saved by one node is not seen by the other")
	}
	var all sync.WaitGroup
	for w := range 8 {
		all.Go(func() {
			from := message.Address(fmt.Sprintf("sms:+861380000000%d", w))
			for i := range 20 {
				in := message.Inbound{Village: "v", Channel: "sms", ExternalID: fmt.Sprint(w, "-", i), From: from, Text: fmt.Sprint(i)}
				for _, node := range []int{i % 2, (i + 1) % 2} { // each is delivered to both
					if _, err := nodes[node].Take(t.Context(), in); err != nil {
						t.Errorf("%v", err)
						return
					}
				}
			}
			for i := range 20 {
				in, ok, err := nodes[i%2].Next(t.Context(), message.Lane{Village: "v", Address: from})
				if err != nil || !ok || in.Text != fmt.Sprint(i) {
					t.Errorf("text %d of %s is %q (%v)", i, from, in.Text, err)
					return
				}
				if err := nodes[(i+1)%2].Commit(t.Context(), desk.Change{Village: "v", Inbound: &in,
					Outbox: []message.Outbound{{ID: in.ID + "-o", To: from, Channel: "sms", Text: "好"}}}); err != nil {
					t.Errorf("%v", err)
				}
			}
		})
	}
	all.Wait()
	claimed := claimAll(t, nodes)
	if len(claimed) != 160 {
		t.Errorf("%d of 160 replies were claimed", len(claimed))
	}
	for id, n := range claimed {
		if n != 1 {
			t.Errorf("%s was claimed %d times", id, n)
		}
	}
	if st, err := nodes[1].Stats(t.Context(), "v"); err != nil || st.Inbound != 160 || st.Handled != 160 {
		t.Errorf("%+v %v", st, err)
	}
}

// claimAll lets senders of both nodes work until nothing is left.
func claimAll(t *testing.T, nodes []*store.Store) map[string]int {
	t.Helper()
	var mu sync.Mutex
	claimed := map[string]int{}
	deadline := time.Now().Add(30 * time.Second)
	var all sync.WaitGroup
	for w := range 6 {
		s := nodes[w%2]
		all.Go(func() {
			for {
				got, err := s.Claim(t.Context(), "sms", time.Now(), 5)
				if err != nil {
					t.Errorf("%v", err)
					return
				}
				for _, c := range got {
					mu.Lock()
					claimed[c.ID]++
					mu.Unlock()
					if err := s.Report(t.Context(), channel.Report{Village: "v", ID: c.ID, Status: message.Accepted}, time.Now()); err != nil {
						t.Errorf("%v", err)
					}
				}
				mu.Lock()
				done := len(claimed) == 160
				mu.Unlock()
				if done || t.Failed() || time.Now().After(deadline) {
					return
				}
			}
		})
	}
	all.Wait()
	return claimed
}

// TestManyStart: several nodes start on an empty database at once; one migrates it.
func TestManyStart(t *testing.T) {
	url := storetest.Postgres(t)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			s, err := store.Open(t.Context(), store.Options{URL: url})
			if err != nil {
				t.Errorf("%v", err)
				return
			}
			if err := s.Ping(t.Context()); err != nil {
				t.Error(err)
			}
			_ = s.Close()
		})
	}
	all.Wait()
}
