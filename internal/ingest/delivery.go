package ingest

import (
	"cmp"
	"time"

	"lienthong/internal/catalog"
	"lienthong/internal/ingest/sheet"
	"lienthong/internal/kit/fault"
	"lienthong/internal/warehouse"
)

// ID names a delivery.
type ID string

// State is where a delivery stands.
type State string

const (
	Received  State = "received"  // the raw file is on disk
	Checking  State = "checking"  // a worker reads it
	Published State = "published" // a version made of it is visible
	Held      State = "held"      // checked, waits for an officer
	Rejected  State = "rejected"  // the file or the batch does not pass
	Failed    State = "failed"    // we could not check it; nothing is visible
	Purged    State = "purged"    // content that should never have come was removed; who, when and hash stay
)

// Final reports that nothing more will happen by itself.
func (s State) Final() bool { return s != Received && s != Checking }

// DeliveryInput is what comes with a file.
type DeliveryInput struct {
	Dataset        catalog.Code
	System         string // the information system that the file comes from
	NotSecret      bool   // the declaration that it is no state secret
	FileName       string
	DataTime       time.Time // as at when the data is; the moment of receipt when zero
	IdempotencyKey string
	Encoding       string // of a CSV file that is not UTF-8, as the sender states it: TCVN3, VNI or Windows-1258; never guessed
	Size           int64  // declared by the sender, 0: not
	SHA256         string // declared by the sender, in hex, empty: not
}

// Counts are the rows of a delivery (invariant 4).
type Counts struct {
	Read       int64 `json:"read"`
	Accepted   int64 `json:"accepted"`
	Rejected   int64 `json:"rejected"`
	Duplicates int64 `json:"duplicates"`
}

// Balanced reports whether the counts add up.
func (c Counts) Balanced() bool { return c.Read == c.Accepted+c.Rejected+c.Duplicates }

// ValidShare is the part of the rows that is not rejected; 1 for no rows.
func (c Counts) ValidShare() float64 {
	if c.Read == 0 {
		return 1
	}
	return float64(c.Read-c.Rejected) / float64(c.Read)
}

// Form is how the file turned out to be written. It is shown, so that nothing was guessed silently.
type Form struct {
	BOM       bool     `json:"bom"`
	Delimiter string   `json:"delimiter"`
	Header    []string `json:"header"`

	Sheet      string   `json:"sheet,omitempty"`          // the sheet that was read
	Skipped    []string `json:"skipped,omitempty"`        // the other sheets of the workbook
	HeaderLine int64    `json:"header_line,omitempty"`    // row of the sheet with the names of columns
	HiddenRows int64    `json:"hidden_rows,omitempty"`    // rows that the sheet hides; they were read all the same
	From1904   bool     `json:"from_1904,omitempty"`      // days of the sheet count from 1904
	Records    bool     `json:"line_is_record,omitempty"` // Line of an entry is the number of the record in a JSON list
}

// Refusal is why a whole delivery did not pass, kept with its sentence's arguments.
type Refusal struct {
	Code string `json:"code"`
	Args []any  `json:"args,omitempty"`
}

// Fault is the refusal as it is answered.
func (r *Refusal) Fault() *fault.Fault {
	if r == nil {
		return nil
	}
	return fault.New(fault.Invalid, r.Code, r.Args...)
}

// Delivery is one file with all that became of it.
type Delivery struct {
	ID            ID           `json:"id"`
	Dataset       catalog.Code `json:"dataset"`
	Owner         string       `json:"owner"` // agency, as at receipt
	System        string       `json:"system"`
	SchemaVersion int          `json:"schema_version"`
	RuleVersion   string       `json:"rule_version,omitempty"`
	FileName      string       `json:"file_name"`
	Format        string       `json:"format,omitempty"`   // csv, xlsx, json or jsonl, by the file's content; csv when empty
	Encoding      string       `json:"encoding,omitempty"` // stated by the sender, from which letters were converted
	Size          int64        `json:"size"`
	SHA256        string       `json:"sha256"`
	DataTime      time.Time    `json:"data_time"`
	DeclaredBy    string       `json:"declared_by"` // who declared that it is no state secret, and delivered it
	DeclaredName  string       `json:"declared_name"`
	ReceivedAt    time.Time    `json:"received_at"`
	CheckedAt     time.Time    `json:"checked_at,omitzero"`

	Form      Form                        `json:"form,omitzero"`
	Counts    Counts                      `json:"counts"`
	Rules     map[string]int64            `json:"rules,omitempty"` // failing rule to number of values
	Fixes     map[string]map[string]int64 `json:"fixes,omitempty"` // column to what reading changed to how often
	Refusal   *Refusal                    `json:"refusal,omitempty"`
	Verdict   string                      `json:"verdict,omitempty"`
	VersionID warehouse.VersionID         `json:"version_id,omitempty"`
	Version   int                         `json:"version,omitempty"`
	DecidedBy string                      `json:"decided_by,omitempty"` // officer who released or withdrew a held delivery
	Reason    string                      `json:"reason,omitempty"`
	Release   bool                        `json:"release,omitempty"`    // an officer wants it published with its warnings
	Newer     int                         `json:"newer,omitempty"`      // number of the version in use whose data is newer, when the check met one
	OnlyOlder bool                        `json:"only_older,omitempty"` // its rows would pass: it is held for its age alone
	Over      int                         `json:"over,omitempty"`       // the newest version that whoever released it knew it would replace

	State    State `json:"-"`
	Attempts int   `json:"-"`
}

// rawName is where the file lies.
func (d *Delivery) rawName() string {
	extension := cmp.Or(d.Format, sheet.FormatCSV)
	if extension == sheet.FormatLines { // found out when the file already lay there
		extension = sheet.FormatJSON
	}
	return "raw/" + string(d.Dataset) + "/" + string(d.ID) + "." + extension
}

// quarantineName is the folder of its rejected values.
func (d *Delivery) quarantineName() string {
	return "quarantine/" + string(d.Dataset) + "/" + string(d.ID)
}

// Progress of a delivery that is being received or checked.
type Progress struct {
	Bytes int64
	Of    int64 // size of the file, 0 while unknown
	Rows  int64
}
