package console

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"net/http"

	"sanshi/internal/catalog"
	"sanshi/internal/desk"
	"sanshi/internal/directory"
	"sanshi/internal/matter"
	"sanshi/internal/message"
	"sanshi/internal/web/page"
)

// What a session holds.
const (
	keyVillage = "village"
	keyStaff   = "staff"
	keyFlash   = "flash"
	keyUndo    = "undo"
)

// visit is one request of a person who is signed in.
type visit struct {
	w       http.ResponseWriter
	r       *http.Request
	village *directory.Village
	me      directory.Staff
}

// staff lets only people in who are signed in and still on the village's list.
func (c *Console) staff(f func(*visit) error) page.Func {
	return func(w http.ResponseWriter, r *http.Request) error {
		id := c.sessions.GetString(r.Context(), keyVillage)
		if id == "" {
			return c.sendToSignIn(w, r)
		}
		v, err := c.Store.Village(r.Context(), id)
		if errors.Is(err, desk.ErrNotFound) {
			return c.sendToSignIn(w, r)
		}
		if err != nil {
			return err
		}
		me, ok := v.Member(c.sessions.GetString(r.Context(), keyStaff))
		if !ok {
			return c.sendToSignIn(w, r)
		}
		return f(&visit{w: w, r: r, village: v, me: me})
	}
}

// sendToSignIn leads a browser to the sign-in page. htmx would paste that page
// into the middle of another, so it is told to go there instead.
func (c *Console) sendToSignIn(w http.ResponseWriter, r *http.Request) error {
	if r.Header.Get("HX-Request") != "" {
		w.Header().Set("HX-Redirect", "/console/in")
		w.WriteHeader(http.StatusUnauthorized)
		return nil
	}
	http.Redirect(w, r, "/console/in", http.StatusSeeOther)
	return nil
}

// askToSignIn shows a button and spends nothing: programs that preview links,
// as chat apps do, follow every link they see.
func (c *Console) askToSignIn(w http.ResponseWriter, r *http.Request) error {
	f := c.site.Frame(r)
	f.Title = f.One("sign_in")
	return c.site.Views.Write(w, http.StatusOK, "in", struct {
		page.Frame
		Token string
	}{f, page.Query(r).Get("token")})
}

func (c *Console) signIn(w http.ResponseWriter, r *http.Request) error {
	form, err := page.ReadForm(r)
	if err != nil {
		return err
	}
	bad := &page.Problem{Status: http.StatusForbidden, Key: "err.link"}
	token := form.Get("token")
	if token == "" || len(token) > 200 {
		return bad
	}
	village, staff, err := c.Store.UseLink(r.Context(), token)
	if errors.Is(err, desk.ErrNotFound) {
		return bad
	}
	if err != nil {
		return err
	}
	// A new token for the session: whoever knew the old one stays outside.
	if err := c.sessions.RenewToken(r.Context()); err != nil {
		return err
	}
	c.sessions.Put(r.Context(), keyVillage, village)
	c.sessions.Put(r.Context(), keyStaff, staff)
	home := "/console/" // which says what is wrong, if something is
	if v, err := c.Store.Village(r.Context(), village); err == nil {
		s, _ := v.Member(staff)
		home = homeOf(s.Role)
	}
	http.Redirect(w, r, home, http.StatusSeeOther)
	return nil
}

// homeOf is where a day begins: at the list to approve for those who approve or
// watch, at their queue for those who do.
func homeOf(r directory.Role) string {
	switch r {
	case directory.Volunteer, directory.Lead:
		return "/console/q/all"
	case directory.Mediator:
		return "/console/q/household"
	case directory.Officer:
		return "/console/q/government"
	}
	return "/console/"
}

func (c *Console) signOut(w http.ResponseWriter, r *http.Request) error {
	if err := c.sessions.Destroy(r.Context()); err != nil {
		return err
	}
	http.Redirect(w, r, "/console/in", http.StatusSeeOther)
	return nil
}

