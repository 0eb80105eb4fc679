package ingest

import (
	"time"

	"lienthong/internal/catalog"
)

// VerdictOutcome is one of the three distinct outcomes of the quality gate, or a refusal.
type VerdictOutcome string

const (
	Passed      VerdictOutcome = "passed"       // every row
	PassedRows  VerdictOutcome = "passed_rows"  // failing rows stay in quarantine
	HeldBack    VerdictOutcome = "held"         // nothing is published until an officer decides
	WithWarning VerdictOutcome = "with_warning" // a named officer let it pass
)

// Verdict is why a delivery may or may not be published. A version names the verdict that let it pass.
type Verdict struct {
	ID          string            `json:"id"`
	Delivery    ID                `json:"delivery"`
	Outcome     VerdictOutcome    `json:"outcome"`
	RuleVersion string            `json:"rule_version"`
	Load        catalog.LoadRules `json:"load"`
	Counts      Counts            `json:"counts"`
	ValidShare  float64           `json:"valid_share"`
	By          string            `json:"by,omitempty"` // the officer of WithWarning
	Reason      string            `json:"reason,omitempty"`
	At          time.Time         `json:"at"`
}

// Passes reports that a version may be published on it.
func (v Verdict) Passes() bool { return v.Outcome != HeldBack }

// judge applies the owner's load rules to what was counted.
func judge(c Counts, load catalog.LoadRules, officer, reason string) Verdict {
	v := Verdict{Load: load, Counts: c, ValidShare: c.ValidShare(), Outcome: HeldBack}
	switch {
	case c.Rejected == 0 && c.Accepted > 0:
		v.Outcome = Passed
	case c.Accepted == 0: // an empty version would take away what is there: nobody can let that pass
	case officer != "":
		v.Outcome, v.By, v.Reason = WithWarning, officer, reason
	case load.OnFailure == catalog.HoldRows && v.ValidShare >= load.MinValidShare:
		v.Outcome = PassedRows
	}
	return v
}
