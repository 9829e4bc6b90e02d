package main

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

func TestConfigDefaults(t *testing.T) {
	c, err := LoadConfig(nil, []string{"HOME=/root", "SANSHI_REDIS_URL=", "OPENAI_ORGANIZATION=x"})
	if err != nil {
		t.Fatal(err)
	}
	want := Config{
		Listening: Listening{"127.0.0.1:8080", "127.0.0.1:8081", "http://127.0.0.1:8080"},
		Keeping:   Keeping{Data: "./data"},
		Working:   Working{SendInterval: time.Second, Workers: 4 * runtime.NumCPU(), Log: "text"},
		Twilio:    Twilio{APIURL: "https://api.twilio.com"},
		Slack:     Slack{APIURL: "https://slack.com/api/"},
	}
	if c != want {
		t.Errorf("%+v, want %+v", c, want)
	}
}

// TestConfigOrder: a flag goes before the environment, and that before the file.
func TestConfigOrder(t *testing.T) {
	file := filepath.Join(t.TempDir(), "sanshi.toml")
	text := "SANSHI_ADDR = \":1\"\nSANSHI_DATA = \"/file\"\nSANSHI_LOG = \"json\"\nSANSHI_WORKERS = 3\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := LoadConfig(
		map[string]string{"config": file, "SANSHI_ADDR": ":3", "SANSHI_LOG": ""},
		[]string{"SANSHI_ADDR=:2", "SANSHI_DATA=/environment"})
	if err != nil {
		t.Fatal(err)
	}
	if c.Addr != ":3" || c.Data != "/environment" || c.Log != "json" || c.Workers != 3 || c.PublicURL != "http://localhost:3" {
		t.Errorf("%v", c)
	}
}

func TestConfigValues(t *testing.T) {
	c, err := LoadConfig(nil, []string{
		"SANSHI_PUBLIC_URL=https://village.example/", "SANSHI_DATABASE_URL=postgres://u:p@db/x", "SANSHI_SPOOL=on",
		"SANSHI_REDIS_URL=redis://a:1, redis://b:2", "SANSHI_SEND_INTERVAL=250ms", "SLACK_BOT_TOKEN=b", "SLACK_SIGNING_SECRET=s",
		"SLACK_API_URL=http://127.0.0.1:9/api", "OPENAI_BASE_URL=http://127.0.0.1:11434/v1", "OPENAI_MODEL=qwen",
	})
	if err != nil {
		t.Fatal(err)
	}
	if c.PublicURL != "https://village.example" || !c.Spool || c.RedisURL != "redis://a:1,redis://b:2" || c.SendInterval != 250*time.Millisecond ||
		c.Slack.APIURL != "http://127.0.0.1:9/api/" || c.OpenAI.Model != "qwen" || c.Slack.SigningSecret != "s" {
		t.Errorf("%v", c)
	}
}

func TestConfigFaults(t *testing.T) {
	for in, want := range map[string]string{
		"SANSHI_ADR=:1":                        "SANSHI_ADR in the environment is no setting: remove it or write SANSHI_ADDR",
		"SANSHI_COLOUR=":                       "SANSHI_COLOUR in the environment is no setting: remove it",
		"SANSHI_ADDR=8080":                     `SANSHI_ADDR: "8080": write HOST:PORT`,
		"SANSHI_INTERNAL_ADDR=a:99999":         `SANSHI_INTERNAL_ADDR: "a:99999": write HOST:PORT`,
		"SANSHI_PUBLIC_URL=village.example":    "SANSHI_PUBLIC_URL: ",
		"SANSHI_PUBLIC_URL=https://v/?a=b":     "SANSHI_PUBLIC_URL: ",
		"SANSHI_DATABASE_URL=mysql://x":        "SANSHI_DATABASE_URL: write an address that begins with postgres://",
		"SANSHI_REDIS_URL=redis://a,b:1":       "SANSHI_REDIS_URL: write an address that begins with redis://",
		"SANSHI_SPOOL=yes":                     `SANSHI_SPOOL: "yes": write on or off`,
		"SANSHI_SPOOL=on":                      "SANSHI_SPOOL=on is set without SANSHI_DATABASE_URL",
		"SANSHI_SEND_INTERVAL=1":               `SANSHI_SEND_INTERVAL: "1": write a time`,
		"SANSHI_SEND_INTERVAL=-1s":             "SANSHI_SEND_INTERVAL: ",
		"SANSHI_WORKERS=0":                     "SANSHI_WORKERS: ",
		"SANSHI_LOG=xml":                       `SANSHI_LOG: "xml": write text or json`,
		"SANSHI_API_TOKEN=a b":                 "SANSHI_API_TOKEN: it has white space inside",
		"TWILIO_ACCOUNT_SID=AC1":               "TWILIO_ACCOUNT_SID is set without TWILIO_AUTH_TOKEN",
		"TWILIO_AUTH_TOKEN=x":                  "TWILIO_AUTH_TOKEN is set without TWILIO_ACCOUNT_SID",
		"TWILIO_API_URL=ftp://x":               "TWILIO_API_URL: ",
		"SLACK_BOT_TOKEN=x":                    "SLACK_BOT_TOKEN is set without SLACK_SIGNING_SECRET",
		"SLACK_SIGNING_SECRET=x":               "SLACK_SIGNING_SECRET is set without SLACK_BOT_TOKEN",
		"SLACK_APP_TOKEN=x":                    "SLACK_APP_TOKEN is set without SLACK_BOT_TOKEN",
		"OPENAI_API_KEY=x":                     "OPENAI_API_KEY is set without OPENAI_MODEL",
		"OPENAI_MODEL=x":                       "OPENAI_MODEL is set without OPENAI_API_KEY",
		"OPENAI_BASE_URL=http://127.0.0.1:1/v": "OPENAI_BASE_URL is set without OPENAI_MODEL",
	} {
		_, err := LoadConfig(nil, []string{in})
		if err == nil || !strings.HasPrefix(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want %s", in, err, want)
		}
	}
	if _, err := LoadConfig(map[string]string{"addr": ":1"}, nil); err == nil || !strings.Contains(err.Error(), "addr in the command line is no setting") {
		t.Errorf("an unknown flag: %v", err)
	}
}

