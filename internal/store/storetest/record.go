package storetest

import (
	"fmt"
	"strings"
	"time"

	"sanshi/internal/desk"
	"sanshi/internal/matter"
	"sanshi/internal/store"
)

// history makes three matters with events, the first two of them sealed.
func (f *fixture) history() (sealed matter.Matter, last store.Seal) {
	f.Helper()
	a := f.raise(wang)
	a = f.step(a, matter.Approve, matter.Queued, "归一组")
	a = f.step(a, matter.Claim, matter.Handling, "")
	b := f.raise(chen)
	f.seal(1)
	a = f.step(a, matter.Finish, matter.Done, "修好了")
	b = f.step(b, matter.Decline, matter.Declined, "不归村里")
	last = f.seal(2)
	f.raise(chen)
	_ = b
	return a, last
}

func (f *fixture) seal(n int64) store.Seal {
	f.Helper()
	f.pass(time.Minute)
	s, err := f.Seal(f.ctx)
	f.ok(err)
	if s.N != n || len(s.Hash) != 64 || len(s.Short()) != 16 {
		f.Fatalf("seal %d: %+v", n, s)
	}
	return s
}

func (f *fixture) verify(village, seal string) store.Report {
	f.Helper()
	r, err := f.Verify(f.ctx, village, seal)
	f.ok(err)
	return r
}

func recordVerify(f *fixture) {
	if r := f.verify("", ""); r.Break != nil || r.Events != 0 {
		f.Fatalf("an empty record: %+v", r)
	}
	_, last := f.history()
	r := f.verify("", last.Short())
	if r.Break != nil || r.Matters != 3 || r.Events != 7 || r.Unsealed != 1 || r.Seals != 2 || r.Words != 6 || r.UpTo == nil || r.UpTo.N != 2 {
		f.Fatalf("%+v %v", r, r.Break)
	}
	if r := f.verify(vid, strings.ToUpper(last.Hash)); r.Break != nil || r.Events != 7 {
		f.Fatalf("%+v %v", r, r.Break)
	}
	if r := f.verify("elsewhere", ""); r.Break != nil || r.Events != 0 || r.Seals != 2 {
		f.Fatalf("another village: %+v %v", r, r.Break)
	}
	for _, wrong := range []string{"0123456789abcdef", last.Short()[:15]} {
		if r := f.verify("", wrong); r.Break == nil {
			f.Errorf("the seal %s was accepted", wrong)
		}
	}
}

func recordSeals(f *fixture) {
	if s, err := f.LastSeal(f.ctx); err != nil || s.N != 0 {
		f.Fatal(s, err)
	}
	if s, err := f.Seal(f.ctx); err != nil || s.N != 0 {
		f.Fatal("a seal over nothing", s, err)
	}
	_, last := f.history()
	if s, err := f.LastSeal(f.ctx); err != nil || s != last {
		f.Fatal(s, err)
	}
	f.seal(3)
	if again := f.seal(3); again.Leaves != 1 {
		f.Fatalf("nothing moved, and yet %+v", again)
	}
	many := desk.Change{Village: vid}
	for range 2100 { // more than one seal covers
		m := f.light(chen)
		many.Matters, many.Events = append(many.Matters, m), append(many.Events, raised(m))
	}
	f.ok(f.Commit(f.ctx, many))
	f.seal(5)
	if r := f.verify("", ""); r.Break != nil || r.Unsealed != 0 || r.Events != 2107 {
		f.Fatalf("%+v %v", r, r.Break)
	}
}

