package secret

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
)

// Bounds of an RSA key: shorter ones can be broken, longer ones cost the verifier more than they give.
const (
	leastRSA = 2048
	mostRSA  = 8192
)

// AlgorithmOf names the signature algorithm (RFC 7518) that goes with somebody's public key: EdDSA for Ed25519, ES256 and
// ES384 for P-256 and P-384, RS256 for RSA of 2048 to 8192 bits. It reports false for every other and every weaker key.
func AlgorithmOf(public crypto.PublicKey) (string, bool) {
	switch k := public.(type) {
	case ed25519.PublicKey:
		return "EdDSA", len(k) == ed25519.PublicKeySize
	case *ecdsa.PublicKey:
		switch k.Curve.Params().Name {
		case "P-256":
			return "ES256", true
		case "P-384":
			return "ES384", true
		}
	case *rsa.PublicKey:
		bits := k.N.BitLen()
		return "RS256", bits >= leastRSA && bits <= mostRSA && k.E >= 3 && k.E%2 == 1
	}
	return "", false
}
