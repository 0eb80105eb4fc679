package warehouse

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"

	"lienthong/internal/kit/fault"
)

// cursors hide the key of the last row of a page, which the reader may not be allowed to see (invariant 4).
type cursors struct{ seal cipher.AEAD }

// cursor is the place behind the last row of a page, in one version.
type cursor struct {
	Version VersionID `json:"v"`
	Key     []Cell    `json:"k"`
}

func newCursors(secret []byte) (cursors, error) {
	if len(secret) < 32 {
		return cursors{}, fmt.Errorf("the warehouse needs a secret of at least 32 bytes")
	}
	key, err := hkdf.Key(sha256.New, secret, nil, "lienthong warehouse cursor", 32)
	if err != nil {
		return cursors{}, fmt.Errorf("make the cursor key: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return cursors{}, fmt.Errorf("make the cursor key: %w", err)
	}
	seal, err := cipher.NewGCM(block)
	if err != nil {
		return cursors{}, fmt.Errorf("make the cursor key: %w", err)
	}
	return cursors{seal}, nil
}

// hide encrypts a cursor for one question: it opens for no other dataset, grant or filter.
func (c cursors) hide(at cursor, question string) (string, error) {
	plain, err := json.Marshal(at)
	if err != nil {
		return "", fmt.Errorf("write cursor: %w", err)
	}
	nonce := make([]byte, c.seal.NonceSize())
	_, _ = rand.Read(nonce) // never fails: it stops the program instead
	return base64.RawURLEncoding.EncodeToString(c.seal.Seal(nonce, nonce, plain, []byte(question))), nil
}

func (c cursors) open(text, question string) (cursor, error) {
	bad := fault.New(fault.Invalid, "warehouse.bad_cursor").At("after")
	sealed, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(sealed) < c.seal.NonceSize() {
		return cursor{}, bad
	}
	plain, err := c.seal.Open(nil, sealed[:c.seal.NonceSize()], sealed[c.seal.NonceSize():], []byte(question))
	if err != nil {
		return cursor{}, bad
	}
	var at cursor
	if json.Unmarshal(plain, &at) != nil {
		return cursor{}, bad
	}
	return at, nil
}
