package web

import (
	"net"
	"net/http"
	"net/netip"
	"strings"

	"lienthong/internal/kit/fault"
)

// ownHost answers only at the console's own names. A page of another site whose name was made to lead here (DNS
// rebinding) would be of one origin with the console, and could read what it shows to people who are near the server.
func (s *Shell) ownHost(next http.Handler) http.Handler {
	own := make(map[string]bool, len(s.deps.Hosts))
	for _, h := range s.deps.Hosts {
		if name := plainHost(h); name != "" {
			own[name] = true
		}
	}
	if len(own) == 0 {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if host := plainHost(r.Host); own[host] || reachedAt(r, host) {
			next.ServeHTTP(w, r)
			return
		}
		s.fail(w, r, fault.New(fault.Misdirected, "web.host_unknown", s.deps.Hosts[0]), isAPI(r))
	})
}

// plainHost is a host without port, brackets and the dot of the root, in lower case.
func plainHost(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return strings.ToLower(strings.TrimSuffix(strings.Trim(host, "[]"), "."))
}

// reachedAt reports that the host is the very address at which the connection came in: an address cannot be made to lead
// elsewhere.
func reachedAt(r *http.Request, host string) bool {
	asked, err := netip.ParseAddr(host)
	local, known := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	if err != nil || !known {
		return false
	}
	at, err := netip.ParseAddrPort(local.String())
	return err == nil && at.Addr().Unmap() == asked.Unmap()
}
