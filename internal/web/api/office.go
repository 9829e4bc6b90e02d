package api

import (
	"net/http"
	"net/url"
	"strings"

	"sanshi/internal/desk"
)

func (a *api) stats(c *call) (answer, error) {
	s, err := a.Store.Stats(c.ctx, c.village.ID)
	if err != nil {
		return answer{}, err
	}
	return answer{body: counted(s)}, nil
}

func (a *api) deadLetters(c *call) (answer, error) {
	dead, err := a.Store.DeadLetters(c.ctx, c.village.ID)
	if err != nil {
		return answer{}, err
	}
	return answer{body: map[string]any{"deadletters": deadOf(dead)}}, nil
}

// retry puts a dead letter back in its queue; what becomes of it shows later.
func (a *api) retry(c *call) (answer, error) {
	if err := c.body.problem(); err != nil {
		return answer{}, err
	}
	id := c.PathValue("id")
	if err := a.Store.Retry(c.ctx, c.village.ID, id); err != nil {
		return answer{}, missing(err, "village %s has no dead letter %q", c.village.ID, id)
	}
	return answer{status: http.StatusAccepted, body: map[string]string{"id": id}}, nil
}

// erase removes what is kept of a resident, on a request that somebody recorded:
// PIPL art. 47 gives her the right to it.
func (a *api) erase(c *call) (answer, error) {
	by := c.body.text("by", idLimit)
	c.body.need("by", "the id of the secretary or administrator who recorded her request")
	wrong := c.body.problem()
	if _, known := c.village.Member(by); !known && by != "" {
		return answer{}, unknownStaff(c.village, by)
	}
	who, err := addressOf(c)
	if err == nil {
		err = wrong
	}
	if err != nil {
		return answer{}, err
	}
	if err := a.Desk.Erase(c.ctx, c.village.ID, who, by); err != nil {
		return answer{}, missing(err, "nothing is kept of this address")
	}
	a.Log.Info("api: erased", "village", c.village.ID, "address", who.Masked(), "by", by)
	return answer{body: map[string]bool{"erased": true}}, nil
}

// slackCode makes the code by which a staff member links her Slack account.
func (a *api) slackCode(c *call) (answer, error) {
	id := c.PathValue("id")
	if err := c.body.problem(); err != nil {
		return answer{}, err
	}
	code, err := a.Store.NewSlackCode(c.ctx, c.village.ID, id, slackTTL)
	if err != nil {
		return answer{}, missing(err, "village %s has no staff member %q", c.village.ID, id)
	}
	return answer{status: http.StatusCreated, body: map[string]any{"code": code, "expires_at": stamp(a.Now().Add(slackTTL))}}, nil
}

// link makes a sign-in link for a staff member, to be handed to her.
func (a *api) link(c *call) (answer, error) {
	id := c.PathValue("id")
	if _, ok := c.village.Member(id); !ok {
		return answer{}, missing(desk.ErrNotFound, "village %s has no staff member %q", c.village.ID, id)
	}
	if err := c.body.problem(); err != nil {
		return answer{}, err
	}
	token, err := a.Store.NewLink(c.ctx, c.village.ID, id, linkTTL)
	if err != nil {
		return answer{}, err
	}
	return answer{status: http.StatusCreated, body: map[string]any{
		"link":       strings.TrimSuffix(a.PublicURL, "/") + "/console/in?token=" + url.QueryEscape(token),
		"expires_at": stamp(a.Now().Add(linkTTL)),
	}}, nil
}
