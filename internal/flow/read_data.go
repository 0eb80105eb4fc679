package flow

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/trace"
)

// Gate is the door to data of every channel: it decides, records, and only then gives the permit.
type Gate struct {
	access *access.Service
	log    *audit.Log
	clock  clock.Clock
}

// NewGate builds the door.
func NewGate(a *access.Service, log *audit.Log, c clock.Clock) *Gate { return &Gate{a, log, c} }

// Outcome is what is known of a call at its end.
type Outcome struct {
	Status   int
	Code     string // fault code of a call that failed after it was allowed
	Records  int64
	Persons  int64
	Bytes    int64
	Digest   string // SHA-256 of the answer's body
	Subjects []string
}

// Open asks whether the request is allowed. The decision is on disk when it answers; a refusal is an error that names
// the failed check.
func (g *Gate) Open(ctx context.Context, r access.Request) (access.Permit, error) {
	facts, err := g.access.Facts(ctx, r)
	if err != nil {
		// What cannot be judged is refused, and the refusal is recorded like any other.
		unknown := access.Decision{Check: access.CheckState, Kind: fault.Unavailable, Code: "flow.facts_unavailable", Policy: access.PolicyVersion}
		if logErr := g.log.Decide(ctx, record(g.told(ctx, r), access.Facts{}, unknown)); logErr != nil {
			return access.Permit{}, logErr
		}
		return access.Permit{}, fault.New(fault.Unavailable, "flow.facts_unavailable").Because(err)
	}
	d := g.decide(r, facts)
	trace.Of(ctx).Done("decide")
	err = g.log.Decide(ctx, record(g.told(ctx, r), facts, d))
	trace.Of(ctx).Done("evidence")
	if err != nil {
		g.access.Cancel(d)
		return access.Permit{}, err
	}
	switch {
	case d.Allowed:
		return access.Issue(r, d)
	case r.Flaw != nil && d.Code == r.Flaw.Code: // it also names the place
		return access.Permit{}, r.Flaw
	}
	return access.Permit{}, d.Fault()
}

// decide asks for the decision and takes what it allows off the quotas, before the decision is final. Where parallel
// calls took it first, the question is decided anew on what is left.
func (g *Gate) decide(r access.Request, facts access.Facts) access.Decision {
	for range mostTries {
		d := access.Decide(r, facts)
		if !d.Allowed {
			return d
		}
		if reserved, taken := g.access.Reserve(r, d); taken {
			return reserved
		}
		g.access.RefreshUsage(&facts, r.At)
	}
	return access.Decision{Check: access.CheckQuota, Kind: fault.Limited, Code: "access.quota_contended", Policy: access.PolicyVersion}
}

// mostTries bounds how often a decision is made anew; each time another call has got what this one wanted.
const mostTries = 16

// Widen makes room for an answer whose size only the answer itself tells. Nothing of it may leave before.
func (g *Gate) Widen(p access.Permit, records int64) error { return g.access.Widen(p, records) }

// Still judges an allowed call again before an answer that took its time leaves: what was suspended, ended or narrowed in
// the meantime gives nothing any more (Điều 21.6). The call has its place in the quotas already, so they are not asked.
func (g *Gate) Still(ctx context.Context, p access.Permit) error {
	r, given := p.Request(), p.Decision().Grant
	r.At = g.clock.Now()
	facts, err := g.access.Facts(ctx, r)
	if err != nil {
		return fault.New(fault.Unavailable, "flow.facts_unavailable").Because(err)
	}
	facts.Usage = nil
	facts.Grants = slices.DeleteFunc(slices.Clone(facts.Grants), func(x access.Grant) bool { return x.ID != given.ID })
	switch d := access.Decide(r, facts); {
	case !d.Allowed:
		return d.Fault()
	case d.Grant.Version != given.Version:
		return fault.New(fault.Conflict, "flow.right_changed")
	}
	return nil
}

// Refuse records a call that failed before it could be judged: an unknown token, a path that nobody may write.
func (g *Gate) Refuse(ctx context.Context, r access.Request, why *fault.Fault, check access.Check) error {
	d := access.Decision{Check: check, Kind: why.Kind, Code: why.Code, Policy: access.PolicyVersion}
	return g.log.Decide(ctx, record(g.told(ctx, r), access.Facts{}, d))
}

// told is the request as the record has it. A purpose or dataset that does not exist is a text of the caller's, which
// could be anything, a person's number too: a fixed word stands for it, with a keyed hash by which equal texts are known.
func (g *Gate) told(ctx context.Context, r access.Request) access.Request {
	dataset, purpose := g.access.Known(ctx, r.Dataset, r.Purpose)
	if !dataset && r.Dataset != "" {
		r.Dataset = g.unknown(r.Dataset)
	}
	if !purpose && r.Purpose != "" {
		r.Purpose = g.unknown(r.Purpose)
	}
	return r
}

