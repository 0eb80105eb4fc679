package exchange

import (
	"cmp"
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

const routeToken = "/oauth2/token"

// token is POST /oauth2/token: RFC 6749 client credentials. The client shows exactly one proof: its secret by Basic or in
// the form, a signed assertion (RFC 7523), or the connection's certificate (RFC 8705).
func (c *call) token() error {
	c.ask.Operation = c.req.Method + " " + routeToken
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
	g := readGrant(body, c.req.Header.Get("Authorization"))
	if g.refused != "" {
		return c.refuseToken(g.id, g.refused, "exchange.token_request")
	}
	from := g.id + "\x00" + c.ask.Address.String() // by address too, so that nobody can lock out a client from afar
	if wait := c.s.failures.wait(from); wait > 0 {
		c.w.Header().Set("Retry-After", "60")
		return c.refuseToken(g.id, "slow_down", "exchange.too_many_failures")
	}
	client, err := c.prove(g)
	if err == nil && client.Stopped != "" {
		return c.refuseToken(g.id, "unauthorized_client", client.Stopped)
	}
	if err == nil {
		err = c.grantToken(client)
	}
	if err == nil {
		c.s.failures.forget(from)
		return nil
	}
	f := fault.Of(err)
	if f.Kind != fault.Unauthenticated && f.Kind != fault.Denied {
		return c.tokenUnavailable(f)
	}
	c.s.failures.note(from)
	return c.refuseToken(g.id, "invalid_client", f.Code)
}

// prove says which client asks. A certificate on the connection must be the client's own whatever else it shows, and binds
// the token.
func (c *call) prove(g grant) (client Client, err error) {
	thumbprint, holder, err := c.peer()
	if err != nil {
		return Client{}, err
	}
	switch {
	case g.assertion != "":
		client, err = c.byAssertion(g.id, g.assertion)
	case g.secret != "":
		client, err = c.s.Clients.Authenticate(c.ctx, g.id, g.secret)
	default:
		client, err = c.byCertificate(g.id, thumbprint, holder)
	}
	switch {
	case err != nil:
		return Client{}, err
	case thumbprint != "" && holder.System != client.System:
		return Client{}, fault.New(fault.Unauthenticated, "exchange.certificate_mismatch")
	case thumbprint == "" && client.Bound:
		return Client{}, fault.New(fault.Unauthenticated, "exchange.certificate_required")
	case !(access.AccountFacts{Addresses: client.Addresses}).Allows(c.ask.Address):
		return Client{}, fault.New(fault.Denied, "access.address_not_allowed")
	}
	if thumbprint != "" {
		client.Thumbprint = thumbprint
		client.Actor.Auth = access.AuthMTLS
		client.end(holder.Until)
	}
	return client, nil
}

// byCertificate proves a client by the connection's certificate (tls_client_auth); prove compares the systems.
func (c *call) byCertificate(id, thumbprint string, holder Holder) (Client, error) {
	if thumbprint == "" {
		return Client{}, fault.New(fault.Unauthenticated, "exchange.certificate_missing")
	}
	client, err := c.s.Clients.Find(c.ctx, id)
	if err == nil && (client.Method != ByCertificate || client.System != holder.System) {
		err = fault.New(fault.Unauthenticated, "exchange.certificate_mismatch")
	}
	return client, err
}

func (c *call) grantToken(client Client) error {
	value, err := c.s.Service.IssueToken(c.ctx, client)
	if err != nil {
		return err
	}
	rec := c.tokenRecord("auth.login", client.Actor.ForAudit(), client.System)
	rec.Decision = audit.Decision{Result: audit.Allow, Reason: string(access.CheckOK), PolicyVersion: access.PolicyVersion}
	rec.Result.Status = "200"
	rec.Detail = map[string]string{"method": string(client.Method), "proof": client.Proof}
	if err := c.s.Evidence.Note(c.ctx, rec); err != nil { // no token without its record
		return err
	}
	out := map[string]any{"access_token": value, "token_type": "Bearer", "expires_in": int(client.life(c.s.Clock.Now()).Seconds())}
	if client.Thumbprint != "" { // RFC 8705 section 3.1; the token is opaque, so its holder reads here what it is bound to
		out["cnf"] = map[string]string{"x5t#S256": client.Thumbprint}
	}
	answer, err := json.Marshal(out)
	if err != nil {
		return err
	}
	c.granted = true
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
		Client: audit.Client{SystemID: system, IP: ip, CertFingerprint: c.ask.Certificate}, Target: audit.Target{Operation: c.ask.Operation},
	}
}

// refuseToken answers as RFC 6749 section 5.2 has it. The text is the same for an unknown client and a wrong secret.
func (c *call) refuseToken(id, code, reason string) error {
	rec := c.tokenRecord("auth.fail", c.ask.Actor.ForAudit(), plainClient(id))
	rec.Decision = audit.Decision{Result: audit.Deny, Reason: string(access.CheckAuthn), PolicyVersion: access.PolicyVersion}
	status := http.StatusBadRequest
	switch code {
	case "unauthorized_client":
		rec.Decision.Reason = string(access.CheckState)
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
	c.code = reason
	c.write(status, answer)
	return nil
}

var tokenHints = map[string]string{
	"invalid_request":        "Send grant_type=client_credentials once, and one proof: the secret by HTTP Basic or in the form, a client_assertion, or client_id over a connection with the client's certificate.",
	"invalid_client":         "The client is unknown, its proof is wrong or was used before, or its credential, key or certificate is no longer valid.",
	"unauthorized_client":    "The system is suspended, or its agency has ended. Ask the platform's operator.",
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

// grant is what the token endpoint was asked for: a client with one proof, or the error of RFC 6749.
type grant struct{ id, secret, assertion, refused string }

// readGrant finds the client and the one proof that it shows; without any, the connection's certificate must be it.
func readGrant(body []byte, authorization string) grant {
	pairs, err := canon.ReadForm(body)
	if err != nil {
		return grant{refused: "invalid_request"}
	}
	form := make(map[string]string, len(pairs))
	for _, p := range pairs {
		form[p.Key] = p.Value
	}
	g := grant{id: form["client_id"], secret: form["client_secret"], assertion: form["client_assertion"]}
	bad := g.secret != "" && g.assertion != ""
	if authorization != "" {
		basicID, basicValue, ok := readBasic(authorization)
		bad = bad || !ok || basicValue == "" || g.secret != "" || g.assertion != "" || g.id != "" && g.id != basicID
		g.id, g.secret = cmp.Or(g.id, basicID), basicValue
	}
	if g.assertion != "" {
		named := clientOf(g.assertion)
		bad = bad || form["client_assertion_type"] != assertionType || g.id != "" && g.id != named
		g.id = named
	}
	_, emptySecret := form["client_secret"]
	switch kind, named := form["grant_type"]; {
	case bad || strings.Contains(g.id+g.secret, "\x00") || !named || g.id == "" || g.assertion == "" && form["client_assertion_type"] != "" || emptySecret && form["client_secret"] == "":
		g.refused = "invalid_request"
	case kind != "client_credentials":
		g.refused = "unsupported_grant_type"
	case form["scope"] != "":
		g.refused = "invalid_scope"
	}
	return g
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
