package slack

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	slackgo "github.com/slack-go/slack"

	"sanshi/internal/matter"
)

// Media keeps pictures. A *matter.Error of the field photo says what is wrong with one.
type Media interface {
	Keep(village, matterID string, r io.Reader) (ref string, err error)
	Drop(village, matterID, ref string) error
}

const mostPicture = 10 << 20 // bytes

// withPhoto fetches the picture first, which may take longer than Slack waits. So
// the form says that it is on its way, and what became of it once that is so: an
// act is never called done before it is.
func (h *Hook) withPhoto(ic slackgo.InteractionCallback, who person, m matter.Matter, a matter.Act, about meta, file string) any {
	view, key := ic.View.ID, viewKey(ic)
	h.later("a form with a picture", func(ctx context.Context) error {
		after, err := h.actWithPhoto(ctx, who, m, a, file, key)
		return errors.Join(h.finished(ctx, view, who, about.Event, orElse(after, m), err))
	})
	v := h.saying(who, who.book().Say("form_photo_coming", nil))
	return slackgo.NewUpdateViewSubmissionResponse(&v)
}

func orElse(after, before matter.Matter) matter.Matter {
	if after.ID == "" {
		return before
	}
	return after
}

func (h *Hook) actWithPhoto(ctx context.Context, who person, m matter.Matter, a matter.Act, file, key string) (matter.Matter, error) {
	picture, err := h.Client.Picture(ctx, file)
	if err != nil {
		return m, err
	}
	ref, err := h.Media.Keep(who.village.ID, m.ID, picture)
	err = errors.Join(err, picture.Close())
	if err != nil {
		return m, err
	}
	r := request(who, m, a, key) // the digest is of what was asked: the name of the copy differs each time
	r.Act.Detail.Photo = ref
	after, err := h.Desk.Act(ctx, r)
	if err != nil || !slices.Contains(after.Photos, ref) { // refused, or done before with another copy
		err = errors.Join(err, h.Media.Drop(who.village.ID, m.ID, ref))
	}
	return after, err
}

// files is how pictures are fetched: with the bot's token, and so from Slack alone.
type files struct {
	token string
	api   string // scheme://host of the API
	http  *http.Client
}

func newFiles(c Config) files {
	f := files{token: c.BotToken, http: &http.Client{Timeout: callTimeout, Transport: c.HTTP.Transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	if u, err := url.Parse(c.APIURL); err == nil && u.Host != "" {
		f.api = u.Scheme + "://" + u.Host
	}
	return f
}

// fromSlack reports whether an address is Slack's own: whoever could name another
// would be given the token, or have us knock on doors inside.
func (f files) fromSlack(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.User != nil {
		return false
	}
	at := u.Scheme + "://" + u.Host
	return at == "https://files.slack.com" || f.api != "" && at == f.api
}

func noPhoto(format string, args ...any) error {
	return matter.Refuse(matter.Invalid, "photo", format, args...)
}

// Picture fetches a file of Slack's that is a picture. Where a phone sent a format
// of its own, Slack's smaller copy is taken. A *matter.Error of the field photo
// says that it is none.
func (c *Client) Picture(ctx context.Context, id string) (io.ReadCloser, error) {
	if len(id) > 40 || strings.Trim(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") != "" {
		return nil, noPhoto("this is no file of Slack's")
	}
	var info *slackgo.File
	err := c.call(ctx, "files.info", "", func(ctx context.Context) (err error) {
		info, _, _, err = c.api.GetFileInfoContext(ctx, id, 0, 0)
		return err
	})
	switch code := RefusalCode(err); {
	case code != "" && code != "ratelimited" && !Locked(code):
		return nil, noPhoto("Slack does not give the file out")
	case err != nil:
		return nil, err
	}
	address := pictureOf(info)
	switch {
	case address == "":
		return nil, noPhoto("this is no picture")
	case !c.files.fromSlack(address):
		return nil, noPhoto("the file is not at Slack")
	}
	return c.files.fetch(ctx, address)
}

// pictureOf chooses what to fetch of a file.
func pictureOf(f *slackgo.File) string {
	whole := firstOf(f.URLPrivateDownload, f.URLPrivate)
	switch {
	case (f.Mimetype == "image/jpeg" || f.Mimetype == "image/png") && f.Size <= mostPicture:
		return whole
	case strings.HasPrefix(f.Mimetype, "image/"):
		return firstOf(f.Thumb1024, f.Thumb960, f.Thumb720, f.Thumb480, f.Thumb360)
	}
	return ""
}

func (f files) fetch(ctx context.Context, address string) (io.ReadCloser, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, noPhoto("the file's address is none")
	}
	req.Header.Set("Authorization", "Bearer "+f.token)
	res, err := f.http.Do(req)
	if err != nil {
		return nil, errors.New("slack does not give a picture out in time")
	}
	if res.StatusCode != http.StatusOK || res.ContentLength > mostPicture {
		res.Body.Close()
		if res.StatusCode >= http.StatusInternalServerError {
			return nil, fmt.Errorf("slack answered %d to a picture", res.StatusCode)
		}
		return nil, noPhoto("Slack does not give the picture out, or it is too large")
	}
	return res.Body, nil
}
