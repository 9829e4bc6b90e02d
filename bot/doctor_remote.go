package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"
	"github.com/sashabaranov/go-openai"

	"sanshi/internal/channel/slack"
	"sanshi/internal/directory"
	"sanshi/internal/llm"
)

// redis asks each address for a PING. Without Redis nothing is lost: it wakes
// other nodes up, and the sweep over the database does so a little later.
func (d *doctor) redis(ctx context.Context, address string) {
	const what = "redis"
	if address == "" {
		d.ok(what, "off; one node needs none")
		return
	}
	redis.SetLogger(&logging.VoidLogger{}) // its pool reports each dial; the line below says it once
	for part := range strings.SplitSeq(address, ",") {
		part = strings.TrimSpace(part)
		if !strings.Contains(part, "://") {
			part = "redis://" + part
		}
		o, err := redis.ParseURL(part)
		if err != nil {
			d.fail(what, "SANSHI_REDIS_URL is no address of the form redis://host:6379/0")
			continue
		}
		o.MaxRetries, o.DialerRetries = -1, 1
		client := redis.NewClient(o)
		err = client.Ping(ctx).Err()
		client.Close() // nothing was written
		if err != nil {
			d.fail(what, "%s does not answer (%v): start it, or empty SANSHI_REDIS_URL. Until then answers are up to 2 s slower", o.Addr, err)
			continue
		}
		d.ok(what, "%s answers", o.Addr)
	}
}

// slack asks who the token is, whether it may do all that is needed, and whether
// each village's channels can be written to.
func (d *doctor) slack(ctx context.Context, token, api string, villages []*directory.Village) {
	const what = "slack"
	if token == "" {
		d.ok(what, "off")
		return
	}
	client := slack.NewClient(slack.Config{BotToken: token, APIURL: api, HTTP: d.http})
	who, err := client.Who(ctx)
	switch code := slack.RefusalCode(err); {
	case code != "":
		d.fail(what, "the token is refused (%s): set SLACK_BOT_TOKEN to the app's bot token (xoxb-…)", code)
		return
	case err != nil:
		d.fail(what, "%v: check the network and SLACK_API_URL; cards wait meanwhile", err)
		return
	}
	missing := slack.Missing(who.Scopes)
	if len(who.Scopes) > 0 && len(missing) > 0 { // Slack always says; a proxy may not let it through
		d.fail(what, "%s in %s may not %s: give the app the scopes of its manifest and install it again", who.User, who.Team, strings.Join(missing, ", "))
	} else {
		d.ok(what, "%s in %s", who.User, who.Team)
	}
	for _, v := range villages {
		d.slackChannels(ctx, client, v)
	}
}

func (d *doctor) slackChannels(ctx context.Context, client *slack.Client, v *directory.Village) {
	what := "slack " + v.ID
	for _, purpose := range slices.Sorted(maps.Keys(v.Slack)) {
		err := client.Channel(ctx, v.Slack[purpose])
		switch code := slack.RefusalCode(err); {
		case code != "":
			d.fail(what, "%s = %s (%s): %s", purpose, v.Slack[purpose], code, slack.Remedy(code))
		case err != nil:
			d.warn(what, "%s = %s could not be looked at: %v", purpose, v.Slack[purpose], err)
		default:
			d.ok(what, "%s = %s can be written to", purpose, v.Slack[purpose])
		}
	}
	if len(v.Slack) == 0 {
		d.warn(what, "no [slack] in the village: its matters have no cards, staff are told by direct message only")
	}
}

// modelAccount is how doctor reaches a language model.
type modelAccount struct{ key, base, name string }

