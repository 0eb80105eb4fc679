package system

import (
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/vitext"
)

// Category is the group of Điều 8.2, points a to e.
type Category string

const (
	Procedures Category = "procedures" // a: administrative procedures and online public services
	Documents  Category = "documents"  // b: documents and work
	Sector     Category = "sector"     // c: sector databases
	Steering   Category = "steering"   // d: IOC and steering
	Demand     Category = "demand"     // đ: others that use or provide data
	Ordered    Category = "ordered"    // e: ordered by the People's Committee
)

// Categories in the order of the regulation.
func Categories() []Category {
	return []Category{Procedures, Documents, Sector, Steering, Demand, Ordered}
}

// Layer of the provincial data architecture (Điều 5.2).
type Layer string

const (
	LayerSource      Layer = "source"
	LayerIntegration Layer = "integration"
	LayerStorage     Layer = "storage"
	LayerUse         Layer = "use"
)

// Layers in the order of the regulation.
func Layers() []Layer { return []Layer{LayerSource, LayerIntegration, LayerStorage, LayerUse} }

// System is one information system.
type System struct {
	ID         string         `json:"id" doc:"Permanent code: lower-case letters, digits, hyphens" example:"tthc"`
	Name       string         `json:"name"`
	Owner      string         `json:"owner" doc:"Code of the owner agency"`
	Operator   string         `json:"operator,omitempty" doc:"Who runs it"`
	Vendor     string         `json:"vendor,omitempty"`
	Category   Category       `json:"category" enum:"procedures,documents,sector,steering,demand,ordered"`
	Layer      Layer          `json:"layer" enum:"source,integration,storage,use"`
	Address    string         `json:"address,omitempty"`
	Technology string         `json:"technology,omitempty"`
	API        API            `json:"api,omitempty" enum:"none,planned,ready" doc:"Whether other systems can call it: none, planned or ready"`
	APINote    string         `json:"api_note,omitempty" doc:"Its interfaces and their standards"`
	Contact    string         `json:"contact,omitempty" doc:"Technical contact of the office, not a private person"`
	Security   string         `json:"security_contact,omitempty" doc:"Whom to call in a security incident: the office, not a private person"`
	Sources    []netip.Prefix `json:"sources,omitempty" doc:"Networks from which it may call; none means any"`

	Level          int       `json:"level" doc:"Approved security level 1-5, 0 when none"`
	LevelAuthority string    `json:"level_authority,omitempty" doc:"Who approved it"`
	LevelDecision  string    `json:"level_decision,omitempty"`
	LevelDecidedAt time.Time `json:"level_decided_at,omitzero" doc:"Day of the decision"`
	LevelValidTo   time.Time `json:"level_valid_to,omitzero"`
	LevelReviewAt  time.Time `json:"level_review_at,omitzero" doc:"Day of the next review"`
	CheckedAt      time.Time `json:"checked_at,omitzero" doc:"Last security check"`

	Exception *Exception `json:"exception,omitempty" doc:"Temporary leave to be live without an approved level"`

	Suspended       bool   `json:"suspended"`
	SuspendedReason string `json:"suspended_reason,omitempty"`

	CertificateBound bool `json:"certificate_bound" doc:"Only tokens bound to a certificate of the system open anything (RFC 8705)"`

	CreatedAt time.Time `json:"created_at"`
	ChangedAt time.Time `json:"changed_at" history:"quiet"`
	Revision  int64     `json:"revision" history:"quiet" doc:"Grows with each change; send it back with yours"`
}

// API tells whether other systems can call a system.
type API string

const (
	APINone    API = "none"
	APIPlanned API = "planned"
	APIReady   API = "ready"
)

// APIs in the order of the form; a system of before may have said nothing yet.
func APIs() []API { return []API{APIReady, APIPlanned, APINone} }

// reserved reports a word that is a page beside those of systems: /system/new is the form.
func reserved(id string) bool {
	return slices.Contains([]string{"new", "level", "import", "status", "progress"}, id)
}

var idForm = regexp.MustCompile(`^[a-z][a-z0-9-]{1,38}[a-z0-9]$`)

// check tells every mistake of a new or changed system.
func (s *System) check() error {
	s.Name = strings.TrimSpace(vitext.NFC(s.Name))
	var wrong []*fault.Fault
	at := func(field, code string, args ...any) {
		wrong = append(wrong, fault.New(fault.Invalid, code, args...).At(field))
	}
	if !idForm.MatchString(s.ID) || reserved(s.ID) {
		at("id", "system.id_form")
	}
	if s.API != "" && !slices.Contains(APIs(), s.API) {
		at("api", "system.api_unknown", s.API)
	}
	if n := len([]rune(s.Name)); n < 5 || n > 200 {
		at("name", "system.name_length")
	}
	if vitext.Suspicious(s.Name) {
		at("name", "system.name_lookalike")
	}
	if !slices.Contains(Categories(), s.Category) {
		at("category", "system.category_unknown", s.Category)
	}
	if !slices.Contains(Layers(), s.Layer) {
		at("layer", "system.layer_unknown", s.Layer)
	}
	if s.Owner == "" {
		at("owner", "system.owner_missing")
	}
	if !addressValid(s.Address) {
		at("address", "system.address_form")
	}
	return fault.Collect(wrong...)
}

// addressValid: an address is shown as a link, so it is one of the web or none.
func addressValid(text string) bool {
	if text == "" {
		return true
	}
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.User == nil && len(text) <= 300
}

// Credential is a client id with what proves it: the hash of its secret, or a key or certificate of the system.
type Credential struct {
	ID            string    `json:"id"`
	System        string    `json:"system"`
	ClientID      string    `json:"client_id"`
	Connection    string    `json:"connection,omitempty"`
	Label         string    `json:"label"`
	CreatedAt     time.Time `json:"created_at"`
	CreatedBy     string    `json:"created_by"`
	ValidTo       time.Time `json:"valid_to"`
	PickedUpAt    time.Time `json:"picked_up_at,omitzero" doc:"Absent while the system's agency has not taken the secret"`
	PickedUpBy    string    `json:"picked_up_by,omitempty"`
	RevokedAt     time.Time `json:"revoked_at,omitzero"`
	RevokedReason string    `json:"revoked_reason,omitempty"`
	Method        Method    `json:"method" enum:"client_secret,private_key_jwt,tls_client_auth"`

	hash string
}

// ValidAt reports that the credential opens something at the moment.
func (c *Credential) ValidAt(now time.Time) bool {
	return c.RevokedAt.IsZero() && now.Before(c.ValidTo)
}

// Waiting reports that nobody has picked the secret up: there is none yet, and the credential opens nothing.
func (c *Credential) Waiting() bool { return c.hash == "" && c.Method == BySecret }

// OfficerKey is a public key with which the system signs what its officers do.
type OfficerKey struct {
	ID        string    `json:"kid"`
	JWK       string    `json:"jwk"`
	CreatedAt time.Time `json:"created_at"`
}
