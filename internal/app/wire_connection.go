package app

import (
	"context"
	"fmt"

	"lienthong/internal/agency"
	"lienthong/internal/connection"
	"lienthong/internal/exchange"
	"lienthong/internal/kit/fault"
)

// connectionSources tells the process of Điều 12 what the other registers know.
func (a *App) connectionSources() connection.Sources {
	return connection.Sources{
		Dataset:    connection.FromCatalog(a.catalog, a.listedDataset),
		System:     connection.FromSystems(a.system, a.clock.Now, a.listedSystem),
		Supply:     a.connectionSupply,
		Agency:     a.connectionAgency,
		LegalBasis: a.agency.LegalBasis,
		Revoke:     a.system.RevokeConnection,
		Register:   a.privacy.Registered,
		Violations: a.incident.Violations,
		Stepped:    a.connectionStepped,
		Expiring:   a.connectionExpiring,
	}
}

// connectionSupply says whether a version stands in the warehouse and which operations of providers carry the dataset.
func (a *App) connectionSupply(ctx context.Context, dataset string) (connection.Supply, error) {
	var out connection.Supply
	_, err := a.warehouse.Current(ctx, dataset)
	if err != nil && fault.Of(err).Kind != fault.NotFound {
		return out, fmt.Errorf("find the version of %s: %w", dataset, err)
	}
	out.Published = err == nil
	routes, err := a.exchange.Supplying(ctx, dataset)
	if err != nil {
		return out, fmt.Errorf("list the services of %s: %w", dataset, err)
	}
	for _, r := range routes {
		for _, o := range r.Operations {
			out.Operations = append(out.Operations, connection.Operation{
				Code: o.Code(), Service: r.Owner + "/" + r.System + "/" + r.Name, Updates: o.Updates, Active: r.Status == exchange.RouteActive,
			})
		}
	}
	return out, nil
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
	return connection.Agency{Code: code, Name: body.Name, Active: body.ActiveAt(a.clock.Now()) && body.Kind != agency.External, Ended: !body.ActiveAt(a.clock.Now()), ActiveSteward: steward != nil, Kind: string(body.Kind), Commune: body.Commune}, nil
}
