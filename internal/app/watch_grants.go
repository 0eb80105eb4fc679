package app

import (
	"context"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/incident"
)

// grantsEvery is how often all live grants are compared with their records. A decision compares the grants that it uses
// before, whatever this does.
const grantsEvery = time.Minute

// watchGrants opens an incident for each grant that was changed past the platform, at the start and from then on.
func (a *App) watchGrants(ctx context.Context) error {
	ctx = access.WithActor(ctx, access.JobActor("grant check"))
	tick := time.NewTicker(grantsEvery)
	defer tick.Stop()
	told := map[string]bool{}
	for {
		a.compareGrants(ctx, told)
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil
		}
	}
}

// compareGrants tells each altered grant once, and again when it was mended in between.
func (a *App) compareGrants(ctx context.Context, told map[string]bool) {
	_, altered, err := a.access.VerifyGrants(ctx)
	if err != nil {
		if ctx.Err() == nil {
			a.log.Error("grants could not be compared with the log", "cause", err)
		}
		return
	}
	now := map[string]bool{}
	for _, g := range altered {
		key := g.Number + " " + g.What
		if now[key] = true; told[key] {
			continue
		}
		a.log.Error("a grant is not what its record in the log says; it decides nothing", "grant", g.Number, "what", g.What)
		_, err := a.incident.Open(ctx, incident.Detection{
			Kind: incident.Security, Severity: incident.Critical, Source: "grant check", Agency: g.Agency, Same: "grant " + g.Number,
			Summary: "Quyền " + g.Number + " trong kho điều khiển không khớp bản ghi trong nhật ký. Quyền này đã bị ngừng sử dụng; hãy kiểm tra ai đã sửa trực tiếp cơ sở dữ liệu.",
			Refs:    map[string]string{"grant": g.Number, "what": g.What},
		})
		if err != nil {
			a.log.Error("the incident of an altered grant was not opened", "cause", err)
			delete(now, key)
		}
	}
	for key := range told {
		delete(told, key)
	}
	for key := range now {
		told[key] = true
	}
}
