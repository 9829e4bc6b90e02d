package slack

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	slackgo "github.com/slack-go/slack"
)

// callTimeout bounds one call. Slack itself gives up on a slow app after 3 s.
const callTimeout = 10 * time.Second

// Config is how Slack is reached.
type Config struct {
	BotToken string // xoxb-…
	AppToken string // xapp-…, for Socket Mode; "" is off
	APIURL   string // https://slack.com/api/, with the slash at the end
	HTTP     *http.Client
	Log      *slog.Logger
}

// Client calls Slack's Web API. It is safe for use by many goroutines. No token
// and no word of a message is ever in its errors or logs.
type Client struct {
	api   *slackgo.Client
	log   *slog.Logger
	files files

	mu      sync.Mutex
	rests   map[string]time.Time // "method channel" or "method" → no call before
	trouble error                // how the last call went, as far as Slack itself is concerned
}

// NewClient makes a client. It does not call.
func NewClient(c Config) *Client {
	if c.HTTP == nil {
		c.HTTP = &http.Client{Timeout: callTimeout}
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	options := []slackgo.Option{slackgo.OptionHTTPClient(c.HTTP)}
	if c.APIURL != "" {
		options = append(options, slackgo.OptionAPIURL(c.APIURL))
	}
	if c.AppToken != "" {
		options = append(options, slackgo.OptionAppLevelToken(c.AppToken))
	}
	return &Client{api: slackgo.New(c.BotToken, options...), log: c.Log, files: newFiles(c), rests: map[string]time.Time{}}
}

// API is the library's own client, for what is not a method here (Socket Mode).
func (c *Client) API() *slackgo.Client { return c.api }

// Refusal is a clear no of Slack's. Any other error of a call leaves in doubt
// whether it was done.
type Refusal struct {
	Method string
	Code   string        // Slack's: channel_not_found, invalid_blocks, ratelimited …
	After  time.Duration // of ratelimited: how long to rest
}

func (r *Refusal) Error() string { return "slack refuses " + r.Method + " (" + r.Code + ")" }

// RefusalCode is Slack's word for why a call failed, "" when it did not say.
func RefusalCode(err error) string {
	var r *Refusal
	if errors.As(err, &r) {
		return r.Code
	}
	return ""
}

// afterOf is how long Slack asked us to rest.
func afterOf(err error) time.Duration {
	var r *Refusal
	if errors.As(err, &r) {
		return r.After
	}
	return 0
}

// Posted is where a message stands.
type Posted struct{ Channel, TS string }

// Post writes a message with these blocks; text is what a notification shows. To
// is a channel, or a user's id for a direct message.
func (c *Client) Post(ctx context.Context, to, text string, blocks []slackgo.Block) (p Posted, err error) {
	err = c.call(ctx, "chat.postMessage", to, func(ctx context.Context) (err error) {
		p.Channel, p.TS, err = c.api.PostMessageContext(ctx, to, append(words(text, blocks), slackgo.MsgOptionDisableLinkUnfurl())...)
		return err
	})
	return p, err
}

// Update replaces a message of ours.
func (c *Client) Update(ctx context.Context, at Posted, text string, blocks []slackgo.Block) error {
	return c.call(ctx, "chat.update", "", func(ctx context.Context) error {
		_, _, _, err := c.api.UpdateMessageContext(ctx, at.Channel, at.TS, words(text, blocks)...)
		return err
	})
}

// Whisper writes into a channel what only one person sees.
func (c *Client) Whisper(ctx context.Context, channel, user, text string, blocks []slackgo.Block) error {
	return c.call(ctx, "chat.postEphemeral", channel, func(ctx context.Context) error {
		_, err := c.api.PostEphemeralContext(ctx, channel, user, words(text, blocks)...)
		return err
	})
}

// words are the parts of a message. Its text is escaped, so that nobody's words
// call a whole channel.
func words(text string, blocks []slackgo.Block) []slackgo.MsgOption {
	options := []slackgo.MsgOption{slackgo.MsgOptionText(cut(text, mostText), true)}
	if len(blocks) > 0 {
		options = append(options, slackgo.MsgOptionBlocks(blocks...))
	}
	return options
}

// OpenView shows a form. The trigger lives three seconds and works once.
func (c *Client) OpenView(ctx context.Context, trigger string, v slackgo.ModalViewRequest) (id string, err error) {
	err = c.call(ctx, "views.open", "", func(ctx context.Context) error {
		r, err := c.api.OpenViewContext(ctx, trigger, v)
		if err == nil {
			id = r.ID
		}
		return err
	})
	return id, err
}

// UpdateView replaces a form that is open.
func (c *Client) UpdateView(ctx context.Context, id string, v slackgo.ModalViewRequest) error {
	return c.call(ctx, "views.update", "", func(ctx context.Context) error {
		_, err := c.api.UpdateViewContext(ctx, v, "", "", id)
		return err
	})
}

// PublishHome replaces somebody's home page.
func (c *Client) PublishHome(ctx context.Context, user string, blocks []slackgo.Block) error {
	return c.call(ctx, "views.publish", "", func(ctx context.Context) error {
		_, err := c.api.PublishViewContext(ctx, slackgo.PublishViewContextRequest{UserID: user,
			View: slackgo.HomeTabViewRequest{Type: slackgo.VTHomeTab, Blocks: slackgo.Blocks{BlockSet: blocks}}})
		return err
	})
}

// Direct is the channel of direct messages with a user.
func (c *Client) Direct(ctx context.Context, user string) (channel string, err error) {
	err = c.call(ctx, "conversations.open", "", func(ctx context.Context) error {
		ch, _, _, err := c.api.OpenConversationContext(ctx, &slackgo.OpenConversationParameters{Users: []string{user}, ReturnIM: true})
		if err == nil {
			channel = ch.ID
		}
		return err
	})
	return channel, err
}

// historyPage is how many messages are read at once: Slack recommends no more than 200.
const historyPage = 200

// Search goes through the newest messages of a channel that are not older than
// since, newest first, until found says so.
func (c *Client) Search(ctx context.Context, channel string, since time.Time, found func(slackgo.Message) bool) (ok bool, err error) {
	cursor := ""
	for range 10 { // two thousand messages of a minute: there are no more
		var page *slackgo.GetConversationHistoryResponse
		err := c.call(ctx, "conversations.history", "", func(ctx context.Context) (err error) {
			page, err = c.api.GetConversationHistoryContext(ctx, &slackgo.GetConversationHistoryParameters{
				ChannelID: channel, Oldest: fmt.Sprintf("%d.000000", since.Unix()), Limit: historyPage, Cursor: cursor, Inclusive: true})
			return err
		})
		if err != nil {
			return false, err
		}
		for _, m := range page.Messages {
			if found(m) {
				return true, nil
			}
		}
		if cursor = page.ResponseMetaData.NextCursor; cursor == "" || !page.HasMore {
			return false, nil
		}
	}
	return false, nil
}

// call makes one call, unless Slack has asked us to rest. place narrows the rest
// to a channel: writing is limited for each channel, all else for each method.
func (c *Client) call(ctx context.Context, method, place string, do func(context.Context) error) error {
	if wait := c.resting(method, place); wait > 0 {
		return &Refusal{Method: method, Code: "ratelimited", After: wait}
	}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	err := plain(method, do(ctx))
	c.note(err)
	var r *Refusal
	if errors.As(err, &r) && r.Code == "ratelimited" {
		c.rest(method, place, r.After)
	}
	return err
}

// plain turns an error of the library into one that says who should act, without
// addresses, tokens or words.
func plain(method string, err error) error {
	var limited *slackgo.RateLimitedError
	var refused slackgo.SlackErrorResponse
	var status slackgo.StatusCodeError
	var web *url.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &limited):
		return &Refusal{Method: method, Code: "ratelimited", After: limited.RetryAfter}
	case errors.As(err, &refused) && unsure(refused.Err):
		return fmt.Errorf("slack had a fault in %s (%s)", method, refused.Err)
	case errors.As(err, &refused) && (refused.Err == "ratelimited" || refused.Err == "rate_limited"):
		return &Refusal{Method: method, Code: "ratelimited", After: time.Second}
	case errors.As(err, &refused):
		return &Refusal{Method: method, Code: refused.Err}
	case errors.As(err, &status):
		return fmt.Errorf("slack answered %d to %s", status.Code, method)
	case errors.As(err, &web):
		err = web.Err
	}
	return fmt.Errorf("slack does not answer %s: %w", method, err)
}

