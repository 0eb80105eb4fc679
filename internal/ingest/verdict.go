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
	Newer       int               `json:"newer,omitempty"` // version in use with newer data, which nobody said may be replaced
	By          string            `json:"by,omitempty"`    // the officer of WithWarning
	Reason      string            `json:"reason,omitempty"`
	OnlyOlder   bool              `json:"only_older,omitempty"` // the rows would pass; it is held for its age alone
	At          time.Time         `json:"at"`
}

// Passes reports that a version may be published on it.
func (v Verdict) Passes() bool { return v.Outcome != HeldBack }

// judge applies the owner's load rules to what was counted. newer is the version that older data would replace, 0 for none.
func judge(d *Delivery, load catalog.LoadRules, newer int) Verdict {
	c := d.Counts
	v := Verdict{Load: load, Counts: c, ValidShare: c.ValidShare(), Outcome: HeldBack}
	switch {
	case c.Accepted == 0: // an empty version would take away what is there: nobody can let that pass
	case d.Release:
		v.Outcome = WithWarning
	case c.Rejected == 0:
		v.Outcome = Passed
	case load.OnFailure == catalog.HoldRows && v.ValidShare >= load.MinValidShare:
		v.Outcome = PassedRows
	}
	if v.Passes() && d.Over > 0 { // older data that somebody answers for
		v.Outcome = WithWarning
	}
	if v.Outcome == WithWarning {
		v.By, v.Reason = d.DecidedBy, d.Reason
	}
	if newer > 0 {
		v = v.behind(newer)
	}
	return v
}

// behind holds what would replace newer data.
func (v Verdict) behind(newer int) Verdict {
	v.Newer, v.OnlyOlder, v.Outcome = newer, v.Passes(), HeldBack
	return v
}
