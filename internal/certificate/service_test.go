package certificate_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"log/slog"
	"math/big"
	"net/url"
	"strings"
	"testing"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/audit/audittest"
	"lienthong/internal/certificate"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/secret"
	"lienthong/internal/kit/testkit"
	"lienthong/internal/vault"
)

var now = time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)

// register of systems with their owners.
type register map[string]string

func (r register) Owner(_ context.Context, system string) (string, error) {
	if owner, found := r[system]; found {
		return owner, nil
	}
	return "", fault.New(fault.NotFound, "system.not_found", system)
}

type world struct {
	*certificate.Service
	db    *controldb.DB
	clock *clock.Adjustable
	vault *vault.Service
	ended []string // thumbprints whose tokens were ended
	due   []string
	done  []string
}

func newWorld(t *testing.T, db *controldb.DB) *world {
	t.Helper()
	w := &world{db: db, clock: clock.NewAdjustable(clock.Fixed(now))}
	log := audittest.Log(t, db)
	keys, err := secret.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if w.vault, err = vault.NewService(context.Background(), vault.Parts{DB: db, Log: log, Clock: w.clock, Keys: keys, Logger: slog.New(slog.DiscardHandler)}); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"tthc", "khac"} {
		_, err := db.ExecContext(context.Background(), `INSERT INTO system_system (id, name, owner, operator, vendor, category, layer, address, technology, contact, sources, level, level_decision, level_valid_to, checked_at, suspended, suspended_reason, created_at, changed_at, search, sort_key)
			VALUES (?, ?, 'H38.02', '', '', 'procedures', 'use', '', '', '', 'null', 0, '', 0, 0, 0, '', 0, 0, '', '')`, id, id)
		if err != nil {
			t.Fatal(err)
		}
	}
	w.Service = certificate.NewService(certificate.Parts{
		DB: db, Log: log, Clock: w.clock, Vault: w.vault, Systems: register{"tthc": "H38.02", "khac": "H38.04"}, Organization: "Lào Cai", Site: "https://console.test", Days: 365,
		Hooks: certificate.Hooks{
			Ended: func(_ context.Context, _ controldb.Querier, c *certificate.Certificate) error {
				w.ended = append(w.ended, c.Thumbprint)
				return nil
			},
			Due: func(_ context.Context, _ controldb.Querier, c *certificate.Certificate, owner string) error {
				w.due = append(w.due, owner+" "+c.Serial)
				return nil
			},
			Served: func(_ context.Context, _ controldb.Querier, c *certificate.Certificate) error {
				w.done = append(w.done, c.Serial)
				return nil
			},
		},
	})
	w.vault.OnRewrap("certificate", w.Reseal)
	return w
}

func as(agency string, roles ...access.Role) context.Context {
	return access.WithActor(context.Background(), access.Actor{Type: access.User, ID: "u", Agency: agency, Roles: roles, Auth: access.AuthTwo})
}

func engineer() context.Context { return as("H38.02", access.OpEngineer) }

func newKey(t *testing.T) crypto.Signer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func csr(t *testing.T, key crypto.Signer, change ...func(*x509.CertificateRequest)) string {
	t.Helper()
	template := &x509.CertificateRequest{Subject: pkix.Name{CommonName: "quan-tri"}, DNSNames: []string{"lgsp.tinh.gov.vn"}}
	for _, f := range change {
		f(template)
	}
	der, err := x509.CreateCertificateRequest(rand.Reader, template, key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: der}))
}

