package secret

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
)

// NewToken is a random secret of nBytes bytes in base64url without padding. Use 32 for what lives long.
func NewToken(nBytes int) string {
	b := make([]byte, nBytes)
	_, _ = rand.Read(b) // never fails: it stops the program instead
	return base64.RawURLEncoding.EncodeToString(b)
}

// HashToken is what is stored of a token: SHA-256 in hex. A token is random and long, so it needs no salt or slow hash.
func HashToken(tok string) string {
	sum := sha256.Sum256([]byte(tok))
	return hex.EncodeToString(sum[:])
}

// EqualHash compares in a time that does not depend on where a and b differ.
func EqualHash(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

const mask = "•••"

// Redacted is a secret that prints as a mask wherever it is printed, logged or encoded.
type Redacted string

// Reveal is the secret itself, for the one place that needs it.
func (r Redacted) Reveal() string { return string(r) }

func (r Redacted) String() string { return mask }

// Format answers every verb with the mask, also those that would show the bytes.
func (r Redacted) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, mask) }

func (r Redacted) LogValue() slog.Value { return slog.StringValue(mask) }

func (r Redacted) MarshalJSON() ([]byte, error) { return []byte(`"` + mask + `"`), nil }

func (r Redacted) MarshalText() ([]byte, error) { return []byte(mask), nil }
