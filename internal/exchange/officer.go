package exchange

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jws"

	"lienthong/internal/access"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
)

// officers verifies who at the calling system acts: a compact JWS of at most a minute, signed with a registered key,
// usable once.
type officers struct {
	clock clock.Clock
	mu    sync.Mutex
	used  map[string]time.Time // system and jti, until the assertion ends
	swept time.Time
}

const (
	assertionLife = 60 * time.Second
	assertionSkew = 5 * time.Second
	mostUsed      = 200_000
)

func newOfficers(c clock.Clock) *officers {
	return &officers{clock: c, used: make(map[string]time.Time)}
}

type assertion struct {
	Subject string `json:"sub"`
	Agency  string `json:"agency"`
	ID      string `json:"jti"`
	Issued  int64  `json:"iat"`
	Expires int64  `json:"exp"`
}

// verify gives the officer's id.
func (o *officers) verify(compact string, caller access.Actor, keys []OfficerKey) (string, error) {
	refused := func(why error) error {
		return fault.New(fault.Unauthenticated, "exchange.officer_invalid").Because(why)
	}
	key, alg, err := chooseKey(compact, keys)
	if err != nil {
		return "", refused(err)
	}
	payload, err := jws.Verify([]byte(compact), jws.WithKey(alg, key))
	if err != nil {
		return "", refused(err)
	}
	var a assertion
	if err := json.Unmarshal(payload, &a); err != nil {
		return "", refused(err)
	}
	if err := a.check(o.clock.Now(), caller); err != nil {
		return "", refused(err)
	}
	if err := o.once(caller.ID+"\x00"+a.ID, time.Unix(a.Expires, 0)); err != nil {
		return "", err
	}
	return a.Subject, nil
}

// chooseKey reads the header before any key touches the text: the algorithm must be one of ours and fit the registered
// key's own type, and a header that brings its own key or address is refused (T17, T18).
func chooseKey(compact string, keys []OfficerKey) (any, jwa.SignatureAlgorithm, error) {
	none := jwa.NoSignature()
	part, _, found := strings.Cut(compact, ".")
	raw, err := base64.RawURLEncoding.Strict().DecodeString(part)
	if err != nil || !found || strings.Count(compact, ".") != 2 || len(compact) > 4096 {
		return nil, none, errors.New("not a compact JWS")
	}
	var header map[string]any
	if err := json.Unmarshal(raw, &header); err != nil {
		return nil, none, err
	}
	for name := range header {
		if name != "alg" && name != "kid" && name != "typ" {
			return nil, none, fmt.Errorf("header member %q is not accepted", name)
		}
	}
	kid, _ := header["kid"].(string)
	for _, k := range keys {
		if k.ID == kid && kid != "" {
			alg, err := algorithmOf(k.Public)
			if err == nil && header["alg"] != alg.String() {
				err = errors.New("the algorithm is not the registered key's")
			}
			return k.Public, alg, err
		}
	}
	return nil, none, errors.New("no registered key of that id")
}

func algorithmOf(public any) (jwa.SignatureAlgorithm, error) {
	switch k := public.(type) {
	case ed25519.PublicKey:
		return jwa.EdDSA(), nil
	case *ecdsa.PublicKey:
		if k.Curve == elliptic.P256() {
			return jwa.ES256(), nil
		}
	case *rsa.PublicKey:
		if k.N.BitLen() >= 2048 {
			return jwa.RS256(), nil
		}
	}
	return jwa.NoSignature(), errors.New("the registered key's type is not accepted")
}

func (a assertion) check(now time.Time, caller access.Actor) error {
	issued, expires := time.Unix(a.Issued, 0), time.Unix(a.Expires, 0)
	switch {
	case a.Subject == "" || len(a.Subject) > 128 || !visibleASCII(a.Subject):
		return errors.New("sub is missing or not plain")
	case a.Agency != caller.Agency:
		return errors.New("agency is not the caller's")
	case a.ID == "" || len(a.ID) > 128:
		return errors.New("jti is missing or too long")
	case a.Issued == 0 || a.Expires == 0 || !expires.After(issued) || expires.Sub(issued) > assertionLife:
		return errors.New("iat and exp are missing or too far apart")
	case issued.After(now.Add(assertionSkew)):
		return errors.New("issued in the future")
	case !now.Before(expires.Add(assertionSkew)):
		return errors.New("expired")
	}
	return nil
}

func visibleASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] <= ' ' || s[i] >= 0x7f {
			return false
		}
	}
	return true
}

// once refuses an assertion that was used before. When too many are remembered, new ones are refused rather than old
// ones forgotten.
func (o *officers) once(id string, expires time.Time) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	now := o.clock.Now()
	if now.Sub(o.swept) > assertionLife || len(o.used) >= mostUsed {
		o.swept = now
		for k, until := range o.used {
			if !now.Before(until) {
				delete(o.used, k)
			}
		}
	}
	if _, replayed := o.used[id]; replayed {
		return fault.New(fault.Unauthenticated, "exchange.officer_replayed")
	}
	if len(o.used) >= mostUsed {
		return fault.New(fault.Unavailable, "exchange.busy")
	}
	o.used[id] = expires.Add(assertionSkew)
	return nil
}
