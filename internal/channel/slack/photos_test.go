package slack

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	slackgo "github.com/slack-go/slack"

	"sanshi/internal/channel/slack/slacktest"
	"sanshi/internal/matter"
)

// The bot's token goes to Slack's own hosts and nowhere else: not to an address that
// a file names, nor where an answer points to.
func TestPicturesFromSlackAlone(t *testing.T) {
	asked := 0
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		asked++
		t.Errorf("%s was asked, with %q", r.URL, r.Header.Get("Authorization"))
	}))
	defer elsewhere.Close()
	f := newFiles(Config{BotToken: "xoxb-x", APIURL: "https://slack.com/api/", HTTP: http.DefaultClient})
	for address, want := range map[string]bool{
		"https://files.slack.com/files-pri/T-F/lamp.jpg": true, "https://slack.com/files/lamp.jpg": true,
		"http://files.slack.com/lamp.jpg": false, "https://files.slack.com.example.org/lamp.jpg": false, "https://example.org/files.slack.com": false,
		"https://files.slack.com@example.org/x": false, "https://x@files.slack.com/y": false, "https://files.slack.com:8443/x": false,
		"http://127.0.0.1:8081/metrics": false, "http://169.254.169.254/latest": false, "file:///etc/passwd": false, "//files.slack.com/x": false,
		"": false, "::": false, elsewhere.URL + "/x": false,
	} {
		if got := f.fromSlack(address); got != want {
			t.Errorf("%s: %v", address, got)
		}
	}
	// Slack's own host that points elsewhere.
	turns := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, elsewhere.URL+"/secret", http.StatusFound)
	}))
	defer turns.Close()
	f = newFiles(Config{BotToken: "xoxb-x", APIURL: turns.URL + "/api/", HTTP: http.DefaultClient})
	if _, err := f.fetch(t.Context(), turns.URL+"/files/x"); !refusedPhoto(err) || asked > 0 {
		t.Errorf("%v, elsewhere asked %d times", err, asked)
	}
}

func refusedPhoto(err error) bool {
	var refused *matter.Error
	return errors.As(err, &refused) && refused.Field == "photo"
}

func TestPicture(t *testing.T) {
	s := slacktest.New(t)
	s.AddFile("F0LAMP", "lamp.jpg", "image/jpeg", "U0LIU", []byte("picture"))
	s.AddFile("F0PDF", "x.pdf", "application/pdf", "U0LIU", []byte("paper"))
	c := NewClient(Config{BotToken: slacktest.BotToken, APIURL: s.URL})
	body, err := c.Picture(t.Context(), "F0LAMP")
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(body)
	if body.Close(); string(got) != "picture" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	for _, id := range []string{"F0PDF", "F0NONE", "", "f0lamp", "../files/F0LAMP", strings.Repeat("F", 41)} {
		if _, err := c.Picture(t.Context(), id); !refusedPhoto(err) {
			t.Errorf("%q: %v", id, err)
		}
	}
	s.Play("files.info", slacktest.Fault{HTTP: 500})
	if _, err := c.Picture(t.Context(), "F0LAMP"); err == nil || refusedPhoto(err) {
		t.Errorf("Slack is away: %v", err)
	}
	s.Play("files.info", slacktest.Fault{After: "1"})
	if _, err := c.Picture(t.Context(), "F0LAMP"); err == nil || refusedPhoto(err) {
		t.Errorf("Slack asks us to rest: %v", err)
	}
}

// What a phone sends in a format of its own is taken as Slack's smaller copy.
func TestPictureOf(t *testing.T) {
	for name, c := range map[string]struct {
		file slackgo.File
		want string
	}{
		"jpeg":       {slackgo.File{Mimetype: "image/jpeg", URLPrivateDownload: "d", URLPrivate: "p", Thumb1024: "t"}, "d"},
		"heic":       {slackgo.File{Mimetype: "image/heic", URLPrivate: "p", Thumb1024: "t"}, "t"},
		"small heic": {slackgo.File{Mimetype: "image/heic", URLPrivate: "p", Thumb360: "s"}, "s"},
		"huge":       {slackgo.File{Mimetype: "image/png", Size: mostPicture + 1, URLPrivate: "p", Thumb720: "t"}, "t"},
		"svg":        {slackgo.File{Mimetype: "image/svg+xml", URLPrivate: "p"}, ""},
		"paper":      {slackgo.File{Mimetype: "application/pdf", URLPrivate: "p", Thumb360: "t"}, ""},
	} {
		if got := pictureOf(&c.file); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
