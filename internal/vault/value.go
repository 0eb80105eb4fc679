package vault

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"lienthong/internal/kit/blob"
)

// Seal encrypts a small secret that lies in the control store, by the current key of the name. about says what it is the
// secret of: it opens there and nowhere else.
func (s *Service) Seal(name, about string, plain []byte) (string, error) {
	keys := area{s, name}
	id := keys.Current()
	aead, err := keys.aead(id)
	if err != nil {
		return "", err
	}
	nonce := make([]byte, aead.NonceSize())
	_, _ = rand.Read(nonce) // never fails: it stops the program instead
	keys.Used(id, blob.ForSeal)
	return id + "." + base64.RawStdEncoding.EncodeToString(aead.Seal(nonce, nonce, plain, []byte(id+"\x00"+about))), nil
}

// Unseal opens what Seal closed, also by an older key of the name.
func (s *Service) Unseal(name, about, sealed string) ([]byte, error) {
	id, encoded, _ := strings.Cut(sealed, ".")
	raw, err := base64.RawStdEncoding.DecodeString(encoded)
	if err != nil {
		return nil, fmt.Errorf("read a sealed value of %s: %w", name, err)
	}
	keys := area{s, name}
	aead, err := keys.aead(id)
	if err != nil {
		return nil, err
	}
	if len(raw) < aead.NonceSize() {
		return nil, errors.New("a sealed value is cut off")
	}
	plain, err := aead.Open(nil, raw[:aead.NonceSize()], raw[aead.NonceSize():], []byte(id+"\x00"+about))
	if err != nil {
		return nil, fmt.Errorf("open a sealed value of %s: %w", name, err)
	}
	keys.Used(id, blob.ForOpen)
	return plain, nil
}

// OnRewrap is called when a new key has become current: a slice that keeps sealed values seals them anew and says how many.
func (s *Service) OnRewrap(name string, f func(ctx context.Context) (int, error)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.values[name] = f
}

func (a area) aead(id string) (cipher.AEAD, error) {
	key, known := a.Find(id)
	if !known {
		return nil, fmt.Errorf("%q is no key of %s", id, a.name)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}
