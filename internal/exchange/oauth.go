package exchange

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/exchange/canon"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
)

// token is POST /oauth2/token: RFC 6749 client credentials, the secret by Basic or in the form, never both.
func (c *call) token() error {
	c.ask.Operation = c.req.Method + " /oauth2/token"
	if c.req.Method != http.MethodPost {
		return fault.New(fault.Method, "exchange.method_not_allowed", http.MethodPost)
	}
	if len(c.req.Query) > 0 { // a secret in an address would stand in logs
		return fault.New(fault.Malformed, "exchange.parameter_unknown", c.req.Query[0].Key)
	}
	body, err := c.readBody(16<<10, "application/x-www-form-urlencoded")
	if err != nil {
		return err
	}
	c.recorded = true // by one record of its own kind, below
	id, value, refused := readGrant(body, c.req.Header.Get("Authorization"))
	if refused != "" {
		return c.refuseToken(id, refused, "exchange.token_request")
	}
	from := id + "\x00" + c.ask.Address.String() // by address too, so that nobody can lock out a client from afar
	if wait := c.s.failures.wait(from); wait > 0 {
		c.w.Header().Set("Retry-After", "60")
		return c.refuseToken(id, "slow_down", "exchange.too_many_failures")
	}
	client, err := c.s.Clients.Authenticate(c.ctx, id, value)
	if err != nil {
		f := fault.Of(err)
		if f.Kind == fault.Internal || f.Kind == fault.Unavailable {
			return c.tokenUnavailable(f)
		}
		c.s.failures.note(from)
		return c.refuseToken(id, "invalid_client", f.Code)
	}
	c.s.failures.forget(from)
	return c.grantToken(client)
}

func (c *call) grantToken(client Client) error {
	value, err := c.s.Service.IssueToken(c.ctx, client)
	if err != nil {
		return c.tokenUnavailable(fault.Of(err))
	}
	rec := c.tokenRecord("auth.login", client.Actor.ForAudit(), client.System)
	rec.Decision = audit.Decision{Result: audit.Allow, Reason: string(access.CheckOK), PolicyVersion: access.PolicyVersion}
	rec.Result.Status = "200"
	if err := c.s.Evidence.Note(c.ctx, rec); err != nil { // no token without its record
		return err
	}
	answer, err := json.Marshal(map[string]any{"access_token": value, "token_type": "Bearer", "expires_in": int(TokenLife.Seconds())})
	if err != nil {
		return err
	}
	c.write(http.StatusOK, answer)
	return nil
}

func (c *call) tokenUnavailable(f *fault.Fault) error {
	rec := c.tokenRecord("auth.fail", c.ask.Actor.ForAudit(), "")
	rec.Decision = audit.Decision{Result: audit.Deny, Reason: string(access.CheckState), PolicyVersion: access.PolicyVersion}
	rec.Result = audit.Result{Status: "503", ErrorCode: f.Code}
	if err := c.s.Evidence.Note(c.ctx, rec); err != nil {
		return err
	}
	return f
}

func (c *call) tokenRecord(event string, who audit.Actor, system string) *audit.Record {
	ip := ""
	if c.ask.Address.IsValid() {
		ip = c.ask.Address.String()
	}
	return &audit.Record{
		ID: c.ask.ID, At: c.at, Channel: string(access.ChannelGateway), Event: event, Actor: who,
		Client: audit.Client{SystemID: system, IP: ip}, Target: audit.Target{Operation: c.ask.Operation},
	}
}

