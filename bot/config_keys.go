package main

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// configKey is one setting: its name everywhere, what it is when absent, how it is
// read and checked, and how it may be shown.
type configKey struct {
	key, absent string
	read        func(c *Config, text string) error
	show        func(c Config) string
	secret      bool
}

// masked is the value as it may be shown: the password of an address and all of a
// secret left out.
func (s configKey) masked(c Config) string {
	text := s.show(c)
	switch {
	case text == "":
	case s.secret:
		return "***"
	case strings.Contains(text, "@"):
		return maskURLs(text)
	}
	return text
}

// maskURLs leaves out the user and password of addresses with commas between.
func maskURLs(text string) string {
	parts := strings.Split(text, ",")
	for i, p := range parts {
		if at := strings.LastIndex(p, "@"); at >= 0 {
			scheme, _, _ := strings.Cut(p, "://")
			parts[i] = scheme + "://***@" + p[at+1:]
		}
	}
	return strings.Join(parts, ",")
}

// configKeys are all settings, in the order in which they are checked.
func configKeys() []configKey {
	return []configKey{
		textKey("SANSHI_ADDR", "127.0.0.1:8080", func(c *Config) *string { return &c.Addr }, hostPort),
		textKey("SANSHI_INTERNAL_ADDR", "127.0.0.1:8081", func(c *Config) *string { return &c.InternalAddr }, hostPort),
		textKey("SANSHI_PUBLIC_URL", "", func(c *Config) *string { return &c.PublicURL }, webAddress),
		textKey("SANSHI_DATA", "./data", func(c *Config) *string { return &c.Data }, nil),
		textKey("SANSHI_DATABASE_URL", "", func(c *Config) *string { return &c.DatabaseURL }, withScheme("postgres://", "postgresql://")),
		textKey("SANSHI_REDIS_URL", "", func(c *Config) *string { return &c.RedisURL }, eachOf(withScheme("redis://", "rediss://"))),
		otherKey("SANSHI_SPOOL", "off", readSpool, func(c Config) string { return onOff(c.Spool) }),
		textKey("SANSHI_VILLAGES", "", func(c *Config) *string { return &c.Villages }, nil),
		secretKey("SANSHI_API_TOKEN", func(c *Config) *string { return &c.APIToken }),
		otherKey("SANSHI_SEND_INTERVAL", "1s", readInterval, func(c Config) string { return c.SendInterval.String() }),
		otherKey("SANSHI_WORKERS", strconv.Itoa(4*runtime.NumCPU()), readWorkers, func(c Config) string { return strconv.Itoa(c.Workers) }),
		textKey("SANSHI_LOG", "text", func(c *Config) *string { return &c.Log }, oneOfWords("text", "json")),

		textKey("TWILIO_ACCOUNT_SID", "", func(c *Config) *string { return &c.Twilio.AccountSID }, nil),
		secretKey("TWILIO_AUTH_TOKEN", func(c *Config) *string { return &c.Twilio.AuthToken }),
		textKey("TWILIO_API_URL", "https://api.twilio.com", func(c *Config) *string { return &c.Twilio.APIURL }, webAddress),

		secretKey("SLACK_BOT_TOKEN", func(c *Config) *string { return &c.Slack.BotToken }),
		secretKey("SLACK_SIGNING_SECRET", func(c *Config) *string { return &c.Slack.SigningSecret }),
		secretKey("SLACK_APP_TOKEN", func(c *Config) *string { return &c.Slack.AppToken }),
		textKey("SLACK_API_URL", "https://slack.com/api/", func(c *Config) *string { return &c.Slack.APIURL }, webFolder),

		secretKey("OPENAI_API_KEY", func(c *Config) *string { return &c.OpenAI.APIKey }),
		textKey("OPENAI_BASE_URL", "", func(c *Config) *string { return &c.OpenAI.BaseURL }, webAddress),
		textKey("OPENAI_MODEL", "", func(c *Config) *string { return &c.OpenAI.Model }, nil),
	}
}

// textKey is a setting that is a text. check gives it in its proper form.
func textKey(key, absent string, field func(*Config) *string, check func(string) (string, error)) configKey {
	return configKey{key: key, absent: absent,
		show: func(c Config) string { return *field(&c) },
		read: func(c *Config, s string) (err error) {
			if check != nil {
				s, err = check(s)
			}
			*field(c) = s
			return err
		}}
}

// secretKey is a text that is never shown, nor is its faulty value.
func secretKey(key string, field func(*Config) *string) configKey {
	s := textKey(key, "", field, func(s string) (string, error) {
		if strings.ContainsAny(s, " \t\r\n") {
			return "", errors.New("it has white space inside: copy it again")
		}
		return s, nil
	})
	s.secret = true
	return s
}

func otherKey(key, absent string, read func(*Config, string) error, show func(Config) string) configKey {
	return configKey{key: key, absent: absent, read: read, show: show}
}

