package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"sanshi/internal/channel"
	"sanshi/internal/desk"
	"sanshi/internal/message"
)

// held stops the committer until let go, so that a test decides what shares a group.
func held(t *testing.T, s *Store) (letGo func()) {
	t.Helper()
	in, out := make(chan struct{}), make(chan struct{})
	go func() {
		_ = s.do(context.Background(), func(*tx) error { close(in); <-out; return nil })
	}()
	<-in
	return func() { close(out) }
}

// queue waits until so many texts stand before the committer.
func queue(t *testing.T, s *Store, n int) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); len(s.takes) != n; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d texts wait, not %d", len(s.takes), n)
		}
	}
}

func text(i int, size int) message.Inbound {
	return message.Inbound{Village: "v", Channel: "sms", ExternalID: fmt.Sprint("SM", i), From: "sms:+8613800000001",
		Text: strings.Repeat("x", size)}
}

func rows(t *testing.T, s *Store) (n int) {
	t.Helper()
	if err := s.one(t.Context(), `SELECT COUNT(*) FROM inbound`, nil, &n); err != nil {
		t.Fatal(err)
	}
	return n
}

// TestOneOf32GoesAway: its context ends while it waits in the group; the others
// are kept and told so.
func TestOneOf32GoesAway(t *testing.T) {
	s := openSQLite(t)
	letGo := held(t, s)
	ctx, cancel := context.WithCancel(t.Context())
	var all sync.WaitGroup
	left := make(chan error, 1)
	for i := range 32 {
		all.Go(func() {
			if i == 16 {
				_, err := s.Take(ctx, text(i, 10))
				left <- err
				return
			}
			if got, err := s.Take(t.Context(), text(i, 10)); err != nil || got.ID == "" {
				t.Errorf("caller %d: %v", i, err)
			}
		})
	}
	queue(t, s, 32)
	cancel()
	if err := <-left; !errors.Is(err, context.Canceled) || !errors.Is(err, channel.ErrUnavailable) {
		t.Errorf("who went away got %v", err)
	}
	letGo()
	all.Wait()
	if n := rows(t, s); n != 32 { // it was handed over already: the provider's second delivery will find it
		t.Errorf("%d rows", n)
	}
}

// TestDiskFullAtThe17th: 32 texts share a group and the disk is full at the 17th:
// nobody is acknowledged, nothing is kept, the log names the cause once, and with
// room again the same texts are kept.
func TestDiskFullAtThe17th(t *testing.T) {
	var log bytes.Buffer
	s, err := Open(t.Context(), Options{Dir: t.TempDir(), Log: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	const size = 100_000
	err = s.do(t.Context(), func(x *tx) error {
		var pages int
		if err := x.one(`PRAGMA page_count`, nil, &pages); err != nil {
			return err
		}
		_, err := x.exec(fmt.Sprintf(`PRAGMA max_page_count = %d`, pages+16*size/4096+16))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if errs := crowd(t, s, 32, size); errs != 32 {
		t.Errorf("%d of 32 were told that nothing was kept", errs)
	}
	if n := rows(t, s); n != 0 {
		t.Errorf("%d rows were half kept", n)
	}
	if n := strings.Count(log.String(), "rolled back"); n != 1 || !strings.Contains(log.String(), "full") {
		t.Errorf("the log has %d lines: %s", n, log.String())
	}
	// The limit went with the connection that failed: there is room again.
	if errs := crowd(t, s, 32, size); errs != 0 {
		t.Errorf("%d of 32 failed with room again", errs)
	}
	if n := rows(t, s); n != 32 {
		t.Errorf("%d rows", n)
	}
	if st, err := s.Stats(t.Context(), "v"); err != nil || st.Inbound != 32 {
		t.Errorf("counted %d (%v)", st.Inbound, err)
	}
}

// crowd takes n texts in one group and counts who heard of a failure.
func crowd(t *testing.T, s *Store, n, size int) (errs int) {
	t.Helper()
	letGo := held(t, s)
	var mu sync.Mutex
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			_, err := s.Take(t.Context(), text(i, size))
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				errs++
			}
			if err != nil && !errors.Is(err, channel.ErrUnavailable) {
				t.Errorf("text %d: %v", i, err)
			}
		})
	}
	queue(t, s, n)
	letGo()
	all.Wait()
	return errs
}

