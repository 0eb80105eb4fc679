package certificate

import (
	"context"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
)

// Vault seals the authority's private keys; vault.Service does.
type Vault interface {
	Seal(name, about string, plain []byte) (string, error)
	Unseal(name, about, sealed string) ([]byte, error)
}

// Systems knows who owns a system; a fault of kind NotFound when there is none.
type Systems interface {
	Owner(ctx context.Context, system string) (string, error)
}

// Hooks are called within the transaction of what they are told.
type Hooks struct {
	Ended  func(ctx context.Context, q controldb.Querier, c *Certificate) error               // tokens bound to it must end
	Due    func(ctx context.Context, q controldb.Querier, c *Certificate, owner string) error // its successor is due
	Served func(ctx context.Context, q controldb.Querier, c *Certificate) error               // it was replaced or revoked
}

// Parts are what the authority stands on.
type Parts struct {
	DB           *controldb.DB
	Log          *audit.Log
	Clock        clock.Clock
	Vault        Vault
	Systems      Systems
	Organization string // of the authority's name
	Site         string // address of the console, where the revocation lists are published
	Days         int    // how long a certificate is good for unless less is asked
	Hooks        Hooks
}

// Limits of what is given.
const (
	MostDays    = 825
	MostOverlap = 30 // days that a replaced certificate opens beside its successor
	mostLive    = 20
)

// Service is the platform's authority.
type Service struct {
	Parts
	issued *controldb.Fresh[*Certificate] // by thumbprint; nil for what we did not give
	pools  *controldb.Fresh[*x509.CertPool]
}

// NewService builds the service. There is no key until the first certificate is asked for.
func NewService(p Parts) *Service {
	s := &Service{Parts: p}
	s.issued = controldb.NewFresh(p.DB, 10_000, s.loadIssued)
	s.pools = controldb.NewFresh(p.DB, 1, func(ctx context.Context, _ string) (*x509.CertPool, error) { return s.loadPool(ctx) })
	return s
}

// Ask is a request for a certificate.
type Ask struct {
	Request string // PKCS #10, PEM
	Label   string
	Days    int // the platform's own when 0

	Replaces string // serial of the one that it takes over from
	Overlap  int    // days that the replaced one still opens
}

// Issue gives a system a certificate for the key of its request, and lets it take over from an older one where it says so.
func (s *Service) Issue(ctx context.Context, system string, ask Ask) (*Certificate, error) {
	who, err := access.Require(ctx, access.SystemCredential)
	if err != nil {
		return nil, err
	}
	if ask.Days == 0 {
		ask.Days = s.Days
	}
	switch {
	case ask.Days < 1 || ask.Days > MostDays:
		return nil, fault.New(fault.Invalid, "certificate.days_range", MostDays).At("days")
	case ask.Overlap < 0 || ask.Overlap > MostOverlap:
		return nil, fault.New(fault.Invalid, "certificate.overlap_range", MostOverlap).At("overlap_days")
	}
	public, keyHash, err := readRequest(ask.Request)
	if err != nil {
		return nil, err
	}
	owner, err := s.Systems.Owner(ctx, system)
	if err != nil {
		return nil, err
	}
	var out *Certificate
	return out, s.DB.InTx(ctx, func(q controldb.Querier) error {
		if err := s.mayGive(ctx, q, system, keyHash); err != nil {
			return err
		}
		now := s.Clock.Now()
		out = &Certificate{System: system, Label: strings.TrimSpace(ask.Label), CreatedAt: now, CreatedBy: who.ID, NotAfter: now.AddDate(0, 0, ask.Days), Replaces: ask.Replaces, keyHash: keyHash}
		out.ValidTo = out.NotAfter
		if err := s.sign(ctx, q, who, out, public); err != nil {
			return err
		}
		event := "certificate.issue"
		if ask.Replaces != "" {
			event = "certificate.renew"
			if err := s.replace(ctx, q, out, time.Duration(ask.Overlap)*24*time.Hour); err != nil {
				return err
			}
		}
		if err := insertIssued(ctx, q, out); err != nil {
			return err
		}
		return s.Log.Change(ctx, q, audit.Entry{
			Actor: who.ForAudit(), Event: event, Subject: "certificate/" + out.Serial, Agency: owner,
			Detail: map[string]string{"system": system, "thumbprint": out.Thumbprint, "valid_to": out.ValidTo.Format(time.RFC3339), "replaces": ask.Replaces},
		})
	})
}

// mayGive upholds invariant 2.
func (s *Service) mayGive(ctx context.Context, q controldb.Querier, system, keyHash string) error {
	same, err := listByKey(ctx, q, keyHash)
	if err != nil {
		return err
	}
	for _, c := range same {
		if c.System != system || !c.RevokedAt.IsZero() {
			return fault.New(fault.Conflict, "certificate.key_used").At("csr")
		}
	}
	kept, err := listIssued(ctx, q, system)
	if err != nil {
		return err
	}
	live := 0
	for _, c := range kept {
		if c.ValidAt(s.Clock.Now()) {
			live++
		}
	}
	if live >= mostLive {
		return fault.New(fault.Conflict, "certificate.too_many", mostLive)
	}
	return nil
}

// sign makes the certificate. Invariant 1: all but the key is the platform's word.
func (s *Service) sign(ctx context.Context, q controldb.Querier, who access.Actor, c *Certificate, public any) error {
	a, err := s.authorityFor(ctx, q, who, c.NotAfter)
	if err != nil {
		return err
	}
	key, err := s.signer(a)
	if err != nil {
		return err
	}
	serial := newSerial()
	template := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: c.System}, NotBefore: c.CreatedAt.Add(-skew), NotAfter: c.NotAfter,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}, BasicConstraintsValid: true,
		URIs:                  []*url.URL{{Scheme: "urn", Opaque: "lienthong:system:" + c.System}},
		CRLDistributionPoints: []string{s.Site + "/certificate/crl/" + strconv.FormatInt(a.Number, 10)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, public, key)
	if err != nil {
		return fmt.Errorf("sign a certificate for %s: %w", c.System, err)
	}
	c.Authority, c.Serial, c.PEM, c.Thumbprint = a.Number, fmt.Sprintf("%032x", serial), encode("CERTIFICATE", der), thumbprint(der)
	return nil
}