// refuseToken answers as RFC 6749 section 5.2 has it. The text is the same for an unknown client and a wrong secret.
func (c *call) refuseToken(id, code, reason string) error {
	rec := c.tokenRecord("auth.fail", c.ask.Actor.ForAudit(), plainClient(id))
	rec.Decision = audit.Decision{Result: audit.Deny, Reason: string(access.CheckAuthn), PolicyVersion: access.PolicyVersion}
	status := http.StatusBadRequest
	switch code {
	case "invalid_client":
		status = http.StatusUnauthorized
		c.w.Header().Set("WWW-Authenticate", `Basic realm="lienthong"`)
	case "slow_down":
		status = http.StatusTooManyRequests
	}
	rec.Result = audit.Result{Status: strconv.Itoa(status), ErrorCode: reason}
	if err := c.s.Evidence.Note(c.ctx, rec); err != nil {
		return err
	}
	answer, err := json.Marshal(map[string]string{"error": code, "error_description": tokenHints[code]})
	if err != nil {
		return err
	}
	c.write(status, answer)
	return nil
}

var tokenHints = map[string]string{
	"invalid_request":        "Send grant_type=client_credentials once, and the client's secret either by HTTP Basic or in the form, not both.",
	"invalid_client":         "The client is unknown, its secret is wrong, or its credential is no longer valid.",
	"unsupported_grant_type": "Only client_credentials is supported.",
	"invalid_scope":          "Scopes are not used: what may be read follows from the grants of the system.",
	"slow_down":              "Too many failed attempts for this client. Wait a minute and check the secret.",
}

// plainClient keeps a client id for the record only if it looks like one: people paste secrets into the wrong field.
func plainClient(id string) string {
	if len(id) > 64 || !plainName(id) {
		return ""
	}
	return id
}

// readGrant finds client id and secret, or the error of RFC 6749.
func readGrant(body []byte, authorization string) (id, value, refused string) {
	pairs, err := canon.ReadForm(body)
	if err != nil {
		return "", "", "invalid_request"
	}
	form := make(map[string]string, len(pairs))
	for _, p := range pairs {
		form[p.Key] = p.Value
	}
	id, value = form["client_id"], form["client_secret"]
	if authorization != "" {
		basicID, basicValue, ok := readBasic(authorization)
		if !ok || value != "" || id != "" && id != basicID {
			return id, "", "invalid_request"
		}
		id, value = basicID, basicValue
	}
	switch grant, named := form["grant_type"]; {
	case !named || id == "" || value == "":
		return id, "", "invalid_request"
	case grant != "client_credentials":
		return id, "", "unsupported_grant_type"
	case form["scope"] != "":
		return id, "", "invalid_scope"
	}
	return id, value, ""
}

// readBasic reads HTTP Basic; RFC 6749 has both parts form-encoded before.
func readBasic(header string) (id, value string, ok bool) {
	scheme, encoded, _ := strings.Cut(header, " ")
	raw, err := base64.StdEncoding.Strict().DecodeString(encoded)
	if !strings.EqualFold(scheme, "Basic") || err != nil {
		return "", "", false
	}
	rawID, rawValue, found := strings.Cut(string(raw), ":")
	id, err1 := url.QueryUnescape(rawID)
	value, err2 := url.QueryUnescape(rawValue)
	return id, value, found && err1 == nil && err2 == nil
}

// failures slows down guessing: after ten wrong secrets within a minute a client at that address waits for the minute to end.
type failures struct {
	clock clock.Clock
	mu    sync.Mutex
	kept  map[string]*failed
}

type failed struct {
	count int
	until time.Time
}

const (
	mostFailures = 10
	mostClients  = 10_000
)

func newFailures(c clock.Clock) *failures { return &failures{clock: c, kept: make(map[string]*failed)} }

func (f *failures) wait(id string) time.Duration {
	f.mu.Lock()
	defer f.mu.Unlock()
	k := f.kept[id]
	if k == nil || k.count < mostFailures {
		return 0
	}
	return max(0, k.until.Sub(f.clock.Now()))
}

func (f *failures) note(id string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := f.clock.Now()
	k := f.kept[id]
	if k == nil || !now.Before(k.until) {
		if len(f.kept) >= mostClients { // memory stays bounded under a flood of made-up names
			clear(f.kept)
		}
		k = &failed{until: now.Add(time.Minute)}
		f.kept[id] = k
	}
	k.count++
}

func (f *failures) forget(id string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.kept, id)
}
