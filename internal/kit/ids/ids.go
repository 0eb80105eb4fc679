// Package ids makes identifiers.
package ids

import (
	"crypto/rand"
	"encoding/base32"
	"time"

	"github.com/google/uuid"
)

// New is a UUIDv7: sorts by the time it was made.
func New() string { return uuid.Must(uuid.NewV7()).String() }

// The Crockford alphabet of ULIDs.
var crockford = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

// Request is a ULID-shaped request id of 26 characters: 48 bits of milliseconds, 80 random bits.
func Request(now time.Time) string {
	var b [16]byte
	ms := uint64(now.UnixMilli())
	b[0], b[1], b[2], b[3], b[4], b[5] = byte(ms>>40), byte(ms>>32), byte(ms>>24), byte(ms>>16), byte(ms>>8), byte(ms)
	_, _ = rand.Read(b[6:]) // crypto/rand.Read never fails: it stops the program instead
	return encodeULID(b)
}

// A ULID is 130 bits wide in base 32 with two leading zero bits, which plain base32 does not do.
func encodeULID(b [16]byte) string {
	const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	var out [26]byte
	hi := uint64(b[0])<<56 | uint64(b[1])<<48 | uint64(b[2])<<40 | uint64(b[3])<<32 | uint64(b[4])<<24 | uint64(b[5])<<16 | uint64(b[6])<<8 | uint64(b[7])
	lo := uint64(b[8])<<56 | uint64(b[9])<<48 | uint64(b[10])<<40 | uint64(b[11])<<32 | uint64(b[12])<<24 | uint64(b[13])<<16 | uint64(b[14])<<8 | uint64(b[15])
	for i := 25; i >= 0; i-- {
		out[i] = alphabet[lo&31]
		lo = lo>>5 | hi<<59
		hi >>= 5
	}
	return string(out[:])
}

// Token is a random secret of n bytes in upper-case base 32, safe to read aloud.
func Token(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b)
	return crockford.EncodeToString(b)
}
