package demo

import (
	"context"
	"fmt"

	"lienthong/internal/access"
	"lienthong/internal/connection"
	"lienthong/internal/incident"
)

// stop is where a plan ends on the route that the platform chose: the shortened process has neither appraisal nor approval
// of a scope, so what would wait there waits at its check or its set-up.
func (p plan) stop(route connection.Route) connection.State {
	if route != connection.Shortened || p.violates {
		return p.until
	}
	switch p.until {
	case connection.Appraising, connection.OwnerOpinion:
		return connection.SecurityCheck
	case connection.Approved:
		return connection.Provisioning
	}
	return p.until
}

// check takes a request of the shortened process through the check of security and privacy, or where the plan says so
// back to its requester, or before the authority.
func (l *loader) check(ctx context.Context, p plan, r *connection.Request) (*connection.Request, error) {
	officer := l.as(ctx, security)
	switch {
	case p.until == connection.Returned:
		return l.Connections.ReturnCheck(officer, r.ID, connection.Input{Missing: []string{p.comment}, Comment: p.comment})
	case p.until == connection.Rejected:
		return l.objected(ctx, p, r)
	case p.violates:
		return l.violated(ctx, r)
	case r.State == connection.Submitted:
		return l.Connections.StartCheck(officer, r.ID, connection.Input{})
	}
	v, err := l.Connections.Find(officer, r.ID)
	if err != nil {
		return r, err
	}
	scope := v.Request.Proposed(v.Dataset)
	scope.RecordsPerCall, scope.RecordsPerDay, scope.PersonsPerDay = 200, 100_000, 50_000
	scope.CaseRequired = len(r.Need.Procedures) > 0
	in := connection.Input{Scope: &scope, Checklist: connection.Checklist{Fields: map[string]connection.Necessity{}}}
	for _, c := range scope.Columns {
		if class := v.Dataset.FieldOr(c.Name).Class; class == access.ClassSensitive || class == access.ClassCore {
			in.Checklist.Fields[c.Name] = connection.Necessity{Needed: true, Comment: "Cần giá trị thật cho mục đích đã nêu; mỗi lần gọi đều ghi nhật ký"}
		}
	}
	return l.Connections.PassCheck(officer, r.ID, in)
}

// objected is a request against which the owner objects on a legal ground, and which the authority refuses.
func (l *loader) objected(ctx context.Context, p plan, r *connection.Request) (*connection.Request, error) {
	head, err := l.head(ctx, r.Owner)
	if err != nil {
		return r, err
	}
	if r, err = l.Connections.Object(head, r.ID, connection.Input{Comment: p.comment, Citation: p.citation}); err != nil {
		return r, fmt.Errorf("object: %w", err)
	}
	decision := connection.Document{Number: "Công văn mẫu 45/UBND-KGVX", Title: "Về việc không cung cấp dữ liệu từng người"}
	return l.Connections.Reject(l.as(ctx, approver), r.ID, connection.Input{Comment: p.comment, Citation: p.citation, Decision: decision})
}

// violated opens a serious violation of the requester, which takes the request over to the full process at the next sweep.
func (l *loader) violated(ctx context.Context, r *connection.Request) (*connection.Request, error) {
	_, err := l.Incidents.Open(l.as(ctx, security), incident.Detection{
		Kind: incident.Misuse, Severity: incident.High, Agency: r.Agency, Source: "exchange", Refs: map[string]string{"system": r.Need.System},
		Summary: "Hệ thống " + r.Need.System + " gọi dữ liệu ngoài mục đích đã đăng ký, nhiều lượt liên tiếp bị từ chối",
	})
	if err != nil {
		return r, fmt.Errorf("open a violation of %s: %w", r.Agency, err)
	}
	job := access.WithActor(ctx, access.JobActor("connection sweep"))
	if err := l.Connections.Sweep(job); err != nil {
		return r, fmt.Errorf("sweep the conditions: %w", err)
	}
	v, err := l.Connections.Find(l.as(ctx, security), r.ID)
	return v.Request, err
}
