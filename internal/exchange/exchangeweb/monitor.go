package exchangeweb

import (
	"context"
	"net/http"
	"net/url"
	"sort"
	"strings"
	"time"

	"github.com/a-h/templ"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/exchange"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"
)

// counts are those of the actor's agency as a caller, or of everybody for the operator.
func (p *Pages) counts(ctx context.Context, days int) ([]audit.Count, error) {
	who, err := access.Require(ctx, access.CatalogRead)
	if err != nil {
		return nil, err
	}
	now := p.clock.Now()
	f := audit.CountFilter{From: now.AddDate(0, 0, 1-days), To: now}
	if !who.Can(access.ExchangeRead) {
		f.Agency = who.Agency
	}
	return p.log.Counts(ctx, f)
}

func (p *Pages) showMonitor(w http.ResponseWriter, r *http.Request) error {
	all, err := p.counts(r.Context(), 7)
	if err != nil {
		return err
	}
	t := p.shell.T(r)
	today := p.clock.Now().In(i18n.Zone).Format(time.DateOnly)
	v := monitorView{
		T:    t,
		Head: ui.Head{Title: t("exchange.monitor"), Lead: t("exchange.monitor_lead"), Actions: []ui.Action{{Label: t("exchange.see_calls"), Path: "/exchange/calls", Icon: ui.IconList}}},
		Days: byDay(all, p.clock.Now()),
	}
	if access.ActorOf(r.Context()).Can(access.ExchangeRead) {
		v.Head.Actions = append(v.Head.Actions, ui.Action{Label: t("exchange.slow"), Path: "/exchange/slow", Icon: ui.IconDeadline})
	}
	v.Tiles, v.Table = p.today(r.Context(), t, all, today)
	return p.shell.Render(w, r, web.Page{Title: t("exchange.monitor"), Crumbs: []ui.Crumb{{Label: t("exchange.monitor")}}, Body: monitorPage(v)})
}

func (p *Pages) today(ctx context.Context, t ui.T, all []audit.Count, day string) ([]ui.Tile, ui.TableProps) {
	table := ui.TableProps{
		Caption: t("exchange.by_connection"),
		Columns: []ui.Column{{Label: t("exchange.col_conn")}, {Label: t("exchange.col_calls"), Number: true}, {Label: t("exchange.col_denied"), Number: true},
			{Label: t("exchange.col_failed"), Number: true}, {Label: t("exchange.col_records"), Number: true}, {Label: t("exchange.col_persons"), Number: true},
			{Label: t("exchange.col_p50"), Number: true}, {Label: t("exchange.col_p95"), Number: true}},
		Empty: ui.Empty{Icon: ui.IconCall, Title: t("exchange.no_calls"), Text: t("exchange.no_calls_text")},
	}
	var calls, denied, records, p95 int64
	for _, c := range all {
		if c.Day != day {
			continue
		}
		calls, denied, records, p95 = calls+c.Calls, denied+c.Denied, records+c.Records, max(p95, c.P95)
		name := ui.Text(t("exchange.unbound"))
		if c.Key != "" {
			name = ui.Link(p.number(ctx, c.Key), "/connections/"+c.Key)
		}
		row := ui.Row{Cells: []templ.Component{name}}
		for _, n := range []int64{c.Calls, c.Denied, c.Failed, c.Records, c.Persons, c.P50, c.P95} {
			row.Cells = append(row.Cells, ui.Text(i18n.Number(n)))
		}
		table.Rows = append(table.Rows, row)
	}
	tiles := []ui.Tile{
		{Label: t("exchange.calls_today"), Value: i18n.Number(calls), Icon: ui.IconCall},
		{Label: t("exchange.denied_today"), Value: i18n.Number(denied), Icon: ui.IconLocked},
		{Label: t("exchange.records_today"), Value: i18n.Number(records), Icon: ui.IconRows},
		{Label: t("exchange.p95_today"), Value: i18n.Number(p95), Icon: ui.IconDeadline},
	}
	return tiles, table
}

// byDay sums each of the last seven days; a day without calls is shown as such.
func byDay(all []audit.Count, now time.Time) []ui.Bar {
	sums := map[string]int64{}
	for _, c := range all {
		sums[c.Day] += c.Calls
	}
	var bars []ui.Bar
	for back := 6; back >= 0; back-- {
		day := now.In(i18n.Zone).AddDate(0, 0, -back)
		n := sums[day.Format(time.DateOnly)]
		bars = append(bars, ui.Bar{Label: day.Format("02/01"), Value: n, Text: i18n.Number(n)})
	}
	return bars
}

// service names a service; its own agency and the operator also come to its history from here.
func (p *Pages) service(r *http.Request, s *exchange.Route, code string) templ.Component {
	name := "/svc/" + s.Owner + "/" + s.System + "/" + s.Name
	if !access.ActorOf(r.Context()).ActsFor(s.Owner) {
		return ui.Two(name, code)
	}
	return ui.LinkTwo(name, (&url.URL{Path: "/exchange/services/" + s.Owner + "/" + s.System + "/" + s.Name}).EscapedPath()+"/history", code)
}

func (p *Pages) listServices(w http.ResponseWriter, r *http.Request) error {
	routes, err := p.exchange.ListRoutes(r.Context(), "")
	if err != nil {
		return err
	}
	t := p.shell.T(r)
	table := ui.TableProps{
		Caption: t("exchange.services"),
		Columns: []ui.Column{{Label: t("exchange.dataset")}, {Label: t("exchange.col_service")}, {Label: t("exchange.col_ops")}, {Label: t("exchange.col_version"), Number: true}, {Label: t("exchange.col_state")}},
		Empty:   ui.Empty{Icon: ui.IconApi, Title: t("exchange.no_services")},
	}
	dataset := named(r.Context(), p.datasets)
	sort.SliceStable(routes, func(i, j int) bool { return routes[i].Owner+routes[i].System < routes[j].Owner+routes[j].System })
	for _, s := range routes {
		state := ui.State{Label: t("exchange." + string(s.Status)), Tone: ui.Good}
		if s.Status != "active" {
			state.Tone = ui.Warn
		}
		var ops []templ.Component
		for _, o := range s.Operations {
			ops = append(ops, ui.Mono(o.Code()))
			if names := o.Asked(); len(names) > 0 {
				ops = append(ops, ui.Muted(t("exchange.asked", strings.Join(names, ", "))))
			}
		}
		what, code := dataset(s.Dataset)
		table.Rows = append(table.Rows, ui.Cells(ui.Two(what, p.agency(r.Context(), s.Owner)), p.service(r, s, code), ui.Lines(ops...),
			ui.Text(i18n.Number(s.Version)), ui.Badge(state)))
	}
	return p.shell.Render(w, r, web.Page{Title: t("exchange.services"), Crumbs: []ui.Crumb{{Label: t("exchange.services")}},
		Body: servicesPage(ui.Head{Title: t("exchange.services"), Lead: t("exchange.services_lead")}, table)})
}
