package board

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"sanshi/internal/catalog"
	"sanshi/internal/desk"
	"sanshi/internal/directory"
	"sanshi/internal/matter"
	"sanshi/internal/web/assets"
	"sanshi/internal/web/page/pagetest"
)

var noon = time.Date(2026, 4, 27, 12, 0, 0, 0, time.UTC)

// record is a village's past, with words that must not be shown.
type record struct {
	villages []*directory.Village
	past     []matter.Matter
	asked    int
	fault    error
}

func newRecord() *record {
	old := func(days int, outcome string, private bool) matter.Matter {
		return matter.Matter{Village: "xiangyang", Kind: catalog.VillageRun, State: matter.Closed, Private: private, Outcome: outcome,
			Summary: "秘密摘要", Text: "秘密内容", Name: "秘密姓名", Place: "秘密地点", Resident: "sms:+8613800000001",
			RaisedAt: noon.AddDate(0, 0, -days), DoneAt: noon}
	}
	return &record{
		villages: []*directory.Village{{ID: "xiangyang", Name: "向阳村", SMS: []string{"+12065550100"}, Location: time.UTC,
			Facts: map[string]directory.Fact{"office_hours": {Text: "周一到周五"}, "自定": {Text: "<b>村里写的</b>"}},
			Staff: []directory.Staff{{ID: "li", Name: "李书记", Phone: "+12065550111"}}}},
		past: []matter.Matter{old(1, "solved", false), old(3, "solved", false), old(9, "not_solved", false), old(200, "solved", true)},
	}
}

func (r *record) Villages(context.Context) ([]*directory.Village, error) { return r.villages, r.fault }
func (r *record) Village(_ context.Context, id string) (*directory.Village, error) {
	for _, v := range r.villages {
		if v.ID == id {
			return v, nil
		}
	}
	return nil, desk.ErrNotFound
}
func (r *record) Stats(context.Context, string) (matter.Stats, error) {
	r.asked++
	return matter.Stats{Inbound: 321, Late: 2, Ratings: matter.RatingStats{N: 7, Mean: 4.25}, Matters: map[catalog.Kind]map[matter.State]int{
		catalog.VillageRun: {matter.Sorting: 1, matter.Handling: 4, matter.Done: 3, matter.Closed: 10, matter.Declined: 2, matter.Merged: 50, matter.Cancelled: 60},
	}}, r.fault
}
func (r *record) Matters(_ context.Context, f matter.Filter) (matter.Page, error) {
	return matter.Page{Matters: r.past}, r.fault
}

func (r *record) open(t *testing.T, now *time.Time) *Board {
	t.Helper()
	b, err := New(Deps{Source: r, Now: func() time.Time { return *now }, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Seal: func(context.Context, string) (string, error) { return "0123456789abcdef", nil }})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func get(b http.Handler, method, path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	b.ServeHTTP(w, httptest.NewRequest(method, path, nil))
	return w
}

func TestNumbersOnly(t *testing.T) {
	now := noon
	b := newRecord().open(t, &now)
	w := get(b, http.MethodGet, "/board/xiangyang")
	body := w.Body.String()
	if w.Code != http.StatusOK {
		t.Fatal(w.Code, body)
	}
	for _, s := range []string{"秘密", "1380000", "李书记", "12065550111", "<b>村里写的"} {
		if strings.Contains(body, s) {
			t.Errorf("the board shows %q", s)
		}
	}
	row := regexp.MustCompile(`村事.*?</th><td>5</td><td>13</td><td>2</td>`)
	if !row.MatchString(body) {
		t.Error("the village's row is not 5 open, 13 settled, 2 declined")
	}
	for _, s := range []string{"321", "4.2 / 5", "7 人打分", "没能解决 1", "已解决 2", "4 天", "周一到周五", "0123456789abcdef", "2026-04-27 12:00"} {
		if !strings.Contains(body, s) {
			t.Errorf("the board lacks %q", s)
		}
	}
	if h := w.Header(); !strings.Contains(h.Get("Content-Security-Policy"), "default-src 'self'") || !strings.Contains(h.Get("Cache-Control"), "max-age") {
		t.Errorf("headers %v", h)
	}
}

func TestTheDatabaseIsAskedAtMostEveryHalfMinute(t *testing.T) {
	now := noon
	r := newRecord()
	b := r.open(t, &now)
	for range 100 {
		get(b, http.MethodGet, "/board/xiangyang")
	}
	if r.asked != 1 {
		t.Errorf("asked %d times", r.asked)
	}
	now = now.Add(31 * time.Second)
	get(b, http.MethodGet, "/board/xiangyang")
	if r.asked != 2 {
		t.Errorf("after half a minute asked %d times", r.asked)
	}
}

func TestRoutes(t *testing.T) {
	now := noon
	r := newRecord()
	b := r.open(t, &now)
	for _, tc := range []struct {
		method, path string
		want         int
	}{
		{"GET", "/board/xiangyang", 200}, {"HEAD", "/board/xiangyang", 200}, {"GET", "/board/", 303}, {"GET", "/board/nowhere", 404},
		{"GET", "/board/_", 404}, {"GET", "/board/xiangyang/x", 404}, {"GET", "/board/%00", 404},
		{"POST", "/board/xiangyang", 405}, {"DELETE", "/board/", 405},
	} {
		if w := get(b, tc.method, tc.path); w.Code != tc.want {
			t.Errorf("%s %s: %d, want %d", tc.method, tc.path, w.Code, tc.want)
		}
	}
	r.villages = append(r.villages, &directory.Village{ID: "lijiawan", Name: "李家湾村"})
	if w := get(b, "GET", "/board/"); w.Code != 200 || !strings.Contains(w.Body.String(), "/board/lijiawan") {
		t.Errorf("two villages: %d", w.Code)
	}
	r.fault = errors.New("password=hunter2")
	now = now.Add(time.Hour)
	if w := get(b, "GET", "/board/xiangyang"); w.Code != 500 || strings.Contains(w.Body.String(), "hunter2") {
		t.Errorf("a fault: %d", w.Code)
	}
}

func TestAnEmptyVillage(t *testing.T) {
	now := noon
	r := newRecord()
	r.past = nil
	r.villages[0].Facts = nil
	if w := get(r.open(t, &now), "GET", "/board/xiangyang"); w.Code != 200 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestTheBoardInABrowser(t *testing.T) {
	now := noon
	files := assets.New()
	mux := http.NewServeMux()
	mux.Handle("/board/", newRecord().open(t, &now))
	mux.Handle(assets.Prefix, files)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	b := pagetest.Open(t, server.URL, os.Getenv("PICTURES"))
	for name, size := range map[string]pagetest.Size{"board-phone": pagetest.Handset, "board-desktop": pagetest.Desktop} {
		b.Resize(size)
		b.Go("/board/xiangyang")
		b.Fits(name)
		b.Picture(name, true)
	}
	b.Quiet()
}
