package obligation

import (
	"strconv"
	"time"

	"lienthong/internal/kit/i18n"
)

// Kind is one of the four obligations.
type Kind string

// The obligations of Điều 7.4.
const (
	Connected    Kind = "connected"    // a: shared through the LGSP
	Standardised Kind = "standardised" // b: every field is an element of the dictionary
	Updated      Kind = "updated"      // c: in time
	Quality      Kind = "quality"      // c: complete and valid
)

// Kinds in the order of the regulation.
func Kinds() []Kind { return []Kind{Connected, Standardised, Updated, Quality} }

// Light is what was found.
type Light string

// The lights.
const (
	Met         Light = "met"
	Unmet       Light = "unmet"
	NotAssessed Light = "not_assessed" // nothing to judge it by
)

// Lights in the order of the page.
func Lights() []Light { return []Light{Unmet, NotAssessed, Met} }

// Thresholds of the findings, by their parameters.
const (
	FlowWithin      = 30 * 24 * time.Hour // D15: a flow that is live
	MinValidity     = 95                  // D6, percent of the rows
	MinCompleteness = 90                  // D6, percent of the values that must be there
	graceShare      = 10                  // D8: a tenth of the period
	minGrace        = time.Hour           // D8
	maxGrace        = 3 * 24 * time.Hour  // D8
)

// Entry is a dataset of the issued catalogue in force.
type Entry struct {
	Dataset  string `json:"dataset"`
	Name     string `json:"name"`
	Owner    string `json:"owner" doc:"Code of the agency that owns it now"`
	Decision string `json:"decision" doc:"By which it is in the catalogue"`
}

// Facts are what is known of a dataset; a zero moment is one that never was.
type Facts struct {
	LastFlow time.Time // last successful call of a system for it
	Table    bool      // its data are rows, whose fields the dictionary defines
	Fields   int       // of the schema in force; 0 while there is none
	Mapped   int       // fields that are elements of the dictionary
	Stored   bool      // a version of it stands in the warehouse
	Served   bool      // its owner's own service provides it
	DataTime time.Time // as at when the newest stored data is
	DueAt    time.Time // when the next update falls due; zero when its frequency names no period
	Judged   *Judged   // what the gate found of the last delivery
}

// Judged is what the gate counted in a delivery.
type Judged struct {
	At        time.Time
	Read      int64 // rows
	Rejected  int64
	Missing   int64 // values that must be there and are not
	Mandatory int64 // fields that must have a value
}

// Finding is a light with what it rests on: Code is a message that Args fill.
type Finding struct {
	Light Light     `json:"light" enum:"met,unmet,not_assessed"`
	Code  string    `json:"code" doc:"Why, as a stable code"`
	Args  []string  `json:"args,omitempty" doc:"Of the sentence of the code"`
	Since time.Time `json:"since" doc:"When it was first found so"`
}

func found(l Light, code string, args ...string) Finding {
	return Finding{Light: l, Code: "obligation.why." + code, Args: args}
}

// Evaluate judges the four obligations by the facts, at the moment.
func Evaluate(f Facts, now time.Time) map[Kind]Finding {
	return map[Kind]Finding{Connected: connected(f, now), Standardised: standardised(f), Updated: updated(f, now), Quality: quality(f)}
}

func connected(f Facts, now time.Time) Finding {
	switch {
	case f.LastFlow.IsZero():
		return found(Unmet, "flow_never")
	case now.Sub(f.LastFlow) > FlowWithin:
		return found(Unmet, "flow_old", i18n.Date(f.LastFlow))
	}
	return found(Met, "flow", i18n.Date(f.LastFlow))
}

func standardised(f Facts) Finding {
	switch {
	case !f.Table:
		return found(NotAssessed, "no_rows")
	case f.Fields == 0:
		return found(Unmet, "no_schema")
	case f.Mapped < f.Fields:
		return found(Unmet, "mapped_part", strconv.Itoa(f.Mapped), strconv.Itoa(f.Fields))
	}
	return found(Met, "mapped", strconv.Itoa(f.Fields))
}

func updated(f Facts, now time.Time) Finding {
	switch {
	case !f.Stored && f.Served:
		return found(NotAssessed, "at_source")
	case !f.Stored:
		return found(Unmet, "update_never")
	case f.DueAt.IsZero():
		return found(NotAssessed, "no_period")
	case now.After(f.DueAt.Add(Grace(f.DueAt.Sub(f.DataTime)))):
		return found(Unmet, "update_late", i18n.Date(f.DataTime), i18n.DateTime(f.DueAt))
	}
	return found(Met, "update", i18n.Date(f.DataTime), i18n.DateTime(f.DueAt))
}

// Grace is how late an update may come (D8): a tenth of its period, at least an hour, at most three days.
func Grace(period time.Duration) time.Duration {
	return min(max(period/graceShare, minGrace), maxGrace)
}

func quality(f Facts) Finding {
	j := f.Judged
	if j == nil || j.Read == 0 {
		return found(NotAssessed, "quality_none")
	}
	valid := permille(j.Read-j.Rejected, j.Read)
	complete := int64(1000)
	if j.Mandatory > 0 {
		complete = permille(j.Read*j.Mandatory-j.Missing, j.Read*j.Mandatory)
	}
	args := []string{i18n.Date(j.At), percent(valid), percent(complete)}
	if valid < MinValidity*10 || complete < MinCompleteness*10 {
		return found(Unmet, "quality_low", args...)
	}
	return found(Met, "quality", args...)
}

func permille(part, whole int64) int64 { return max(part, 0) * 1000 / whole }

// percent writes tenths of a percent as people read them, cut and never rounded up to a threshold.
func percent(permille int64) string {
	return strconv.FormatInt(permille/10, 10) + "," + strconv.FormatInt(permille%10, 10)
}
