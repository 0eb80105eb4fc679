package app

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/account"
	"lienthong/internal/account/sso"
	"lienthong/internal/agency"
	"lienthong/internal/catalog"
	"lienthong/internal/certificate"
	"lienthong/internal/connection"
	"lienthong/internal/dictionary"
	"lienthong/internal/exchange"
	"lienthong/internal/flow"
	"lienthong/internal/incident"
	"lienthong/internal/ingest"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/secret"
	"lienthong/internal/obligation"
	"lienthong/internal/privacy"
	"lienthong/internal/release"
	"lienthong/internal/review"
	"lienthong/internal/system"
	"lienthong/internal/task"
	"lienthong/internal/warehouse"
	"lienthong/internal/warehouse/duck"
	"lienthong/internal/warehouse/viewweb"
	"lienthong/internal/web"
)

// slices are the services of the domain, built in the order of the import map.
type slices struct {
	calendar     *clock.Calendar
	agency       *agency.Service
	account      *account.Service
	system       *system.Service
	certificates *certificate.Service
	dictionary   *dictionary.Service
	catalog      *catalog.Service
	warehouse    *warehouse.Service
	ingest       *ingest.Service
	connections  *connection.Service
	exchange     *exchange.Service
	privacy      *privacy.Service
	task         *task.Service
	obligations  *obligation.Service
	releases     *release.Service
	review       *review.Service
	grants       *flow.GrantConnection
	tests        *flow.TestConnection
	view         *flow.ViewData
	described    *controldb.Fresh[*exchange.Description]
}

func (a *App) buildSlices(ctx context.Context) error {
	a.agency = agency.NewService(a.db, a.clock, a.audit)
	a.agency.UseUses(a.agencyUses)
	providers, err := a.identityProviders()
	if err != nil {
		return err
	}
	a.account, err = account.NewService(account.Parts{
		Origin: a.consoleURL(), Providers: providers, Personal: personalScreen,
		DB: a.db, Clock: a.clock, Log: a.audit, Agencies: a.agency, Incidents: incidents{a.incident}, Proposed: a.accountProposed, Operator: a.conf.Operator, Key: a.keys.HMACKey("second factor"), HTTPS: a.consoleHTTPS(), Dormant: a.dormant(),
	})
	if err != nil {
		return err
	}
	a.system = system.NewService(a.db, a.clock, a.audit, a.agency)
	if a.dictionary, err = dictionary.NewService(a.db, a.audit, a.clock); err != nil {
		return err
	}
	if err := a.seedDictionary(ctx); err != nil {
		return err
	}
	a.catalog = catalog.NewService(catalog.Parts{
		DB: a.db, Log: a.audit, Clock: a.clock, Dictionary: a.dictionary, Agencies: a.agency, Systems: systemOwners{a.system}, Incidents: incidents{a.incident},
	})
	if err := a.buildWarehouse(ctx); err != nil {
		return err
	}
	a.ingest = ingest.NewService(ingest.Parts{
		DB: a.db, Files: a.raw, Log: a.audit, Clock: a.clock, Catalog: a.catalog, Dictionary: a.dictionary, Warehouse: a.warehouse,
		Incidents: incidents{a.incident}, MaxBytes: a.conf.IngestMaxBytes, Logger: a.log,
	})
	if err := a.ingest.Recover(ctx); err != nil {
		return fmt.Errorf("take up deliveries of the last run: %w", err)
	}
	a.connections = connection.NewService(a.db, a.clock, a.calendar, a.access, a.audit)
	a.exchange = exchange.NewService(a.db, a.clock, a.audit, exchangeClients{a}, a.providerSecret)
	a.task = task.NewService(a.db, a.clock, a.calendar, a.audit)
	a.incident.OnOpen(a.incidentOpened)
	if err := a.setUpMail(); err != nil {
		return err
	}
	a.buildReleases()
	a.dictionary.Use(a.dictionarySources())
	a.buildCertificates()
	a.useRegister()
	a.buildPrivacy()
	a.described = controldb.NewFresh(a.db, 20_000, a.describe)
	a.system.OnRevoke(a.exchange.RevokeTokens)
	a.system.OnRevokeProof(a.exchange.RevokeProof)
	a.system.OnCredential(a.credentialWaits)
	a.wireSystems()
	a.wireObligations()
	a.connections.Use(a.connectionSources())
	sources := a.accessSources()
	a.access.Use(sources)
	a.buildReview(sources.Dataset)
	prober, err := a.newProber()
	if err != nil {
		return err
	}
	if a.view, err = flow.NewViewData(a.gate, a.warehouse, a.audit, a.clock, a.keys.SealKey("view ticket")); err != nil {
		return err
	}
	a.tests = flow.NewTestConnection(a.connections, prober, sampler{a.ingest, a.masker()}, a.clock).WithScreens(a.view)
	a.grants = flow.NewGrantConnection(a.connections, a.access, flow.SystemCredentials{Systems: a.system})
	return nil
}

// seedDictionary gives an empty platform the standard elements and code lists, in the name of the operator.
func (a *App) seedDictionary(ctx context.Context) error {
	ctx = access.WithActor(ctx, access.JobActor("first start"))
	if err := a.dictionary.Prepare(ctx); err != nil {
		return err
	}
	known, err := a.dictionary.ListElements(ctx, dictionary.Filter{Limit: 1})
	if err != nil || len(known) > 0 {
		return err
	}
	return a.dictionary.Seed(ctx, a.conf.Operator)
}