func (w *world) issue(t *testing.T, system string, ask certificate.Ask) *certificate.Certificate {
	t.Helper()
	c, err := w.Issue(engineer(), system, ask)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (w *world) holds(t *testing.T, c *certificate.Certificate) bool {
	t.Helper()
	system, until, inForce, err := w.Holder(context.Background(), c.Thumbprint)
	if err != nil {
		t.Fatal(err)
	}
	if inForce && (system != c.System || until.After(c.NotAfter)) {
		t.Fatalf("held by %s until %v: %+v", system, until, c)
	}
	return inForce
}

func parse(t *testing.T, text string) *x509.Certificate {
	t.Helper()
	block, _ := pem.Decode([]byte(text))
	c, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestIssue(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, db *controldb.DB) {
		w := newWorld(t, db)
		if pool, err := w.Pool(context.Background()); err != nil || pool != nil {
			t.Fatalf("an authority before it is needed: %v", err)
		}
		key := newKey(t)
		c := w.issue(t, "tthc", certificate.Ask{Request: csr(t, key, func(r *x509.CertificateRequest) {
			r.URIs = []*url.URL{{Scheme: "urn", Opaque: "lienthong:system:khac"}}
		})})
		got := parse(t, c.PEM)
		if got.Subject.String() != "CN=tthc" || len(got.DNSNames) != 0 || len(got.URIs) != 1 || got.URIs[0].String() != "urn:lienthong:system:tthc" || got.IsCA ||
			len(got.ExtKeyUsage) != 1 || got.ExtKeyUsage[0] != x509.ExtKeyUsageClientAuth || got.KeyUsage != x509.KeyUsageDigitalSignature ||
			got.CRLDistributionPoints[0] != "https://console.test/certificate/crl/1" || !got.NotAfter.Equal(now.AddDate(0, 0, 365)) || got.SerialNumber.BitLen() < 120 {
			t.Errorf("the request wrote more than its key: %+v", got)
		}
		pool, err := w.Pool(context.Background())
		if err != nil || pool == nil {
			t.Fatal(err)
		}
		if _, err := got.Verify(x509.VerifyOptions{Roots: pool, CurrentTime: now, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}); err != nil {
			t.Error(err)
		}
		if _, err := got.Verify(x509.VerifyOptions{Roots: pool, CurrentTime: now, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}); err == nil {
			t.Error("a server could use it")
		}
		if !w.holds(t, c) {
			t.Error("a new certificate is not in force")
		}
		w.clock.Shift(366 * 24 * time.Hour)
		if w.holds(t, c) {
			t.Error("an expired certificate is in force")
		}
	})
}

func TestRequestsThatAreRefused(t *testing.T) {
	w := newWorld(t, testkit.DB(t))
	key := newKey(t)
	good := csr(t, key)
	block, _ := pem.Decode([]byte(good))
	broken := bytes.Clone(block.Bytes)
	broken[len(broken)-1] ^= 1
	weak, _ := rsa.GenerateKey(rand.Reader, 1024) //nolint:gosec // the case that must be refused
	p224, _ := ecdsa.GenerateKey(elliptic.P224(), rand.Reader)
	private, _ := x509.MarshalPKCS8PrivateKey(key)
	first := w.issue(t, "tthc", certificate.Ask{Request: csr(t, newKey(t))})
	taken := newKey(t)
	revoked := w.issue(t, "tthc", certificate.Ask{Request: csr(t, taken)})
	if err := w.Revoke(engineer(), "tthc", revoked.Serial, certificate.KeyCompromise, "Lộ khóa trên máy chủ"); err != nil {
		t.Fatal(err)
	}
	other := newKey(t)
	w.issue(t, "khac", certificate.Ask{Request: csr(t, other)})
	for _, c := range []struct {
		name, code string
		ctx        context.Context
		system     string
		ask        certificate.Ask
	}{
		{"without the right", "access.permission_missing", as("H38.02", access.Steward), "tthc", certificate.Ask{Request: good}},
		{"by nobody", "access.sign_in_required", context.Background(), "tthc", certificate.Ask{Request: good}},
		{"an unknown system", "system.not_found", engineer(), "none", certificate.Ask{Request: good}},
		{"no proof of possession", "certificate.proof_wrong", engineer(), "tthc", certificate.Ask{Request: string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: broken}))}},
		{"RSA 1024", "certificate.key_weak", engineer(), "tthc", certificate.Ask{Request: csr(t, weak)}},
		{"P-224", "certificate.key_weak", engineer(), "tthc", certificate.Ask{Request: csr(t, p224)}},
		{"a private key beside it", "certificate.private_key", engineer(), "tthc", certificate.Ask{Request: good + string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}))}},
		{"two requests", "certificate.request_invalid", engineer(), "tthc", certificate.Ask{Request: good + good}},
		{"a certificate", "certificate.request_invalid", engineer(), "tthc", certificate.Ask{Request: first.PEM}},
		{"nothing", "certificate.request_invalid", engineer(), "tthc", certificate.Ask{}},
		{"too long", "certificate.days_range", engineer(), "tthc", certificate.Ask{Request: good, Days: 826}},
		{"a revoked key", "certificate.key_used", engineer(), "tthc", certificate.Ask{Request: csr(t, taken)}},
		{"the key of another system", "certificate.key_used", engineer(), "tthc", certificate.Ask{Request: csr(t, other)}},
		{"instead of another system's", "certificate.not_found", engineer(), "khac", certificate.Ask{Request: good, Replaces: first.Serial}},
		{"instead of a revoked one", "certificate.over", engineer(), "tthc", certificate.Ask{Request: good, Replaces: revoked.Serial}},
		{"with too much overlap", "certificate.overlap_range", engineer(), "tthc", certificate.Ask{Request: good, Replaces: first.Serial, Overlap: 31}},
	} {
		if _, err := w.Issue(c.ctx, c.system, c.ask); !fault.Is(err, c.code) {
			t.Errorf("%s: %v, want %s", c.name, err, c.code)
		}
	}
	if list, err := w.List(engineer(), "tthc"); err != nil || len(list) != 2 {
		t.Errorf("a refused request left a certificate: %d, %v", len(list), err)
	}
	if _, err := w.List(as("H38.09", access.Steward), "tthc"); !fault.Is(err, "access.other_agency") {
		t.Errorf("another agency reads the list: %v", err)
	}
}