// model asks for the list of models, which costs nothing, and then about a street
// light, which harms nobody.
func (d *doctor) model(ctx context.Context, a modelAccount, villages []*directory.Village) {
	const what = "model"
	if a.name == "" {
		d.ok(what, "off; rules and the linear model sort alone")
		return
	}
	if !slices.ContainsFunc(villages, func(v *directory.Village) bool { return v.Model.On }) {
		d.warn(what, "no village allows it, so nothing is sent: write model = true in the village's file")
	}
	c := openai.DefaultConfig(a.key)
	if a.base != "" {
		c.BaseURL = strings.TrimSuffix(a.base, "/")
	}
	c.HTTPClient = d.http
	list, err := openai.NewClientWithConfig(c).ListModels(ctx)
	switch status := modelStatus(err); {
	case status == http.StatusUnauthorized:
		d.fail(what, "%s refuses the key: set OPENAI_API_KEY", c.BaseURL)
		return
	case status == http.StatusNotFound: // some servers have no list
	case status != 0:
		d.fail(what, "%s answered %d: check OPENAI_BASE_URL; doubtful texts go to the secretary meanwhile", c.BaseURL, status)
		return
	case err != nil:
		d.fail(what, "%s does not answer as such a server does (%v): check OPENAI_BASE_URL; doubtful texts go to the secretary meanwhile", c.BaseURL, bare(err))
		return
	case !slices.ContainsFunc(list.Models, func(m openai.Model) bool { return m.ID == a.name }):
		d.warn(what, "%s answers but does not list %q: check OPENAI_MODEL", c.BaseURL, a.name)
	}
	d.askModel(ctx, a, c.BaseURL)
}

// askModel puts one harmless question, as the service puts its own.
func (d *doctor) askModel(ctx context.Context, a modelAccount, base string) {
	const what = "model"
	client := llm.New(llm.Config{APIKey: a.key, BaseURL: base, Model: a.name})
	began := time.Now()
	got, err := client.Refine(ctx, llm.Question{Village: "doctor", Text: "村口的路灯坏了，请来修"})
	took := time.Since(began).Seconds()
	switch {
	case err != nil:
		d.fail(what, "%s does not answer the question (%v): check OPENAI_BASE_URL and OPENAI_MODEL; doubtful texts go to the secretary meanwhile", base, err)
	case got.Code != "V1":
		d.warn(what, "%s takes a broken street light for %s: a larger model sorts better", a.name, got.Code)
	default:
		d.ok(what, "%s answers a question in %.1f s, asked by %s", a.name, took, client.Format())
	}
}

// modelStatus is the HTTP status that a server refused with; 0 when it did not.
func modelStatus(err error) int {
	var said *openai.APIError
	var mute *openai.RequestError // refused without an error in its body
	switch {
	case errors.As(err, &said):
		return said.HTTPStatusCode
	case errors.As(err, &mute):
		return mute.HTTPStatusCode
	}
	return 0
}

// twilioAccount is how doctor reaches Twilio.
type twilioAccount struct{ sid, token, api, public string }

// twilio checks the account, the clock and how each village's number is set up.
func (d *doctor) twilio(ctx context.Context, a twilioAccount, villages []*directory.Village) {
	const what = "twilio"
	for _, v := range villages {
		if v.Voice && (a.sid == "" || len(v.SMS) == 0) {
			d.warn("voice", "%s has voice = true, and nobody can be called: it needs Twilio and a number under sms that can make calls", v.ID)
		}
	}
	if a.sid == "" {
		d.ok(what, "off; no text leaves by SMS: the demo has its simulator, a village of your own is tried by POST …/messages of the API")
		return
	}
	var account struct {
		Status string `json:"status"`
		Name   string `json:"friendly_name"`
	}
	date, err := d.twilioGet(ctx, a, ".json", &account)
	if err != nil {
		d.fail(what, "%v", err)
		return
	}
	if account.Status != "active" {
		d.fail(what, "the account is %s: see console.twilio.com", account.Status)
		return
	}
	d.ok(what, "account %s is active", account.Name)
	if off := d.now.Sub(date).Abs(); !date.IsZero() && off > 2*time.Minute {
		d.fail("clock", "this machine's clock is off by %v: switch time synchronisation on; old signatures are refused", off.Round(time.Second))
	}
	for _, v := range villages {
		for _, number := range v.SMS {
			d.twilioNumber(ctx, a, v, number)
		}
	}
}

