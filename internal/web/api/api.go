package api

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"golang.org/x/time/rate"

	ring "sanshi/internal/call" // call is a request here
	"sanshi/internal/channel"
	"sanshi/internal/desk"
	"sanshi/internal/directory"
	"sanshi/internal/matter"
	"sanshi/internal/message"
)

// Store is what the API reads. desk.ErrNotFound, wrapped or not, says that there
// is no such thing.
type Store interface {
	Villages(ctx context.Context) ([]*directory.Village, error)
	Village(ctx context.Context, id string) (*directory.Village, error)
	Matters(ctx context.Context, f matter.Filter) (matter.Page, error)
	Matter(ctx context.Context, village, idOrNumber string) (matter.Matter, error)
	Events(ctx context.Context, village, id string) ([]matter.Event, error)
	Messages(ctx context.Context, village, matterID string) ([]message.Line, error)
	Conversation(ctx context.Context, village string, a message.Address) ([]message.Line, error)
	Stats(ctx context.Context, village string) (matter.Stats, error)
	DeadLetters(ctx context.Context, village string) ([]message.DeadLetter, error)
	Retry(ctx context.Context, village, id string) error
	Callbacks(ctx context.Context, village string, open bool) ([]directory.Callback, error)
	Callback(ctx context.Context, village, id string) (directory.Callback, error)
	CallsAbout(ctx context.Context, village, matterID string) ([]directory.Callback, error)
	NewLink(ctx context.Context, village, staff string, ttl time.Duration) (string, error)
	NewSlackCode(ctx context.Context, village, staff string, ttl time.Duration) (string, error)
}

// Desk is what the API asks to be done.
type Desk interface {
	Act(ctx context.Context, r desk.Request) (matter.Matter, error)
	Erase(ctx context.Context, village string, who message.Address, by string) error
	Call(ctx context.Context, village, id, by string, a ring.Act) (directory.Callback, error)
}

// Deps is all the API needs. Store, Desk, Intake, Token, Now and NewID must be set.
type Deps struct {
	Store     Store
	Desk      Desk
	Intake    channel.Intake
	Token     string // of the administrator; "" lets nobody in
	PublicURL string // what sign-in links begin with
	Now       func() time.Time
	NewID     func() string
	Log       *slog.Logger // nil: slog.Default

	// Rate is how many requests a second the token may make in the long run, with
	// bursts of twice as many. 0 means DefaultRate, below 0 no limit.
	Rate float64

	// Decide asks a matter's workflow about an act without doing it. It is only
	// used when a request has a bad value, to answer 403 and 409 before 422. May
	// be nil.
	Decide func(v *directory.Village, m matter.Matter, a matter.Act) error
}

// DefaultRate is far above what a village's programs need and below what would
// keep its residents' texts waiting. Requests a second.
const DefaultRate = 2000

const (
	bodyLimit   = 64 << 10         // bytes
	patience    = 10 * time.Second // for the database, before 503
	linkTTL     = 15 * time.Minute // of a sign-in link
	slackTTL    = 10 * time.Minute // of a code that links a Slack account
	textLimit   = 1600             // characters of a resident's text
	noteLimit   = 4000             // characters of a note
	idLimit     = 255              // characters of keys and other people's ids
	filterLimit = 100              // characters of a search
)

type api struct {
	Deps
	limit *rate.Limiter
}

// New makes the handler of /api/v1/.
func New(d Deps) http.Handler {
	if d.Log == nil {
		d.Log = slog.Default()
	}
	if d.Rate == 0 {
		d.Rate = DefaultRate
	}
	a := &api{Deps: d, limit: rate.NewLimiter(rate.Limit(d.Rate), int(2*d.Rate)+1)}
	if d.Rate < 0 {
		a.limit = rate.NewLimiter(rate.Inf, 1)
	}
	return a.routes()
}

func (a *api) routes() http.Handler {
	const village = "/api/v1/villages/{v}"
	mux := http.NewServeMux()
	mux.Handle("/api/v1/villages", a.route(http.MethodGet, a.villages))
	mux.Handle(village+"/messages", a.route(http.MethodPost, a.takeMessage))
	mux.Handle(village+"/matters", a.route(http.MethodGet, a.listMatters))
	mux.Handle(village+"/matters/{id}", a.route(http.MethodGet, a.showMatter))
	mux.Handle(village+"/matters/{id}/events", a.route(http.MethodPost, a.act))
	mux.Handle(village+"/conversations/{address}", a.route(http.MethodGet, a.conversation))
	mux.Handle(village+"/stats", a.route(http.MethodGet, a.stats))
	mux.Handle(village+"/deadletters", a.route(http.MethodGet, a.deadLetters))
	mux.Handle(village+"/deadletters/{id}/retry", a.route(http.MethodPost, a.retry))
	mux.Handle(village+"/calls", a.route(http.MethodGet, a.calls))
	mux.Handle(village+"/calls/{id}", a.route(http.MethodPost, a.workCall))
	mux.Handle(village+"/residents/{address}/erase", a.route(http.MethodPost, a.erase))
	mux.Handle(village+"/staff/{id}/link", a.route(http.MethodPost, a.link))
	mux.Handle(village+"/staff/{id}/slack-code", a.route(http.MethodPost, a.slackCode))
	mux.Handle("/api/v1/", a.route("", nowhere))
	return mux
}

// nowhere answers what has no route.
func nowhere(*call) (answer, error) {
	return answer{}, matter.Refuse(matter.NotFound, "", "there is no such route; there are GET /api/v1/villages and, under /api/v1/villages/{v}/: "+
		"messages, matters, matters/{id}, matters/{id}/events, conversations/{address}, stats, deadletters, "+
		"deadletters/{id}/retry, calls, calls/{id}, residents/{address}/erase, staff/{id}/link, staff/{id}/slack-code")
}
