package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// session is what `sign-in` keeps, readable by its user only.
type session struct {
	Server string `json:"server"`
	Token  string `json:"token"`
}

// remote is the flag of every command that talks to a running server.
type remote struct {
	Session string `help:"File that keeps the session." type:"path" env:"LIENTHONG_TEST_SESSION" hidden:""`
	Server  string `help:"Address of the console, as https://lienthong.tinh.gov.vn; default is where you signed in."`
	JSON    bool   `name:"json" help:"Print the server's JSON."`
}

func (r remote) file() (string, error) {
	if r.Session != "" {
		return r.Session, nil
	}
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("find the folder of the session file: %w", err)
	}
	return filepath.Join(dir, "lienthong", "session.json"), nil
}

func (r remote) read() (session, error) {
	path, err := r.file()
	if err != nil {
		return session{}, err
	}
	body, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return session{}, errors.New("not signed in: run `lienthong sign-in --server URL --username NAME` first")
	}
	if err != nil {
		return session{}, fmt.Errorf("read the session: %w", err)
	}
	var s session
	if err := json.Unmarshal(body, &s); err != nil {
		return session{}, fmt.Errorf("read the session %s: %w", path, err)
	}
	if r.Server != "" {
		s.Server = strings.TrimSuffix(r.Server, "/")
	}
	return s, nil
}

func (r remote) keep(s session) error {
	path, err := r.file()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("keep the session: %w", err)
	}
	body, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return os.WriteFile(path, body, 0o600)
}

// problem is a refusal of the server.
type problem struct {
	Status int    `json:"status"`
	Code   string `json:"code"`
	Detail string `json:"detail"`
	Errors []struct {
		Field, Detail string
	} `json:"errors"`
}

func (p problem) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%s)", p.Detail, p.Code)
	for _, e := range p.Errors {
		fmt.Fprintf(&b, "\n  %s: %s", e.Field, e.Detail)
	}
	return b.String()
}

// call sends one request to the server's API and decodes the answer into `into` unless it is nil.
func (r remote) call(ctx context.Context, method, path string, body, into any) ([]byte, error) {
	s, err := r.read()
	if err != nil {
		return nil, err
	}
	return send(ctx, s, method, path, "application/json", encode(body), into)
}

func encode(body any) io.Reader {
	if body == nil {
		return nil
	}
	b, err := json.Marshal(body)
	if err != nil {
		panic("cli: a request body that JSON cannot carry: " + err.Error())
	}
	return bytes.NewReader(b)
}

// send makes one request; header holds names and values in turn.
func send(ctx context.Context, s session, method, path, kind string, body io.Reader, into any, header ...string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, s.Server+path, body)
	if err != nil {
		return nil, fmt.Errorf("make the request: %w", err)
	}
	if body != nil {
		req.Header.Set("Content-Type", kind)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	if s.Token != "" {
		req.Header.Set("Authorization", "Bearer "+s.Token)
	}
	client := &http.Client{Timeout: 30 * time.Minute} // a large delivery on a weak line
	resp, err := client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("reach the server: %w", err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, fmt.Errorf("read the answer: %w", err)
	}
	if resp.StatusCode >= 300 {
		var p problem
		if json.Unmarshal(answer, &p) != nil || p.Code == "" {
			return nil, fmt.Errorf("the server answered %s", resp.Status)
		}
		return nil, p
	}
	if into != nil {
		if err := json.Unmarshal(answer, into); err != nil {
			return nil, fmt.Errorf("decode the answer: %w", err)
		}
	}
	return answer, nil
}

// printJSON prints the server's answer indented.
func printJSON(w io.Writer, body []byte) error {
	var b bytes.Buffer
	if err := json.Indent(&b, body, "", "  "); err != nil {
		return fmt.Errorf("print the answer: %w", err)
	}
	_, err := fmt.Fprintln(w, b.String())
	return err
}