// phoneNumber is what Twilio keeps of a number: an IncomingPhoneNumber resource.
type phoneNumber struct {
	URL      string `json:"sms_url"`
	Method   string `json:"sms_method"`
	Fallback string `json:"sms_fallback_url"`
	App      string `json:"sms_application_sid"`
}

func (d *doctor) twilioNumber(ctx context.Context, a twilioAccount, v *directory.Village, number string) {
	what := "twilio number"
	var list struct {
		Numbers []phoneNumber `json:"incoming_phone_numbers"`
	}
	_, err := d.twilioGet(ctx, a, "/IncomingPhoneNumbers.json?PhoneNumber="+url.QueryEscape(number), &list)
	want := strings.TrimSuffix(a.public, "/") + "/twilio/sms"
	switch {
	case err != nil:
		d.fail(what, "%s: %v", number, err)
	case len(list.Numbers) == 0:
		d.fail(what, "%s of %s is not a number of this account: buy it, or correct sms in the village", number, v.ID)
	case list.Numbers[0].App != "":
		d.warn(what, "%s is handled by the TwiML app %s: its messaging URL must be %s#rc=5&rp=all", number, list.Numbers[0].App, want)
	case v.MessagingService != "":
		d.warn(what, "%s belongs to messaging service %s: check in Twilio's console that the service calls %s#rc=5&rp=all", number, v.MessagingService, want)
	default:
		d.webhook(what, number, list.Numbers[0], want)
	}
}

// webhook checks where a number's texts go. By default Twilio tries once more, and
// perhaps only when it could not connect: rc=5 makes it five times, rp=all for
// every kind of failure, answers with 5xx included.
func (d *doctor) webhook(what, number string, n phoneNumber, want string) {
	address, fragment, _ := strings.Cut(n.URL, "#")
	overrides, _ := url.ParseQuery(fragment) // what is no query holds no override
	switch {
	case address != want:
		d.fail(what, "%s sends its texts to %q: set its messaging webhook to %s#rc=5&rp=all", number, address, want)
	case n.Method != "" && n.Method != http.MethodPost:
		d.fail(what, "%s calls us with %s: set its webhook to HTTP POST", number, n.Method)
	case overrides.Get("rc") != "5" || overrides.Get("rp") != "all":
		d.warn(what, "%s gives up after one failed try: add #rc=5&rp=all to its webhook (%s#rc=5&rp=all)", number, want)
	case n.Fallback == "":
		d.warn(what, "%s has no fallback: set its fallback URL to %s", number, want)
	default:
		d.ok(what, "%s calls %s, five tries, with a fallback", number, want)
	}
}

// twilioGet reads a resource below the account and gives the server's clock.
func (d *doctor) twilioGet(ctx context.Context, a twilioAccount, path string, to any) (time.Time, error) {
	address := strings.TrimSuffix(a.api, "/") + "/2010-04-01/Accounts/" + url.PathEscape(a.sid) + path
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return time.Time{}, errors.New("TWILIO_API_URL is no address")
	}
	r.SetBasicAuth(a.sid, a.token)
	answer, err := d.http.Do(r)
	if err != nil {
		return time.Time{}, fmt.Errorf("does not answer (%w): check the network and TWILIO_API_URL", bare(err))
	}
	defer answer.Body.Close()
	date, _ := http.ParseTime(answer.Header.Get("Date")) // without one there is nothing to compare
	switch {
	case answer.StatusCode == http.StatusUnauthorized:
		return date, errors.New("refuses the keys: TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN do not belong together")
	case answer.StatusCode != http.StatusOK:
		return date, fmt.Errorf("answered %s: try again, or see status.twilio.com", answer.Status)
	}
	if err := json.NewDecoder(io.LimitReader(answer.Body, 1<<20)).Decode(to); err != nil {
		return date, errors.New("answered with something else than JSON: check TWILIO_API_URL")
	}
	return date, nil
}

// bare drops the address from an HTTP error: it may hold an account's id.
func bare(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}
