package privacy

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/vitext"
)

// Day is a calendar day in Viet Nam, "2026-12-31".
type Day string

// End is the first moment after the day; false when the text is no day.
func (d Day) End() (time.Time, bool) {
	t, err := time.ParseInLocation(time.DateOnly, string(d), i18n.Zone)
	return t.AddDate(0, 0, 1).UTC(), err == nil
}

// String is the day as people read it, 31/12/2026.
func (d Day) String() string {
	t, err := time.ParseInLocation(time.DateOnly, string(d), i18n.Zone)
	if err != nil {
		return string(d)
	}
	return i18n.Date(t)
}

// Category of personal data (Luật 91/2025/QH15, Điều 2).
type Category string

const (
	Basic     Category = "basic"
	Sensitive Category = "sensitive"
)

// Categories lists both, the less protected first.
func Categories() []Category { return []Category{Basic, Sensitive} }

// Measure of protection that is in use for the dataset.
type Measure string

// Measures lists the measures in the order of the form.
func Measures() []Measure {
	return []Measure{"access_control", "two_factor", "masking", "encrypted_rest", "encrypted_transit", "logging", "backup", "training", "anonymisation", "other"}
}

// ImpactStatus is where the file of the impact assessment stands (NĐ 356/2025/NĐ-CP).
type ImpactStatus string

const (
	ImpactInProgress  ImpactStatus = "in_progress"
	ImpactDone        ImpactStatus = "done"         // made and kept at the agency
	ImpactSubmitted   ImpactStatus = "submitted"    // sent to the competent authority
	ImpactNotRequired ImpactStatus = "not_required" // by law; the note says by which
)

// ImpactStatuses lists all of them in order.
func ImpactStatuses() []ImpactStatus {
	return []ImpactStatus{ImpactInProgress, ImpactDone, ImpactSubmitted, ImpactNotRequired}
}

// Impact assessment of the processing.
type Impact struct {
	Status ImpactStatus `json:"status,omitempty" enum:",in_progress,done,submitted,not_required"`
	Number string       `json:"number,omitempty" doc:"Number of the file; needed once it is made"`
	Date   Day          `json:"date,omitempty" doc:"Day of the file, 2026-12-31"`
	Note   string       `json:"note,omitempty" doc:"Legal ground where none is required"`
}

// Officer in charge of protecting the data.
type Officer struct {
	Name     string `json:"name,omitempty" history:"hash"`
	Position string `json:"position,omitempty"`
	Contact  string `json:"contact,omitempty" history:"hash" doc:"Office phone or mail address"`
}

// Content of an entry, as its owner states it. Any member may be missing while it is a draft.
type Content struct {
	Categories []Category `json:"categories,omitempty" enum:"basic,sensitive"`
	Purposes   []string   `json:"purposes,omitempty" doc:"Codes of the controlled list of purposes"`
	LegalBasis string     `json:"legal_basis,omitempty"`
	Function   string     `json:"function,omitempty" doc:"Function or task of the agency that needs the data (Điều 27.2b)"`
	Source     string     `json:"source,omitempty" doc:"Where and how the data is collected"`
	Recipients []string   `json:"recipients,omitempty" doc:"Who receives the data, one agency or group each"`
	Months     int        `json:"retention_months,omitempty" minimum:"0" maximum:"1200" doc:"How long the data is kept, in months; 0 when the rule says otherwise"`
	Retention  string     `json:"retention_rule,omitempty" doc:"Rule of retention, where months do not say it"`
	Measures   []Measure  `json:"measures,omitempty"`
	Measured   string     `json:"measures_note,omitempty" doc:"What the measures are in detail; needed with other"`
	Impact     Impact     `json:"impact_assessment,omitzero"`
	Officer    Officer    `json:"person_in_charge,omitzero"`
	ValidTo    Day        `json:"valid_to,omitempty" doc:"Last day of force, at most 36 months ahead; the entry is reviewed before it"`
}

// Bounds of an entry.
const (
	maxMonths    = 36 // of force, until it must be reviewed
	maxText      = 4000
	maxShort     = 200
	maxItems     = 100
	maxRetention = 1200 // months
)

// clean brings the texts to their stored form and lists to an order.
func (c *Content) clean() {
	for _, text := range []*string{&c.LegalBasis, &c.Function, &c.Source, &c.Retention, &c.Measured, &c.Impact.Number, &c.Impact.Note, &c.Officer.Name, &c.Officer.Position, &c.Officer.Contact} {
		*text = vitext.NFC(strings.TrimSpace(*text))
	}
	for _, list := range []*[]string{&c.Purposes, &c.Recipients} {
		var kept []string
		for _, x := range *list {
			if x = vitext.NFC(strings.TrimSpace(x)); x != "" && !slices.Contains(kept, x) {
				kept = append(kept, x)
			}
		}
		*list = kept
	}
	c.Categories = inOrder(Categories(), c.Categories)
	c.Measures = inOrder(Measures(), c.Measures)
}

// inOrder gives what was chosen in the order of the list; what is not on the list comes last and is refused later.
func inOrder[T ~string](list, chosen []T) []T {
	var out []T
	for _, x := range list {
		if slices.Contains(chosen, x) {
			out = append(out, x)
		}
	}
	for _, x := range chosen {
		if !slices.Contains(list, x) {
			out = append(out, x)
		}
	}
	return out
}

