package app

import (
	"context"
	"errors"
	"time"
)

// hashesEvery is how often the stored hashes of the log are read against the signed checkpoint: some seconds of work for
// millions of records, so not with every probe.
const hashesEvery = 10 * time.Minute

// ready says in one sentence each why the platform cannot do its work now; empty when it can. Probes ask it every few
// seconds, so it looks only at what costs nothing.
func (a *App) ready(ctx context.Context) []string {
	var reasons []string
	if err := a.audit.Health(); err != nil {
		reasons = append(reasons, "audit: "+err.Error())
	}
	if err := a.audit.Journal().Present(); err != nil {
		reasons = append(reasons, "audit: "+err.Error())
	}
	if why := a.hashes.Load(); why != nil {
		reasons = append(reasons, "audit: "+*why)
	}
	var one int
	if err := a.db.QueryRowContext(ctx, `SELECT 1`).Scan(&one); err != nil {
		reasons = append(reasons, "control store: "+err.Error())
	}
	if err := a.raw.Present(); err != nil {
		reasons = append(reasons, "raw files: "+err.Error())
	}
	if err := a.versions.Present(); err != nil {
		reasons = append(reasons, "warehouse: "+err.Error())
	}
	return reasons
}

// watchHashes reads the stored hashes of the log against its signed checkpoint, at once and then every hashesEvery. What it
// finds stands in the answer of the probe until a later check finds all well again.
func (a *App) watchHashes(ctx context.Context) error {
	tick := time.NewTicker(hashesEvery)
	defer tick.Stop()
	for {
		err := a.audit.Journal().CheckHashes(ctx)
		switch {
		case ctx.Err() != nil || errors.Is(err, context.Canceled):
			return nil
		case err != nil:
			why := err.Error()
			a.hashes.Store(&why)
			a.log.Error("the stored hashes of the log are not those of the signed checkpoint", "cause", err)
		default:
			a.hashes.Store(nil)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil
		}
	}
}
