package secret

import (
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"lienthong/internal/kit/blob"
)

// masterFile holds "v1 <64 hex digits of the key> <8 hex digits of its digest>", so that a damaged copy is noticed
// before it silently changes every derived key.
const masterFile = "master.key"

const keyLength = 32

// Keyring derives any number of independent keys, by name, from one random master key. One file is to be backed up,
// and no key can fail to exist when it is needed.
type Keyring struct {
	master []byte
	fresh  bool
}

// Open reads the keyring in dir, or makes it at the first start. The folder is held at 0700; a key file that others
// could read is refused, since they may have read it.
func Open(dir string) (*Keyring, error) {
	k, err := open(dir)
	if err != nil {
		return nil, fmt.Errorf("open keys in %s: %w", dir, err)
	}
	return k, nil
}

func open(dir string) (*Keyring, error) {
	path := filepath.Join(dir, masterFile)
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return create(dir)
	}
	if err != nil {
		return nil, err
	}
	if err := tighten(dir); err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("%s has mode %s: it must be a plain file readable by its owner only; if nobody else has read it, run chmod 600 on it", masterFile, info.Mode())
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	master, err := decodeMaster(string(data))
	if err != nil {
		return nil, err
	}
	return &Keyring{master: master}, nil
}

// tighten closes the folder to others; a folder mounted read-only that is closed already is left as it is.
func tighten(dir string) error {
	info, err := os.Stat(dir)
	if err != nil {
		return err
	}
	if info.Mode().Perm()&0o077 == 0 {
		return nil
	}
	return os.Chmod(dir, 0o700) //nolint:gosec // a folder needs x
}

func create(dir string) (*Keyring, error) {
	store, err := blob.Open(dir)
	if err != nil {
		return nil, err
	}
	if err := tighten(dir); err != nil {
		return nil, err
	}
	master := make([]byte, keyLength)
	_, _ = rand.Read(master) // never fails: it stops the program instead
	if err := store.Put(masterFile, []byte(encodeMaster(master))); err != nil {
		return nil, err
	}
	return &Keyring{master: master, fresh: true}, nil
}

func encodeMaster(key []byte) string {
	sum := sha256.Sum256(key)
	return "v1 " + hex.EncodeToString(key) + " " + hex.EncodeToString(sum[:4]) + "\n"
}

func decodeMaster(s string) ([]byte, error) {
	damaged := fmt.Errorf("%s is damaged: restore it from the backup; a new one would make every stored hash and signature unverifiable", masterFile)
	fields := strings.Fields(s)
	if len(fields) != 3 || fields[0] != "v1" {
		return nil, damaged
	}
	key, err := hex.DecodeString(fields[1])
	if err != nil || len(key) != keyLength {
		return nil, damaged
	}
	if !EqualHash(encodeMaster(key), strings.Join(fields, " ")+"\n") {
		return nil, damaged
	}
	return key, nil
}

// Fresh reports that Open made the keys. With a control store that is not empty it means that the old keys are lost.
func (k *Keyring) Fresh() bool { return k.fresh }

func (k *Keyring) derive(kind, name string, n int) []byte {
	key, err := hkdf.Key(sha256.New, k.master, nil, "lienthong/"+kind+"/"+name, n)
	if err != nil {
		panic("secret: derive a key of " + kind + ": " + err.Error()) // only for a length that no caller here asks for
	}
	return key
}

// HMACKey is the 32-byte key of that name for keyed hashes: the same at every start, unrelated to any other.
func (k *Keyring) HMACKey(name string) []byte { return k.derive("hmac", name, sha256.Size) }

// SealKey is the 32-byte key of that name for encryption.
func (k *Keyring) SealKey(name string) []byte { return k.derive("seal", name, keyLength) }

// Ed25519 is the signing key of that name.
func (k *Keyring) Ed25519(name string) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(k.derive("ed25519", name, ed25519.SeedSize))
}

// KeyID names the keys of that name, as a kid beside signatures and keyed hashes: 16 hex digits that tell nothing of the
// key and change when the master key is another.
func (k *Keyring) KeyID(name string) string { return hex.EncodeToString(k.derive("id", name, 8)) }

// String keeps the master key out of prints.
func (k *Keyring) String() string { return mask }

// GoString keeps the master key out of %#v.
func (k *Keyring) GoString() string { return mask }

// KeyedHash is HMAC-SHA-256 of value in hex: equal values can be found again, and not be guessed without the key.
func KeyedHash(key []byte, value string) string {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(value))
	return hex.EncodeToString(h.Sum(nil))
}
