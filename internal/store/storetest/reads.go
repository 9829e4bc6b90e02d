package storetest

import (
	"bytes"
	"errors"
	"math"
	"slices"
	"time"

	"github.com/google/go-cmp/cmp"

	"sanshi/internal/catalog"
	"sanshi/internal/desk"
	"sanshi/internal/directory"
	"sanshi/internal/matter"
	"sanshi/internal/message"
	"sanshi/internal/store"
)

func (f *fixture) find(fi matter.Filter) (ids []string, next string) {
	f.Helper()
	fi.Village = vid
	page, err := f.Matters(f.ctx, fi)
	f.ok(err)
	for _, m := range page.Matters {
		ids = append(ids, m.ID)
	}
	return ids, page.Next
}

func readLists(f *fixture) {
	var ids []string
	for i := range 7 {
		if i%3 == 0 {
			f.pass(time.Second)
		}
		ids = append(ids, f.raise(wang).ID)
	}
	slices.Reverse(ids)
	f.ok(f.SaveVillage(f.ctx, village("other"), "h"))
	var got []string
	for cursor, n := "", 0; n == 0 || cursor != ""; n++ {
		page, next := f.find(matter.Filter{Limit: 2, Cursor: cursor})
		got, cursor = append(got, page...), next
	}
	f.expect(got, ids...)
	m, err := f.Matter(f.ctx, vid, ids[0])
	f.ok(err)
	m.Assignee = "wang"
	f.step(m, matter.Claim, matter.Handling, "")
	only := func(fi matter.Filter) []string { ids, _ := f.find(fi); return ids }
	f.expect(only(matter.Filter{States: []matter.State{matter.Handling, matter.Done}}), ids[0])
	f.expect(only(matter.Filter{Assignee: "wang"}), ids[0])
	f.expect(only(matter.Filter{Kinds: []catalog.Kind{catalog.Household}}))
	f.expect(only(matter.Filter{Kinds: catalog.Kinds(), Codes: []string{"V1"}, Areas: []string{"g1", "g2"}}), ids...)
	f.expect(only(matter.Filter{Late: f.now().Add(72 * time.Hour)}), ids[1:]...)
	for _, bad := range []string{"x", "!!", "MTIz"} {
		if _, err := f.Matters(f.ctx, matter.Filter{Village: vid, Cursor: bad}); !errors.Is(err, store.ErrCursor) {
			f.Errorf("cursor %q: %v", bad, err)
		}
	}
}

func readSearch(f *fixture) {
	m := f.raise(wang)
	private := f.light(chen)
	private.Private, private.Text = true, "老公打我，村口"
	odd := f.light(chen)
	odd.Text, odd.Summary, odd.Place = "100%坏了_Lamp", "灯", ""
	f.ok(f.Commit(f.ctx, desk.Change{Village: vid, Matters: []matter.Matter{private, odd}, Events: []matter.Event{raised(private), raised(odd)}}))
	only := func(q string) []string { ids, _ := f.find(matter.Filter{Query: q}); return ids }
	f.expect(only("村口"), m.ID)
	f.expect(only("打我"))
	f.expect(only(private.Number), private.ID)
	f.expect(only("100%坏"), odd.ID)
	f.expect(only("0_坏"))
	f.expect(only("_lamp"), odd.ID)
	f.expect(only("summary"))
	f.expect(only("%"), odd.ID)
}

func readStats(f *fixture) {
	rated := f.raise(wang)
	rated.Rating = 4
	f.step(rated, matter.Rate, matter.Closed, "")
	again := f.raise(wang)
	again.Rating = 5
	f.step(again, matter.Rate, matter.Closed, "")
	f.raise(chen)
	f.pass(73 * time.Hour)
	st, err := f.Stats(f.ctx, vid)
	f.ok(err)
	if st.Ratings.N != 2 || math.Abs(st.Ratings.Mean-4.5) > 1e-9 || st.Late != 1 ||
		st.Matters[catalog.VillageRun][matter.Closed] != 2 || st.Matters[catalog.VillageRun][matter.Sorting] != 1 {
		f.Fatalf("%+v", st)
	}
	if st, err = f.Stats(f.ctx, "empty"); err != nil || st.Inbound != 0 || st.Ratings.N != 0 || st.Matters[catalog.Household] == nil {
		f.Fatalf("%+v %v", st, err)
	}
	d, err := f.Depth(f.ctx)
	f.ok(err)
	want := []store.Count{{Village: vid, Kind: "village", State: "closed", N: 2}, {Village: vid, Kind: "village", State: "sorting", N: 1}}
	if diff := cmp.Diff(want, d.Matters); diff != "" {
		f.Fatal(diff)
	}
}

func readConversation(f *fixture) {
	in := f.text(wang, "路灯")
	f.ok(f.Commit(f.ctx, desk.Change{Village: vid, Inbound: &in, Outbox: []message.Outbound{f.reply(wang, "记下了"), f.reply(chen, "x")}}))
	f.pass(time.Second)
	f.text(wang, "谢谢")
	lines, err := f.Conversation(f.ctx, vid, wang)
	f.ok(err)
	var got []string
	for _, l := range lines {
		got = append(got, l.Direction+" "+l.Text+" "+l.Status)
	}
	f.expect(got, "in 路灯 handled", "out 记下了 queued", "in 谢谢 received")
	talks, err := f.Talks(f.ctx, vid, 5)
	f.ok(err)
	if len(talks) != 1 || talks[0].Address != wang || talks[0].Last.Text != "谢谢" {
		f.Fatalf("%+v", talks)
	}
}

