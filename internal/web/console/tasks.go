package console

import (
	"net/http"
	"strconv"
	"time"

	"sanshi/internal/directory"
	"sanshi/internal/message"
	"sanshi/internal/web/page"
)

// deadRow is a text that could not be handled or sent.
type deadRow struct {
	message.DeadLetter
	Masked string
	Length int // in characters: its words are on its own page
	Stamp  page.Stamp
}

func (c *Console) deadRow(v *visit, d message.DeadLetter) deadRow {
	return deadRow{DeadLetter: d, Masked: masked(message.Address(d.Address)), Length: len([]rune(d.Text)), Stamp: c.stamp(v, d.At)}
}

func (c *Console) dead(v *visit) error {
	if !may(v.me, deadRead) {
		return page.Forbidden()
	}
	f, err := c.frame(v, "nav.dead", "/console/dead")
	if err != nil {
		return err
	}
	letters, err := c.Store.DeadLetters(v.r.Context(), v.village.ID)
	if err != nil {
		return err
	}
	var rows []deadRow
	for _, d := range letters {
		rows = append(rows, c.deadRow(v, d))
	}
	return c.show(v, http.StatusOK, "dead", struct {
		page.Frame
		Rows     []deadRow
		CanRetry bool
	}{f, rows, may(v.me, deadRetry)})
}

// findLetter finds a dead letter by its id, for somebody who may retry it: she
// needs its words, a supervisor does not.
func (c *Console) findLetter(v *visit) (message.DeadLetter, error) {
	if !may(v.me, deadRetry) {
		return message.DeadLetter{}, page.Forbidden()
	}
	letters, err := c.Store.DeadLetters(v.r.Context(), v.village.ID)
	if err != nil {
		return message.DeadLetter{}, err
	}
	for _, d := range letters {
		if d.ID == v.r.PathValue("id") {
			return d, nil
		}
	}
	return message.DeadLetter{}, page.NotFound()
}

func (c *Console) letter(v *visit) error {
	d, err := c.findLetter(v)
	if err != nil {
		return err
	}
	f, err := c.frame(v, "nav.dead", "/console/dead")
	if err != nil {
		return err
	}
	return c.show(v, http.StatusOK, "letter", struct {
		page.Frame
		Letter deadRow
		Number string
	}{f, c.deadRow(v, d), message.Address(d.Address).User()})
}

func (c *Console) retry(v *visit) error {
	if _, err := page.ReadForm(v.r); err != nil {
		return err
	}
	d, err := c.findLetter(v)
	if err != nil {
		return err
	}
	if err := c.Store.Retry(v.r.Context(), v.village.ID, d.ID); err != nil {
		return err
	}
	c.say(v, page.Flash{Key: "flash.retried"})
	http.Redirect(v.w, v.r, "/console/dead", http.StatusSeeOther)
	return nil
}

// staffRow is one member on the list of people.
type staffRow struct {
	directory.Staff
	CanLink bool
	AreaOf  []string
}

type peoplePage struct {
	page.Frame
	Rows        []staffRow
	For         string // name of the person a link was just made for
	Link        string
	Hours       string
	CanRehearse bool
	Code        string // by which she links her Slack account
}

// linkTime is how long a sign-in link that was made here can be used.
const linkTime = 24 * time.Hour

func (c *Console) people(v *visit) error { return c.showPeople(v, peoplePage{}) }

func (c *Console) showPeople(v *visit, p peoplePage) error {
	f, err := c.frame(v, "nav.staff", "/console/staff")
	if err != nil {
		return err
	}
	p.Frame, p.Hours = f, strconv.Itoa(int(linkTime.Hours()))
	p.CanRehearse = c.Rehearse != nil && may(v.me, rehearseDo)
	for _, s := range v.village.Staff {
		r := staffRow{Staff: s, CanLink: s.ID == v.me.ID || may(v.me, linkMake)}
		for _, a := range s.Areas {
			r.AreaOf = append(r.AreaOf, v.village.Area(a).Name)
		}
		p.Rows = append(p.Rows, r)
	}
	return c.show(v, http.StatusOK, "people", p)
}

// newLink makes a one-time sign-in link, shown once: for another phone of one's
// own, or by the administrator for anybody.
func (c *Console) newLink(v *visit) error {
	s, err := c.linkFor(v)
	if err != nil {
		return err
	}
	token, err := c.Store.NewLink(v.r.Context(), v.village.ID, s.ID, linkTime)
	if err != nil {
		return err
	}
	c.Log.Info("console: a sign-in link was made", "village", v.village.ID, "by", v.me.ID, "for", s.ID)
	return c.showPeople(v, peoplePage{For: s.Name, Link: page.Origin(c.PublicURL) + "/console/in?token=" + token})
}

// linkFor is the member for whom a link or code is asked, by somebody who may.
func (c *Console) linkFor(v *visit) (directory.Staff, error) {
	s, ok := v.village.Member(v.r.PathValue("id"))
	if !ok {
		return s, page.NotFound()
	}
	if s.ID != v.me.ID && !may(v.me, linkMake) {
		return s, page.Forbidden()
	}
	_, err := page.ReadForm(v.r)
	return s, err
}

// slackTime is how long a code for Slack can be used.
const slackTime = 10 * time.Minute

// newSlackCode makes the code by which somebody links her Slack account.
func (c *Console) newSlackCode(v *visit) error {
	s, err := c.linkFor(v)
	if err != nil {
		return err
	}
	code, err := c.Store.NewSlackCode(v.r.Context(), v.village.ID, s.ID, slackTime)
	if err != nil {
		return err
	}
	c.Log.Info("console: a Slack code was made", "village", v.village.ID, "by", v.me.ID, "for", s.ID)
	return c.showPeople(v, peoplePage{For: s.Name, Code: code})
}

// masked is a number as lists show it.
func masked(a message.Address) string {
	if a == "" {
		return ""
	}
	return message.Address("x:" + a.User()).Masked()[2:]
}
