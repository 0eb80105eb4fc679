package demo

import (
	"context"
	"fmt"
	"slices"

	"lienthong/internal/access"
	"lienthong/internal/connection"
	"lienthong/internal/demo/consumer"
	"lienthong/internal/flow"
)

// requests takes every plan to where it stops.
func (l *loader) requests(ctx context.Context) error {
	for i, p := range plans(l.w, l.served) {
		r, err := l.open(ctx, i, p)
		if err == nil {
			r, err = l.walk(ctx, p, r)
		}
		if err != nil {
			return fmt.Errorf("request %q: %w", p.name, explained(err))
		}
		l.loaded.Requests[p.name] = r
	}
	return nil
}

// open finds the request of a plan, which its environment names, or registers the need.
func (l *loader) open(ctx context.Context, i int, p plan) (*connection.Request, error) {
	steward, err := l.steward(ctx, l.requester(p))
	if err != nil {
		return nil, err
	}
	need := l.need(i, p)
	have, err := l.Connections.List(steward, connection.Filter{System: p.system, Dataset: string(p.dataset), Limit: 50})
	if err != nil {
		return nil, err
	}
	for _, r := range have {
		v, err := l.Connections.Find(steward, r.ID)
		if err != nil {
			return nil, err
		}
		if v.Request.Need.Environment == need.Environment {
			return v.Request, nil
		}
	}
	return l.Connections.Create(steward, need)
}

// requester is the agency that asks: that of the people who look, or of the system.
func (l *loader) requester(p plan) string {
	if p.agency != "" {
		return p.agency
	}
	return l.ownerOf(p.system)
}

func (l *loader) ownerOf(system string) string {
	for _, s := range l.w.Systems {
		if s.ID == system {
			return s.Owner
		}
	}
	return ""
}

func (l *loader) need(i int, p plan) connection.Need {
	now := l.Clock.Now()
	from, level := connection.DayOf(now), access.LevelUse
	if len(p.roles) > 0 {
		level = access.LevelView
	}
	return connection.Need{
		System: p.system, Roles: p.roles, Dataset: string(p.dataset), SchemaVersion: int64(l.loaded.Datasets[p.dataset].SchemaVersion), Purposes: p.purposes, LegalBasis: p.basis,
		Procedures: p.procedures, Fields: p.fields, Rows: p.rows, Operations: p.operations, TestSubjects: p.tests, TestBody: p.testBody, Subjects: p.subjects, Level: level, Method: "api", Frequency: "daily",
		Answers: connection.Answers{Nature: "records", Use: "look_up", Speed: "at_once", Infrastructure: "calls"}, Readiness: "ready", Impact: p.impact(),
		CallsPerDay: p.perDay, PeakPerMinute: p.perMinute, ResponseMillis: 3000, Addresses: []string{"127.0.0.1"},
		Environment: fmt.Sprintf("Trung tâm dữ liệu tỉnh, máy chủ mẫu số %02d", i+1),
		Contact:     connection.Contact{Name: "Bộ phận kỹ thuật", Email: p.system + "@example.vn", Phone: "0900000000"},
		Responsible: "Thủ trưởng đơn vị", ImpactAssessment: fmt.Sprintf("%02d/ĐGTĐ mẫu", i+1), From: from, To: connection.DayOf(now.AddDate(0, 11, 0)),
	}
}

const mostSteps = 20

// walk takes one step after the other until the request stands where the plan wants it, or where people who used the demo
// before this start have taken it.
func (l *loader) walk(ctx context.Context, p plan, r *connection.Request) (*connection.Request, error) {
	for range mostSteps {
		until := p.stop(r.Route)
		if r.State == until && (until != connection.Provisioning || len(r.Grants) > 0 || p.until == connection.Approved) || leftByPeople(r.State, until) {
			return r, nil
		}
		next, err := l.step(ctx, p, r)
		if err != nil {
			return r, fmt.Errorf("from %s: %w", r.State, err)
		}
		r = next
	}
	return r, fmt.Errorf("it stands at %s after %d steps, not at %s", r.State, mostSteps, p.until)
}

// leftByPeople reports a state that lies behind the plan's, or from which no plan leads on.
func leftByPeople(at, until connection.State) bool {
	switch at {
	case connection.Returned, connection.Escalated, connection.Rejected, connection.Suspended, connection.Terminated, connection.Withdrawn:
		return true
	}
	way := []connection.State{
		connection.Draft, connection.Submitted, connection.Returned, connection.SecurityCheck, connection.Appraising, connection.OwnerOpinion, connection.Rejected,
		connection.Approved, connection.Provisioning, connection.Testing, connection.Acceptance, connection.Live, connection.Suspended, connection.Terminated,
	}
	return slices.Index(way, at) > slices.Index(way, until)
}

