package merkle

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// Checkpoint is the signed state of a journal: how many records, and the root over them.
type Checkpoint struct {
	Origin string
	Size   int64
	Root   Hash
	// The older checkpoints kept beside this one: how many bytes, and their SHA-256.
	// An extension line of the checkpoint, so that the history cannot be shortened either.
	HistoryLen int64
	HistorySum [sha256.Size]byte
}

// Sign gives the checkpoint as a signed note.
func (c Checkpoint) Sign(key ed25519.PrivateKey) ([]byte, error) {
	raw, err := SignText(c.text(), c.Origin, key)
	if err != nil {
		return nil, fmt.Errorf("sign checkpoint of size %d: %w", c.Size, err)
	}
	return raw, nil
}

// SignText signs lines with the log's key. Their first line says what they are, so that they are no checkpoint.
func SignText(text, origin string, key ed25519.PrivateKey) ([]byte, error) {
	return note.Sign(&note.Note{Text: text}, signer{name: origin, key: key})
}

// OpenText gives the lines that the log's key signed, and the log's origin.
func OpenText(raw []byte, verifierKey string) (text, origin string, err error) {
	v, err := note.NewVerifier(verifierKey)
	if err != nil {
		return "", "", fmt.Errorf("read verifier key: %w", err)
	}
	n, err := note.Open(raw, note.VerifierList(v))
	if err != nil {
		return "", "", err
	}
	for _, sig := range append(n.Sigs, n.UnverifiedSigs...) {
		// Base64 with free padding bits has several spellings of the same signature. Only one is the signed file.
		if _, err := base64.StdEncoding.Strict().DecodeString(sig.Base64); err != nil {
			return "", "", fmt.Errorf("signature of %s is not spelled as it was written", sig.Name)
		}
	}
	return n.Text, v.Name(), nil
}

func (c Checkpoint) text() string {
	return c.Origin + "\n" + strconv.FormatInt(c.Size, 10) + "\n" +
		base64.StdEncoding.EncodeToString(c.Root[:]) + "\n" +
		"history " + strconv.FormatInt(c.HistoryLen, 10) + " " + hex.EncodeToString(c.HistorySum[:]) + "\n"
}

// VerifierKey is the public key in the form other people keep: name+hash+key.
func VerifierKey(origin string, pub ed25519.PublicKey) (string, error) {
	key, err := note.NewEd25519VerifierKey(origin, pub)
	if err != nil {
		return "", fmt.Errorf("make verifier key of %q: %w", origin, err)
	}
	return key, nil
}

// ParseCheckpoint opens a signed checkpoint. Further signatures (witnesses) may stand beside ours.
func ParseCheckpoint(raw []byte, verifierKey string) (Checkpoint, error) {
	text, origin, err := OpenText(raw, verifierKey)
	if err != nil {
		return Checkpoint{}, fmt.Errorf("open signed checkpoint: %w", err)
	}
	c, err := parseText(text)
	if err != nil {
		return Checkpoint{}, err
	}
	if c.Origin != origin {
		return Checkpoint{}, fmt.Errorf("checkpoint is of origin %q, the key is of %q", c.Origin, origin)
	}
	return c, nil
}

func parseText(text string) (Checkpoint, error) {
	lines := strings.Split(text, "\n")
	if len(lines) != 5 {
		return Checkpoint{}, errors.New("checkpoint does not have its four lines")
	}
	c := Checkpoint{Origin: lines[0]}
	var err error
	if c.Size, err = strconv.ParseInt(lines[1], 10, 64); err != nil {
		return Checkpoint{}, fmt.Errorf("read checkpoint size: %w", err)
	}
	root, err := base64.StdEncoding.Strict().DecodeString(lines[2])
	if err != nil || len(root) != HashLen {
		return Checkpoint{}, errors.New("checkpoint root is not a hash")
	}
	copy(c.Root[:], root)
	var sum []byte
	var hexSum string
	if _, err := fmt.Sscanf(lines[3], "history %d %s", &c.HistoryLen, &hexSum); err != nil {
		return Checkpoint{}, fmt.Errorf("read checkpoint history line: %w", err)
	}
	if sum, err = hex.DecodeString(hexSum); err != nil || len(sum) != sha256.Size {
		return Checkpoint{}, errors.New("checkpoint history sum is not a hash")
	}
	copy(c.HistorySum[:], sum)
	return c, nil
}

// signer makes note signatures from a plain Ed25519 key.
type signer struct {
	name string
	key  ed25519.PrivateKey
}

func (s signer) Name() string { return s.name }

func (s signer) KeyHash() uint32 {
	h := sha256.New()
	h.Write([]byte(s.name + "\n\x01")) // 1 = Ed25519 in the note format
	h.Write(s.key.Public().(ed25519.PublicKey))
	return binary.BigEndian.Uint32(h.Sum(nil))
}

func (s signer) Sign(msg []byte) ([]byte, error) { return ed25519.Sign(s.key, msg), nil }