func hostPort(s string) (string, error) {
	_, port, err := net.SplitHostPort(s)
	if n, bad := strconv.ParseUint(port, 10, 16); err != nil || bad != nil || n > 65535 {
		return "", fmt.Errorf("%q: write HOST:PORT, such as 127.0.0.1:8080", s)
	}
	return s, nil
}

// webAddress takes the slashes off the end, so that paths can be put after it.
func webAddress(s string) (string, error) {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
		return "", fmt.Errorf("%q: write an address such as https://village.example", maskURLs(s))
	}
	return strings.TrimRight(s, "/"), nil
}

// webFolder is one that ends in a slash: the Slack client puts method names after it.
func webFolder(s string) (string, error) {
	s, err := webAddress(s)
	return s + "/", err
}

func withScheme(allowed ...string) func(string) (string, error) {
	return func(s string) (string, error) {
		for _, a := range allowed {
			u, err := url.Parse(s)
			// libpq also takes the folder of a Unix socket: postgres:///name?host=/run/postgresql
			if strings.HasPrefix(s, a) && err == nil && (u.Host != "" || u.Query().Get("host") != "") {
				return s, nil
			}
		}
		return "", fmt.Errorf("write an address that begins with %s, such as %shost", allowed[0], allowed[0])
	}
}

func eachOf(check func(string) (string, error)) func(string) (string, error) {
	return func(s string) (string, error) {
		for part := range strings.SplitSeq(s, ",") {
			if _, err := check(strings.TrimSpace(part)); err != nil {
				return "", err
			}
		}
		return strings.ReplaceAll(s, " ", ""), nil
	}
}

func oneOfWords(allowed ...string) func(string) (string, error) {
	return func(s string) (string, error) {
		for _, a := range allowed {
			if s == a {
				return s, nil
			}
		}
		return "", fmt.Errorf("%q: write %s", s, strings.Join(allowed, " or "))
	}
}

func readSpool(c *Config, s string) (err error) {
	s, err = oneOfWords("on", "off")(s)
	c.Spool = s == "on"
	return err
}

func onOff(b bool) string {
	if b {
		return "on"
	}
	return "off"
}

func readInterval(c *Config, s string) (err error) {
	c.SendInterval, err = time.ParseDuration(s)
	if err != nil || c.SendInterval < 0 || c.SendInterval > time.Minute {
		return fmt.Errorf("%q: write a time from 0s to 1m, such as 1s or 250ms", s)
	}
	return nil
}

func readWorkers(c *Config, s string) (err error) {
	c.Workers, err = strconv.Atoi(s)
	if err != nil || c.Workers < 1 || c.Workers > 1024 {
		return fmt.Errorf("%q: write a number from 1 to 1024", s)
	}
	return nil
}

// complete fills in what follows from the rest and checks what goes together.
func (c Config) complete() (Config, error) {
	if c.PublicURL == "" {
		c.PublicURL = "http://" + c.Addr
		if strings.HasPrefix(c.Addr, ":") {
			c.PublicURL = "http://localhost" + c.Addr
		}
	}
	for _, p := range []struct {
		set     bool
		key     string
		missing bool
		other   string
	}{
		{c.Twilio.AccountSID != "", "TWILIO_ACCOUNT_SID", c.Twilio.AuthToken == "", "TWILIO_AUTH_TOKEN"},
		{c.Twilio.AuthToken != "", "TWILIO_AUTH_TOKEN", c.Twilio.AccountSID == "", "TWILIO_ACCOUNT_SID"},
		{c.Slack.BotToken != "", "SLACK_BOT_TOKEN", c.Slack.SigningSecret == "", "SLACK_SIGNING_SECRET"},
		{c.Slack.SigningSecret != "", "SLACK_SIGNING_SECRET", c.Slack.BotToken == "", "SLACK_BOT_TOKEN"},
		{c.Slack.AppToken != "", "SLACK_APP_TOKEN", c.Slack.BotToken == "", "SLACK_BOT_TOKEN"},
		{c.OpenAI.APIKey != "", "OPENAI_API_KEY", c.OpenAI.Model == "", "OPENAI_MODEL"},
		{c.OpenAI.BaseURL != "", "OPENAI_BASE_URL", c.OpenAI.Model == "", "OPENAI_MODEL"},
		{c.OpenAI.Model != "", "OPENAI_MODEL", c.OpenAI.APIKey == "" && c.OpenAI.BaseURL == "", "OPENAI_API_KEY (or OPENAI_BASE_URL of a server that needs no key)"},
		{c.Spool, "SANSHI_SPOOL=on", c.DatabaseURL == "", "SANSHI_DATABASE_URL (SQLite needs no spool)"},
	} {
		if p.set && p.missing {
			return Config{}, fmt.Errorf("%s is set without %s: set both or neither", p.key, p.other)
		}
	}
	return c, nil
}
