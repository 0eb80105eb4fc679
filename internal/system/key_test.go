package system_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"testing"

	"github.com/lestrrat-go/jwx/v3/jwk"

	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/testkit"
	"lienthong/internal/system"
)

func jwkOf(t *testing.T, raw any, kid string) string {
	t.Helper()
	key, err := jwk.Import(raw)
	if err != nil {
		t.Fatal(err)
	}
	if kid != "" {
		if err := key.Set(jwk.KeyIDKey, kid); err != nil {
			t.Fatal(err)
		}
	}
	text, err := json.Marshal(key)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestParseKey(t *testing.T) {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	p256, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	strong, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	weak, err := rsa.GenerateKey(rand.Reader, 1024) //nolint:gosec // the case that must be refused
	if err != nil {
		t.Fatal(err)
	}
	weakKey := `{"kty":"RSA","kid":"k1","e":"AQAB","n":"` + base64.RawURLEncoding.EncodeToString(weak.N.Bytes()) + `"}`
	for name, text := range map[string]string{
		"Ed25519": jwkOf(t, public, "k1"), "P-256": jwkOf(t, p256.Public(), "k1"), "RSA 2048": jwkOf(t, strong.Public(), "k1"),
	} {
		if kid, key, err := system.ParseKey(text); err != nil || kid != "k1" || key == nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, text := range map[string]string{
		"a private key": jwkOf(t, private, "k1"), "a private EC key": jwkOf(t, p256, "k1"), "a key without id": jwkOf(t, public, ""),
		"a curve that is not on the list": jwkOf(t, p384.Public(), "k1"), "a short RSA key": weakKey,
		"a shared secret": jwkOf(t, []byte("0123456789abcdef0123456789abcdef"), "k1"), "no JSON": "x", "nothing": "",
	} {
		if _, _, err := system.ParseKey(text); !fault.Is(err, "system.key_invalid") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOfficerKeys(t *testing.T) {
	w := newWorld(t, testkit.DB(t))
	w.registered(t)
	public, _, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	text := jwkOf(t, public, "can-bo-1")
	if _, err := w.AddOfficerKey(engineer(), "tthc", text); err != nil {
		t.Fatal(err)
	}
	if _, err := w.AddOfficerKey(engineer(), "tthc", text); !fault.Is(err, "system.key_taken") {
		t.Fatalf("got %v", err)
	}
	if keys, err := w.OfficerKeys(engineer(), "tthc"); err != nil || len(keys) != 1 || keys[0].ID != "can-bo-1" {
		t.Fatalf("got %v, %v", keys, err)
	}
	if err := w.RemoveOfficerKey(engineer(), "tthc", "khong-co"); !fault.Is(err, "system.key_not_found") {
		t.Fatalf("got %v", err)
	}
	if err := w.RemoveOfficerKey(engineer(), "tthc", "can-bo-1"); err != nil {
		t.Fatal(err)
	}
	if keys, _ := w.OfficerKeys(engineer(), "tthc"); len(keys) != 0 {
		t.Fatal("a removed key still verifies")
	}
}