func TestConfigFileFaults(t *testing.T) {
	dir := t.TempDir()
	for text, want := range map[string]string{
		"ADDR = \":1\"":                  "has ADDR, which is no setting",
		"SANSHI_DTAA = \"x\"":            "has SANSHI_DTAA, which is no setting: remove it or write SANSHI_DATA",
		"[SANSHI]\nADDR = \":1\"":        "has SANSHI.ADDR, which is no setting",
		"SANSHI_REDIS_URL = [\"a\"]":     "SANSHI_REDIS_URL: write one text",
		"SANSHI_ADDR = \n":               "is no TOML",
		"SANSHI_WORKERS = true":          `SANSHI_WORKERS: "true"`,
		"TWILIO_ACCOUNT_SID = \"AC1\"\n": "TWILIO_ACCOUNT_SID is set without",
	} {
		file := filepath.Join(dir, "c.toml")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := LoadConfig(map[string]string{"config": file}, nil)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
	if _, err := LoadConfig(map[string]string{"config": filepath.Join(dir, "none.toml")}, nil); err == nil || !strings.Contains(err.Error(), "none.toml cannot be read") {
		t.Errorf("no file: %v", err)
	}
}

// TestConfigSecrets prints a configuration in every way: no secret may show.
func TestConfigSecrets(t *testing.T) {
	c, err := LoadConfig(nil, []string{
		"SANSHI_API_TOKEN=hush1", "TWILIO_ACCOUNT_SID=AC1", "TWILIO_AUTH_TOKEN=hush2", "SLACK_BOT_TOKEN=hush3", "SLACK_SIGNING_SECRET=hush4",
		"SLACK_APP_TOKEN=hush5", "OPENAI_API_KEY=hush6", "OPENAI_MODEL=m", "SANSHI_DATABASE_URL=postgres://u:hush7@db/x", "SANSHI_REDIS_URL=redis://:hush8@a:1,redis://:hush9@b:1",
	})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "config", c)
	slog.New(slog.NewTextHandler(&out, nil)).Info("x", "config", c, "twilio", c.Twilio)
	fmt.Fprintf(&out, "%v %+v %#v %s\n", c, c, c, c)
	for _, part := range []any{c.Twilio, c.Slack, c.OpenAI, c.Working, c.Keeping} {
		fmt.Fprintf(&out, "%v %+v %#v %s\n", part, part, part, part)
	}
	if strings.Contains(out.String(), "hush") {
		t.Errorf("a secret shows:\n%s", out.String())
	}
	if !strings.Contains(c.String(), "TWILIO_AUTH_TOKEN=***") || !strings.Contains(c.String(), "postgres://***@db/x") {
		t.Errorf("%s", c)
	}
	if _, err := LoadConfig(nil, []string{"SANSHI_DATABASE_URL=mysql://u:hush@db"}); err == nil || strings.Contains(err.Error(), "hush") {
		t.Errorf("the error shows the password: %v", err)
	}
}
