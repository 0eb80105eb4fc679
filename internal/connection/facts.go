package connection

import (
	"context"
	"slices"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/kit/controldb"
)

// Field of a dataset as the appraisal sees it.
type Field struct {
	Name  string       `json:"name"`
	Label string       `json:"label"`
	Class access.Class `json:"class"`
	Key   bool         `json:"key,omitempty"`
}

// Dataset is what the process needs to know of a dataset.
type Dataset struct {
	Code             string
	Name             string
	Owner            string // agency code
	SchemaVersion    int64
	Shareable        bool // registered, reviewed, not suspended or ending
	Fields           []Field
	Listed           string   // decision that issued the catalogue in force with this dataset; empty when none
	MissingDocuments []string // mandatory technical documents that the owner has not given (Điều 12.6b)
	Supply                    // by the warehouse, by providers' services
	RegisterKept     bool     // the register of personal-data processing is kept, so its entries count
	RegisterPurposes []string // purposes of its entry in the personal-data register
	SharedFields     []string // fields of the entry's sharing scope; nil when there is no scope to compare
	Provider         string   // id of the system that delivers it
	// Outside says what of the need of an agency lies beyond the issued entry's sharing scope; nil when there is none.
	Outside func(n Need, who Agency) []Reason
}

// Field finds a field by name.
func (d Dataset) Field(name string) (Field, bool) {
	for _, f := range d.Fields {
		if f.Name == name {
			return f, true
		}
	}
	return Field{}, false
}

// FieldOr finds a field by name, or describes an unknown one as the most protected.
func (d Dataset) FieldOr(name string) Field {
	if f, ok := d.Field(name); ok {
		return f
	}
	return Field{Name: name, Label: name, Class: access.ClassCore}
}

// class of a field; what the dataset does not describe counts as the most protected.
func (d Dataset) class(name string) access.Class {
	return d.FieldOr(name).Class
}

// Personal reports that the scope holds data of persons.
func (d Dataset) Personal(s Scope) bool { return d.personal(s.fields()) }

func (d Dataset) personal(fields []string) bool {
	for _, name := range fields {
		if c := d.class(name); c.Personal() || c == access.ClassCore {
			return true
		}
	}
	return false
}

// System is what the process needs to know of the consuming information system.
type System struct {
	ID            string
	Name          string
	Agency        string
	Suspended     bool
	SecurityLevel int // approved level, 0 when there is none in force
	LevelValidTo  time.Time
	CheckedAt     time.Time // last security check
	CheckValid    bool
	Listed        string // decision that issued the list of mandatory systems in force with this system
}

// Agency is what the process needs to know of an agency.
type Agency struct {
	Code          string
	Name          string
	Active        bool
	Ended         bool // it exists no more
	ActiveSteward bool
	Kind          string // of Điều 2, as sharing scopes name it
	Commune       string // code of its own commune, for scopes limited to one's own
}

// Purpose of the controlled list.
type Purpose struct {
	Active     bool
	Procedural bool // serves administrative procedures, so their codes must be named
}

// Sources tell what other slices own; app wires them. A missing thing is a NotFound fault.
type Sources struct {
	Dataset func(ctx context.Context, code string) (Dataset, error)
	System  func(ctx context.Context, id string) (System, error)
	// Supply says by which ways the dataset can be had; nil: by the warehouse alone.
	Supply func(ctx context.Context, dataset string) (Supply, error)
	Agency func(ctx context.Context, code string) (Agency, error)
	// LegalBasis adds to a legal basis what Điều 2.2 says of central vertical agencies, when one of the codes is theirs;
	// nil: nothing.
	LegalBasis func(ctx context.Context, basis string, codes ...string) (string, error)
	// Revoke takes away the credentials issued for the connection, in the caller's transaction.
	Revoke func(ctx context.Context, q controldb.Querier, who access.Actor, system, connection, reason string) error
	// Register gives the purposes of the dataset's entry in the register of personal-data processing; nil: it has none.
	Register func(ctx context.Context, dataset string) ([]string, error)
	// Violations counts open violations of high severity of the agency or its system; nil: none are known.
	Violations func(ctx context.Context, agency, system string) (int, error)
	// Expiring hears of a live connection whose last day is at most that many days away, in the transaction that notes it;
	// may be nil.
	Expiring func(ctx context.Context, q controldb.Querier, r *Request, days int) error
	// Stepped hears of every step in its transaction, for the inbox of those whose move it is; may be nil.
	Stepped func(ctx context.Context, q controldb.Querier, r *Request, s Step) error
}

// Facts is all that the guards rest on, read at one moment.
type Facts struct {
	Now       time.Time
	By        Person // who takes the step
	Requester string // agency of the one who registers
	Steward   bool   // the requesting agency is active and has an active steward

	LegalBasis string // of the need, with what Điều 2.2 adds to it

	RequesterKnown bool // the register of agencies has the requesting agency
	RequesterEnded bool // the requesting agency is known and exists no more

	Dataset  Dataset
	System   System
	Agency   Agency // that registers
	Purposes map[string]Purpose

	Providers  []System // whose data is asked: that delivers the dataset, and those whose services are called
	Violations int      // open, of high severity
	Limits     Limits

	Config *Config // newest version
	Review *Review // of the newest version
	Run    *Run    // newest run
}

// Beyond reports a field outside the entry's sharing scope; where there is no scope to compare, none is.
func (d Dataset) Beyond(name string) bool {
	return len(d.SharedFields) > 0 && !slices.Contains(d.SharedFields, name)
}
