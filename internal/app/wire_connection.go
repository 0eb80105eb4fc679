package app

import (
	"context"

	"lienthong/internal/agency"
	"lienthong/internal/catalog"
	"lienthong/internal/connection"
	"lienthong/internal/kit/fault"
)

// connectionSources tells the process of Điều 12 what the other registers know.
func (a *App) connectionSources() connection.Sources {
	return connection.Sources{
		Dataset: connection.FromCatalog(a.catalog, a.listed),
		System:  connection.FromSystems(a.system, a.clock.Now),
		Agency:  a.connectionAgency,
		Revoke:  a.system.RevokeConnection,
		Stepped: a.connectionStepped,
	}
}

// listed is the decision of the issued catalogue with the dataset; empty when it is in none.
func (a *App) listed(ctx context.Context, code string) (string, error) {
	d, err := a.catalog.Describe(ctx, catalog.Code(code))
	return d.Release, err
}

func (a *App) connectionAgency(ctx context.Context, code string) (connection.Agency, error) {
	body, err := a.agency.Known(ctx, code)
	if err != nil {
		return connection.Agency{}, err
	}
	if body == nil {
		return connection.Agency{}, fault.New(fault.NotFound, "agency.not_found", code)
	}
	steward, err := a.agency.ActiveSteward(ctx, code)
	if err != nil {
		return connection.Agency{}, err
	}
	return connection.Agency{Code: code, Name: body.Name, Active: body.ActiveAt(a.clock.Now()) && body.Kind != agency.External, ActiveSteward: steward != nil}, nil
}