func (l *loader) step(ctx context.Context, p plan, r *connection.Request) (*connection.Request, error) {
	switch r.State {
	case connection.Draft:
		steward, err := l.steward(ctx, r.Agency)
		if err != nil {
			return r, err
		}
		return l.Connections.Submit(steward, r.ID, connection.Input{Attest: true})
	case connection.Submitted, connection.SecurityCheck:
		if r.Route == connection.Shortened {
			return l.check(ctx, p, r)
		}
		if p.until == connection.Returned {
			return l.Connections.Return(l.as(ctx, appraiser), r.ID, connection.Input{Missing: []string{p.comment}, Comment: p.comment})
		}
		return l.Connections.StartAppraisal(l.as(ctx, appraiser), r.ID, connection.Input{})
	case connection.Appraising, connection.OwnerOpinion:
		return l.appraise(ctx, p, r)
	case connection.Approved:
		return l.grant(ctx, p, r)
	case connection.Provisioning:
		if len(r.Grants) == 0 {
			return l.grant(ctx, p, r)
		}
		if _, err := l.Connections.Review(l.as(ctx, second), r.ID, connection.Input{Reviewed: r.Config, OK: true}); err != nil {
			return r, err
		}
		return l.Connections.StartTesting(l.as(ctx, engineer), r.ID, connection.Input{})
	}
	return l.finish(ctx, p, r)
}

// appraise fills the checklist, asks the owner, has it answered, and decides.
func (l *loader) appraise(ctx context.Context, p plan, r *connection.Request) (*connection.Request, error) {
	switch {
	case r.State == connection.OwnerOpinion:
		head, err := l.head(ctx, r.Owner)
		if err != nil {
			return r, err
		}
		o := connection.Opinion{Stand: connection.Agree}
		if p.limits != "" {
			o = connection.Opinion{Stand: connection.AgreeLimits, Limits: p.limits, Exclude: p.needless}
		}
		return l.Connections.GiveOpinion(head, r.ID, connection.Input{Opinion: o})
	case r.Opinion == nil:
		if _, err := l.Connections.Appraise(l.as(ctx, appraiser), r.ID, connection.Input{Checklist: p.checklist()}); err != nil {
			return r, err
		}
		return l.Connections.AskOwner(l.as(ctx, appraiser), r.ID, connection.Input{Questions: "Đề nghị cho ý kiến về phạm vi, mục đích và tần suất của đề nghị."})
	case p.until == connection.Rejected:
		return l.Connections.Reject(l.as(ctx, approver), r.ID, connection.Input{Comment: p.comment, Citation: p.citation})
	}
	scope := p.scope(r.Need)
	return l.Connections.Approve(l.as(ctx, approver), r.ID, connection.Input{Scope: &scope})
}

func (p plan) checklist() connection.Checklist {
	c := connection.Checklist{Items: map[connection.Item]connection.Finding{}, Fields: map[string]connection.Necessity{}}
	for _, item := range connection.Items() {
		c.Items[item] = connection.Finding{Answer: connection.Pass}
	}
	for _, f := range p.fields {
		needed := !slices.Contains(p.needless, f)
		why := "Cần cho mục đích đã nêu"
		if !needed {
			why = "Không cần cho mục đích đã nêu"
		}
		c.Fields[f] = connection.Necessity{Needed: needed, Alternative: connection.AsItIs, Comment: why}
	}
	for _, col := range p.columns {
		if col.Mask != access.MaskNone {
			c.Fields[col.Name] = connection.Necessity{
				Needed: true, Alternative: lessOf(col.Mask), Mask: col.Mask, Values: col.Values, Not: col.Not, As: col.As, Comment: "Không cần giá trị đầy đủ cho mục đích đã nêu",
			}
		}
	}
	return c
}

// lessOf is the form that tells less of a person, by the way of masking.
func lessOf(m access.MaskKind) connection.Alternative {
	if m == access.MaskYesNo {
		return connection.ByYesNo
	}
	return connection.ByMask
}

