package system_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"strings"
	"testing"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/testkit"
	"lienthong/internal/system"
)

func pemOf(t *testing.T, public any) string {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
}

func TestParsePublicKey(t *testing.T) {
	public, private, _ := ed25519.GenerateKey(rand.Reader)
	p256, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	p384, _ := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	p224, _ := ecdsa.GenerateKey(elliptic.P224(), rand.Reader)
	p521, _ := ecdsa.GenerateKey(elliptic.P521(), rand.Reader)
	strong, _ := rsa.GenerateKey(rand.Reader, 2048)
	weak, _ := rsa.GenerateKey(rand.Reader, 1024) //nolint:gosec // the case that must be refused
	for _, c := range []struct{ name, text, alg, kid string }{
		{"Ed25519 as JWK", jwkOf(t, public, "k1"), "EdDSA", "k1"}, {"P-256 as PEM", pemOf(t, p256.Public()), "ES256", ""},
		{"P-384 as PEM", pemOf(t, p384.Public()), "ES384", ""}, {"RSA as JWK", jwkOf(t, strong.Public(), ""), "RS256", ""},
		{"RSA for PS256", strings.Replace(jwkOf(t, strong.Public(), "r"), `{`, `{"alg":"PS256",`, 1), "PS256", "r"},
	} {
		p, err := system.ParsePublicKey(c.text)
		if err != nil || p.Alg != c.alg || c.kid != "" && p.KID != c.kid || c.kid == "" && p.KID != p.Thumbprint {
			t.Errorf("%s: %+v, %v", c.name, p, err)
		}
	}
	der, _ := x509.MarshalPKCS8PrivateKey(p256)
	for _, c := range []struct{ name, text, code string }{
		{"a private JWK", jwkOf(t, private, "k"), "system.key_private"}, {"a private RSA JWK", jwkOf(t, strong, "k"), "system.key_private"},
		{"a private PEM", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})), "system.key_private"},
		{"RSA 1024", pemOf(t, weak.Public()), "system.client_key_invalid"}, {"P-224", pemOf(t, p224.Public()), "system.client_key_invalid"}, {"P-521", pemOf(t, p521.Public()), "system.client_key_invalid"},
		{"a shared secret", jwkOf(t, []byte("0123456789abcdef0123456789abcdef"), "k"), "system.client_key_invalid"}, {"alg none", strings.Replace(jwkOf(t, public, "k"), `{`, `{"alg":"none",`, 1), "system.client_key_invalid"},
		{"an algorithm of another key", strings.Replace(jwkOf(t, public, "k"), `{`, `{"alg":"RS256",`, 1), "system.client_key_invalid"},
		{"a key for encryption", strings.Replace(jwkOf(t, public, "k"), `{`, `{"use":"enc",`, 1), "system.client_key_invalid"},
		{"a kid with a space", jwkOf(t, public, "k 1"), "system.kid_form"}, {"two PEM blocks", pemOf(t, public) + pemOf(t, public), "system.client_key_invalid"}, {"nothing", "", "system.client_key_invalid"},
	} {
		if _, err := system.ParsePublicKey(c.text); !fault.Is(err, c.code) {
			t.Errorf("%s: %v, want %s", c.name, err, c.code)
		}
	}
}

