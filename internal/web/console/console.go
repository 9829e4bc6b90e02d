package console

import (
	"context"
	"embed"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"

	"sanshi/internal/call"
	"sanshi/internal/catalog"
	"sanshi/internal/desk"
	"sanshi/internal/directory"
	"sanshi/internal/matter"
	"sanshi/internal/message"
	"sanshi/internal/web/assets"
	"sanshi/internal/web/page"
)

// Matters is what the console reads of matters.
type Matters interface {
	Matters(ctx context.Context, f matter.Filter) (matter.Page, error)
	Matter(ctx context.Context, village, idOrNumber string) (matter.Matter, error)
	Events(ctx context.Context, village, id string) ([]matter.Event, error)
	Messages(ctx context.Context, village, id string) ([]message.Line, error)
	Alike(ctx context.Context, m matter.Matter) ([]matter.Matter, error)
	Stats(ctx context.Context, village string) (matter.Stats, error)
}

// Tasks is what waits for a person besides matters: calls to make and texts
// that could not be handled or sent.
type Tasks interface {
	DeadLetters(ctx context.Context, village string) ([]message.DeadLetter, error)
	Retry(ctx context.Context, village, id string) error
	Callback(ctx context.Context, village, id string) (directory.Callback, error)
	// CallsAbout lists the calls that a matter led to, made or not.
	CallsAbout(ctx context.Context, village, matterID string) ([]directory.Callback, error)
	// CopyOf gathers what is kept of an address, with the words that sees allows.
	CopyOf(ctx context.Context, village string, who message.Address, sees func(matter.Matter) bool) (desk.Copy, error)
	// Kept counts what is kept of an address.
	Kept(ctx context.Context, village string, who message.Address) (desk.Kept, error)
}

// People is who may sign in, and how residents may be reached.
type People interface {
	Contact(ctx context.Context, village string, who message.Address) (string, error)
	SetContact(ctx context.Context, village string, who message.Address, contact string) error
	Village(ctx context.Context, id string) (*directory.Village, error)
	// UseLink spends a one-time token; an error when it is unknown, spent or too old.
	UseLink(ctx context.Context, token string) (village, staff string, err error)
	// NewSlackCode makes the six digits by which she links her Slack account, once.
	NewSlackCode(ctx context.Context, village, staff string, ttl time.Duration) (code string, err error)
	NewLink(ctx context.Context, village, staff string, ttl time.Duration) (token string, err error)
}

// Store is all that the console reads and the little that it writes itself.
type Store interface {
	Matters
	Tasks
	People
}

// Desk does what a form asks for.
type Desk interface {
	Act(ctx context.Context, r desk.Request) (matter.Matter, error)
	Erase(ctx context.Context, village string, who message.Address, by string) error
	// Calls lists the open calls that a staff member may work on.
	Calls(ctx context.Context, village, by string) ([]directory.Callback, error)
	Call(ctx context.Context, village, id, by string, a call.Act) (directory.Callback, error)
	// Asked lists what was asked and nobody wrote down; Write answers it.
	Asked(ctx context.Context, village string) ([]directory.Group, error)
	Write(ctx context.Context, w desk.Writing) (told int, err error)
}

// Deps is what the console is made of. Log, Now and NewID may be left out.
type Deps struct {
	Store     Store
	Desk      Desk
	Sessions  scs.CtxStore
	Workflows map[catalog.Kind]matter.Workflow
	Calendar  *matter.Calendar
	Assets    *assets.Files
	Pictures  Pictures // nil: none are kept
	PublicURL string   // where browsers reach us; an https one makes the cookie Secure
	Log       *slog.Logger
	Now       func() time.Time
	// Rehearse begins a rehearsal of a village, or goes on with it, and gives the path
	// of its pages; nil: there is none to be had.
	Rehearse func(ctx context.Context, village string) (path string, err error)
	NewID    func() string // of the key that keeps a form from counting twice
}