// impact states the necessity of each field; those that the appraisal masks are asked for as they are.
func (p plan) impact() map[string]connection.Statement {
	out := map[string]connection.Statement{}
	for _, f := range p.fields {
		out[f] = connection.Statement{
			Necessity: "Cần để giải quyết công việc theo căn cứ đã nêu", Alternative: connection.AsItIs, Why: "Phải ghi đúng giá trị vào hồ sơ, câu trả lời có hoặc không chưa đủ",
		}
	}
	return out
}

// scope is what is approved of a need.
func (p plan) scope(n connection.Need) connection.Scope {
	s := n.Requested()
	if p.columns != nil {
		s.Columns = p.columns
	}
	s.RecordsPerCall, s.RecordsPerDay, s.PersonsPerDay = 200, 100_000, 50_000
	s.CaseRequired = len(n.Procedures) > 0
	return s
}

// grant sets the connection up and keeps its credential for the calling system.
func (l *loader) grant(ctx context.Context, p plan, r *connection.Request) (*connection.Request, error) {
	var got flow.Granted
	got, err := l.Grants.Run(l.as(ctx, engineer), r.ID, connection.Input{})
	if err != nil {
		return r, err
	}
	if p.system == "" { // people sign in themselves
		return got.Request, nil
	}
	return got.Request, l.pickUp(ctx, p.system, got.Credential.ID)
}

// pickUp takes a secret as the steward of the system's agency does, and keeps it for the calling system.
func (l *loader) pickUp(ctx context.Context, system, credential string) error {
	steward, err := l.steward(ctx, l.ownerOf(system))
	if err != nil {
		return err
	}
	got, err := l.System.PickUp(steward, system, credential)
	if err != nil {
		return fmt.Errorf("pick up the secret of %s: %w", system, err)
	}
	l.loaded.Secrets[system] = Secret{got.Credential.ClientID, got.Secret.Reveal()}
	return nil
}

// finish tests, accepts, suspends and ends.
func (l *loader) finish(ctx context.Context, p plan, r *connection.Request) (*connection.Request, error) {
	switch r.State {
	case connection.Testing:
		after, run, err := l.Tests.Run(l.as(ctx, engineer), r.ID)
		if err != nil {
			return r, err
		}
		if !run.Passed {
			return after, fmt.Errorf("the platform's tests fail: %v", run.Failing())
		}
		return l.Connections.PassTesting(l.as(ctx, engineer), r.ID, connection.Input{})
	case connection.Acceptance:
		return l.accept(ctx, r)
	case connection.Live:
		if p.until == connection.Suspended {
			if err := l.callOnce(ctx, p); err != nil {
				return r, err
			}
			return l.Connections.Suspend(l.as(ctx, security), r.ID, connection.Input{ReasonClass: "maintenance", Comment: p.comment})
		}
		return l.Connections.Terminate(l.as(ctx, security), r.ID, connection.Input{Comment: p.comment})
	}
	return r, fmt.Errorf("the demo knows no way on from %s", r.State)
}

// accept takes the confirmations of the three parties that are still missing.
func (l *loader) accept(ctx context.Context, r *connection.Request) (*connection.Request, error) {
	owner, err := l.head(ctx, r.Owner)
	if err != nil {
		return r, err
	}
	requester, err := l.head(ctx, r.Agency)
	if err != nil {
		return r, err
	}
	for _, c := range []struct {
		side connection.Side
		who  context.Context //nolint:containedctx // three people act one after the other
	}{{connection.Operator, l.as(ctx, engineer)}, {connection.Owner, owner}, {connection.Requester, requester}} {
		if _, has := r.Confirmed[c.side]; has {
			continue
		}
		if r, err = l.Connections.Confirm(c.who, r.ID, c.side, connection.Input{}); err != nil {
			return r, err
		}
	}
	return r, nil
}

// callOnce uses a connection before it is suspended, so that its system counts as one that was connected.
func (l *loader) callOnce(ctx context.Context, p plan) error {
	secret, known := l.loaded.Secrets[p.system]
	if !known || !p.used {
		return nil
	}
	client := consumer.New(consumer.Config{Base: l.ExchangeURL, ClientID: secret.ClientID, Secret: secret.Secret, Clock: l.Clock, Agent: "demo-" + p.system + "/1.0"})
	if _, err := client.Records(ctx, string(p.dataset), consumer.Ask{Purpose: p.purposes[0], Limit: 10}); err != nil {
		return fmt.Errorf("call as %s: %w", p.system, err)
	}
	return nil
}
