package accountweb

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/account"
	"lienthong/internal/kit/clock"
)

// browser is one page of a real Chromium with a built-in authenticator, spoken to over a pipe.
type browser struct {
	t       *testing.T
	to      *os.File
	from    *bufio.Reader
	next    int
	session string
}

type message struct {
	ID     int             `json:"id"`
	Result json.RawMessage `json:"result"`
	Error  *struct {
		Message string `json:"message"`
	} `json:"error"`
}

func newBrowser(t *testing.T) *browser {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("there is no Chromium here; test.sh installs it")
	}
	theirIn, ourOut, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	ourIn, theirOut, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	run := exec.Command(path, //nolint:noctx // ended below: the context of a test is over before its clean-up
		"--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
		"--disable-component-update", "--disable-sync", "--remote-debugging-pipe", "--user-data-dir="+t.TempDir(), "about:blank")
	run.ExtraFiles = []*os.File{theirIn, theirOut}
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	_ = theirIn.Close()
	_ = theirOut.Close()
	b := &browser{t: t, to: ourOut, from: bufio.NewReader(ourIn)}
	t.Cleanup(func() {
		b.session = ""
		b.call("Browser.close", nil, nil)
		_ = run.Wait()
		_ = ourOut.Close()
		_ = ourIn.Close()
	})
	var target struct{ TargetID string }
	b.call("Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	var attached struct{ SessionID string }
	b.call("Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &attached)
	b.session = attached.SessionID
	return b
}

func (b *browser) call(method string, params, out any) {
	b.t.Helper()
	b.next++
	text, err := json.Marshal(map[string]any{"id": b.next, "method": method, "params": params, "sessionId": b.session})
	if b.session == "" {
		text, err = json.Marshal(map[string]any{"id": b.next, "method": method, "params": params})
	}
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err := b.to.Write(append(text, 0)); err != nil {
		b.t.Fatal(err)
	}
	_ = b.to.SetWriteDeadline(time.Now().Add(time.Minute))
	for {
		line, err := b.from.ReadBytes(0)
		if err != nil {
			b.t.Fatalf("%s: %v", method, err)
		}
		var m message
		if err := json.Unmarshal(line[:len(line)-1], &m); err != nil {
			b.t.Fatal(err)
		}
		if m.ID != b.next {
			continue
		}
		if m.Error != nil {
			b.t.Fatalf("%s: %s", method, m.Error.Message)
		}
		if out != nil {
			if err := json.Unmarshal(m.Result, out); err != nil {
				b.t.Fatal(err)
			}
		}
		return
	}
}

// say evaluates an expression in the page and gives its text. A page that is just being left answers with nothing.
func (b *browser) say(expression string) string {
	b.t.Helper()
	var got struct {
		Result struct{ Value any }
	}
	b.call("Runtime.evaluate", map[string]any{"expression": expression, "returnByValue": true, "userGesture": true}, &got)
	if got.Result.Value == nil {
		return ""
	}
	return fmt.Sprint(got.Result.Value)
}

// until waits until an expression is true.
func (b *browser) until(expression string) {
	b.t.Helper()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if b.say(expression) == "true" {
			return
		}
	}
	b.t.Fatalf("never: %s\nat %s: %s", expression, b.say("location.href"), b.say("document.querySelector('main')?.innerText ?? ''"))
}

func (b *browser) open(address string) {
	b.t.Helper()
	b.call("Page.navigate", map[string]any{"url": address}, nil)
	b.until(`document.readyState === "complete" && location.href !== "about:blank"`)
}

func (b *browser) fill(name, value string) {
	b.t.Helper()
	text, _ := json.Marshal(value)
	b.say(`document.querySelector("input[name=` + name + `]").value = ` + string(text))
}

// The script, the policy of contents and the wire format against a real browser: a passkey is made, and signs in.
func TestAPasskeyInARealBrowser(t *testing.T) {
	b := newBrowser(t)
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

	b.call("Page.enable", nil, nil)
	b.call("WebAuthn.enable", nil, nil)
	b.call("WebAuthn.addVirtualAuthenticator", map[string]any{"options": map[string]any{
		"protocol": "ctap2", "transport": "internal", "hasResidentKey": true, "hasUserVerification": true, "isUserVerified": true, "automaticPresenceSimulation": true,
	}}, nil)
	b.open(address + "/sign-in")
	b.fill("username", "hoa")
	b.fill("password", phrase)
	b.say(`document.querySelector("form[action='/sign-in']").requestSubmit()`)
	b.until(`location.pathname === "/me/second-factor"`)
	b.open(address + "/me/passkeys/new")
	b.fill("name", "Máy thử")
	b.fill("old", phrase)
	b.say(`document.querySelector("form[action='/me/passkeys/new']").requestSubmit()`)
	const shown = `document.querySelector("form[data-passkey]")?.hidden === false`
	b.until(shown)
	if b.say(`document.querySelector("[data-no-passkey]").hidden`) != "true" {
		t.Error("says that the browser has no passkeys")
	}
	b.say(`document.querySelector("form[data-passkey] button").click()`)
	b.until(`location.pathname === "/me" && document.body.innerText.includes("Máy thử")`)
	b.say(`document.querySelector("form[action='/sign-out']").requestSubmit()`)
	b.until(`location.pathname === "/sign-in" && ` + shown)
	b.say(`document.querySelector("form[data-passkey] button").click()`)
	b.until(`location.pathname === "/"`)
	b.open(address + "/me")
	if text := b.say("document.body.innerText"); !strings.Contains(text, "Khóa truy cập") || !strings.Contains(text, "Phiên này") {
		t.Fatal(text)
	}
}
