package store_test

import (
	"context"
	"crypto/md5"
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"sanshi/internal/catalog"
	"sanshi/internal/desk"
	"sanshi/internal/dialogue"
	"sanshi/internal/directory"
	"sanshi/internal/matter"
	"sanshi/internal/message"
	"sanshi/internal/store"
	"sanshi/internal/store/storetest"
)

// cpu reports what an operation costs in processor time, which other programs on
// the machine do not blur as they do the wall clock.
func cpu(b *testing.B) (report func()) {
	used := func() time.Duration {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			b.Fatal(err)
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	start := used()
	return func() { b.ReportMetric(float64((used()-start).Microseconds())/float64(b.N), "cpu-µs/op") }
}

const benchVillage = "xiangyang"

// benchStore is a store with one village, on the disk of the machine's temporary folder.
func benchStore(b *testing.B, o store.Options) *store.Store {
	if o.URL == "" {
		o.Dir = b.TempDir()
	}
	s, err := store.Open(b.Context(), o)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = s.Close() })
	v := &directory.Village{ID: benchVillage, Name: "向阳村", Location: time.UTC, SMS: []string{"+12065550100"}}
	if err := s.SaveVillage(b.Context(), v, ""); err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	return s
}

// BenchmarkYardstick is what the disk gives: one synced row a transaction.
func BenchmarkYardstick(b *testing.B) {
	db, err := sql.Open("sqlite", "file:"+filepath.Join(b.TempDir(), "y.db")+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)")
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.Exec(`CREATE TABLE y (id INTEGER PRIMARY KEY, text TEXT)`); err != nil {
		b.Fatal(err)
	}
	defer cpu(b)()
	for b.Loop() {
		if _, err := db.Exec(`INSERT INTO y (text) VALUES ('村口路灯坏了三天了')`); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkTake(b *testing.B) {
	b.Run("SQLite", func(b *testing.B) { benchTake(b, store.Options{}) })
	b.Run("Postgres", func(b *testing.B) { benchTake(b, store.Options{URL: storetest.Postgres(b)}) })
}

// providerID is as random as a provider's: its place in an index is anywhere.
func providerID(i int64) string {
	sum := md5.Sum(binary.BigEndian.AppendUint64(nil, uint64(i)))
	return "SM" + hex.EncodeToString(sum[:])
}

func benchTake(b *testing.B, o store.Options) {
	s := benchStore(b, o)
	var n atomic.Int64
	b.SetParallelism(16) // 32 callers on two cores
	defer cpu(b)()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			i := n.Add(1)
			in := message.Inbound{Village: benchVillage, Channel: "sms", ExternalID: providerID(i), To: "+12065550100",
				From: message.Address(fmt.Sprintf("sms:+86138%08d", rand.N(10000))), Text: "村口路灯坏了三天了，晚上走路看不见"}
			if _, err := s.Take(context.Background(), in); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "texts/s")
}

// BenchmarkAnswer is the store's part of answering a text that opens a matter:
// next, scene, one change.
func BenchmarkAnswer(b *testing.B) {
	b.Run("SQLite", func(b *testing.B) { benchAnswer(b, store.Options{}) })
	b.Run("Postgres", func(b *testing.B) { benchAnswer(b, store.Options{URL: storetest.Postgres(b)}) })
	b.Run("SQLite with a chat", func(b *testing.B) {
		benchAnswer(b, store.Options{Cards: func(matter.Matter, *directory.Village) []string { return []string{"C0APPROVE"} }})
	})
}

func benchAnswer(b *testing.B, o store.Options) {
	s := benchStore(b, o)
	var n atomic.Int64
	b.SetParallelism(8)
	defer cpu(b)()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := answer(b.Context(), s, int(n.Add(1))); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "answers/s")
}

func answer(ctx context.Context, s *store.Store, i int) error {
	lane := message.Lane{Village: benchVillage, Address: message.Address(fmt.Sprintf("sms:+86138%08d", i))}
	id, now := fmt.Sprintf("m%036d", i), time.Now()
	if _, err := s.Take(ctx, message.Inbound{Village: lane.Village, Channel: "sms", ExternalID: id, From: lane.Address, Text: "村口路灯坏了三天了"}); err != nil {
		return err
	}
	in, _, err := s.Next(ctx, lane)
	if err != nil {
		return err
	}
	sc, err := s.Scene(ctx, in)
	if err != nil {
		return err
	}
	if _, err := s.Number(ctx, lane.Village); err != nil {
		return err
	}
	sc.Resident.Name = "老陈头"
	m := matter.Matter{Village: lane.Village, ID: id, Number: id, Kind: catalog.VillageRun, Code: "V1", Urgency: catalog.Normal,
		State: matter.Sorting, Resident: lane.Address, Place: "村口", Summary: "村口路灯坏了", Text: in.Text, RaisedAt: now, DueAt: now, Version: 1}
	e := matter.Event{Village: lane.Village, Matter: id, Seq: 1, Kind: matter.Raise, By: "resident", Via: "sms", At: now, To: m.State,
		Detail: matter.Detail{Kind: m.Kind, Code: m.Code}, Words: &matter.Words{Summary: m.Summary, Text: m.Text, Place: m.Place}}
	out := message.Outbound{ID: "o" + id, To: lane.Address, Channel: "sms", Sender: "+12065550100", Matter: id, CreatedAt: now,
		Text: "【向阳村】已记下（0427-0）：村口路灯坏了。李书记看过就派人。说错了回0找人。"}
	return s.Commit(ctx, desk.Change{Village: lane.Village, Inbound: &in, Result: "matter", About: []string{id},
		Resident: &sc.Resident, Dialogue: &dialogue.State{Address: lane.Address, Topic: id, TopicAt: now},
		Matters: []matter.Matter{m}, Events: []matter.Event{e}, Outbox: []message.Outbound{out}})
}

// BenchmarkScene reads the scene of somebody with three open matters, among
// thousands of others'.
func BenchmarkScene(b *testing.B) {
	s := benchStore(b, store.Options{})
	for i := range 3000 {
		if err := answer(b.Context(), s, i%1000*1000+i/1000); err != nil {
			b.Fatal(err)
		}
	}
	in := message.Inbound{Village: benchVillage, From: "sms:+8613800000000", At: time.Now()}
	defer cpu(b)()
	for b.Loop() {
		if _, err := s.Scene(b.Context(), in); err != nil {
			b.Fatal(err)
		}
	}
}
