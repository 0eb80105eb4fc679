package connection

import (
	"context"
	"fmt"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/catalog"
	"lienthong/internal/system"
)

// Listed is what the catalogue in force says of a dataset.
type Listed struct {
	Decision string          // that issued it; empty when the catalogue does not hold the dataset
	Scope    catalog.Sharing // as issued, whatever the register says meanwhile
}

// FromCatalog tells the process what the register of datasets knows. listed says what the catalogue in force holds; nil
// where there is none.
func FromCatalog(register *catalog.Service, listed func(ctx context.Context, code string) (Listed, error)) func(context.Context, string) (Dataset, error) {
	return func(ctx context.Context, code string) (Dataset, error) {
		d, err := register.Describe(ctx, catalog.Code(code))
		if err != nil {
			return Dataset{}, err
		}
		out := Dataset{
			Code: string(d.Code), Name: d.Name, Owner: d.Owner, SchemaVersion: int64(d.SchemaVersion), Outside: outside(d.Sharing),
			Shareable: d.State.Live() && d.Schema != nil && d.Classification.Scope != catalog.Private,
		}
		if d.Schema != nil {
			for _, f := range d.Schema.Fields {
				out.Fields = append(out.Fields, Field{Name: f.Name, Label: f.Label, Class: access.Class(f.Class), Key: f.Key})
			}
		}
		if listed != nil {
			entry, err := listed(ctx, code)
			if err != nil {
				return Dataset{}, fmt.Errorf("read the issued catalogue: %w", err)
			}
			if out.Listed = entry.Decision; out.Listed != "" {
				out.Outside = outside(entry.Scope)
			}
		}
		return out, nil
	}
}

// outside compares a need with the sharing scope of the dataset's entry (Điều 7.3d).
func outside(scope catalog.Sharing) func(Need, string) []string {
	return func(n Need, agency string) []string {
		rows := map[string][]string{}
		for _, r := range n.Rows {
			rows[r.Column] = r.In
		}
		var out []string
		for _, f := range scope.Outside(catalog.Ask{Agency: agency, Fields: n.Fields, Rows: rows, Purposes: n.Purposes, Level: string(n.Level)}) {
			out = append(out, fmt.Sprint(f.Field, ": ", f.Args))
		}
		return out
	}
}

// FromSystems tells the process what the register of information systems knows. A security check counts for a year; a
// system whose level is approved and that was never checked since is as if unchecked. listed gives the decision by which the
// list in force holds a system; nil where there is none.
func FromSystems(register *system.Service, now func() time.Time, listed func(ctx context.Context, id string) (string, error)) func(context.Context, string) (System, error) {
	return func(ctx context.Context, id string) (System, error) {
		s, err := register.Known(ctx, id)
		if err != nil {
			return System{}, err
		}
		at := now()
		out := System{
			ID: s.ID, Name: s.Name, Agency: s.Owner, Suspended: s.Suspended, SecurityLevel: s.LevelAt(at), LevelValidTo: s.LevelValidTo,
			CheckedAt: s.CheckedAt, CheckValid: s.CheckedAt.AddDate(1, 0, 0).After(at),
		}
		if listed != nil {
			if out.Listed, err = listed(ctx, id); err != nil {
				return System{}, fmt.Errorf("read the issued list of systems: %w", err)
			}
		}
		return out, nil
	}
}
