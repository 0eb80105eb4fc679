package merkle

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
)

// cosignatureV1 is the key type of a C2SP timestamped Ed25519 cosignature.
const cosignatureV1 = 4

// Cosigner is a witness's public key. It verifies the witness's signature line under somebody else's checkpoint.
type Cosigner struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

// NewCosigner names a witness and its public key.
func NewCosigner(name string, key ed25519.PublicKey) Cosigner {
	return Cosigner{name: name, hash: cosignerHash(name, key), key: key}
}

func cosignerHash(name string, key ed25519.PublicKey) uint32 {
	h := sha256.New()
	h.Write([]byte(name + "\n"))
	h.Write([]byte{cosignatureV1})
	h.Write(key)
	return binary.BigEndian.Uint32(h.Sum(nil))
}

// ParseCosigner reads a witness's key as name+hash+key.
func ParseCosigner(vkey string) (Cosigner, error) {
	name, rest, _ := strings.Cut(strings.TrimSpace(vkey), "+")
	hash, text, ok := strings.Cut(rest, "+")
	raw, err := base64.StdEncoding.Strict().DecodeString(text)
	if !ok || err != nil || name == "" || strings.ContainsAny(name, " \t\n") || len(raw) != 1+ed25519.PublicKeySize || raw[0] != cosignatureV1 {
		return Cosigner{}, fmt.Errorf("read witness key %q: it is not name+hash+key of an Ed25519 cosignature/v1", vkey)
	}
	c := NewCosigner(name, raw[1:])
	if fmt.Sprintf("%08x", c.hash) != hash {
		return Cosigner{}, fmt.Errorf("read witness key %q: the hash is not that of the key", vkey)
	}
	return c, nil
}

// String is the key as other people keep it.
func (c Cosigner) String() string {
	return fmt.Sprintf("%s+%08x+%s", c.name, c.hash, base64.StdEncoding.EncodeToString(append([]byte{cosignatureV1}, c.key...)))
}

// Name of the witness.
func (c Cosigner) Name() string { return c.name }

// KeyHash of the witness's key.
func (c Cosigner) KeyHash() uint32 { return c.hash }

// Verify reports that sig is the witness's cosignature of a checkpoint's text.
func (c Cosigner) Verify(text, sig []byte) bool {
	if len(sig) != 8+ed25519.SignatureSize {
		return false
	}
	at := binary.BigEndian.Uint64(sig)
	return at <= math.MaxInt64 && ed25519.Verify(c.key, cosigned(text, int64(at)), sig[8:])
}

func cosigned(text []byte, at int64) []byte {
	return append([]byte("cosignature/v1\ntime "+strconv.FormatInt(at, 10)+"\n"), text...)
}

// Cosign gives the signature line of a witness under the text of a checkpoint.
func Cosign(text []byte, name string, key ed25519.PrivateKey, at time.Time) string {
	c := NewCosigner(name, key.Public().(ed25519.PublicKey))
	sig := binary.BigEndian.AppendUint32(nil, c.hash)
	sig = binary.BigEndian.AppendUint64(sig, uint64(at.Unix()))
	sig = append(sig, ed25519.Sign(key, cosigned(text, at.Unix()))...)
	return "— " + name + " " + base64.StdEncoding.EncodeToString(sig) + "\n"
}

// Cosignature is a witness's word that it saw a checkpoint, and when.
type Cosignature struct {
	Witness string
	At      time.Time
	Line    string // as it stands under the checkpoint
}

// OpenCosigned gives the cosignatures of known witnesses under a signed checkpoint. A line of a known witness that does
// not verify is an error; lines of unknown ones are passed over.
func OpenCosigned(raw []byte, witnesses ...Cosigner) (text []byte, sigs []Cosignature, err error) {
	verifiers := make([]note.Verifier, len(witnesses))
	for i, w := range witnesses {
		verifiers[i] = w
	}
	n, err := note.Open(raw, note.VerifierList(verifiers...))
	var unverified *note.UnverifiedNoteError
	if errors.As(err, &unverified) {
		return []byte(unverified.Note.Text), nil, nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("open cosigned checkpoint: %w", err)
	}
	for _, s := range n.Sigs {
		b, err := base64.StdEncoding.Strict().DecodeString(s.Base64)
		if err != nil || len(b) < 12 {
			return nil, nil, fmt.Errorf("open cosigned checkpoint: cosignature of %s is not spelled as it was written", s.Name)
		}
		sigs = append(sigs, Cosignature{Witness: s.Name, At: time.Unix(int64(binary.BigEndian.Uint64(b[4:])), 0).UTC(), Line: "— " + s.Name + " " + s.Base64 + "\n"})
	}
	return []byte(n.Text), sigs, nil
}

// ForeignCheckpoint is the signed state of a log that is not ours: origin, size and root are all that is known of it.
type ForeignCheckpoint struct {
	Origin string
	Size   int64
	Root   Hash
	Text   []byte // what was signed
}

// ParseForeign reads the text of a checkpoint without judging its signatures.
func ParseForeign(raw []byte) (ForeignCheckpoint, error) {
	end := strings.LastIndex(string(raw), "\n\n")
	if end < 0 {
		return ForeignCheckpoint{}, errors.New("the checkpoint has no signatures")
	}
	text := raw[:end+1]
	lines := strings.Split(string(text), "\n")
	if len(lines) < 4 || lines[0] == "" {
		return ForeignCheckpoint{}, errors.New("the checkpoint does not have its three lines")
	}
	c := ForeignCheckpoint{Origin: lines[0], Text: text}
	var err error
	if c.Size, err = ParseSize(lines[1]); err != nil {
		return c, err
	}
	root, err := base64.StdEncoding.Strict().DecodeString(lines[2])
	if err != nil || len(root) != HashLen {
		return c, errors.New("the checkpoint's root is not a hash")
	}
	copy(c.Root[:], root)
	for _, extension := range lines[3 : len(lines)-1] {
		if extension == "" {
			return c, errors.New("the checkpoint has an empty line")
		}
	}
	return c, nil
}

// ParseSize reads a tree size: decimal digits without a leading zero.
func ParseSize(text string) (int64, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 || strconv.FormatInt(n, 10) != text {
		return 0, fmt.Errorf("%q is no tree size", text)
	}
	return n, nil
}

// SignedBy reports that one of the keys, as name+hash+key, signed the note.
func SignedBy(raw []byte, keys ...string) (bool, error) {
	verifiers := make([]note.Verifier, 0, len(keys))
	for _, k := range keys {
		v, err := note.NewVerifier(k)
		if err != nil {
			return false, fmt.Errorf("read verifier key %q: %w", k, err)
		}
		verifiers = append(verifiers, v)
	}
	_, err := note.Open(raw, note.VerifierList(verifiers...))
	return err == nil, nil
}
