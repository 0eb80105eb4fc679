package audit

import "time"

// Kind says which half of the story a record tells.
type Kind string

const (
	KindDecision Kind = "decision" // an access was allowed or refused; written before any data moves
	KindOutcome  Kind = "outcome"  // how the access named in Of ended
	KindChange   Kind = "change"   // a state was changed, somebody signed in, the log was read
)

// Channels of the regulation's access record.
const (
	ChannelGateway   = "gateway"
	ChannelWarehouse = "warehouse"
	ChannelScreen    = "screen"
	ChannelFile      = "file"
	ChannelPortal    = "portal"
	ChannelJob       = "job"
	ChannelAdmin     = "admin"
	ChannelImported  = "imported"
	ChannelOther     = "other"
)

// Results and reasons of a decision.
const (
	Allow   = "allow"
	Deny    = "deny"
	Partial = "partial"

	ReasonOK      = "OK"
	ReasonAuthn   = "AUTHN"
	ReasonRole    = "ROLE"
	ReasonGrant   = "GRANT"
	ReasonPurpose = "PURPOSE"
	ReasonScope   = "SCOPE"
	ReasonTime    = "TIME"
	ReasonQuota   = "QUOTA"
	ReasonState   = "STATE"
	ReasonSecret  = "SECRET"
	ReasonLevel   = "LEVEL"
)

// StatusUnknown is the outcome of an access whose end nobody saw: the program stopped before it.
const StatusUnknown = "unknown"

// Record is one entry of the access log of Điều 24.4. It holds no personal value: identifiers only as PersonKey.
// Encode gives its canonical JSON, which is the leaf of the Merkle tree.
type Record struct {
	Kind     Kind              `json:"kind"`
	ID       string            `json:"id"`                   // request id (ULID) or UUIDv7; filled when empty
	Of       string            `json:"of,omitempty"`         // outcome: id of the decision it closes
	Request  string            `json:"request_id,omitempty"` // change: the exchange or page request that led to it
	At       time.Time         `json:"ts"`                   // filled when zero
	ClockOK  bool              `json:"clock_ok"`             // filled by the log
	Channel  string            `json:"channel"`
	Event    string            `json:"event"` // "data.read", "grant.create", …
	Actor    Actor             `json:"actor,omitzero"`
	Client   Client            `json:"client,omitzero"`
	Target   Target            `json:"target,omitzero"`
	Purpose  Purpose           `json:"purpose,omitzero"`
	Content  Content           `json:"content,omitzero"`
	Decision Decision          `json:"decision,omitzero"`
	Result   Result            `json:"result,omitzero"`
	Duration int64             `json:"duration_ms,omitempty"`
	Anomaly  Anomaly           `json:"anomaly,omitzero"`
	Subject  string            `json:"subject,omitempty"` // change: what was changed, "access.grant/0191…"
	Reason   string            `json:"reason,omitempty"`  // why, in the actor's words: log reading, emergency
	Detail   map[string]string `json:"detail,omitempty"`  // change: what else there is to know; never personal values
	Version  int64             `json:"version,omitempty"` // change: number of the state it left, see Log.Keep
	State    string            `json:"state,omitempty"`   // change: digest of that state
	Changes  []Changed         `json:"changes,omitempty"` // change: what was before and became after, sensitive values hashed

	Seq int64 `json:"-"` // leaf index; known when the record is on disk
}

// Changed is one member of a state before and after a change.
type Changed struct {
	Field  string `json:"field,omitempty"`
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`
}

// Actor is who did it, with names as they were at the time.
type Actor struct {
	Type       string `json:"type,omitempty"` // user, system, public, job
	AccountID  string `json:"account_id,omitempty"`
	Name       string `json:"name_snapshot,omitempty"`
	AgencyCode string `json:"agency_code,omitempty"`
	Role       string `json:"role,omitempty"`
	Auth       string `json:"auth,omitempty"` // pwd+totp, mtls, oauth2, apikey, sso, none
}

// Client is from where.
type Client struct {
	SystemID        string `json:"system_id,omitempty"`
	IP              string `json:"ip,omitempty"` // of public visitors only the network, see PublicIP
	UserAgentHash   string `json:"user_agent_hash,omitempty"`
	CertFingerprint string `json:"cert_fpr,omitempty"`
}

// Target is what was asked for.
type Target struct {
	Dataset    string `json:"dataset_code,omitempty"`
	Version    string `json:"version,omitempty"`
	Owner      string `json:"owner_code,omitempty"`
	Connection string `json:"connection_id,omitempty"`
	Grant      string `json:"grant_id,omitempty"`
	RequestNo  string `json:"request_no,omitempty"`
	Operation  string `json:"operation,omitempty"` // method and route template, no raw query
}

// Purpose is what for.
type Purpose struct {
	Code      string `json:"code,omitempty"`
	CaseRef   string `json:"case_ref,omitempty"`
	Procedure string `json:"procedure,omitempty"`
}

// Content is which data, without the data.
type Content struct {
	Fields               []string  `json:"fields,omitempty"`
	Filter               string    `json:"filter,omitempty"` // normalised, values as PersonKey
	SubjectKeys          []string  `json:"subject_keys,omitempty"`
	SubjectKeysTruncated bool      `json:"subject_keys_truncated,omitempty"`
	KeyID                string    `json:"hmac_kid,omitempty"`
	Records              int64     `json:"records,omitempty"`
	Persons              int64     `json:"persons,omitempty"`
	Bytes                int64     `json:"bytes,omitempty"`
	Digest               string    `json:"digest,omitempty"` // "sha256:…" of what was answered
	Classes              []string  `json:"classes,omitempty"`
	Masked               []string  `json:"masked,omitempty"`
	DataTime             time.Time `json:"data_time,omitzero"`
}

// Decision is the verdict and the first check that failed.
type Decision struct {
	Result        string `json:"result,omitempty"`
	Reason        string `json:"reason,omitempty"`
	PolicyVersion string `json:"policy_version,omitempty"`
}

// Result is what the caller got.
type Result struct {
	Status    string `json:"status,omitempty"` // HTTP status as text, "ok", "failed", or StatusUnknown
	ErrorCode string `json:"error_code,omitempty"`
}

// Anomaly is what looked wrong.
type Anomaly struct {
	Flags      []string `json:"flags,omitempty"`
	Score      int64    `json:"score,omitempty"`
	RuleIDs    []string `json:"rule_ids,omitempty"`
	IncidentID string   `json:"incident_id,omitempty"`
}

// MaxSubjectKeys is how many persons one record names; more are counted and marked as truncated.
const MaxSubjectKeys = 100

// open reports whether an outcome must follow: a refusal is its own end.
func (r *Record) open() bool { return r.Kind == KindDecision && r.Decision.Result != Deny }
