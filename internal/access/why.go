package access

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"lienthong/internal/audit"
	"lienthong/internal/kit/fault"
)

// CheckEnd says how one of the checks of a past decision ended.
type CheckEnd string

const (
	CheckPassed   CheckEnd = "passed"
	CheckFailed   CheckEnd = "failed"
	CheckNotAsked CheckEnd = "not_asked" // an earlier one had failed
)

// Checked is one check of a past decision, with what it saw; never data.
type Checked struct {
	Check Check    `json:"check"`
	State CheckEnd `json:"state" enum:"passed,failed,not_asked"`
	Saw   string   `json:"saw,omitempty" doc:"What the check looked at, as the record has it"`
}

// Why explains one decision that was made (Điều 21.4d), from its record in the log and the grant as it was then.
type Why struct {
	ID      string    `json:"id" doc:"Id of the call, the X-Request-Id of its answer"`
	At      time.Time `json:"at"`
	Allowed bool      `json:"allowed"`
	Check   string    `json:"check" doc:"OK, or the check that failed"`
	Code    string    `json:"code,omitempty" doc:"Stable code of the refusal"`
	Policy  string    `json:"policy_version"`
	Caller  string    `json:"caller" doc:"Name of the caller as it was then"`
	Agency  string    `json:"agency" doc:"Agency of the caller"`
	Dataset string    `json:"dataset"`
	Owner   string    `json:"owner,omitempty" doc:"Agency that owned the data then"`
	Purpose string    `json:"purpose,omitempty"`
	Fields  []string  `json:"fields" doc:"Names of the fields that left; no values"`
	Checks  []Checked `json:"checks" doc:"The checks in their order"`
	Grant   *Grant    `json:"grant,omitempty" doc:"Grant that decided, as it was then; absent when there was none"`
}

// checkOrder is the order of the permission model; LEVEL is the second half of GRANT.
func checkOrder() []Check {
	return []Check{CheckAuthn, CheckRole, CheckGrant, CheckLevel, CheckPurpose, CheckScope, CheckTime, CheckQuota, CheckState}
}

// Why explains a decision to its parties: the caller's agency, the owner of the data, and who acts for all agencies. Of a
// decision between others nothing is told, not even that it was made.
func (s *Service) Why(ctx context.Context, id string) (Why, error) {
	who, err := Require(ctx, AccessRead)
	if err != nil {
		return Why{}, err
	}
	unknown := fault.New(fault.NotFound, "access.decision_not_found", id)
	trace, err := s.log.Trace(ctx, id)
	if err != nil {
		if fault.Of(err).Kind == fault.NotFound {
			return Why{}, unknown
		}
		return Why{}, fmt.Errorf("read decision %s: %w", id, err)
	}
	i := slices.IndexFunc(trace, func(x audit.Item) bool { return x.Kind == audit.KindDecision })
	if i < 0 {
		return Why{}, unknown
	}
	r := trace[i].Record
	if !who.Operates() && who.Agency != r.Actor.AgencyCode && who.Agency != r.Target.Owner {
		return Why{}, unknown
	}
	r = ToldTo(who, r)
	w := Why{
		ID: id, At: r.At, Allowed: r.Decision.Result != audit.Deny, Check: r.Decision.Reason, Code: r.Result.ErrorCode, Policy: r.Decision.PolicyVersion, Caller: r.Actor.Name, Agency: r.Actor.AgencyCode,
		Dataset: r.Target.Dataset, Owner: r.Target.Owner, Purpose: r.Purpose.Code, Fields: append([]string{}, r.Content.Fields...),
	}
	if w.Grant, err = s.grantThen(ctx, r.Target.Grant, r.At); err != nil {
		return Why{}, err
	}
	w.Checks = checksOf(r, w.Grant)
	// The reading itself is recorded, since it tells of somebody's access.
	return w, s.log.Note(ctx, &audit.Record{
		Kind: audit.KindChange, Channel: audit.ChannelScreen, Event: "access.why", Actor: who.ForAudit(), Subject: "access.decision/" + id, Target: audit.Target{Dataset: w.Dataset, Owner: w.Owner},
	})
}

// ToldTo is the record of a decision as a reader may have it. Who was refused for want of any right learns from the record
// no more than from the refusal: not whether the dataset exists, whose it is or which version it has (Điều 21.4c).
func ToldTo(who Actor, r *audit.Record) *audit.Record {
	if who.Operates() || r.Decision.Reason != string(CheckGrant) || r.Target.Grant != "" || r.Target.Owner != "" && r.Target.Owner == who.Agency {
		return r
	}
	told := *r
	told.Target.Dataset, told.Target.Owner, told.Target.Version, told.Content.DataTime = UnknownWord, "", "", time.Time{}
	return &told
}

// grantThen is a grant as its history has it at a moment; the right of an owner's own people is kept nowhere.
func (s *Service) grantThen(ctx context.Context, id string, at time.Time) (*Grant, error) {
	if id == "" {
		return nil, nil //nolint:nilnil // there was none
	}
	now, err := findGrant(ctx, s.db, id)
	if fault.Is(err, "access.grant_not_found") {
		return nil, nil //nolint:nilnil // implicit, or of a decision between the lines
	}
	if err != nil {
		return nil, err
	}
	v, err := s.log.StateAt(ctx, "access.grant/"+now.Number, at)
	if err != nil || v == nil || len(v.Body) == 0 {
		return &now, err
	}
	var then Grant
	if err := json.Unmarshal(v.Body, &then); err != nil {
		return nil, fmt.Errorf("read grant %s as it was: %w", now.Number, err)
	}
	return &then, nil
}

// checksOf tells how far the decision came. What a grant itself demands of address and second factor is asked after TIME:
// a refusal for it names the grant, and what stands before it had passed.
func checksOf(r *audit.Record, g *Grant) []Checked {
	var out []Checked
	failed, late := false, r.Decision.Reason == string(CheckAuthn) && r.Target.Grant != ""
	for _, c := range checkOrder() {
		x := Checked{Check: c, State: CheckPassed, Saw: saw(c, r, g)}
		switch {
		case failed || late && (c == CheckQuota || c == CheckState):
			x.State, x.Saw = CheckNotAsked, ""
		case string(c) == r.Decision.Reason:
			x.State, failed = CheckFailed, !late
		}
		out = append(out, x)
	}
	return out
}

// saw is what a check looked at, in the words of the record.
func saw(c Check, r *audit.Record, g *Grant) string {
	switch c {
	case CheckAuthn:
		return r.Actor.Auth
	case CheckRole:
		return r.Actor.Role
	case CheckPurpose:
		return r.Purpose.Code
	}
	if g == nil {
		return ""
	}
	switch c {
	case CheckGrant:
		return g.Number
	case CheckLevel:
		return string(g.Level)
	case CheckTime:
		return g.ValidFrom.Format(time.DateOnly) + "/" + g.ValidTo.Format(time.DateOnly)
	case CheckState:
		return string(g.Status)
	}
	return ""
}
