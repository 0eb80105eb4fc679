package certificate

import (
	"crypto/x509"
	"time"
)

// Certificate is one that the platform gave to a system.
type Certificate struct {
	Serial        string    `json:"serial" doc:"Serial number, hexadecimal"`
	System        string    `json:"system"`
	Authority     int64     `json:"authority" doc:"Number of the authority that signed it"`
	Thumbprint    string    `json:"thumbprint" doc:"SHA-256 as x5t#S256"`
	PEM           string    `json:"pem"`
	Label         string    `json:"label,omitempty"`
	CreatedAt     time.Time `json:"created_at"`
	CreatedBy     string    `json:"created_by"`
	NotAfter      time.Time `json:"not_after" doc:"End that the certificate itself names"`
	ValidTo       time.Time `json:"valid_to" doc:"End that counts: earlier than not_after once it was replaced"`
	Replaces      string    `json:"replaces,omitempty"`
	ReplacedBy    string    `json:"replaced_by,omitempty"`
	RevokedAt     time.Time `json:"revoked_at,omitzero"`
	RevokedCode   Reason    `json:"revoked_code,omitempty"`
	RevokedReason string    `json:"revoked_reason,omitempty"`

	keyHash   string
	noticedAt time.Time
}

// ValidAt reports that the certificate opens something at the moment.
func (c *Certificate) ValidAt(now time.Time) bool {
	return c.RevokedAt.IsZero() && now.Before(c.ValidTo)
}

// soon is how long before its end a certificate asks for attention.
const soon = 30 * 24 * time.Hour

// EndsSoon reports a certificate whose successor is missing and due.
func (c *Certificate) EndsSoon(now time.Time) bool {
	return c.ValidAt(now) && c.ReplacedBy == "" && c.ValidTo.Sub(now) <= soon
}

// Reason is why a certificate was revoked; the words are those of RFC 5280.
type Reason string

// Reasons that make sense here.
const (
	KeyCompromise      Reason = "key_compromise"
	AffiliationChanged Reason = "affiliation_changed"
	Superseded         Reason = "superseded"
	Cessation          Reason = "cessation_of_operation"
	Withdrawn          Reason = "privilege_withdrawn"
)

var reasonCodes = map[Reason]int{KeyCompromise: 1, AffiliationChanged: 3, Superseded: 4, Cessation: 5, Withdrawn: 9}

// Reasons in the order of the form.
func Reasons() []Reason {
	return []Reason{KeyCompromise, Superseded, AffiliationChanged, Cessation, Withdrawn}
}

// Authority is a signing certificate of the platform.
type Authority struct {
	Number   int64     `json:"number"`
	PEM      string    `json:"pem"`
	NotAfter time.Time `json:"not_after"`
	MadeAt   time.Time `json:"made_at"`

	cert      *x509.Certificate
	sealedKey string
	list      []byte // the revocation list, DER
	listAt    time.Time
	listNo    int64
}
