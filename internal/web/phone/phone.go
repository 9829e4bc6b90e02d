// Package phone is the phone simulator of the demo: a resident's phone in the
// browser. A text sent here goes through the same intake as one from a carrier,
// and what the phone shows is read back from the database, so it is what SMS
// would do, segments and statuses included.
//
// It lets anybody text as anybody and sign in as any member of staff. So it
// answers this machine only, unless it is opened on purpose.
package phone

import (
	"context"
	"crypto/rand"
	"embed"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	"sanshi/internal/channel"
	"sanshi/internal/desk"
	"sanshi/internal/directory"
	"sanshi/internal/message"
	"sanshi/internal/web/assets"
	"sanshi/internal/web/page"
)

// Store is what the simulator reads, and the sign-in link that it makes.
type Store interface {
	Villages(ctx context.Context) ([]*directory.Village, error)
	Village(ctx context.Context, id string) (*directory.Village, error)
	Residents(ctx context.Context, village string) ([]directory.Resident, error)
	Conversation(ctx context.Context, village string, who message.Address) ([]message.Line, error)
	NewLink(ctx context.Context, village, staff string, ttl time.Duration) (token string, err error)
}

// Deps is what the simulator is made of. Assets, Log, Now and NewID may be left out.
type Deps struct {
	Store  Store
	Intake channel.Intake
	Assets *assets.Files
	// Open answers other machines too.
	Open  bool
	Log   *slog.Logger
	Now   func() time.Time
	NewID func() string // of a text, as a carrier would give it
}

// Phone answers the paths under /sim/.
type Phone struct {
	Deps
	site    *page.Site
	handler http.Handler
}

//go:embed templates/*.html
var templates embed.FS

// New makes the simulator, to be mounted at /sim/. It fails only when its own
// templates are broken.
func New(d Deps) (*Phone, error) {
	if d.Now == nil {
		d.Now = time.Now
	}
	if d.NewID == nil {
		d.NewID = func() string { return rand.Text() }
	}
	if d.Assets == nil {
		d.Assets = assets.New()
	}
	views, err := page.NewViews(templates, "templates", d.Assets)
	if err != nil {
		return nil, err
	}
	p := &Phone{Deps: d, site: page.NewSite(views, d.Log)}
	p.site.Handle("GET /sim/{$}", p.show)
	p.site.Handle("GET /sim/talk/{slot}", p.talk)
	p.site.Handle("POST /sim/pick/{slot}", p.pick)
	p.site.Handle("POST /sim/send/{slot}", p.send)
	p.site.Handle("POST /sim/village", p.village)
	p.site.Handle("POST /sim/as", p.signIn)
	p.handler = p.site.Guard(http.HandlerFunc(p.local), "")
	return p, nil
}

// ServeHTTP answers the paths under /sim/.
func (p *Phone) ServeHTTP(w http.ResponseWriter, r *http.Request) { p.handler.ServeHTTP(w, r) }

func (p *Phone) local(w http.ResponseWriter, r *http.Request) {
	if !p.Open && !fromHere(r) {
		p.site.Fail(w, r, &page.Problem{Status: http.StatusForbidden, Key: "err.local"})
		return
	}
	p.site.ServeHTTP(w, r)
}

// handset is one phone as the page shows it.
type handset struct {
	Slot   int
	Number string
	Name   string // of the resident whose number it is, if known
	To     string
	People []directory.Resident
	Lines  []line
}

type line struct {
	message.Line
	Stamp page.Stamp
}

// lines shown at most: the newest.
const shown = 100

func (p *Phone) handset(r *http.Request, slot int) (handset, page.Frame, error) {
	v, people, ch, err := p.open(r)
	if err != nil {
		return handset{}, page.Frame{}, err
	}
	h := handset{Slot: slot, Number: ch.numbers[slot-1].User(), People: people, To: numberOf(v)}
	for _, who := range people {
		if who.Address == ch.numbers[slot-1] {
			h.Name = who.Name
		}
	}
	all, err := p.Store.Conversation(r.Context(), v.ID, ch.numbers[slot-1])
	if err != nil && !errors.Is(err, desk.ErrNotFound) {
		return h, page.Frame{}, err
	}
	for _, l := range all[max(0, len(all)-shown):] {
		h.Lines = append(h.Lines, line{l, page.Stamp{At: l.At, Zone: v.Location}})
	}
	return h, p.frame(v), nil
}

func (p *Phone) frame(v *directory.Village) page.Frame {
	f := page.Frame{Lang: v.Language, Site: v.Name, Home: "/sim/"}
	f.Title = f.One("sim")
	return f
}

