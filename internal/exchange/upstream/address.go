package upstream

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"syscall"

	"lienthong/internal/kit/fault"
)

var errAddress = errors.New("address is not allowed for this provider")

// Networks that no provider lives in: this machine, its neighbours on the wire, cloud metadata, forms that hide an
// IPv4 address inside an IPv6 one, and what cannot be a host at all. The agencies' private networks are not among them.
var special = func() []netip.Prefix {
	var out []netip.Prefix
	for _, s := range []string{
		"0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "100.64.0.0/10", "192.0.0.0/24", "198.18.0.0/15", "224.0.0.0/4", "240.0.0.0/4",
		"::/96", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "fe80::/10", "fec0::/10", "ff00::/8", "fd00:ec2::/32",
	} {
		out = append(out, netip.MustParsePrefix(s))
	}
	return out
}()

// dialAllowed judges a resolved address. A registered prefix opens a special network for this one endpoint.
func dialAllowed(ip netip.Addr, registered []netip.Prefix) bool {
	ip = ip.Unmap().WithZone("")
	in := func(p netip.Prefix) bool { return p.Contains(ip) }
	return ip.IsValid() && (!slices.ContainsFunc(special, in) || slices.ContainsFunc(registered, in))
}

// control runs after the name was resolved and before the connection is opened.
func control(registered []netip.Prefix) func(network, address string, _ syscall.RawConn) error {
	return func(_, address string, _ syscall.RawConn) error {
		ap, err := netip.ParseAddrPort(address)
		if err != nil || !dialAllowed(ap.Addr(), registered) {
			return fmt.Errorf("dial %s: %w", address, errAddress)
		}
		return nil
	}
}

// CheckBase says whether an address may be registered as a provider's base: http or https, a host, a plain path.
func CheckBase(base string) (*url.URL, error) {
	refused := func(why string) error {
		return fault.New(fault.Invalid, "exchange.endpoint_address").At("base").Because(errors.New(why))
	}
	u, err := url.Parse(base)
	switch {
	case err != nil:
		return nil, refused("not an address")
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, refused("neither http nor https")
	case u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || u.Opaque != "":
		return nil, refused("more than host and path")
	case u.Hostname() == "" || strings.ContainsAny(u.Host, "%\\ "):
		return nil, refused("no plain host")
	case u.RawPath != "" || strings.Contains(u.Path, "..") || strings.Contains(u.Path, "//"):
		return nil, refused("path with a second spelling")
	}
	if ip, err := netip.ParseAddr(u.Hostname()); err == nil && !dialAllowed(ip, nil) {
		return u, refused("a reserved address") // the caller may have it registered as allowed
	}
	return u, nil
}
