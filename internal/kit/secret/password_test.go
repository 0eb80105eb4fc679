package secret_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"

	"lienthong/internal/kit/secret"
)

func TestPassword(t *testing.T) {
	const pw = "mật khẩu dài và khó"
	phc := secret.HashPassword(pw)
	if !strings.HasPrefix(phc, "$argon2id$v=19$m=19456,t=2,p=1$") || strings.Contains(phc, "khó") {
		t.Fatal(phc)
	}
	if phc == secret.HashPassword(pw) {
		t.Error("every hash has its own salt")
	}
	if !secret.VerifyPassword(phc, pw) || !secret.VerifyPassword(phc, norm.NFD.String(pw)) {
		t.Error("the password in either normal form is right")
	}
	for _, wrong := range []string{"", "mat khau dai va kho", pw + " ", strings.ToUpper(pw)} {
		if secret.VerifyPassword(phc, wrong) {
			t.Errorf("%q is right", wrong)
		}
	}
	if secret.Outdated(phc) || !secret.Outdated(strings.Replace(phc, "t=2", "t=1", 1)) || !secret.Outdated("") {
		t.Error("outdated")
	}
}

func TestAForeignHashIsVerifiedByItsOwnParameters(t *testing.T) {
	// Made with the reference program: argon2 somesalt -id -t 2 -m 16 -p 1 -l 32 over "password".
	const phc = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	if !secret.VerifyPassword(phc, "password") || secret.VerifyPassword(phc, "Password") {
		t.Fatal("the reference vector is not verified")
	}
}

func TestUnreadableHashesAreFalse(t *testing.T) {
	phc := secret.HashPassword("a")
	for _, bad := range []string{
		"", "a", "$", phc + "$", phc[:len(phc)-4], strings.Replace(phc, "argon2id", "argon2i", 1), strings.Replace(phc, "v=19", "v=16", 1),
		strings.Replace(phc, "m=19456", "m=99999999", 1), strings.Replace(phc, "t=2", "t=0", 1), strings.Replace(phc, "p=1", "p=0", 1),
		strings.Replace(phc, "p=1", "p=1,x=2", 1), strings.Replace(phc, "t=2", "t=+2", 1), "$argon2id$v=19$m=19456,t=2,p=1$$", "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$",
	} {
		if secret.VerifyPassword(bad, "a") || secret.VerifyPassword(bad, "") {
			t.Errorf("%q verified", bad)
		}
	}
}

// The work is compared with itself on the same machine, with a wide margin: an early answer is thousands of times quicker.
func TestAnUnknownUserCostsAsMuchAsAKnownOne(t *testing.T) {
	phc := secret.HashPassword("a")
	quickest := func(hash string) time.Duration {
		best := time.Hour
		for range 5 {
			start := time.Now()
			secret.VerifyPassword(hash, "b")
			best = min(best, time.Since(start))
		}
		return best
	}
	known, unknown := quickest(phc), quickest("")
	if unknown < known/4 || known < unknown/4 {
		t.Fatalf("known %v, unknown %v", known, unknown)
	}
}

func TestManyPasswordsAtOnce(t *testing.T) {
	phc := secret.HashPassword("a")
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			if got := secret.VerifyPassword(phc, []string{"a", "b"}[i%2]); got != (i%2 == 0) {
				t.Error(i, got)
			}
		})
	}
	wg.Wait()
}
