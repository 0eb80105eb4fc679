package flow

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/connection"
	"lienthong/internal/kit/fault"
)

// screenProber looks as the people of a connection will: through ViewData, so through the same decision, permit and record.
type screenProber struct{ view *ViewData }

func (s screenProber) Call(ctx context.Context, c ProbeCall) (ProbeAnswer, error) {
	who := access.Actor{
		Type: access.User, ID: "kiem-thu:" + c.Connection, Name: "Kiểm thử kết nối", Agency: c.Person.Agency, Roles: c.Person.Roles, Auth: access.AuthLocal, Probe: c.Connection,
	}
	if c.Person.OneFactor {
		who.Auth = access.AuthPassword
	}
	if c.Token == TokenOrdinary {
		who.Probe = access.ProbeAsProduction + c.Connection
	}
	l := Look{Dataset: c.Dataset, Operation: "SCREEN probe", Purpose: c.Purpose, Case: c.Case, Columns: c.Fields, Limit: int(c.Limit)}
	for column, value := range c.Filter {
		l.Column, l.Value = column, value
	}
	if c.Person.Unmask != "" {
		l.Unmask = []string{c.Person.Unmask}
	}
	run := s.view.Run
	if c.Person.Export {
		run = s.view.Export
	}
	began := time.Now()
	seen, err := run(access.WithActor(ctx, who), l)
	a := ProbeAnswer{Status: http.StatusOK, Evidence: seen.ID, Duration: time.Since(began)}
	if err != nil {
		f := fault.Of(err)
		if f.Kind == fault.Internal {
			return a, fmt.Errorf("look as a probe: %w", err)
		}
		a.Status, a.Code = f.Kind.Status(), f.Code
		return a, nil
	}
	for _, rec := range seen.Records {
		row := map[string]any{}
		for i, column := range seen.Columns {
			row[column.Name] = rec.Values[i]
		}
		a.Records = append(a.Records, row)
	}
	return a, nil
}

// Source and Written ask providers, whom people on screen do not call.
func (screenProber) Source(context.Context, ServiceCall, []access.RowRule) ([]map[string]any, error) {
	return nil, fault.New(fault.Conflict, "connection.operations_of_people")
}

func (screenProber) Written(context.Context, ServiceCall) (map[string]any, []map[string]any, error) {
	return nil, nil, fault.New(fault.Conflict, "connection.operations_of_people")
}

// people: what a look on screen must refuse (requirements section 6.4), and that every approved role may look.
func (c *caseList) people() {
	scope := c.Config.Scope
	for _, role := range scope.Roles[1:] {
		c.add("allowed", string(role), 200, nil, func(p *ProbeCall) { p.Person.Roles = []access.Role{role} })
	}
	c.warehouse()
	c.purposes()
	c.add("one_factor", "", 403, []string{"access.strong_auth_required"}, func(p *ProbeCall) { p.Person.OneFactor = true })
	for _, role := range connection.LookingRoles() {
		if !slices.Contains(scope.Roles, role) {
			c.add("other_role", string(role), 403, []string{"access.grant_missing"}, func(p *ProbeCall) { p.Person.Roles = []access.Role{role} })
			break
		}
	}
	if !slices.Contains(scope.Levels, access.LevelUse) {
		c.add("export", "", 403, []string{"access.level_required"}, func(p *ProbeCall) {
			p.Person.Export, p.Person.Roles = true, append([]access.Role{access.Analyst}, p.Person.Roles...)
		})
	}
	c.add("unmask_without_reason", scope.Columns[0].Name, 403, []string{"access.unmask_reason_missing"}, func(p *ProbeCall) { p.Person.Unmask = scope.Columns[0].Name })
	c.notAccepted()
}
