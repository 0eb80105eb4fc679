package testkit

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"
)

// Browser is one page of a real Chromium with a built-in authenticator, spoken to over a pipe.
type Browser struct {
	t       testing.TB
	to      *os.File
	from    *bufio.Reader
	next    int
	session string
}

type browserMessage struct {
	ID     int             `json:"id"`
	Result json.RawMessage `json:"result"`
	Error  *struct {
		Message string `json:"message"`
	} `json:"error"`
}

// NewBrowser starts a Chromium; without one the test is skipped.
func NewBrowser(t testing.TB) *Browser {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		Skip(t, "there is no Chromium here; test.sh installs it")
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
	return b
}

// Call sends a command of the DevTools protocol.
func (b *Browser) Call(method string, params, out any) {
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
		var m browserMessage
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

// Say evaluates an expression in the page and gives its text. A page that is just being left answers with nothing.
func (b *Browser) Say(expression string) string {
	b.t.Helper()
	var got struct {
		Result struct{ Value any }
	}
	b.Call("Runtime.evaluate", map[string]any{"expression": expression, "returnByValue": true, "userGesture": true}, &got)
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

// Open goes to an address and waits until it is there.
func (b *Browser) Open(address string) {
	b.t.Helper()
	b.Call("Page.navigate", map[string]any{"url": address}, nil)
	b.Until(`document.readyState === "complete" && location.href !== "about:blank"`)
}

// Fill writes into a field of the page.
func (b *Browser) Fill(name, value string) {
	b.t.Helper()
	text, _ := json.Marshal(value)
	b.Say(`document.querySelector("input[name=` + name + `]").value = ` + string(text))
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