// unsure are answers after which, by Slack's own words, the call may have been done.
func unsure(code string) bool {
	switch code {
	case "internal_error", "fatal_error", "service_unavailable", "request_timeout":
		return true
	}
	return false
}

func (c *Client) resting(method, place string) time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	key := method + " " + place
	until, ok := c.rests[key]
	if !ok {
		return 0
	}
	wait := time.Until(until)
	if wait <= 0 {
		delete(c.rests, key)
	}
	return max(wait, 0)
}

func (c *Client) rest(method, place string, d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.rests[method+" "+place] = time.Now().Add(d)
}

// note remembers how Slack as a whole fares: a refused channel is not its fault.
func (c *Client) note(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch code := RefusalCode(err); {
	case errors.Is(err, context.Canceled):
	case err == nil, code != "" && !Locked(code):
		c.trouble = nil
	default:
		c.trouble = err
	}
}

// Locked are refusals of the whole app: nothing works until somebody sees to its
// token or scopes.
func Locked(code string) bool {
	switch code {
	case "invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "no_permission", "team_access_not_granted":
		return true
	}
	return false
}

// Identity is who the token is.
type Identity struct {
	User, Team string
	Scopes     []string
}

// Who asks Slack who the token is, and what it may do.
func (c *Client) Who(ctx context.Context) (who Identity, err error) {
	err = c.call(ctx, "auth.test", "", func(ctx context.Context) error {
		r, err := c.api.AuthTestContext(ctx)
		if err == nil {
			who = Identity{User: r.User, Team: r.Team}
			if scopes := r.Header.Get("X-OAuth-Scopes"); scopes != "" {
				who.Scopes = strings.Split(strings.ReplaceAll(scopes, " ", ""), ",")
			}
		}
		return err
	})
	return who, err
}

// Channel says whether the app can write into a channel: nil, or a Refusal with the
// code that a posting would have.
func (c *Client) Channel(ctx context.Context, id string) error {
	const method = "conversations.info"
	var ch *slackgo.Channel
	err := c.call(ctx, method, "", func(ctx context.Context) (err error) {
		ch, err = c.api.GetConversationInfoContext(ctx, &slackgo.GetConversationInfoInput{ChannelID: id})
		return err
	})
	switch {
	case err != nil:
		return err
	case ch.IsArchived:
		return &Refusal{Method: method, Code: "is_archived"}
	case !ch.IsMember:
		return &Refusal{Method: method, Code: "not_in_channel"}
	}
	return nil
}

// Ask says how the last call went, nil when Slack answered it. It calls nobody.
func (c *Client) Ask(context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.trouble
}
