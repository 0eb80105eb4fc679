package accountweb

import (
	"fmt"
	"net"
	"net/http/httptest"
	"strings"
	"testing"

	"lienthong/internal/access"
	"lienthong/internal/account"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/testkit/browser"
)

// The script, the policy of contents and the wire format against a real browser: a passkey is made, and signs in.
func TestAPasskeyInARealBrowser(t *testing.T) {
	b := browser.New(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := fmt.Sprintf("http://localhost:%d", listener.Addr().(*net.TCPAddr).Port)
	s := newSiteWith(t, false, clock.System(), func(p *account.Parts) { p.Origin = address })
	server := httptest.NewUnstartedServer(s.Handler)
	_ = server.Listener.Close()
	server.Listener = listener
	server.Start()
	t.Cleanup(server.Close)
	s.person("hoa", "", operator, access.OpSecurity)

	b.Call("Page.enable", nil, nil)
	b.Call("WebAuthn.enable", nil, nil)
	b.Call("WebAuthn.addVirtualAuthenticator", map[string]any{"options": map[string]any{
		"protocol": "ctap2", "transport": "internal", "hasResidentKey": true, "hasUserVerification": true, "isUserVerified": true, "automaticPresenceSimulation": true,
	}}, nil)
	b.Open(address + "/sign-in")
	b.Fill("username", "hoa")
	b.Fill("password", phrase)
	b.Say(`document.querySelector("form[action='/sign-in']").requestSubmit()`)
	b.Until(`location.pathname === "/me/second-factor"`)
	b.Open(address + "/me/passkeys/new")
	b.Fill("name", "Máy thử")
	b.Fill("old", phrase)
	b.Say(`document.querySelector("form[action='/me/passkeys/new']").requestSubmit()`)
	const shown = `document.querySelector("form[data-passkey]")?.hidden === false`
	b.Until(shown)
	if b.Say(`document.querySelector("[data-no-passkey]").hidden`) != "true" {
		t.Error("says that the browser has no passkeys")
	}
	b.Say(`document.querySelector("form[data-passkey] button").click()`)
	b.Until(`location.pathname === "/me" && document.body.innerText.includes("Máy thử")`)
	b.Say(`document.querySelector("form[action='/sign-out']").requestSubmit()`)
	b.Until(`location.pathname === "/sign-in" && ` + shown)
	b.Say(`document.querySelector("form[data-passkey] button").click()`)
	b.Until(`location.pathname === "/"`)
	b.Open(address + "/me")
	if text := b.Say("document.body.innerText"); !strings.Contains(text, "Khóa truy cập") || !strings.Contains(text, "Phiên này") {
		t.Fatal(text)
	}
}