func numberOf(v *directory.Village) string {
	if len(v.SMS) == 0 {
		return ""
	}
	return v.SMS[0]
}

func (p *Phone) show(w http.ResponseWriter, r *http.Request) error {
	v, _, _, err := p.open(r)
	if err != nil {
		return err
	}
	all, err := p.Store.Villages(r.Context())
	if err != nil {
		return err
	}
	var sets []handset
	for slot := 1; slot <= phones; slot++ {
		h, _, err := p.handset(r, slot)
		if err != nil {
			return err
		}
		sets = append(sets, h)
	}
	return p.site.Views.Write(w, http.StatusOK, "sim", struct {
		page.Frame
		Village  *directory.Village
		Villages []*directory.Village
		Phones   []handset
	}{p.frame(v), v, all, sets})
}

// slot reads which phone a path means.
func slot(r *http.Request) (int, error) {
	n, err := strconv.Atoi(r.PathValue("slot"))
	if err != nil || n < 1 || n > phones {
		return 0, page.NotFound()
	}
	return n, nil
}

// talk is the conversation of one phone alone, fetched again and again.
func (p *Phone) talk(w http.ResponseWriter, r *http.Request) error {
	return p.part(w, r, "talk_part")
}

func (p *Phone) part(w http.ResponseWriter, r *http.Request, name string) error {
	n, err := slot(r)
	if err != nil {
		return err
	}
	h, f, err := p.handset(r, n)
	if err != nil {
		return err
	}
	return p.site.Views.Write(w, http.StatusOK, name, map[string]any{"F": f, "P": h})
}

func (p *Phone) pick(w http.ResponseWriter, r *http.Request) error {
	n, err := slot(r)
	if err != nil {
		return err
	}
	form, err := page.ReadForm(r)
	if err != nil {
		return err
	}
	number := form.Get("other")
	if number == "" {
		number = form.Get("number")
	}
	a, err := message.ParseAddress(strings.ReplaceAll(number, " ", ""))
	if err != nil || a.Scheme() != "sms" {
		return page.Invalid("number", "err.number")
	}
	_, _, ch, err := p.open(r)
	if err != nil {
		return err
	}
	ch.numbers[n-1] = a
	ch.write(w)
	http.Redirect(w, r, "/sim/", http.StatusSeeOther)
	return nil
}

func (p *Phone) village(w http.ResponseWriter, r *http.Request) error {
	form, err := page.ReadForm(r)
	if err != nil {
		return err
	}
	v, err := p.Store.Village(r.Context(), form.Get("village"))
	if err != nil {
		return err
	}
	choice{village: v.ID}.write(w)
	http.Redirect(w, r, "/sim/", http.StatusSeeOther)
	return nil
}

// longest is the longest text a carrier takes, in UTF-16 units (Twilio: 1,600 characters).
const longest = 1600

func (p *Phone) send(w http.ResponseWriter, r *http.Request) error {
	n, err := slot(r)
	if err != nil {
		return err
	}
	form, err := page.ReadForm(r)
	if err != nil {
		return err
	}
	text := form.Get("text")
	switch {
	case text == "":
		return page.Invalid("text", "err.no_text")
	case len(utf16.Encode([]rune(text))) > longest:
		return page.Invalid("text", "err.too_long")
	}
	v, _, ch, err := p.open(r)
	if err != nil {
		return err
	}
	ch.write(w)
	if _, err := p.Intake.Take(r.Context(), message.Inbound{
		Village: v.ID, Channel: "sim", ExternalID: p.NewID(), From: ch.numbers[n-1],
		To: numberOf(v), Text: text, At: p.Now(),
	}); err != nil {
		return err
	}
	if r.Header.Get("HX-Request") != "" {
		return p.part(w, r, "phone_part")
	}
	http.Redirect(w, r, "/sim/", http.StatusSeeOther)
	return nil
}

// linkTime is how long the sign-in link of the demo can be used.
const linkTime = 5 * time.Minute

// signIn leads to the console as one of the staff.
func (p *Phone) signIn(w http.ResponseWriter, r *http.Request) error {
	form, err := page.ReadForm(r)
	if err != nil {
		return err
	}
	v, _, _, err := p.open(r)
	if err != nil {
		return err
	}
	s, ok := v.Member(form.Get("staff"))
	if !ok {
		return page.NotFound()
	}
	token, err := p.Store.NewLink(r.Context(), v.ID, s.ID, linkTime)
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/console/in?token="+url.QueryEscape(token), http.StatusSeeOther)
	return nil
}
