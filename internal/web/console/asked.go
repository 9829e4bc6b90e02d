package console

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"sanshi/internal/desk"
	"sanshi/internal/directory"
	"sanshi/internal/web/page"
)

// askedRow is what several residents asked for and nobody has written down.
type askedRow struct {
	directory.Group
	Last page.Stamp
	IDs  string
	Key  string // of the form
}

// shownWords is how many of a group's questions are shown in their own words.
const shownWords = 3

// Words are the newest questions of the group, each once.
func (r askedRow) Words() (out []string) {
	for _, q := range r.Questions {
		if !slices.Contains(out, q.Text) && len(out) < shownWords {
			out = append(out, q.Text)
		}
	}
	return out
}

// asked lists the questions that no fact of the village answers, the most asked
// first. Who asked is not shown: the answer is for everybody.
func (c *Console) asked(v *visit) error { return c.showAsked(v, nil) }

func (c *Console) showAsked(v *visit, wrong *page.Problem) error {
	if !may(v.me, factWrite) {
		return page.Forbidden()
	}
	f, err := c.frame(v, "asked", "/console/calls")
	if err != nil {
		return err
	}
	groups, err := c.Desk.Asked(v.r.Context(), v.village.ID)
	if err != nil {
		return err
	}
	p := struct {
		page.Frame
		Rows  []askedRow
		Wrong *page.Problem
	}{Frame: f, Wrong: wrong}
	for _, g := range groups {
		p.Rows = append(p.Rows, askedRow{Group: g, Last: c.stamp(v, g.Questions[0].At), IDs: strings.Join(g.IDs(), ",")})
	}
	status := http.StatusOK
	if wrong != nil {
		status = wrong.Status
	}
	return c.show(v, status, "asked", p)
}

// answer writes down what was asked, and tells those who asked if the form says so.
func (c *Console) answer(v *visit) error {
	if !may(v.me, factWrite) {
		return page.Forbidden()
	}
	form, err := page.ReadForm(v.r)
	if err != nil {
		return err
	}
	told, err := c.Desk.Write(v.r.Context(), desk.Writing{
		Village: v.village.ID, By: v.me.ID, Name: form.Get("name"),
		Fact: directory.Fact{
			Text: strings.TrimSpace(form.Get("text")), Source: strings.TrimSpace(form.Get("source")),
			Updated: c.Now().In(zone(v)).Format("2006-01-02"),
		},
		Answers: strings.Split(form.Get("q"), ","), Tell: form.Get("tell") != "",
	})
	if err != nil {
		if p := page.From(err); p.Status < http.StatusInternalServerError {
			return c.showAsked(v, p)
		}
		return err
	}
	c.Log.Info("console: a fact was written", "village", v.village.ID, "by", v.me.ID, "told", told)
	c.say(v, page.Flash{Key: "flash.fact", Args: []string{strconv.Itoa(told)}})
	http.Redirect(v.w, v.r, "/console/asked", http.StatusSeeOther)
	return nil
}

// askedOften counts what residents asked often enough that an answer should be
// written down, for somebody who may write it.
func (c *Console) askedOften(v *visit) (n int, err error) {
	if !may(v.me, factWrite) {
		return 0, nil
	}
	groups, err := c.Desk.Asked(v.r.Context(), v.village.ID)
	for _, g := range groups {
		if g.Often() {
			n++
		}
	}
	return n, err
}