// TestLocked: another program holds the database; the text is refused with the
// cause, and kept when it is free again.
func TestLocked(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(t.Context(), Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.do(t.Context(), func(x *tx) error { _, err := x.exec(`PRAGMA busy_timeout = 20`); return err }); err != nil {
		t.Fatal(err)
	}
	other, err := s.write.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if _, err := other.ExecContext(t.Context(), `BEGIN IMMEDIATE`); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Take(t.Context(), text(1, 10)); !errors.Is(err, channel.ErrUnavailable) || !strings.Contains(err.Error(), "locked") {
		t.Errorf("got %v", err)
	}
	if _, err := other.ExecContext(t.Context(), `ROLLBACK`); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Take(t.Context(), text(1, 10)); err != nil || got.Duplicate {
		t.Errorf("%+v %v", got, err)
	}
}

// TestOneBugIsAlone: a change that panics, and one whose data are refused, fail
// alone; what shares their group is kept, and counted.
func TestOneBugIsAlone(t *testing.T) {
	s := openSQLite(t)
	letGo := held(t, s)
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			if _, err := s.Take(t.Context(), text(i, 10)); err != nil {
				t.Errorf("text %d: %v", i, err)
			}
		})
		all.Go(func() {
			err := s.submit(t.Context(), &work{village: "v", rows: 1, do: func(x *tx) error {
				x.of("v").queued++
				if _, err := x.exec(`INSERT INTO meta (name, value) VALUES ($1, $2)`, fmt.Sprint("m", i), i); err != nil {
					return err
				}
				switch i % 4 {
				case 0:
					panic("a bug")
				case 1:
					_, err := x.exec(`INSERT INTO meta (name, value) VALUES ('villages', 1)`)
					return err
				case 2:
					return desk.ErrStale
				}
				return nil
			}})
			if (err == nil) != (i%4 == 3) || i%4 == 2 && !errors.Is(err, desk.ErrStale) || errors.Is(err, channel.ErrUnavailable) {
				t.Errorf("change %d: %v", i, err)
			}
		})
	}
	queue(t, s, 8)
	letGo()
	all.Wait()
	var kept int
	if err := s.one(t.Context(), `SELECT COUNT(*) FROM meta WHERE name LIKE 'm_'`, nil, &kept); err != nil || kept != 2 {
		t.Errorf("%d of the good changes are kept (%v)", kept, err)
	}
	if st, err := s.Stats(t.Context(), "v"); err != nil || st.Inbound != 8 || st.Outbound.Queued != 2 {
		t.Errorf("%+v %v", st, err)
	}
}

// TestNumbersDrawnAndUndone: a number in order that was drawn by a change that
// was undone is never given out twice.
func TestNumbersDrawnAndUndone(t *testing.T) {
	s := openSQLite(t)
	letGo := held(t, s)
	var mu sync.Mutex
	var all sync.WaitGroup
	given := map[int64]int{}
	for i := range 12 {
		all.Go(func() {
			_ = s.do(t.Context(), func(x *tx) error {
				n, err := x.seq("v", 2)
				if err != nil || i%2 == 0 {
					return errors.Join(err, desk.ErrStale)
				}
				mu.Lock()
				defer mu.Unlock()
				given[n]++
				given[n+1]++
				return nil
			})
		})
	}
	letGo()
	all.Wait()
	for n, times := range given {
		if times != 1 {
			t.Errorf("number %d was given out %d times", n, times)
		}
	}
	if len(given) != 12 {
		t.Errorf("%d numbers were given out", len(given))
	}
}

// TestCloseFinishes: what was accepted before Close is committed by it.
func TestCloseFinishes(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(t.Context(), Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	letGo := held(t, s)
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			if _, err := s.Take(t.Context(), text(i, 10)); err != nil {
				t.Errorf("text %d: %v", i, err)
			}
		})
	}
	queue(t, s, 20)
	closed := make(chan error)
	go func() { closed <- s.Close() }()
	letGo()
	all.Wait()
	if err := <-closed; err != nil {
		t.Fatal(err)
	}
	if s, err = Open(t.Context(), Options{Dir: dir}); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if n := rows(t, s); n != 20 {
		t.Errorf("%d rows", n)
	}
}
