package connection

import (
	"bytes"
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"

	"lienthong/internal/access"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
)

// Method is how the data is to be taken (Điều 7.3đ), in order of preference.
type Method string

// Methods lists the methods, the preferred first.
func Methods() []Method {
	return []Method{"api", "sync_periodic", "sync_event", "warehouse", "file", "other"}
}

// Manual reports a method that needs a reason and a date for automation.
func (m Method) Manual() bool { return m == "file" || m == "other" }

// Frequency is how often the data is to be taken.
type Frequency string

// Frequencies lists the frequencies, the most frequent first.
func Frequencies() []Frequency {
	return []Frequency{"real_time", "hourly", "daily", "weekly", "monthly", "quarterly", "half_yearly", "yearly", "on_event"}
}

// Day is a calendar day in Viet Nam, "2026-12-31".
type Day string

// Start is the first moment of the day; false when the text is no day.
func (d Day) Start() (time.Time, bool) {
	t, err := time.ParseInLocation(time.DateOnly, string(d), i18n.Zone)
	return t.UTC(), err == nil
}

// End is the first moment after the day.
func (d Day) End() (time.Time, bool) {
	t, ok := d.Start()
	return t.AddDate(0, 0, 1), ok
}

// DayOf is the day that the moment falls on in Viet Nam.
func DayOf(t time.Time) Day { return Day(t.In(i18n.Zone).Format(time.DateOnly)) }

// Contact answers technical questions.
type Contact struct {
	Name  string `json:"name,omitempty" history:"hash"`
	Email string `json:"email,omitempty" history:"hash"`
	Phone string `json:"phone,omitempty" history:"hash"`
}

// Need is what the requester registers (Điều 12.2a). It has no place for an agreement between agencies: data of the
// issued catalogue is shared by rule (Điều 4.4, 9.2).
type Need struct {
	System           string               `json:"system,omitempty"`
	Roles            []access.Role        `json:"roles,omitempty"` // instead of a system: whose holders look at the data on screen
	Dataset          string               `json:"dataset,omitempty"`
	SchemaVersion    int64                `json:"schema_version,omitempty"`
	Purposes         []string             `json:"purposes,omitempty"`
	LegalBasis       string               `json:"legal_basis,omitempty"`
	Procedures       []string             `json:"procedures,omitempty"`
	Fields           []string             `json:"fields,omitempty"`
	Rows             []access.RowRule     `json:"rows,omitempty"`
	Operations       []string             `json:"operations,omitempty"` // of providers' services: "GET /khai-sinh/{id}"
	Subjects         int64                `json:"expected_subjects,omitempty"`
	Level            access.Level         `json:"level,omitempty"`
	Answers          Answers              `json:"method_answers,omitzero"` // from which the method is advised
	Method           Method               `json:"method,omitempty"`
	MethodReason     string               `json:"method_reason,omitempty"`
	AutomationDate   Day                  `json:"automation_date,omitempty"`
	Frequency        Frequency            `json:"frequency,omitempty"`
	CallsPerDay      int64                `json:"calls_per_day,omitempty"`
	PeakPerMinute    int64                `json:"peak_per_minute,omitempty"`
	ResponseMillis   int64                `json:"response_ms,omitempty"`
	Addresses        []string             `json:"source_addresses,omitempty"`
	Environment      string               `json:"environment,omitempty"`
	Readiness        Readiness            `json:"readiness,omitempty"`
	Contact          Contact              `json:"technical_contact,omitzero"`
	Responsible      string               `json:"responsible_person,omitempty" history:"hash"`
	TestSubjects     []string             `json:"test_subjects,omitempty" history:"hash"` // fictional identifiers that the provider answers in tests
	TestBody         string               `json:"test_body,omitempty" history:"hash"`     // JSON object that operations with a body get in tests
	ImpactAssessment string               `json:"impact_assessment,omitempty"`            // number of the personal-data impact file
	Impact           map[string]Statement `json:"impact,omitempty"`                       // of each personal field, by its name (Điều 9.8)
	From             Day                  `json:"valid_from,omitempty"`
	To               Day                  `json:"valid_to,omitempty"`
}

const (
	maxItems = 500
	maxText  = 4000
)

// sane bounds what may be kept, whatever the state: texts, list lengths, characters that no form produces.
func (n Need) sane() error {
	raw, err := json.Marshal(n)
	if err != nil {
		return fault.New(fault.Invalid, "connection.text_invalid")
	}
	if len(raw) > 64<<10 || len(n.Fields) > maxItems || len(n.Purposes) > maxItems || len(n.Rows) > maxItems || len(n.Addresses) > maxItems || len(n.Procedures) > maxItems ||
		len(n.Operations) > maxItems || len(n.TestSubjects) > maxItems || len(n.Roles) > maxItems || len(n.Impact) > maxItems {
		return fault.New(fault.Invalid, "connection.too_long")
	}
	for field, text := range map[string]string{
		"legal_basis": n.LegalBasis, "method_reason": n.MethodReason, "environment": n.Environment, "responsible_person": n.Responsible,
		"technical_contact.name": n.Contact.Name, "technical_contact.email": n.Contact.Email, "technical_contact.phone": n.Contact.Phone, "impact_assessment": n.ImpactAssessment,
		"test_body": n.TestBody, "test_subjects": strings.Join(n.TestSubjects, "\n"),
	} {
		if err := plain(text, field); err != nil {
			return err
		}
	}
	return n.saneImpact()
}

// plain refuses text that is too long or holds control characters.
func plain(text, field string) error {
	if len(text) > maxText || !utf8.ValidString(text) {
		return fault.New(fault.Invalid, "connection.too_long").At(field)
	}
	for _, r := range text {
		if r < ' ' && r != '\n' && r != '\t' && r != '\r' || r == 0x7f {
			return fault.New(fault.Invalid, "connection.text_invalid").At(field)
		}
	}
	return nil
}

// Patched is the need with the members of a JSON object replaced. A member that the need does not have is refused, so
// that nobody sets a state, an owner or an approval from outside (T34).
func (n Need) Patched(patch []byte) (Need, error) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(patch, &members); err != nil {
		return n, fault.New(fault.Malformed, "connection.body_unreadable").Because(err)
	}
	raw, err := json.Marshal(n)
	if err != nil {
		return n, fault.New(fault.Invalid, "connection.text_invalid").Because(err)
	}
	known := map[string]json.RawMessage{}
	if err := json.Unmarshal(raw, &known); err != nil {
		return n, fault.New(fault.Invalid, "connection.text_invalid").Because(err)
	}
	for name, value := range members {
		known[name] = value
	}
	merged, err := json.Marshal(known)
	if err != nil {
		return n, fault.New(fault.Malformed, "connection.body_unreadable").Because(err)
	}
	return ParseNeed(merged)
}

// ParseNeed reads a need strictly.
func ParseNeed(raw []byte) (Need, error) {
	var n Need
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	err := dec.Decode(&n)
	if err == nil && dec.More() {
		return Need{}, fault.New(fault.Malformed, "connection.body_unreadable")
	}
	if err != nil {
		if name, found := strings.CutPrefix(err.Error(), "json: unknown field "); found {
			return Need{}, fault.New(fault.Invalid, "connection.unknown_field", strings.Trim(name, `"`)).At(strings.Trim(name, `"`))
		}
		return Need{}, fault.New(fault.Malformed, "connection.body_unreadable").Because(err)
	}
	return n, n.sane()
}
