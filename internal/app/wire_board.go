package app

import (
	"context"
	"net/url"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/connection"
	"lienthong/internal/incident"
	"lienthong/internal/obligation"
	"lienthong/internal/obligation/obligationweb"
	"lienthong/internal/review"
	"lienthong/internal/system"
	"lienthong/internal/task"
)

// ownerBoard gathers the figures of an owner agency (Điều 20.3), each with the page of its list. What the reader may not
// know is left out, never shown as nought.
func (a *App) ownerBoard(ctx context.Context, agency string) ([]obligationweb.Block, error) {
	var out []obligationweb.Block
	for _, b := range []struct {
		key    string
		gather func(ctx context.Context, agency string) ([]obligationweb.Figure, error)
	}{
		{"waiting", a.boardWaiting}, {"obligations", a.boardObligations}, {"warehouse", a.boardWarehouse}, {"use", a.boardUse}, {"systems", a.boardSystems},
	} {
		figures, err := b.gather(ctx, agency)
		if err != nil {
			return nil, err
		}
		if len(figures) > 0 {
			out = append(out, obligationweb.Block{Key: b.key, Figures: figures})
		}
	}
	return out, nil
}

func (a *App) boardWaiting(ctx context.Context, agency string) ([]obligationweb.Figure, error) {
	who := access.ActorOf(ctx)
	tasks, err := a.task.List(ctx, task.Filter{Agency: agency, State: task.Open, Limit: 500})
	if err != nil {
		return nil, err
	}
	late := int64(0)
	for _, t := range tasks {
		if t.Standing.Stage == task.Overdue {
			late++
		}
	}
	figures := []obligationweb.Figure{{Key: "tasks", Value: int64(len(tasks)), Path: "/tasks"}, {Key: "tasks_late", Value: late, Path: "/tasks", Warn: late > 0}}
	waiting, err := a.connections.List(ctx, connection.Filter{Waiting: agency, Limit: 200})
	if err != nil {
		return nil, err
	}
	if who.Agency == agency {
		figures = append(figures, obligationweb.Figure{Key: "requests_waiting", Value: int64(len(waiting)), Path: "/connections?show=waiting", Warn: len(waiting) > 0})
	} else {
		figures = append(figures, obligationweb.Figure{Key: "requests_waiting", Value: int64(len(waiting)), Path: "/connections", Warn: len(waiting) > 0})
	}
	if who.Can(access.AccessRead) {
		due, err := a.reviewsDue(ctx, agency)
		if err != nil {
			return nil, err
		}
		figures = append(figures, obligationweb.Figure{Key: "reviews_due", Value: due, Path: "/reviews/campaigns", Warn: due > 0})
	}
	if who.Can(access.IncidentRead) {
		all, err := a.incident.List(ctx, incident.Filter{Agency: agency, Limit: 500})
		if err != nil {
			return nil, err
		}
		open := int64(0)
		for _, i := range all {
			if !i.State.Ended() {
				open++
			}
		}
		figures = append(figures, obligationweb.Figure{Key: "incidents", Value: open, Path: "/incident", Warn: open > 0})
	}
	return figures, nil
}

// reviewsDue counts the rights on the agency's data that it has not answered for in the reviews under way (Điều 21.5).
func (a *App) reviewsDue(ctx context.Context, agency string) (int64, error) {
	campaigns, err := a.review.ListCampaigns(ctx, review.CampaignFilter{State: review.Running, Limit: 50})
	if err != nil {
		return 0, err
	}
	due := int64(0)
	for _, c := range campaigns {
		standings, err := a.review.Standings(ctx, c.ID)
		if err != nil {
			return 0, err
		}
		for _, s := range standings {
			if s.Agency == agency {
				due += s.Open
			}
		}
	}
	return due, nil
}

