package certificate

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"strconv"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/kit/controldb"
)

const (
	authorityYears = 10
	vaultName      = "certificate"
	listLife       = 7 * 24 * time.Hour // after it a reader of the list must fetch a new one
	listEvery      = 12 * time.Hour
	skew           = 5 * time.Minute // clocks of systems that run a little behind
)

// authorityFor gives the newest authority, or makes one: the first, and a successor when the newest would not outlive what
// it signs.
func (s *Service) authorityFor(ctx context.Context, q controldb.Querier, who access.Actor, end time.Time) (*Authority, error) {
	all, err := listAuthorities(ctx, q)
	if err != nil {
		return nil, err
	}
	if len(all) > 0 && all[0].NotAfter.After(end) {
		return all[0], nil
	}
	number := int64(1)
	if len(all) > 0 {
		number = all[0].Number + 1
	}
	return s.makeAuthority(ctx, q, who, number)
}

func (s *Service) makeAuthority(ctx context.Context, q controldb.Querier, who access.Actor, number int64) (*Authority, error) {
	now := s.Clock.Now()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make the authority's key: %w", err)
	}
	template := &x509.Certificate{
		SerialNumber: newSerial(), Subject: pkix.Name{CommonName: fmt.Sprintf("Lien thong CA %d", number), Organization: []string{s.Organization}},
		NotBefore: now.Add(-skew), NotAfter: now.AddDate(authorityYears, 0, 0), IsCA: true, BasicConstraintsValid: true, MaxPathLenZero: true,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, fmt.Errorf("make the authority's certificate: %w", err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	sealed, err := s.Vault.Seal(vaultName, strconv.FormatInt(number, 10), private) // invariant 4
	if err != nil {
		return nil, fmt.Errorf("seal the authority's key: %w", err)
	}
	a := &Authority{Number: number, PEM: encode("CERTIFICATE", der), NotAfter: template.NotAfter, MadeAt: now, sealedKey: sealed}
	if a.cert, err = x509.ParseCertificate(der); err != nil {
		return nil, err
	}
	if err := insertAuthority(ctx, q, a, who.ID); err != nil {
		return nil, err
	}
	if err := s.publish(ctx, q, a); err != nil {
		return nil, err
	}
	return a, s.Log.Change(ctx, q, audit.Entry{
		Actor: who.ForAudit(), Event: "certificate.authority", Subject: "certificate.authority/" + strconv.FormatInt(number, 10),
		Detail: map[string]string{"thumbprint": thumbprint(der), "not_after": a.NotAfter.Format(time.RFC3339)},
	})
}

// signer opens the authority's private key.
func (s *Service) signer(a *Authority) (crypto.Signer, error) {
	raw, err := s.Vault.Unseal(vaultName, strconv.FormatInt(a.Number, 10), a.sealedKey)
	if err != nil {
		return nil, fmt.Errorf("open the authority's key: %w", err)
	}
	key, err := x509.ParsePKCS8PrivateKey(raw)
	if err != nil {
		return nil, fmt.Errorf("read the authority's key: %w", err)
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return nil, fmt.Errorf("the authority's key cannot sign: %T", key)
	}
	return signer, nil
}

// publish signs the authority's revocation list as it is now, within the caller's transaction.
func (s *Service) publish(ctx context.Context, q controldb.Querier, a *Authority) error {
	now := s.Clock.Now()
	ended, err := listEnded(ctx, q, a.Number, now)
	if err != nil {
		return err
	}
	list := &x509.RevocationList{Number: big.NewInt(a.listNo + 1), ThisUpdate: now.Add(-skew), NextUpdate: now.Add(listLife)}
	for _, c := range ended {
		serial, ok := new(big.Int).SetString(c.Serial, 16)
		if !ok {
			return fmt.Errorf("serial number %q cannot be read", c.Serial)
		}
		entry := x509.RevocationListEntry{SerialNumber: serial, RevocationTime: c.RevokedAt, ReasonCode: reasonCodes[c.RevokedCode]}
		if c.RevokedAt.IsZero() {
			entry.RevocationTime, entry.ReasonCode = c.ValidTo, reasonCodes[Superseded]
		}
		list.RevokedCertificateEntries = append(list.RevokedCertificateEntries, entry)
	}
	key, err := s.signer(a)
	if err != nil {
		return err
	}
	der, err := x509.CreateRevocationList(rand.Reader, list, a.cert, key)
	if err != nil {
		return fmt.Errorf("sign the revocation list: %w", err)
	}
	a.list, a.listAt, a.listNo = der, now, a.listNo+1
	return saveList(ctx, q, a)
}

// PublishLists signs every list anew that is old, or lacks a certificate whose overlap has ended since.
func (s *Service) PublishLists(ctx context.Context) error {
	return s.DB.InTx(ctx, func(q controldb.Querier) error {
		all, err := listAuthorities(ctx, q)
		if err != nil {
			return err
		}
		now := s.Clock.Now()
		for _, a := range all {
			if !now.Before(a.NotAfter) {
				continue
			}
			since, err := endedSince(ctx, q, a.Number, a.listAt, now)
			if err != nil {
				return err
			}
			if !since && now.Sub(a.listAt) < listEvery {
				continue
			}
			if err := s.publish(ctx, q, a); err != nil {
				return err
			}
		}
		return nil
	})
}

// Reseal seals the private keys by the vault's current key.
func (s *Service) Reseal(ctx context.Context) (int, error) {
	n := 0
	err := s.DB.InTx(ctx, func(q controldb.Querier) error {
		all, err := listAuthorities(ctx, q)
		if err != nil {
			return err
		}
		for _, a := range all {
			about := strconv.FormatInt(a.Number, 10)
			raw, err := s.Vault.Unseal(vaultName, about, a.sealedKey)
			if err != nil {
				return err
			}
			if a.sealedKey, err = s.Vault.Seal(vaultName, about, raw); err != nil {
				return err
			}
			if err := saveSealed(ctx, q, a); err != nil {
				return err
			}
		}
		n = len(all)
		return nil
	})
	return n, err
}

// newSerial is a random number of 127 bits, which is positive and takes at most 16 bytes.
func newSerial() *big.Int {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails: it stops the program instead
	b[0] = b[0]&0x7f | 0x40
	return new(big.Int).SetBytes(b[:])
}

func encode(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}