func (g *Gate) unknown(text string) string {
	_, hash, _ := strings.Cut(g.log.PersonKey(text), ":")
	return access.UnknownWord + ":" + hash[:min(len(hash), 16)]
}

// Close records the outcome of an allowed call, in a later group commit, and counts it against the quotas.
func (g *Gate) Close(_ context.Context, p access.Permit, o Outcome) {
	r := p.Request()
	g.access.Settle(p, o.Records, o.Persons)
	now := g.clock.Now()
	keys, cut := o.Subjects, false
	if len(keys) > audit.MaxSubjectKeys {
		keys, cut = keys[:audit.MaxSubjectKeys], true
	}
	g.log.Outcome(&audit.Record{
		Of: r.ID, At: now, Channel: string(r.Channel), Event: event(r.Action),
		Content: audit.Content{
			Records: o.Records, Persons: o.Persons, Bytes: o.Bytes, Digest: o.Digest, SubjectKeys: keys, SubjectKeysTruncated: cut,
		},
		Result:   audit.Result{Status: strconv.Itoa(o.Status), ErrorCode: o.Code},
		Duration: now.Sub(r.At).Milliseconds(),
	})
}

// event is the access log's word for the action.
func event(a access.Action) string {
	switch a {
	case access.ListRecords:
		return "data.list"
	case access.ExportFile:
		return "data.export"
	case access.UpdateSource, access.ChangeCopy:
		return "data.update"
	case access.ShareOnward:
		return "data.share"
	}
	return "data.read"
}

// record writes down the decision as section 8 of the requirements has it; no personal value enters it.
func record(r access.Request, f access.Facts, d access.Decision) *audit.Record {
	rec := &audit.Record{
		ID: r.ID, At: r.At, Channel: string(r.Channel), Event: event(r.Action), Actor: r.Actor.ForAudit(),
		Client:   audit.Client{IP: address(r), UserAgentHash: shortHash(r.UserAgent), CertFingerprint: r.Certificate},
		Target:   audit.Target{Dataset: r.Dataset, Operation: r.Operation},
		Purpose:  audit.Purpose{Code: r.Purpose, CaseRef: r.Case},
		Content:  audit.Content{Filter: r.Filter, SubjectKeys: r.Subjects},
		Decision: audit.Decision{Result: audit.Deny, Reason: string(d.Check), PolicyVersion: d.Policy},
		Result:   audit.Result{ErrorCode: d.Code},
		Reason:   r.Reason,
	}
	if d.Code != "" {
		rec.Result.Status = strconv.Itoa(d.Kind.Status())
	}
	if r.Officer != "" {
		rec.Detail = map[string]string{"officer": r.Officer}
	}
	if r.Actor.Type == access.System {
		rec.Client.SystemID = r.Actor.ID
	}
	if r.Actor.Probe != "" { // the platform's own test is no use of data
		if rec.Detail == nil {
			rec.Detail = map[string]string{}
		}
		rec.Detail[audit.ProbeDetail] = strings.TrimPrefix(r.Actor.Probe, access.ProbeAsProduction)
	}
	if len(r.Unmask) > 0 {
		rec.Event = "unmask"
		if rec.Detail == nil {
			rec.Detail = map[string]string{}
		}
		rec.Detail["unmask"] = strings.Join(fieldsOf(f, r.Unmask), ",")
	}
	for i, name := range fieldsOf(f, r.Match) { // what is no field of the dataset is a text of the caller's
		rec.Content.Filter = strings.Replace(rec.Content.Filter, r.Match[i], name, 1)
	}
	if f.Dataset != nil {
		rec.Target.Version, rec.Target.Owner = strconv.FormatInt(f.Dataset.Version, 10), f.Dataset.Owner
		rec.Content.DataTime = f.Dataset.DataTime
	}
	if d.Grant != nil {
		rec.Target.Grant, rec.Target.Connection = d.Grant.ID, d.Grant.Connection
	}
	if d.Allowed {
		rec.Decision.Result = audit.Allow
		rec.Content.Masked = d.Masked()
		for _, c := range d.Columns {
			rec.Content.Fields = append(rec.Content.Fields, c.Out())
			if class := string(f.Dataset.Fields[c.Name]); class != "" && !slices.Contains(rec.Content.Classes, class) {
				rec.Content.Classes = append(rec.Content.Classes, class)
			}
		}
	}
	return rec
}

// fieldsOf gives the names that are fields of the dataset, and a fixed word for each other.
func fieldsOf(f access.Facts, names []string) []string {
	out := slices.Clone(names)
	for i, name := range out {
		if f.Dataset != nil {
			if _, known := f.Dataset.Fields[name]; known {
				continue
			}
		}
		out[i] = access.UnknownWord
	}
	return out
}

func address(r access.Request) string {
	if r.Address.IsValid() {
		return r.Address.String()
	}
	return ""
}

func shortHash(s string) string {
	if s == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:8])
}
