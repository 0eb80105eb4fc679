package exchange

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"strconv"
	"strings"

	"lienthong/internal/access"
	"lienthong/internal/kit/fault"
)

// sealer makes cursors that say nothing and fit nowhere else: the position after the last row can hold a person's
// identifier, so it is encrypted, and it is bound to grant and query, so that it opens no other scope.
type sealer struct {
	aead cipher.AEAD
	tag  []byte
}

func newSealer(key []byte) (sealer, error) {
	if len(key) < 32 {
		return sealer{}, errors.New("exchange: a key of at least 32 bytes is required")
	}
	derive := func(use string) []byte {
		m := hmac.New(sha256.New, key)
		m.Write([]byte(use))
		return m.Sum(nil)
	}
	block, err := aes.NewCipher(derive("cursor"))
	if err != nil {
		return sealer{}, err
	}
	aead, err := cipher.NewGCM(block)
	return sealer{aead, derive("etag")}, err
}

func (s sealer) seal(position, binding string) string {
	if position == "" {
		return ""
	}
	nonce := make([]byte, s.aead.NonceSize())
	_, _ = rand.Read(nonce)
	return base64.RawURLEncoding.EncodeToString(s.aead.Seal(nonce, nonce, []byte(position), []byte(binding)))
}

func (s sealer) open(cursor, binding string) (string, error) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(cursor)
	if err != nil || len(raw) < s.aead.NonceSize() {
		return "", fault.New(fault.Malformed, "exchange.cursor_invalid")
	}
	n := s.aead.NonceSize()
	position, err := s.aead.Open(nil, raw[:n], raw[n:], []byte(binding))
	if err != nil {
		return "", fault.New(fault.Malformed, "exchange.cursor_invalid")
	}
	return string(position), nil
}

// etag names an answer: same version, same query, same grant, same bytes. It is keyed, because it would otherwise let
// anyone test guesses about a query.
func (s sealer) etag(version int64, binding string) string {
	m := hmac.New(sha256.New, s.tag)
	m.Write([]byte(strconv.FormatInt(version, 10)))
	m.Write([]byte{0})
	m.Write([]byte(binding))
	return `"` + base64.RawURLEncoding.EncodeToString(m.Sum(nil)[:16]) + `"`
}

// binding is what a cursor or entity tag belongs to: the grant's version, the columns with their masks, the query.
func binding(p access.Permit, q Query) string {
	var b strings.Builder
	d := p.Decision()
	write := func(parts ...string) {
		for _, s := range parts {
			b.WriteString(strconv.Itoa(len(s)))
			b.WriteByte(':')
			b.WriteString(s)
		}
	}
	write(p.Dataset(), p.Request().Actor.ID, d.Grant.ID, strconv.FormatInt(d.Grant.Version, 10), strconv.Itoa(q.Limit))
	for _, c := range p.Columns() {
		write(c.Name, c.Out(), string(c.Mask))
	}
	for _, f := range q.Filters {
		write("filter", f.Column, string(f.Op))
		write(f.Values...)
	}
	return b.String()
}
