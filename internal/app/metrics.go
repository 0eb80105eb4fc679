package app

import (
	"context"
	"runtime/debug"
	"runtime/metrics"
	"sort"
	"time"

	"lienthong/internal/account"
	"lienthong/internal/exchange"
	"lienthong/internal/incident"
	"lienthong/internal/ingest"
	"lienthong/internal/kit/job"
	"lienthong/internal/kit/meter"
	"lienthong/internal/task"
)

// readWithin bounds how long one part may take to tell its numbers, so that a store that hangs hides no other part.
const readWithin = 3 * time.Second

// measure registers the numbers that are read only when somebody asks. Each part stands alone: one that cannot be read
// is named in lienthong_metrics_unread and the rest is told.
func (a *App) measure(server *exchange.Server) {
	a.meters.Read(a.tellProgram)
	a.meters.Read(a.tellReadiness)
	a.meters.Read(a.tellJournal)
	a.meters.Read(a.tellStore)
	a.meters.Read(a.tellDisks)
	a.meters.Read(func(p *meter.Page) {
		p.Total("lienthong_exchange_heads_refused_total", "Request heads and chunks refused before they were a request.").Is(float64(server.Refused()))
	})
	a.meters.Read(func(p *meter.Page) {
		unread := map[string]bool{}
		for _, part := range []struct {
			name string
			tell func(context.Context, *meter.Page) error
		}{{"jobs", a.tellJobs}, {"deliveries", a.tellDeliveries}, {"incidents", a.tellIncidents}, {"tasks", a.tellTasks}, {"sessions", a.tellSessions}} {
			ctx, cancel := context.WithTimeout(context.Background(), readWithin)
			err := part.tell(ctx, p)
			cancel()
			unread[part.name] = err != nil
		}
		g := p.Gauge("lienthong_metrics_unread", "1 while the numbers of this part cannot be read from the control store.", "part")
		for _, name := range inOrder(unread) {
			g.Is(bit(unread[name]), name)
		}
	})
}