// replace lets the older certificate end with the overlap.
func (s *Service) replace(ctx context.Context, q controldb.Querier, by *Certificate, overlap time.Duration) error {
	old, found, err := findIssued(ctx, q, by.Replaces)
	switch {
	case err != nil:
		return err
	case !found || old.System != by.System:
		return fault.New(fault.NotFound, "certificate.not_found", by.Replaces)
	case !old.ValidAt(by.CreatedAt):
		return fault.New(fault.Conflict, "certificate.over")
	case old.ReplacedBy != "":
		return fault.New(fault.Conflict, "certificate.replaced", old.ReplacedBy)
	}
	if end := by.CreatedAt.Add(overlap); end.Before(old.ValidTo) {
		old.ValidTo = end
	}
	old.ReplacedBy = by.Serial
	if err := saveIssued(ctx, q, old); err != nil {
		return err
	}
	if overlap == 0 && s.Hooks.Ended != nil {
		if err := s.Hooks.Ended(ctx, q, old); err != nil {
			return err
		}
	}
	return s.served(ctx, q, old)
}

func (s *Service) served(ctx context.Context, q controldb.Querier, c *Certificate) error {
	if s.Hooks.Served == nil {
		return nil
	}
	return s.Hooks.Served(ctx, q, c)
}

// Revoke ends a certificate; when it has answered, the certificate and the tokens bound to it open nothing, also on
// connections that are open, and the published list names it.
func (s *Service) Revoke(ctx context.Context, system, serial string, code Reason, reason string) error {
	who, err := access.Require(ctx, access.SystemCredential)
	if err != nil {
		return err
	}
	if _, known := reasonCodes[code]; !known {
		return fault.New(fault.Invalid, "certificate.reason_unknown", code).At("code")
	}
	if reason = strings.TrimSpace(reason); len([]rune(reason)) < 10 {
		return fault.New(fault.Invalid, "system.reason_missing").At("reason")
	}
	return s.DB.InTx(ctx, func(q controldb.Querier) error {
		c, found, err := findIssued(ctx, q, serial)
		switch {
		case err != nil:
			return err
		case !found || c.System != system:
			return fault.New(fault.NotFound, "certificate.not_found", serial)
		case !c.RevokedAt.IsZero():
			return fault.New(fault.Conflict, "certificate.revoked")
		}
		c.RevokedAt, c.RevokedCode, c.RevokedReason = s.Clock.Now(), code, reason
		if err := saveIssued(ctx, q, c); err != nil {
			return err
		}
		return s.ended(ctx, q, who, c)
	})
}

// ended carries a revocation to whatever rests on the certificate.
func (s *Service) ended(ctx context.Context, q controldb.Querier, who access.Actor, c *Certificate) error {
	a, found, err := findAuthority(ctx, q, c.Authority)
	if err != nil {
		return err
	}
	if found {
		if err := s.publish(ctx, q, a); err != nil {
			return err
		}
	}
	if s.Hooks.Ended != nil {
		if err := s.Hooks.Ended(ctx, q, c); err != nil {
			return err
		}
	}
	if err := s.served(ctx, q, c); err != nil {
		return err
	}
	return s.Log.Change(ctx, q, audit.Entry{
		Actor: who.ForAudit(), Event: "certificate.revoke", Subject: "certificate/" + c.Serial, Reason: c.RevokedReason,
		Detail: map[string]string{"system": c.System, "thumbprint": c.Thumbprint, "code": string(c.RevokedCode)},
	})
}

// List shows a system's certificates, newest first, to its agency and the operator.
func (s *Service) List(ctx context.Context, system string) ([]*Certificate, error) {
	owner, err := s.Systems.Owner(ctx, system)
	if err != nil {
		return nil, err
	}
	if _, err := access.RequireFor(ctx, access.SystemRead, owner); err != nil {
		return nil, err
	}
	return listIssued(ctx, s.DB, system)
}

// Remind tells the owners of certificates that end soon, once each, and takes the word back of those that have ended: they
// cannot be renewed any more. It is a job's work.
func (s *Service) Remind(ctx context.Context) error {
	now := s.Clock.Now()
	due, err := listDue(ctx, s.DB, now, now.Add(soon))
	if err != nil {
		return err
	}
	for _, c := range due {
		owner, err := s.Systems.Owner(ctx, c.System)
		if err != nil {
			return err
		}
		err = s.DB.InTx(ctx, func(q controldb.Querier) error {
			if s.Hooks.Due != nil {
				if err := s.Hooks.Due(ctx, q, c, owner); err != nil {
					return err
				}
			}
			c.noticedAt = now
			return saveIssued(ctx, q, c)
		})
		if err != nil {
			return fmt.Errorf("tell of the end of certificate %s: %w", c.Serial, err)
		}
	}
	over, err := listOver(ctx, s.DB, now)
	if err != nil {
		return err
	}
	for _, c := range over {
		err := s.DB.InTx(ctx, func(q controldb.Querier) error {
			c.noticedAt = time.Time{}
			if err := saveIssued(ctx, q, c); err != nil {
				return err
			}
			return s.served(ctx, q, c)
		})
		if err != nil {
			return fmt.Errorf("end the notice of certificate %s: %w", c.Serial, err)
		}
	}
	return nil
}
