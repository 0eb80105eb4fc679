package certificate

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"slices"
	"time"

	"lienthong/internal/kit/fault"
)

// Holder is the system of a certificate in force, by the certificate's SHA-256; false for every other. Invariant 3: the
// caller has seen the very bytes whose hash it asks for, and TLS that the peer holds the key.
func (s *Service) Holder(ctx context.Context, thumbprint string) (system string, until time.Time, inForce bool, err error) {
	c, err := s.issued.Find(ctx, thumbprint)
	if err != nil || c == nil || !c.ValidAt(s.Clock.Now()) {
		return "", time.Time{}, false, err
	}
	return c.System, c.ValidTo, true, nil
}

// loadIssued reads a certificate and checks it against its authority, once for each generation of the store.
func (s *Service) loadIssued(ctx context.Context, print string) (*Certificate, error) {
	c, found, err := findByThumbprint(ctx, s.DB, print)
	if err != nil || !found {
		return nil, err
	}
	a, found, err := findAuthority(ctx, s.DB, c.Authority)
	if err != nil || !found { // without its authority nothing that it signed counts
		return nil, err
	}
	cert, err := parse(c.PEM)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	pool.AddCert(a.cert)
	_, err = cert.Verify(x509.VerifyOptions{Roots: pool, CurrentTime: s.Clock.Now(), KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}})
	if err != nil || thumbprint(cert.Raw) != print || cert.Subject.CommonName != c.System || !slices.Contains(cert.ExtKeyUsage, x509.ExtKeyUsageClientAuth) {
		return nil, nil //nolint:nilnil // nil says that it opens nothing
	}
	return c, nil
}

// Pool holds the authorities in force, for the list of names that a TLS server sends its callers; nil while there is none.
func (s *Service) Pool(ctx context.Context) (*x509.CertPool, error) { return s.pools.Find(ctx, "") }

func (s *Service) loadPool(ctx context.Context) (*x509.CertPool, error) {
	all, err := listAuthorities(ctx, s.DB)
	if err != nil {
		return nil, err
	}
	var pool *x509.CertPool
	for _, a := range all {
		if s.Clock.Now().Before(a.NotAfter) {
			if pool == nil {
				pool = x509.NewCertPool()
			}
			pool.AddCert(a.cert)
		}
	}
	return pool, nil
}

// Authorities are the signing certificates, newest first. Everybody may have them.
func (s *Service) Authorities(ctx context.Context) ([]*Authority, error) {
	return listAuthorities(ctx, s.DB)
}

// RevocationList is the signed list of an authority, DER. Everybody may have it.
func (s *Service) RevocationList(ctx context.Context, number int64) ([]byte, error) {
	a, found, err := findAuthority(ctx, s.DB, number)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, fault.New(fault.NotFound, "certificate.authority_not_found")
	}
	return a.list, nil
}

func parse(text string) (*x509.Certificate, error) {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil, fmt.Errorf("no certificate in %q", text)
	}
	return x509.ParseCertificate(block.Bytes)
}
