package harness

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"testing"
	"time"
)

// Answer is what came back from the server.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Code is the stable code of a problem, empty for other bodies.
func (a Answer) Code() string {
	var p struct {
		Code string `json:"code"`
	}
	if json.Unmarshal(a.Body, &p) != nil {
		return ""
	}
	return p.Code
}

// Into decodes the JSON body.
func (a Answer) Into(t testing.TB, v any) {
	t.Helper()
	if err := json.Unmarshal(a.Body, v); err != nil {
		t.Fatalf("status %d, not JSON: %v\n%.2000s", a.Status, err, a.Body)
	}
}

// String is the answer for messages of failed tests.
func (a Answer) String() string { return fmt.Sprintf("%d %.2000s", a.Status, a.Body) }

// Client talks to one base URL with headers of its own and a cookie jar.
type Client struct {
	t      testing.TB
	Base   string
	Header http.Header
	HTTP   *http.Client
}

// NewClient makes a client that follows no redirect.
func NewClient(t testing.TB, base string) *Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &Client{t: t, Base: base, Header: http.Header{}, HTTP: &http.Client{
		Jar: jar, Timeout: 60 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// With is the same client with one more header.
func (c *Client) With(name, value string) *Client {
	d := *c
	d.Header = c.Header.Clone()
	d.Header.Set(name, value)
	return &d
}

// Do sends a request; body may be nil, a string, bytes, an io.Reader or anything that JSON can carry.
func (c *Client) Do(method, path string, body any) Answer {
	c.t.Helper()
	a, err := c.Try(method, path, body)
	if err != nil {
		c.t.Fatalf("%s %s: %v", method, path, err)
	}
	return a
}

// Try is Do that gives the network's error instead of failing the test.
func (c *Client) Try(method, path string, body any) (Answer, error) {
	var r io.Reader
	kind := ""
	switch b := body.(type) {
	case nil:
	case string:
		r = strings.NewReader(b)
	case []byte:
		r = bytes.NewReader(b)
	case io.Reader:
		r = b
	default:
		encoded, err := json.Marshal(b)
		if err != nil {
			return Answer{}, err
		}
		r, kind = bytes.NewReader(encoded), "application/json"
	}
	req, err := http.NewRequest(method, c.Base+path, r)
	if err != nil {
		return Answer{}, err
	}
	for k, v := range c.Header {
		req.Header[k] = v
	}
	if kind != "" && req.Header.Get("Content-Type") == "" {
		req.Header.Set("Content-Type", kind)
	}
	resp, err := c.HTTP.Do(req)
	if err != nil {
		return Answer{}, err
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	if err != nil {
		return Answer{}, err
	}
	return Answer{resp.StatusCode, resp.Header, got}, nil
}

// Get asks for a path.
func (c *Client) Get(path string) Answer { c.t.Helper(); return c.Do(http.MethodGet, path, nil) }

// Post sends a body.
func (c *Client) Post(path string, body any) Answer {
	c.t.Helper()
	return c.Do(http.MethodPost, path, body)
}

// Must fails the test unless the answer has the status.
func (c *Client) Must(a Answer, status int) Answer {
	c.t.Helper()
	if a.Status != status {
		c.t.Fatalf("want status %d, got %s", status, a)
	}
	return a
}
