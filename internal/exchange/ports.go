package exchange

import (
	"context"
	"crypto"
	"net/netip"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/kit/fault"
)

// Gate decides and records; flow.Gate is the only one.
type Gate interface {
	// Open returns a permit after the decision is on disk; a refusal is recorded too and names the failed check.
	Open(ctx context.Context, r access.Request) (access.Permit, error)
	// Refuse records a call that failed before it could be judged.
	Refuse(ctx context.Context, r access.Request, why *fault.Fault, check access.Check) error
	// Widen makes room in the quotas for an answer whose size shows only when it is there; before that none of it leaves.
	Widen(p access.Permit, records int64) error
	// Still judges an allowed call again, before an answer that took its time leaves.
	Still(ctx context.Context, p access.Permit) error
	// Close records how an allowed call ended and counts it against the quotas.
	Close(ctx context.Context, p access.Permit, o Outcome)
}

// Outcome is what is known of a call at its end. Its fields are those of flow.Outcome, so that one converts to the other.
type Outcome struct {
	Status   int
	Code     string
	Records  int64
	Persons  int64
	Bytes    int64
	Digest   string
	Subjects []string // keyed hashes
}

// Evidence is what of the audit log the exchange itself writes: tokens issued and refused; and how identifiers are hashed.
type Evidence interface {
	Note(ctx context.Context, recs ...*audit.Record) error
	PersonKey(identifier string) string
}

// Clients knows the calling systems and their credentials.
type Clients interface {
	// Authenticate checks a secret in constant time and with equal effort for unknown clients. A wrong one is a fault of
	// kind Unauthenticated.
	Authenticate(ctx context.Context, clientID, secret string) (Client, error)
	// Find gives a client that is in force by its id, without a proof; else a fault of kind Unauthenticated.
	Find(ctx context.Context, clientID string) (Client, error)
	// Keys are those with which the system may sign its assertions now.
	Keys(ctx context.Context, system string) ([]ClientKey, error)
	// Caller is the system behind a token while the system, its credential and what proved it are in force; else a fault.
	Caller(ctx context.Context, system, credential, proof string) (Caller, error)
	// OfficerKeys are the keys with which the system signs its officers' assertions.
	OfficerKeys(ctx context.Context, system string) ([]OfficerKey, error)
}

// Tuner knows the parameters in force of each connection; connection.Service does.
type Tuner interface {
	Tuning(ctx context.Context, connection string) (Tuning, error)
}

// Tuning bounds each call of a connection: the most records of one page, and how long a provider may take. Zero is no
// bound of its own.
type Tuning struct {
	PageMost int64
	Timeout  time.Duration
}

// Certificates knows the certificates that the platform gave to systems; certificate.Service does.
type Certificates interface {
	// Holder is the system of a certificate that is in force, by its SHA-256 as RFC 8705 writes it; false for all others.
	Holder(ctx context.Context, thumbprint string) (Holder, bool, error)
}

// Holder of a client certificate.
type Holder struct {
	System string
	Until  time.Time
}

// Method is how a client proves itself; the words are those of the OAuth registry.
type Method string

// The methods of the token endpoint.
const (
	BySecret      Method = "client_secret"
	ByAssertion   Method = "private_key_jwt"
	ByCertificate Method = "tls_client_auth"
)

// Client is a credential, authenticated or about to be.
type Client struct {
	System     string
	Credential string
	Actor      access.Actor
	Method     Method
	Until      time.Time      // the credential's own end: no token outlives it
	Addresses  []netip.Prefix // from where the system may call, none for anywhere
	Bound      bool           // the system takes tokens bound to a certificate only
	Stopped    string         // fault code with which each of its calls would be refused, empty when it may call

	Proof      string    // of the key that signed, empty for a secret
	Thumbprint string    // of the certificate that the token is bound to
	Once       string    // names the assertion, which opens one time
	OnceEnds   time.Time // after which it opens nothing anyway
}

// life is how long a token of the client may be used.
func (c Client) life(now time.Time) time.Duration {
	if left := c.Until.Sub(now); !c.Until.IsZero() && left < TokenLife {
		return left
	}
	return TokenLife
}

// end makes the token end no later than a part of its proof.
func (c *Client) end(at time.Time) {
	if c.Until.IsZero() || at.Before(c.Until) {
		c.Until = at
	}
}

// Caller is the system behind a token.
type Caller struct {
	Actor access.Actor
	Bound bool // its tokens must be bound to a certificate
}

// ClientKey is a public key with the one algorithm for it.
type ClientKey struct {
	KID    string
	Alg    string
	Public crypto.PublicKey
	Proof  string // what a token that was given for it carries
	Until  time.Time
}

// OfficerKey is a registered public key: Ed25519, ECDSA P-256 or RSA of at least 2048 bits.
type OfficerKey struct {
	ID     string
	Public crypto.PublicKey
}

// Reader reads published versions. It applies the permit's rows and masks and gives no column but the permit's.
type Reader interface {
	// Version is the number of the version that Page would read now. It changes whenever an answer could.
	Version(ctx context.Context, p access.Permit) (int64, error)
	Page(ctx context.Context, p access.Permit, q Query) (Page, error)
}

// Op is a comparison of a filter.
type Op string

const (
	Equal   Op = "eq"
	In      Op = "in"
	AtLeast Op = "gte"
	AtMost  Op = "lte"
)

// Filter is one condition; all of a query must hold.
type Filter struct {
	Column string
	Op     Op
	Values []string
}

// Query asks for one page in the order of the dataset's key.
type Query struct {
	Filters []Filter
	Limit   int
	After   string // Page.Next of the page before
}

// Page is one page of records.
type Page struct {
	Version  int64
	DataTime time.Time
	Rows     [][]any  // in the order of the permit's columns, masked: nil, bool, string, json.Number, integers, time.Time
	Subjects []string // keyed hashes of the persons in the rows, each once
	Next     string   // position after the last row, empty at the end
}

// Datasets describes datasets for the shape of calls; it says nothing of rights.
type Datasets interface {
	Describe(ctx context.Context, code string) (Description, error)
}

// Description of a dataset's published schema.
type Description struct {
	Version int64
	Fields  []Field
}

// Field of a dataset.
type Field struct {
	Name       string
	Title      string
	Type       string
	Key        bool
	Identifier bool // identifies a person: may not stand in an address
}
