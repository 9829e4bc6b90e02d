// Package board is the village board (公开栏): what anybody may see of how the
// village is served. It holds numbers only. No name, no phone number, no words of
// a matter ever reach it, and what it says of the past leaves private matters out.
//
// "Settled" is not "solved": what was closed without a solution is counted as
// that, beside the others.
package board

import (
	"context"
	"embed"
	"log/slog"
	"net/http"
	"slices"
	"sort"
	"sync"
	"time"

	"sanshi/internal/catalog"
	"sanshi/internal/directory"
	"sanshi/internal/matter"
	"sanshi/internal/web/assets"
	"sanshi/internal/web/page"
)

// Source is what the board reads.
type Source interface {
	Villages(ctx context.Context) ([]*directory.Village, error)
	Village(ctx context.Context, id string) (*directory.Village, error)
	Stats(ctx context.Context, village string) (matter.Stats, error)
	Matters(ctx context.Context, f matter.Filter) (matter.Page, error)
}

// Deps is what the board is made of. All but Source may be left out.
type Deps struct {
	Source Source
	// Seal gives the last seal of a village's record, "" when there is none yet.
	Seal   func(ctx context.Context, village string) (string, error)
	Assets *assets.Files
	Log    *slog.Logger
	Now    func() time.Time
}

// Board answers the paths under /board/. It is public, so it asks the database
// for a village at most once in fresh.
type Board struct {
	Deps
	site    *page.Site
	handler http.Handler

	mu   sync.Mutex
	kept map[string]figures
}

const fresh = 30 * time.Second

//go:embed templates/*.html
var templates embed.FS

// New makes the board, to be mounted at /board/. It fails only when its own
// templates are broken.
func New(d Deps) (*Board, error) {
	if d.Now == nil {
		d.Now = time.Now
	}
	if d.Assets == nil {
		d.Assets = assets.New()
	}
	views, err := page.NewViews(templates, "templates", d.Assets)
	if err != nil {
		return nil, err
	}
	b := &Board{Deps: d, site: page.NewSite(views, d.Log), kept: map[string]figures{}}
	b.site.Handle("GET /board/{$}", b.list)
	b.site.Handle("GET /board/{village}", b.show)
	b.handler = b.site.Guard(b.site, "")
	return b, nil
}

// ServeHTTP answers the paths under /board/.
func (b *Board) ServeHTTP(w http.ResponseWriter, r *http.Request) { b.handler.ServeHTTP(w, r) }

// list names the villages; with one it goes straight to its board.
func (b *Board) list(w http.ResponseWriter, r *http.Request) error {
	all, err := b.Source.Villages(r.Context())
	if err != nil {
		return err
	}
	if len(all) == 1 {
		http.Redirect(w, r, "/board/"+all[0].ID, http.StatusSeeOther)
		return nil
	}
	f := page.Frame{}
	f.Title = f.One("board")
	return b.site.Views.Write(w, http.StatusOK, "villages", struct {
		page.Frame
		Villages []*directory.Village
	}{f, all})
}

func (b *Board) show(w http.ResponseWriter, r *http.Request) error {
	v, err := b.Source.Village(r.Context(), r.PathValue("village"))
	if err != nil {
		return err
	}
	n, err := b.figures(r.Context(), v)
	if err != nil {
		return err
	}
	f := page.Frame{Lang: v.Language, Site: v.Name, Home: "/board/" + v.ID}
	f.Title = f.One("board")
	w.Header().Set("Cache-Control", "public, max-age=30")
	return b.site.Views.Write(w, http.StatusOK, "board", struct {
		page.Frame
		Village *directory.Village
		figures
		Facts []fact
	}{f, v, n, facts(v)})
}

// figures are all the numbers of one village.
type figures struct {
	Rows    []kindRow
	Total   kindRow
	Texts   int64
	Late    int
	Ratings matter.RatingStats
	Recent  recent
	Seal    string
	At      page.Stamp
}

// kindRow counts one kind. Settled are done or closed, solved or not.
type kindRow struct {
	Kind                    catalog.Kind
	Open, Settled, Declined int
}

// recent is how the last settled matters went.
type recent struct {
	N          int
	HalfInDays int // half of them were settled within so many days
	Outcomes   []outcome
}

type outcome struct {
	Name string
	N    int
}

func (b *Board) figures(ctx context.Context, v *directory.Village) (figures, error) {
	now := b.Now()
	b.mu.Lock()
	n, ok := b.kept[v.ID]
	b.mu.Unlock()
	if ok && now.Sub(n.At.At) < fresh {
		return n, nil
	}
	n, err := b.count(ctx, v, now)
	if err != nil {
		return n, err
	}
	b.mu.Lock()
	b.kept[v.ID] = n
	b.mu.Unlock()
	return n, nil
}

func (b *Board) count(ctx context.Context, v *directory.Village, now time.Time) (figures, error) {
	n := figures{At: page.Stamp{At: now, Zone: v.Location}}
	stats, err := b.Source.Stats(ctx, v.ID)
	if err != nil {
		return n, err
	}
	n.Texts, n.Late, n.Ratings = stats.Inbound, stats.Late, stats.Ratings
	for _, k := range catalog.Kinds() {
		r := countKind(k, stats.Matters[k])
		n.Rows = append(n.Rows, r)
		n.Total.Open += r.Open
		n.Total.Settled += r.Settled
		n.Total.Declined += r.Declined
	}
	past, err := b.Source.Matters(ctx, matter.Filter{Village: v.ID, States: []matter.State{matter.Done, matter.Closed}, Limit: 200})
	if err != nil {
		return n, err
	}
	n.Recent = lately(past.Matters)
	if b.Seal != nil {
		n.Seal, err = b.Seal(ctx, v.ID)
	}
	return n, err
}

// countKind leaves merged and cancelled matters out: they were no work of their own.
func countKind(k catalog.Kind, states map[matter.State]int) kindRow {
	r := kindRow{Kind: k}
	for s, n := range states {
		switch {
		case s == matter.Done || s == matter.Closed:
			r.Settled += n
		case s == matter.Declined:
			r.Declined += n
		case s.Open():
			r.Open += n
		}
	}
	return r
}

func lately(ms []matter.Matter) recent {
	var r recent
	var days []int
	counts := map[string]int{}
	for _, m := range ms {
		if m.Private || m.DoneAt.IsZero() {
			continue
		}
		r.N++
		counts[m.Outcome]++
		// A matter settled on its first day took one day.
		days = append(days, int(m.DoneAt.Sub(m.RaisedAt)/(24*time.Hour))+1)
	}
	if r.N == 0 {
		return r
	}
	slices.Sort(days)
	r.HalfInDays = days[(len(days)-1)/2]
	for _, name := range []string{"solved", "mediated", "guided", "not_solved"} {
		if counts[name] > 0 {
			r.Outcomes = append(r.Outcomes, outcome{name, counts[name]})
		}
	}
	return r
}

// fact is one thing that residents often ask for.
type fact struct{ Key, Text string }

func facts(v *directory.Village) []fact {
	var out []fact
	for k, t := range v.Facts {
		out = append(out, fact{k, t.Text})
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Key < out[j].Key })
	return out
}
