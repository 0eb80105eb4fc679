package consumer

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jwk"
	"github.com/lestrrat-go/jwx/v3/jws"
)

// life of an assertion: it says who acts now, and must not be older than a minute.
const life = 55 * time.Second

// Officers signs who acts at the calling system, with a key that the system has registered.
type Officers struct {
	agency  string
	private jwk.Key
	public  string
}

// NewOfficers takes the system's Ed25519 key of that id and the agency for which its officers act.
func NewOfficers(agency, kid string, private ed25519.PrivateKey) (*Officers, error) {
	key, err := jwk.Import(private)
	if err != nil {
		return nil, fmt.Errorf("read the system's key: %w", err)
	}
	if err := key.Set(jwk.KeyIDKey, kid); err != nil {
		return nil, fmt.Errorf("name the system's key: %w", err)
	}
	public, err := key.PublicKey()
	if err != nil {
		return nil, fmt.Errorf("read the public part of the system's key: %w", err)
	}
	text, err := json.Marshal(public)
	if err != nil {
		return nil, fmt.Errorf("write the public key: %w", err)
	}
	return &Officers{agency: agency, private: key, public: string(text)}, nil
}

// PublicJWK is what the system registers with the platform.
func (o *Officers) PublicJWK() string { return o.public }

// Sign makes the compact JWS of one call: subject, agency, a number used once, and less than a minute of life.
func (o *Officers) Sign(officer string, now time.Time) (string, error) {
	var once [16]byte
	if _, err := rand.Read(once[:]); err != nil {
		return "", fmt.Errorf("sign for an officer: %w", err)
	}
	claims, err := json.Marshal(map[string]any{
		"sub": officer, "agency": o.agency, "jti": hex.EncodeToString(once[:]), "iat": now.Unix(), "exp": now.Add(life).Unix(),
	})
	if err != nil {
		return "", fmt.Errorf("sign for an officer: %w", err)
	}
	signed, err := jws.Sign(claims, jws.WithKey(jwa.EdDSA(), o.private))
	if err != nil {
		return "", fmt.Errorf("sign for an officer: %w", err)
	}
	return string(signed), nil
}