func TestClientKeys(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, db *controldb.DB) {
		w, ctx, end := newWorld(t, db), engineer(), now.AddDate(1, 0, 0)
		w.registered(t)
		public, _, _ := ed25519.GenerateKey(rand.Reader)
		next, _, _ := ed25519.GenerateKey(rand.Reader)
		if _, err := w.AddClientKey(as("H38.04", "steward"), "tthc", jwkOf(t, public, "k1"), "", end); !fault.Is(err, "access.permission_missing") {
			t.Errorf("without the right: %v", err)
		}
		first, err := w.AddClientKey(ctx, "tthc", jwkOf(t, public, "k1"), "nút 1", end)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.AddOfficerKey(ctx, "tthc", jwkOf(t, public, "can-bo")); !fault.Is(err, "system.key_of_client") {
			t.Errorf("one key for the system and its officers: %v", err)
		}
		for name, x := range map[string]struct {
			text, code string
			to         time.Time
		}{
			"the same key by another kid": {jwkOf(t, public, "k9"), "system.key_known", end}, "another key by the same kid": {jwkOf(t, next, "k1"), "system.key_known", end},
			"for too long": {jwkOf(t, next, "k2"), "system.credential_validity", now.AddDate(3, 0, 0)}, "for no time": {jwkOf(t, next, "k2"), "system.credential_validity", now},
		} {
			if _, err := w.AddClientKey(ctx, "tthc", x.text, "", x.to); !fault.Is(err, x.code) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := w.AddClientKey(ctx, "tthc", jwkOf(t, next, "k2"), "nút 1, từ 12/2026", end); err != nil {
			t.Fatal(err)
		}
		if live, err := w.KeysInForce(ctx, "tthc"); err != nil || len(live) != 2 {
			t.Fatalf("both keys overlap: %d, %v", len(live), err)
		}
		var told []string
		w.OnRevokeProof(func(_ context.Context, _ controldb.Querier, _, proof string) error {
			told = append(told, proof)
			return nil
		})
		if err := w.RevokeClientKey(ctx, "khac", first.ID, "Nghi lộ khóa riêng"); !fault.Is(err, "system.key_not_found") {
			t.Errorf("by another system: %v", err)
		}
		if err := w.RevokeClientKey(ctx, "tthc", first.ID, "lộ"); !fault.Is(err, "system.reason_missing") {
			t.Errorf("%v", err)
		}
		if err := w.RevokeClientKey(ctx, "tthc", first.ID, "Nghi lộ khóa riêng"); err != nil || len(told) != 1 || told[0] != first.Proof() {
			t.Fatalf("%v, tokens of %v", err, told)
		}
		if live, _ := w.KeysInForce(ctx, "tthc"); len(live) != 1 || live[0].KID != "k2" {
			t.Errorf("T21 the revoked key is in force: %v", live)
		}
		if _, err := w.AddClientKey(ctx, "tthc", jwkOf(t, public, "k3"), "", end); !fault.Is(err, "system.key_known") {
			t.Errorf("a revoked key comes back: %v", err)
		}
		var due []string
		w.OnKeyDue(func(_ context.Context, _ controldb.Querier, sys *system.System, k *system.ClientKey) error {
			due = append(due, sys.Owner+" "+k.KID)
			return nil
		})
		if err := w.RemindKeys(ctx); err != nil || len(due) != 0 {
			t.Errorf("a year before the end: %v, %v", due, err)
		}
		w.clock.Shift(340 * 24 * time.Hour)
		for range 2 {
			if err := w.RemindKeys(ctx); err != nil || len(due) != 1 || due[0] != "H38.02 k2" {
				t.Errorf("told of %v, %v: once, and not of the revoked one", due, err)
			}
		}
		w.clock.Shift(26 * 24 * time.Hour)
		for range 2 {
			if err := w.RemindKeys(ctx); err != nil || len(due) != 2 {
				t.Errorf("told of %v, %v: once more when it is over", due, err)
			}
		}
		if live, _ := w.KeysInForce(ctx, "tthc"); len(live) != 0 {
			t.Errorf("an expired key is in force: %v", live)
		}
	})
}

func TestClientsWithoutSecret(t *testing.T) {
	w, ctx := newWorld(t, testkit.DB(t)), engineer()
	w.registered(t)
	waits := 0
	w.OnCredential(func(context.Context, controldb.Querier, *system.System, *system.Credential) error {
		waits++
		return nil
	})
	signs, err := w.IssueClient(ctx, "tthc", system.ByAssertion, "", now.AddDate(1, 0, 0))
	if err != nil || waits != 0 || signs.Waiting() {
		t.Fatalf("%+v, %v: nobody picks up a secret that will never be", signs, err)
	}
	own := as("H38.02", access.AgencyAdmin)
	if _, err := w.PickUp(own, "tthc", signs.ID); !fault.Is(err, "system.no_secret") {
		t.Errorf("%v", err)
	}
	if _, err := w.Rotate(own, "tthc", signs.ID); !fault.Is(err, "system.no_secret") {
		t.Errorf("%v", err)
	}
	for _, guess := range []string{"", "x"} {
		if _, err := w.CheckSecret(ctx, signs.ClientID, guess); !fault.Is(err, "system.client_invalid") {
			t.Errorf("a secret opens a client without one: %v", err)
		}
	}
	if c, err := w.FindClient(ctx, signs.ClientID); err != nil || c.Method != system.ByAssertion {
		t.Errorf("%+v, %v", c, err)
	}
	if _, err := w.IssueClient(ctx, "tthc", "none", "", now.AddDate(1, 0, 0)); !fault.Is(err, "system.method_unknown") {
		t.Errorf("%v", err)
	}
	if err := w.RevokeCredential(ctx, "tthc", signs.ID, "Không dùng nữa từ hôm nay"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.FindClient(ctx, signs.ClientID); !fault.Is(err, "system.client_invalid") {
		t.Errorf("T21 %v", err)
	}
}
