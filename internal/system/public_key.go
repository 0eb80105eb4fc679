package system

import (
	"crypto"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"strings"

	"github.com/lestrrat-go/jwx/v3/jwk"

	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/secret"
)

// PublicKey is a public key as somebody registers it.
type PublicKey struct {
	KID        string // its own, or its thumbprint when it names none
	Alg        string // the one algorithm that signatures by this key may use
	JWK        string // without any private or superfluous part
	Thumbprint string // RFC 7638, SHA-256
	Public     crypto.PublicKey
}

// ParsePublicKey reads a public key as JWK or PEM. A private key is refused with a sentence of its own: who sends one has
// given it away.
func ParsePublicKey(text string) (PublicKey, error) {
	invalid := fault.New(fault.Invalid, "system.client_key_invalid").At("jwk")
	text = strings.TrimSpace(text)
	if strings.Contains(text, "PRIVATE KEY-----") {
		return PublicKey{}, fault.New(fault.Invalid, "system.key_private").At("jwk")
	}
	if strings.HasPrefix(text, "-----BEGIN ") {
		return parsePEM(text, invalid)
	}
	return parseJWK(text, invalid)
}

func parsePEM(text string, invalid *fault.Fault) (PublicKey, error) {
	block, rest := pem.Decode([]byte(text))
	if block == nil || block.Type != "PUBLIC KEY" || len(strings.TrimSpace(string(rest))) > 0 {
		return PublicKey{}, invalid
	}
	public, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return PublicKey{}, invalid.Because(err)
	}
	return publicKey(public, "", "", invalid)
}

func parseJWK(text string, invalid *fault.Fault) (PublicKey, error) {
	key, err := jwk.ParseKey([]byte(text))
	if err != nil {
		return PublicKey{}, invalid.Because(err)
	}
	if private, err := jwk.IsPrivateKey(key); err == nil && private {
		return PublicKey{}, fault.New(fault.Invalid, "system.key_private").At("jwk")
	}
	if use, has := key.KeyUsage(); has && use != "sig" {
		return PublicKey{}, invalid
	}
	var raw any
	if err := jwk.Export(key, &raw); err != nil {
		return PublicKey{}, invalid.Because(err)
	}
	kid, _ := key.KeyID()
	alg := ""
	if named, has := key.Algorithm(); has {
		alg = named.String()
	}
	return publicKey(raw, kid, alg, invalid)
}

// publicKey writes the key anew, so that what is stored holds nothing but the key, its id and its algorithm.
func publicKey(public crypto.PublicKey, kid, alg string, invalid *fault.Fault) (PublicKey, error) {
	fitting, strong := secret.AlgorithmOf(public)
	switch {
	case !strong:
		return PublicKey{}, invalid
	case alg == "":
		alg = fitting
	case alg != fitting && (fitting != "RS256" || alg != "PS256"):
		return PublicKey{}, invalid
	}
	key, err := jwk.Import(public)
	if err != nil {
		return PublicKey{}, invalid.Because(err)
	}
	sum, err := key.Thumbprint(crypto.SHA256)
	if err != nil {
		return PublicKey{}, invalid.Because(err)
	}
	out := PublicKey{KID: kid, Alg: alg, Thumbprint: base64.RawURLEncoding.EncodeToString(sum), Public: public}
	if out.KID == "" {
		out.KID = out.Thumbprint
	}
	if len(out.KID) > 100 || strings.ContainsFunc(out.KID, func(c rune) bool { return c <= ' ' || c >= 0x7f }) {
		return PublicKey{}, fault.New(fault.Invalid, "system.kid_form").At("jwk")
	}
	for name, value := range map[string]string{jwk.KeyIDKey: out.KID, jwk.AlgorithmKey: out.Alg, jwk.KeyUsageKey: "sig"} {
		if err := key.Set(name, value); err != nil {
			return PublicKey{}, invalid.Because(err)
		}
	}
	clean, err := json.Marshal(key)
	out.JWK = string(clean)
	return out, err
}
