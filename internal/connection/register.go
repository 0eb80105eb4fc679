package connection

import (
	"context"
	"fmt"
	"strings"
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
			Code: string(d.Code), Name: d.Name, Owner: d.Owner, SchemaVersion: int64(d.SchemaVersion), Provider: d.OfficialSystem, SharedFields: d.Sharing.Fields,
			Shareable: d.State.Live() && d.Schema != nil && d.Classification.Scope != catalog.Private,
		}
		if d.Schema != nil {
			for _, f := range d.Schema.Fields {
				out.Fields = append(out.Fields, Field{Name: f.Name, Label: f.Label, Class: access.Class(f.Class), Key: f.Key})
			}
		}
		label := func(name string) string { return out.FieldOr(name).Label }
		out.Outside = outside(d.Sharing, label)
		if listed != nil {
			entry, err := listed(ctx, code)
			if err != nil {
				return Dataset{}, fmt.Errorf("read the issued catalogue: %w", err)
			}
			if out.Listed = entry.Decision; out.Listed != "" {
				out.Outside, out.SharedFields = outside(entry.Scope, label), entry.Scope.Fields
			}
		}
		return out, nil
	}
}

// outside compares a need with the sharing scope of the dataset's entry (Điều 7.3d).
func outside(scope catalog.Sharing, label func(field string) string) func(Need, Agency) []Reason {
	return func(n Need, who Agency) []Reason {
		rows, own := map[string][]string{}, map[string]string{}
		for _, r := range n.Rows {
			rows[r.Column] = r.In
		}
		for _, limit := range scope.Rows {
			if limit.Own && who.Commune != "" {
				own[limit.Column] = who.Commune
			}
		}
		ask := catalog.Ask{Agency: who.Code, AgencyType: who.Kind, Fields: n.Fields, Rows: rows, OwnUnit: own, Purposes: n.Purposes, Level: string(n.Level)}
		var out []Reason
		for _, f := range scope.Outside(ask) {
			code := strings.TrimPrefix(f.Code, "catalog.")
			r := Reason{Code: code} // "outside_field", with a sentence of its own
			for _, arg := range f.Args {
				text := fmt.Sprint(arg)
				if code == "outside_field" || code == "outside_rows" {
					text = label(text)
				}
				r.Args = append(r.Args, text)
			}
			out = append(out, r)
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
