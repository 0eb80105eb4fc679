package consumer

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// early is how long before its end a token is no longer used.
const early = 20 * time.Second

// TokenError is a refusal of the token endpoint.
type TokenError struct {
	Status      int
	Code        string `json:"error"`
	Description string `json:"error_description"`
}

func (e *TokenError) Error() string {
	return fmt.Sprintf("no token: %d %s (%s)", e.Status, e.Code, e.Description)
}

// Token gives an access token, the kept one while it lives (RFC 6749 section 4.4, secret by Basic).
func (c *Client) Token(ctx context.Context) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.config.Clock.Now()
	if c.token != "" && now.Before(c.expiry) {
		return c.token, nil
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.config.Base+"/oauth2/token", strings.NewReader("grant_type=client_credentials"))
	if err != nil {
		return "", fmt.Errorf("ask for a token: %w", err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.SetBasicAuth(url.QueryEscape(c.config.ClientID), url.QueryEscape(c.config.Secret))
	a, err := c.exchange(req)
	if err != nil {
		return "", fmt.Errorf("ask for a token: %w", err)
	}
	if a.Status != http.StatusOK {
		refused := &TokenError{Status: a.Status}
		if err := json.Unmarshal(a.Body, refused); err != nil {
			refused.Code = "unreadable"
		}
		return "", refused
	}
	var got struct {
		AccessToken string `json:"access_token"`
		ExpiresIn   int    `json:"expires_in"`
	}
	if err := json.Unmarshal(a.Body, &got); err != nil {
		return "", fmt.Errorf("read the token of call %s: %w", a.ID, err)
	}
	if got.AccessToken == "" {
		return "", fmt.Errorf("read the token of call %s: there is none", a.ID)
	}
	c.token, c.expiry = got.AccessToken, now.Add(time.Duration(got.ExpiresIn)*time.Second-early)
	return c.token, nil
}

// forget drops a token that was refused, unless another call has a newer one already.
func (c *Client) forget(token string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.token == token {
		c.token = ""
	}
}
