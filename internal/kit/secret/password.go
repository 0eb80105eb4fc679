package secret

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"

	"lienthong/internal/kit/vitext"
)

// cost is what one hash costs; it is written into each hash, so that it can be raised later.
type cost struct {
	memory  uint32 // KiB
	time    uint32
	threads uint8
}

var (
	usual = cost{memory: 19456, time: 2, threads: 1}
	// A hash beyond this was not made here; computing it would let whoever can write the table exhaust the memory.
	most = cost{memory: 256 << 10, time: 16, threads: 8}
)

const (
	saltLength = 16
	hashLength = 32
	maxHash    = 64
)

// hashing lets two hashes run at once: each takes 19 MiB and a core, and sign-in is open to everyone.
var hashing = make(chan struct{}, 2)

func (c cost) hash(pw string, salt []byte, n uint32) []byte {
	hashing <- struct{}{}
	defer func() { <-hashing }()
	// NFC: keyboards write the same Vietnamese letters in different sequences of code points.
	return argon2.IDKey([]byte(vitext.NFC(pw)), salt, c.time, c.memory, c.threads, n)
}

func (c cost) encode(salt, sum []byte) string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, c.memory, c.time, c.threads, b64.EncodeToString(salt), b64.EncodeToString(sum))
}

// HashPassword is what is stored of a password: argon2id in PHC form, with its parameters and a random salt.
func HashPassword(pw string) string {
	salt := make([]byte, saltLength)
	_, _ = rand.Read(salt) // never fails: it stops the program instead
	return usual.encode(salt, usual.hash(pw, salt, hashLength))
}

// VerifyPassword reports whether pw is the password of the stored hash. An empty or unreadable hash costs the same time
// and is false, so that a caller with an unknown user passes "" and tells nothing by being quick.
func VerifyPassword(phc, pw string) bool {
	c, salt, sum, err := parsePHC(phc)
	if err != nil {
		usual.hash(pw, make([]byte, saltLength), hashLength)
		return false
	}
	return subtle.ConstantTimeCompare(c.hash(pw, salt, uint32(len(sum))), sum) == 1 //nolint:gosec // parsePHC bounds it
}

// Outdated reports that a stored hash was made with other parameters than new ones are: make it again at the next
// successful sign-in.
func Outdated(phc string) bool {
	c, salt, sum, err := parsePHC(phc)
	return err != nil || c != usual || len(salt) != saltLength || len(sum) != hashLength
}

var errNotPHC = errors.New("not an argon2id hash in PHC form")

func parsePHC(s string) (cost, []byte, []byte, error) {
	parts := strings.Split(s, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return cost{}, nil, nil, errNotPHC
	}
	var c cost
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.memory, &c.time, &c.threads); err != nil {
		return cost{}, nil, nil, errNotPHC
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil {
		return cost{}, nil, nil, errNotPHC
	}
	sum, err := base64.RawStdEncoding.DecodeString(parts[5])
	if err != nil {
		return cost{}, nil, nil, errNotPHC
	}
	// The string must be exactly what we would write: no second spelling of the same hash.
	fits := c.memory >= 8 && c.memory <= most.memory && c.time >= 1 && c.time <= most.time && c.threads >= 1 && c.threads <= most.threads
	if !fits || len(salt) < 8 || len(salt) > maxHash || len(sum) < 16 || len(sum) > maxHash || c.encode(salt, sum) != s {
		return cost{}, nil, nil, errNotPHC
	}
	return c, salt, sum, nil
}