func TestRevoke(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, db *controldb.DB) {
		w := newWorld(t, db)
		c, stays := w.issue(t, "tthc", certificate.Ask{Request: csr(t, newKey(t))}), w.issue(t, "tthc", certificate.Ask{Request: csr(t, newKey(t))})
		list := func() *x509.RevocationList {
			t.Helper()
			der, err := w.RevocationList(context.Background(), 1)
			if err != nil {
				t.Fatal(err)
			}
			l, err := x509.ParseRevocationList(der)
			if err != nil {
				t.Fatal(err)
			}
			all, _ := w.Authorities(context.Background())
			if err := l.CheckSignatureFrom(parse(t, all[0].PEM)); err != nil {
				t.Fatal(err)
			}
			return l
		}
		if l := list(); len(l.RevokedCertificateEntries) != 0 {
			t.Fatalf("%+v", l.RevokedCertificateEntries)
		}
		before := list().Number
		for name, x := range map[string]struct {
			system, reason, code string
			why                  certificate.Reason
		}{
			"another system's": {"khac", "Lộ khóa trên máy chủ", "certificate.not_found", certificate.KeyCompromise},
			"no reason":        {"tthc", "lộ", "system.reason_missing", certificate.KeyCompromise},
			"another code":     {"tthc", "Lộ khóa trên máy chủ", "certificate.reason_unknown", "x"},
		} {
			if err := w.Revoke(engineer(), x.system, c.Serial, x.why, x.reason); !fault.Is(err, x.code) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := w.Revoke(engineer(), "tthc", c.Serial, certificate.KeyCompromise, "Lộ khóa trên máy chủ"); err != nil {
			t.Fatal(err)
		}
		if w.holds(t, c) || !w.holds(t, stays) || len(w.ended) != 1 || w.ended[0] != c.Thumbprint || len(w.done) != 1 {
			t.Errorf("T21 after the revocation: %v, tokens of %v", w.holds(t, c), w.ended)
		}
		l := list()
		want, _ := new(big.Int).SetString(c.Serial, 16)
		if len(l.RevokedCertificateEntries) != 1 || l.RevokedCertificateEntries[0].SerialNumber.Cmp(want) != 0 || l.RevokedCertificateEntries[0].ReasonCode != 1 || l.Number.Cmp(before) <= 0 {
			t.Errorf("%+v", l.RevokedCertificateEntries)
		}
		if err := w.Revoke(engineer(), "tthc", c.Serial, certificate.KeyCompromise, "Lộ khóa trên máy chủ"); !fault.Is(err, "certificate.revoked") {
			t.Errorf("%v", err)
		}
	})
}

func TestRenewOverlaps(t *testing.T) {
	w := newWorld(t, testkit.DB(t))
	old := w.issue(t, "tthc", certificate.Ask{Request: csr(t, newKey(t)), Days: 20})
	if err := w.Remind(context.Background()); err != nil || len(w.due) != 1 || w.due[0] != "H38.02 "+old.Serial {
		t.Fatalf("%v, told of %v", err, w.due)
	}
	if err := w.Remind(context.Background()); err != nil || len(w.due) != 1 {
		t.Fatalf("%v, told again: %v", err, w.due)
	}
	next := w.issue(t, "tthc", certificate.Ask{Request: csr(t, newKey(t)), Replaces: old.Serial, Overlap: 3})
	if !w.holds(t, old) || !w.holds(t, next) || len(w.done) != 1 || w.done[0] != old.Serial {
		t.Errorf("both overlap, and the task is done: %v", w.done)
	}
	if _, err := w.Issue(engineer(), "tthc", certificate.Ask{Request: csr(t, newKey(t)), Replaces: old.Serial}); !fault.Is(err, "certificate.replaced") {
		t.Errorf("replaced twice: %v", err)
	}
	w.clock.Shift(3 * 24 * time.Hour)
	if w.holds(t, old) || !w.holds(t, next) {
		t.Error("the older one opens after the overlap")
	}
	if err := w.PublishLists(context.Background()); err != nil {
		t.Fatal(err)
	}
	der, _ := w.RevocationList(context.Background(), 1)
	if l, err := x509.ParseRevocationList(der); err != nil || len(l.RevokedCertificateEntries) != 1 || l.RevokedCertificateEntries[0].ReasonCode != 4 {
		t.Errorf("%v %+v", err, l)
	}
	last := w.issue(t, "tthc", certificate.Ask{Request: csr(t, newKey(t)), Replaces: next.Serial, Days: 10})
	if w.holds(t, next) || !w.holds(t, last) || len(w.ended) != 1 {
		t.Error("without overlap the older one ends at once, and its tokens")
	}
	if err := w.Remind(context.Background()); err != nil || len(w.due) != 2 {
		t.Fatalf("%v, told of %v", err, w.due)
	}
	w.clock.Shift(11 * 24 * time.Hour)
	for range 2 {
		if err := w.Remind(context.Background()); err != nil || w.done[len(w.done)-1] != last.Serial || len(w.done) != 3 && len(w.done) != 4 {
			t.Fatalf("%v, the task of a certificate that is over: %v", err, w.done)
		}
	}
}

