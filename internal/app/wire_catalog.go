package app

import (
	"context"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/agency"
	"lienthong/internal/audit"
	"lienthong/internal/catalog"
	"lienthong/internal/catalog/catalogweb"
	"lienthong/internal/connection"
	"lienthong/internal/incident"
	"lienthong/internal/ingest/ingestweb"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/system"
	"lienthong/internal/web/ui"
)

// profileLines is how many lines of another slice a dataset's profile shows.
const profileLines = 50

// catalogSources tell the pages of datasets what the other slices know (Điều 1.1: one profile for each dataset).
func (a *App) catalogSources() catalogweb.Sources {
	return catalogweb.Sources{
		Agencies: func(ctx context.Context) ([]catalogweb.Named, error) {
			all, err := a.agency.List(ctx, agency.Filter{At: a.clock.Now()})
			var out []catalogweb.Named
			for _, x := range all {
				if x.Kind != agency.External {
					out = append(out, catalogweb.Named{Code: x.Code, Name: x.Name})
				}
			}
			return out, err
		},
		Systems: func(ctx context.Context, owner string) ([]catalogweb.Named, error) {
			all, err := a.system.List(ctx, system.Filter{Owner: owner})
			var out []catalogweb.Named
			for _, x := range all {
				out = append(out, catalogweb.Named{Code: x.ID, Name: x.Name})
			}
			return out, err
		},
		Purposes: func(ctx context.Context) ([]catalogweb.Named, error) {
			all, err := a.access.Purposes(ctx)
			var out []catalogweb.Named
			for _, x := range all {
				if x.Active {
					out = append(out, catalogweb.Named{Code: x.Code, Name: x.Name})
				}
			}
			return out, err
		},
		GrantsLeft:  a.grantsLeft,
		Connections: a.connectionLines,
		Grants:      a.grantLines,
		Usage:       a.usageLines,
		Incidents:   a.incidentLines,
		Processing:  a.processing,
	}
}

// ingestSystems are the information systems of an agency, for the form of a delivery.
func (a *App) ingestSystems(ctx context.Context, owner string) ([]ingestweb.Named, error) {
	all, err := a.system.List(ctx, system.Filter{Owner: owner})
	var out []ingestweb.Named
	for _, x := range all {
		out = append(out, ingestweb.Named{Code: x.ID, Name: x.Name})
	}
	return out, err
}

// grantsLeft counts the grants on a dataset that have not ended. It is asked by a rule, not by a person.
func (a *App) grantsLeft(ctx context.Context, code catalog.Code) (int, error) {
	return a.access.CountLive(ctx, string(code))
}

func (a *App) connectionLines(ctx context.Context, code catalog.Code) ([]catalogweb.Line, error) {
	all, err := a.connections.List(ctx, connection.Filter{Dataset: string(code), Limit: profileLines})
	if err != nil {
		return nil, err
	}
	var out []catalogweb.Line
	for _, r := range all {
		out = append(out, catalogweb.Line{
			Title: r.Number, Note: a.agencyName(ctx, r.Agency), State: string(r.State), Word: "connection.state." + string(r.State), Tone: stateTone(r.State),
			Path: "/connections/" + string(r.ID), At: r.UpdatedAt,
		})
	}
	return out, nil
}

func stateTone(s connection.State) ui.Tone {
	switch s {
	case connection.Live:
		return ui.Good
	case connection.Suspended:
		return ui.Warn
	case connection.Rejected, connection.Terminated, connection.Withdrawn:
		return ui.Neutral
	}
	return ui.Info
}

func (a *App) grantLines(ctx context.Context, code catalog.Code) ([]catalogweb.Line, error) {
	all, err := a.access.Grants(ctx, access.GrantFilter{Dataset: string(code), Limit: profileLines})
	if err != nil {
		return nil, err
	}
	var out []catalogweb.Line
	for _, g := range all {
		tone := ui.Neutral
		if g.Status == access.GrantActive {
			tone = ui.Good
		}
		out = append(out, catalogweb.Line{
			Title: g.Number, Note: a.agencyName(ctx, g.Agency), State: string(g.Status), Word: "access.status." + string(g.Status), Tone: tone,
			Path: "/access/grants/" + g.ID, At: g.ValidFrom,
		})
	}
	return out, nil
}

// usageLines are the calls of the last 30 days by day: to the operator and the auditor of everybody, to others of their
// own agency.
func (a *App) usageLines(ctx context.Context, code catalog.Code) ([]catalogweb.Line, error) {
	who, err := access.Require(ctx, access.CatalogRead)
	if err != nil {
		return nil, err
	}
	now := a.clock.Now()
	f := audit.CountFilter{From: now.AddDate(0, 0, -30), To: now, Dataset: string(code), By: "dataset"}
	d, err := a.catalog.FindByCode(ctx, code)
	if err != nil {
		return nil, err
	}
	if !who.Can(access.ExchangeRead) && who.Agency != d.Owner {
		f.Agency = who.Agency
	}
	counts, err := a.audit.Counts(ctx, f)
	if err != nil {
		return nil, err
	}
	var out []catalogweb.Line
	for _, c := range counts {
		day, err := time.ParseInLocation(time.DateOnly, c.Day, i18n.Zone)
		if err != nil {
			return nil, err
		}
		out = append(out, catalogweb.Line{Title: i18n.Date(day), Count: c.Calls, At: day})
	}
	return out, nil
}

func (a *App) incidentLines(ctx context.Context, code catalog.Code) ([]catalogweb.Line, error) {
	all, err := a.incident.List(ctx, incident.Filter{Limit: 500})
	if err != nil {
		return nil, err
	}
	var out []catalogweb.Line
	for _, i := range all {
		if i.Refs["dataset"] == string(code) && len(out) < profileLines {
			out = append(out, catalogweb.Line{
				Title: i.Number + " · " + i.Summary, State: string(i.State), Word: "incident.state." + string(i.State), Path: "/incident/" + i.ID, At: i.ChangedAt,
			})
		}
	}
	return out, nil
}
