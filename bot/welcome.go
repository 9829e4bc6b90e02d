package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"time"

	"sanshi/internal/directory"
)

// linkLife is how long a printed sign-in link can be used. Once, like all of them.
const linkLife = time.Hour

// welcome prints where everything is and, in the demo, links to sign in with.
func (p *Program) welcome(w io.Writer) error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	villages, err := p.Store.Villages(ctx)
	if err != nil {
		return err
	}
	var names []string
	for _, v := range villages {
		names = append(names, v.Name+" ("+v.ID+")")
	}
	site := p.site()
	var b strings.Builder
	fmt.Fprintf(&b, "\n三事 Sanshi %s: %s\n\n", version(), strings.Join(names, ", "))
	fmt.Fprintf(&b, "  本机     here      http://%s\n", reachable(p.public.Addr().String()))
	if p.Demo {
		fmt.Fprintf(&b, "  手机模拟 phone     %s/sim\n", site)
	}
	fmt.Fprintf(&b, "  控制台   console   %s/console\n", site)
	for _, v := range villages[:min(len(villages), 3)] {
		fmt.Fprintf(&b, "  公开栏   board     %s/board/%s\n", site, v.ID)
	}
	fmt.Fprintf(&b, "  指标     metrics   %s/metrics\n", p.InternalURL())
	if p.Demo {
		for _, role := range []directory.Role{directory.Secretary, directory.Volunteer} {
			if err := p.signInLink(ctx, &b, villages[0], role); err != nil {
				return err
			}
		}
	}
	if !p.Demo {
		fmt.Fprintf(&b, "  登录     sign in   bot link STAFF [--village ID]  (while this runs)\n")
	} else if p.reconciler == nil && !p.public.Addr().(*net.TCPAddr).IP.IsLoopback() {
		p.Options.Log.Warn("the demo lets whoever reaches this address sign in as anybody", "address", p.Config.Addr)
	}
	if p.Config.APIToken == "" {
		fmt.Fprintf(&b, "  接口令牌 API token %s\n", p.Token)
	}
	_, err = fmt.Fprintln(w, b.String())
	return err
}

func (p *Program) signInLink(ctx context.Context, w io.Writer, v *directory.Village, role directory.Role) error {
	who := v.WithRole(role)
	if len(who) == 0 {
		return nil
	}
	token, err := p.Store.NewLink(ctx, v.ID, who[0].ID, linkLife)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "  登录     sign in   %s/console/in?token=%s  (%s, %s; once, within an hour)\n", p.site(), token, who[0].Name, role)
	return nil
}

// site is the address that people open: what the outside calls, if that is set.
func (p *Program) site() string {
	if p.Config.PublicURL != "http://"+p.Config.Addr {
		return p.Config.PublicURL
	}
	return "http://" + reachable(p.public.Addr().String())
}

// newLog makes the log: one line an event, to w. Personal data never gets into it:
// addresses are masked where they are logged, words are not logged at all.
func newLog(format string, w io.Writer) *slog.Logger {
	if format == "json" {
		return slog.New(slog.NewJSONHandler(w, nil))
	}
	return slog.New(slog.NewTextHandler(w, nil))
}

// reachable turns an address to listen on into one to call.
func reachable(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if err == nil && (host == "" || host == "0.0.0.0" || host == "::") {
		return net.JoinHostPort("127.0.0.1", port)
	}
	return addr
}
