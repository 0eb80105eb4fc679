package account

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1" //nolint:gosec // RFC 6238 as every authenticator app speaks it
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"net/url"
	"time"
)

// stepLength of RFC 6238.
const stepLength = 30

var base32Plain = base32.StdEncoding.WithPadding(base32.NoPadding)

// NewTOTPSecret is a random secret of 20 bytes in base 32, as authenticator apps read it.
func NewTOTPSecret() string {
	b := make([]byte, 20)
	_, _ = rand.Read(b) // it never fails: it stops the program instead
	return base32Plain.EncodeToString(b)
}

// TOTPCode is the code of a moment: six digits, RFC 6238 with SHA-1 and steps of 30 s.
func TOTPCode(secret string, at time.Time) (string, error) {
	return codeOf(secret, at.Unix()/stepLength)
}

func codeOf(secret string, step int64) (string, error) {
	key, err := base32Plain.DecodeString(secret)
	if err != nil {
		return "", fmt.Errorf("read the second factor's secret: %w", err)
	}
	mac := hmac.New(sha1.New, key)
	var counter [8]byte
	binary.BigEndian.PutUint64(counter[:], uint64(step)) //nolint:gosec // steps since 1970 are positive
	mac.Write(counter[:])
	sum := mac.Sum(nil)
	offset := sum[len(sum)-1] & 0x0f
	return fmt.Sprintf("%06d", (binary.BigEndian.Uint32(sum[offset:])&0x7fffffff)%1_000_000), nil
}

// matchCode finds the step to which a code belongs: now, or one before or after for clocks that differ. A step that has
// opened a session already, or an older one, never matches again (invariant 4).
func matchCode(secret, code string, now time.Time, used int64) (step int64, ok bool, err error) {
	at := now.Unix() / stepLength
	for _, s := range []int64{at, at - 1, at + 1} {
		want, err := codeOf(secret, s)
		if err != nil {
			return 0, false, err
		}
		if hmac.Equal([]byte(want), []byte(code)) && s > used {
			step, ok = s, true
		}
	}
	return step, ok, nil
}

// OTPAuth is the address that authenticator apps read from a QR code.
func OTPAuth(issuer, username, secret string) string {
	return (&url.URL{
		Scheme: "otpauth", Host: "totp", Path: "/" + issuer + ":" + username,
		RawQuery: url.Values{"secret": {secret}, "issuer": {issuer}, "period": {"30"}, "digits": {"6"}}.Encode(),
	}).String()
}

// sealer keeps second-factor secrets encrypted (AES-256-GCM), bound to the account.
type sealer struct{ aead cipher.AEAD }

func newSealer(key []byte) (sealer, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return sealer{}, fmt.Errorf("make the cipher of second factors: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	return sealer{aead}, err
}

func (s sealer) seal(account, secret string) string {
	nonce := make([]byte, s.aead.NonceSize())
	_, _ = rand.Read(nonce)
	return base64.RawStdEncoding.EncodeToString(s.aead.Seal(nonce, nonce, []byte(secret), []byte(account)))
}

func (s sealer) open(account, sealed string) (string, error) {
	raw, err := base64.RawStdEncoding.DecodeString(sealed)
	if err != nil || len(raw) < s.aead.NonceSize() {
		return "", errors.Join(errors.New("the second factor's secret cannot be read"), err)
	}
	n := s.aead.NonceSize()
	plain, err := s.aead.Open(nil, raw[:n], raw[n:], []byte(account))
	if err != nil {
		return "", fmt.Errorf("open the second factor's secret: %w", err)
	}
	return string(plain), nil
}
