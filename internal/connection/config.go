package connection

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/kit/fault"
)

// Parameters of the exchange for this connection (Điều 12.2c).
type Parameters struct {
	TimeoutMillis  int64   `json:"timeout_ms"`
	Retries        int64   `json:"retries"`
	CacheSeconds   int64   `json:"cache_seconds"`
	PageSize       int64   `json:"page_size"`
	Schedule       string  `json:"schedule,omitempty"`
	AlertErrors    float64 `json:"alert_error_rate"` // share of failed calls that raises an alert
	TestCalls      int64   `json:"test_calls"`
	MaxErrorRate   float64 `json:"max_error_rate"` // of the stability verdict
	MaxP95Millis   int64   `json:"max_p95_ms"`
	SampleRecords  int64   `json:"sample_records"` // of the accuracy verdict
	MinAccuracyPct float64 `json:"min_accuracy_pct"`
}

// mostPage is the most records that the exchange gives in one page.
const mostPage = 1000

// DefaultParameters follow from the need and the class of the data: nothing personal stays in a cache.
func DefaultParameters(n Need, s Scope, d Dataset) Parameters {
	p := Parameters{
		TimeoutMillis: 5000, Retries: 1, CacheSeconds: 60, PageSize: mostPage, AlertErrors: 0.05, TestCalls: 20, MaxErrorRate: 0, MaxP95Millis: n.ResponseMillis,
		SampleRecords: 50, MinAccuracyPct: 100,
	}
	if n.People() && p.MaxP95Millis == 0 {
		p.MaxP95Millis = 1000
	}
	if n.ResponseMillis > p.TimeoutMillis {
		p.TimeoutMillis = n.ResponseMillis
	}
	if d.personal(s.fields()) {
		p.CacheSeconds = 0
	}
	if s.RecordsPerCall > 0 && s.RecordsPerCall < p.PageSize {
		p.PageSize = s.RecordsPerCall
	}
	return p
}

func (x Parameters) valid() error {
	var p problems
	p.when(x.TimeoutMillis < 100 || x.TimeoutMillis > 120_000, "timeout_ms", "connection.parameter_range", "100-120000")
	p.when(x.Retries < 0 || x.Retries > 5, "retries", "connection.parameter_range", "0-5")
	p.when(x.CacheSeconds < 0 || x.CacheSeconds > 86_400, "cache_seconds", "connection.parameter_range", "0-86400")
	p.when(x.PageSize < 1 || x.PageSize > mostPage, "page_size", "connection.parameter_range", fmt.Sprint("1-", mostPage))
	p.when(x.AlertErrors < 0 || x.AlertErrors > 1, "alert_error_rate", "connection.parameter_range", "0-1")
	p.when(x.TestCalls < 5 || x.TestCalls > 1000, "test_calls", "connection.parameter_range", "5-1000")
	p.when(x.MaxErrorRate < 0 || x.MaxErrorRate > 0.2, "max_error_rate", "connection.parameter_range", "0-0.2")
	p.when(x.MaxP95Millis < 1 || x.MaxP95Millis > 120_000, "max_p95_ms", "connection.parameter_range", "1-120000")
	p.when(x.SampleRecords < 1 || x.SampleRecords > 1000, "sample_records", "connection.parameter_range", "1-1000")
	p.when(x.MinAccuracyPct < 90 || x.MinAccuracyPct > 100, "min_accuracy_pct", "connection.parameter_range", "90-100")
	return fault.Collect(p...)
}

// Config is one immutable version of how the connection is set up.
type Config struct {
	Request    ID         `json:"request"`
	Version    int64      `json:"version"`
	Of         int64      `json:"rollback_of,omitempty"` // version that a rollback brought back
	System     string     `json:"system"`
	Dataset    string     `json:"dataset"`
	Schema     int64      `json:"schema_version"`
	Scope      Scope      `json:"scope"`
	Parameters Parameters `json:"parameters"`
	Routes     []Passage  `json:"routes,omitempty"`
	Output     []Output   `json:"output,omitempty"`
	Reason     string     `json:"reason"`
	By         Person     `json:"by"`
	At         time.Time  `json:"at"`
	Digest     string     `json:"digest"`
}

// seal sets the digest over everything that configures.
func (c *Config) seal() error {
	raw, err := json.Marshal([]any{c.Request, c.Version, c.System, c.Dataset, c.Schema, c.Scope, c.Parameters, c.Routes, c.Output})
	if err != nil {
		return fmt.Errorf("encode configuration %d of %s: %w", c.Version, c.Request, err)
	}
	sum := sha256.Sum256(raw)
	c.Digest = hex.EncodeToString(sum[:])
	return nil
}

// Review is a second operator's word on a version.
type Review struct {
	Version int64     `json:"version"`
	OK      bool      `json:"ok"`
	Comment string    `json:"comment,omitempty"`
	By      Person    `json:"by"`
	At      time.Time `json:"at"`
}

// GrantsOf builds one grant for each approved level and subject, of the configuration's scope and nothing else. People
// need a second factor.
func GrantsOf(r *Request, c Config, d Dataset, now time.Time) []access.Grant {
	from, to := c.Scope.validity(now, d)
	var out []access.Grant
	grant := access.Grant{
		Agency: r.Agency, Dataset: r.Need.Dataset, SchemaVersion: r.Need.SchemaVersion, Purposes: c.Scope.Purposes, Columns: c.Scope.Columns, Rows: c.Scope.Rows,
		Conditions: access.Conditions{
			Addresses: c.Scope.Prefixes(), CaseRequired: c.Scope.CaseRequired, OfficerRequired: c.Scope.OfficerRequired, StrongAuth: len(c.Scope.Roles) > 0,
			CallsPerMinute: c.Scope.CallsPerMinute, CallsPerDay: c.Scope.CallsPerDay,
			RecordsPerCall: c.Scope.RecordsPerCall, RecordsPerDay: c.Scope.RecordsPerDay, PersonsPerDay: c.Scope.PersonsPerDay,
		},
		Connection: string(r.ID), RequestID: string(r.ID), LegalBasis: r.Need.LegalBasis, ApprovedBy: r.Approval.By.Account,
		ValidFrom: from, ValidTo: to,
	}
	for _, level := range c.Scope.Levels {
		for _, subject := range c.subjects(r.Agency) {
			grant.Subject, grant.Level, grant.Operations = subject, level, c.Scope.operationsOf(level, d)
			out = append(out, grant)
		}
	}
	return out
}
