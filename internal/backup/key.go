package backup

import (
	"crypto/hpke"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"lienthong/internal/kit/blob"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/secret"
)

const (
	publicFile    = "backup.pub" // in the folder of secrets
	recoveryStart = "LTBK1"
	checkBytes    = 4
)

func kem() hpke.KEM { return hpke.MLKEM768X25519() }

func suite() (hpke.KDF, hpke.AEAD) { return hpke.HKDFSHA256(), hpke.AES256GCM() }

// RecoveryKey opens backups. It is kept outside the platform.
type RecoveryKey struct{ private hpke.PrivateKey }

// NewRecoveryKey makes a key pair.
func NewRecoveryKey() (RecoveryKey, error) {
	k, err := kem().GenerateKey()
	if err != nil {
		return RecoveryKey{}, fmt.Errorf("make a recovery key: %w", err)
	}
	return RecoveryKey{k}, nil
}

// Text is the key as it is printed and typed: groups of five characters, the last with a check sum.
func (k RecoveryKey) Text() (secret.Redacted, error) {
	seed, err := k.private.Bytes()
	if err != nil {
		return "", fmt.Errorf("write a recovery key: %w", err)
	}
	sum := sha256.Sum256(seed)
	digits := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(append(seed, sum[:checkBytes]...))
	groups := []string{recoveryStart}
	for len(digits) > 5 {
		groups, digits = append(groups, digits[:5]), digits[5:]
	}
	return secret.Redacted(strings.Join(append(groups, digits), "-")), nil
}

// ParseRecoveryKey reads a key, alone or in the file that holds it among comments.
func ParseRecoveryKey(text string) (RecoveryKey, error) {
	wrong := fault.New(fault.Invalid, "backup.recovery_key").At("key")
	for line := range strings.Lines(text) {
		rest, found := strings.CutPrefix(strings.ToUpper(strings.TrimSpace(line)), recoveryStart)
		if !found {
			continue
		}
		raw, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.NewReplacer("-", "", " ", "").Replace(rest))
		if err != nil || len(raw) != 32+checkBytes {
			return RecoveryKey{}, wrong
		}
		seed := raw[:32]
		if sum := sha256.Sum256(seed); string(sum[:checkBytes]) != string(raw[32:]) {
			return RecoveryKey{}, wrong
		}
		private, err := kem().NewPrivateKey(seed)
		if err != nil {
			return RecoveryKey{}, wrong.Because(err)
		}
		return RecoveryKey{private}, nil
	}
	return RecoveryKey{}, wrong
}

// Public is the half that makes backups.
func (k RecoveryKey) Public() PublicKey { return PublicKey{k.private.PublicKey()} }

// PublicKey makes backups and opens none.
type PublicKey struct{ public hpke.PublicKey }

// ID names the pair: 16 hex digits.
func (k PublicKey) ID() string {
	sum := sha256.Sum256(k.public.Bytes())
	return hex.EncodeToString(sum[:8])
}

// Text is the key as the server keeps it.
func (k PublicKey) Text() string {
	return "v1 " + k.ID() + " " + base64.StdEncoding.EncodeToString(k.public.Bytes()) + "\n"
}

// ParsePublicKey reads a key that Text wrote.
func ParsePublicKey(text string) (PublicKey, error) {
	fields := strings.Fields(text)
	if len(fields) != 3 || fields[0] != "v1" {
		return PublicKey{}, fault.New(fault.Invalid, "backup.public_key")
	}
	raw, err := base64.StdEncoding.DecodeString(fields[2])
	if err != nil {
		return PublicKey{}, fault.New(fault.Invalid, "backup.public_key").Because(err)
	}
	public, err := kem().NewPublicKey(raw)
	if err != nil {
		return PublicKey{}, fault.New(fault.Invalid, "backup.public_key").Because(err)
	}
	k := PublicKey{public}
	if k.ID() != fields[1] {
		return PublicKey{}, fault.New(fault.Invalid, "backup.public_key")
	}
	return k, nil
}

// readPublicKey finds the key that backups are made for; false while there is none.
func readPublicKey(secrets string) (PublicKey, bool, error) {
	text, err := os.ReadFile(filepath.Join(secrets, publicFile))
	if errors.Is(err, fs.ErrNotExist) {
		return PublicKey{}, false, nil
	}
	if err != nil {
		return PublicKey{}, false, fmt.Errorf("read the backup key: %w", err)
	}
	k, err := ParsePublicKey(string(text))
	return k, err == nil, err
}

func keepPublicKey(secrets string, k PublicKey) error {
	store, err := blob.Open(secrets)
	if err != nil {
		return fmt.Errorf("keep the backup key: %w", err)
	}
	return store.Put(publicFile, []byte(k.Text()))
}
