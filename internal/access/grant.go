package access

import (
	"net/netip"
	"time"
)

// Level is one of the four rights of Điều 21.3. They are not a ladder.
type Level string

const (
	LevelView   Level = "view"
	LevelUse    Level = "use"
	LevelUpdate Level = "update"
	LevelShare  Level = "share"
)

// Known reports one of the four levels.
func (l Level) Known() bool {
	return l == LevelView || l == LevelUse || l == LevelUpdate || l == LevelShare
}

// GrantStatus is the only thing of a grant that changes in place.
type GrantStatus string

const (
	GrantActive    GrantStatus = "active"
	GrantSuspended GrantStatus = "suspended"
	GrantEnded     GrantStatus = "ended"
)

// SubjectType says to whom a grant is given.
type SubjectType string

const (
	SubjectSystem     SubjectType = "system"
	SubjectAccount    SubjectType = "account"
	SubjectAgencyRole SubjectType = "agency_role"
)

// Subject is the receiver of a grant: a system, an account, or a role in an agency (ID = agency code + "/" + role).
type Subject struct {
	Type SubjectType `json:"type"`
	ID   string      `json:"id"`
}

// RowRule keeps only rows whose column holds one of the values. All rules of a grant must hold.
type RowRule struct {
	Column string   `json:"column"`
	In     []string `json:"in"`
}

// Conditions of a grant: zero means "no such condition", except that a grant on personal data always has quotas.
type Conditions struct {
	Addresses       []netip.Prefix `json:"addresses,omitempty"`
	HourFrom        int            `json:"hour_from,omitempty"` // local hour, inclusive
	HourTo          int            `json:"hour_to,omitempty"`   // local hour, exclusive; 0 with HourFrom 0 means the whole day
	CaseRequired    bool           `json:"case_required,omitempty"`
	OfficerRequired bool           `json:"officer_required,omitempty"`
	StrongAuth      bool           `json:"strong_auth,omitempty"`
	CallsPerMinute  int64          `json:"calls_per_minute,omitempty"`
	CallsPerDay     int64          `json:"calls_per_day,omitempty"`
	RecordsPerCall  int64          `json:"records_per_call,omitempty"`
	RecordsPerDay   int64          `json:"records_per_day,omitempty"`
	PersonsPerDay   int64          `json:"persons_per_day,omitempty"`
}

// Grant is a right that a request, approved, has given (requirements section 6.1). It is immutable but for its status.
type Grant struct {
	ID            string      `json:"id"`
	Version       int64       `json:"version"`
	Number        string      `json:"number"` // Q-000231
	Subject       Subject     `json:"subject"`
	Agency        string      `json:"agency"` // agency of the subject
	Level         Level       `json:"level"`
	Dataset       string      `json:"dataset"`
	SchemaVersion int64       `json:"schema_version"`
	Purposes      []string    `json:"purposes"`
	Columns       []Column    `json:"columns"`
	Rows          []RowRule   `json:"rows,omitempty"`
	Operations    []string    `json:"operations,omitempty"` // of a provider's service: "GET /ho-so/{id}"
	Recipients    []string    `json:"recipients,omitempty"` // of a SHARE grant: agency codes
	Conditions    Conditions  `json:"conditions"`
	Connection    string      `json:"connection"`
	RequestID     string      `json:"request_id"`
	LegalBasis    string      `json:"legal_basis"`
	ApprovedBy    string      `json:"approved_by"`
	ValidFrom     time.Time   `json:"valid_from"`
	ValidTo       time.Time   `json:"valid_to"`
	Status        GrantStatus `json:"status"`
	HeldBy        string      `json:"held_by,omitempty" doc:"What keeps the grant suspended beside its connection: review/ and the id of the item, or ask/ and its id"`
	PolicyVersion string      `json:"policy_version"`
	Implicit      bool        `json:"implicit,omitempty"` // own-agency data, from the role
}

// Column finds the granted column of that name.
func (g *Grant) Column(name string) (Column, bool) {
	for _, c := range g.Columns {
		if c.Name == name {
			return c, true
		}
	}
	return Column{}, false
}
