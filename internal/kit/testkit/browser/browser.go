// Package browser gives tests one page of a real Chromium, spoken to over a pipe in the DevTools protocol.
//
// Owns: the browser's process and page, and axe-core, the accessibility checks that it carries into the page.
// Does not own: what a page must show; tests say that.
//
// Start reading at New.
package browser

import (
	"bufio"
	_ "embed" // axe-core
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"lienthong/internal/kit/testkit"
)

//go:embed axe/axe.min.js
var axe string

// Browser is one page.
type Browser struct {
	t       testing.TB
	to      *os.File
	from    *bufio.Reader
	next    int
	session string
	said    []string // what the page's console reported as wrong
}

type message struct {
	ID     int             `json:"id"`
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
	Result json.RawMessage `json:"result"`
	Error  *struct {
		Message string `json:"message"`
	} `json:"error"`
}

// New starts Chromium with an empty profile; it ends with the test. Without Chromium the test is skipped, and fails
// under CI.
func New(t testing.TB) *Browser {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		testkit.Skip(t, "there is no Chromium here; test.sh installs it")
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
	b := &Browser{t: t, to: ourOut, from: bufio.NewReader(ourIn)}
	t.Cleanup(func() {
		b.session = ""
		b.Call("Browser.close", nil, nil)
		_ = run.Wait()
		_ = ourOut.Close()
		_ = ourIn.Close()
	})
	var target struct{ TargetID string }
	b.Call("Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	var attached struct{ SessionID string }
	b.Call("Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &attached)
	b.session = attached.SessionID
	for _, domain := range []string{"Page", "Network", "Log", "Runtime"} {
		b.Call(domain+".enable", nil, nil)
	}
	return b
}

// Call makes one call of the DevTools protocol.
func (b *Browser) Call(method string, params, out any) {
	b.t.Helper()
	b.next++
	call := map[string]any{"id": b.next, "method": method, "params": params}
	if b.session != "" {
		call["sessionId"] = b.session
	}
	text, err := json.Marshal(call)
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err := b.to.Write(append(text, 0)); err != nil {
		b.t.Fatal(err)
	}
	for {
		line, err := b.from.ReadBytes(0)
		if err != nil {
			b.t.Fatalf("%s: %v", method, err)
		}
		var m message
		if err := json.Unmarshal(line[:len(line)-1], &m); err != nil {
			b.t.Fatal(err)
		}
		if m.Method != "" {
			b.hear(m)
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

// hear keeps what scripts and the policy of contents complain about. That a page answers 403 is no complaint.
func (b *Browser) hear(m message) {
	switch m.Method {
	case "Log.entryAdded":
		var p struct {
			Entry struct{ Level, Source, Text, URL string }
		}
		if json.Unmarshal(m.Params, &p) == nil && p.Entry.Level == "error" && p.Entry.Source != "network" {
			b.said = append(b.said, p.Entry.Text)
		}
	case "Runtime.exceptionThrown":
		var p struct {
			ExceptionDetails struct {
				Text      string
				Exception struct{ Description string }
			}
		}
		if json.Unmarshal(m.Params, &p) == nil {
			b.said = append(b.said, p.ExceptionDetails.Text+" "+p.ExceptionDetails.Exception.Description)
		}
	}
}

// Complaints are errors of scripts and refusals of the policy of contents since the last call.
func (b *Browser) Complaints() []string {
	said := b.said
	b.said = nil
	return said
}

// Say evaluates an expression in the page and gives its text, waiting for a promise. A page that is just being left
// answers with nothing.
func (b *Browser) Say(expression string) string {
	b.t.Helper()
	var got struct {
		Result struct{ Value any }
	}
	b.Call("Runtime.evaluate", map[string]any{"expression": expression, "returnByValue": true, "awaitPromise": true, "userGesture": true}, &got)
	if got.Result.Value == nil {
		return ""
	}
	return fmt.Sprint(got.Result.Value)
}

// Until waits until an expression is true.
func (b *Browser) Until(expression string) {
	b.t.Helper()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if b.Say(expression) == "true" {
			return
		}
	}
	b.t.Fatalf("never: %s\nat %s: %s", expression, b.Say("location.href"), b.Say("document.querySelector('main')?.innerText ?? ''"))
}

// Open goes to an address and waits for the page.
func (b *Browser) Open(address string) {
	b.t.Helper()
	b.Call("Page.navigate", map[string]any{"url": address}, nil)
	b.Until(`document.readyState === "complete" && location.href !== "about:blank"`)
}

// Fill writes into the input of a name.
func (b *Browser) Fill(name, value string) {
	b.t.Helper()
	text, _ := json.Marshal(value)
	b.Say(`document.querySelector("[name=` + name + `]").value = ` + string(text))
}

// Width makes the screen so many pixels wide.
func (b *Browser) Width(pixels int) {
	b.t.Helper()
	b.Call("Emulation.setDeviceMetricsOverride", map[string]any{"width": pixels, "height": 800, "deviceScaleFactor": 1, "mobile": pixels < 600}, nil)
}

// Carry gives the browser a cookie for an address; an empty value takes it away.
func (b *Browser) Carry(address string, c *http.Cookie) {
	b.t.Helper()
	b.Call("Network.setCookie", map[string]any{"url": address, "name": c.Name, "value": c.Value, "httpOnly": true}, nil)
}

// Forget removes all cookies.
func (b *Browser) Forget() {
	b.t.Helper()
	b.Call("Network.clearBrowserCookies", nil, nil)
}

// Violations are what axe finds in the page by WCAG 2.1 A and AA and its best practices, one line each.
func (b *Browser) Violations() []string {
	b.t.Helper()
	if b.Say(`typeof axe`) != "object" {
		b.Say(axe + "\n; true")
	}
	found := b.Say(`axe.run(document, {resultTypes: ["violations"], runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}).then((r) =>
		"ran\n" + r.violations.map((v) => v.id + ": " + v.nodes.slice(0, 3).map((n) => n.target.join(" ") + " " + (n.any[0]?.message ?? "")).join(" | ")).join("\n"))`)
	lines := strings.Split(strings.TrimSpace(found), "\n")
	if lines[0] != "ran" {
		return []string{"axe did not run"}
	}
	return lines[1:]
}

// Wide names elements that reach past the screen.
func (b *Browser) Wide() string {
	b.t.Helper()
	return b.Say(`document.scrollingElement.scrollWidth <= innerWidth ? "" : [...document.querySelectorAll("body *")].filter((e) =>
		e.getBoundingClientRect().right > innerWidth + 1).slice(-3).map((e) => e.tagName + "." + e.className).join(", ") || "the page"`)
}

// Picture is the whole page as PNG, in base64.
func (b *Browser) Picture() string {
	b.t.Helper()
	var got struct{ Data string }
	b.Call("Page.captureScreenshot", map[string]any{"captureBeyondViewport": true}, &got)
	return got.Data
}

// Choose puts a file into a field for files.
func (b *Browser) Choose(name, file string) {
	b.t.Helper()
	var field struct {
		Result struct{ ObjectID string }
	}
	b.Call("Runtime.evaluate", map[string]any{"expression": `document.querySelector("input[type=file][name=` + name + `]")`}, &field)
	b.Call("DOM.setFileInputFiles", map[string]any{"files": []string{file}, "objectId": field.Result.ObjectID}, nil)
}

// Press presses a key: Tab or Enter.
func (b *Browser) Press(key string) {
	b.t.Helper()
	code := map[string]int{"Tab": 9, "Enter": 13}[key]
	down := map[string]any{"type": "keyDown", "key": key, "code": key, "windowsVirtualKeyCode": code}
	if key == "Enter" {
		down["text"] = "\r"
	}
	b.Call("Input.dispatchKeyEvent", down, nil)
	b.Call("Input.dispatchKeyEvent", map[string]any{"type": "keyUp", "key": key, "code": key, "windowsVirtualKeyCode": code}, nil)
}

// Type writes into what has the focus.
func (b *Browser) Type(text string) {
	b.t.Helper()
	b.Call("Input.insertText", map[string]any{"text": text}, nil)
}
