package catalog

import (
	"context"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"lienthong/internal/dictionary"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/vitext"
)

// ID is the internal identity of a dataset.
type ID string

// Code is what everyone calls a dataset for ever: agency code, slash, slug ("H38.05/ho-ngheo").
type Code string

var slugPattern = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// Valid reports whether the code has its form.
func (c Code) Valid() bool {
	agency, slug, found := strings.Cut(string(c), "/")
	return found && dictionary.ValidAgencyCode(agency) && len(slug) <= 80 && slugPattern.MatchString(slug)
}

// Form is the form of data of Điều 3.1.
type Form string

const (
	FormTable    Form = "table"
	FormDocument Form = "document"
	FormImage    Form = "image"
	FormAudio    Form = "audio"
	FormGeodata  Form = "geodata"
	FormOther    Form = "other"
)

// Forms lists all forms.
func Forms() []Form {
	return []Form{FormTable, FormDocument, FormImage, FormAudio, FormGeodata, FormOther}
}

// Method is how a dataset is shared, in the order of preference of Điều 10.
type Method string

const (
	MethodAPI          Method = "api"
	MethodSyncPeriodic Method = "sync_periodic"
	MethodSyncEvent    Method = "sync_event"
	MethodWarehouse    Method = "warehouse"
	MethodFile         Method = "file"
	MethodOther        Method = "other"
)

// Methods lists all methods, the preferred first.
func Methods() []Method {
	return []Method{MethodAPI, MethodSyncPeriodic, MethodSyncEvent, MethodWarehouse, MethodFile, MethodOther}
}

// Formats lists the formats in which data is shared (Điều 7.3g).
func Formats() []string { return []string{"JSON", "XML", "CSV", "XLSX"} }

// Manual reports a method that needs a reason and a date for automation.
func (m Method) Manual() bool { return m == MethodFile || m == MethodOther }

// Declaration is the signed statement that the data is not a state secret.
type Declaration struct {
	By     string    `json:"by"` // account id
	ByName string    `json:"by_name"`
	At     time.Time `json:"at"`
}

// Attestation is the steward's responsibility for quality and completeness.
type Attestation struct {
	By     string    `json:"by"`
	ByName string    `json:"by_name"`
	At     time.Time `json:"at"`
}

// OnFailure says what a delivery with failing rows does.
type OnFailure string

const (
	HoldDelivery OnFailure = "hold_delivery" // nothing is published while one row fails
	HoldRows     OnFailure = "hold_rows"     // failing rows wait in quarantine, the rest is published
)

// LoadRules are the owner's settings for deliveries.
type LoadRules struct {
	OnFailure     OnFailure `json:"on_failure"`
	MinValidShare float64   `json:"min_valid_share"` // below it HoldRows holds the delivery, as parameter D6 says
}

// DefaultLoadRules are those of parameter D6.
func DefaultLoadRules() LoadRules { return LoadRules{OnFailure: HoldRows, MinValidShare: 0.95} }

// Dataset is one entry of the register.
type Dataset struct {
	ID               ID               `json:"id"`
	Code             Code             `json:"code"`
	Name             string           `json:"name"`
	Owner            string           `json:"owner"` // agency code; invariant 1
	Description      string           `json:"description"`
	Sharing          Sharing          `json:"sharing"`
	Method           Method           `json:"method"`
	MethodReason     string           `json:"method_reason,omitempty"`
	AutomateBy       dictionary.Day   `json:"automate_by"`
	Frequency        Frequency        `json:"frequency"`
	MaxDelay         Minutes          `json:"max_delay_minutes,omitempty"`
	Standards        []string         `json:"standards,omitempty"`
	Formats          []string         `json:"formats,omitempty"` // JSON, XML, CSV, XLSX
	LegalBasis       string           `json:"legal_basis"`
	Form             Form             `json:"form"`
	Classification   Classification   `json:"classification"`
	Class            dictionary.Class `json:"class"`
	Persons          int64            `json:"persons,omitempty"`        // distinct persons in the data as the owner says; 0 when none or not known
	SamplePersons    int64            `json:"sample_persons,omitempty"` // distinct persons that a sample file held
	Lowered          *Lowered         `json:"lowered,omitempty"`        // set while the class stands below what is suggested
	Proposal         *Proposal        `json:"proposal,omitempty"`       // waits for a second person
	ProposalNote     string           `json:"proposal_note,omitempty"`  // why the last proposal was refused
	LabelsAsked      bool             `json:"labels_asked,omitempty"`   // the operator has asked the owner to classify it
	ReplicaOf        Code             `json:"replica_of,omitempty"`     // the dataset of which this one is a copy (Điều 4.3)
	OfficialSystem   string           `json:"official_system"`          // id of the one system that may deliver
	Declaration      *Declaration     `json:"declaration,omitempty"`
	Attestation      *Attestation     `json:"attestation,omitempty"`
	Load             LoadRules        `json:"load"`
	State            State            `json:"state"`
	StateBefore      State            `json:"state_before,omitempty"` // what a suspended dataset goes back to
	Note             string           `json:"note,omitempty"`         // comments of a return, reason of a suspension
	RegisteredBy     string           `json:"registered_by,omitempty"`
	ReviewedBy       string           `json:"reviewed_by,omitempty"`
	Release          string           `json:"release,omitempty"` // decision that issued it
	Replacement      Code             `json:"replacement,omitempty"`
	SchemaVersion    int              `json:"schema_version"` // in force; 0 while there is none
	PendingSchema    int              `json:"pending_schema,omitempty"`
	CreatedAt        time.Time        `json:"created_at"`
	ChangedAt        time.Time        `json:"changed_at" history:"quiet"`
	StateChangedAt   time.Time        `json:"state_changed_at"`
	FirstPublishedAt time.Time        `json:"first_published_at,omitzero"`
	Revision         int64            `json:"revision" history:"quiet"`
}

