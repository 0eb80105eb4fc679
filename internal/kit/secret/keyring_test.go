package secret_test

import (
	"bytes"
	"crypto/ed25519"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lienthong/internal/kit/secret"
)

func TestKeysAreTheSameAtEveryStart(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	first, err := secret.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	second, err := secret.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	other, err := secret.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if !first.Fresh() || second.Fresh() {
		t.Error("only the first start makes keys")
	}
	if len(first.HMACKey("audit")) != 32 || !bytes.Equal(first.HMACKey("audit"), second.HMACKey("audit")) {
		t.Error("the same name is the same key")
	}
	if !first.Ed25519("log").Equal(second.Ed25519("log")) || first.KeyID("log") != second.KeyID("log") || len(first.KeyID("log")) != 16 {
		t.Error("the same name is the same signing key")
	}
	for _, different := range [][2][]byte{
		{first.HMACKey("audit"), first.HMACKey("audit2")}, {first.HMACKey("audit"), other.HMACKey("audit")},
		{first.HMACKey("log"), first.Ed25519("log").Seed()}, {first.Ed25519("log"), first.Ed25519("log2")},
		{[]byte(first.KeyID("log")), []byte(other.KeyID("log"))},
	} {
		if bytes.Equal(different[0], different[1]) {
			t.Errorf("%x is used twice", different[0])
		}
	}
	key := first.Ed25519("log")
	if !ed25519.Verify(key.Public().(ed25519.PublicKey), []byte("m"), ed25519.Sign(key, []byte("m"))) {
		t.Error("the key does not sign")
	}
}

func TestTheKeyFileIsClosedToOthers(t *testing.T) {
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := secret.Open(dir); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "master.key")
	for p, want := range map[string]os.FileMode{dir: 0o700, file: 0o600} {
		if info, err := os.Stat(p); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v %v", p, info.Mode(), err)
		}
	}
	if err := os.Chmod(file, 0o640); err != nil {
		t.Fatal(err)
	}
	if _, err := secret.Open(dir); err == nil {
		t.Error("a key file that others can read is refused")
	}
	if err := os.Chmod(file, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(file, file+".moved"); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(file+".moved", file); err != nil {
		t.Fatal(err)
	}
	if _, err := secret.Open(dir); err == nil {
		t.Error("a link is refused")
	}
}

func TestADamagedKeyFileIsRefused(t *testing.T) {
	dir := t.TempDir()
	if _, err := secret.Open(dir); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "master.key")
	good, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	flipped := bytes.Clone(good)
	if flipped[10]++; flipped[10] == '9'+1 || flipped[10] == 'f'+1 {
		flipped[10] = '0'
	}
	for rule, content := range map[string][]byte{"empty": {}, "cut": good[:40], "one digit changed": flipped, "other form": []byte("v2" + string(good[2:])), "zeros": make([]byte, len(good))} {
		if err := os.WriteFile(file, content, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := secret.Open(dir); err == nil {
			t.Errorf("%s: accepted", rule)
		}
		if got, err := os.ReadFile(file); err != nil || !bytes.Equal(got, content) {
			t.Errorf("%s: the file was touched", rule)
		}
	}
	if err := os.WriteFile(file, good, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := secret.Open(dir); err != nil {
		t.Fatal(err)
	}
}

func TestAKeyringDoesNotPrintItself(t *testing.T) {
	k, err := secret.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		if got := fmt.Sprintf(verb, k); got != "•••" {
			t.Errorf("%s: %s", verb, got)
		}
	}
}

func TestKeyedHash(t *testing.T) {
	// RFC 4231, test case 2.
	if got := secret.KeyedHash([]byte("Jefe"), "what do ya want for nothing?"); got != "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" {
		t.Fatal(got)
	}
	if a, b := secret.KeyedHash([]byte("k1"), "999012345678"), secret.KeyedHash([]byte("k2"), "999012345678"); a == b || strings.Contains(a, "999012345678") {
		t.Fatal("the key does not matter")
	}
}
