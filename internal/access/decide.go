package access

import (
	"net/netip"
	"slices"
	"sort"
	"strings"
	"time"

	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
)

// Check is one of the eight checks; the words are the access log's decision.reason.
type Check string

const (
	CheckOK      Check = "OK"
	CheckAuthn   Check = "AUTHN"
	CheckRole    Check = "ROLE"
	CheckGrant   Check = "GRANT"
	CheckPurpose Check = "PURPOSE"
	CheckScope   Check = "SCOPE"
	CheckTime    Check = "TIME"
	CheckQuota   Check = "QUOTA"
	CheckState   Check = "STATE"
	CheckLevel   Check = "LEVEL"
)

// Decision is allow or deny, the first failing check, and what may leave.
type Decision struct {
	Allowed bool
	Check   Check
	Code    string // fault code, "access.purpose_mismatch"; empty when allowed
	Args    []any
	Kind    fault.Kind
	Grant   *Grant
	Columns []Column
	Rows    []RowRule
	Records int64 // the most records that the answer may carry; 0 when it carries none
	Policy  string
	hold    *hold // what Reserve took off the quotas for it
}

// Fault is the refusal as the caller sees it; nil when allowed.
func (d Decision) Fault() *fault.Fault {
	if d.Allowed {
		return nil
	}
	return fault.New(d.Kind, d.Code, d.Args...)
}

// Masked lists the columns that leave masked.
func (d Decision) Masked() []string {
	var out []string
	for _, c := range d.Columns {
		if c.Mask != MaskNone {
			out = append(out, c.Name)
		}
	}
	return out
}

type verdict struct {
	step  int // how far the grant came: of several that all fail, the one that came furthest names the reason
	check Check
	kind  fault.Kind
	code  string
	args  []any
}

var ok = verdict{check: CheckOK}

func deny(c Check, kind fault.Kind, code string, args ...any) verdict {
	return verdict{check: c, kind: kind, code: code, args: args}
}

// Decide is the one decision of the platform: pure, total, default deny. Every channel asks it.
func Decide(r Request, f Facts) Decision {
	d := Decision{Policy: f.Policy}
	v := callerMay(r, f)
	if v.check != CheckOK {
		return d.with(v)
	}
	v = deny(CheckGrant, fault.Denied, "access.grant_missing", r.Dataset)
	if f.Dataset == nil { // the same answer as without a grant: what exists is not told
		return d.with(v)
	}
	candidates := slices.Clone(f.Grants)
	sort.SliceStable(candidates, func(i, j int) bool { return candidates[i].ID < candidates[j].ID })
	for i := range candidates {
		g := &candidates[i]
		may, got := grantAllows(r, f, g)
		if got.check == CheckOK {
			return Decision{Allowed: true, Check: CheckOK, Grant: g, Columns: may.columns, Rows: slices.Clone(g.Rows), Records: may.records, Policy: f.Policy}
		}
		if got.step > v.step {
			v, d.Grant = got, g
		}
	}
	return d.with(v)
}

func (d Decision) with(v verdict) Decision {
	d.Check, d.Kind, d.Code, d.Args = v.check, v.kind, v.code, v.args
	return d
}

// callerMay is checks 1 and 2: AUTHN and ROLE.
func callerMay(r Request, f Facts) verdict {
	a := r.Actor
	switch {
	case a.Type == Anyone || a.Type == "" || a.ID == "" || f.Account == nil:
		return deny(CheckAuthn, fault.Unauthenticated, "access.sign_in_required")
	case !f.Account.Active:
		return deny(CheckAuthn, fault.Unauthenticated, "access.account_inactive")
	case f.Account.Suspended:
		return deny(CheckAuthn, fault.Denied, "access.account_suspended")
	case !within(r.Address, f.Account.Addresses):
		return deny(CheckAuthn, fault.Denied, "access.address_not_allowed")
	}
	need, known := needs[r.Action]
	if !known {
		return deny(CheckRole, fault.Denied, "access.action_forbidden", r.Action)
	}
	if !a.Can(need.permission) && !roleless(r) {
		return deny(CheckRole, fault.Denied, "access.permission_missing", need.permission)
	}
	return ok
}

// roleless: the right to update one's own source data or to share comes from the grant alone, held by the agency.
func roleless(r Request) bool {
	return (r.Action == UpdateSource || r.Action == ShareOnward) && r.Actor.Type == User && r.Actor.Has(Steward)
}

// allowed is how far an allowed request reaches.
type allowed struct {
	columns []Column
	records int64
}

