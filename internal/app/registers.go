package app

import (
	"context"

	"lienthong/internal/access"
	"lienthong/internal/access/accessweb"
	"lienthong/internal/agency"
	"lienthong/internal/catalog"
	"lienthong/internal/connection"
	"lienthong/internal/connection/connectionweb"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/review/reviewweb"
	"lienthong/internal/system"
)

// agencyName names an agency by its code; an unknown code names itself.
func (a *App) agencyName(ctx context.Context, code string) string {
	if body, err := a.agency.Known(ctx, code); err == nil && body != nil {
		return body.Name
	}
	return code
}

// connectionNumber is the number of a connection's request; an unknown id names itself.
func (a *App) connectionNumber(ctx context.Context, id string) string {
	v, err := a.connections.Find(ctx, connection.ID(id))
	if err != nil || v.Request.Number == "" {
		return id
	}
	return v.Request.Number
}

// purposeNames are the names of all purposes by their codes, in the reader's language.
func (a *App) purposeNames(ctx context.Context) map[string]string {
	all, err := a.access.Purposes(ctx)
	if err != nil { // a page that names codes is better than none
		return nil
	}
	out := map[string]string{}
	for _, p := range all {
		out[p.Code] = p.Name
		if i18n.LangOf(ctx) == i18n.En && p.NameEn != "" {
			out[p.Code] = p.NameEn
		}
	}
	return out
}

// datasetNames are the names of the datasets that the reader may see, by their codes.
func (a *App) datasetNames(ctx context.Context) map[string]string {
	all, err := a.catalog.List(ctx, catalog.Filter{Limit: 1000})
	if err != nil {
		return nil
	}
	out := map[string]string{}
	for _, d := range all {
		out[string(d.Code)] = d.Name
	}
	return out
}

func (a *App) connectionRegisters() connectionweb.Registers {
	return connectionweb.Registers{
		Agency: a.agencyName, Purposes: a.purposeNames, DatasetNames: a.datasetNames, Letterhead: a.letterhead,
		Datasets: func(ctx context.Context) ([]connectionweb.Named, error) {
			all, err := a.catalog.List(ctx, catalog.Filter{})
			if err != nil {
				return nil, err
			}
			var out []connectionweb.Named
			for _, d := range all {
				if d.State.Live() && d.Classification.Scope != catalog.Private {
					out = append(out, connectionweb.Named{Code: string(d.Code), Name: d.Name})
				}
			}
			return out, nil
		},
		OwnDatasets: func(ctx context.Context, agency string) ([]connectionweb.Named, error) {
			all, err := a.catalog.List(ctx, catalog.Filter{Owner: agency})
			var out []connectionweb.Named
			for _, d := range all {
				if d.State.Live() && d.Classification.Scope != catalog.Private {
					out = append(out, connectionweb.Named{Code: string(d.Code), Name: d.Name})
				}
			}
			return out, err
		},
		Agencies: func(ctx context.Context) []connectionweb.Named {
			all, err := a.agency.List(ctx, agency.Filter{At: a.clock.Now()})
			if err != nil {
				return nil
			}
			var out []connectionweb.Named
			for _, x := range all {
				out = append(out, connectionweb.Named{Code: x.Code, Name: x.Name})
			}
			return out
		},
		Systems: func(ctx context.Context, agency string) ([]connectionweb.Named, error) {
			all, err := a.system.List(ctx, system.Filter{Owner: agency})
			if err != nil {
				return nil, err
			}
			var out []connectionweb.Named
			for _, s := range all {
				out = append(out, connectionweb.Named{Code: s.ID, Name: s.Name})
			}
			return out, nil
		},
	}
}

func (a *App) reviewRegisters() reviewweb.Registers {
	r := a.accessRegisters()
	return reviewweb.Registers{Agency: r.Agency, Subject: r.Subject, Datasets: r.Datasets}
}

func (a *App) accessRegisters() accessweb.Registers {
	return accessweb.Registers{
		Agency: a.agencyName, Datasets: a.datasetNames, Fields: a.sharedFields, OwnDatasets: a.ownShared, Kinds: texts(agency.Kinds()), Methods: texts(connection.Methods()),
		Subject: func(ctx context.Context, s access.Subject) string {
			switch s.Type {
			case access.SubjectAccount:
				return a.account.NameOf(ctx, s.ID)
			case access.SubjectAgencyRole:
				return s.ID
			}
			if sys, err := a.system.Known(ctx, s.ID); err == nil {
				return sys.Name
			}
			return s.ID
		},
		Request: func(ctx context.Context, id string) (number, path string, err error) {
			return a.connectionNumber(ctx, id), "/connections/" + id, nil
		},
	}
}
