package exchange

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/secret"
)

// officers verifies who at the calling system acts: a compact JWS of at most a minute, signed with a registered key,
// usable once.
type officers struct {
	clock clock.Clock
	used  *usedOnce
}

const (
	assertionLife = 60 * time.Second
	assertionSkew = 5 * time.Second
)

func newOfficers(c clock.Clock, db *controldb.DB) *officers {
	return &officers{clock: c, used: &usedOnce{db: db, clock: c}}
}

type assertion struct {
	Subject string `json:"sub"`
	Agency  string `json:"agency"`
	ID      string `json:"jti"`
	Issued  int64  `json:"iat"`
	Expires int64  `json:"exp"`
}

// verify gives the officer's id.
func (o *officers) verify(ctx context.Context, compact string, caller access.Actor, keys []OfficerKey) (string, error) {
	refused := func(why error) error {
		return fault.New(fault.Unauthenticated, "exchange.officer_invalid").Because(why)
	}
	known := make([]jwsKey, 0, len(keys))
	for _, k := range keys {
		if alg, strong := secret.AlgorithmOf(k.Public); strong {
			known = append(known, jwsKey{k.ID, alg, k.Public})
		}
	}
	payload, _, err := verifyJWS(compact, known, false)
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
	if personNumber.MatchString(a.Subject) { // it enters the record as it is
		return "", fault.New(fault.Malformed, "exchange.officer_person")
	}
	if err := o.used.spend(ctx, secret.HashToken(caller.ID+"\x00"+a.ID), time.Unix(a.Expires, 0).Add(assertionSkew)); err != nil {
		return "", err
	}
	return a.Subject, nil
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