// wrong says everything that may not even stand in a draft. known tells which purposes are in force.
func (c Content) wrong(known func(string) bool) error {
	var all faults
	for _, x := range c.Categories {
		all.when(!slices.Contains(Categories(), x), "categories", "privacy.category_unknown", x)
	}
	for _, x := range c.Purposes {
		all.when(!known(x), "purposes", "privacy.purpose_unknown", x)
	}
	for _, x := range c.Measures {
		all.when(!slices.Contains(Measures(), x), "measures", "privacy.measure_unknown", x)
	}
	all.when(c.Impact.Status != "" && !slices.Contains(ImpactStatuses(), c.Impact.Status), "impact_assessment.status", "privacy.impact_unknown", c.Impact.Status)
	for field, day := range map[string]Day{"impact_assessment.date": c.Impact.Date, "valid_to": c.ValidTo} {
		_, is := day.End()
		all.when(day != "" && !is, field, "privacy.date_form", day)
	}
	all.when(c.Months < 0 || c.Months > maxRetention, "retention_months", "privacy.retention_range", maxRetention)
	all.when(len(c.Purposes) > maxItems, "purposes", "privacy.too_many", maxItems)
	all.when(len(c.Recipients) > maxItems, "recipients", "privacy.too_many", maxItems)
	for field, text := range map[string]string{
		"legal_basis": c.LegalBasis, "function": c.Function, "source": c.Source, "retention_rule": c.Retention, "measures_note": c.Measured, "impact_assessment.note": c.Impact.Note,
	} {
		all.text(field, text, maxText)
	}
	for field, text := range map[string]string{
		"impact_assessment.number": c.Impact.Number, "person_in_charge.name": c.Officer.Name, "person_in_charge.position": c.Officer.Position, "person_in_charge.contact": c.Officer.Contact,
	} {
		all.text(field, text, maxShort)
	}
	for _, x := range c.Recipients {
		all.text("recipients", x, maxShort)
	}
	return all.err()
}

// Missing names every member without which the entry does not hold for a dataset with these categories, each as the
// sentence that says what to do.
func (c Content) Missing(of []Category) []*fault.Fault {
	var all faults
	for _, x := range of {
		all.when(!slices.Contains(c.Categories, x), "categories", "privacy.missing_category_"+string(x))
	}
	all.when(len(c.Categories) == 0 && len(of) == 0, "categories", "privacy.missing_categories")
	all.when(len(c.Purposes) == 0, "purposes", "privacy.missing_purposes")
	all.when(short(c.LegalBasis), "legal_basis", "privacy.missing_legal_basis")
	all.when(short(c.Function), "function", "privacy.missing_function")
	all.when(short(c.Source), "source", "privacy.missing_source")
	all.when(len(c.Recipients) == 0, "recipients", "privacy.missing_recipients")
	all.when(c.Months == 0 && short(c.Retention), "retention_months", "privacy.missing_retention")
	all.when(len(c.Measures) == 0, "measures", "privacy.missing_measures")
	all.when(slices.Contains(c.Measures, "other") && short(c.Measured), "measures_note", "privacy.missing_measures_note")
	switch c.Impact.Status {
	case ImpactDone, ImpactSubmitted:
		all.when(c.Impact.Number == "", "impact_assessment.number", "privacy.missing_impact_number")
		all.when(c.Impact.Date == "", "impact_assessment.date", "privacy.missing_impact_date")
	case ImpactNotRequired:
		all.when(short(c.Impact.Note), "impact_assessment.note", "privacy.missing_impact_note")
	default:
		all.when(true, "impact_assessment.status", "privacy.missing_impact")
	}
	all.when(c.Officer.Name == "", "person_in_charge.name", "privacy.missing_officer")
	all.when(c.Officer.Position == "", "person_in_charge.position", "privacy.missing_officer_position")
	all.when(c.ValidTo == "", "valid_to", "privacy.missing_valid_to")
	return all
}

// short is a text that says nothing: no more than a word.
func short(text string) bool { return utf8.RuneCountInString(text) < 5 }

// checkTerm: the last day lies ahead, and not so far that nobody looks at the entry again.
func (c Content) checkTerm(now time.Time) *fault.Fault {
	if c.ValidTo == "" {
		return nil
	}
	if end, _ := c.ValidTo.End(); !end.After(now) || end.After(now.AddDate(0, maxMonths, 1)) {
		return fault.New(fault.Invalid, "privacy.valid_to_range", maxMonths).At("valid_to")
	}
	return nil
}

// faults of one input.
type faults []*fault.Fault

func (f *faults) when(wrong bool, field, code string, args ...any) {
	if wrong {
		*f = append(*f, fault.New(fault.Invalid, code, args...).At(field))
	}
}

func (f *faults) text(field, text string, most int) {
	f.when(utf8.RuneCountInString(text) > most, field, "privacy.text_long", most)
	f.when(vitext.Suspicious(text), field, "privacy.text_lookalike")
}

func (f faults) err() error { return fault.Collect(f...) }
