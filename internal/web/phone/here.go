package phone

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// fromHere reports whether a browser on this machine asks. The address alone
// would not do: a proxy here forwards others, and a name that somebody points at
// 127.0.0.1 makes a browser send his page's requests to us.
func fromHere(r *http.Request) bool {
	for _, h := range []string{"Forwarded", "X-Forwarded-For", "X-Real-Ip"} {
		if r.Header.Get(h) != "" {
			return false
		}
	}
	return loopback(r.RemoteAddr) && loopback(r.Host)
}

func loopback(hostport string) bool {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		host = strings.Trim(hostport, "[]")
	}
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}