// frame is the frame of a page: navigation with what waits, and who is here.
func (c *Console) frame(v *visit, title, here string) (page.Frame, error) {
	f := page.Frame{
		Lang: v.village.Language, Site: v.village.Name, Home: homeOf(v.me.Role),
		Who: v.me.Name, Role: "role." + string(v.me.Role),
		Flash: c.takeFlash(v), Undo: c.undoLeft(v), Poll: "/console/counts?at=" + here,
	}
	f.Title = f.One(title)
	n, err := c.waiting(v)
	if err != nil {
		return f, err
	}
	// Only those who decide are called by what waits for a decision.
	decides := f.Home == "/console/" || v.village.IsSensitive(v.me.ID)
	f.Nav = []page.Link{
		{Href: "/console/", Key: "nav.approve", Count: n.sorting, Loud: decides},
		{Href: "/console/q/household", Key: "kind.household", Count: n.queue[catalog.Household]},
		{Href: "/console/q/village", Key: "kind.village", Count: n.queue[catalog.VillageRun]},
		{Href: "/console/q/government", Key: "kind.government", Count: n.queue[catalog.Government]},
		{Href: "/console/late", Key: "nav.late", Count: n.late, Loud: true},
	}
	if f.Home == "/console/q/all" {
		f.Nav[0] = page.Link{Href: f.Home, Key: "kind.all"}
	}
	if may(v.me, callsRead) || n.calls > 0 {
		f.Nav = append(f.Nav, page.Link{Href: "/console/calls", Key: "nav.calls", Count: n.calls})
	}
	if may(v.me, deadRead) {
		f.Nav = append(f.Nav, page.Link{Href: "/console/dead", Key: "nav.dead", Count: n.dead})
	}
	f.Nav = append(f.Nav, page.Link{Href: "/console/staff", Key: "nav.staff"})
	for i := range f.Nav {
		f.Nav[i].Here = f.Nav[i].Href == here
	}
	return f, nil
}

// waiting counts what waits for somebody.
type waiting struct {
	sorting, late, calls, dead int
	queue                      map[catalog.Kind]int
}

func (c *Console) waiting(v *visit) (waiting, error) {
	n := waiting{queue: map[catalog.Kind]int{}}
	stats, err := c.Store.Stats(v.r.Context(), v.village.ID)
	if err != nil {
		return n, err
	}
	n.late = stats.Late
	for kind, states := range stats.Matters {
		n.sorting += states[matter.Sorting]
		for _, s := range inQueue() {
			n.queue[kind] += states[s]
		}
	}
	hot, err := c.emergencies(v.r.Context(), v.village.ID)
	if err != nil {
		return n, err
	}
	n.sorting += len(hot) // they stand in the list to approve, too
	calls, err := c.Desk.Calls(v.r.Context(), v.village.ID, v.me.ID)
	if err != nil {
		return n, err
	}
	var dead []message.DeadLetter
	if may(v.me, deadRead) {
		if dead, err = c.Store.DeadLetters(v.r.Context(), v.village.ID); err != nil {
			return n, err
		}
	}
	n.calls, n.dead = len(calls), len(dead)
	return n, nil
}

// counts is the navigation alone, fetched again and again by an open page.
func (c *Console) counts(v *visit) error {
	f, err := c.frame(v, "nav", page.Query(v.r).Get("at"))
	if err != nil {
		return err
	}
	return c.site.Views.Write(v.w, http.StatusOK, "counts_part", f)
}

// say keeps a sentence for the page that the redirect leads to.
func (c *Console) say(v *visit, f page.Flash) {
	if b, err := json.Marshal(f); err == nil {
		c.sessions.Put(v.r.Context(), keyFlash, string(b))
	}
}

func (c *Console) takeFlash(v *visit) *page.Flash {
	if !c.sessions.Exists(v.r.Context(), keyFlash) || v.r.URL.Path == "/console/counts" {
		return nil
	}
	var f page.Flash
	if json.Unmarshal([]byte(c.sessions.PopString(v.r.Context(), keyFlash)), &f) != nil {
		return nil
	}
	return &f
}

func (c *Console) show(v *visit, status int, name string, data any) error {
	return c.site.Views.Write(v.w, status, name, data)
}

func randomKey() string { return rand.Text() }