// A session ends after a working day and a night; phones are shared.
const sessionTime = 16 * time.Hour

// Console is the handler of all paths under /console/.
type Console struct {
	Deps
	site     *page.Site
	sessions *scs.SessionManager
	handler  http.Handler
}

//go:embed templates/*.html
var templates embed.FS

// New makes the console, to be mounted at /console/. It fails only when its own
// templates are broken.
func New(d Deps) (*Console, error) {
	if d.Now == nil {
		d.Now = time.Now
	}
	if d.NewID == nil {
		d.NewID = randomKey
	}
	if d.Assets == nil {
		d.Assets = assets.New()
	}
	views, err := page.NewViews(templates, "templates", d.Assets)
	if err != nil {
		return nil, err
	}
	c := &Console{Deps: d, site: page.NewSite(views, d.Log), sessions: scs.New()}
	c.Log = c.site.Log
	c.site.Frame = func(*http.Request) page.Frame {
		return page.Frame{Site: "三事", Home: "/console/"}
	}
	c.configureSessions()
	c.routes()
	c.handler = c.site.Guard(c.sessions.LoadAndSave(c.site), d.PublicURL)
	return c, nil
}

func (c *Console) configureSessions() {
	s := c.sessions
	s.Store = c.Sessions
	s.Lifetime = sessionTime
	s.HashTokenInStore = true
	s.Cookie.Name = "sanshi_console"
	s.Cookie.Path = "/console"
	s.Cookie.HttpOnly = true
	s.Cookie.SameSite = http.SameSiteLaxMode
	s.Cookie.Secure = strings.HasPrefix(c.PublicURL, "https://")
	s.ErrorFunc = func(w http.ResponseWriter, r *http.Request, err error) {
		c.site.Fail(w, r, &page.Problem{Status: http.StatusServiceUnavailable, Err: err})
	}
}

// ServeHTTP answers all paths under /console/.
func (c *Console) ServeHTTP(w http.ResponseWriter, r *http.Request) { c.handler.ServeHTTP(w, r) }

func (c *Console) routes() {
	h := c.site.Handle
	h("GET /console/in", c.askToSignIn)
	h("POST /console/in", c.signIn)
	h("POST /console/out", c.signOut)

	h("GET /console/{$}", c.staff(c.toApprove))
	h("POST /console/approve", c.staff(c.approveSeveral))
	h("GET /console/undo", c.staff(c.undoShown))
	h("POST /console/undo", c.staff(c.undo))
	h("GET /console/q/{queue}", c.staff(c.queue))
	h("POST /console/q/{queue}", c.staff(c.queue)) // a search: its words stay out of the URL
	h("GET /console/late", c.staff(c.late))
	h("GET /console/counts", c.staff(c.counts))

	h("GET /console/m/{id}", c.staff(c.matter))
	h("POST /console/m/{id}", c.staff(c.act))
	h("POST /console/m/{id}/erase", c.staff(c.eraseOf))
	h("POST /console/m/{id}/contact", c.staff(c.contact))
	h("GET /console/m/{id}/photo/{n}", c.staff(c.photo))

	h("GET /console/calls", c.staff(c.calls))
	h("GET /console/calls/{id}", c.staff(c.call))
	h("POST /console/calls/{id}", c.staff(c.workCall))
	h("GET /console/calls/{id}/copy", c.staff(c.copyFor))
	h("GET /console/asked", c.staff(c.asked))
	h("POST /console/asked", c.staff(c.answer))
	h("GET /console/dead", c.staff(c.dead))
	h("GET /console/dead/{id}", c.staff(c.letter))
	h("POST /console/dead/{id}", c.staff(c.retry))

	h("POST /console/rehearsal", c.staff(c.rehearse))
	h("GET /console/staff", c.staff(c.people))
	h("POST /console/staff/{id}", c.staff(c.newLink))
	h("POST /console/staff/{id}/slack", c.staff(c.newSlackCode))
}
