package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/audit/journal"
	"lienthong/internal/audit/witness"
	"lienthong/internal/backup"
	"lienthong/internal/demo/world"
	"lienthong/internal/exchange"
	"lienthong/internal/flow"
	"lienthong/internal/incident"
	"lienthong/internal/kit/blob"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/job"
	"lienthong/internal/kit/logx"
	"lienthong/internal/kit/meter"
	"lienthong/internal/kit/secret"
	"lienthong/internal/kit/trace"
	"lienthong/internal/vault"
	"lienthong/migrations"
)

// Options of a run.
type Options struct {
	Config Config
	Out    io.Writer // what the operator should read: addresses, the set-up token
	Err    io.Writer // the technical log, JSON lines
	Demo   *Demo     // nil for a real platform
}

// Demo asks for the living demo of the province.
type Demo struct {
	Seed  int64
	Large bool // as much as a province holds after ten years, to measure lists
	Empty bool // nothing but what a first start has: a place to practise, whose clock moves too
}

// populated reports a demo with a province in it.
func (o Options) populated() bool { return o.Demo != nil && !o.Demo.Empty }

// App is the built platform.
type App struct {
	opts     Options
	conf     Config
	log      *slog.Logger
	started  time.Time
	clock    *clock.Adjustable
	lock     *lock
	keys     *secret.Keyring
	db       *controldb.DB
	vault    *vault.Service
	scratch  string // for content in clear while it is worked on
	raw      *blob.Store
	versions *blob.Store            // files of the warehouse
	papers   *blob.Store            // decisions and dossiers that people attach; each slice keeps to a folder of its own name
	hashes   atomic.Pointer[string] // what the last check of the log's stored hashes found wrong
	backup   *backup.Service
	audit    *audit.Log
	jobs     *job.Queue
	meters   *meter.Set
	traces   *trace.Log
	words    *i18n.Catalog    // every sentence shown to people
	witness  *witness.Witness // of other agencies' logs; nil where none is configured
	gate     *flow.Gate
	world    *world.World // of the demo

	access   *access.Service
	incident *incident.Service
	slices

	closers []closer // in the order of opening; closed in reverse
}

type closer struct {
	name  string
	close func() error
}

// Build opens the data folder and builds every service; Close undoes it.
func Build(ctx context.Context, o Options) (*App, error) {
	a := &App{opts: o, conf: o.Config, started: time.Now(), clock: clock.NewAdjustable(clock.System()), meters: meter.NewSet(), traces: exchange.NewTraces()}
	var level slog.Level
	if err := level.UnmarshalText([]byte(o.Config.LogLevel)); err != nil {
		return nil, fmt.Errorf("log_level: %w", err)
	}
	a.log = logx.New(o.Err, level)
	if err := errors.Join(a.makeWorld(), a.open(ctx)); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

// open follows invariant 2: lock, keys, store, journal, then the services on top.
func (a *App) open(ctx context.Context) error {
	dir := a.conf.DataDir
	held, err := lockFolder(dir, a.consoleURL(), a.started)
	if err != nil {
		return err
	}
	a.lock = held
	a.onClose("lock", held.release)
	if err := a.restoreClock(); err != nil {
		return err
	}
	if err := restoreFinished(dir); err != nil {
		return err
	}
	if err := keysMatchData(dir); err != nil {
		return err
	}
	if a.keys, err = secret.Open(filepath.Join(dir, "secrets")); err != nil {
		return fmt.Errorf("open the keys: %w", err)
	}
	if err := a.openStore(ctx); err != nil {
		return err
	}
	if err := a.storeMatchesData(ctx); err != nil {
		return err
	}
	if err := a.openAudit(ctx); err != nil {
		return err
	}
	if err := a.openVault(ctx); err != nil {
		return err
	}
	if a.words, err = i18n.NewCatalog(allMessages()...); err != nil {
		return err
	}
	a.jobs = job.NewQueue(a.db, a.clock, a.log, job.Options{Meters: a.meters})
	a.access = access.NewService(a.db, a.clock, a.audit)
	if a.calendar, err = clock.VietNam(); err != nil {
		return fmt.Errorf("read the calendar: %w", err)
	}
	a.incident = incident.NewService(a.db, a.clock, a.calendar, a.audit)
	a.gate = flow.NewGate(a.access, a.audit, a.clock)
	if err := a.buildSlices(ctx); err != nil {
		return err
	}
	if err := a.openBackup(ctx); err != nil {
		return err
	}
	return a.audit.KeepAll(ctx, a.db, access.JobActor("first state").ForAudit())
}

func (a *App) openStore(ctx context.Context) error {
	db, err := openControl(ctx, a.conf)
	if err != nil {
		return err
	}
	a.db = db
	a.onClose("control store", db.Close)
	return db.Migrate(ctx, migrations.Files)
}

func openControl(ctx context.Context, c Config) (*controldb.DB, error) {
	url := c.DatabaseURL
	if url == "" {
		folder := filepath.Join(c.DataDir, "control")
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return nil, fmt.Errorf("make the control folder: %w", err)
		}
		url = "sqlite:" + filepath.Join(folder, "control.db")
	}
	return controldb.Open(ctx, url)
}

