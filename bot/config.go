package main

import (
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/knadh/koanf/parsers/toml/v2"
	"github.com/knadh/koanf/providers/rawbytes"
	"github.com/knadh/koanf/v2"
)

// Config is everything that can be set from outside, read and checked once. It
// prints without its secrets.
type Config struct {
	Listening
	Keeping
	Working
	Twilio Twilio
	Slack  Slack
	OpenAI OpenAI
}

// Listening is where the service is reached.
type Listening struct {
	Addr         string // webhooks, board, console, API
	InternalAddr string // metrics, health, pprof
	PublicURL    string // what the outside calls, without a slash at the end
}

// Keeping is where things are kept.
type Keeping struct {
	Data        string // folder of the SQLite file and of pictures
	DatabaseURL string // postgres://…, or "" for SQLite under Data
	RedisURL    string // redis://…, of a cluster several with commas between, or "" for none
	Spool       bool   // Data is persistent and may hold texts while Postgres is away
	Villages    string // folder of village files, or "" for the demo village
}

// Working is how it works.
type Working struct {
	APIToken     string        // "" lets the program make one and keep it in Data
	SendInterval time.Duration // between the starts of two sends of one number, for each segment
	Workers      int
	Log          string // text or json
}

// Twilio is off while AccountSID is "".
type Twilio struct{ AccountSID, AuthToken, APIURL string }

// Slack is off while BotToken is "". An AppToken switches Socket Mode on.
type Slack struct{ BotToken, SigningSecret, AppToken, APIURL string }

// OpenAI is any server with that interface; off while Model is "".
type OpenAI struct{ APIKey, BaseURL, Model string }

// LoadConfig reads the settings: flags go before the environment ("KEY=value"),
// and that before the TOML file that the flag "config" names. All three use the
// same keys, such as SANSHI_ADDR; an empty value is as good as none. The error is
// one line that names the key and says what to do.
func LoadConfig(flags map[string]string, environ []string) (Config, error) {
	k := koanf.New(".")
	if err := loadFile(k, flags["config"]); err != nil {
		return Config{}, err
	}
	if err := loadEnvironment(k, environ); err != nil {
		return Config{}, err
	}
	for key, value := range flags {
		if key != "config" && value != "" {
			if err := setKey(k, key, value, "the command line"); err != nil {
				return Config{}, err
			}
		}
	}
	var c Config
	for _, s := range configKeys() {
		text := strings.TrimSpace(k.String(s.key))
		if text == "" {
			text = s.absent
		}
		if text == "" {
			continue
		}
		if err := s.read(&c, text); err != nil {
			return Config{}, fmt.Errorf("%s: %w", s.key, err)
		}
	}
	return c.complete()
}

func loadFile(k *koanf.Koanf, name string) error {
	if name == "" {
		return nil
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return fmt.Errorf("the settings file %s cannot be read: %w", name, err)
	}
	if err := k.Load(rawbytes.Provider(data), toml.Parser()); err != nil {
		return fmt.Errorf("the settings file %s is no TOML: %s", name, oneLine(err))
	}
	for _, key := range k.Keys() {
		if !isSetting(key) {
			return fmt.Errorf("the settings file %s has %s, which is no setting%s", name, key, didYouMean(key))
		}
		if _, list := k.Get(key).([]any); list {
			return fmt.Errorf("the settings file %s: %s: write one text, with commas where several are allowed", name, key)
		}
	}
	return nil
}

func loadEnvironment(k *koanf.Koanf, environ []string) error {
	for _, pair := range environ {
		key, value, _ := strings.Cut(pair, "=")
		ours := strings.HasPrefix(key, "SANSHI_")
		if value == "" && isSetting(key) || !ours && !isSetting(key) {
			continue
		}
		if err := setKey(k, key, value, "the environment"); err != nil {
			return err
		}
	}
	return nil
}

func setKey(k *koanf.Koanf, key, value, where string) error {
	if !isSetting(key) {
		return fmt.Errorf("%s in %s is no setting%s", key, where, didYouMean(key))
	}
	return k.Set(key, value)
}

func isSetting(key string) bool {
	return slices.ContainsFunc(configKeys(), func(s configKey) bool { return s.key == key })
}

// didYouMean guesses the setting that was meant: the one that shares most with what was written.
func didYouMean(key string) string {
	best, most := "", 0
	for _, s := range configKeys() {
		for _, meant := range []string{strings.ToUpper(key), "SANSHI_" + strings.ToUpper(key)} {
			if n := inCommon(meant, s.key); n > most {
				best, most = s.key, n
			}
		}
	}
	if most < len(best)*2/3 || best == "" {
		return ": remove it"
	}
	return ": remove it or write " + best
}

// inCommon counts the letters at both ends that two keys have in common.
func inCommon(a, b string) int {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	m := 0
	for m < min(len(a), len(b))-n && a[len(a)-1-m] == b[len(b)-1-m] {
		m++
	}
	return n + m
}

func oneLine(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }

// String gives all settings on one line, secrets as ***.
func (c Config) String() string {
	var parts []string
	for _, s := range configKeys() {
		if text := s.masked(c); text != "" {
			parts = append(parts, s.key+"="+text)
		}
	}
	return strings.Join(parts, " ")
}

// GoString is String, so that %#v does not print secrets either.
func (c Config) GoString() string { return c.String() }

// LogValue gives the settings to a structured log, secrets as ***.
func (c Config) LogValue() slog.Value {
	var attrs []slog.Attr
	for _, s := range configKeys() {
		if text := s.masked(c); text != "" {
			attrs = append(attrs, slog.String(s.key, text))
		}
	}
	return slog.GroupValue(attrs...)
}

// The groups with secrets print none of theirs when they are printed alone.

func (t Twilio) String() string   { return Config{Twilio: t}.String() }
func (t Twilio) GoString() string { return t.String() }
func (s Slack) String() string    { return Config{Slack: s}.String() }
func (s Slack) GoString() string  { return s.String() }
func (o OpenAI) String() string   { return Config{OpenAI: o}.String() }
func (o OpenAI) GoString() string { return o.String() }
func (w Working) String() string  { return Config{Working: w}.String() }
func (w Working) GoString() string {
	return w.String()
}
func (k Keeping) String() string   { return Config{Keeping: k}.String() }
func (k Keeping) GoString() string { return k.String() }