func residents(f *fixture) {
	r := directory.Resident{Address: wang, Name: "王", OptOut: directory.Soft, Greeted: true}
	f.ok(f.Commit(f.ctx, desk.Change{Village: vid, Resident: &r}))
	f.ok(f.SaveResidents(f.ctx, vid, []directory.Resident{{Address: wang, Name: "王大娘", Area: "g1"}, {Address: chen, Name: "老陈"}}))
	all, err := f.Residents(f.ctx, vid)
	f.ok(err)
	want := []directory.Resident{
		{Village: vid, Address: wang, Name: "王大娘", Area: "g1", OptOut: directory.Soft, Greeted: true, Version: 2},
		{Village: vid, Address: chen, Name: "老陈", Version: 1}}
	if diff := cmp.Diff(want, all); diff != "" {
		f.Fatal(diff)
	}
}

func villagesImport(f *fixture) {
	v := village("new")
	step := func(hash, want string) {
		f.Helper()
		if got, err := f.ImportVillage(f.ctx, v, hash); err != nil || got != want {
			f.Fatalf("import of %s: %q %v, want %q", hash, got, err, want)
		}
	}
	step("a", store.ImportNew)
	step("a", store.ImportSame)
	v.Name = "改名"
	step("b", store.ImportUpdated)
	f.ok(f.SaveStaff(f.ctx, "new", []directory.Staff{{ID: "li", Name: "李新"}, {ID: "zhou", Name: "周"}}))
	step("b", store.ImportSame)
	step("c", store.ImportKept)
	got, err := f.Village(f.ctx, "new")
	f.ok(err)
	if got.Name != "改名" || len(got.Staff) != 2 || got.Staff[0].Name != "李新" || got.Policy["H4"] != 0.8 {
		f.Fatalf("%+v", got)
	}
	if err := f.SaveStaff(f.ctx, "gone", nil); !errors.Is(err, desk.ErrNotFound) {
		f.Fatalf("staff of no village: %v", err)
	}
	all, err := f.Villages(f.ctx)
	f.ok(err)
	if len(all) != 2 || all[0].ID != "new" || all[1].ID != vid {
		f.Fatalf("%+v", all)
	}
}

func villagesRoute(f *fixture) {
	for _, c := range []struct{ to, service, want string }{
		{villageNumber, "", vid}, {"+1", "MG1", vid}, {villageNumber, "MG9", vid}, {"+1", "MG9", "_"}, {"", "", "_"},
	} {
		if got := f.Route(c.to, c.service); got != c.want {
			f.Errorf("%q %q goes to %q, not %q", c.to, c.service, got, c.want)
		}
	}
}

func numbersDrawn(f *fixture) {
	for want := int64(1); want <= 20; want++ {
		if n, err := f.Number(f.ctx, vid); err != nil || n != want {
			f.Fatalf("number %d: %d %v", want, n, err)
		}
	}
	if n, err := f.Number(f.ctx, "other"); err != nil || n != 1 {
		f.Fatalf("another village begins at %d %v", n, err)
	}
	f.ok(f.Close())
	f.open()
	if n, err := f.Number(f.ctx, vid); err != nil || n != 21 {
		f.Fatalf("after a restart: %d %v", n, err)
	}
}

func signIn(f *fixture) {
	token, err := f.NewLink(f.ctx, vid, "li", time.Minute)
	f.ok(err)
	village, staff, err := f.UseLink(f.ctx, token)
	if err != nil || village != vid || staff != "li" {
		f.Fatal(village, staff, err)
	}
	old, err := f.NewLink(f.ctx, vid, "li", time.Minute)
	f.ok(err)
	f.pass(2 * time.Minute)
	for _, bad := range []string{token, old, "", "guess"} {
		if _, _, err := f.UseLink(f.ctx, bad); !errors.Is(err, desk.ErrNotFound) {
			f.Errorf("link %q: %v", bad, err)
		}
	}
	s := f.Sessions()
	f.ok(s.CommitCtx(f.ctx, "t", []byte{1, 0, 2}, f.now().Add(time.Minute)))
	f.ok(s.CommitCtx(f.ctx, "t", []byte{3, 0, 4}, f.now().Add(time.Minute)))
	if b, ok, err := s.FindCtx(f.ctx, "t"); !bytes.Equal(b, []byte{3, 0, 4}) || !ok || err != nil {
		f.Fatal(b, ok, err)
	}
	f.pass(time.Minute)
	if _, ok, err := s.FindCtx(f.ctx, "t"); ok || err != nil {
		f.Fatal("an expired session was found", err)
	}
	f.ok(s.DeleteCtx(f.ctx, "t"))
	f.ok(s.DeleteCtx(f.ctx, "t"))
}

// reopened: what was committed is there after a restart, and nothing can be
// written to a store that is closed.
func reopened(f *fixture) {
	m := f.raise(wang)
	f.text(wang, "路灯")
	f.ok(f.Close())
	if _, err := f.Take(f.ctx, sid(1)); err == nil {
		f.Fatal("a closed store took a text")
	}
	f.open()
	if got, err := f.Matter(f.ctx, vid, m.ID); err != nil || got.Text != m.Text {
		f.Fatalf("%+v %v", got, err)
	}
	if _, ok, err := f.Next(f.ctx, message.Lane{Village: vid, Address: wang}); !ok || err != nil {
		f.Fatal("the text is gone", err)
	}
	f.inbound(1)
}
