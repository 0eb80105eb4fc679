package app

import (
	"context"

	"lienthong/internal/access"
	"lienthong/internal/agency"
	"lienthong/internal/catalog"
	"lienthong/internal/connection"
	"lienthong/internal/dictionary"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
)

// accessSources tells the decision what the other slices know, from memory where nothing changed.
func (a *App) accessSources() access.Sources {
	datasets := controldb.NewFresh(a.db, 20_000, a.datasetFacts)
	return access.Sources{
		Account:    a.accountFacts,
		Dataset:    datasets.Find,
		System:     a.system.Facts,
		Connection: a.connections.State,
		Owned:      a.ownedDatasets,

		AgencyKind: a.agencyKind, TemplateStepped: a.templateStepped, Methods: texts(connection.Methods()), AgencyKinds: texts(agency.Kinds()),
	}
}

// ownedDatasets are the codes of the datasets that an agency owns now.
func (a *App) ownedDatasets(ctx context.Context, agency string) ([]string, error) {
	var codes []string
	for after := ""; ; {
		page, err := a.catalog.Search(ctx, catalog.Filter{Owner: agency, After: after})
		if err != nil {
			return nil, err
		}
		for _, d := range page.Datasets {
			codes = append(codes, string(d.Code))
		}
		if after = page.Next; after == "" {
			return codes, nil
		}
	}
}

// accountFacts of whoever calls: a system, a person, or a background job of the platform.
func (a *App) accountFacts(ctx context.Context, who access.Actor) (*access.AccountFacts, error) {
	switch who.Type {
	case access.System:
		f, err := a.system.AccountFacts(ctx, who.ID)
		if f != nil && who.Probe != "" { // the platform itself calls, from its own address
			own := *f
			own.Addresses = nil
			return &own, err
		}
		return f, err
	case access.User:
		if who.Probe != "" { // the platform itself looks, as the people of a connection under test will
			return &access.AccountFacts{Active: true}, nil
		}
		return a.account.Facts(ctx, who)
	case access.Job:
		return &access.AccountFacts{Active: true}, nil
	}
	return nil, nil //nolint:nilnil // nobody
}

func (a *App) datasetFacts(ctx context.Context, code string) (*access.DatasetFacts, error) {
	d, err := a.catalog.Describe(ctx, catalog.Code(code))
	if fault.Of(err) != nil && fault.Of(err).Kind == fault.NotFound {
		return nil, nil //nolint:nilnil // Facts says by nil that the dataset does not exist
	}
	if err != nil {
		return nil, err
	}
	f := &access.DatasetFacts{Owner: d.Owner, Suspended: d.State == catalog.Suspended || d.State == catalog.Retired, Fields: map[string]access.Class{}}
	if d.Schema != nil {
		f.Version = int64(d.Schema.Version)
		for _, field := range d.Schema.Fields {
			f.Fields[field.Name] = access.Class(field.Class)
			if field.Key || field.Person || d.Elements[field.Element].Definition.Type == dictionary.PersonalID {
				f.Keys = append(f.Keys, field.Name)
			}
		}
	}
	if f.Processing, err = a.privacy.Facts(ctx, d); err != nil {
		return nil, err
	}
	v, err := a.warehouse.Current(ctx, code)
	switch {
	case err == nil:
		f.Served, f.Version, f.DataTime = true, int64(v.Number), v.Provenance.SourceTime
		return f, nil
	case fault.Of(err).Kind != fault.NotFound:
		return nil, err
	}
	f.Served, err = a.exchange.Serves(ctx, code)
	return f, err
}
