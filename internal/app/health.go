package app

import (
	"context"
	"errors"
	"path/filepath"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/incident"
)

// hashesEvery is how often the stored hashes of the log are read against the signed checkpoint: some seconds of work for
// millions of records, so not with every probe.
const hashesEvery = 10 * time.Minute

// reason is why a part of the platform does not do its work, in one sentence.
type reason struct {
	part, text string
	alone      bool // the part fails alone: the exchange goes on
}

func sentences(reasons []reason) []string {
	var out []string
	for _, r := range reasons {
		out = append(out, r.part+": "+r.text)
	}
	return out
}

// ready says in one sentence each why the platform cannot do all its work now; empty when it can. Probes ask it every few
// seconds, so it looks only at what costs nothing.
func (a *App) ready(ctx context.Context) []reason {
	reasons := a.closed(ctx)
	if err := a.raw.Present(); err != nil {
		reasons = append(reasons, reason{"raw files", err.Error(), true})
	}
	if err := a.versions.Present(); err != nil {
		reasons = append(reasons, reason{"warehouse", err.Error(), true})
	}
	return reasons
}

// closed says why no call can be served: the exchange goes on with the services of providers while the warehouse is down,
// but neither without its log nor without the control store.
func (a *App) closed(ctx context.Context) []reason {
	var reasons []reason
	if err := a.audit.Serves(); err != nil {
		reasons = append(reasons, reason{part: "audit", text: err.Error()})
	}
	if err := a.audit.Journal().Present(); err != nil {
		reasons = append(reasons, reason{part: "audit", text: err.Error()})
	}
	if why := a.hashes.Load(); why != nil {
		reasons = append(reasons, reason{part: "audit", text: *why})
	}
	var one int
	if err := a.db.QueryRowContext(ctx, `SELECT 1`).Scan(&one); err != nil {
		reasons = append(reasons, reason{part: "control store", text: err.Error()})
	}
	return reasons
}

// weak says what does not work while everything is served: the log goes on in one of its two folders, and without witnesses.
func (a *App) weak(ctx context.Context) []reason {
	var bad []reason
	if alarm := a.audit.Journal().Alarm(); alarm != "" {
		bad = append(bad, reason{"audit copy", alarm, true})
	} else if alarm := a.audit.Alarm(); alarm != "" {
		bad = append(bad, reason{"audit witness", alarm, true})
	}
	if late := a.backup.Warning(ctx); late != "" {
		bad = append(bad, reason{"backup", late, true})
	}
	return bad
}

// parts are those that ready and weak tell of, and whether the exchange goes on without them.
var parts = [...]reason{{part: "audit"}, {part: "audit copy", alone: true}, {part: "audit witness", alone: true}, {part: "control store"}, {part: "raw files", alone: true}, {part: "warehouse", alone: true}, {part: "backup", alone: true}}

// folders are those whose disks matter, by name.
func (a *App) folders() map[string]string {
	dirs := map[string]string{"data": a.conf.DataDir}
	for _, part := range []string{"audit", "control", "raw", "warehouse"} {
		dirs[part] = filepath.Join(a.conf.DataDir, part)
	}
	if a.conf.AuditSecondDir != "" {
		dirs["audit copy"] = a.conf.AuditSecondDir
	}
	return dirs
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

// watchRoom tells of a full disk by an incident, and in the same one of the room that came back.
func (a *App) watchRoom(ctx context.Context) error {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	told := false
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil
		}
		full := a.audit.Journal().Sparing() != ""
		if full == told || a.audit.Health() != nil {
			continue
		}
		d := incident.Detection{Kind: incident.Availability, Severity: incident.High, Source: "audit disk", Same: "audit disk",
			Summary: "Ổ đĩa chứa nhật ký truy cập đã có chỗ trống trở lại; việc cung cấp dữ liệu tiếp tục"}
		if full {
			d.Summary = "Ổ đĩa chứa nhật ký truy cập gần đầy: ngừng cung cấp dữ liệu cho đến khi có chỗ trống; đăng nhập và thu hồi quyền vẫn thực hiện được"
		}
		if _, err := a.incident.Open(access.WithActor(ctx, access.JobActor("audit disk")), d); err != nil {
			a.log.Error("the incident of a full disk was not kept; it will be tried again", "cause", err)
			continue
		}
		told = full
	}
}