func (a *App) buildWarehouse(ctx context.Context) error {
	folder := filepath.Join(a.conf.DataDir, "warehouse")
	files, err := a.vault.Open("warehouse", folder, a.scratch)
	if err != nil {
		return fmt.Errorf("open the warehouse folder: %w", err)
	}
	a.versions = files
	a.warehouse, err = warehouse.NewService(warehouse.Parts{
		DB: a.db, Files: files, Columnar: duck.Engine{MemoryMB: int(a.conf.LoadMemory)}, Log: a.audit, Clock: a.clock,
		Masker: a.masker(), Secret: a.keys.HMACKey("warehouse cursor"),
	})
	if err != nil {
		return err
	}
	a.onClose("warehouse", func() error { a.warehouse.Close(); return nil })
	return a.recoverWarehouse(ctx)
}

// recoverWarehouse tells of versions that the control store does not know: it may have been restored from an older copy.
func (a *App) recoverWarehouse(ctx context.Context) error {
	lost, err := a.warehouse.Recover(ctx)
	if err != nil {
		return fmt.Errorf("clean the warehouse: %w", err)
	}
	if len(lost) == 0 {
		return nil
	}
	recorded := 0
	for _, l := range lost {
		a.log.Warn("a version that the control store does not know was set aside", "version", string(l.ID), "place", l.Place, "in_log", l.Recorded)
		if l.Recorded {
			recorded++
		}
	}
	severity := "normal"
	if recorded > 0 {
		severity = "high"
	}
	return incidents{a.incident}.Open(access.WithActor(ctx, access.JobActor("start")), "availability", severity,
		"Có phiên bản dữ liệu mà kho điều khiển không biết, đã chuyển vào thư mục warehouse/lost+found và không xóa. Nếu kho điều khiển vừa được khôi phục từ bản cũ, hãy khôi phục bản mới hơn; xem Cẩm nang vận hành, mục lost+found.",
		map[string]string{"store": "warehouse", "set_aside": fmt.Sprint(len(lost)), "in_log": fmt.Sprint(recorded)})
}

// personalScreen names the screens that show values of persons: those of quarantined rows, and those on which records are
// looked at.
func personalScreen(pattern string) bool {
	switch strings.TrimPrefix(pattern, "GET ") {
	case "/ingest/{id}", "/ingest/{id}/errors.csv", web.APIPrefix + "/ingest/deliveries/{id}/errors", web.APIPrefix + "/ingest/deliveries/{id}/errors.csv":
		return true
	}
	return viewweb.Personal(pattern)
}

// identityProviders is the provincial single sign-on, where one is configured.
func (a *App) identityProviders() ([]sso.Config, error) {
	if a.conf.SSOKey == "" {
		return nil, nil
	}
	c := sso.Config{
		Key: a.conf.SSOKey, Name: i18n.Text{Vi: a.conf.SSOName}, Issuer: a.conf.SSOIssuer, ClientID: a.conf.SSOClientID,
		SubjectClaim: a.conf.SSOSubject, StrongACR: a.conf.SSOStrongACR, StrongAMR: a.conf.SSOStrongAMR,
	}
	if file := a.conf.SSOSecretFile; file != "" {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("sso.client_secret_file: %w", err)
		}
		c.ClientSecret = secret.Redacted(strings.TrimSpace(string(text)))
	}
	return []sso.Config{c}, nil
}

// dormant: in the demo the clock jumps, which must not close its accounts.
func (a *App) dormant() time.Duration {
	if a.opts.Demo != nil {
		return 100 * 365 * 24 * time.Hour
	}
	return 0 // the account slice's own limit
}

// masker masks alike everywhere, so that the hash of a value is the same in every answer.
func (a *App) masker() access.Masker { return access.Masker{Key: a.keys.HMACKey("mask")} }

// sampler reads delivered files for the test of a connection.
type sampler struct {
	ingest *ingest.Service
	masker access.Masker
}

func (s sampler) Sample(ctx context.Context, dataset string, columns []access.Column, rows []access.RowRule, n int64) ([]map[string]any, error) {
	return s.ingest.Sample(ctx, dataset, columns, rows, n, s.masker)
}

// incidents opens incidents for slices that name kinds by their words.
type incidents struct{ *incident.Service }

func (i incidents) Open(ctx context.Context, kind, severity, summary string, refs map[string]string) error {
	_, err := i.Service.Open(ctx, incident.Detection{
		Kind: incident.Kind(kind), Severity: incident.Severity(severity), Summary: summary, Agency: refs["agency"], Source: refs["source"], Refs: refs,
	})
	return err
}

// systemOwners tells catalog who owns a system.
type systemOwners struct{ *system.Service }

func (s systemOwners) Owner(ctx context.Context, id string) (string, error) {
	sys, err := s.Known(ctx, id)
	if err != nil {
		return "", err
	}
	return sys.Owner, nil
}

// providerSecret reads a provider's credential, which an operator put as a file into secrets/providers.
func (a *App) providerSecret(name string) (string, error) {
	if name != filepath.Base(name) || strings.HasPrefix(name, ".") {
		return "", fmt.Errorf("the name of a provider's secret is a plain file name, not %q", name)
	}
	text, err := os.ReadFile(filepath.Join(a.conf.DataDir, "secrets", "providers", name))
	if err != nil {
		return "", fmt.Errorf("read a provider's secret: %w", err)
	}
	return strings.TrimSpace(string(text)), nil
}
