package account

import (
	"bytes"
	"encoding/base32"
	"strings"
	"testing"
	"time"
)

// The secret of RFC 6238, appendix B, for SHA-1; its codes of eight digits end in ours of six.
var rfcSecret = base32.StdEncoding.EncodeToString([]byte("12345678901234567890"))

func TestCodesAreThoseOfRFC6238(t *testing.T) {
	for at, want := range map[int64]string{
		59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037", 20000000000: "353130",
	} {
		if got, err := TOTPCode(rfcSecret, time.Unix(at, 0)); err != nil || got != want {
			t.Errorf("at %d: %s %v, want %s", at, got, err, want)
		}
	}
}

func TestACodeIsValidOneStepAroundAndOnce(t *testing.T) {
	now := time.Unix(1234567890, 0)
	at := now.Unix() / stepLength
	for _, c := range []struct {
		name string
		step int64
		used int64
		want bool
	}{
		{"of now", at, -1, true}, {"of the step before", at - 1, -1, true}, {"of the step after", at + 1, -1, true},
		{"two steps old", at - 2, -1, false}, {"two steps ahead", at + 2, -1, false},
		{"used", at, at, false}, {"older than the one used", at - 1, at, false}, {"newer than the one used", at + 1, at, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			code, err := codeOf(rfcSecret, c.step)
			if err != nil {
				t.Fatal(err)
			}
			step, ok, err := matchCode(rfcSecret, code, now, c.used)
			if err != nil || ok != c.want || (ok && step != c.step) {
				t.Fatalf("step %d, ok %v, %v", step, ok, err)
			}
		})
	}
}

func TestASealedSecretBelongsToItsAccount(t *testing.T) {
	s, err := newSealer(bytes.Repeat([]byte{1}, 32))
	if err != nil {
		t.Fatal(err)
	}
	other, err := newSealer(bytes.Repeat([]byte{2}, 32))
	if err != nil {
		t.Fatal(err)
	}
	sealed := s.seal("a", rfcSecret)
	if strings.Contains(sealed, rfcSecret) || sealed == s.seal("a", rfcSecret) {
		t.Fatal("the secret shows through")
	}
	if got, err := s.open("a", sealed); err != nil || got != rfcSecret {
		t.Fatal(got, err)
	}
	for name, try := range map[string]func() (string, error){
		"another account": func() (string, error) { return s.open("b", sealed) },
		"another key":     func() (string, error) { return other.open("a", sealed) },
		"changed":         func() (string, error) { return s.open("a", "A"+sealed[1:]+"A") },
		"empty":           func() (string, error) { return s.open("a", "") },
	} {
		if got, err := try(); err == nil {
			t.Errorf("%s: opened as %q", name, got)
		}
	}
	if _, err := newSealer([]byte("short")); err == nil {
		t.Error("a short key is taken")
	}
}

func TestTheAddressForAppsIsReadable(t *testing.T) {
	got := OTPAuth("Lien thong", "nguyen.van", "ABC")
	if got != "otpauth://totp/Lien%20thong:nguyen.van?digits=6&issuer=Lien+thong&period=30&secret=ABC" {
		t.Fatal(got)
	}
}
