package sso

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/secret"
)

// Config is one identity provider as the operator describes it.
type Config struct {
	Key          string          // in our addresses: letters, digits, dashes
	Name         i18n.Text       // on the button of the sign-in page; the Vietnamese one stands for both when there is no English
	Issuer       string          // exactly as the provider states it
	ClientID     string          // ours at the provider
	ClientSecret secret.Redacted // empty for a public client
	SubjectClaim string          // claim of the ID token that names the person; "sub" when empty
	Scopes       []string        // besides openid
	StrongACR    []string        // values of acr that count as a second factor; none when empty
	StrongAMR    []string        // values of amr that do
}

var keyForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// mutable are claims that name a person only as long as the provider likes (invariant 3).
var mutable = []string{"email", "phone_number", "name", "nickname", "given_name", "family_name"}

// check lists every mistake of a provider's configuration.
func (c Config) check() error {
	var wrong []error
	bad := func(format string, args ...any) {
		wrong = append(wrong, fmt.Errorf("identity provider %q: "+format, append([]any{c.Key}, args...)...))
	}
	if !keyForm.MatchString(c.Key) || c.Key == "remove" {
		bad("its key must be of letters, digits and dashes, and not \"remove\"")
	}
	if c.Name.Vi == "" {
		bad("it needs a name")
	}
	if c.ClientID == "" {
		bad("it needs a client id")
	}
	if slices.Contains(mutable, c.SubjectClaim) {
		bad("the claim %q does not name a person for ever; use sub or an official's number", c.SubjectClaim)
	}
	if err := safeAddress(c.Issuer); err != nil {
		bad("issuer: %v", err)
	}
	return errors.Join(wrong...)
}

// safeAddress demands HTTPS, except of this machine itself.
func safeAddress(text string) error {
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return fmt.Errorf("%q is no address: %w", text, err)
	case u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return fmt.Errorf("%q is not an address of scheme, host and path", text)
	case u.Scheme == "https":
		return nil
	case u.Scheme == "http" && loopback(u.Hostname()):
		return nil
	}
	return fmt.Errorf("%q must begin with https://", text)
}

func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	a, err := netip.ParseAddr(host)
	return err == nil && a.IsLoopback()
}

// Local reports an address that browsers treat as safe without HTTPS.
func Local(address string) bool {
	u, err := url.Parse(address)
	return err == nil && loopback(u.Hostname())
}

// IsName reports an address whose host is a name and not a number.
func IsName(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Hostname() != "" && net.ParseIP(u.Hostname()) == nil
}

// CallbackPath is where the provider sends the browser back to.
func (c Config) CallbackPath() string { return "/sign-in/sso/" + c.Key + "/callback" }

// New checks the configuration and makes a provider. It asks nobody yet: the platform starts while a provider is down.
// origin is the console's own public address.
func New(c Config, origin string, now clock.Clock) (*Provider, error) {
	if c.SubjectClaim == "" {
		c.SubjectClaim = "sub"
	}
	if err := c.check(); err != nil {
		return nil, err
	}
	if err := safeAddress(origin); err != nil {
		return nil, fmt.Errorf("identity provider %q needs the public address of the console: %w", c.Key, err)
	}
	return &Provider{Config: c, redirect: strings.TrimRight(origin, "/") + c.CallbackPath(), clock: now, client: newClient()}, nil
}