// recordTampering changes every column of the record, deletes and swaps rows,
// each on a fresh record, and sees each found and named.
func recordTampering(f *fixture) {
	a, last := f.history()
	first := fmt.Sprintf("village = '%s' AND matter = '%s'", vid, a.ID)
	for _, c := range []struct{ name, sql string }{
		{"event.body", `UPDATE event SET body = REPLACE(body, '"by":"li"', '"by":"wang"') WHERE ` + first + ` AND seq = 2`},
		{"event.hash", `UPDATE event SET hash = (SELECT hash FROM event WHERE ` + first + ` AND seq = 1) WHERE ` + first + ` AND seq = 2`},
		{"event.seq", `UPDATE event SET seq = 9 WHERE ` + first + ` AND seq = 4`},
		{"event.matter", `UPDATE event SET matter = 'other' WHERE ` + first},
		{"event.village", `UPDATE event SET village = 'other' WHERE ` + first},
		{"first event deleted", `DELETE FROM event WHERE ` + first + ` AND seq = 1`},
		{"middle event deleted", `DELETE FROM event WHERE ` + first + ` AND seq = 2`},
		{"last event deleted", `DELETE FROM event WHERE ` + first + ` AND seq = 4`},
		{"all events deleted", `DELETE FROM event WHERE ` + first},
		{"content.text", `UPDATE content SET text = REPLACE(text, '归一组', '归二组') WHERE id = '` + a.ID + `' AND subject = '2'`},
		{"content.salt", `UPDATE content SET salt = hash FROM seal WHERE seal.n = 1 AND content.id = '` + a.ID + `' AND content.subject = '2'`},
		{"content deleted", `DELETE FROM content WHERE id = '` + a.ID + `' AND subject = '4'`},
		{"content added", `UPDATE content SET subject = '3' WHERE id = '` + a.ID + `' AND subject = '2'`},
		{"seal.at", `UPDATE seal SET at = at + 1 WHERE n = 1`},
		{"seal.leaves", `UPDATE seal SET leaves = leaves + 1 WHERE n = 1`},
		{"seal.prev", `UPDATE seal SET prev = root WHERE n = 2`},
		{"seal.root", `UPDATE seal SET root = hash WHERE n = 1`},
		{"seal.hash", `UPDATE seal SET hash = root WHERE n = 2`},
		{"seal.n", `UPDATE seal SET n = 7 WHERE n = 2`},
		{"first seal deleted", `DELETE FROM seal WHERE n = 1`},
		{"last seal deleted", `DELETE FROM seal WHERE n = 2`},
		{"leaf.hash", `UPDATE leaf SET hash = (SELECT root FROM seal WHERE n = 1) WHERE ` + first + ` AND seq = 4`},
		{"leaf.seq", `UPDATE leaf SET seq = 2 WHERE ` + first + ` AND seq = 3`},
		{"leaf.seal", `UPDATE leaf SET seal = 1 WHERE ` + first + ` AND seq = 4`},
		{"leaf.matter", `UPDATE leaf SET matter = 'other' WHERE ` + first},
		{"leaf.village", `UPDATE leaf SET village = 'other' WHERE ` + first},
		{"leaf deleted", `DELETE FROM leaf WHERE ` + first + ` AND seq = 3`},
		{"matter.version", `UPDATE matter SET version = 3 WHERE id = '` + a.ID + `'`},
		{"matter deleted", `DELETE FROM matter WHERE id = '` + a.ID + `'`},
	} {
		f.tampered(c.name, c.sql, "", a)
	}
	// Rewriting the last seal with all it covers leaves a chain that is whole in
	// itself: only the published seal betrays it.
	forge := `DELETE FROM leaf WHERE seal = 2`
	f.forged(forge, last)
	if r := f.verify("", last.Short()); r.Break != nil {
		f.Fatalf("the record was not restored: %v", r.Break)
	}
}

// tampered does one thing to the record behind the store's back, and mends it.
func (f *fixture) tampered(name, sql, seal string, about matter.Matter) {
	f.Helper()
	mend := f.backup()
	done, err := f.place.SQL.Exec(sql)
	if err != nil {
		f.Fatalf("%s: %v", name, err)
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		f.Fatalf("%s changed nothing (%v)", name, err)
	}
	r := f.verify("", seal)
	switch {
	case r.Break == nil:
		f.Errorf("%s was not found", name)
	case strings.HasPrefix(name, "seal") || strings.Contains(name, "seal ") || strings.HasPrefix(name, "leaf"):
	case r.Break.Village == "" || r.Break.Matter != about.Number && r.Break.Matter != about.ID && r.Break.Matter != "other":
		f.Errorf("%s was found, but in the wrong place: %v", name, r.Break)
	}
	mend()
}

// record are the tables that Verify reads.
var record = []string{"event", "content", "seal", "leaf", "matter"}

// backup copies the record's tables; mend puts the copies back.
func (f *fixture) backup() (mend func()) {
	f.Helper()
	for _, table := range record {
		_, err := f.place.SQL.Exec(`CREATE TABLE copy_` + table + ` AS SELECT * FROM ` + table)
		f.ok(err)
	}
	return func() {
		f.Helper()
		for _, table := range record {
			for _, q := range []string{`DELETE FROM ` + table, `INSERT INTO ` + table + ` SELECT * FROM copy_` + table, `DROP TABLE copy_` + table} {
				_, err := f.place.SQL.Exec(q)
				f.ok(err)
			}
		}
	}
}

func (f *fixture) forged(sql string, published store.Seal) {
	f.Helper()
	mend := f.backup()
	for _, q := range []string{sql, `DELETE FROM seal WHERE n = 2`} {
		_, err := f.place.SQL.Exec(q)
		f.ok(err)
	}
	if r := f.verify("", ""); r.Break != nil {
		f.Errorf("cutting off the newest seal shows without the published one: %v", r.Break)
	}
	if r := f.verify("", published.Short()); r.Break == nil {
		f.Error("cutting off the newest seal was not found by the published one")
	}
	mend()
}
