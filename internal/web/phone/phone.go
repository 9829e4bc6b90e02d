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
	Staff  []directory.Staff // who work by SMS may be played too
	Lines  []line
	slip
}

// slip is what was wrong with a form of one phone, and what stood in it.
type slip struct {
	Wrong, WrongNumber string // keys of the labels, or ""
	Text, Other        string
}

type line struct {
	message.Line
	Stamp page.Stamp
}

// lines shown at most: the newest.
const shown = 100

// table is what stands on the table: a village's phones.
type table struct {
	village *directory.Village
	people  []directory.Resident
	choice
}

func (p *Phone) handset(r *http.Request, t table, slot int) (handset, error) {
	v, people, ch := t.village, t.people, t.choice
	h := handset{Slot: slot, Number: ch.numbers[slot-1].User(), People: people, Staff: withPhones(v), To: numberOf(v)}
	for _, s := range h.Staff {
		if s.Phone == h.Number {
			h.Name = s.Name
		}
	}
	for _, who := range people {
		if who.Address == ch.numbers[slot-1] {
			h.Name = who.Name
		}
	}
	all, err := p.Store.Conversation(r.Context(), v.ID, ch.numbers[slot-1])
	if err != nil && !errors.Is(err, desk.ErrNotFound) {
		return h, err
	}
	for _, l := range all[max(0, len(all)-shown):] {
		h.Lines = append(h.Lines, line{l, page.Stamp{At: l.At, Zone: v.Location}})
	}
	return h, nil
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
	t, err := p.open(r)
	if err != nil {
		return err
	}
	return p.whole(w, r, http.StatusOK, t, 0, slip{})
}

// whole writes the page; the slip belongs to the phone at slot.
func (p *Phone) whole(w http.ResponseWriter, r *http.Request, status int, t table, slot int, wrong slip) error {
	all, err := p.Store.Villages(r.Context())
	if err != nil {
		return err
	}
	var sets []handset
	for n := 1; n <= phones; n++ {
		h, err := p.handset(r, t, n)
		if err != nil {
			return err
		}
		if n == slot {
			h.slip = wrong
		}
		sets = append(sets, h)
	}
	return p.site.Views.Write(w, status, "sim", struct {
		page.Frame
		Village  *directory.Village
		Villages []*directory.Village
		Phones   []handset
	}{p.frame(t.village), t.village, all, sets})
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
	n, err := slot(r)
	if err != nil {
		return err
	}
	t, err := p.open(r)
	if err != nil {
		return err
	}
	return p.part(w, r, http.StatusOK, "talk_part", t, n, slip{})
}

func (p *Phone) part(w http.ResponseWriter, r *http.Request, status int, name string, t table, slot int, wrong slip) error {
	h, err := p.handset(r, t, slot)
	if err != nil {
		return err
	}
	h.slip = wrong
	return p.site.Views.Write(w, status, name, map[string]any{"F": p.frame(t.village), "P": h})
}

// answer shows what became of a form of one phone: in its place for htmx, else
// on the whole page. A slip leaves everything where it was.
func (p *Phone) answer(w http.ResponseWriter, r *http.Request, t table, slot int, wrong slip) error {
	status := http.StatusOK
	if wrong != (slip{}) {
		status = http.StatusUnprocessableEntity
	}
	switch {
	case r.Header.Get("HX-Request") != "":
		return p.part(w, r, status, "phone_part", t, slot, wrong)
	case status != http.StatusOK:
		return p.whole(w, r, status, t, slot, wrong)
	}
	http.Redirect(w, r, "/sim/", http.StatusSeeOther)
	return nil
}

// pressed reads what was done on one of the phones.
func (p *Phone) pressed(r *http.Request) (n int, form page.Form, t table, err error) {
	if n, err = slot(r); err != nil {
		return n, form, t, err
	}
	if form, err = page.ReadForm(r); err != nil {
		return n, form, t, err
	}
	t, err = p.open(r)
	return n, form, t, err
}

func (p *Phone) pick(w http.ResponseWriter, r *http.Request) error {
	n, form, t, err := p.pressed(r)
	if err != nil {
		return err
	}
	number := form.Get("other")
	if number == "" {
		number = form.Get("number")
	}
	a, err := message.ParseAddress(strings.ReplaceAll(number, " ", ""))
	if err != nil || a.Scheme() != "sms" {
		return p.answer(w, r, t, n, slip{WrongNumber: "err.number", Other: form.Get("other")})
	}
	t.numbers[n-1] = a
	t.write(w)
	return p.answer(w, r, t, n, slip{})
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
	n, form, t, err := p.pressed(r)
	if err != nil {
		return err
	}
	text := form.Get("text")
	switch {
	case text == "":
		return p.answer(w, r, t, n, slip{Wrong: "err.no_text"})
	case len(utf16.Encode([]rune(text))) > longest:
		return p.answer(w, r, t, n, slip{Wrong: "err.too_long", Text: text})
	}
	t.write(w)
	if _, err := p.Intake.Take(r.Context(), message.Inbound{
		Village: t.village.ID, Channel: "sim", ExternalID: p.NewID(), From: t.numbers[n-1],
		To: numberOf(t.village), Text: text, At: p.Now(),
	}); err != nil {
		return err
	}
	return p.answer(w, r, t, n, slip{})
}

// linkTime is how long the sign-in link of the demo can be used.
const linkTime = 5 * time.Minute

// signIn leads to the console as one of the staff.
func (p *Phone) signIn(w http.ResponseWriter, r *http.Request) error {
	form, err := page.ReadForm(r)
	if err != nil {
		return err
	}
	t, err := p.open(r)
	if err != nil {
		return err
	}
	s, ok := t.village.Member(form.Get("staff"))
	if !ok {
		return page.NotFound()
	}
	token, err := p.Store.NewLink(r.Context(), t.village.ID, s.ID, linkTime)
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/console/in?token="+url.QueryEscape(token), http.StatusSeeOther)
	return nil
}