// The private key lies sealed; a new key of the vault takes it over, and without the right master key nothing is signed.
func TestTheAuthoritysKeyIsSealed(t *testing.T) {
	w := newWorld(t, testkit.DB(t))
	w.issue(t, "tthc", certificate.Ask{Request: csr(t, newKey(t))})
	sealed := func() string {
		t.Helper()
		var s string
		if err := w.db.QueryRowContext(context.Background(), `SELECT sealed_key FROM certificate_authority`).Scan(&s); err != nil {
			t.Fatal(err)
		}
		return s
	}
	if s := sealed(); !strings.HasPrefix(s, "certificate 1.") || strings.Contains(s, "PRIVATE") {
		t.Errorf("%s", s)
	}
	if _, err := w.vault.Rotate(context.Background()); err != nil {
		t.Fatal(err)
	}
	if err := w.vault.Rewrap(context.Background()); err != nil {
		t.Fatal(err)
	}
	if s := sealed(); !strings.HasPrefix(s, "certificate 2.") {
		t.Errorf("%s", s)
	}
	c := w.issue(t, "tthc", certificate.Ask{Request: csr(t, newKey(t))})
	for name, change := range map[string]string{
		"a key of another number": `UPDATE certificate_authority SET sealed_key = 'certificate 1.' || substr(sealed_key, 15)`,
		"no key":                  `UPDATE certificate_authority SET sealed_key = ''`,
	} {
		if _, err := w.db.ExecContext(context.Background(), change); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Issue(engineer(), "tthc", certificate.Ask{Request: csr(t, newKey(t))}); err == nil {
			t.Errorf("%s: a certificate was signed", name)
		}
	}
	if !w.holds(t, c) {
		t.Error("certificates stay good while nothing can be signed")
	}
	// T29: without the authority everything is refused; so is a row that is not what was signed.
	other := newWorld(t, testkit.DB(t))
	theirs := other.issue(t, "tthc", certificate.Ask{Request: csr(t, newKey(t))})
	if _, err := w.db.ExecContext(context.Background(), `UPDATE certificate_issued SET pem = ?, thumbprint = ? WHERE serial = ?`, theirs.PEM, theirs.Thumbprint, c.Serial); err != nil {
		t.Fatal(err)
	}
	if w.holds(t, theirs) {
		t.Error("a certificate of another authority, planted into the store, opens")
	}
	if _, err := other.db.ExecContext(context.Background(), `PRAGMA foreign_keys = OFF`); err != nil {
		t.Fatal(err)
	}
	if _, err := other.db.ExecContext(context.Background(), `UPDATE certificate_authority SET number = 7`); err != nil {
		t.Skipf("the store holds its references: %v", err)
	}
	if other.holds(t, theirs) {
		t.Error("a certificate whose authority is gone opens")
	}
}

func TestEd25519AndRSAKeys(t *testing.T) {
	w := newWorld(t, testkit.DB(t))
	_, ed, _ := ed25519.GenerateKey(rand.Reader)
	rsaKey, _ := rsa.GenerateKey(rand.Reader, 2048)
	p384, _ := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	for _, key := range []crypto.Signer{ed, rsaKey, p384} {
		if c := w.issue(t, "tthc", certificate.Ask{Request: csr(t, key)}); !w.holds(t, c) {
			t.Errorf("%T", key)
		}
	}
}
