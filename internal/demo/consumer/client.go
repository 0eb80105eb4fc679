package consumer

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"lienthong/internal/kit/clock"
)

// Config of a calling system.
type Config struct {
	Base     string // of the exchange: "http://127.0.0.1:8444"
	ClientID string
	Secret   string
	HTTP     *http.Client // nil: one with a time limit of 30 s
	Clock    clock.Clock  // nil: the machine's
	Officers *Officers    // signs for officers; nil when the system has no key
	Agent    string       // User-Agent
}

// Client calls the exchange for one system. It is safe for several goroutines.
type Client struct {
	config Config

	mu     sync.Mutex
	token  string
	expiry time.Time
}

// New prepares a client; it calls nobody yet.
func New(c Config) *Client {
	if c.HTTP == nil {
		c.HTTP = &http.Client{Timeout: 30 * time.Second}
	}
	if c.Clock == nil {
		c.Clock = clock.System()
	}
	c.Base = strings.TrimSuffix(c.Base, "/")
	return &Client{config: c}
}

// Ask says why and on whose behalf a call is made, and what it wants.
type Ask struct {
	Purpose string
	Case    string
	Officer string // id of the officer who acts; signed with the system's key
	Fields  []string
	Filters map[string]string // column or column.op to value; never a person's identifier
	Limit   int
	Cursor  string
	Once    string // Idempotency-Key of an update
}

// Answer of the exchange.
type Answer struct {
	Status   int
	ID       string // request id, the id of the evidence
	Header   http.Header
	Body     []byte
	Problem  *Problem // set for a refusal
	Duration time.Duration
}

// Problem is a refusal as RFC 9457 has it; decide by Code.
type Problem struct {
	Title  string `json:"title"`
	Detail string `json:"detail"`
	Code   string `json:"code"`
}

// Code is the refusal's code, empty for an answer.
func (a Answer) Code() string {
	if a.Problem == nil {
		return ""
	}
	return a.Problem.Code
}

// Page is a page of records of the warehouse.
type Page struct {
	Dataset  string           `json:"dataset"`
	Version  int64            `json:"version"`
	DataTime time.Time        `json:"data_time"`
	Records  []map[string]any `json:"records"`
	Next     string           `json:"next"`
}

// Page reads the answer's body as a page.
func (a Answer) Page() (Page, error) {
	var p Page
	d := json.NewDecoder(bytes.NewReader(a.Body))
	d.UseNumber()
	if err := d.Decode(&p); err != nil {
		return p, fmt.Errorf("read the page of call %s: %w", a.ID, err)
	}
	return p, nil
}

// Records asks for one page of a dataset: code "H38.04/khai-sinh".
func (c *Client) Records(ctx context.Context, dataset string, ask Ask) (Answer, error) {
	q := url.Values{}
	if len(ask.Fields) > 0 {
		q.Set("fields", strings.Join(ask.Fields, ","))
	}
	if ask.Limit > 0 {
		q.Set("limit", strconv.Itoa(ask.Limit))
	}
	if ask.Cursor != "" {
		q.Set("cursor", ask.Cursor)
	}
	for column, value := range ask.Filters {
		q.Set(column, value)
	}
	target := "/data/" + dataset + "/records"
	if len(q) > 0 {
		target += "?" + q.Encode()
	}
	return c.Call(ctx, http.MethodGet, target, ask, nil)
}

// Every reads page after page until there is none or the reader has enough.
func (c *Client) Every(ctx context.Context, dataset string, ask Ask, read func(Page) (more bool, err error)) error {
	for {
		a, err := c.Records(ctx, dataset, ask)
		if err != nil {
			return err
		}
		if a.Status != http.StatusOK {
			return fmt.Errorf("read %s: status %d, code %s, call %s", dataset, a.Status, a.Code(), a.ID)
		}
		p, err := a.Page()
		if err != nil {
			return err
		}
		more, err := read(p)
		if err != nil || !more || p.Next == "" {
			return err
		}
		ask.Cursor = p.Next
	}
}

// Lookup asks for the record of a key, which goes in the body (invariant 1).
func (c *Client) Lookup(ctx context.Context, dataset string, key map[string]string, ask Ask) (Answer, error) {
	body := map[string]any{"key": key}
	if len(ask.Fields) > 0 {
		body["fields"] = ask.Fields
	}
	text, err := json.Marshal(body)
	if err != nil {
		return Answer{}, fmt.Errorf("write the look-up: %w", err)
	}
	return c.Call(ctx, http.MethodPost, "/data/"+dataset+"/lookup", ask, text)
}

// Service calls a provider's service behind the exchange: path "/khai-sinh?trang=2" of "H38.04/ho-tich/khai-sinh".
func (c *Client) Service(ctx context.Context, method, service, path string, ask Ask, body []byte) (Answer, error) {
	return c.Call(ctx, method, "/svc/"+service+path, ask, body)
}

// Call sends one call with a token and the headers of the ask. An error means that no answer came.
func (c *Client) Call(ctx context.Context, method, target string, ask Ask, body []byte) (Answer, error) {
	token, err := c.Token(ctx)
	if err != nil {
		return Answer{}, err
	}
	a, err := c.send(ctx, method, target, ask, body, token)
	if err != nil || a.Status != http.StatusUnauthorized {
		return a, err
	}
	c.forget(token) // invariant 2
	if token, err = c.Token(ctx); err != nil {
		return a, err
	}
	return c.send(ctx, method, target, ask, body, token)
}

func (c *Client) send(ctx context.Context, method, target string, ask Ask, body []byte, token string) (Answer, error) {
	req, err := http.NewRequestWithContext(ctx, method, c.config.Base+target, bytes.NewReader(body))
	if err != nil {
		return Answer{}, fmt.Errorf("call the exchange: %w", err)
	}
	if body == nil {
		req.Body, req.ContentLength = http.NoBody, 0
	} else {
		req.Header.Set("Content-Type", "application/json")
	}
	req.Header.Set("Authorization", "Bearer "+token)
	for name, value := range map[string]string{
		"Lienthong-Purpose": ask.Purpose, "Lienthong-Case": ask.Case, "Idempotency-Key": ask.Once, "User-Agent": c.config.Agent,
	} {
		if value != "" {
			req.Header.Set(name, value)
		}
	}
	if ask.Officer != "" {
		if c.config.Officers == nil {
			return Answer{}, errors.New("sign for an officer: the system has no key")
		}
		signed, err := c.config.Officers.Sign(ask.Officer, c.config.Clock.Now())
		if err != nil {
			return Answer{}, err
		}
		req.Header.Set("Lienthong-Officer", signed)
	}
	return c.exchange(req)
}

const mostAnswer = 64 << 20

func (c *Client) exchange(req *http.Request) (Answer, error) {
	began := time.Now()
	resp, err := c.config.HTTP.Do(req)
	if err != nil {
		return Answer{}, fmt.Errorf("call the exchange: %w", err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, mostAnswer))
	if err != nil {
		return Answer{}, fmt.Errorf("read the exchange's answer: %w", err)
	}
	a := Answer{Status: resp.StatusCode, ID: resp.Header.Get("X-Request-Id"), Header: resp.Header, Body: body, Duration: time.Since(began)}
	if strings.HasPrefix(resp.Header.Get("Content-Type"), "application/problem+json") {
		a.Problem = new(Problem)
		if err := json.Unmarshal(body, a.Problem); err != nil {
			return a, fmt.Errorf("read the problem of call %s: %w", a.ID, err)
		}
	}
	return a, nil
}