func (a *App) boardObligations(ctx context.Context, agency string) ([]obligationweb.Figure, error) {
	totals, err := a.obligations.Totals(ctx, obligation.Filter{Owner: agency})
	if err != nil {
		return nil, err
	}
	of := int64(totals.Datasets)
	list := func(kind obligation.Kind, light obligation.Light) string {
		q := url.Values{"owner": {agency}, "light": {string(light)}}
		if kind != "" {
			q.Set("kind", string(kind))
		}
		return "/obligation?" + q.Encode()
	}
	unmet, err := a.obligations.Totals(ctx, obligation.Filter{Owner: agency, Light: obligation.Unmet})
	if err != nil {
		return nil, err
	}
	figures := []obligationweb.Figure{{Key: "unmet", Value: int64(unmet.Datasets), Of: of, Path: list("", obligation.Unmet), Warn: unmet.Datasets > 0}}
	for _, k := range obligation.Kinds() {
		met := int64(totals.Kinds[k][obligation.Met])
		figures = append(figures, obligationweb.Figure{Key: string(k), Value: met, Of: of, Path: list(k, obligation.Met), Warn: totals.Kinds[k][obligation.Unmet] > 0})
	}
	return figures, nil
}

// boardWarehouse counts the agency's registered datasets that stand in the warehouse (Điều 20.3đ).
func (a *App) boardWarehouse(ctx context.Context, agency string) ([]obligationweb.Figure, error) {
	all, err := a.catalog.ListMapped(ctx)
	if err != nil {
		return nil, err
	}
	src, err := a.datasetSources(ctx)
	if err != nil {
		return nil, err
	}
	of, stored, held := int64(0), int64(0), int64(0)
	for _, d := range all {
		if d.Owner != agency {
			continue
		}
		of++
		if _, has := src.newest[string(d.Code)]; has {
			stored++
		}
		if j := src.judged[string(d.Code)]; j != nil && j.State == "held" {
			held++
		}
	}
	figures := []obligationweb.Figure{{Key: "stored", Value: stored, Of: of, Path: "/catalog?owner=" + url.QueryEscape(agency)}}
	if access.ActorOf(ctx).Can(access.IngestRead) {
		figures = append(figures, obligationweb.Figure{Key: "held", Value: held, Path: "/ingest", Warn: held > 0})
	}
	return figures, nil
}

// boardUse counts who uses the agency's data, and how much in 30 days.
func (a *App) boardUse(ctx context.Context, agency string) ([]obligationweb.Figure, error) {
	live, err := a.connections.List(ctx, connection.Filter{Owner: agency, State: connection.Live, Limit: 200})
	if err != nil {
		return nil, err
	}
	users, datasets := map[string]bool{}, map[string]bool{}
	for _, r := range live {
		users[r.Agency], datasets[r.Need.Dataset] = true, true
	}
	now, calls := a.clock.Now(), int64(0)
	for dataset := range datasets {
		counts, err := a.audit.Counts(ctx, audit.CountFilter{From: now.Add(-30 * 24 * time.Hour), To: now, Dataset: dataset, By: "dataset"})
		if err != nil {
			return nil, err
		}
		for _, c := range counts {
			calls += c.Calls - c.Denied
		}
	}
	return []obligationweb.Figure{
		{Key: "users", Value: int64(len(live)), Path: "/connections?show=live"}, {Key: "user_agencies", Value: int64(len(users)), Path: "/connections?show=live"}, {Key: "calls", Value: calls, Path: "/exchange"},
	}, nil
}

// boardSystems counts the agency's own systems by what asks for attention.
func (a *App) boardSystems(ctx context.Context, agency string) ([]obligationweb.Figure, error) {
	_, counts, err := a.system.ListStandings(ctx, system.Filter{Owner: agency, Limit: 1})
	if err != nil || counts.All == 0 {
		return nil, err
	}
	_, owing, err := a.system.ListStandings(ctx, system.Filter{Owner: agency, Need: true, Limit: 1})
	if err != nil {
		return nil, err
	}
	attention := 0
	for _, state := range []system.LevelState{system.LevelNone, system.LevelLapsed, system.LevelExpiring, system.LevelException} {
		_, n, err := a.system.ListStandings(ctx, system.Filter{Owner: agency, Level: state, Limit: 1})
		if err != nil {
			return nil, err
		}
		attention += n.All
	}
	owner := url.QueryEscape(agency)
	return []obligationweb.Figure{
		{Key: "systems_connected", Value: int64(counts.Status[system.Connected]), Of: int64(counts.All), Path: "/system?owner=" + owner},
		{Key: "systems_owing", Value: int64(owing.All), Path: "/system/status", Warn: owing.All > 0},
		{Key: "levels_attention", Value: int64(attention), Path: "/system/level?owner=" + owner, Warn: attention > 0},
	}, nil
}
