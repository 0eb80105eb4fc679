package exchange

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"lienthong/internal/kit/fault"
)

const (
	tokenPath           = "/oauth2/token"
	assertionType       = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
	clientAssertionLife = 5 * time.Minute
)

// claims of a client's assertion (RFC 7523 section 3).
type claims struct {
	Issuer    string   `json:"iss"`
	Subject   string   `json:"sub"`
	Audience  audience `json:"aud"`
	ID        string   `json:"jti"`
	Expires   *float64 `json:"exp"`
	Issued    *float64 `json:"iat"`
	NotBefore *float64 `json:"nbf"`
}

// audience is one name: a text, or a list that holds it alone. An assertion for several servers could be carried on by
// one of them.
type audience string

func (a *audience) UnmarshalJSON(raw []byte) error {
	var list []string
	if json.Unmarshal(raw, &list) == nil {
		if len(list) != 1 {
			return errors.New("aud must name this server alone")
		}
		*a = audience(list[0])
		return nil
	}
	return json.Unmarshal(raw, (*string)(a))
}

// clientOf reads, unverified, which client an assertion speaks of; that only chooses the keys it is then held to.
func clientOf(compact string) string {
	parts := strings.Split(compact, ".")
	if len(parts) != 3 {
		return ""
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(parts[1])
	if err != nil {
		return ""
	}
	var c struct {
		Subject string `json:"sub"`
	}
	if json.Unmarshal(raw, &c) != nil {
		return ""
	}
	return c.Subject
}

// byAssertion proves a client by its signed assertion (private_key_jwt).
func (c *call) byAssertion(id, compact string) (Client, error) {
	refused := func(why error) (Client, error) {
		return Client{}, fault.New(fault.Unauthenticated, "exchange.assertion_invalid").Because(why)
	}
	client, err := c.s.Clients.Find(c.ctx, id)
	if err != nil {
		return Client{}, err
	}
	if client.Method != ByAssertion {
		return refused(errors.New("the client proves itself otherwise"))
	}
	kept, err := c.s.Clients.Keys(c.ctx, client.System)
	if err != nil {
		return Client{}, err
	}
	keys := make([]jwsKey, len(kept))
	for i, k := range kept {
		keys[i] = jwsKey{k.KID, k.Alg, k.Public}
	}
	payload, which, err := verifyJWS(compact, keys, true)
	if err != nil {
		return refused(err)
	}
	var said claims
	if err := json.Unmarshal(payload, &said); err != nil {
		return refused(err)
	}
	ends, err := said.check(id, c.audiences(), c.s.Clock.Now())
	if err != nil {
		return refused(err)
	}
	sum := sha256.Sum256([]byte(id + "\x00" + said.ID))
	client.Proof, client.Once, client.OnceEnds = kept[which].Proof, hex.EncodeToString(sum[:]), ends
	client.end(kept[which].Until)
	return client, nil
}

// audiences are the names under which this server is meant: its issuer or its token endpoint.
func (c *call) audiences() []string {
	var out []string
	for _, u := range c.s.URLs {
		out = append(out, u, u+tokenPath)
	}
	return out
}

// check gives the moment from which the assertion opens nothing any more.
func (c claims) check(client string, audiences []string, now time.Time) (time.Time, error) {
	switch {
	case c.Issuer != client || c.Subject != client:
		return time.Time{}, errors.New("iss and sub must both be the client id")
	case !slices.Contains(audiences, string(c.Audience)):
		return time.Time{}, fmt.Errorf("aud %q is not this server", c.Audience)
	case c.ID == "" || len(c.ID) > 256:
		return time.Time{}, errors.New("jti is missing or too long")
	case c.Expires == nil:
		return time.Time{}, errors.New("exp is missing")
	}
	ends := time.Unix(int64(*c.Expires), 0)
	switch {
	case !now.Before(ends.Add(assertionSkew)):
		return time.Time{}, errors.New("expired")
	case ends.After(now.Add(clientAssertionLife + assertionSkew)):
		return time.Time{}, errors.New("exp is more than 5 minutes away")
	case c.NotBefore != nil && time.Unix(int64(*c.NotBefore), 0).After(now.Add(assertionSkew)):
		return time.Time{}, errors.New("not valid yet")
	case c.Issued != nil && time.Unix(int64(*c.Issued), 0).After(now.Add(assertionSkew)):
		return time.Time{}, errors.New("issued in the future")
	}
	return ends.Add(assertionSkew), nil
}