// grantAllows is checks 3 to 8 for one grant. A grant of somebody else is step 0, so it never names the reason.
func grantAllows(r Request, f Facts, g *Grant) (allowed, verdict) {
	if g.Dataset != r.Dataset || !subjectIs(g, r.Actor) || !probed(g, r.Actor) {
		return allowed{}, deny(CheckGrant, fault.Denied, "access.grant_missing", r.Dataset)
	}
	var may allowed
	for i, check := range []func() verdict{
		func() verdict { return grantHolds(g, r, f.Connection[g.Connection]) },
		func() verdict { return levelFits(r, f, g) },
		func() verdict { return purposeFits(r, f, g) },
		func() verdict { return purposeShown(r, f, g) },
		func() verdict { return flawless(r) },
		func() (v verdict) { may.columns, v = scopeFits(r, f, g); return v },
		func() verdict { return timeFits(r, g) },
		func() verdict { return conditionsMet(r, f, g) },
		func() (v verdict) { may.records, v = quotaLeft(r, f, g); return v },
		func() verdict { return stateAllows(r, f, g) },
	} {
		if v := check(); v.check != CheckOK {
			v.step = i + 1
			return allowed{}, v
		}
	}
	return may, ok
}

// grantHolds is check 3: the grant is in force. A grant that stands still with its connection is refused with the
// connection's reason.
func grantHolds(g *Grant, r Request, c ConnectionFacts) verdict {
	switch g.Status {
	case GrantActive:
		return ok
	case GrantSuspended:
		if c.State == "suspended" {
			return c.suspended(CheckGrant)
		}
		return deny(CheckGrant, fault.Denied, "access.grant_suspended", g.Number)
	case GrantEnded:
		return deny(CheckGrant, fault.Denied, "access.grant_ended", g.Number)
	case GrantAltered:
		return deny(CheckGrant, fault.Denied, "access.grant_altered", g.Number)
	}
	return deny(CheckGrant, fault.Denied, "access.grant_missing", r.Dataset)
}

// ProbeAsProduction before a connection's id marks a probe that calls as the system will in production: it is judged by
// that connection's rights, and a connection under test is closed to it.
const ProbeAsProduction = "production/"

// probed: a test of one connection goes by the rights of that connection, not by others that the system has already.
func probed(g *Grant, a Actor) bool {
	return a.Probe == "" || g.Connection == strings.TrimPrefix(a.Probe, ProbeAsProduction)
}

func subjectIs(g *Grant, a Actor) bool {
	switch g.Subject.Type {
	case SubjectSystem:
		return a.Type == System && g.Subject.ID == a.ID
	case SubjectAccount:
		return a.Type == User && g.Subject.ID == a.ID
	case SubjectAgencyRole:
		agency, role, found := strings.Cut(g.Subject.ID, "/")
		return found && a.Type == User && a.Agency == agency && a.Has(Role(role))
	}
	return false
}

// levelFits is the second half of check 3: the right is of a level that carries the action (Điều 21.3).
func levelFits(r Request, f Facts, g *Grant) verdict {
	need := needs[r.Action]
	if !slices.Contains(need.levels, g.Level) {
		return deny(CheckLevel, fault.Denied, "access.level_required", need.levels[0])
	}
	// An UPDATE right shows records on screen only of the holder's own data.
	if g.Level == LevelUpdate && r.Action == ViewRecord && (f.Dataset == nil || f.Dataset.Owner != r.Actor.Agency) {
		return deny(CheckLevel, fault.Denied, "access.level_required", LevelView)
	}
	if r.Action == ShareOnward && !slices.Contains(g.Recipients, r.Recipient) {
		return deny(CheckScope, fault.Denied, "access.recipient_not_granted", r.Recipient)
	}
	return ok
}

// purposeFits is check 4.
func purposeFits(r Request, f Facts, g *Grant) verdict {
	if r.Purpose == "" {
		return deny(CheckPurpose, fault.Denied, "access.purpose_missing")
	}
	p, known := f.Purposes[r.Purpose]
	if !known || !p.Active {
		return deny(CheckPurpose, fault.Denied, "access.purpose_unknown", r.Purpose)
	}
	if !slices.Contains(g.Purposes, r.Purpose) {
		return deny(CheckPurpose, fault.Denied, "access.purpose_mismatch", r.Purpose)
	}
	return ok
}

// purposeShown is the second half of check 4: the case, and the officer who acts. It is a step of its own, so that of
// several rights the one for this purpose names the reason.
func purposeShown(r Request, f Facts, g *Grant) verdict {
	if (f.Purposes[r.Purpose].CaseRequired || g.Conditions.CaseRequired || showsPersons(r, f, g)) && strings.TrimSpace(r.Case) == "" {
		return deny(CheckPurpose, fault.Denied, "access.case_missing", r.Purpose)
	}
	if g.Conditions.OfficerRequired && r.Officer == "" && r.Actor.Probe == "" { // the platform's own probe has no officer
		return deny(CheckPurpose, fault.Denied, "access.officer_missing")
	}
	return ok
}

