// Package twilio carries texts by Twilio: SMS, MMS and WhatsApp.
//
// A Driver sends; a Webhook receives. What comes in is trusted for its signature
// only, computed over every parameter received and the public address, and it is
// acknowledged once it is kept. Replies never travel in the answer to a webhook:
// they go through the outbox, where they can be paced, retried and looked for.
package twilio

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/twilio/twilio-go/client"
	openapi "github.com/twilio/twilio-go/rest/api/v2010"

	"sanshi/internal/channel"
	"sanshi/internal/message"
)

// Config is what Twilio and we must know of each other.
type Config struct {
	AccountSID string
	AuthToken  string
	APIURL     string // "" means https://api.twilio.com
	PublicURL  string // the address Twilio calls us at; signatures are checked against it
	// MessagingService sends what has no sender of its own; may be "".
	MessagingService string
}

// Driver sends by Twilio's Messages resource.
type Driver struct {
	config Config
	api    *url.URL
	base   http.RoundTripper
}

// New returns a driver. The error names the field that is wrong.
func New(c Config) (*Driver, error) {
	if c.APIURL == "" {
		c.APIURL = "https://api.twilio.com"
	}
	api, err := url.Parse(c.APIURL)
	if err != nil || api.Host == "" || api.Scheme != "https" && api.Scheme != "http" {
		return nil, fmt.Errorf("twilio: the API URL %q is no http or https address", c.APIURL)
	}
	public, err := url.Parse(c.PublicURL)
	if err != nil || public.Host == "" {
		return nil, fmt.Errorf("twilio: the public URL %q is no address", c.PublicURL)
	}
	if c.AccountSID == "" || c.AuthToken == "" {
		return nil, errors.New("twilio: the account SID and the auth token belong together")
	}
	base := http.DefaultTransport.(*http.Transport).Clone()
	base.MaxIdleConnsPerHost = 16
	return &Driver{config: c, api: api, base: base}, nil
}

// Name is sms: WhatsApp texts too leave by it.
func (d *Driver) Name() string { return "sms" }

// Send creates a message. Its status callback carries our own id, so that a send
// whose answer was lost is still told to us.
func (d *Driver) Send(ctx context.Context, out message.Outbound) (channel.Receipt, error) {
	to, from, err := d.ends(out)
	if err != nil {
		return channel.Receipt{}, err
	}
	params := &openapi.CreateMessageParams{}
	params.SetTo(to).SetBody(out.Text).SetStatusCallback(d.callback(out))
	if strings.HasPrefix(from, "MG") {
		params.SetMessagingServiceSid(from)
	} else {
		params.SetFrom(from)
	}
	x := d.exchange(ctx)
	m, err := x.service().CreateMessage(params)
	if err != nil {
		return channel.Receipt{}, x.judge(err)
	}
	if m.Sid == nil || *m.Sid == "" {
		return channel.Receipt{}, x.judge(errors.New("an answer without a message"))
	}
	if m.ErrorCode != nil && *m.ErrorCode != 0 {
		return channel.Receipt{}, problem(http.StatusBadRequest, *m.ErrorCode, "", 0)
	}
	return channel.Receipt{ProviderID: *m.Sid, Status: statusOf(value(m.Status))}, nil
}

// trial is what Twilio puts before the texts of a trial account.
const trial = "Sent from your Twilio trial account - "

// Find looks through the newest 200 messages to the person for one with these
// words, created after since. Dates are compared here: Twilio's own filter is on
// the day of sending, which a queued message does not have yet.
func (d *Driver) Find(ctx context.Context, out message.Outbound, since time.Time) (channel.Receipt, bool, error) {
	to, from, err := d.ends(out)
	if err != nil {
		return channel.Receipt{}, false, err
	}
	params := &openapi.ListMessageParams{}
	params.SetTo(to).SetPageSize(200)
	if !strings.HasPrefix(from, "MG") {
		params.SetFrom(from)
	}
	x := d.exchange(ctx)
	list, err := x.service().PageMessage(params, "", "")
	if err != nil {
		return channel.Receipt{}, false, x.judge(err)
	}
	if x.status/100 != 2 {
		return channel.Receipt{}, false, x.judge(errors.New("no list"))
	}
	for _, m := range list.Messages {
		made, err := time.Parse(time.RFC1123Z, value(m.DateCreated))
		if err != nil || made.Before(since.Truncate(time.Second)) || !strings.HasPrefix(value(m.Direction), "outbound") {
			continue
		}
		if strings.TrimSpace(strings.TrimPrefix(value(m.Body), trial)) == strings.TrimSpace(out.Text) {
			return channel.Receipt{ProviderID: value(m.Sid), Status: statusOf(value(m.Status))}, true, nil
		}
	}
	return channel.Receipt{}, false, nil
}

// ends are the two numbers as Twilio writes them. From may be a Messaging Service.
func (d *Driver) ends(out message.Outbound) (to, from string, err error) {
	from = out.Sender
	if from == "" {
		from = d.config.MessagingService
	}
	if from == "" {
		return "", "", &channel.Problem{Code: "sender", Text: "neither a sender's number nor a messaging service is set", Permanent: true}
	}
	switch out.To.Scheme() {
	case "sms":
		return out.To.User(), from, nil
	case "whatsapp":
		if !strings.HasPrefix(from, "MG") {
			from = "whatsapp:" + strings.TrimPrefix(from, "whatsapp:")
		}
		return string(out.To), from, nil
	}
	return "", "", &channel.Problem{Code: "address", Text: "Twilio does not reach " + out.To.Scheme() + " addresses", Permanent: true}
}

func (d *Driver) callback(out message.Outbound) string {
	q := url.Values{"village": {out.Village}, "id": {out.ID}}
	return strings.TrimSuffix(d.config.PublicURL, "/") + statusPath + "?" + q.Encode()
}

func (d *Driver) exchange(ctx context.Context) *exchange {
	return &exchange{ctx: ctx, api: d.api, base: d.base, account: d.config.AccountSID, token: d.config.AuthToken}
}

// exchange is one request and its answer. twilio-go knows neither contexts nor
// the headers of a refusal, so each request has a client of its own around it.
type exchange struct {
	ctx            context.Context
	api            *url.URL
	base           http.RoundTripper
	account, token string

	status int           // of the answer; 0 when there was none
	after  time.Duration // its Retry-After
}

func (x *exchange) service() *openapi.ApiService {
	c := &client.Client{
		Credentials: client.NewCredentials(x.account, x.token),
		HTTPClient: &http.Client{
			Transport: x,
			CheckRedirect: func(*http.Request, []*http.Request) error {
				return http.ErrUseLastResponse // the token goes to nobody else
			},
		},
	}
	c.SetAccountSid(x.account)
	return openapi.NewApiService(&client.RequestHandler{Client: c})
}

// judge tells a clear no from a doubt.
func (x *exchange) judge(err error) error {
	var refusal *client.TwilioRestError
	switch {
	case x.status >= 400 && errors.As(err, &refusal):
		return problem(x.status, refusal.Code, refusal.Message, x.after)
	case x.status >= 400:
		return problem(x.status, 0, "", x.after)
	case x.status >= 300:
		return problem(x.status, 0, "a redirect; check TWILIO_API_URL", 0)
	}
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "dial" {
		return &channel.Problem{Code: "dial", Text: "Twilio cannot be reached"}
	}
	return fmt.Errorf("twilio: %w", err)
}

func value(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