func (a *App) openAudit(ctx context.Context) error {
	peers := make([]witness.Peer, 0, len(a.conf.AuditWitnesses))
	for _, text := range a.conf.AuditWitnesses {
		peer, err := witness.ParsePeer(text)
		if err != nil {
			return fmt.Errorf("audit.witnesses: %w", err)
		}
		peers = append(peers, peer)
	}
	opts := logOptions(a.conf, a.keys, a.clock.Now)
	opts.Witnesses, opts.Logger = peers, a.log
	opts.Journal.Meters = a.meters
	log, err := audit.Open(filepath.Join(a.conf.DataDir, "audit"), opts)
	if err != nil {
		return err
	}
	a.audit = log
	a.onClose("journal", log.Close)
	return errors.Join(log.UseOutbox(ctx, a.db), a.openWitness())
}

// logOptions are those of the platform's log, for the server and for a restore.
func logOptions(c Config, keys *secret.Keyring, now func() time.Time) audit.Options {
	return audit.Options{
		Retention: audit.Retention{OnlineMonths: int(c.AuditOnlineMonths), ArchiveYears: int(c.AuditArchiveYears)},
		PersonKey: keys.HMACKey("person"),
		Journal: journal.Options{
			Now: now, Signer: keys.Ed25519("audit checkpoint"), Origin: "lienthong/" + keys.KeyID("audit origin"), SecondSink: c.AuditSecondDir,
			Reserve: c.AuditReserve << 20,
		},
	}
}

// openWitness lets this platform cosign the logs of other agencies. A log that shows two histories is an incident.
func (a *App) openWitness() error {
	if len(a.conf.AuditCosigns) == 0 {
		return nil
	}
	w, err := witness.Open(filepath.Join(a.conf.DataDir, "witness"), witness.Options{
		Name: "lienthong/" + a.keys.KeyID("witness") + "/witness", Key: a.keys.Ed25519("witness"), Logs: a.conf.AuditCosigns, Now: a.clock.Now,
		Refused: func(r witness.Refusal) {
			a.log.Error("a log that we witness showed a history that does not go on from what we cosigned", "origin", r.Origin, "size", r.Size, "cosigned", r.Cosigned, "kept_as", r.KeptAs)
			a.audit.Accuse(r)
			_, err := a.incident.Open(context.Background(), incident.Detection{
				Kind: incident.Security, Severity: incident.Critical, Source: "audit witness", Same: r.Origin,
				Summary: "Nhật ký được chứng kiến đưa ra lịch sử không nối tiếp mốc đã ký: " + r.Origin, Refs: map[string]string{"origin": r.Origin, "kept_as": r.KeptAs},
			})
			if err != nil {
				a.log.Error("the incident of a witnessed log was not opened", "cause", err)
			}
		},
	})
	a.witness = w
	return err
}

// openVault opens the encrypted stores. The scratch folder is named by the keys, so that two platforms of one machine
// keep apart and a restart finds and clears its own.
func (a *App) openVault(ctx context.Context) error {
	scratch, inMemory, err := blob.Scratch(a.keys.KeyID("scratch"), filepath.Join(a.conf.DataDir, "scratch"))
	if err != nil {
		return err
	}
	if !inMemory {
		a.log.Warn("no folder in memory (/dev/shm with 1 GB free): what does not fit into memory during a load is written to the disk, encrypted; the disk itself should be encrypted as well", "folder", scratch)
	}
	a.scratch = scratch
	a.onClose("scratch folder", func() error { return os.RemoveAll(scratch) })
	a.vault, err = vault.NewService(ctx, vault.Parts{DB: a.db, Log: a.audit, Clock: a.clock, Keys: a.keys, Logger: a.log})
	if err != nil {
		return err
	}
	if a.raw, err = a.vault.Open("raw", filepath.Join(a.conf.DataDir, "raw"), scratch); err != nil {
		return fmt.Errorf("open the raw store: %w", err)
	}
	if a.papers, err = a.vault.Open("papers", filepath.Join(a.conf.DataDir, "papers"), scratch); err != nil {
		return fmt.Errorf("open the store of attached papers: %w", err)
	}
	return nil
}

func (a *App) onClose(name string, f func() error) { a.closers = append(a.closers, closer{name, f}) }

// Close ends everything in the reverse order of opening.
func (a *App) Close() error {
	var errs []error
	for i := len(a.closers) - 1; i >= 0; i-- {
		if err := a.closers[i].close(); err != nil {
			errs = append(errs, fmt.Errorf("close %s: %w", a.closers[i].name, err))
		}
	}
	a.closers = nil
	return errors.Join(errs...)
}

func (a *App) consoleURL() string {
	switch {
	case a.conf.ConsoleURL != "":
		return a.conf.ConsoleURL
	case a.conf.ConsoleCert != "":
		return "https://" + a.conf.ConsoleListen
	}
	return "http://" + a.conf.ConsoleListen
}

// consoleHTTPS tells whether people reach the console by HTTPS only, also through a proxy in front of it.
func (a *App) consoleHTTPS() bool { return strings.HasPrefix(a.consoleURL(), "https://") }

// consoleHosts are the names at which the console answers, the official one first.
func (a *App) consoleHosts() []string {
	host, _, _ := net.SplitHostPort(a.conf.ConsoleListen) // checked with the configuration
	var hosts []string
	if official, err := url.Parse(a.consoleURL()); err == nil && official.Hostname() != "" {
		hosts = append(hosts, official.Host)
	}
	hosts = append(hosts, host)
	if at, err := netip.ParseAddr(host); host == "" || err == nil && (at.IsLoopback() || at.IsUnspecified()) {
		hosts = append(hosts, "localhost", "127.0.0.1", "::1")
	}
	return append(hosts, a.conf.ConsoleHosts...)
}

func (a *App) exchangeURL() string {
	if a.conf.ExchangeCert != "" {
		return "https://" + a.conf.ExchangeListen
	}
	return "http://" + a.conf.ExchangeListen
}