func inOrder[K ~string, V any](m map[K]V) []K {
	keys := make([]K, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Slice(keys, func(i, j int) bool { return keys[i] < keys[j] })
	return keys
}

func bit(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

func (a *App) tellProgram(p *meter.Page) {
	version, revision, compiler := "", "", ""
	if info, ok := debug.ReadBuildInfo(); ok {
		version, compiler = info.Main.Version, info.GoVersion
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				revision = s.Value
			}
		}
	}
	p.Gauge("lienthong_build_info", "What runs; always 1.", "version", "revision", "go").Is(1, version, revision, compiler)
	p.Gauge("process_start_time_seconds", "When the program started, in Unix time.").Is(float64(a.started.UnixMilli()) / 1000)
	samples := []metrics.Sample{{Name: "/sched/goroutines:goroutines"}, {Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(samples)
	p.Gauge("go_goroutines", "Goroutines.").Is(float64(samples[0].Value.Uint64()))
	p.Gauge("go_memory_bytes", "Memory of the Go runtime.", "kind").Is(float64(samples[1].Value.Uint64()), "mapped").Is(float64(samples[2].Value.Uint64()), "objects")
	p.Gauge("lienthong_clock_seconds", "The platform's clock, in Unix time; a demo may have moved it.").Is(float64(a.clock.Now().UnixMilli()) / 1000)
	p.Gauge("lienthong_clock_offset_seconds", "How far the platform's clock was moved from that of the machine.").Is(a.clock.Offset().Seconds())
	if synchronised, known := clockSynchronised(); known {
		p.Gauge("lienthong_clock_synchronised", "1 while the machine says that its clock is synchronised.").Is(bit(synchronised))
	}
}

func (a *App) tellReadiness(p *meter.Page) {
	ctx, cancel := context.WithTimeout(context.Background(), readWithin)
	defer cancel()
	bad := a.ready(ctx)
	p.Gauge("lienthong_ready", "1 while the platform can do all its work, as /readyz of the console tells.").Is(bit(len(bad) == 0))
	bad = append(bad, a.weak(ctx)...)
	if age, made := a.backup.Age(ctx); made {
		p.Gauge("lienthong_backup_age_seconds", "Age of the newest backup.").Is(age.Seconds())
	}
	g := p.Gauge("lienthong_part_failed", "1 for a part that has failed; stops says whether that closes the exchange.", "part", "stops")
	for _, one := range parts {
		stops := "yes"
		if one.alone {
			stops = "no"
		}
		g.Is(bit(named(bad, one.part)), one.part, stops)
	}
}

func named(reasons []reason, part string) bool {
	for _, r := range reasons {
		if r.part == part {
			return true
		}
	}
	return false
}

func (a *App) tellJournal(p *meter.Page) {
	s := a.audit.Journal().Standing()
	p.Total("lienthong_journal_records_total", "Records of evidence on the disk.").Is(float64(s.Records))
	p.Gauge("lienthong_journal_waiting_records", "Records that wait for the next commit.").Is(float64(s.Waiting))
	p.Gauge("lienthong_journal_waiting_bytes", "Bytes that wait for the next commit.").Is(float64(s.Bytes))
	p.Gauge("lienthong_journal_unsigned_records", "Records that no signed checkpoint counts yet.").Is(float64(s.Unsigned))
	p.Gauge("lienthong_journal_checkpoint_age_seconds", "Time since the newest checkpoint of this run; without new records none is made.").Is(s.Signed.Seconds())
	p.Gauge("lienthong_journal_sparing", "1 while the disk of the log is so full that data is refused and only vital records are taken.").Is(bit(a.audit.Journal().Sparing() != ""))
	p.Gauge("lienthong_journal_outbox_kept_records", "Records that wait in the control store for the next start because the journal is closed.").Is(float64(a.audit.Waiting()))
	p.Gauge("lienthong_journal_folders_failed", "Journal folders out of service.").Is(float64(s.Failed))
}

func (a *App) tellStore(p *meter.Page) {
	s := a.db.Stats()
	uses := inOrder(s.Pools)
	g := p.Gauge("lienthong_control_connections", "Connections to the control store.", "use", "state")
	for _, use := range uses {
		g.Is(float64(s.Pools[use].InUse), use, "in_use").Is(float64(s.Pools[use].Idle), use, "idle").Is(float64(s.Pools[use].MaxOpenConnections), use, "most")
	}
	g = p.Total("lienthong_control_waits_total", "Times that work waited for a connection to the control store.", "use")
	for _, use := range uses {
		g.Is(float64(s.Pools[use].WaitCount), use)
	}
	g = p.Total("lienthong_control_wait_seconds_total", "Time that work waited for a connection to the control store.", "use")
	for _, use := range uses {
		g.Is(s.Pools[use].WaitDuration.Seconds(), use)
	}
	p.Total("lienthong_control_busy_total", "Transactions that another one was in the way of.", "result").Is(float64(s.Repeated), "repeated").Is(float64(s.GaveUp), "given_up")
}

func (a *App) tellJobs(ctx context.Context, p *meter.Page) error {
	counts, err := a.jobs.Counts(ctx)
	if err != nil {
		return err
	}
	g := p.Gauge("lienthong_job_tasks", "Background jobs by kind and state; dead ones were given up.", "kind", "state")
	for _, c := range counts {
		g.Is(float64(c.N), c.Kind, string(c.State))
	}
	g = p.Gauge("lienthong_job_oldest_due_seconds", "How long the oldest waiting job of the kind has been due.", "kind")
	for _, c := range counts {
		if c.State == job.Ready {
			g.Is(max(0, a.clock.Now().Sub(c.Oldest).Seconds()), c.Kind)
		}
	}
	return nil
}

func (a *App) tellDeliveries(ctx context.Context, p *meter.Page) error {
	counts, err := ingest.CountAll(ctx, a.db)
	if err != nil {
		return err
	}
	g := p.Gauge("lienthong_ingest_deliveries", "Deliveries by state.", "state")
	for _, state := range inOrder(counts) {
		g.Is(float64(counts[state]), string(state))
	}
	return nil
}

func (a *App) tellIncidents(ctx context.Context, p *meter.Page) error {
	counts, err := incident.CountOpen(ctx, a.db)
	if err != nil {
		return err
	}
	g := p.Gauge("lienthong_incident_open", "Incidents that are not closed, by kind.", "kind")
	for _, kind := range []incident.Kind{incident.Availability, incident.Quality, incident.Security, incident.PersonalData, incident.StateSecret, incident.Misuse} {
		g.Is(float64(counts[kind]), string(kind))
	}
	return nil
}

func (a *App) tellTasks(ctx context.Context, p *meter.Page) error {
	counts, err := task.CountAll(ctx, a.db, a.clock.Now())
	if err != nil {
		return err
	}
	p.Gauge("lienthong_task_open", "Open tasks of all agencies.").Is(float64(counts.Open))
	p.Gauge("lienthong_task_overdue", "Open tasks whose deadline has passed.").Is(float64(counts.Overdue))
	return nil
}

func (a *App) tellSessions(ctx context.Context, p *meter.Page) error {
	n, err := account.CountSessions(ctx, a.db, a.clock.Now())
	if err != nil {
		return err
	}
	p.Gauge("lienthong_account_sessions", "Sessions of people that are not over.").Is(float64(n))
	return nil
}

func (a *App) tellDisks(p *meter.Page) {
	g := p.Gauge("lienthong_disk_free_bytes", "Room that the platform may use on the disk of this folder.", "folder")
	size := map[string]float64{}
	folders := a.folders()
	for _, name := range inOrder(folders) {
		if free, total, err := room(folders[name]); err == nil {
			g.Is(float64(free), name)
			size[name] = float64(total)
		}
	}
	g = p.Gauge("lienthong_disk_size_bytes", "Size of the disk of this folder.", "folder")
	for _, name := range inOrder(size) {
		g.Is(size[name], name)
	}
}
