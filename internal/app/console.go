package app

import (
	"encoding/json"
	"net/http"

	"lienthong/internal/access"
	"lienthong/internal/access/accessweb"
	"lienthong/internal/account/accountweb"
	"lienthong/internal/agency/agencyweb"
	"lienthong/internal/audit/auditweb"
	"lienthong/internal/backup/backupweb"
	"lienthong/internal/catalog/catalogweb"
	"lienthong/internal/certificate/certificateweb"
	"lienthong/internal/connection/connectionweb"
	"lienthong/internal/dictionary/dictionaryweb"
	"lienthong/internal/exchange/exchangeweb"
	"lienthong/internal/home/homeweb"
	"lienthong/internal/incident/incidentweb"
	"lienthong/internal/ingest/ingestweb"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/obligation/obligationweb"
	"lienthong/internal/privacy/privacyweb"
	"lienthong/internal/release/releaseweb"
	"lienthong/internal/review/reviewweb"
	"lienthong/internal/support"
	"lienthong/internal/support/supportweb"
	"lienthong/internal/system/systemweb"
	"lienthong/internal/task/taskweb"
	"lienthong/internal/warehouse/viewweb"
	"lienthong/internal/warehouse/warehouseweb"
	"lienthong/internal/web"
	"lienthong/internal/web/gallery"
	"lienthong/internal/web/ui"
)

// Version of the JSON API.
const apiVersion = "1.0"

// console is the site of the console: its route table and its handler.
type console struct {
	pasts  []web.Past
	shell  *web.Shell
	api    *web.API
	routes []web.Route
}

// slicePages is what every slice's pages offer.
type slicePages interface {
	Routes() []web.Route
	Operations(api *web.API)
}

// buildConsole gathers the pages and operations of every slice. It needs no open data folder, so that `lienthong
// routes` can list them.
func (a *App) buildConsole() (*console, error) {
	shell, err := web.NewShell(web.Deps{
		Catalog: a.words, Log: a.log, Clock: a.clock, Authenticate: a.account.Authenticate, Hosts: a.consoleHosts(), HTTPS: a.consoleHTTPS(),
		Site: ui.Site{
			Name:  i18n.Text{Vi: "Liên thông", En: "Liên thông"},
			Title: i18n.Text{Vi: "Nền tảng dữ liệu số tỉnh " + a.conf.Province, En: "Digital data platform of " + a.conf.Province},
			Owner: i18n.Text{Vi: "Sở Khoa học và Công nghệ", En: "Department of Science and Technology"},
			Demo:  a.opts.Demo != nil, DemoPath: a.demoPath(),
		},
		History: a.audit, PersonName: a.account.NameOf, MyPage: "/me", AgencyName: a.agencyName, Meters: a.meters,
	})
	if err != nil {
		return nil, err
	}
	terms, err := support.Load()
	if err != nil {
		return nil, err
	}
	c := &console{shell: shell, api: web.NewAPI(shell, apiVersion)}
	for _, p := range []slicePages{
		homeweb.New(shell, a.overview),
		taskweb.New(shell, a.task, a.agencyName),
		accountweb.New(shell, a.account, a.clock, a.agencyName),
		agencyweb.New(shell, a.agency, a.clock, a.agencyName),
		systemweb.New(shell, a.system, a.agency, a.clock, a.agencyName).WithCertificates(a.certificates).WithUse(a.systemData),
		certificateweb.New(a.certificates),
		obligationweb.New(shell, a.obligations, obligationweb.Sources{Agency: a.agencyName, Agencies: a.obligationAgencies, Board: a.ownerBoard}),
		catalogweb.New(shell, catalogweb.Parts{
			Catalog: a.catalog, Dictionary: a.dictionary, Ingest: a.ingest, Warehouse: a.warehouse, Clock: a.clock, Sources: a.catalogSources(),
		}, a.agencyName),
		releaseweb.New(shell, releaseweb.Parts{Releases: a.releases, Clock: a.clock}, a.agencyName),
		warehouseweb.New(shell, a.warehouse, a.catalog, a.clock, a.agencyName),
		viewweb.New(shell, viewweb.Parts{View: a.view, Access: a.access, Catalog: a.catalog, Agency: a.agencyName, Purposes: a.purposeNames}),
		dictionaryweb.New(shell, a.dictionary, a.clock, a.agencyName).Owners(a.agencyCodes),
		ingestweb.New(shell, a.ingest, a.catalog, a.ingestSystems, a.agencyName),
		connectionweb.New(shell, a.connections, a.grants, a.tests, a.clock, a.connectionRegisters()),
		privacyweb.New(shell, a.privacy, a.clock, a.privacyPages(a.purposeNames)),
		exchangeweb.New(shell, a.exchange, a.audit, a.clock, a.agencyName, a.connectionNumber).Naming(a.purposeNames, a.datasetNames).Tracing(a.traces),
		accessweb.New(shell, a.access, a.clock, a.accessRegisters()),
		reviewweb.New(shell, a.review, a.access, a.clock, a.reviewRegisters()),
		auditweb.New(shell, a.audit, a.clock, a.agencyName).WithWitness(a.witness).Naming(a.purposeNames, a.datasetNames),
		incidentweb.New(shell, a.incident, a.clock, a.agencyName),
		backupweb.New(shell, a.backup),
		supportweb.New(shell, terms, c.serves),
	} {
		c.routes = append(c.routes, p.Routes()...)
		p.Operations(c.api)
		if h, has := p.(interface{ Pasts() []web.Past }); has {
			c.pasts = append(c.pasts, h.Pasts()...)
		}
	}
	c.routes = shell.WithPasts(c.routes, c.api, c.pasts)
	if a.opts.Demo != nil {
		c.routes = append(c.routes, gallery.Routes(shell)...)
	}
	if a.opts.populated() {
		c.routes = append(c.routes, a.demoPages(shell).Routes()...)
	}
	c.routes = append(c.routes,
		web.Get("/livez", access.Public, a.live),
		web.Get("/readyz", access.Public, a.readiness),
	)
	return c, nil
}

// serves tells whether a page is served at a path, so that the terms lead nowhere else.
func (c *console) serves(path string) bool {
	for _, rt := range c.routes {
		if rt.Method == http.MethodGet && rt.Pattern == path {
			return true
		}
	}
	return false
}

func (a *App) consoleHandler() (http.Handler, error) {
	c, err := a.buildConsole()
	if err != nil {
		return nil, err
	}
	return web.NewMux(c.shell, c.routes, c.api)
}

// live says that the process answers.
func (a *App) live(w http.ResponseWriter, _ *http.Request) error {
	return writeState(w, http.StatusOK, nil, nil)
}

// readiness says whether the platform can do its work, and if not, each reason; and what is weak while it can.
func (a *App) readiness(w http.ResponseWriter, r *http.Request) error {
	reasons := a.ready(r.Context())
	if len(reasons) > 0 {
		return writeState(w, http.StatusServiceUnavailable, reasons, nil)
	}
	return writeState(w, http.StatusOK, nil, a.weak(r.Context()))
}

func writeState(w http.ResponseWriter, status int, reasons, warnings []reason) error {
	body := struct {
		Status   string   `json:"status"`
		Reasons  []string `json:"reasons,omitempty"`
		Warnings []string `json:"warnings,omitempty"`
	}{"ok", sentences(reasons), sentences(warnings)}
	if status != http.StatusOK {
		body.Status = "unavailable"
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	return json.NewEncoder(w).Encode(body)
}
