package connection

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"
)

// Case is one call that the platform made through the real exchange, what was expected and what came (Điều 12.2d).
type Case struct {
	Name     string `json:"name"` // message key after "connection.case_"
	Request  string `json:"request"`
	Expected string `json:"expected"`
	Status   int    `json:"status"`
	Code     string `json:"code,omitempty"`
	Evidence string `json:"evidence_id,omitempty"` // decision record of the call
	Millis   int64  `json:"duration_ms"`
	Pass     bool   `json:"pass"`
	Why      string `json:"why,omitempty"` // message key after "connection.why_" when it failed
	Subject  string `json:"subject,omitempty"`
}

// Stability verdict: many calls, few errors, fast.
type Stability struct {
	Calls     int64   `json:"calls"`
	Errors    int64   `json:"errors"`
	ErrorRate float64 `json:"error_rate"`
	P50Millis int64   `json:"p50_ms"`
	P95Millis int64   `json:"p95_ms"`
	MaxRate   float64 `json:"max_error_rate"`
	MaxP95    int64   `json:"max_p95_ms"`
	Pass      bool    `json:"pass"`
}

// Accuracy verdict: only approved fields came, with the values of the source.
type Accuracy struct {
	Records    int64    `json:"records"`
	Compared   int64    `json:"values_compared"`
	Wrong      int64    `json:"values_wrong"`
	Percent    float64  `json:"percent"`
	MinPercent float64  `json:"min_percent"`
	Unexpected []string `json:"unexpected_fields,omitempty"` // came although not approved
	Missing    []string `json:"missing_fields,omitempty"`    // approved and never came
	WrongIn    []string `json:"wrong_fields,omitempty"`
	OutOfScope int64    `json:"records_outside_rows"` // records that the row rules should have kept back
	Pass       bool     `json:"pass"`
}

// Safety verdict: everything forbidden was refused with the expected code and left evidence.
type Safety struct {
	Cases  int64 `json:"cases"`
	Denied int64 `json:"denied"`
	Pass   bool  `json:"pass"`
}

// Run is one run of the platform's own tests.
type Run struct {
	Request   ID        `json:"request"`
	Seq       int64     `json:"seq"`
	Config    int64     `json:"config_version"`
	By        Person    `json:"by"`
	Began     time.Time `json:"began"`
	Ended     time.Time `json:"ended"`
	Cases     []Case    `json:"cases"`
	Stability Stability `json:"stability"`
	Accuracy  Accuracy  `json:"accuracy"`
	Safety    Safety    `json:"safety"`
	Passed    bool      `json:"passed"`
	Hash      string    `json:"hash"`
}

// judge sums the verdicts up. An allowed call that failed counts against the run as a whole, also outside the three.
func (r *Run) judge() {
	r.Passed = len(r.Cases) > 0 && r.Stability.Pass && r.Accuracy.Pass && r.Safety.Pass
	for _, c := range r.Cases {
		r.Passed = r.Passed && c.Pass
	}
}

// seal sets the hash of the report.
func (r *Run) seal() error {
	r.Hash = ""
	raw, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("encode test run of %s: %w", r.Request, err)
	}
	sum := sha256.Sum256(raw)
	r.Hash = hex.EncodeToString(sum[:])
	return nil
}

// Intact reports that the report still has the hash it was stored with.
func (r Run) Intact() bool {
	hash := r.Hash
	return r.seal() == nil && r.Hash == hash
}

// Failing lists the cases that did not pass.
func (r *Run) Failing() []string {
	var out []string
	for _, c := range r.Cases {
		if !c.Pass {
			out = append(out, c.Name)
		}
	}
	for _, v := range []struct {
		pass bool
		name string
	}{{r.Stability.Pass, "stability"}, {r.Accuracy.Pass, "accuracy"}, {r.Safety.Pass, "safety"}} {
		if !v.pass {
			out = append(out, v.name)
		}
	}
	return out
}
