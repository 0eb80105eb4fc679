package app

import (
	"context"
	"fmt"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/agency"
	"lienthong/internal/audit"
	"lienthong/internal/catalog"
	"lienthong/internal/exchange"
	"lienthong/internal/ingest"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/obligation"
	"lienthong/internal/obligation/obligationweb"
	"lienthong/internal/release"
	"lienthong/internal/task"
	"lienthong/internal/warehouse"
)

// wireObligations builds the findings on the catalogue in force.
func (a *App) wireObligations() {
	a.obligations = obligation.NewService(obligation.Parts{
		DB: a.db, Log: a.audit, Clock: a.clock, Facts: a.obligationFacts, Found: a.obligationFound,
		Gone: func(ctx context.Context, q controldb.Querier, dataset string) error {
			return a.task.Cancel(ctx, q, "obligation/"+dataset)
		},
	})
}

// sourcesOfDatasets are what others know of all datasets, read once for an evaluation.
type sourcesOfDatasets struct {
	flows  map[string]time.Time
	newest map[string]warehouse.Newest
	judged map[string]*ingest.Delivery
	served map[string]bool
}

// obligationFacts gathers every dataset of the catalogue in force with what is known of it, in a few reads.
func (a *App) obligationFacts(ctx context.Context) ([]obligation.Known, error) {
	codes, err := a.releases.Subjects(ctx, release.Catalogue)
	if err != nil || len(codes) == 0 {
		return nil, err
	}
	all, err := a.catalog.ListMapped(ctx)
	if err != nil {
		return nil, err
	}
	src, err := a.datasetSources(ctx)
	if err != nil {
		return nil, err
	}
	byCode := make(map[string]catalog.Mapped, len(all))
	for _, d := range all {
		byCode[string(d.Code)] = d
	}
	out := make([]obligation.Known, 0, len(codes))
	for _, code := range codes {
		listing, listed, err := a.releases.Listed(ctx, release.Catalogue, code)
		if err != nil {
			return nil, fmt.Errorf("read the catalogue in force: %w", err)
		}
		d, known := byCode[code]
		if !listed || !known {
			continue
		}
		out = append(out, obligation.Known{
			Entry: obligation.Entry{Dataset: code, Name: d.Name, Owner: d.Owner, Decision: listing.Decision}, Facts: src.facts(d),
		})
	}
	return out, nil
}

func (a *App) datasetSources(ctx context.Context) (s sourcesOfDatasets, err error) {
	if s.flows, err = a.audit.LastSuccess(ctx, audit.WayDataset); err != nil {
		return s, err
	}
	if s.newest, err = a.warehouse.ListNewest(ctx); err != nil {
		return s, err
	}
	if s.judged, err = a.ingest.ListJudged(ctx); err != nil {
		return s, err
	}
	routes, err := a.exchange.Supplying(ctx, "")
	s.served = map[string]bool{}
	for _, r := range routes {
		s.served[r.Dataset] = s.served[r.Dataset] || r.Status == exchange.RouteActive
	}
	return s, err
}

// facts of one dataset.
func (s sourcesOfDatasets) facts(d catalog.Mapped) obligation.Facts {
	code := string(d.Code)
	f := obligation.Facts{LastFlow: s.flows[code], Table: d.Form == catalog.FormTable, Served: s.served[code]}
	if d.Mapping != nil {
		f.Fields, f.Mapped = d.Mapping.Fields, d.Mapping.Mapped
	}
	if v, stored := s.newest[code]; stored {
		f.Stored, f.DataTime = true, v.DataTime
		if f.DataTime.IsZero() {
			f.DataTime = v.PublishedAt
		}
		f.DueAt, _ = d.Frequency.NextDue(f.DataTime, d.MaxDelay)
	}
	if j := s.judged[code]; j != nil {
		f.Judged = &obligation.Judged{At: j.ReceivedAt, Read: j.Counts.Read, Rejected: j.Counts.Rejected, Missing: j.Rules[ingest.RuleRequired]}
		if d.Mapping != nil {
			f.Judged.Mandatory = int64(d.Mapping.Required)
		}
	}
	return f
}

// obligationFound keeps the inbox of the owner's steward true (invariant 3 of the findings).
func (a *App) obligationFound(ctx context.Context, q controldb.Querier, e obligation.Entry, k obligation.Kind, unmet bool) error {
	kind, subject := "obligation."+string(k), "obligation/"+e.Dataset
	if !unmet {
		return a.task.Done(ctx, q, kind, subject)
	}
	return a.task.Open(ctx, q, task.Task{
		Kind: kind, Agency: e.Owner, Role: access.Steward, Subject: subject, Path: "/obligation?q=" + e.Dataset, TitleKey: "obligation.task." + string(k), TitleArgs: []string{e.Name}, WorkingDays: 10,
	})
}

// obligationAgencies are the agencies that may own data, for the filter of whoever sees all.
func (a *App) obligationAgencies(ctx context.Context) ([]obligationweb.Named, error) {
	all, err := a.agency.List(ctx, agency.Filter{At: a.clock.Now()})
	var out []obligationweb.Named
	for _, x := range all {
		if x.Kind != agency.External {
			out = append(out, obligationweb.Named{Code: x.Code, Name: x.Name})
		}
	}
	return out, err
}
