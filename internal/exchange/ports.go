package exchange

import (
	"context"
	"crypto"
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
	// Actor is the system behind a token while system and credential are in force; else a fault.
	Actor(ctx context.Context, system, credential string) (access.Actor, error)
	// OfficerKeys are the keys with which the system signs its officers' assertions.
	OfficerKeys(ctx context.Context, system string) ([]OfficerKey, error)
}

// Client is an authenticated credential.
type Client struct {
	System     string
	Credential string
	Actor      access.Actor
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
