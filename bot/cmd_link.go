package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"time"
)

// runLink prints a one-time sign-in link, made by the running service; for Slack,
// what she sends there to link her account.
func runLink(ctx context.Context, cfg Config, village, staff string, forSlack bool, out io.Writer) error {
	if _, err := os.Stat(filepath.Join(cfg.Data, tokenFile)); cfg.APIToken == "" && err != nil {
		return fmt.Errorf("%s holds no token of a running service: set SANSHI_DATA (--data) or SANSHI_API_TOKEN as it was started", cfg.Data)
	}
	token, err := apiToken(cfg)
	if err != nil {
		return err
	}
	c := office{token: token, base: "http://" + reachable(cfg.Addr) + "/api/v1/villages", http: &http.Client{Timeout: 10 * time.Second}}
	if village == "" {
		if village, err = c.onlyVillage(ctx); err != nil {
			return err
		}
	}
	what := "/link"
	if forSlack {
		what = "/slack-code"
	}
	var made struct{ Link, Code string }
	if err := c.ask(ctx, http.MethodPost, "/"+url.PathEscape(village)+"/staff/"+url.PathEscape(staff)+what, &made); err != nil {
		return err
	}
	if forSlack {
		made.Link = "/sanshi link " + made.Code
	}
	_, err = fmt.Fprintln(out, made.Link)
	return err
}

// office is the API of the running service.
type office struct {
	base, token string
	http        *http.Client
}

func (o office) onlyVillage(ctx context.Context) (string, error) {
	var list struct{ Villages []struct{ ID string } }
	if err := o.ask(ctx, http.MethodGet, "", &list); err != nil {
		return "", err
	}
	if len(list.Villages) != 1 {
		return "", usage{fmt.Errorf("there are %d villages: say which with --village", len(list.Villages))}
	}
	return list.Villages[0].ID, nil
}

func (o office) ask(ctx context.Context, method, path string, into any) error {
	req, err := http.NewRequestWithContext(ctx, method, o.base+path, nil)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+o.token)
	res, err := o.http.Do(req)
	if err != nil {
		return errors.New("the service does not answer on " + req.URL.Host + ": start it first, or set SANSHI_ADDR as it was started")
	}
	defer res.Body.Close()
	var refused struct{ Error struct{ Message string } }
	if res.StatusCode >= 300 {
		_ = json.NewDecoder(res.Body).Decode(&refused)
		return fmt.Errorf("the service refused (%d): %s", res.StatusCode, refused.Error.Message)
	}
	return json.NewDecoder(res.Body).Decode(into)
}