const minDescription = 50

// checkDraft says what would keep even a draft from being saved.
func (d Dataset) checkDraft() error {
	c := collector{}
	c.when(!d.Code.Valid(), "code", "catalog.bad_code", d.Code)
	c.when(strings.TrimSpace(d.Name) == "", "name", "catalog.name_missing")
	c.when(vitext.Suspicious(d.Name), "name", "catalog.name_lookalike")
	c.when(d.Owner == "", "owner", "catalog.owner_required")
	c.when(d.Persons < 0 || d.SamplePersons < 0, "persons", "catalog.persons_negative")
	for _, f := range d.Formats {
		c.when(!contains(Formats(), f), "formats", "catalog.format_unknown", f)
	}
	c.stamps(map[string]string{"name": d.Name, "description": d.Description, "legal_basis": d.LegalBasis, "code": string(d.Code)})
	return c.err()
}

// checkComplete says everything that a registration still lacks: the seven fields of Điều 7.3, classification,
// declaration and attestation.
func (d Dataset) checkComplete(s *Schema) error {
	c := collector{}
	c.join(d.checkDraft())
	c.when(utf8.RuneCountInString(strings.TrimSpace(d.Description)) < minDescription, "description", "catalog.description_short", minDescription)
	c.faults = append(c.faults, d.Sharing.check(s)...)
	c.when(!contains(Methods(), d.Method), "method", "catalog.method_missing")
	c.when(d.Method.Manual() && (strings.TrimSpace(d.MethodReason) == "" || d.AutomateBy == dictionary.NoDay), "method_reason", "catalog.method_reason_missing")
	c.when(!d.Frequency.Valid(), "frequency", "catalog.frequency_missing")
	c.when(d.Frequency == OnEvent && d.MaxDelay <= 0, "max_delay", "catalog.max_delay_missing")
	c.when(len(d.Formats) == 0 && len(d.Standards) == 0, "formats", "catalog.formats_missing")
	c.when(strings.TrimSpace(d.LegalBasis) == "", "legal_basis", "catalog.legal_basis_missing")
	c.when(!contains(Forms(), d.Form), "form", "catalog.form_missing")
	c.when(!d.Classification.Nature.Valid() || !d.Classification.Scope.Valid(), "classification", "catalog.classification_missing")
	c.when(!d.Class.Valid(), "class", "catalog.class_missing")
	c.when(d.OfficialSystem == "", "official_system", "catalog.official_system_missing")
	c.when(d.Declaration == nil, "declaration", "catalog.declaration_missing")
	c.when(d.Attestation == nil, "attestation", "catalog.attestation_missing")
	c.when(d.Form == FormTable && s == nil, "schema", "catalog.schema_missing")
	if s != nil && d.Class.Valid() {
		c.when(d.Class.Rank() < s.Class().Rank(), "class", "catalog.class_too_low", s.Class())
	}
	return c.err()
}

// Missing says what a registration still lacks before it can be sent: every fault that Register would answer but those of
// the statements that are made by sending it.
func (s *Service) Missing(ctx context.Context, d Dataset, schema *Schema) ([]*fault.Fault, error) {
	d.Declaration, d.Attestation = &Declaration{}, &Attestation{}
	return s.lacks(ctx, d, schema)
}

// lacks is everything that keeps a registration from being complete now.
func (s *Service) lacks(ctx context.Context, d Dataset, schema *Schema) ([]*fault.Fault, error) {
	c := collector{}
	c.join(d.checkComplete(schema))
	c.when(d.Method.Manual() && d.AutomateBy != dictionary.NoDay && d.AutomateBy <= dictionary.DayOf(s.Clock.Now()), "automate_by", "catalog.automate_past")
	suggestion, err := s.Suggest(ctx, d, schema)
	if err != nil {
		return nil, err
	}
	if below := d.below(suggestion); below != nil {
		c.faults = append(c.faults, below)
	}
	return c.faults, nil
}

// collector gathers the faults of one input.
type collector struct{ faults []*fault.Fault }

func (c *collector) when(wrong bool, field, code string, args ...any) {
	if wrong {
		c.faults = append(c.faults, fault.New(fault.Invalid, code, args...).At(field))
	}
}

// stamps upholds invariant 4.
func (c *collector) stamps(fields map[string]string) {
	for field, text := range fields {
		if stamp, found := SecretStamp(text); found {
			c.faults = append(c.faults, fault.New(fault.Invalid, "catalog.secret_marking", stamp).At(field))
		}
	}
}

func (c *collector) join(err error) {
	if err == nil {
		return
	}
	f := fault.Of(err)
	if len(f.Items) > 0 {
		c.faults = append(c.faults, f.Items...)
		return
	}
	c.faults = append(c.faults, f)
}

func (c *collector) err() error { return fault.Collect(c.faults...) }

func contains[T comparable](all []T, one T) bool {
	for _, x := range all {
		if x == one {
			return true
		}
	}
	return false
}