// timeFits is check 6.
func timeFits(r Request, g *Grant) verdict {
	if r.At.Before(g.ValidFrom) {
		return deny(CheckTime, fault.Denied, "access.grant_not_yet", i18n.Date(g.ValidFrom))
	}
	if !r.At.Before(g.ValidTo) {
		return deny(CheckTime, fault.Denied, "access.grant_expired", i18n.Date(g.ValidTo))
	}
	if !inHours(r.At, g.Conditions.HourFrom, g.Conditions.HourTo) {
		return deny(CheckTime, fault.Denied, "access.outside_hours", g.Conditions.HourFrom, g.Conditions.HourTo)
	}
	return ok
}

func inHours(at time.Time, from, to int) bool {
	if from == 0 && to == 0 {
		return true
	}
	h := at.In(i18n.Zone).Hour()
	if from <= to {
		return h >= from && h < to
	}
	return h >= from || h < to
}

// conditionsMet: the grant's own demands on address and second factor. The platform's own probe comes from itself.
func conditionsMet(r Request, f Facts, g *Grant) verdict {
	if r.Actor.Probe == "" && !within(r.Address, g.Conditions.Addresses) {
		return deny(CheckAuthn, fault.Denied, "access.address_not_allowed")
	}
	if (g.Conditions.StrongAuth || showsPersons(r, f, g)) && !r.Actor.Auth.Strong() {
		return deny(CheckAuthn, fault.Denied, "access.strong_auth_required")
	}
	return ok
}

// stateAllows is check 8: nothing on the way is suspended, and the calling system is safe enough.
func stateAllows(r Request, f Facts, g *Grant) verdict {
	if f.Dataset.Suspended {
		return deny(CheckState, fault.Denied, "access.dataset_suspended", r.Dataset)
	}
	if !f.Dataset.Served {
		return deny(CheckState, fault.Unavailable, "access.dataset_not_served", r.Dataset)
	}
	if v := f.Dataset.registered(r); v.check != CheckOK {
		return v
	}
	if r.Actor.Type == System {
		if v := systemAllows(f, g); v.check != CheckOK {
			return v
		}
	}
	if g.Implicit {
		return ok
	}
	if g.Connection == "" {
		return ok
	}
	c := f.Connection[g.Connection]
	switch state := c.State; {
	case state == "live":
		return ok
	case state == "testing" && r.Actor.Probe == g.Connection:
		return ok
	case state == "suspended":
		return c.suspended(CheckState)
	case state == "terminated":
		return deny(CheckState, fault.Denied, "access.connection_terminated")
	}
	return deny(CheckState, fault.Denied, "access.not_accepted")
}

// suspended names the class of the reason, never its details: those stand on the connection's page.
func (c ConnectionFacts) suspended(check Check) verdict {
	class := c.Reason
	if class == "" {
		class = "other"
	}
	return deny(check, fault.Denied, "access.connection_suspended", i18n.Key("connection.pause."+class))
}

// registered: data of persons is served only while its processing stands in the register, complete and in force
// (Điều 27.2), whoever asks and whichever of its fields.
func (d *DatasetFacts) registered(r Request) verdict {
	needed := d.Processing.Needed
	for _, class := range d.Fields {
		needed = needed || class.Personal()
	}
	if !needed {
		return ok
	}
	switch p := d.Processing; {
	case p.Register == RegisterWithdrawn:
		return deny(CheckState, fault.Denied, "access.processing_withdrawn", r.Dataset)
	case p.Register == RegisterIncomplete:
		return deny(CheckState, fault.Denied, "access.processing_incomplete", r.Dataset)
	case p.Register != RegisterInForce:
		return deny(CheckState, fault.Denied, "access.processing_missing", r.Dataset)
	case !r.At.Before(p.Until):
		return deny(CheckState, fault.Denied, "access.processing_expired", r.Dataset, i18n.Date(p.Until.Add(-time.Second)))
	}
	return ok
}

func systemAllows(f Facts, g *Grant) verdict {
	s := f.System
	switch {
	case s == nil || s.Suspended:
		return deny(CheckState, fault.Denied, "access.system_suspended")
	case !s.AgencyActive:
		return deny(CheckState, fault.Denied, "access.agency_inactive")
	}
	for _, c := range g.Columns {
		class, known := f.Dataset.Fields[c.Name]
		if !known {
			class = ClassCore // a field that the dataset does not describe is treated as the most protected
		}
		if s.SecurityLevel < class.MinimumSecurityLevel() {
			return deny(CheckState, fault.Denied, "access.security_level_low", class.MinimumSecurityLevel())
		}
	}
	return ok
}

// within: an empty list allows every address; a list allows nothing that has no address.
func within(a netip.Addr, list []netip.Prefix) bool {
	if len(list) == 0 {
		return true
	}
	a = a.Unmap()
	return a.IsValid() && slices.ContainsFunc(list, func(p netip.Prefix) bool { return p.Contains(a) })
}
